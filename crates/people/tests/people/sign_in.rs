//! Passwords and throttles.

use database::Address;
use people::{JobFilter, NewPerson, Outcome, PeopleError, Purpose, SignIn, SignInError, TrailFilter};

use crate::common::{PASSWORD, accepted, ada, enrolled, home, later, noon, open, reader};

const WRONG: &str = "not the word at all";

pub(crate) async fn an_unknown_address_is_answered_like_a_wrong_password(at: Address) {
    let people = open(&at).await;
    accepted(&people, &ada()).await;
    let wrong = people.sign_in("ada@example.org", WRONG, home(), noon()).await.unwrap_err();
    let unknown = people.sign_in("nobody@example.org", WRONG, home(), noon()).await.unwrap_err();
    assert!(matches!((&wrong, &unknown), (SignInError::Wrong, SignInError::Wrong)));
    assert_eq!(wrong.to_string(), unknown.to_string());
    // One who was invited and has no password yet is answered in the same words.
    people.invite(None, &reader(), noon()).await.unwrap();
    assert!(matches!(people.sign_in("rui@example.org", "", home(), noon()).await, Err(SignInError::Wrong)));
}

pub(crate) async fn an_account_waits_after_five_failures_from_one_address(at: Address) {
    let people = open(&at).await;
    accepted(&people, &ada()).await;
    for _ in 0..5 {
        assert!(matches!(people.sign_in("ada@example.org", WRONG, home(), noon()).await, Err(SignInError::Wrong)));
    }
    // Even the right word is not looked at now.
    match people.sign_in("ada@example.org", PASSWORD, home(), later(29)).await {
        Err(SignInError::Throttled { until }) => assert_eq!(until, later(30)),
        other => panic!("{other:?}"),
    }
    // From elsewhere the owner comes in, and here after the wait.
    let elsewhere = "198.51.100.4".parse().unwrap();
    assert!(people.sign_in("ada@example.org", PASSWORD, elsewhere, later(29)).await.is_ok());
    assert!(people.sign_in("ada@example.org", PASSWORD, home(), later(30)).await.is_ok());
    // An address that nobody has waits just the same.
    for _ in 0..5 {
        assert!(people.sign_in("nobody@example.org", WRONG, home(), later(31)).await.is_err());
    }
    let unknown = people.sign_in("nobody@example.org", WRONG, home(), later(32)).await;
    assert!(matches!(unknown, Err(SignInError::Throttled { .. })));
}

