//! What is kept, for how long; everything about one person; erasure.

use std::time::Duration;

use database::{Address, Database};
use people::{Holding, JobFilter, NewPerson, PeopleError, Purpose, Role, TrailFilter};

use crate::common::{PASSWORD, accepted, ada, enrolled, held, home, later, noon, open, reader};

const DAY: u64 = 24 * 3_600;

pub(crate) async fn what_is_over_its_time_is_swept_and_nothing_else(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    let never_came = people.invite(None, &reader(), noon()).await.unwrap().person;
    people.mail_link(&never_came, Purpose::Invitation, noon()).await.unwrap();
    let job = people.claim_job("mail", "w", Duration::from_mins(1), noon()).await.unwrap().unwrap();
    people.finish_job(&job.id, "w", noon()).await.unwrap();
    let _ = people.sign_in("nobody@example.org", "not the word at all", home(), noon()).await;
    let pending = people.sign_in("ada@example.org", PASSWORD, home(), noon()).await.unwrap();
    let over = |days: u64, erase: bool| {
        let people = people.clone();
        async move {
            let swept = people.sweep(erase, later(days * DAY)).await.unwrap();
            swept.into_iter().filter(|swept| swept.count > 0).map(|swept| (swept.kind, swept.count)).collect::<Vec<_>>()
        }
    };
    let of = |kinds: &[(&str, u64)]| kinds.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect::<Vec<_>>();
    assert_eq!(over(0, true).await, [], "{pending:?}");
    // The first time it is only told; the throttles are those of four gates of accounts and of one address.
    let two_days = over(2, false).await;
    assert_eq!(two_days.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["sign-in-under-way", "throttle"]);
    assert_eq!(over(2, false).await, two_days);
    assert_eq!(over(2, true).await, two_days);
    assert_eq!(over(2, true).await, []);
    assert_eq!(over(31, true).await, of(&[("job-done", 1)]));
    assert_eq!(over(38, true).await, of(&[("link", 2)]));
    assert_eq!(over(89, true).await, []);
    assert_eq!(over(91, true).await, of(&[("session", 1), ("invitation-not-accepted", 1)]));
    assert!(matches!(people.person(&never_came).await, Err(PeopleError::NoSuchPerson(_))));
    // She holds a role, so she stays however long she does not come.
    assert_eq!(over(4_000, true).await, []);
    people.person(&ada.person).await.unwrap();
}

pub(crate) async fn an_account_that_nobody_uses_is_forgotten_when_its_last_role_is_long_over(at: Address) {
    let people = open(&at).await;
    let term = Holding { to: Some("2027-12-31".parse().unwrap()), ..held(Role::CommitteeMember, Some("NOR")) };
    let member = enrolled(&people, &NewPerson { holdings: vec![term], ..ada() }).await;
    let gone = accepted(&people, &reader()).await;
    people.disable(None, &gone, noon()).await.unwrap();
    let years = |years: u64| later(years * 365 * DAY);
    people.sweep(true, years(2) + Duration::from_secs(2 * DAY)).await.unwrap();
    assert!(people.person(&gone).await.is_err(), "disabled two years ago");
    people.sweep(true, years(4)).await.unwrap();
    assert!(people.person(&member.person).await.is_ok(), "three years after her term have not passed");
    people.sweep(true, years(5)).await.unwrap();
    assert!(people.person(&member.person).await.is_err());
    assert!(people.verify_trail().await.unwrap().is_ok());
}

pub(crate) async fn everything_about_a_person_is_told_and_no_secret(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    people.mail_link(&ada.person, Purpose::PasswordReset, noon()).await.unwrap();
    let all = people.export(&ada.person, noon()).await.unwrap();
    assert_eq!(all["person"]["email"], "Ada@Example.org");
    assert_eq!(all["person"]["holdings"][0]["role"], "national-author");
    assert_eq!(all["recovery_codes_left"], 10);
    assert!(all["sessions"][0]["session"].as_str().unwrap().ends_with("from 192.0.2.7"));
    let counts = ["links", "sessions", "jobs", "did", "was_done_to"].map(|part| all[part].as_array().unwrap().len());
    assert_eq!(counts, [1, 1, 1, 3, 5]);
    let text = all.to_string();
    for secret in [ada.secret.as_str(), ada.session.token.reveal(), "argon2id", ada.codes[0].reveal()] {
        assert!(!text.contains(secret), "{secret}");
    }
}

/// Every table and every column of text is looked through for what was personal.
pub(crate) async fn whoever_is_erased_is_nowhere_but_for_an_opaque_id_in_the_trail(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    let _ = people.sign_in("ada@example.org", PASSWORD, home(), later(5)).await;
    people.link(None, &ada.person, Purpose::PasswordReset, noon()).await.unwrap();
    people.mail_link(&ada.person, Purpose::PasswordReset, noon()).await.unwrap();
    let other = enrolled(&people, &NewPerson { email: "bo@example.org".into(), ..crate::common::ada() }).await;
    people.erase(None, &ada.person, later(9)).await.unwrap();
    assert!(people.session(ada.session.token.reveal(), later(9)).await.unwrap().is_none());
    assert!(people.jobs(&JobFilter::default()).await.unwrap().is_empty());
    let database = Database::open(&at).await.unwrap();
    for (table, person) in [
        ("people", "id"),
        ("holdings", "person"),
        ("passwords", "person"),
        ("second_factors", "person"),
        ("recovery_codes", "person"),
        ("links", "person"),
        ("pending", "person"),
        ("sessions", "person"),
        ("tokens", "person"),
        ("identities", "person"),
    ] {
        let left = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table} WHERE {person} = $1"));
        let left: i64 = sqlx::query_scalar(left).bind(&ada.person.0).fetch_one(database.pool()).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    let trail =
        people.trail(&TrailFilter { person: Some(ada.person.clone()), ..TrailFilter::default() }).await.unwrap();
    assert_eq!(trail.len(), 3, "what she did stays, under her opaque id");
    assert!(people.verify_trail().await.unwrap().is_ok());
    assert!(people.session(other.session.token.reveal(), later(9)).await.unwrap().is_some(), "nobody else is touched");
    assert!(matches!(people.erase(None, &ada.person, later(9)).await, Err(PeopleError::NoSuchPerson(_))));
    // Her address is free again.
    people.invite(None, &crate::common::ada(), later(10)).await.unwrap();
}

pub(crate) async fn the_last_administrator_is_not_erased(at: Address) {
    let people = open(&at).await;
    let new = NewPerson { holdings: vec![held(Role::Administrator, None)], ..reader() };
    let only = people.invite(None, &new, noon()).await.unwrap().person;
    assert!(matches!(people.erase(None, &only, noon()).await, Err(PeopleError::LastAdministrator(_))));
    people.person(&only).await.unwrap();
}
