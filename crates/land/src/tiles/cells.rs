//! Areas counted into cells, for readers who may not see where each one lies: the rule is in [`generalise`](crate::generalise).

use std::collections::BTreeMap;
use std::ops::Range;

use super::encode::{Layer, Value};
use super::index::Index;
use super::mercator::{Frame, WorldBox, WorldPoint, project};
use super::store::{Area, morton};
use crate::generalise::{CELL_DEGREES, CELL_LEVELS, MINIMUM_AREAS, number_rounded_down};
use crate::geometry::Point;

/// How often the side is doubled, row from the equator to the north, column from Greenwich to the east.
type CellId = (u32, i32, i32);

/// A cell as it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellCount {
    /// Longitude of its middle, in degrees.
    pub lon: f64,
    /// Latitude of its middle, in degrees.
    pub lat: f64,
    /// Its side, in degrees.
    pub degrees: f64,
    /// No fewer areas remain in it.
    pub at_least: usize,
    /// And no more.
    pub at_most: usize,
}

#[derive(Debug, Clone)]
struct Cell {
    id: CellId,
    centre: WorldPoint,
    members: Range<usize>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    list: Vec<Cell>,
    /// Areas by their place in the store, cell after cell, those of one hazard together; and which of the cell's hazards
    /// each belongs to.
    members: Vec<(usize, usize)>,
    index: Index,
    /// Areas that stand too much alone for any cell.
    alone: Vec<(usize, usize)>,
}

impl Cells {
    pub(super) fn new(areas: &[Area]) -> Self {
        // A hazard in pieces lies where its first piece does.
        let mut hazards: BTreeMap<(bool, usize), Vec<usize>> = BTreeMap::new();
        for (place, area) in areas.iter().enumerate() {
            hazards.entry(area.piece_of.map_or((false, area.number), |hazard| (true, hazard))).or_default().push(place);
        }
        let mut left: Vec<(CellId, Vec<usize>)> = hazards
            .into_values()
            .filter_map(|mut pieces| {
                pieces.sort_unstable_by_key(|place| areas[*place].number);
                Some((cell_of(areas[*pieces.first()?].middle), pieces))
            })
            .collect();
        let mut homes: Vec<(CellId, Vec<Vec<usize>>)> = Vec::new();
        for level in 0..=CELL_LEVELS {
            let mut cells: BTreeMap<CellId, Vec<Vec<usize>>> = BTreeMap::new();
            for ((_, row, column), pieces) in left.drain(..) {
                cells.entry((level, row, column)).or_default().push(pieces);
            }
            for (id, hazards) in cells {
                if hazards.len() >= MINIMUM_AREAS {
                    homes.push((id, hazards));
                } else {
                    let (_, row, column) = id;
                    let wider = (level + 1, row.div_euclid(2), column.div_euclid(2));
                    left.extend(hazards.into_iter().map(|pieces| (wider, pieces)));
                }
            }
        }
        let numbered = |hazards: Vec<Vec<usize>>| {
            let hazards = hazards.into_iter().enumerate();
            hazards.flat_map(|(hazard, pieces)| pieces.into_iter().map(move |place| (place, hazard)))
        };
        homes.sort_unstable_by_key(|(id, _)| (morton(centre_of(*id)), *id));
        let (mut list, mut members) = (Vec::new(), Vec::new());
        for (id, hazards) in homes {
            let start = members.len();
            members.extend(numbered(hazards));
            list.push(Cell { id, centre: centre_of(id), members: start..members.len() });
        }
        let boxes: Vec<WorldBox> = list.iter().map(|cell| WorldBox::of_point(cell.centre)).collect();
        let alone = numbered(left.into_iter().map(|(_, pieces)| pieces).collect()).collect();
        Self { index: Index::new(&boxes), members, list, alone }
    }

    /// The cells as shown; none when nothing remains anywhere.
    pub(super) fn counts(&self, areas: &[Area], is_shown: impl Fn(&Area) -> bool) -> Vec<CellCount> {
        if !self.any(areas, &is_shown) {
            return Vec::new();
        }
        self.list.iter().map(|cell| self.count(cell, areas, &is_shown)).collect()
    }

