//! From the outlines of one component to the area of its ground by label.

use std::collections::HashMap;

use crate::authalic::{LocalArea, TALLEST};
use crate::block::{Block, Sides};
use crate::components::{Box4, join};
use crate::districts::{Borders, Drawing, Near};
use crate::ground::{Cover, Ground, GroundLabels, Sums};
use crate::outlines::GRID;
use crate::pieces::Piece;
use crate::sum::WholeArea;
use crate::sweep::{Edge, Sweep};

/// Components with more edges are cut into blocks.
const LARGE: usize = 1024;
/// Edges of a block that is swept at one go.
pub(crate) const LEAF: usize = 320;
/// Edges above which the halves of a block go to different threads.
const SHARED: usize = 8192;

/// Memory for surveying, kept for the next component.
#[derive(Debug, Default)]
pub(crate) struct Surveyor {
    sweep: Sweep<1>,
    order: Vec<(Cover, usize)>,
    covers: Vec<Cover>,
    ring: Vec<[f64; 2]>,
    candidates: Vec<u32>,
    drawing: Drawing,
    sums: Sums,
}

/// The frame of a component: where it lies and the unit of its areas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) origin: [i64; 2],
    pub(crate) sides: Sides,
    pub(crate) shift: u32,
}

impl Frame {
    pub(crate) fn new(bounds: Box4) -> Self {
        let (width, height) = ((bounds[2] - bounds[0]) as f64, (bounds[3] - bounds[1]) as f64);
        let sides = Sides { west: 0.0, south: 0.0, east: width, north: height };
        Self { origin: [bounds[0], bounds[1]], sides, shift: LocalArea::shift_for(width) }
    }

    /// The length of a degree of longitude over that of latitude.
    pub(crate) fn squeeze(&self) -> f64 {
        let middle = (self.origin[1] as f64 + self.sides.north / 2.0) / GRID;
        middle.to_radians().cos().max(0.01)
    }

    fn area(&self, sides: &Sides) -> LocalArea {
        LocalArea::new(self.origin[1], sides.south, sides.north, self.shift)
    }
}

