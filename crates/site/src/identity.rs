//! Signing in, or accepting an invitation, with an account at an identity provider: out to it, and back.
//!
//! Both ways lead over a small page of ours that goes on by itself. Out, because the policy of our pages lets no form lead
//! to another site. Back, because a browser that comes from another site does not bring along the cookies of the way in
//! until a page of ours leads it on.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use desk::rights::{subject::SignIn as Door, verb::Use};
use desk::{Lang, Value, Words};
use maud::{Markup, html};
use people::{IdentityError, People, Returned, SignIn, SignInError};
use serde::Deserialize;

use crate::app::App;
use crate::asked::Asked;
use crate::cookies::{self, Cookie};
use crate::door::{let_on, password_page, people, refused};
use crate::error::Problem;
use crate::forms::{Answered, Proof, local};
use crate::page::work;
use crate::provider::Identity;
use crate::routes::Granted;
use crate::sent::Sent;

type Asks = Granted<Use, Door>;

/// The way to an account at the provider, as a form of one button; nothing where there is no provider.
pub(crate) fn button(app: &App, asked: &Asked, action: &str, proof: &Proof, label: &str, next: &str) -> Markup {
    html! {
        @if let Some(identity) = &app.identity {
            form.work method="post" action=(asked.link(action)) {
                (proof.fields())
                @if !next.is_empty() { input type="hidden" name="next" value=(next); }
                button type="submit" { (asked.words.with(label, &at(identity))) }
            }
        }
    }
}

fn at(identity: &Identity) -> [(&'static str, Value); 1] {
    [("host", Value::from(identity.host()))]
}

pub(crate) async fn set_out(granted: Asks, State(app): State<App>, asked: Asked, sent: Sent) -> Answered {
    if granted.who().is_signed_in() {
        return Ok(crate::forms::go(&asked, "/account"));
    }
    go_out(&app, &asked, &granted, None, local(sent.field("next")).unwrap_or("/account")).await
}

pub(crate) async fn accept(g: Asks, State(app): State<App>, Path(token): Path<String>, asked: Asked) -> Answered {
    go_out(&app, &asked, &g, Some(&token), "/account").await
}

/// The provider of this site, or that there is none.
fn provider<'a>(app: &'a App, asked: &Asked) -> Result<&'a Identity, Response> {
    let none = || Problem::said(StatusCode::NOT_FOUND, asked.words, "provider-none").into_response();
    app.identity.as_deref().ok_or_else(none)
}

async fn go_out(app: &App, asked: &Asked, granted: &Asks, invitation: Option<&str>, next: &str) -> Answered {
    let (people, identity) = (people(app, asked)?, provider(app, asked)?);
    let who = granted.who();
    let journey = match identity.provider(who.now).await {
        Ok(provider) => people.set_out(&provider, invitation, who.address, who.now).await,
        Err(away) => Err(away),
    };
    Ok(match journey {
        Ok(journey) => {
            let title = asked.words.with("provider-onward", &at(identity));
            let mut answer = onward(asked, &title, &journey.address);
            let kept = Kept { keep: journey.keep.reveal(), lang: asked.words.lang(), next };
            cookies::set(answer.headers_mut(), Cookie::Journey, &kept.to_cookie(), app.settings.behind_tls);
            answer
        }
        Err(error) => stopped(app, asked, granted, identity, &error),
    })
}

/// A page of ours that leads on by itself, or by its link.
fn onward(asked: &Asked, title: &str, to: &str) -> Response {
    let body = html! {
        h1 { (title) }
        p { a.button href=(to) rel="noreferrer" { (asked.words.text("factor-button")) } }
    };
    let mut answer = work(asked, title, &body).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    // An address that fits no header is left to the link.
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={to}")) {
        headers.insert(header::REFRESH, value);
    }
    answer
}

/// What a browser keeps between setting out and coming back: what finishes the journey, the language, and where to go then.
struct Kept<'a> {
    keep: &'a str,
    lang: Lang,
    next: &'a str,
}

impl<'a> Kept<'a> {
    fn to_cookie(&self) -> String {
        format!("{}~{}~{}", self.keep, self.lang.code(), self.next)
    }

    /// A browser may send anything: where to go is looked at again.
    fn of_cookie(value: &'a str) -> Option<Self> {
        let (keep, rest) = value.split_once('~')?;
        let (lang, next) = rest.split_once('~')?;
        Some(Self { keep, lang: Lang::of_code(lang)?, next: local(next).unwrap_or("/account") })
    }
}

/// What the provider adds to the address that it sends people back to.
#[derive(Default, Deserialize)]
pub(crate) struct Brought {
    state: Option<String>,
    code: Option<String>,
    /// Who says so.
    iss: Option<String>,
    /// That nobody was signed in. Why is not read: the words are the provider's, or whoever's.
    error: Option<String>,
}

