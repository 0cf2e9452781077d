//! `mineban backup`: everything that a node keeps, saved while it runs, checked, and put back.

use std::path::PathBuf;

use clap::Subcommand;
use desk::backup::{self, Restoring};
use desk::{DeskError, Value};

use crate::cli::{Done, Given};
use crate::output::{self, Progress};

/// `backup create|verify|restore`
#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// Save journal and field files into a new folder; the site may go on. The signing key (journal.key) is not in it: keep
    /// that apart
    #[command(after_help = "Example: mineban backup create backup-2026-11-23")]
    Create {
        /// The folder, which is not there yet
        folder: PathBuf,
    },
    /// Check a backup: every file, every act, the signed checkpoint
    #[command(after_help = "Example: mineban backup verify backup-2026-11-23")]
    Verify {
        /// The backup
        folder: PathBuf,
    },
    /// Put a backup back, here or on another machine, into a folder or a PostgreSQL database; never as another history
    #[command(
        after_help = "Example: mineban backup restore backup-2026-11-23 --data mineban-data --key journal.key --checkpoint COL-2025.receipt.json"
    )]
    Restore {
        /// The backup
        folder: PathBuf,
        /// The signing key that was kept apart; not needed where it is in the data folder already
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Go on under a new signing key
        #[arg(long, conflicts_with = "key")]
        new_key: bool,
        /// The last that is known of the journal: a receipt, or a signed checkpoint. A backup that does not reach it is
        /// refused
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
}

impl Backup {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let words = given.words;
        match self {
            Self::Create { folder } => {
                let made = backup::create(&given.place, &given.objects, folder, given.now).await?;
                let text = words.with("backup-created", &counts(&made, folder));
                said(given, &made, &text)
            }
            Self::Verify { folder } => {
                let whole = backup::verify(folder)?.manifest;
                let text = words.with("backup-verified", &counts(&whole, folder));
                said(given, &whole, &text)
            }
            Self::Restore { folder, key, new_key, checkpoint } => {
                let progress = Progress::of_things();
                let how = Restoring { key: key.as_deref(), new_key: *new_key, checkpoint: checkpoint.as_deref() };
                let done =
                    backup::restore(&given.place, &given.objects, folder, how, |acts| progress.at(acts, 0)).await?;
                drop(progress);
                let values = [
                    ("acts", Value::from(done.acts)),
                    ("already", Value::from(done.already_there)),
                    ("reports", Value::from(done.reports)),
                    ("files", Value::from(done.field_files)),
                    ("proven", Value::from(done.proven_from)),
                    ("key", Value::from(done.key.as_str())),
                ];
                said(given, &done, &words.with("backup-restored", &values))
            }
        }
    }
}

fn counts(manifest: &backup::Manifest, folder: &std::path::Path) -> [(&'static str, Value); 4] {
    [
        ("acts", Value::from(manifest.acts)),
        ("reports", Value::from(manifest.reports)),
        ("files", Value::from(manifest.files.len() - 1)),
        ("folder", Value::Text(folder.display().to_string())),
    ]
}

fn said(given: &Given, value: &impl serde::Serialize, text: &str) -> Result<Done, DeskError> {
    if given.json {
        output::print_json(value)?;
    } else {
        output::print(&format!("{text}\n"))?;
    }
    Ok(Done::Fine)
}
