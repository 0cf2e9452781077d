//! An export, read through and checked without a database: what a backup is known by.

use std::collections::HashSet;
use std::io::BufRead;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use treaty::act::Act;
use treaty::register::Register;

use crate::error::ImportError;
use crate::journal::sha256_hex;
use crate::key::VerifierKey;
use crate::memory::{Written, report_of};
use crate::transfer::{Blob, EndLine, Lines};
use crate::tree::Tree;

/// An export that is whole: each line as an export writes it, each report file by its name, each act admitted after those
/// before it, and the last line's count and root.
pub struct Exported {
    /// The journal's name.
    pub origin: String,
    /// Acts.
    pub acts: u64,
    /// Report files.
    pub blobs: u64,
    /// The root over the acts, in base64.
    pub root: String,
    tree: Tree,
}

impl std::fmt::Debug for Exported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exported").field("origin", &self.origin).field("acts", &self.acts).finish_non_exhaustive()
    }
}

/// Why an export does not go on from a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotContinued {
    /// Another journal's, or changed.
    #[error("the checkpoint {reason}")]
    NotOurs {
        /// Why.
        reason: String,
    },
    /// Acts that were signed are missing.
    #[error("{signed} acts had been signed by then, and {held} are here")]
    Shorter {
        /// How many the checkpoint covers.
        signed: u64,
        /// How many there are.
        held: u64,
    },
    /// Another history.
    #[error("its first {signed} acts are not those that were signed")]
    Forked {
        /// How many the checkpoint covers.
        signed: u64,
    },
}

impl Exported {
    /// Reads an export from its first line to its last.
    ///
    /// # Errors
    /// The input cannot be read, or is not whole.
    pub fn read(input: impl BufRead) -> Result<Self, ImportError> {
        let mut lines = Lines::new(input);
        let origin = lines.header()?;
        let mut read = Reading::default();
        while let Some(text) = lines.next()? {
            let line = if text.starts_with("{\"blob\":") {
                read.blob(&text)
            } else if text.starts_with("{\"end\":") {
                read.end(&text)
            } else {
                read.act(text)
            };
            line.map_err(|reason| lines.bad(&reason))?;
        }
        let root = read.root.ok_or_else(|| lines.bad("the file is cut off: its last line is missing"))?;
        Ok(Self { origin, acts: read.tree.size(), blobs: read.reports.len() as u64, root, tree: read.tree })
    }

    /// That the journal which `note` signed was the beginning of this one, or this one.
    ///
    /// # Errors
    /// It was not: whatever is made from this export would be another history.
    pub fn continues(&self, note: &str, key: &str) -> Result<u64, NotContinued> {
        let not_ours = |fault: crate::key::KeyFault| NotContinued::NotOurs { reason: fault.to_string() };
        let key = VerifierKey::parse(key).map_err(not_ours)?;
        let (checkpoint, root) = key.open(note).map_err(not_ours)?;
        let signed = checkpoint.size;
        match self.tree.root_at(signed) {
            Err(_) => Err(NotContinued::Shorter { signed, held: self.acts }),
            Ok(ours) if ours != root => Err(NotContinued::Forked { signed }),
            Ok(_) => Ok(signed),
        }
    }
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    tree: Tree,
    register: Register,
    ids: HashSet<String>,
    reports: HashSet<String>,
    /// The report file on the line before.
    held: Option<String>,
    root: Option<String>,
}

impl Reading {
    fn blob(&mut self, text: &str) -> Result<(), String> {
        self.goes_on()?;
        let blob: Blob = serde_json::from_str(text).map_err(|error| format!("this is no report file ({error})"))?;
        let bytes =
            STANDARD.decode(&blob.base64).map_err(|error| format!("the report file is not in base64 ({error})"))?;
        if sha256_hex(&bytes) != blob.blob {
            return Err("the report file was changed: its SHA-256 is not the one beside it".to_owned());
        }
        if self.held.is_some() || !self.reports.insert(blob.blob.clone()) {
            return Err("the report file is named by no act, or stands in the file twice".to_owned());
        }
        self.held = Some(blob.blob);
        Ok(())
    }

    fn act(&mut self, body: String) -> Result<(), String> {
        self.goes_on()?;
        let act: Act = serde_json::from_str(&body).map_err(|error| format!("this is no act ({error})"))?;
        if serde_json::to_string(&act).ok().as_deref() != Some(body.as_str()) {
            return Err("the act is not spelled as this program writes it".to_owned());
        }
        let report = report_of(&act);
        let held = self.held.take();
        if held.is_some() && held.as_deref() != report {
            return Err("the act does not name the report file on the line before it".to_owned());
        }
        if let Some(missing) = report.filter(|sha256| !self.reports.contains(*sha256)) {
            return Err(format!("the report file {missing} that the act names is missing"));
        }
        if !self.ids.insert(act.id.0.clone()) {
            return Err(format!("the act {} stands in the file twice", act.id));
        }
        self.register.admit(&act).map_err(|refusal| format!("act {} is refused: {refusal}", act.id))?;
        let leaf = Written { act, body }.leaf();
        self.tree.push(leaf).map_err(|error| error.to_string())
    }

    fn end(&mut self, text: &str) -> Result<(), String> {
        self.goes_on()?;
        let line: EndLine = serde_json::from_str(text).map_err(|error| format!("this is no last line ({error})"))?;
        let root = self.tree.root().map_err(|error| error.to_string())?.to_string();
        if line.end.acts != self.tree.size() || line.end.root != root || self.held.is_some() {
            return Err("the acts before it are not those that were exported".to_owned());
        }
        self.root = Some(root);
        Ok(())
    }

    fn goes_on(&self) -> Result<(), String> {
        if self.root.is_some() { Err("something follows the last line".to_owned()) } else { Ok(()) }
    }
}
