//! The fast road for balances: areas straight from a `GeoPackage` into the caller's own store, on all cores.
//!
//! [`crate::read`] keeps every cell of every row. A balance of a million records needs their years, kinds, areas and
//! outlines only, and a second of waiting at most. [`areas`] understands the columns as [`crate::read`] does, on a sample
//! of the rows, and then gives each record to a sink that the caller makes; no row and no corner is kept here.
//!
//! | module | holds |
//! | --- | --- |
//! | `geopackage` | the file, its layers, its queries |
//! | `understand` | the columns, on a sample |
//! | `parts` | several threads, each on its own rows |
//! | `told` | what a record tells |
//! | `teller`, `known` | how it is read from a row; different values, read once |
//! | `outline` | its polygons, checked |
//! | `stated` | the area it states, held against them |

mod geopackage;
mod known;
pub(crate) mod outline;
mod parts;
mod stated;
mod teller;
#[cfg(test)]
mod tests;
mod told;
mod understand;

use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::intake::ColumnUnderstood;
use crate::log::Log;
use crate::options::Options;
use crate::record::RecordKind;
use geopackage::GeoPackage;
use std::path::Path;

pub use outline::Outline;
pub use told::{AreaRecord, Told};

/// Whether a file can take the fast road: a `GeoPackage` with one layer, in longitude and latitude on WGS84, of which nothing
/// else was said. Any other file, and one that cannot be read, is for [`crate::read`], which also says what is wrong with it.
#[must_use]
pub fn is_fast(path: &Path, options: &Options<'_>) -> bool {
    let layers = || {
        let package = GeoPackage::new(path, options.limits.max_file_bytes, options.limits.max_record_bytes)?;
        package.layers(&package.open()?)
    };
    let said = options.said_crs().is_some() || options.said_layer().is_some();
    !said && layers().is_ok_and(|layers| matches!(layers.as_slice(), [layer] if layer.system.is_degrees()))
}

/// Takes the records of one part of a layer, one after another, on one thread.
pub trait AreaSink: Send {
    /// Takes a record. What it borrows is gone after the call.
    fn take(&mut self, record: &AreaRecord<'_>);
}

/// A part of a layer, for which a sink is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// What its records are.
    pub kind: RecordKind,
    /// Its place among the parts, from 0; parts follow the order of the rows.
    pub index: usize,
    /// About how many bytes of the file it is; each corner takes at least 16 of them.
    pub bytes: u64,
}

/// A layer, read: nothing is lost, `rows_read == taken + set_aside`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bulk<S> {
    /// Name of the file, without its folder.
    pub file: String,
    /// Name of the layer.
    pub layer: String,
    /// What its rows tell.
    pub kind: RecordKind,
    /// Its columns in order, as understood on a sample of the rows.
    pub columns: Vec<ColumnUnderstood>,
    /// Rows there are.
    pub rows_read: u64,
    /// Rows given to a sink.
    pub taken: u64,
    /// Rows not taken.
    pub set_aside: u64,
    /// Why, for the first thousand of them; the last one listed also counts those that are not.
    pub set_aside_reasons: Vec<Finding>,
    /// What was noticed, where it bears on a balance: about the file and its columns first, then by row.
    pub findings: Vec<Finding>,
    /// The sinks, in the order of the rows.
    pub parts: Vec<S>,
}

/// At most so many rows that were set aside are named; all are counted.
const NAMED_ASIDE: usize = 1_000;

/// Reads the areas or districts of a `GeoPackage` into sinks made by `make_sink`, one for each part of the layer.
///
/// Records come with the same values as [`crate::read`] gives them, save that the writing of numbers and dates is decided
/// on a sample of the rows (on all of them up to 5,000). A record whose polygons cannot be used is taken without them, with
/// a finding, for what it states still counts. Text is not searched for damage, rows are not compared with one another, and
/// positions that are points are not looked at; that is for [`crate::read`].
///
/// # Errors
/// When the file as a whole cannot be read or understood; the message says what is wrong, where and what to do.
///
/// # Panics
/// Never, unless a row is lost by a fault in this crate.
///
/// ```no_run
/// struct Corners(usize);
/// impl intake::AreaSink for Corners {
///     fn take(&mut self, record: &intake::AreaRecord<'_>) {
///         self.0 += record.outline.iter().flat_map(|outline| outline.rings()).map(<[_]>::len).sum::<usize>();
///     }
/// }
/// let options = intake::Options::new(jiff::civil::date(2026, 7, 1));
/// let read = intake::areas("hazards.gpkg".as_ref(), &options, |_| Corners(0))?;
/// println!("{} records, {} corners", read.taken, read.parts.iter().map(|part| part.0).sum::<usize>());
/// # Ok::<(), intake::IntakeError>(())
/// ```
pub fn areas<S: AreaSink>(
    path: &Path,
    options: &Options<'_>,
    make_sink: impl Fn(Part) -> S + Sync,
) -> Result<Bulk<S>, IntakeError> {
    let limits = &options.limits;
    let package = GeoPackage::new(path, limits.max_file_bytes, limits.max_record_bytes)?;
    let mut log = Log::new(&package.file, limits.examples);
    let chosen = understand::layer(&package, options, &mut log)?;
    let read = parts::read(&package, &chosen, options, &make_sink)?;
    let in_metres = read.findings.iter().filter(|finding| matches!(finding.kind, FindingKind::ProjectedMetres { .. }));
    if in_metres.map(|finding| finding.count).sum::<u64>() * 2 >= read.rows.max(1) {
        // Its coordinates are not what it says they are; the general reader names the systems that they may be in.
        crate::read(path, options)?;
    }
    if read.rows == 0 {
        log.add(Finding::new(FindingKind::NoRows {}));
    }
    read.findings.into_iter().for_each(|finding| log.add(finding));
    // The promise of this crate; a figure built on a file that lost rows would be worse than no figure.
    assert_eq!(read.rows, read.taken + read.set_aside, "every row is taken or set aside");
    Ok(Bulk {
        file: package.file,
        layer: chosen.layer.name,
        kind: chosen.plan.kind,
        columns: chosen.columns,
        rows_read: read.rows,
        taken: read.taken,
        set_aside: read.set_aside,
        set_aside_reasons: read.set_aside_reasons,
        findings: log.finish(),
        parts: read.sinks,
    })
}
