//! `/sign-in` and what follows: the second factor, its enrolment, the recovery codes; and signing out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use desk::rights::{subject::SignIn as Door, verb::Use};
use maud::{Markup, html};
use people::{NewSession, People, PeopleError, RecoveryCode, SignIn, SignInError};

use crate::app::App;
use crate::asked::Asked;
use crate::cookies::{self, Cookie};
use crate::error::Problem;
use crate::forms::{Answered, Proof, answer, field, form, go, local};
use crate::identity;
use crate::page::work;
use crate::routes::Granted;
use crate::secret::Hidden;
use crate::sent::Sent;
use crate::square::square;
use crate::who::Who;

type Asks = Granted<Use, Door>;

/// The people of this site, or the page that there are none.
pub(crate) fn people<'a>(app: &'a App, asked: &Asked) -> Result<&'a People, Response> {
    let none = || Problem::missing(asked.words, "problem-no-page", &asked.path).into_response();
    app.people.as_ref().ok_or_else(none)
}

pub(crate) fn ours(asked: &Asked) -> Response {
    Problem::ours(asked.words).into_response()
}

/// Back to the page where a thing was to be changed that may be gone by now.
pub(crate) fn after(asked: &Asked, page: &str, done: &Result<(), PeopleError>) -> Answered {
    match done {
        Ok(()) => Ok(go(asked, page)),
        Err(PeopleError::NoSuchThing { .. }) => {
            Err(Problem::said(StatusCode::NOT_FOUND, asked.words, "problem-no-such-thing").into_response())
        }
        Err(_) => Err(ours(asked)),
    }
}

pub(crate) async fn page(granted: Asks, State(app): State<App>, asked: Asked) -> Answered {
    people(&app, &asked)?;
    if granted.who().is_signed_in() {
        return Ok(go(&asked, "/account"));
    }
    Ok(password_page(&app, &asked, &granted, StatusCode::OK, None))
}

pub(crate) fn password_page(
    app: &App,
    asked: &Asked,
    granted: &Asks,
    status: StatusCode,
    wrong: Option<String>,
) -> Response {
    let (words, proof) = (asked.words, Proof::of(granted.who()));
    let next = asked.query.next.as_deref().and_then(local).unwrap_or_default();
    let fields = html! {
        input type="hidden" name="next" value=(next);
        (field(&words.text("sign-in-email"), "email", "email", "", "username"))
        (field(&words.text("sign-in-password"), "password", "password", "", "current-password"))
    };
    let body = html! {
        h1 { (words.text("sign-in-title")) }
        (problem(wrong))
        (form(asked, "/sign-in", &proof, "sign-in-button", &fields))
        (identity::button(app, asked, "/sign-in/identity", &proof, "provider-button", next))
        p { a href=(asked.link("/password")) { (words.text("sign-in-forgot")) } }
    };
    answer(app, asked, status, &words.text("sign-in-title"), &proof, &body)
}

pub(crate) fn problem(says: Option<String>) -> Markup {
    html! { @if let Some(says) = says { p.note.problem role="alert" { (says) } } }
}

pub(crate) async fn password(granted: Asks, State(app): State<App>, asked: Asked, sent: Sent) -> Answered {
    let people = people(&app, &asked)?;
    let who = granted.who();
    let tried = people.sign_in(sent.field("email"), sent.field("password"), who.address, who.now).await;
    let next = local(sent.field("next")).unwrap_or("/account");
    Ok(match tried {
        Ok(sign_in) => let_on(&app, &asked, &sign_in, next),
        Err(error) => {
            let (status, says) = refused(&asked, &error);
            password_page(&app, &asked, &granted, status, Some(says))
        }
    })
}

/// After the first factor: in, or on to the second.
pub(crate) fn let_on(app: &App, asked: &Asked, sign_in: &SignIn, next: &str) -> Response {
    match sign_in {
        SignIn::Session(session) => let_in(app, asked, session, next),
        SignIn::SecondFactor { pending } => wait(app, asked, pending.reveal(), "/sign-in/factor", next),
        SignIn::Enrol { pending } => wait(app, asked, pending.reveal(), "/sign-in/enrol", next),
    }
}

