//! `/work/{state}/lodge` and `POST /api/reports`: a report file handed in, checked, and lodged.
//!
//! What is sent is read as a report and nothing else: a file that is none is forgotten at once, and one that is lodged is
//! given out as JSON to be saved, never as a page.

use std::path::Path as FilePath;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use desk::check::{CheckView, FindingView, check_report};
use desk::lodge::Lodged;
use desk::report_form::Report as ReportForm;
use desk::rights::Tier;
use desk::rights::subject::{Lodging, Report};
use desk::rights::verb::{Lodge, See};
use desk::{DeskError, Iso3, Value, Words, report_file, store};
use maud::{Markup, html};
use serde_json::json;

use crate::app::App;
use crate::asked::Asked;
use crate::door::problem;
use crate::error::Problem;
use crate::forms::{Proof, answer};
use crate::routes::Granted;
use crate::sent::Sent;
use crate::who::Who;

/// The longest report that is taken over the web, in bytes.
pub(crate) const LONGEST: usize = 8 << 20;

/// The State of the address, if the register has it.
fn state(app: &App, asked: &Asked, given: &str) -> Result<Iso3, Response> {
    store::state(&app.store.register, given).map_err(|error| Problem::from_desk(asked.words, &error).into_response())
}

pub(crate) async fn page(
    granted: Granted<See, Lodging>,
    State(app): State<App>,
    Path(given): Path<String>,
    asked: Asked,
) -> Response {
    match state(&app, &asked, &given) {
        Ok(state) => upload(&app, &asked, granted.who(), state, StatusCode::OK, None),
        Err(missing) => missing,
    }
}

fn upload(app: &App, asked: &Asked, who: &Who, state: Iso3, status: StatusCode, wrong: Option<String>) -> Response {
    let (words, proof) = (asked.words, Proof::of(who));
    let title = words.with("lodge-for", &[("state", Value::State(state))]);
    let body = html! {
        h1 { (title) }
        p.lead { (words.text("lodge-lead")) }
        (problem(wrong))
        form.work method="post" action=(asked.link(&format!("/work/{state}/check"))) enctype="multipart/form-data" {
            (proof.fields())
            p.field {
                label for="file" { (words.text("lodge-file")) }
                input id="file" name="file" type="file" accept=".json,application/json" required;
            }
            button type="submit" { (words.text("lodge-check")) }
        }
        p.small { (words.text("lodge-how")) }
        pre dir="ltr" { "mineban draft " (state) " 2025 … --out " (state) "-2025.json" }
    };
    answer(app, asked, status, &title, &proof, &body)
}

