//! A site with one person in every role, over a journal of Examplia and of the real States.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, Response};
use desk::rights::Verb;
use desk::store::{self, Place};
use desk::{Iso3, Lang, Timestamp, Words, demo, files, report_file};
use http_body_util::BodyExt as _;
use people::{Holding, NewPerson, NewToken, People, PersonId, Role, Scope, SignIn};
use site::{App, Settings, router};
use tower::ServiceExt as _;

pub const PASSWORD: &str = "many small islands in the fog";
/// The State that national roles are held for.
pub const OWN: &str = "XXA";
/// Another one.
pub const OTHER: &str = "COL";
/// One that there is not.
pub const NONE: &str = "ZZZ";

/// How somebody shows who they are.
#[derive(Clone, Debug)]
pub enum Credential {
    Nothing,
    Session(String),
    Bearer(String),
}

/// Somebody who asks.
#[derive(Clone, Debug)]
pub struct Asker {
    pub name: String,
    pub role: Option<Role>,
    pub person: Option<PersonId>,
    pub credential: Credential,
    pub scope: Option<Scope>,
    /// Whether a second factor was shown.
    pub factor: bool,
    pub csrf: String,
    /// The last number of the address that they come from.
    pub address: u8,
}

/// What was answered, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> String {
        let all = self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        all.collect::<Vec<_>>().join(", ")
    }
}

pub struct House {
    pub router: axum::Router,
    pub people: People,
    pub folder: tempfile::TempDir,
    pub now: Timestamp,
}

impl House {
    pub async fn new(settings: Settings) -> Self {
        Self::with(settings, None).await
    }

    /// With an identity provider, where there is one.
    pub async fn with(settings: Settings, identity: Option<people::ProviderSettings>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Named(folder.path().join("data"));
        let now = Timestamp::now();
        demo::enter(&place, now).await.unwrap();
        let field = demo::write_field_files(folder.path()).unwrap();
        let path = folder.path().join("examplia.json");
        let draft = draft(&place, 2025, &[field.hazards.clone(), field.releases.clone(), field.casualties]).await;
        files::write(&path, &draft).unwrap();
        desk::lodge::lodge(&place, &path, now, Words::of(Lang::En)).await.unwrap();
        keep(&place, &[field.hazards, field.releases], now).await;
        let journal = store::write(&place).await.unwrap();
        let people = desk::people::open(&place, None).await.unwrap();
        let app = App::new(journal, place, settings).with_people(people.clone());
        let app = identity.into_iter().fold(app, App::with_identity_provider);
        Self { router: router(app), people, folder, now }
    }

    pub async fn ask(&self, asker: &Asker, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        match &asker.credential {
            Credential::Nothing => {}
            Credential::Session(token) => {
                let cookies = format!("mineban-session={token}");
                parts.headers.append("cookie", cookies.parse().unwrap());
            }
            Credential::Bearer(token) => {
                parts.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
            }
        }
        let from = std::net::SocketAddr::from(([192, 0, 2, asker.address], 4000));
        parts.extensions.insert(ConnectInfo(from));
        whole(self.router.clone().oneshot(Request::from_parts(parts, body)).await.unwrap()).await
    }

