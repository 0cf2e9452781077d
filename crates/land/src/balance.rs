//! The yearly balance of mined areas, as mapped and as recorded.

use std::ops::RangeInclusive;

use serde::Serialize;

use crate::basis::Basis;
use crate::bulk::{Batch, Records};
use crate::components::components;
use crate::ledger::{Account, Place, YearRow};
use crate::pieces::Pieces;
use crate::records::{Correction, District, Hazard, HazardKind, Release};

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
    /// As mapped, suspected and confirmed ground apart.
    pub by_kind: ByKind,
    /// What does not enter the rows, or needs a look.
    pub findings: Findings,
}

/// The balance as mapped of suspected and of confirmed ground.
///
/// Ground is suspected from the first hazard on it until a confirmed one covers it, and then confirmed until released. The
/// year in which that happens reclassifies it; confirmed ground stays confirmed. Both together are the balance as mapped,
/// but for corrections that name no kind: those stand only there.
///
/// *As recorded* there is no such account: a release does not state which kind of hazard it released. What the records do
/// state by kind is what was found, in [`ByKind::found_as_recorded`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByKind {
    /// Suspected and not (yet) confirmed.
    pub suspected: Account,
    /// Confirmed.
    pub confirmed: Account,
    /// The areas that hazards state, by year and kind.
    pub found_as_recorded: Vec<FoundAsRecorded>,
}

/// The areas, in m², that the hazards found in one year state.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FoundAsRecorded {
    /// The calendar year.
    pub year: i16,
    /// Stated by suspected hazardous areas.
    pub suspected: f64,
    /// Stated by confirmed hazardous areas.
    pub confirmed: f64,
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
    /// Records that do not enter *as recorded*, for want of a stated area (or because it is not a number, or beyond the surface of
    /// the Earth).
    pub records_without_stated_area: RecordCount,
    /// Corrections left out because their area is not a number, or beyond the surface of the Earth.
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

    /// One year of one place as mapped, of one kind of hazard.
    #[must_use]
    pub fn row_of_kind(&self, year: i16, place: Place<'_>, kind: HazardKind) -> Option<&YearRow> {
        match kind {
            HazardKind::Suspected => self.by_kind.suspected.row(year, place),
            HazardKind::Confirmed => self.by_kind.confirmed.row(year, place),
        }
    }

    /// The years of the balance, first and last; `None` when no record has any.
    #[must_use]
    pub fn years(&self) -> Option<RangeInclusive<i16>> {
        let rows = &self.as_mapped.whole;
        Some(rows.first()?.year..=rows.last()?.year)
    }
}

/// Draws the balance of a few records: [`balance_of`], for callers who hold them one by one.
#[must_use]
pub fn balance(
    hazards: &[Hazard],
    releases: &[Release],
    districts: &[District],
    corrections: &[Correction],
) -> Balance {
    balance_of(&Records::from_slices(hazards, releases, districts, corrections))
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
pub fn balance_of(records: &Records) -> Balance {
    let basis = Basis::new(records);
    let pieces = Pieces::new(records);
    let groups = components(pieces.len(), |piece| pieces.bounds(piece));
    let as_mapped = basis.survey(&pieces, &groups);
    let as_recorded = basis.books_as_recorded(records, &pieces);
    basis.balance(&records.corrections, &Counts::of(records), &as_mapped, &as_recorded)
}

/// What a record does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lacks {
    pub(crate) shape: bool,
    pub(crate) stated_area: bool,
}

/// Records that enter one way of counting only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    pub(crate) without_shape: RecordCount,
    pub(crate) without_stated_area: RecordCount,
}

impl Counts {
    pub(crate) fn of(records: &Records) -> Self {
        let (hazards, releases) = (&records.hazards.batches, &records.releases.batches);
        Self {
            without_shape: RecordCount {
                hazards: hazards.iter().map(without_shape).sum(),
                releases: releases.iter().map(without_shape).sum(),
            },
            without_stated_area: RecordCount {
                hazards: hazards.iter().map(without_area).sum(),
                releases: releases.iter().map(without_area).sum(),
            },
        }
    }

    /// Counts a record in, or out (`back`).
    pub(crate) fn change(&mut self, is_release: bool, lacks: Lacks, back: bool) {
        let count = |counts: &mut RecordCount, applies: bool| {
            let count = if is_release { &mut counts.releases } else { &mut counts.hazards };
            *count = if back { *count - usize::from(applies) } else { *count + usize::from(applies) };
        };
        count(&mut self.without_shape, lacks.shape);
        count(&mut self.without_stated_area, lacks.stated_area);
    }
}

fn without_shape<K: Copy>(batch: &Batch<K>) -> usize {
    let heads = &batch.outlines.heads;
    let records = heads.chunk_by(|a, b| a.record == b.record).count();
    batch.len() - records
}

fn without_area<K: Copy>(batch: &Batch<K>) -> usize {
    batch.stated().iter().filter(|area| area.is_nan()).count()
}
