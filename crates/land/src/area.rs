//! The rule of area: edges are straight in longitude and latitude, and area is exact on the WGS84 ellipsoid.
//!
//! The rule is additive: the parts of a shape, however it is cut, sum to the whole. Geodesic edges do not have that
//! property, since a cut makes new edges that run elsewhere; the geodesic figure is offered beside it for comparison with
//! tools that use it. For edges of ordinary length the two agree to about 1e-6.

use geographiclib_rs::{Geodesic, PolygonArea, Winding};

use crate::authalic::area_under_edge_m2;
use crate::districts::Borders;
use crate::geometry::{Bounds, Point, Polygon, Ring};
use crate::ground::Cover;
use crate::outlines::Outlines;
use crate::pieces::Piece;
use crate::records::HazardKind;
use crate::sum::{CompensatedSum, WholeArea};
use crate::survey::Surveyor;

/// Signed area of a ring in m², positive when it runs counter-clockwise.
///
/// The lobes of a ring that crosses itself cancel, and ground wound around twice counts twice. What a shape covers is
/// [`polygon_area_m2`].
///
/// ```
/// use land::{Point, Ring, ring_area_m2};
/// let earth = [(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0)];
/// let area = ring_area_m2(&Ring::new(earth.map(|(lon, lat)| Point::new(lon, lat)))?);
/// assert_eq!(format!("{:.1} km2", area / 1e6), "510065621.7 km2");
/// # Ok::<(), land::GeometryError>(())
/// ```
#[must_use]
pub fn ring_area_m2(ring: &Ring) -> f64 {
    let mut area = CompensatedSum::default();
    area.extend(ring.edges().map(|(a, b)| area_under_edge_m2(a.lon - b.lon, a.lat, b.lat)));
    area.value()
}

/// Area in m² of the ground that a polygon covers by the even-odd rule, to the square millimetre. Coordinates are taken to
/// the nearest 1e-11 degree, as in the balance.
///
/// Right for holes, several parts, bow-ties, self-touches and rings in any direction, without repair.
///
/// ```
/// use land::{Polygon, polygon_area_m2};
/// let bow_tie = Polygon::from_lon_lat([[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]])?;
/// let west = Polygon::from_lon_lat([[[0.0, 0.0], [1.0, 1.0], [0.0, 2.0]]])?;
/// let east = Polygon::from_lon_lat([[[2.0, 0.0], [1.0, 1.0], [2.0, 2.0]]])?;
/// let lobes = polygon_area_m2(&west) + polygon_area_m2(&east);
/// assert!((polygon_area_m2(&bow_tie) / lobes - 1.0).abs() < 1e-12);
/// # Ok::<(), land::GeometryError>(())
/// ```
#[must_use]
pub fn polygon_area_m2(polygon: &Polygon) -> f64 {
    let mut outlines = Outlines::default();
    outlines.add_polygon(polygon, 0);
    let (mut surveyor, borders) = (Surveyor::default(), Borders::none());
    let cover = Cover::Hazard(0, HazardKind::Suspected);
    let mut area = WholeArea::ZERO;
    for outline in 0..outlines.heads.len() {
        let piece = Piece { outlines: &outlines, outline, cover, record: 0 };
        surveyor.survey(&[piece], &borders, |_, part| area += part);
    }
    area.to_m2()
}

/// Area in m² with edges that are geodesics (shortest lines), as `PostGIS`, `pyproj` and `GeographicLib` measure it.
///
/// Each ring counts in full; it is taken off when it lies inside an odd number of the others, and added otherwise. Meant
/// for valid shapes: where a ring crosses itself its lobes cancel, and this is no measure of the ground.
///
/// Karney, "Algorithms for geodesics", J. Geodesy 87 (2013), 43-55.
#[must_use]
pub fn geodesic_area_m2(polygon: &Polygon) -> f64 {
    let ellipsoid = Geodesic::wgs84();
    let mut area = CompensatedSum::default();
    for (index, ring) in polygon.rings().iter().enumerate() {
        let mut figure = PolygonArea::new(&ellipsoid, Winding::CounterClockwise);
        ring.points().iter().for_each(|point| figure.add_point(point.lat, point.lon));
        let (_, signed, _) = figure.compute(true);
        let around = polygon.rings().iter().enumerate().filter(|&(other, outer)| other != index && holds(outer, ring));
        area.add(if around.count() % 2 == 1 { -signed.abs() } else { signed.abs() });
    }
    area.value()
}

/// Whether most vertices of `inner` lie inside `outer`: a vertex on the line may fall to either side.
fn holds(outer: &Ring, inner: &Ring) -> bool {
    let bounds = |ring: &Ring| ring.points().iter().copied().map(Bounds::of_point).reduce(Bounds::join);
    if !bounds(outer).zip(bounds(inner)).is_some_and(|(a, b)| a.meets(&b)) {
        return false;
    }
    let inside = inner.points().iter().filter(|&&point| contains(outer, point)).count();
    2 * inside > inner.points().len()
}

fn contains(ring: &Ring, point: Point) -> bool {
    let below = |(a, b): &(Point, Point)| {
        (a.lon <= point.lon) != (b.lon <= point.lon)
            && a.lat + (b.lat - a.lat) * ((point.lon - a.lon) / (b.lon - a.lon)) < point.lat
    };
    ring.edges().filter(below).count() % 2 == 1
}

#[cfg(test)]
mod tests;
