//! The land balance of field files: how many square metres remain, by year and district.

use std::collections::BTreeMap;

use intake::{HazardousArea, Intake, LandRelease, RecordKind, Records, Shape};
use land::{Balance, District, Hazard, HazardKind, Polygon, Release, YearRow};
use serde::Serialize;
use treaty::article7::report::{HazardClass, MinedUnit};
use treaty::because::Value;
use treaty::quantity::Figure;

use crate::error::DeskError;
use crate::field::{self, FieldFinding, Reading};
use crate::ground::{DistrictsFile, Ground, hazard_kind, releases_told};
use crate::words::Words;

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
    /// Releases that tell of no ground, 0 m² or no figure and no outline, and so change nothing.
    pub releases_of_no_area: usize,
    /// The first year at whose end more was released, as recorded, than had been found.
    pub below_zero: Option<BelowZero>,
    /// What was noticed in the files: rows set aside with the reason, and the other findings.
    pub field_findings: Vec<FieldFinding>,
    /// Records whose shape could not be used, with the reason; they count as recorded.
    pub shapes_not_used: Vec<String>,
}

/// A year at whose end more land was released than had been found: hazards or their areas are missing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BelowZero {
    /// The year.
    pub year: i16,
    /// By how much, in m²; above 0.
    pub missing_m2: f64,
}

impl BelowZero {
    /// Less than this, in m², is a rounding of stated figures.
    const LEAST_M2: f64 = 1.0;

    fn of(rows: &[YearRow]) -> Option<Self> {
        let row = rows.iter().find(|row| row.opening.min(row.closing) < -Self::LEAST_M2)?;
        Some(Self { year: row.year, missing_m2: -row.opening.min(row.closing) })
    }
}

/// Records of the general reader, as `land` takes them one by one.
#[derive(Default)]
pub(crate) struct FieldRecords {
    pub(crate) hazards: Vec<Hazard>,
    pub(crate) releases: Vec<Release>,
    pub(crate) districts: Vec<District>,
    pub(crate) without_year: usize,
    /// Releases that tell of no ground: 0 m² or no figure, and no outline.
    pub(crate) of_no_area: usize,
    pub(crate) shapes_not_used: Vec<String>,
}

/// Draws the balance of field files and, if given, a file of districts.
///
/// # Errors
/// A file cannot be read, holds no areas, or the districts hold no districts.
pub fn balance(
    reading: &Reading<'_>,
    districts: Option<&DistrictsFile>,
    words: &Words,
) -> Result<BalanceView, DeskError> {
    let Ground { records, without_year, of_no_area, shapes_not_used, findings } = Ground::read(reading, districts)?;
    let mut balance = land::balance_of(&records);
    if records.districts.is_empty() {
        // Without boundaries nothing is mapped to a district; rows of 0 m² under the stated names would be false.
        balance.as_mapped.districts.clear();
        balance.difference.districts.clear();
        balance.findings.unknown_districts.clear();
    }
    Ok(BalanceView {
        hazards: records.hazards.len(),
        releases: records.releases.len(),
        left_out_without_year: without_year,
        releases_of_no_area: of_no_area,
        below_zero: BelowZero::of(&balance.as_recorded.whole),
        field_findings: findings.iter().map(|found| field::finding(found, words)).collect(),
        shapes_not_used,
        balance,
    })
}

impl FieldRecords {
    /// Takes a file of areas, or one of districts; anything else is refused by its kind.
    pub(crate) fn add(&mut self, file: &Intake, districts: bool) -> Result<(), RecordKind> {
        match &file.taken {
            Records::HazardousAreas(areas) if !districts => areas.iter().for_each(|area| self.hazard(area, &file.file)),
            Records::LandReleases(rows) if !districts => rows.iter().for_each(|row| self.release(row, &file.file)),
            Records::Districts(list) if districts => list.iter().for_each(|row| self.district(row, &file.file)),
            _ => return Err(file.kind),
        }
        Ok(())
    }

    fn district(&mut self, district: &intake::District, file: &str) {
        let name = district.name.clone().or_else(|| district.code.as_ref().map(|code| code.best().to_owned()));
        let name = name.unwrap_or_else(|| format!("row {}", district.row));
        if let Some(shape) = self.polygon(Some(&district.shape), file, district.row) {
            self.districts.push(District { name, shape });
        }
    }

