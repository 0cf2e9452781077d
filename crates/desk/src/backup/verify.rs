//! Checking a backup: each file, each act, the signed checkpoint.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Component, Path};

use journal::Exported;

use super::copies::{hashed, slashes, tree};
use super::{BackupError, FORMAT, JOURNAL, MANIFEST, Manifest};
use crate::error::DeskError;

/// A backup that is whole.
#[derive(Debug)]
pub struct Checked {
    /// What is in it.
    pub manifest: Manifest,
    pub(super) exported: Exported,
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

/// Whether a path stays inside the folder that it is joined to.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_out_of_a_backup_is_not_followed() {
        assert!(is_plain("field/objects/ab/file.csv") && is_plain("journal.jsonl"));
        for path in ["", "/etc/passwd", "../journal.key", "field/../../journal.key", "./x"] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
