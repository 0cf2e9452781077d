//! The balance against two independent ways to the same figures: a boolean engine, and counting points.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::{any_hazards, any_polygon, any_releases};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::simplify::SimplifyShape;
use i_overlay::float::single::SingleFloatOverlay;
use land::{Hazard, Point, Polygon, Release, ReleaseKind, Ring, balance, polygon_area_m2, ring_area_m2};
use proptest::prelude::*;

type Shapes = Vec<Vec<Vec<[f64; 2]>>>;

/// Outlines cleaned one by one with the even-odd rule, as the engine needs before any union, around a near origin.
fn cleaned<'a>(shapes: impl Iterator<Item = &'a Polygon>) -> Shapes {
    let local = |p: &Point| [p.lon - 20.0, p.lat - 40.0];
    let rings = |shape: &Polygon| -> Vec<Vec<[f64; 2]>> {
        shape.rings().iter().map(|ring| ring.points().iter().map(local).collect()).collect()
    };
    shapes.flat_map(|shape| rings(shape).simplify_shape_as::<i64>(FillRule::EvenOdd)).collect()
}

/// The area of the engine's result by our own rule of area: outlines run one way and holes the other.
fn area_m2(shapes: &Shapes) -> f64 {
    let ring = |points: &Vec<[f64; 2]>| {
        ring_area_m2(&Ring::new(points.iter().map(|[x, y]| Point::new(x + 20.0, y + 40.0))).unwrap())
    };
    shapes.iter().map(|shape| shape.iter().map(ring).sum::<f64>()).sum::<f64>().abs()
}

fn remaining_by_boolean_engine(hazards: &[Hazard], releases: &[Release], year: i16) -> f64 {
    let hazards = cleaned(hazards.iter().filter(|h| h.year <= year).filter_map(|h| h.shape.as_ref()));
    let releases = cleaned(releases.iter().filter(|r| r.year <= year).filter_map(|r| r.shape.as_ref()));
    area_m2(&hazards.overlay_as::<i64>(&releases, OverlayRule::Difference, FillRule::NonZero))
}

fn is_inside(shape: &Polygon, x: f64, y: f64) -> bool {
    let mut inside = false;
    for ring in shape.rings() {
        for (a, b) in ring.edges() {
            if (a.lat > y) != (b.lat > y) && x < a.lon + (b.lon - a.lon) * (y - a.lat) / (b.lat - a.lat) {
                inside = !inside;
            }
        }
    }
    inside
}

