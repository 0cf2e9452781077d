//! Drafting a report: what the field files can tell is filled in, the rest is marked as to be answered.

use serde::Serialize;
use treaty::article7::ReportKind;
use treaty::article7::drafting;
use treaty::article7::report::{Answer, AnswerKind, Casualties, FieldFile, MinedAreas, Report, SectionKey};
use treaty::quantity::Figure;
use treaty::register::Register;
use treaty::state::Iso3;

use crate::balance::{gaps, mined_units};
use crate::error::DeskError;
use crate::field::{self, FieldFinding, Reading};
use crate::words::Words;

/// A draft, with its main figures at hand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DraftView {
    /// The State.
    pub state: Iso3,
    /// The calendar year.
    pub calendar_year: i16,
    /// Which report.
    pub kind: ReportKind,
    /// Which version it would be.
    pub version: u32,
    /// Land cancelled in the year, m².
    pub cancelled_m2: Figure<f64>,
    /// Land reduced in the year, m².
    pub reduced_m2: Figure<f64>,
    /// Land cleared in the year, m².
    pub cleared_m2: Figure<f64>,
    /// Items destroyed in mined areas in the year.
    pub items_destroyed: Figure<u64>,
    /// Casualties of the year.
    pub casualties: Casualties,
    /// Sections that nobody has answered yet.
    pub to_be_answered: Vec<&'static str>,
    /// The field files.
    pub drawn_from: Vec<FieldFile>,
    /// What could not be taken from them, and why.
    pub gaps: Vec<String>,
    /// What was noticed in them.
    pub findings: Vec<FieldFinding>,
    /// The report itself, as it would be written to a file.
    pub report: Report,
}

/// What is to be drafted.
pub struct Wanted<'a> {
    /// The State.
    pub state: Iso3,
    /// Which report.
    pub kind: ReportKind,
    /// The calendar year.
    pub calendar_year: i16,
    /// Sections that do not apply.
    pub not_applicable: &'a [SectionKey],
    /// Sections that did not change, and since which year.
    pub unchanged_since: &'a [(SectionKey, i16)],
}

/// Drafts a State's report for a year from field files.
///
/// # Errors
/// A field file cannot be read.
pub fn draft(
    register: &Register,
    wanted: &Wanted<'_>,
    reading: &Reading<'_>,
    words: &Words,
) -> Result<DraftView, DeskError> {
    let Wanted { state, kind, calendar_year, .. } = *wanted;
    let files = field::read(reading)?;
    let figures = field::figures(&files, calendar_year);
    let version = register.state(state).map_or(1, |file| file.next_version(kind, calendar_year));
    let mut report = drafting::draft(state, kind, calendar_year, version, &figures);
    let units = mined_units(&files, calendar_year);
    if !units.is_empty() {
        let mut areas = match std::mem::take(&mut report.sections.mined_areas) {
            Answer::Given(areas) => areas,
            _ => MinedAreas::default(),
        };
        areas.total_closing_m2 = Figure::from(treaty::quantity::sum_areas(units.iter().map(|unit| unit.closing_m2)));
        areas.units = units;
        report.sections.mined_areas = Answer::Given(areas);
    }
    wanted.not_applicable.iter().for_each(|section| report.sections.set_not_applicable(*section));
    wanted.unchanged_since.iter().for_each(|(section, year)| report.sections.set_unchanged_since(*section, *year));
    let findings = files.iter().flat_map(|file| field::findings(file, words)).collect();
    Ok(view(report, gaps(&files, calendar_year, words), findings))
}

/// A report's main figures at hand.
fn view(report: Report, gaps: Vec<String>, findings: Vec<FieldFinding>) -> DraftView {
    let sections = &report.sections;
    let released = sections.mined_areas.given().map(|areas| areas.total_released.clone()).unwrap_or_default();
    let open = |(_, answer): &(_, AnswerKind)| *answer == AnswerKind::ToBeAnswered;
    DraftView {
        state: report.state,
        calendar_year: report.calendar_year,
        kind: report.kind,
        version: report.version,
        cancelled_m2: released.cancelled_m2,
        reduced_m2: released.reduced_m2,
        cleared_m2: released.cleared_m2,
        items_destroyed: sections.destroyed.given().map_or(Figure::ToBeAnswered, |given| given.items_in_mined_areas),
        casualties: sections.victims.given().cloned().unwrap_or_default(),
        to_be_answered: sections.answers().iter().filter(|answer| open(answer)).map(|(key, _)| key.as_str()).collect(),
        drawn_from: report.drawn_from.clone(),
        gaps,
        findings,
        report,
    }
}
