//! The yearly balance of mined areas, as mapped and as recorded.

use std::cmp::Reverse;
use std::ops::RangeInclusive;

use rayon::prelude::*;
use serde::Serialize;

use crate::bulk::{Batch, Layer, Records};
use crate::components::{Groups, components};
use crate::districts::{Borders, Near};
use crate::ledger::{Account, Counted, Ledger, Place, YearRow};
use crate::pieces::{Piece, Pieces};
use crate::places::Places;
use crate::records::{Correction, District, Hazard, HazardKind, Release};
use crate::standing::Totals;
use crate::sum::{WholeArea, can_be_area};
use crate::survey::Surveyor;
use crate::tally::{Tally, Years};

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

/// What is known before any ground is measured.
#[derive(Debug)]
pub(crate) struct Basis {
    pub(crate) borders: Borders,
    pub(crate) places: Places,
    pub(crate) years: Years,
}

/// Components that one task takes at a time.
const CHUNK: usize = 512;

impl Basis {
    pub(crate) fn new(records: &Records) -> Self {
        let pieces = Pieces::new(records);
        Self {
            borders: Borders::new(&records.districts, pieces.around(), pieces.len()),
            places: Places::new(records),
            years: Years::new(years(records)),
        }
    }

    /// Measures all ground. Components are surveyed in parallel and added in whole square millimetres, so the figures do
    /// not depend on the threads.
    pub(crate) fn survey(&self, pieces: &Pieces<'_>, groups: &Groups) -> Tally {
        let empty = || Tally::new(self.places.names.len());
        (0..groups.len().div_ceil(CHUNK))
            .into_par_iter()
            .fold(
                || (Surveyor::default(), Vec::new(), empty()),
                |(mut surveyor, mut members, mut tally), chunk| {
                    for group in chunk * CHUNK..((chunk + 1) * CHUNK).min(groups.len()) {
                        members.clear();
                        members.extend(groups.group(group).iter().map(|&piece| pieces.get(piece as usize)));
                        self.survey_group(&mut surveyor, &members, &mut tally);
                    }
                    (surveyor, members, tally)
                },
            )
            .map(|(_, _, tally)| tally)
            .reduce(empty, Tally::plus)
    }

