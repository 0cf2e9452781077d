//! The yearly balance of mined areas, as mapped and as recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use rayon::prelude::*;
use serde::Serialize;

use crate::districts::Borders;
use crate::geometry::Polygon;
use crate::ground::{Survey, home_district, survey};
use crate::ledger::{Account, Ledger, Place, YearRow};
use crate::records::{Correction, District, Hazard, Release};
use crate::sum::WholeArea;

/// The balance of a set of records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Balance {
    /// From the shapes: no ground is counted twice. Ground is found in the first year that a hazard covers it and
    /// released in the first year that a release does.
    pub as_mapped: Account,
    /// From the areas that the records state, one by one.
    pub as_recorded: Account,
    /// As mapped less as recorded.
    pub difference: Account,
    /// What does not enter the rows, or needs a look.
    pub findings: Findings,
}

/// What a balance cannot say in its rows. Areas are in m², and no ground counts twice within a figure.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Findings {
    /// Ground inside two or more hazards.
    pub overlap_m2: f64,
    /// Ground released that no hazard covers.
    pub released_outside_hazard_m2: f64,
    /// Ground whose first release is earlier than its first hazard. By the rule it was never contaminated, and it is in no
    /// row: either a date is wrong, or mines were found on released ground.
    pub released_before_found_m2: f64,
    /// Ground found, released, and covered by a hazard of a later year. The rows end with its first release.
    pub found_again_m2: f64,
    /// Records that do not enter *as mapped*, for want of a shape.
    pub records_without_shape: RecordCount,
    /// Records that do not enter *as recorded*, for want of a stated area (or because it is not a number).
    pub records_without_stated_area: RecordCount,
    /// Corrections left out because their area is not a number.
    pub corrections_without_area: usize,
    /// Districts named in records or corrections that no given district bears. They have rows of their own.
    pub unknown_districts: Vec<String>,
}

/// A number of records of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct RecordCount {
    /// Hazards.
    pub hazards: usize,
    /// Releases.
    pub releases: usize,
}

/// One year of one place, seen both ways.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BalanceRow {
    /// From the shapes.
    pub as_mapped: YearRow,
    /// From the stated areas.
    pub as_recorded: YearRow,
    /// The first less the second.
    pub difference: YearRow,
}

impl Balance {
    /// One year of one place; `None` for a year or a district that the balance does not have.
    #[must_use]
    pub fn row(&self, year: i16, place: Place<'_>) -> Option<BalanceRow> {
        Some(BalanceRow {
            as_mapped: *self.as_mapped.row(year, place)?,
            as_recorded: *self.as_recorded.row(year, place)?,
            difference: *self.difference.row(year, place)?,
        })
    }

    /// The years of the balance, first and last; `None` when no record has any.
    #[must_use]
    pub fn years(&self) -> Option<RangeInclusive<i16>> {
        let rows = &self.as_mapped.whole;
        Some(rows.first()?.year..=rows.last()?.year)
    }
}

/// Draws the balance of all years and districts.
///
/// *As mapped*, ground belongs to the district that contains it, and to the one listed first where districts overlap. *As
/// recorded*, a record counts where it says; if it names no district, in the one that holds most of its shape.
/// Corrections enter both.
///
/// The years run without a gap from the first event to the last, so a year that is a slip of the pen (20025) makes as many
/// rows as it says: check years first. Neither the order of the records nor the number of threads matters.
#[must_use]
pub fn balance(
    hazards: &[Hazard],
    releases: &[Release],
    districts: &[District],
    corrections: &[Correction],
) -> Balance {
    let borders = Borders::new(districts);
    let places = Places::new(hazards, releases, districts, corrections);
    let survey = survey(hazards, releases, &borders);
    let mut findings = findings(&survey, hazards, releases);
    findings.unknown_districts.clone_from(&places.unknown);

    let mut as_mapped = books_as_mapped(&survey, &places);
    let mut as_recorded = books_as_recorded(hazards, releases, &borders, &places);
    for correction in corrections {
        if correction.area_m2.is_finite() {
            let place = places.named(correction.district.as_deref());
            let area = WholeArea::from_m2(correction.area_m2);
            as_mapped.corrected(place, correction.year, area);
            as_recorded.corrected(place, correction.year, area);
        } else {
            findings.corrections_without_area += 1;
        }
    }

    let years = years_of(hazards, releases, corrections);
    let account = |books: &Ledger| books.account(&places.names, years.as_ref());
    Balance {
        difference: account(&as_mapped.minus(&as_recorded)),
        as_mapped: account(&as_mapped),
        as_recorded: account(&as_recorded),
        findings,
    }
}

fn years_of(hazards: &[Hazard], releases: &[Release], corrections: &[Correction]) -> Option<RangeInclusive<i16>> {
    let years = hazards.iter().map(|h| h.year).chain(releases.iter().map(|r| r.year));
    let years = years.chain(corrections.iter().map(|c| c.year));
    years.map(|year| year..=year).reduce(|all, one| *all.start().min(one.start())..=*all.end().max(one.end()))
}

