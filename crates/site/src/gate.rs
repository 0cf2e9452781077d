//! Where every request passes: who asks, may they, is what they send from a page of ours; and what caches may hold.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use desk::Iso3;
use desk::rights::{Permit, Subject, SubjectKind, SubjectType, Verb, VerbType, permit, states_for};
use people::Outcome;

use crate::app::App;
use crate::asked::{Asked, form};
use crate::error::{Problem, not_found, refused};
use crate::rates::{Counted, Rate};
use crate::routes::{About, FORM, Granted, Right};
use crate::sent::Sent;
use crate::who::Who;

/// Lets a request through to its handler, or answers it.
pub(crate) async fn pass<V, S, F>(
    app: App,
    request: Request,
    right: Right<V, S>,
    handle: impl FnOnce(App, Request) -> F,
) -> Response
where
    V: VerbType,
    S: SubjectType,
    F: Future<Output = Response>,
{
    let (mut parts, body) = request.into_parts();
    let who = Who::of(&app, &parts).await.map(Arc::new);
    if let Ok(who) = &who {
        parts.extensions.insert(Arc::clone(who));
    }
    let asked = match Asked::from_request_parts(&mut parts, &app).await {
        Ok(asked) => asked,
        Err(problem) => return problem.into_response(),
    };
    // Where nobody can tell who asks, nobody is let in, not even as the public: the answer might be held for somebody else.
    let Ok(who) = who else { return Problem::ours(asked.words).into_response() };
    if let Err(wait) = within_rate(&app, right.rate, &who) {
        return Problem::too_often(asked.words, wait).into_response();
    }
    // What strangers send to an address for programs, or where whole reports go, is not even read: nobody but a State's own
    // people may send it, and what is read is held in memory.
    let for_some_only = right.about == About::StateInBody || right.body > FORM;
    let reads = parts.method == Method::POST && (!for_some_only || who.is_signed_in());
    let sent = if reads { Some(Sent::read(&parts, body, right.body).await) } else { None };
    let subject = Subject { tier: right.tier, ..subject::<S>(&mut parts, right.about, &who, sent.as_ref()).await };
    let permit = match permit::<V, S>(&who.actor, subject.clone(), who.today) {
        Ok(permit) => permit,
        Err(_) if is_unnamed(&who, right, &subject, V::WORD) => {
            return Problem::said(StatusCode::UNPROCESSABLE_ENTITY, asked.words, "problem-names-no-state")
                .into_response();
        }
        Err(no) => {
            app.note(&who, V::WORD, &subject, Outcome::Refused).await;
            return if no.may_know {
                refused(&asked, &parts.method, &who)
            } else {
                not_found(asked).await.into_response()
            };
        }
    };
    match sent {
        Some(Err(not_taken)) => return not_taken.problem(asked.words).into_response(),
        Some(Ok(sent)) => {
            let proven = who.token.is_some() || sent.is_from_a_page_of_ours(&parts, &who);
            if !proven {
                return Problem::said(StatusCode::FORBIDDEN, asked.words, "problem-form-expired").into_response();
            }
            parts.extensions.insert(sent);
        }
        // Nothing that changes something goes without its proof.
        None if parts.method == Method::POST => {
            return Problem::said(StatusCode::FORBIDDEN, asked.words, "problem-form-expired").into_response();
        }
        None => {}
    }
    if !permit.is_public() && !app.note(&who, V::WORD, &subject, Outcome::Done).await {
        // What cannot be written into the trail is not done, nor shown.
        return Problem::ours(asked.words).into_response();
    }
    let answer = answer(&app, parts, permit, Arc::clone(&who), handle).await;
    if S::WORD == SubjectKind::Program { answer } else { kept_from_caches(answer, &who) }
}

async fn answer<V: VerbType, S: SubjectType, F: Future<Output = Response>>(
    app: &App,
    mut parts: Parts,
    permit: Permit<V, S>,
    who: Arc<Who>,
    handle: impl FnOnce(App, Request) -> F,
) -> Response {
    if who.is_signed_in() {
        // A tag of somebody else's answer must not find this one unchanged.
        parts.headers.remove(header::IF_NONE_MATCH);
    }
    parts.extensions.insert(Granted::new(permit, who));
    handle(app.clone(), Request::from_parts(parts, Body::empty())).await
}

/// An answer that depends on who asks is held by nobody else.
fn kept_from_caches(mut answer: Response, who: &Who) -> Response {
    if who.is_signed_in() {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        answer.headers_mut().remove(header::ETAG);
    }
    answer
}

fn within_rate(app: &App, rate: Rate, who: &Who) -> Result<(), u64> {
    app.rates.take(rate, &Counted::address(who.address), who.now)?;
    who.actor
        .person
        .as_ref()
        .map_or(Ok(()), |person| app.rates.take(rate, &Counted::Account(person.0.clone()), who.now))
}

/// What is asked about, from the address, the body, or whoever asks.
async fn subject<S: SubjectType>(
    parts: &mut Parts,
    about: About,
    who: &Who,
    sent: Option<&Result<Sent, crate::sent::NotTaken>>,
) -> Subject {
    match about {
        About::Nothing => Subject::new(S::WORD),
        About::OneSelf => Subject::of_person(S::WORD, who.actor.person.clone()),
        About::StateInAddress => Subject::of_state(S::WORD, state_in_address(parts).await),
        About::StateInBody => {
            let named = sent.and_then(|sent| sent.as_ref().ok()).and_then(|sent| state_in_body(&sent.body));
            Subject::of_state(S::WORD, named)
        }
    }
}

async fn state_in_address(parts: &mut Parts) -> Option<Iso3> {
    let parameters = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    let (_, named) = parameters.iter().find(|(name, _)| *name == "state")?;
    form(named).0.parse().ok()
}

/// Only the State is read here; whether the rest is a report, the handler says.
fn state_in_body(body: &[u8]) -> Option<Iso3> {
    #[derive(serde::Deserialize)]
    struct Named {
        state: Iso3,
    }
    serde_json::from_slice::<Named>(body).ok().map(|named| named.state)
}

/// Whether somebody who may do it for some State sent something that names none: that is a mistake to be told, no refusal.
fn is_unnamed<V, S>(who: &Who, right: Right<V, S>, subject: &Subject, verb: Verb) -> bool {
    if right.about != About::StateInBody || subject.state.is_some() || !who.is_signed_in() {
        return false;
    }
    let held: Vec<Iso3> = who.actor.holdings.iter().filter_map(|held| held.state).collect();
    !states_for(&who.actor, verb, subject, &held, who.today).is_empty()
}