impl Surveyor {
    /// Measures the ground of `pieces`, which are all of a component, and calls `take` with each label and its area.
    pub(crate) fn survey(&mut self, pieces: &[Piece<'_>], borders: &Borders, mut take: impl FnMut(Ground, WholeArea)) {
        let Some(bounds) = pieces.iter().map(Piece::bounds).reduce(join) else { return };
        let frame = Frame::new(bounds);
        let near = borders.near(&bounds, &mut self.candidates);
        let home = if let Near::Home(home) = near { home } else { None };
        if near == Near::Borders && self.candidates.is_empty() {
            return self.survey_with(pieces, borders, frame, None, take);
        }
        if near != Near::Borders {
            self.candidates.clear();
            if let [only] = pieces
                && let Some(units) = self.lone(only, &frame)
            {
                return take(Ground::under(only.cover, home), LocalArea::whole(i128::from(units), frame.shift));
            }
        }
        self.survey_with(pieces, borders, frame, home, &mut take);
    }

    fn survey_with(
        &mut self,
        pieces: &[Piece<'_>],
        borders: &Borders,
        frame: Frame,
        home: Option<u32>,
        mut take: impl FnMut(Ground, WholeArea),
    ) {
        self.order.clear();
        self.order.extend(pieces.iter().enumerate().map(|(index, piece)| (piece.cover, index)));
        self.order.sort_unstable();
        self.covers.clear();
        self.covers.extend(self.order.iter().map(|(cover, _)| *cover));
        self.covers.extend(self.candidates.iter().map(|&district| Cover::District(district)));
        self.sweep.edges.clear();
        for (polygon, &(_, index)) in (0_u32..).zip(&self.order) {
            let (piece, sweep) = (&pieces[index], &mut self.sweep);
            piece.outlines.each_ring(piece.outline, frame.origin, &mut self.ring, |ring| sweep.add_ring(ring, polygon));
        }
        let edges: usize = pieces.iter().map(Piece::size).sum();
        if edges > LARGE || self.covers.len() > 64 || frame.sides.north > TALLEST {
            return self.survey_blocks(borders, &frame, home, take);
        }
        self.sweep.start = [0];
        self.sweep.floor = [0];
        let polygons = self.order.len();
        for (bit, &district) in (polygons..).zip(&self.candidates) {
            self.drawing.drawn.clear();
            #[allow(clippy::cast_possible_truncation)] // below 64
            if borders.draw(district, bit as u32, frame.origin, &frame.sides, &mut self.drawing) {
                self.sweep.start[0] |= 1 << bit;
            }
            self.sweep.edges.append(&mut self.drawing.drawn);
        }
        let mut labels = GroundLabels::new(&self.covers, home, &mut self.sums);
        self.sweep.run(&frame.area(&frame.sides), &mut labels);
        for &(ground, units) in &self.sums {
            take(ground, LocalArea::whole(i128::from(units), frame.shift));
        }
    }

    fn survey_blocks(
        &mut self,
        borders: &Borders,
        frame: &Frame,
        home: Option<u32>,
        mut take: impl FnMut(Ground, WholeArea),
    ) {
        let mut full = Vec::new();
        self.drawing.drawn.clear();
        self.drawing.drawn.append(&mut self.sweep.edges);
        #[allow(clippy::cast_possible_truncation)] // indices of outlines are 32 bits
        for (polygon, &district) in (self.order.len() as u32..).zip(&self.candidates) {
            if borders.draw(district, polygon, frame.origin, &frame.sides, &mut self.drawing) {
                full.push(polygon);
            }
        }
        let edges = std::mem::take(&mut self.drawing.drawn);
        let block = Block { sides: frame.sides, edges, full };
        let study = GroundStudy { covers: &self.covers, home };
        let whole = Whole { study: &study, covers: &self.covers, frame, squeeze: frame.squeeze(), leaf: LEAF };
        let mut all: HashMap<Ground, i128> = HashMap::new();
        for (ground, units) in whole.survey(block, 0) {
            *all.entry(ground).or_default() += i128::from(units);
        }
        for (ground, units) in all {
            take(ground, LocalArea::whole(units, frame.shift));
        }
    }

    /// Units of area of an outline that is plainly simple: one ring that runs once around, always to the same hand as
    /// seen from its middle. Then the area under its edges is all there is to measure.
    fn lone(&mut self, piece: &Piece<'_>, frame: &Frame) -> Option<i64> {
        if frame.sides.north > TALLEST {
            return None;
        }
        let (mut rings, mut units) = (0, None);
        piece.outlines.each_ring(piece.outline, frame.origin, &mut self.ring, |ring| {
            rings += 1;
            units = is_star(ring).then(|| {
                let area = frame.area(&frame.sides);
                let mut before = ring[ring.len() - 1];
                let mut sum = 0_i64;
                for &vertex in ring {
                    sum = sum.wrapping_add(area.under(before[0] - vertex[0], before[1], vertex[1]));
                    before = vertex;
                }
                sum.wrapping_abs()
            });
        });
        units.filter(|_| rings == 1)
    }
}

/// Whether a ring runs once around its middle, strictly to one hand.
fn is_star(ring: &[[f64; 2]]) -> bool {
    let Some(&last) = ring.last() else { return false };
    let count = ring.len() as f64;
    let sum = ring.iter().fold([0.0, 0.0], |sum, v| [sum[0] + v[0], sum[1] + v[1]]);
    let middle = [sum[0] / count, sum[1] / count];
    let mut before = [last[0] - middle[0], last[1] - middle[1]];
    let (mut left, mut right, mut upward) = (true, true, 0);
    for vertex in ring {
        let at = [vertex[0] - middle[0], vertex[1] - middle[1]];
        let turn = before[0] * at[1] - before[1] * at[0];
        // Well above the rounding of the product, so that a turn that seems strict is.
        let sure = 1e-12 * (before[0] * at[1]).abs().max((before[1] * at[0]).abs());
        left &= turn > sure;
        right &= turn < -sure;
        upward += i32::from(before[1] < 0.0 && at[1] >= 0.0);
        before = at;
    }
    (left || right) && upward == 1
}

/// What is asked of each block of a large component.
pub(crate) trait Study: Sync {
    /// A label of ground.
    type Label: Send;
    /// Whether polygons that cover a whole block hide what lies under them.
    const HIDES: bool;
    /// Sweeps a block. Bit `b` stands for `polygons[b]`; those of `full` cover all of it, and are in `polygons` if they hide.
    fn sweep<const W: usize>(
        &self,
        sweep: &mut Sweep<W>,
        area: &LocalArea,
        polygons: &[u32],
        full: &[u32],
    ) -> Vec<(Self::Label, i64)>;
}

/// The study for the balance.
struct GroundStudy<'a> {
    covers: &'a [Cover],
    home: Option<u32>,
}

impl Study for GroundStudy<'_> {
    type Label = Ground;
    const HIDES: bool = true;

