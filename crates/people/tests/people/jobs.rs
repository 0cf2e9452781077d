//! Jobs: once each, whoever dies.

use std::collections::HashSet;
use std::time::Duration;

use database::Address;
use jiff::Timestamp;
use people::{JobFilter, JobState, NewJob, People, back_off};

use crate::common::{later, noon, open};

const HOLD: Duration = Duration::from_secs(60);

fn job(key: &str) -> NewJob {
    NewJob { kind: "mail".to_owned(), key: key.to_owned(), body: serde_json::json!({ "to": key }), due: noon() }
}

async fn claim(people: &People, worker: &str, at: Timestamp) -> Option<people::Job> {
    people.claim_job("mail", worker, HOLD, at).await.unwrap()
}

pub(crate) async fn a_key_is_queued_once(at: Address) {
    let people = open(&at).await;
    let first = people.add_job(&job("a"), noon()).await.unwrap();
    assert_eq!(people.add_job(&job("a"), later(5)).await.unwrap(), first);
    let claimed = claim(&people, "w", later(5)).await.unwrap();
    assert!(people.finish_job(&claimed.id, "w", later(6)).await.unwrap());
    assert_eq!(people.add_job(&job("a"), later(7)).await.unwrap(), first, "not even when it is done");
    assert!(claim(&people, "w", later(8)).await.is_none());
    assert_eq!(people.jobs(&JobFilter::default()).await.unwrap().len(), 1);
}

pub(crate) async fn each_job_goes_to_one_worker(at: Address) {
    let people = open(&at).await;
    for number in 0..40 {
        people.add_job(&job(&format!("job {number}")), noon()).await.unwrap();
    }
    let workers: Vec<_> = (0..6)
        .map(|number| {
            let people = people.clone();
            tokio::spawn(async move {
                let (worker, mut mine) = (format!("worker {number}"), Vec::new());
                while let Some(job) = claim(&people, &worker, noon()).await {
                    assert!(people.finish_job(&job.id, &worker, noon()).await.unwrap());
                    mine.push(job.key);
                }
                mine
            })
        })
        .collect();
    let mut done = Vec::new();
    for worker in workers {
        done.extend(worker.await.unwrap());
    }
    let different: HashSet<&String> = done.iter().collect();
    // A worker may find the queue locked by others and stop early; then the rest is still there.
    while let Some(job) = claim(&people, "last", noon()).await {
        assert!(!different.contains(&job.key));
        people.finish_job(&job.id, "last", noon()).await.unwrap();
    }
    assert_eq!(different.len(), done.len(), "done twice");
    let counted = people.count_jobs().await.unwrap();
    assert!(counted.contains(&(JobState::Done, 40)) && counted.contains(&(JobState::Waiting, 0)), "{counted:?}");
}

pub(crate) async fn a_dead_workers_job_goes_to_another(at: Address) {
    let people = open(&at).await;
    people.add_job(&job("a"), noon()).await.unwrap();
    let job = claim(&people, "dead", noon()).await.unwrap();
    assert!(claim(&people, "next", later(60)).await.is_none());
    let again = claim(&people, "next", later(61)).await.unwrap();
    assert_eq!((again.id.clone(), again.tries), (job.id.clone(), 2));
    // The first one was not dead after all: its answer comes too late.
    assert!(!people.finish_job(&job.id, "dead", later(62)).await.unwrap());
    assert!(!people.fail_job(&job, "dead", "late", later(62)).await.unwrap());
    assert!(people.finish_job(&again.id, "next", later(63)).await.unwrap());
}

pub(crate) async fn a_job_that_fails_comes_back_later_and_is_given_up(at: Address) {
    let people = open(&at).await;
    people.add_job(&job("a"), noon()).await.unwrap();
    let mut now = noon();
    for number in 1..=10 {
        let job = claim(&people, "w", now).await.unwrap();
        assert_eq!(job.tries, number);
        assert!(people.fail_job(&job, "w", "the post office is shut", now).await.unwrap());
        let almost = now + back_off(number) - Duration::from_secs(1);
        assert!(claim(&people, "w", almost).await.is_none());
        now += back_off(number);
    }
    assert!(claim(&people, "w", now + Duration::from_secs(1_000_000)).await.is_none());
    let failed = JobFilter { state: Some(JobState::Failed), ..JobFilter::default() };
    let given_up = people.jobs(&failed).await.unwrap();
    assert_eq!(given_up[0].error.as_deref(), Some("the post office is shut"));
}

pub(crate) async fn a_job_that_was_given_up_is_tried_again(at: Address) {
    let people = open(&at).await;
    let id = people.add_job(&NewJob { due: later(900), ..job("a") }, noon()).await.unwrap();
    assert!(claim(&people, "w", noon()).await.is_none(), "not due yet");
    people.retry_job(&id, noon()).await.unwrap();
    let job = claim(&people, "w", noon()).await.unwrap();
    assert!(people.retry_job(&id, noon()).await.is_err(), "it is running");
    people.finish_job(&job.id, "w", noon()).await.unwrap();
    assert!(people.retry_job(&id, noon()).await.is_err(), "it is done");
}
