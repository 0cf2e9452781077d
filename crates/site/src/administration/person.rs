//! `/administration/people/{person}`: one person's roles, sessions and account, and what an administrator changes of them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use desk::rights::subject::{Invitation, Person as PersonSubject, Session};
use desk::rights::verb::{Administer, Invite, Revoke, See};
use desk::{Iso3, utc_date};
use maud::html;
use people::{People, PeopleError, PersonId, Purpose, Role};

use super::holding::{holding, holding_fields};
use super::wrong;
use crate::account::roles;
use crate::app::App;
use crate::asked::Asked;
use crate::door::{ours, people, problem};
use crate::error::Problem;
use crate::forms::{Answered, Proof, answer, button, form, go};
use crate::routes::Granted;
use crate::sent::Sent;
use crate::who::Who;

pub(crate) async fn one(
    granted: Granted<See, PersonSubject>,
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Asked,
) -> Answered {
    person_page(&app, &asked, granted.who(), &PersonId(id), StatusCode::OK, None).await
}

async fn person_page(
    app: &App,
    asked: &Asked,
    who: &Who,
    id: &PersonId,
    status: StatusCode,
    wrong: Option<&str>,
) -> Answered {
    let people = people(app, asked)?;
    let (person, sessions) = match (people.person(id).await, people.sessions_of(id, who.now).await) {
        (Ok(person), Ok(sessions)) => (person, sessions),
        (Err(PeopleError::NoSuchPerson(_)), _) => {
            return Err(Problem::said(StatusCode::NOT_FOUND, asked.words, "problem-no-such-thing").into_response());
        }
        _ => return Err(ours(asked)),
    };
    let (words, proof) = (asked.words, Proof::of(who));
    let here = format!("/administration/people/{}", id.0);
    let open = person.disabled_at.is_none();
    let (door, label) = if open { ("disable", "people-shut") } else { ("enable", "people-open") };
    let body = html! {
        p { a href=(asked.link("/administration/people")) { (words.text("people-title")) } }
        h1 { (person.name) }
        (problem(wrong.map(|key| words.text(key))))
        p { bdi { (person.email) } }
        h2 { (words.text("account-roles")) }
        (roles(asked, &person.holdings))
        @for held in person.holdings.iter().filter(|held| held.to.is_none_or(|last| last >= who.today)) {
            @let state = held.state.map(|state| state.to_string()).unwrap_or_default();
            p {
                (words.text(&format!("role-{}", held.role.key()))) " " code { (state) } " "
                (button(asked, &format!("{here}/roles/end"), &proof, "people-end-role", &[("role", held.role.key()), ("state", &state)]))
            }
        }
        details { summary { (words.text("people-give-role")) } (form(asked, &format!("{here}/roles"), &proof, "people-give-role", &holding_fields(asked, who.today))) }
        h2 { (words.text("account-sessions")) }
        ul { @for session in &sessions { li {
            (words.date(utc_date(session.begun).into())) " "
            (button(asked, &format!("{here}/sessions"), &proof, "session-end", &[("session", &session.id)]))
        } } }
        h2 { (words.text("people-account")) }
        (button(asked, &format!("{here}/{door}"), &proof, label, &[]))
        @if open { (button(asked, &format!("{here}/link"), &proof, "people-send-link", &[])) }
        p { a href=(format!("{}&person={}", asked.link("/administration/trail"), id.0)) { (words.text("trail-title")) } }
    };
    Ok(answer(app, asked, status, &person.name, &proof, &body))
}

/// Back to the person's page, or the page with what went wrong.
async fn after(app: &App, asked: &Asked, who: &Who, id: &PersonId, done: Result<(), PeopleError>) -> Answered {
    match done {
        Ok(()) => Ok(go(asked, &format!("/administration/people/{}", id.0))),
        Err(error) => match wrong(&error) {
            Some(key) => person_page(app, asked, who, id, StatusCode::UNPROCESSABLE_ENTITY, Some(key)).await,
            None => Err(ours(asked)),
        },
    }
}

/// What an administrator changes about a person.
enum Change {
    Give,
    End,
    Disable,
    Enable,
    Link,
    EndSession,
}

async fn change(people: &People, who: &Who, id: &PersonId, change: Change, sent: &Sent) -> Result<(), PeopleError> {
    let by = who.actor.person.as_ref();
    let no_role = || PeopleError::NoSuchThing { what: "role", id: String::new() };
    match change {
        Change::Give => people.hold(by, id, &holding(sent).ok_or_else(no_role)?, who.now).await,
        Change::End => {
            let role = Role::of_key(sent.field("role")).ok_or_else(no_role)?;
            let state = sent.field("state").parse::<Iso3>().ok();
            // Today is the first day without it.
            let last = who.today.yesterday().unwrap_or(who.today);
            people.end_holding(by, id, role, state, last, who.now).await.map(drop)
        }
        Change::EndSession => people.revoke(by, id, sent.field("session"), who.now).await,
        Change::Disable => people.disable(by, id, who.now).await,
        Change::Enable => people.enable(by, id, who.now).await,
        Change::Link => {
            let purpose = if people.person(id).await?.password { Purpose::PasswordReset } else { Purpose::Invitation };
            people.mail_link(id, purpose, who.now).await
        }
    }
}

async fn changed(app: &App, asked: &Asked, who: &Who, id: String, what: Change, sent: &Sent) -> Answered {
    let people = people(app, asked)?;
    let id = PersonId(id);
    let done = change(people, who, &id, what, sent).await;
    after(app, asked, who, &id, done).await
}

type Changes = Granted<Administer, PersonSubject>;

/// An address for each change, with the right that it needs.
macro_rules! changes {
    ($($address:ident: $right:ty => $change:ident;)+) => {$(
        pub(crate) async fn $address(
            granted: $right,
            State(app): State<App>,
            Path(id): Path<String>,
            asked: Asked,
            sent: Sent,
        ) -> Answered {
            changed(&app, &asked, granted.who(), id, Change::$change, &sent).await
        }
    )+};
}

changes! {
    give: Changes => Give;
    end: Changes => End;
    disable: Changes => Disable;
    enable: Changes => Enable;
    link: Granted<Invite, Invitation> => Link;
    end_session: Granted<Revoke, Session> => EndSession;
}
