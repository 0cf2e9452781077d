//! Field files of any format, as `land` takes them: the ground of a balance.
//!
//! A `GeoPackage` goes straight into `land`'s own store, on all cores; other files come through the general reader, with
//! every cell kept. Both follow the same rules here.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use intake::{AreaKind, AreaRecord, AreaSink, Bulk, Finding, Options, Outline, RecordKind, Told};
use land::{Batch, District, Entry, HazardKind, Polygon, ReleaseKind};

use crate::balance::FieldRecords;
use crate::error::DeskError;
use crate::field::{self, How, Reading};

/// A file of districts, and what its columns mean where their names do not tell.
#[derive(Clone, Debug)]
pub struct DistrictsFile {
    /// The file.
    pub path: PathBuf,
    /// Its mapping.
    pub mapping: Option<PathBuf>,
}

/// Records of the field, ready for a balance, with what could not enter.
#[derive(Default)]
pub(crate) struct Ground {
    pub(crate) records: land::Records,
    pub(crate) without_year: usize,
    /// Releases that tell of no ground: 0 m² or no figure, and no outline.
    pub(crate) of_no_area: usize,
    pub(crate) shapes_not_used: Vec<String>,
    /// Why rows were set aside, and the other findings, file by file.
    pub(crate) findings: Vec<Finding>,
}

const AREAS: &str = "hazardous areas or land releases";

impl Ground {
    /// Reads the areas, then the districts.
    ///
    /// # Errors
    /// A file cannot be read, holds something else, or is given twice: everything in it would count twice.
    pub(crate) fn read(reading: &Reading<'_>, districts: Option<&DistrictsFile>) -> Result<Self, DeskError> {
        let mut ground = Self::default();
        let options = reading.options()?;
        let (packages, others) = parted(reading.files, &options);
        none_twice(&packages)?;
        for path in &packages {
            ground.add_package(path, &options, AREAS)?;
        }
        if !others.is_empty() {
            ground.add_files(&Reading { files: &others, ..*reading }, AREAS)?;
        }
        if let Some(DistrictsFile { path, mapping }) = districts {
            let how = How { mapping: mapping.as_deref(), ..How::default() };
            let reading = Reading { files: std::slice::from_ref(path), how, ..*reading };
            if intake::is_fast(path, &reading.options()?) {
                ground.add_package(path, &reading.options()?, "districts")?;
            } else {
                ground.add_files(&reading, "districts")?;
            }
        }
        Ok(ground)
    }

    fn add_package(&mut self, path: &Path, options: &Options<'_>, wanted: &'static str) -> Result<(), DeskError> {
        let file: Bulk<Part> = intake::areas(path, options, |_| Part::default())?;
        if (file.kind == RecordKind::District) != (wanted != AREAS) {
            return Err(DeskError::WrongRecords { file: file.file, found: file.kind.key(), wanted });
        }
        for part in file.parts {
            if !part.hazards.is_empty() {
                self.records.hazards.join(part.hazards);
            }
            if !part.releases.is_empty() {
                self.records.releases.join(part.releases);
            }
            self.records.districts.extend(part.districts);
            self.without_year += part.without_year;
            self.of_no_area += part.of_no_area;
            self.shapes_not_used.extend(part.shapes_not_used.iter().map(|shape| format!("{}, {shape}", file.file)));
        }
        self.findings.extend(file.set_aside_reasons);
        self.findings.extend(file.findings);
        Ok(())
    }

    fn add_files(&mut self, reading: &Reading<'_>, wanted: &'static str) -> Result<(), DeskError> {
        let mut records = FieldRecords::default();
        for file in field::read(reading)? {
            records.add(&file, wanted != AREAS).map_err(|found| DeskError::WrongRecords {
                file: file.file.clone(),
                found: found.key(),
                wanted,
            })?;
            self.findings.extend(file.set_aside.into_iter().map(|row| row.reason));
            self.findings.extend(file.findings);
        }
        let FieldRecords { hazards, releases, districts, without_year, of_no_area, shapes_not_used } = records;
        let read = land::Records::from_slices(&hazards, &releases, &districts, &[]);
        self.records.hazards.extend(read.hazards);
        self.records.releases.extend(read.releases);
        self.records.districts.extend(read.districts);
        self.without_year += without_year;
        self.of_no_area += of_no_area;
        self.shapes_not_used.extend(shapes_not_used);
        Ok(())
    }
}

/// Files that take the fast road, and others.
fn parted(files: &[PathBuf], options: &Options<'_>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    files.iter().cloned().partition(|path| intake::is_fast(path, options))
}

/// Refuses two files of the same contents. Only files of one length are compared: a hash of each would cost as much as
/// reading it.
fn none_twice(paths: &[PathBuf]) -> Result<(), DeskError> {
    let length = |path: &Path| std::fs::metadata(path).map(|about| about.len()).map_err(DeskError::read(path));
    for (at, path) in paths.iter().enumerate() {
        for before in paths.iter().take(at) {
            if length(path)? == length(before)? && same_bytes(path, before)? {
                return Err(DeskError::SameFileTwice {
                    file: path.display().to_string(),
                    before: before.display().to_string(),
                });
            }
        }
    }
    Ok(())
}

