//! Backups: everything that is kept, in one folder, made while it runs; checked; and put back, never as another history.
//!
//! ```text
//! <backup>/manifest.json   what is in it: each file with its SHA-256, the journal's key and its signed checkpoint
//! <backup>/journal.jsonl   the journal, as `mineban journal export` writes it: for SQLite and PostgreSQL alike
//! <backup>/field/…         the objects: field files, deliveries, mappings, from whichever object store they lie in
//! <backup>/people.sqlite   accounts and personal data, where they lie in the data folder
//! ```
//!
//! People in a PostgreSQL database are not in it: `pg_dump` saves them. A backup with people in it holds personal data, and
//! is to be kept no longer than these may be.
//!
//! The signer's secret key is not in it: whoever has both could write another history. Keep `journal.key` apart.

mod copies;
mod create;
mod restore;
mod saved_people;
mod verify;

use std::path::PathBuf;

use jiff::Timestamp;
use journal::NotContinued;
use serde::{Deserialize, Serialize};

pub use create::create;
pub use restore::{Restored, Restoring, restore};
pub use verify::{Checked, verify};

/// The form of a backup.
pub const FORMAT: &str = "mineban-backup/1";
const MANIFEST: &str = "manifest.json";
const JOURNAL: &str = "journal.jsonl";
const FIELD: &str = "field";
const PEOPLE: &str = "people.sqlite";

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// The journal's name.
    pub origin: String,
    /// The key that its checkpoints are verified with.
    pub key: String,
    /// Acts.
    pub acts: u64,
    /// Report files.
    pub reports: u64,
    /// The journal's signed checkpoint: a C2SP note.
    pub checkpoint: String,
    /// The files, in the order of their paths.
    pub files: Vec<BackedUp>,
}

/// A file in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackedUp {
    /// Its path in the backup, with slashes.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub bytes: u64,
}

/// What is wrong with a backup, or with putting it back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The folder is taken.
    #[error("{} is there already; name a folder that is not there yet", .0.display())]
    Taken(PathBuf),
    /// No backup, or a damaged one.
    #[error("{} is no whole backup: {reason}; use another one", .folder.display())]
    Damaged {
        /// The backup.
        folder: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It would begin another history.
    #[error(
        "this backup is not put back, for it would fork the journal's history: {0}; find a backup that was made later"
    )]
    Fork(NotContinued),
    /// The journal here is newer.
    #[error("the journal here has {here} acts and the backup {there}: there is nothing to put back")]
    Newer {
        /// Acts here.
        here: u64,
        /// Acts in the backup.
        there: u64,
    },
    /// No key to go on with.
    #[error(
        "the signing key is not in a backup: give the journal.key that was kept apart with --key, or write --new-key to go on under a new one (receipts given out so far are then verified with the old public key)"
    )]
    NoKey,
    /// Another key signs here.
    #[error(
        "the journal here is signed with another key than the backup's; put the backup back where there is no journal, or there is its own"
    )]
    OtherKey,
    /// What was given as a checkpoint is none.
    #[error("{} is neither a receipt nor a checkpoint; give a receipt that was handed out, or the checkpoint in it", .0.display())]
    NoCheckpoint(PathBuf),
}
