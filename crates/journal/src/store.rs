//! The database: connections, schema and every statement that is sent to it.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::error::{Fault, JournalError};
use crate::folder::Folder;
use crate::key::SignedCheckpoint;
use crate::memory::Written;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
const APPEND_ONLY: &str = include_str!("../migrations/sqlite/append_only.sql");

const ACTS_FROM: &str = "SELECT position, id, body, leaf FROM acts WHERE position >= $1 ORDER BY position LIMIT $2";
const ADD_ACT: &str = "INSERT INTO acts (position, id, body, leaf) VALUES ($1, $2, $3, $4)";
const ADD_BLOB: &str = "INSERT INTO blobs (sha256, bytes) VALUES ($1, $2)";
const ADD_CHECKPOINT: &str = "INSERT INTO checkpoints (size, note) VALUES ($1, $2)";
const BLOB: &str = "SELECT bytes FROM blobs WHERE sha256 = $1";
const BLOB_NAMES: &str = "SELECT sha256 FROM blobs ORDER BY sha256";
const CHECKPOINTS: &str = "SELECT size, note FROM checkpoints ORDER BY size";
const LAST_CHECKPOINT: &str = "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1";
const NUMBER_OF_ACTS: &str = "SELECT COUNT(*) FROM acts";
const SCHEMA_WORDS: &str =
    "SELECT CAST(name || ' ' || tbl_name || ' ' || COALESCE(sql, '') AS BLOB) FROM sqlite_schema";
const SCHEMA_VERSION: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";

/// Rows read at a time, so that memory holds the acts and not the table as well.
pub(crate) const PAGE: i64 = 1_000;
/// How long to wait for another connection's short lock.
const PATIENCE: Duration = Duration::from_secs(10);
/// Reading connections of one process.
const READERS: u32 = 4;

/// A row of the table of acts.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) position: i64,
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) leaf: String,
}

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
pub(crate) async fn writer(folder: &Folder) -> Result<SqliteConnection, JournalError> {
    let options = options(&folder.database()).synchronous(SqliteSynchronous::Full);
    let connection = options.journal_mode(SqliteJournalMode::Wal).connect().await;
    connection.map_err(|error| failed(folder, error))
}

/// Opens the connections that read, each with a consistent view of its own.
pub(crate) async fn readers(folder: &Folder) -> Result<SqlitePool, JournalError> {
    let pool = connect_readers(folder, options(&folder.database())).await?;
    // SQLite looks into the file only when it is asked something.
    let asked: Result<i64, _> = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema").fetch_one(&pool).await;
    match asked {
        Err(_) if folder.has_rollback() => Err(JournalError::LeftMidStep { folder: folder.path().to_owned() }),
        // A medium that cannot be written has no place for the index of the write-ahead log; where there is no log either,
        // the database is all there is, and nobody changes it.
        Err(error) if matches!(primary_code(&error), Some(8 | 14)) && !folder.has_log() => {
            connect_readers(folder, options(&folder.database()).immutable(true)).await
        }
        // What else is wrong with it is told by the first that reads, with its place.
        _ => Ok(pool),
    }
}

async fn connect_readers(folder: &Folder, options: SqliteConnectOptions) -> Result<SqlitePool, JournalError> {
    let pool = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(PATIENCE * 3);
    pool.connect_with(options.read_only(true)).await.map_err(|error| failed(folder, error))
}

/// Makes the database of an empty journal beside its final place: one file, to be renamed. It is put in WAL mode before,
/// so that no process ever switches the mode of a journal in use: killed in between, it left a rollback to do that a
/// reader cannot do.
pub(crate) async fn make(folder: &Folder, empty: &SignedCheckpoint) -> Result<(), JournalError> {
    let options = options(&folder.unfinished_database()).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Delete).synchronous(SqliteSynchronous::Full);
    let mut made = options.connect().await.map_err(|error| failed(folder, error))?;
    migrate(&mut made, folder).await?;
    let added = sqlx::query(ADD_CHECKPOINT).bind(0_i64).bind(&empty.note).execute(&mut made).await;
    added.map_err(|error| failed(folder, error))?;
    let wal = sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut made).await;
    wal.map_err(|error| failed(folder, error))?;
    made.close().await.map_err(|error| failed(folder, error))
}

