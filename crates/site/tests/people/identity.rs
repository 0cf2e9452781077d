//! Signing in at a real identity provider, as a browser goes there and back.

#[path = "../../../people/tests/provider/mod.rs"]
mod provider;

use people::{Outcome, ProviderSettings, Role, Secret, TrailFilter};
use site::Settings;

use self::provider::{Visitor, provider};
use crate::accounts::invited;
use crate::browser::{Browser, Form, between, forms};
use crate::house::{Answer, House, code};

const BACK: &str = "http://127.0.0.1:8080/sign-in/identity/back";

async fn house(settings: ProviderSettings) -> House {
    House::with(Settings::default(), Some(settings)).await
}

fn form_to(page: &Answer, path: &str) -> Form {
    let text = page.text();
    let found = forms(&text).into_iter().find(|form| form.action.split('?').next().unwrap().ends_with(path));
    found.unwrap_or_else(|| panic!("no form to {path}: {text}"))
}

/// Where a page of ours leads on to by itself: the header that does it, and the link for whoever's browser does not.
fn onward(page: &Answer) -> String {
    assert_eq!(page.status, 200, "{}", page.text());
    let to = page.header("refresh").trim_start_matches("0; url=").to_owned();
    assert!(page.text().contains(&format!("href=\"{}\"", to.replace('&', "&amp;"))), "{}", page.text());
    to
}

/// Out by a form, to the provider, and the address that leads back.
async fn out(browser: &mut Browser<'_>, form: &Form, login: Option<&str>) -> String {
    let page = browser.send(form, &[]).await;
    let back = Visitor::new(BACK).way_back(&onward(&page), login).await;
    format!("{}?{}", back.path(), back.query().unwrap())
}

