//! Rings in the direction that a format asks for.

use geo_types::{Coord, LineString, Polygon};

/// Which way the outer ring runs; holes run the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outer {
    CounterClockwise,
    Clockwise,
}

/// The rings of a polygon, outer first, each closed and in its direction. A ring without vertices is left out.
pub(crate) fn oriented(polygon: &Polygon<f64>, outer: Outer) -> impl Iterator<Item = Vec<Coord<f64>>> + Clone + '_ {
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate();
    rings.filter(|(_, ring)| !ring.0.is_empty()).map(move |(number, ring)| {
        let counter_clockwise = (outer == Outer::CounterClockwise) == (number == 0);
        let mut vertices = ring.0.clone();
        if (doubled_area(ring) > 0.0) != counter_clockwise {
            vertices.reverse();
        }
        vertices
    })
}

/// Twice the signed area in square degrees, seen from the first vertex so that small rings keep their digits.
fn doubled_area(ring: &LineString<f64>) -> f64 {
    let Some(&origin) = ring.0.first() else { return 0.0 };
    let from_origin = |c: Coord<f64>| (c.x - origin.x, c.y - origin.y);
    let edges = ring.0.windows(2).map(|edge| (from_origin(edge[0]), from_origin(edge[1])));
    edges.map(|((ax, ay), (bx, by))| ax * by - ay * bx).sum()
}
