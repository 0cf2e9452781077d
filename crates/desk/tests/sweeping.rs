//! The sweep of every day, by a clock that the test holds.
#![allow(missing_docs, clippy::unwrap_used)] // a failure in a helper is a failure of the test

use std::time::Duration;

use desk::Timestamp;
use desk::people::sweeping::sweep_due;
use desk::people::{self, NewPerson, People, mail_folder};
use desk::store::Place;

const DAY: u64 = 24 * 3_600;

fn begun() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn day(number: u64) -> Timestamp {
    begun() + Duration::from_secs(number * DAY)
}

async fn house() -> (tempfile::TempDir, Place, People) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Named(folder.path().to_owned());
    let people = people::open(&place, None).await.unwrap();
    (folder, place, people)
}

fn erased(swept: Option<Vec<people::Swept>>) -> Option<u64> {
    swept.map(|swept| swept.iter().map(|swept| swept.count).sum())
}

#[tokio::test]
async fn what_is_over_its_time_is_erased_by_itself_once_a_day() {
    let (_folder, place, people) = house().await;
    let ada = NewPerson { name: "Ada Quist".into(), email: "ada@example.org".into(), ..NewPerson::default() };
    people.invite(None, &ada, begun()).await.unwrap();
    assert_eq!(erased(sweep_due(&people, &place, "one", day(0)).await.unwrap()), Some(0), "nothing is over yet");
    assert!(sweep_due(&people, &place, "one", day(0)).await.unwrap().is_none(), "today is done");
    assert!(sweep_due(&people, &place, "two", day(0)).await.unwrap().is_none(), "by another worker as well");
    // Her link is kept for 30 days after its week, she for 90 days.
    assert_eq!(
        erased(sweep_due(&people, &place, "two", day(40)).await.unwrap()),
        Some(2),
        "the link, and the first job"
    );
    assert_eq!(people.everybody().await.unwrap().len(), 1);
    assert_eq!(erased(sweep_due(&people, &place, "one", day(91)).await.unwrap()), Some(2), "she, and the second job");
    assert!(people.everybody().await.unwrap().is_empty());
    let jobs = people.jobs(&people_jobs()).await.unwrap();
    let keys: Vec<&str> = jobs.iter().map(|job| job.key.as_str()).collect();
    assert_eq!(keys, ["sweep/2027-02-22"], "what the administrator sees");
}

fn people_jobs() -> ::people::JobFilter {
    ::people::JobFilter { kind: Some("sweep".to_owned()), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_nodes_one_sweeps() {
    let (_folder, place, people) = house().await;
    let nodes = (0..6).map(|node| {
        let (people, place) = (people.clone(), place.clone());
        tokio::spawn(async move { sweep_due(&people, &place, &format!("node {node}"), day(3)).await.unwrap() })
    });
    let mut swept = 0;
    for node in nodes.collect::<Vec<_>>() {
        swept += usize::from(node.await.unwrap().is_some());
    }
    assert_eq!(swept, 1);
}

#[tokio::test]
async fn letters_are_swept_from_the_folder_of_each_node() {
    let (folder, place, people) = house().await;
    std::fs::create_dir(mail_folder(&place)).unwrap();
    let letter = mail_folder(&place).join("letter.eml");
    std::fs::write(&letter, "a link").unwrap();
    let written = Timestamp::try_from(std::fs::metadata(&letter).unwrap().modified().unwrap()).unwrap();
    let after = |days: u64| written + Duration::from_secs(days * DAY);
    sweep_due(&people, &place, "one", after(29)).await.unwrap();
    assert!(letter.exists());
    // Another node has swept the tables on that day; the folder is this one's.
    let elsewhere = Place::Named(folder.path().join("elsewhere"));
    sweep_due(&people, &elsewhere, "two", after(31)).await.unwrap().unwrap();
    assert!(letter.exists());
    assert!(sweep_due(&people, &place, "one", after(31)).await.unwrap().is_none());
    assert!(!letter.exists());
}
