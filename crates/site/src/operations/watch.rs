//! What is noted of each request: an id of ours, the template of its route, the status and the time it took.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use desk::{Lang, Words};
use tracing::Instrument as _;

use crate::app::App;
use crate::error::Problem;
use crate::operations::Operations;

/// The header that tells a caller the name of the request in our log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Around every route of the site.
pub(crate) async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    // The id is ours: one that a caller chose would be his words in our log.
    let id = format!("{:016x}", getrandom::u64().unwrap_or_default());
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str);
    let noted = Noted::begin(&app, request.method(), route, &id);
    let span = tracing::info_span!("request", id = %id);
    let answer = next.run(request).instrument(span).await;
    noted.end(&app, answer)
}

/// Notes an answer that is given before any route is asked, as one of `route`.
pub(crate) fn without_route(app: &App, method: &Method, route: &str, begun: Instant, answer: Response) -> Response {
    let id = format!("{:016x}", getrandom::u64().unwrap_or_default());
    let mut noted = Noted::begin(app, method, route, &id);
    noted.begun = begun;
    noted.end(app, answer)
}

/// A request under way. Dropped before its end, its caller went away.
struct Noted {
    operations: Arc<Operations>,
    id: String,
    method: &'static str,
    route: String,
    begun: Instant,
    ended: bool,
}

impl Noted {
    fn begin(app: &App, method: &Method, route: &str, id: &str) -> Self {
        app.operations.metrics.under_way.inc();
        Self {
            operations: Arc::clone(&app.operations),
            id: id.to_owned(),
            method: known(method),
            route: route.to_owned(),
            begun: Instant::now(),
            ended: false,
        }
    }

    /// The answer with the id that its line in the log has.
    fn end(mut self, app: &App, mut answer: Response) -> Response {
        self.ended = true;
        let headers = answer.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(REQUEST_ID, id);
        }
        if app.operations.is_stopping() {
            // The caller's next request goes to another node, over a new connection.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let took = self.begun.elapsed();
        self.operations.metrics.answered(self.method, &self.route, answer.status(), took);
        let (id, method, route) = (self.id.as_str(), self.method, self.route.as_str());
        let (status, duration_us) = (answer.status().as_u16(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        if status >= 500 {
            tracing::warn!(id, method, route, status, duration_us, "answered");
        } else {
            tracing::info!(id, method, route, status, duration_us, "answered");
        }
        answer
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.operations.metrics.under_way.dec();
        if !self.ended {
            self.operations.metrics.abandoned();
            let (id, method, route) = (self.id.as_str(), self.method, self.route.as_str());
            tracing::info!(id, method, route, "abandoned");
        }
    }
}

/// A method may be any word that a caller likes; only the known ones are written down.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// A handler that panicked is answered for; the others go on. What it panicked with is dropped: it may hold anything.
#[allow(clippy::needless_pass_by_value, reason = "as the layer hands it over")]
pub(crate) fn catch_panics(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Problem::ours(Words::of(Lang::default())).into_response()
}