async fn failed(house: &House) -> usize {
    let trail = house.people.trail(&TrailFilter::default()).await.unwrap();
    let of = |entry: &&people::TrailEntry| entry.entry.verb == "sign-in-at-provider";
    trail.iter().filter(of).filter(|entry| entry.entry.outcome == Outcome::Failed).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_accepted_and_an_account_opened_with_one_at_the_provider_and_the_second_factor_here() {
    let Some(server) = provider(BACK) else { return };
    let house = house(server.settings(BACK)).await;
    let link = invited(&house, "ada", Role::NationalApprover).await;
    let mut browser = Browser::new(&house, 90);
    let page = browser.get(&link).await;
    assert!(page.text().contains("Accept with your account at") && page.text().contains("127.0.0.1"));
    let back = out(&mut browser, &form_to(&page, "/identity"), Some("ada-at-home")).await;
    let page = browser.arrive(&back).await;
    // A role that lodges needs the second factor of this site, whatever the provider did.
    let to = onward(&page);
    assert!(to.starts_with("/sign-in/enrol?"), "{to}");
    assert!(!browser.cookies.contains_key("mineban-session") && !browser.cookies.contains_key("mineban-journey"));
    let page = browser.get(&to).await.text();
    let uri = format!("otpauth://{}", between(&page, "href=\"otpauth://", "\"").replace("&amp;", "&"));
    let codes = browser.send(&forms(&page)[0], &[("code", &code(&uri, desk::Timestamp::now()))]).await.text();
    assert!(browser.get("/account").await.text().contains("The ada"));
    assert_eq!(browser.get(&link).await.status, 404, "the invitation is used");
    let recovery = between(&codes, "<pre class=\"secret\" dir=\"ltr\">", "</pre>").split_whitespace().next().unwrap();

    // Next time from the sign-in page, and on to where she wanted to go.
    let mut browser = Browser::new(&house, 91);
    let page = browser.get("/sign-in?lang=fr&next=/work/XXA/lodge").await;
    let back = out(&mut browser, &form_to(&page, "/sign-in/identity"), Some("ada-at-home")).await;
    let page = browser.arrive(&back).await;
    assert!(page.text().contains("Vous êtes identifié chez"), "the language is kept: {}", page.text());
    let to = onward(&page);
    assert!(to.starts_with("/sign-in/factor?lang=fr&next=/work/XXA/lodge"), "{to}");
    let page = browser.get(&to).await;
    let done = browser.send(&forms(&page.text())[0], &[("code", recovery)]).await;
    assert!(done.status == 303 && done.header("location").starts_with("/work/XXA/lodge"), "{}", done.text());
    assert_eq!(browser.get(&done.header("location")).await.status, 200);
    // What led back once leads back no more.
    let again = browser.arrive(&back).await;
    assert_eq!(again.status, 410, "{}", again.text());

    // Somebody without a role that needs it is in at once.
    let donor = house
        .people
        .invite(
            None,
            &people::NewPerson {
                name: "The visitor".to_owned(),
                email: "visitor@example.org".to_owned(),
                language: "en".to_owned(),
                ..Default::default()
            },
            house.now,
        )
        .await
        .unwrap();
    let mut browser = Browser::new(&house, 92);
    let page = browser.get(&format!("/invitations/{}", donor.token.reveal())).await;
    let back = out(&mut browser, &form_to(&page, "/identity"), Some("visitor-at-home")).await;
    let page = browser.arrive(&back).await;
    assert!(onward(&page).starts_with("/account?"));
    assert!(browser.get("/account").await.text().contains("The visitor"));
    assert_eq!(failed(&house).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_wrongly_is_told_in_a_sentence_and_not_let_in() {
    let Some(server) = provider(BACK) else { return };
    let house = house(server.settings(BACK)).await;
    let refused = |browser: &Browser<'_>, answer: &Answer, status: u16, says: &str| {
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
        assert!(answer.header("location").is_empty() && answer.header("refresh").is_empty());
        assert!(!browser.cookies.keys().any(|name| ["mineban-session", "mineban-pending"].contains(&name.as_str())));
    };
    let mut browser = Browser::new(&house, 93);
    let door = form_to(&browser.get("/sign-in?next=/states").await, "/sign-in/identity");

    // Given up there: nothing has changed, and one may begin again from the same page, on the way to the same place.
    let back = out(&mut browser, &door, None).await;
    assert!(back.contains("error=access_denied"), "{back}");
    let page = browser.arrive(&back).await;
    refused(&browser, &page, 403, "You did not sign in at");
    assert!(!page.text().contains("access_denied"), "the provider's words are not ours");
    let door = form_to(&page, "/sign-in/identity");
    assert!(door.fields.contains(&("next".to_owned(), "/states".to_owned())), "{door:?}");
    assert_eq!(failed(&house).await, 1);

    // Nobody is bound to that account, though its address is that of somebody here.
    house.enter("ada", Some(Role::Administrator)).await;
    let back = out(&mut browser, &door, Some("ada@example.org")).await;
    let page = browser.arrive(&back).await;
    refused(&browser, &page, 403, "Nobody here signs in with that account");
    let door = form_to(&page, "/sign-in/identity");
    assert_eq!(failed(&house).await, 2);

    // Another state than the one that this browser set out with.
    let back = out(&mut browser, &door, Some("mallory")).await;
    let (before, after) = back.split_once("state=").unwrap();
    let other = after.split_once('&').map_or(String::new(), |(_, rest)| format!("&{rest}"));
    let page = browser.arrive(&format!("{before}state={}{other}", "x".repeat(43))).await;
    refused(&browser, &page, 410, "was not begun in this browser");
    // And the right one is no use any more.
    let page = browser.arrive(&back).await;
    refused(&browser, &page, 410, "was not begun in this browser");
    let door = form_to(&page, "/sign-in/identity");

    // Somebody else's browser: what it does not keep, it cannot finish.
    let back = out(&mut browser, &door, Some("mallory")).await;
    let mut victim = Browser::new(&house, 94);
    let page = victim.arrive(&back).await;
    refused(&victim, &page, 410, "was not begun in this browser");

    // A code that the provider never gave, and parameters given twice.
    let page = browser.send(&door, &[]).await;
    let address = reqwest::Url::parse(&onward(&page)).unwrap();
    let state = address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let page = browser.arrive(&format!("/sign-in/identity/back?state={state}&state=x&code=y")).await;
    refused(&browser, &page, 410, "was not begun in this browser");
    let page = browser.send(&form_to(&page, "/sign-in/identity"), &[]).await;
    let address = reqwest::Url::parse(&onward(&page)).unwrap();
    let state = address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let page = browser.arrive(&format!("/sign-in/identity/back?state={state}&code=guess")).await;
    refused(&browser, &page, 403, "cannot be trusted");

    // Without the proof of a form nobody sets out: not even to a page of the provider.
    let set_out = house.post(&crate::house::stranger(), "/sign-in/identity", &[]).await;
    assert_eq!((set_out.status, set_out.header("refresh")), (403, String::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_one_persons_and_an_invitation_is_accepted_once() {
    let Some(server) = provider(BACK) else { return };
    let house = house(server.settings(BACK)).await;
    let (hers, his) = (invited(&house, "ada", Role::Donor).await, invited(&house, "bob", Role::Donor).await);
    let mut browser = Browser::new(&house, 95);
    let form = form_to(&browser.get(&hers).await, "/identity");
    let back = out(&mut browser, &form, Some("shared")).await;
    assert_eq!(browser.arrive(&back).await.status, 200);
    let mut browser = Browser::new(&house, 96);
    let form = form_to(&browser.get(&his).await, "/identity");
    let back = out(&mut browser, &form, Some("shared")).await;
    let page = browser.arrive(&back).await;
    assert_eq!(page.status, 403, "{}", page.text());
    assert!(page.text().contains("the account is somebody’s already"));
    let page = browser.get(&his).await;
    assert_eq!(page.status, 200, "his invitation is still good");
    let form = form_to(&page, "/identity");
    // An invitation that is used leads nowhere.
    let gone = browser.send(&Form { action: format!("{hers}/identity"), ..form }, &[]).await;
    assert_eq!(gone.status, 404, "{}", gone.text());
}

#[tokio::test]
async fn a_provider_that_is_away_holds_up_no_page_and_is_asked_again_later() {
    let away = ProviderSettings {
        issuer: "http://127.0.0.1:9".to_owned(),
        client: "mineban".to_owned(),
        secret: Some(Secret::given("never shown")),
        back: BACK.to_owned(),
    };
    let house = house(away).await;
    let mut browser = Browser::new(&house, 97);
    let page = browser.get("/sign-in").await;
    assert_eq!(page.status, 200);
    let form = form_to(&page, "/sign-in/identity");
    for _ in 0..2 {
        let page = browser.send(&form, &[]).await;
        assert_eq!(page.status, 503);
        assert!(page.text().contains("127.0.0.1:9") && page.text().contains("sign in with your password"));
        assert!(!page.text().contains("never shown"));
    }
}
