//! Sessions and API tokens.

use std::time::Duration;

use database::Address;
use people::{NewToken, PeopleError, Role, Scope};

use crate::common::{accepted, ada, enrolled, held, home, later, noon, open, reader};

const HOUR: u64 = 3_600;

pub(crate) async fn a_session_ends_when_it_is_not_used(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    let token = ada.session.token.reveal();
    assert!(people.session(token, later(HOUR - 1)).await.unwrap().is_some());
    // Used then, so it goes on from there.
    assert!(people.session(token, later(2 * HOUR - 2)).await.unwrap().is_some());
    assert!(people.session(token, later(3 * HOUR)).await.unwrap().is_none());
}

pub(crate) async fn a_session_ends_with_its_time(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    let token = ada.session.token.reveal();
    for minutes in (30..720).step_by(30) {
        assert!(people.session(token, later(minutes * 60)).await.unwrap().is_some(), "{minutes}");
    }
    assert_eq!(ada.session.expires, later(12 * HOUR));
    assert!(people.session(token, later(12 * HOUR)).await.unwrap().is_none());
}

pub(crate) async fn a_session_is_revoked_by_its_owner_only(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    let other = accepted(&people, &reader()).await;
    let listed = people.sessions_of(&ada.person, noon()).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].address.as_str(), listed[0].second_factor), (home().to_string().as_str(), true));
    let refused = people.revoke(Some(&other), &other, &ada.session.id, noon()).await;
    assert!(matches!(refused, Err(PeopleError::NoSuchThing { .. })));
    assert!(people.session(ada.session.token.reveal(), noon()).await.unwrap().is_some());
    people.revoke(Some(&ada.person), &ada.person, &ada.session.id, noon()).await.unwrap();
    assert!(people.session(ada.session.token.reveal(), noon()).await.unwrap().is_none());
    assert!(people.sessions_of(&ada.person, noon()).await.unwrap().is_empty());
}

pub(crate) async fn signing_out_ends_the_session(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    people.sign_out(ada.session.token.reveal(), noon()).await.unwrap();
    assert!(people.session(ada.session.token.reveal(), noon()).await.unwrap().is_none());
    people.sign_out(ada.session.token.reveal(), noon()).await.unwrap();
}

pub(crate) async fn a_form_shows_whose_it_is(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    let session = people.session(ada.session.token.reveal(), noon()).await.unwrap().unwrap();
    assert!(session.csrf_is(session.csrf.reveal()));
    assert!(!session.csrf_is("") && !session.csrf_is(ada.session.token.reveal()));
}

pub(crate) async fn a_token_is_good_for_its_scope_and_its_time(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    let scope = Scope { verbs: vec!["see".into(), "lodge".into()], states: vec!["COL".parse().unwrap()] };
    let new = |seconds| NewToken { name: "QGIS".to_owned(), scope: scope.clone(), expires: later(seconds) };
    for bad in [0, 367 * 24 * HOUR] {
        assert!(matches!(people.create_token(&ada.person, &new(bad), noon()).await, Err(PeopleError::TokenLife)));
    }
    let made = people.create_token(&ada.person, &new(HOUR), noon()).await.unwrap();
    assert!(made.secret.reveal().starts_with("mineban_"));
    let actor = people.actor_of_token(made.secret.reveal(), later(60)).await.unwrap().unwrap();
    assert_eq!(actor.scope, Some(scope.clone()));
    assert_eq!(actor.holdings, [held(Role::NationalAuthor, Some("COL"))]);
    assert!(people.actor_of_token("mineban_guess", later(60)).await.unwrap().is_none());
    assert!(people.actor_of_token(made.secret.reveal(), later(HOUR)).await.unwrap().is_none());
    let listed = people.tokens_of(&ada.person, later(61)).await.unwrap();
    assert_eq!((listed.len(), &listed[0].scope, listed[0].used), (1, &scope, Some(later(60))));
    let other = accepted(&people, &reader()).await;
    assert!(people.revoke_token(Some(&other), &other, &made.id, noon()).await.is_err());
    people.revoke_token(Some(&ada.person), &ada.person, &made.id, noon()).await.unwrap();
    assert!(people.actor_of_token(made.secret.reveal(), later(60)).await.unwrap().is_none());
}

/// Looks for every secret that was handed out in every table.
pub(crate) async fn no_secret_is_kept(at: Address) {
    let people = open(&at).await;
    let invitation = people.invite(None, &reader(), noon()).await.unwrap();
    let ada = enrolled(&people, &ada()).await;
    let expires = noon() + Duration::from_secs(HOUR);
    let new = NewToken { name: "QGIS".to_owned(), scope: Scope { verbs: vec![], states: vec![] }, expires };
    let token = people.create_token(&ada.person, &new, noon()).await.unwrap();
    let session = people.session(ada.session.token.reveal(), noon()).await.unwrap().unwrap();
    let mut secrets = vec![
        invitation.token.reveal().to_owned(),
        ada.session.token.reveal().to_owned(),
        token.secret.reveal().to_owned(),
        session.csrf.reveal().to_owned(),
        crate::common::PASSWORD.to_owned(),
    ];
    secrets.extend(ada.codes.iter().flat_map(|code| [code.reveal().to_owned(), code.reveal().replace('-', "")]));
    let database = database::Database::open(&at).await.unwrap();
    let mut rows = 0;
    for (table, column) in [
        ("links", "token"),
        ("pending", "token"),
        ("sessions", "token"),
        ("tokens", "token"),
        ("passwords", "hash"),
        ("recovery_codes", "code"),
        ("jobs", "body"),
        ("trail", "subject"),
        ("trail", "through"),
        ("throttles", "gate"),
    ] {
        let all = sqlx::AssertSqlSafe(format!("SELECT {column} FROM {table}"));
        let kept: Vec<String> = sqlx::query_scalar(all).fetch_all(database.pool()).await.unwrap();
        rows += kept.len();
        for kept in kept {
            assert!(!secrets.iter().any(|secret| kept.contains(secret)), "{table}.{column}: {kept}");
        }
    }
    assert!(rows > 20, "{rows}");
}
