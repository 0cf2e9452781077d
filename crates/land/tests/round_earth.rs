//! Ground across the antimeridian and round the poles.
#![allow(clippy::unwrap_used)]

mod common;

use common::{agree, district, hazard, polygon};
use land::{Place, Polygon, balance, polygon_area_m2, ring_area_m2};

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Polygon {
    polygon(&[&[[west, south], [east, south], [east, north], [west, north]]])
}

/// The ground between two parallels, all round the Earth, by the plain formula of one ring.
fn zone_m2(south: f64, north: f64) -> f64 {
    let half = rectangle(0.0, south, 180.0, north);
    2.0 * ring_area_m2(&half.rings()[0])
}

#[test]
fn every_way_to_draw_across_the_antimeridian_has_the_same_area() {
    let area = polygon_area_m2(&rectangle(10.0, -17.0, 12.0, -16.0));
    let split = polygon(&[
        &[[179.0, -17.0], [180.0, -17.0], [180.0, -16.0], [179.0, -16.0]],
        &[[-180.0, -17.0], [-179.0, -17.0], [-179.0, -16.0], [-180.0, -16.0]],
    ]);
    for drawn in [
        split,
        rectangle(179.0, -17.0, -179.0, -16.0),
        rectangle(179.0, -17.0, 181.0, -16.0),
        rectangle(-181.0, -17.0, -179.0, -16.0),
    ] {
        assert!(agree(polygon_area_m2(&drawn), area, 1e-12), "{drawn:?}");
    }
}

#[test]
fn drawings_of_one_area_cover_each_other_and_meet_their_district() {
    let hazards =
        [hazard(2020, rectangle(179.0, -17.0, -179.0, -16.0)), hazard(2021, rectangle(179.0, -17.0, 181.0, -16.0))];
    let districts = [
        district("East", rectangle(179.5, -20.0, 180.0, -10.0)),
        district("Beyond", rectangle(-180.0, -20.0, -170.0, -10.0)),
    ];
    let balance = balance(&hazards, &[], &districts, &[]);
    let area = polygon_area_m2(&hazards[0].shape.clone().unwrap());
    assert!(agree(balance.findings.overlap_m2, area, 1e-12));
    let closing = |place| balance.row(2021, place).unwrap().as_mapped.closing;
    assert!(agree(closing(Place::Whole), area, 1e-12));
    assert!(agree(closing(Place::District("Beyond")), area / 2.0, 1e-9));
    assert!(agree(closing(Place::District("East")), area / 4.0, 1e-9));
}

#[test]
fn a_hole_across_the_antimeridian_is_taken_off() {
    let ring = |p: &Polygon| p.rings()[0].clone();
    let (outer, hole) = (rectangle(178.0, 60.0, -178.0, 62.0), rectangle(179.5, 60.5, -179.5, 61.5));
    let with_hole = Polygon::new(vec![ring(&outer), ring(&hole)]);
    let expected = polygon_area_m2(&outer) - polygon_area_m2(&hole);
    assert!(agree(polygon_area_m2(&with_hole), expected, 1e-12));
}

#[test]
fn a_cap_is_the_same_with_the_pole_edge_and_without() {
    let parallel = |lat: f64| (0..=36).map(move |i| [-180.0 + 10.0 * f64::from(i), lat]);
    for (lat, pole) in [(-75.0, -90.0), (80.0, 90.0)] {
        let expected = zone_m2(f64::min(lat, pole), f64::max(lat, pole));
        let with_edge: Vec<[f64; 2]> = parallel(lat).chain([[180.0, pole], [-180.0, pole]]).collect();
        let without: Vec<[f64; 2]> = parallel(lat).take(36).collect();
        for ring in [with_edge, without] {
            let area = polygon_area_m2(&polygon(&[&ring]));
            assert!(agree(area, expected, 1e-12), "{lat}: {area} {expected}");
        }
    }
}

#[test]
fn a_belt_round_the_earth_is_taken_as_drawn() {
    assert!(agree(polygon_area_m2(&rectangle(-180.0, -60.0, 180.0, 60.0)), zone_m2(-60.0, 60.0), 1e-12));
}
