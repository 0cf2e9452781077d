//! `/reports/{iso3}/{year}`: what did the State say, and does it add up?

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use desk::edition::Edition;
use desk::report::{ReportView, Which, lodged};
use desk::report_form::SectionKey;
use desk::rights::subject::{ExactCasualties, Report, ReportFile};
use desk::rights::verb::{Export, See};
use desk::rights::{SubjectType, Tier, VerbType};
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
    granted: Granted<See, Report>,
    State(app): State<App>,
    Path((state, year)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    let (year, json) = form(&year);
    let view = match find(&app, &granted, (&state, year), &asked).await {
        Ok(view) => view,
        Err(problem) => return problem.into_response(),
    };
    let mark = mark(view.edition);
    if json {
        return guarded(view.edition, asked.json_of(&app, mark, &view));
    }
    let json = format!("/reports/{}/{}.json", view.report.state, view.report.calendar_year);
    let answer = asked.page_of(&app, mark, || page(&asked, &title(&asked, &view), &json, &body(&asked, &view)));
    guarded(view.edition, answer)
}

/// The receipt's file, byte for byte.
pub(crate) async fn receipt(
    granted: Granted<Export, ReportFile>,
    State(app): State<App>,
    Path((state, year)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    match find(&app, &granted, (&state, &year), &asked).await {
        Ok(ReportView { receipt: Some(receipt), edition, .. }) => {
            guarded(edition, download(receipt.to_json().into_bytes(), &format!("{state}-{year}.receipt.json")))
        }
        Ok(_) => Problem::missing(asked.words, "problem-no-receipt", &format!("{state} {year}")).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// The report's file: byte for byte as lodged where nothing is held back from the asker, else the public edition.
pub(crate) async fn file(
    granted: Granted<Export, ReportFile>,
    State(app): State<App>,
    Path((state, year)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    match find(&app, &granted, (&state, &year), &asked).await {
        Ok(view) => {
            let kind = if view.withheld.nothing() { "lodged" } else { "public" };
            guarded(view.edition, download(view.file, &format!("{state}-{year}.{kind}.json")))
        }
        Err(problem) => problem.into_response(),
    }
}

/// Which edition the asker gets: the full one by the right to exact counts of casualties of that State, and only when the
/// reading is in the audit trail.
async fn edition_for<V: VerbType, S: SubjectType>(app: &App, granted: &Granted<V, S>) -> Edition {
    let tier = Some(Tier::StateAndSecretariat);
    Edition::of(granted.also::<V, ExactCasualties>(app, tier).await.as_ref())
}

/// The full edition is held by no cache between.
fn guarded(edition: Edition, mut answer: Response) -> Response {
    if edition == Edition::Full {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    answer
}

/// Tells an answer of one edition from that of the other.
fn mark(edition: Edition) -> &'static str {
    match edition {
        Edition::Public => "public",
        Edition::Full => "full",
    }
}

fn download(bytes: Vec<u8>, name: &str) -> Response {
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

async fn find<V: VerbType, S: SubjectType>(
    app: &App,
    granted: &Granted<V, S>,
    (state, year): (&str, &str),
    asked: &Asked,
) -> Result<ReportView, Problem> {
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
    let edition = edition_for(app, granted).await;
    let found = lodged(&app.store, state, year, which, asked.today, edition, words).await;
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
        @if !view.withheld.nothing() { (held_back(asked, view)) }
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
        @if report.drawn_from.is_empty() && view.withheld.files_not_named == 0 { p { (words.text("drawn-from-nothing")) } }
        ul { @for file in &report.drawn_from { li { (report_sections::drawn_from(words, file)) } } }
        @if view.withheld.files_not_named > 0 {
            p.small { (words.with("files-not-named", &[("count", Value::from(view.withheld.files_not_named))])) }
        }
        h2 { (words.text("heading-receipt")) }
        (receipt_of(asked, view, &here, &this))
    }
}

/// That it is the public edition, and why.
fn held_back(asked: &Asked, view: &ReportView) -> Markup {
    let words = asked.words;
    let rule = [("count", Value::from(view.withheld.rule.minimum_count))];
    html! {
        p.note {
            (words.text("edition-public")) " "
            @if !view.withheld.hidden.is_empty() { (words.with("hidden-why", &rule)) " " }
            a href=(asked.link("/privacy")) { (words.text("privacy-link")) }
        }
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
    let (Some(receipt), Some(sha256)) = (&view.receipt, &view.report_sha256) else {
        return html! {
            p { (words.text("receipt-withheld")) }
            p { a href=(format!("{here}/file?{this}")) { (words.text("download-public-edition")) } }
        };
    };
    let where_ = [("index", Value::from(receipt.index)), ("size", Value::from(receipt.tree_size))];
    html! {
        p { (words.with("receipt-sentence", &where_)) }
        dl.receipt dir="ltr" {
            dt { "SHA-256" } dd { code { (sha256) } }
            dt { (words.text("column-act")) } dd { code { (view.act) } }
            dt { (words.text("footer-key")) } dd { code { (receipt.key) } }
        }
        p {
            a href=(format!("{here}/file?{this}")) {
                (words.text(if view.withheld.nothing() { "download-report" } else { "download-public-edition" }))
            } " · "
            a href=(format!("{here}/receipt?{this}")) { (words.text("download-receipt")) }
        }
        p { (words.text(if view.withheld.nothing() { "receipt-how" } else { "receipt-how-public" })) }
        pre dir="ltr" { "mineban verify " (view.report.state) "-" (view.report.calendar_year) ".receipt.json " (view.report.state) "-" (view.report.calendar_year) ".lodged.json --key '" (receipt.key) "'" }
        details { summary { (words.text("receipt-checkpoint")) } pre dir="ltr" { (receipt.checkpoint) } }
    }
}
