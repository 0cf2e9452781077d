//! A loaded set of records that answers edits at once.
//!
//! Components are independent. An edit takes back what the components that it touches gave, and adds what they give now;
//! all others stay as they are. Figures are whole, so the sums are those of a fresh balance, to the last digit.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::Serialize;

use crate::balance::{Balance, Counts, Lacks};
use crate::basis::Basis;
use crate::bulk::{Batch, Entry, Layer, Records};
use crate::components::{Box4, Filed, components, meet};
use crate::geometry::{GeometryError, Polygon};
use crate::ledger::YearRow;
use crate::pieces::{Piece, Pieces};
use crate::records::{HazardKind, ReleaseKind};
use crate::sum::WholeArea;
use crate::survey::Surveyor;
use crate::tally::Tally;

/// Names a record of a [`Standing`]: its index in the loaded layer, or the one given when it was inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordId {
    /// A hazard.
    Hazard(usize),
    /// A release.
    Release(usize),
}

/// A record to be inserted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Edit<'a> {
    /// A hazard.
    Hazard(Entry<'a, HazardKind>),
    /// A release.
    Release(Entry<'a, ReleaseKind>),
}

/// The whole, year by year.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// From the shapes.
    pub as_mapped: Vec<YearRow>,
    /// Of it, suspected ground.
    pub suspected: Vec<YearRow>,
    /// Of it, confirmed ground.
    pub confirmed: Vec<YearRow>,
    /// From the stated areas.
    pub as_recorded: Vec<YearRow>,
}

/// A set of records, their balance, and what an edit needs to bring it up to date.
///
/// An edit costs two sweeps over the components it touches: some microseconds for areas of ordinary size, and as much as
/// the component itself takes where tens of thousands of areas hang together. Inserted records are looked through one by
/// one at each edit: load anew after some ten thousand edits.
#[derive(Debug)]
pub struct Standing {
    loaded: Records,
    /// Records inserted since; their numbers follow on the loaded ones.
    inserted: Records,
    /// For each inserted outline its record, and its place in its batch.
    inserted_pieces: Vec<(RecordId, usize)>,
    gone: HashSet<RecordId>,
    filed: Filed,
    group_of: Vec<u32>,
    groups: Groups,
    basis: Basis,
    as_mapped: Tally,
    as_recorded: Tally,
    counts: Counts,
    surveyor: Surveyor,
}

/// Who belongs together: as loaded, and as changed since.
#[derive(Debug)]
struct Groups {
    loaded: crate::components::Groups,
    changed: Vec<Vec<u32>>,
    of_changed: HashMap<u32, u32>,
}

impl Standing {
    /// Draws the balance of `records` and keeps what edits need.
    #[must_use]
    pub fn new(records: Records) -> Self {
        let basis = Basis::new(&records);
        let pieces = Pieces::new(&records);
        let groups = components(pieces.len(), |piece| pieces.bounds(piece));
        let as_mapped = basis.survey(&pieces, &groups);
        let as_recorded = basis.books_as_recorded(&records, &pieces);
        let mut group_of = vec![0; pieces.len()];
        for (index, group) in (0_u32..).zip(0..groups.len()) {
            groups.group(group).iter().for_each(|&piece| group_of[piece as usize] = index);
        }
        let filed = Filed::new((0..pieces.len()).map(|piece| pieces.bounds(piece)).collect());
        let counts = Counts::of(&records);
        Self {
            inserted: Records::default(),
            inserted_pieces: Vec::new(),
            gone: HashSet::new(),
            filed,
            group_of,
            groups: Groups { loaded: groups, changed: Vec::new(), of_changed: HashMap::new() },
            basis,
            as_mapped,
            as_recorded,
            counts,
            surveyor: Surveyor::default(),
            loaded: records,
        }
    }

