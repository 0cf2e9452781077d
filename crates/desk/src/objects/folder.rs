//! Objects in a folder of this machine.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Key, earlier};
use crate::error::DeskError;

/// Objects under a folder, each a file of its name.
pub(super) struct Folder {
    root: PathBuf,
}

/// An object that was found.
pub(super) enum Found {
    /// A file with its bytes.
    File(PathBuf),
    /// The bytes, out of a list of earlier days.
    Bytes(Vec<u8>),
}

impl Found {
    pub(super) fn into_bytes(self) -> Result<Vec<u8>, DeskError> {
        match self {
            Self::File(path) => fs::read(&path).map_err(DeskError::read(&path)),
            Self::Bytes(bytes) => Ok(bytes),
        }
    }
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Whoever looks sees nothing or the whole. Two who put the same put the same bytes, so it matters not who is first.
    pub(super) fn put(&self, key: &Key, bytes: &[u8]) -> Result<bool, DeskError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        if self.find(key)?.is_some() {
            return Ok(false);
        }
        let path = self.root.join(key.path());
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(DeskError::write(folder))?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.root.join(format!(".unfinished-{}-{number}", std::process::id()));
        let written = File::create(&unfinished).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            sync_folder(folder)
        });
        written.map_err(|source| {
            // The failure is told; a leftover that cannot be removed either changes nothing about it.
            let _ = fs::remove_file(&unfinished);
            DeskError::Write { path, source }
        })?;
        Ok(true)
    }

    pub(super) fn find(&self, key: &Key) -> Result<Option<Found>, DeskError> {
        let path = self.root.join(key.path());
        if path.is_file() {
            return Ok(Some(Found::File(path)));
        }
        if key.is_file() {
            return Ok(None);
        }
        let source = self.root.join(key.path().split('/').take(2).collect::<PathBuf>());
        let earlier = earlier::of_source(&self.root, &source)?;
        Ok(earlier.into_iter().find(|(name, _)| name == key).map(|(_, found)| found))
    }

    pub(super) fn names(&self, beginning: &str) -> Result<Vec<Key>, DeskError> {
        let mut names = Vec::new();
        let mut open = vec![self.root.clone()];
        while let Some(folder) = open.pop() {
            let mut is_source = false;
            for entry in entries(&folder)? {
                let entry = entry.map_err(DeskError::read(&folder))?;
                let path = entry.path();
                let name = slashes(path.strip_prefix(&self.root).unwrap_or(&path));
                if entry.file_type().map_err(DeskError::read(&path))?.is_dir() {
                    let inside = name + "/";
                    if inside.starts_with(beginning) || beginning.starts_with(&inside) {
                        open.push(path);
                    }
                } else if earlier::is_one(&path) {
                    is_source = true;
                } else if name.starts_with(beginning) && !is_leftover(&name) {
                    names.extend(Key::parse(&name));
                }
            }
            if is_source {
                let earlier = earlier::of_source(&self.root, &folder)?.into_iter().map(|(name, _)| name);
                names.extend(earlier.filter(|name| name.path().starts_with(beginning)));
            }
        }
        Ok(names)
    }
}

/// What a crash of an earlier version left beside a file that it was writing: `name.<process>.new`.
fn is_leftover(name: &str) -> bool {
    let process = name.strip_suffix(".new").and_then(|stem| stem.rsplit_once('.'));
    process.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn entries(folder: &Path) -> Result<Box<dyn Iterator<Item = io::Result<fs::DirEntry>>>, DeskError> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(Box::new(entries)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Box::new(std::iter::empty())),
        Err(error) => Err(DeskError::read(folder)(error)),
    }
}

fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// So that the name is on the disk as well.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