    fn hazard(&mut self, area: &HazardousArea, file: &str) {
        let Some(year) = area.year else {
            self.without_year += 1;
            return;
        };
        let shape = self.polygon(area.shape.as_ref(), file, area.row);
        let kind = hazard_kind(area.kind);
        let district = area.admin1.clone();
        self.hazards.push(Hazard { shape, year, kind, stated_area_m2: area.stated_area_m2, district });
    }

    /// A row of land release may tell of up to three kinds; each is a release of its own.
    fn release(&mut self, row: &LandRelease, file: &str) {
        let Some(year) = row.year else {
            self.without_year += 1;
            return;
        };
        let shape = self.polygon(row.shape.as_ref(), file, row.row);
        let before = self.releases.len();
        let stated = [row.cancelled_m2, row.reduced_m2, row.cleared_m2];
        for (kind, stated_area_m2, outlined) in releases_told(row.kind, stated, shape.is_some()) {
            let shape = shape.clone().filter(|_| outlined);
            self.releases.push(Release { shape, year, kind, stated_area_m2, district: row.admin1.clone() });
        }
        self.of_no_area += usize::from(self.releases.len() == before);
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

/// The area of a release that has a shape and a kind but no figure, in m².
pub(crate) fn released_shape_m2(row: &LandRelease) -> Option<(intake::ReleaseKind, f64)> {
    let shape = polygon(row.shape.as_ref()?).ok()?;
    Some((row.kind?, land::polygon_area_m2(&shape)))
}

/// The lines of 7.1 (c) that hazardous areas and releases can tell for a year, one for each unit and class. Empty when
/// no file holds hazardous areas.
///
/// The stated areas are used where every record of a unit states one and the unit has one class only, for a release does
/// not say which class it released. Else the mapped ones, where every record of the unit has a shape: ground is suspected until a
/// confirmed hazard covers it, which reclassifies it, so that ground that is both counts once. Else the figures are
/// unknown, for what is neither stated nor mapped would count as nothing.
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
    let mut units: BTreeMap<String, Unit> = BTreeMap::new();
    for hazard in records.hazards.into_iter().filter(|hazard| hazard.year <= year) {
        let unit = units.entry(folded(hazard.district.as_deref())).or_default();
        unit.name.get_or_insert_with(|| hazard.district.clone().unwrap_or_default());
        unit.hazards.push(hazard);
    }
    for release in records.releases.into_iter().filter(|release| release.year <= year) {
        units.entry(folded(release.district.as_deref())).or_default().releases.push(release);
    }
    units.values().flat_map(|unit| unit.lines(year)).collect()
}

/// Names of units are compared without regard to case and outer blanks.
fn folded(name: Option<&str>) -> String {
    name.unwrap_or_default().trim().to_lowercase()
}

/// One administrative unit's records up to the end of the year.
#[derive(Default)]
struct Unit {
    name: Option<String>,
    hazards: Vec<Hazard>,
    releases: Vec<Release>,
}

/// The figures of a year that field records can tell, in m².
#[derive(Clone, Copy)]
struct OfYear {
    opening: f64,
    found: f64,
    reclassified: f64,
    cancelled: f64,
    reduced: f64,
    cleared: f64,
    closing: f64,
}

impl OfYear {
    /// Of a book; after the last event nothing changes, and the year opens and closes with what remained.
    fn of(rows: &[YearRow], year: i16) -> Option<Self> {
        let last = rows.iter().rfind(|row| row.year <= year)?;
        let of_year = |figure: f64| if last.year == year { figure } else { 0.0 };
        Some(Self {
            opening: if last.year == year { last.opening } else { last.closing },
            found: of_year(last.found),
            reclassified: of_year(last.reclassified),
            cancelled: of_year(last.cancelled),
            reduced: of_year(last.reduced),
            cleared: of_year(last.cleared),
            closing: last.closing,
        })
    }
}

impl Unit {
    fn lines(&self, year: i16) -> Vec<MinedUnit> {
        let mut classes: Vec<HazardKind> = self.hazards.iter().map(|hazard| hazard.kind).collect();
        classes.sort_unstable();
        classes.dedup();
        let all = |of: fn(&Hazard) -> bool, and: fn(&Release) -> bool| {
            self.hazards.iter().all(of) && self.releases.iter().all(and)
        };
        let mapped = all(|hazard| hazard.shape.is_some(), |release| release.shape.is_some());
        let stated = all(|hazard| hazard.stated_area_m2.is_some(), |release| release.stated_area_m2.is_some());
        let balance = land::balance(&self.hazards, &self.releases, &[], &[]);
        let one_class = classes.len() == 1;
        let line = |class: &HazardKind| {
            let account = match class {
                HazardKind::Confirmed => &balance.by_kind.confirmed,
                HazardKind::Suspected => &balance.by_kind.suspected,
            };
            let as_mapped = OfYear::of(&account.whole, year).filter(|_| mapped);
            let as_recorded = OfYear::of(&balance.as_recorded.whole, year).filter(|_| one_class && stated);
            self.line(*class, as_recorded.or(as_mapped), as_mapped)
        };
        classes.iter().map(line).collect()
    }

