//! The walk: every address that the router has, asked by everybody, about every sort of State, held against the table.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use desk::rights::Verb;
use people::Role;
use site::Settings;
use site::routes::{About, Route};

use crate::house::{Answer, Asker, Credential, House, NONE, OTHER, OWN, stranger};
use crate::oracle::{Says, says};

/// Everybody who asks: without an account, with a word that opens nothing, with an account and no role, in each role, and
/// the tokens of each role.
async fn everybody(house: &House) -> Vec<Asker> {
    let mut all = vec![
        stranger(),
        Asker {
            name: "false session".to_owned(),
            credential: Credential::Session("x".repeat(43)),
            address: 2,
            ..stranger()
        },
        Asker {
            name: "false token".to_owned(),
            credential: Credential::Bearer("x".repeat(43)),
            address: 3,
            ..stranger()
        },
        house.signed_in("nobody-in-particular", None, 4).await,
    ];
    for (at, role) in Role::ALL.into_iter().enumerate() {
        let address = 10 + u8::try_from(at).unwrap();
        let asker = house.signed_in(role.key(), Some(role), address).await;
        let name = |sort: &str| format!("{sort} token of {}", role.key());
        let every = Asker { address: address + 20, ..house.token(&asker, &name("wide"), Verb::ALL, &[]).await };
        let narrow =
            Asker { address: address + 40, ..house.token(&asker, &name("narrow"), &[Verb::See], &[OTHER]).await };
        all.extend([asker, every, narrow]);
    }
    all
}

/// An address with its parameters filled in, for each State where it names one; and the State.
fn filled(route: &Route, person: &str) -> Vec<(String, Option<&'static str>)> {
    let path = |state: &str| {
        route
            .path
            .replace("{state}", state)
            .replace("{year}", "2025")
            .replace("{z}/{x}/{y}", "4/6/7.mvt")
            .replace("{symbol}", "75-52")
            .replace("{file}", "areas.js")
            .replace("{token}", &"k".repeat(43))
            .replace("{person}", person)
    };
    match route.about {
        About::StateInAddress => [OWN, OTHER, NONE].map(|state| (path(state), Some(state))).to_vec(),
        About::StateInBody => [OWN, OTHER, NONE].map(|state| (path(""), Some(state))).to_vec(),
        About::Nothing | About::OneSelf => vec![(path(""), None)],
    }
}

async fn asked(house: &House, asker: &Asker, method: &str, path: &str, state: Option<&str>, in_body: bool) -> Answer {
    if method == "GET" {
        return house.get(asker, path).await;
    }
    if in_body {
        // A State and nothing else: whoever may lodge for it is told that this is no report.
        let body = format!("{{\"state\":\"{}\"}}", state.unwrap_or_default());
        let csrf = [("content-type", "application/json")];
        let request = csrf.iter().fold(Request::post(path), |request, (name, value)| request.header(*name, *value));
        return house.ask(asker, request.body(Body::from(body)).unwrap()).await;
    }
    house.post(asker, path, &[]).await
}

/// What of an answer must be the same when a thing that is there may not be known to be there.
fn tell_tale(answer: &Answer, path: &str) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        // The number of a request is another each time.
        .filter(|(name, _)| !["date", "content-length", "x-request-id"].contains(&name.as_str()))
        .collect();
    headers.sort();
    (answer.status, headers, answer.text().replace(path, "PATH"))
}

/// Whether the gate refused: the three ways in which it does.
fn is_refusal(answer: &Answer, path: &str) -> bool {
    let text = answer.text();
    let to_the_door = answer.status == 303 && answer.header("location").contains("&next=");
    let not_yours = answer.status == 403 && text.contains("Your roles do not open this.");
    let sign_in = answer.status == 401;
    let nowhere = answer.status == 404 && text.contains(&format!("There is no page at {path}."));
    to_the_door || not_yours || sign_in || nowhere
}

