//! What a form, or a program, sends: read once, up to a limit, within a time, and only if it comes from a page of ours.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest as _, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::error::Problem;
use crate::secret;
use crate::who::Who;

/// How long somebody may take to send a form or a file.
const PATIENCE: Duration = Duration::from_mins(1);
/// The most fields of a form.
const FIELDS: usize = 200;
/// The field that shows that a form is from a page of ours.
pub(crate) const PROOF: &str = "csrf";

/// What was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    fields: Vec<(String, String)>,
    /// The file of an upload: its name, and its bytes.
    pub(crate) file: Option<(String, Bytes)>,
    /// The body as it came, when it is no form.
    pub(crate) body: Bytes,
}

/// Why what was sent is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotTaken {
    TooLong,
    TooSlow,
    NotUnderstood,
    /// Neither a form nor JSON.
    UnknownKind,
}

impl Sent {
    /// The field of that name; empty where it was not sent.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field that may be sent more than once.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Reads the body of a request.
    pub(crate) async fn read(parts: &Parts, body: Body, limit: usize) -> Result<Self, NotTaken> {
        let read = tokio::time::timeout(PATIENCE, to_bytes(body, limit)).await;
        let bytes = read.map_err(|_| NotTaken::TooSlow)?.map_err(|_| NotTaken::TooLong)?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => {
                let fields = serde_urlencoded::from_bytes::<Vec<(String, String)>>(&bytes);
                let fields = fields.ok().filter(|fields| fields.len() <= FIELDS).ok_or(NotTaken::NotUnderstood)?;
                Ok(Self { fields, ..Self::default() })
            }
            "multipart/form-data" => Self::upload(parts, bytes).await,
            "application/json" => Ok(Self { body: bytes, ..Self::default() }),
            "" if bytes.is_empty() => Ok(Self::default()),
            _ => Err(NotTaken::UnknownKind),
        }
    }

    async fn upload(parts: &Parts, bytes: Bytes) -> Result<Self, NotTaken> {
        let mut request = Request::new(Body::from(bytes));
        request.headers_mut().clone_from(&parts.headers);
        // The bytes were counted above; nothing longer gets here.
        request.extensions_mut().insert(axum::extract::DefaultBodyLimit::disable());
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| NotTaken::NotUnderstood)?;
        let mut sent = Self::default();
        while let Some(field) = form.next_field().await.map_err(|_| NotTaken::NotUnderstood)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(|_| NotTaken::NotUnderstood)?;
            if let Some(file) = file {
                if sent.file.is_some() {
                    return Err(NotTaken::NotUnderstood);
                }
                sent.file = Some((file, bytes));
            } else {
                let text = std::str::from_utf8(&bytes).map_err(|_| NotTaken::NotUnderstood)?;
                sent.fields.push((name, text.to_owned()));
            }
            if sent.fields.len() > FIELDS {
                return Err(NotTaken::NotUnderstood);
            }
        }
        Ok(sent)
    }

    /// Whether it comes from a page of ours: it carries the session's proof, or, before there is a session, that of the
    /// form's own cookie; and the browser, if it says where it comes from, says from here.
    pub(crate) fn is_from_a_page_of_ours(&self, parts: &Parts, who: &Who) -> bool {
        let said = parts.headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        if said.is_some_and(|said| !matches!(said, "same-origin" | "none")) {
            return false;
        }
        who.proof().is_some_and(|proof| !proof.is_empty() && secret::same(proof, self.field(PROOF)))
    }
}

impl NotTaken {
    pub(crate) fn problem(self, words: &'static desk::Words) -> Problem {
        let (status, key) = match self {
            Self::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "problem-too-long"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "problem-too-slow"),
            Self::NotUnderstood => (StatusCode::BAD_REQUEST, "problem-not-understood"),
            Self::UnknownKind => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "problem-not-understood"),
        };
        Problem::said(status, words, key)
    }
}

impl<A: Sync> FromRequestParts<A> for Sent {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &A) -> Result<Self, Response> {
        // The gate read it; an address that takes nothing is asked by GET.
        parts.extensions.remove::<Self>().ok_or_else(|| StatusCode::BAD_REQUEST.into_response())
    }
}
