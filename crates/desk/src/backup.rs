//! Backups: everything that a node keeps, in one folder, made while it runs; checked; and put back, never as another history.
//!
//! ```text
//! <backup>/manifest.json   what is in it: each file with its SHA-256, the journal's key and its signed checkpoint
//! <backup>/journal.jsonl   the journal, as `mineban journal export` writes it: for SQLite and PostgreSQL alike
//! <backup>/field/…         the field files that are kept
//! <backup>/people.sqlite   accounts and personal data, where they lie in the data folder
//! ```
//!
//! People in a PostgreSQL database are not in it: `pg_dump` saves them. A backup with people in it holds personal data, and
//! is to be kept no longer than these may be.
//!
//! The signer's secret key is not in it: whoever has both could write another history. Keep `journal.key` apart.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use journal::{Access, Exported, Journal, NotContinued, verify_consistency};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::DeskError;
use crate::store::Place;
use crate::{files, transfer};

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
    /// A field file here is another one.
    #[error("{} is here already and is not what the backup holds; put the backup back into a fresh folder", .0.display())]
    FieldDiffers(PathBuf),
    /// What was given as a checkpoint is none.
    #[error("{} is neither a receipt nor a checkpoint; give a receipt that was handed out, or the checkpoint in it", .0.display())]
    NoCheckpoint(PathBuf),
}

/// Makes a backup in a folder that is not there yet, from one moment of the journal, while others read and append.
///
/// # Errors
/// The folder is there, or a file cannot be read or written. What was begun is then left under another name.
pub async fn create(place: &Place, to: &Path, now: Timestamp) -> Result<Manifest, DeskError> {
    if to.exists() {
        return Err(BackupError::Taken(to.to_owned()).into());
    }
    let unfinished = beside(to);
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(DeskError::write(&unfinished)(error)),
        _ => {}
    }
    private_folder(&unfinished)?;
    let journal = Journal::open(place.location()?, Access::Read).await?;
    let path = unfinished.join(JOURNAL);
    let file = File::create(&path).map_err(DeskError::write(&path))?;
    let mut out = BufWriter::new(&file);
    let exported = journal.export(&mut out).await?;
    out.flush().and_then(|()| file.sync_all()).map_err(DeskError::write(&path))?;
    let mut files = vec![(hashed(&path)?, JOURNAL.to_owned())];
    // The lists of deliveries come first: a line in them is written after the file that it names.
    let (objects, lists): (Vec<PathBuf>, Vec<PathBuf>) =
        tree(&place.folder().join(FIELD))?.into_iter().partition(|path| path.starts_with("objects"));
    for path in lists.into_iter().chain(objects) {
        let from = place.folder().join(FIELD).join(&path);
        let named = format!("{FIELD}/{}", slashes(&path));
        files.push((copy(&from, &unfinished.join(&named))?, named));
    }
    let people = place.folder().join(PEOPLE);
    if people.is_file() {
        files.push((copy_database(&people, &unfinished.join(PEOPLE))?, PEOPLE.to_owned()));
    }
    files.sort_by(|a, b| a.1.cmp(&b.1));
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        made_at: now,
        origin: journal.origin().to_owned(),
        key: journal.verifier_key().to_owned(),
        acts: exported.acts,
        reports: exported.blobs,
        checkpoint: journal.checkpoint().note,
        files: files.into_iter().map(|((sha256, bytes), path)| BackedUp { path, sha256, bytes }).collect(),
    };
    journal.close().await;
    files::write(&unfinished.join(MANIFEST), &to_json(&manifest))?;
    fs::rename(&unfinished, to).map_err(DeskError::write(to))?;
    Ok(manifest)
}

