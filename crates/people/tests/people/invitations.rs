//! Invitations, roles, addresses.

use database::Address;
use jiff::civil::date;
use people::{Holding, NewPerson, PeopleError, Purpose, Role, Weak};

use crate::common::{PASSWORD, accepted, ada, held, home, later, noon, open, reader};

const WEEK: u64 = 7 * 24 * 3_600;

pub(crate) async fn an_invitation_opens_once_and_looking_at_it_changes_nothing(at: Address) {
    let people = open(&at).await;
    let invitation = people.invite(None, &ada(), noon()).await.unwrap();
    let token = invitation.token.reveal();
    for _ in 0..3 {
        let invited = people.invitation(token, later(5)).await.unwrap();
        assert_eq!((invited.name.as_str(), invited.email.as_str()), ("Ada Quist", "Ada@Example.org"));
    }
    assert!(!people.everybody().await.unwrap()[0].password);
    assert_eq!(people.accept(token, PASSWORD, later(9)).await.unwrap(), invitation.person);
    assert!(people.person(&invitation.person).await.unwrap().password);
    assert!(matches!(people.accept(token, "another fine pass phrase", later(9)).await, Err(PeopleError::NoSuchLink)));
    assert!(matches!(people.invitation(token, later(9)).await, Err(PeopleError::NoSuchLink)));
}

pub(crate) async fn a_link_ends_with_its_time(at: Address) {
    let people = open(&at).await;
    let invitation = people.invite(None, &ada(), noon()).await.unwrap();
    assert_eq!(invitation.expires, later(WEEK));
    assert!(people.invitation(invitation.token.reveal(), later(WEEK - 1)).await.is_ok());
    for over in [WEEK, WEEK + 1] {
        let late = people.accept(invitation.token.reveal(), PASSWORD, later(over)).await;
        assert!(matches!(late, Err(PeopleError::NoSuchLink)));
    }
    // Another one is made, and it works.
    let again = people.link(None, &invitation.person, Purpose::Invitation, later(WEEK)).await.unwrap();
    people.accept(again.token.reveal(), PASSWORD, later(WEEK + 9)).await.unwrap();
}

pub(crate) async fn a_link_serves_its_own_purpose_only(at: Address) {
    let people = open(&at).await;
    let person = accepted(&people, &ada()).await;
    let link = people.link(None, &person, Purpose::PasswordReset, noon()).await.unwrap();
    let token = link.token.reveal();
    assert!(people.invitation(token, noon()).await.is_err());
    assert!(people.accept(token, "another fine pass phrase", noon()).await.is_err());
    assert_eq!(people.password_reset(token, noon()).await.unwrap().person, person);
    people.reset_password(token, "another fine pass phrase", noon()).await.unwrap();
    assert!(people.reset_password(token, "and one more pass phrase", noon()).await.is_err());
}

pub(crate) async fn a_weak_password_leaves_the_invitation_good(at: Address) {
    let people = open(&at).await;
    let invitation = people.invite(None, &ada(), noon()).await.unwrap();
    for (password, why) in [("short", Weak::Short), ("password1234", Weak::Common), ("AdaQuist-2026", Weak::Yours)] {
        match people.accept(invitation.token.reveal(), password, noon()).await {
            Err(PeopleError::Weak(weak)) => assert_eq!(weak, why),
            other => panic!("{password}: {other:?}"),
        }
    }
    people.accept(invitation.token.reveal(), PASSWORD, noon()).await.unwrap();
}

pub(crate) async fn an_address_belongs_to_one_person(at: Address) {
    let people = open(&at).await;
    people.invite(None, &ada(), noon()).await.unwrap();
    let second = NewPerson { email: "ADA@example.ORG".to_owned(), ..reader() };
    assert!(matches!(people.invite(None, &second, noon()).await, Err(PeopleError::EmailTaken(_))));
    assert_eq!(people.everybody().await.unwrap().len(), 1);
    assert_eq!(people.named("ada@EXAMPLE.org").await.unwrap().name, "Ada Quist");
    assert!(people.named("").await.is_err());
}

