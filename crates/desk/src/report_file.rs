//! Report files: JSON that a person can read and mend, with one canonical spelling.

use std::path::Path;

use treaty::article7::report::Report;

use crate::error::DeskError;
use crate::files;

/// The report's file, byte for byte: JSON, indented by two spaces, a line feed at the end.
#[must_use]
pub fn to_bytes(report: &Report) -> Vec<u8> {
    // A report is structures, text and finite numbers: writing it cannot fail.
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Reads a report file.
///
/// # Errors
/// It cannot be read, or is no report; line and column say where.
pub fn read(path: &Path) -> Result<Report, DeskError> {
    parse(&files::read(path)?, path)
}

/// Reads a report from bytes; `path` is for the error.
///
/// # Errors
/// It is no report; line and column say where.
pub fn parse(bytes: &[u8], path: &Path) -> Result<Report, DeskError> {
    let not = |reason: String| DeskError::NotAReport { path: path.to_owned(), reason };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(not("it is empty".to_owned()));
    }
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bare).map_err(|error| {
        not(if is_public_edition(bare) {
            "it is a public edition, in which figures are hidden; take the file that the State lodged".to_owned()
        } else {
            error.to_string()
        })
    })
}

fn is_public_edition(bytes: &[u8]) -> bool {
    let read = serde_json::from_slice::<serde_json::Value>(bytes);
    read.is_ok_and(|read| read.get("format").is_some_and(|format| format == crate::edition::PUBLIC_FORMAT))
}