/// An empty database with today's schema, to compare with.
pub(crate) async fn pattern(folder: &Folder) -> Result<SqliteConnection, JournalError> {
    let options = SqliteConnectOptions::new().in_memory(true);
    let mut made = options.connect().await.map_err(|error| failed(folder, error))?;
    migrate(&mut made, folder).await?;
    Ok(made)
}

/// Brings the schema up to date.
pub(crate) async fn migrate(connection: &mut SqliteConnection, folder: &Folder) -> Result<(), JournalError> {
    MIGRATIONS.run(&mut *connection).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(folder, error),
        MigrateError::VersionMissing(found) => newer(folder, found),
        other => damaged(folder, Fault::Schema { name: other.to_string() }),
    })?;
    sqlx::raw_sql(APPEND_ONLY).execute(connection).await.map(drop).map_err(|error| failed(folder, error))
}

/// Refuses a database that is none of ours, or from the future; and, for readers, one from the past.
pub(crate) async fn check_version(
    connection: &mut SqliteConnection,
    folder: &Folder,
    may_migrate: bool,
) -> Result<(), JournalError> {
    check_words(&mut *connection, folder).await?;
    let found: Result<i64, _> = sqlx::query_scalar(SCHEMA_VERSION).fetch_one(connection).await;
    let found = found.map_err(|error| match primary_code(&error) {
        // "no such table": a database, but no journal.
        Some(1) => JournalError::NotADatabase { path: folder.database() },
        _ => failed(folder, error),
    })?;
    let known = newest();
    if found > known {
        Err(newer(folder, found))
    } else if found < known && !may_migrate {
        Err(JournalError::Older { folder: folder.path().to_owned() })
    } else {
        Ok(())
    }
}

