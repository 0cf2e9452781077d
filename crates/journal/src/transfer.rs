//! Export and import: the journal as lines of JSON.
//!
//! ```text
//! {"format":"mineban-journal/1","origin":"mineban.example/journal"}
//! {"id":"state/COL", …}                       an act: the very bytes that were hashed
//! {"blob":"<sha256>","base64":"…"}            a report file, right before the first act that names it
//! {"id":"report/COL/2025/1", …}
//! {"end":{"acts":1434,"root":"…"}}             how many acts, and the root over them: a file that was cut off or changed shows
//! ```

use std::io::{BufRead, Read as _, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use treaty::act::Act;

use crate::error::{Fault, ImportError, JournalError};
use crate::journal::{Journal, sha256_hex};
use crate::memory::{Written, report_of};
use crate::store;

/// The form of an export. A change of the form changes this text.
pub const EXPORT_FORMAT: &str = "mineban-journal/1";

/// Acts of one transaction while importing: a few seconds of work at most are lost when it is interrupted.
const BATCH_ACTS: usize = 200;
/// Bytes of report files of one transaction while importing.
const BATCH_BYTES: usize = 16 << 20;
/// The longest line that is read: a report file of some 190 MB.
const MAX_LINE: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    origin: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blob {
    pub(crate) blob: String,
    pub(crate) base64: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndLine {
    pub(crate) end: End,
}

/// The last line's word on all the lines before it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct End {
    pub(crate) acts: u64,
    pub(crate) root: String,
}

/// What was exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportSummary {
    /// Acts written.
    pub acts: u64,
    /// Report files written.
    pub blobs: u64,
}

/// What was imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Acts that are new here.
    pub imported: u64,
    /// Acts that were here already.
    pub skipped: u64,
    /// Report files that are new here.
    pub blobs: u64,
}

/// The name of the journal that an export was made from, read from its first line: a new journal that is to take the
/// export in must be created with this name.
///
/// # Errors
/// The input cannot be read, or is no export.
pub fn origin_of_export(input: &mut impl BufRead) -> Result<String, ImportError> {
    Lines::new(input).header()
}

impl Journal {
    /// Writes the whole journal as lines of JSON. The same journal gives the same bytes; the signer's key is not in it.
    ///
    /// # Errors
    /// The output cannot be written, or the journal is damaged.
    pub async fn export(&self, mut out: impl Write) -> Result<ExportSummary, JournalError> {
        let mut done = ExportSummary::default();
        let mut written = std::collections::HashSet::new();
        let header = Header { format: EXPORT_FORMAT.to_owned(), origin: self.origin().to_owned() };
        put(&mut out, &to_line(&header)?)?;
        while done.acts < self.size() {
            let left = i64::try_from(self.size() - done.acts).unwrap_or(store::PAGE).min(store::PAGE);
            // What is recorded never changes, and is held against memory below; so nothing is kept open while the output is slow.
            let mut view = self.readers.view(&self.location).await?;
            let rows = store::acts_from(&mut view.line(), &self.location, done.acts, left).await?;
            view.close(&self.location).await?;
            if rows.is_empty() {
                return Err(store::damaged(&self.location, Fault::Gap { position: done.acts }));
            }
            for row in rows {
                let position = done.acts;
                let leaf = tlog_tiles::record_hash(row.body.as_bytes());
                let act = self.memory.at(position).filter(|_| self.memory.tree.leaf(position) == Some(leaf));
                let changed = || Fault::ActChanged { position, id: row.id.clone() };
                let act = act.ok_or_else(|| store::damaged(&self.location, changed()))?;
                if let Some(sha256) = report_of(act).filter(|sha256| written.insert((*sha256).to_owned())) {
                    let missing = || store::damaged(&self.location, Fault::BlobMissing { sha256: sha256.to_owned() });
                    let bytes = self.blob(sha256).await?.ok_or_else(missing)?;
                    let blob = Blob { blob: sha256.to_owned(), base64: STANDARD.encode(bytes) };
                    put(&mut out, &to_line(&blob)?)?;
                    done.blobs += 1;
                }
                put(&mut out, &row.body)?;
                done.acts += 1;
            }
        }
        put(&mut out, &to_line(&EndLine { end: End { acts: done.acts, root: self.checkpoint().root } })?)?;
        out.flush().map_err(JournalError::Output)?;
        Ok(done)
    }

