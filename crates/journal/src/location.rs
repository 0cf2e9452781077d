//! Where a journal is kept: a folder alone, or a folder with the keys and a PostgreSQL database beside it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

use crate::error::JournalError;
use crate::folder::Folder;

/// Where a journal is kept.
///
/// In a folder, with SQLite, for one node; or, for several nodes, in a PostgreSQL database, and then the folder of each
/// node holds the keys, which are the same on every node.
#[derive(Clone)]
pub struct Location {
    folder: Folder,
    server: Option<Server>,
}

/// A PostgreSQL database. The password in it is never shown.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) options: PgConnectOptions,
    shown: String,
}

impl Location {
    /// In a folder, with SQLite.
    #[must_use]
    pub fn folder(folder: &Path) -> Self {
        Self { folder: Folder::new(folder), server: None }
    }

    /// In a PostgreSQL database, as in `postgres://user@host:5432/mineban`; `folder` holds the keys. Everything lies in the
    /// database's schema `journal`.
    ///
    /// # Errors
    /// The address cannot be read.
    pub fn postgres(folder: &Path, address: &str) -> Result<Self, JournalError> {
        let bad = |reason: &str| JournalError::BadAddress { reason: reason.to_owned() };
        if !["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme)) {
            return Err(bad("it does not begin with postgres://"));
        }
        // The parser's own word may repeat the address, and a password with it.
        let options = PgConnectOptions::from_str(address).map_err(|_| bad("it is no address of a database"))?;
        let database = options.get_database().unwrap_or(options.get_username());
        let socket = options.get_socket().map(|path| path.display().to_string());
        let host = socket.unwrap_or_else(|| options.get_host().to_owned());
        let shown = format!("postgres://{host}:{}/{database}", options.get_port());
        Ok(Self { folder: Folder::new(folder), server: Some(Server { options, shown }) })
    }

    pub(crate) fn files(&self) -> &Folder {
        &self.folder
    }

    pub(crate) fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// The folder that holds the keys, and with SQLite the journal itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// As a sentence names it.
    pub(crate) fn shown(&self) -> String {
        self.server.as_ref().map_or_else(|| self.folder.shown(), |server| server.shown.clone())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({}, keys in {})", self.shown(), self.folder.path().display())
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Location {
    fn from(folder: &P) -> Self {
        Self::folder(folder.as_ref())
    }
}

impl From<PathBuf> for Location {
    fn from(folder: PathBuf) -> Self {
        Self::folder(&folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let address = "postgres://clerk:hunter2@db.example:5433/mineban";
        let location = Location::postgres(Path::new("keys"), address).unwrap();
        assert_eq!(location.to_string(), "postgres://db.example:5433/mineban");
        assert!(!format!("{location:?}").contains("hunter2"));
        for bad in ["mysql://clerk:hunter2@db", "postgres://clerk:hunter2@db:port/x", "hunter2"] {
            let error = Location::postgres(Path::new("keys"), bad).unwrap_err().to_string();
            assert!(!error.contains("hunter2") && error.contains("postgres://"), "{error}");
        }
    }
}
