//! Lengths and areas on the WGS84 ellipsoid, for comparing a figure with a shape. The register's own areas come from
//! `land`.

use crate::Shape;

/// Equatorial radius, metres.
const A: f64 = 6_378_137.0;
/// First eccentricity squared.
const E2: f64 = 0.006_694_379_990_141_33;

/// Degrees of longitude from one place to another, the short way round.
pub(crate) fn turn(from: f64, to: f64) -> f64 {
    let turn = to - from;
    if turn > 180.0 {
        turn - 360.0
    } else if turn < -180.0 {
        turn + 360.0
    } else {
        turn
    }
}

/// Metres between two places `[lon, lat]`, by the radii of curvature at the middle latitude: within 0.1 % up to 100 km.
pub(crate) fn distance_m(from: [f64; 2], to: [f64; 2]) -> f64 {
    let [east, north] = metres_from(from, to);
    east.hypot(north)
}

/// Metres east and north from a place to one near it.
pub(crate) fn metres_from(from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
    let middle = f64::midpoint(from[1], to[1]).to_radians();
    let w = 1.0 - E2 * middle.sin().powi(2);
    let north = A * (1.0 - E2) / w.powf(1.5);
    let east = A / w.sqrt() * middle.cos();
    [east * turn(from[0], to[0]).to_radians(), north * (to[1] - from[1]).to_radians()]
}

/// Square metres within a ring, whatever its direction; edges run straight on an equal-area map, which for edges of a
/// few kilometres differs from straight lines on the ground by less than a millionth.
///
/// The lobes of a ring that crosses itself count against one another.
pub(crate) fn ring_m2(ring: &[[f64; 2]]) -> f64 {
    let Some([west, south]) = ring.first().copied() else { return 0.0 };
    let q0 = authalic(south);
    let at = |[lon, lat]: [f64; 2]| (turn(west, lon).to_radians(), authalic(lat) - q0);
    let mut doubled = 0.0;
    let mut before = at(ring.last().copied().unwrap_or([west, south]));
    for corner in ring {
        let (x, y) = at(*corner);
        doubled += before.0 * y - x * before.1;
        before = (x, y);
    }
    doubled.abs() * A * A / 4.0
}

/// The authalic function q of a latitude (Snyder, Map Projections, equation 3-12).
fn authalic(lat: f64) -> f64 {
    let (sin, e) = (lat.to_radians().sin(), E2.sqrt());
    (1.0 - E2) * (sin / (1.0 - E2 * sin * sin) + (e * sin).atanh() / e)
}

/// Square metres of a shape as drawn: the outsides of its polygons less their holes.
///
/// Meant for shapes without [faults](crate::checks::shape_faults); parts that overlap count twice.
///
/// ```
/// let square = vec![[29.0, -1.0], [29.001, -1.0], [29.001, -0.999], [29.0, -0.999], [29.0, -1.0]];
/// let shape = intake::Shape { polygons: vec![vec![square]] };
/// assert!((intake::checks::mapped_area_m2(&shape) - 12_308.0).abs() < 1.0);
/// ```
#[must_use]
pub fn mapped_area_m2(shape: &Shape) -> f64 {
    let polygon = |rings: &Vec<Vec<[f64; 2]>>| match rings.split_first() {
        None => 0.0,
        Some((outside, holes)) => (ring_m2(outside) - holes.iter().map(|hole| ring_m2(hole)).sum::<f64>()).max(0.0),
    };
    shape.polygons.iter().map(polygon).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_at_the_equator_measures_what_the_ellipsoid_says() {
        // GeographicLib: 1 degree of longitude on the equator is 111,319.491 m, of latitude 110,574.389 m.
        assert!((distance_m([0.0, 0.0], [1.0, 0.0]) - 111_319.491).abs() < 0.01);
        assert!((distance_m([179.5, 0.0], [-179.5, 0.0]) - 111_319.491).abs() < 0.01);
        assert!((distance_m([0.0, 0.0], [0.0, 1.0]) - 110_574.389).abs() < 30.0);
    }

    #[test]
    fn the_whole_ellipsoid_has_the_area_it_has() {
        // 510,065,621,724,089 m2 (GeographicLib); an eighth of it lies between two meridians and the equator.
        let eighth: Vec<[f64; 2]> =
            vec![[0.0, 0.0], [45.0, 0.0], [90.0, 0.0], [90.0, 90.0], [45.0, 90.0], [0.0, 90.0], [0.0, 0.0]];
        assert!((ring_m2(&eighth) * 8.0 / 510_065_621_724_089.0 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_hole_is_taken_away_and_the_direction_does_not_matter() {
        let square =
            |w: f64, s: f64, size: f64| vec![[w, s], [w + size, s], [w + size, s + size], [w, s + size], [w, s]];
        let outside = square(10.0, 45.0, 0.01);
        let mut hole = square(10.002, 45.002, 0.001);
        let whole = mapped_area_m2(&Shape { polygons: vec![vec![outside.clone()]] });
        let less = mapped_area_m2(&Shape { polygons: vec![vec![outside.clone(), hole.clone()]] });
        hole.reverse();
        let same = mapped_area_m2(&Shape { polygons: vec![vec![outside, hole]] });
        assert!((less / whole - 0.99).abs() < 1e-5, "{less} {whole}");
        assert!((less - same).abs() < 1e-6);
    }
}
