//! Polygons as entered, checked for what would make them no polygons.

use crate::finding::FindingKind;
use crate::{Position, Shape};
use std::cmp::Ordering;

/// Checks rings one by one; what cannot be used is noted and left out.
pub(crate) fn checked(polygons: Vec<Vec<Vec<[f64; 2]>>>, notes: &mut Vec<FindingKind>) -> Option<Shape> {
    let far = polygons.iter().flatten().flatten().find(|at| !possible(**at));
    if let Some([lon, lat]) = far {
        notes.push(impossible(*lon, *lat));
        return None;
    }
    let mut shape = Shape::default();
    for polygon in polygons {
        let mut rings = Vec::with_capacity(polygon.len());
        for (at, mut ring) in polygon.into_iter().enumerate() {
            if distinct(&ring) < 3 {
                notes.push(too_few_corners(&ring));
                // Without its outside a polygon is nothing; without a hole it is still a polygon.
                if at == 0 {
                    break;
                }
                continue;
            }
            if ring.first() != ring.last() {
                notes.push(FindingKind::RingLeftOpen {});
                ring.extend(ring.first().copied());
            }
            rings.push(ring);
        }
        if !rings.is_empty() {
            shape.polygons.push(rings);
        }
    }
    (!shape.polygons.is_empty()).then_some(shape)
}

/// What a ring with fewer than three different corners is.
pub(crate) fn too_few_corners(ring: &[[f64; 2]]) -> FindingKind {
    match (distinct(ring), ring.first()) {
        (n, Some(&[lon, lat])) => FindingKind::TooFewVertices { n: n as u64, lon, lat },
        (_, None) => FindingKind::PolygonDropped { reason: "a ring has no corner".to_owned() },
    }
}

/// How many different corners a ring has, counted to three.
pub(crate) fn distinct(ring: &[[f64; 2]]) -> usize {
    let Some(first) = ring.first() else { return 0 };
    let differ = |a: &[f64; 2], b: &[f64; 2]| a.partial_cmp(b) != Some(Ordering::Equal);
    let Some(second) = ring.iter().find(|at| differ(at, first)) else { return 1 };
    if ring.iter().any(|at| differ(at, first) && differ(at, second)) { 3 } else { 2 }
}

pub(crate) fn possible([lon, lat]: [f64; 2]) -> bool {
    lon.abs() <= 180.0 && lat.abs() <= 90.0
}

/// What a coordinate that is nowhere on Earth most likely is.
pub(crate) fn impossible(lon: f64, lat: f64) -> FindingKind {
    let swapped = possible([lat, lon]);
    // An infinite number is no length.
    if (lon.abs() > 360.0 || lat.abs() > 360.0) && lon.is_finite() && lat.is_finite() {
        FindingKind::ProjectedMetres { x: lon, y: lat }
    } else if swapped {
        FindingKind::LatLonSwapped { lon: lat, lat: lon }
    } else {
        FindingKind::ImpossibleCoordinate { lon, lat }
    }
}

/// Whether the place is on Earth.
pub(crate) fn on_earth(place: Position) -> bool {
    possible([place.lon, place.lat])
}