    fn survey_group(&self, surveyor: &mut Surveyor, members: &[Piece<'_>], tally: &mut Tally) {
        surveyor.survey(members, &self.borders, |ground, area| {
            tally.enter(self.places.of_district(ground.district), &ground, area, &self.years);
        });
    }

    pub(crate) fn books_as_recorded(&self, records: &Records, pieces: &Pieces<'_>) -> Tally {
        let mut tally = Tally::new(self.places.names.len());
        let homes = self.homes(records, pieces);
        let mut homes = homes.into_iter();
        self.enter_stated(&records.hazards, &mut homes, |place, year, kind, area| {
            tally.at(place, year, &self.years).found[kind as usize] += area;
        });
        self.enter_stated(&records.releases, &mut homes, |place, year, kind, area| {
            // Which kind of hazard it released is not stated; only the sum of both is ever shown.
            tally.at(place, year, &self.years).released[0][kind as usize] += area;
        });
        tally
    }

    fn enter_stated<K: Copy>(
        &self,
        layer: &Layer<K>,
        homes: &mut impl Iterator<Item = Option<u32>>,
        mut enter: impl FnMut(usize, i16, K, WholeArea),
    ) {
        for batch in &layer.batches {
            let named: Vec<usize> = batch.name_list().iter().map(|name| self.places.named(Some(name))).collect();
            for (index, &stated) in batch.stated().iter().enumerate() {
                let home = homes.next().flatten();
                if !stated.is_nan() {
                    let place = named.get(batch.names()[index] as usize).copied();
                    let place = place.unwrap_or_else(|| self.places.of_district(home));
                    enter(place, batch.years()[index], batch.kinds()[index], WholeArea::from_m2(stated));
                }
            }
        }
    }

    /// For each record, hazards first, the district that holds most of its shape; only for records that state an area and
    /// name no district.
    fn homes(&self, records: &Records, pieces: &Pieces<'_>) -> Vec<Option<u32>> {
        let mut wanted: Vec<bool> = Vec::new();
        records.hazards.batches.iter().for_each(|batch| wants_home(batch, &mut wanted));
        let releases_from = wanted.len();
        records.releases.batches.iter().for_each(|batch| wants_home(batch, &mut wanted));
        let mut homes = vec![None; wanted.len()];
        if self.borders.is_empty() || !wanted.contains(&true) {
            return homes;
        }
        let found: Vec<(usize, Option<u32>)> = (0..pieces.len())
            .into_par_iter()
            .with_min_len(256)
            .map_init(Surveyor::default, |surveyor, index| {
                let parts = pieces.record_beginning_at(index)?;
                let piece = pieces.get(index);
                let number = piece.record + if piece.is_release() { releases_from } else { 0 };
                let shape = parts.map(|part| pieces.get(part));
                wanted[number].then(|| (number, self.home_of(surveyor, shape)))
            })
            .flatten()
            .collect();
        for (record, home) in found {
            homes[record] = home;
        }
        homes
    }

    /// The district that holds most of a shape; `None` when no district holds any of it. Of equal shares the first listed
    /// district wins.
    pub(crate) fn home_of<'a>(&self, surveyor: &mut Surveyor, shape: impl Iterator<Item = Piece<'a>>) -> Option<u32> {
        let mut shares: Vec<(u32, WholeArea)> = Vec::new();
        for piece in shape {
            if let Near::Home(home) = self.borders.near(&piece.bounds(), &mut Vec::new())
                && shares.is_empty()
            {
                return home;
            }
            surveyor.survey(std::slice::from_ref(&piece), &self.borders, |ground, area| {
                let Some(district) = ground.district else { return };
                match shares.iter_mut().find(|(known, _)| *known == district) {
                    Some((_, sum)) => *sum += area,
                    None => shares.push((district, area)),
                }
            });
        }
        let some = shares.into_iter().filter(|&(_, area)| area > WholeArea::ZERO);
        some.max_by_key(|&(district, area)| (area, Reverse(district))).map(|(district, _)| district)
    }

    /// Makes room for a year and a district's name that no record had before.
    pub(crate) fn admit(&mut self, year: i16, district: Option<&str>, tallies: [&mut Tally; 2]) {
        let is_new = !self.years.has(year);
        let years = if is_new { Years::new(self.years.list.iter().copied().chain([year])) } else { Years::default() };
        let named = self.places.admit(district);
        for tally in tallies {
            if is_new {
                tally.change_years(&self.years, &years);
            }
            if named {
                tally.add_place();
            }
        }
        if is_new {
            self.years = years;
        }
    }

    /// The books, corrections entered, as mapped and as recorded.
    fn books(&self, corrections: &[Correction], as_mapped: &Tally, as_recorded: &Tally) -> [Ledger; 2] {
        let places = self.places.names.len();
        let place = |correction: &Correction| self.places.named(correction.district.as_deref());
        [as_mapped, as_recorded].map(|tally| self.corrected(tally.clone(), corrections, place, places))
    }

    /// A book of so many places, corrections entered.
    fn corrected(
        &self,
        mut tally: Tally,
        corrections: &[Correction],
        place: impl Fn(&Correction) -> usize,
        places: usize,
    ) -> Ledger {
        for correction in corrections.iter().filter(|correction| can_be_area(correction.area_m2)) {
            let kind = correction.kind.map_or(2, |kind| kind as usize);
            let flows = tally.at(place(correction), correction.year, &self.years);
            flows.corrected[kind] += WholeArea::from_m2(correction.area_m2);
        }
        Ledger::new(&tally, places, &self.years)
    }

    fn span(&self) -> Option<RangeInclusive<i16>> {
        self.years.list.first().zip(self.years.list.last()).map(|(first, last)| *first..=*last)
    }

