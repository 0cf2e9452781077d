//! The file's bytes: is it there, how large is it, what is it, and in which encoding.

use crate::container;
use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::intake::{EncodingUsed, SetAside};
use crate::log::Log;
use crate::options::Options;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A file's bytes and what they are.
pub(crate) struct Loaded {
    /// Empty for a database, which is read where it lies.
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: String,
    pub(crate) kind: Kind,
}

/// What a file is, by its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ZIP-based or older workbook.
    Workbook,
    /// JSON of some kind.
    Json,
    /// XML of some kind.
    Xml,
    /// Text in lines.
    Text,
    /// `SQLite`, as `GeoPackage` is.
    Database,
    /// The geometry of a shapefile.
    Shapefile,
    /// ZIP archive that is no workbook.
    Zip,
    /// Gzip archive.
    Gzip,
    /// Parquet.
    Parquet,
    /// `FlatGeobuf`.
    FlatGeobuf,
}

/// The name that messages use.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Reads the file within the limits. `length` is what the system says of it.
pub(crate) fn load(path: &Path, file: &str, length: u64, options: &Options<'_>) -> Result<Loaded, IntakeError> {
    let limit = options.limits.max_file_bytes;
    let too_large = |bytes: u64| IntakeError::TooLarge { file: file.to_owned(), bytes, limit };
    if length > limit {
        return Err(too_large(length));
    }
    let io = |error: std::io::Error| container::io(path, error);
    let mut input = File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 1 << 20];
    let mut kind = None;
    let mut read = 0u64;
    let mut lines = LineGauge::default();
    loop {
        let n = input.read(&mut chunk).map_err(io)?;
        let piece = chunk.get(..n).unwrap_or(&[]);
        if piece.is_empty() {
            break;
        }
        hasher.update(piece);
        read += n as u64;
        // The file may have grown since it was measured.
        if read > limit {
            return Err(too_large(read));
        }
        if kind != Some(Kind::Database) {
            bytes.extend_from_slice(piece);
        }
        let found = match kind {
            Some(found) => found,
            None => *kind.insert(what_is(&bytes, file)?),
        };
        if found == Kind::Text && lines.longest(piece) > options.limits.max_record_bytes {
            let limit = options.limits.max_record_bytes;
            return Err(IntakeError::RecordTooLong { file: file.to_owned(), line: lines.line + 1, limit });
        }
        options.report(usize::try_from(read / 2).unwrap_or(usize::MAX), usize::try_from(length).unwrap_or(usize::MAX));
    }
    let Some(kind) = kind else { return Err(IntakeError::Empty { file: file.to_owned() }) };
    if kind == Kind::Database {
        bytes = Vec::new();
    }
    Ok(Loaded { bytes, sha256: hex(&hasher.finalize()), kind })
}

/// Whether a text from an archive has a line longer than one record may be.
pub(crate) fn check_lines(file: &str, bytes: &[u8], options: &Options<'_>) -> Result<(), IntakeError> {
    let mut lines = LineGauge::default();
    let limit = options.limits.max_record_bytes;
    for piece in bytes.chunks(1 << 20) {
        if lines.longest(piece) > limit {
            return Err(IntakeError::RecordTooLong { file: file.to_owned(), line: lines.line + 1, limit });
        }
    }
    Ok(())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Measures lines while they are read, so that a file of one endless line is refused early.
#[derive(Default)]
struct LineGauge {
    line: u64,
    length: usize,
}

impl LineGauge {
    fn longest(&mut self, piece: &[u8]) -> usize {
        let mut longest = 0;
        for part in piece.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            self.length += part.len();
            longest = longest.max(self.length);
            if part.ends_with(b"\n") || part.ends_with(b"\r") {
                self.line += u64::from(part.ends_with(b"\n"));
                self.length = 0;
            }
        }
        longest
    }
}

pub(crate) fn not_a_table(file: &str, what: &str, remedy: &str) -> IntakeError {
    IntakeError::NotATable { file: file.to_owned(), what: what.to_owned(), remedy: remedy.to_owned() }
}

/// What bytes are, by what they begin with and, between workbook and archive, by the name's ending.
pub(crate) fn what_is(bytes: &[u8], file: &str) -> Result<Kind, IntakeError> {
    const KNOWN: [(&[u8], Kind); 5] = [
        (b"SQLite format 3\0", Kind::Database),
        (b"\x1f\x8b", Kind::Gzip),
        (b"\x00\x00\x27\x0a", Kind::Shapefile),
        (b"PAR1", Kind::Parquet),
        (b"fgb\x03fgb", Kind::FlatGeobuf),
    ];
    const SIGNATURES: [(&[u8], &str, &str); 6] = [
        (b"%PDF", "a PDF document", "ask for the data behind it as CSV or XLSX"),
        (b"\x89PNG", "a picture", "give the table itself"),
        (b"\xff\xd8\xff", "a picture", "give the table itself"),
        (b"Rar!", "a RAR archive", "unpack it first"),
        (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
        (b"{\\rtf", "a text document", "give the table as CSV or XLSX"),
    ];
    if bytes.is_empty() {
        return Err(IntakeError::Empty { file: file.to_owned() });
    }
    if let Some((_, kind)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Ok(*kind);
    }
    if let Some((_, what, remedy)) = SIGNATURES.iter().find(|(magic, _, _)| bytes.starts_with(magic)) {
        return Err(not_a_table(file, what, remedy));
    }
    let has = |needle: &[u8]| bytes.windows(needle.len()).take(1 << 20).any(|window| window == needle);
    let extension = file.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Ok(Kind::Workbook);
    }
    if bytes.starts_with(b"PK") && bytes.get(2).is_some_and(|byte| *byte < 9) {
        let named = matches!(extension.as_str(), "xlsx" | "xlsm" | "xlsb" | "ods");
        if named || has(b"xl/") || has(b"[Content_Types].xml") || has(b"opendocument.spreadsheet") {
            return Ok(Kind::Workbook);
        }
        return Ok(Kind::Zip);
    }
    if matches!(extension.as_str(), "xlsx" | "xlsm" | "xlsb") {
        let reason = "it does not begin as a workbook does".to_owned();
        if looks_binary(bytes) {
            return Err(IntakeError::BrokenWorkbook { file: file.to_owned(), reason });
        }
    }
    if !has_utf16_mark(bytes) && !looks_utf16(bytes) && looks_binary(bytes) {
        return Err(not_a_table(file, "binary data of no known kind", "export the table as CSV, XLSX or GeoJSON"));
    }
    text_kind(bytes, file)
}

