//! Field files that are kept: each delivery of a source as it came, addressed by its SHA-256, never changed.
//!
//! Files, deliveries and mappings are objects ([`crate::objects::Key`] says how they are named), in a folder or in a bucket
//! that several nodes share. First the bytes are put there, then the delivery that makes them count. What is kept twice is
//! one object; two deliveries at one moment are two, and every node puts them in the same order, by their names.
//!
//! What a State's field data are *now* is, for each source and kind of record, the last delivery that held that kind. A
//! lodged report rests on the files it names by their SHA-256, and those stay here whatever is delivered later.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use intake::Intake;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use treaty::state::Iso3;

use crate::error::DeskError;
use crate::objects::{Key, Objects, ObjectsError, Sort, sha256};

/// Who delivers: a system or an office, as in `imsma` or `north-office`. It names a folder, so it is plain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source(String);

impl std::str::FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if text.is_empty() || text.len() > 60 || !text.chars().all(plain) || text.starts_with('-') {
            return Err(
                "write a short name in small letters, digits and hyphens, as in imsma or north-office".to_owned()
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Its name as it came.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal; its address.
    pub sha256: String,
    /// Kind of its records, as in `hazardous_area`.
    pub records: String,
    /// Rows read, all of them taken or set aside.
    pub rows_read: u64,
    /// Rows taken.
    pub rows_taken: u64,
}

/// What a source delivered at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// When it was kept.
    pub kept_at: Timestamp,
    /// Its files.
    pub files: Vec<KeptFile>,
}

impl Delivery {
    /// The bytes that it is kept as.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Texts and numbers: writing it cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// A file that counts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// Who delivered it.
    pub source: Source,
    /// When it was kept.
    pub kept_at: Timestamp,
    /// The file.
    pub file: KeptFile,
    /// The mapping of its source, if one is kept.
    pub mapping: Option<Key>,
}

/// A file that counts now, to be read on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtHand {
    /// Which one.
    pub current: Current,
    /// Its bytes.
    pub path: PathBuf,
    /// The mapping of its source, if one is kept.
    pub mapping: Option<PathBuf>,
}

/// The time in the name of something that is kept after what has `last` in its: later, whatever the clock of the node says.
pub(crate) fn next_time(now: Timestamp, last: Option<Timestamp>) -> Timestamp {
    let after = last.and_then(|last| last.checked_add(SignedDuration::from_nanos(1)).ok());
    after.map_or(now, |after| after.max(now))
}

/// The mapping kept for a source, if there is one, as a file of this machine.
///
/// # Errors
/// The object store does not answer, or the mapping is damaged.
pub async fn mapping(objects: &Objects, state: Iso3, source: &Source) -> Result<Option<PathBuf>, DeskError> {
    let newest = objects.names(&Key::folder(state, source, Sort::Mapping)).await?.pop();
    match newest {
        Some(key) => Ok(Some(objects.at_hand(&key).await?)),
        None => Ok(None),
    }
}

/// Keeps the mapping of a source, which counts from now on; those before it stay.
///
/// # Errors
/// It cannot be written.
pub async fn keep_mapping(
    objects: &Objects,
    state: Iso3,
    source: &Source,
    toml: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    let last = objects.names(&Key::folder(state, source, Sort::Mapping)).await?.pop();
    if last.as_ref().is_some_and(|last| last.fits(toml.as_bytes())) {
        return Ok(());
    }
    let at = next_time(now, last.and_then(|last| last.time()));
    let key = Key::of_source(state, source, Sort::Mapping, at, toml.as_bytes());
    objects.put(&key, toml.as_bytes()).await?;
    Ok(())
}

