//! `mineban journal`: a whole journal out, in, and checked.

use std::fs::File;
use std::path::PathBuf;

use clap::Subcommand;
use desk::{DeskError, Value, transfer};
use serde::Serialize;

use crate::cli::{Done, Given};
use crate::output::{self, Progress};

/// `journal export|import|verify`
#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Write the journal as lines of JSON
    #[command(after_help = "Example: mineban journal export journal.jsonl")]
    Export {
        /// Where to; without it, to the output
        file: Option<PathBuf>,
    },
    /// Take an exported journal in; one that was cut off is repeated
    #[command(after_help = "Example: mineban journal import journal.jsonl --data copy")]
    Import {
        /// The export
        file: PathBuf,
    },
    /// Check the journal: every act, every checkpoint, every report file
    #[command(after_help = "Example: mineban journal verify")]
    Verify,
}

#[derive(Serialize)]
struct Counts {
    acts: u64,
    reports: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    already_there: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoints: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

impl Counts {
    fn new(acts: u64, reports: u64) -> Self {
        Self { acts, reports, already_there: None, checkpoints: None, root: None, origin: None }
    }
}

impl Journal {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let words = given.words;
        let (counts, text) = match self {
            Self::Export { file: None } => {
                transfer::export(&given.place, std::io::stdout()).await?;
                return Ok(Done::Fine);
            }
            Self::Export { file: Some(path) } => {
                let file = File::create(path).map_err(|source| DeskError::Write { path: path.clone(), source })?;
                let done = transfer::export(&given.place, &file).await?;
                file.sync_all().map_err(|source| DeskError::Write { path: path.clone(), source })?;
                let values = [
                    ("acts", Value::from(done.acts)),
                    ("reports", Value::from(done.blobs)),
                    ("file", Value::Text(path.display().to_string())),
                ];
                (Counts::new(done.acts, done.blobs), words.with("journal-exported", &values))
            }
            Self::Import { file } => {
                let progress = Progress::of_things();
                let done = transfer::import(&given.place, file, |acts| progress.at(acts, 0)).await?;
                drop(progress);
                let values = [
                    ("acts", Value::from(done.imported)),
                    ("already", Value::from(done.skipped)),
                    ("reports", Value::from(done.blobs)),
                ];
                let counts = Counts { already_there: Some(done.skipped), ..Counts::new(done.imported, done.blobs) };
                (counts, words.with("journal-imported", &values))
            }
            Self::Verify => {
                let whole = transfer::verify(&given.place).await?;
                let values = [
                    ("acts", Value::from(whole.acts)),
                    ("reports", Value::from(whole.blobs)),
                    ("checkpoints", Value::from(whole.checkpoints)),
                    ("root", Value::from(whole.root.as_str())),
                    ("origin", Value::from(whole.origin.as_str())),
                ];
                let text = words.with("journal-verified", &values);
                let (checkpoints, root, origin) = (Some(whole.checkpoints), Some(whole.root), Some(whole.origin));
                (Counts { checkpoints, root, origin, ..Counts::new(whole.acts, whole.blobs) }, text)
            }
        };
        if given.json {
            output::print_json(&counts)?;
        } else {
            output::print(&(text + "\n"))?;
        }
        Ok(Done::Fine)
    }
}
