//! People in a backup: the SQLite database that they lie in, as of one moment.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::copies::{copy, hashed};
use super::{Manifest, PEOPLE};
use crate::error::DeskError;
use crate::store::Place;

/// People who are here already stay as they are: theirs may be newer.
pub(super) fn put_people(place: &Place, from: &Path, manifest: &Manifest) -> Result<bool, DeskError> {
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
pub(super) fn copy_database(from: &Path, to: &Path) -> Result<(String, u64), DeskError> {
    let failed = |error: rusqlite::Error| DeskError::read(from)(io::Error::other(error));
    let database = rusqlite::Connection::open_with_flags(from, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE);
    let database = database.map_err(failed)?;
    database.busy_timeout(std::time::Duration::from_secs(10)).map_err(failed)?;
    database.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map_err(failed)?;
    File::open(to).and_then(|copy| copy.sync_all()).map_err(DeskError::write(to))?;
    hashed(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::{BackedUp, FORMAT};

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
}
