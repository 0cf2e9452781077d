//! `/`: how does the Convention stand?

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use desk::deadlines::{Deadlines, deadlines};
use desk::rights::{subject::RegisterFacts, verb::See};
use desk::status::{WorldView, duty_key, world_view};
use desk::{Date, Value};
use maud::{Markup, html};

use crate::app::App;
use crate::asked::Asked;
use crate::map;
use crate::page::{as_of_form, page};
use crate::routes::Granted;

/// How many of the next deadlines stand on the front page.
const NEXT: usize = 8;

pub(crate) async fn html(_: Granted<See, RegisterFacts>, State(app): State<App>, asked: Asked) -> Response {
    asked.page(&app, || {
        let world = world_view(&app.store.register, asked.words, asked.on);
        let due = deadlines(&app.store.register, asked.words, asked.on);
        let title = asked.words.text("home-title");
        page(&asked, &title, "/index.json", &body(&app, &asked, &world, &due))
    })
}

pub(crate) async fn json(_: Granted<See, RegisterFacts>, State(app): State<App>, asked: Asked) -> Response {
    asked.json(&app, &world_view(&app.store.register, asked.words, asked.on))
}

fn body(app: &App, asked: &Asked, view: &WorldView, due: &Deadlines) -> Markup {
    let (words, world) = (asked.words, &view.world);
    let sentence = [
        ("count", Value::from(world.in_force)),
        ("states", Value::from(world.states)),
        ("date", Value::from(asked.on)),
    ];
    let figures = [
        ("count-deposited", world.deposited),
        ("count-in-force", world.in_force),
        ("count-staying", world.staying),
        ("count-signed-not-bound", world.signed_not_bound.len()),
        ("standing-withdrawn", world.withdrawn),
        ("count-neither", world.neither),
    ];
    html! {
        h1 { (words.with("home-sentence", &sentence)) }
        p.lead { (words.text("app-purpose")) }
        (as_of_form(asked))
        (map::world(asked, &view.by_state))
        h2 { (words.with("home-figures", &[("date", Value::from(asked.on))])) }
        dl.figures { @for (key, count) in figures { div { dt { (words.text(key)) } dd { (words.count(count)) } } } }
        @for open in &world.date_not_known {
            p.note { (words.with("deposit-day-not-known", &[("state", Value::State(open.state)), ("date", Value::Date(open.deposited_on))])) }
        }
        h2 { (words.text("home-next")) }
        @if due.due_within_a_year.is_empty() { p { (words.text("home-nothing-due")) } }
        (next(asked, due))
        p { (words.with("home-overdue", &[("count", Value::from(due.overdue.len())), ("unknown", Value::from(due.unknown))])) }
        p.small { (words.with("home-journal", &[("acts", Value::from(app.size()))])) }
    }
}

/// Nearly every State owes its annual report on the same day: that is one line, and the other duties are the news.
fn next(asked: &Asked, due: &Deadlines) -> Markup {
    let words = asked.words;
    let mut annual: BTreeMap<Date, usize> = BTreeMap::new();
    let mut lines: Vec<(Date, Markup)> = Vec::new();
    for line in &due.due_within_a_year {
        let Some(day) = line.obligation.due else { continue };
        if line.obligation.article == "7(2)" {
            *annual.entry(day).or_default() += 1;
        } else {
            let link = asked.link(&format!("/states/{}", line.state_code));
            let duty = words.text(duty_key(&line.obligation.article));
            lines.push((day, html! { (words.date(day.into())) " · " a href=(link) { (line.name) } " · " (duty) }));
        }
    }
    lines.truncate(NEXT);
    lines.extend(annual.into_iter().map(|(day, count)| {
        let values = [("date", Value::from(day)), ("count", Value::from(count))];
        (day, html! { (words.with("home-annual-reports", &values)) })
    }));
    lines.sort_by_key(|(day, _)| *day);
    html! { ul.next { @for (_, line) in &lines { li { (line) } } } }
}
