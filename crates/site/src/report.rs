//! `/reports/{iso3}/{year}`: what did the State say, and does it add up?

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::report::{ReportView, Which, lodged};
use desk::report_form::SectionKey;
use desk::rights::subject::{Report, ReportFile};
use desk::rights::verb::{Export, See};
use desk::{ReportKind, Value, store};
use maud::{Markup, html};

use crate::app::App;
use crate::asked::{Asked, form};
use crate::chart::{Bar, rows};
use crate::error::Problem;
use crate::page::page;
use crate::report_sections;
use crate::routes::Granted;

pub(crate) async fn one(
    _: Granted<See, Report>,
    State(app): State<App>,
    Path((state, year)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    let (year, json) = form(&year);
    let view = match find(&app, &state, year, &asked).await {
        Ok(view) => view,
        Err(problem) => return problem.into_response(),
    };
    if json {
        return asked.json(&app, &view);
    }
    let json = format!("/reports/{}/{}.json", view.report.state, view.report.calendar_year);
    asked.page(&app, || page(&asked, &title(&asked, &view), &json, &body(&asked, &view)))
}

/// The receipt's file, byte for byte.
pub(crate) async fn receipt(
    _: Granted<Export, ReportFile>,
    State(app): State<App>,
    Path((state, year)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    match find(&app, &state, &year, &asked).await {
        Ok(view) => download(view.receipt.to_json().into_bytes(), &format!("{state}-{year}.receipt.json")),
        Err(problem) => problem.into_response(),
    }
}

/// The report's file, byte for byte as lodged.
pub(crate) async fn file(
    _: Granted<Export, ReportFile>,
    State(app): State<App>,
    Path((state, year)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    match find(&app, &state, &year, &asked).await {
        Ok(view) => download(view.file, &format!("{state}-{year}.lodged.json")),
        Err(problem) => problem.into_response(),
    }
}

fn download(bytes: Vec<u8>, name: &str) -> Response {
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

async fn find(app: &App, state: &str, year: &str, asked: &Asked) -> Result<ReportView, Problem> {
    let words = asked.words;
    let missing = || Problem::missing(words, "problem-no-report", &format!("{state} {year}"));
    let state = store::state(&app.store.register, state).map_err(|error| Problem::from_desk(words, &error))?;
    let year = year.parse().map_err(|_| missing())?;
    let kinds = [ReportKind::Initial, ReportKind::Annual, ReportKind::Voluntary];
    let kind = asked
        .query
        .kind
        .as_deref()
        .map(|given| kinds.into_iter().find(|kind| kind.as_str() == given).ok_or_else(missing));
    let version = asked.query.version.as_deref().map(|given| given.parse().map_err(|_| missing()));
    let which = Which { kind: kind.transpose()?, version: version.transpose()? };
    let found = lodged(&app.store, state, year, which, asked.today, words).await;
    found.map_err(|error| Problem::from_desk(words, &error))
}

fn title(asked: &Asked, view: &ReportView) -> String {
    let report = &view.report;
    let values = [
        ("state", Value::State(report.state)),
        ("year", Value::from(report.calendar_year)),
        ("version", Value::from(report.version)),
    ];
    asked.words.with("report-of", &values)
}

fn body(asked: &Asked, view: &ReportView) -> Markup {
    let words = asked.words;
    let report = &view.report;
    let lodged = [
        ("date", Value::Date(view.lodged_on)),
        ("version", Value::from(report.version)),
        ("count", Value::from(view.findings.len())),
    ];
    let here = format!("/reports/{}/{}", report.state, report.calendar_year);
    // This very version, whatever replaces it later.
    let this = format!("kind={}&version={}", report.kind.as_str(), report.version);
    html! {
        h1 { (title(asked, view)) }
        @if view.invented { p.note { (words.text("state-is-invented")) } }
        p.lead { (words.with("report-sentence", &lodged)) }
        @if view.current_version != report.version {
            p.note {
                a href=(format!("{}&kind={}", asked.link(&here), report.kind.as_str())) {
                    (words.with("report-superseded", &[("version", Value::from(view.current_version))]))
                }
            }
        }
        p.small {
            (words.with("report-period", &[("from", Value::from(report.period.from)), ("to", Value::from(report.period.to))]))
            @if let Some(contact) = &report.contact_authority {
                " · " (words.with("report-contact", &[("authority", Value::from(contact.as_str()))]))
            }
        }
        (released(asked, view))
        h2 { (words.text("heading-findings")) }
        @if view.findings.is_empty() { p { (words.text("no-findings")) } }
        ul.findings {
            @for finding in &view.findings {
                li class=(finding.severity.key()) {
                    strong { (words.text(finding.severity.key())) } " " code { (finding.place) } br;
                    (finding.says) " " (finding.remedy)
                }
            }
        }
        h2 { (words.text("heading-report")) }
        p.facets {
            @let guide = asked.query.lettering.as_deref() == Some("guide");
            a href=(format!("{}&{this}", asked.link(&here))) aria-current=[(!guide).then_some("true")] { (words.text("lettering-classic")) }
            a href=(format!("{}&{this}&lettering=guide", asked.link(&here))) aria-current=[guide.then_some("true")] { (words.text("lettering-guide")) }
        }
        @for section in sections(asked) { (report_sections::section(words, view, section, letter(asked, view, section))) }
        h2 { (words.text("heading-drawn-from")) }
        @if report.drawn_from.is_empty() { p { (words.text("drawn-from-nothing")) } }
        ul { @for file in &report.drawn_from { li { (report_sections::drawn_from(words, file)) } } }
        h2 { (words.text("heading-receipt")) }
        (receipt_of(asked, view, &here, &this))
    }
}

fn sections(asked: &Asked) -> Vec<SectionKey> {
    if asked.query.lettering.as_deref() == Some("guide") {
        desk::Lettering::Guide2015.ordered()
    } else {
        desk::Lettering::Classic.ordered()
    }
}

fn letter(asked: &Asked, view: &ReportView, section: SectionKey) -> Option<char> {
    let letters = view.letters.iter().find(|letters| letters.section == section)?;
    if asked.query.lettering.as_deref() == Some("guide") { letters.guide_2015 } else { letters.classic }
}

fn released(asked: &Asked, view: &ReportView) -> Markup {
    let words = asked.words;
    let Some(areas) = view.report.sections.mined_areas.given() else { return html! {} };
    let total = &areas.total_released;
    let bars: Vec<Bar> = [
        ("figure-cleared", total.cleared_m2),
        ("figure-reduced", total.reduced_m2),
        ("figure-cancelled", total.cancelled_m2),
    ]
    .into_iter()
    .filter_map(|(key, area)| {
        let value = area.known()?;
        Some(Bar { label: words.text(key), value, words: words.area(value) })
    })
    .collect();
    html! { @if !bars.is_empty() { (rows(&words.text("chart-released"), &bars)) } }
}

fn receipt_of(asked: &Asked, view: &ReportView, here: &str, this: &str) -> Markup {
    let words = asked.words;
    let receipt = &view.receipt;
    let where_ = [("index", Value::from(receipt.index)), ("size", Value::from(receipt.tree_size))];
    html! {
        p { (words.with("receipt-sentence", &where_)) }
        dl.receipt dir="ltr" {
            dt { "SHA-256" } dd { code { (view.report_sha256) } }
            dt { (words.text("column-act")) } dd { code { (view.act) } }
            dt { (words.text("footer-key")) } dd { code { (receipt.key) } }
        }
        p {
            a href=(format!("{here}/file?{this}")) { (words.text("download-report")) } " · "
            a href=(format!("{here}/receipt?{this}")) { (words.text("download-receipt")) }
        }
        p { (words.text("receipt-how")) }
        pre dir="ltr" { "mineban verify " (view.report.state) "-" (view.report.calendar_year) ".receipt.json " (view.report.state) "-" (view.report.calendar_year) ".lodged.json --key '" (receipt.key) "'" }
        details { summary { (words.text("receipt-checkpoint")) } pre dir="ltr" { (receipt.checkpoint) } }
    }
}
