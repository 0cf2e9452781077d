//! `/administration/…`: people and their roles, invitations, jobs, the audit trail.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use desk::rights::subject::{AuditTrail, Invitation, Job as JobSubject, Person as PersonSubject, Session};
use desk::rights::verb::{Administer, Audit, Invite, List, Revoke, See};
use desk::{Date, Iso3, Timestamp, Value, utc_date};
use maud::{Markup, html};
use people::{
    Holding, JobFilter, JobId, JobState, NewPerson, People, PeopleError, Person, PersonId, Purpose, Role, TrailFilter,
};

use crate::account::roles;
use crate::app::App;
use crate::asked::Asked;
use crate::door::{people, problem};
use crate::error::Problem;
use crate::forms::{Proof, answer, button, field, form, go};
use crate::routes::Granted;
use crate::sent::Sent;
use crate::who::Who;

fn ours(asked: &Asked) -> Response {
    Problem::ours(asked.words).into_response()
}

/// What went wrong with what an administrator asked for, as a key of the words; `None` for what is ours.
fn wrong(error: &PeopleError) -> Option<&'static str> {
    Some(match error {
        PeopleError::EmailTaken(_) => "people-email-taken",
        PeopleError::NotAnEmail(_) => "people-no-email",
        PeopleError::NoName => "people-no-name",
        PeopleError::StateNeeded(_) => "people-state-needed",
        PeopleError::EndsBeforeItBegins => "people-backwards",
        PeopleError::OwnRole => "people-own-role",
        PeopleError::LastAdministrator(_) => "people-last-administrator",
        PeopleError::NoSuchThing { .. } | PeopleError::NoSuchPerson(_) | PeopleError::NoSuchOrganisation(_) => {
            "problem-no-such-thing"
        }
        _ => return None,
    })
}

pub(crate) async fn list(granted: Granted<List, PersonSubject>, State(app): State<App>, asked: Asked) -> Response {
    listed(&app, &asked, granted.who(), StatusCode::OK, None, None).await
}

async fn listed(
    app: &App,
    asked: &Asked,
    who: &Who,
    status: StatusCode,
    wrong: Option<&str>,
    link: Option<&str>,
) -> Response {
    let people = match people(app, asked) {
        Ok(people) => people,
        Err(none) => return none,
    };
    let Ok(everybody) = people.everybody().await else { return ours(asked) };
    let (words, proof) = (asked.words, Proof::of(who));
    let body = html! {
        h1 { (words.with("people-count", &[("count", Value::from(everybody.len()))])) }
        (problem(wrong.map(|key| words.text(key))))
        @if let Some(link) = link {
            p.note { (words.text("invitation-made")) }
            pre.secret dir="ltr" { (link) }
        }
        details open[wrong.is_some()] { summary { (words.text("people-invite")) } (invitation_form(asked, who, &proof)) }
        div.wide {
            table.stack {
                thead { tr {
                    @for key in ["people-name", "sign-in-email", "account-roles", "people-seen", "factor-title"] { th scope="col" { (words.text(key)) } }
                } }
                tbody { @for person in &everybody { (row(asked, person)) } }
            }
        }
    };
    answer(app, asked, status, &words.text("people-title"), &proof, &body)
}

fn row(asked: &Asked, person: &Person) -> Markup {
    let words = asked.words;
    html! {
        tr {
            th scope="row" {
                a href=(asked.link(&format!("/administration/people/{}", person.id.0))) { (person.name) }
                @if person.disabled_at.is_some() { " " span.tag { (words.text("people-shut-out")) } }
            }
            td { bdi { (person.email) } }
            td {
                @for held in &person.holdings {
                    (words.text(&format!("role-{}", held.role.key())))
                    @if let Some(state) = held.state { " " code { (state) } }
                    br;
                }
            }
            td data-label=(words.text("people-seen")) { @if let Some(seen) = person.seen_at { (words.date(utc_date(seen).into())) } @else { "–" } }
            td data-label=(words.text("factor-title")) { (words.text(if person.second_factor { "word-yes" } else { "word-no" })) }
        }
    }
}

fn invitation_form(asked: &Asked, who: &Who, proof: &Proof) -> Markup {
    let words = asked.words;
    let fields = html! {
        (field(&words.text("people-name"), "name", "text", "", "off"))
        (field(&words.text("sign-in-email"), "email", "email", "", "off"))
        (holding_fields(asked, who.today))
    };
    form(asked, "/administration/people", proof, "people-invite", &fields)
}