    /// The whole only; the places are added up first, which spares the book of each.
    pub(crate) fn totals(&self, corrections: &[Correction], as_mapped: &Tally, as_recorded: &Tally) -> Totals {
        let [as_mapped, as_recorded] =
            [as_mapped, as_recorded].map(|tally| self.corrected(tally.whole(), corrections, |_| 0, 1));
        let span = self.span();
        let whole = |books: &Ledger, counted| books.account(&[], span.as_ref(), counted).whole;
        Totals {
            suspected: whole(&as_mapped, Counted::Of(HazardKind::Suspected)),
            confirmed: whole(&as_mapped, Counted::Of(HazardKind::Confirmed)),
            as_mapped: whole(&as_mapped, Counted::All),
            as_recorded: whole(&as_recorded, Counted::All),
        }
    }

    /// The balance, once the ground is measured.
    pub(crate) fn balance(
        &self,
        corrections: &[Correction],
        counts: &Counts,
        as_mapped: &Tally,
        as_recorded: &Tally,
    ) -> Balance {
        let findings = Findings {
            overlap_m2: as_mapped.remarks.overlap.to_m2(),
            released_outside_hazard_m2: as_mapped.remarks.outside.to_m2(),
            released_before_found_m2: as_mapped.remarks.early.to_m2(),
            found_again_m2: as_mapped.remarks.again.to_m2(),
            records_without_shape: counts.without_shape,
            records_without_stated_area: counts.without_stated_area,
            corrections_without_area: corrections.iter().filter(|line| !can_be_area(line.area_m2)).count(),
            unknown_districts: self.places.unknown.clone(),
        };
        let [as_mapped, as_recorded] = self.books(corrections, as_mapped, as_recorded);
        let span = self.span();
        let account = |books: &Ledger, counted| books.account(&self.places.names, span.as_ref(), counted);
        Balance {
            difference: account(&as_mapped.minus(&as_recorded), Counted::All),
            by_kind: ByKind {
                suspected: account(&as_mapped, Counted::Of(HazardKind::Suspected)),
                confirmed: account(&as_mapped, Counted::Of(HazardKind::Confirmed)),
                found_as_recorded: found_as_recorded(
                    &account(&as_recorded, Counted::Of(HazardKind::Suspected)),
                    &account(&as_recorded, Counted::Of(HazardKind::Confirmed)),
                ),
            },
            as_mapped: account(&as_mapped, Counted::All),
            as_recorded: account(&as_recorded, Counted::All),
            findings,
        }
    }
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
    without_shape: RecordCount,
    without_stated_area: RecordCount,
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

fn found_as_recorded(suspected: &Account, confirmed: &Account) -> Vec<FoundAsRecorded> {
    let rows = suspected.whole.iter().zip(&confirmed.whole);
    rows.map(|(s, c)| FoundAsRecorded { year: s.year, suspected: s.found, confirmed: c.found }).collect()
}

fn years(records: &Records) -> impl Iterator<Item = i16> + Clone + '_ {
    let hazards = records.hazards.batches.iter().flat_map(super::bulk::Batch::years);
    let releases = records.releases.batches.iter().flat_map(super::bulk::Batch::years);
    hazards.chain(releases).copied().chain(records.corrections.iter().map(|correction| correction.year))
}

/// Which records of a batch need their shape looked at to know in which place they count.
fn wants_home<K: Copy>(batch: &Batch<K>, wanted: &mut Vec<bool>) {
    let names = batch.name_list().len();
    wanted
        .extend(batch.stated().iter().zip(batch.names()).map(|(area, &name)| !area.is_nan() && name as usize >= names));
}

fn without_shape<K: Copy>(batch: &Batch<K>) -> usize {
    let heads = &batch.outlines.heads;
    let records = heads.chunk_by(|a, b| a.record == b.record).count();
    batch.len() - records
}

fn without_area<K: Copy>(batch: &Batch<K>) -> usize {
    batch.stated().iter().filter(|area| area.is_nan()).count()
}
