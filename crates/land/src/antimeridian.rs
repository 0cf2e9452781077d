//! Rings on a round Earth: what lies across the antimeridian, or round a pole, is drawn within ±180°.
//!
//! The one rule, applied to each ring by itself:
//!
//! 1. An edge goes the short way round. A step of more than 180° of longitude between two vertices crosses the
//!    antimeridian; so does a longitude beyond ±180. A step of exactly 360° stays in its place.
//! 2. Two edges are taken as drawn however long they are: one along a pole (both ends at ±90°), and those of a ring all of
//!    whose vertices lie at ±180° (a box round the whole Earth).
//! 3. A ring that after all goes once round the Earth is closed over the pole nearer to its mean latitude.
//!
//! The ring is then cut at the antimeridian. `GeoJSON` that is already split (RFC 7946, 3.1.9) passes unchanged.

use std::f64::consts::FRAC_1_SQRT_2;

type Vertex = [f64; 2];

/// Whether a ring needs the rule at all: nearly none does.
pub(crate) fn is_plain(ring: &[Vertex]) -> bool {
    let Some(&last) = ring.last() else { return true };
    let mut before = last;
    ring.iter().all(|&vertex| {
        let plain = vertex[0].abs() <= 180.0 && (vertex[0] - before[0]).abs() <= 180.0;
        before = vertex;
        plain
    })
}

/// The same ground drawn within ±180°: a ring for each side of the antimeridian that it reaches.
pub(crate) fn folded(ring: &[Vertex]) -> Vec<Vec<Vertex>> {
    let unwrapped = unwrapped(ring);
    let (west, east) = unwrapped.iter().fold((f64::MAX, f64::MIN), |(w, e), v| (w.min(v[0]), e.max(v[0])));
    // A window is a turn of the Earth; an edge that merely touches the next one does not reach it.
    let window = |lon: f64| ((lon + 180.0) / 360.0).floor();
    let (first, mut last) = (window(west), window(east));
    if last > first && (last * 360.0 - 180.0 - east).abs() < f64::EPSILON {
        last -= 1.0;
    }
    let mut rings = Vec::new();
    let mut turn = first;
    while turn <= last {
        let (from, to) = (turn * 360.0 - 180.0, turn * 360.0 + 180.0);
        let mut part = cut(&cut(&unwrapped, from, 1.0), to, -1.0);
        part.iter_mut().for_each(|vertex| vertex[0] = (vertex[0] - turn * 360.0).clamp(-180.0, 180.0));
        rings.push(part);
        turn += 1.0;
    }
    rings.retain(|ring| !ring.is_empty());
    rings
}

/// Every vertex within reach of the one before, so that each edge is a straight line in the plane.
fn unwrapped(ring: &[Vertex]) -> Vec<Vertex> {
    let whole_earth = ring.iter().all(|vertex| (vertex[0].abs() - 180.0).abs() < f64::EPSILON);
    let mut turned = 0.0;
    let mut path: Vec<Vertex> = Vec::with_capacity(ring.len() + 3);
    for (i, &[lon, lat]) in ring.iter().enumerate() {
        if i > 0 {
            turned -= turns(ring[i - 1], [lon, lat], whole_earth);
        }
        path.push([lon + turned, lat]);
    }
    let (Some(&first), Some(&last)) = (ring.first(), ring.last()) else { return path };
    let around = turned - turns(last, first, whole_earth);
    if around.abs() > 180.0 {
        let mean = ring.iter().map(|vertex| vertex[1]).sum::<f64>() / ring.len() as f64;
        let pole = 90.0_f64.copysign(mean);
        path.extend([[first[0] + around, first[1]], [first[0] + around, pole], [first[0], pole]]);
    }
    path
}

/// Degrees by which the step from `a` to `b` overshoots the short way: a multiple of 360.
fn turns(a: Vertex, b: Vertex, whole_earth: bool) -> f64 {
    let step = b[0] - a[0];
    let along_pole = a[1].abs() >= 90.0 && (a[1] - b[1]).abs() < FRAC_1_SQRT_2;
    if whole_earth || along_pole || step.abs() <= 180.0 { 0.0 } else { (step / 360.0).round() * 360.0 }
}

/// The part of a ring on one side of a meridian (`side` 1: east of it). Closed along the meridian, which bounds no ground.
fn cut(ring: &[Vertex], meridian: f64, side: f64) -> Vec<Vertex> {
    let inside = |vertex: &Vertex| (vertex[0] - meridian) * side >= 0.0;
    let Some(mut before) = ring.last() else { return Vec::new() };
    let mut part = Vec::new();
    for vertex in ring {
        if inside(before) != inside(vertex) {
            let share = (meridian - before[0]) / (vertex[0] - before[0]);
            part.push([meridian, before[1] + share * (vertex[1] - before[1])]);
        }
        if inside(vertex) {
            part.push(*vertex);
        }
        before = vertex;
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPLIT: [[[f64; 2]; 4]; 2] = [
        [[179.0, 10.0], [180.0, 10.0], [180.0, 11.0], [179.0, 11.0]],
        [[-180.0, 10.0], [-179.0, 10.0], [-179.0, 11.0], [-180.0, 11.0]],
    ];

    fn sorted(mut rings: Vec<Vec<Vertex>>) -> Vec<Vec<Vertex>> {
        rings.iter_mut().for_each(|ring| {
            ring.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
            ring.dedup();
        });
        rings.sort_by(|a, b| b[0][0].total_cmp(&a[0][0]));
        rings
    }

    #[test]
    fn a_step_of_more_than_half_a_turn_crosses_the_antimeridian() {
        let split = sorted(SPLIT.iter().map(|ring| ring.to_vec()).collect());
        for drawn in [
            [[179.0, 10.0], [-179.0, 10.0], [-179.0, 11.0], [179.0, 11.0]],
            [[179.0, 10.0], [181.0, 10.0], [181.0, 11.0], [179.0, 11.0]],
            [[-181.0, 10.0], [-179.0, 10.0], [-179.0, 11.0], [-181.0, 11.0]],
        ] {
            assert!(!is_plain(&drawn));
            assert_eq!(sorted(folded(&drawn)), split);
        }
    }

    #[test]
    fn what_is_split_already_passes_unchanged() {
        assert!(SPLIT.iter().all(|ring| is_plain(ring)));
    }

    #[test]
    fn a_ring_round_a_pole_is_closed_over_it() {
        let cap: Vec<Vertex> = (0..12).map(|i| [-165.0 + 30.0 * f64::from(i), -75.0]).collect();
        let rings = folded(&cap);
        assert!(rings.iter().flatten().any(|vertex| vertex[1] <= -90.0));
        let width: f64 = rings.iter().flatten().map(|v| v[0]).fold(f64::MIN, f64::max);
        assert!((width - 180.0).abs() < 1e-12);
    }
}
