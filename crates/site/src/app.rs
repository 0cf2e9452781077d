//! The router, and what every handler sees.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use desk::Journal;
use desk::areas::Sight;
use desk::store::{Place, Store};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::shelf::Shelf;
use crate::{areas, error, home, privacy, report, resolution, states};

/// What every handler sees: the register in memory, the journal behind it, and the areas drawn from the field files kept.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Arc<Store>,
    pub(crate) areas: Arc<Shelf>,
}

impl App {
    /// Over a journal; it is kept open, so that no other process writes to it meanwhile. `sight` is what whoever reaches
    /// the site may see of the areas whose field files are kept at `place`.
    #[must_use]
    pub fn new(journal: Journal, place: Place, sight: Sight) -> Self {
        let store = Store { register: journal.register(), journal: Some(journal) };
        Self { store: Arc::new(store), areas: Arc::new(Shelf::new(place, sight)) }
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
        .route("/areas/{state}", get(areas::one))
        .route("/areas/{state}/tiles/{z}/{x}/{y}", get(areas::tile))
        .route("/resolutions/{symbol}", get(resolution::one))
        .route("/privacy", get(privacy::html))
        .route("/privacy.json", get(privacy::json))
        .route("/journal.vkey", get(key))
        .route("/style.css", get(style))
        .route("/map/{file}", get(areas::script))
        .fallback(error::not_found)
        .layer(CompressionLayer::new())
        // Set where a page does not set a wider one of its own: only the page with the map runs a script.
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
