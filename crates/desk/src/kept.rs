//! Field files that are kept: each delivery of a source as it came, addressed by its SHA-256, never changed.
//!
//! ```text
//! <data>/field/objects/<sha256>/<file name>     the bytes as they came
//! <data>/field/<STATE>/<source>/deliveries.jsonl  one delivery a line, the newest last
//! <data>/field/<STATE>/<source>/mapping.toml      what the source's columns mean
//! ```
//!
//! What a State's field data are *now* is, for each source and kind of record, the last delivery that held that kind. A
//! lodged report rests on the files it names by their SHA-256, and those stay here whatever is delivered later.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use intake::Intake;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use treaty::state::Iso3;

use crate::error::DeskError;
use crate::files;
use crate::store::Place;

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

/// A file that counts now, and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// Who delivered it.
    pub source: Source,
    /// When it was kept.
    pub kept_at: Timestamp,
    /// The file.
    pub file: KeptFile,
    /// Where its bytes lie.
    pub path: PathBuf,
    /// The mapping of its source, if one is kept.
    pub mapping: Option<PathBuf>,
}

fn shelf(place: &Place, state: Iso3, source: &Source) -> PathBuf {
    place.folder().join("field").join(state.to_string()).join(&source.0)
}

fn object(place: &Place, sha256: &str, file: &str) -> PathBuf {
    place.folder().join("field").join("objects").join(sha256).join(file)
}

/// The mapping kept for a source, if there is one.
#[must_use]
pub fn mapping(place: &Place, state: Iso3, source: &Source) -> Option<PathBuf> {
    let path = shelf(place, state, source).join("mapping.toml");
    path.is_file().then_some(path)
}

/// Keeps the mapping of a source; the one before stays beside it under another name.
///
/// # Errors
/// It cannot be written.
pub fn keep_mapping(place: &Place, state: Iso3, source: &Source, toml: &str) -> Result<(), DeskError> {
    let path = shelf(place, state, source).join("mapping.toml");
    folder_of(&path)?;
    files::write_keeping(&path, toml.as_bytes())?;
    Ok(())
}

/// Keeps a delivery: first the bytes, then the line that makes them count. `None` when the last delivery was the same.
///
/// # Errors
/// A file cannot be read or written, or changed since it was read; the deliveries are then as they were.
pub fn keep(
    place: &Place,
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
        let to = object(place, &intake.sha256, &intake.file);
        if !to.is_file() {
            folder_of(&to)?;
            files::write(&to, &bytes)?;
        }
        kept.push(KeptFile {
            file: intake.file.clone(),
            sha256: intake.sha256.clone(),
            records: intake.kind.key().to_owned(),
            rows_read: intake.rows_read,
            rows_taken: u64::try_from(intake.taken.len()).unwrap_or(u64::MAX),
        });
    }
    if deliveries(place, state, source)?.last().is_some_and(|last| last.files == kept) {
        return Ok(None);
    }
    let delivery = Delivery { kept_at: now, files: kept };
    append(&shelf(place, state, source).join("deliveries.jsonl"), &delivery)?;
    Ok(Some(delivery))
}

/// Adds a line, whole: a line that a crash cut off is not one, and is put out of the way first.
fn append(path: &Path, delivery: &Delivery) -> Result<(), DeskError> {
    folder_of(path)?;
    let line = serde_json::to_string(delivery).map_err(|error| DeskError::write(path)(error.into()))? + "\n";
    let whole = fs::read(path).unwrap_or_default();
    let end = whole.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let written = OpenOptions::new().create(true).truncate(false).write(true).open(path).and_then(|mut file| {
        use std::io::Seek as _;
        file.set_len(end as u64)?;
        file.seek(std::io::SeekFrom::End(0))?;
        file.write_all(line.as_bytes())?;
        file.sync_all()
    });
    written.map_err(DeskError::write(path))
}

/// What a source delivered, the newest last. A last line that a crash cut off was never a delivery.
///
/// # Errors
/// The list cannot be read or is damaged.
pub fn deliveries(place: &Place, state: Iso3, source: &Source) -> Result<Vec<Delivery>, DeskError> {
    let path = shelf(place, state, source).join("deliveries.jsonl");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DeskError::read(&path)(error)),
    };
    let whole = text.get(..text.rfind('\n').map_or(0, |at| at + 1)).unwrap_or("");
    let mut list = Vec::new();
    for (at, line) in whole.lines().enumerate() {
        let delivery = serde_json::from_str(line).map_err(|error| DeskError::NotDeliveries {
            path: path.clone(),
            line: at + 1,
            reason: error.to_string(),
        })?;
        list.push(delivery);
    }
    Ok(list)
}

/// The files of a source that count now: of each kind of record, those of the last delivery that held that kind.
///
/// # Errors
/// The list of deliveries cannot be read.
pub fn current_of(place: &Place, state: Iso3, source: &Source) -> Result<Vec<Current>, DeskError> {
    let mut current: Vec<Current> = Vec::new();
    for delivery in deliveries(place, state, source)?.into_iter().rev() {
        let known: Vec<String> = current.iter().map(|held| held.file.records.clone()).collect();
        for file in delivery.files {
            if !known.contains(&file.records) {
                let path = object(place, &file.sha256, &file.file);
                let mapping = mapping(place, state, source);
                current.push(Current { source: source.clone(), kept_at: delivery.kept_at, file, path, mapping });
            }
        }
    }
    Ok(current)
}

