//! The land balance of field files: how many square metres remain, by year and district.

use std::collections::BTreeSet;
use std::path::PathBuf;

use intake::{AreaKind, HazardousArea, Intake, LandRelease, Records, Shape};
use land::{Balance, District, Hazard, HazardKind, Polygon, Release, ReleaseKind};
use serde::Serialize;
use treaty::article7::report::{HazardClass, MinedUnit};
use treaty::quantity::Figure;

use crate::error::DeskError;
use crate::field::{self, Reading};

/// A balance, with what could not enter it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BalanceView {
    /// The balance.
    #[serde(flatten)]
    pub balance: Balance,
    /// Hazardous areas taken in.
    pub hazards: usize,
    /// Releases taken in.
    pub releases: usize,
    /// Records left out, because the year in which they count is not known.
    pub left_out_without_year: usize,
    /// Records whose shape could not be used, with the reason; they count as recorded.
    pub shapes_not_used: Vec<String>,
}

/// Records as `land` takes them.
#[derive(Default)]
struct FieldRecords {
    hazards: Vec<Hazard>,
    releases: Vec<Release>,
    districts: Vec<District>,
    without_year: usize,
    shapes_not_used: Vec<String>,
}

/// Draws the balance of field files and, if given, a file of districts.
///
/// # Errors
/// A file cannot be read, holds no areas, or the districts hold no districts.
pub fn balance(reading: &Reading<'_>, districts: Option<PathBuf>) -> Result<BalanceView, DeskError> {
    let files = field::read(reading)?;
    let mut records = FieldRecords::default();
    for file in &files {
        match &file.taken {
            Records::HazardousAreas(areas) => areas.iter().for_each(|area| records.hazard(area, &file.file)),
            Records::LandReleases(rows) => rows.iter().for_each(|row| records.release(row, &file.file)),
            _ => return Err(wrong(file, "hazardous areas or land releases")),
        }
    }
    if let Some(path) = districts {
        let reading = Reading { files: &[path], mapping: None, ..*reading };
        for file in field::read(&reading)? {
            let Records::Districts(list) = &file.taken else { return Err(wrong(&file, "districts")) };
            for district in list {
                let name = district.name.clone().or_else(|| district.code.as_ref().map(|code| code.best().to_owned()));
                let name = name.unwrap_or_else(|| format!("row {}", district.row));
                if let Some(shape) = records.polygon(Some(&district.shape), &file.file, district.row) {
                    records.districts.push(District { name, shape });
                }
            }
        }
    }
    let FieldRecords { hazards, releases, districts, without_year, shapes_not_used } = records;
    let mut balance = land::balance(&hazards, &releases, &districts, &[]);
    if districts.is_empty() {
        // Without boundaries nothing is mapped to a district; rows of 0 m² under the stated names would be false.
        balance.as_mapped.districts.clear();
        balance.difference.districts.clear();
        balance.findings.unknown_districts.clear();
    }
    Ok(BalanceView {
        balance,
        hazards: hazards.len(),
        releases: releases.len(),
        left_out_without_year: without_year,
        shapes_not_used,
    })
}

fn wrong(file: &Intake, wanted: &'static str) -> DeskError {
    DeskError::WrongRecords { file: file.file.clone(), found: file.kind.key(), wanted }
}

impl FieldRecords {
    fn hazard(&mut self, area: &HazardousArea, file: &str) {
        let Some(year) = area.year else {
            self.without_year += 1;
            return;
        };
        let shape = self.polygon(area.shape.as_ref(), file, area.row);
        // What is not confirmed is suspected: dangerous, until surveyed.
        let kind = if area.kind == AreaKind::Confirmed { HazardKind::Confirmed } else { HazardKind::Suspected };
        let district = area.admin1.clone();
        self.hazards.push(Hazard { shape, year, kind, stated_area_m2: area.stated_area_m2, district });
    }

    /// A row of land release may tell of up to three kinds; each is a release of its own.
    fn release(&mut self, row: &LandRelease, file: &str) {
        let Some(year) = row.year else {
            self.without_year += 1;
            return;
        };
        let stated = [
            (ReleaseKind::Cancelled, row.cancelled_m2),
            (ReleaseKind::Reduced, row.reduced_m2),
            (ReleaseKind::Cleared, row.cleared_m2),
        ];
        let shape = self.polygon(row.shape.as_ref(), file, row.row);
        // The outline goes with the kind that the row names, else with the largest of its figures: ground is released once.
        let largest =
            stated.iter().filter_map(|(kind, area)| area.filter(|area| *area > 0.0).map(|area| (*kind, area)));
        let largest = largest.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(kind, _)| kind);
        let of_shape = row.kind.map(kind).or(largest);
        for (kind, area) in stated {
            let outlined = of_shape == Some(kind) && (shape.is_some() || area.is_some());
            if outlined || area.is_some_and(|area| area != 0.0) {
                let shape = shape.clone().filter(|_| outlined);
                self.releases.push(Release { shape, year, kind, stated_area_m2: area, district: row.admin1.clone() });
            }
        }
    }

    fn polygon(&mut self, shape: Option<&Shape>, file: &str, row: u64) -> Option<Polygon> {
        match polygon(shape?) {
            Ok(polygon) => Some(polygon),
            Err(why) => {
                self.shapes_not_used.push(format!("{file}, row {row}: {why}"));
                None
            }
        }
    }
}

