//! The router, and what every handler sees.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use desk::live::Live;
use desk::lodge::{Lodged, lodge_sent};
use desk::objects::Objects;
use desk::report_form::Report as ReportForm;
use desk::rights::subject::{Program, Report};
use desk::rights::verb::{Lodge, See};
use desk::rights::{Permit, Subject, Verb};
use desk::store::{Place, Store};
use desk::{DeskError, Journal, Timestamp, Words};
use people::{AuditEntry, Outcome, People, ProviderSettings};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::forms::CarriesProof;
use crate::operations::{self, Operations};
use crate::provider::Identity;
use crate::rates::Rates;
use crate::readings::Readings;
use crate::routes::Granted;
use crate::settings::Settings;
use crate::shelf::Shelf;
use crate::who::Who;
use crate::{addresses, error};

/// What every handler sees: the register in memory, the journal behind it, and the areas drawn from the field files kept.
#[derive(Clone)]
pub struct App {
    /// The register as it was when the request came in: one answer never mixes two.
    pub(crate) store: Arc<Store>,
    pub(crate) live: Arc<Live>,
    pub(crate) areas: Arc<Shelf>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) rates: Arc<Rates>,
    pub(crate) readings: Arc<Readings>,
    pub(crate) operations: Arc<Operations>,
    /// Those who can sign in; `None` where nobody can.
    pub(crate) people: Option<People>,
    /// Where they may sign in as well.
    pub(crate) identity: Option<Arc<Identity>>,
}

impl App {
    /// Over a journal; it is kept open, so that no other process writes to it meanwhile. The field files are those kept
    /// at `place`.
    #[must_use]
    pub fn new(journal: Journal, place: Place, settings: Settings) -> Self {
        let live = Arc::new(Live::over(Store::over(journal)));
        Self {
            store: live.newest(),
            live,
            areas: Arc::new(Shelf::new(place)),
            settings: Arc::new(settings),
            rates: Arc::default(),
            readings: Arc::default(),
            operations: Operations::new(),
            people: None,
            identity: None,
        }
    }

    /// With the people who can sign in.
    #[must_use]
    pub fn with_people(self, people: People) -> Self {
        Self { people: Some(people), ..self }
    }

    /// With an identity provider, where people may sign in as well. It is met when somebody first sets out to it.
    #[must_use]
    pub fn with_identity_provider(self, settings: ProviderSettings) -> Self {
        Self { identity: Some(Arc::new(Identity::new(settings))), ..self }
    }

    /// With the object store that the field files lie in, where that is not the folder.
    #[must_use]
    pub fn with_objects(self, objects: Objects) -> Self {
        Self { areas: Arc::new(self.areas.with_objects(objects)), ..self }
    }

    /// The register that is served, to follow it and to append to it.
    #[must_use]
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// The same over the newest register.
    pub(crate) fn newest(&self) -> Self {
        Self { store: self.live.newest(), ..self.clone() }
    }

    /// What the answers are made of: the journal's root, in the letters that an `ETag` takes.
    pub(crate) fn root(&self) -> String {
        let root = self.store.journal.as_ref().map(|journal| journal.checkpoint().root).unwrap_or_default();
        root.chars().filter(char::is_ascii_alphanumeric).take(20).collect()
    }

    /// Lodges a report: the one way in which the site adds to the journal.
    pub(crate) async fn lodge(
        &self,
        permit: &Permit<Lodge, Report>,
        report: ReportForm,
        now: Timestamp,
        words: &'static Words,
    ) -> Result<Lodged, DeskError> {
        let (live, permit) = (Arc::clone(&self.live), permit.clone());
        let lodging = tokio::spawn(async move {
            let mut store = live.write().await;
            lodge_sent(&permit, &mut store, report, now, words).await
        });
        // A task of its own: whoever goes away before the answer does not leave it half done. It is never aborted, so it can
        // only fail to end by falling over, and that is told as it would be here.
        lodging.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// Writes into the audit trail what somebody did or read, or was refused; `false` when it could not be written.
    /// What anybody may do without an account leaves no trace.
    pub(crate) async fn note(&self, who: &Who, verb: Verb, subject: &Subject, outcome: Outcome) -> bool {
        let Some(people) = &self.people else { return true };
        if who.actor.person.is_none() {
            return true;
        }
        let entry = AuditEntry {
            at: who.now,
            actor: who.actor.person.clone(),
            verb: verb.key().to_owned(),
            subject: subject.name(),
            outcome,
            from: who.through(),
        };
        people.note(&entry).await.is_ok()
    }

    /// The object store of the field files.
    pub(crate) fn objects(&self) -> &Objects {
        self.areas.objects()
    }

    /// The folder that the data lie in.
    pub(crate) fn folder(&self) -> &Path {
        self.areas.folder()
    }

    /// How many acts the answers are made of.
    pub(crate) fn size(&self) -> u64 {
        self.store.register.size()
    }
}

const STYLE: &str = include_str!("../assets/style.css");

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// The site's addresses over one register, each behind its right, and the headers that every answer carries: see
/// [`crate::router`].
pub(crate) fn router(app: App) -> Router {
    let fixed = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let behind_tls = app.settings.behind_tls;
    let router = addresses::routes()
        .into_router()
        .fallback(error::not_found)
        .layer(CatchPanicLayer::custom(operations::catch_panics))
        .layer(from_fn(error::tell_programs))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(tells_no_proof)))
        // Set where a page does not set a wider one of its own: only the page with the map runs a script.
        .layer(fixed(
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .layer(fixed("x-content-type-options", "nosniff"))
        .layer(fixed("referrer-policy", "no-referrer"))
        .layer(fixed("cross-origin-opener-policy", "same-origin"))
        .layer(fixed("cross-origin-resource-policy", "same-origin"))
        .layer(fixed("x-frame-options", "DENY"))
        .layer(fixed("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"))
        // The compression layer names its own; this one is added to it.
        .layer(SetResponseHeaderLayer::appending(
            header::VARY,
            HeaderValue::from_static("accept-language, cookie, authorization"),
        ))
        .layer(from_fn_with_state(app.clone(), operations::watch))
        .with_state(app);
    if behind_tls {
        // Two years, as the lists of browsers ask.
        router.layer(fixed("strict-transport-security", "max-age=63072000; includeSubDomains"))
    } else {
        router
    }
}

/// Whether an answer may be compressed: not one with a form's proof in it.
fn tells_no_proof(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<CarriesProof>().is_none()
}

pub(crate) async fn style(_: Granted<See, Program>) -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, STYLE)
}

pub(crate) async fn key(_: Granted<See, Program>, State(app): State<App>) -> impl IntoResponse {
    let key = app.store.journal.as_ref().map(|journal| format!("{}\n", journal.verifier_key())).unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], key)
}
