//! 400 districts: a brick pattern, warped, with edges that neighbours share vertex by vertex.

use crate::random::Stream;
use crate::scene::Frame;

const PER_SIDE: usize = 20;
/// Longest edge along a border before warping, in degrees.
const STEP: f64 = 0.01;

/// One district.
#[derive(Debug, Clone)]
pub struct District {
    /// An invented name.
    pub name: String,
    /// An invented code.
    pub code: String,
    /// Longitudes and latitudes in units of 1e-7 degree, the first vertex not repeated.
    pub ring: Vec<[i32; 2]>,
}

/// The districts that cover a frame and a degree about it.
#[must_use]
pub fn districts(seed: u64, frame: Frame) -> Vec<District> {
    let grid = Grid::new(seed, frame);
    let rows = (0..PER_SIDE).flat_map(|row| (0..PER_SIDE).map(move |column| (row, column)));
    rows.enumerate()
        .map(|(number, (row, column))| District {
            name: format!("District {:03}", number + 1),
            code: format!("D{:03}", number + 1),
            ring: grid.ring(row, column),
        })
        .collect()
}

/// Corner points: on each line between rows, those of the row below and of the row above, which is shifted by half.
struct Grid {
    /// Of each line, its points from west to east.
    lines: Vec<Vec<[f64; 2]>>,
}

impl Grid {
    fn new(seed: u64, frame: Frame) -> Self {
        let [west, south, east, north] = frame.sides;
        let (west, south, east, north) = (west - 1.0, south - 1.0, east + 1.0, north + 1.0);
        let (width, height) = ((east - west) / PER_SIDE as f64, (north - south) / PER_SIDE as f64);
        let mut random = Stream::new(seed, 21, 0);
        let lines = (0..=PER_SIDE)
            .map(|line| {
                (0..=2 * PER_SIDE)
                    .map(|half| {
                        let inside = half > 0 && half < 2 * PER_SIDE && line > 0 && line < PER_SIDE;
                        let mut stray = || if inside { random.between(-0.2, 0.2) } else { 0.0 };
                        let lon = west + (half as f64 / 2.0 + stray() / 2.0) * width;
                        [lon, south + (line as f64 + stray()) * height]
                    })
                    .collect()
            })
            .collect();
        Self { lines }
    }

    /// Where the western and the eastern side of a district meet a line, counted in half widths.
    fn halves(row: usize, column: usize) -> (usize, usize) {
        let shift = row % 2;
        let side = |column: usize| match column {
            0 => 0,
            PER_SIDE => 2 * PER_SIDE,
            _ => 2 * column - shift,
        };
        (side(column), side(column + 1))
    }

    fn ring(&self, row: usize, column: usize) -> Vec<[i32; 2]> {
        let (west, east) = Self::halves(row, column);
        let corners = (west..=east).map(|half| self.lines[row][half]);
        let corners = corners.chain((west..=east).rev().map(|half| self.lines[row + 1][half]));
        let corners: Vec<[f64; 2]> = corners.collect();
        let mut ring = Vec::new();
        for (index, &from) in corners.iter().enumerate() {
            border(from, corners[(index + 1) % corners.len()], &mut ring);
        }
        ring
    }
}

/// Adds a border without its last point. Both neighbours get the same points, whichever way they walk.
fn border(from: [f64; 2], to: [f64; 2], ring: &mut Vec<[i32; 2]>) {
    let backwards = from > to;
    let (a, b) = if backwards { (to, from) } else { (from, to) };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // some hundred steps
    let steps = ((b[0] - a[0]).hypot(b[1] - a[1]) / STEP).ceil().max(1.0) as usize;
    let point = |step: usize| {
        let share = step as f64 / steps as f64;
        warped([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])])
    };
    if backwards {
        ring.extend((1..=steps).rev().map(point));
    } else {
        ring.extend((0..steps).map(point));
    }
}

/// Shakes a point by smooth waves, so that borders wind but do not cross.
#[allow(clippy::cast_possible_truncation)] // within 180 degrees it fits
fn warped([lon, lat]: [f64; 2]) -> [i32; 2] {
    let mut moved = [lon, lat];
    for (wave, height) in [(3.0, 0.03), (11.0, 0.008), (41.0, 0.002), (97.0, 0.0007)] {
        moved[0] += height * f64::sin(wave * lat + 1.3 * wave * lon);
        moved[1] += height * f64::cos(wave * lon - 0.7 * wave * lat);
    }
    moved.map(|degrees| (degrees * 1e7).round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn each_border_inside_is_walked_once_each_way() {
        let districts = districts(1, Frame::of_clusters(300));
        let mut walked: HashMap<_, i32> = HashMap::new();
        for district in &districts {
            let next = district.ring.iter().cycle().skip(1);
            for (&a, &b) in district.ring.iter().zip(next) {
                *walked.entry((a.min(b), a.max(b))).or_default() += if a < b { 1 } else { -1 };
            }
        }
        let outer = walked.values().filter(|&&count| count != 0).count();
        assert_eq!(districts.len(), 400);
        assert!(walked.values().all(|count| count.abs() <= 1));
        assert!(outer < walked.len() / 5, "{outer} of {}", walked.len());
    }
}
