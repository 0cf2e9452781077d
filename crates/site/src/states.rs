//! `/states` and `/states/{iso3}`: who stands where, and what does this State owe, and why?

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::rights::subject::RegisterFacts;
use desk::rights::verb::{Search, See};
use desk::status::{StateLine, StateView, duty_key, line, state_view, world};
use desk::{Date, Value, Words, store};
use maud::{Markup, html};

use crate::app::App;
use crate::asked::{Asked, form};
use crate::chart::{Bar, columns};
use crate::error::Problem;
use crate::map;
use crate::page::{as_of_form, because, page};
use crate::routes::Granted;

pub(crate) async fn list_html(_: Granted<Search, RegisterFacts>, State(app): State<App>, asked: Asked) -> Response {
    asked.page(&app, || page(&asked, &asked.words.text("nav-states"), "/states.json", &list(&app, &asked)))
}

pub(crate) async fn list_json(_: Granted<Search, RegisterFacts>, State(app): State<App>, asked: Asked) -> Response {
    asked.json(&app, &lines(&app, &asked))
}

fn lines(app: &App, asked: &Asked) -> Vec<StateLine> {
    let register = &app.store.register;
    let mut lines: Vec<StateLine> = register.states().map(|file| line(register, file, asked.words, asked.on)).collect();
    lines.sort_by(|a, b| a.name.cmp(&b.name));
    lines
}

fn list(app: &App, asked: &Asked) -> Markup {
    let words = asked.words;
    let world = world(&app.store.register, asked.on);
    let all = lines(app, asked);
    let wanted = asked.query.standing.as_deref();
    let shown: Vec<&StateLine> =
        all.iter().filter(|line| wanted.is_none_or(|key| map::key(line.standing) == key)).collect();
    let sentence = [
        ("states", Value::from(world.states)),
        ("bound", Value::from(world.in_force)),
        ("others", Value::from(world.states - world.in_force)),
        ("date", Value::from(asked.on)),
    ];
    html! {
        h1 { (words.with("states-sentence", &sentence)) }
        (as_of_form(asked))
        (adherence(app, asked))
        p.facets {
            a href=(asked.link("/states")) aria-current=[wanted.is_none().then_some("true")] {
                (words.text("states-all")) ": " (words.count(world.states))
            }
            @for standing in desk::Standing::ALL {
                @let count = all.iter().filter(|line| line.standing == standing && !line.invented).count();
                @if count > 0 {
                    a href=(format!("{}&standing={}", asked.link("/states"), map::key(standing)))
                        aria-current=[(wanted == Some(map::key(standing))).then_some("true")] {
                        (words.text(standing.key())) ": " (words.count(count))
                    }
                }
            }
        }
        @if shown.is_empty() { p { (words.text("states-none")) } } @else { (table(asked, &shown)) }
    }
}

fn table(asked: &Asked, lines: &[&StateLine]) -> Markup {
    let words = asked.words;
    html! {
        div.wide {
            table {
                thead {
                    tr {
                        th scope="col" { (words.text("column-state")) }
                        th scope="col" { (words.text("column-standing")) }
                        th scope="col" { (words.text("column-deposited")) }
                        th scope="col" { (words.text("column-in-force")) }
                        th.figure scope="col" { (words.text("column-overdue")) }
                    }
                }
                tbody {
                    @for line in lines {
                        tr {
                            th scope="row" {
                                a href=(asked.link(&format!("/states/{}", line.state))) { (line.name) } " " code { (line.state) }
                                @if line.invented { " " span.tag { (words.text("tag-invented")) } }
                            }
                            td { (words.text(line.standing.key())) }
                            td { @if let Some(day) = line.deposited_on { (words.date(day)) } }
                            td { @if let Some(day) = line.entry_into_force { (words.date(day.into())) } }
                            td.figure { (words.count(line.overdue)) }
                        }
                    }
                }
            }
        }
    }
}

/// States bound at the end of each year since entry into force, and on the date asked about.
fn adherence(app: &App, asked: &Asked) -> Markup {
    let words = asked.words;
    let register = &app.store.register;
    let ends = (1999..asked.on.year()).filter_map(|year| Date::new(year, 12, 31).ok());
    let bars: Vec<Bar> = ends
        .chain([asked.on])
        .map(|day| {
            let count = world(register, day).in_force;
            Bar { label: day.year().to_string(), value: count as f64, words: words.count(count) }
        })
        .collect();
    columns(&words.with("chart-adherence", &[("date", Value::from(asked.on))]), &bars, 5, &words.text("chart-table"))
}

