//! Files of our own: written whole or not at all.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::DeskError;

/// Tells files apart that are being written.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The longest report or receipt that is read, in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// Reads a file of ours.
///
/// # Errors
/// It cannot be read, or is longer than any report.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, DeskError> {
    let about = fs::metadata(path).map_err(DeskError::read(path))?;
    if about.is_dir() {
        return Err(DeskError::read(path)(std::io::ErrorKind::IsADirectory.into()));
    }
    if about.len() > MAX_BYTES {
        let reason = "it is longer than 256 MB, which no report is".to_owned();
        return Err(DeskError::NotAReport { path: path.to_owned(), reason });
    }
    fs::read(path).map_err(DeskError::read(path))
}

/// Writes a file beside its place, syncs it, and puts it there in one step: whoever looks sees the old or the new one.
///
/// # Errors
/// It cannot be written; the old one is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    // A device or a pipe cannot be replaced; it is written to.
    if fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir()) {
        return fs::write(path, bytes).map_err(DeskError::write(path));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Two at once write each their own.
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".{}-{number}.new", std::process::id()));
    let beside: PathBuf = path.with_file_name(name);
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    written.map_err(|source| {
        // The failure is told; a leftover that cannot be removed either changes nothing about it.
        let _ = fs::remove_file(&beside);
        DeskError::Write { path: path.to_owned(), source }
    })
}

/// Makes the folder of a file, for its owner only where it is new.
pub(crate) fn private_folder_of(path: &Path) -> Result<(), DeskError> {
    path.parent().map_or(Ok(()), private_folder)
}

/// Makes a folder that only its owner can look into.
pub(crate) fn private_folder(folder: &Path) -> Result<(), DeskError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(DeskError::write(folder))
}

/// Writes a file, keeping what stood there before under another name: `report.json` becomes `report.before-1.json`.
/// Returns that name, when there was something else there.
///
/// # Errors
/// A file cannot be written; the old one is then as it was.
pub fn write_keeping(path: &Path, bytes: &[u8]) -> Result<Option<PathBuf>, DeskError> {
    let there = fs::metadata(path).is_ok_and(|about| about.is_file());
    if !there || fs::read(path).is_ok_and(|before| before == bytes) {
        write(path, bytes)?;
        return Ok(None);
    }
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let kept = (1..10_000).map(|number| path.with_file_name(format!("{stem}.before-{number}{ending}")));
    let Some(kept) = kept.into_iter().find(|kept| !kept.exists()) else {
        return Err(DeskError::write(path)(std::io::ErrorKind::AlreadyExists.into()));
    };
    fs::rename(path, &kept).map_err(DeskError::write(&kept))?;
    write(path, bytes)?;
    Ok(Some(kept))
}
