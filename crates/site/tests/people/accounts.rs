//! The way in and out, as a browser goes it.

use people::{Holding, NewPerson, Role};
use site::Settings;

use crate::browser::{Browser, between, forms};
use crate::house::{House, PASSWORD, code, stranger};

/// An invitation's link, for somebody in a role.
pub async fn invited(house: &House, name: &str, role: Role) -> String {
    let holding = Holding { role, state: "XXA".parse().ok(), from: "2020-01-01".parse().unwrap(), to: None };
    let new = NewPerson {
        name: format!("The {name}"),
        email: format!("{name}@example.org"),
        organisation: None,
        holdings: vec![holding],
        language: "en".to_owned(),
    };
    format!("/invitations/{}", house.people.invite(None, &new, house.now).await.unwrap().token.reveal())
}

/// From an invitation to the recovery codes. The secret's address is what the app of a telephone gets.
pub async fn way_in(browser: &mut Browser<'_>, link: &str, email: &str) -> (String, Vec<String>) {
    let page = browser.get(link).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let form = forms(&page.text()).remove(0);
    let done = browser.send(&form, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!((done.status, done.header("location").starts_with("/sign-in?")), (303, true), "{}", done.text());
    let form = forms(&browser.get("/sign-in").await.text()).remove(0);
    let to = browser.send(&form, &[("email", email), ("password", PASSWORD)]).await;
    assert!(to.header("location").starts_with("/sign-in/enrol?"), "{} {}", to.status, to.text());
    let page = browser.get(&to.header("location")).await.text();
    let uri = between(&page, "href=\"otpauth://", "\"").replace("&amp;", "&");
    let uri = format!("otpauth://{uri}");
    assert!(page.contains("<svg class=\"square-code\" role=\"img\" aria-label=\"Square for"), "{page}");
    let form = forms(&page).remove(0);
    let wrong = browser.send(&form, &[("code", "000000")]).await;
    assert_eq!(wrong.status, 403, "a wrong code does not enrol");
    let shown = browser.send(&form, &[("code", &code(&uri, desk::Timestamp::now()))]).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    let text = shown.text();
    let codes: Vec<String> =
        between(&text, "<pre class=\"secret\" dir=\"ltr\">", "</pre>").split_whitespace().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10, "{text}");
    (uri, codes)
}

#[tokio::test]
async fn from_an_invitation_to_an_account_and_out_again() {
    let house = House::new(Settings::default()).await;
    let link = invited(&house, "ada", Role::NationalApprover).await;
    let mut browser = Browser::new(&house, 50);
    // Opening the link changes nothing, however often a mail scanner does it.
    for _ in 0..3 {
        assert_eq!(browser.get(&link).await.status, 200);
    }
    let (_, codes) = way_in(&mut browser, &link, "ada@example.org").await;
    let account = browser.get("/account").await;
    let text = account.text();
    assert!(text.contains("The ada") && text.contains("Lodge a report of"), "{text}");
    assert!(!text.contains(&codes[0]), "the codes are shown once");
    assert_eq!(browser.get(&link).await.status, 404, "a link opens once");
    assert_eq!(browser.get("/administration/people").await.status, 404);
    let out = forms(&text).into_iter().find(|form| form.action.starts_with("/sign-out")).unwrap();
    let session = browser.cookies["mineban-session"].clone();
    let done = browser.send(&out, &[]).await;
    assert!(done.text().contains("You are signed out."));
    assert!(!browser.cookies.contains_key("mineban-session"));
    browser.cookies.insert("mineban-session".to_owned(), session);
    assert_eq!(browser.get("/account").await.status, 303, "a session that ended stays ended");

    // Back by a recovery code, which opens once.
    browser.cookies.clear();
    for (tries, opens) in [true, false].into_iter().enumerate() {
        browser.cookies.clear();
        let form = forms(&browser.get("/sign-in?next=/work/XXA/lodge").await.text()).remove(0);
        let to = browser.send(&form, &[("email", "ada@example.org"), ("password", PASSWORD)]).await.header("location");
        assert!(to.starts_with("/sign-in/factor?") && to.contains("next=/work/XXA/lodge"), "{to}");
        let form = forms(&browser.get(&to).await.text()).remove(0);
        let answer = browser.send(&form, &[("code", &codes[0])]).await;
        assert_eq!(answer.status == 303, opens, "try {tries}: {}", answer.text());
        assert!(!opens || answer.header("location").starts_with("/work/XXA/lodge?"), "{}", answer.header("location"));
    }
}

