//! Field files, read: what a year's records tell, and what was noticed.

use std::path::{Path, PathBuf};

use intake::{Age, Intake, LandRelease, Mapping, Options, Outcome, PersonStatus, Records, Sex, Victim};
use serde::Serialize;
use treaty::article7::drafting::{CasualtyRecord, CivilianStatus, FieldFigures, ReleaseRecord};
use treaty::article7::report::FieldFile;
use treaty::because::Value;
use treaty::date::Date;
use treaty::state::Iso3;

use crate::error::DeskError;
use crate::words::Words;

/// What the files themselves may not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct How<'a> {
    /// A mapping of columns, if one is needed.
    pub mapping: Option<&'a Path>,
    /// Their coordinate system, as in `EPSG:32618`.
    pub crs: Option<&'a str>,
    /// The layer to read, of files that hold several.
    pub layer: Option<&'a str>,
}

/// How field files are to be read.
pub struct Reading<'a> {
    /// The files.
    pub files: &'a [PathBuf],
    /// What they may not say.
    pub how: How<'a>,
    /// The State whose records they are, if known: places outside it are then noticed.
    pub state: Option<Iso3>,
    /// Today.
    pub today: Date,
    /// Told of bytes done and bytes in all, file by file.
    pub progress: Option<&'a dyn Fn(u64, u64)>,
}

impl<'a> Reading<'a> {
    /// The same for the reader of one file.
    pub(crate) fn options(&self) -> Result<Options<'a>, DeskError> {
        let mut options = Options::new(self.today);
        options.mapping = self.how.mapping.map(mapping).transpose()?;
        options.crs = self.how.crs.map(str::to_owned);
        options.layer = self.how.layer.map(str::to_owned);
        options.progress = self.progress;
        options.country_box = self.state.map(crate::boxes::of).transpose()?.flatten();
        Ok(options)
    }
}

/// Reads field files, in the order given.
///
/// # Errors
/// A file or the mapping cannot be read, or the same file is given twice: everything in it would count twice.
pub fn read(reading: &Reading<'_>) -> Result<Vec<Intake>, DeskError> {
    read_within(reading, None)
}

/// The same, and each record is held against the district that it names.
///
/// # Errors
/// As [`read`], and when the file of districts holds none.
pub fn read_with_districts(reading: &Reading<'_>, districts: &Path) -> Result<Vec<Intake>, DeskError> {
    let mut options = Options::new(reading.today);
    options.progress = reading.progress;
    let file = intake::read(districts, &options)?;
    match &file.taken {
        Records::Districts(list) => read_within(reading, Some(&intake::checks::Districts::new(list))),
        _ => Err(DeskError::wrong_records(&file, "districts")),
    }
}

fn read_within(reading: &Reading<'_>, districts: Option<&intake::checks::Districts>) -> Result<Vec<Intake>, DeskError> {
    let mut options = reading.options()?;
    options.districts = districts;
    let mut read: Vec<Intake> = Vec::new();
    for path in reading.files {
        let file = intake::read(path, &options)?;
        if let Some(before) = read.iter().find(|before| before.sha256 == file.sha256) {
            return Err(DeskError::SameFileTwice { file: file.file.clone(), before: before.file.clone() });
        }
        read.push(file);
    }
    Ok(read)
}

fn mapping(path: &Path) -> Result<Mapping, DeskError> {
    let text = std::fs::read_to_string(path).map_err(DeskError::read(path))?;
    Mapping::from_toml(&text).map_err(|source| DeskError::Mapping { path: path.to_owned(), source })
}

/// A finding in a field file, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldFinding {
    /// Its stable name.
    pub key: &'static str,
    /// `info`, `warning` or `error`.
    pub severity: intake::Severity,
    /// The file.
    pub file: Option<String>,
    /// Line, row or feature, counted from 1.
    pub row: Option<u64>,
    /// The column as written.
    pub field: Option<String>,
    /// The value as entered.
    pub value: Option<String>,
    /// For how many rows it stands.
    pub count: u64,
    /// What was noticed, and what to do.
    pub says: String,
}

/// A finding in the words of a language.
#[must_use]
pub fn finding(found: &intake::Finding, words: &Words) -> FieldFinding {
    let key = found.kind.key();
    let args = found.kind.args();
    let values: Vec<(&str, Value)> = args.into_iter().map(|(name, value)| (name, Value::Text(value))).collect();
    FieldFinding {
        key,
        severity: found.severity,
        file: found.file.clone(),
        row: found.row,
        field: found.field.clone(),
        value: found.value.clone(),
        count: found.count,
        says: words.with(&format!("intake-{key}"), &values),
    }
}

