//! `/privacy`: what the public is shown of people and of mined areas, by which rule, and what that cannot prevent.

use axum::extract::State;
use axum::response::Response;
use desk::disclosure::DisclosureRule;
use desk::generalise::{CELL_DEGREES, CELL_LEVELS, MINIMUM_AREAS};
use desk::rights::subject::Program;
use desk::rights::verb::See;
use desk::{Value, Words};
use maud::{Markup, html};
use serde::Serialize;

use crate::app::App;
use crate::asked::Asked;
use crate::page::page;
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
    asked.page(&app, || page(&asked, &asked.words.text("privacy-title"), "/privacy.json", &body(asked.words)))
}

pub(crate) async fn json(_: Granted<See, Program>, State(app): State<App>, asked: Asked) -> Response {
    let areas = Areas {
        dates: "ends of years",
        cell_degrees: CELL_DEGREES,
        cell_doublings: CELL_LEVELS,
        minimum_count: MINIMUM_AREAS,
    };
    let rules = Rules { casualties: DisclosureRule::default(), zeros: "shown", areas, sources: SOURCES };
    asked.json(&app, &rules)
}

fn body(words: &Words) -> Markup {
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
        // How long each kind of personal data is kept belongs here, from the table of retention, where there is one.
        section id="kept" {
            h2 { (words.text("privacy-heading-kept")) }
            p { (words.text("privacy-kept-journal")) }
            p { (words.text("privacy-kept-people")) }
        }
    }
}
