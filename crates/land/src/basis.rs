//! How a balance is drawn: what is known before any ground is measured, and from there to the books.

use std::cmp::Reverse;
use std::ops::RangeInclusive;

use rayon::prelude::*;

use crate::balance::{Balance, ByKind, Counts, Findings, FoundAsRecorded};
use crate::bulk::{Batch, Layer, Records};
use crate::components::Groups;
use crate::districts::{Borders, Near};
use crate::ledger::{Account, Counted, Ledger};
use crate::pieces::{Piece, Pieces};
use crate::places::Places;
use crate::records::{Correction, HazardKind};
use crate::standing::Totals;
use crate::sum::{WholeArea, can_be_area};
use crate::survey::Surveyor;
use crate::tally::{Tally, Years};

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
