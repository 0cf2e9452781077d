//! One connected field: many areas of twenty vertices that overlap.
//!
//! Five in eight areas are hazards, three in eight are releases, as in a country.

use std::f64::consts::PI;

use crate::country::{Record, on, ring, stated};
use crate::outline::{self, Pen};
use crate::random::Stream;
use crate::scene::Place;

const VERTICES: usize = 20;
/// Distance of neighbours in a dense field, in metres.
const STEP_M: f64 = 200.0;
/// Radius of an area; more than half a step, so that neighbours in a row overlap.
const RADIUS_M: f64 = 130.0;
/// How many others an area of a heap overlaps, on average.
const OTHERS: f64 = 10.0;
const LAST_DAY: usize = 9_496;

/// How the areas lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// In rows, each hazard overlapping its neighbours a little: one component for certain.
    Rows,
    /// At random, each area overlapping about ten others, however many there are.
    Heap,
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    seed: u64,
    layout: Layout,
    areas: usize,
}

impl Field {
    /// A field in rows with so many edges in all.
    #[must_use]
    pub fn of_edges(seed: u64, edges: usize) -> Self {
        Self { seed, layout: Layout::Rows, areas: edges.div_ceil(VERTICES) }
    }

    /// A heap of so many areas.
    #[must_use]
    pub fn of_areas(seed: u64, areas: usize) -> Self {
        Self { seed, layout: Layout::Heap, areas }
    }

    /// How many hazards there are.
    #[must_use]
    pub fn hazards(&self) -> usize {
        self.areas * 5 / 8
    }

    /// How many releases there are.
    #[must_use]
    pub fn releases(&self) -> usize {
        self.areas - self.hazards()
    }

    /// The hazard of that index, from 0.
    #[must_use]
    pub fn hazard(&self, index: usize) -> Record {
        let mut random = Stream::new(self.seed, 11, index as u64);
        let middle = match self.layout {
            Layout::Rows => {
                let side = self.hazards().isqrt() + 1;
                let along = |step: usize| (step as f64 - side as f64 / 2.0) * STEP_M;
                [along(index % side), along(index / side)]
            }
            Layout::Heap => self.anywhere(&mut random),
        };
        let kind = ["SHA", "CHA"][random.pick(&[0.55, 0.45])];
        record(&mut random, index, 0, kind, middle)
    }

    /// The release of that index, from 0.
    #[must_use]
    pub fn release(&self, index: usize) -> Record {
        let mut random = Stream::new(self.seed, 12, index as u64);
        let middle = self.anywhere(&mut random);
        let kind = ["cancelled", "reduced", "cleared"][random.pick(&[0.35, 0.25, 0.4])];
        let hazard = random.below(self.hazards()) + 1;
        record(&mut random, index, hazard, kind, middle)
    }

    fn anywhere(&self, random: &mut Stream) -> [f64; 2] {
        let side = match self.layout {
            Layout::Rows => (self.hazards() as f64).sqrt() * STEP_M,
            Layout::Heap => (self.areas as f64 * PI * (2.0 * RADIUS_M).powi(2) / OTHERS).sqrt(),
        };
        [random.between(-0.5, 0.5) * side, random.between(-0.5, 0.5) * side]
    }
}

fn record(random: &mut Stream, index: usize, hazard_id: usize, kind: &'static str, [east, north]: [f64; 2]) -> Record {
    let area_m2 = PI * RADIUS_M.powi(2);
    let place = Place { lon: 67.5, lat: 33.95, area_m2, reach_m: f64::INFINITY };
    let mut outline = Pen::ROUND.draw(random, area_m2, f64::INFINITY);
    let stated_m2 = stated(random, outline::area(&outline));
    for vertex in &mut outline {
        *vertex = [vertex[0] + east, vertex[1] + north];
    }
    let date = on(random.below(LAST_DAY));
    Record { id: index + 1, hazard_id, kind, date, stated_m2, ring: ring(place, &outline) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_the_edges_asked_for() {
        let field = Field::of_edges(1, 10_000);
        let edges: usize = (0..field.hazards()).map(|index| field.hazard(index).ring.len()).sum::<usize>()
            + (0..field.releases()).map(|index| field.release(index).ring.len()).sum::<usize>();
        assert_eq!(edges, 10_000);
    }
}
