//! Text in rows: commas, semicolons, tabs, bars.

use crate::error::IntakeError;
use crate::options::Options;
use crate::record::RawRow;
use crate::table::{Row, find_header};

const DELIMITERS: [u8; 8] = [b',', b';', b'\t', b'|', b'^', b'~', b'\x1f', b':'];

/// How much of a file is looked at to tell its delimiter.
const SAMPLE_BYTES: usize = 256 << 10;
const SAMPLE_RECORDS: usize = 60;

/// Splits text into rows, blank lines left out, and says the delimiter.
pub(crate) fn read(file: &str, text: &str, options: &Options<'_>) -> Result<(Vec<Row>, char), IntakeError> {
    // A spreadsheet program may say the delimiter in a first line of its own.
    let (stated, skipped) = stated_delimiter(text);
    let old_mac = (!text.contains('\n') && text.contains('\r')).then(|| text.replace('\r', "\n"));
    let text = old_mac.as_deref().unwrap_or(text);
    let body = text.get(skipped..).unwrap_or("");
    let named = options.mapping.as_ref().and_then(|mapping| mapping.delimiter);
    let delimiter = named.or(stated).unwrap_or_else(|| sniff(body, options));
    let first_line = 1 + count_lines(text.get(..skipped).unwrap_or(""));
    let rows = records(file, body, delimiter, first_line, options)?;
    Ok((rows, char::from(delimiter)))
}

fn stated_delimiter(text: &str) -> (Option<u8>, usize) {
    let line = text.lines().next().unwrap_or("");
    match line
        .to_ascii_lowercase()
        .strip_prefix("sep=")
        .map(|rest| rest.trim_matches('"').as_bytes().to_vec())
        .as_deref()
    {
        Some([byte]) if byte.is_ascii() => (Some(*byte), (line.len() + 1).min(text.len())),
        _ => (None, 0),
    }
}

fn count_lines(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u64
}

/// The delimiter that splits the first records most evenly, and best shows names that are known.
fn sniff(text: &str, options: &Options<'_>) -> u8 {
    let mut end = text.len().min(SAMPLE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = text.get(..end).unwrap_or("");
    let mut best = (0.0, b',');
    for delimiter in DELIMITERS {
        let score = evenness(sample, delimiter, options);
        if score > best.0 + 1e-9 {
            best = (score, delimiter);
        }
    }
    best.1
}

fn evenness(sample: &str, delimiter: u8, options: &Options<'_>) -> f64 {
    let mut rows = Vec::new();
    for record in reader(sample, delimiter).into_records().take(SAMPLE_RECORDS).flatten() {
        rows.push(Row { cells: RawRow::new(record.iter()), ..Row::default() });
    }
    let mut widths: Vec<usize> = rows.iter().map(|row| row.cells.len()).collect();
    widths.sort_unstable();
    let (mut usual, mut times) = (1, 0);
    for run in widths.chunk_by(|a, b| a == b) {
        if let [width, ..] = run
            && run.len() >= times
        {
            (usual, times) = (*width, run.len());
        }
    }
    if usual < 2 {
        return 0.0;
    }
    let even = times as f64 / rows.len().max(1) as f64;
    let known = find_header(&rows, options.mapping.as_ref()).0;
    even * (usual as f64).ln() + 3.0 * known as f64
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

fn records(
    file: &str,
    text: &str,
    delimiter: u8,
    first_line: u64,
    options: &Options<'_>,
) -> Result<Vec<Row>, IntakeError> {
    let limits = &options.limits;
    let mut reader = reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut rows = Vec::new();
    let mut clock = Clock { text: text.as_bytes(), at: 0, line: first_line };
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        // The text is UTF-8 and rows may have any width, so nothing can fail but the reading itself.
        let more = reader.read_record(&mut record).map_err(|error| IntakeError::NotATable {
            file: file.to_owned(),
            what: error.to_string(),
            remedy: "export it again as CSV".to_owned(),
        })?;
        if !more {
            return Ok(rows);
        }
        let (begin, line) = clock.line_at(start);
        let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        if end - begin > limits.max_record_bytes {
            return Err(IntakeError::RecordTooLong { file: file.to_owned(), line, limit: limits.max_record_bytes });
        }
        if end >= text.len() && quote_open(text.get(begin..).unwrap_or(""), char::from(delimiter)) {
            return Err(IntakeError::UnclosedQuote { file: file.to_owned(), line });
        }
        if record.len() > limits.max_columns {
            return Err(IntakeError::TooManyColumns { file: file.to_owned(), limit: limits.max_columns });
        }
        if let Some(at) = record.iter().position(|cell| cell.len() > limits.max_cell_bytes) {
            let (limit, column) = (limits.max_cell_bytes, at + 1);
            return Err(IntakeError::CellTooLong { file: file.to_owned(), row: line, column, limit });
        }
        if rows.len() as u64 > limits.max_rows {
            return Err(IntakeError::TooManyRows { file: file.to_owned(), limit: limits.max_rows });
        }
        if rows.len().is_multiple_of(4096) {
            options.report(text.len() / 2 + end / 2, text.len());
        }
        rows.push(Row { number: line, cells: RawRow::new(record.iter()), ..Row::default() });
    }
}

/// Counts lines as a text editor does; the reader passes over blank lines without saying so.
struct Clock<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Clock<'_> {
    fn line_at(&mut self, start: usize) -> (usize, u64) {
        let mut to = start.min(self.text.len());
        while self.text.get(to).is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            to += 1;
        }
        let passed = self.text.get(self.at..to).unwrap_or(&[]);
        self.line += passed.split(|byte| *byte == b'\n').count() as u64 - 1;
        self.at = to.max(self.at);
        (to, self.line)
    }
}

/// Whether a record ends inside a quote: a quote counts only at the start of a cell, as the reader has it.
fn quote_open(record: &str, delimiter: char) -> bool {
    let mut chars = record.chars().peekable();
    let (mut inside, mut cell_start) = (false, true);
    while let Some(c) = chars.next() {
        if inside {
            if c == '"' && chars.next_if_eq(&'"').is_none() {
                inside = false;
            }
        } else {
            inside = c == '"' && cell_start;
            cell_start = c == delimiter || c == '\n' || c == '\r';
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    fn sniffed(text: &str) -> char {
        char::from(sniff(text, &Options::new(Date::constant(2026, 7, 1))))
    }

    #[test]
    fn the_delimiter_is_told_by_how_evenly_it_splits() {
        assert_eq!(sniffed("a;b;c\n1,5;2,5;3\n1,7;2;3,25\n"), ';');
        assert_eq!(sniffed("a\tb\n\"x, y\"\tz\n"), '\t');
        assert_eq!(sniffed("a|b|c\n1|2|3\n"), '|');
        assert_eq!(sniffed("a,b\n\"1;2;3\",4\n"), ',');
    }

    #[test]
    fn lines_are_numbered_as_an_editor_shows_them() {
        let text = "a,b\n\n1,\"two\nlines\"\n\n\n3,4\n";
        let rows = records("f", text, b',', 1, &Options::new(Date::constant(2026, 7, 1))).unwrap();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 3, 7]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_named_with_its_line() {
        let error = records("f", "a,b\n1,\"x\n2,y\n", b',', 1, &Options::new(Date::constant(2026, 7, 1))).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