fn holding_fields(asked: &Asked, today: Date) -> Markup {
    let words = asked.words;
    html! {
        p.field {
            label for="role" { (words.text("people-role")) }
            select id="role" name="role" {
                @for role in Role::ALL { option value=(role.key()) { (words.text(&format!("role-{}", role.key()))) } }
            }
        }
        p.field {
            label for="state" { (words.text("people-of-state")) }
            input id="state" name="state" type="text" dir="ltr" maxlength="3" placeholder="COL" autocomplete="off";
        }
        (field(&words.text("people-from"), "from", "date", &today.to_string(), "off"))
        p.field {
            label for="to" { (words.text("people-to")) }
            input id="to" name="to" type="date";
        }
    }
}

/// The role that a form names; `None` where it is none.
fn holding(sent: &Sent) -> Option<Holding> {
    let state = match sent.field("state").trim() {
        "" => None,
        code => Some(code.parse::<Iso3>().ok()?),
    };
    let to = match sent.field("to") {
        "" => None,
        day => Some(day.parse().ok()?),
    };
    Some(Holding { role: Role::of_key(sent.field("role"))?, state, from: sent.field("from").parse().ok()?, to })
}

/// Enters somebody and invites them: by letter, and by a link shown this once for whoever has no mail.
pub(crate) async fn invite(
    granted: Granted<Invite, Invitation>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Response {
    let (people, who) = match people(&app, &asked) {
        Ok(people) => (people, granted.who()),
        Err(none) => return none,
    };
    let Some(holding) = holding(&sent) else {
        return listed(&app, &asked, who, StatusCode::UNPROCESSABLE_ENTITY, Some("people-role-wrong"), None).await;
    };
    let new = NewPerson {
        name: sent.field("name").to_owned(),
        email: sent.field("email").to_owned(),
        organisation: None,
        holdings: vec![holding],
        language: asked.words.lang().code().to_owned(),
    };
    match people.invite(who.actor.person.as_ref(), &new, who.now).await {
        Ok(invitation) => {
            // A letter that cannot be queued is no failure: the link stands here.
            let _ = people.mail_link(&invitation.person, Purpose::Invitation, who.now).await;
            let link = format!("{}/invitations/{}", app.settings.address, invitation.token.reveal());
            listed(&app, &asked, who, StatusCode::OK, None, Some(&link)).await
        }
        Err(error) => match wrong(&error) {
            Some(key) => listed(&app, &asked, who, StatusCode::UNPROCESSABLE_ENTITY, Some(key), None).await,
            None => ours(&asked),
        },
    }
}

pub(crate) async fn one(
    granted: Granted<See, PersonSubject>,
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Asked,
) -> Response {
    person_page(&app, &asked, granted.who(), &PersonId(id), StatusCode::OK, None).await
}

async fn person_page(
    app: &App,
    asked: &Asked,
    who: &Who,
    id: &PersonId,
    status: StatusCode,
    wrong: Option<&str>,
) -> Response {
    let people = match people(app, asked) {
        Ok(people) => people,
        Err(none) => return none,
    };
    let (person, sessions) = match (people.person(id).await, people.sessions_of(id, who.now).await) {
        (Ok(person), Ok(sessions)) => (person, sessions),
        (Err(PeopleError::NoSuchPerson(_)), _) => {
            return Problem::said(StatusCode::NOT_FOUND, asked.words, "problem-no-such-thing").into_response();
        }
        _ => return ours(asked),
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
    answer(app, asked, status, &person.name, &proof, &body)
}

/// Back to the person's page, or the page with what went wrong.
async fn after(app: &App, asked: &Asked, who: &Who, id: &PersonId, done: Result<(), PeopleError>) -> Response {
    match done {
        Ok(()) => go(asked, &format!("/administration/people/{}", id.0)),
        Err(error) => match wrong(&error) {
            Some(key) => person_page(app, asked, who, id, StatusCode::UNPROCESSABLE_ENTITY, Some(key)).await,
            None => ours(asked),
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
        Change::Disable => people.disable(by, id, who.now).await,
        Change::Enable => people.enable(by, id, who.now).await,
        Change::Link => {
            let purpose = if people.person(id).await?.password { Purpose::PasswordReset } else { Purpose::Invitation };
            people.mail_link(id, purpose, who.now).await
        }
    }
}

async fn changed(app: &App, asked: &Asked, who: &Who, id: String, what: Change, sent: &Sent) -> Response {
    let people = match people(app, asked) {
        Ok(people) => people,
        Err(none) => return none,
    };
    let id = PersonId(id);
    let done = change(people, who, &id, what, sent).await;
    after(app, asked, who, &id, done).await
}

type Changes = Granted<Administer, PersonSubject>;

pub(crate) async fn give(
    g: Changes,
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Response {
    changed(&app, &asked, g.who(), id, Change::Give, &sent).await
}

pub(crate) async fn end(
    g: Changes,
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Response {
    changed(&app, &asked, g.who(), id, Change::End, &sent).await
}

pub(crate) async fn disable(
    g: Changes,
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Response {
    changed(&app, &asked, g.who(), id, Change::Disable, &sent).await
}

pub(crate) async fn enable(
    g: Changes,
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Response {
    changed(&app, &asked, g.who(), id, Change::Enable, &sent).await
}

pub(crate) async fn link(
    g: Granted<Invite, Invitation>,
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Response {
    changed(&app, &asked, g.who(), id, Change::Link, &sent).await
}

pub(crate) async fn end_session(
    granted: Granted<Revoke, Session>,
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Response {
    let (people, who, id) = match people(&app, &asked) {
        Ok(people) => (people, granted.who(), PersonId(id)),
        Err(none) => return none,
    };
    let done = people.revoke(who.actor.person.as_ref(), &id, sent.field("session"), who.now).await;
    after(&app, &asked, who, &id, done).await
}

pub(crate) async fn jobs(granted: Granted<List, JobSubject>, State(app): State<App>, asked: Asked) -> Response {
    let people = match people(&app, &asked) {
        Ok(people) => people,
        Err(none) => return none,
    };
    let (jobs, counts) = (people.jobs(&JobFilter::default()).await, people.count_jobs().await);
    let (Ok(jobs), Ok(counts)) = (jobs, counts) else { return ours(&asked) };
    let (words, proof) = (asked.words, Proof::of(granted.who()));
    let state = |state: JobState| words.text(&format!("job-{}", state.key()));
    let body = html! {
        h1 { (words.text("jobs-title")) }
        dl.figures { @for (of, count) in counts { div { dt { (state(of)) } dd { (words.count(count)) } } } }
        @if jobs.is_empty() { p { (words.text("jobs-none")) } } @else {
            div.wide { table.stack {
                thead { tr { @for key in ["job-kind", "job-state", "job-tries", "job-due", "job-error"] { th scope="col" { (words.text(key)) } } } }
                tbody { @for job in &jobs { tr {
                    th scope="row" { code { (job.kind) } }
                    td {
                        (state(job.state)) " "
                        @if matches!(job.state, JobState::Failed | JobState::Waiting) {
                            (button(&asked, "/administration/jobs", &proof, "job-again", &[("job", &job.id.0)]))
                        }
                    }
                    td.figure data-label=(words.text("job-tries")) { (words.count(job.tries)) }
                    td data-label=(words.text("job-due")) { (minute(job.due)) }
                    td { @if let Some(error) = &job.error { (error) } }
                } } }
            } }
        }
    };
    answer(&app, &asked, StatusCode::OK, &words.text("jobs-title"), &proof, &body)
}

pub(crate) async fn retry(
    granted: Granted<Administer, JobSubject>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Response {
    let people = match people(&app, &asked) {
        Ok(people) => people,
        Err(none) => return none,
    };
    match people.retry_job(&JobId(sent.field("job").to_owned()), granted.who().now).await {
        Ok(()) => go(&asked, "/administration/jobs"),
        Err(PeopleError::NoSuchThing { .. }) => {
            Problem::said(StatusCode::NOT_FOUND, asked.words, "problem-no-such-thing").into_response()
        }
        Err(_) => ours(&asked),
    }
}

/// To the minute, in UTC, as a list of times is read.
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

pub(crate) async fn trail(granted: Granted<Audit, AuditTrail>, State(app): State<App>, asked: Asked) -> Response {
    let people = match people(&app, &asked) {
        Ok(people) => people,
        Err(none) => return none,
    };
    let filter = TrailFilter {
        person: asked.query.person.clone().map(PersonId),
        before: asked.query.before,
        ..TrailFilter::default()
    };
    let Ok(entries) = people.trail(&filter).await else { return ours(&asked) };
    let (words, proof) = (asked.words, Proof::of(granted.who()));
    let body = html! {
        h1 { (words.text("trail-title")) }
        p.lead { (words.text("trail-lead")) }
        div.wide { table.stack {
            thead { tr { @for key in ["trail-at", "trail-who", "trail-verb", "trail-subject", "trail-outcome"] { th scope="col" { (words.text(key)) } } } }
            tbody { @for entry in &entries { tr {
                td { (minute(entry.entry.at)) }
                td {
                    @if let Some(person) = &entry.entry.actor {
                        a href=(asked.link(&format!("/administration/people/{}", person.0))) { code.act { (person.0) } }
                    } @else { "–" }
                }
                td { code { (entry.entry.verb) } }
                td { code { (entry.entry.subject) } }
                td { (words.text(&format!("outcome-{}", entry.entry.outcome.key()))) }
            } } }
        } }
        @if let Some(last) = entries.last().filter(|last| last.position > 1) {
            @let person = filter.person.as_ref().map(|person| format!("&person={}", person.0)).unwrap_or_default();
            p { a href=(format!("{}&before={}{person}", asked.link("/administration/trail"), last.position)) { (words.text("trail-earlier")) } }
        }
    };
    answer(&app, &asked, StatusCode::OK, &words.text("trail-title"), &proof, &body)
}
