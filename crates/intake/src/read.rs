//! From a path to an [`Intake`].

use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::intake::{EncodingUsed, Format, Intake};
use crate::log::Log;
use crate::options::Options;
use crate::source::{self, Container, Source};
use crate::table::{Row, Table};
use crate::{checks, columns, delimited, geojson, places, take, texts, workbook};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// A table and how it was found in its file.
struct Opened {
    table: Table,
    format: Format,
    encoding: Option<EncodingUsed>,
    delimiter: Option<char>,
    sheet: Option<String>,
}

/// Reads one file: what it is, what its columns mean, its records, and what was noticed.
///
/// No row is lost: `rows_read == taken.len() + set_aside.len()`. Nothing is merged or corrected.
///
/// # Panics
/// Never, unless the promise above is broken by a fault in this crate.
///
/// # Errors
/// When the file as a whole cannot be read or understood; the message says what is wrong, where and what to do.
pub fn read(path: &Path, options: &Options<'_>) -> Result<Intake, IntakeError> {
    let file = source::name_of(path);
    let source = source::open(path, options)?;
    let mut log = Log::new(&file, options.limits.examples);
    let sha256 = source.sha256.clone();
    let mut opened = open_table(&file, source, options, &mut log)?;
    let table = &mut opened.table;
    let rows_read = (table.rows.len() + table.set_aside.len()) as u64;
    if rows_read > options.limits.max_rows {
        return Err(IntakeError::TooManyRows { file, limit: options.limits.max_rows });
    }
    let (columns, plan) = columns::understand(&file, table, options, &mut log)?;
    if rows_read == 0 {
        log.add(Finding::new(FindingKind::NoRows {}));
    }
    places::take_geometry(table, &plan, &mut log);
    count_identical(table, &mut log);
    texts::check(table, &plan, &mut log);
    let positions = places::positions(table, &plan, options, &mut log);
    log.places = places::of_rows(table, &positions);
    let taken = take::records(table, &plan, &positions, options, &mut log);
    checks::run(&taken, &plan, options, &mut log);
    let set_aside = source::in_order(std::mem::take(&mut table.set_aside));
    // The promise of this crate; a figure built on a file that lost rows would be worse than no figure.
    assert_eq!(rows_read, (taken.len() + set_aside.len()) as u64, "every row is taken or set aside");
    let Opened { format, encoding, delimiter, sheet, .. } = opened;
    let kind = plan.kind;
    let findings = log.finish();
    Ok(Intake {
        file,
        sha256,
        format,
        encoding,
        delimiter,
        sheet,
        kind,
        columns,
        rows_read,
        taken,
        set_aside,
        findings,
    })
}

fn open_table(file: &str, source: Source, options: &Options<'_>, log: &mut Log) -> Result<Opened, IntakeError> {
    let mapping = options.mapping.as_ref();
    if source.container == Container::Workbook {
        let sheet = workbook::read(file, &source.bytes, options, log)?;
        let table = Table::from_rows(sheet.rows, mapping, true, log);
        return Ok(Opened { table, format: sheet.format, encoding: None, delimiter: None, sheet: Some(sheet.name) });
    }
    let wanted = mapping.and_then(|mapping| mapping.encoding.as_deref());
    let (text, encoding) = source::decode(source.bytes, wanted, log);
    let encoding = Some(encoding);
    if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
        return Err(IntakeError::Empty { file: file.to_owned() });
    }
    if source.container == Container::Json {
        let (table, format) = geojson::read(file, &text, options, log)?;
        return Ok(Opened { table, format, encoding, delimiter: None, sheet: None });
    }
    let (rows, delimiter) = delimited::read(file, text.trim_start_matches('\u{feff}'), options)?;
    let table = Table::from_rows(rows, mapping, false, log);
    Ok(Opened { table, format: Format::Delimited, encoding, delimiter: Some(delimiter), sheet: None })
}

/// Identical rows are counted, never merged.
fn count_identical(table: &Table, log: &mut Log) {
    let mut seen = HashSet::with_capacity(table.rows.len());
    let n = table.rows.iter().filter(|row| !seen.insert(fingerprint(row))).count() as u64;
    if n > 0 {
        log.add(Finding::new(FindingKind::IdenticalRows { n }).times(n));
    }
}

fn fingerprint(row: &Row) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.cells.hash(&mut hasher);
    if let Some(point) = row.geometry.point {
        [point.lon.to_bits(), point.lat.to_bits()].hash(&mut hasher);
    }
    for [lon, lat] in row.geometry.shape.iter().flat_map(|shape| shape.polygons.iter().flatten().flatten()) {
        [lon.to_bits(), lat.to_bits()].hash(&mut hasher);
    }
    hasher.finish()
}
