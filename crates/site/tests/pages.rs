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

const PAGES: [&str; 7] =
    ["/", "/states", "/states/COL", "/states/XXA", "/reports/XXA/2025", "/resolutions/75-52", "/privacy"];

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
async fn the_public_gets_the_receipt_and_an_edition_of_the_report_that_names_the_lodged_file() {
    let site = site().await;
    let receipt = text(site.get("/reports/XXA/2025/receipt").await).await;
    let report = text(site.get("/reports/XXA/2025/file").await).await;
    let key = text(site.get("/journal.vkey").await).await;
    let folder = tempfile::tempdir().unwrap();
    let receipt_file = folder.path().join("receipt.json");
    std::fs::write(&receipt_file, receipt).unwrap();
    let verified = desk::verify::verify(&receipt_file, None, Some(key.trim())).unwrap();
    assert!(verified.key_was_given);
    let edition: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(edition["public_edition"]["lodged_report_sha256"].as_str(), verified.report_sha256.as_deref());
    assert_eq!(edition["sections"]["victims"]["content"]["killed"], "hidden");
}

#[tokio::test]
async fn a_hidden_figure_is_explained_in_every_language_with_a_link_to_the_rule() {
    let site = site().await;
    for lang in Lang::ALL {
        let words = Words::of(lang);
        let html = text(site.get(&format!("/reports/XXA/2025?lang={}", lang.code())).await).await;
        assert!(html.contains(&format!(">{}</td>", words.text("figure-hidden"))), "{}", lang.code());
        for key in ["edition-public", "privacy-link", "download-public-edition", "receipt-how-public"] {
            assert!(html.contains(&words.text(key)), "{key} in {}", lang.code());
        }
        assert!(html.contains(&words.with("hidden-why", &[("count", desk::Value::from(5_u64))])), "{}", lang.code());
        assert!(html.contains("/privacy?lang="), "{}", lang.code());
        let rule = text(site.get(&format!("/privacy?lang={}", lang.code())).await).await;
        for part in ["id=\"people\"", "id=\"areas\"", "id=\"remains\"", "id=\"kept\""] {
            assert!(rule.contains(part), "{part} in {}", lang.code());
        }
        assert!(!rule.contains(">privacy-"), "a key is shown in {}", lang.code());
    }
    let rules: serde_json::Value = serde_json::from_str(&text(site.get("/privacy.json").await).await).unwrap();
    assert_eq!((&rules["casualties"]["minimum_count"], &rules["zeros"]), (&5.into(), &"shown".into()));
}

#[tokio::test]
async fn colombia_on_the_day_of_resolution_75_52() {
    let site = site().await;
    let html = text(site.get("/states/COL?lang=en&as_of=2020-12-07").await).await;
    insta::assert_snapshot!(html.replace("><", ">\n<"));
}
