//! Books by place and year. Inside, whole square millimetres; outside, m².

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Serialize;

use crate::records::ReleaseKind;
use crate::sum::WholeArea;

/// One year of a balance. All figures are in m².
///
/// `opening + found + corrected - cancelled - reduced - cleared = closing`, and `closing` is the next year's `opening`:
/// exactly in the books, which are kept in whole square millimetres, and to the last digit of a double here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct YearRow {
    /// The calendar year.
    pub year: i16,
    /// Contaminated at the start of the year.
    pub opening: f64,
    /// Newly found.
    pub found: f64,
    /// Corrections, signed.
    pub corrected: f64,
    /// Released by non-technical survey.
    pub cancelled: f64,
    /// Released by technical survey.
    pub reduced: f64,
    /// Released by clearance.
    pub cleared: f64,
    /// Contaminated at the end of the year. Negative when more was released than ever found: a finding.
    pub closing: f64,
}

impl YearRow {
    /// `cancelled + reduced + cleared`, in m².
    #[must_use]
    pub fn released(&self) -> f64 {
        self.cancelled + self.reduced + self.cleared
    }
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// Everything.
    Whole,
    /// One district, by name.
    District(&'a str),
    /// What lies outside every district, or states none.
    OutsideDistricts,
}

/// The rows of one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceRows {
    /// The district; `None` for what lies outside every district, or states none.
    pub district: Option<String>,
    /// Its years, without gaps.
    pub rows: Vec<YearRow>,
}

/// A balance seen one way: every year, for the whole and for each place. The places sum to the whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// The whole, from the first year with an event to the last, without gaps.
    pub whole: Vec<YearRow>,
    /// Each district and, last, the part outside every district. All have the same years as the whole.
    pub districts: Vec<PlaceRows>,
}

impl Account {
    /// The row of a year; `None` for a year or a district that the balance does not have.
    #[must_use]
    pub fn row(&self, year: i16, place: Place<'_>) -> Option<&YearRow> {
        let of = |district: Option<&str>| {
            self.districts.iter().find(|rows| rows.district.as_deref() == district).map(|rows| &rows.rows)
        };
        let rows = match place {
            Place::Whole => Some(&self.whole),
            Place::District(name) => of(Some(name)),
            Place::OutsideDistricts => of(None),
        }?;
        let first = rows.first()?.year;
        rows.get(usize::try_from(i32::from(year) - i32::from(first)).ok()?)
    }
}

/// What happened in one year.
#[derive(Debug, Clone, Copy, Default)]
struct Flows {
    found: WholeArea,
    corrected: WholeArea,
    /// By kind, in the order of [`ReleaseKind`].
    released: [WholeArea; 3],
}

impl Flows {
    fn plus(mut self, other: Self) -> Self {
        self.found += other.found;
        self.corrected += other.corrected;
        for (mine, theirs) in self.released.iter_mut().zip(other.released) {
            *mine += theirs;
        }
        self
    }

    fn negated(self) -> Self {
        Self { found: -self.found, corrected: -self.corrected, released: self.released.map(|area| -area) }
    }

    /// The row of `year` and its closing figure.
    fn row(self, year: i16, opening: WholeArea) -> (YearRow, WholeArea) {
        let closing = opening + self.found + self.corrected - self.released.into_iter().sum();
        let [cancelled, reduced, cleared] = self.released.map(WholeArea::to_m2);
        let (found, corrected) = (self.found.to_m2(), self.corrected.to_m2());
        let (opening, closing_m2) = (opening.to_m2(), closing.to_m2());
        (YearRow { year, opening, found, corrected, cancelled, reduced, cleared, closing: closing_m2 }, closing)
    }
}

/// The books: flows by place and year. A place is an index into the list of names that the caller keeps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    flows: BTreeMap<(usize, i16), Flows>,
}

impl Ledger {
    pub(crate) fn found(&mut self, place: usize, year: i16, area: WholeArea) {
        self.at(place, year).found += area;
    }

    pub(crate) fn corrected(&mut self, place: usize, year: i16, area: WholeArea) {
        self.at(place, year).corrected += area;
    }

    pub(crate) fn released(&mut self, place: usize, year: i16, kind: ReleaseKind, area: WholeArea) {
        self.at(place, year).released[kind as usize] += area;
    }

    fn at(&mut self, place: usize, year: i16) -> &mut Flows {
        self.flows.entry((place, year)).or_default()
    }

    /// These books less the others.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut difference = self.clone();
        for (&(place, year), &flows) in &other.flows {
            let entry = difference.at(place, year);
            *entry = entry.plus(flows.negated());
        }
        difference
    }

    /// The rows of all `years`, for the whole and for each of `places`.
    pub(crate) fn account(&self, places: &[Option<String>], years: Option<&RangeInclusive<i16>>) -> Account {
        let mut whole: BTreeMap<i16, Flows> = BTreeMap::new();
        for (&(_, year), &flows) in &self.flows {
            let entry = whole.entry(year).or_default();
            *entry = entry.plus(flows);
        }
        let rows = |flows_of: &dyn Fn(i16) -> Option<Flows>| {
            let mut opening = WholeArea::ZERO;
            let rows = years.into_iter().flat_map(RangeInclusive::clone).map(|year| {
                let (row, closing) = flows_of(year).unwrap_or_default().row(year, opening);
                opening = closing;
                row
            });
            rows.collect()
        };
        let districts = places.iter().enumerate().map(|(place, district)| PlaceRows {
            district: district.clone(),
            rows: rows(&|year| self.flows.get(&(place, year)).copied()),
        });
        Account { whole: rows(&|year| whole.get(&year).copied()), districts: districts.collect() }
    }
}