/// Checks what was sent; records nothing.
pub(crate) async fn check(
    granted: Granted<See, Lodging>,
    State(app): State<App>,
    Path(given): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Response {
    match report_for(&app, &asked, granted.who(), &given, &sent) {
        Ok(report) => {
            let may_lodge = granted.may_also::<Lodge, Report>(Some(Tier::Public));
            checked(&app, &asked, granted.who(), &report, may_lodge).await
        }
        Err(answer) => answer,
    }
}

/// Lodges what was sent, if nothing blocks it.
pub(crate) async fn sent(
    granted: Granted<Lodge, Report>,
    State(app): State<App>,
    Path(given): Path<String>,
    asked: Asked,
    sent: Sent,
) -> Response {
    let (who, words) = (granted.who(), asked.words);
    let report = match report_for(&app, &asked, who, &given, &sent) {
        Ok(report) => report,
        Err(answer) => return answer,
    };
    match app.lodge(granted.permit(), report.clone(), who.now, words).await {
        Ok(lodged) => receipt_page(&app, &asked, who, &lodged),
        Err(DeskError::Blocked(_)) => checked(&app, &asked, who, &report, true).await,
        Err(error) => match told(words, &error) {
            Some(says) => upload(&app, &asked, who, report.state, StatusCode::UNPROCESSABLE_ENTITY, Some(says)),
            None => Problem::ours(words).into_response(),
        },
    }
}

/// The report that was sent, of the State of the address; or the page that says what is wrong with it.
fn report_for(app: &App, asked: &Asked, who: &Who, given: &str, sent: &Sent) -> Result<ReportForm, Response> {
    let (words, state) = (asked.words, state(app, asked, given)?);
    let says = match report_of(sent) {
        Ok(report) if report.state == state => return Ok(report),
        Ok(other) => words.with("lodge-other-state", &[("state", Value::State(other.state))]),
        Err(reason) => words.with("lodge-no-report", &[("reason", Value::from(reason.as_str()))]),
    };
    Err(upload(app, asked, who, state, StatusCode::UNPROCESSABLE_ENTITY, Some(says)))
}

/// The report that was sent: as a file, or from the page that showed its findings.
fn report_of(sent: &Sent) -> Result<ReportForm, String> {
    let bytes = sent.file.as_ref().map_or(sent.field("report").as_bytes(), |(_, bytes)| bytes);
    parse(bytes)
}

fn parse(bytes: &[u8]) -> Result<ReportForm, String> {
    report_file::parse(bytes, FilePath::new("report.json")).map_err(|error| match error {
        DeskError::NotAReport { reason, .. } => reason,
        _ => String::new(),
    })
}

/// What the journal refuses is the sender's to know; anything else is ours.
fn told(words: &Words, error: &DeskError) -> Option<String> {
    match error {
        refusal if refusal.is_refusal() => {
            Some(words.with("lodge-refused", &[("reason", Value::Text(refusal.to_string()))]))
        }
        _ => None,
    }
}

/// What the check found, and the button that lodges.
async fn checked(app: &App, asked: &Asked, who: &Who, report: &ReportForm, may_lodge: bool) -> Response {
    let words = asked.words;
    let Ok(view) = check_report(&app.store, report, who.today, words).await else {
        return Problem::ours(words).into_response();
    };
    let proof = Proof::of(who);
    let title = report_title(words, &view);
    let text = String::from_utf8(report_file::to_bytes(report)).unwrap_or_default();
    let here = asked.link(&format!("/work/{}/lodge", report.state));
    let key = if view.can_be_lodged { "lodge-can" } else { "lodge-cannot" };
    let body = html! {
        h1 { (title) }
        p.lead { (words.with(key, &[("count", Value::from(view.findings.len()))])) }
        (findings(words, &view.findings))
        @if view.can_be_lodged && !may_lodge { p.note { (words.text("lodge-by-approver")) } }
        @if view.can_be_lodged && may_lodge {
            form.work method="post" action=(here) enctype="multipart/form-data" {
                (proof.fields())
                // Nothing is kept here between the two steps: the page carries the report.
                textarea name="report" hidden readonly { (text) }
                p.note { (words.text("lodge-final")) }
                button type="submit" { (words.text("lodge-button")) }
            }
        }
        p { a href=(here) { (words.text("lodge-another")) } }
    };
    let status = if view.can_be_lodged { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    answer(app, asked, status, &title, &proof, &body)
}

fn report_title(words: &Words, view: &CheckView) -> String {
    let values = [
        ("state", Value::State(view.state)),
        ("year", Value::from(view.calendar_year)),
        ("version", Value::from(view.version)),
    ];
    words.with("report-of", &values)
}

fn findings(words: &Words, findings: &[FindingView]) -> Markup {
    html! {
        ul.findings {
            @for finding in findings {
                li class=(finding.severity.key()) {
                    strong { (words.text(finding.severity.key())) } " " code { (finding.place) } br;
                    (finding.says) " " (finding.remedy)
                }
            }
        }
    }
}

fn receipt_page(app: &App, asked: &Asked, who: &Who, lodged: &Lodged) -> Response {
    let words = asked.words;
    let values = [
        ("state", Value::State(lodged.state)),
        ("year", Value::from(lodged.calendar_year)),
        ("version", Value::from(lodged.version)),
        ("act", Value::from(lodged.act.as_str())),
    ];
    let title = words.with(if lodged.already { "lodged-before" } else { "lodged-now" }, &values);
    let report = format!("/reports/{}/{}", lodged.state, lodged.calendar_year);
    let body = html! {
        h1 { (title) }
        p { a href=(asked.link(&report)) { (words.text("lodge-see")) } }
        h2 { (words.text("heading-receipt")) }
        pre dir="ltr" { (lodged.receipt.to_json()) }
    };
    answer(app, asked, StatusCode::OK, &title, &Proof::of(who), &body)
}

/// A report from a program: the body is the report file. Sent again, it is lodged once: its name is State, kind, year and
/// version.
pub(crate) async fn by_program(
    granted: Granted<Lodge, Report>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Response {
    let words = asked.words;
    let report = match parse(&sent.body) {
        Ok(report) => report,
        Err(reason) => {
            return json_answer(
                StatusCode::BAD_REQUEST,
                &json!({ "problem": words.with("lodge-no-report", &[("reason", Value::from(reason.as_str()))]) }),
            );
        }
    };
    match app.lodge(granted.permit(), report, granted.who().now, words).await {
        Ok(lodged) => {
            let status = if lodged.already { StatusCode::OK } else { StatusCode::CREATED };
            let receipt: serde_json::Value = serde_json::from_str(&lodged.receipt.to_json()).unwrap_or_default();
            json_answer(status, &json!({ "lodged": lodged, "receipt": receipt }))
        }
        Err(DeskError::Blocked(blockers)) => {
            let findings: Vec<FindingView> = blockers.iter().map(|finding| desk::check::view(finding, words)).collect();
            let says = words.with("lodge-cannot", &[("count", Value::from(findings.len()))]);
            json_answer(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "problem": says, "findings": findings }))
        }
        Err(error) => match told(words, &error) {
            Some(says) => json_answer(StatusCode::CONFLICT, &json!({ "problem": says })),
            None => Problem::ours(words).into_response(),
        },
    }
}

/// An answer to a program.
fn json_answer(status: StatusCode, value: &serde_json::Value) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))];
    (status, kind, value.to_string() + "\n").into_response()
}
