//! From a path to the parts inside: a plain file, a folder, a shapefile's several files, an archive.
//!
//! Names inside archives are only names: nothing is ever written to disk. Archives may lie in one another once.

mod gather;
mod unpack;

pub(crate) use gather::{Parts, ShapefileBytes};

use crate::error::IntakeError;
use crate::options::Options;
use crate::source::{self, Kind, not_a_table};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use unpack::Budget;

/// A named run of bytes from a folder or an archive.
pub(crate) struct Raw {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// One thing that can be read as a table.
pub(crate) struct Part {
    /// Name without folder.
    pub(crate) name: String,
    pub(crate) data: Data,
}

/// What a part is made of.
pub(crate) enum Data {
    Bytes(Kind, Vec<u8>),
    /// A database that is read where it lies.
    OnDisk(PathBuf),
    Shapefile(ShapefileBytes),
}

/// A name without its ending.
pub(crate) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// What lies at a path.
pub(crate) struct Opened {
    pub(crate) sha256: String,
    pub(crate) parts: Vec<Part>,
    /// Names of what is inside and is no table.
    pub(crate) ignored: Vec<String>,
}

/// Opens a path within the limits.
pub(crate) fn open(path: &Path, options: &Options<'_>) -> Result<Opened, IntakeError> {
    let file = source::name_of(path);
    let about = std::fs::metadata(path).map_err(|error| io(path, error))?;
    if about.is_dir() {
        return folder(path, &file, options);
    }
    if !about.is_file() {
        return Err(not_a_table(&file, "not an ordinary file", "copy its contents to a file"));
    }
    let loaded = source::load(path, &file, about.len(), options)?;
    let sha256 = loaded.sha256;
    let name = file.clone();
    let single = |data: Data| Opened { sha256: sha256.clone(), parts: vec![Part { name, data }], ignored: Vec::new() };
    match loaded.kind {
        Kind::Database => Ok(single(Data::OnDisk(path.to_owned()))),
        Kind::Shapefile => beside(path, &file, loaded.bytes, options),
        Kind::Zip | Kind::Gzip => {
            let mut budget = Budget::new(&file, options);
            let raws = unpack::archive(&file, loaded.kind, loaded.bytes, &mut budget)?;
            let Parts { parts, ignored } = gather::parts(raws);
            if parts.is_empty() {
                return Err(nothing(file, &ignored));
            }
            Ok(Opened { sha256, parts, ignored })
        }
        kind => Ok(single(Data::Bytes(kind, loaded.bytes))),
    }
}

pub(crate) fn io(path: &Path, source: std::io::Error) -> IntakeError {
    match source.kind() {
        std::io::ErrorKind::NotFound => IntakeError::Missing { path: path.to_owned() },
        _ => IntakeError::Io { path: path.to_owned(), source },
    }
}

fn nothing(file: String, ignored: &[String]) -> IntakeError {
    let found = if ignored.is_empty() { "no files".to_owned() } else { listed(ignored) };
    IntakeError::NothingInside { file, found }
}

/// At most twenty names.
pub(crate) fn listed(names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(20).map(|name| crate::finding::shorten(name)).collect();
    if names.len() > list.len() {
        list.push(format!("and {} more", names.len() - list.len()));
    }
    list.join(", ")
}

/// All files of a folder, not of the folders in it, as if they were in an archive.
fn folder(path: &Path, file: &str, options: &Options<'_>) -> Result<Opened, IntakeError> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| io(path, error))? {
        let entry = entry.map_err(|error| io(path, error))?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            paths.push(entry.path());
        }
        if paths.len() > options.limits.max_entries {
            return Err(IntakeError::TooManyEntries { file: file.to_owned(), limit: options.limits.max_entries });
        }
    }
    paths.sort();
    let (raws, sha256) = load_all(&paths, file, options)?;
    let Parts { parts, ignored } = gather::parts(raws);
    if parts.is_empty() {
        return Err(IntakeError::Folder { path: path.to_owned() });
    }
    Ok(Opened { sha256, parts, ignored })
}

/// A shapefile with its other files, which lie beside it.
fn beside(path: &Path, file: &str, shp: Vec<u8>, options: &Options<'_>) -> Result<Opened, IntakeError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = stem(file).to_lowercase();
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| io(folder, error))?.flatten() {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let ending = name.strip_prefix(&wanted).and_then(|rest| rest.strip_prefix('.'));
        if ending.is_some_and(|ending| gather::COMPANIONS.contains(&ending)) && entry.path() != path {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let (mut raws, _) = load_all(&paths, file, options)?;
    raws.push(Raw { name: file.to_owned(), bytes: shp });
    raws.sort_by(|a, b| a.name.cmp(&b.name));
    let sha256 = hash_of(&raws);
    let Parts { parts, ignored } = gather::parts(raws);
    Ok(Opened { sha256, parts, ignored })
}

fn load_all(paths: &[PathBuf], file: &str, options: &Options<'_>) -> Result<(Vec<Raw>, String), IntakeError> {
    let mut raws = Vec::new();
    let mut total = 0u64;
    for path in paths {
        let name = source::name_of(path);
        let bytes = std::fs::metadata(path).map_err(|error| io(path, error))?.len();
        total = total.saturating_add(bytes);
        let limit = options.limits.max_file_bytes;
        if total > limit {
            return Err(IntakeError::TooLarge { file: file.to_owned(), bytes: total, limit });
        }
        raws.push(Raw { name, bytes: std::fs::read(path).map_err(|error| io(path, error))? });
    }
    let sha256 = hash_of(&raws);
    Ok((raws, sha256))
}

fn hash_of(raws: &[Raw]) -> String {
    let mut hasher = Sha256::new();
    for raw in raws {
        hasher.update(raw.name.as_bytes());
        hasher.update([0]);
        hasher.update(&raw.bytes);
    }
    source::hex(&hasher.finalize())
}
