//! People to test with.

use std::net::IpAddr;
use std::time::Duration;

use database::Address;
use jiff::Timestamp;
use jiff::civil::date;
use people::{Holding, NewPerson, NewSession, People, PersonId, RecoveryCode, Role, SignIn};
use totp_rs::{Builder, Secret};

pub(crate) const PASSWORD: &str = "four wet boots hum";

pub(crate) fn home() -> IpAddr {
    "192.0.2.7".parse().unwrap()
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn later(seconds: u64) -> Timestamp {
    noon() + Duration::from_secs(seconds)
}

pub(crate) async fn open(address: &Address) -> People {
    People::open(address).await.unwrap()
}

pub(crate) fn held(role: Role, state: Option<&str>) -> Holding {
    Holding { role, state: state.map(|state| state.parse().unwrap()), from: date(2026, 1, 1), to: None }
}

pub(crate) fn ada() -> NewPerson {
    NewPerson {
        name: "Ada Quist".to_owned(),
        email: "Ada@Example.org".to_owned(),
        holdings: vec![held(Role::NationalAuthor, Some("COL"))],
        ..NewPerson::default()
    }
}

/// Somebody without a role, who signs in with a password alone.
pub(crate) fn reader() -> NewPerson {
    NewPerson { name: "Rui Reader".to_owned(), email: "rui@example.org".to_owned(), ..NewPerson::default() }
}

/// Invited and accepted, with [`PASSWORD`].
pub(crate) async fn accepted(people: &People, new: &NewPerson) -> PersonId {
    let invitation = people.invite(None, new, noon()).await.unwrap();
    people.accept(invitation.token.reveal(), PASSWORD, noon()).await.unwrap()
}

/// The code of a secret at a moment.
pub(crate) fn code(secret: &str, at: Timestamp) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(at.as_second()).unwrap()).to_string()
}

pub(crate) struct Enrolled {
    pub(crate) person: PersonId,
    pub(crate) secret: String,
    pub(crate) session: NewSession,
    pub(crate) codes: Vec<RecoveryCode>,
}

/// Accepted, and enrolled at noon.
pub(crate) async fn enrolled(people: &People, new: &NewPerson) -> Enrolled {
    let person = accepted(people, new).await;
    let SignIn::Enrol { pending } = people.sign_in(&new.email, PASSWORD, home(), noon()).await.unwrap() else {
        panic!("a role needs a second factor");
    };
    let secret = people.enrol(pending.reveal(), noon()).await.unwrap().secret.reveal().to_owned();
    let first = code(&secret, noon());
    let (session, codes) = people.confirm_enrolment(pending.reveal(), &first, noon()).await.unwrap();
    Enrolled { person, secret, session, codes }
}

/// Signed in with the password, at a moment; the second factor is next.
pub(crate) async fn halfway(people: &People, email: &str, at: Timestamp) -> people::Secret {
    match people.sign_in(email, PASSWORD, home(), at).await.unwrap() {
        SignIn::SecondFactor { pending } => pending,
        other => panic!("{other:?}"),
    }
}
