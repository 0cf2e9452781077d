//! Exact counts of casualties, and the file as lodged, go to those with the right; everybody else gets the public edition.

use people::Role;
use site::Settings;

use crate::house::{House, OWN, stranger};

#[tokio::test]
async fn exact_counts_of_casualties_go_to_the_state_and_the_secretariat() {
    let house = House::new(Settings::default()).await;
    let mut all = vec![(stranger(), false)];
    for (at, (role, sees)) in [
        (Role::Donor, false),
        (Role::IsuOfficer, false),
        (Role::CommitteeMember, false),
        (Role::Administrator, false),
        (Role::NationalAuthor, true),
        (Role::SecretariatOfficer, true),
    ]
    .into_iter()
    .enumerate()
    {
        all.push((house.signed_in(role.key(), Some(role), 40 + u8::try_from(at).unwrap()).await, sees));
    }
    for (asker, sees) in &all {
        let report = format!("/reports/{OWN}/2025");
        let json: serde_json::Value =
            serde_json::from_str(&house.get(asker, &format!("{report}.json")).await.text()).unwrap();
        let of = &asker.name;
        assert_eq!(json["edition"], if *sees { "full" } else { "public" }, "{of}");
        let killed = &json["report"]["sections"]["victims"]["content"]["killed"];
        assert_eq!(killed.is_number(), *sees, "{of}: {killed}");
        let file = house.get(asker, &format!("{report}/file")).await.text();
        assert_eq!(file.contains("\"salt\""), *sees, "{of}: the file as lodged has its salt");
        assert_eq!(file.contains("\"public_edition\""), !sees, "{of}");
        let page = house.get(asker, &format!("{report}?lang=en")).await;
        assert_eq!(page.text().contains("the public edition of the report"), !sees, "{of}");
        if *sees {
            assert!(page.header("cache-control").contains("no-store"), "{of}: held by no cache");
        }
    }
}

#[tokio::test]
async fn every_reading_of_exact_counts_is_in_the_trail() {
    let house = House::new(Settings::default()).await;
    let author = house.signed_in("author", Some(Role::NationalAuthor), 51).await;
    let donor = house.signed_in("donor", Some(Role::Donor), 52).await;
    for (asker, entries) in [(&author, 1), (&donor, 0)] {
        for door in [".json", "", "/file", "/receipt"] {
            let filter = people::TrailFilter { person: asker.person.clone(), ..Default::default() };
            let before = house.people.trail(&filter).await.unwrap().len();
            house.get(asker, &format!("/reports/{OWN}/2025{door}")).await;
            let noted = house.people.trail(&filter).await.unwrap();
            assert_eq!(noted.len() - before, entries, "{} at {door}", asker.name);
        }
    }
}
