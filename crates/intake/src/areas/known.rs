//! Different values of a column, each read once.

use crate::Shape;
use crate::columns::Plan;
use crate::record::RawRow;
use crate::table::{Geometry, Native, Row};
use crate::vocabulary::Field;
use rusqlite::types::ValueRef;
use rustc_hash::FxHashMap;

/// The values of a row, by their place in the plan.
pub(crate) trait Entered {
    fn value(&self, column: usize) -> ValueRef<'_>;
}

/// Different values of some columns and what each tells.
#[derive(Debug)]
pub(crate) struct Known<T> {
    columns: Vec<usize>,
    key: Vec<u8>,
    /// Short texts by their bytes: a date or a kind is found in one step.
    short: FxHashMap<u128, usize>,
    index: FxHashMap<Box<[u8]>, usize>,
    told: Vec<T>,
    /// What is told where there is no such column.
    silent: Option<T>,
}

/// Beyond this many different values a column is not one of few, and remembering costs more than it spares.
const MOST_KNOWN: usize = 1 << 16;

impl<T> Known<T> {
    pub(crate) fn of(plan: &Plan, fields: &[Field]) -> Self {
        let columns = fields.iter().filter_map(|field| Some(plan.uses.get(field)?.index)).collect();
        Self {
            columns,
            key: Vec::new(),
            short: FxHashMap::default(),
            index: FxHashMap::default(),
            told: Vec::new(),
            silent: None,
        }
    }

    /// What these values tell: remembered, or read now.
    pub(crate) fn look(&mut self, row: &impl Entered, read: impl FnOnce() -> T) -> &T {
        match self.columns.as_slice() {
            [] => return self.silent.get_or_insert_with(read),
            // Nearly every column.
            [one] if let Some(short) = short_key(row.value(*one)) => {
                let known = self.short.get(&short).copied();
                let at = known.unwrap_or_else(|| {
                    let at = self.learn(read());
                    self.short.insert(short, at);
                    at
                });
                return &self.told[at];
            }
            several => {
                self.key.clear();
                for column in several {
                    add_to_key(&mut self.key, row.value(*column));
                }
            }
        }
        let known = self.index.get(self.key.as_slice()).copied();
        let at = known.unwrap_or_else(|| {
            let at = self.learn(read());
            self.index.insert(self.key.as_slice().into(), at);
            at
        });
        &self.told[at]
    }

    fn learn(&mut self, told: T) -> usize {
        if self.told.len() >= MOST_KNOWN {
            self.short.clear();
            self.index.clear();
            self.told.clear();
        }
        self.told.push(told);
        self.told.len() - 1
    }
}

/// A text of at most fifteen bytes, with its length.
fn short_key(value: ValueRef<'_>) -> Option<u128> {
    let ValueRef::Text(text) = value else { return None };
    let mut key = [0; 16];
    key.get_mut(..text.len()).filter(|_| text.len() < 16)?.copy_from_slice(text);
    key[15] = u8::try_from(text.len()).ok()?;
    Some(u128::from_le_bytes(key))
}

/// Adds a value with its type, so that no two lists of values have one key.
fn add_to_key(key: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => key.push(0),
        ValueRef::Integer(n) => {
            key.push(1);
            key.extend_from_slice(&n.to_le_bytes());
        }
        ValueRef::Real(n) => {
            key.push(2);
            key.extend_from_slice(&n.to_le_bytes());
        }
        ValueRef::Text(bytes) => {
            key.push(3);
            key.extend_from_slice(&bytes.len().to_le_bytes());
            key.extend_from_slice(bytes);
        }
        // The general code takes it for nothing.
        ValueRef::Blob(_) => key.push(4),
    }
}

/// A value as text, as the general reader writes it, and what it was.
pub(crate) fn written(value: ValueRef<'_>) -> (String, Native) {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => (String::new(), Native::Text),
        ValueRef::Integer(n) => (n.to_string(), Native::Number),
        ValueRef::Real(n) => (n.to_string(), Native::Number),
        ValueRef::Text(bytes) => (String::from_utf8_lossy(bytes).into_owned(), Native::Text),
    }
}

pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The row as the general code takes it. Whether it has a shape is all that code needs to know of it.
pub(crate) fn general_row(number: u64, row: &impl Entered, columns: usize, shaped: bool) -> Row {
    let cells: Vec<(String, Native)> = (0..columns).map(|column| written(row.value(column))).collect();
    Row {
        number,
        cells: RawRow::new(cells.iter().map(|(text, _)| text)),
        natives: cells.iter().map(|(_, native)| *native).collect(),
        geometry: Geometry { shape: shaped.then(Shape::default), ..Geometry::default() },
    }
}
