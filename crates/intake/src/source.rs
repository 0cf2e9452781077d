//! The file's bytes: is it there, how large is it, what is it, and in which encoding.

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
pub(crate) struct Source {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: String,
    pub(crate) container: Container,
}

/// What a file is, by its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// ZIP-based or older workbook.
    Workbook,
    /// JSON of some kind.
    Json,
    /// Text in lines.
    Text,
}

/// The name that messages use.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// What the system said about a path, for people.
pub(crate) fn trouble(path: &Path) -> impl Fn(std::io::Error) -> IntakeError {
    move |source| match source.kind() {
        std::io::ErrorKind::NotFound => IntakeError::Missing { path: path.to_owned() },
        _ => IntakeError::Io { path: path.to_owned(), source },
    }
}

/// Reads the file within the limits.
pub(crate) fn open(path: &Path, options: &Options<'_>) -> Result<Source, IntakeError> {
    let file = name_of(path);
    let io = trouble(path);
    let about = std::fs::metadata(path).map_err(&io)?;
    if about.is_dir() {
        return Err(IntakeError::Folder { path: path.to_owned() });
    }
    if !about.is_file() {
        return Err(not_a_table(&file, "not an ordinary file", "copy its contents to a file"));
    }
    let limit = options.limits.max_file_bytes;
    if about.len() > limit {
        return Err(IntakeError::TooLarge { file, bytes: about.len(), limit });
    }
    let mut input = File::open(path).map_err(&io)?;
    let mut bytes = Vec::new();
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 1 << 20];
    let mut container = None;
    let mut lines = LineGauge::default();
    loop {
        let n = input.read(&mut chunk).map_err(&io)?;
        let piece = chunk.get(..n).unwrap_or(&[]);
        if piece.is_empty() {
            break;
        }
        hasher.update(piece);
        bytes.extend_from_slice(piece);
        // The file may have grown since it was measured.
        if bytes.len() as u64 > limit {
            return Err(IntakeError::TooLarge { file, bytes: bytes.len() as u64, limit });
        }
        let found = match container {
            Some(found) => found,
            None => *container.insert(what_is(&bytes, path, &file)?),
        };
        if found == Container::Text && lines.longest(piece) > options.limits.max_record_bytes {
            let limit = options.limits.max_record_bytes;
            return Err(IntakeError::RecordTooLong { file, line: lines.line + 1, limit });
        }
        options.report(bytes.len() / 2, usize::try_from(about.len()).unwrap_or(usize::MAX));
    }
    let Some(container) = container else { return Err(IntakeError::Empty { file }) };
    let sha256 = hex(&hasher.finalize());
    Ok(Source { bytes, sha256, container })
}

fn hex(bytes: &[u8]) -> String {
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

fn what_is(bytes: &[u8], path: &Path, file: &str) -> Result<Container, IntakeError> {
    const SIGNATURES: [(&[u8], &str, &str); 10] = [
        (b"%PDF", "a PDF document", "ask for the data behind it as CSV or XLSX"),
        (b"\x89PNG", "a picture", "give the table itself"),
        (b"\xff\xd8\xff", "a picture", "give the table itself"),
        (b"SQLite format 3", "a database such as a GeoPackage", "export the layer as GeoJSON or CSV"),
        (b"\x1f\x8b", "a gzip archive", "unpack it first"),
        (b"Rar!", "a RAR archive", "unpack it first"),
        (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
        (b"\x00\x00\x27\x0a", "a shapefile", "export the layer as GeoJSON in longitude and latitude"),
        (b"{\\rtf", "a text document", "give the table as CSV or XLSX"),
        (b"PAR1", "a Parquet file", "export it as CSV or GeoJSON"),
    ];
    if let Some((_, what, remedy)) = SIGNATURES.iter().find(|(magic, _, _)| bytes.starts_with(magic)) {
        return Err(not_a_table(file, what, remedy));
    }
    let has = |needle: &[u8]| bytes.windows(needle.len()).take(1 << 20).any(|window| window == needle);
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Ok(Container::Workbook);
    }
    if bytes.starts_with(b"PK") && bytes.get(2).is_some_and(|byte| *byte < 9) {
        let named = matches!(extension.as_str(), "xlsx" | "xlsm" | "xlsb" | "ods");
        if named || has(b"xl/") || has(b"[Content_Types].xml") || has(b"opendocument.spreadsheet") {
            return Ok(Container::Workbook);
        }
        return Err(not_a_table(file, "a ZIP archive", "unpack it and give the file inside"));
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

fn text_kind(bytes: &[u8], file: &str) -> Result<Container, IntakeError> {
    // In UTF-16 every other byte is NUL; putting those aside shows what the text begins with.
    let mut start = bytes
        .iter()
        .copied()
        .filter(|b| !matches!(b, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff | 0x1e) && !b.is_ascii_whitespace());
    let first: Vec<u8> = start.by_ref().take(14).map(|b| b.to_ascii_lowercase()).collect();
    match first.first() {
        Some(b'{' | b'[') => Ok(Container::Json),
        Some(b'<')
            if first.starts_with(b"<html") || first.starts_with(b"<!doctypehtml") || first.starts_with(b"<table") =>
        {
            Err(not_a_table(file, "a web page", "open it in a spreadsheet program and save it as XLSX or CSV"))
        }
        Some(b'<') => Err(not_a_table(file, "XML, such as KML", "export it as GeoJSON or CSV")),
        _ => Ok(Container::Text),
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