/// Keeps a delivery: first the bytes, then what makes them count. `None` when the last delivery was the same.
///
/// # Errors
/// A file cannot be read or written, or changed since it was read; the deliveries are then as they were, or the delivery
/// is kept and its acknowledgement was lost: repeated, it is kept once.
pub async fn keep(
    objects: &Objects,
    state: Iso3,
    source: &Source,
    read: &[(PathBuf, &Intake)],
    now: Timestamp,
) -> Result<Option<Delivery>, DeskError> {
    let mut kept = Vec::with_capacity(read.len());
    for (path, intake) in read {
        let bytes = fs::read(path).map_err(DeskError::read(path))?;
        if sha256(&bytes) != intake.sha256 {
            return Err(DeskError::ChangedMeanwhile(path.clone()));
        }
        objects.put(&Key::file(&intake.sha256, &intake.file)?, &bytes).await?;
        kept.push(KeptFile {
            file: intake.file.clone(),
            sha256: intake.sha256.clone(),
            records: intake.kind.key().to_owned(),
            rows_read: intake.rows_read,
            rows_taken: u64::try_from(intake.taken.len()).unwrap_or(u64::MAX),
        });
    }
    let names = objects.names(&Key::folder(state, source, Sort::Delivery)).await?;
    if let Some(last) = names.last()
        && read_deliveries(objects, std::slice::from_ref(last)).await?.iter().any(|last| last.files == kept)
    {
        return Ok(None);
    }
    let delivery = Delivery { kept_at: now, files: kept };
    let bytes = delivery.to_json();
    let at = next_time(now, names.last().and_then(Key::time));
    objects.put(&Key::of_source(state, source, Sort::Delivery, at, &bytes), &bytes).await?;
    Ok(Some(delivery))
}

/// What a source delivered, the newest last. What was delivered twice in a row, at two nodes at once say, is one delivery.
///
/// # Errors
/// The object store does not answer, or a delivery is damaged.
pub async fn deliveries(objects: &Objects, state: Iso3, source: &Source) -> Result<Vec<Delivery>, DeskError> {
    let names = objects.names(&Key::folder(state, source, Sort::Delivery)).await?;
    read_deliveries(objects, &names).await
}

async fn read_deliveries(objects: &Objects, names: &[Key]) -> Result<Vec<Delivery>, DeskError> {
    let mut list: Vec<Delivery> = Vec::with_capacity(names.len());
    for (key, bytes) in names.iter().zip(objects.small(names).await?) {
        let delivery: Delivery = serde_json::from_slice(&bytes).map_err(|error| ObjectsError::NotADelivery {
            store: objects.to_string(),
            key: key.clone(),
            reason: error.to_string(),
        })?;
        if list.last().is_none_or(|last| last.files != delivery.files) {
            list.push(delivery);
        }
    }
    Ok(list)
}

/// The files of a source that count now: of each kind of record, those of the last delivery that held that kind.
///
/// # Errors
/// The object store does not answer, or a delivery is damaged.
pub async fn current_of(objects: &Objects, state: Iso3, source: &Source) -> Result<Vec<Current>, DeskError> {
    let names = objects.names(&format!("{}{source}/", Key::of_state(state))).await?;
    current_among(objects, source, &names).await
}

async fn current_among(objects: &Objects, source: &Source, names: &[Key]) -> Result<Vec<Current>, DeskError> {
    let (mappings, deliveries): (Vec<Key>, Vec<Key>) =
        names.iter().cloned().partition(|name| name.sort() == Some(Sort::Mapping));
    let mut current: Vec<Current> = Vec::new();
    for delivery in read_deliveries(objects, &deliveries).await?.into_iter().rev() {
        let known: Vec<String> = current.iter().map(|held| held.file.records.clone()).collect();
        for file in delivery.files {
            if !known.contains(&file.records) {
                let mapping = mappings.last().cloned();
                current.push(Current { source: source.clone(), kept_at: delivery.kept_at, file, mapping });
            }
        }
    }
    Ok(current)
}

/// The field files of a State that count now, of every source: from a bucket, as it was two seconds ago at most, and as it
/// was known last while it does not answer.
///
/// # Errors
/// The object store does not answer and was not asked before, or a delivery is damaged.
pub async fn current(objects: &Objects, state: Iso3) -> Result<Vec<Current>, DeskError> {
    let names: Arc<[Key]> = objects.recent_names(&Key::of_state(state)).await?;
    let mut current = Vec::new();
    for of_source in names.chunk_by(|a, b| a.source() == b.source()) {
        if let Some(source) = of_source.first().and_then(Key::source) {
            current.extend(current_among(objects, &source, of_source).await?);
        }
    }
    Ok(current)
}

impl Current {
    /// Brings its bytes, and the mapping, to this machine.
    ///
    /// # Errors
    /// The object store does not answer, or an object is missing or damaged.
    pub async fn at_hand(self, objects: &Objects) -> Result<AtHand, DeskError> {
        let path = objects.at_hand(&Key::file(&self.file.sha256, &self.file.file)?).await?;
        let mapping = match &self.mapping {
            Some(key) => Some(objects.at_hand(key).await?),
            None => None,
        };
        Ok(AtHand { current: self, path, mapping })
    }
}

#[cfg(test)]
mod tests;
