//! Problems, as pages that say what to do; to programs, as JSON.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use desk::{DeskError, Value, Words};
use maud::html;
use serde_json::json;

use crate::asked::Asked;
use crate::page;
use crate::who::Who;

/// A request that cannot be answered as asked.
pub(crate) struct Problem {
    status: StatusCode,
    words: &'static Words,
    says: String,
    /// Seconds to wait before asking again.
    wait: Option<u64>,
}

/// What a problem says, for programs.
#[derive(Clone)]
struct Said(String);

impl Problem {
    fn new(status: StatusCode, words: &'static Words, says: String) -> Self {
        Self { status, words, says, wait: None }
    }

    pub(crate) fn bad_date(words: &'static Words, given: &str) -> Self {
        let says = words.with("problem-date", &[("given", Value::from(given))]);
        Self::new(StatusCode::BAD_REQUEST, words, says)
    }

    pub(crate) fn too_far(words: &'static Words, last: i16) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            words,
            words.with("problem-date-far", &[("year", Value::from(last.to_string().as_str()))]),
        )
    }

    /// This node is behind another one that the reader has asked before.
    pub(crate) fn behind(words: &'static Words) -> Self {
        Self { wait: Some(2), ..Self::said(StatusCode::SERVICE_UNAVAILABLE, words, "problem-behind") }
    }

    /// From the desk: what is not there is not found, anything else is ours.
    pub(crate) fn from_desk(words: &'static Words, error: &DeskError) -> Self {
        match error {
            DeskError::UnknownState { given, .. } => Self::missing(words, "problem-no-state", given),
            DeskError::UnknownResolution { given, .. } => Self::missing(words, "problem-no-resolution", given),
            DeskError::NoReport { state, year } => {
                Self::missing(words, "problem-no-report", &format!("{state} {year}"))
            }
            DeskError::Objects(problem) => {
                tracing::error!(%problem, "the object store failed");
                Self { wait: Some(10), ..Self::said(StatusCode::SERVICE_UNAVAILABLE, words, "problem-objects") }
            }
            _ => {
                log(error);
                Self::ours(words)
            }
        }
    }

    pub(crate) fn missing(words: &'static Words, key: &str, given: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, words, words.with(key, &[("given", Value::from(given))]))
    }

    /// Something went wrong here. What it was is for whoever runs the site, not for whoever asks.
    pub(crate) fn ours(words: &'static Words) -> Self {
        Self::said(StatusCode::INTERNAL_SERVER_ERROR, words, "problem-ours")
    }

    /// A problem with a sentence that needs no values.
    pub(crate) fn said(status: StatusCode, words: &'static Words, key: &str) -> Self {
        Self::new(status, words, words.text(key))
    }

    pub(crate) fn too_often(words: &'static Words, seconds: u64) -> Self {
        let says = words.with("problem-too-often", &[("seconds", Value::from(seconds))]);
        Self { wait: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, words, says) }
    }
}

/// What went wrong on our side. A journal's words are of files and positions; of anything else only the kind is told, for
/// its sentence may quote what somebody sent.
fn log(error: &DeskError) {
    if let DeskError::Journal(error) = error {
        tracing::error!(%error, "the journal failed");
    } else {
        let kind = format!("{error:?}");
        let kind = kind.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        tracing::error!(kind, "a page failed");
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = html! {
            h1 { (self.says) }
            p { a href=(format!("/?lang={}", self.words.lang().code())) { (self.words.text("nav-home")) } }
        };
        let mut answer = (self.status, page::bare(self.words, &self.says, &body)).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        if let Some(seconds) = self.wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer.extensions_mut().insert(Said(self.says));
        answer
    }
}

/// Any address that the site does not have.
pub(crate) async fn not_found(asked: Asked) -> Problem {
    Problem::missing(asked.words, "problem-no-page", &asked.path)
}

/// What exists, as the asker may know, but is not the asker's: sign in, or ask for the role.
pub(crate) fn refused(asked: &Asked, method: &Method, who: &Who) -> Response {
    if who.is_signed_in() {
        return Problem::said(StatusCode::FORBIDDEN, asked.words, "problem-not-yours").into_response();
    }
    let is_page = *method == Method::GET && !is_for_programs(&asked.path) && asked.path.strip_suffix(".json").is_none();
    if is_page && asked.has_accounts {
        let next = format!("/sign-in?lang={}&next={}", asked.words.lang().code(), encoded(&asked.path));
        let mut answer = Redirect::to(&next).into_response();
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        return answer;
    }
    let mut answer = Problem::said(StatusCode::UNAUTHORIZED, asked.words, "problem-sign-in").into_response();
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}

/// A path as the value of a parameter.
fn encoded(path: &str) -> String {
    serde_urlencoded::to_string([("", path)]).map(|pair| pair.trim_start_matches('=').to_owned()).unwrap_or_default()
}

/// Addresses that programs ask, in JSON only.
pub(crate) fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Tells a problem to a program as JSON.
pub(crate) async fn tell_programs(request: Request, next: Next) -> Response {
    let for_programs = is_for_programs(request.uri().path());
    let mut answer = next.run(request).await;
    let Some(Said(says)) = answer.extensions_mut().remove::<Said>() else { return answer };
    if !for_programs {
        return answer;
    }
    let (mut parts, _) = answer.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = json!({ "problem": says }).to_string() + "\n";
    Response::from_parts(parts, body.into())
}
