//! Books by place and year. Inside, whole square millimetres; outside, m².

use std::ops::RangeInclusive;

use serde::Serialize;

use crate::records::HazardKind;
use crate::sum::WholeArea;
use crate::tally::{Tally, Years};

/// One year of a balance. All figures are in m².
///
/// `opening + found + reclassified + corrected - cancelled - reduced - cleared = closing`, and `closing` is the next
/// year's `opening`: exactly in the books, which are kept in whole square millimetres, and to the last digit of a double
/// here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct YearRow {
    /// The calendar year.
    pub year: i16,
    /// Contaminated at the start of the year.
    pub opening: f64,
    /// Newly found.
    pub found: f64,
    /// Moved from suspected to confirmed: negative in the rows of suspected ground, positive in those of confirmed
    /// ground, and nothing in the rows of both together.
    pub reclassified: f64,
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

/// What happened in one year. By kind of hazard in the order of [`HazardKind`], by kind of release in its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flows {
    pub(crate) found: [WholeArea; 2],
    pub(crate) reclassified: WholeArea,
    /// The last for corrections that name no kind of hazard.
    pub(crate) corrected: [WholeArea; 3],
    pub(crate) released: [[WholeArea; 3]; 2],
}

/// Which ground a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    All,
    Of(HazardKind),
}

/// Flows as one row shows them.
#[derive(Debug, Clone, Copy, Default)]
struct RowFlows {
    found: WholeArea,
    reclassified: WholeArea,
    corrected: WholeArea,
    released: [WholeArea; 3],
}

impl Flows {
    pub(crate) fn plus(mut self, other: Self) -> Self {
        fn add(mine: &mut [WholeArea], theirs: &[WholeArea]) {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += *theirs);
        }
        add(&mut self.found, &other.found);
        self.reclassified += other.reclassified;
        add(&mut self.corrected, &other.corrected);
        add(self.released.as_flattened_mut(), other.released.as_flattened());
        self
    }

    fn negated(mut self) -> Self {
        let all = self.found.iter_mut().chain(&mut self.corrected).chain(self.released.as_flattened_mut());
        all.chain([&mut self.reclassified]).for_each(|area| *area = -*area);
        self
    }

    fn counted(&self, counted: Counted) -> RowFlows {
        match counted {
            Counted::All => RowFlows {
                found: self.found.into_iter().sum(),
                reclassified: WholeArea::ZERO,
                corrected: self.corrected.into_iter().sum(),
                released: [0, 1, 2].map(|how| self.released[0][how] + self.released[1][how]),
            },
            Counted::Of(kind) => RowFlows {
                found: self.found[kind as usize],
                reclassified: if kind == HazardKind::Confirmed { self.reclassified } else { -self.reclassified },
                corrected: self.corrected[kind as usize],
                released: self.released[kind as usize],
            },
        }
    }
}

impl RowFlows {
    /// The row of `year` and its closing figure.
    fn row(self, year: i16, opening: WholeArea) -> (YearRow, WholeArea) {
        let released: WholeArea = self.released.into_iter().sum();
        let closing = opening + self.found + self.reclassified + self.corrected - released;
        let [cancelled, reduced, cleared] = self.released.map(WholeArea::to_m2);
        let row = YearRow {
            year,
            opening: opening.to_m2(),
            found: self.found.to_m2(),
            reclassified: self.reclassified.to_m2(),
            corrected: self.corrected.to_m2(),
            cancelled,
            reduced,
            cleared,
            closing: closing.to_m2(),
        };
        (row, closing)
    }
}

/// The books: flows by place and year.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    /// For each place its years with an event, ascending.
    places: Vec<Vec<(i16, Flows)>>,
}

impl Ledger {
    pub(crate) fn new(tally: &Tally, places: usize, years: &Years) -> Self {
        Self { places: (0..places).map(|place| tally.flows(place, years).collect()).collect() }
    }

    /// These books less the others, which have the same places and years.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let of_place = |(place, mine): (usize, &Vec<(i16, Flows)>)| {
            let (mut difference, theirs) = (mine.clone(), &other.places[place]);
            for &(year, flows) in theirs {
                match difference.binary_search_by_key(&year, |&(year, _)| year) {
                    Ok(at) => difference[at].1 = difference[at].1.plus(flows.negated()),
                    Err(at) => difference.insert(at, (year, flows.negated())),
                }
            }
            difference
        };
        Self { places: self.places.iter().enumerate().map(of_place).collect() }
    }

    /// The rows of all `years`, for the whole and for each of `places`.
    pub(crate) fn account(
        &self,
        places: &[Option<String>],
        years: Option<&RangeInclusive<i16>>,
        counted: Counted,
    ) -> Account {
        let mut whole: Vec<(i16, Flows)> = Vec::new();
        for &(year, flows) in self.places.iter().flatten() {
            match whole.binary_search_by_key(&year, |&(year, _)| year) {
                Ok(at) => whole[at].1 = whole[at].1.plus(flows),
                Err(at) => whole.insert(at, (year, flows)),
            }
        }
        let rows = |flows: &[(i16, Flows)]| {
            let mut opening = WholeArea::ZERO;
            let mut waiting = flows.iter().peekable();
            let rows = years.into_iter().flat_map(RangeInclusive::clone).map(|year| {
                let flows = waiting.next_if(|(of, _)| *of == year).map_or(Flows::default(), |(_, flows)| *flows);
                let (row, closing) = flows.counted(counted).row(year, opening);
                opening = closing;
                row
            });
            rows.collect()
        };
        let districts = places
            .iter()
            .zip(&self.places)
            .map(|(district, flows)| PlaceRows { district: district.clone(), rows: rows(flows) });
        Account { districts: districts.collect(), whole: rows(&whole) }
    }
}
