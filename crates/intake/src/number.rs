//! Numbers as people write them. Which mark divides decimals is decided for a column, not for a cell.

use crate::languages;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use crate::vocabulary::normal;

/// Which marks a column's numbers use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Style {
    /// `,` or `.`.
    pub(crate) decimal: Option<char>,
    /// The mark between thousands that was met.
    pub(crate) thousands: Option<char>,
    /// Both a decimal comma and a decimal point were met.
    pub(crate) mixed: bool,
    /// Every mark met could be either; the reading was chosen by what the column tells.
    pub(crate) guessed: bool,
}

/// What one written number says about its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Evidence {
    Nothing,
    Decimal(char),
    Thousands(char),
    Either(char),
}

/// A figure's parts: sign and digits with marks, and the unit behind it.
struct Written {
    negative: bool,
    digits: String,
    exponent: i32,
    unit: String,
    spaced: Option<char>,
}

/// The digit that a character of any of the common number scripts stands for.
pub(crate) fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        '\u{17e0}'..='\u{17e9}' => 0x17e0,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return None,
    };
    char::from_digit(u32::from(c) - zero, 10)
}

/// A text with the digits of any script written as 0 to 9.
pub(crate) fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| digit(c).unwrap_or(c)).collect::<String>().into()
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\'' | '’' | '\u{202f}' | '\u{a0}' | '\u{66c}')
}

fn split(text: &str) -> Option<Written> {
    let mut rest = text.trim().trim_start_matches('\u{feff}');
    let mut negative = false;
    if let Some(after) = rest.strip_prefix(['-', '\u{2212}']) {
        negative = true;
        rest = after.trim_start();
    } else if let Some(after) = rest.strip_prefix('+') {
        rest = after.trim_start();
    }
    let mut digits = String::new();
    let mut spaced = None;
    let mut chars = rest.char_indices().peekable();
    let mut end = rest.len();
    while let Some((at, c)) = chars.next() {
        if let Some(d) = digit(c) {
            digits.push(d);
        } else if matches!(c, '.' | ',') {
            digits.push(c);
        } else if c == '\u{66b}' {
            digits.push('.');
        } else if is_gap(c) && chars.peek().is_some_and(|(_, next)| digit(*next).is_some()) && three_follow(rest, at) {
            spaced = Some(c);
        } else {
            end = at;
            break;
        }
    }
    let (exponent, unit) = exponent(rest.get(end..)?.trim())?;
    digits.bytes().any(|b| b.is_ascii_digit()).then(|| Written {
        negative,
        digits,
        exponent,
        unit: unit.to_owned(),
        spaced,
    })
}

/// Whether a gap between digits is followed by exactly three of them, as thousands are.
fn three_follow(rest: &str, at: usize) -> bool {
    rest.get(at..).unwrap_or("").chars().skip(1).take_while(|c| digit(*c).is_some()).count() == 3
}

/// A power of ten behind the digits, else the unit; `None` for a power that no figure has.
fn exponent(unit: &str) -> Option<(i32, &str)> {
    let parsed = unit.strip_prefix(['e', 'E']).and_then(|power| power.parse::<i32>().ok());
    match parsed {
        Some(power) => (power.abs() < 300).then_some((power, "")),
        None => Some((0, unit)),
    }
}

fn evidence(digits: &str) -> Evidence {
    let mut marks = digits.char_indices().filter(|(_, c)| matches!(c, '.' | ','));
    let Some((first_at, first)) = marks.next() else { return Evidence::Nothing };
    let Some((last_at, last)) = marks.next_back() else {
        let before = first_at;
        let after = digits.len() - first_at - 1;
        let can_be_thousands = after == 3 && (1..=3).contains(&before) && !digits.starts_with('0');
        return if can_be_thousands { Evidence::Either(first) } else { Evidence::Decimal(first) };
    };
    debug_assert!(last_at > first_at);
    if first == last { Evidence::Thousands(first) } else { Evidence::Decimal(last) }
}

/// What a column's bare marks are taken for when nothing in the column decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lean {
    /// Whole numbers: years, counts, codes.
    Whole,
    /// Areas: thousands, and said aloud.
    Area,
    /// Degrees: decimals.
    Decimal,
}

/// The style of a column, from all its numbers written as text.
pub(crate) fn style<'a>(values: impl Iterator<Item = &'a str>, lean: Lean) -> Style {
    let (mut comma, mut point, mut either) = (0u64, 0u64, [0u64; 2]);
    let mut thousands = None;
    for written in values.filter_map(split) {
        thousands = thousands.or(written.spaced);
        match evidence(&written.digits) {
            Evidence::Nothing => {}
            Evidence::Decimal(',') => comma += 1,
            Evidence::Decimal(_) => point += 1,
            Evidence::Thousands(mark) => {
                thousands = Some(mark);
                if mark == ',' { point += 1 } else { comma += 1 }
            }
            Evidence::Either(mark) => either[usize::from(mark == ',')] += 1,
        }
    }
    let mut style = Style { mixed: comma > 0 && point > 0, thousands, ..Style::default() };
    style.decimal = match (comma, point) {
        (0, 0) => {
            // Nothing decides: the mark met most is taken for what such a column usually holds.
            let mark = if either[1] >= either[0] { ',' } else { '.' };
            style.guessed = either[0] + either[1] > 0 && lean != Lean::Decimal;
            let other = if mark == ',' { '.' } else { ',' };
            Some(if lean == Lean::Decimal { mark } else { other })
        }
        _ => Some(if comma > point { ',' } else { '.' }),
    };
    let unused = usize::from(style.decimal != Some(','));
    if either[unused] > 0 && style.thousands.is_none() {
        style.thousands = Some(if unused == 1 { ',' } else { '.' });
    }
    style
}

