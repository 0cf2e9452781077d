//! Areas counted into cells, for readers who may not see where each one lies.

use std::ops::Range;

use super::encode::{Layer, Value};
use super::index::Index;
use super::mercator::{Frame, WorldBox, WorldPoint, project};
use super::store::{Area, morton};
use super::{CELL_DEGREES, count_hazards};
use crate::geometry::Point;

/// Row from the equator to the north and column from Greenwich to the east.
type CellId = (i32, i32);

#[derive(Debug, Clone)]
struct Cell {
    id: CellId,
    centre: WorldPoint,
    members: Range<usize>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    list: Vec<Cell>,
    /// Areas, by their place in the store, cell after cell.
    members: Vec<usize>,
    index: Index,
}

impl Cells {
    pub(super) fn new(areas: &[Area]) -> Self {
        let mut homes: Vec<(u64, CellId, usize)> = areas
            .iter()
            .enumerate()
            .map(|(number, area)| {
                let id = cell_of(area.middle);
                (morton(centre_of(id)), id, number)
            })
            .collect();
        homes.sort_unstable();
        let mut list = Vec::new();
        let mut start = 0;
        for home in homes.chunk_by(|a, b| a.1 == b.1) {
            let members = start..start + home.len();
            start = members.end;
            list.push(Cell { id: home[0].1, centre: centre_of(home[0].1), members });
        }
        let boxes: Vec<WorldBox> = list.iter().map(|cell| WorldBox::of_point(cell.centre)).collect();
        Self { index: Index::new(&boxes), members: homes.into_iter().map(|home| home.2).collect(), list }
    }

    pub(super) fn tile(&self, frame: &Frame, areas: &[Area], is_shown: impl Fn(&Area) -> bool) -> Vec<u8> {
        let mut layer = Layer::new("cells");
        self.index.search(&frame.buffered(), |number| {
            let cell = &self.list[number];
            if !frame.holds(cell.centre) {
                return;
            }
            let members = self.members[cell.members.clone()].iter().map(|&member| &areas[member]);
            let shown: Vec<&Area> = members.filter(|area| is_shown(area)).collect();
            if !shown.is_empty() {
                layer.tag("count", Value::Whole(count_hazards(shown.iter().copied())));
                layer.tag("mapped_m2", Value::Area(shown.iter().map(|area| area.mapped_m2).sum()));
                layer.point(number_of(cell.id), frame.local(cell.centre));
            }
        });
        layer.finish()
    }
}

#[allow(clippy::cast_possible_truncation)] // Within ±3600.
fn cell_of(Point { lon, lat }: Point) -> CellId {
    let number = |degrees: f64| (degrees / CELL_DEGREES).floor() as i32;
    (number(lat), number(lon))
}

fn centre_of((row, column): CellId) -> WorldPoint {
    let degrees = |number: i32| (f64::from(number) + 0.5) * CELL_DEGREES;
    project(Point::new(degrees(column).min(180.0), degrees(row).clamp(-90.0, 90.0)))
}

/// The cell's own number, from the south-west: it says where the cell is and nothing of what is in it.
fn number_of((row, column): CellId) -> usize {
    let from_corner = |number: i32| usize::try_from(number + 4000).unwrap_or(0);
    from_corner(row) * 8001 + from_corner(column)
}
