//! Rows and columns, whatever format they came in.

use crate::columns;
use crate::finding::{Finding, FindingKind};
use crate::intake::SetAside;
use crate::log::Log;
use crate::mapping::Mapping;
use crate::record::RawRow;
use crate::vocabulary::normal;
use crate::{Position, Shape};
use std::collections::HashSet;
use std::sync::OnceLock;

/// What a cell was in its own format, where the format says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Native {
    #[default]
    Text,
    /// A number, written with a decimal point.
    Number,
    /// A date, written year-month-day.
    Date,
}

/// The geometry of a feature, not yet judged against the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Geometry {
    pub(crate) point: Option<Position>,
    pub(crate) shape: Option<Shape>,
    /// What was wrong with it.
    pub(crate) notes: Vec<FindingKind>,
}

/// A row as read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) number: u64,
    pub(crate) cells: RawRow,
    /// One for each cell, or none at all when everything is text.
    pub(crate) natives: Box<[Native]>,
    pub(crate) geometry: Geometry,
}

impl Row {
    /// The cell without blanks around it.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
    }

    pub(crate) fn native(&self, column: usize) -> Native {
        self.natives.get(column).copied().unwrap_or_default()
    }

    fn is_blank(&self) -> bool {
        (0..self.cells.len()).all(|column| self.cell(column).is_empty())
    }
}

/// A table with its column names.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) headers: Vec<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) set_aside: Vec<SetAside>,
    /// Whether rows are GeoJSON features.
    pub(crate) features: bool,
    /// Whether a cell's native type says something (workbooks).
    pub(crate) typed: bool,
    /// What the file says of its coordinates.
    pub(crate) stated: Stated,
}

/// What a file says of the coordinate system of its geometry.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Stated {
    /// Nothing, and its format leaves it open.
    #[default]
    Nothing,
    /// Its format has longitude and latitude on WGS84 only.
    Degrees,
    /// A name, a code or well-known text.
    Text(String),
}

/// How far down column names are looked for.
const HEADER_DEPTH: usize = 25;

/// How many names of the best row among the first are known, and which row it is.
pub(crate) fn find_header(rows: &[Row], mapping: Option<&Mapping>) -> (usize, usize) {
    let known = |row: &Row| row.cells.iter().filter(|cell| columns::is_known(cell, mapping)).count();
    let mut best = (0, 0);
    for (at, row) in rows.iter().take(HEADER_DEPTH).enumerate() {
        let count = known(row);
        if count > best.0 {
            best = (count, at);
        }
    }
    if best.0 == 0 {
        let several = |row: &Row| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count() >= 2;
        best.1 = rows.iter().take(HEADER_DEPTH).position(several).unwrap_or(0);
    }
    best
}

impl Table {
    /// Takes column names and rows apart, and sets aside what is no row of the table.
    pub(crate) fn from_rows(mut rows: Vec<Row>, mapping: Option<&Mapping>, typed: bool, log: &mut Log) -> Self {
        let wanted = mapping.and_then(|mapping| mapping.row_header);
        let at = match wanted {
            Some(number) => rows.iter().position(|row| row.number >= number).unwrap_or(0),
            None => find_header(&rows, mapping).1,
        };
        let body = rows.split_off((at + 1).min(rows.len()));
        let above = rows.iter().take(at).filter(|row| !row.is_blank()).count();
        let header = rows.pop().unwrap_or_default();
        if above > 0 && wanted.is_none() {
            log.add(Finding::new(FindingKind::HeaderNotFirst { header_row: header.number }));
        }
        let mut table = Self { headers: header_names(&header), typed, ..Self::default() };
        let mut blank = 0;
        for row in body {
            if row.is_blank() {
                blank += 1;
            } else {
                table.take(row, log);
            }
        }
        if blank > 0 {
            log.add(Finding::new(FindingKind::BlankRows { n: blank }).times(blank));
        }
        table
    }

    fn take(&mut self, row: Row, log: &mut Log) {
        let columns = self.headers.len();
        let cells =
            row.cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).last().map_or(0, |(at, _)| at + 1);
        if cells > columns {
            let kind = FindingKind::RowTooLong { cells: cells as u64, columns: columns as u64 };
            self.put_aside(row.number, Finding::new(kind), row.cells, log);
        } else if is_total(&row) {
            self.put_aside(row.number, Finding::new(FindingKind::TotalRow {}), row.cells, log);
        } else {
            if !self.typed && row.cells.len() < columns {
                let kind = FindingKind::RowTooShort { cells: row.cells.len() as u64, columns: columns as u64 };
                log.add(Finding::new(kind).at(row.number));
            }
            self.rows.push(row);
        }
    }

    /// Sets a row aside with the reason. All rows set aside are listed.
    pub(crate) fn put_aside(&mut self, row: u64, reason: Finding, raw: RawRow, log: &Log) {
        self.set_aside.push(SetAside { row, reason: log.named(reason.at(row)), raw });
    }
}

/// Names as written; a column without one is called by its place.
fn header_names(header: &Row) -> Vec<String> {
    let mut names: Vec<String> = (0..header.cells.len()).map(|column| header.cell(column).to_owned()).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    for (at, name) in names.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("column {}", at + 1);
        }
    }
    names
}

/// A row that begins with the word *total* sums other rows.
fn is_total(row: &Row) -> bool {
    const WORDS: [&str; 10] = [
        "total",
        "totales",
        "totaux",
        "totals",
        "grandtotal",
        "totalgeneral",
        "subtotal",
        "soustotal",
        "totalgral",
        "sumtotal",
    ];
    let first = (0..row.cells.len()).map(|column| row.cell(column)).find(|cell| !cell.is_empty());
    first.map(normal).is_some_and(|cell| WORDS.contains(&cell.as_str()) || foreign_totals().contains(&cell))
}

fn foreign_totals() -> &'static HashSet<String> {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| crate::languages::totals().map(|word| normal(&word)).collect())
}