    fn sweep<const W: usize>(
        &self,
        sweep: &mut Sweep<W>,
        area: &LocalArea,
        polygons: &[u32],
        full: &[u32],
    ) -> Vec<(Ground, i64)> {
        for polygon in full {
            let bit = polygons.binary_search(polygon).unwrap_or(0);
            sweep.floor[bit / 64] |= 1 << (bit % 64);
        }
        let covers: Vec<Cover> = polygons.iter().map(|&polygon| self.covers[polygon as usize]).collect();
        let mut sums = Sums::new();
        let mut labels = GroundLabels::new(&covers, self.home, &mut sums);
        sweep.run(area, &mut labels);
        sums
    }
}

/// A large component, as its blocks see it.
pub(crate) struct Whole<'a, S> {
    pub(crate) study: &'a S,
    pub(crate) covers: &'a [Cover],
    pub(crate) frame: &'a Frame,
    pub(crate) squeeze: f64,
    /// Edges of a block that is swept at one go.
    pub(crate) leaf: usize,
}

impl<S: Study> Whole<'_, S> {
    pub(crate) fn survey(&self, mut block: Block, stalled: u32) -> Vec<(S::Label, i64)> {
        if S::HIDES {
            self.settle(&mut block);
        }
        let polygons = block.polygons().count() + if S::HIDES { block.full.len() } else { 1 };
        let sides = block.sides;
        let is_low = sides.north - sides.south <= TALLEST;
        let is_small = sides.north - sides.south < 8.0 && sides.east - sides.west < 8.0;
        if block.edges.is_empty() && block.full.is_empty() {
            return Vec::new();
        }
        if is_low && polygons <= 64 && (block.edges.len() <= self.leaf || stalled > 3 || is_small) {
            return self.sweep::<1>(&block);
        }
        if is_low && polygons <= 1024 && (stalled > 3 || is_small) {
            return self.sweep::<16>(&block);
        }
        if is_small {
            // Over a thousand different polygons in a square a hundredth of a millimetre wide.
            return Vec::new();
        }
        let edges = block.edges.len();
        let [one, other] = block.halves(self.squeeze, TALLEST);
        drop(block);
        let stalls = |half: &Block| if half.edges.len() * 10 > edges * 9 { stalled + 1 } else { 0 };
        let (of_one, of_other) = (stalls(&one), stalls(&other));
        let (mut sums, mut more) = if edges > SHARED {
            rayon::join(|| self.survey(one, of_one), || self.survey(other, of_other))
        } else {
            (self.survey(one, of_one), self.survey(other, of_other))
        };
        sums.append(&mut more);
        sums
    }

    fn sweep<const W: usize>(&self, block: &Block) -> Vec<(S::Label, i64)> {
        let mut polygons: Vec<u32> = block.polygons().map(|edges| edges[0].polygon).collect();
        if S::HIDES {
            polygons.extend_from_slice(&block.full);
        }
        polygons.sort_unstable();
        polygons.dedup();
        let mut sweep = Sweep::<W>::default();
        sweep.edges.reserve(block.edges.len() + 2);
        let mut bit = 0;
        for edges in block.polygons() {
            bit = polygons.binary_search(&edges[0].polygon).unwrap_or(bit);
            #[allow(clippy::cast_possible_truncation)] // at most 1024
            sweep.edges.extend(edges.iter().map(|edge| Edge { polygon: bit as u32, ..*edge }));
        }
        sweep.edges.extend(block.frame());
        self.study.sweep(&mut sweep, &self.frame.area(&block.sides), &polygons, &block.full)
    }

    /// Drops polygons that cannot change a label here, because of those that cover the whole block.
    fn settle(&self, block: &mut Block) {
        let covers = self.covers;
        let of = |polygon: u32| covers[polygon as usize];
        let mut kept: Vec<u32> = Vec::new();
        let mut first_release = None;
        let mut first_district = None;
        // Ascending by year: the first two, the first confirmed and the last stand for all.
        let (mut hazards, mut confirmed, mut last): (Vec<u32>, Option<u32>, Option<u32>) = (Vec::new(), None, None);
        for &polygon in &block.full {
            match of(polygon) {
                Cover::Hazard(_, kind) => {
                    if hazards.len() < 2 {
                        hazards.push(polygon);
                    }
                    if kind == crate::records::HazardKind::Confirmed && confirmed.is_none() {
                        confirmed = Some(polygon);
                    }
                    last = Some(polygon);
                }
                Cover::Release(..) => first_release = first_release.or(Some(polygon)),
                Cover::District(_) => first_district = first_district.or(Some(polygon)),
            }
        }
        kept.extend(hazards.iter().copied().chain(confirmed).chain(last).chain(first_release).chain(first_district));
        kept.sort_unstable();
        kept.dedup();
        block.full = kept;
        let year = |polygon: Option<u32>| match polygon.map(of) {
            Some(Cover::Hazard(year, _)) => Some(year),
            _ => None,
        };
        let (found, sure, latest) = (year(hazards.first().copied()), year(confirmed), year(last));
        let deep = hazards.len() > 1;
        let matters = |polygon: u32| match of(polygon) {
            Cover::Hazard(year, kind) => {
                let early = found.is_none_or(|found| year < found);
                let surer = kind == crate::records::HazardKind::Confirmed && sure.is_none_or(|sure| year < sure);
                !deep || early || surer || latest.is_none_or(|latest| year > latest)
            }
            Cover::Release(..) => first_release.is_none_or(|first| polygon < first),
            Cover::District(_) => first_district.is_none_or(|first| polygon < first),
        };
        block.retain(matters);
        if block.polygons().count() > 64 {
            block.keep_few_alike(of, 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::records::{HazardKind, ReleaseKind};

    const SIDE: f64 = 1e8;

    fn any_ring() -> impl Strategy<Value = Vec<[f64; 2]>> {
        let free = (0..1_000_000_i32).prop_map(|x| f64::from(x) * SIDE / 1e6);
        let lattice = (0..=4_i32).prop_map(|x| f64::from(x) * SIDE / 4.0);
        prop_oneof![
            prop::collection::vec((free.clone(), free).prop_map(|(x, y)| [x, y]), 3..6),
            prop::collection::vec((lattice.clone(), lattice).prop_map(|(x, y)| [x, y]), 3..6),
        ]
    }

    fn sums(rings: &[Vec<[f64; 2]>], covers: &[Cover], leaf: usize) -> BTreeMap<Ground, i128> {
        let sides = Sides { west: 0.0, south: 0.0, east: SIDE, north: SIDE };
        let frame = Frame { origin: [0, 4_000_000_000_000], sides, shift: LocalArea::shift_for(SIDE) };
        let mut sweep = Sweep::<1>::default();
        (0_u32..).zip(rings).for_each(|(polygon, ring)| sweep.add_ring(ring, polygon));
        let study = GroundStudy { covers, home: None };
        let whole = Whole { study: &study, covers, frame: &frame, squeeze: 1.0, leaf };
        let mut sums = BTreeMap::new();
        for (ground, units) in whole.survey(Block { sides, edges: sweep.edges, full: Vec::new() }, 0) {
            *sums.entry(ground).or_default() += i128::from(units);
        }
        sums
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn blocks_sum_to_the_whole(
            shapes in prop::collection::vec((any_ring(), 2000..2004_i16, 0..5_u8), 1..9),
        ) {
            let mut shapes: Vec<(Cover, Vec<[f64; 2]>)> = shapes.into_iter().enumerate().map(|(index, (ring, year, kind))| (match kind {
                0 => Cover::Hazard(year, HazardKind::Suspected),
                1 | 2 => Cover::Hazard(year, HazardKind::Confirmed),
                3 => Cover::Release(year, Reverse(ReleaseKind::Cleared)),
                _ => Cover::District(u32::try_from(index).unwrap()),
            }, ring)).collect();
            shapes.sort_by_key(|(cover, _)| *cover);
            let (covers, rings): (Vec<_>, Vec<_>) = shapes.into_iter().unzip();
            let (whole, blocks) = (sums(&rings, &covers, 1000), sums(&rings, &covers, 4));
            let grounds: std::collections::BTreeSet<_> = whole.keys().chain(blocks.keys()).collect();
            for ground in grounds {
                let of = |sums: &BTreeMap<Ground, i128>| sums.get(ground).copied().unwrap_or(0) as f64 / f64::from(1_u32 << 30);
                prop_assert!((of(&whole) - of(&blocks)).abs() < 1e-4, "{ground:?}: {} {}", of(&whole), of(&blocks));
            }
        }
    }
}
