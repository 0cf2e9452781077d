//! Files, copied and hashed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::error::DeskError;

/// The files under a folder, as paths from it, in order; none where there is no folder.
pub(super) fn tree(folder: &Path) -> Result<Vec<PathBuf>, DeskError> {
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

pub(super) fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// SHA-256 and length of a file.
pub(super) fn hashed(path: &Path) -> Result<(String, u64), DeskError> {
    let file = File::open(path).map_err(DeskError::read(path))?;
    pour(file, &mut io::sink()).map_err(DeskError::read(path))
}

/// Copies a file, and everything above it, onto the disk. SHA-256 and length of what was copied.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(String, u64), DeskError> {
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
