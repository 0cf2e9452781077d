//! Codes and recovery codes.

use database::Address;
use people::{SignIn, SignInError};

use crate::common::{PASSWORD, accepted, ada, code, enrolled, halfway, home, later, noon, open};

pub(crate) async fn a_role_needs_a_second_factor_before_it_has_a_session(at: Address) {
    let people = open(&at).await;
    let person = accepted(&people, &ada()).await;
    let SignIn::Enrol { pending } = people.sign_in("ada@example.org", PASSWORD, home(), noon()).await.unwrap() else {
        panic!("a role needs a second factor");
    };
    // What waits is no session, and cannot skip a step.
    assert!(people.session(pending.reveal(), noon()).await.unwrap().is_none());
    assert!(matches!(people.second_factor(pending.reveal(), "123456", noon()).await, Err(SignInError::Gone)));
    let offered = people.enrol(pending.reveal(), noon()).await.unwrap();
    let again = people.enrol(pending.reveal(), noon()).await.unwrap();
    assert_eq!(offered.secret, again.secret, "a page that is loaded again offers the same secret");
    assert!(offered.uri.reveal().starts_with("otpauth://totp/mineban:Ada%40Example"), "{}", offered.uri.reveal());
    let wrong = people.confirm_enrolment(pending.reveal(), "000000", noon()).await;
    assert!(matches!(wrong, Err(SignInError::Wrong)));
    let first = code(offered.secret.reveal(), noon());
    let (session, codes) = people.confirm_enrolment(pending.reveal(), &first, noon()).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert_ne!(session.token, pending, "the token is a new one");
    let found = people.session(session.token.reveal(), noon()).await.unwrap().unwrap();
    assert!(found.person == person && found.actor.second_factor);
    assert!(matches!(people.enrol(pending.reveal(), noon()).await, Err(SignInError::Gone)));
}

pub(crate) async fn no_code_is_taken_twice(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    // The code of the enrolment itself.
    let first = code(&ada.secret, noon());
    let pending = halfway(&people, "ada@example.org", later(5)).await;
    assert!(matches!(people.second_factor(pending.reveal(), &first, later(5)).await, Err(SignInError::Wrong)));
    // The next one: once, even when two come at once with it.
    let next = code(&ada.secret, later(30));
    let other = halfway(&people, "ada@example.org", later(30)).await;
    let go = |pending: people::Secret| {
        let (people, next) = (people.clone(), next.clone());
        tokio::spawn(async move { people.second_factor(pending.reveal(), &next, later(30)).await })
    };
    let (a, b) = (go(pending), go(other));
    let done = [a.await.unwrap(), b.await.unwrap()];
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    // An earlier one is not taken after a later one.
    let pending = halfway(&people, "ada@example.org", later(31)).await;
    assert!(people.second_factor(pending.reveal(), &first, later(31)).await.is_err());
}

pub(crate) async fn a_recovery_code_serves_once(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    assert_eq!(people.recovery_codes_left(&ada.person).await.unwrap(), 10);
    let typed = ada.codes[3].reveal().to_uppercase().replace('-', " ");
    let pending = halfway(&people, "ada@example.org", later(5)).await;
    let session = people.second_factor(pending.reveal(), &typed, later(5)).await.unwrap();
    assert!(people.session(session.token.reveal(), later(5)).await.unwrap().unwrap().actor.second_factor);
    let pending = halfway(&people, "ada@example.org", later(6)).await;
    assert!(matches!(people.second_factor(pending.reveal(), &typed, later(6)).await, Err(SignInError::Wrong)));
    assert_eq!(people.recovery_codes_left(&ada.person).await.unwrap(), 9);
    let renew = async |password: &str, code: &str, at| {
        people.renew_recovery_codes(&ada.person, password, code, home(), at).await
    };
    let present = code(&ada.secret, later(60));
    for (password, code) in [("wrong", present.as_str()), (PASSWORD, "000000"), (PASSWORD, typed.as_str())] {
        assert!(matches!(renew(password, code, later(60)).await, Err(SignInError::Wrong)), "{password} {code}");
    }
    assert_eq!(people.recovery_codes_left(&ada.person).await.unwrap(), 9, "nothing has changed");
    let new = renew(PASSWORD, &present, later(60)).await.unwrap();
    assert!(matches!(renew(PASSWORD, &present, later(60)).await, Err(SignInError::Wrong)), "a code serves once");
    let pending = halfway(&people, "ada@example.org", later(61)).await;
    let old = ada.codes[4].reveal();
    assert!(people.second_factor(pending.reveal(), old, later(61)).await.is_err());
    assert!(people.second_factor(pending.reveal(), new[0].reveal(), later(62)).await.is_ok());
}

pub(crate) async fn five_wrong_codes_end_the_sign_in(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    let pending = halfway(&people, "ada@example.org", later(30)).await;
    for _ in 0..5 {
        assert!(matches!(people.second_factor(pending.reveal(), "12", later(30)).await, Err(SignInError::Wrong)));
    }
    let right = code(&ada.secret, later(30));
    assert!(matches!(people.second_factor(pending.reveal(), &right, later(30)).await, Err(SignInError::Gone)));
    // With the password in hand one begins again; after ten wrong codes in all, one waits.
    let pending = halfway(&people, "ada@example.org", later(31)).await;
    for _ in 0..5 {
        let _ = people.second_factor(pending.reveal(), "12", later(31)).await;
    }
    let pending = halfway(&people, "ada@example.org", later(32)).await;
    let waits = people.second_factor(pending.reveal(), &right, later(32)).await;
    assert!(matches!(waits, Err(SignInError::Throttled { .. })), "{waits:?}");
    // And nobody waits for ever for a second factor.
    let pending = halfway(&people, "ada@example.org", later(100)).await;
    let right = code(&ada.secret, later(701));
    assert!(matches!(people.second_factor(pending.reveal(), &right, later(701)).await, Err(SignInError::Gone)));
}

pub(crate) async fn a_forgotten_factor_is_enrolled_again(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    people.forget_second_factor(None, &ada.person, later(1)).await.unwrap();
    assert!(people.session(ada.session.token.reveal(), later(1)).await.unwrap().is_none());
    let again = people.sign_in("ada@example.org", PASSWORD, home(), later(2)).await.unwrap();
    let SignIn::Enrol { pending } = again else { panic!("{again:?}") };
    assert_ne!(people.enrol(pending.reveal(), later(2)).await.unwrap().secret.reveal(), ada.secret);
}
