//! The table of a shapefile (dBASE III and its followers), from its bytes.

use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::intake::EncodingUsed;
use crate::log::Log;
use crate::source;
use crate::table::Native;
use encoding_rs::{Encoding, UTF_8};

/// A column.
#[derive(Debug, Clone)]
struct Column {
    name: Vec<u8>,
    kind: u8,
    start: usize,
    length: usize,
}

/// A table whose texts are not yet decoded.
pub(crate) struct Dbf<'a> {
    columns: Vec<Column>,
    records: &'a [u8],
    record_length: usize,
    /// The code page that the table itself names, 0 for none.
    language: u8,
    /// Records that the table says it has.
    pub(crate) stated: usize,
}

/// One record.
pub(crate) struct Record {
    pub(crate) cells: Vec<(String, Native)>,
    /// Whether it is marked as deleted.
    pub(crate) deleted: bool,
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()).map_or(0, |b| usize::from(u16::from_le_bytes(*b)))
}

impl<'a> Dbf<'a> {
    /// Reads the header.
    pub(crate) fn open(file: &str, bytes: &'a [u8]) -> Result<Self, IntakeError> {
        let damaged = |reason: &str| IntakeError::Damaged {
            file: file.to_owned(),
            format: "table (.dbf) of the shapefile",
            reason: reason.to_owned(),
        };
        let head = bytes.get(..32).ok_or_else(|| damaged("its header is cut short"))?;
        let stated = head.get(4..).and_then(|rest| rest.first_chunk::<4>()).map_or(0, |b| u32::from_le_bytes(*b));
        let (header_length, record_length) = (u16_at(head, 8), u16_at(head, 10));
        let language = head.get(29).copied().unwrap_or(0);
        let mut columns = Vec::new();
        let mut start = 1;
        for about in bytes.get(32..header_length).unwrap_or(&[]).chunks_exact(32) {
            if about.first() == Some(&0x0d) {
                break;
            }
            let kind = about.get(11).copied().unwrap_or(b'C');
            let (low, high) = (about.get(16).copied().unwrap_or(0), about.get(17).copied().unwrap_or(0));
            // Texts over 254 bytes keep the rest of their length where numbers have their decimals.
            let length = usize::from(low) + if kind == b'C' { usize::from(high) << 8 } else { 0 };
            let name: Vec<u8> = about.iter().take(11).copied().take_while(|b| *b != 0).collect();
            columns.push(Column { name, kind, start, length });
            start += length;
        }
        if columns.is_empty() || record_length == 0 || start > record_length {
            return Err(damaged("its columns do not fit its records"));
        }
        let records = bytes.get(header_length..).ok_or_else(|| damaged("it has no records where its header says"))?;
        Ok(Self { columns, records, record_length, language, stated: stated as usize })
    }

    /// How many whole records there are.
    pub(crate) fn len(&self) -> usize {
        (self.records.len() / self.record_length).min(self.stated)
    }

    fn raw(&self, at: usize) -> &[u8] {
        self.records.get(at * self.record_length..(at + 1) * self.record_length).unwrap_or(&[])
    }

    fn bytes_of<'r>(record: &'r [u8], column: &Column) -> &'r [u8] {
        record.get(column.start..column.start + column.length).unwrap_or(&[])
    }

    /// Settles the encoding: the mapping, the `.cpg` file, the table's own byte; whatever they say is checked, since
    /// a wrong one is common; and a guess, which is said, where nothing holds.
    pub(crate) fn encoding(&self, wanted: Option<&str>, cpg: Option<&[u8]>, log: &mut Log) -> Decoder {
        if let Some(encoding) = wanted.and_then(|name| Encoding::for_label(name.as_bytes())) {
            return Decoder::new(encoding, "named in the mapping");
        }
        let texts = self.texts();
        let is_utf8 = std::str::from_utf8(&texts).is_ok();
        let stated = cpg.and_then(cpg_named).map(|encoding| (encoding, "its .cpg file"));
        let stated = stated.or_else(|| Some((language(self.language)?, "the language byte of its table")));
        match stated {
            // Older encodings hardly ever make valid UTF-8 by chance.
            Some((encoding, how)) if (encoding == UTF_8 && is_utf8) || (encoding != UTF_8 && !is_utf8) => {
                return Decoder::new(encoding, how);
            }
            Some((encoding, how)) if texts.is_ascii() => return Decoder::new(encoding, how),
            _ => {}
        }
        let (_, used) = source::decode(texts, None, log);
        let lines_alone = used.name.strip_prefix("UTF-8 and ").map(str::to_owned);
        let name = lines_alone.as_deref().unwrap_or(&used.name);
        Decoder {
            encoding: Encoding::for_label(name.as_bytes()).unwrap_or(UTF_8),
            mixed: lines_alone.is_some(),
            used: used.clone(),
        }
    }

    /// All names and texts, one a line.
    fn texts(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for column in &self.columns {
            out.extend_from_slice(&column.name);
            out.push(b'\n');
        }
        for at in 0..self.len() {
            let record = self.raw(at);
            for column in self.columns.iter().filter(|column| column.kind == b'C') {
                let text = trimmed(Self::bytes_of(record, column));
                if !text.is_ascii() {
                    out.extend_from_slice(text);
                    out.push(b'\n');
                }
            }
        }
        out
    }

    /// The names of the columns.
    pub(crate) fn names(&self, decoder: &Decoder) -> Vec<String> {
        self.columns.iter().map(|column| decoder.text(&column.name).trim().to_owned()).collect()
    }

    /// One record.
    pub(crate) fn record(&self, at: usize, decoder: &Decoder) -> Record {
        let record = self.raw(at);
        let cells =
            self.columns.iter().map(|column| cell(column.kind, Self::bytes_of(record, column), decoder)).collect();
        Record { cells, deleted: record.first() == Some(&b'*') }
    }

    /// Says when the table promises more records than it has.
    pub(crate) fn check(&self, log: &mut Log) {
        if self.len() < self.stated {
            let reason = format!("the table promises {} records and has {}", self.stated, self.len());
            log.add(Finding::new(FindingKind::FeatureUnusable { reason }));
        }
    }
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|b| !matches!(b, b' ' | 0)).map_or(0, |at| at + 1);
    bytes.get(..end).unwrap_or(&[])
}

