//! The attributes: a dBASE III table, its text in UTF-8.

use std::collections::BTreeSet;

use crate::layer::{FieldKind, Layer, Value};
use crate::note::Note;
use crate::write::Error;

const LONGEST_NAME: usize = 10;
const LONGEST_TEXT: usize = 254;
const LONGEST_NUMBER: usize = 24;
const MOST_FIELDS: usize = 255;

/// A column of the table.
struct Column {
    name: String,
    kind: u8,
    width: u8,
    decimals: u8,
    /// The cells, each of the column's width or less.
    cells: Vec<String>,
}

pub(super) fn encode(layer: &Layer) -> Result<(Vec<u8>, Vec<Note>), Error> {
    let too_many = || Error::TooManyFields { fields: layer.fields().len() };
    if layer.fields().len() > MOST_FIELDS {
        return Err(too_many());
    }
    let (mut columns, notes) = columns(layer);
    if columns.is_empty() {
        // Readers refuse a table without a column.
        let cells = (0..layer.features().len()).map(|number| number.to_string()).collect();
        columns.push(Column { name: "FID".to_owned(), kind: b'N', width: 11, decimals: 0, cells });
    }
    let row = 1 + columns.iter().map(|column| usize::from(column.width)).sum::<usize>();
    let row_bytes = u16::try_from(row).map_err(|_| too_many())?;
    let rows = layer.features().len();
    let size = rows.checked_mul(row).filter(|size| *size < super::LARGEST - 10_000);
    let size = size.ok_or(Error::TooLarge { part: "dbf" })?;
    let mut out = Vec::with_capacity(size + 10_000);
    head(&mut out, layer, &columns, row_bytes);
    for number in 0..rows {
        out.push(b' ');
        for column in &columns {
            let cell = &column.cells[number];
            let blank = usize::from(column.width) - cell.len();
            let is_number = column.kind == b'N';
            out.extend(std::iter::repeat_n(b' ', if is_number { blank } else { 0 }));
            out.extend_from_slice(cell.as_bytes());
            out.extend(std::iter::repeat_n(b' ', if is_number { 0 } else { blank }));
        }
    }
    out.push(0x1a);
    Ok((out, notes))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // One byte for the year is what the format has.
fn head(out: &mut Vec<u8>, layer: &Layer, columns: &[Column], row_bytes: u16) {
    let day = layer.as_of();
    out.extend_from_slice(&[3, (day.year() - 1900).clamp(0, 255) as u8, day.month() as u8, day.day() as u8]);
    out.extend_from_slice(&u32::try_from(layer.features().len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&((33 + 32 * columns.len()) as u16).to_le_bytes());
    out.extend_from_slice(&row_bytes.to_le_bytes());
    out.extend_from_slice(&[0; 20]);
    for column in columns {
        let mut descriptor = [0; 32];
        descriptor[..column.name.len()].copy_from_slice(column.name.as_bytes());
        descriptor[11] = column.kind;
        descriptor[16] = column.width;
        descriptor[17] = column.decimals;
        out.extend_from_slice(&descriptor);
    }
    out.push(0x0d);
}

fn columns(layer: &Layer) -> (Vec<Column>, Vec<Note>) {
    let mut notes = Vec::new();
    let mut taken = BTreeSet::new();
    let mut columns = Vec::new();
    for (number, field) in layer.fields().iter().enumerate() {
        let name = short_name(&field.name, &mut taken);
        if name != field.name {
            notes.push(Note::FieldRenamed { from: field.name.clone(), to: name.clone() });
        }
        let values: Vec<&Value> = layer.column(number).collect();
        columns.push(match field.kind {
            FieldKind::Text => text_column(name, &field.name, &values, &mut notes),
            FieldKind::Integer => integer_column(name, &values),
            FieldKind::Real => real_column(name, &field.name, &values, &mut notes),
            FieldKind::Date => date_column(name, &field.name, &values, &mut notes),
            FieldKind::Boolean => fixed_column(name, b'L', 1, &values, |value| match value {
                Value::Boolean(true) => "T".to_owned(),
                Value::Boolean(false) => "F".to_owned(),
                _ => "?".to_owned(),
            }),
        });
    }
    (columns, notes)
}

/// At most ten bytes, and no two alike whatever the case: the last bytes give way to a number.
fn short_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut short = cut(name, LONGEST_NAME).to_owned();
    let mut number = 1;
    while !taken.insert(short.to_lowercase()) {
        number += 1;
        let ending = format!("_{number}");
        short = format!("{}{ending}", cut(name, LONGEST_NAME - ending.len()));
    }
    short
}

/// The longest beginning of whole letters within so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn fixed_column(name: String, kind: u8, width: u8, values: &[&Value], cell: impl Fn(&Value) -> String) -> Column {
    Column { name, kind, width, decimals: 0, cells: values.iter().map(|value| cell(value)).collect() }
}