pub(crate) async fn one(
    _: Granted<See, RegisterFacts>,
    State(app): State<App>,
    Path(name): Path<String>,
    asked: Asked,
) -> Response {
    let (code, json) = form(&name);
    let register = &app.store.register;
    let found = store::state(register, code);
    let file = match found.as_ref().map(|state| register.state(*state)) {
        Ok(Some(file)) => file,
        Ok(None) => return Problem::missing(asked.words, "problem-no-state", code).into_response(),
        Err(error) => return Problem::from_desk(asked.words, error).into_response(),
    };
    let view = || state_view(register, file, asked.words, asked.on);
    if json {
        return asked.json(&app, &view());
    }
    asked.page(&app, || {
        let view = view();
        page(&asked, &view.name, &format!("/states/{}.json", view.state), &body(&asked, &view))
    })
}

fn body(asked: &Asked, view: &StateView) -> Markup {
    let words = asked.words;
    html! {
        h1 { (view.name) }
        @if view.invented { p.note { (words.text("state-is-invented")) } }
        p.lead { (standing_sentence(view, words)) }
        (because(&view.entry_into_force_because, words))
        (as_of_form(asked))
        @if let Some(withdrawal) = &view.withdrawal {
            p { (words.with("because-withdrawal-notified", &[("date", Value::from(withdrawal.notified))])) }
            (because(&withdrawal.because, words))
        }
        @for claim in &view.claims {
            p.note { (words.with("claim-recorded", &[("claim", Value::from(claim.claim.as_str())), ("date", Value::Date(claim.on))])) }
        }
        p { a href=(asked.link(&format!("/areas/{}", view.state))) { (words.text("areas-link")) } }
        h2 { (words.text("heading-owed")) }
        @if view.obligations.is_empty() { p { (words.text("nothing-owed")) } } @else { (duties(view, words)) }
        h2 { (words.text("heading-reports")) }
        @if view.reports.is_empty() { p { (words.text("no-reports")) } } @else { (reports(asked, view)) }
        h2 { (words.text("heading-acts")) }
        details {
            summary { (words.with("acts-count", &[("count", Value::from(view.acts.len()))])) }
            ul { @for act in &view.acts { li { code.act { (act) } } } }
        }
    }
}

fn standing_sentence(view: &StateView, words: &Words) -> String {
    match view.entry_into_force {
        Some(day) if matches!(view.standing, desk::Standing::Bound | desk::Standing::Withdrawing) => {
            let key = if view.standing == desk::Standing::Bound { "bound-since" } else { "bound-since-withdrawing" };
            words.with(key, &[("date", Value::from(day))])
        }
        _ => words.text(view.standing.key()),
    }
}

fn duties(view: &StateView, words: &Words) -> Markup {
    // The steps that lead to entry into force are the same for every duty and stand above.
    let own = view.entry_into_force_because.len();
    html! {
        div.wide {
            table.stack {
                thead {
                    tr {
                        th scope="col" { (words.text("column-duty")) }
                        th scope="col" { (words.text("column-due")) }
                        th scope="col" { (words.text("column-state-of-duty")) }
                        th scope="col" { (words.text("page-why")) }
                    }
                }
                tbody {
                    @for duty in &view.obligations {
                        tr {
                            th scope="row" {
                                (words.text(duty_key(&duty.article)))
                                @if let Some(year) = duty.calendar_year { " " (year) }
                                br;
                                span.article { (words.with("article-number", &[("article", Value::from(duty.article.as_str()))])) }
                            }
                            td { @if let Some(due) = duty.due { (words.date(due.into())) } @else { (words.text("date-not-known")) } }
                            td { span class=(format!("state {}", duty.state.key())) { (words.text(duty.state.key())) } }
                            td { (because(duty.because.get(own..).unwrap_or_default(), words)) }
                        }
                    }
                }
            }
        }
    }
}

fn reports(asked: &Asked, view: &StateView) -> Markup {
    let words = asked.words;
    html! {
        ul {
            @for report in &view.reports {
                li {
                    @let kind = words.text(&format!("report-kind-{}", report.kind.as_str()));
                    @let what = html! { (kind) @if let Some(year) = report.calendar_year { " " (year) } };
                    @match (report.version, report.calendar_year) {
                        (Some(version), Some(year)) => {
                            a href=(format!("{}&kind={}&version={version}", asked.link(&format!("/reports/{}/{year}", view.state)), report.kind.as_str())) { (what) }
                            ", " (words.with("report-version", &[("version", Value::from(version))]))
                        },
                        _ => (what),
                    }
                    ": " (words.date(report.submitted_on))
                }
            }
        }
    }
}
