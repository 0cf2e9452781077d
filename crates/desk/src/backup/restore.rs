//! Putting a backup back, as the same history or not at all.

use std::fs;
use std::io;
use std::path::Path;

use journal::{Access, Exported, Journal, NotContinued, verify_consistency};
use serde::Serialize;

use super::saved_people::put_people;
use super::{BackupError, Checked, FIELD, JOURNAL, verify};
use crate::error::DeskError;
use crate::objects::{Key, Objects};
use crate::store::Place;
use crate::transfer;

/// How a backup is put back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Restoring<'a> {
    /// The file with the signer's secret key, which is in no backup.
    pub key: Option<&'a Path>,
    /// Go on under a new key.
    pub new_key: bool,
    /// The last that is known of the journal: a receipt, or a checkpoint.
    pub checkpoint: Option<&'a Path>,
}

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// Acts in the journal now.
    pub acts: u64,
    /// Acts that were there already.
    pub already_there: u64,
    /// Report files put back.
    pub reports: u64,
    /// Objects put back: field files, deliveries, mappings.
    pub field_files: usize,
    /// Whether people were put back: never over others that are here.
    pub people: bool,
    /// The number of acts of the last checkpoint known, with which the journal is proven to begin.
    pub proven_from: u64,
    /// The key that signs now.
    pub key: String,
}

/// Puts a backup back, into a folder or a database, on this machine or another. Nothing is changed until it is sure that
/// what comes of it continues what was signed. Interrupted, it is repeated.
///
/// # Errors
/// The backup is damaged, the object store does not answer, it would fork the history, the key is missing, or something cannot be written.
pub async fn restore(
    place: &Place,
    objects: &Objects,
    from: &Path,
    how: Restoring<'_>,
    progress: impl FnMut(u64),
) -> Result<Restored, DeskError> {
    let Checked { manifest, exported } = verify(from)?;
    let fork = |error| DeskError::from(BackupError::Fork(error));
    let mut known = manifest.checkpoint.clone();
    if let Some(path) = how.checkpoint {
        known = note_in(path)?;
        exported.continues(&known, &manifest.key).map_err(fork)?;
    }
    objects.answers().await?;
    let location = place.location()?;
    if Journal::exists_at(&location).await? {
        let journal = Journal::open(location.clone(), Access::Read).await?;
        let (key, here, note) = (journal.verifier_key().to_owned(), journal.size(), journal.checkpoint().note);
        journal.close().await;
        if key != manifest.key {
            return Err(BackupError::OtherKey.into());
        }
        exported.continues(&note, &key).map_err(|error| match error {
            NotContinued::Shorter { .. } => BackupError::Newer { here, there: manifest.acts }.into(),
            other => fork(other),
        })?;
    } else if !how.new_key {
        let path = how.key.map_or_else(|| place.folder().join("journal.key"), Path::to_owned);
        let secret = match fs::read_to_string(&path) {
            Err(error) if how.key.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::NoKey.into());
            }
            other => other.map_err(DeskError::read(&path))?,
        };
        Journal::put_key(place.folder(), &secret, &manifest.key)?;
    }
    // Files that nobody asks for yet change nothing; if one cannot be put back, neither is the journal.
    let field_files = put_objects(objects, from).await?;
    let done = transfer::import(place, &from.join(JOURNAL), progress).await?;
    let journal = Journal::open(location, Access::Read).await?;
    let proven_from = proven(&journal, &exported, &known, &manifest.key)?;
    let (acts, key) = (journal.size(), journal.verifier_key().to_owned());
    journal.close().await;
    let people = put_people(place, from, &manifest)?;
    Ok(Restored { acts, already_there: done.skipped, reports: done.blobs, field_files, people, proven_from, key })
}

/// Proves that the journal begins with what was signed: by the log's own proof, where it is signed with the same key.
fn proven(journal: &Journal, exported: &Exported, known: &str, key: &str) -> Result<u64, DeskError> {
    let size = exported.continues(known, key).map_err(BackupError::Fork)?;
    if journal.verifier_key() == key {
        verify_consistency(known, &journal.prove_consistency(size)?, key)?;
    }
    Ok(size)
}

/// The checkpoint in a receipt, or the text itself.
fn note_in(path: &Path) -> Result<String, DeskError> {
    let text = fs::read_to_string(path).map_err(DeskError::read(path))?;
    if !text.trim_start().starts_with('{') {
        return Ok(text);
    }
    let receipt: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let note = receipt.and_then(|receipt| Some(receipt.get("checkpoint")?.as_str()?.to_owned()));
    note.ok_or_else(|| BackupError::NoCheckpoint(path.to_owned()).into())
}

/// The files first, and then what makes them count. How many were not there.
async fn put_objects(objects: &Objects, from: &Path) -> Result<usize, DeskError> {
    let saved = Objects::folder(from.join(FIELD));
    let (files, others): (Vec<_>, Vec<_>) = saved.names("").await?.into_iter().partition(Key::is_file);
    let mut put = 0;
    for name in files.into_iter().chain(others) {
        let bytes = saved.read(&name).await?;
        put += usize::from(objects.put(&name, &bytes).await?);
    }
    Ok(put)
}