/// Found and released by year, by the label of each point of a fine grid.
fn counted(hazards: &[Hazard], releases: &[Release]) -> (BTreeMap<i16, f64>, BTreeMap<i16, f64>, f64) {
    let (mut in_hazard, mut cleared) = (BTreeMap::new(), BTreeMap::new());
    let steps = 150;
    let at = |i: i32| (f64::from(i) + 0.437) * 0.05 / f64::from(steps);
    let box_area = |south: f64| {
        let size = 0.05 / f64::from(steps);
        let corners = [[20.0, south], [20.0 + size, south], [20.0 + size, south + size], [20.0, south + size]];
        polygon_area_m2(&Polygon::from_lon_lat([corners]).unwrap())
    };
    for row in 0..steps {
        let (y, area) = (40.0 + at(row), box_area(40.0 + at(row)));
        for column in 0..steps {
            let x = 20.0 + at(column);
            let first = |years: &mut dyn Iterator<Item = (i16, &Option<Polygon>)>| {
                years.filter(|(_, shape)| is_inside(shape.as_ref().unwrap(), x, y)).map(|(year, _)| year).min()
            };
            let h = first(&mut hazards.iter().map(|h| (h.year, &h.shape)));
            let r = first(&mut releases.iter().map(|r| (r.year, &r.shape)));
            if let Some(h) = h.filter(|&h| r.is_none_or(|r| h <= r)) {
                *in_hazard.entry(h).or_insert(0.0) += area;
                if let Some(r) = r {
                    *cleared.entry(r).or_insert(0.0) += area;
                }
            }
        }
    }
    (in_hazard, cleared, box_area(40.0) * f64::from(steps * steps))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn one_shape_has_the_area_that_a_boolean_engine_gives(shape in any_polygon()) {
        let (ours, theirs) = (polygon_area_m2(&shape), area_m2(&cleaned(std::iter::once(&shape))));
        prop_assert!((ours - theirs).abs() < 1e-9 * ours + 2e-3, "{ours} {theirs}");
    }

    /// A crowd: some hundred edges that nearly all cross, many polygons deep.
    #[test]
    fn a_crowd_of_stars_has_the_union_that_a_boolean_engine_gives(
        stars in prop::collection::vec(prop::collection::vec((0.0..50.0_f64, 0.0..50.0_f64), 3..25), 2..12)
    ) {
        let at = |(x, y): (f64, f64)| [20.0 + x / 1000.0, 40.0 + y / 1000.0];
        let shape = |star: Vec<(f64, f64)>| Polygon::from_lon_lat([star.into_iter().map(at)]).unwrap();
        let hazards: Vec<_> = stars.into_iter().map(|star| common::hazard(2020, shape(star))).collect();
        let ours = balance(&hazards, &[], &[], &[]).as_mapped.whole[0].closing;
        let theirs = remaining_by_boolean_engine(&hazards, &[], 2020);
        prop_assert!((ours - theirs).abs() < 1e-9 * theirs + 1e-3, "{ours} {theirs}");
    }

    /// In the last year, and only then: ground released before it was found is remaining to neither, but in the years
    /// between the engine sees a release that has not yet met its hazard.
    #[test]
    fn what_remains_is_what_a_boolean_engine_leaves(hazards in any_hazards(), releases in any_releases()) {
        let row = *balance(&hazards, &releases, &[], &[]).as_mapped.whole.last().unwrap();
        let theirs = remaining_by_boolean_engine(&hazards, &releases, row.year);
        prop_assert!((row.closing - theirs).abs() < 1e-9 * theirs + 1e-3, "{} {theirs}", row.closing);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Some thousand edges in one component: enough for it to be cut into bands.
    #[test]
    fn a_large_component_keeps_its_figures(
        shapes in prop::collection::vec((any_polygon(), 2000..2010_i16, any::<bool>()), 100..160),
        districts in prop::collection::vec(any_polygon(), 3),
    ) {
        let (cleared, found): (Vec<_>, Vec<_>) = shapes.into_iter().partition(|(_, year, released)| *released && *year > 2004);
        // Shrunk towards the middle, so that the union does not simply fill the square.
        let small = |shape: &Polygon, index: usize| {
            let (dx, dy) = ((index % 7) as f64 * 0.006, (index % 11) as f64 * 0.004);
            let at = |p: &Point| [20.0 + dx + (p.lon - 20.0) / 6.0, 40.0 + dy + (p.lat - 40.0) / 6.0];
            Polygon::from_lon_lat(shape.rings().iter().map(|ring| ring.points().iter().map(at).collect::<Vec<_>>())).unwrap()
        };
        let hazards: Vec<_> =
            found.iter().enumerate().map(|(i, (shape, year, _))| common::hazard(*year, small(shape, i))).collect();
        let releases: Vec<_> = cleared
            .iter()
            .enumerate()
            .map(|(i, (shape, year, _))| common::release(*year, ReleaseKind::Cleared, small(shape, i)))
            .collect();
        let districts: Vec<_> =
            districts.into_iter().enumerate().map(|(i, shape)| common::district(&i.to_string(), shape)).collect();
        let row = *balance(&hazards, &releases, &[], &[]).as_mapped.whole.last().unwrap();
        let theirs = remaining_by_boolean_engine(&hazards, &releases, row.year);
        prop_assert!((row.closing - theirs).abs() < 1e-9 * theirs + 1e-3, "{} {theirs}", row.closing);
        let divided = balance(&hazards, &releases, &districts, &[]).as_mapped;
        let sum: f64 = divided.districts.iter().map(|place| place.rows.last().unwrap().closing).sum();
        prop_assert!(common::agree(sum, row.closing, 1e-9));
        let first = &districts[0].shape;
        let hazards_there = cleaned(hazards.iter().filter_map(|h| h.shape.as_ref())).overlay_as::<i64>(
            &cleaned(std::iter::once(first)),
            OverlayRule::Intersect,
            FillRule::NonZero,
        );
        let ours = balance(&hazards, &[], &districts, &[]).as_mapped.districts[0].rows.last().unwrap().closing;
        prop_assert!((ours - area_m2(&hazards_there)).abs() < 1e-9 * ours + 1e-3, "{ours}");
    }

    #[test]
    fn flows_of_every_year_are_what_counting_points_gives(hazards in any_hazards(), releases in any_releases()) {
        let balance = balance(&hazards, &releases, &[], &[]);
        let (found, released, whole) = counted(&hazards, &releases);
        // An error of a cell's width along the edges: 1 % of the square is far above it for shapes of this size.
        let near = |a: f64, b: Option<&f64>| (a - b.unwrap_or(&0.0)).abs() < 0.01 * whole;
        for row in &balance.as_mapped.whole {
            prop_assert!(near(row.found, found.get(&row.year)), "{row:?} {found:?}");
            prop_assert!(near(row.released(), released.get(&row.year)), "{row:?} {released:?}");
        }
    }
}