    pub async fn get(&self, asker: &Asker, path: &str) -> Answer {
        self.ask(asker, Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, asker: &Asker, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf", asker.csrf.as_str())];
        all.extend(fields);
        let body = serde_urlencoded::to_string(all).unwrap();
        let kind = "application/x-www-form-urlencoded";
        self.ask(asker, Request::post(path).header("content-type", kind).body(body.into()).unwrap()).await
    }

    /// Somebody who has accepted an invitation: the id and the address.
    pub async fn enter(&self, name: &str, role: Option<Role>) -> (PersonId, String) {
        let email = format!("{name}@example.org");
        let state: Option<Iso3> = role.filter(|role| role.is_national()).and_then(|_| OWN.parse().ok());
        let from = "2020-01-01".parse().unwrap();
        let holdings = role.map(|role| Holding { role, state, from, to: None }).into_iter().collect();
        let new = NewPerson {
            name: format!("The {name}"),
            email: email.clone(),
            organisation: None,
            holdings,
            language: "en".to_owned(),
        };
        let invitation = self.people.invite(None, &new, self.now).await.unwrap();
        let person = self.people.accept(invitation.token.reveal(), PASSWORD, self.now).await.unwrap();
        (person, email)
    }

    /// Somebody signed in as a role, with the second factor.
    pub async fn signed_in(&self, name: &str, role: Option<Role>, address: u8) -> Asker {
        let (person, email) = self.enter(name, role).await;
        let from = std::net::IpAddr::from([192, 0, 2, address]);
        let session = match self.people.sign_in(&email, PASSWORD, from, self.now).await.unwrap() {
            SignIn::Session(session) => session,
            SignIn::Enrol { pending } => {
                let offer = self.people.enrol(pending.reveal(), self.now).await.unwrap();
                let code = code(offer.uri.reveal(), self.now);
                self.people.confirm_enrolment(pending.reveal(), &code, self.now).await.unwrap().0
            }
            SignIn::SecondFactor { .. } => panic!("nothing was enrolled yet"),
        };
        let token = session.token.reveal().to_owned();
        let seen = self.people.session(&token, self.now).await.unwrap().unwrap();
        Asker {
            name: name.to_owned(),
            role,
            person: Some(person),
            credential: Credential::Session(token),
            scope: None,
            factor: role.is_some(),
            csrf: seen.csrf.reveal().to_owned(),
            address,
        }
    }

    /// The same person's token.
    pub async fn token(&self, owner: &Asker, name: &str, verbs: &[Verb], states: &[&str]) -> Asker {
        let scope = Scope {
            verbs: verbs.iter().map(|verb| verb.key().to_owned()).collect(),
            states: states.iter().map(|code| code.parse().unwrap()).collect(),
        };
        let expires = self.now.checked_add(std::time::Duration::from_hours(24)).unwrap();
        let new = NewToken { name: name.to_owned(), scope: scope.clone(), expires };
        let made = self.people.create_token(owner.person.as_ref().unwrap(), &new, self.now).await.unwrap();
        Asker {
            name: name.to_owned(),
            credential: Credential::Bearer(made.secret.reveal().to_owned()),
            scope: Some(scope),
            ..owner.clone()
        }
    }
}

/// Somebody who has not signed in.
pub fn stranger() -> Asker {
    Asker {
        name: "stranger".to_owned(),
        role: None,
        person: None,
        credential: Credential::Nothing,
        scope: None,
        factor: false,
        csrf: String::new(),
        address: 1,
    }
}

/// The present code of a second factor.
pub fn code(uri: &str, now: Timestamp) -> String {
    let totp = totp_rs::Totp::from_url(uri).unwrap();
    totp.generate(u64::try_from(now.as_second()).unwrap()).to_string()
}

pub async fn whole(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// A draft of Examplia's report for a year, as a file.
pub async fn draft(place: &Place, year: i16, field: &[std::path::PathBuf]) -> Vec<u8> {
    let store = desk::store::Store::read(place).await.unwrap();
    let reading = desk::field::Reading {
        files: field,
        how: desk::field::How::default(),
        state: None,
        today: "2026-03-31".parse().unwrap(),
        progress: None,
    };
    let wanted = desk::draft::Wanted {
        state: OWN.parse().unwrap(),
        kind: desk::ReportKind::Annual,
        calendar_year: year,
        not_applicable: &[],
        unchanged_since: &[],
    };
    let draft = desk::draft::draft(&store.register, &wanted, &reading, Words::of(Lang::En)).unwrap();
    report_file::to_bytes(&draft.report)
}

/// Keeps Examplia's field files, so that its areas are on the map.
async fn keep(place: &Place, field: &[std::path::PathBuf], now: Timestamp) {
    let reading = desk::field::Reading {
        files: field,
        how: desk::field::How::default(),
        state: OWN.parse().ok(),
        today: "2026-03-31".parse().unwrap(),
        progress: None,
    };
    let read = desk::field::read(&reading).unwrap();
    let pairs: Vec<_> = field.iter().cloned().zip(&read).collect();
    let objects = desk::objects::Objects::of_place(place);
    desk::kept::keep(&objects, OWN.parse().unwrap(), &"demo".parse().unwrap(), &pairs, now).await.unwrap();
}