#[tokio::test]
async fn recovery_codes_are_renewed_by_whoever_shows_who_they_are() {
    let house = House::new(Settings::default()).await;
    let link = invited(&house, "ada", Role::NationalApprover).await;
    let mut browser = Browser::new(&house, 57);
    let (_, old) = way_in(&mut browser, &link, "ada@example.org").await;
    let page = browser.get("/account?lang=en").await.text();
    assert!(page.contains("Recovery codes left: 10"), "{page}");
    let form = forms(&page).into_iter().find(|form| form.action.starts_with("/account/recovery")).unwrap();
    for (known, code) in [("wrong", old[0].as_str()), (PASSWORD, "000000")] {
        let refused = browser.send(&form, &[("known", known), ("code", code)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("The password or the code is wrong.") && refused.text().contains("left: 10"));
    }
    // An old recovery code is a code of the second factor, once more.
    let shown = browser.send(&form, &[("known", PASSWORD), ("code", &old[0])]).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert!(shown.header("cache-control").contains("no-store"));
    let text = shown.text();
    let new: Vec<&str> = between(&text, "<pre class=\"secret\" dir=\"ltr\">", "</pre>").split_whitespace().collect();
    assert_eq!(new.len(), 10);
    assert!(!new.contains(&old[1].as_str()));
    let again = browser.send(&form, &[("known", PASSWORD), ("code", &old[1])]).await;
    assert_eq!(again.status, 422, "the old ones open nothing");
    assert!(browser.get("/account").await.text().contains("left: 10"));
    let trail = house.people.trail(&people::TrailFilter::default()).await.unwrap();
    let renewed = trail.iter().filter(|entry| entry.entry.verb == "renew-recovery-codes");
    let outcomes: Vec<&str> = renewed.map(|entry| entry.entry.outcome.key()).collect();
    assert_eq!(outcomes, ["failed", "done", "failed", "failed"]);
}

#[tokio::test]
async fn guessing_the_present_password_is_slowed_down() {
    let house = House::new(Settings::default()).await;
    let here = house.signed_in("ada", None, 58).await;
    let new = [("password", "seven dry hats sing"), ("again", "seven dry hats sing")];
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(house.post(&here, "/account/password", &[("present", "wrong"), new[0], new[1]]).await.status);
    }
    assert_eq!(answers, [422, 422, 422, 422, 422, 429]);
}

#[tokio::test]
async fn a_session_is_seen_and_ended_from_another_one() {
    let house = House::new(Settings::default()).await;
    let here = house.signed_in("ada", None, 55).await;
    let from = std::net::IpAddr::from([198, 51, 100, 7]);
    let there = house.people.sign_in("ada@example.org", PASSWORD, from, house.now).await.unwrap();
    let people::SignIn::Session(there) = there else { panic!("no role, no second factor") };
    let there = crate::house::Asker {
        credential: crate::house::Credential::Session(there.token.reveal().to_owned()),
        ..here.clone()
    };
    let page = house.get(&here, "/account").await.text();
    assert!(page.contains("198.51.100.7"), "{page}");
    let sessions = house.people.sessions_of(here.person.as_ref().unwrap(), house.now).await.unwrap();
    let other = sessions.iter().find(|session| session.address == "198.51.100.7").unwrap();
    assert_eq!(house.get(&there, "/account").await.status, 200);
    assert_eq!(house.post(&here, "/account/sessions", &[("session", &other.id)]).await.status, 303);
    assert_eq!(house.get(&there, "/account").await.status, 303, "it is over");
    assert_eq!(house.get(&here, "/account").await.status, 200);
    // Somebody else's session is nothing that there is.
    let stranger = house.signed_in("eve", None, 56).await;
    let own = sessions.iter().find(|session| session.address != "198.51.100.7").unwrap();
    assert_eq!(house.post(&stranger, "/account/sessions", &[("session", &own.id)]).await.status, 404);
    assert_eq!(house.get(&here, "/account").await.status, 200);
}

#[tokio::test]
async fn what_is_wrong_is_not_told_and_nobody_is_led_away() {
    let house = House::new(Settings::default()).await;
    house.enter("known", None).await;
    let mut said = Vec::new();
    for (email, address) in [("known@example.org", 60), ("unknown@example.org", 61)] {
        let mut browser = Browser::new(&house, address);
        let page = browser.get("/sign-in?next=//evil.example").await.text();
        assert!(!page.contains("evil.example"));
        let form = forms(&page).remove(0);
        let answer =
            browser.send(&form, &[("email", email), ("password", "wrong"), ("next", "https://evil.example")]).await;
        assert_eq!(answer.status, 403);
        assert!(!answer.text().contains("@example.org"));
        let proof = form.fields.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
        said.push(answer.text().replace(&proof, "PROOF"));
        let form = forms(&browser.get("/password").await.text()).remove(0);
        let answer = browser.send(&form, &[("email", email)]).await;
        assert_eq!(answer.status, 200);
        said.push(answer.text());
    }
    assert_eq!(said[0], said[2], "a wrong password and an unknown address read the same");
    assert_eq!(said[1], said[3], "a letter for somebody and for nobody reads the same");
    let mut browser = Browser::new(&house, 62);
    let form = forms(&browser.get("/sign-in").await.text()).remove(0);
    let right = [("email", "known@example.org"), ("password", PASSWORD), ("next", "//evil.example")];
    let to = browser.send(&form, &right).await.header("location");
    assert!(to.starts_with("/account?"), "{to}");
}

