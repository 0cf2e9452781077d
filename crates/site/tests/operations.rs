//! Ready or not, asked through the router.

#![allow(missing_docs, clippy::unwrap_used)] // a failure in a helper is a failure of the test

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use desk::store::{self, Place, Store};
use desk::{Timestamp, demo};
use http_body_util::BodyExt as _;
use serde_json::Value;
use site::{App, Settings, router};
use tower::ServiceExt as _;

fn now() -> Timestamp {
    "2026-03-31T10:00:00Z".parse().unwrap()
}

async fn get(router: &axum::Router, path: &str) -> (StatusCode, Value) {
    let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status();
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store", "{path} is never held by a cache");
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

fn reason<'a>(ready: &'a Value, check: &str) -> &'a Value {
    let checks = ready["checks"].as_array().unwrap();
    &checks.iter().find(|found| found["check"] == check).unwrap_or_else(|| panic!("no {check} in {ready}"))["reason"]
}

#[tokio::test]
async fn a_site_with_all_it_needs_is_alive_and_ready() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Named(folder.path().join("data"));
    let journal = store::write(&place).await.unwrap();
    let router = router(App::new(journal, place, Settings::default()));
    assert_eq!(get(&router, "/healthz").await, (StatusCode::OK, serde_json::json!({ "alive": true })));
    let (status, ready) = get(&router, "/readyz").await;
    assert_eq!((status, &ready["ready"]), (StatusCode::OK, &Value::Bool(true)), "{ready}");
    let names: Vec<&str> =
        ready["checks"].as_array().unwrap().iter().map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!(names, ["running", "journal", "register", "disk", "objects"]);
}

#[tokio::test]
async fn a_register_that_lacks_an_act_of_the_journal_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Named(folder.path().join("data"));
    store::write(&place).await.unwrap().close().await;
    let reader = Store::read(&place).await.unwrap().journal.unwrap();
    // Somebody else appends an act, and this site is not told.
    demo::enter(&place, now()).await.unwrap();
    let (status, ready) = get(&router(App::new(reader, place, Settings::default())), "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{ready}");
    assert_eq!(reason(&ready, "register"), "behind");
    assert_eq!(reason(&ready, "journal"), &Value::Null);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_told_without_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Named(folder.path().join("secret-name"));
    let journal = store::write(&place).await.unwrap();
    let router = router(App::new(journal, place, Settings::default()));
    std::fs::rename(folder.path().join("secret-name"), folder.path().join("elsewhere")).unwrap();
    let (status, ready) = get(&router, "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{ready}");
    assert_eq!(reason(&ready, "disk"), "not-writable");
    assert!(!ready.to_string().contains("secret-name"), "{ready}");
}