pub(crate) async fn back(
    granted: Asks,
    State(app): State<App>,
    brought: Result<Query<Brought>, QueryRejection>,
    asked: Asked,
) -> Answered {
    let (people, identity) = (people(&app, &asked)?, provider(&app, &asked)?);
    let who = granted.who();
    let brought = brought.map(|Query(brought)| brought).unwrap_or_default();
    let cookie = who.journey.as_ref().map(|journey| journey.reveal().to_owned()).unwrap_or_default();
    let kept = Kept::of_cookie(&cookie);
    let (words, next) = kept.as_ref().map_or((asked.words, "/account"), |kept| (Words::of(kept.lang), kept.next));
    let mut asked = Asked { words, ..asked };
    let (keep, state) = (kept.as_ref().map_or("", |kept| kept.keep), brought.state.as_deref().unwrap_or_default());
    let came = match (&brought.code, &brought.error) {
        (Some(code), None) => {
            let returned = Returned { keep, state, code, issuer: brought.iss.as_deref() };
            come_back(people, identity, returned, who.now).await.map(Some)
        }
        _ => people.turn_back(keep, state, who.now).await.map(|()| None),
    };
    let mut answer = match came {
        Ok(Some(sign_in)) => came_in(&app, &asked, identity, &sign_in, next),
        Ok(None) => {
            asked.query.next = Some(next.to_owned());
            let says = asked.words.with("provider-turned-back", &at(identity));
            password_page(&app, &asked, &granted, StatusCode::FORBIDDEN, Some(says))
        }
        Err(error) => {
            asked.query.next = Some(next.to_owned());
            stopped(&app, &asked, &granted, identity, &error)
        }
    };
    cookies::set(answer.headers_mut(), Cookie::Journey, "", app.settings.behind_tls);
    Ok(answer)
}

async fn come_back(
    people: &People,
    identity: &Identity,
    returned: Returned<'_>,
    now: desk::Timestamp,
) -> Result<SignIn, IdentityError> {
    let provider = identity.provider(now).await?;
    let came = people.come_back(&provider, returned, now).await;
    if let Err(error @ (IdentityError::Provider(_) | IdentityError::NotTrusted(_))) = &came {
        // Its keys or addresses may be new ones.
        tracing::warn!(%error, "the identity provider signed nobody in");
        identity.forget().await;
    }
    came
}

/// Signed in at the provider: in, or on to the second factor, from a page of ours.
fn came_in(app: &App, asked: &Asked, identity: &Identity, sign_in: &SignIn, next: &str) -> Response {
    let title = asked.words.with("provider-came-back", &at(identity));
    let on = let_on(app, asked, sign_in, next);
    let to = on.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("/account").to_owned();
    let mut answer = onward(asked, &title, &to);
    for cookie in on.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    answer
}

/// The sign-in page with what went wrong, and what to do.
fn stopped(app: &App, asked: &Asked, granted: &Asks, identity: &Identity, error: &IdentityError) -> Response {
    let (status, key) = match error {
        IdentityError::Settings(_) | IdentityError::Provider(_) => (StatusCode::SERVICE_UNAVAILABLE, "provider-away"),
        IdentityError::NotBegun => (StatusCode::GONE, "provider-not-begun"),
        IdentityError::NotTrusted(_) => (StatusCode::FORBIDDEN, "provider-not-trusted"),
        IdentityError::NotBound => (StatusCode::FORBIDDEN, "provider-not-bound"),
        IdentityError::NotAccepted => (StatusCode::FORBIDDEN, "provider-not-accepted"),
        IdentityError::SignIn(SignInError::Unavailable(people::PeopleError::NoSuchLink)) => {
            return Problem::said(StatusCode::NOT_FOUND, asked.words, "link-gone").into_response();
        }
        IdentityError::SignIn(error) => {
            let (status, says) = refused(asked, error);
            return password_page(app, asked, granted, status, Some(says));
        }
    };
    password_page(app, asked, granted, status, Some(asked.words.with(key, &at(identity))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_keeps_leads_nowhere_else() {
        let kept = Kept { keep: "abc_-1", lang: Lang::Ar, next: "/work/COL/lodge" };
        let cookie = kept.to_cookie();
        let read = Kept::of_cookie(&cookie).unwrap();
        assert_eq!((read.keep, read.lang.code(), read.next), ("abc_-1", "ar", "/work/COL/lodge"));
        assert_eq!(Kept::of_cookie("abc~en~//evil.example").unwrap().next, "/account");
        assert!(Kept::of_cookie("abc").is_none() && Kept::of_cookie("abc~xx~/account").is_none());
    }
}
