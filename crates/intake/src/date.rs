//! Dates as people write them. Which number is the day is decided for a column, not for a cell.

use crate::languages;
use crate::number::ascii_digits;
use crate::vocabulary::normal;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A date of which the day or the month may not be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Partial {
    pub(crate) year: i16,
    pub(crate) month: Option<i8>,
    pub(crate) day: Option<i8>,
}

impl Partial {
    /// The whole date, if it is known and exists.
    pub(crate) fn whole(self) -> Option<Date> {
        Date::new(self.year, self.month?, self.day?).ok()
    }

    /// Whether what is known can exist.
    pub(crate) fn exists(self) -> bool {
        match (self.month, self.day) {
            (Some(month), Some(day)) => Date::new(self.year, month, day).is_ok(),
            (Some(month), None) => (1..=12).contains(&month),
            (None, _) => true,
        }
    }
}

/// Whether day or month comes first in a column where both are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Order {
    pub(crate) day_first: u64,
    pub(crate) month_first: u64,
    pub(crate) either: u64,
}

impl Order {
    /// Counts what one cell says.
    pub(crate) fn see(&mut self, text: &str) {
        let text = &*ascii_digits(text);
        let parts = numbers(text);
        if let [first, second, third] = parts.as_slice()
            && !has_letters(text)
            && first.len() <= 2
            && second.len() <= 2
            && matches!(third.len(), 2 | 4)
        {
            match (small(first), small(second)) {
                (13..=31, 1..=12) => self.day_first += 1,
                (1..=12, 13..=31) => self.month_first += 1,
                (a @ 1..=12, b @ 1..=12) if a != b => self.either += 1,
                _ => {}
            }
        }
    }

    fn month_leads(self) -> bool {
        self.month_first > 0 && self.day_first == 0
    }
}

fn small(digits: &str) -> i16 {
    digits.parse().unwrap_or(0)
}

fn numbers(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).take(7).collect()
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// The date in a cell, or `None` if it is written in no known way. It may not exist: see [`Partial::exists`].
pub(crate) fn parse(text: &str, order: Order, today: Date) -> Option<Partial> {
    let text = text.trim();
    if text.len() > 150 {
        return None;
    }
    let text = ascii_digits(text);
    let text = if text.contains('年') { chinese(&text) } else { text };
    let text = &*text;
    // The time of day is of no interest; only ISO puts a T there.
    let day_part = match text.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-' | b'/', ..] => text.split(['T', ' ']).next()?,
        _ => text,
    };
    let parts = numbers(day_part);
    if has_letters(day_part) && !day_part.ends_with('Z') {
        return with_month_name(day_part, &parts, today);
    }
    match parts.as_slice() {
        [one] if one.len() == day_part.len() => single(one),
        [year, month, day, ..] if year.len() == 4 => {
            Some(Partial { year: small(year), month: Some(tiny(month)), day: Some(tiny(day)) })
        }
        [year, month] | [month, year] if year.len() == 4 && month.len() <= 2 => {
            Some(Partial { year: small(year), month: Some(tiny(month)), day: None })
        }
        [a, b, year, ..] if a.len() <= 2 && b.len() <= 2 && matches!(year.len(), 2 | 4) => {
            // A month over 12 can only be a day, whatever the column's order.
            let swap = (order.month_leads() && small(a) <= 12) || small(b) > 12;
            let (day, month) = if swap { (b, a) } else { (a, b) };
            Some(Partial { year: full_year(year, today), month: Some(tiny(month)), day: Some(tiny(day)) })
        }
        _ => None,
    }
}

/// A day or month; 0 (which never exists) when it does not fit.
fn tiny(digits: &str) -> i8 {
    digits.parse().unwrap_or(0)
}

/// A year alone, a compact date, a spreadsheet's serial day or a computer's milliseconds.
fn single(digits: &str) -> Option<Partial> {
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        4 => Some(Partial { year: small(digits), month: None, day: None }),
        5 => serial(number),
        8 => Some(Partial {
            year: small(digits.get(..4)?),
            month: Some(tiny(digits.get(4..6)?)),
            day: Some(tiny(digits.get(6..)?)),
        }),
        12 | 13 => from_days(number.div_euclid(86_400_000)),
        _ => None,
    }
}

/// A spreadsheet's day number: day 25,569 is 1970-01-01.
fn serial(number: i64) -> Option<Partial> {
    from_days(number - 25_569)
}

fn from_days(days: i64) -> Option<Partial> {
    let span = jiff::Span::new().try_days(days).ok()?;
    let date = Date::new(1970, 1, 1).ok()?.checked_add(span).ok()?;
    Some(Partial { year: date.year(), month: Some(date.month()), day: Some(date.day()) })
}

/// Two digits mean the latest such year that is not in the future.
fn full_year(digits: &str, today: Date) -> i16 {
    let year = small(digits);
    if digits.len() != 2 {
        return year;
    }
    let century = today.year() / 100 * 100;
    if century + year <= today.year() { century + year } else { century - 100 + year }
}

/// 2006年1月5日 with lines between.
fn chinese(text: &str) -> std::borrow::Cow<'static, str> {
    let marked: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '日' | '号' | '號')).collect();
    marked.replace(['年', '月'], "-").trim_end_matches('-').to_owned().into()
}