/// What a sign-in that failed says. It never tells which of address, password and code was wrong.
pub(crate) fn refused(asked: &Asked, error: &SignInError) -> (StatusCode, String) {
    let (status, key) = match error {
        SignInError::Wrong => (StatusCode::FORBIDDEN, "sign-in-wrong"),
        SignInError::Throttled { .. } => (StatusCode::TOO_MANY_REQUESTS, "sign-in-throttled"),
        SignInError::Gone => (StatusCode::GONE, "sign-in-over"),
        SignInError::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "problem-ours"),
    };
    (status, asked.words.text(key))
}

/// Signed in: a new session's cookie, and those of the way there are gone.
fn let_in(app: &App, asked: &Asked, session: &NewSession, next: &str) -> Response {
    signed_in(app, session, go(asked, next))
}

fn signed_in(app: &App, session: &NewSession, mut answer: Response) -> Response {
    let tls = app.settings.behind_tls;
    cookies::set(answer.headers_mut(), Cookie::Session, session.token.reveal(), tls);
    cookies::set(answer.headers_mut(), Cookie::Pending, "", tls);
    cookies::set(answer.headers_mut(), Cookie::Form, "", tls);
    answer
}

fn wait(app: &App, asked: &Asked, pending: &str, path: &str, next: &str) -> Response {
    let to = if next == "/account" { asked.link(path) } else { format!("{}&next={next}", asked.link(path)) };
    let mut answer = axum::response::Redirect::to(&to).into_response();
    cookies::set(answer.headers_mut(), Cookie::Pending, pending, app.settings.behind_tls);
    answer
}

pub(crate) async fn factor_page(granted: Asks, State(app): State<App>, asked: Asked) -> Response {
    if granted.who().pending.is_none() {
        return go(&asked, "/sign-in");
    }
    code_page(&app, &asked, &granted, StatusCode::OK, None)
}

fn code_page(app: &App, asked: &Asked, granted: &Asks, status: StatusCode, wrong: Option<String>) -> Response {
    let (words, proof) = (asked.words, Proof::of(granted.who()));
    let fields = html! {
        input type="hidden" name="next" value=(asked.query.next.as_deref().and_then(local).unwrap_or_default());
        (field(&words.text("factor-code"), "code", "text", "", "one-time-code"))
    };
    let body = html! {
        h1 { (words.text("factor-title")) }
        p.lead { (words.text("factor-lead")) }
        (problem(wrong))
        (form(asked, "/sign-in/factor", &proof, "factor-button", &fields))
    };
    answer(app, asked, status, &words.text("factor-title"), &proof, &body)
}

pub(crate) async fn factor(granted: Asks, State(app): State<App>, asked: Asked, sent: Sent) -> Answered {
    let people = people(&app, &asked)?;
    let who = granted.who();
    let pending = who.pending.as_ref().map_or("", Hidden::reveal);
    Ok(match people.second_factor(pending, sent.field("code"), who.now).await {
        Ok(session) => let_in(&app, &asked, &session, local(sent.field("next")).unwrap_or("/account")),
        Err(SignInError::Gone) => over(&app, &asked, &granted),
        Err(error) => {
            let (status, says) = refused(&asked, &error);
            code_page(&app, &asked, &granted, status, Some(says))
        }
    })
}

fn over(app: &App, asked: &Asked, granted: &Asks) -> Response {
    let (status, says) = refused(asked, &SignInError::Gone);
    let mut answer = password_page(app, asked, granted, status, Some(says));
    cookies::set(answer.headers_mut(), Cookie::Pending, "", app.settings.behind_tls);
    answer
}

pub(crate) async fn enrol_page(granted: Asks, State(app): State<App>, asked: Asked) -> Answered {
    if granted.who().pending.is_none() {
        return Ok(go(&asked, "/sign-in"));
    }
    enrolment_page(&app, &asked, &granted, StatusCode::OK, None).await
}

