//! What needs a look, record by record.
//!
//! The same sweep as for the balance, with other labels: each piece of ground is labelled with all records that cover it.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::authalic::LocalArea;
use crate::basis::Basis;
use crate::block::Block;
use crate::bulk::{Layer, Records};
use crate::components::{Box4, components, join};
use crate::districts::{Drawing, Near};
use crate::geometry::Point;
use crate::ground::Cover;
use crate::outlines::GRID;
use crate::pieces::{Piece, Pieces};
use crate::standing::RecordId;
use crate::sum::WholeArea;
use crate::survey::{Frame, LEAF, Study, Whole};
use crate::sweep::{Edge, Labels, OUTSIDE, Sweep};

/// How much is worth a look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    /// Ground smaller than this, in m², is not reported as overlapping, released outside, or released too early. Default
    /// 1: shared borders drawn twice differ by less.
    pub ground_m2: f64,
    /// A stated area may differ from the mapped one by this share of the mapped one. Default 0.05.
    pub stated_share: f64,
    /// And by this many m². Default 100: stated areas are often rounded to the hundred. Both must be exceeded.
    pub stated_m2: f64,
    /// The share of a record's ground that must lie in the district it states. Default 0.5.
    pub district_share: f64,
}

impl Default for Tolerances {
    fn default() -> Self {
        Self { ground_m2: 1.0, stated_share: 0.05, stated_m2: 100.0, district_share: 0.5 }
    }
}

/// What needs a look, and where.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordFinding {
    /// What was found.
    #[serde(flatten)]
    pub what: What,
    /// A place for the map, in degrees: the middle of the record's box, or of what the boxes of two have in common.
    pub lon: f64,
    /// Its latitude.
    pub lat: f64,
}

/// What was found. Records are named by their index in their layer; areas are in m².
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub enum What {
    /// Two hazards cover some ground both.
    Overlap {
        /// The lower index first.
        hazards: [usize; 2],
        /// The ground both cover.
        area_m2: f64,
    },
    /// Two hazards, or two releases, cover the very same ground.
    Identical {
        /// The lower index first.
        records: [RecordId; 2],
        /// The ground they cover.
        area_m2: f64,
    },
    /// A release covers ground that no hazard covers.
    ReleasedOutsideHazard {
        /// The release.
        release: usize,
        /// The ground outside every hazard.
        area_m2: f64,
    },
    /// A release covers ground in a year before the first hazard there was found.
    ReleasedBeforeFound {
        /// The release.
        release: usize,
        /// The ground concerned.
        area_m2: f64,
    },
    /// The stated area is not the mapped one.
    StatedAreaDiffers {
        /// The record.
        record: RecordId,
        /// What it states.
        stated_m2: f64,
        /// What its outline covers.
        mapped_m2: f64,
    },
    /// The ground does not lie in the district that the record states.
    OtherDistrict {
        /// The record.
        record: RecordId,
        /// The part of its ground in the stated district.
        inside_m2: f64,
        /// All its ground.
        mapped_m2: f64,
    },
}

/// Looks through all records. Sorted by record.
///
/// Districts that are named but not given are no finding here (see [`crate::Findings::unknown_districts`]). The cost is
/// that of a balance, and that of each overlapping pair: a pile of n areas has n² of them.
#[must_use]
pub fn record_findings(records: &Records, tolerances: &Tolerances) -> Vec<RecordFinding> {
    let basis = Basis::new(records);
    let pieces = Pieces::new(records);
    let groups = components(pieces.len(), |piece| pieces.bounds(piece));
    let look =
        Look { records, basis: &basis, releases_from: records.hazards.len(), stated: stated_places(records, &basis) };
    let measured: Vec<Measured> = (0..groups.len())
        .into_par_iter()
        .with_min_len(64)
        .map_init(Drawing::default, |drawing, group| {
            let members: Vec<Piece<'_>> = groups.group(group).iter().map(|&piece| pieces.get(piece as usize)).collect();
            look.measure(&members, drawing)
        })
        .collect();
    let mut all = Measured::default();
    let mut of_record = vec![OfRecord::default(); records.hazards.len() + records.releases.len()];
    for group in measured {
        for (record, part) in group.records {
            of_record[record].add(&part);
        }
        for (pair, area) in group.pairs {
            *all.pairs.entry(pair).or_default() += area;
        }
    }
    let mut boxes: Vec<Option<Box4>> = vec![None; of_record.len()];
    for piece in (0..pieces.len()).map(|piece| pieces.get(piece)) {
        let known = &mut boxes[look.number(&piece)];
        // Of a record in two pieces the first stands for both.
        *known = known.or(Some(piece.bounds()));
    }
    let mut findings = look.of_pairs(&all.pairs, &of_record, &boxes, tolerances);
    for (number, part) in of_record.iter().enumerate() {
        if let Some(bounds) = boxes[number] {
            look.of_record(number, part, tolerances, |what| findings.push((number, at(what, &bounds))));
        }
    }
    findings.sort_by_key(|(number, _)| *number);
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// For each record, hazards first, the place it states, if that is a district given.
fn stated_places(records: &Records, basis: &Basis) -> Vec<Option<usize>> {
    fn of<K: Copy>(layer: &Layer<K>, basis: &Basis, all: &mut Vec<Option<usize>>) {
        for batch in &layer.batches {
            let named: Vec<Option<usize>> = batch.name_list().iter().map(|name| basis.places.given(name)).collect();
            all.extend(batch.names().iter().map(|&name| named.get(name as usize).copied().flatten()));
        }
    }
    let mut all = Vec::new();
    of(&records.hazards, basis, &mut all);
    of(&records.releases, basis, &mut all);
    all
}

/// Sums of one record.
#[derive(Debug, Clone, Copy, Default)]
struct OfRecord {
    mapped: WholeArea,
    outside: WholeArea,
    early: WholeArea,
    in_stated_district: WholeArea,
}

impl OfRecord {
    fn add(&mut self, other: &Self) {
        self.mapped += other.mapped;
        self.outside += other.outside;
        self.early += other.early;
        self.in_stated_district += other.in_stated_district;
    }
}

/// Sums of one component.
#[derive(Debug, Default)]
struct Measured {
    records: HashMap<usize, OfRecord>,
    /// By two records of one layer, the lower number first.
    pairs: HashMap<(usize, usize), WholeArea>,
}

/// What the sums are held against. Records are numbered through, hazards first.
struct Look<'a> {
    records: &'a Records,
    basis: &'a Basis,
    releases_from: usize,
    stated: Vec<Option<usize>>,
}