/// The field files of a State that count now, of every source.
///
/// # Errors
/// A folder or a list of deliveries cannot be read.
pub fn current(place: &Place, state: Iso3) -> Result<Vec<Current>, DeskError> {
    let folder = place.folder().join("field").join(state.to_string());
    let mut current = Vec::new();
    for source in names(&folder)? {
        if let Ok(source) = source.parse::<Source>() {
            current.extend(current_of(place, state, &source)?);
        }
    }
    Ok(current)
}

/// The States of which field files are kept.
///
/// # Errors
/// The folder cannot be read.
pub fn states(place: &Place) -> Result<Vec<Iso3>, DeskError> {
    let names = names(&place.folder().join("field"))?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// The names in a folder, sorted; none when it is not there.
fn names(folder: &Path) -> Result<Vec<String>, DeskError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DeskError::read(folder)(error)),
    };
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    names.sort_unstable();
    Ok(names)
}

fn folder_of(path: &Path) -> Result<(), DeskError> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(DeskError::write(folder)),
        None => Ok(()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a text cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use intake::Options;
    use treaty::date::Date;

    fn imsma() -> Source {
        "imsma".parse().unwrap()
    }

    fn examplia() -> Iso3 {
        "XXA".parse().unwrap()
    }

    fn deliver(place: &Place, folder: &Path, name: &str, text: &str, at: &str) -> Option<Delivery> {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        let read = intake::read(&path, &Options::new(Date::constant(2026, 1, 1))).unwrap();
        keep(place, examplia(), &imsma(), &[(path, &read)], at.parse().unwrap()).unwrap()
    }

    const HAZARDS: &str = "hazard id,hazard type,year found,area m2\nA,SHA,2020,100\n";
    const RELEASES: &str = "release id,year,cleared m2\nR,2021,50\n";

    #[test]
    fn the_last_delivery_of_a_kind_counts_and_earlier_bytes_stay() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Named(folder.path().join("data"));
        deliver(&place, folder.path(), "h.csv", HAZARDS, "2026-01-01T00:00:00Z").unwrap();
        deliver(&place, folder.path(), "r.csv", RELEASES, "2026-01-02T00:00:00Z").unwrap();
        let first = current(&place, examplia()).unwrap();
        assert_eq!(first.iter().map(|held| held.file.file.as_str()).collect::<Vec<_>>(), ["r.csv", "h.csv"]);

        let more = HAZARDS.to_owned() + "B,CHA,2022,30\n";
        deliver(&place, folder.path(), "h.csv", &more, "2026-02-01T00:00:00Z").unwrap();
        let now = current(&place, examplia()).unwrap();
        assert_eq!(now.len(), 2);
        let hazards = now.iter().find(|held| held.file.records == "hazardous_area").unwrap();
        assert_eq!((hazards.file.rows_taken, fs::read_to_string(&hazards.path).unwrap()), (2, more));
        let before = first.iter().find(|held| held.file.records == "hazardous_area").unwrap();
        assert_eq!(fs::read_to_string(&before.path).unwrap(), HAZARDS, "a lodged report may rest on it");
        assert_eq!(states(&place).unwrap(), [examplia()]);
    }

    #[test]
    fn the_same_delivery_twice_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Named(folder.path().join("data"));
        assert!(deliver(&place, folder.path(), "h.csv", HAZARDS, "2026-01-01T00:00:00Z").is_some());
        assert!(deliver(&place, folder.path(), "h.csv", HAZARDS, "2026-01-02T00:00:00Z").is_none());
        assert_eq!(deliveries(&place, examplia(), &imsma()).unwrap().len(), 1);
    }

    #[test]
    fn a_line_cut_off_by_a_crash_was_never_a_delivery() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Named(folder.path().join("data"));
        deliver(&place, folder.path(), "h.csv", HAZARDS, "2026-01-01T00:00:00Z").unwrap();
        let list = shelf(&place, examplia(), &imsma()).join("deliveries.jsonl");
        let mut text = fs::read_to_string(&list).unwrap();
        text.push_str("{\"kept_at\":\"2026-");
        fs::write(&list, &text).unwrap();
        assert_eq!(deliveries(&place, examplia(), &imsma()).unwrap().len(), 1);
        deliver(&place, folder.path(), "r.csv", RELEASES, "2026-01-02T00:00:00Z").unwrap();
        assert_eq!(deliveries(&place, examplia(), &imsma()).unwrap().len(), 2);
    }

    #[test]
    fn a_damaged_list_names_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Named(folder.path().join("data"));
        deliver(&place, folder.path(), "h.csv", HAZARDS, "2026-01-01T00:00:00Z").unwrap();
        let list = shelf(&place, examplia(), &imsma()).join("deliveries.jsonl");
        fs::write(&list, "{}\n").unwrap();
        let error = deliveries(&place, examplia(), &imsma()).unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
    }

    #[test]
    fn a_source_names_a_folder_and_nothing_else() {
        for bad in ["", "..", "a/b", "North", "-x", "a b"] {
            assert!(bad.parse::<Source>().is_err(), "{bad}");
        }
        assert_eq!("north-office_2".parse::<Source>().unwrap().to_string(), "north-office_2");
    }
}