pub(crate) async fn tries_made_side_by_side_are_all_counted(at: Address) {
    let people = open(&at).await;
    accepted(&people, &ada()).await;
    let tries: Vec<_> = (0..12)
        .map(|_| {
            let people = people.clone();
            tokio::spawn(async move { people.sign_in("ada@example.org", WRONG, home(), noon()).await })
        })
        .collect();
    let mut wrong = 0;
    for tried in tries {
        match tried.await.unwrap() {
            Err(SignInError::Wrong) => wrong += 1,
            Err(SignInError::Throttled { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(wrong, 5, "passwords that were looked at");
}

pub(crate) async fn an_address_waits_after_twenty_failures(at: Address) {
    let people = open(&at).await;
    accepted(&people, &ada()).await;
    for number in 0..20 {
        let unknown = people.sign_in(&format!("guess{number}@example.org"), WRONG, home(), noon()).await;
        assert!(matches!(unknown, Err(SignInError::Wrong)), "{number}: {unknown:?}");
    }
    let next = people.sign_in("ada@example.org", PASSWORD, home(), later(1)).await;
    assert!(matches!(next, Err(SignInError::Throttled { .. })));
    // After an hour without a failure they are forgotten.
    assert!(people.sign_in("ada@example.org", WRONG, home(), later(3_700)).await.is_err());
    assert!(people.sign_in("ada@example.org", PASSWORD, home(), later(3_701)).await.is_ok());
}

pub(crate) async fn a_success_takes_its_try_back(at: Address) {
    let people = open(&at).await;
    accepted(&people, &reader()).await;
    for _ in 0..25 {
        assert!(people.sign_in("rui@example.org", PASSWORD, home(), noon()).await.is_ok());
    }
}

pub(crate) async fn a_disabled_person_is_out_at_once(at: Address) {
    let people = open(&at).await;
    let enrolled = enrolled(&people, &ada()).await;
    let token = enrolled.session.token.reveal();
    assert!(people.session(token, noon()).await.unwrap().is_some());
    people.disable(None, &enrolled.person, noon()).await.unwrap();
    assert!(people.session(token, noon()).await.unwrap().is_none());
    let back = people.sign_in("ada@example.org", PASSWORD, home(), later(60)).await;
    assert!(matches!(back, Err(SignInError::Wrong)));
    assert!(people.link(None, &enrolled.person, Purpose::PasswordReset, noon()).await.is_err());
    people.enable(None, &enrolled.person, later(61)).await.unwrap();
    assert!(people.session(token, later(61)).await.unwrap().is_none(), "an ended session stays ended");
    assert!(people.sign_in("ada@example.org", PASSWORD, home(), later(62)).await.is_ok());
}

pub(crate) async fn a_new_password_ends_every_session(at: Address) {
    let people = open(&at).await;
    let enrolled = enrolled(&people, &ada()).await;
    let new = "seven dry hats sing";
    let wrong = people.change_password(&enrolled.person, WRONG, new, home(), noon()).await;
    assert!(matches!(wrong, Err(PeopleError::WrongPassword)));
    assert!(people.session(enrolled.session.token.reveal(), noon()).await.unwrap().is_some());
    people.change_password(&enrolled.person, PASSWORD, new, home(), noon()).await.unwrap();
    assert!(people.session(enrolled.session.token.reveal(), noon()).await.unwrap().is_none());
    assert!(matches!(people.sign_in("ada@example.org", PASSWORD, home(), noon()).await, Err(SignInError::Wrong)));
    let back = people.sign_in("ada@example.org", new, home(), noon()).await.unwrap();
    assert!(matches!(back, SignIn::SecondFactor { .. }), "the second factor stays");
}

pub(crate) async fn who_guesses_the_present_password_waits_as_at_the_door(at: Address) {
    let people = open(&at).await;
    let enrolled = enrolled(&people, &ada()).await;
    let change = async |present: &str, at| {
        people.change_password(&enrolled.person, present, "seven dry hats sing", home(), at).await
    };
    for _ in 0..5 {
        assert!(matches!(change(WRONG, noon()).await, Err(PeopleError::WrongPassword)));
    }
    assert!(matches!(change(PASSWORD, noon()).await, Err(PeopleError::TooOften { .. })), "even the right one waits");
    let door = people.sign_in("ada@example.org", PASSWORD, home(), noon()).await;
    assert!(matches!(door, Err(SignInError::Throttled { .. })), "tries are counted together: {door:?}");
    change(PASSWORD, later(3_600)).await.unwrap();
    let failed = people.trail(&people::TrailFilter::default()).await.unwrap();
    let failed = failed.iter().filter(|entry| entry.entry.verb == "change-password");
    assert_eq!(failed.filter(|entry| entry.entry.outcome == people::Outcome::Failed).count(), 5);
}

pub(crate) async fn asking_for_a_new_password_tells_nothing_and_queues_one_mail(at: Address) {
    let people = open(&at).await;
    let person = accepted(&people, &ada()).await;
    for email in ["ada@example.org", "nobody@example.org", "ada@example.org"] {
        people.ask_for_password_reset(email, home(), noon()).await.unwrap();
    }
    let jobs = people.jobs(&JobFilter::default()).await.unwrap();
    let hers = serde_json::json!({ "mail": "password-reset", "person": person });
    assert_eq!(jobs.iter().filter(|job| job.body == hers).count(), 1);
    assert_eq!(jobs.len(), 2, "an address that nobody has takes as long: a letter to nobody is queued");
    assert!(jobs.iter().all(|job| !format!("{} {}", job.key, job.body).contains('@')), "no personal data in a job");
    for _ in 0..3 {
        let _ = people.ask_for_password_reset("ada@example.org", home(), later(2)).await;
    }
    let flood = people.ask_for_password_reset("ada@example.org", home(), later(3)).await;
    assert!(matches!(flood, Err(SignInError::Throttled { .. })));
}

pub(crate) async fn who_holds_no_role_needs_no_second_factor(at: Address) {
    let people = open(&at).await;
    let person = accepted(&people, &NewPerson { language: "fr".to_owned(), ..reader() }).await;
    let SignIn::Session(session) = people.sign_in("rui@example.org", PASSWORD, home(), noon()).await.unwrap() else {
        panic!("no role, no second factor");
    };
    let found = people.session(session.token.reveal(), noon()).await.unwrap().unwrap();
    assert_eq!((found.person, found.language.as_str()), (person.clone(), "fr"));
    assert!(!found.actor.second_factor && found.actor.holdings.is_empty());
    let trail = people.trail(&TrailFilter { person: Some(person), ..TrailFilter::default() }).await.unwrap();
    let verbs: Vec<_> = trail.iter().map(|entry| (entry.entry.verb.as_str(), entry.entry.outcome)).collect();
    assert_eq!(verbs, [("sign-in", Outcome::Done), ("accept-invitation", Outcome::Done)]);
}