fn to_json(manifest: &Manifest) -> Vec<u8> {
    // Texts and numbers: writing it cannot fail.
    let mut bytes = serde_json::to_vec_pretty(manifest).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// A backup that is whole.
#[derive(Debug)]
pub struct Checked {
    /// What is in it.
    pub manifest: Manifest,
    exported: Exported,
}

/// Checks a backup: that each file is there and is what it was, and that the journal in it is whole and is the one that was
/// signed.
///
/// # Errors
/// The first fault found.
pub fn verify(from: &Path) -> Result<Checked, DeskError> {
    let damaged = |reason: String| DeskError::from(BackupError::Damaged { folder: from.to_owned(), reason });
    let path = from.join(MANIFEST);
    let bytes = fs::read(&path).map_err(|error| damaged(format!("its {MANIFEST} cannot be read ({error})")))?;
    let manifest: Manifest =
        serde_json::from_slice(&bytes).map_err(|error| damaged(format!("its {MANIFEST} is none ({error})")))?;
    if manifest.format != FORMAT {
        return Err(damaged(format!("it has the form \"{}\", and this program reads {FORMAT}", manifest.format)));
    }
    let found: BTreeSet<String> =
        tree(from)?.iter().map(|path| slashes(path)).filter(|path| path != MANIFEST).collect();
    let named: BTreeSet<String> = manifest.files.iter().map(|file| file.path.clone()).collect();
    if let Some(path) = found.symmetric_difference(&named).next() {
        let which = if named.contains(path) { "missing" } else { "no part of it" };
        return Err(damaged(format!("{path} is {which}")));
    }
    for file in &manifest.files {
        if !is_plain(&file.path) {
            return Err(damaged(format!("{} leads out of it", file.path)));
        }
        if hashed(&from.join(&file.path))? != (file.sha256.clone(), file.bytes) {
            return Err(damaged(format!("{} was changed", file.path)));
        }
    }
    let journal = from.join(JOURNAL);
    let file = File::open(&journal).map_err(|error| damaged(format!("{JOURNAL} cannot be read ({error})")))?;
    let exported = Exported::read(BufReader::new(file)).map_err(|error| damaged(format!("{JOURNAL}: {error}")))?;
    let signed = exported.continues(&manifest.checkpoint, &manifest.key);
    match signed {
        Ok(size) if size == exported.acts && exported.acts == manifest.acts && exported.origin == manifest.origin => {}
        Ok(_) => return Err(damaged("its journal is not the one that its checkpoint signs".to_owned())),
        Err(error) => return Err(damaged(error.to_string())),
    }
    Ok(Checked { manifest, exported })
}

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
    /// Field files put back.
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
/// The backup is damaged, it would fork the history, the key is missing, or something cannot be written.
pub async fn restore(
    place: &Place,
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
    field_differs(place, &manifest)?;
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
    let done = transfer::import(place, &from.join(JOURNAL), progress).await?;
    let journal = Journal::open(location, Access::Read).await?;
    let proven_from = proven(&journal, &exported, &known, &manifest.key)?;
    let (acts, key) = (journal.size(), journal.verifier_key().to_owned());
    journal.close().await;
    let field_files = put_field(place, from, &manifest)?;
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

fn field_files(manifest: &Manifest) -> impl Iterator<Item = &BackedUp> {
    manifest.files.iter().filter(|file| file.path.starts_with("field/"))
}

fn field_differs(place: &Place, manifest: &Manifest) -> Result<(), DeskError> {
    for file in field_files(manifest) {
        let here = place.folder().join(&file.path);
        if here.exists() && hashed(&here)?.0 != file.sha256 {
            return Err(BackupError::FieldDiffers(here).into());
        }
    }
    Ok(())
}

fn put_field(place: &Place, from: &Path, manifest: &Manifest) -> Result<usize, DeskError> {
    // The files first, and then the lists that make them count.
    let (objects, lists): (Vec<_>, Vec<_>) =
        field_files(manifest).partition(|file| file.path.starts_with("field/objects/"));
    let mut put = 0;
    for file in objects.into_iter().chain(lists) {
        let here = place.folder().join(&file.path);
        if !here.exists() {
            copy(&from.join(&file.path), &here)?;
            put += 1;
        }
    }
    Ok(put)
}

/// People who are here already stay as they are: theirs may be newer.
fn put_people(place: &Place, from: &Path, manifest: &Manifest) -> Result<bool, DeskError> {
    let here = place.folder().join(PEOPLE);
    if here.exists() || !manifest.files.iter().any(|file| file.path == PEOPLE) {
        return Ok(false);
    }
    // Whole or not at all, and for its owner only.
    let new = place.folder().join("people.sqlite.new");
    copy(&from.join(PEOPLE), &new)?;
    #[cfg(unix)]
    fs::set_permissions(&new, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(DeskError::write(&new))?;
    fs::rename(&new, &here).map_err(DeskError::write(&here))?;
    Ok(true)
}

/// Copies a SQLite database as it is at one moment, while others write to it.
fn copy_database(from: &Path, to: &Path) -> Result<(String, u64), DeskError> {
    let failed = |error: rusqlite::Error| DeskError::read(from)(io::Error::other(error));
    let database = rusqlite::Connection::open_with_flags(from, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE);
    let database = database.map_err(failed)?;
    database.busy_timeout(std::time::Duration::from_secs(10)).map_err(failed)?;
    database.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map_err(failed)?;
    File::open(to).and_then(|copy| copy.sync_all()).map_err(DeskError::write(to))?;
    hashed(to)
}

/// Where a backup is made before it is one.
fn beside(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    to.with_file_name(name)
}

/// Makes a folder that only its owner can look into.
fn private_folder(folder: &Path) -> Result<(), DeskError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(DeskError::write(folder))
}

/// The files under a folder, as paths from it, in order; none where there is no folder.
fn tree(folder: &Path) -> Result<Vec<PathBuf>, DeskError> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(under) = open.pop() {
        let here = folder.join(&under);
        let entries = match fs::read_dir(&here) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && under.as_os_str().is_empty() => return Ok(found),
            other => other.map_err(DeskError::read(&here))?,
        };
        for entry in entries {
            let entry = entry.map_err(DeskError::read(&here))?;
            let path = under.join(entry.file_name());
            let about = entry.file_type().map_err(DeskError::read(&here))?;
            if about.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether a path stays inside the folder that it is joined to.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// SHA-256 and length of a file.
fn hashed(path: &Path) -> Result<(String, u64), DeskError> {
    let file = File::open(path).map_err(DeskError::read(path))?;
    pour(file, &mut io::sink()).map_err(DeskError::read(path))
}

/// Copies a file, and everything above it, onto the disk. SHA-256 and length of what was copied.
fn copy(from: &Path, to: &Path) -> Result<(String, u64), DeskError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(DeskError::write(folder))?;
    }
    let source = File::open(from).map_err(DeskError::read(from))?;
    let mut copy = File::create(to).map_err(DeskError::write(to))?;
    let poured = pour(source, &mut copy).map_err(DeskError::write(to))?;
    copy.sync_all().map_err(DeskError::write(to))?;
    Ok(poured)
}

fn pour(mut from: impl io::Read, to: &mut impl io::Write) -> io::Result<(String, u64)> {
    let (mut hash, mut length, mut piece) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = from.by_ref().read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        length += read as u64;
    }
    Ok((format!("{:x}", hash.finalize()), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_saved_as_of_one_moment_while_they_change_and_never_put_over_others() {
        let folder = tempfile::tempdir().unwrap();
        let (from, saved) = (folder.path().join("from"), folder.path().join("saved"));
        fs::create_dir_all(&from).unwrap();
        fs::create_dir_all(&saved).unwrap();
        let database = rusqlite::Connection::open(from.join(PEOPLE)).unwrap();
        database
            .execute_batch(
                "PRAGMA journal_mode = WAL; CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('Ada')",
            )
            .unwrap();
        // Somebody is in the middle of a change, which is no part of that moment.
        database.execute_batch("BEGIN IMMEDIATE; INSERT INTO people VALUES ('Grace')").unwrap();
        let (sha256, bytes) = copy_database(&from.join(PEOPLE), &saved.join(PEOPLE)).unwrap();
        database.execute_batch("COMMIT").unwrap();
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            made_at: "2026-11-23T08:00:00Z".parse().unwrap(),
            origin: String::new(),
            key: String::new(),
            acts: 0,
            reports: 0,
            checkpoint: String::new(),
            files: vec![BackedUp { path: PEOPLE.to_owned(), sha256, bytes }],
        };
        let place = Place::Named(folder.path().join("to"));
        fs::create_dir_all(place.folder()).unwrap();
        assert!(put_people(&place, &saved, &manifest).unwrap());
        let there = rusqlite::Connection::open(place.folder().join(PEOPLE)).unwrap();
        let names: Vec<String> = {
            let mut asked = there.prepare("SELECT name FROM people").unwrap();
            asked.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        assert_eq!(names, ["Ada"]);
        there.execute_batch("INSERT INTO people VALUES ('Jean')").unwrap();
        assert!(!put_people(&place, &saved, &manifest).unwrap(), "who is here stays");
    }

    #[test]
    fn a_path_that_leads_out_of_a_backup_is_not_followed() {
        assert!(is_plain("field/objects/ab/file.csv") && is_plain("journal.jsonl"));
        for path in ["", "/etc/passwd", "../journal.key", "field/../../journal.key", "./x"] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