async fn enrolment_page(
    app: &App,
    asked: &Asked,
    granted: &Asks,
    status: StatusCode,
    wrong: Option<String>,
) -> Answered {
    let people = people(app, asked)?;
    let (words, who) = (asked.words, granted.who());
    let pending = who.pending.as_ref().map_or("", Hidden::reveal);
    let offer = match people.enrol(pending, who.now).await {
        Ok(offer) => offer,
        Err(SignInError::Gone) => return Ok(over(app, asked, granted)),
        Err(error) => {
            let (status, says) = refused(asked, &error);
            return Ok(password_page(app, asked, granted, status, Some(says)));
        }
    };
    let proof = Proof::of(who);
    let fields = field(&words.text("factor-code"), "code", "text", "", "one-time-code");
    let body = html! {
        h1 { (words.text("enrol-title")) }
        p.lead { (words.text("enrol-lead")) }
        (problem(wrong))
        (square(offer.uri.reveal(), &words.text("enrol-square")))
        p { (words.text("enrol-secret")) }
        pre.secret dir="ltr" { (spaced(offer.secret.reveal())) }
        p { a href=(offer.uri.reveal()) { (words.text("enrol-link")) } }
        (form(asked, "/sign-in/enrol", &proof, "factor-button", &fields))
    };
    Ok(answer(app, asked, status, &words.text("enrol-title"), &proof, &body))
}

/// In fours, as one types it.
fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

pub(crate) async fn enrol(granted: Asks, State(app): State<App>, asked: Asked, sent: Sent) -> Answered {
    let people = people(&app, &asked)?;
    let who = granted.who();
    let pending = who.pending.as_ref().map_or("", Hidden::reveal);
    match people.confirm_enrolment(pending, sent.field("code"), who.now).await {
        Ok((session, codes)) => Ok(signed_in(&app, &session, recovery_codes(&app, &asked, granted.who(), &codes))),
        Err(SignInError::Gone) => Ok(over(&app, &asked, &granted)),
        Err(error) => {
            let (status, says) = refused(&asked, &error);
            enrolment_page(&app, &asked, &granted, status, Some(says)).await
        }
    }
}

/// The recovery codes, shown this once.
pub(crate) fn recovery_codes(app: &App, asked: &Asked, who: &Who, codes: &[RecoveryCode]) -> Response {
    let words = asked.words;
    let body = html! {
        h1 { (words.text("recovery-title")) }
        p.lead { (words.text("recovery-lead")) }
        pre.secret dir="ltr" { @for code in codes { (code.reveal()) "\n" } }
        p { a.button href=(asked.link("/account")) { (words.text("recovery-kept")) } }
    };
    answer(app, asked, StatusCode::OK, &words.text("recovery-title"), &Proof::of(who), &body)
}

pub(crate) async fn sign_out(granted: Asks, State(app): State<App>, asked: Asked) -> Response {
    if let (Some(people), Some(session)) = (&app.people, &granted.who().session) {
        // By its id: the token itself is not kept. A session that ended meanwhile is signed out as well.
        if people.revoke(Some(&session.person), &session.person, &session.id, granted.who().now).await.is_err() {
            return Problem::ours(asked.words).into_response();
        }
    }
    let title = asked.words.text("signed-out");
    let body = html! { h1 { (title) } p { a href=(asked.link("/")) { (asked.words.text("nav-home")) } } };
    let nobody = Asked { who: None, ..asked };
    let mut answer = work(&nobody, &title, &body).into_response();
    for cookie in [Cookie::Session, Cookie::Pending, Cookie::Form] {
        cookies::set(answer.headers_mut(), cookie, "", app.settings.behind_tls);
    }
    answer.headers_mut().insert("clear-site-data", axum::http::HeaderValue::from_static("\"cache\", \"cookies\""));
    answer
}