pub(crate) async fn a_national_role_names_its_state(at: Address) {
    let people = open(&at).await;
    let without = NewPerson { holdings: vec![held(Role::NationalApprover, None)], ..ada() };
    assert!(matches!(people.invite(None, &without, noon()).await, Err(PeopleError::StateNeeded(_))));
    // Nothing of it is left.
    let person = people.invite(None, &ada(), noon()).await.unwrap().person;
    let backwards = Holding { to: Some(date(2025, 12, 31)), ..held(Role::Donor, None) };
    assert!(matches!(people.hold(None, &person, &backwards, noon()).await, Err(PeopleError::EndsBeforeItBegins)));
    let to_oneself = held(Role::NationalApprover, Some("COL"));
    assert!(matches!(people.hold(Some(&person), &person, &to_oneself, noon()).await, Err(PeopleError::OwnRole)));
    let term = Holding { to: Some(date(2027, 12, 31)), ..held(Role::CommitteeMember, Some("NOR")) };
    people.hold(None, &person, &term, noon()).await.unwrap();
    let holdings = people.person(&person).await.unwrap().holdings;
    assert_eq!(holdings, [term, held(Role::NationalAuthor, Some("COL"))]);
    let author = (Role::NationalAuthor, Some("COL".parse().unwrap()));
    assert_eq!(people.end_holding(None, &person, author.0, author.1, date(2026, 11, 30), noon()).await.unwrap(), 1);
    let holdings = people.person(&person).await.unwrap().holdings;
    assert!(!holdings[1].is_held_on(date(2026, 12, 1)) && holdings[1].is_held_on(date(2026, 11, 30)));
}

fn administrator(email: &str) -> NewPerson {
    NewPerson { email: email.to_owned(), holdings: vec![held(Role::Administrator, None)], ..reader() }
}

pub(crate) async fn the_last_administrator_stays(at: Address) {
    let people = open(&at).await;
    let first = people.invite(None, &administrator("a@example.org"), noon()).await.unwrap().person;
    let last = |result| matches!(result, Err(PeopleError::LastAdministrator(_)));
    assert!(last(people.disable(None, &first, noon()).await));
    let today = date(2026, 11, 23);
    assert!(last(people.end_holding(None, &first, Role::Administrator, None, today, noon()).await.map(drop)));
    assert!(people.person(&first).await.unwrap().disabled_at.is_none());
    let second = people.invite(None, &administrator("b@example.org"), noon()).await.unwrap().person;
    people.disable(None, &first, noon()).await.unwrap();
    assert!(last(people.disable(None, &second, noon()).await));
    people.enable(None, &first, noon()).await.unwrap();
    people.disable(None, &second, noon()).await.unwrap();
}

pub(crate) async fn two_who_accept_at_once_are_one(at: Address) {
    let people = open(&at).await;
    let invitation = people.invite(None, &ada(), noon()).await.unwrap();
    let accept = |password: &'static str| {
        let (people, token) = (people.clone(), invitation.token.clone());
        tokio::spawn(async move { people.accept(token.reveal(), password, noon()).await })
    };
    let (a, b) = (accept("four wet boots hum"), accept("seven dry hats sing"));
    let done = [a.await.unwrap(), b.await.unwrap()];
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
}

pub(crate) async fn a_new_password_voids_every_link(at: Address) {
    let people = open(&at).await;
    let invitation = people.invite(None, &ada(), noon()).await.unwrap();
    let reset = people.link(None, &invitation.person, Purpose::PasswordReset, noon()).await.unwrap();
    people.reset_password(reset.token.reveal(), PASSWORD, noon()).await.unwrap();
    let token = invitation.token.reveal();
    assert!(people.accept(token, "another fine pass phrase", noon()).await.is_err(), "an invitation nobody used");
    let thief = people.link(None, &invitation.person, Purpose::PasswordReset, noon()).await.unwrap();
    people.change_password(&invitation.person, PASSWORD, "four wet boots hum", home(), noon()).await.unwrap();
    assert!(people.reset_password(thief.token.reveal(), "seven dry hats sing", noon()).await.is_err());
}

pub(crate) async fn two_administrators_do_not_remove_each_other(at: Address) {
    let people = open(&at).await;
    let first = people.invite(None, &administrator("a@example.org"), noon()).await.unwrap().person;
    let second = people.invite(None, &administrator("b@example.org"), noon()).await.unwrap().person;
    for _ in 0..5 {
        let disable = |person: &people::PersonId| {
            let (people, person) = (people.clone(), person.clone());
            tokio::spawn(async move { people.disable(None, &person, noon()).await })
        };
        let (a, b) = (disable(&first), disable(&second));
        let done = [a.await.unwrap(), b.await.unwrap()];
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
        people.enable(None, &first, noon()).await.unwrap();
        people.enable(None, &second, noon()).await.unwrap();
    }
}