    /// Takes in an export of this journal, or of one that begins like it. Acts that are here already, at the same place
    /// with the same bytes, are skipped; the others are appended with their exact bytes, so an export made afterwards is
    /// byte for byte the one imported. `progress` is told the number of acts read so far.
    ///
    /// Interrupted at any moment, it goes on where it was when the same file is imported again.
    ///
    /// # Errors
    /// The file is no export of this journal, a line was changed, the two journals went different ways, or the journal
    /// cannot take an act. What was imported before the line stays.
    pub async fn import(
        &mut self,
        input: impl BufRead,
        mut progress: impl FnMut(u64),
    ) -> Result<ImportSummary, ImportError> {
        let mut lines = Lines::new(input);
        let theirs = lines.header()?;
        if theirs != self.origin() {
            return Err(ImportError::OtherOrigin { theirs, ours: self.origin().to_owned() });
        }
        // Memory is brought up to date, and nobody is kept waiting while lines are read.
        drop(self.take_turn().await.map_err(|source| ImportError::Journal { imported: 0, source })?);
        let mut import = Import::default();
        loop {
            let step = import.step(self, &mut lines);
            if !matches!(step, Ok(true)) || import.is_full() {
                import.flush(self).await?;
                progress(import.read());
            }
            match step {
                Ok(true) => {}
                Ok(false) => return import.agrees(self, &lines),
                Err(mut error) => {
                    error.stayed(import.done.imported);
                    return Err(error);
                }
            }
        }
    }
}

/// An import under way: what was done, and what waits to be written.
#[derive(Default)]
struct Import {
    done: ImportSummary,
    batch: Vec<(u64, Written)>,
    blobs: Vec<(String, Vec<u8>)>,
    /// The report file on the line before, which the next act must name.
    held: Option<(String, Vec<u8>)>,
    /// The last line.
    end: Option<End>,
}

impl Import {
    fn read(&self) -> u64 {
        self.done.imported + self.done.skipped + self.batch.len() as u64
    }

    fn is_full(&self) -> bool {
        self.batch.len() >= BATCH_ACTS || self.blobs.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() >= BATCH_BYTES
    }

    /// Reads one line. `false` at the end.
    fn step(&mut self, journal: &Journal, lines: &mut Lines<impl BufRead>) -> Result<bool, ImportError> {
        let Some(text) = lines.next()? else {
            return match (&self.held, &self.end) {
                (Some(_), _) => Err(lines.bad("the file ends after a report file; the act that names it is cut off")),
                (None, None) => Err(lines.bad("the file is cut off: the last line, which counts the acts, is missing")),
                (None, Some(_)) => Ok(false),
            };
        };
        let result = match &text {
            _ if self.end.is_some() => Err(Problem::line("something follows the last line")),
            text if text.starts_with("{\"blob\":") => self.blob(text),
            text if text.starts_with("{\"end\":") => self.end(text),
            _ => self.act(journal, text, lines.number),
        };
        result.map(|()| true).map_err(|problem| match problem {
            Problem::Line(reason) => lines.bad(&reason),
            Problem::Import(error) => error,
        })
    }

    fn end(&mut self, text: &str) -> Result<(), Problem> {
        let line: EndLine =
            serde_json::from_str(text).map_err(|error| Problem::line(&format!("this is no last line ({error})")))?;
        if serde_json::to_string(&line).ok().as_deref() != Some(text) {
            return Err(Problem::line("the line is not spelled as an export spells it"));
        }
        if line.end.acts != self.read() {
            let (said, read) = (line.end.acts, self.read());
            return Err(Problem::line(&format!("the file counts {said} acts, and {read} stand before this line")));
        }
        self.end = Some(line.end);
        Ok(())
    }