fn books_as_mapped(survey: &Survey, places: &Places) -> Ledger {
    let mut books = Ledger::default();
    for (ground, &area) in survey {
        let place = places.of_district(ground.district);
        match (ground.found, ground.released) {
            (Some(found), Some((released, kind))) if found <= released => {
                books.found(place, found, area);
                books.released(place, released, kind, area);
            }
            (Some(found), None) => books.found(place, found, area),
            // Released before it was found, or never found: a finding, not a flow.
            (Some(_) | None, _) => {}
        }
    }
    books
}

fn books_as_recorded(hazards: &[Hazard], releases: &[Release], borders: &Borders, places: &Places) -> Ledger {
    let entry = |stated: Option<f64>, name: Option<&str>, shape: Option<&Polygon>| {
        let area = stated.filter(|area| area.is_finite())?;
        let place = match (stated_name(name), shape) {
            (None, Some(shape)) => places.of_district(home_district(shape, borders)),
            (name, _) => places.named(name),
        };
        Some((place, WholeArea::from_m2(area)))
    };
    let of_hazard = |h: &Hazard| entry(h.stated_area_m2, h.district.as_deref(), h.shape.as_ref());
    let of_release = |r: &Release| entry(r.stated_area_m2, r.district.as_deref(), r.shape.as_ref());
    let hazard_entries: Vec<_> = hazards.par_iter().map(of_hazard).collect();
    let release_entries: Vec<_> = releases.par_iter().map(of_release).collect();
    let mut books = Ledger::default();
    for (hazard, entry) in hazards.iter().zip(hazard_entries) {
        if let Some((place, area)) = entry {
            books.found(place, hazard.year, area);
        }
    }
    for (release, entry) in releases.iter().zip(release_entries) {
        if let Some((place, area)) = entry {
            books.released(place, release.year, release.kind, area);
        }
    }
    books
}

fn findings(survey: &Survey, hazards: &[Hazard], releases: &[Release]) -> Findings {
    let before = |found: Option<i16>, released: Option<i16>| found.zip(released).is_some_and(|(f, r)| r < f);
    let [mut overlap, mut outside, mut early, mut again] = [WholeArea::ZERO; 4];
    for (ground, &area) in survey {
        let released_first = before(ground.found, ground.released.map(|(year, _)| year));
        for (figure, applies) in [
            (&mut overlap, ground.overlaps),
            (&mut outside, ground.found.is_none()),
            (&mut early, released_first),
            (&mut again, ground.found_after_release && !released_first),
        ] {
            if applies {
                *figure += area;
            }
        }
    }
    let no_shape = |shape: Option<&Polygon>| shape.and_then(Polygon::bounds).is_none();
    let no_area = |stated: Option<f64>| !stated.is_some_and(f64::is_finite);
    Findings {
        overlap_m2: overlap.to_m2(),
        released_outside_hazard_m2: outside.to_m2(),
        released_before_found_m2: early.to_m2(),
        found_again_m2: again.to_m2(),
        records_without_shape: RecordCount {
            hazards: hazards.iter().filter(|h| no_shape(h.shape.as_ref())).count(),
            releases: releases.iter().filter(|r| no_shape(r.shape.as_ref())).count(),
        },
        records_without_stated_area: RecordCount {
            hazards: hazards.iter().filter(|h| no_area(h.stated_area_m2)).count(),
            releases: releases.iter().filter(|r| no_area(r.stated_area_m2)).count(),
        },
        ..Findings::default()
    }
}

/// The places that have rows: districts as given, then names known only from records, then the part outside.
struct Places {
    names: Vec<Option<String>>,
    unknown: Vec<String>,
    by_name: BTreeMap<String, usize>,
    by_district: Vec<usize>,
}

impl Places {
    fn new(hazards: &[Hazard], releases: &[Release], districts: &[District], corrections: &[Correction]) -> Self {
        let stated: BTreeSet<&str> = (hazards.iter().map(|h| &h.district))
            .chain(releases.iter().map(|r| &r.district))
            .chain(corrections.iter().map(|c| &c.district))
            .filter_map(|name| stated_name(name.as_deref()))
            .collect();
        let mut places =
            Self { names: Vec::new(), unknown: Vec::new(), by_name: BTreeMap::new(), by_district: Vec::new() };
        for district in districts {
            let place = places.enter(&district.name);
            places.by_district.push(place);
        }
        for name in stated {
            if !places.by_name.contains_key(name) {
                places.unknown.push(name.to_owned());
                places.enter(name);
            }
        }
        places.names.push(None);
        places
    }

    fn enter(&mut self, name: &str) -> usize {
        let names = &mut self.names;
        *self.by_name.entry(name.to_owned()).or_insert_with(|| {
            names.push(Some(name.to_owned()));
            names.len() - 1
        })
    }

    fn outside(&self) -> usize {
        self.names.len() - 1
    }

    fn of_district(&self, district: Option<usize>) -> usize {
        district.map_or(self.outside(), |index| self.by_district[index])
    }

    fn named(&self, name: Option<&str>) -> usize {
        stated_name(name).and_then(|name| self.by_name.get(name)).copied().unwrap_or(self.outside())
    }
}

/// A blank name states nothing.
fn stated_name(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.trim().is_empty())
}
