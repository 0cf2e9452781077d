//! Whether a column's values fit what its name says.

use crate::columns::Candidate;
use crate::coordinates;
use crate::date::{self, Order};
use crate::mapping::Mapping;
use crate::number::{self, Lean, Style};
use crate::table::{Native, Table};
use crate::vocabulary::{Class, Field};
use crate::wkt;
use crate::words::{self, SexLetters, Words};
use jiff::civil::Date;

/// How many values fit, of how many that say anything; and up to three different ones that do not fit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fit {
    pub(crate) fits: u64,
    pub(crate) total: u64,
    pub(crate) examples: Vec<String>,
}

impl Fit {
    /// Whether at least half of the values fit; a column without values fits anything.
    pub(crate) fn enough(&self) -> bool {
        self.fits * 2 >= self.total
    }

    pub(crate) fn share(&self) -> f64 {
        self.fits as f64 / self.total.max(1) as f64
    }
}

/// At most this many values are looked at, spread over the column.
const SAMPLE: usize = 5_000;

/// How many rows are looked at.
pub(crate) fn looked_at(table: &Table) -> usize {
    table.rows.len().div_ceil(table.rows.len() / SAMPLE + 1)
}

/// Tries a field on a column.
pub(crate) fn fit(table: &Table, candidate: &Candidate, field: Field, mapping: Option<&Mapping>, today: Date) -> Fit {
    let mut fit = Fit::default();
    let step = table.rows.len() / SAMPLE + 1;
    for row in table.rows.iter().step_by(step) {
        let cell = row.cell(candidate.index);
        let mapped = mapping.is_some_and(|mapping| mapping.value(field, cell).is_some());
        if !mapped && words::is_unknown(cell) {
            continue;
        }
        fit.total += 1;
        if mapped || fits(field, cell, row.native(candidate.index), candidate.national_codes, today) {
            fit.fits += 1;
        } else if fit.examples.len() < 3 && !fit.examples.iter().any(|example| example == cell) {
            fit.examples.push(cell.to_owned());
        }
    }
    fit
}

fn fits(field: Field, cell: &str, native: Native, national_codes: bool, today: Date) -> bool {
    let whole = || whole_number(cell);
    match field.class() {
        Class::Text if matches!(field, Field::Admin1 | Field::Admin2) => {
            cell.chars().any(char::is_alphabetic) && native == Native::Text
        }
        Class::Text => native != Native::Date,
        Class::Code => cell.len() <= 40 && native != Native::Date,
        Class::Area => native != Native::Date && area_like(cell),
        Class::Count => native != Native::Date && number_like(cell, Lean::Whole).is_some_and(|n| n.unit.is_empty()),
        Class::Year => whole().is_some_and(|year| (1000..3000).contains(&year)) && native != Native::Date,
        Class::Month => whole().is_some_and(|month| (0..=12).contains(&month)) || date::month_named(cell).is_some(),
        Class::Day => whole().is_some_and(|day| (0..=31).contains(&day)),
        Class::Date => date::parse(cell, Order::default(), today).is_some_and(|date| (1000..3000).contains(&date.year)),
        Class::Latitude | Class::Longitude => coordinates::degrees(cell, None).is_some(),
        Class::LatLon => coordinates::place(cell).is_some() || wkt::parse(cell).is_some(),
        Class::Wkt => wkt::parse(cell).is_some(),
        Class::Age => age(cell).is_some(),
        Class::Words(Words::Sex) => SexLetters { has_h: true, has_f: false }.read(cell).is_some(),
        Class::Words(list) => words::look_up(list, cell).is_some() || (national_codes && national_code(cell).is_some()),
    }
}

/// What a bare number means as a kind of event in the one national code list that is known.
pub(crate) fn national_code(cell: &str) -> Option<&'static str> {
    words::EVENT_CODES.iter().find(|(code, _)| *code == cell).map(|(_, name)| *name)
}

fn number_like(cell: &str, lean: Lean) -> Option<number::Number> {
    number::parse(cell, number::style([cell].into_iter(), lean))
}

fn area_like(cell: &str) -> bool {
    number_like(cell, Lean::Area).is_some_and(|n| n.unit.is_empty() || number::square_metres(&n.unit).is_some())
}

/// A whole number, with marks between thousands or without.
pub(crate) fn whole_number(cell: &str) -> Option<i64> {
    let style = number::style([cell].into_iter(), Lean::Whole);
    number_like(cell, Lean::Whole).filter(|n| n.unit.is_empty()).and_then(|n| whole(n.value)).filter(|_| !style.mixed)
}

/// The number as a whole one, if it is one that a computer counts exactly.
pub(crate) fn whole(value: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)] // below 2^53 and whole, so nothing is cut off
    (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64)
}

/// What an age says: a class by its word, years, or a band from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgeSaid {
    Child,
    Adult,
    Years(u16),
    Straddles,
}

/// The age in a cell: `25`, `0-17`, `18+`, `<18`, `Menor de 18 años`.
pub(crate) fn age(cell: &str) -> Option<AgeSaid> {
    match words::look_up(Words::Age, cell) {
        Some("child") => return Some(AgeSaid::Child),
        Some(_) => return Some(AgeSaid::Adult),
        None => {}
    }
    let cell = &*number::ascii_digits(cell);
    let mut numbers =
        cell.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).map(|part| part.parse::<u16>().ok());
    let (first, second) = (numbers.next()??, numbers.next().flatten());
    if first > 130 {
        return None;
    }
    let lower = cell.to_lowercase();
    let says = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    let inclusive = lower.contains('=') || says(&["≤"]);
    Some(match second {
        // "25.0" is a number, not a band.
        Some(0) if cell.contains('.') => AgeSaid::Years(first),
        Some(last) if last <= 17 => AgeSaid::Child,
        Some(_) if first >= 18 => AgeSaid::Adult,
        Some(_) => AgeSaid::Straddles,
        None if says(&["<", "≤", "under", "menor", "moins", "below"]) => {
            if first < 18 || (first == 18 && !inclusive) { AgeSaid::Child } else { AgeSaid::Straddles }
        }
        None if says(&["+", ">", "≥", "over", "mayor", "plus", "más", "and above", "y mas"]) => {
            if first >= 17 {
                AgeSaid::Adult
            } else {
                AgeSaid::Straddles
            }
        }
        None => AgeSaid::Years(first),
    })
}

/// The style of a number column, from the cells that are text.
pub(crate) fn style_of(table: &Table, index: usize, lean: Lean) -> Style {
    let texts = table.rows.iter().filter(|row| row.native(index) == Native::Text).map(|row| row.cell(index));
    number::style(texts, lean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_eighteen_is_a_child() {
        for (text, wanted) in [
            ("17", AgeSaid::Years(17)),
            ("0-17", AgeSaid::Child),
            ("5 - 12", AgeSaid::Child),
            ("18+", AgeSaid::Adult),
            (">18", AgeSaid::Adult),
            ("<18", AgeSaid::Child),
            ("15-24", AgeSaid::Straddles),
            ("Mayor de 18 años", AgeSaid::Adult),
            ("Menor de 18 años", AgeSaid::Child),
            ("moins de 18 ans", AgeSaid::Child),
            ("enfant", AgeSaid::Child),
            ("25.0", AgeSaid::Years(25)),
        ] {
            assert_eq!(age(text), Some(wanted), "{text}");
        }
        assert_eq!(age("2006"), None);
    }
}
