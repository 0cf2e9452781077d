//! The crawler: everybody follows every link and sends every form that the site shows them, and is never shown one that
//! the table of rights refuses them, nor led anywhere else.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use people::Role;
use site::Settings;
use site::routes::Route;

use crate::browser::{Browser, forms, links};
use crate::house::{Asker, Credential, House, OWN, stranger};
use crate::oracle::{Says, says};

/// How many addresses of the same sort each crawls: some hundred States look alike.
const OF_A_SORT: usize = 4;

/// The route of an address, and the State that it names.
fn route_of(method: &str, path: &str) -> Option<(Route, Option<String>)> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |route: &&Route| {
        let pattern: Vec<&str> = route.path.split('/').collect();
        route.method == method
            && pattern.len() == parts.len()
            && pattern
                .iter()
                .zip(&parts)
                .all(|(wanted, part)| wanted == part || (wanted.starts_with('{') && !part.is_empty()))
    };
    // A plain address stands before one with parameters.
    let routes = site::routes();
    let route = routes.listed().iter().filter(fits).min_by_key(|route| route.path.matches('{').count())?;
    let at = route.path.split('/').position(|part| part == "{state}");
    let state = at.and_then(|at| parts.get(at)).map(|part| part.trim_end_matches(".json").to_owned());
    Some((*route, state))
}

#[derive(Default)]
struct Seen {
    links: usize,
    forms: usize,
    routes: BTreeSet<(&'static str, &'static str)>,
}

async fn crawl(house: &House, asker: &Asker) -> Seen {
    let mut browser = Browser::new(house, asker.address);
    if let Credential::Session(token) = &asker.credential {
        browser.cookies.insert("mineban-session".to_owned(), token.clone());
    }
    let (mut seen, mut of_sort) = (Seen::default(), BTreeMap::<(&str, &str), usize>::new());
    let mut queue: VecDeque<String> = ["/", "/account", "/sign-in"].map(|path| format!("{path}?lang=en")).into();
    let mut known: BTreeSet<String> = queue.iter().cloned().collect();
    let mut sent = BTreeSet::new();
    let mut last = None;
    while let Some(link) = queue.pop_front() {
        let path = link.split('?').next().unwrap().to_owned();
        let (route, state) = route_of("GET", &path).unwrap_or_else(|| panic!("{}: {link} has no route", asker.name));
        let crawled = of_sort.entry((route.method, route.path)).or_default();
        *crawled += 1;
        if *crawled > OF_A_SORT {
            continue;
        }
        let answer = browser.get(&link).await;
        seen.links += 1;
        seen.routes.insert((route.method, route.path));
        check(&route, asker, state.as_deref(), &link, answer.status);
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        for next in links(&answer.text()) {
            if !next.contains("lang=") || next.contains("lang=en") {
                let plain = next.split('#').next().unwrap().to_owned();
                if known.insert(plain.clone()) {
                    queue.push_back(plain);
                }
            }
        }
        for form in forms(&answer.text()) {
            let action = form.action.split('?').next().unwrap().to_owned();
            // What ends this very session comes last; ending others is tested with the account.
            if action == "/sign-out" {
                last = Some(form);
            } else if !action.ends_with("/sessions") && sent.insert(action.clone()) {
                send(&mut browser, asker, &mut seen, &form).await;
            }
        }
    }
    if let Some(form) = last {
        send(&mut browser, asker, &mut seen, &form).await;
    }
    seen
}

/// Sends a form as it stands: it must be one that the asker may send, and taken as coming from a page of this site.
async fn send(browser: &mut Browser<'_>, asker: &Asker, seen: &mut Seen, form: &crate::browser::Form) {
    let path = form.action.split('?').next().unwrap();
    let (route, state) = route_of("POST", path).unwrap_or_else(|| panic!("{}: {path} has no route", asker.name));
    let answer = browser.send(form, &[]).await;
    seen.forms += 1;
    seen.routes.insert((route.method, route.path));
    assert!(says_yes(&route, asker, state.as_deref()), "{} was shown a form to {path}", asker.name);
    assert!(!answer.text().contains("This form has expired"), "{}: {path}: {}", asker.name, answer.text());
    assert!(answer.status < 500, "{}: {path}: {}", asker.name, answer.text());
    if answer.status == 303 {
        assert!(answer.header("location").starts_with('/') && !answer.header("location").starts_with("//"), "{path}");
    }
}

fn says_yes(route: &Route, asker: &Asker, state: Option<&str>) -> bool {
    matches!(says(route, asker, state), Says::Yes { .. })
}

fn check(route: &Route, asker: &Asker, state: Option<&str>, link: &str, status: u16) {
    // The beginning of the crawl is given; everything else was shown.
    let begun = ["/account", "/sign-in"].iter().any(|path| link.starts_with(path));
    let yes = says_yes(route, asker, state);
    assert!(yes || begun, "{} was shown a link to {link}", asker.name);
    let expected: &[u16] = if !yes {
        &[303]
    } else if begun {
        &[200, 303]
    } else {
        &[200]
    };
    assert!(expected.contains(&status), "{}: {link} answered {status}", asker.name);
}

#[tokio::test]
async fn everybody_is_shown_only_what_they_may_follow_and_send() {
    let house = House::new(Settings::default()).await;
    let mut all = vec![stranger()];
    for (at, role) in Role::ALL.into_iter().enumerate() {
        all.push(house.signed_in(role.key(), Some(role), 100 + u8::try_from(at).unwrap()).await);
    }
    let (mut links, mut forms, mut routes) = (0, 0, BTreeSet::new());
    for asker in &all {
        let seen = crawl(&house, asker).await;
        links += seen.links;
        forms += seen.forms;
        routes.extend(seen.routes);
    }
    let listed = site::routes();
    println!(
        "the crawl: {} people, {links} links, {forms} forms, {} of {} addresses",
        all.len(),
        routes.len(),
        listed.listed().len()
    );
    for must in ["/account", "/administration/people/{person}", "/administration/trail", "/work/{state}/lodge"] {
        assert!(routes.iter().any(|(_, path)| path == &must), "nobody came to {must}");
    }
    assert!(house.get(&stranger(), &format!("/work/{OWN}/lodge")).await.status == 303);
}
