//! How a column's numbers, dates, codes and letters are written: settled once for the whole column.

use crate::columns::Use;
use crate::date;
use crate::finding::{Finding, FindingKind};
use crate::fit;
use crate::log::Log;
use crate::number::{self, Lean, Style};
use crate::table::{Native, Table};
use crate::vocabulary::{Class, Field};
use crate::words;
use jiff::civil::Date;

/// Settles the column's style and says what is worth saying.
pub(crate) fn settle(table: &Table, used: &mut Use, today: Date, log: &mut Log) {
    match used.field.class() {
        Class::Year => {
            settle_numbers(table, used, Lean::Whole, log);
            other_calendar(table, used, today, log);
        }
        Class::Month | Class::Day | Class::Count => settle_numbers(table, used, Lean::Whole, log),
        Class::Area => settle_numbers(table, used, Lean::Area, log),
        Class::Latitude | Class::Longitude => settle_numbers(table, used, Lean::Decimal, log),
        Class::Code => {
            settle_numbers(table, used, Lean::Whole, log);
            settle_codes(table, used, log);
        }
        Class::Date => {
            settle_dates(table, used, log);
            other_calendar(table, used, today, log);
        }
        Class::Words(words::Words::Sex) => table.rows.iter().for_each(|row| used.letters.see(row.cell(used.index))),
        Class::Words(words::Words::Event) => settle_events(table, used, log),
        _ => {}
    }
}

fn settle_numbers(table: &Table, used: &mut Use, lean: Lean, log: &mut Log) {
    used.style = fit::style_of(table, used.index, lean);
    let Style { decimal, thousands, mixed, guessed } = used.style;
    let add = |log: &mut Log, kind: FindingKind| log.add(Finding::new(kind).column(&used.header));
    let marked = |mark: char| {
        table.rows.iter().any(|row| row.native(used.index) == Native::Text && row.cell(used.index).contains(mark))
    };
    if mixed {
        add(log, FindingKind::NumberStyleMixed {});
    } else if decimal == Some(',') && marked(',') {
        add(log, FindingKind::DecimalComma {});
    }
    if let Some(mark) = thousands.filter(|_| lean != Lean::Decimal) {
        let separator = if mark.is_whitespace() { "a blank".to_owned() } else { format!("\"{mark}\"") };
        add(log, FindingKind::ThousandsSeparators { separator });
    }
    if guessed && lean == Lean::Area {
        let example =
            table.rows.iter().map(|row| row.cell(used.index)).find(|cell| cell.contains([',', '.'])).unwrap_or("");
        let kind = FindingKind::NumberAmbiguous { reading: "thousands".to_owned() };
        log.add(Finding::new(kind).column(&used.header).value(example));
    }
    let texts = || table.rows.iter().filter(|row| row.native(used.index) == Native::Text);
    let n = texts().filter(|row| number::parse(row.cell(used.index), used.style).is_some()).count() as u64;
    if table.typed && n > 0 && used.field.class() != Class::Code {
        log.add(Finding::new(FindingKind::NumbersAsText { n }).column(&used.header).times(n));
    }
}

fn settle_dates(table: &Table, used: &mut Use, log: &mut Log) {
    for row in table.rows.iter().filter(|row| row.native(used.index) == Native::Text) {
        used.order.see(row.cell(used.index));
    }
    let order = used.order;
    let kind = match (order.day_first, order.month_first, order.either) {
        (0, 0, n) if n > 0 => FindingKind::DateOrderAmbiguous {},
        (day, month, _) if day > 0 && month > 0 => FindingKind::DateOrderMixed {},
        _ => return,
    };
    log.add(Finding::new(kind).column(&used.header));
}

/// Years of 1300 to 1450 are of the solar or the lunar Hijri calendar, and years some 543 ahead are Buddhist: no mine
/// was laid in the Middle Ages or in the future.
fn other_calendar(table: &Table, used: &Use, today: Date, log: &mut Log) {
    let cells = || table.rows.iter().map(|row| row.cell(used.index)).filter(|cell| !words::is_unknown(cell));
    let years: Vec<i16> =
        cells().filter_map(|cell| date::parse(cell, used.order, today)).map(|date| date.year).collect();
    let (hijri, solar_now) = (1300..=1450, today.year() - 621);
    let buddhist = today.year() + 440..=today.year() + 544;
    let of = |range: &std::ops::RangeInclusive<i16>| years.iter().filter(|year| range.contains(year)).count();
    let (name, n) = match (of(&hijri), of(&buddhist)) {
        (0, 0) => return,
        (n, m) if n >= m => {
            let lunar = years.iter().any(|year| (solar_now + 1..=1450).contains(year));
            (if lunar { "Hijri" } else { "solar Hijri" }, n)
        }
        (_, m) => ("Buddhist", m),
    };
    if n * 2 > years.len() {
        let (n, total) = (n as u64, years.len() as u64);
        let example = cells().next().unwrap_or("");
        let kind = FindingKind::OtherCalendar { calendar: name.to_owned(), n, total };
        log.add(Finding::new(kind).column(&used.header).value(example).times(n));
    }
}

/// A code without the marks between thousands that a spreadsheet put in.
pub(crate) fn bare_code(cell: &str, style: Style) -> String {
    let marked = cell.contains([',', '.', ' ', '\u{a0}', '\u{202f}', '\'']);
    let number = if marked { number::parse(cell, style).filter(|n| n.unit.is_empty()) } else { None };
    number.and_then(|n| fit::whole(n.value)).map_or_else(|| cell.to_owned(), |n| n.to_string())
}

/// Codes of digits in two lengths, one apart, have lost the leading zero of the shorter ones.
fn settle_codes(table: &Table, used: &mut Use, log: &mut Log) {
    let mut lengths: Vec<(usize, u64)> = Vec::new();
    for row in &table.rows {
        let cell = row.cell(used.index);
        if words::is_unknown(cell) {
            continue;
        }
        let code = bare_code(cell, used.style);
        if !code.bytes().all(|b| b.is_ascii_digit()) {
            return;
        }
        match lengths.iter_mut().find(|(length, _)| *length == code.len()) {
            Some((_, n)) => *n += 1,
            None => lengths.push((code.len(), 1)),
        }
    }
    lengths.sort_unstable();
    if let [(short, n), (long, _)] = lengths.as_slice()
        && *long == short + 1
    {
        used.digits = Some(*long);
        log.add(Finding::new(FindingKind::LeadingZeroLost { length: *long as u64 }).column(&used.header).times(*n));
    }
}

fn settle_events(table: &Table, used: &mut Use, log: &mut Log) {
    debug_assert_eq!(used.field, Field::EventType);
    let cells = || table.rows.iter().map(|row| row.cell(used.index)).filter(|cell| !words::is_unknown(cell));
    used.national_codes = used.national_codes && cells().all(|cell| fit::national_code(cell).is_some());
    if used.national_codes && cells().next().is_some() {
        let meaning = words::EVENT_CODES.iter().map(|(code, name)| format!("{code} {}", name.replace('_', " ")));
        let meaning = meaning.collect::<Vec<_>>().join(", ");
        log.add(Finding::new(FindingKind::CodesAssumed { meaning }).column(&used.header));
    }
}
