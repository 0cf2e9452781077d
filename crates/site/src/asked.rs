//! What a request asks for: the language, the date, the form of the answer.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::{Date, Lang, PartialDate, Timestamp, Words, utc_date};
use maud::Markup;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::Problem;
use crate::who::Who;

/// Language, date and conditions of a request.
pub(crate) struct Asked {
    pub(crate) words: &'static Words,
    pub(crate) on: Date,
    /// Whether the date was asked for, or is today's by default.
    pub(crate) dated: bool,
    pub(crate) today: Date,
    pub(crate) path: String,
    pub(crate) query: Parameters,
    pub(crate) if_none_match: Option<String>,
    /// Who asks; nobody yet where the gate was not passed.
    pub(crate) who: Option<Arc<Who>>,
    /// Whether this site has accounts, so that one can sign in.
    pub(crate) has_accounts: bool,
}

/// The parameters that go with every address.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Parameters {
    lang: Option<String>,
    as_of: Option<String>,
    pub(crate) standing: Option<String>,
    pub(crate) lettering: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) person: Option<String>,
    pub(crate) before: Option<u64>,
}

/// How far ahead a page looks: beyond the longest extension, and not to a year that makes a list of thousands. The description of
/// the addresses says so as well.
const LAST_YEAR: i16 = 2099;

impl FromRequestParts<App> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let header =
            |name: header::HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let by_header =
            header(header::ACCEPT_LANGUAGE).map(|languages| Lang::of_header(&languages)).unwrap_or_default();
        let if_none_match = header(header::IF_NONE_MATCH);
        let path = parts.uri.path().to_owned();
        let query = Query::<Parameters>::from_request_parts(parts, app).await.map(|Query(query)| query);
        let Ok(query) = query else { return Err(Problem::bad_date(Words::of(by_header), "")) };
        let words = Words::of(query.lang.as_deref().and_then(Lang::of_code).unwrap_or(by_header));
        let today = utc_date(Timestamp::now());
        let asked_date = query.as_of.as_deref().filter(|text| !text.is_empty());
        let on = match asked_date {
            None => today,
            Some(text) => match text.parse::<PartialDate>() {
                Ok(PartialDate::Day(date)) if date.year() <= LAST_YEAR => date,
                Ok(PartialDate::Day(_)) => return Err(Problem::too_far(words, LAST_YEAR)),
                _ => return Err(Problem::bad_date(words, text)),
            },
        };
        let (who, has_accounts) = (parts.extensions.get::<Arc<Who>>().cloned(), app.people.is_some());
        Ok(Self { words, on, dated: asked_date.is_some(), today, path, query, if_none_match, who, has_accounts })
    }
}

impl Asked {
    /// An address of the site with the language and, where one was asked for, the date.
    pub(crate) fn link(&self, path: &str) -> String {
        self.link_in(path, self.words.lang())
    }

    /// The same in another language.
    pub(crate) fn link_in(&self, path: &str, lang: Lang) -> String {
        let date = if self.dated { format!("&as_of={}", self.on) } else { String::new() };
        format!("{path}?lang={}{date}", lang.code())
    }

    fn tag(&self, app: &App, form: &str) -> String {
        let parts = (app.root(), self.on, self.words.lang().code(), env!("CARGO_PKG_VERSION"));
        // What was asked for goes into the tag as far as a tag can hold it; the words that mean anything are short and plain.
        let plain = |text: &Option<String>| -> String {
            let text = text.as_deref().unwrap_or_default();
            text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(32).collect()
        };
        let (standing, lettering) = (plain(&self.query.standing), plain(&self.query.lettering));
        let (kind, version) = (plain(&self.query.kind), plain(&self.query.version));
        // Findings in a report are those of the day on which it is read.
        let asked = [standing, lettering, kind, version, self.today.to_string()].join("-");
        format!("W/\"{}-{}-{}-{}-{form}-{asked}\"", parts.0, parts.1, parts.2, parts.3)
    }

    /// The answer as a page, or the word that nothing has changed.
    pub(crate) fn page(&self, app: &App, page: impl FnOnce() -> Markup) -> Response {
        self.answer(app, "html", "text/html; charset=utf-8", || page().into_string())
    }

    /// The answer as JSON, or the word that nothing has changed.
    pub(crate) fn json(&self, app: &App, value: &impl Serialize) -> Response {
        self.answer(app, "json", "application/json; charset=utf-8", || json_text(value))
    }

    /// The answer as a page that also rests on something beside the register, told apart by `extra`.
    pub(crate) fn page_of(&self, app: &App, extra: &str, page: impl FnOnce() -> Markup) -> Response {
        self.answer(app, &format!("html-{extra}"), "text/html; charset=utf-8", || page().into_string())
    }

    /// The same as JSON.
    pub(crate) fn json_of(&self, app: &App, extra: &str, value: &impl Serialize) -> Response {
        self.answer(app, &format!("json-{extra}"), "application/json; charset=utf-8", || json_text(value))
    }

    fn answer(&self, app: &App, form: &str, kind: &'static str, body: impl FnOnce() -> String) -> Response {
        let tag = self.tag(app, form);
        let mut headers = HeaderMap::new();
        // Held by whoever likes, and asked about each time: nobody is shown an older register after a newer one.
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("public, no-cache"));
        if let Ok(value) = tag.parse() {
            headers.insert(header::ETAG, value);
        }
        if self.if_none_match.as_deref().is_some_and(|known| known.split(',').any(|known| known.trim() == tag)) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
        (headers, body()).into_response()
    }
}

/// The desk's views are structures, texts and finite numbers: writing them cannot fail.
pub(crate) fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// Splits `COL.json` into `COL` and whether JSON is wanted.
pub(crate) fn form(name: &str) -> (&str, bool) {
    name.strip_suffix(".json").map_or((name, false), |bare| (bare, true))
}