    /// Whether the acts that were read are those that were exported, by the root over them.
    fn agrees(self, journal: &Journal, lines: &Lines<impl BufRead>) -> Result<ImportSummary, ImportError> {
        let root = self.end.as_ref().and_then(|end| journal.memory.tree.root_at(end.acts).ok());
        match (&self.end, root) {
            (Some(end), Some(root)) if end.root == root.to_string() => Ok(self.done),
            _ => {
                let mut error = lines.bad(
                    "the acts before it are not those that were exported: a line was changed after it was written; \
                     get the file again, and take it into a fresh folder",
                );
                error.stayed(self.done.imported);
                Err(error)
            }
        }
    }

    fn blob(&mut self, text: &str) -> Result<(), Problem> {
        if self.held.is_some() {
            return Err(Problem::line("a report file follows another one, and no act names the first"));
        }
        let blob: Blob =
            serde_json::from_str(text).map_err(|error| Problem::line(&format!("this is no report file ({error})")))?;
        let bytes = STANDARD
            .decode(&blob.base64)
            .map_err(|error| Problem::line(&format!("the report file is not in base64 ({error})")))?;
        if sha256_hex(&bytes) != blob.blob {
            return Err(Problem::line("the report file was changed: its SHA-256 is not the one beside it"));
        }
        if serde_json::to_string(&blob).ok().as_deref() != Some(text) {
            return Err(Problem::line("the line is not spelled as an export spells it"));
        }
        self.held = Some((blob.blob, bytes));
        Ok(())
    }

    fn act(&mut self, journal: &Journal, text: String, line: u64) -> Result<(), Problem> {
        let act: Act = serde_json::from_str(&text)
            .map_err(|error| Problem::line(&format!("this is no act that this program knows ({error})")))?;
        // A field that this program does not know would be lost from the register, though not from the journal.
        if serde_json::to_string(&act).ok().as_deref() != Some(text.as_str()) {
            return Err(Problem::line(
                "the act is not spelled as this program writes it: it was edited, or a newer program wrote it",
            ));
        }
        let written = Written { act, body: text };
        let position = self.read();
        let held = self.held.take();
        if let Some((sha256, _)) = &held
            && report_of(&written.act) != Some(sha256)
        {
            return Err(Problem::line("the act does not name the report file on the line before it"));
        }
        if let Some(ours) = journal.memory.at(position) {
            if journal.memory.tree.leaf(position) != Some(written.leaf()) {
                let (ours, theirs) = (ours.id.clone(), written.act.id);
                return Err(Problem::Import(ImportError::Diverged { line, position, ours, theirs, imported: 0 }));
            }
            self.done.skipped += 1;
            return Ok(());
        }
        let id = &written.act.id;
        if journal.memory.position(id).is_some() || self.batch.iter().any(|(_, before)| before.act.id == *id) {
            return Err(Problem::line(&format!("the act {id} stands in the file twice")));
        }
        if let Some(sha256) = report_of(&written.act) {
            let kept = journal.memory.has_report(sha256) || self.blobs.iter().any(|(before, _)| before == sha256);
            match (kept, &held) {
                (true, Some(_)) => return Err(Problem::line("the report file stands in the file twice")),
                (false, None) => {
                    return Err(Problem::line("the report file that the act names is not on the line before it"));
                }
                _ => {}
            }
        }
        self.blobs.extend(held);
        self.batch.push((line, written));
        Ok(())
    }

