//! What the page of a State's areas says, and how it is said.

use intake::Severity;
use jiff::Timestamp;
use jiff::civil::Date;
use land::YearRow;
use land::generalise::MINIMUM_AREAS;
use serde::Serialize;
use treaty::because::Value;
use treaty::state::Iso3;

use super::Sight;
use crate::field::FieldFinding;
use crate::kept::Current;
use crate::words::Words;

/// What the page of a State's areas says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AreasView {
    /// The State.
    pub state: Iso3,
    /// Its name.
    pub name: String,
    /// The date that this is about: the one asked about; generalised, the last end of a year by then.
    pub as_of: Date,
    /// When the newest of the files was kept.
    pub data_of: Timestamp,
    /// How much is shown.
    pub sight: Sight,
    /// What figures are rounded down to, where they are.
    pub rounded_down_to: Option<RoundedDown>,
    /// Hazardous areas with an outline of which something remains on the date.
    pub areas: usize,
    /// m² that remain of them, no ground counted twice.
    pub remaining_m2: f64,
    /// Whether nothing at all remains of areas with an outline.
    pub nothing_remains: bool,
    /// Hazardous areas without an outline: on no map.
    pub without_outline: usize,
    /// West, south, east and north of what is drawn; generalised, of the cells.
    pub bounds: Option<[f64; 4]>,
    /// The cells that hold areas on the date.
    pub cells: Vec<CellView>,
    /// The first year of the balance, if it has any.
    pub first_year: Option<i16>,
    /// What remained at the end of each year, up to the year of the date.
    pub remaining_by_year: Vec<YearRemaining>,
    /// The balance by year, up to the year of the date, for those who may see it.
    pub by_year: Vec<YearRow>,
    /// What remained in each district at the end of the last year up to the date.
    pub by_district: Vec<DistrictView>,
    /// Findings by kind and severity.
    pub findings_by_kind: Vec<FindingCount>,
    /// The findings one by one, for those who may see them.
    pub findings: Vec<FieldFinding>,
    /// The files.
    pub files: Vec<FileView>,
}

/// The steps of figures that are rounded down: each stands for itself and all up to the next step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RoundedDown {
    /// Of numbers.
    pub number: usize,
    /// Of areas, m².
    pub area_m2: f64,
}

/// A cell with areas.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CellView {
    /// Longitude of its middle, in degrees.
    pub lon: f64,
    /// Latitude of its middle, in degrees.
    pub lat: f64,
    /// Its side, in degrees.
    pub degrees: f64,
    /// No fewer areas lie in it.
    pub at_least: usize,
    /// And no more.
    pub at_most: usize,
    /// m² that remain of them, for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_m2: Option<f64>,
}

/// What remained at the end of a year.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct YearRemaining {
    /// The year.
    pub year: i16,
    /// m².
    pub remaining_m2: f64,
}

/// A district's row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DistrictView {
    /// Its name; `None` for what lies outside every district, or names none.
    pub district: Option<String>,
    /// m² as mapped, where boundaries are kept.
    pub as_mapped_m2: Option<f64>,
    /// m² as recorded.
    pub as_recorded_m2: f64,
}

/// How often something was noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingCount {
    /// Its stable name.
    pub key: &'static str,
    /// `info`, `warning` or `error`.
    pub severity: Severity,
    /// In how many rows.
    pub count: u64,
}

/// A file that the page rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// Who delivered it.
    pub source: String,
    /// Its name, for those who may see it: it can name a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// SHA-256 of its bytes, for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Kind of its records.
    pub records: String,
    /// Rows taken.
    pub rows_taken: u64,
    /// Rows set aside.
    pub rows_set_aside: u64,
    /// When it was kept.
    pub kept_at: Timestamp,
}

pub(super) fn file_view(held: &Current, sight: Sight) -> FileView {
    let exact = sight == Sight::Perimeters;
    let rows = |rows: u64| if exact { rows } else { rows - rows % MINIMUM_AREAS as u64 };
    FileView {
        source: held.source.to_string(),
        file: exact.then(|| held.file.file.clone()),
        sha256: exact.then(|| held.file.sha256.clone()),
        records: held.file.records.clone(),
        rows_taken: rows(held.file.rows_taken),
        rows_set_aside: rows(held.file.rows_read.saturating_sub(held.file.rows_taken)),
        kept_at: held.kept_at,
    }
}

/// An area that remains, in words: as it is, or as the least and less than what it can be.
#[must_use]
pub fn area_said(area_m2: f64, rounding: Option<RoundedDown>, words: &Words) -> String {
    match rounding {
        None => words.area(area_m2.round()),
        Some(step) if area_m2 < step.area_m2 => words.with("areas-less-than", &[("area", Value::Area(step.area_m2))]),
        Some(_) => words.with("areas-at-least", &[("area", Value::Area(area_m2))]),
    }
}

/// The first sentence of the page.
#[must_use]
pub fn sentence(view: &AreasView, words: &Words) -> String {
    let values = [
        ("count", Value::from(view.areas)),
        ("area", Value::Text(area_said(view.remaining_m2, view.rounded_down_to, words))),
        ("date", Value::from(view.as_of)),
        ("data", Value::from(treaty::date::utc_date(view.data_of))),
    ];
    let key = match view.rounded_down_to {
        Some(_) if view.nothing_remains => "areas-sentence-none",
        Some(_) if view.areas == 0 => "areas-sentence-few",
        Some(_) => "areas-sentence-at-least",
        None => "areas-sentence",
    };
    words.with(key, &values)
}
