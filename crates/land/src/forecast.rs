//! When the work may be complete: what was released in past years, drawn again for the years to come.
//!
//! The method is the bootstrap: each year to come is as one of the known past years, any of them equally likely, and
//! 10 000 such futures are lived through. It tells what follows *if* the years to come are like those past, and nothing
//! else; the [`Assumption`]s say so and belong beside every figure. The same input gives the same figures, always.
//!
//! Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979), 1-26.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

/// How many futures are lived through.
pub const FUTURES: usize = 10_000;
/// How many years each future is followed.
pub const HORIZON_YEARS: i16 = 100;
/// How many known past years are the least to draw from.
pub const FEWEST_YEARS: usize = 3;

/// What is known today.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// m² released in each past year. A year that is not here is unknown, which is not zero.
    pub released_m2: BTreeMap<i16, f64>,
    /// m² newly found in each past year, if finding more is to be expected; only years that are also in `released_m2`
    /// can then be drawn.
    pub found_m2: Option<BTreeMap<i16, f64>>,
    /// m² that remained at the end of `year`.
    pub remaining_m2: f64,
    /// The last year that is over. Later years are not drawn from.
    pub year: i16,
    /// The day by which the work must be complete.
    pub deadline: Date,
    /// Which 10 000 futures are drawn.
    pub seed: u64,
}

/// What rounding may add to a moment, in years: some hundredths of a second.
const ROUNDING_YEARS: f64 = 1e-9;

/// Why no forecast can be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ForecastError {
    /// Fewer known years than [`FEWEST_YEARS`].
    #[error("only {known} past years are known, and a forecast needs {FEWEST_YEARS}")]
    TooFewYears {
        /// How many are known.
        known: usize,
    },
    /// A figure of a year is negative, infinite or no number.
    #[error("the figure for {year} is {area_m2} m², which is no area")]
    NotAnArea {
        /// The year.
        year: i16,
        /// The figure.
        area_m2: f64,
    },
    /// The remaining figure is negative, infinite or no number.
    #[error("{0} m² remaining is no area")]
    RemainingNotAnArea(f64),
}

/// What a forecast takes for granted. To be shown beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "assumption", rename_all = "snake_case")]
pub enum Assumption {
    /// Each year to come is as one of these, independently, each equally likely.
    YearsToComeAreLike {
        /// The years drawn from.
        years: Vec<i16>,
    },
    /// Nothing is known of these years between the first and the last; they are left out, not taken as zero.
    UnknownYearsLeftOut {
        /// The years left out.
        years: Vec<i16>,
    },
    /// No further ground is found.
    NothingNewIsFound,
    /// Ground is found as in the year drawn, together with its releases.
    NewGroundIsFoundAsBefore,
    /// The figure remaining is right, at the end of this year.
    RemainingIsRight {
        /// The year.
        year: i16,
    },
    /// Within a year the work goes on evenly.
    WorkIsEvenWithinAYear,
    /// What is not complete within these years counts as not complete.
    FollowedForYears {
        /// How many.
        years: i16,
    },
}

/// Of a hundred futures, how things stand in the 5th, 25th, 50th, 75th and 95th, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Percentiles<T> {
    /// Only one future in twenty is better.
    pub p5: T,
    /// One in four is better.
    pub p25: T,
    /// Half are better.
    pub p50: T,
    /// One in four is worse.
    pub p75: T,
    /// Only one in twenty is worse.
    pub p95: T,
}

impl<T: Copy> Percentiles<T> {
    /// By nearest rank; `sorted` is not empty.
    fn of(sorted: &[T]) -> Self {
        let at = |percent: usize| sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1];
        Self { p5: at(5), p25: at(25), p50: at(50), p75: at(75), p95: at(95) }
    }

    fn map<U>(self, change: impl Fn(T) -> U) -> Percentiles<U> {
        let Self { p5, p25, p50, p75, p95 } = self;
        Percentiles { p5: change(p5), p25: change(p25), p50: change(p50), p75: change(p75), p95: change(p95) }
    }
}

/// What may remain at the end of a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FanYear {
    /// The year.
    pub year: i16,
    /// m² remaining at its end.
    pub remaining_m2: Percentiles<f64>,
}

