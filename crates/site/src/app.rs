//! The router, and what every handler sees.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use desk::Journal;
use desk::store::Store;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{error, home, report, resolution, states};

/// What every handler sees: the register in memory, and the journal behind it.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Arc<Store>,
}

impl App {
    /// Over a journal; it is kept open, so that no other process writes to it meanwhile.
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        Self { store: Arc::new(Store { register: journal.register(), journal: Some(journal) }) }
    }

    /// What the answers are made of: the journal's root, in the letters that an `ETag` takes.
    pub(crate) fn root(&self) -> String {
        let root = self.store.journal.as_ref().map(|journal| journal.checkpoint().root).unwrap_or_default();
        root.chars().filter(char::is_ascii_alphanumeric).take(20).collect()
    }

    /// How many acts the answers are made of.
    pub(crate) fn size(&self) -> u64 {
        self.store.register.size()
    }
}

const STYLE: &str = include_str!("../assets/style.css");

/// The site's addresses.
pub fn router(app: App) -> Router {
    let fixed = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    Router::new()
        .route("/", get(home::html))
        .route("/index.json", get(home::json))
        .route("/states", get(states::list_html))
        .route("/states.json", get(states::list_json))
        .route("/states/{state}", get(states::one))
        .route("/reports/{state}/{year}", get(report::one))
        .route("/reports/{state}/{year}/receipt", get(report::receipt))
        .route("/reports/{state}/{year}/file", get(report::file))
        .route("/resolutions/{symbol}", get(resolution::one))
        .route("/journal.vkey", get(key))
        .route("/style.css", get(style))
        .fallback(error::not_found)
        .layer(CompressionLayer::new())
        .layer(fixed(
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .layer(fixed("x-content-type-options", "nosniff"))
        .layer(fixed("referrer-policy", "no-referrer"))
        // The compression layer names its own; this one is added to it.
        .layer(SetResponseHeaderLayer::appending(header::VARY, HeaderValue::from_static("accept-language")))
        .with_state(app)
}

async fn style() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, STYLE)
}

async fn key(State(app): State<App>) -> impl IntoResponse {
    let key = app.store.journal.as_ref().map(|journal| format!("{}\n", journal.verifier_key())).unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], key)
}