    /// Writes what waits, in one transaction. When an act is refused, the acts before it are written all the same.
    async fn flush(&mut self, journal: &mut Journal) -> Result<(), ImportError> {
        let (batch, blobs) = (std::mem::take(&mut self.batch), std::mem::take(&mut self.blobs));
        let stopped = |source| ImportError::Journal { imported: self.done.imported, source };
        let before = journal.size();
        let turn = journal.take_turn().await.map_err(stopped)?;
        if journal.size() != before {
            // The lines were held against a journal that has grown since.
            return Err(stopped(JournalError::Overtaken { place: journal.location().to_string() }));
        }
        let mut refused = None;
        let mut keep = batch.len();
        let mut register = treaty::register::Register::clone(&journal.memory.register);
        for (at, (line, written)) in batch.iter().enumerate() {
            if let Err(refusal) = register.admit(&written.act) {
                refused = Some((*line, format!("act {} is refused: {refusal}", written.act.id)));
                keep = at;
                break;
            }
        }
        let fresh: Vec<Written> = batch.into_iter().take(keep).map(|(_, written)| written).collect();
        let named = |sha256: &str| fresh.iter().any(|written| report_of(&written.act) == Some(sha256));
        let blobs: Vec<(String, &[u8])> = blobs
            .iter()
            .filter(|(sha256, _)| named(sha256))
            .map(|(sha256, bytes)| (sha256.clone(), &bytes[..]))
            .collect();
        let (acts, files) = (fresh.len() as u64, blobs.len() as u64);
        journal.record(turn, fresh, blobs).await.map_err(stopped)?;
        self.done.imported += acts;
        self.done.blobs += files;
        match refused {
            Some((line, reason)) => Err(ImportError::Line { line, reason, imported: self.done.imported }),
            None => Ok(()),
        }
    }
}

/// What is wrong with a line.
enum Problem {
    Line(String),
    Import(ImportError),
}

impl Problem {
    fn line(reason: &str) -> Self {
        Self::Line(reason.to_owned())
    }
}

impl ImportError {
    /// Notes how many acts this import has added, once they are written.
    fn stayed(&mut self, count: u64) {
        match self {
            Self::Input { imported, .. }
            | Self::Line { imported, .. }
            | Self::Diverged { imported, .. }
            | Self::Journal { imported, .. } => *imported = count,
            Self::Header { .. } | Self::OtherOrigin { .. } => {}
        }
    }
}

/// Lines of bounded length, with their numbers.
pub(crate) struct Lines<R> {
    input: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    pub(crate) fn next(&mut self) -> Result<Option<String>, ImportError> {
        let mut line = Vec::new();
        let read = self.input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        let read = read.map_err(|source| ImportError::Input { line: self.number, imported: 0, source })?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if line.pop() != Some(b'\n') {
            return Err(self.bad("the line is cut off, or longer than any that an export writes"));
        }
        String::from_utf8(line).map(Some).map_err(|_| self.bad("the line is not UTF-8 text"))
    }

    pub(crate) fn header(&mut self) -> Result<String, ImportError> {
        let refuse = |reason: String| ImportError::Header { reason };
        let line = match self.next() {
            Ok(line) => line.ok_or_else(|| refuse("it is empty".into()))?,
            Err(ImportError::Line { reason, .. }) => return Err(refuse(reason)),
            Err(other) => return Err(other),
        };
        let header: Header =
            serde_json::from_str(&line).map_err(|error| refuse(format!("its first line is no header ({error})")))?;
        if header.format != EXPORT_FORMAT {
            return Err(refuse(format!(
                "it has the form \"{}\", and this program reads {EXPORT_FORMAT}",
                header.format
            )));
        }
        if serde_json::to_string(&header).ok() == Some(line) {
            Ok(header.origin)
        } else {
            Err(refuse("its first line was edited".into()))
        }
    }

    pub(crate) fn bad(&self, reason: &str) -> ImportError {
        ImportError::Line { line: self.number, reason: reason.to_owned(), imported: 0 }
    }
}

fn to_line(value: &impl Serialize) -> Result<String, JournalError> {
    serde_json::to_string(value).map_err(|error| JournalError::Internal(error.to_string()))
}

fn put(out: &mut impl Write, line: &str) -> Result<(), JournalError> {
    out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(JournalError::Output)
}
