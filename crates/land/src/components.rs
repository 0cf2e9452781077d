//! Which boxes hang together.
//!
//! Outlines whose boxes do not touch, directly or through others, cannot share ground: each such group is swept alone.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

/// A box in steps of the grid: west, south, east, north, its sides included.
pub(crate) type Box4 = [i64; 4];

/// Groups of connected boxes: `members[starts[g]..starts[g + 1]]`, ascending within a group, groups by their first.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Groups {
    pub(crate) starts: Vec<u32>,
    pub(crate) members: Vec<u32>,
}

impl Groups {
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn group(&self, index: usize) -> &[u32] {
        &self.members[self.starts[index] as usize..self.starts[index + 1] as usize]
    }
}

/// Boxes in one cell above which the cell is quartered.
const CROWD: usize = 48;
/// Quarterings of a crowded cell.
const DEEPEST: u32 = 10;
/// Cells of a grid for each box.
const CELLS_PER_BOX: usize = 2;

/// Groups the boxes by touch.
///
/// Boxes are filed in a grid whose cells are as large as most boxes; larger boxes are filed in coarser grids, and each box
/// meets those of its own and of coarser grids. A crowded cell is quartered, and a box that covers a quarter joins all in
/// it at once, so a pile of boxes costs little more than its outer rim. About linear in the number of boxes.
pub(crate) fn components(count: usize, box_of: impl Fn(usize) -> Box4 + Sync) -> Groups {
    let sets = Sets::new(count);
    let boxes: Vec<Box4> = (0..count).into_par_iter().map(&box_of).collect();
    let grids = Grid::levels(&boxes);
    for (level, grid) in grids.iter().enumerate() {
        grid.cells().for_each(|(sides, members)| join_cell(&boxes, members, sides, 0, &sets));
        for coarse in &grids[level + 1..] {
            if coarse.items.is_empty() {
                continue;
            }
            grid.filed.par_iter().for_each(|&small| {
                coarse.each_cell(&boxes[small as usize], |cell| {
                    for &large in coarse.members(cell) {
                        if meet(&boxes[large as usize], &boxes[small as usize]) {
                            sets.join(large, small);
                        }
                    }
                });
            });
        }
    }
    sets.into_groups()
}

/// Boxes filed for good, to be asked which of them meet another.
#[derive(Debug)]
pub(crate) struct Filed {
    boxes: Vec<Box4>,
    grids: Vec<Grid>,
}

impl Filed {
    pub(crate) fn new(boxes: Vec<Box4>) -> Self {
        Self { grids: Grid::levels(&boxes), boxes }
    }

    pub(crate) fn len(&self) -> usize {
        self.boxes.len()
    }

    pub(crate) fn bounds(&self, index: u32) -> Box4 {
        self.boxes[index as usize]
    }

    /// The boxes that meet `bounds`, once each.
    pub(crate) fn near(&self, bounds: &Box4) -> Vec<u32> {
        let mut near = Vec::new();
        for grid in self.grids.iter().filter(|grid| !grid.items.is_empty() && meet(&grid.around, bounds)) {
            let [west, south, east, north] = grid.around;
            let within = [bounds[0].max(west), bounds[1].max(south), bounds[2].min(east), bounds[3].min(north)];
            grid.each_cell(&within, |cell| {
                near.extend(grid.members(cell).iter().filter(|&&other| meet(&self.boxes[other as usize], bounds)));
            });
        }
        near.sort_unstable();
        near.dedup();
        near
    }
}

#[allow(clippy::needless_bitwise_bool)] // one branch instead of four
pub(crate) fn meet(a: &Box4, b: &Box4) -> bool {
    (a[0] <= b[2]) && (b[0] <= a[2]) && (a[1] <= b[3]) && (b[1] <= a[3])
}

/// Joins all boxes of a cell that touch. Boxes that touch do so in some cell that holds a common point of both.
fn join_cell(boxes: &[Box4], members: &[u32], sides: Box4, depth: u32, sets: &Sets) {
    if members.len() <= CROWD || depth == DEEPEST {
        for (i, &a) in members.iter().enumerate() {
            let of_a = boxes[a as usize];
            for &b in &members[i + 1..] {
                if meet(&of_a, &boxes[b as usize]) {
                    sets.join(a, b);
                }
            }
        }
        return;
    }
    let covers = |b: &Box4| b[0] <= sides[0] && b[1] <= sides[1] && b[2] >= sides[2] && b[3] >= sides[3];
    if let Some(&hub) = members.iter().find(|&&m| covers(&boxes[m as usize])) {
        members.iter().filter(|&&m| meet(&boxes[m as usize], &sides)).for_each(|&m| sets.join(hub, m));
        return;
    }
    let (x, y) = (i64::midpoint(sides[0], sides[2]), i64::midpoint(sides[1], sides[3]));
    for (west, east) in [(sides[0], x), (x, sides[2])] {
        for (south, north) in [(sides[1], y), (y, sides[3])] {
            let quarter = [west, south, east, north];
            let within: Vec<u32> = members.iter().copied().filter(|&m| meet(&boxes[m as usize], &quarter)).collect();
            join_cell(boxes, &within, quarter, depth + 1, sets);
        }
    }
}

