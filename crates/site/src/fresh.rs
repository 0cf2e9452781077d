//! The newest register for every request, and never an older one after a newer one.
//!
//! The pages are a router over one register, built anew when there is a newer one and swapped whole. Each answer says how
//! many acts it was made of, in the header `mineban-acts` and, for browsers, in the cookie `acts`: the number and the id of
//! the journal's key, as in `1433-5f3a9c01`. Whoever sends that back is never answered from fewer acts: a node that is
//! behind catches up first, and where it cannot in time, it says so with 503 and `Retry-After`.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use desk::{Lang, Words};
use tokio::task::AbortHandle;
use tower::ServiceExt as _;

use crate::app::{self, App};
use crate::error::Problem;
use crate::operations;

/// How many acts an answer was made of, and how many the asker has seen.
const ACTS: HeaderName = HeaderName::from_static("mineban-acts");
/// The same, kept by a browser for as long as it is open.
const COOKIE: &str = "acts";
/// How long a reader waits for a node that catches up.
const PATIENCE: Duration = Duration::from_secs(3);
/// What log and figures call the route of a request that was answered because this node is behind.
const BEHIND: &str = "(behind)";
/// What does not come from the register.
const APART: [&str; 5] = ["/style.css", "/map/", "/healthz", "/readyz", "/metrics"];

/// The site: every request is answered from the newest register that this process has, and from none older than the asker
/// has seen. For as long as it is there, it follows what other nodes append.
pub fn router(app: App) -> Router {
    let key = app.store.journal.as_ref().and_then(|journal| journal.verifier_key().split('+').nth(1));
    let key = key.unwrap_or_default().to_owned();
    let pages = RwLock::new((app.size(), app::router(app.newest())));
    let live = app.live();
    let runtime = tokio::runtime::Handle::try_current().ok();
    let following = runtime.map(|runtime| runtime.spawn(async move { live.follow().await }).abort_handle());
    Router::new().fallback(answer).with_state(Arc::new(Fresh { app, key, pages, following }))
}

struct Fresh {
    app: App,
    /// The id of the journal's key: numbers of another journal mean nothing here.
    key: String,
    /// The pages, and the number of acts that they are made of.
    pages: RwLock<(u64, Router)>,
    /// Ends with the site.
    following: Option<AbortHandle>,
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(following) = &self.following {
            following.abort();
        }
    }
}

impl Fresh {
    /// The pages over the newest register.
    fn pages(&self) -> (u64, Router) {
        let size = self.app.live.size();
        {
            let known = self.pages.read().unwrap_or_else(PoisonError::into_inner);
            if known.0 >= size {
                return known.clone();
            }
        }
        let newest = self.app.newest();
        let mut known = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        if known.0 < newest.size() {
            *known = (newest.size(), app::router(newest));
        }
        known.clone()
    }

    /// How many acts of this journal the asker has seen.
    fn seen(&self, headers: &HeaderMap) -> u64 {
        let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
        let by_header = headers.get_all(&ACTS).iter().map(text);
        let cookies = headers.get_all(header::COOKIE).iter().map(text);
        let by_cookie = cookies.flat_map(|line| {
            let named = line.split(';').filter_map(|pair| pair.trim().split_once('='));
            named.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned()).collect::<Vec<_>>()
        });
        by_header.chain(by_cookie).filter_map(|value| self.read(&value)).max().unwrap_or(0)
    }

    fn read(&self, value: &str) -> Option<u64> {
        let (size, key) = value.trim().split_once('-')?;
        if key == self.key { size.parse().ok() } else { None }
    }

    /// Tells the asker how many acts the answer was made of.
    fn mark(&self, response: &mut Response, size: u64, seen: u64) {
        let value = format!("{size}-{}", self.key);
        let secure = if self.app.settings.behind_tls { "; Secure" } else { "" };
        let headers = response.headers_mut();
        if size > seen
            && let Ok(cookie) = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax{secure}").parse()
        {
            headers.append(header::SET_COOKIE, cookie);
            // An answer with a cookie is one reader's own. What may not be stored at all stays so.
            let stored = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
            if stored.is_none_or(|stored| !stored.contains("no-store")) {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            }
        }
        if let Ok(value) = value.parse() {
            headers.insert(ACTS, value);
        }
    }
}

async fn answer(State(fresh): State<Arc<Fresh>>, request: Request) -> Response {
    let apart = APART.iter().any(|path| request.uri().path().starts_with(path));
    let (seen, begun) = (if apart { 0 } else { fresh.seen(request.headers()) }, Instant::now());
    if seen > 0 && !fresh.app.live.reach(seen, PATIENCE).await {
        let answer = behind(request.headers());
        return operations::without_route(&fresh.app, request.method(), BEHIND, begun, answer);
    }
    let (size, pages) = fresh.pages();
    let asks = request.method().is_safe();
    let mut response = match pages.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if !apart {
        // Whoever lodged has seen that act as well.
        let size = if asks { size } else { fresh.app.live.size().max(size) };
        fresh.mark(&mut response, size, seen);
    }
    response
}

fn behind(headers: &HeaderMap) -> Response {
    let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let words = Words::of(language.map(Lang::of_header).unwrap_or_default());
    let mut response = Problem::behind(words).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::RETRY_AFTER, "2"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