    fn line(&self, class: HazardKind, figures: Option<OfYear>, mapped: Option<OfYear>) -> MinedUnit {
        let figure = |of: fn(OfYear) -> f64| Figure::from(figures.map(of));
        let nothing = Figure::Known(0.0);
        MinedUnit {
            unit: self.name.clone().unwrap_or_default(),
            class: match class {
                HazardKind::Suspected => HazardClass::Suspected,
                HazardKind::Confirmed => HazardClass::Confirmed,
            },
            areas: Figure::ToBeAnswered,
            opening_m2: figure(|of| of.opening),
            found_m2: figure(|of| of.found),
            reclassified_in_m2: figure(|of| of.reclassified.max(0.0)),
            reclassified_out_m2: figure(|of| (0.0 - of.reclassified).max(0.0)),
            cancelled_m2: figure(|of| of.cancelled),
            reduced_m2: figure(|of| of.reduced),
            cleared_m2: figure(|of| of.cleared),
            remeasured_m2: nothing,
            corrected_m2: nothing,
            correction_reason: None,
            closing_m2: figure(|of| of.closing),
            mapped_m2: Figure::from(mapped.map(|of| of.closing)),
            emplaced: None,
        }
    }
}

/// Whether a row gives a figure.
type Given = fn(&LandRelease) -> bool;

/// What a draft cannot take from these files, and why; said to whoever drafts.
#[must_use]
pub fn gaps(files: &[Intake], year: i16, words: &Words) -> Vec<String> {
    let mut gaps = Vec::new();
    for file in files {
        let name = || Value::from(file.file.as_str());
        let without_year = match &file.taken {
            Records::Victims(rows) => rows.iter().filter(|row| row.year.is_none()).count(),
            Records::LandReleases(rows) => rows.iter().filter(|row| row.year.is_none()).count(),
            Records::HazardousAreas(rows) => rows.iter().filter(|row| row.year.is_none()).count(),
            Records::Events(_) | Records::Districts(_) => 0,
        };
        if without_year > 0 {
            gaps.push(words.with("draft-without-year", &[("file", name()), ("count", Value::from(without_year))]));
        }
        if let Records::LandReleases(rows) = &file.taken {
            let of_year: Vec<&LandRelease> = rows.iter().filter(|row| row.year == Some(year)).collect();
            let figures: [(&str, Given); 4] = [
                ("figure-mines", |row| row.ap_mines.is_some()),
                ("figure-improvised", |row| row.improvised.is_some()),
                ("figure-anti-vehicle", |row| row.anti_vehicle.is_some()),
                ("figure-unexploded", |row| row.uxo.is_some()),
            ];
            for (key, given) in figures {
                let count = of_year.iter().filter(|row| given(row)).count();
                if count > 0 && count < of_year.len() {
                    let values = [
                        ("file", name()),
                        ("figure", Value::Text(words.text(key))),
                        ("count", Value::from(count)),
                        ("rows", Value::from(of_year.len())),
                    ];
                    gaps.push(words.with("draft-given-by-some", &values));
                }
            }
        }
    }
    gaps
}