#[tokio::test]
async fn every_address_answers_as_the_table_of_rights_says() {
    let house = House::new(Settings::default()).await;
    let everybody = everybody(&house).await;
    let (victim, _) = house.enter("somebody-else", None).await;
    let routes = site::routes();
    // Whoever signs out can ask nothing more: that comes last, and with it what ends sessions.
    let mut listed = routes.listed().to_vec();
    listed.sort_by_key(|route| (route.path == "/sign-out", route.path));
    let (mut asked_for, mut allowed, mut refused, mut hidden) = (0, 0, 0, 0);
    let mut covered = BTreeSet::new();
    for route in &listed {
        for asker in &everybody {
            let persons: &[&str] =
                if route.path.contains("{person}") { &[victim.0.as_str(), "0000000000000000"] } else { &[""] };
            for person in persons {
                for (path, state) in filled(route, person) {
                    let in_body = route.about == About::StateInBody;
                    let answer = asked(&house, asker, route.method, &path, state, in_body).await;
                    let of = format!("{} {path} ({state:?}) asked by {}", route.method, asker.name);
                    asked_for += 1;
                    covered.insert((route.method, route.path));
                    match says(route, asker, state) {
                        Says::Yes { public } => {
                            allowed += 1;
                            assert!(
                                !is_refusal(&answer, &path),
                                "{of} was refused: {} {}",
                                answer.status,
                                answer.text()
                            );
                            assert!(answer.status < 500, "{of}: {} {}", answer.status, answer.text());
                            caching(&answer, route, asker, public, &of);
                        }
                        Says::No { may_know } => {
                            refused += 1;
                            assert!(
                                is_refusal(&answer, &path),
                                "{of} was not refused: {} {}",
                                answer.status,
                                answer.text()
                            );
                            if may_know {
                                assert_ne!(answer.status, 404, "{of} hides what everybody knows");
                                assert!(!answer.text().contains("<table"), "{of} shows something");
                            } else {
                                hidden += 1;
                                let nowhere = path.replacen("/administration", "/nowhereistration", 1);
                                let nothing = asked(&house, asker, route.method, &nowhere, state, in_body).await;
                                assert_eq!(
                                    tell_tale(&answer, &path),
                                    tell_tale(&nothing, &nowhere),
                                    "{of} tells that it is there"
                                );
                            }
                        }
                    }
                }
            }
        }
    }
    let all: BTreeSet<_> = routes.listed().iter().map(|route| (route.method, route.path)).collect();
    assert_eq!(covered, all, "an address was not walked");
    let permissions = desk::rights::permissions();
    let reached = permissions.iter().filter(|row| {
        listed.iter().any(|route| route.verb == row.verb && route.subject == row.subject && route.tier == row.tier)
    });
    println!(
        "the walk: {} of {} addresses (100 %), {} askers, {asked_for} questions: {allowed} allowed, {refused} refused, {hidden} of them \
         as if nothing were there; {} of {} permissions are of a thing that has an address",
        covered.len(),
        all.len(),
        everybody.len(),
        reached.count(),
        permissions.len(),
    );
    assert!(hidden > 100 && refused > 500, "{hidden} {refused}: the walk is broken");
}

/// An actor as the asker is one.
fn actor(asker: &Asker) -> people::Actor {
    let state = |role: Role| if role.is_national() { OWN.parse().ok() } else { None };
    let from = "2020-01-01".parse().unwrap();
    let holding = |role| people::Holding { role, state: state(role), from, to: None };
    people::Actor {
        person: asker.person.clone(),
        holdings: asker.role.map(holding).into_iter().collect(),
        second_factor: asker.factor,
        scope: asker.scope.clone(),
    }
}

/// Everybody that there could be: no account, and every role or none, with a second factor or without, by session or by a
/// token of one verb or all and of one State or all.
fn whoever() -> Vec<Asker> {
    let somebody = Asker { person: Some(people::PersonId("p".to_owned())), ..stranger() };
    let mut all = vec![stranger()];
    for role in Role::ALL.into_iter().map(Some).chain([None]) {
        for factor in [true, false] {
            let asker = Asker { role, factor, ..somebody.clone() };
            if !factor {
                all.push(asker);
                continue;
            }
            for verbs in [vec!["see".to_owned()], Verb::ALL.iter().map(|verb| verb.key().to_owned()).collect()] {
                for states in [vec![], vec![OTHER.parse().unwrap()]] {
                    let scope = people::Scope { verbs: verbs.clone(), states };
                    all.push(Asker { scope: Some(scope), ..asker.clone() });
                }
            }
            all.push(asker);
        }
    }
    all
}