    /// The whole, year by year.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.basis.totals(&self.loaded.corrections, &self.as_mapped, &self.as_recorded)
    }

    /// The balance as it now is.
    #[must_use]
    pub fn balance(&self) -> Balance {
        self.basis.balance(&self.loaded.corrections, &self.counts, &self.as_mapped, &self.as_recorded)
    }

    /// Inserts a record. A year or a district's name that no record had before is admitted.
    ///
    /// # Errors
    /// Its outline is no place on the ellipsoid; nothing has changed.
    pub fn insert(&mut self, edit: Edit<'_>, shape: Option<&Polygon>) -> Result<RecordId, GeometryError> {
        let (id, outlines) = match edit {
            Edit::Hazard(entry) => {
                let (index, outlines) = push(&mut self.inserted.hazards, entry, shape)?;
                self.basis.admit(entry.year, entry.district, [&mut self.as_mapped, &mut self.as_recorded]);
                (RecordId::Hazard(self.loaded.hazards.len() + index), outlines)
            }
            Edit::Release(entry) => {
                let (index, outlines) = push(&mut self.inserted.releases, entry, shape)?;
                self.basis.admit(entry.year, entry.district, [&mut self.as_mapped, &mut self.as_recorded]);
                (RecordId::Release(self.loaded.releases.len() + index), outlines)
            }
        };
        let first = self.count();
        self.inserted_pieces.extend(outlines.map(|outline| (id, outline)));
        let added: Vec<u32> = (first..self.count()).collect();
        self.change(&[], &added);
        self.state(id, false);
        Ok(id)
    }

    /// Takes a record out. Returns whether it was there.
    pub fn remove(&mut self, id: RecordId) -> bool {
        if !self.has(id) {
            return false;
        }
        self.state(id, true);
        let pieces = self.pieces_of(id);
        self.change(&pieces, &[]);
        self.gone.insert(id);
        true
    }

    /// Puts a record in the place of another. Returns its new name, or `None` if the other was not there.
    ///
    /// # Errors
    /// Its outline is no place on the ellipsoid; nothing has changed.
    pub fn replace(
        &mut self,
        id: RecordId,
        edit: Edit<'_>,
        shape: Option<&Polygon>,
    ) -> Result<Option<RecordId>, GeometryError> {
        if !self.has(id) {
            return Ok(None);
        }
        let new = self.insert(edit, shape)?;
        self.remove(id);
        Ok(Some(new))
    }

    fn has(&self, id: RecordId) -> bool {
        let count = match id {
            RecordId::Hazard(index) => (index, self.loaded.hazards.len() + self.inserted.hazards.len()),
            RecordId::Release(index) => (index, self.loaded.releases.len() + self.inserted.releases.len()),
        };
        count.0 < count.1 && !self.gone.contains(&id)
    }

    /// Enters what a record states of itself, or takes it back.
    fn state(&mut self, id: RecordId, back: bool) {
        let pieces = self.pieces_of(id);
        let said = match id {
            RecordId::Hazard(index) => entry(&self.loaded.hazards, &self.inserted.hazards, index)
                .map(|entry| (entry.year, entry.stated_area_m2, entry.district, Some(entry.kind), None)),
            RecordId::Release(index) => entry(&self.loaded.releases, &self.inserted.releases, index)
                .map(|entry| (entry.year, entry.stated_area_m2, entry.district, None, Some(entry.kind))),
        };
        let Some((year, stated, district, hazard, release)) = said else { return };
        let place = district.map(|name| self.basis.places.named(Some(name)));
        let lacks = Lacks { shape: pieces.is_empty(), stated_area: stated.is_none() };
        self.counts.change(release.is_some(), lacks, back);
        let Some(area) = stated.map(WholeArea::from_m2) else { return };
        let area = if back { -area } else { area };
        let place = place.unwrap_or_else(|| {
            let shape = pieces.iter().map(|&piece| self.piece(piece));
            self.basis.places.of_district(self.basis.home_of(&mut Surveyor::default(), shape))
        });
        let flows = self.as_recorded.at(place, year, &self.basis.years);
        if let Some(kind) = hazard {
            flows.found[kind as usize] += area;
        }
        if let Some(kind) = release {
            flows.released[0][kind as usize] += area;
        }
    }

    #[allow(clippy::cast_possible_truncation)] // indices of outlines are 32 bits throughout
    fn count(&self) -> u32 {
        (self.filed.len() + self.inserted_pieces.len()) as u32
    }

    fn piece(&self, number: u32) -> Piece<'_> {
        let number = number as usize;
        if number < self.filed.len() {
            return Pieces::new(&self.loaded).get(number);
        }
        let (id, outline) = self.inserted_pieces[number - self.filed.len()];
        let inserted = Pieces::new(&self.inserted);
        inserted.get(if matches!(id, RecordId::Release(_)) { inserted.releases_from() + outline } else { outline })
    }

    /// The pieces of a record, if it has an outline.
    #[allow(clippy::cast_possible_truncation)] // indices of outlines are 32 bits throughout
    fn pieces_of(&self, id: RecordId) -> Vec<u32> {
        let (is_release, index, loaded) = match id {
            RecordId::Hazard(index) => (false, index, self.loaded.hazards.len()),
            RecordId::Release(index) => (true, index, self.loaded.releases.len()),
        };
        if index < loaded {
            return Pieces::new(&self.loaded).of_record(is_release, index).map(|piece| piece as u32).collect();
        }
        let numbers = (self.filed.len() as u32..).zip(&self.inserted_pieces);
        numbers.filter(|(_, (of, _))| *of == id).map(|(number, _)| number).collect()
    }

    fn bounds(&self, piece: u32) -> Box4 {
        if (piece as usize) < self.filed.len() { self.filed.bounds(piece) } else { self.piece(piece).bounds() }
    }

    fn group(&self, piece: u32) -> u32 {
        let changed = self.groups.of_changed.get(&piece).copied();
        changed.unwrap_or_else(|| self.group_of[piece as usize])
    }

    fn members(&self, group: u32) -> &[u32] {
        let loaded = self.groups.loaded.len();
        if (group as usize) < loaded {
            self.groups.loaded.group(group as usize)
        } else {
            &self.groups.changed[group as usize - loaded]
        }
    }

    /// Takes pieces out and puts others in.
    fn change(&mut self, out: &[u32], added: &[u32]) {
        let mut touched: Vec<u32> = out.iter().map(|&piece| self.group(piece)).collect();
        for &piece in added {
            let bounds = self.bounds(piece);
            let later = (0..self.count()).skip(self.filed.len()).filter(|&other| meet(&self.bounds(other), &bounds));
            let near = self.filed.near(&bounds).into_iter().chain(later);
            let there = near.filter(|other| self.is_present(*other) && !added.contains(other));
            touched.extend(there.map(|other| self.group(other)));
        }
        touched.sort_unstable();
        touched.dedup();
        let mut members: Vec<u32> = Vec::new();
        for &group in &touched {
            let of_group = self.members(group).to_vec();
            self.enter(&of_group, true);
            members.extend(of_group);
        }
        members.retain(|piece| !out.contains(piece));
        members.extend_from_slice(added);
        members.sort_unstable();
        let boxes: Vec<Box4> = members.iter().map(|&piece| self.bounds(piece)).collect();
        let groups = components(boxes.len(), |index| boxes[index]);
        for index in 0..groups.len() {
            let of_group: Vec<u32> = groups.group(index).iter().map(|&at| members[at as usize]).collect();
            self.enter(&of_group, false);
            #[allow(clippy::cast_possible_truncation)] // fewer groups than outlines and edits
            let number = (self.groups.loaded.len() + self.groups.changed.len()) as u32;
            self.groups.of_changed.extend(of_group.iter().map(|&piece| (piece, number)));
            self.groups.changed.push(of_group);
        }
        for &piece in out {
            self.groups.of_changed.insert(piece, GONE);
        }
    }

    fn is_present(&self, piece: u32) -> bool {
        self.groups.of_changed.get(&piece) != Some(&GONE)
    }

    /// Surveys a group and enters its ground, or takes it back.
    fn enter(&mut self, group: &[u32], back: bool) {
        let mut surveyor = std::mem::take(&mut self.surveyor);
        let mut found = Vec::new();
        let members: Vec<Piece<'_>> = group.iter().map(|&piece| self.piece(piece)).collect();
        surveyor.survey(&members, &self.basis.borders, |ground, area| found.push((ground, area)));
        for (ground, area) in found {
            let place = self.basis.places.of_district(ground.district);
            self.as_mapped.enter(place, &ground, if back { -area } else { area }, &self.basis.years);
        }
        self.surveyor = surveyor;
    }
}

/// Stands for the group of a piece that was taken out.
const GONE: u32 = u32::MAX;

/// The entry of a record among the loaded ones or, counted on, the inserted ones.
fn entry<'a, K: Copy>(loaded: &'a Layer<K>, inserted: &'a Layer<K>, index: usize) -> Option<Entry<'a, K>> {
    let count = loaded.len();
    if index < count { loaded.entry(index) } else { inserted.entry(index - count) }
}

/// Pushes a record to the only batch; its index there and those of its outlines.
fn push<K: Copy>(
    layer: &mut Layer<K>,
    entry: Entry<'_, K>,
    shape: Option<&Polygon>,
) -> Result<(usize, Range<usize>), GeometryError> {
    if layer.batches.is_empty() {
        layer.join(Batch::default());
    }
    let batch = &mut layer.batches[0];
    let before = batch.outlines.heads.len();
    batch.draw(shape);
    let index = batch.push(entry)?;
    Ok((index, before..batch.outlines.heads.len()))
}