/// Boxes of like size, filed by cell.
#[derive(Debug)]
struct Grid {
    around: Box4,
    side: i64,
    columns: usize,
    /// The boxes filed here, once each.
    filed: Vec<u32>,
    starts: Vec<u32>,
    /// By cell.
    items: Vec<u32>,
}

impl Grid {
    /// From the finest to the coarsest. Each is four times as coarse as the one before it.
    fn levels(boxes: &[Box4]) -> Vec<Self> {
        let Some(around) = boxes.par_iter().copied().reduce_with(join) else { return Vec::new() };
        let larger_side = |b: &Box4| (b[2] - b[0]).max(b[3] - b[1]).max(1);
        // The size that nine boxes in ten keep within, from a sample.
        let mut sample: Vec<i64> = boxes.iter().step_by(boxes.len() / 1000 + 1).map(larger_side).collect();
        sample.sort_unstable();
        let mut side = sample[sample.len() * 9 / 10];
        // No more cells than a few for each box.
        let cells =
            |side: i64| i128::from((around[2] - around[0]) / side + 1) * i128::from((around[3] - around[1]) / side + 1);
        while cells(side) > (CELLS_PER_BOX * boxes.len() + 64) as i128 {
            side += side / 4 + 1;
        }
        let mut left: Vec<u32> = (0..u32::try_from(boxes.len()).unwrap_or(u32::MAX)).collect();
        let mut grids = Vec::new();
        while !left.is_empty() {
            let (here, larger) = left.into_par_iter().partition(|&i| larger_side(&boxes[i as usize]) <= side);
            grids.push(Self::new(boxes, here, around, side));
            left = larger;
            side *= 4;
        }
        grids
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // few cells for each box, none negative
    fn new(boxes: &[Box4], filed: Vec<u32>, around: Box4, side: i64) -> Self {
        let columns = ((around[2] - around[0]) / side + 1) as usize;
        let rows = ((around[3] - around[1]) / side + 1) as usize;
        let mut grid = Self { around, side, columns, filed, starts: Vec::new(), items: Vec::new() };
        if grid.filed.is_empty() {
            return grid;
        }
        // Each filing as one number, the cell above the box: sorting them waits for memory less than counting by cell does.
        let filings = |chunk: &[u32]| {
            let mut filings = Vec::with_capacity(2 * chunk.len());
            for &i in chunk {
                grid.each_cell(&boxes[i as usize], |cell| filings.push((cell as u64) << 32 | u64::from(i)));
            }
            filings
        };
        let mut filings = grid.filed.par_chunks(1 << 14).map(filings).collect::<Vec<_>>().concat();
        filings.par_sort_unstable();
        let mut starts = Vec::with_capacity(columns * rows + 1);
        for (at, filing) in (0_u32..).zip(&filings) {
            let cell = (filing >> 32) as usize;
            if starts.len() <= cell {
                starts.resize(cell + 1, at);
            }
        }
        starts.resize(columns * rows + 1, filings.len() as u32);
        let items = filings.into_par_iter().map(|filing| filing as u32).collect();
        (grid.starts, grid.items) = (starts, items);
        grid
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // boxes lie within the grid
    fn each_cell(&self, b: &Box4, mut each: impl FnMut(usize)) {
        let column = |x: i64| ((x - self.around[0]) / self.side) as usize;
        let row = |y: i64| ((y - self.around[1]) / self.side) as usize;
        for r in row(b[1])..=row(b[3]) {
            for c in column(b[0])..=column(b[2]) {
                each(r * self.columns + c);
            }
        }
    }

    fn members(&self, cell: usize) -> &[u32] {
        &self.items[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// Cells with two or more boxes, and their sides.
    #[allow(clippy::cast_possible_wrap)] // few cells
    fn cells(&self) -> impl ParallelIterator<Item = (Box4, &[u32])> {
        let count = self.starts.len().saturating_sub(1);
        (0..count).into_par_iter().with_min_len(4096).filter(|&cell| self.members(cell).len() > 1).map(|cell| {
            let (row, column) = ((cell / self.columns) as i64, (cell % self.columns) as i64);
            let (west, south) = (self.around[0] + column * self.side, self.around[1] + row * self.side);
            ([west, south, west + self.side, south + self.side], self.members(cell))
        })
    }
}

pub(crate) fn join(a: Box4, b: Box4) -> Box4 {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// Disjoint sets that several threads may join; the lowest index stands for its set, whatever the order of joins.
struct Sets {
    parent: Vec<AtomicU32>,
}

impl Sets {
    #[allow(clippy::cast_possible_truncation)] // indices are 32 bits throughout
    fn new(count: usize) -> Self {
        Self { parent: (0..count as u32).map(AtomicU32::new).collect() }
    }

    fn find(&self, mut i: u32) -> u32 {
        loop {
            let parent = self.parent[i as usize].load(Ordering::Relaxed);
            if parent == i {
                return i;
            }
            // Parents only ever become lower, so a stale grandparent is still an ancestor.
            let grandparent = self.parent[parent as usize].load(Ordering::Relaxed);
            if grandparent != parent {
                self.parent[i as usize].store(grandparent, Ordering::Relaxed);
            }
            i = parent;
        }
    }

    fn join(&self, a: u32, b: u32) {
        let (mut a, mut b) = (self.find(a), self.find(b));
        while a != b {
            let (low, high) = (a.min(b), a.max(b));
            let root = &self.parent[high as usize];
            if root.compare_exchange(high, low, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                return;
            }
            (a, b) = (self.find(high), self.find(low));
        }
    }

    #[allow(clippy::cast_possible_truncation)] // indices are 32 bits throughout
    fn into_groups(self) -> Groups {
        let count = self.parent.len();
        let roots: Vec<u32> = (0..count as u32).into_par_iter().map(|i| self.find(i)).collect();
        let mut ends = vec![0_u32; count + 1];
        for &root in &roots {
            ends[root as usize + 1] += 1;
        }
        let mut starts = vec![0];
        for i in 0..count {
            if ends[i + 1] > 0 {
                starts.push(starts[starts.len() - 1] + ends[i + 1]);
            }
            ends[i + 1] += ends[i];
        }
        let mut members = vec![0; count];
        for (i, &root) in (0_u32..).zip(&roots) {
            members[ends[root as usize] as usize] = i;
            ends[root as usize] += 1;
        }
        Groups { starts, members }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(west: i64, south: i64, side: i64) -> Box4 {
        [west, south, west + side, south + side]
    }

    fn groups(boxes: &[Box4]) -> Vec<Vec<u32>> {
        let groups = components(boxes.len(), |i| boxes[i]);
        (0..groups.len()).map(|g| groups.group(g).to_vec()).collect()
    }

    fn by_all_pairs(boxes: &[Box4]) -> Vec<Vec<u32>> {
        let sets = Sets::new(boxes.len());
        for (a, of_a) in (0_u32..).zip(boxes) {
            (0_u32..).zip(boxes).filter(|(_, of_b)| meet(of_a, of_b)).for_each(|(b, _)| sets.join(a, b));
        }
        let groups = sets.into_groups();
        (0..groups.len()).map(|g| groups.group(g).to_vec()).collect()
    }

    #[test]
    fn touching_boxes_hang_together_also_through_others() {
        let boxes = [square(0, 0, 1), square(5, 5, 1), square(2, 0, 1), square(1, 1, 1)];
        assert_eq!(groups(&boxes), vec![vec![0, 2, 3], vec![1]]);
    }

    #[test]
    fn no_boxes_make_no_groups() {
        assert_eq!(components(0, |_| square(0, 0, 0)).len(), 0);
    }

    proptest! {
        #[test]
        fn the_grid_finds_what_comparing_all_pairs_finds(
            squares in prop::collection::vec((0..100_i64, 0..100_i64, prop_oneof![0..4_i64, 0..60_i64]), 0..120)
        ) {
            let boxes: Vec<_> = squares.into_iter().map(|(x, y, side)| square(x, y, side)).collect();
            prop_assert_eq!(groups(&boxes), by_all_pairs(&boxes));
        }

        #[test]
        fn a_pile_is_one_group_and_its_neighbours_are_found(
            pile in prop::collection::vec((0..30_i64, 0..30_i64, 10..40_i64), 60..200),
            around in prop::collection::vec((-60..120_i64, -60..120_i64, 0..9_i64), 0..60),
        ) {
            let boxes: Vec<_> = pile.into_iter().chain(around).map(|(x, y, side)| square(x, y, side)).collect();
            prop_assert_eq!(groups(&boxes), by_all_pairs(&boxes));
        }
    }
}
