//! The areas, flat: every vertex in one list, 8 bytes each, areas that are near in the world near in the list.

use std::ops::Range;

use jiff::civil::Date;
use rayon::prelude::*;

use super::mercator::{PIXEL, WorldBox, WorldPoint, project, unit_m, unit_shift};
use super::{MAX_ZOOM, TileArea};
use crate::area::polygon_area_m2;
use crate::geometry::{Bounds, Point, Ring};
use crate::records::HazardKind;

/// What is kept of an area.
#[derive(Debug, Clone)]
pub(super) struct Area {
    /// Its place in the list that the caller gave.
    pub(super) number: usize,
    pub(super) kind: HazardKind,
    pub(super) found: Date,
    pub(super) released: Option<Date>,
    pub(super) stated_m2: Option<f64>,
    pub(super) piece_of: Option<usize>,
    pub(super) mapped_m2: f64,
    pub(super) bounds: WorldBox,
    /// Where it stands when it is a point: the middle of the box of its largest ring.
    pub(super) anchor: WorldPoint,
    /// The same middle in degrees.
    pub(super) middle: Point,
    /// The lowest zoom at which it is drawn with an outline.
    outline_from: u8,
    rings: Range<usize>,
    id: Range<usize>,
}

impl Area {
    /// Whether it is too small, or too thin, to be drawn at a zoom.
    pub(super) fn is_point(&self, zoom: u8) -> bool {
        zoom < self.outline_from
    }

    pub(super) fn is_released(&self, on: Date) -> bool {
        self.released.is_some_and(|day| day <= on)
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    areas: Vec<Area>,
    ids: String,
    vertices: Vec<WorldPoint>,
    /// Where each ring ends in `vertices`; it starts where the one before ends.
    ring_ends: Vec<usize>,
}

/// An area on its way in.
struct Incoming<'a> {
    area: &'a TileArea<'a>,
    number: usize,
    rings: Vec<Vec<WorldPoint>>,
    bounds: WorldBox,
    anchor: WorldPoint,
    middle: Point,
    mapped_m2: f64,
}

impl Store {
    pub(super) fn new(areas: &[TileArea<'_>]) -> Self {
        let mut incoming: Vec<Incoming<'_>> = areas.par_iter().enumerate().filter_map(Incoming::new).collect();
        incoming.par_sort_unstable_by_key(|area| (morton(area.bounds.middle()), area.number));
        let mut store = Self::default();
        store.areas.reserve_exact(incoming.len());
        store.vertices.reserve_exact(incoming.iter().flat_map(|area| &area.rings).map(Vec::len).sum());
        for area in &incoming {
            store.push(area);
        }
        store
    }

    fn push(&mut self, incoming: &Incoming<'_>) {
        let first_ring = self.ring_ends.len();
        for ring in &incoming.rings {
            self.vertices.extend_from_slice(ring);
            self.ring_ends.push(self.vertices.len());
        }
        let first_letter = self.ids.len();
        self.ids.push_str(incoming.area.id);
        self.areas.push(Area {
            number: incoming.number,
            kind: incoming.area.kind,
            found: incoming.area.found,
            released: incoming.area.released,
            stated_m2: incoming.area.stated_m2.filter(|area| area.is_finite()),
            piece_of: incoming.area.piece_of,
            mapped_m2: incoming.mapped_m2,
            bounds: incoming.bounds,
            anchor: incoming.anchor,
            middle: incoming.middle,
            outline_from: incoming.outline_from(),
            rings: first_ring..self.ring_ends.len(),
            id: first_letter..self.ids.len(),
        });
    }

    pub(super) fn areas(&self) -> &[Area] {
        &self.areas
    }

    pub(super) fn id(&self, area: &Area) -> &str {
        &self.ids[area.id.clone()]
    }

    pub(super) fn rings(&self, area: &Area) -> impl ExactSizeIterator<Item = &[WorldPoint]> + Clone {
        area.rings.clone().map(|ring| {
            let start = if ring == 0 { 0 } else { self.ring_ends[ring - 1] };
            &self.vertices[start..self.ring_ends[ring]]
        })
    }
}

impl<'a> Incoming<'a> {
    fn new((number, area): (usize, &'a TileArea<'a>)) -> Option<Self> {
        let bounds_of = |ring: &Ring| ring.points().iter().copied().map(Bounds::of_point).reduce(Bounds::join);
        let size = |b: &Bounds| (b.east - b.west).max(b.north - b.south);
        let boxes = area.outline.rings().iter().filter_map(bounds_of);
        let largest = boxes.max_by(|a, b| size(a).total_cmp(&size(b)))?;
        let middle = Point::new(f64::midpoint(largest.west, largest.east), f64::midpoint(largest.south, largest.north));
        let rings: Vec<Vec<WorldPoint>> = area
            .outline
            .rings()
            .iter()
            .filter(|ring| !ring.points().is_empty())
            .map(|ring| ring.points().iter().copied().map(project).collect())
            .collect();
        let bounds = rings.iter().flatten().copied().map(WorldBox::of_point).reduce(WorldBox::join)?;
        let mapped_m2 = polygon_area_m2(area.outline).max(0.0);
        Some(Self { area, number, rings, bounds, anchor: project(middle), middle, mapped_m2 })
    }

    /// The lowest zoom at which the longer side of the box is a pixel, and the mean width a unit.
    fn outline_from(&self) -> u8 {
        let length = f64::from(self.bounds.length());
        let width = self.mapped_m2 / unit_m(self.middle.lat).powi(2) / length;
        let is_seen = |zoom: &u8| {
            let unit = f64::from(1_u32 << unit_shift(*zoom));
            length >= f64::from(PIXEL) * unit && width >= unit
        };
        (0..=MAX_ZOOM).find(is_seen).unwrap_or(MAX_ZOOM + 1)
    }
}

/// The bits of both coordinates in turn: near numbers are near places.
pub(crate) fn morton((x, y): WorldPoint) -> u64 {
    let spread = |place: u32| {
        let mut bits = u64::from(place);
        for (by, mask) in [
            (16, 0x0000_ffff_0000_ffff),
            (8, 0x00ff_00ff_00ff_00ff),
            (4, 0x0f0f_0f0f_0f0f_0f0f),
            (2, 0x3333_3333_3333_3333),
            (1, 0x5555_5555_5555_5555),
        ] {
            bits = (bits | bits << by) & mask;
        }
        bits
    };
    spread(x) | spread(y) << 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_a_place_alternate() {
        assert_eq!(morton((0b111, 0b000)), 0b01_0101);
        assert_eq!(morton((0b000, 0b101)), 0b10_0010);
        assert_eq!(morton((u32::MAX, u32::MAX)), u64::MAX);
    }
}
