//! `/administration/trail`: who did or read what.

use axum::extract::State;
use axum::http::StatusCode;
use desk::rights::subject::AuditTrail;
use desk::rights::verb::Audit;
use maud::html;
use people::{PersonId, TrailFilter};

use super::minute;
use crate::app::App;
use crate::asked::Asked;
use crate::door::{ours, people};
use crate::forms::{Answered, Proof, answer};
use crate::page::table;
use crate::routes::Granted;

const HEADS: [&str; 5] = ["trail-at", "trail-who", "trail-verb", "trail-subject", "trail-outcome"];

pub(crate) async fn list(granted: Granted<Audit, AuditTrail>, State(app): State<App>, asked: Asked) -> Answered {
    let people = people(&app, &asked)?;
    let filter = TrailFilter {
        person: asked.query.person.clone().map(PersonId),
        before: asked.query.before,
        ..TrailFilter::default()
    };
    let entries = people.trail(&filter).await.map_err(|_| ours(&asked))?;
    let (words, proof) = (asked.words, Proof::of(granted.who()));
    let body = html! {
        h1 { (words.text("trail-title")) }
        p.lead { (words.text("trail-lead")) }
        (table(words, &HEADS, &html! { @for entry in &entries { tr {
                td { (minute(entry.entry.at)) }
                td {
                    @if let Some(person) = &entry.entry.actor {
                        a href=(asked.link(&format!("/administration/people/{}", person.0))) { code.act { (person.0) } }
                    } @else { "–" }
                }
                td { code { (entry.entry.verb) } }
                td { code { (entry.entry.subject) } }
                td { (words.text(&format!("outcome-{}", entry.entry.outcome.key()))) }
            } } }))
        @if let Some(last) = entries.last().filter(|last| last.position > 1) {
            @let person = filter.person.as_ref().map(|person| format!("&person={}", person.0)).unwrap_or_default();
            p { a href=(format!("{}&before={}{person}", asked.link("/administration/trail"), last.position)) { (words.text("trail-earlier")) } }
        }
    };
    Ok(answer(&app, &asked, StatusCode::OK, &words.text("trail-title"), &proof, &body))
}
