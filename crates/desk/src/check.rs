//! Checking a report: does it add up, and can it be lodged?

use std::path::Path;

use serde::Serialize;
use treaty::article7::checks::{self, Context, Finding, Rule, Severity};
use treaty::article7::report::Report;
use treaty::date::Date;
use treaty::state::Iso3;

use crate::error::DeskError;
use crate::report_file;
use crate::store::Store;
use crate::words::Words;

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckView {
    /// The State.
    pub state: Iso3,
    /// The calendar year.
    pub calendar_year: i16,
    /// The version.
    pub version: u32,
    /// Whether it can be lodged.
    pub can_be_lodged: bool,
    /// Whether the State's report for the year before was at hand to compare with.
    pub compared_with_previous_year: bool,
    /// What was found, the gravest first.
    pub findings: Vec<FindingView>,
}

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// How much it matters.
    pub severity: Severity,
    /// The rule.
    pub rule: Rule,
    /// The rule's number, if it has one.
    pub rule_number: Option<u8>,
    /// What the rule demands.
    pub demands: String,
    /// The place in the report's JSON: `sections.c.content.units[2].closing_m2`.
    pub place: String,
    /// What is wrong.
    pub says: String,
    /// What to do.
    pub remedy: String,
}

/// Checks a report file.
///
/// # Errors
/// The file cannot be read or is no report, or the journal cannot be read.
pub async fn check(store: &Store, path: &Path, today: Date, words: &Words) -> Result<CheckView, DeskError> {
    let report = report_file::read(path)?;
    check_report(store, &report, today, words).await
}

/// Checks a report.
///
/// # Errors
/// The journal cannot be read.
pub async fn check_report(store: &Store, report: &Report, today: Date, words: &Words) -> Result<CheckView, DeskError> {
    let previous = previous(store, report).await?;
    let findings = found(store, report, previous.as_ref(), today);
    Ok(CheckView {
        state: report.state,
        calendar_year: report.calendar_year,
        version: report.version,
        can_be_lodged: !checks::is_blocked(&findings),
        compared_with_previous_year: previous.is_some(),
        findings: findings.iter().map(|finding| view(finding, words)).collect(),
    })
}

/// What the rules find in a report, held against the register and the report of the year before.
pub(crate) fn found(store: &Store, report: &Report, previous: Option<&Report>, today: Date) -> Vec<Finding> {
    checks::check(report, &Context { state: store.register.state(report.state), previous, today })
}

/// What the rules find in a report that is lodged: it was not blocked then, and that its version is taken by itself now is
/// no finding.
pub(crate) fn found_in_lodged(store: &Store, report: &Report, previous: Option<&Report>, today: Date) -> Vec<Finding> {
    let mut findings = found(store, report, previous, today);
    findings.retain(|finding| finding.severity != Severity::Blocker);
    findings
}

/// A finding in the words of a language.
#[must_use]
pub fn view(finding: &Finding, words: &Words) -> FindingView {
    let place = match (finding.section, finding.place.as_str()) {
        (None, place) => place.to_owned(),
        (Some(section), "") => format!("sections.{}", section.as_str()),
        (Some(section), place) => format!("sections.{}.content.{place}", section.as_str()),
    };
    FindingView {
        severity: finding.severity,
        rule: finding.rule,
        rule_number: finding.rule.number(),
        demands: words.text(finding.rule.key()),
        place,
        says: words.say(&finding.says),
        remedy: words.say(&finding.remedy),
    }
}

/// The State's current report for the year before, if it was lodged here.
pub(crate) async fn previous(store: &Store, report: &Report) -> Result<Option<Report>, DeskError> {
    let (Some(journal), Some(file)) = (&store.journal, store.register.state(report.state)) else { return Ok(None) };
    let before = report.calendar_year.saturating_sub(1);
    let Some((_, _, sha256)) = file.current_version(report.kind, before) else { return Ok(None) };
    let Some(bytes) = journal.blob(sha256).await? else { return Ok(None) };
    report_file::parse(&bytes, Path::new(sha256)).map(Some)
}