/// A forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The share of futures, 0 to 1, in which nothing remains at the end of the day of the deadline.
    pub probability_by_deadline: f64,
    /// The day on which nothing remains; `None` where that is not within [`HORIZON_YEARS`].
    pub completion: Percentiles<Option<Date>>,
    /// What may remain, from the last year past to the year in which nothing remains in 95 futures of 100 (and at least
    /// to the year of the deadline), or to the horizon.
    pub fan: Vec<FanYear>,
    /// m² a year that would have to be released to be complete on the deadline, if nothing more is found; `None` once the
    /// deadline is past.
    pub needed_m2_per_year: Option<f64>,
    /// m² a year released on average in `recent_years`.
    pub recent_m2_per_year: f64,
    /// The last three known years.
    pub recent_years: [i16; 3],
    /// What is taken for granted.
    pub assumptions: Vec<Assumption>,
}

/// Forecasts the completion of what remains.
///
/// ```
/// use jiff::civil::date;
/// use land::forecast::{Past, forecast};
///
/// let past = Past {
///     released_m2: [(2022, 3e6), (2023, 2e6), (2024, 4e6), (2025, 3e6)].into(),
///     found_m2: None,
///     remaining_m2: 12e6,
///     year: 2025,
///     deadline: date(2029, 3, 1),
///     seed: 1,
/// };
/// let forecast = forecast(&past)?;
/// assert_eq!(forecast.completion.p50.map(|day| day.year()), Some(2029));
/// assert_eq!(forecast.needed_m2_per_year.map(|m2| (m2 / 1e6).round()), Some(4.0));
/// assert_eq!(forecast.recent_m2_per_year, 3e6);
/// # Ok::<(), land::forecast::ForecastError>(())
/// ```
///
/// # Errors
/// [`ForecastError`] when too few years are known, or a figure is no area.
pub fn forecast(past: &Past) -> Result<Forecast, ForecastError> {
    let years = known_years(past)?;
    let mut futures = Futures::new(past);
    let mut fan = vec![futures.fan_year()];
    let is_over = |row: &FanYear| row.remaining_m2.p95 <= 0.0 && row.year >= past.deadline.year();
    while !fan.last().is_some_and(is_over) && futures.year < past.year.saturating_add(HORIZON_YEARS) {
        futures.live_a_year(&years);
        fan.push(futures.fan_year());
    }

    let deadline = end_of_day(past.deadline);
    let in_time = futures.completed.iter().filter(|&&moment| moment <= deadline + ROUNDING_YEARS).count();
    let mut completed = futures.completed;
    completed.sort_unstable_by(f64::total_cmp);
    let (recent_years, recent_m2_per_year) = recent(past, &years);
    let time_left = deadline - (f64::from(past.year) + 1.0);
    Ok(Forecast {
        probability_by_deadline: in_time as f64 / FUTURES as f64,
        completion: Percentiles::of(&completed).map(day_of),
        fan,
        needed_m2_per_year: (time_left > 0.0).then(|| past.remaining_m2 / time_left),
        recent_m2_per_year,
        recent_years,
        assumptions: assumptions(past, &years),
    })
}

/// A past year that can be drawn.
#[derive(Debug, Clone, Copy)]
struct KnownYear {
    year: i16,
    released_m2: f64,
    found_m2: f64,
}

fn known_years(past: &Past) -> Result<Vec<KnownYear>, ForecastError> {
    let is_area = |area_m2: f64| area_m2.is_finite() && area_m2 >= 0.0;
    if !is_area(past.remaining_m2) {
        return Err(ForecastError::RemainingNotAnArea(past.remaining_m2));
    }
    let figures = past.released_m2.iter().chain(past.found_m2.iter().flatten());
    for (&year, &area_m2) in figures {
        if !is_area(area_m2) {
            return Err(ForecastError::NotAnArea { year, area_m2 });
        }
    }
    let known = past.released_m2.range(..=past.year).filter_map(|(&year, &released_m2)| {
        let found_m2 = past.found_m2.as_ref().map_or(Some(0.0), |found| found.get(&year).copied())?;
        Some(KnownYear { year, released_m2, found_m2 })
    });
    let known: Vec<KnownYear> = known.collect();
    if known.len() < FEWEST_YEARS {
        return Err(ForecastError::TooFewYears { known: known.len() });
    }
    Ok(known)
}

fn recent(past: &Past, years: &[KnownYear]) -> ([i16; 3], f64) {
    debug_assert!(years.len() >= FEWEST_YEARS && years.iter().all(|known| known.year <= past.year));
    let last = &years[years.len() - 3..];
    let mean = last.iter().map(|known| known.released_m2).sum::<f64>() / 3.0;
    ([last[0].year, last[1].year, last[2].year], mean)
}

