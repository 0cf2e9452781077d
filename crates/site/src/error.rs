//! Problems, as pages that say what to do.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{DeskError, Value, Words};
use maud::html;

use crate::asked::Asked;
use crate::page;

/// A request that cannot be answered as asked.
pub(crate) struct Problem {
    status: StatusCode,
    words: &'static Words,
    says: String,
}

impl Problem {
    pub(crate) fn bad_date(words: &'static Words, given: &str) -> Self {
        let says = words.with("problem-date", &[("given", Value::from(given))]);
        Self { status: StatusCode::BAD_REQUEST, words, says }
    }

    /// From the desk: what is not there is not found, anything else is ours.
    pub(crate) fn from_desk(words: &'static Words, error: &DeskError) -> Self {
        match error {
            DeskError::UnknownState { given, .. } => Self::missing(words, "problem-no-state", given),
            DeskError::UnknownResolution { given, .. } => Self::missing(words, "problem-no-resolution", given),
            DeskError::NoReport { state, year } => {
                Self::missing(words, "problem-no-report", &format!("{state} {year}"))
            }
            _ => {
                log(error);
                Self { status: StatusCode::INTERNAL_SERVER_ERROR, words, says: words.text("problem-ours") }
            }
        }
    }

    pub(crate) fn missing(words: &'static Words, key: &str, given: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, words, says: words.with(key, &[("given", Value::from(given))]) }
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
        (self.status, page::bare(self.words, &self.says, &body)).into_response()
    }
}

/// Any address that the site does not have.
pub(crate) async fn not_found(asked: Asked) -> Problem {
    Problem::missing(asked.words, "problem-no-page", &asked.path)
}