/// Refuses a schema that is not UTF-8, before any table is asked: sqlx 0.9 panics in its worker on a column type that is
/// not, and the call that waits for it never returns. The expressions have no column type of their own.
async fn check_words(connection: &mut SqliteConnection, folder: &Folder) -> Result<(), JournalError> {
    let words: Result<Vec<Vec<u8>>, _> = sqlx::query_scalar(SCHEMA_WORDS).fetch_all(connection).await;
    let words = words.map_err(|error| unreadable(folder, error))?;
    match words.iter().find_map(|words| std::str::from_utf8(words).err().map(|_| words)) {
        Some(words) => Err(damaged(folder, Fault::Schema { name: String::from_utf8_lossy(words).into_owned() })),
        None => Ok(()),
    }
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn newer(folder: &Folder, found: i64) -> JournalError {
    JournalError::Newer { folder: folder.path().to_owned(), found, known: newest() }
}

/// The rows from `position` on, a page of them.
pub(crate) async fn acts_from(
    connection: &mut SqliteConnection,
    folder: &Folder,
    position: u64,
    limit: i64,
) -> Result<Vec<Row>, JournalError> {
    let rows = sqlx::query_as(ACTS_FROM).bind(signed(position)).bind(limit).fetch_all(connection).await;
    rows.map_err(|error| unreadable(folder, error))
}

/// How many acts there are, by count.
pub(crate) async fn number_of_acts(connection: &mut SqliteConnection, folder: &Folder) -> Result<i64, JournalError> {
    sqlx::query_scalar(NUMBER_OF_ACTS).fetch_one(connection).await.map_err(|error| unreadable(folder, error))
}

/// The newest checkpoint: its size and its note.
pub(crate) async fn last_checkpoint(
    connection: &mut SqliteConnection,
    folder: &Folder,
) -> Result<Option<(i64, String)>, JournalError> {
    sqlx::query_as(LAST_CHECKPOINT).fetch_optional(connection).await.map_err(|error| unreadable(folder, error))
}

/// All checkpoints, by size.
pub(crate) async fn checkpoints(
    connection: &mut SqliteConnection,
    folder: &Folder,
) -> Result<Vec<(i64, String)>, JournalError> {
    sqlx::query_as(CHECKPOINTS).fetch_all(connection).await.map_err(|error| unreadable(folder, error))
}

/// A report file.
pub(crate) async fn blob(
    connection: &mut SqliteConnection,
    folder: &Folder,
    sha256: &str,
) -> Result<Option<Vec<u8>>, JournalError> {
    sqlx::query_scalar(BLOB).bind(sha256).fetch_optional(connection).await.map_err(|error| unreadable(folder, error))
}

/// The names of all report files.
pub(crate) async fn blob_names(
    connection: &mut SqliteConnection,
    folder: &Folder,
) -> Result<Vec<String>, JournalError> {
    sqlx::query_scalar(BLOB_NAMES).fetch_all(connection).await.map_err(|error| unreadable(folder, error))
}

/// Writes acts from `position` on, their report files and the checkpoint, all or nothing.
pub(crate) async fn append(
    connection: &mut SqliteConnection,
    folder: &Folder,
    position: u64,
    new: &[Written],
    blobs: &[(String, &[u8])],
    checkpoint: &SignedCheckpoint,
) -> Result<(), JournalError> {
    let failed = |error| failed(folder, error);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    for (sha256, bytes) in blobs {
        let add = sqlx::query(ADD_BLOB).bind(sha256).bind(*bytes);
        add.execute(&mut *transaction).await.map_err(failed)?;
    }
    for (position, written) in (position..).zip(new) {
        let add = sqlx::query(ADD_ACT).bind(signed(position)).bind(&written.act.id.0).bind(&written.body);
        add.bind(written.leaf().to_string()).execute(&mut *transaction).await.map_err(failed)?;
    }
    let add = sqlx::query(ADD_CHECKPOINT).bind(signed(checkpoint.size)).bind(&checkpoint.note);
    add.execute(&mut *transaction).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

/// A size or position as the database keeps it. A journal never comes near 2^63 acts.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// SQLite's primary result code.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    // SQLITE_IOERR_SHMSIZE: the disk is full, too.
    if code == 4874 { Some(13) } else { Some(code & 0xff) }
}

pub(crate) fn damaged(folder: &Folder, fault: Fault) -> JournalError {
    JournalError::Damaged { folder: folder.path().to_owned(), fault }
}

/// While reading rows, what cannot be decoded is damage as well.
fn unreadable(folder: &Folder, error: sqlx::Error) -> JournalError {
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            damaged(folder, Fault::Database { detail: error.to_string() })
        }
        other => failed(folder, other),
    }
}

/// A database error as a sentence for people.
pub(crate) fn failed(folder: &Folder, error: sqlx::Error) -> JournalError {
    let path = || folder.path().to_owned();
    match primary_code(&error) {
        Some(5 | 6) => JournalError::Busy { folder: path() },
        Some(3 | 8 | 14) => {
            let source = std::io::Error::new(std::io::ErrorKind::PermissionDenied, error);
            JournalError::NotWritable { path: folder.database(), source }
        }
        Some(11) => damaged(folder, Fault::Database { detail: error.to_string() }),
        Some(13) => JournalError::DiskFull { folder: path() },
        Some(26) => JournalError::NotADatabase { path: folder.database() },
        _ if matches!(error, sqlx::Error::PoolTimedOut) => JournalError::Busy { folder: path() },
        _ => JournalError::Database { folder: path(), source: Box::new(error) },
    }
}

/// The database's own check: `ok`, or the first fault.
pub(crate) async fn integrity(connection: &mut SqliteConnection, folder: &Folder) -> Result<String, JournalError> {
    let check = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(connection).await;
    check.map_err(|error| unreadable(folder, error))
}

/// Every table, index and trigger with the words that made it.
pub(crate) async fn schema(
    connection: &mut SqliteConnection,
    folder: &Folder,
) -> Result<Vec<(String, String)>, JournalError> {
    let parts = sqlx::query_as("SELECT name, type || ' ' || tbl_name || ' ' || COALESCE(sql, '') FROM sqlite_schema");
    parts.fetch_all(connection).await.map_err(|error| unreadable(folder, error))
}