fn text_column(name: String, field: &str, values: &[&Value], notes: &mut Vec<Note>) -> Column {
    let mut shortened = Vec::new();
    let mut cells = Vec::with_capacity(values.len());
    for (number, value) in values.iter().enumerate() {
        let text = if let Value::Text(text) = value { text.as_str() } else { "" };
        let kept = cut(text, LONGEST_TEXT);
        if kept.len() < text.len() {
            shortened.push(number);
        }
        cells.push(kept.to_owned());
    }
    if !shortened.is_empty() {
        notes.push(Note::TextCut { field: field.to_owned(), features: shortened, bytes: LONGEST_TEXT });
    }
    Column { name, kind: b'C', width: widest(&cells, 1), decimals: 0, cells }
}

/// At most 254 bytes by the making of every cell.
fn widest(cells: &[String], least: u8) -> u8 {
    cells.iter().map(String::len).max().and_then(|width| u8::try_from(width).ok()).unwrap_or(least).max(least)
}

fn integer_column(name: String, values: &[&Value]) -> Column {
    let cell = |value: &&Value| if let Value::Integer(number) = value { number.to_string() } else { String::new() };
    let cells: Vec<String> = values.iter().map(cell).collect();
    // Ten at least: readers take a narrower column for 32 bits, whatever is added later.
    Column { name, kind: b'N', width: widest(&cells, 10), decimals: 0, cells }
}

fn real_column(name: String, field: &str, values: &[&Value], notes: &mut Vec<Note>) -> Column {
    let numbers: Vec<Option<f64>> =
        values.iter().map(|value| if let Value::Real(number) = value { Some(*number) } else { None }).collect();
    let plain: Vec<String> = numbers.iter().flatten().map(f64::to_string).collect();
    let split = |text: &String| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        (whole.len(), fraction.len())
    };
    let longest_whole = plain.iter().map(|text| split(text).0).max().unwrap_or(1);
    let longest_fraction = plain.iter().map(|text| split(text).1).max().unwrap_or(0);
    let decimals = longest_fraction.clamp(1, 15).min(LONGEST_NUMBER.saturating_sub(longest_whole + 1));
    let mut rounded = Vec::new();
    let mut cells = Vec::with_capacity(numbers.len());
    for (row, number) in numbers.into_iter().enumerate() {
        let Some(number) = number else {
            cells.push(String::new());
            continue;
        };
        let fixed = format!("{number:.decimals$}");
        let short = [fixed, format!("{number:e}"), format!("{number:.15e}")];
        let exact = short.iter().find(|text| text.len() <= LONGEST_NUMBER && text.parse() == Ok(number));
        let fits = || short.iter().find(|text| text.len() <= LONGEST_NUMBER);
        let text = exact.or_else(fits).cloned().unwrap_or_else(|| format!("{number:.12e}"));
        if text.parse() != Ok(number) {
            rounded.push(row);
        }
        cells.push(text);
    }
    if !rounded.is_empty() {
        notes.push(Note::NumbersRounded { field: field.to_owned(), features: rounded });
    }
    // At least one decimal, or readers take the column for whole numbers.
    let width = widest(&cells, 3);
    let decimals = u8::try_from(decimals.max(1)).unwrap_or(1).min(width - 2);
    Column { name, kind: b'N', width, decimals, cells }
}

/// Dates have four digits for the year; others cannot be held.
fn date_column(name: String, field: &str, values: &[&Value], notes: &mut Vec<Note>) -> Column {
    let mut lost = Vec::new();
    let mut cells = Vec::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        cells.push(match value {
            Value::Date(day) if (0..=9999).contains(&day.year()) => {
                format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
            }
            Value::Date(_) => {
                lost.push(row);
                String::new()
            }
            _ => String::new(),
        });
    }
    if !lost.is_empty() {
        notes.push(Note::DatesLost { field: field.to_owned(), features: lost });
    }
    Column { name, kind: b'D', width: 8, decimals: 0, cells }
}