/// A number and the unit written behind it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) unit: String,
}

/// The number in a cell, or `None` if it is none. A percentage is a number with the unit `%`.
pub(crate) fn parse(text: &str, style: Style) -> Option<Number> {
    let written = split(text)?;
    let decimal = match evidence(&written.digits) {
        Evidence::Nothing => None,
        Evidence::Decimal(mark) => Some(mark),
        Evidence::Thousands(mark) => Some(if mark == ',' { '.' } else { ',' }),
        Evidence::Either(_) => style.decimal,
    };
    let mut plain = String::with_capacity(written.digits.len() + 6);
    if written.negative {
        plain.push('-');
    }
    let (whole, fraction) = match decimal.and_then(|mark| written.digits.rsplit_once(mark)) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (written.digits.as_str(), None),
    };
    if !grouped(whole) || fraction.is_some_and(|digits| digits.contains(['.', ','])) {
        return None;
    }
    plain.extend(whole.chars().filter(char::is_ascii_digit));
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    if written.exponent != 0 {
        plain.push('e');
        plain.push_str(&written.exponent.to_string());
    }
    let value: f64 = plain.parse().ok()?;
    value.is_finite().then_some(Number { value, unit: written.unit })
}

/// Whether the marks in the whole part stand where thousands do (the last group of three, others of two or three).
fn grouped(whole: &str) -> bool {
    let mut groups = whole.rsplit(['.', ',']);
    let last = groups.next().unwrap_or("");
    let rest: Vec<&str> = groups.collect();
    match rest.split_last() {
        None => true,
        Some((first, middle)) => {
            last.len() == 3
                && (1..=3).contains(&first.len())
                && middle.iter().all(|group| (2..=3).contains(&group.len()))
        }
    }
}

/// The names of units of area in other languages, as compared, the longest first, with square metres.
pub(crate) fn foreign_units() -> &'static [(String, f64)] {
    static UNITS: OnceLock<Vec<(String, f64)>> = OnceLock::new();
    UNITS.get_or_init(|| {
        let known = languages::units().filter_map(|(unit, word)| Some((normal(&word), plain_unit(unit)?)));
        let mut units: Vec<(String, f64)> = known.collect::<HashMap<_, _>>().into_iter().collect();
        units.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        units
    })
}

/// Square metres in a unit of area, if it is one.
pub(crate) fn square_metres(unit: &str) -> Option<f64> {
    let unit = normal(unit);
    plain_unit(&unit).or_else(|| foreign_units().iter().find(|(name, _)| *name == unit).map(|(_, m2)| *m2))
}

fn plain_unit(unit: &str) -> Option<f64> {
    match unit {
        "m2" | "mts2" | "mt2" | "mtrs2" | "sqm" | "sqmeters" | "sqmetres" | "squaremeters" | "squaremetres"
        | "metroscuadrados" | "metrescarres" | "squaremeter" | "squaremetre" | "metro2" | "metros2" | "msq" => {
            Some(1.0)
        }
        "km2"
        | "sqkm"
        | "squarekilometers"
        | "squarekilometres"
        | "kilometroscuadrados"
        | "kilometrescarres"
        | "kmsq" => Some(1e6),
        "ha" | "has" | "hectare" | "hectares" | "hectarea" | "hectareas" => Some(1e4),
        "dunum" | "dunam" | "dunums" | "dunams" | "donum" => Some(1e3),
        "acre" | "acres" => Some(4_046.856_422_4),
        // Afghanistan: 44 metres by 44 were rounded to 2,000 square metres.
        "jerib" | "jeribs" => Some(2e3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str], lean: Lean) -> Vec<Option<f64>> {
        let style = style(values.iter().copied(), lean);
        values.iter().map(|value| parse(value, style).map(|number| number.value)).collect()
    }

    #[test]
    fn the_decimal_mark_is_decided_by_the_column() {
        assert_eq!(read(&["1.234", "5.678,90"], Lean::Area), [Some(1234.0), Some(5678.9)]);
        assert_eq!(read(&["1.234", "12.5"], Lean::Area), [Some(1.234), Some(12.5)]);
        assert_eq!(read(&["1,234", "12.5"], Lean::Area), [Some(1234.0), Some(12.5)]);
        assert_eq!(read(&["2,006", "2,017"], Lean::Whole), [Some(2006.0), Some(2017.0)]);
        assert_eq!(read(&["4,598", "-74,076"], Lean::Decimal), [Some(4.598), Some(-74.076)]);
    }

    #[test]
    fn blanks_apostrophes_and_units_are_understood() {
        let values = ["1 500 m2", "1'500", "1\u{a0}500", "1\u{202f}500,5", "1,23,456", "١٢٣", "1.2E+05"];
        let expected = [1500.0, 1500.0, 1500.0, 1500.5, 123_456.0, 123.0, 120_000.0];
        for (value, wanted) in values.iter().zip(expected) {
            assert_eq!(read(&[value], Lean::Area), [Some(wanted)], "{value}");
        }
        assert_eq!(parse("2 ha", Style::default()).map(|n| n.unit), Some("ha".to_owned()));
        assert_eq!(parse("50%", Style::default()).map(|n| n.unit), Some("%".to_owned()));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", "abc", "1.2.3", "1,2,3", "inf", "NaN", "1e999", "--5"] {
            assert_eq!(parse(text, style([text].into_iter(), Lean::Area)), None, "{text}");
        }
    }
}
