//! `/administration/people`: who has an account, and inviting somebody.

use axum::extract::State;
use axum::http::StatusCode;
use desk::rights::subject::{Invitation, Person as PersonSubject};
use desk::rights::verb::{Invite, List};
use desk::{Value, utc_date};
use maud::{Markup, html};
use people::{NewPerson, Person, Purpose};

use super::holding::{holding, holding_fields};
use super::wrong;
use crate::app::App;
use crate::asked::Asked;
use crate::door::{ours, people, problem};
use crate::forms::{Answered, Proof, answer, field, form};
use crate::page::table;
use crate::routes::Granted;
use crate::sent::Sent;
use crate::who::Who;

const HEADS: [&str; 5] = ["people-name", "sign-in-email", "account-roles", "people-seen", "factor-title"];

pub(crate) async fn list(granted: Granted<List, PersonSubject>, State(app): State<App>, asked: Asked) -> Answered {
    listed(&app, &asked, granted.who(), StatusCode::OK, None, None).await
}

async fn listed(
    app: &App,
    asked: &Asked,
    who: &Who,
    status: StatusCode,
    wrong: Option<&str>,
    link: Option<&str>,
) -> Answered {
    let people = people(app, asked)?;
    let everybody = people.everybody().await.map_err(|_| ours(asked))?;
    let (words, proof) = (asked.words, Proof::of(who));
    let body = html! {
        h1 { (words.with("people-count", &[("count", Value::from(everybody.len()))])) }
        (problem(wrong.map(|key| words.text(key))))
        @if let Some(link) = link {
            p.note { (words.text("invitation-made")) }
            pre.secret dir="ltr" { (link) }
        }
        details open[wrong.is_some()] { summary { (words.text("people-invite")) } (invitation_form(asked, who, &proof)) }
        (table(words, &HEADS, &html! { @for person in &everybody { (row(asked, person)) } }))
    };
    Ok(answer(app, asked, status, &words.text("people-title"), &proof, &body))
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

/// Enters somebody and invites them: by letter, and by a link shown this once for whoever has no mail.
pub(crate) async fn invite(
    granted: Granted<Invite, Invitation>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    let (people, who) = (people(&app, &asked)?, granted.who());
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
            None => Err(ours(&asked)),
        },
    }
}
