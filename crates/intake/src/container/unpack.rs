//! Unpacking within bounds: bytes are counted as they come out, and the reading stops at the first one too many.

use super::Raw;
use crate::error::IntakeError;
use crate::options::{Limits, Options};
use crate::source::{self, Kind};
use flate2::read::MultiGzDecoder;
use std::cell::Cell;
use std::io::{Cursor, Read};

/// Below this many bytes a high ratio is no sign of malice: a short table of zeros packs very well.
const RATIO_FROM: u64 = 64 << 20;

/// What may still be unpacked.
pub(super) struct Budget<'a> {
    file: &'a str,
    limits: &'a Limits,
    unpacked: u64,
    entries: usize,
}

impl<'a> Budget<'a> {
    pub(super) fn new(file: &'a str, options: &'a Options<'_>) -> Self {
        Self { file, limits: &options.limits, unpacked: 0, entries: 0 }
    }

    /// Counts bytes that came out; `out` of this entry came from `packed` that went in.
    fn spend(&mut self, bytes: usize, out: usize, packed: u64) -> Result<(), IntakeError> {
        self.unpacked = self.unpacked.saturating_add(bytes as u64);
        let refuse = |limit: String| {
            Err(IntakeError::UnpacksTooLarge { file: self.file.to_owned(), bytes: self.unpacked, limit })
        };
        if self.unpacked > self.limits.max_unpacked_bytes {
            return refuse(format!("{} bytes are allowed", self.limits.max_unpacked_bytes));
        }
        if out as u64 > RATIO_FROM && out as u64 / packed.max(1) > self.limits.max_unpack_ratio {
            return refuse(format!("{} times its own size is allowed", self.limits.max_unpack_ratio));
        }
        Ok(())
    }

    fn entry(&mut self) -> Result<(), IntakeError> {
        self.entries += 1;
        if self.entries > self.limits.max_entries {
            return Err(IntakeError::TooManyEntries { file: self.file.to_owned(), limit: self.limits.max_entries });
        }
        Ok(())
    }

    #[allow(clippy::needless_pass_by_value)] // errors of every kind are handed over as they come
    fn broken(&self, reason: impl ToString) -> IntakeError {
        IntakeError::BrokenArchive { file: self.file.to_owned(), reason: reason.to_string() }
    }

    fn read_all(&mut self, mut from: impl Read, packed: impl Fn() -> u64) -> Result<Vec<u8>, IntakeError> {
        let mut bytes = Vec::new();
        let mut chunk = vec![0; 256 << 10];
        loop {
            let n = from.read(&mut chunk).map_err(|error| self.broken(error))?;
            if n == 0 {
                return Ok(bytes);
            }
            self.spend(n, bytes.len() + n, packed())?;
            bytes.extend_from_slice(chunk.get(..n).unwrap_or(&[]));
        }
    }
}

/// All that is in an archive; archives in it are unpacked too, once.
pub(super) fn archive(
    name: &str,
    kind: Kind,
    bytes: Vec<u8>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Raw>, IntakeError> {
    let mut raws = Vec::new();
    for raw in one(name, kind, bytes, budget)? {
        match inner(&raw) {
            Some(kind) => {
                let inside = one(&raw.name, kind, raw.bytes, budget)?;
                if inside.iter().any(|raw| inner(raw).is_some()) {
                    return Err(budget.broken("archives lie in one another more than once"));
                }
                raws.extend(inside);
            }
            None => raws.push(raw),
        }
    }
    Ok(raws)
}

/// Whether a part is itself an archive, a workbook aside.
fn inner(raw: &Raw) -> Option<Kind> {
    let kind = source::what_is(&raw.bytes, &raw.name).ok()?;
    matches!(kind, Kind::Zip | Kind::Gzip).then_some(kind)
}

fn one(name: &str, kind: Kind, bytes: Vec<u8>, budget: &mut Budget<'_>) -> Result<Vec<Raw>, IntakeError> {
    if kind == Kind::Gzip {
        budget.entry()?;
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".GZ")).unwrap_or(name).to_owned();
        let read = Cell::new(0);
        let counted = Counted { rest: &bytes, read: &read };
        let bytes = budget.read_all(MultiGzDecoder::new(counted), || read.get())?;
        return Ok(vec![Raw { name, bytes }]);
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| budget.broken(error))?;
    let mut raws = Vec::new();
    for at in 0..zip.len() {
        budget.entry()?;
        let entry = zip.by_index(at).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(reason) => {
                budget.broken(format!("an entry is locked or packed in a way that is not read: {reason}"))
            }
            error => budget.broken(error),
        })?;
        let name = readable_name(entry.name_raw());
        if entry.is_dir() || name.starts_with("__MACOSX/") || last(&name).starts_with('.') {
            continue;
        }
        let packed = entry.compressed_size();
        let bytes = budget.read_all(entry, || packed)?;
        raws.push(Raw { name, bytes });
    }
    Ok(raws)
}

/// Packed bytes, counted as they are taken: a bomb may be much packed on the whole and little so far.
struct Counted<'a> {
    rest: &'a [u8],
    read: &'a Cell<u64>,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.rest.read(into)?;
        self.read.set(self.read.get() + n as u64);
        Ok(n)
    }
}

/// Names are UTF-8, or in the code page of the computer that packed them; any reading of them will do here.
fn readable_name(raw: &[u8]) -> String {
    let name = String::from_utf8_lossy(raw);
    name.replace('\\', "/")
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