fn polygon(shape: &Shape) -> Result<Polygon, land::GeometryError> {
    Polygon::from_lon_lat(shape.polygons.iter().flatten().map(|ring| ring.iter().copied()))
}

fn kind(kind: intake::ReleaseKind) -> ReleaseKind {
    match kind {
        intake::ReleaseKind::Cancelled => ReleaseKind::Cancelled,
        intake::ReleaseKind::Reduced => ReleaseKind::Reduced,
        intake::ReleaseKind::Cleared => ReleaseKind::Cleared,
    }
}

/// The area of a release that has a shape and a kind but no figure, in m².
pub(crate) fn released_shape_m2(row: &LandRelease) -> Option<(intake::ReleaseKind, f64)> {
    let shape = polygon(row.shape.as_ref()?).ok()?;
    Some((row.kind?, land::polygon_area_m2(&shape)))
}

/// The lines of 7.1 (c) that hazardous areas and releases can tell for a year, one for each unit and class.
///
/// The stated areas are used where every record of a unit states one and the unit has one class only (a release does
/// not say which class it released); else the mapped ones. Empty when no file holds hazardous areas.
#[must_use]
pub fn mined_units(files: &[Intake], year: i16) -> Vec<MinedUnit> {
    let mut records = FieldRecords::default();
    for file in files {
        match &file.taken {
            Records::HazardousAreas(areas) => areas.iter().for_each(|area| records.hazard(area, &file.file)),
            Records::LandReleases(rows) => rows.iter().for_each(|row| records.release(row, &file.file)),
            _ => {}
        }
    }
    let unit_of = |district: &Option<String>| district.clone().unwrap_or_default();
    let keys: BTreeSet<(String, HazardKind)> =
        records.hazards.iter().map(|hazard| (unit_of(&hazard.district), hazard.kind)).collect();
    let mut units = Vec::new();
    for (name, class) in &keys {
        let one_class = keys.iter().filter(|(other, _)| other == name).count() == 1;
        let of_unit = |hazard: &&Hazard| unit_of(&hazard.district) == *name && hazard.kind == *class;
        let hazards: Vec<Hazard> = records.hazards.iter().filter(of_unit).cloned().collect();
        let releases: Vec<Release> =
            records.releases.iter().filter(|release| unit_of(&release.district) == *name).cloned().collect();
        units.extend(mined_unit(name, *class, one_class, &hazards, &releases, year));
    }
    units
}

fn mined_unit(
    name: &str,
    class: HazardKind,
    one_class: bool,
    hazards: &[Hazard],
    releases: &[Release],
    year: i16,
) -> Option<MinedUnit> {
    let until = |found: i16| found <= year;
    let hazards: Vec<Hazard> = hazards.iter().filter(|hazard| until(hazard.year)).cloned().collect();
    let releases: Vec<Release> = releases.iter().filter(|release| until(release.year)).cloned().collect();
    if hazards.is_empty() {
        return None;
    }
    let balance = land::balance(&hazards, &releases, &[], &[]);
    let missing = &balance.findings.records_without_stated_area;
    let unmapped = &balance.findings.records_without_shape;
    let mapped = balance.as_mapped.whole.iter().rfind(|row| row.year <= year);
    let stated = one_class && missing.hazards == 0 && missing.releases == 0;
    let account = if stated { &balance.as_recorded } else { &balance.as_mapped };
    let last = account.whole.iter().rfind(|row| row.year <= year)?;
    // After the last event nothing changes: the year opens and closes with what remained.
    let of_year = |figure: f64| if last.year == year { figure } else { 0.0 };
    let nothing = Figure::Known(0.0);
    Some(MinedUnit {
        unit: name.to_owned(),
        class: match class {
            HazardKind::Suspected => HazardClass::Suspected,
            HazardKind::Confirmed => HazardClass::Confirmed,
        },
        areas: Figure::ToBeAnswered,
        opening_m2: Figure::Known(if last.year == year { last.opening } else { last.closing }),
        found_m2: Figure::Known(of_year(last.found)),
        reclassified_in_m2: nothing,
        reclassified_out_m2: nothing,
        cancelled_m2: Figure::Known(of_year(last.cancelled)),
        reduced_m2: Figure::Known(of_year(last.reduced)),
        cleared_m2: Figure::Known(of_year(last.cleared)),
        remeasured_m2: nothing,
        corrected_m2: nothing,
        correction_reason: None,
        closing_m2: Figure::Known(last.closing),
        mapped_m2: match mapped {
            Some(row) if unmapped.hazards == 0 && unmapped.releases == 0 => Figure::Known(row.closing),
            _ => Figure::Unknown,
        },
        emplaced: None,
    })
}