fn same_bytes(one: &Path, other: &Path) -> Result<bool, DeskError> {
    let open = |path: &Path| {
        File::open(path).map(|file| BufReader::with_capacity(1 << 20, file)).map_err(DeskError::read(path))
    };
    let (mut left, mut right) = (open(one)?, open(other)?);
    loop {
        let a = left.fill_buf().map_err(DeskError::read(one))?;
        let b = right.fill_buf().map_err(DeskError::read(other))?;
        let length = a.len().min(b.len());
        if length == 0 {
            return Ok(a.len() == b.len());
        }
        if a.get(..length) != b.get(..length) {
            return Ok(false);
        }
        left.consume(length);
        right.consume(length);
    }
}

/// What is not confirmed is suspected: dangerous, until surveyed.
pub(crate) fn hazard_kind(kind: AreaKind) -> HazardKind {
    if kind == AreaKind::Confirmed { HazardKind::Confirmed } else { HazardKind::Suspected }
}

/// The releases that one row tells of: each kind with its figure, and whether the outline is that one's.
///
/// The outline goes with the kind that the row names, else with the largest of its figures: ground is released once.
pub(crate) fn releases_told(
    named: Option<intake::ReleaseKind>,
    [cancelled, reduced, cleared]: [Option<f64>; 3],
    outlined: bool,
) -> impl Iterator<Item = (ReleaseKind, Option<f64>, bool)> {
    let stated =
        [(ReleaseKind::Cancelled, cancelled), (ReleaseKind::Reduced, reduced), (ReleaseKind::Cleared, cleared)];
    let largest = stated.iter().filter_map(|(kind, area)| area.filter(|area| *area > 0.0).map(|area| (*kind, area)));
    let largest = largest.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(kind, _)| kind);
    let of_outline = named.map(release_kind).or(largest);
    stated.into_iter().filter_map(move |(kind, area)| {
        let named = of_outline == Some(kind) && (outlined || area.is_some());
        (named || area.is_some_and(|area| area != 0.0)).then_some((kind, area, named))
    })
}

fn release_kind(kind: intake::ReleaseKind) -> ReleaseKind {
    match kind {
        intake::ReleaseKind::Cancelled => ReleaseKind::Cancelled,
        intake::ReleaseKind::Reduced => ReleaseKind::Reduced,
        intake::ReleaseKind::Cleared => ReleaseKind::Cleared,
    }
}

/// What one thread takes of a `GeoPackage`.
#[derive(Default)]
struct Part {
    hazards: Batch<HazardKind>,
    releases: Batch<ReleaseKind>,
    districts: Vec<District>,
    without_year: usize,
    of_no_area: usize,
    shapes_not_used: Vec<String>,
}

impl AreaSink for Part {
    fn take(&mut self, record: &AreaRecord<'_>) {
        let AreaRecord { row, admin1: district, outline, .. } = *record;
        if let Told::District { name, code } = record.told {
            return self.district(row, name.or(code), outline);
        }
        let Some(year) = record.year else {
            self.without_year += 1;
            return;
        };
        let refused = match record.told {
            Told::Hazard { kind, stated_area_m2 } => {
                let entry = Entry { year, kind: hazard_kind(kind), stated_area_m2, district };
                add(&mut self.hazards, outline, entry)
            }
            Told::Release { kind, cancelled_m2, reduced_m2, cleared_m2 } => {
                let told = releases_told(kind, [cancelled_m2, reduced_m2, cleared_m2], outline.is_some());
                let (mut refused, before) = (None, self.releases.len());
                for (kind, stated_area_m2, outlined) in told {
                    let entry = Entry { year, kind, stated_area_m2, district };
                    refused = add(&mut self.releases, outline.filter(|_| outlined), entry).or(refused);
                }
                self.of_no_area += usize::from(self.releases.len() == before);
                refused
            }
            Told::District { .. } => None,
        };
        self.shapes_not_used.extend(refused.map(|why| format!("row {row}: {why}")));
    }
}

impl Part {
    fn district(&mut self, row: u64, name: Option<&str>, outline: Option<Outline<'_>>) {
        let name = name.map_or_else(|| format!("row {row}"), str::to_owned);
        let rings = outline.iter().flat_map(Outline::rings).map(|ring| ring.iter().copied());
        match Polygon::from_lon_lat(rings) {
            Ok(shape) => self.districts.push(District { name, shape }),
            Err(why) => self.shapes_not_used.push(format!("row {row}: {why}")),
        }
    }
}

/// Adds a record; one whose outline is refused is added without it, for it still counts as recorded.
fn add<K: Copy>(
    batch: &mut Batch<K>,
    outline: Option<Outline<'_>>,
    entry: Entry<'_, K>,
) -> Option<land::GeometryError> {
    let rings = outline.as_ref().map(Outline::rings).into_iter().flatten();
    let refused = batch.push_outlined(entry, rings).err()?;
    batch.push(entry).err().or(Some(refused))
}
