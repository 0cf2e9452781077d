//! Workbooks: XLSX, and XLS, XLSB and ODS.

use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::intake::Format;
use crate::log::Log;
use crate::options::Options;
use crate::record::RawRow;
use crate::table::{Native, Row, find_header};
use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, Sheets, Xls, Xlsb, Xlsx};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

type Book<'a> = Sheets<Cursor<&'a [u8]>>;
type Cells = Vec<(usize, String, Native)>;

/// The rows of the sheet that was chosen, its name and the format.
pub(crate) struct Sheet {
    pub(crate) rows: Vec<Row>,
    pub(crate) name: String,
    pub(crate) format: Format,
}

/// Reads the sheet named in the mapping, else the first one whose column names are known, else the first with rows.
pub(crate) fn read(file: &str, bytes: &[u8], options: &Options<'_>, log: &mut Log) -> Result<Sheet, IntakeError> {
    let unpacked = unpacked_bytes(bytes);
    if unpacked > options.limits.max_unpacked_bytes {
        return Err(IntakeError::TooLarge {
            file: file.to_owned(),
            bytes: unpacked,
            limit: options.limits.max_unpacked_bytes,
        });
    }
    // A damaged workbook has been known to make its reader stop the program; here it is one more refusal.
    let attempt = catch_unwind(AssertUnwindSafe(|| choose(file, bytes, options, log)));
    attempt.unwrap_or_else(|_| Err(broken(file, &"its parts contradict each other")))
}

fn broken(file: &str, reason: &impl ToString) -> IntakeError {
    IntakeError::BrokenWorkbook { file: file.to_owned(), reason: reason.to_string() }
}

fn open<'a>(file: &str, bytes: &'a [u8]) -> Result<(Book<'a>, Format), IntakeError> {
    let cursor = Cursor::new(bytes);
    if bytes.starts_with(b"\xd0\xcf") {
        return Xls::new(cursor).map(|book| (Sheets::Xls(book), Format::Xls)).map_err(|error| broken(file, &error));
    }
    match Xlsx::new(cursor.clone()) {
        Ok(book) => Ok((Sheets::Xlsx(book), Format::Xlsx)),
        Err(error) => {
            if let Ok(book) = Ods::new(cursor.clone()) {
                return Ok((Sheets::Ods(book), Format::Ods));
            }
            Xlsb::new(cursor).map(|book| (Sheets::Xlsb(book), Format::Xlsb)).map_err(|_| broken(file, &error))
        }
    }
}

fn choose(file: &str, bytes: &[u8], options: &Options<'_>, log: &mut Log) -> Result<Sheet, IntakeError> {
    let (mut book, format) = open(file, bytes)?;
    let names = book.sheet_names();
    let mapping = options.mapping.as_ref();
    if let Some(sheet) = mapping.and_then(|mapping| mapping.sheet.clone()) {
        let Some(name) = names.iter().find(|name| name.trim() == sheet.trim()).cloned() else {
            return Err(IntakeError::NoSuchSheet { file: file.to_owned(), sheet, sheets: names.join(", ") });
        };
        return Ok(Sheet { rows: rows(file, &mut book, &name, options)?, name, format });
    }
    let mut fallback: Option<Sheet> = None;
    let mut chosen = None;
    for name in &names {
        let rows = rows(file, &mut book, name, options)?;
        let sheet = Sheet { name: name.clone(), format, rows };
        if find_header(&sheet.rows, mapping).0 >= 2 {
            chosen = Some(sheet);
            break;
        }
        if fallback.is_none() && !sheet.rows.is_empty() {
            fallback = Some(sheet);
        }
    }
    let sheet = chosen.or(fallback).ok_or_else(|| IntakeError::Empty { file: file.to_owned() })?;
    let others: Vec<&str> = names.iter().filter(|name| **name != sheet.name).map(String::as_str).collect();
    if !others.is_empty() {
        log.add(Finding::new(FindingKind::SheetChosen { sheet: sheet.name.clone(), others: others.join(", ") }));
    }
    Ok(sheet)
}

/// All sheets of a workbook, for finding the rows to which those of another belong.
pub(crate) fn all(file: &str, bytes: &[u8], options: &Options<'_>) -> Result<Vec<Sheet>, IntakeError> {
    let (mut book, format) = open(file, bytes)?;
    let names = book.sheet_names();
    let sheet = |name: String| Ok(Sheet { rows: rows(file, &mut book, &name, options)?, name, format });
    names.into_iter().map(sheet).collect()
}

/// The rows of a sheet that hold anything. XLSX is read cell by cell: one stray cell in the last corner of a sheet
/// would otherwise ask for seventeen thousand million cells.
fn rows(file: &str, book: &mut Book<'_>, name: &str, options: &Options<'_>) -> Result<Vec<Row>, IntakeError> {
    let mut grid = Grid { file, options, rows: Vec::new(), number: 0, cells: Vec::new() };
    match book {
        Sheets::Xlsx(book) => {
            let mut reader = match book.worksheet_cells_reader(name) {
                Ok(reader) => reader,
                // A chart has a name among the sheets, but no cells.
                Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(Vec::new()),
                Err(error) => return Err(broken(file, &error)),
            };
            while let Some(cell) = reader.next_cell().map_err(|error| broken(file, &error))? {
                let (row, column) = cell.get_position();
                grid.put(row, column, written_ref(cell.get_value()))?;
            }
        }
        book => {
            let range = book.worksheet_range(name).map_err(|error| broken(file, &error))?;
            let (top, left) = range.start().unwrap_or((0, 0));
            for (row, column, value) in range.used_cells() {
                let at = |start: u32, offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
                grid.put(at(top, row), at(left, column), written(value))?;
            }
        }
    }
    grid.finish_row()?;
    Ok(grid.rows)
}

