//! The rules of the forecast.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

use std::collections::BTreeMap;

use jiff::civil::date;
use land::forecast::{Assumption, Forecast, ForecastError, Past, Percentiles, forecast};
use proptest::prelude::*;

fn past(released: &[(i16, f64)], remaining_m2: f64) -> Past {
    let released_m2 = released.iter().copied().collect();
    Past { released_m2, found_m2: None, remaining_m2, year: 2025, deadline: date(2030, 3, 1), seed: 7 }
}

fn years<T: Copy>(p: Percentiles<T>) -> [T; 5] {
    [p.p5, p.p25, p.p50, p.p75, p.p95]
}

fn steady(yearly: f64, remaining: f64) -> Forecast {
    forecast(&past(&[(2021, yearly), (2022, yearly), (2023, yearly), (2025, yearly)], remaining)).unwrap()
}

#[test]
fn equal_years_leave_nothing_to_chance() {
    let forecast = steady(2e6, 9e6);
    assert_eq!(years(forecast.completion), [Some(date(2030, 7, 2)); 5]);
    assert_eq!(forecast.probability_by_deadline, 0.0);
    let fan: Vec<(i16, [f64; 5])> = forecast.fan.iter().map(|row| (row.year, years(row.remaining_m2))).collect();
    let expected = [(2025, 9e6), (2026, 7e6), (2027, 5e6), (2028, 3e6), (2029, 1e6), (2030, 0.0)];
    assert_eq!(fan, expected.map(|(year, m2)| (year, [m2; 5])));
    assert_eq!(steady(2e6, 8.2e6).probability_by_deadline, 1.0);
}

#[test]
fn the_deadline_counts_to_its_last_hour() {
    let by = |month, day| {
        let on_time =
            Past { deadline: date(2027, month, day), ..past(&[(2023, 365.0), (2024, 365.0), (2025, 365.0)], 424.0) };
        forecast(&on_time).unwrap().probability_by_deadline
    };
    assert_eq!([by(2, 27), by(2, 28), by(3, 1)], [0.0, 1.0, 1.0], "59 days of 1 m² are done on 28 February");
}

#[test]
fn the_needed_rate_stands_beside_the_recent_one() {
    let forecast = forecast(&past(&[(2019, 9e6), (2022, 1e6), (2023, 2e6), (2025, 3e6)], 8.33e6)).unwrap();
    assert_eq!(forecast.recent_years, [2022, 2023, 2025]);
    assert_eq!(forecast.recent_m2_per_year, 2e6);
    let needed = forecast.needed_m2_per_year.unwrap();
    assert!((needed - 8.33e6 / (4.0 + 60.0 / 365.0)).abs() < 1e-3, "{needed}");
}

#[test]
fn once_the_deadline_is_past_no_rate_meets_it() {
    let late = Past { deadline: date(2025, 12, 31), ..past(&[(2023, 1.0), (2024, 1.0), (2025, 1.0)], 5.0) };
    let forecast = forecast(&late).unwrap();
    assert_eq!((forecast.needed_m2_per_year, forecast.probability_by_deadline), (None, 0.0));
}

#[test]
fn a_year_that_is_unknown_is_left_out_and_said() {
    let forecast = steady(2e6, 9e6);
    assert!(forecast.assumptions.contains(&Assumption::UnknownYearsLeftOut { years: vec![2024] }));
    let known = Assumption::YearsToComeAreLike { years: vec![2021, 2022, 2023, 2025] };
    assert!(forecast.assumptions.contains(&known));
    assert!(forecast.assumptions.contains(&Assumption::NothingNewIsFound));
}

#[test]
fn fewer_than_three_known_years_are_refused() {
    let two = past(&[(2024, 1e6), (2025, 1e6)], 5e6);
    assert_eq!(forecast(&two), Err(ForecastError::TooFewYears { known: 2 }));
    let third_is_to_come = past(&[(2024, 1e6), (2025, 1e6), (2026, 1e6)], 5e6);
    assert_eq!(forecast(&third_is_to_come), Err(ForecastError::TooFewYears { known: 2 }));
    let found = Some(BTreeMap::from([(2024, 0.0), (2025, 0.0)]));
    let unpaired = Past { found_m2: found, ..past(&[(2023, 1e6), (2024, 1e6), (2025, 1e6)], 5e6) };
    assert_eq!(forecast(&unpaired), Err(ForecastError::TooFewYears { known: 2 }));
}

