//! Civil dates, and dates known only to the month or the year.
//!
//! All dates are calendar dates in UTC. The Depositary's notifications give days; secondary sources often give a month
//! or a year only, and a date is never made more exact than its source.

use std::fmt;
use std::str::FromStr;

pub use jiff::Timestamp;
pub use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A date as well as its source knows it. Written `2026-03-01`, `2026-03`, `2026` or `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartialDate {
    /// The day is known.
    Day(Date),
    /// Year and month are known; the date held is the first of that month.
    Month(Date),
    /// Only the year is known; the date held is 1 January of that year.
    Year(Date),
    /// That it happened is known; when is not.
    Unknown,
}

/// A text that is no date in any of the four forms of [`PartialDate`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{0}\" is no date: write 2026-03-01, or 2026-03 or 2026 where no more is known, or unknown")]
pub struct NotADate(pub String);

impl PartialDate {
    /// The first day it can have been. `None` when nothing is known.
    #[must_use]
    pub fn earliest(self) -> Option<Date> {
        match self {
            Self::Day(date) | Self::Month(date) | Self::Year(date) => Some(date),
            Self::Unknown => None,
        }
    }

    /// The last day it can have been. `None` when nothing is known.
    #[must_use]
    pub fn latest(self) -> Option<Date> {
        match self {
            Self::Day(date) => Some(date),
            Self::Month(date) => Some(date.last_of_month()),
            Self::Year(date) => Some(date.last_of_year()),
            Self::Unknown => None,
        }
    }

    /// The day, when it is known to the day.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        if let Self::Day(date) = self { Some(date) } else { None }
    }

    /// Whether it had happened by the end of `on`, whatever day it was.
    #[must_use]
    pub fn certainly_by(self, on: Date) -> bool {
        self.latest().is_some_and(|latest| latest <= on)
    }

    /// Whether it may have happened by the end of `on`.
    #[must_use]
    pub fn possibly_by(self, on: Date) -> bool {
        self.earliest().is_none_or(|earliest| earliest <= on)
    }

    /// The year, when known.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        self.earliest().map(Date::year)
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self::Day(date)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{date}"),
            Self::Month(date) => write!(f, "{:04}-{:02}", date.year(), date.month()),
            Self::Year(date) => write!(f, "{:04}", date.year()),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl FromStr for PartialDate {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let refuse = || NotADate(text.to_owned());
        let number = |part: &str| -> Result<i16, NotADate> {
            let digits = part.bytes().all(|b| b.is_ascii_digit());
            if digits { part.parse().map_err(|_| refuse()) } else { Err(refuse()) }
        };
        let first = |year: &str, month: &str| -> Result<Date, NotADate> {
            let month = i8::try_from(number(month)?).map_err(|_| refuse())?;
            Date::new(number(year)?, month, 1).map_err(|_| refuse())
        };
        match text.len() {
            7 if text == "unknown" => Ok(Self::Unknown),
            4 => first(text, "01").map(Self::Year),
            7 if text.as_bytes().get(4) == Some(&b'-') && text.is_ascii() => {
                first(&text[..4], &text[5..]).map(Self::Month)
            }
            10 => text.parse().map(Self::Day).map_err(|_| refuse()),
            _ => Err(refuse()),
        }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// `date` moved by whole months or years, the day clamped to the end of a shorter month (31 August + 6 months is
/// 28 or 29 February). At the edge of the calendar (year 9999) the date stays as it is.
#[must_use]
pub(crate) fn moved(date: Date, by: Span) -> Date {
    date.saturating_add(by)
}

/// The same day, `months` later, clamped to the month's end.
#[must_use]
pub fn add_months(date: Date, months: i32) -> Date {
    moved(date, months.months())
}

/// The same day and month, `years` later.
#[must_use]
pub fn add_years(date: Date, years: i16) -> Date {
    moved(date, years.years())
}

/// `days` calendar days later.
#[must_use]
pub fn add_days(date: Date, days: i32) -> Date {
    moved(date, days.days())
}

/// The civil date of a moment, in UTC.
#[must_use]
pub fn utc_date(moment: Timestamp) -> Date {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_year_alone_is_certain_only_at_its_end() {
        let only_year: PartialDate = "2026".parse().unwrap();
        assert!(only_year.possibly_by(date(2026, 3, 1)));
        assert!(!only_year.certainly_by(date(2026, 12, 30)));
        assert!(only_year.certainly_by(date(2026, 12, 31)));
        assert_eq!(only_year.day(), None);
    }

    #[test]
    fn the_four_forms_are_read_and_written_alike() {
        for text in ["2026", "2026-03", "2026-03-01", "unknown"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
        for text in ["", "26", "2026-3", "2026-13", "2026-02-30", "31/12/2026", "20260301", "+026", "٢٠٢٦"] {
            assert!(text.parse::<PartialDate>().is_err(), "{text} was taken for a date");
        }
    }

    #[test]
    fn months_are_clamped_to_the_end_of_a_shorter_month() {
        assert_eq!(add_months(date(2025, 8, 31), 6), date(2026, 2, 28));
        assert_eq!(add_years(date(2004, 2, 29), 1), date(2005, 2, 28));
    }
}
