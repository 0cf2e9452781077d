use super::*;

fn polygon(rings: &[&[[f64; 2]]]) -> Polygon {
    Polygon::from_lon_lat(rings.iter().map(|ring| ring.iter().copied())).unwrap()
}

fn rectangle(west: f64, south: f64, width: f64, height: f64) -> Vec<[f64; 2]> {
    let (east, north) = (west + width, south + height);
    vec![[west, south], [east, south], [east, north], [west, north]]
}

#[track_caller]
fn assert_close(area: f64, expected: f64, relative: f64) {
    let error = (area - expected) / expected;
    assert!(error.abs() <= relative, "{area} is not {expected}: {error:e}");
}

#[test]
fn the_whole_earth_has_the_surface_of_the_ellipsoid() {
    let earth = polygon(&[&rectangle(-180.0, -90.0, 360.0, 180.0)]);
    assert_close(polygon_area_m2(&earth), 510_065_621_724_088.4, 1e-14);
    assert_close(ring_area_m2(&earth.rings()[0]), 510_065_621_724_088.4, 1e-14);
}

#[test]
fn small_squares_agree_with_the_geodesic_figure() {
    // Geodesic edges bulge by about L³ tan(lat)/(12 R): for 100 m far below the tolerance.
    for lat in [-75.0, -33.0, 0.0, 12.5, 48.0, 83.0] {
        let square = polygon(&[&rectangle(20.0, lat, 0.001, 0.001)]);
        assert_close(polygon_area_m2(&square), geodesic_area_m2(&square), 2e-9);
    }
}

#[test]
fn the_ring_area_has_the_sign_of_its_direction() {
    let mut points = rectangle(20.0, 40.0, 0.1, 0.1);
    let forward = ring_area_m2(&polygon(&[&points]).rings()[0]);
    points.reverse();
    assert!(forward > 0.0);
    assert_close(ring_area_m2(&polygon(&[&points]).rings()[0]), -forward, 1e-14);
}

#[test]
fn either_direction_of_any_ring_gives_the_same_area() {
    let (outer, mut hole) = (rectangle(0.0, 40.0, 0.03, 0.03), rectangle(0.01, 40.01, 0.01, 0.01));
    let same = polygon_area_m2(&polygon(&[&outer, &hole]));
    hole.reverse();
    assert_close(polygon_area_m2(&polygon(&[&outer, &hole])), same, 1e-14);
    let whole = ring_area_m2(&polygon(&[&outer]).rings()[0]) + ring_area_m2(&polygon(&[&hole]).rings()[0]);
    assert_close(same, whole, 1e-12);
}

#[test]
fn the_geodesic_figure_takes_holes_off_and_adds_islands_in_them() {
    let rings = [rectangle(0.0, 0.0, 0.05, 0.05), rectangle(0.01, 0.01, 0.03, 0.03), rectangle(0.02, 0.02, 0.01, 0.01)];
    let shape = polygon(&[&rings[0], &rings[1], &rings[2]]);
    assert_close(geodesic_area_m2(&shape), polygon_area_m2(&shape), 1e-7);
}

#[test]
fn a_bow_tie_is_the_sum_of_its_lobes() {
    // The crossing itself is rounded to a nanometre: over 2 km that is 1e-12.
    let bow_tie = polygon(&[&[[10.0, 45.0], [10.02, 45.02], [10.02, 45.0], [10.0, 45.02]]]);
    let west = polygon(&[&[[10.0, 45.0], [10.01, 45.01], [10.0, 45.02]]]);
    let east = polygon(&[&[[10.02, 45.0], [10.01, 45.01], [10.02, 45.02]]]);
    assert_close(polygon_area_m2(&bow_tie), polygon_area_m2(&west) + polygon_area_m2(&east), 1e-11);
}

#[test]
fn ground_wound_around_twice_is_outside() {
    let square = rectangle(10.0, 45.0, 0.01, 0.01);
    let twice = [square.clone(), square].concat();
    assert!(polygon_area_m2(&polygon(&[&twice])).abs() < 1e-9);
}

#[test]
fn spikes_duplicate_vertices_and_empty_rings_add_nothing() {
    let plain = polygon(&[&rectangle(10.0, 45.0, 0.01, 0.01)]);
    let (a, b) = ([10.01, 45.005], [10.03, 45.02]);
    let spiked = polygon(&[
        &[[10.0, 45.0], [10.01, 45.0], [10.01, 45.0], a, b, a, [10.01, 45.01], [10.0, 45.01]],
        &[],
        &[[10.5, 45.0]],
        &[[10.2, 45.0], [10.3, 45.1]],
    ]);
    assert_close(polygon_area_m2(&spiked), polygon_area_m2(&plain), 1e-13);
    assert!(polygon_area_m2(&Polygon::default()).abs() < 1e-300);
}

#[test]
fn a_long_thin_strip_keeps_its_area() {
    // 1° long, about 1 m wide and slanted; its closed form is the signed area of a simple ring.
    let strip = polygon(&[&[[10.0, 45.0], [11.0, 45.3], [11.0, 45.300_009], [10.0, 45.000_009]]]);
    assert_close(polygon_area_m2(&strip), ring_area_m2(&strip.rings()[0]), 1e-9);
}

#[test]
fn cutting_a_shape_and_its_edges_keeps_the_total() {
    let whole = polygon(&[&[[30.0, 50.0], [34.0, 51.0], [33.0, 54.0], [31.0, 53.0]]]);
    // Cut from the first vertex to a point on the opposite edge.
    let cut = [33.0 - 0.25 * 2.0, 54.0 - 0.25];
    let parts =
        [polygon(&[&[[30.0, 50.0], [34.0, 51.0], [33.0, 54.0], cut]]), polygon(&[&[[30.0, 50.0], cut, [31.0, 53.0]]])];
    assert_close(parts.iter().map(polygon_area_m2).sum(), polygon_area_m2(&whole), 1e-14);
}