/// Rows being filled, cell by cell.
struct Grid<'a> {
    file: &'a str,
    options: &'a Options<'a>,
    rows: Vec<Row>,
    number: u64,
    cells: Cells,
}

impl Grid<'_> {
    fn put(&mut self, row: u32, column: u32, value: Option<(String, Native)>) -> Result<(), IntakeError> {
        let Some((text, native)) = value else { return Ok(()) };
        let limits = &self.options.limits;
        let file = || self.file.to_owned();
        let number = u64::from(row) + 1;
        let column = column as usize;
        if text.len() > limits.max_cell_bytes {
            return Err(IntakeError::CellTooLong {
                file: file(),
                row: number,
                column: column + 1,
                limit: limits.max_cell_bytes,
            });
        }
        if column >= limits.max_columns {
            return Err(IntakeError::TooManyColumns { file: file(), limit: limits.max_columns });
        }
        if number != self.number {
            self.finish_row()?;
            self.number = number;
        }
        self.cells.push((column, text, native));
        Ok(())
    }

    fn finish_row(&mut self) -> Result<(), IntakeError> {
        let mut cells = std::mem::take(&mut self.cells);
        if cells.iter().all(|(_, text, _)| text.trim().is_empty()) {
            return Ok(());
        }
        if self.rows.len() as u64 > self.options.limits.max_rows {
            return Err(IntakeError::TooManyRows { file: self.file.to_owned(), limit: self.options.limits.max_rows });
        }
        cells.sort_by_key(|(column, _, _)| *column);
        let width = cells.last().map_or(0, |(column, _, _)| column + 1);
        let mut texts = vec![String::new(); width];
        let mut natives = vec![Native::Text; width];
        for (column, text, native) in cells {
            if let (Some(text_slot), Some(native_slot)) = (texts.get_mut(column), natives.get_mut(column)) {
                (*text_slot, *native_slot) = (text, native);
            }
        }
        self.rows.push(Row {
            number: self.number,
            cells: RawRow::new(&texts),
            natives: natives.into_boxed_slice(),
            ..Row::default()
        });
        Ok(())
    }
}

fn written_ref(value: &DataRef<'_>) -> Option<(String, Native)> {
    match value {
        DataRef::SharedString(text) => Some(((*text).to_owned(), Native::Text)),
        DataRef::String(text) => Some((text.clone(), Native::Text)),
        other => written(&Data::from(other.clone())),
    }
}

/// A cell as text, and what it was; `None` when it is empty.
fn written(value: &Data) -> Option<(String, Native)> {
    match value {
        Data::Empty => None,
        Data::Int(number) => Some((number.to_string(), Native::Number)),
        Data::Float(number) => Some((number.to_string(), Native::Number)),
        Data::String(text) | Data::DurationIso(text) => Some((text.clone(), Native::Text)),
        Data::Bool(yes) => Some((yes.to_string(), Native::Text)),
        Data::DateTime(moment) => Some(date(moment)),
        Data::DateTimeIso(text) => Some((text.clone(), Native::Date)),
        Data::Error(error) => Some((error.to_string(), Native::Text)),
    }
}

fn date(moment: &ExcelDateTime) -> (String, Native) {
    let serial = moment.as_f64();
    // A duration, or a number so small that it is a time of day: not a date.
    if moment.is_duration() || !(1.0..2_958_466.0).contains(&serial) {
        return (serial.to_string(), Native::Number);
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    (format!("{year:04}-{month:02}-{day:02}"), Native::Date)
}

/// What a ZIP says that its parts unpack to, in bytes; 0 when its directory is not found.
fn unpacked_bytes(bytes: &[u8]) -> u64 {
    let u16_at =
        |at: usize| bytes.get(at..at + 2).map_or(0, |b| b.iter().rev().fold(0usize, |n, b| n << 8 | usize::from(*b)));
    let u32_at =
        |at: usize| bytes.get(at..at + 4).map_or(0, |b| b.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b)));
    let tail = bytes.len().saturating_sub(66_000);
    let end = bytes.get(tail..).and_then(|tail| tail.windows(4).rposition(|window| window == b"PK\x05\x06"));
    let Some(end) = end.map(|at| at + tail) else { return 0 };
    let mut at = usize::try_from(u32_at(end + 16)).unwrap_or(usize::MAX);
    let mut total = 0u64;
    while bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02")) {
        total = total.saturating_add(u32_at(at + 24));
        at += 46 + u16_at(at + 28) + u16_at(at + 30) + u16_at(at + 32);
    }
    total
}
