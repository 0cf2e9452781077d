//! What remains, as polygons, against the books and against the rules of geometry.
#![allow(clippy::unwrap_used)]

mod common;

use common::{any_hazards, any_releases, polygon, rectangle};
use geo::Validation;
use jiff::civil::{Date, date};
use land::remaining::{Outline, RemainingArea, pieces, remaining};
use land::{Hazard, Polygon, Release, balance, polygon_area_m2, ring_area_m2};
use proptest::prelude::*;

fn outline(shape: &Polygon, year: i16) -> Outline<'_> {
    Outline { shape, on: date(year, 1, 1) }
}

fn end_of(year: i16) -> Date {
    date(year, 12, 31)
}

fn total(areas: &[RemainingArea]) -> f64 {
    areas.iter().map(|area| area.area_m2).sum()
}

fn of_records(hazards: &[Hazard], releases: &[Release], year: i16) -> Vec<RemainingArea> {
    let hazards: Vec<_> = hazards.iter().map(|h| outline(h.shape.as_ref().unwrap(), h.year)).collect();
    let releases: Vec<_> =
        releases.iter().map(|r| Outline { shape: r.shape.as_ref().unwrap(), on: end_of(r.year) }).collect();
    remaining(&hazards, &releases, end_of(year))
}

fn as_geo(area: &RemainingArea) -> geo::MultiPolygon<f64> {
    let line = |ring: &land::Ring| ring.points().iter().map(|p| (p.lon, p.lat)).collect::<Vec<_>>().into();
    let polygon =
        |part: &Polygon| geo::Polygon::new(line(&part.rings()[0]), part.rings()[1..].iter().map(line).collect());
    area.parts.iter().map(polygon).collect::<Vec<_>>().into()
}

#[track_caller]
fn assert_valid(area: &RemainingArea) {
    let shape = as_geo(area);
    assert!(shape.is_valid(), "{:?}", shape.validation_errors());
    for part in &area.parts {
        let (outer, holes) = part.rings().split_first().unwrap();
        assert!(ring_area_m2(outer) > 0.0, "an outer ring is counter-clockwise");
        assert!(holes.iter().all(|hole| ring_area_m2(hole) < 0.0), "a hole is clockwise");
    }
}

#[test]
fn ground_of_two_hazards_belongs_to_the_first_found() {
    let shapes = [rectangle(0.0, 0.0, 10.0, 10.0), rectangle(5.0, 0.0, 10.0, 10.0), rectangle(5.0, 0.0, 10.0, 10.0)];
    let found = [outline(&shapes[0], 2021), outline(&shapes[1], 2020), outline(&shapes[2], 2020)];
    let left = remaining(&found, &[], end_of(2022));
    assert_eq!(left.iter().map(|area| area.hazard).collect::<Vec<_>>(), [0, 1]);
    let areas = [polygon_area_m2(&shapes[0]) / 2.0, polygon_area_m2(&shapes[1])];
    for (area, expected) in left.iter().zip(areas) {
        assert!((area.area_m2 / expected - 1.0).abs() < 1e-7, "{area:?} {expected}");
    }
}

#[test]
fn a_release_across_a_hazard_leaves_two_parts() {
    let (field, strip) = (rectangle(0.0, 0.0, 10.0, 10.0), rectangle(4.0, -1.0, 2.0, 12.0));
    let left = remaining(&[outline(&field, 2020)], &[outline(&strip, 2021)], end_of(2021));
    assert_eq!(left[0].parts.len(), 2);
    assert_valid(&left[0]);
    assert!((left[0].area_m2 / polygon_area_m2(&field) - 0.8).abs() < 1e-7);
}

#[test]
fn the_day_counts_from_its_morning() {
    let field = rectangle(0.0, 0.0, 10.0, 10.0);
    let found = [Outline { shape: &field, on: date(2020, 3, 2) }];
    let released = [Outline { shape: &field, on: date(2021, 7, 9) }];
    let is_there = |on| !remaining(&found, &released, on).is_empty();
    assert_eq!(
        [date(2020, 3, 1), date(2020, 3, 2), date(2021, 7, 8), date(2021, 7, 9)].map(is_there),
        [false, true, true, false]
    );
}

#[test]
fn a_bow_tie_remains_as_its_two_lobes() {
    let tie = polygon(&[&[[20.0, 40.0], [20.02, 40.02], [20.02, 40.0], [20.0, 40.02]]]);
    let left = remaining(&[outline(&tie, 2020)], &[], end_of(2020));
    assert_eq!(left[0].parts.len(), 2);
    assert_valid(&left[0]);
    assert!((left[0].area_m2 / polygon_area_m2(&tie) - 1.0).abs() < 1e-7);
}

#[test]
fn a_release_far_away_and_very_wide_takes_nothing() {
    let (field, far) = (rectangle(0.0, 0.0, 10.0, 10.0), polygon(&[&[[-170.0, -60.0], [170.0, -60.0], [0.0, -50.0]]]));
    let left = remaining(&[outline(&field, 2020)], &[outline(&far, 2020)], end_of(2020));
    assert!((left[0].area_m2 / polygon_area_m2(&field) - 1.0).abs() < 1e-7);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn the_pieces_open_on_a_date_are_what_remains(hazards in any_hazards(), releases in any_releases(), year in 1998_i16..2030) {
        let found: Vec<_> = hazards.iter().map(|h| outline(h.shape.as_ref().unwrap(), h.year)).collect();
        let released: Vec<_> =
            releases.iter().map(|r| Outline { shape: r.shape.as_ref().unwrap(), on: end_of(r.year) }).collect();
        let day = end_of(year);
        let is_open = |piece: &&land::remaining::Piece| {
            found[piece.hazard].on <= day && piece.release.is_none_or(|release| released[release].on > day)
        };
        let open: f64 = pieces(&found, &released).iter().filter(is_open).map(|piece| piece.area_m2).sum();
        let left = total(&remaining(&found, &released, day));
        prop_assert!((open - left).abs() <= 1e-6 * left.max(1.0), "{open} {left}");
    }

    #[test]
    fn the_areas_sum_to_the_closing_of_every_year(hazards in any_hazards(), releases in any_releases()) {
        for row in balance(&hazards, &releases, &[], &[]).as_mapped.whole {
            let sum = total(&of_records(&hazards, &releases, row.year));
            prop_assert!((sum - row.closing).abs() <= 1e-6 * row.closing + 0.5, "{} {sum} {}", row.year, row.closing);
        }
    }

    #[test]
    fn what_remains_is_valid_and_measures_what_it_says(hazards in any_hazards(), releases in any_releases()) {
        for area in of_records(&hazards, &releases, 2012) {
            assert_valid(&area);
            let measured: f64 = area.parts.iter().map(polygon_area_m2).sum();
            prop_assert!((measured - area.area_m2).abs() <= 1e-9 * measured + 1e-4);
        }
    }
}
