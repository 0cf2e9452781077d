//! Lodging over the web: by a browser, and by a program.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::Request;
use desk::rights::Verb;
use people::Role;
use serde_json::Value;
use site::Settings;

use crate::browser::{Browser, forms};
use crate::house::{Answer, Asker, Credential, House, OTHER, stranger};

/// Examplia's report for a year, drawn from nothing: whole enough to be lodged.
async fn report(house: &House, year: i16) -> Vec<u8> {
    // Drafting reads the register only; the site holds the journal open.
    let place = desk::store::Place::Named(house.folder.path().join("data"));
    crate::house::draft(&place, year, &[]).await
}

async fn sent(house: &House, asker: &Asker, body: &[u8]) -> Answer {
    let request = Request::post("/api/reports").header("content-type", "application/json");
    house.ask(asker, request.body(Body::from(body.to_vec())).unwrap()).await
}

#[tokio::test]
async fn an_approver_checks_a_file_sees_its_findings_and_lodges_it() {
    let house = House::new(Settings::default()).await;
    let asker = house.signed_in("approver", Some(Role::NationalApprover), 80).await;
    let mut browser = Browser::new(&house, 80);
    let Credential::Session(token) = &asker.credential else { panic!() };
    browser.cookies.insert("mineban-session".to_owned(), token.clone());
    let page = browser.get("/work/XXA/lodge").await;
    let form = forms(&page.text()).remove(0);
    for (file, says) in [(&b"<script>alert(1)</script>"[..], "This is no report file"), (b"", "This is no report file")]
    {
        let answer = browser.upload(&form.action, &form.fields, Some(file)).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains(says) && !answer.text().contains("<script"), "{}", answer.text());
    }
    let report = report(&house, 2024).await;
    let checked = browser.upload(&form.action, &form.fields, Some(&report)).await;
    assert_eq!(checked.status, 200, "{}", checked.text());
    assert_eq!(browser.get("/reports/XXA/2024").await.status, 404, "a check records nothing");
    let lodge = forms(&checked.text()).remove(0);
    assert!(form.action.starts_with("/work/XXA/check") && lodge.action.starts_with("/work/XXA/lodge"));
    // An author has it checked as well, and is shown no way to lodge it.
    let author = house.signed_in("author", Some(Role::NationalAuthor), 83).await;
    let mut other = Browser::new(&house, 83);
    let Credential::Session(token) = &author.credential else { panic!() };
    other.cookies.insert("mineban-session".to_owned(), token.clone());
    let theirs = forms(&other.get("/work/XXA/lodge").await.text()).remove(0);
    let seen = other.upload(&theirs.action, &theirs.fields, Some(&report)).await;
    assert!(seen.status == 200 && forms(&seen.text()).is_empty(), "{}", seen.text());
    let fields =
        [("csrf".to_owned(), author.csrf.clone()), ("report".to_owned(), String::from_utf8(report.clone()).unwrap())];
    assert_eq!(other.upload(&lodge.action, &fields, None).await.status, 403);
    let done = browser.send(&lodge, &[]).await;
    assert!(done.text().contains("Lodged:"), "{} {}", done.status, done.text());
    assert_eq!(browser.get("/reports/XXA/2024").await.status, 200, "it is there at once");
    let again = browser.send(&lodge, &[]).await;
    assert!(again.text().contains("was lodged before"), "{}", again.text());
    // Another State's page takes no report of this one.
    let other = String::from_utf8(report).unwrap().replace("\"XXA\"", "\"COL\"");
    let answer = browser.upload(&form.action, &form.fields, Some(other.as_bytes())).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("not of the State of this page"));
}

#[tokio::test]
async fn a_program_lodges_once_however_often_it_sends() {
    let house = House::new(Settings::default()).await;
    let approver = house.signed_in("approver", Some(Role::NationalApprover), 81).await;
    let token = house.token(&approver, "program", &[Verb::Lodge], &[]).await;
    let narrow = house.token(&approver, "reader", &[Verb::See], &[]).await;
    let report = report(&house, 2023).await;
    assert_eq!(sent(&house, &stranger(), &report).await.status, 401);
    assert_eq!(sent(&house, &narrow, &report).await.status, 403);
    let other = String::from_utf8(report.clone()).unwrap().replace("\"XXA\"", &format!("\"{OTHER}\""));
    assert_eq!(sent(&house, &token, other.as_bytes()).await.status, 403);
    assert_eq!(sent(&house, &token, b"{}").await.status, 422);
    assert_eq!(sent(&house, &token, b"{\"state\":\"XXA\"}").await.status, 400);
    let first = sent(&house, &token, &report).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let second = sent(&house, &token, &report).await;
    assert_eq!(second.status, 200, "{}", second.text());
    let json = |answer: &Answer| serde_json::from_slice::<Value>(&answer.body).unwrap();
    assert_eq!(json(&first)["lodged"]["act"], json(&second)["lodged"]["act"]);
    assert_eq!(
        (&json(&first)["lodged"]["already"], &json(&second)["lodged"]["already"]),
        (&Value::Bool(false), &Value::Bool(true))
    );
    // Sixteen at once: one act.
    let report = crate::lodging::report(&house, 2022).await;
    let all = futures_of(&house, &token, &report).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(all.iter().filter(|answer| answer.status == 200).count(), 15);
    // A wrong version is refused with its reason, as JSON.
    let wrong = String::from_utf8(report).unwrap().replace("\"version\": 1", "\"version\": 7");
    let answer = sent(&house, &token, wrong.as_bytes()).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert!(json(&answer)["findings"].is_array());
}

async fn futures_of(house: &House, token: &Asker, report: &[u8]) -> Vec<Answer> {
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (router, token, report) = (house.router.clone(), token.clone(), report.to_vec());
        set.spawn(async move {
            use tower::ServiceExt as _;
            let Credential::Bearer(bearer) = token.credential else { panic!() };
            let request = Request::post("/api/reports")
                .header("content-type", "application/json")
                .header("authorization", format!("Bearer {bearer}"))
                .body(Body::from(report))
                .unwrap();
            crate::house::whole(router.oneshot(request).await.unwrap()).await
        });
    }
    set.join_all().await
}

/// A body that tells whether anybody read of it.
struct Watched(Arc<AtomicBool>);

impl hyper::body::Body for Watched {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        self.0.store(true, Ordering::SeqCst);
        Poll::Ready(None)
    }
}

#[tokio::test]
async fn what_a_stranger_sends_where_reports_go_is_not_even_read() {
    let house = House::new(Settings::default()).await;
    let approver = house.signed_in("approver", Some(Role::NationalApprover), 84).await;
    for path in ["/work/XXA/check", "/work/XXA/lodge", "/api/reports"] {
        for (asker, reads) in [(stranger(), false), (approver.clone(), true)] {
            let read = Arc::new(AtomicBool::new(false));
            let request = Request::post(path).header("content-type", "application/json");
            let answer = house.ask(&asker, request.body(Body::new(Watched(Arc::clone(&read)))).unwrap()).await;
            assert!(answer.status >= 400, "{path}");
            assert_eq!(read.load(Ordering::SeqCst), reads, "{path} {}", answer.status);
        }
    }
}
