//! Figures for Prometheus, on a listener of their own: on this machine only, or for whoever shows the token.

use std::fmt;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::app::App;
use crate::operations::health::Found;

/// The upper bounds of the latency histogram, in seconds.
const BUCKETS: [f64; 14] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What takes longer to be counted is left as it was.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a request is counted by. Each value comes from a list of ours, never from a caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Jobs {
    state: &'static str,
}

/// Where passwords, codes and invitations are tried.
const TRIED: [&str; 3] = ["/sign-in", "/invitations/", "/password"];
/// Where people come back to from an identity provider, by GET.
const WAY_BACK: &str = "/sign-in/identity/back";

/// The figures of one process.
pub(crate) struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    seconds: Family<Route, Histogram>,
    pub(crate) under_way: Gauge,
    abandoned: Counter,
    pub(crate) connections: Gauge,
    sign_in_failures: Family<Route, Counter>,
    jobs: Family<Jobs, Gauge>,
    acts: Gauge,
    behind: Gauge,
    age: Gauge<f64, std::sync::atomic::AtomicU64>,
    disk_free: Gauge,
    begun: Instant,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("mineban");
        let seconds: Family<Route, Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let made = Self {
            answered: Family::default(),
            seconds,
            under_way: Gauge::default(),
            abandoned: Counter::default(),
            connections: Gauge::default(),
            sign_in_failures: Family::default(),
            jobs: Family::default(),
            acts: Gauge::default(),
            behind: Gauge::default(),
            age: Gauge::default(),
            disk_free: Gauge::default(),
            begun: Instant::now(),
            registry: Registry::default(),
        };
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("requests", "Requests answered, by route and status", made.answered.clone());
        registry.register_with_unit(
            "request_duration",
            "Time from a request's headers to the answer's headers",
            Unit::Seconds,
            made.seconds.clone(),
        );
        registry.register("requests_under_way", "Requests being answered now", made.under_way.clone());
        registry.register("requests_abandoned", "Requests whose caller went away first", made.abandoned.clone());
        registry.register("connections", "Connections open now", made.connections.clone());
        let failures = made.sign_in_failures.clone();
        registry.register("sign_in_failures", "Passwords, codes and links that were not taken", failures);
        registry.register("jobs", "Letters and other work in the queue, by state", made.jobs.clone());
        registry.register("journal_acts", "Acts in the journal", made.acts.clone());
        registry.register("register_behind_acts", "Acts of the journal that the register lacks", made.behind.clone());
        registry.register_with_unit(
            "register_age",
            "Since the register was last seen to hold every act of the journal",
            Unit::Seconds,
            made.age.clone(),
        );
        registry.register_with_unit("disk_free", "Space left for the data", Unit::Bytes, made.disk_free.clone());
        Self { registry, ..made }
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: StatusCode, took: Duration) {
        let counted = Answered { method, route: route.to_owned(), status: status.as_u16() };
        self.answered.get_or_create(&counted).inc();
        self.seconds.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
        if (method == "POST" || route == WAY_BACK)
            && status.is_client_error()
            && TRIED.iter().any(|place| route.starts_with(place))
        {
            self.sign_in_failures.get_or_create(&Route { route: route.to_owned() }).inc();
        }
    }

    /// Counts a request that nobody waits for any more.
    pub(crate) fn abandoned(&self) {
        self.abandoned.inc();
    }

    /// The figures as text, with what was found on the journal and the disk.
    fn text(&self, found: &Found) -> Result<String, fmt::Error> {
        let whole = |figure: u64| i64::try_from(figure).unwrap_or(i64::MAX);
        // A figure that is not known is not told as 0: the last one known stands, and its age grows.
        if let Some(acts) = found.acts {
            self.acts.set(whole(acts));
        }
        if let Some(behind) = found.behind {
            self.behind.set(whole(behind));
        }
        if let Some(free) = found.disk_free {
            self.disk_free.set(whole(free));
        }
        self.age.set(found.level_at.unwrap_or(self.begun).elapsed().as_secs_f64());
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The word that opens the metrics from another machine.
#[derive(Clone)]
pub struct MetricsToken([u8; 32]);

impl fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsToken(kept to itself)")
    }
}

/// A token that could be guessed.
#[derive(Debug, thiserror::Error)]
#[error("the token for the metrics is shorter than 32 characters; make one with `openssl rand -hex 32`")]
pub struct TokenTooShort;

impl MetricsToken {
    /// From the text of its file; blanks around it do not count. Only its hash is kept.
    ///
    /// # Errors
    /// It is shorter than 32 characters.
    pub fn new(text: &str) -> Result<Self, TokenTooShort> {
        let text = text.trim();
        if text.len() < 32 { Err(TokenTooShort) } else { Ok(Self(Sha256::digest(text).into())) }
    }

    fn opens(&self, headers: &HeaderMap) -> bool {
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let shown: [u8; 32] = Sha256::digest(shown).into();
        bool::from(shown.ct_eq(&self.0))
    }
}

/// Where the metrics are asked for.
#[derive(Debug)]
pub struct MetricsListener {
    /// The socket.
    pub listener: TcpListener,
    /// What a caller must show; `None` only on an address of this machine alone.
    pub token: Option<MetricsToken>,
}

/// The router of the metrics' own listener, where none of the site's addresses are.
#[allow(clippy::disallowed_methods, reason = "whoever collects figures has no role: the listener or the token decides")]
pub(crate) fn router(app: App, token: Option<MetricsToken>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state((app, token))
}

async fn metrics(State((app, token)): State<(App, Option<MetricsToken>)>, headers: HeaderMap) -> Response {
    if token.is_some_and(|token| !token.opens(&headers)) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    let found = app.operations.checks.look(&app).await;
    if let Some(people) = &app.people
        && let Ok(Ok(counts)) = timeout(PATIENCE, people.count_jobs()).await
    {
        for (state, count) in counts {
            let gauge = app.operations.metrics.jobs.get_or_create_owned(&Jobs { state: state.key() });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }
    // Writing to a text does not fail.
    let text = app.operations.metrics.text(&found).unwrap_or_default();
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn shown(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn only_the_token_itself_opens() {
        let token = MetricsToken::new(&format!("{TOKEN}\n")).unwrap();
        assert!(token.opens(&shown(&format!("Bearer {TOKEN}"))));
        for wrong in ["Bearer ", "Bearer 0123", "", TOKEN, &format!("Bearer {TOKEN}0"), &format!("Basic {TOKEN}")] {
            assert!(!token.opens(&shown(wrong)), "{wrong}");
        }
        assert!(!token.opens(&HeaderMap::new()));
    }

    #[test]
    fn a_short_token_is_refused_and_none_is_shown() {
        assert!(MetricsToken::new("short").is_err());
        assert!(!format!("{:?}", MetricsToken::new(TOKEN).unwrap()).contains("0123"));
    }
}
