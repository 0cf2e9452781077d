//! From a path to an [`Intake`].

use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::intake::Intake;
use crate::log::Log;
use crate::open::Found;
use crate::options::Options;
use crate::placing::{self, Placing};
use crate::table::{Row, Table};
use crate::{checks, columns, container, layers, places, points, source, take, texts};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// Reads one file, or a folder whose files belong together: what it is, what its columns mean, its records, and what was noticed.
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
    let mut opened = container::open(path, options)?;
    let mut log = Log::new(&file, options.limits.examples);
    let sha256 = std::mem::take(&mut opened.sha256);
    let mut found = layers::open(&file, opened, options, &mut log)?;
    points::join(&mut found.table, &mut log);
    let table = &mut found.table;
    let rows_read = (table.rows.len() + table.set_aside.len()) as u64;
    if rows_read > options.limits.max_rows {
        return Err(IntakeError::TooManyRows { file, limit: options.limits.max_rows });
    }
    let mut placing = Placing::settle(&file, &table.stated, options, &mut log)?;
    let (columns, plan) = columns::understand(&file, table, options, &mut log)?;
    if rows_read == 0 {
        log.add(Finding::new(FindingKind::NoRows {}));
    }
    placing::take_geometry(table, &plan, &mut placing, options, &mut log);
    count_identical(table, &mut log);
    texts::check(table, &plan, &mut log);
    let positions = places::positions(table, &plan, &mut placing, options, &mut log);
    log.places = places::of_rows(table, &positions);
    let entered = placing.finish(&file, &table.stated, table.features, options, &mut log)?;
    let taken = take::records(table, &plan, &positions, options, &mut log);
    checks::run(&taken, &plan, options, &mut log);
    let set_aside = source::in_order(std::mem::take(&mut table.set_aside));
    // The promise of this crate; a figure built on a file that lost rows would be worse than no figure.
    assert_eq!(rows_read, (taken.len() + set_aside.len()) as u64, "every row is taken or set aside");
    let Found { format, encoding, delimiter, sheet, layer, .. } = found;
    let kind = plan.kind;
    let findings = log.finish();
    Ok(Intake {
        file,
        sha256,
        format,
        encoding,
        delimiter,
        sheet,
        layer,
        entered,
        kind,
        columns,
        rows_read,
        taken,
        set_aside,
        findings,
    })
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
