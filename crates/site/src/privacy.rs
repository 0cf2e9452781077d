//! `/privacy`: what the public is shown of people and of mined areas, by which rule, and what that cannot prevent.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use desk::disclosure::DisclosureRule;
use desk::generalise::{CELL_DEGREES, CELL_LEVELS, MINIMUM_AREAS};
use desk::rights::subject::Program;
use desk::rights::verb::See;
use desk::{Value, Words};
use maud::{Markup, html};
use people::Retention;
use serde::Serialize;

use crate::app::App;
use crate::asked::Asked;
use crate::error::Problem;
use crate::page::{page, table};
use crate::routes::Granted;

/// Where the threshold rule is written down: titles are as their publishers have them.
const SOURCES: [(&str, &str); 2] = [
    (
        "UNECE and Eurostat, Glossary of Statistical Disclosure Control (2005), “threshold rule”",
        "https://stats.oecd.org/glossary/detail.asp?ID=7010",
    ),
    (
        "Handbook on Statistical Disclosure Control, chapters 4 and 5",
        "https://sdctools.github.io/HandbookSDC/05-frequency-tables.html",
    ),
];

/// The rules as data.
#[derive(Serialize)]
struct Rules {
    casualties: DisclosureRule,
    /// Zeros are shown.
    zeros: &'static str,
    areas: Areas,
    /// How long each kind of personal data is kept.
    kept: Vec<Retention>,
    sources: [(&'static str, &'static str); 2],
}

#[derive(Serialize)]
struct Areas {
    dates: &'static str,
    cell_degrees: f64,
    cell_doublings: u32,
    minimum_count: usize,
}

pub(crate) async fn html(_: Granted<See, Program>, State(app): State<App>, asked: Asked) -> Response {
    let Ok(kept) = people::retention() else { return Problem::ours(asked.words).into_response() };
    asked.page(&app, || page(&asked, &asked.words.text("privacy-title"), "/privacy.json", &body(asked.words, &kept)))
}

pub(crate) async fn json(_: Granted<See, Program>, State(app): State<App>, asked: Asked) -> Response {
    let areas = Areas {
        dates: "ends of years",
        cell_degrees: CELL_DEGREES,
        cell_doublings: CELL_LEVELS,
        minimum_count: MINIMUM_AREAS,
    };
    let Ok(kept) = people::retention() else { return Problem::ours(asked.words).into_response() };
    let rules = Rules { casualties: DisclosureRule::default(), zeros: "shown", areas, kept, sources: SOURCES };
    asked.json(&app, &rules)
}

fn body(words: &Words, kept: &[Retention]) -> Markup {
    let rule = DisclosureRule::default();
    let people = [("count", Value::from(rule.minimum_count)), ("width", Value::from(rule.minimum_width))];
    let areas = [("count", Value::from(MINIMUM_AREAS))];
    html! {
        h1 { (words.text("privacy-title")) }
        p.lead { (words.text("privacy-lead")) }
        section id="people" {
            h2 { (words.text("privacy-heading-people")) }
            @for key in ["privacy-small", "privacy-zero", "privacy-versions", "privacy-file", "privacy-texts"] {
                p { (words.with(key, &people)) }
            }
            p { (words.text("privacy-source")) }
            ul lang="en" dir="ltr" {
                @for (title, address) in SOURCES {
                    li { a href=(address) rel="noreferrer" { (title) } }
                }
            }
        }
        section id="areas" {
            h2 { (words.text("privacy-heading-areas")) }
            ul {
                @for key in ["privacy-areas-time", "privacy-areas-place", "privacy-areas-number", "privacy-areas-area", "privacy-areas-hidden"] {
                    li { (words.with(key, &areas)) }
                }
            }
        }
        section id="remains" {
            h2 { (words.text("privacy-heading-remains")) }
            ul {
                @for key in ["privacy-remains-knowledge", "privacy-remains-published", "privacy-remains-deliveries"] {
                    li { (words.text(key)) }
                }
            }
        }
        section id="kept" {
            h2 { (words.text("privacy-heading-kept")) }
            p { (words.text("privacy-kept-journal")) }
            p { (words.text("privacy-kept-people")) }
            (kept_table(words, kept))
            p { (words.text("kept-daily")) }
        }
    }
}

/// How long each kind is kept, by the very table that the sweep goes by.
fn kept_table(words: &Words, kept: &[Retention]) -> Markup {
    let rows = html! {
        @for rule in kept { tr {
            th scope="row" { (words.text(&format!("kept-{}", rule.kind))) }
            td data-label=(words.text("kept-how-long")) { (words.with("kept-days", &[("days", Value::from(rule.kept_for_days))])) }
            td { (words.text(&format!("kept-{}-why", rule.kind))) }
        } }
    };
    table(words, &["kept-what", "kept-how-long", "kept-from-when"], &rows)
}

#[cfg(test)]
mod tests {
    use desk::Lang;

    use super::*;

    #[test]
    fn every_kind_that_is_kept_is_told_in_every_language_as_the_table_has_it() {
        let kept = people::retention().unwrap();
        for lang in Lang::ALL {
            let words = Words::of(lang);
            let page = body(words, &kept).into_string();
            for rule in &kept {
                for key in [format!("kept-{}", rule.kind), format!("kept-{}-why", rule.kind)] {
                    let says = words.text(&key);
                    assert!(!says.contains("kept-") && page.contains(&says), "{}: {key}", lang.code());
                }
                let days = words.with("kept-days", &[("days", Value::from(rule.kept_for_days))]);
                assert!(page.contains(&days), "{}: {days}", lang.code());
            }
        }
        for rule in &kept {
            assert_eq!(Words::of(Lang::En).text(&format!("kept-{}-why", rule.kind)), rule.reason);
        }
    }
}
