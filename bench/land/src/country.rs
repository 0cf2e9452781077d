//! Hazards and releases of a whole country.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::outline::{self, Outline, Pen};
use crate::random::Stream;
use crate::scene::{self, Place};

/// First day on which a hazard is found; hazards are found for 24 years, releases go on for 26.
const FIRST_DAY: Date = date(2000, 1, 1);
const DAYS_OF_FINDING: usize = 365 * 24;
/// Days from the first to 31 December 2025.
const LAST_DAY: usize = 9_496;
/// Share of outlines that are no valid polygon.
const INVALID: f64 = 0.01;
/// Share of records that state an area.
const STATED: f64 = 0.6;

const PLACE_AND_DATE: u64 = 2;
const SHAPE: u64 = 3;
const RELEASE: u64 = 4;

/// One record as it goes into a file.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its own number, from 1.
    pub id: usize,
    /// Of a release: the number of the hazard it was planned for.
    pub hazard_id: usize,
    /// `SHA`, `CHA`, `cancelled`, `reduced` or `cleared`.
    pub kind: &'static str,
    /// When it was found or released.
    pub date: Date,
    /// Stated area in m².
    pub stated_m2: Option<f64>,
    /// Longitudes and latitudes in units of 1e-7 degree, the first vertex not repeated.
    pub ring: Vec<[i32; 2]>,
}

/// All hazards and releases, each made when asked for.
#[derive(Debug)]
pub struct Country {
    seed: u64,
    places: Vec<Place>,
    /// Of each release, the index of its hazard.
    released: Vec<u32>,
}

impl Country {
    /// A country of so many hazards and 0.6 times as many releases.
    #[must_use]
    pub fn new(seed: u64, hazards: usize) -> Self {
        let places = scene::places(seed, hazards);
        let mut released: Vec<u32> = (0_u32..).take(hazards).collect();
        Stream::new(seed, RELEASE, u64::MAX).shuffle(&mut released);
        released.truncate(hazards * 3 / 5);
        Self { seed, places, released }
    }

    /// How many hazards there are.
    #[must_use]
    pub fn hazards(&self) -> usize {
        self.places.len()
    }

    /// How many releases there are.
    #[must_use]
    pub fn releases(&self) -> usize {
        self.released.len()
    }

    fn outline(&self, index: usize) -> (Place, Outline) {
        let place = self.places[index];
        let mut random = Stream::new(self.seed, SHAPE, index as u64);
        (place, Pen::SURVEY.draw(&mut random, place.area_m2, place.reach_m))
    }

    /// The day, counted from the first, on which a hazard was found.
    fn found(&self, index: usize) -> (usize, Stream) {
        let mut random = Stream::new(self.seed, PLACE_AND_DATE, index as u64);
        (random.below(DAYS_OF_FINDING), random)
    }

    /// The hazard of that index, from 0.
    #[must_use]
    pub fn hazard(&self, index: usize) -> Record {
        let (place, mut outline) = self.outline(index);
        let (day, mut random) = self.found(index);
        let kind = ["SHA", "CHA"][random.pick(&[0.55, 0.45])];
        let stated_m2 = stated(&mut random, outline::area(&outline));
        if random.chance(INVALID) {
            outline::spoil(&mut outline, &mut random);
        }
        Record { id: index + 1, hazard_id: 0, kind, date: on(day), stated_m2, ring: ring(place, &outline) }
    }

    /// The release of that index, from 0.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a wait of some days
    pub fn release(&self, index: usize) -> Record {
        let hazard = self.released[index] as usize;
        let (place, whole) = self.outline(hazard);
        let mut random = Stream::new(self.seed, RELEASE, index as u64);
        let radius = place.radius_m();
        let mut outline = match random.pick(&[0.4, 0.4, 0.2]) {
            0 => {
                let mut part = outline::part(&whole, &mut random, radius);
                if random.chance(INVALID) {
                    outline::spoil(&mut part, &mut random);
                }
                part
            }
            1 => outline::cut(&whole, &mut random, radius).unwrap_or_else(|| whole.clone()),
            _ => outline::widened(&whole, &mut random),
        };
        let wait = random.exponential(4.0 * 365.0) as usize + 30;
        let date = on((self.found(hazard).0 + wait).min(LAST_DAY));
        let kind = ["cancelled", "reduced", "cleared"][random.pick(&[0.35, 0.25, 0.4])];
        let stated_m2 = stated(&mut random, outline::area(&outline).abs());
        // Field files have rings in either direction.
        if random.chance(0.5) {
            outline.reverse();
        }
        Record { id: index + 1, hazard_id: hazard + 1, kind, date, stated_m2, ring: ring(place, &outline) }
    }
}

pub(crate) fn on(day: usize) -> Date {
    FIRST_DAY.saturating_add(i64::try_from(day).unwrap_or_default().days())
}

/// A stated area is within a tenth of the drawn one, in whole square metres.
pub(crate) fn stated(random: &mut Stream, area_m2: f64) -> Option<f64> {
    let figure = (area_m2 * random.between(0.9, 1.1)).round();
    random.chance(STATED).then_some(figure)
}

pub(crate) fn ring(place: Place, outline: &[outline::Offset]) -> Vec<[i32; 2]> {
    outline.iter().map(|&offset| place.at(offset)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_the_end_of_the_26th_year() {
        assert_eq!(on(LAST_DAY), date(2025, 12, 31));
    }

    #[test]
    fn a_release_is_never_before_its_hazard() {
        let country = Country::new(1, 1_000);
        for index in 0..country.releases() {
            let release = country.release(index);
            assert!(release.date >= country.hazard(release.hazard_id - 1).date);
        }
    }
}