impl Look<'_> {
    fn number(&self, piece: &Piece<'_>) -> usize {
        piece.record + if piece.is_release() { self.releases_from } else { 0 }
    }

    fn id(&self, number: usize) -> RecordId {
        number.checked_sub(self.releases_from).map_or(RecordId::Hazard(number), RecordId::Release)
    }

    /// Sweeps one component and sums by record.
    #[allow(clippy::cast_possible_truncation)] // indices of outlines and districts are 32 bits
    fn measure(&self, members: &[Piece<'_>], drawing: &mut Drawing) -> Measured {
        let mut measured = Measured::default();
        let Some(bounds) = members.iter().map(Piece::bounds).reduce(join) else { return measured };
        let frame = Frame::new(bounds);
        let mut candidates = Vec::new();
        let near = self.basis.borders.near(&bounds, &mut candidates);
        let home = if let Near::Home(home) = near { home } else { None };
        if near != Near::Borders {
            candidates.clear();
        }
        let mut covers: Vec<Cover> = members.iter().map(|piece| piece.cover).collect();
        covers.extend(candidates.iter().map(|&district| Cover::District(district)));
        drawing.drawn.clear();
        let mut full = Vec::new();
        let mut buffer = Vec::new();
        for (polygon, piece) in (0_u32..).zip(members) {
            piece.outlines.each_ring(piece.outline, frame.origin, &mut buffer, |ring| {
                let next = ring.iter().cycle().skip(1);
                drawing.drawn.extend(ring.iter().zip(next).filter_map(|(&a, &b)| Edge::new(a, b, polygon)));
            });
        }
        for (polygon, &district) in (members.len() as u32..).zip(&candidates) {
            if self.basis.borders.draw(district, polygon, frame.origin, &frame.sides, drawing) {
                full.push(polygon);
            }
        }
        let block = Block { sides: frame.sides, edges: std::mem::take(&mut drawing.drawn), full };
        let whole =
            Whole { study: &SetStudy, covers: &covers, frame: &frame, squeeze: frame.squeeze(), leaf: 2 * LEAF };
        let mut sets: HashMap<Vec<u32>, i128> = HashMap::new();
        for (set, units) in whole.survey(block, 0) {
            *sets.entry(set).or_default() += i128::from(units);
        }
        for (set, units) in sets {
            let (records, districts): (Vec<u32>, Vec<u32>) =
                set.into_iter().partition(|&p| (p as usize) < members.len());
            let first = districts.first().map(|&polygon| candidates[polygon as usize - members.len()]);
            let on: Vec<&Piece<'_>> = records.iter().map(|&polygon| &members[polygon as usize]).collect();
            self.enter(&mut measured, &on, first.or(home), LocalArea::whole(units, frame.shift));
        }
        measured
    }

    fn enter(&self, measured: &mut Measured, on: &[&Piece<'_>], district: Option<u32>, area: WholeArea) {
        let found =
            on.iter().filter_map(|piece| if let Cover::Hazard(year, _) = piece.cover { Some(year) } else { None });
        let found = found.min();
        let place = district.map(|district| self.basis.places.of_district(Some(district)));
        for (index, piece) in on.iter().enumerate() {
            let number = self.number(piece);
            let of_record = measured.records.entry(number).or_default();
            of_record.mapped += area;
            if self.stated[number].is_some() && self.stated[number] == place {
                of_record.in_stated_district += area;
            }
            if let Cover::Release(released, _) = piece.cover {
                match found {
                    None => of_record.outside += area,
                    Some(found) if released < found => of_record.early += area,
                    Some(_) => {}
                }
            }
            for other in on[..index].iter().filter(|other| other.is_release() == piece.is_release()) {
                let other = self.number(other);
                *measured.pairs.entry((number.min(other), number.max(other))).or_default() += area;
            }
        }
    }

    fn of_pairs(
        &self,
        pairs: &HashMap<(usize, usize), WholeArea>,
        of_record: &[OfRecord],
        boxes: &[Option<Box4>],
        tolerances: &Tolerances,
    ) -> Vec<(usize, RecordFinding)> {
        let mut findings = Vec::new();
        for (&(one, other), area) in pairs {
            let area_m2 = area.to_m2();
            let (Some(a), Some(b)) = (boxes[one], boxes[other]) else { continue };
            let common = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
            let same = |number: usize| (of_record[number].mapped.to_m2() - area_m2).abs() <= 1e-5 + 1e-9 * area_m2;
            if area_m2 < tolerances.ground_m2 {
                continue;
            }
            if same(one) && same(other) {
                let what = What::Identical { records: [self.id(one), self.id(other)], area_m2 };
                findings.push((one, other, at(what, &common)));
            } else if other < self.releases_from {
                findings.push((one, other, at(What::Overlap { hazards: [one, other], area_m2 }, &common)));
            }
        }
        findings.sort_by_key(|(one, other, _)| (*one, *other));
        findings.into_iter().map(|(one, _, finding)| (one, finding)).collect()
    }

    fn of_record(&self, number: usize, part: &OfRecord, tolerances: &Tolerances, mut found: impl FnMut(What)) {
        let record = self.id(number);
        let mapped_m2 = part.mapped.to_m2();
        if let RecordId::Release(release) = record {
            let (outside, early) = (part.outside.to_m2(), part.early.to_m2());
            if outside >= tolerances.ground_m2 {
                found(What::ReleasedOutsideHazard { release, area_m2: outside });
            }
            if early >= tolerances.ground_m2 {
                found(What::ReleasedBeforeFound { release, area_m2: early });
            }
        }
        let stated = match record {
            RecordId::Hazard(index) => self.records.hazards.entry(index).and_then(|entry| entry.stated_area_m2),
            RecordId::Release(index) => self.records.releases.entry(index).and_then(|entry| entry.stated_area_m2),
        };
        if let Some(stated_m2) = stated {
            let gap = (stated_m2 - mapped_m2).abs();
            if gap > tolerances.stated_m2 && gap > tolerances.stated_share * mapped_m2 {
                found(What::StatedAreaDiffers { record, stated_m2, mapped_m2 });
            }
        }
        let inside_m2 = part.in_stated_district.to_m2();
        if self.stated[number].is_some() && mapped_m2 > 0.0 && inside_m2 < tolerances.district_share * mapped_m2 {
            found(What::OtherDistrict { record, inside_m2, mapped_m2 });
        }
    }
}

fn at(what: What, bounds: &Box4) -> RecordFinding {
    let Point { lon, lat } = Point::new(
        i64::midpoint(bounds[0], bounds[2]) as f64 / GRID,
        i64::midpoint(bounds[1], bounds[3]) as f64 / GRID,
    );
    RecordFinding { what, lon, lat }
}

/// The study that labels ground with the whole set of polygons on it.
struct SetStudy;

impl Study for SetStudy {
    type Label = Vec<u32>;
    const HIDES: bool = false;

    fn sweep<const W: usize>(
        &self,
        sweep: &mut Sweep<W>,
        area: &LocalArea,
        polygons: &[u32],
        full: &[u32],
    ) -> Vec<(Vec<u32>, i64)> {
        // One more bit says that the ground is inside the block, where the polygons of `full` are.
        let inside = polygons.len();
        if !full.is_empty() {
            sweep.floor[inside / 64] |= 1 << (inside % 64);
        }
        let mut labels = SetLabels { sums: Vec::new(), index: HashMap::new() };
        sweep.run(area, &mut labels);
        let set = |mask: &[u64; W]| {
            let bits = (0..polygons.len()).filter(|bit| mask[bit / 64] >> (bit % 64) & 1 == 1);
            let mut set: Vec<u32> = bits.map(|bit| polygons[bit]).chain(full.iter().copied()).collect();
            set.sort_unstable();
            set
        };
        labels.sums.iter().map(|(mask, units)| (set(mask), *units)).collect()
    }
}

/// A sum for each set of polygons.
struct SetLabels<const W: usize> {
    sums: Vec<([u64; W], i64)>,
    index: HashMap<[u64; W], u32>,
}

impl<const W: usize> Labels<W> for SetLabels<W> {
    #[allow(clippy::cast_possible_truncation)] // sets fit in memory
    fn label(&mut self, mask: &[u64; W]) -> u32 {
        if mask.iter().all(|&word| word == 0) {
            return OUTSIDE;
        }
        let new = self.sums.len() as u32;
        let label = *self.index.entry(*mask).or_insert(new);
        if label == new {
            self.sums.push((*mask, 0));
        }
        label
    }

    fn add(&mut self, label: u32, units: i64) {
        let sum = &mut self.sums[label as usize].1;
        *sum = sum.wrapping_add(units);
    }
}
