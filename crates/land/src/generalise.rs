//! What may be told of areas to whoever may not see where each one lies: places by cells, numbers and areas rounded down.
//!
//! The rule, in four parts:
//!
//! 1. **Time.** The ground is shown as it stood at the end of a year ([`shown_as_of`]). Days cannot be told apart, so
//!    what was released on one day cannot be read off.
//! 2. **Place.** The world is divided into cells of [`CELL_DEGREES`] of longitude and latitude. A cell in which fewer than
//!    [`MINIMUM_AREAS`] areas were *ever* found is not shown; its areas are put together with those of its neighbours in
//!    the same square of twice the side, and so on up to [`CELL_LEVELS`] doublings. What is still alone then is in no
//!    cell. Cells do not depend on the date, so two dates cannot be held against each other to find a smaller one.
//! 3. **Number.** The areas in a cell are told in steps of [`MINIMUM_AREAS`], rounded down: none to four, five to nine, …
//!    A cell is shown as long as anything remains anywhere, so that an emptied one is not told from one with four.
//! 4. **Area.** No cell has one. Areas in m² of a State and of its districts are rounded down to one step for all
//!    ([`area_step`]), at least as large as its [`MINIMUM_AREAS`] largest records together: no single record is ever as
//!    large as what the rounding hides.
//!
//! Zero is told for the State as a whole: that nothing remains on the map is no secret.

use jiff::civil::Date;

/// The side of the smallest cell, in degrees of longitude and of latitude: some 5 km.
pub const CELL_DEGREES: f64 = 0.05;

/// How often the side of a cell may be doubled: up to 3.2 degrees.
pub const CELL_LEVELS: u32 = 6;

/// How many areas a cell must ever have held to be shown, and the step in which numbers are told. The threshold is that
/// of counts of people: five, as many statistical offices have it.
pub const MINIMUM_AREAS: usize = 5;

/// The day whose state is shown when a day is asked about: the last end of a year that is not after it.
#[must_use]
pub fn shown_as_of(asked: Date) -> Date {
    let end = asked.last_of_year();
    if end == asked {
        return asked;
    }
    asked.year().checked_sub(1).and_then(|year| Date::new(year, 12, 31).ok()).unwrap_or(Date::MIN)
}

/// The step to which areas in m² are rounded down: 1, 5, 10, 50, … and not less than the [`MINIMUM_AREAS`] largest
/// together. Each step divides the next, so that figures rounded to different steps, published one after the other, tell
/// no more than the finest of them.
#[must_use]
pub fn area_step(areas_m2: impl IntoIterator<Item = f64>) -> f64 {
    let mut largest: Vec<f64> = areas_m2.into_iter().filter(|area| area.is_finite() && *area > 0.0).collect();
    largest.sort_by(|a, b| b.total_cmp(a));
    let together: f64 = largest.iter().take(MINIMUM_AREAS).sum();
    let (mut step, mut factor) = (1.0, 5.0);
    // The Earth has some 5e14 m².
    while step < together && step < 1e15 {
        step *= factor;
        factor = if factor > 2.0 { 2.0 } else { 5.0 };
    }
    step
}

/// An area rounded down to a step; what is less than nothing is nothing.
#[must_use]
pub fn rounded_down(area_m2: f64, step: f64) -> f64 {
    if area_m2 > 0.0 { (area_m2 / step).floor() * step } else { 0.0 }
}

/// A number rounded down to a step of [`MINIMUM_AREAS`].
#[must_use]
pub fn number_rounded_down(number: usize) -> usize {
    number - number % MINIMUM_AREAS
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_answered_with_the_end_of_a_year() {
        assert_eq!(shown_as_of(date(2024, 12, 31)), date(2024, 12, 31));
        assert_eq!(shown_as_of(date(2024, 12, 30)), date(2023, 12, 31));
        assert_eq!(shown_as_of(date(2025, 1, 1)), date(2024, 12, 31));
    }

    #[test]
    #[allow(clippy::float_cmp)] // whole numbers
    fn a_step_hides_the_five_largest_and_divides_the_next() {
        assert_eq!(area_step([]), 1.0);
        assert_eq!(area_step([100.0, 20.0]), 500.0);
        assert_eq!(area_step([1000.0; 20]), 5000.0);
        assert_eq!(area_step([1001.0; 20]), 10_000.0);
        assert_eq!(rounded_down(12_345.0, 5000.0), 10_000.0);
        assert_eq!(rounded_down(-3.0, 10.0), 0.0);
        assert_eq!([0, 4, 5, 14].map(number_rounded_down), [0, 0, 5, 10]);
    }
}
