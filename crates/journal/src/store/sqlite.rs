//! A journal in a folder: one SQLite file, one writer.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::failure::primary_code;
use super::{Line, MIGRATIONS, PATIENCE, check_version, damaged, failed, not_migrated, unreadable, version};
use crate::error::{Fault, JournalError};
use crate::key::SignedCheckpoint;
use crate::location::Location;
use crate::memory::Written;

const APPEND_ONLY: &str = include_str!("../../migrations/sqlite/append_only.sql");

const SCHEMA_WORDS: &str =
    "SELECT CAST(name || ' ' || tbl_name || ' ' || COALESCE(sql, '') AS BLOB) FROM sqlite_schema";

/// Reading connections of one process.
const READERS: u32 = 4;

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
}

/// Opens the connection that writes. FULL: an append is on disk before it is answered, WAL or not.
pub(crate) async fn writer(location: &Location) -> Result<SqliteConnection, JournalError> {
    let options = options(&location.files().database()).synchronous(SqliteSynchronous::Full);
    let connection = options.journal_mode(SqliteJournalMode::Wal).connect().await;
    connection.map_err(|error| failed(location, error))
}

/// Opens the connections that read, each with a consistent view of its own.
pub(crate) async fn readers(location: &Location) -> Result<SqlitePool, JournalError> {
    let pool = connect_readers(location, options(&location.files().database())).await?;
    // SQLite looks into the file only when it is asked something.
    let asked: Result<i64, _> = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema").fetch_one(&pool).await;
    match asked {
        Err(_) if location.files().has_rollback() => Err(JournalError::LeftMidStep { place: location.shown() }),
        // A medium that cannot be written has no place for the index of the write-ahead log; where there is no log either,
        // the database is all there is, and nobody changes it.
        Err(error) if matches!(primary_code(&error), Some(8 | 14)) && !location.files().has_log() => {
            connect_readers(location, options(&location.files().database()).immutable(true)).await
        }
        // What else is wrong with it is told by the first that reads, with its place.
        _ => Ok(pool),
    }
}

async fn connect_readers(location: &Location, options: SqliteConnectOptions) -> Result<SqlitePool, JournalError> {
    let pool = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(PATIENCE * 3);
    pool.connect_with(options.read_only(true)).await.map_err(|error| failed(location, error))
}

/// Makes the database of an empty journal beside its final place: one file, to be renamed. It is put in WAL mode before,
/// so that no process ever switches the mode of a journal in use: killed in between, it left a rollback to do that a
/// reader cannot do.
pub(crate) async fn make(location: &Location, empty: &SignedCheckpoint) -> Result<(), JournalError> {
    let options = options(&location.files().unfinished_database()).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Delete).synchronous(SqliteSynchronous::Full);
    let mut made = options.connect().await.map_err(|error| failed(location, error))?;
    migrate(&mut made, location).await?;
    let added = super::add_checkpoint(&mut Line::Sqlite(&mut made), empty).await;
    added.map_err(|error| failed(location, error))?;
    let wal = sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut made).await;
    wal.map_err(|error| failed(location, error))?;
    made.close().await.map_err(|error| failed(location, error))
}

/// An empty database with today's schema, to compare with.
async fn pattern(location: &Location) -> Result<SqliteConnection, JournalError> {
    let options = SqliteConnectOptions::new().in_memory(true);
    let mut made = options.connect().await.map_err(|error| failed(location, error))?;
    migrate(&mut made, location).await?;
    Ok(made)
}

/// Brings the schema up to date.
pub(crate) async fn migrate(connection: &mut SqliteConnection, location: &Location) -> Result<(), JournalError> {
    MIGRATIONS.run_direct(None, &mut *connection, false).await.map_err(|error| not_migrated(location, error))?;
    sqlx::raw_sql(APPEND_ONLY).execute(connection).await.map(drop).map_err(|error| failed(location, error))
}

/// Refuses a database that is none of ours, or from the future; and, for readers, one from the past.
pub(crate) async fn check(
    connection: &mut SqliteConnection,
    location: &Location,
    may_migrate: bool,
) -> Result<(), JournalError> {
    check_words(&mut *connection, location).await?;
    let found = version(&mut Line::Sqlite(connection)).await.map_err(|error| match primary_code(&error) {
        // "no such table": a database, but no journal.
        Some(1) => JournalError::NotADatabase { path: location.files().database() },
        _ => failed(location, error),
    })?;
    check_version(found, location, may_migrate)
}

/// Refuses a schema that is not UTF-8, before any table is asked: sqlx 0.9 panics in its worker on a column type that is
/// not, and the call that waits for it never returns. The expressions have no column type of their own.
async fn check_words(connection: &mut SqliteConnection, location: &Location) -> Result<(), JournalError> {
    let words: Result<Vec<Vec<u8>>, _> = sqlx::query_scalar(SCHEMA_WORDS).fetch_all(connection).await;
    let words = words.map_err(|error| unreadable(location, error))?;
    match words.iter().find_map(|words| std::str::from_utf8(words).err().map(|_| words)) {
        Some(words) => Err(damaged(location, Fault::Schema { name: String::from_utf8_lossy(words).into_owned() })),
        None => Ok(()),
    }
}

/// Writes acts from `position` on, their report files and the checkpoint, all or nothing.
pub(crate) async fn append(
    connection: &mut SqliteConnection,
    location: &Location,
    position: u64,
    new: &[Written],
    blobs: &[(String, &[u8])],
    checkpoint: &SignedCheckpoint,
) -> Result<(), JournalError> {
    let failed = |error| failed(location, error);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let mut line = Line::Sqlite(&mut transaction);
    super::add(&mut line, position, new, blobs, checkpoint).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

/// The database's own check: `ok`, or the first fault.
pub(super) async fn integrity(connection: &mut SqliteConnection, location: &Location) -> Result<String, JournalError> {
    let check = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(connection).await;
    check.map_err(|error| unreadable(location, error))
}

/// The schema as found, and as it is when made anew.
pub(super) async fn schemas(
    connection: &mut SqliteConnection,
    location: &Location,
) -> Result<[Vec<(String, String)>; 2], JournalError> {
    let mut pattern = pattern(location).await?;
    Ok([schema(connection, location).await?, schema(&mut pattern, location).await?])
}

/// Every table, index and trigger with the words that made it.
async fn schema(connection: &mut SqliteConnection, location: &Location) -> Result<Vec<(String, String)>, JournalError> {
    let parts = sqlx::query_as("SELECT name, type || ' ' || tbl_name || ' ' || COALESCE(sql, '') FROM sqlite_schema");
    parts.fetch_all(connection).await.map_err(|error| unreadable(location, error))
}
