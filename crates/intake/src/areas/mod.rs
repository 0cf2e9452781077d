//! Areas read straight into the caller's own arrays, for a balance of a million records.

mod geometry;
mod rows;

use crate::error::IntakeError;
use crate::finding::Finding;
use crate::intake::{ColumnUnderstood, Format};
use crate::options::Options;
use crate::record::{AreaKind, RecordKind, Records, ReleaseKind};
use crate::{Shape, source};
use jiff::civil::Date;
use std::path::Path;

/// What is known of an area besides its outline. Texts are as entered; empty when nothing is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area<'a> {
    /// Its row, as in [`Finding::row`]; of a `GeoPackage`, its feature id.
    pub row: u64,
    /// Identifier of a hazard or a release; name (else code) of a district.
    pub id: &'a str,
    /// Suspected or confirmed, of a hazard.
    pub kind: AreaKind,
    /// Cancelled, reduced or cleared, of a release, where a column says so.
    pub release: Option<ReleaseKind>,
    /// Year in which it was found or released.
    pub year: Option<i16>,
    /// Day on which it was found or released, as far as that is known.
    pub date: Option<Date>,
    /// Square metres that the record of a hazard states.
    pub stated_area_m2: Option<f64>,
    /// Square metres that the record of a release states as cancelled, reduced and cleared.
    pub released_m2: [Option<f64>; 3],
    /// The second division of the country that the record states, else the first.
    pub district: &'a str,
}

/// Takes areas in as they are read.
///
/// For each: `begin`, then for each polygon `polygon` and for each of its rings (outside first, then holes) `ring`
/// and as many times `vertex` as it said, then `end`. Rings are closed: their last corner is their first. Corners are
/// degrees on WGS84 and places on Earth. An area without an outline has no polygon.
pub trait AreaSink: Send {
    /// An area begins.
    fn begin(&mut self, area: &Area<'_>);
    /// A polygon of it begins.
    fn polygon(&mut self);
    /// A ring of the polygon begins, with so many corners.
    fn ring(&mut self, corners: usize);
    /// A corner of the ring, in degrees.
    fn vertex(&mut self, lon: f64, lat: f64);
    /// The area is whole.
    fn end(&mut self);
}

/// What was read into the sinks: `rows_read == taken + set_aside`.
#[derive(Debug)]
pub struct Areas<S> {
    /// The sinks, in the order of the file.
    pub sinks: Vec<S>,
    /// Name of the file, without its folder.
    pub file: String,
    /// What its rows tell.
    pub kind: RecordKind,
    /// Format, by its contents.
    pub format: Format,
    /// Its columns, understood on its first rows.
    pub columns: Vec<ColumnUnderstood>,
    /// Rows in the file.
    pub rows_read: u64,
    /// Rows given to the sinks.
    pub taken: u64,
    /// Rows set aside.
    pub set_aside: u64,
    /// Why, for the first of them, as many as [`crate::Limits::examples`].
    pub reasons: Vec<Finding>,
    /// What was noticed, row by row. Comparisons between rows (repeated rows, stray points, damaged names) are not
    /// made here; [`crate::read`] makes them.
    pub findings: Vec<Finding>,
}

/// Reads hazardous areas, releases of land or districts into sinks that `make` makes, one for each part of the file.
///
/// A `GeoPackage` is read where it lies, its columns understood on its first 5,000 rows as [`crate::read`] would, its
/// parts side by side and nothing kept but what the sinks keep. Any other file goes through [`crate::read`] into one
/// sink. The areas are the same either way.
///
/// # Errors
/// As [`crate::read`]; and when the rows are none of the three kinds.
pub fn areas<S: AreaSink>(
    path: &Path,
    options: &Options<'_>,
    make: impl Fn(usize) -> S + Sync,
) -> Result<Areas<S>, IntakeError> {
    if begins_as_database(path) { rows::read(path, options, make) } else { through_records(path, options, make(0)) }
}

fn begins_as_database(path: &Path) -> bool {
    use std::io::Read;
    let mut head = [0; 16];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && &head == b"SQLite format 3\0"
}

/// The refusal of rows that are no areas.
fn no_areas(file: &str, kind: RecordKind) -> IntakeError {
    let what = format!("each row tells: {}, which has no outline", kind.key().replace('_', " "));
    source::not_a_table(file, &what, "give hazardous areas, releases of land or districts")
}

fn through_records<S: AreaSink>(path: &Path, options: &Options<'_>, mut sink: S) -> Result<Areas<S>, IntakeError> {
    let intake = crate::read(path, options)?;
    match &intake.taken {
        Records::HazardousAreas(list) => {
            for record in list {
                give(&mut sink, &Area::of_hazard(record), record.shape.as_ref());
            }
        }
        Records::LandReleases(list) => {
            for record in list {
                give(&mut sink, &Area::of_release(record), record.shape.as_ref());
            }
        }
        Records::Districts(list) => {
            for record in list {
                give(&mut sink, &Area::of_district(record), Some(&record.shape));
            }
        }
        Records::Victims(_) | Records::Events(_) => return Err(no_areas(&intake.file, intake.kind)),
    }
    Ok(Areas {
        sinks: vec![sink],
        kind: intake.kind,
        format: intake.format,
        rows_read: intake.rows_read,
        taken: intake.taken.len() as u64,
        set_aside: intake.set_aside.len() as u64,
        reasons: intake.set_aside.into_iter().take(options.limits.examples).map(|aside| aside.reason).collect(),
        file: intake.file,
        columns: intake.columns,
        findings: intake.findings,
    })
}

fn give<S: AreaSink>(sink: &mut S, area: &Area<'_>, shape: Option<&Shape>) {
    sink.begin(area);
    if let Some(shape) = shape {
        geometry::push(shape, sink);
    }
    sink.end();
}

/// The first text that says something.
fn first(texts: [Option<&String>; 2]) -> &str {
    texts.into_iter().flatten().next().map_or("", String::as_str)
}

impl<'a> Area<'a> {
    fn empty(row: u64) -> Self {
        Self {
            row,
            id: "",
            kind: AreaKind::Unknown,
            release: None,
            year: None,
            date: None,
            stated_area_m2: None,
            released_m2: [None; 3],
            district: "",
        }
    }

    fn of_hazard(record: &'a crate::HazardousArea) -> Self {
        Self {
            id: record.id.as_deref().unwrap_or(""),
            kind: record.kind,
            year: record.year,
            date: record.date,
            stated_area_m2: record.stated_area_m2,
            district: first([record.admin2.as_ref(), record.admin1.as_ref()]),
            ..Self::empty(record.row)
        }
    }

    fn of_release(record: &'a crate::LandRelease) -> Self {
        Self {
            id: record.area_id.as_deref().unwrap_or(""),
            release: record.kind,
            year: record.year,
            date: record.date,
            released_m2: [record.cancelled_m2, record.reduced_m2, record.cleared_m2],
            district: first([record.admin2.as_ref(), record.admin1.as_ref()]),
            ..Self::empty(record.row)
        }
    }

    fn of_district(record: &'a crate::District) -> Self {
        let id = record.name.as_deref().or_else(|| record.code.as_ref().map(|code| code.raw.as_str()));
        Self { id: id.unwrap_or(""), ..Self::empty(record.row) }
    }
}