#[tokio::test]
async fn a_form_from_elsewhere_is_not_taken() {
    use axum::body::Body;
    use axum::http::Request;
    let house = House::new(Settings::default()).await;
    let asker = house.signed_in("ada", Some(Role::NationalAuthor), 70).await;
    let body = |csrf: &str| Body::from(format!("csrf={csrf}&name=x&verb=see&until=2027-01-01"));
    let request = || Request::post("/account/tokens").header("content-type", "application/x-www-form-urlencoded");
    for (csrf, from) in [
        ("", "same-origin"),
        ("wrong", "same-origin"),
        (asker.csrf.as_str(), "cross-site"),
        (asker.csrf.as_str(), "same-site"),
    ] {
        let request = request().header("sec-fetch-site", from).body(body(csrf)).unwrap();
        assert_eq!(house.ask(&asker, request).await.status, 403, "{from}");
    }
    assert!(house.people.tokens_of(asker.person.as_ref().unwrap(), house.now).await.unwrap().is_empty());
    let taken =
        house.ask(&asker, request().header("sec-fetch-site", "same-origin").body(body(&asker.csrf)).unwrap()).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    assert_eq!(house.people.tokens_of(asker.person.as_ref().unwrap(), house.now).await.unwrap().len(), 1);
    // A form that is too long, and one that is none.
    let long = request().body(Body::from(vec![b'a'; 70_000])).unwrap();
    assert_eq!(house.ask(&asker, long).await.status, 413);
    let odd = Request::post("/account/tokens").header("content-type", "text/plain").body(body(&asker.csrf)).unwrap();
    assert_eq!(house.ask(&asker, odd).await.status, 415);
}

#[tokio::test]
async fn every_reading_of_what_is_not_public_is_in_the_trail() {
    let house = House::new(Settings::default()).await;
    let admin = house.signed_in("admin", Some(Role::Administrator), 71).await;
    let donor = house.signed_in("donor", Some(Role::Donor), 72).await;
    let noted = async |asker: &crate::house::Asker, path: &str| {
        let filter = people::TrailFilter { person: asker.person.clone(), ..Default::default() };
        let before = house.people.trail(&filter).await.unwrap().len();
        house.get(asker, path).await;
        house.people.trail(&filter).await.unwrap().len() - before
    };
    assert_eq!(noted(&admin, "/administration/people").await, 1);
    assert_eq!(noted(&admin, "/administration/trail").await, 1, "the trail is itself a subject");
    assert_eq!(noted(&admin, "/states/COL").await, 0, "what everybody may read leaves no trace");
    assert_eq!(noted(&donor, "/administration/people").await, 1, "a refusal does");
    // What is read beside a page that everybody may read: the outlines of a State's areas.
    let author = house.signed_in("author", Some(Role::NationalAuthor), 73).await;
    assert_eq!(noted(&author, "/areas/XXA.json").await, 1);
    assert_eq!(noted(&author, "/areas/XXA").await, 1);
    assert_eq!(noted(&author, "/areas/XXA/tiles/4/6/7.mvt").await, 1);
    assert_eq!(noted(&author, "/areas/XXA/tiles/4/6/8.mvt").await, 0, "the tiles of one map are one reading");
    let filter = people::TrailFilter { person: author.person.clone(), ..Default::default() };
    let last = house.people.trail(&filter).await.unwrap().remove(0).entry;
    assert_eq!((last.verb.as_str(), last.subject.as_str()), ("see", "perimeters/XXA"));
    assert_eq!(noted(&donor, "/areas/XXA.json").await, 0, "counts in cells are public");
    let entries = house.people.trail(&people::TrailFilter::default()).await.unwrap();
    let refused = entries.iter().find(|entry| entry.entry.outcome == people::Outcome::Refused).unwrap();
    assert_eq!((refused.entry.verb.as_str(), refused.entry.subject.as_str()), ("list", "person"));
    assert!(house.get(&stranger(), "/administration/trail").await.text().contains("There is no page"));
}