#[test]
fn a_figure_that_is_no_area_is_refused() {
    let negative = past(&[(2023, 1.0), (2024, -1.0), (2025, 1.0)], 5.0);
    assert_eq!(forecast(&negative), Err(ForecastError::NotAnArea { year: 2024, area_m2: -1.0 }));
    assert_eq!(forecast(&past(&[], -5.0)), Err(ForecastError::RemainingNotAnArea(-5.0)));
    assert!(matches!(forecast(&past(&[], f64::NAN)), Err(ForecastError::RemainingNotAnArea(_))));
}

#[test]
fn what_is_not_done_in_a_hundred_years_has_no_date() {
    let forecast = steady(1.0, 1e6);
    assert_eq!(years(forecast.completion), [None; 5]);
    assert_eq!(forecast.fan.last().unwrap().year, 2125);
    assert_eq!(years(steady(0.0, 1e6).completion), [None; 5]);
}

#[test]
fn what_is_complete_was_complete_at_the_end_of_the_year() {
    let forecast = steady(1e6, 0.0);
    assert_eq!(years(forecast.completion), [Some(date(2025, 12, 31)); 5]);
    assert_eq!((forecast.probability_by_deadline, forecast.needed_m2_per_year), (1.0, Some(0.0)));
}

#[test]
fn finding_more_ground_makes_it_later() {
    let plain = past(&[(2022, 3e6), (2023, 1e6), (2024, 4e6), (2025, 2e6)], 12e6);
    let found = BTreeMap::from([(2022, 1e6), (2023, 0.0), (2024, 2e6), (2025, 0.0)]);
    let (without, with) = (forecast(&plain).unwrap(), forecast(&Past { found_m2: Some(found), ..plain }).unwrap());
    assert!(without.completion.p50 < with.completion.p50);
    assert!(with.assumptions.contains(&Assumption::NewGroundIsFoundAsBefore));
}

/// Of two equally likely years, one of which does everything: the chance of both bad years in two is a quarter.
#[test]
fn the_probability_is_that_of_drawing() {
    let two_kinds =
        Past { deadline: date(2027, 12, 31), ..past(&[(2022, 0.0), (2023, 5.0), (2024, 0.0), (2025, 5.0)], 5.0) };
    let probability = forecast(&two_kinds).unwrap().probability_by_deadline;
    assert!((probability - 0.75).abs() < 0.02, "{probability}");
}

fn any_past() -> impl Strategy<Value = Past> {
    let released = prop::collection::btree_map(2005..=2025_i16, 0.0..5e6_f64, 3..15);
    (released, 0.0..1e8_f64, any::<u64>()).prop_map(|(released_m2, remaining_m2, seed)| Past {
        released_m2,
        seed,
        ..past(&[], remaining_m2)
    })
}

fn moment(day: Option<jiff::civil::Date>) -> jiff::civil::Date {
    day.unwrap_or(jiff::civil::Date::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_same_past_gives_the_same_forecast(past in any_past()) {
        prop_assert_eq!(forecast(&past), forecast(&past));
    }

    #[test]
    fn releasing_more_is_never_later(past in any_past(), more in 1.0..2.0_f64) {
        let busier = Past { released_m2: past.released_m2.iter().map(|(year, m2)| (*year, m2 * more)).collect(), ..past.clone() };
        let (one, other) = (forecast(&past).unwrap(), forecast(&busier).unwrap());
        for (slower, faster) in years(one.completion).into_iter().zip(years(other.completion)) {
            prop_assert!(moment(faster) <= moment(slower));
        }
        prop_assert!(other.probability_by_deadline >= one.probability_by_deadline);
    }

    #[test]
    fn the_fan_opens_in_order_and_only_falls(past in any_past()) {
        let fan = forecast(&past).unwrap().fan;
        for row in &fan {
            prop_assert!(years(row.remaining_m2).is_sorted());
        }
        for pair in fan.windows(2) {
            prop_assert_eq!(pair[0].year + 1, pair[1].year);
            for (before, after) in years(pair[0].remaining_m2).into_iter().zip(years(pair[1].remaining_m2)) {
                prop_assert!(after <= before);
            }
        }
        prop_assert!(fan.last().unwrap().year >= 2030);
    }
}