/// The month named in a text: a word of it, or two together.
fn month_in(text: &str) -> Option<i8> {
    let between =
        |c: char| c.is_whitespace() || c.is_numeric() || c.is_ascii_punctuation() || matches!(c, '،' | '–' | '’');
    let words: Vec<&str> = text.split(between).filter(|word| !word.is_empty()).collect();
    let pairs = || words.windows(2).find_map(|pair| month_named(&pair.join(" ")));
    words.iter().find_map(|word| month_named(word)).or_else(pairs)
}

fn with_month_name(text: &str, parts: &[&str], today: Date) -> Option<Partial> {
    let month = month_in(text)?;
    // A name beside a long run of words is a sentence, not a date.
    if text.split_whitespace().count() > 7 {
        return None;
    }
    let ordinal = |digits: &&str| digits.len() <= 2;
    match parts {
        [year] if year.len() == 4 || year.len() == 2 => {
            Some(Partial { year: full_year(year, today), month: Some(month), day: None })
        }
        [year, day, ..] if year.len() == 4 && ordinal(day) => {
            Some(Partial { year: small(year), month: Some(month), day: Some(tiny(day)) })
        }
        [day, year, ..] if ordinal(day) && matches!(year.len(), 2 | 4) => {
            Some(Partial { year: full_year(year, today), month: Some(month), day: Some(tiny(day)) })
        }
        _ => None,
    }
}

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "enero", "ene", "janvier", "janv"],
    &["february", "feb", "febrero", "fevrier", "fev", "fevr"],
    &["march", "mar", "marzo", "mars"],
    &["april", "apr", "abril", "abr", "avril", "avr"],
    &["may", "mayo", "mai"],
    &["june", "jun", "junio", "juin"],
    &["july", "jul", "julio", "juillet", "juil"],
    &["august", "aug", "agosto", "ago", "aout"],
    &["september", "sep", "sept", "septiembre", "setiembre", "septembre", "set"],
    &["october", "oct", "octubre", "octobre"],
    &["november", "nov", "noviembre", "novembre"],
    &["december", "dec", "diciembre", "dic", "decembre"],
];

/// The month that a word names. In Khmer the word for month may stand before it without a blank.
pub(crate) fn month_named(word: &str) -> Option<i8> {
    static INDEX: OnceLock<HashMap<String, i8>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let written = MONTHS.iter().zip(1i8..).flat_map(|(names, month)| names.iter().map(move |name| (*name, month)));
        let mut index: HashMap<String, i8> = written.map(|(name, month)| (normal(name), month)).collect();
        for (name, month) in languages::months() {
            index.entry(normal(&name)).or_insert(month);
        }
        index
    });
    let word = word.trim();
    index.get(&normal(word)).or_else(|| index.get(&normal(word.strip_prefix("ខែ")?))).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(i16, Option<i8>, Option<i8>)> {
        let today = Date::constant(2026, 7, 1);
        parse(text, Order::default(), today).map(|date| (date.year, date.month, date.day))
    }

    #[test]
    fn the_common_ways_of_writing_a_date_are_read() {
        for (text, year, month, day) in [
            ("2006-01-05", 2006, Some(1), Some(5)),
            ("2006-01-05T10:00:00Z", 2006, Some(1), Some(5)),
            ("2006/1/5 00:00", 2006, Some(1), Some(5)),
            ("20060105", 2006, Some(1), Some(5)),
            ("5/1/06", 2006, Some(1), Some(5)),
            ("05.01.1998", 1998, Some(1), Some(5)),
            ("12/31/1998", 1998, Some(12), Some(31)),
            ("5 de enero de 2006", 2006, Some(1), Some(5)),
            ("1er août 2006", 2006, Some(8), Some(1)),
            ("March 5, 2006", 2006, Some(3), Some(5)),
            ("5-mars-06", 2006, Some(3), Some(5)),
            ("2006", 2006, None, None),
            ("38722", 2006, Some(1), Some(5)),
            ("1136419200000", 2006, Some(1), Some(5)),
            ("01/2006", 2006, Some(1), None),
            ("٥/١/٢٠٠٦", 2006, Some(1), Some(5)),
            ("۲۰۰۶-۰۱-۰۵", 2006, Some(1), Some(5)),
            ("2006年1月5日", 2006, Some(1), Some(5)),
            ("２００６年１月", 2006, Some(1), None),
            ("5 января 2006 г.", 2006, Some(1), Some(5)),
            ("5 січня 2006 року", 2006, Some(1), Some(5)),
            ("5 كانون الثاني 2006", 2006, Some(1), Some(5)),
            ("5. siječnja 2006.", 2006, Some(1), Some(5)),
            ("5. јануар 2006", 2006, Some(1), Some(5)),
            ("5 de março de 2006", 2006, Some(3), Some(5)),
            ("ថ្ងៃទី៥ ខែមករា ឆ្នាំ២០០៦", 2006, Some(1), Some(5)),
            ("5 листопада 2006", 2006, Some(11), Some(5)),
            ("5 listopada 2006", 2006, Some(10), Some(5)),
        ] {
            assert_eq!(read(text), Some((year, month, day)), "{text}");
        }
    }

    #[test]
    fn an_american_column_is_read_month_first() {
        let mut order = Order::default();
        for text in ["3/4/2006", "3/25/2006"] {
            order.see(text);
        }
        let date = parse("3/4/2006", order, Date::constant(2026, 7, 1)).unwrap();
        assert_eq!((date.month, date.day), (Some(3), Some(4)));
    }

    #[test]
    fn a_day_that_does_not_exist_is_told() {
        let date = parse("31/02/2006", Order::default(), Date::constant(2026, 7, 1)).unwrap();
        assert!(!date.exists());
    }
}