#[test]
fn every_cell_of_the_table_is_decided_as_it_reads() {
    use desk::rights::{Decision, Subject, SubjectKind, Tier, may};
    let today = "2026-11-23".parse().unwrap();
    let (mut cells, mut allowed, mut hidden) = (0, 0, 0);
    for asker in whoever() {
        let actor = actor(&asker);
        for verb in Verb::ALL {
            for kind in SubjectKind::ALL {
                for tier in Tier::ALL.map(Some).into_iter().chain([None]) {
                    for (about, state) in [
                        (About::StateInAddress, Some(OWN)),
                        (About::StateInAddress, Some(OTHER)),
                        (About::Nothing, None),
                        (About::OneSelf, None),
                    ] {
                        let route = Route { method: "GET", path: "", verb: *verb, subject: *kind, tier, about };
                        let person = asker.person.clone().filter(|_| about == About::OneSelf);
                        let state_of = state.and_then(|state| state.parse().ok());
                        let subject = Subject { kind: *kind, state: state_of, tier, person };
                        let decided = match may(&actor, *verb, &subject, today) {
                            Decision::Allowed { public } => Says::Yes { public },
                            Decision::Refused { may_know } => Says::No { may_know },
                        };
                        cells += 1;
                        allowed += usize::from(
                            decided != Says::No { may_know: false } && decided != Says::No { may_know: true },
                        );
                        hidden += usize::from(decided == Says::No { may_know: false });
                        assert_eq!(
                            decided,
                            says(&route, &asker, state),
                            "{verb:?} {kind:?} {tier:?} {about:?} {state:?} by {asker:?}"
                        );
                    }
                }
            }
        }
    }
    println!("the cells: {cells} decided, {allowed} allowed, {hidden} as if nothing were there");
    assert!(allowed > 5_000 && hidden > 50_000, "{allowed} {hidden}");
}

/// What depends on who asks is held by no cache, and carries no tag that another answer could have.
fn caching(answer: &Answer, route: &Route, asker: &Asker, public: bool, of: &str) {
    let (control, tag) = (answer.header("cache-control"), answer.header("etag"));
    let of_program = route.subject == desk::rights::SubjectKind::Program;
    if of_program {
        return;
    }
    if asker.person.is_some() || !public {
        assert!(control.contains("private") && control.contains("no-store"), "{of}: {control}");
        assert_eq!(tag, "", "{of}");
    }
    let vary = answer.header("vary").to_lowercase();
    assert!(vary.contains("cookie") && vary.contains("authorization"), "{of}: {vary}");
}

#[tokio::test]
async fn outlines_go_to_those_who_see_the_tier_in_which_they_stand() {
    use desk::rights::Tier;
    for (tier, sees) in [
        (Tier::Public, &["stranger", "donor", "national-author", "secretariat-officer", "isu-officer"][..]),
        (Tier::StatesParties, &["national-author", "secretariat-officer", "isu-officer"]),
        (Tier::StateAndSecretariat, &["national-author", "secretariat-officer"]),
        (Tier::StateAlone, &["national-author"]),
    ] {
        let house = House::new(Settings { perimeters: tier, ..Settings::default() }).await;
        let mut all = vec![stranger()];
        for (at, role) in
            [Role::Donor, Role::NationalAuthor, Role::SecretariatOfficer, Role::IsuOfficer].into_iter().enumerate()
        {
            all.push(house.signed_in(role.key(), Some(role), 10 + u8::try_from(at).unwrap()).await);
        }
        for asker in &all {
            let answer = house.get(asker, &format!("/areas/{OWN}.json")).await;
            let outlines = answer.text().contains("\"sight\": \"perimeters\"");
            assert_eq!(outlines, sees.contains(&asker.name.as_str()), "{tier:?}: {}", asker.name);
            assert!(!outlines || !answer.header("cache-control").contains("public"), "{tier:?}: {}", asker.name);
        }
    }
}
