//! What goes wrong with a database, in sentences: what, where, what to do.

use std::borrow::Cow;
use std::io;

use crate::address::Address;

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// Somebody else is writing, or too many are asking.
    #[error("the database {at} is in use by others; try again in a moment")]
    Busy {
        /// Which.
        at: Address,
    },
    /// No room left.
    #[error("the disk of the database {at} is full; free space and try again")]
    DiskFull {
        /// Which.
        at: Address,
    },
    /// The file cannot be made or written.
    #[error("the database {at} cannot be opened or written: {source}; check the rights on the file and its folder")]
    NotWritable {
        /// Which.
        at: Address,
        /// What the system said.
        source: io::Error,
    },
    /// The bytes on disk are wrong.
    #[error("the database {at} is damaged ({detail}); restore it from a backup")]
    Damaged {
        /// Which.
        at: Address,
        /// What was found.
        detail: String,
    },
    /// Something else lies there.
    #[error("{at} is no database of this program; name another file")]
    NotADatabase {
        /// Which.
        at: Address,
    },
    /// The server does not answer.
    #[error("the database server {at} does not answer ({detail}); check that it runs and that the address is right")]
    Unreachable {
        /// Which.
        at: Address,
        /// What the system said.
        detail: String,
    },
    /// The server does not let us in.
    #[error("the database server {at} refuses: {detail}; check user, password and the name of the database")]
    Refused {
        /// Which.
        at: Address,
        /// What the server said.
        detail: String,
    },
    /// Made by a later version of the program.
    #[error(
        "the tables of {room} in {at} are of a later version ({found}; this program knows {known}); use that version"
    )]
    Newer {
        /// Which.
        at: Address,
        /// Whose tables.
        room: &'static str,
        /// The version there.
        found: i64,
        /// The last one known here.
        known: i64,
    },
    /// A migration that has run is not the one that stands in this program.
    #[error("the tables of {room} in {at} were made by another step {version} than this program's; restore a backup")]
    Changed {
        /// Which.
        at: Address,
        /// Whose tables.
        room: &'static str,
        /// The step.
        version: i64,
    },
    /// A rule of the tables stood against it.
    #[error("a rule of the tables in {at} forbids this: {detail}")]
    Forbidden {
        /// Which.
        at: Address,
        /// The rule.
        detail: String,
    },
    /// Anything else.
    #[error("the database {at} failed: {source}")]
    Other {
        /// Which.
        at: Address,
        /// What it said.
        source: Box<sqlx::Error>,
    },
}

impl DatabaseError {
    /// A failure of the driver as a sentence.
    #[must_use]
    pub fn of(at: &Address, error: sqlx::Error) -> Self {
        let at = at.clone();
        let detail = error.to_string();
        if matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) {
            return Self::Busy { at };
        }
        if let sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) = error {
            return Self::Unreachable { at, detail };
        }
        if let sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) = error {
            return Self::Damaged { at, detail };
        }
        let code = error.as_database_error().and_then(|error| error.code().map(Cow::into_owned));
        match (&at, code) {
            (Address::File(_), Some(code)) => of_sqlite(at, &code, detail, error),
            (Address::Postgres(_), Some(code)) => of_postgres(at, &code, detail, error),
            (_, None) => Self::Other { at, source: Box::new(error) },
        }
    }

    /// Whether asking again may do.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Unreachable { .. })
    }
}

/// By SQLite's primary result code.
fn of_sqlite(at: Address, code: &str, detail: String, error: sqlx::Error) -> DatabaseError {
    let code: i32 = code.parse().unwrap_or_default();
    // SQLITE_IOERR_SHMSIZE: the disk is full, too.
    match if code == 4874 { 13 } else { code & 0xff } {
        5 | 6 => DatabaseError::Busy { at },
        3 | 8 | 14 => DatabaseError::NotWritable { at, source: io::Error::new(io::ErrorKind::PermissionDenied, error) },
        11 => DatabaseError::Damaged { at, detail },
        13 => DatabaseError::DiskFull { at },
        19 => DatabaseError::Forbidden { at, detail },
        26 => DatabaseError::NotADatabase { at },
        _ => DatabaseError::Other { at, source: Box::new(error) },
    }
}

/// By SQLSTATE (PostgreSQL 15, appendix A).
fn of_postgres(at: Address, code: &str, detail: String, error: sqlx::Error) -> DatabaseError {
    match code {
        "53100" => DatabaseError::DiskFull { at },
        "53300" | "40001" | "40P01" | "55P03" => DatabaseError::Busy { at },
        "P0001" => DatabaseError::Forbidden { at, detail },
        "XX001" | "XX002" => DatabaseError::Damaged { at, detail },
        // Connection exceptions, and a server that is starting or going down.
        _ if code.starts_with("08") || code.starts_with("57P") => DatabaseError::Unreachable { at, detail },
        _ if code.starts_with("23") => DatabaseError::Forbidden { at, detail },
        _ if code.starts_with("28") || code.starts_with("3D") || code == "42501" => {
            DatabaseError::Refused { at, detail }
        }
        _ => DatabaseError::Other { at, source: Box::new(error) },
    }
}
