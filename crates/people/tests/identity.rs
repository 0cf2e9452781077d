//! Signing in at a real identity provider: npm's oidc-provider, started here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::similar_names, reason = "test code")]

mod provider;

use database::Address;
use jiff::Timestamp;
use people::{IdentityError, NewPerson, Outcome, People, Provider, ProviderSettings, Returned, SignIn, TrailFilter};

use crate::provider::{Visitor, provider};

const BACK: &str = "http://127.0.0.1:9/back";

fn with<'a>(keep: &'a str, state: &'a str, code: &'a str) -> Returned<'a> {
    Returned { keep, state, code, issuer: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_bound_at_an_invitation_and_known_by_issuer_and_subject_only() {
    let Some(server) = provider(BACK) else { return };
    let folder = tempfile::tempdir().unwrap();
    let people = People::open(&Address::File(folder.path().join("people.sqlite"))).await.unwrap();
    let settings = server.settings(BACK);
    let provider = Provider::meet(&settings).await.unwrap();
    let (here, now) = ("192.0.2.7".parse().unwrap(), Timestamp::now());
    let ada = NewPerson { name: "Ada Quist".into(), email: "ada@example.org".into(), ..NewPerson::default() };
    let invitation = people.invite(None, &ada, now).await.unwrap();
    let token = invitation.token.reveal();

    // The provider says the right address for her, and that does not let anybody in.
    let journey = people.set_out(&provider, None, here, now).await.unwrap();
    assert!(journey.address.contains("code_challenge_method=S256") && journey.address.contains("nonce="));
    let (state, code) = Visitor::new(BACK).visit(&journey.address, "ada@example.org").await;
    let unbound = people.come_back(&provider, with(journey.keep.reveal(), &state, &code), now).await;
    assert!(matches!(unbound, Err(IdentityError::NotBound)), "{unbound:?}");

    // She accepts her invitation with her account there.
    let journey = people.set_out(&provider, Some(token), here, now).await.unwrap();
    let (state, code) = Visitor::new(BACK).visit(&journey.address, "subject-1").await;
    let accepted = people.come_back(&provider, with(journey.keep.reveal(), &state, &code), now).await.unwrap();
    let SignIn::Session(session) = accepted else { panic!("{accepted:?}") };
    assert_eq!(session.person, invitation.person);
    assert!(people.invitation(token, now).await.is_err(), "the invitation is used up");
    let again = people.come_back(&provider, with(journey.keep.reveal(), &state, &code), now).await;
    assert!(matches!(again, Err(IdentityError::NotBegun)), "{again:?}");

    // Next time the account is enough, and another account is not.
    let journey = people.set_out(&provider, None, here, now).await.unwrap();
    let (state, code) = Visitor::new(BACK).visit(&journey.address, "subject-1").await;
    let known = people.come_back(&provider, with(journey.keep.reveal(), &state, &code), now).await.unwrap();
    assert!(matches!(known, SignIn::Session(session) if session.person == invitation.person));
    let journey = people.set_out(&provider, None, here, now).await.unwrap();
    let (state, code) = Visitor::new(BACK).visit(&journey.address, "subject-2").await;
    let other = people.come_back(&provider, with(journey.keep.reveal(), &state, &code), now).await;
    assert!(matches!(other, Err(IdentityError::NotBound)), "{other:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_good_only_in_the_browser_that_set_out_for_it() {
    let Some(server) = provider(BACK) else { return };
    let folder = tempfile::tempdir().unwrap();
    let people = People::open(&Address::File(folder.path().join("people.sqlite"))).await.unwrap();
    let settings = server.settings(BACK);
    let provider = Provider::meet(&settings).await.unwrap();
    let (here, now) = ("192.0.2.7".parse().unwrap(), Timestamp::now());
    let set_out = || people.set_out(&provider, None, here, now);
    let (mine, hers) = (set_out().await.unwrap(), set_out().await.unwrap());
    let (my_state, my_code) = Visitor::new(BACK).visit(&mine.address, "mallory").await;
    let (her_state, _) = Visitor::new(BACK).visit(&hers.address, "ada").await;

    // Another state than the one that this browser set out with.
    let wrong = people.come_back(&provider, with(hers.keep.reveal(), &my_state, &my_code), now).await;
    assert!(matches!(wrong, Err(IdentityError::NotBegun)), "{wrong:?}");
    // Her state with my code: the provider itself refuses, for the verifier is hers.
    let hers = set_out().await.unwrap();
    let (state, _) = Visitor::new(BACK).visit(&hers.address, "ada").await;
    let slipped = people.come_back(&provider, with(hers.keep.reveal(), &state, &my_code), now).await;
    assert!(matches!(slipped, Err(IdentityError::NotTrusted(_))), "{slipped:?}");
    // Nobody set out with this.
    let guessed = people.come_back(&provider, with("guess", &her_state, &my_code), now).await;
    assert!(matches!(guessed, Err(IdentityError::NotBegun)), "{guessed:?}");
    // Too late.
    let late = set_out().await.unwrap();
    let (state, code) = Visitor::new(BACK).visit(&late.address, "ada").await;
    let after = now + std::time::Duration::from_secs(601);
    let too_late = people.come_back(&provider, with(late.keep.reveal(), &state, &code), after).await;
    assert!(matches!(too_late, Err(IdentityError::NotBegun)), "{too_late:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journey_that_led_nowhere_is_over_and_in_the_trail() {
    let Some(server) = provider(BACK) else { return };
    let folder = tempfile::tempdir().unwrap();
    let people = People::open(&Address::File(folder.path().join("people.sqlite"))).await.unwrap();
    let provider = Provider::meet(&server.settings(BACK)).await.unwrap();
    let (here, now) = ("192.0.2.7".parse().unwrap(), Timestamp::now());
    let failed = async || {
        let trail = people.trail(&TrailFilter::default()).await.unwrap();
        let of = |entry: &&people::TrailEntry| entry.entry.verb == "sign-in-at-provider";
        trail.iter().filter(of).filter(|entry| entry.entry.outcome == Outcome::Failed).count()
    };

    // Given up there.
    let journey = people.set_out(&provider, None, here, now).await.unwrap();
    let back = Visitor::new(BACK).way_back(&journey.address, None).await;
    let value = |key: &str| back.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
    assert_eq!(value("error").as_deref(), Some("access_denied"), "{back}");
    people.turn_back(journey.keep.reveal(), &value("state").unwrap(), now).await.unwrap();
    assert_eq!(failed().await, 1);
    let again = people.turn_back(journey.keep.reveal(), &value("state").unwrap(), now).await;
    assert!(matches!(again, Err(IdentityError::NotBegun)), "{again:?}");

    // Another provider says that it was asked: the code is not even handed in.
    let journey = people.set_out(&provider, None, here, now).await.unwrap();
    let (state, code) = Visitor::new(BACK).visit(&journey.address, "ada").await;
    let back = Returned { issuer: Some("https://other.example"), ..with(journey.keep.reveal(), &state, &code) };
    let mixed = people.come_back(&provider, back, now).await;
    assert!(matches!(mixed, Err(IdentityError::NotTrusted(_))), "{mixed:?}");
    assert_eq!(failed().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_fails_at_the_provider_too_often_waits() {
    let Some(server) = provider(BACK) else { return };
    let folder = tempfile::tempdir().unwrap();
    let people = People::open(&Address::File(folder.path().join("people.sqlite"))).await.unwrap();
    let provider = Provider::meet(&server.settings(BACK)).await.unwrap();
    let (here, now) = ("192.0.2.7".parse().unwrap(), Timestamp::now());
    let mut last = None;
    for _ in 0..=people.limits().tries_from_address {
        let journey = people.set_out(&provider, None, here, now).await.unwrap();
        let address = reqwest::Url::parse(&journey.address).unwrap();
        let state = address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        last = people.come_back(&provider, with(journey.keep.reveal(), &state, "guess"), now).await.err();
    }
    assert!(matches!(last, Some(IdentityError::SignIn(people::SignInError::Throttled { .. }))), "{last:?}");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_named_as_the_reason() {
    let settings = ProviderSettings {
        issuer: "http://127.0.0.1:9".to_owned(),
        client: "mineban".to_owned(),
        secret: Some(people::Secret::given("never shown")),
        back: BACK.to_owned(),
    };
    let error = Provider::meet(&settings).await.unwrap_err();
    assert!(matches!(error, IdentityError::Provider(_)), "{error}");
    assert!(!format!("{settings:?}{error:?}").contains("never shown"));
}