/// Where a report's figures were drawn from, in words.
#[must_use]
pub fn drawn_from(file: &FieldFile, words: &Words) -> String {
    let values = [
        ("file", Value::from(file.file.as_str())),
        ("records", Value::Text(words.records(&file.records))),
        ("read", Value::from(file.rows_read)),
        ("taken", Value::from(file.rows_taken)),
        ("aside", Value::from(file.rows_set_aside)),
        ("year", Value::from(file.rows_of_the_year)),
    ];
    words.with("drawn-from", &values)
}

/// All that was noticed in a file: why rows were set aside, and the other findings.
pub fn findings<'a>(file: &'a Intake, words: &'a Words) -> impl Iterator<Item = FieldFinding> + 'a {
    let aside = file.set_aside.iter().map(|row| &row.reason);
    aside.chain(&file.findings).map(|found| finding(found, words))
}

/// What the files tell of one year, for a draft. A kind of record that no file holds stays `None`: not known.
#[must_use]
pub fn figures(files: &[Intake], year: i16) -> FieldFigures {
    let mut figures = FieldFigures::default();
    for file in files {
        let mut rows_of_the_year = 0;
        match &file.taken {
            Records::Victims(victims) => {
                let of_year = victims.iter().filter(|victim| victim.year == Some(year));
                let casualties = figures.casualties.get_or_insert_default();
                let before = casualties.len();
                casualties.extend(of_year.map(casualty));
                rows_of_the_year = casualties.len() - before;
            }
            Records::LandReleases(rows) => {
                let of_year = rows.iter().filter(|row| row.year == Some(year));
                let releases = figures.releases.get_or_insert_default();
                let before = releases.len();
                releases.extend(of_year.map(release));
                rows_of_the_year = releases.len() - before;
            }
            Records::HazardousAreas(areas) => {
                rows_of_the_year = areas.iter().filter(|area| area.year.is_some_and(|found| found <= year)).count();
            }
            Records::Events(events) => {
                rows_of_the_year = events.iter().filter(|event| event.year == Some(year)).count();
            }
            Records::Districts(_) => {}
        }
        figures.files.push(FieldFile {
            file: file.file.clone(),
            sha256: file.sha256.clone(),
            records: file.kind.key().to_owned(),
            rows_read: file.rows_read,
            rows_taken: count(file.taken.len()),
            rows_set_aside: count(file.set_aside.len()),
            rows_of_the_year: count(rows_of_the_year),
        });
    }
    figures
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn casualty(victim: &Victim) -> CasualtyRecord {
    CasualtyRecord {
        killed: match victim.outcome {
            Outcome::Killed => Some(true),
            Outcome::Injured => Some(false),
            Outcome::Unknown => None,
        },
        female: match victim.sex {
            Sex::Female => Some(true),
            Sex::Male => Some(false),
            // The Convention's tables know women, men, girls and boys; everyone else is counted, as not known.
            Sex::Other | Sex::Unknown => None,
        },
        child: match victim.age {
            Age::Child => Some(true),
            Age::Adult => Some(false),
            Age::Unknown => None,
        },
        status: match victim.status {
            PersonStatus::Civilian => Some(CivilianStatus::Civilian),
            PersonStatus::SecurityForces => Some(CivilianStatus::SecurityForces),
            PersonStatus::Deminer => Some(CivilianStatus::Deminer),
            PersonStatus::Unknown => None,
        },
    }
}

fn release(row: &LandRelease) -> ReleaseRecord {
    let parts = [row.ap_mines, row.improvised, row.anti_vehicle, row.uxo, row.other_items];
    let sum = parts.iter().any(Option::is_some).then(|| parts.iter().flatten().copied().fold(0, u64::saturating_add));
    let mapped = crate::balance::released_shape_m2(row);
    let of = |stated: Option<f64>, kind| stated.or_else(|| mapped.filter(|(by, _)| *by == kind).map(|(_, area)| area));
    ReleaseRecord {
        unit: row.admin1.clone().unwrap_or_default(),
        cancelled_m2: of(row.cancelled_m2, intake::ReleaseKind::Cancelled),
        reduced_m2: of(row.reduced_m2, intake::ReleaseKind::Reduced),
        cleared_m2: of(row.cleared_m2, intake::ReleaseKind::Cleared),
        mines: row.ap_mines,
        improvised: row.improvised,
        anti_vehicle: row.anti_vehicle,
        unexploded: row.uxo,
        items: row.items_destroyed.or(sum),
    }
}
