//! `/invitations/{token}` and `/password/{token}`: links from letters. Opening one changes nothing; its form does.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use desk::Value;
use desk::rights::{subject::SignIn as Door, verb::Use};
use maud::html;
use people::{Invited, PeopleError, SignInError};

use crate::app::App;
use crate::asked::Asked;
use crate::door::{people, problem};
use crate::error::Problem;
use crate::forms::{Answered, Proof, answer, field, form, go};
use crate::identity;
use crate::routes::Granted;
use crate::sent::Sent;

type Asks = Granted<Use, Door>;

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Invitation,
    Password,
}

impl Link {
    fn title(self) -> &'static str {
        match self {
            Self::Invitation => "invitation-title",
            Self::Password => "reset-title",
        }
    }
}

pub(crate) async fn invitation(g: Asks, State(app): State<App>, Path(token): Path<String>, asked: Asked) -> Answered {
    opened(&g, &app, &asked, Link::Invitation, &token).await
}

pub(crate) async fn new_password(g: Asks, State(app): State<App>, Path(token): Path<String>, asked: Asked) -> Answered {
    opened(&g, &app, &asked, Link::Password, &token).await
}

async fn opened(granted: &Asks, app: &App, asked: &Asked, link: Link, token: &str) -> Answered {
    let invited = about(app, asked, granted, link, token).await?;
    Ok(password_page(app, asked, granted, link, &invited, None))
}

/// Whom a link is for. It is not told whether it was used, is over, or never was.
async fn about(app: &App, asked: &Asked, granted: &Asks, link: Link, token: &str) -> Result<Invited, Response> {
    let (people, now) = (people(app, asked)?, granted.who().now);
    let found = match link {
        Link::Invitation => people.invitation(token, now).await,
        Link::Password => people.password_reset(token, now).await,
    };
    found.map_err(|error| gone(asked, &error))
}

/// A link that opens nothing, or a failure of ours.
fn gone(asked: &Asked, error: &PeopleError) -> Response {
    match error {
        PeopleError::NoSuchLink => Problem::said(StatusCode::NOT_FOUND, asked.words, "link-gone").into_response(),
        _ => Problem::ours(asked.words).into_response(),
    }
}

fn password_page(
    app: &App,
    asked: &Asked,
    granted: &Asks,
    link: Link,
    invited: &Invited,
    wrong: Option<&str>,
) -> Response {
    let (words, proof) = (asked.words, Proof::of(granted.who()));
    let fields = html! {
        // So that a password manager knows for whom it keeps the word.
        input type="hidden" name="username" autocomplete="username" value=(invited.email);
        (field(&words.text("password-new"), "password", "password", "", "new-password"))
        (field(&words.text("password-again"), "again", "password", "", "new-password"))
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let body = html! {
        h1 { (words.text(link.title())) }
        p.lead { (words.with("password-lead", &[("name", Value::from(invited.name.as_str()))])) }
        (problem(wrong.map(|key| words.text(key))))
        // The form goes to the very link.
        (form(asked, &asked.path, &proof, "password-button", &fields))
        @if link == Link::Invitation {
            (identity::button(app, asked, &format!("{}/identity", asked.path), &proof, "provider-accept", ""))
        }
    };
    answer(app, asked, status, &words.text(link.title()), &proof, &body)
}

pub(crate) async fn accept(
    g: Asks,
    State(app): State<App>,
    Path(t): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    set(&g, &app, &asked, Link::Invitation, &t, &sent).await
}

pub(crate) async fn set_password(
    g: Asks,
    State(app): State<App>,
    Path(t): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    set(&g, &app, &asked, Link::Password, &t, &sent).await
}

async fn set(granted: &Asks, app: &App, asked: &Asked, link: Link, token: &str, sent: &Sent) -> Answered {
    let invited = about(app, asked, granted, link, token).await?;
    let again = |key| Ok(password_page(app, asked, granted, link, &invited, Some(key)));
    if sent.field("password") != sent.field("again") {
        return again("password-differs");
    }
    let people = people(app, asked)?;
    let now = granted.who().now;
    let done = match link {
        Link::Invitation => people.accept(token, sent.field("password"), now).await,
        Link::Password => people.reset_password(token, sent.field("password"), now).await,
    };
    match done {
        Ok(_) => Ok(go(asked, "/sign-in")),
        Err(PeopleError::Weak(_)) => again("password-weak"),
        Err(error) => Err(gone(asked, &error)),
    }
}

pub(crate) async fn ask_page(granted: Asks, State(app): State<App>, asked: Asked) -> Answered {
    people(&app, &asked)?;
    let (words, proof) = (asked.words, Proof::of(granted.who()));
    let fields = field(&words.text("sign-in-email"), "email", "email", "", "username");
    let body = html! {
        h1 { (words.text("reset-title")) }
        p.lead { (words.text("reset-lead")) }
        (form(&asked, "/password", &proof, "reset-button", &fields))
    };
    Ok(answer(&app, &asked, StatusCode::OK, &words.text("reset-title"), &proof, &body))
}

/// The answer is the same whether an account has the address or not.
pub(crate) async fn ask(granted: Asks, State(app): State<App>, asked: Asked, sent: Sent) -> Answered {
    let people = people(&app, &asked)?;
    let (words, who) = (asked.words, granted.who());
    let asked_for = people.ask_for_password_reset(sent.field("email"), who.address, who.now).await;
    let (status, says) = match asked_for {
        Err(error @ (SignInError::Throttled { .. } | SignInError::Unavailable(_))) => {
            crate::door::refused(&asked, &error)
        }
        Ok(()) | Err(SignInError::Wrong | SignInError::Gone) => (StatusCode::OK, words.text("reset-sent")),
    };
    let body = html! { h1 { (words.text("reset-title")) } p.lead { (says) } };
    Ok(answer(&app, &asked, status, &words.text("reset-title"), &Proof::of(who), &body))
}
