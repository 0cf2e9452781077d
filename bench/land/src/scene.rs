//! Where areas lie: clusters, sizes, overlaps.

use std::f64::consts::{PI, TAU};

use crate::random::Stream;

/// Metres in a degree of latitude, near enough for invented data.
const METRES_PER_DEGREE: f64 = 110_950.0;
/// Side of the square that one area of the largest size gets; smaller sizes share it.
const SQUARE_M: f64 = 1040.0;
/// Smallest and largest area in hectares, the share of areas, and how many to a side of the square.
const SIZES: [(f64, f64, f64, usize); 4] =
    [(0.5, 0.781_25, 0.15, 8), (0.781_25, 3.125, 0.40, 4), (3.125, 12.5, 0.30, 2), (12.5, 50.0, 0.15, 1)];
/// Share of areas that are moved onto a neighbour; about as many again lie under them.
const MOVED: f64 = 0.057;
/// Above a million areas there are more clusters, not fuller ones, so that the ground looks the same at any size.
const AREAS_PER_CLUSTER: usize = 3_334;
const FEWEST_CLUSTERS: usize = 300;

/// A part of the world in degrees.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// Western, southern, eastern and northern side.
    pub sides: [f64; 4],
}

impl Frame {
    /// The frame in which so many clusters fit: 14 by 9 degrees for the usual 300.
    #[must_use]
    pub fn of_clusters(clusters: usize) -> Self {
        let growth = (clusters as f64 / FEWEST_CLUSTERS as f64).sqrt();
        let (half_width, half_height) = (7.0 * growth, 4.45 * growth);
        Self { sides: [67.5 - half_width, 33.95 - half_height, 67.5 + half_width, 33.95 + half_height] }
    }
}

/// How many clusters so many areas form.
#[must_use]
pub fn clusters_of(areas: usize) -> usize {
    areas.div_ceil(AREAS_PER_CLUSTER).max(FEWEST_CLUSTERS)
}

/// Place and size of one area.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Longitude of its middle, in degrees.
    pub lon: f64,
    /// Latitude of its middle, in degrees.
    pub lat: f64,
    /// Its area in m².
    pub area_m2: f64,
    /// How far its outline may reach, in metres.
    pub reach_m: f64,
}

impl Place {
    /// Radius in metres of a circle of the same area.
    #[must_use]
    pub fn radius_m(&self) -> f64 {
        (self.area_m2 / PI).sqrt()
    }

    /// Longitude and latitude, in units of 1e-7 degree, of a point so many metres east and north of the middle.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // within 180 degrees it fits
    pub fn at(&self, [east, north]: [f64; 2]) -> [i32; 2] {
        let lat = self.lat + north / METRES_PER_DEGREE;
        let lon = self.lon + east / metres_per_degree_east(self.lat);
        [(lon * 1e7).round() as i32, (lat * 1e7).round() as i32]
    }
}

fn metres_per_degree_east(lat: f64) -> f64 {
    111_320.0 * lat.to_radians().cos()
}

/// Places of `count` areas in shuffled order.
#[must_use]
pub fn places(seed: u64, count: usize) -> Vec<Place> {
    let clusters = clusters_of(count);
    let mut random = Stream::new(seed, 1, 0);
    let sizes = cluster_sizes(&mut random, clusters, count);
    let columns = (clusters as f64 * 4.0 / 3.0).sqrt().ceil();
    let rows = (clusters as f64 / columns).ceil();
    let [west, south, east, north] = Frame::of_clusters(clusters).sides;
    let mut places = Vec::with_capacity(count);
    for (cluster, &size) in sizes.iter().enumerate() {
        let (column, row) = (cluster as f64 % columns, (cluster as f64 / columns).floor());
        let lon = west + (column + 0.5 + random.between(-0.2, 0.2)) * (east - west) / columns;
        let lat = south + (row + 0.5 + random.between(-0.2, 0.2)) * (north - south) / rows;
        places.extend(cluster_places(&mut random, [lon, lat], size));
    }
    random.shuffle(&mut places);
    places
}

/// Uneven sizes that sum to `count`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a share of `count`
fn cluster_sizes(random: &mut Stream, clusters: usize, count: usize) -> Vec<usize> {
    let weights: Vec<f64> = (0..clusters).map(|_| (0..3).map(|_| random.exponential(1.0)).sum()).collect();
    let all: f64 = weights.iter().sum();
    let mut sum = 0.0;
    let mut before = 0;
    let mut sizes: Vec<usize> = weights
        .iter()
        .map(|weight| {
            sum += weight;
            let now = (sum / all * count as f64) as usize;
            let size = now - before;
            before = now;
            size
        })
        .collect();
    sizes[clusters - 1] += count - before;
    sizes
}

/// The areas of one cluster: on a lattice so that neighbours do not touch, then some moved onto others.
fn cluster_places(random: &mut Stream, [lon, lat]: [f64; 2], count: usize) -> Vec<Place> {
    let shares = SIZES.map(|(_, _, share, _)| share);
    let mut of_size = [0_usize; 4];
    for _ in 0..count {
        of_size[random.pick(&shares)] += 1;
    }
    let squares: usize = of_size.iter().zip(SIZES).map(|(&count, (.., side))| count.div_ceil(side * side)).sum();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small whole number
    let side = (squares as f64 * 1.15).sqrt().ceil() as usize;
    let mut free: Vec<usize> = (0..side * side).collect();
    random.shuffle(&mut free);
    let mut free = free.into_iter();
    // East and north in metres, area, reach.
    let mut areas: Vec<([f64; 2], f64, f64)> = Vec::with_capacity(count);
    for (&count, (smallest, largest, _, per_side)) in of_size.iter().zip(SIZES) {
        let cell = SQUARE_M / per_side as f64;
        let mut square = 0;
        for area in 0..count {
            let within = area % (per_side * per_side);
            if within == 0 {
                square = free.next().unwrap_or_default();
            }
            let along =
                |whole: usize, part: usize| (whole as f64 - side as f64 / 2.0) * SQUARE_M + (part as f64 + 0.5) * cell;
            let middle = [along(square % side, within % per_side), along(square / side, within / per_side)];
            let area_m2 = random.between(f64::ln(smallest), f64::ln(largest)).exp() * 1e4;
            areas.push((middle, area_m2, cell / 2.0));
        }
    }
    let moved: Vec<bool> = areas.iter().map(|_| random.chance(MOVED)).collect();
    for index in 0..areas.len() {
        let target = random.below(areas.len());
        if moved[index] && !moved[target] {
            let radius = |area_m2: f64| (area_m2 / PI).sqrt();
            let distance = (radius(areas[index].1) + radius(areas[target].1)) * random.between(0.3, 0.85);
            let (sin, cos) = random.between(0.0, TAU).sin_cos();
            let [east, north] = areas[target].0;
            areas[index].0 = [east + distance * cos, north + distance * sin];
        }
    }
    let metres_east = metres_per_degree_east(lat);
    let place = |([east, north], area_m2, reach_m): ([f64; 2], f64, f64)| Place {
        lon: lon + east / metres_east,
        lat: lat + north / METRES_PER_DEGREE,
        area_m2,
        reach_m,
    };
    areas.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_places_as_asked_for_and_the_same_each_time() {
        let (first, again) = (places(7, 10_001), places(7, 10_001));
        assert_eq!(first.len(), 10_001);
        assert!(first.iter().zip(&again).all(|(a, b)| a.at([0.0, 0.0]) == b.at([0.0, 0.0])));
    }
}
