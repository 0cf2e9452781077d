//! What a database complains of, as sentences for people.

use crate::error::{Fault, JournalError};
use crate::location::Location;

/// SQLite's primary result code.
pub(super) fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    // SQLITE_IOERR_SHMSIZE: the disk is full, too.
    if code == 4874 { Some(13) } else { Some(code & 0xff) }
}

/// PostgreSQL's five letters.
pub(super) fn state_code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(std::borrow::Cow::into_owned)
}

pub(crate) fn damaged(location: &Location, fault: Fault) -> JournalError {
    JournalError::Damaged { place: location.shown(), fault }
}

/// While reading rows, what cannot be decoded is damage as well.
pub(crate) fn unreadable(location: &Location, error: sqlx::Error) -> JournalError {
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            damaged(location, Fault::Database { detail: error.to_string() })
        }
        other => failed(location, other),
    }
}

/// A database error as a sentence for people.
pub(crate) fn failed(location: &Location, error: sqlx::Error) -> JournalError {
    if location.server().is_some() { failed_there(location, error) } else { failed_here(location, error) }
}

fn failed_here(location: &Location, error: sqlx::Error) -> JournalError {
    let place = location.shown();
    let path = location.files().database();
    match primary_code(&error) {
        Some(5 | 6) => JournalError::Busy { place },
        Some(3 | 8 | 14) => {
            let source = std::io::Error::new(std::io::ErrorKind::PermissionDenied, error);
            JournalError::NotWritable { path, source }
        }
        Some(11) => damaged(location, Fault::Database { detail: error.to_string() }),
        Some(13) => JournalError::DiskFull { place },
        Some(26) => JournalError::NotADatabase { path },
        _ if matches!(error, sqlx::Error::PoolTimedOut) => JournalError::Busy { place },
        _ => JournalError::Database { place, source: Box::new(error) },
    }
}

fn failed_there(location: &Location, error: sqlx::Error) -> JournalError {
    let place = location.shown();
    if is_no_answer(&error) {
        return JournalError::Unreachable { place, reason: reason(&error) };
    }
    match state_code(&error).as_deref() {
        // The disk is full; a lock was waited for in vain; a page or an index is broken.
        Some("53100") => JournalError::DiskFull { place },
        Some("55P03" | "57014" | "40001" | "40P01") => JournalError::Busy { place },
        Some("XX001" | "XX002" | "58030" | "58P01") => damaged(location, Fault::Database { detail: error.to_string() }),
        _ => JournalError::Database { place, source: Box::new(error) },
    }
}

/// Whether the server gave no answer, so that it is not known what became of the last thing asked.
pub(crate) fn is_no_answer(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // It shut down, crashed or starts up; it closed the connection; there are too many connections.
        other => state_code(other).is_some_and(|code| {
            code.starts_with("08") || code.starts_with("57P") || code == "25P03" || code == "53300"
        }),
    }
}

fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::PoolTimedOut => "no connection in time".to_owned(),
        sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => "no answer in time".to_owned(),
        other => other.to_string(),
    }
}
