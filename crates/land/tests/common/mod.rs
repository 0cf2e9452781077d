//! Records for tests, written briefly, and random ones.
#![allow(dead_code, clippy::unwrap_used)]

use land::{District, Hazard, HazardKind, Polygon, Release, ReleaseKind};
use proptest::prelude::*;

/// The polygon of these rings of longitude and latitude.
pub(crate) fn polygon(rings: &[&[[f64; 2]]]) -> Polygon {
    Polygon::from_lon_lat(rings.iter().map(|ring| ring.iter().copied())).unwrap()
}

/// A rectangle near 20° E 40° N; all figures in thousandths of a degree (about 85 m by 111 m).
pub(crate) fn rectangle(west: f64, south: f64, width: f64, height: f64) -> Polygon {
    let at = |x: f64, y: f64| [20.0 + x / 1000.0, 40.0 + y / 1000.0];
    let (east, north) = (west + width, south + height);
    polygon(&[&[at(west, south), at(east, south), at(east, north), at(west, north)]])
}

/// A mapped hazard.
pub(crate) fn hazard(year: i16, shape: Polygon) -> Hazard {
    Hazard { shape: Some(shape), year, kind: HazardKind::Suspected, stated_area_m2: None, district: None }
}

/// A mapped release.
pub(crate) fn release(year: i16, kind: ReleaseKind, shape: Polygon) -> Release {
    Release { shape: Some(shape), year, kind, stated_area_m2: None, district: None }
}

/// A hazard without a shape.
pub(crate) fn stated_hazard(year: i16, area: f64, district: Option<&str>) -> Hazard {
    Hazard {
        shape: None,
        year,
        kind: HazardKind::Confirmed,
        stated_area_m2: Some(area),
        district: district.map(str::to_owned),
    }
}

/// A release without a shape.
pub(crate) fn stated_release(year: i16, kind: ReleaseKind, area: f64, district: Option<&str>) -> Release {
    Release { shape: None, year, kind, stated_area_m2: Some(area), district: district.map(str::to_owned) }
}

/// A district.
pub(crate) fn district(name: &str, shape: Polygon) -> District {
    District { name: name.to_owned(), shape }
}

/// Whether two areas agree to `relative`, or to a square millimetre or ten of rounding.
pub(crate) fn agree(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()) + 1e-5
}

/// Random shapes within 0.05° of 20° E 40° N, most of them invalid: crossing themselves, with holes outside, spikes. Half
/// of them have their vertices on a coarse lattice, so that edges coincide, touch and stand upright.
pub(crate) fn any_polygon() -> impl Strategy<Value = Polygon> {
    let free = (0.0..50.0_f64, 0.0..50.0_f64);
    let lattice = (0..=10_u8, 0..=10_u8).prop_map(|(x, y)| (f64::from(x) * 5.0, f64::from(y) * 5.0));
    let ring = prop_oneof![prop::collection::vec(free, 3..9), prop::collection::vec(lattice, 3..9)];
    prop::collection::vec(ring, 1..3).prop_map(|rings| {
        let at = |(x, y): (f64, f64)| [20.0 + x / 1000.0, 40.0 + y / 1000.0];
        Polygon::from_lon_lat(rings.into_iter().map(|ring| ring.into_iter().map(at))).unwrap()
    })
}

/// Random mapped hazards, some of them stating an area.
pub(crate) fn any_hazards() -> impl Strategy<Value = Vec<Hazard>> {
    let one = (2000..2010_i16, any_polygon(), prop::option::of(0.0..1e6_f64));
    let one = one.prop_map(|(year, shape, stated_area_m2)| Hazard { stated_area_m2, ..hazard(year, shape) });
    prop::collection::vec(one, 1..8)
}

/// Random mapped releases, some of them stating an area.
pub(crate) fn any_releases() -> impl Strategy<Value = Vec<Release>> {
    let kind = prop_oneof![Just(ReleaseKind::Cancelled), Just(ReleaseKind::Reduced), Just(ReleaseKind::Cleared)];
    let one = (2000..2012_i16, kind, any_polygon(), prop::option::of(0.0..1e6_f64));
    let one =
        one.prop_map(|(year, kind, shape, stated_area_m2)| Release { stated_area_m2, ..release(year, kind, shape) });
    prop::collection::vec(one, 0..6)
}

/// What remains of these records in their last year, in m²; nothing without records.
pub(crate) fn closing_of_last_year(hazards: &[Hazard], releases: &[Release]) -> f64 {
    land::balance(hazards, releases, &[], &[]).as_mapped.whole.last().map_or(0.0, |row| row.closing)
}