fn assumptions(past: &Past, years: &[KnownYear]) -> Vec<Assumption> {
    let known: BTreeSet<i16> = years.iter().map(|known| known.year).collect();
    let unknown: Vec<i16> = years[0]
        .year
        .checked_add(1)
        .map_or(Vec::new(), |second| (second..=past.year).filter(|year| !known.contains(year)).collect());
    let mut assumptions = vec![Assumption::YearsToComeAreLike { years: known.into_iter().collect() }];
    if !unknown.is_empty() {
        assumptions.push(Assumption::UnknownYearsLeftOut { years: unknown });
    }
    assumptions.push(match past.found_m2 {
        None => Assumption::NothingNewIsFound,
        Some(_) => Assumption::NewGroundIsFoundAsBefore,
    });
    assumptions.push(Assumption::RemainingIsRight { year: past.year });
    assumptions.push(Assumption::WorkIsEvenWithinAYear);
    assumptions.push(Assumption::FollowedForYears { years: HORIZON_YEARS });
    assumptions
}

/// All futures, side by side, at the end of one year.
struct Futures {
    year: i16,
    remaining_m2: Vec<f64>,
    /// When nothing remained, in years: 2030.5 is the middle of 2030. Infinite while something remains.
    completed: Vec<f64>,
    dice: Dice,
}

impl Futures {
    fn new(past: &Past) -> Self {
        let is_complete = past.remaining_m2 <= 0.0;
        let completed = if is_complete { f64::from(past.year) + 1.0 } else { f64::INFINITY };
        Self {
            year: past.year,
            remaining_m2: vec![past.remaining_m2; FUTURES],
            completed: vec![completed; FUTURES],
            dice: Dice(past.seed),
        }
    }

    fn live_a_year(&mut self, years: &[KnownYear]) {
        self.year += 1;
        for (remaining, completed) in self.remaining_m2.iter_mut().zip(&mut self.completed) {
            // Drawn for completed futures too: so a change of one figure leaves all draws as they were.
            let drawn = years[self.dice.below(years.len())];
            if completed.is_finite() {
                continue;
            }
            let gain = drawn.released_m2 - drawn.found_m2;
            if gain >= *remaining {
                *completed = f64::from(self.year) + *remaining / gain;
                *remaining = 0.0;
            } else {
                *remaining -= gain;
            }
        }
    }

    fn fan_year(&self) -> FanYear {
        let mut sorted = self.remaining_m2.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        FanYear { year: self.year, remaining_m2: Percentiles::of(&sorted) }
    }
}

/// The end of a day, in years.
fn end_of_day(day: Date) -> f64 {
    f64::from(day.year()) + f64::from(day.day_of_year()) / f64::from(day.days_in_year())
}

/// The day that a moment in years belongs to; midnight still belongs to the day before. `None` for never.
#[allow(clippy::cast_possible_truncation)] // A year within the range of dates; a day of the year.
fn day_of(moment: f64) -> Option<Date> {
    if !moment.is_finite() {
        return None;
    }
    let new_year = Date::new(moment.floor() as i16, 1, 1).ok()?;
    let days = ((moment.fract() - ROUNDING_YEARS) * f64::from(new_year.days_in_year())).ceil() as i64;
    new_year.checked_add(jiff::Span::new().days(days - 1)).ok()
}

/// `SplitMix64`: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
///
/// Written out because its figures are published: they must not change with the version of a library.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A whole number below `limit`, each equally likely (to 1 in 2^50 for any number of years).
    #[allow(clippy::cast_possible_truncation)] // Below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// The first numbers of the published generator, from seed 1234567.
    #[test]
    fn the_dice_fall_as_published() {
        let mut dice = Dice(1_234_567);
        let fallen: Vec<u64> = (0..3).map(|_| dice.next()).collect();
        assert_eq!(fallen, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_moment_belongs_to_its_day() {
        assert_eq!(day_of(2030.0), Some(date(2029, 12, 31)));
        assert_eq!(day_of(2030.0001), Some(date(2030, 1, 1)));
        assert_eq!(day_of(end_of_day(date(2028, 2, 29))), Some(date(2028, 2, 29)));
        assert_eq!(day_of(f64::INFINITY), None);
    }
}
