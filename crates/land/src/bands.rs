//! Large components cut into bands of latitude.
//!
//! A sweep costs slabs × edges in a slab. Cutting a component into *k* bands divides the second factor by about *k* and
//! leaves the first nearly as it is; and bands, like components, are independent.

use crate::geometry::{Bounds, Point, Polygon, Ring};

/// Components with fewer edges are swept whole.
const LARGE: usize = 512;
/// The square root of the number of edges, divided by this, is the number of bands. One component of 340,000 edges took
/// 50 s whole and takes 2.5 s so; many more bands would cut each polygon too often.
const ROOT_PER_BAND: usize = 4;

/// The box of a component, or the boxes of its bands from south to north when its polygons have many edges. Bands hold
/// about as many vertices each.
pub(crate) fn bands<'a>(polygons: impl Iterator<Item = &'a Polygon> + Clone, around: Bounds) -> Vec<Bounds> {
    let rings = polygons.flat_map(Polygon::rings);
    if rings.clone().map(|ring| ring.points().len()).sum::<usize>() < LARGE {
        return vec![around];
    }
    let mut lats: Vec<f64> = rings.flat_map(Ring::points).map(|point| point.lat).collect();
    lats.sort_unstable_by(f64::total_cmp);
    let bands = lats.len().isqrt() / ROOT_PER_BAND;
    let mut divisions: Vec<f64> = lats.iter().copied().step_by(lats.len() / bands).collect();
    divisions[0] = around.south;
    divisions.push(around.north);
    divisions.dedup();
    divisions.windows(2).map(|pair| Bounds { south: pair[0], north: pair[1], ..around }).collect()
}

/// The edges of a polygon as far as they matter between `band.south` and `band.north`: what lies beyond is drawn flat
/// along the band's side, so that inside the band the even-odd rule finds the same ground, and outside it none.
pub(crate) fn edges_within(polygon: &Polygon, band: &Bounds) -> Vec<(Point, Point)> {
    polygon.rings().iter().flat_map(|ring| closed(&flattened(ring, band))).collect()
}

fn flattened(ring: &Ring, band: &Bounds) -> Vec<Point> {
    let mut path = Path { points: Vec::new(), sides: [band.south, band.north] };
    for (a, b) in ring.edges() {
        let crossings = if a.lat < b.lat { [band.south, band.north] } else { [band.north, band.south] };
        path.push(Point::new(a.lon, a.lat.clamp(band.south, band.north)));
        for lat in crossings {
            if (a.lat < lat) != (b.lat < lat) {
                path.push(Point::new(lon_at(a, b, lat), lat));
            }
        }
    }
    path.points
}

/// Longitude at which an edge has latitude `lat`, the same in either direction of the edge.
fn lon_at(a: Point, b: Point, lat: f64) -> f64 {
    let (a, b) = if a.lat < b.lat { (a, b) } else { (b, a) };
    a.lon + (b.lon - a.lon) * ((lat - a.lat) / (b.lat - a.lat))
}

/// A line that keeps only the ends of any stretch along the band's side.
struct Path {
    points: Vec<Point>,
    sides: [f64; 2],
}

impl Path {
    #[allow(clippy::float_cmp)] // clamped latitudes are the side's very own number
    fn push(&mut self, point: Point) {
        let along = self.sides.contains(&point.lat);
        if let [.., before, last] = self.points.as_mut_slice()
            && along
            && before.lat == point.lat
            && last.lat == point.lat
        {
            *last = point;
        } else {
            self.points.push(point);
        }
    }
}

fn closed(points: &[Point]) -> Vec<(Point, Point)> {
    points.iter().copied().zip(points.iter().copied().cycle().skip(1)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::area::polygon_area_m2;

    fn within(polygon: &Polygon, band: &Bounds) -> f64 {
        polygon_area_m2(&Polygon::new(
            polygon.rings().iter().map(|ring| Ring::new(flattened(ring, band)).unwrap()).collect(),
        ))
    }

    #[test]
    fn few_edges_make_one_band() {
        let square = Polygon::from_lon_lat([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]]).unwrap();
        let around = square.bounds().unwrap();
        assert_eq!(bands(std::iter::once(&square), around), [around]);
    }

    #[test]
    fn a_stretch_beyond_the_band_becomes_one_edge() {
        let comb = [[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [3.0, 2.0], [2.0, 3.0], [1.0, 2.0], [0.0, 3.0]];
        let comb = Polygon::from_lon_lat([comb]).unwrap();
        let band = Bounds { south: 0.0, north: 1.0, ..comb.bounds().unwrap() };
        assert!(edges_within(&comb, &band).len() <= 6, "{:?}", edges_within(&comb, &band));
    }

    proptest! {
        #[test]
        fn bands_sum_to_the_whole(
            points in prop::collection::vec((0..40_u8, 0..40_u8), 3..40),
            cuts in prop::collection::vec(0..80_u8, 1..6),
        ) {
            let at = |(x, y): (u8, u8)| [20.0 + f64::from(x) / 1000.0, 40.0 + f64::from(y) / 1000.0];
            let polygon = Polygon::from_lon_lat([points.into_iter().map(at)]).unwrap();
            let around = polygon.bounds().unwrap();
            let mut divisions: Vec<f64> = cuts.into_iter().map(|cut| 40.0 + f64::from(cut) / 2000.0).collect();
            divisions.extend([39.9, 40.1]);
            divisions.sort_by(f64::total_cmp);
            let band = |pair: &[f64]| within(&polygon, &Bounds { south: pair[0], north: pair[1], ..around });
            let sum: f64 = divisions.windows(2).map(band).sum();
            let whole = polygon_area_m2(&polygon);
            prop_assert!((sum - whole).abs() < 1e-10 * whole + 1e-5, "{sum} {whole}");
        }
    }
}