fn cell(kind: u8, bytes: &[u8], decoder: &Decoder) -> (String, Native) {
    let text = || decoder.text(trimmed(bytes)).trim_start_matches('\0').to_owned();
    match kind {
        b'N' | b'F' => {
            let text = text().trim().to_owned();
            // Stars are how a number is written that did not fit.
            if text.starts_with('*') { (String::new(), Native::Text) } else { (text, Native::Number) }
        }
        b'D' => match text().trim() {
            day if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) && day != "00000000" => {
                let part = |from, to| day.get(from..to).unwrap_or("");
                (format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8)), Native::Date)
            }
            "00000000" => (String::new(), Native::Text),
            other => (other.to_owned(), Native::Text),
        },
        b'L' => match bytes.first() {
            Some(b'T' | b't' | b'Y' | b'y') => ("true".to_owned(), Native::Text),
            Some(b'F' | b'f' | b'N' | b'n') => ("false".to_owned(), Native::Text),
            _ => (String::new(), Native::Text),
        },
        b'I' | b'+' => match bytes.first_chunk::<4>() {
            Some(number) => (i32::from_le_bytes(*number).to_string(), Native::Number),
            None => (String::new(), Native::Text),
        },
        b'B' | b'O' => match bytes.first_chunk::<8>() {
            Some(number) => (f64::from_le_bytes(*number).to_string(), Native::Number),
            None => (String::new(), Native::Text),
        },
        _ => (text(), Native::Text),
    }
}

/// How texts are decoded.
pub(crate) struct Decoder {
    encoding: &'static Encoding,
    /// Whether what is UTF-8 is read as that, and only the rest in the other encoding.
    mixed: bool,
    pub(crate) used: EncodingUsed,
}

impl Decoder {
    fn new(encoding: &'static Encoding, how: &str) -> Self {
        Self { encoding, mixed: false, used: EncodingUsed { name: encoding.name().to_owned(), how: how.to_owned() } }
    }

    fn text(&self, bytes: &[u8]) -> String {
        match std::str::from_utf8(bytes) {
            Ok(text) if self.mixed || bytes.is_ascii() => text.to_owned(),
            _ => self.encoding.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }
}

/// The encoding that a `.cpg` file names: `UTF-8`, `CP1250`, `1250`, `ANSI 1250`, `ISO 88591`.
fn cpg_named(bytes: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(bytes).trim_matches(['\u{feff}', '\0', ' ', '\r', '\n']).to_ascii_lowercase();
    if let Some(encoding) = Encoding::for_label(text.as_bytes()) {
        return Some(encoding);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let label = match digits.as_str() {
        "65001" | "8" => "utf-8".to_owned(),
        "932" => "shift_jis".to_owned(),
        "936" => "gbk".to_owned(),
        "949" => "euc-kr".to_owned(),
        "950" => "big5".to_owned(),
        "866" => "ibm866".to_owned(),
        number if number.starts_with("125") || number == "874" => format!("windows-{number}"),
        number if number.starts_with("8859") => format!("iso-8859-{}", number.get(4..).unwrap_or("1")),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// The encoding that the table's language byte names, of those that are read here.
fn language(byte: u8) -> Option<&'static Encoding> {
    let label = match byte {
        0x03 | 0x57..=0x59 => "windows-1252",
        0xc8 => "windows-1250",
        0xc9 => "windows-1251",
        0xca => "windows-1254",
        0xcb => "windows-1253",
        0xcc => "windows-1257",
        0x7d => "windows-1255",
        0x7e => "windows-1256",
        0x26 | 0x65 => "ibm866",
        0x13 | 0x7b => "shift_jis",
        0x4d | 0x7a => "gbk",
        0x4e | 0x79 => "euc-kr",
        0x4f | 0x78 => "big5",
        0x50 | 0x7c => "windows-874",
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}