fn text_kind(bytes: &[u8], file: &str) -> Result<Kind, IntakeError> {
    // In UTF-16 every other byte is NUL; putting those aside shows what the text begins with.
    let mut start = bytes
        .iter()
        .copied()
        .filter(|b| !matches!(b, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff | 0x1e) && !b.is_ascii_whitespace());
    let first: Vec<u8> = start.by_ref().take(14).map(|b| b.to_ascii_lowercase()).collect();
    match first.first() {
        Some(b'{' | b'[') => Ok(Kind::Json),
        Some(b'<')
            if first.starts_with(b"<html") || first.starts_with(b"<!doctypehtml") || first.starts_with(b"<table") =>
        {
            Err(not_a_table(file, "a web page", "open it in a spreadsheet program and save it as XLSX or CSV"))
        }
        Some(b'<') => Ok(Kind::Xml),
        _ => Ok(Kind::Text),
    }
}

fn has_utf16_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// Western text in UTF-16 without its mark: nearly every other byte is NUL.
fn looks_utf16(bytes: &[u8]) -> bool {
    let sample = bytes.get(..bytes.len().min(4096)).unwrap_or(&[]);
    let nul = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (nul(0), nul(1), sample.len() / 2);
    half >= 4 && ((odd * 10 > half * 7 && even * 20 < half) || (even * 10 > half * 7 && odd * 20 < half))
}

fn looks_binary(bytes: &[u8]) -> bool {
    let sample = bytes.get(..bytes.len().min(64 << 10)).unwrap_or(&[]);
    let control = |byte: &&u8| **byte < 32 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1e | 0x1f | 0x1a);
    sample.contains(&0) || sample.iter().filter(control).count() * 100 > sample.len() * 2
}

/// Decodes the text and says how. `wanted` is the encoding that a mapping names.
pub(crate) fn decode(bytes: Vec<u8>, wanted: Option<&str>, log: &mut Log) -> (String, EncodingUsed) {
    if let Some(encoding) = wanted.and_then(|name| Encoding::for_label(name.as_bytes())) {
        return decoded_as(&bytes, encoding, "named in the mapping", log);
    }
    if let Some((encoding, _)) = Encoding::for_bom(&bytes) {
        return decoded_as(&bytes, encoding, "its byte order mark", log);
    }
    if looks_utf16(&bytes) {
        let big = bytes.first() == Some(&0);
        let used = decoded_as(&bytes, if big { UTF_16BE } else { UTF_16LE }, "assumed", log);
        log.add(Finding::new(FindingKind::EncodingAssumed { encoding: used.1.name.clone() }));
        return used;
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, EncodingUsed { name: UTF_8.name().to_owned(), how: "valid".to_owned() }),
        Err(error) => legacy(&error.into_bytes(), log),
    }
}

fn decoded_as(bytes: &[u8], encoding: &'static Encoding, how: &str, log: &mut Log) -> (String, EncodingUsed) {
    let (text, used, lost) = encoding.decode(bytes);
    if lost {
        log.add(Finding::new(FindingKind::UnreadableBytes { encoding: used.name().to_owned() }));
    }
    (text.into_owned(), EncodingUsed { name: used.name().to_owned(), how: how.to_owned() })
}

/// Not valid UTF-8: an older encoding is guessed from the lines that are not; lines that are stay UTF-8.
fn legacy(bytes: &[u8], log: &mut Log) -> (String, EncodingUsed) {
    let lines = || bytes.split_inclusive(|byte| *byte == b'\n');
    let is_utf8 = |line: &&[u8]| std::str::from_utf8(line).is_ok();
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    let mut foreign = 0u64;
    for line in lines().filter(|line| !is_utf8(line)) {
        detector.feed(line, false);
        foreign += 1;
    }
    detector.feed(b"", true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Deny);
    let proper = lines().filter(|line| !line.is_ascii() && is_utf8(line)).count() as u64;
    let name = encoding.name().to_owned();
    // Older encodings hardly ever make valid UTF-8 by chance, so even a few such lines are what they seem.
    if proper * 10 < foreign {
        log.add(Finding::new(FindingKind::EncodingAssumed { encoding: name }));
        return decoded_as(bytes, encoding, "assumed", log);
    }
    log.add(Finding::new(FindingKind::MixedEncoding { lines: foreign, encoding: name.clone() }).times(foreign));
    let mut text = String::with_capacity(bytes.len());
    for line in lines() {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => text.push_str(&encoding.decode_without_bom_handling(line).0),
        }
    }
    (text, EncodingUsed { name: format!("UTF-8 and {name}"), how: "assumed".to_owned() })
}

/// Rows set aside, by row.
pub(crate) fn in_order(mut set_aside: Vec<SetAside>) -> Vec<SetAside> {
    set_aside.sort_by_key(|aside| aside.row);
    set_aside
}
