//! Names of objects. Each holds the SHA-256 of the object's bytes, so that what comes back can be told from what was put.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use treaty::state::Iso3;

use super::{ObjectsError, sha256};
use crate::kept::Source;

/// What is kept for a source beside its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A delivery, as JSON.
    Delivery,
    /// A mapping, as TOML.
    Mapping,
}

impl Sort {
    const ALL: [Self; 2] = [Self::Delivery, Self::Mapping];

    fn folder(self) -> &'static str {
        match self {
            Self::Delivery => "deliveries",
            Self::Mapping => "mappings",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Delivery => "json",
            Self::Mapping => "toml",
        }
    }
}

/// The name of an object.
///
/// ```text
/// objects/<sha256>/<file name>                            a field file, as it came
/// <STATE>/<source>/deliveries/<time>-<sha256>.json        a delivery
/// <STATE>/<source>/mappings/<time>-<sha256>.toml          a mapping
/// ```
///
/// Names of one sort sort in the order in which they count: the times are of one length.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    path: String,
    sha256: String,
}

/// The folder of field files.
pub const FILES: &str = "objects/";

/// Time in a name: of one length, down to the nanosecond.
const TIME: &str = "%Y%m%dT%H%M%S%.9f";

impl Key {
    /// A field file.
    ///
    /// # Errors
    /// Its name leads elsewhere, or holds characters that no store takes.
    pub fn file(sha256: &str, name: &str) -> Result<Self, ObjectsError> {
        Self::parse(&format!("{FILES}{sha256}/{name}")).ok_or_else(|| ObjectsError::FileName(name.to_owned()))
    }

    /// A delivery or a mapping, with these bytes.
    #[must_use]
    pub fn of_source(state: Iso3, source: &Source, sort: Sort, at: Timestamp, bytes: &[u8]) -> Self {
        let time = at.to_zoned(TimeZone::UTC).strftime(TIME).to_string();
        let sha256 = sha256(bytes);
        let path = format!("{}{time}Z-{sha256}.{}", Self::folder(state, source, sort), sort.ending());
        Self { path, sha256 }
    }

    /// The folder of a State, with its slash.
    #[must_use]
    pub fn of_state(state: Iso3) -> String {
        format!("{state}/")
    }

    /// The folder of a sort of things, with its slash.
    #[must_use]
    pub fn folder(state: Iso3, source: &Source, sort: Sort) -> String {
        format!("{state}/{source}/{}/", sort.folder())
    }

    /// Reads a name; `None` for what is not one of ours.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let is_plain = |part: &str| {
            !matches!(part, "" | "." | "..") && part.len() <= 255 && !part.chars().any(|c| c.is_control() || c == '\\')
        };
        let parts: Vec<&str> = path.split('/').collect();
        let sha256 = match parts[..] {
            ["objects", sha256, name] if is_plain(name) => sha256,
            [state, source, folder, name] => {
                state.parse::<Iso3>().ok()?;
                source.parse::<Source>().ok()?;
                let sort = Sort::ALL.into_iter().find(|sort| sort.folder() == folder)?;
                let (time, rest) = name.split_once("Z-")?;
                DateTime::strptime(TIME, time).ok()?;
                rest.strip_suffix(sort.ending())?.strip_suffix('.')?
            }
            _ => return None,
        };
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_hash.then(|| Self { path: path.to_owned(), sha256: sha256.to_owned() })
    }

    /// The name, with slashes.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// SHA-256 of the object's bytes, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether it is a field file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.path.starts_with(FILES)
    }

    /// Who delivered, where it belongs to a source.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        if self.is_file() { None } else { self.path.split('/').nth(1)?.parse().ok() }
    }

    /// What it is, where it belongs to a source.
    #[must_use]
    pub fn sort(&self) -> Option<Sort> {
        let folder = self.path.split('/').nth(2).filter(|_| !self.is_file())?;
        Sort::ALL.into_iter().find(|sort| sort.folder() == folder)
    }

    /// The time in the name, where it belongs to a source.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        let (time, _) = self.path.rsplit('/').next().filter(|_| !self.is_file())?.split_once("Z-")?;
        Some(DateTime::strptime(TIME, time).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }

    /// Whether these are its bytes.
    #[must_use]
    pub fn fits(&self, bytes: &[u8]) -> bool {
        sha256(bytes) == self.sha256
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(at: &str, bytes: &[u8]) -> Key {
        let (state, source) = ("XXA".parse().unwrap(), "imsma".parse().unwrap());
        Key::of_source(state, &source, Sort::Delivery, at.parse().unwrap(), bytes)
    }

    #[test]
    fn names_sort_in_order_of_time_and_two_deliveries_of_one_moment_have_two() {
        let times = ["1999-12-31T23:59:59Z", "2026-01-01T00:00:00.000000001Z", "2026-01-01T00:00:00.1Z"];
        let keys = times.map(|at| delivery(at, b"{}"));
        assert!(keys.is_sorted() && keys[1] < keys[2], "{keys:?}");
        assert_ne!(delivery(times[1], b"{}"), delivery(times[1], b"{ }"));
        for (key, at) in keys.iter().zip(times) {
            assert_eq!((key.time(), Key::parse(key.path()).as_ref()), (at.parse().ok(), Some(key)));
        }
    }

    #[test]
    fn what_is_no_name_of_ours_is_none() {
        let hash = "a".repeat(64);
        for bad in ["..", "", "a/b", "a\\b", "a\u{7}"] {
            assert!(Key::file(&hash, bad).is_err(), "{bad:?}");
        }
        assert!(Key::file("../..", "x").is_err() && Key::file(&hash.to_uppercase(), "x").is_err());
        assert!(Key::file(&hash, "Поля №1 (100%).csv").is_ok());
        for stray in ["XXA/imsma/deliveries.jsonl", "XXA/imsma/deliveries/x.json", "README", "objects/short/x"] {
            assert!(Key::parse(stray).is_none(), "{stray}");
        }
    }
}
