//! Making a backup, while others read and append.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use journal::{Access, Journal};

use super::copies::hashed;
use super::saved_people::copy_database;
use super::{BackedUp, BackupError, FIELD, FORMAT, JOURNAL, MANIFEST, Manifest, PEOPLE};
use crate::error::DeskError;
use crate::files;
use crate::objects::{FILES, Objects};
use crate::store::Place;

/// Makes a backup in a folder that is not there yet, from one moment of the journal, while others read and append.
///
/// # Errors
/// The folder is there, the object store does not answer, an object is damaged, or a file cannot be read or written. What was begun is then left under another name.
pub async fn create(place: &Place, objects: &Objects, to: &Path, now: Timestamp) -> Result<Manifest, DeskError> {
    if to.exists() {
        return Err(BackupError::Taken(to.to_owned()).into());
    }
    let unfinished = beside(to);
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(DeskError::write(&unfinished)(error)),
        _ => {}
    }
    files::private_folder(&unfinished)?;
    let journal = Journal::open(place.location()?, Access::Read).await?;
    let path = unfinished.join(JOURNAL);
    let file = File::create(&path).map_err(DeskError::write(&path))?;
    let mut out = BufWriter::new(&file);
    let exported = journal.export(&mut out).await?;
    out.flush().and_then(|()| file.sync_all()).map_err(DeskError::write(&path))?;
    let mut files = vec![(hashed(&path)?, JOURNAL.to_owned())];
    save_objects(objects, &unfinished, &mut files).await?;
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

/// SHA-256, length and path of what was saved.
type Saved = ((String, u64), String);

/// Deliveries are listed before the files: each is kept after the files that it names.
async fn save_objects(objects: &Objects, to: &Path, saved: &mut Vec<Saved>) -> Result<(), DeskError> {
    let mut names = objects.names("").await?;
    names.retain(|name| !name.is_file());
    names.extend(objects.names(FILES).await?);
    let copies = Objects::folder(to.join(FIELD));
    for name in names {
        let bytes = objects.read(&name).await?;
        copies.put(&name, &bytes).await?;
        saved.push(((name.sha256().to_owned(), bytes.len() as u64), format!("{FIELD}/{name}")));
    }
    Ok(())
}

fn to_json(manifest: &Manifest) -> Vec<u8> {
    // Texts and numbers: writing it cannot fail.
    let mut bytes = serde_json::to_vec_pretty(manifest).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Where a backup is made before it is one.
fn beside(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    to.with_file_name(name)
}
