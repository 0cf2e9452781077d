//! The pages, asked for through the router, on a journal of Examplia.

#![allow(missing_docs, clippy::unwrap_used)] // a failure in a helper is a failure of the test

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use desk::store::{self, Place};
use desk::{Lang, Timestamp, Words, demo, files, report_file};
use http_body_util::BodyExt as _;
use site::{App, Settings, router};
use tower::ServiceExt as _;

struct Site {
    router: axum::Router,
    _folder: tempfile::TempDir,
}

async fn site() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Named(folder.path().join("data"));
    let now: Timestamp = "2026-03-31T10:00:00Z".parse().unwrap();
    demo::enter(&place, now).await.unwrap();
    let field = demo::write_field_files(folder.path()).unwrap();
    let words = Words::of(Lang::En);
    let store = desk::store::Store::read(&place).await.unwrap();
    let reading = desk::field::Reading {
        files: &[field.hazards, field.releases, field.casualties],
        how: desk::field::How::default(),
        state: None,
        today: "2026-03-31".parse().unwrap(),
        progress: None,
    };
    let wanted = desk::draft::Wanted {
        state: demo::CODE.parse().unwrap(),
        kind: desk::ReportKind::Annual,
        calendar_year: 2025,
        not_applicable: &[],
        unchanged_since: &[],
    };
    let draft = desk::draft::draft(&store.register, &wanted, &reading, words).unwrap();
    let path = folder.path().join("examplia.json");
    files::write(&path, &report_file::to_bytes(&draft.report)).unwrap();
    desk::lodge::lodge(&place, &path, now, words).await.unwrap();
    let journal = store::write(&place).await.unwrap();
    Site { router: router(App::new(journal, place, Settings::default())), _folder: folder }
}

impl Site {
    async fn get(&self, path: &str) -> Response<Body> {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn ask(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

const PAGES: [&str; 6] = ["/", "/states", "/states/COL", "/states/XXA", "/reports/XXA/2025", "/resolutions/75-52"];

#[tokio::test]
async fn every_page_speaks_six_languages_and_runs_their_way() {
    let site = site().await;
    for page in PAGES {
        for lang in Lang::ALL {
            let response = site.get(&format!("{page}?lang={}&as_of=2026-11-23", lang.code())).await;
            assert_eq!(response.status(), StatusCode::OK, "{page}");
            let html = text(response).await;
            let opening = format!("<html lang=\"{}\" dir=\"{}\">", lang.code(), lang.direction());
            assert!(html.contains(&opening), "{page} in {}", lang.code());
            assert!(!html.contains("<script"), "{page} has a script");
            for key in
                ["nav-home", "page-as-json", "footer-not-safety", "because-", "figure-unknown", "standing-bound<"]
            {
                assert!(!html.contains(&format!(">{key}")), "{page} in {} shows the key {key}", lang.code());
            }
        }
    }
}

#[tokio::test]
async fn every_page_is_also_json() {
    let site = site().await;
    for page in PAGES {
        let path = if page == "/" { "/index.json".to_owned() } else { format!("{page}.json") };
        let response = site.get(&path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        serde_json::from_str::<serde_json::Value>(&text(response).await).unwrap();
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_and_what_is_asked_is_escaped() {
    let site = site().await;
    for (path, status) in [
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/states/ZZZ", StatusCode::NOT_FOUND),
        ("/states/%3Cscript%3E", StatusCode::NOT_FOUND),
        ("/reports/COL/2025", StatusCode::NOT_FOUND),
        ("/reports/COL/x", StatusCode::NOT_FOUND),
        ("/resolutions/1-1", StatusCode::NOT_FOUND),
        ("/?as_of=%22%3E%3Cscript%3E", StatusCode::BAD_REQUEST),
    ] {
        let response = site.get(path).await;
        assert_eq!(response.status(), status, "{path}");
        let html = text(response).await;
        assert!(html.contains("<h1>") && !html.contains("<script"), "{path}: {html}");
    }
}

#[tokio::test]
async fn an_answer_that_has_not_changed_is_not_sent_again() {
    let site = site().await;
    let mut tags = std::collections::HashSet::new();
    for page in [
        "/?lang=en",
        "/?lang=fr",
        "/?lang=en&as_of=2020-12-07",
        "/states?lang=en&standing=bound",
        "/states?lang=en&standing=signed",
        "/states?lang=en&standing=other",
    ] {
        let first = site.get(page).await;
        let tag = first.headers()[header::ETAG].clone();
        let again = Request::get(page).header(header::IF_NONE_MATCH, &tag).body(Body::empty()).unwrap();
        assert_eq!(site.ask(again).await.status(), StatusCode::NOT_MODIFIED, "{page}");
        assert!(tags.insert(tag), "{page} has the tag of another answer");
    }
}

#[tokio::test]
async fn the_files_that_a_receipt_needs_are_served_byte_for_byte() {
    let site = site().await;
    let receipt = text(site.get("/reports/XXA/2025/receipt").await).await;
    let report = text(site.get("/reports/XXA/2025/file").await).await;
    let key = text(site.get("/journal.vkey").await).await;
    let folder = tempfile::tempdir().unwrap();
    let (receipt_file, report_file) = (folder.path().join("receipt.json"), folder.path().join("report.json"));
    std::fs::write(&receipt_file, receipt).unwrap();
    std::fs::write(&report_file, report).unwrap();
    let verified = desk::verify::verify(&receipt_file, Some(&report_file), Some(key.trim())).unwrap();
    assert!(verified.key_was_given && verified.report_was_given);
}

#[tokio::test]
async fn colombia_on_the_day_of_resolution_75_52() {
    let site = site().await;
    let html = text(site.get("/states/COL?lang=en&as_of=2020-12-07").await).await;
    insta::assert_snapshot!(html.replace("><", ">\n<"));
}
