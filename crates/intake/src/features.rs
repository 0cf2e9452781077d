//! A table being filled, feature by feature: one column for each property, in the order in which they first appear.

use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::intake::SetAside;
use crate::log::Log;
use crate::options::Options;
use crate::record::RawRow;
use crate::table::{Geometry, Native, Row, Stated, Table};
use std::collections::HashMap;

/// The table and the bounds on it.
pub(crate) struct Features<'a, 'o> {
    file: &'a str,
    options: &'a Options<'o>,
    pub(crate) table: Table,
    columns: HashMap<String, usize>,
}

impl<'a, 'o> Features<'a, 'o> {
    pub(crate) fn new(file: &'a str, options: &'a Options<'o>, stated: Stated) -> Self {
        let table = Table { features: true, stated, ..Table::default() };
        Self { file, options, table, columns: HashMap::new() }
    }

    /// The column of that name, made if it is new.
    pub(crate) fn column(&mut self, name: &str) -> Result<usize, IntakeError> {
        if let Some(at) = self.columns.get(name) {
            return Ok(*at);
        }
        let next = self.table.headers.len();
        if next >= self.options.limits.max_columns {
            let limit = self.options.limits.max_columns;
            return Err(IntakeError::TooManyColumns { file: self.file.to_owned(), limit });
        }
        self.columns.insert(name.to_owned(), next);
        self.table.headers.push(name.to_owned());
        Ok(next)
    }

    /// Takes a feature in.
    pub(crate) fn push(
        &mut self,
        number: u64,
        properties: impl IntoIterator<Item = (String, (String, Native))>,
        geometry: Geometry,
    ) -> Result<(), IntakeError> {
        let limits = &self.options.limits;
        if self.table.rows.len() as u64 >= limits.max_rows {
            return Err(IntakeError::TooManyRows { file: self.file.to_owned(), limit: limits.max_rows });
        }
        let mut cells = vec![(String::new(), Native::Text); self.table.headers.len()];
        for (name, cell) in properties {
            let column = self.column(&name)?;
            let limit = self.options.limits.max_cell_bytes;
            if cell.0.len() > limit {
                let file = self.file.to_owned();
                return Err(IntakeError::CellTooLong { file, row: number, column: column + 1, limit });
            }
            if column >= cells.len() {
                cells.resize(column + 1, (String::new(), Native::Text));
            }
            if let Some(slot) = cells.get_mut(column) {
                *slot = cell;
            }
        }
        self.table.rows.push(Row {
            number,
            cells: RawRow::new(cells.iter().map(|(text, _)| text)),
            natives: cells.iter().map(|(_, native)| *native).collect(),
            geometry,
        });
        Ok(())
    }

    /// Sets a feature aside that could not be read; of its text the first 1,000 characters are kept.
    pub(crate) fn aside(&mut self, number: u64, reason: &str, text: &str, log: &Log) {
        let finding = Finding::new(FindingKind::FeatureUnusable { reason: reason.to_owned() }).at(number);
        let raw = RawRow::new([text.chars().take(1000).collect::<String>()]);
        self.table.set_aside.push(SetAside { row: number, reason: log.named(finding), raw });
    }
}