    /// How many areas remain in all, rounded down, and never more than the cells leave open: from a total that all the cells
    /// together just reach, each of them could be worked out.
    pub(super) fn total(&self, areas: &[Area], is_shown: impl Fn(&Area) -> bool) -> usize {
        let told: usize = self.list.iter().map(|cell| self.count(cell, areas, &is_shown).at_least).sum();
        let cells = self.list.iter().map(|cell| remaining(&self.members[cell.members.clone()], areas, &is_shown));
        let total = cells.sum::<usize>() + remaining(&self.alone, areas, &is_shown);
        let slack = (MINIMUM_AREAS - 1) * self.list.len().saturating_sub(1);
        number_rounded_down(total).min(told + number_rounded_down(slack))
    }

    /// West, south, east and north of the cells, whatever remains in them.
    pub(super) fn bounds(&self) -> Option<[f64; 4]> {
        let sides = self.list.iter().map(|cell| {
            let (level, row, column) = cell.id;
            let side = side(level);
            let (west, south) = (f64::from(column) * side, f64::from(row) * side);
            [west, south, west + side, south + side]
        });
        sides.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }

    pub(super) fn tile(&self, frame: &Frame, areas: &[Area], is_shown: impl Fn(&Area) -> bool) -> Vec<u8> {
        let mut layer = Layer::new("cells");
        if self.any(areas, &is_shown) {
            self.index.search(&frame.buffered(), |number| {
                let cell = &self.list[number];
                if frame.holds(cell.centre) {
                    let count = self.count(cell, areas, &is_shown);
                    layer.tag("at_least", Value::Whole(count.at_least as u64));
                    layer.tag("at_most", Value::Whole(count.at_most as u64));
                    layer.tag("twentieths_of_a_degree", Value::Whole(1 << cell.id.0));
                    layer.point(number_of(cell.id), frame.local(cell.centre));
                }
            });
        }
        layer.finish()
    }

    fn any(&self, areas: &[Area], is_shown: impl Fn(&Area) -> bool) -> bool {
        self.members.iter().chain(&self.alone).any(|(place, _)| is_shown(&areas[*place]))
    }

    fn count(&self, cell: &Cell, areas: &[Area], is_shown: impl Fn(&Area) -> bool) -> CellCount {
        let at_least = number_rounded_down(remaining(&self.members[cell.members.clone()], areas, is_shown));
        let (level, row, column) = cell.id;
        let middle = |number: i32| (f64::from(number) + 0.5) * side(level);
        let at_most = at_least + MINIMUM_AREAS - 1;
        CellCount { lon: middle(column), lat: middle(row), degrees: side(level), at_least, at_most }
    }
}

/// How many hazards have a piece that is shown; the pieces of one hazard stand together.
fn remaining(members: &[(usize, usize)], areas: &[Area], is_shown: impl Fn(&Area) -> bool) -> usize {
    let hazards = members.chunk_by(|a, b| a.1 == b.1);
    hazards.filter(|pieces| pieces.iter().any(|(place, _)| is_shown(&areas[*place]))).count()
}

fn side(level: u32) -> f64 {
    CELL_DEGREES * f64::from(1_u32 << level)
}

#[allow(clippy::cast_possible_truncation)] // Within ±3600.
fn cell_of(Point { lon, lat }: Point) -> CellId {
    let number = |degrees: f64| (degrees / CELL_DEGREES).floor() as i32;
    (0, number(lat), number(lon))
}

fn centre_of((level, row, column): CellId) -> WorldPoint {
    let degrees = |number: i32| (f64::from(number) + 0.5) * side(level);
    project(Point::new(degrees(column).clamp(-180.0, 180.0), degrees(row).clamp(-90.0, 90.0)))
}

/// The cell's own number, from the south-west: it says where the cell is and nothing of what is in it.
fn number_of((level, row, column): CellId) -> usize {
    let from_corner = |number: i32| usize::try_from(number + 4000).unwrap_or(0);
    (level as usize * 8001 + from_corner(row)) * 8001 + from_corner(column)
}
