//! The database: every statement that is sent to it, written once for SQLite and PostgreSQL.

mod failure;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder, Sqlite, SqliteConnection, SqlitePool, Transaction};

pub(crate) use self::failure::{damaged, failed, is_no_answer, unreadable};
use crate::error::{Fault, JournalError};
use crate::key::SignedCheckpoint;
use crate::location::Location;
use crate::memory::Written;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

const ACTS_FROM: &str = "SELECT position, id, body, leaf FROM acts WHERE position >= $1 ORDER BY position LIMIT $2";
const ADD_ACTS: &str = "INSERT INTO acts (position, id, body, leaf) ";
const ADD_BLOB: &str = "INSERT INTO blobs (sha256, bytes) VALUES ($1, $2)";
const ADD_CHECKPOINT: &str = "INSERT INTO checkpoints (size, note) VALUES ($1, $2)";
const BLOB: &str = "SELECT bytes FROM blobs WHERE sha256 = $1";
const BLOB_NAMES: &str = "SELECT sha256 FROM blobs ORDER BY sha256";
const CHECKPOINTS: &str = "SELECT size, note FROM checkpoints ORDER BY size";
const LAST_CHECKPOINT: &str = "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1";
const NUMBER_OF_ACTS: &str = "SELECT COUNT(*) FROM acts";
const SCHEMA_VERSION: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";

/// Rows read at a time, so that memory holds the acts and not the table as well.
pub(crate) const PAGE: i64 = 1_000;
/// Rows written by one statement.
const ROWS: usize = 200;
/// How long to wait for another connection's short lock, and for a server's answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A row of the table of acts.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) position: i64,
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) leaf: String,
}

/// A connection, or a transaction on one, for as long as it is asked.
pub(crate) enum Line<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// Asks either database the same thing. A server that does not answer in time is given up.
macro_rules! on {
    ($line:expr, $connection:ident => $asked:expr) => {
        match $line {
            $crate::store::Line::Sqlite($connection) => {
                let $connection = &mut **$connection;
                $asked.await
            }
            $crate::store::Line::Postgres($connection) => {
                let $connection = &mut **$connection;
                $crate::store::timely($asked).await
            }
        }
    };
}

/// Gives a server up that does not answer.
pub(crate) async fn timely<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// The connections that read.
#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One of them.
pub(crate) enum Reader {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A consistent view: all that is asked of it is answered as of one moment.
pub(crate) enum View {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Pool {
    pub(crate) async fn reader(&self, location: &Location) -> Result<Reader, JournalError> {
        let reader = match self {
            Self::Sqlite(pool) => pool.acquire().await.map(Reader::Sqlite),
            Self::Postgres(pool) => timely(pool.acquire()).await.map(Reader::Postgres),
        };
        reader.map_err(|error| failed(location, error))
    }

    pub(crate) async fn view(&self, location: &Location) -> Result<View, JournalError> {
        let view = match self {
            Self::Sqlite(pool) => pool.begin().await.map(View::Sqlite),
            Self::Postgres(pool) => timely(pool.begin_with(postgres::VIEW)).await.map(View::Postgres),
        };
        view.map_err(|error| failed(location, error))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            // A server that does not answer is no reason to wait: nothing is written on closing.
            Self::Postgres(pool) => drop(tokio::time::timeout(Duration::from_secs(1), pool.close()).await),
        }
    }
}

impl Reader {
    pub(crate) fn line(&mut self) -> Line<'_> {
        match self {
            Self::Sqlite(connection) => Line::Sqlite(connection),
            Self::Postgres(connection) => Line::Postgres(connection),
        }
    }
}

impl View {
    pub(crate) fn line(&mut self) -> Line<'_> {
        match self {
            Self::Sqlite(transaction) => Line::Sqlite(transaction),
            Self::Postgres(transaction) => Line::Postgres(transaction),
        }
    }

    pub(crate) async fn close(self, location: &Location) -> Result<(), JournalError> {
        let closed = match self {
            Self::Sqlite(transaction) => transaction.rollback().await,
            Self::Postgres(transaction) => timely(transaction.rollback()).await,
        };
        closed.map_err(|error| failed(location, error))
    }
}

/// The newest migration found, or the database's word on why there is none.
async fn version(line: &mut Line<'_>) -> Result<i64, sqlx::Error> {
    on!(line, connection => sqlx::query_scalar(SCHEMA_VERSION).fetch_one(connection))
}

/// Refuses a journal from the future; and, for readers, one from the past.
fn check_version(found: i64, location: &Location, may_migrate: bool) -> Result<(), JournalError> {
    let known = newest();
    if found > known {
        Err(newer(location, found))
    } else if found < known && !may_migrate {
        Err(JournalError::Older { place: location.shown() })
    } else {
        Ok(())
    }
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn newer(location: &Location, found: i64) -> JournalError {
    JournalError::Newer { place: location.shown(), found, known: newest() }
}

/// What went wrong while the schema was brought up to date.
fn not_migrated(location: &Location, error: sqlx::migrate::MigrateError) -> JournalError {
    use sqlx::migrate::MigrateError;
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(location, error),
        MigrateError::VersionMissing(found) => newer(location, found),
        other => damaged(location, Fault::Schema { name: other.to_string() }),
    }
}

/// The rows from `position` on, a page of them.
pub(crate) async fn acts_from(
    line: &mut Line<'_>,
    location: &Location,
    position: u64,
    limit: i64,
) -> Result<Vec<Row>, JournalError> {
    let rows = on!(line, connection => {
        sqlx::query_as(ACTS_FROM).bind(signed(position)).bind(limit).fetch_all(connection)
    });
    rows.map_err(|error| unreadable(location, error))
}

/// How many acts there are, by count.
pub(crate) async fn number_of_acts(line: &mut Line<'_>, location: &Location) -> Result<i64, JournalError> {
    let number = on!(line, connection => sqlx::query_scalar(NUMBER_OF_ACTS).fetch_one(connection));
    number.map_err(|error| unreadable(location, error))
}

/// The newest checkpoint: its size and its note.
pub(crate) async fn last_checkpoint(
    line: &mut Line<'_>,
    location: &Location,
) -> Result<Option<(i64, String)>, JournalError> {
    let last = on!(line, connection => sqlx::query_as(LAST_CHECKPOINT).fetch_optional(connection));
    last.map_err(|error| unreadable(location, error))
}

/// All checkpoints, by size.
pub(crate) async fn checkpoints(line: &mut Line<'_>, location: &Location) -> Result<Vec<(i64, String)>, JournalError> {
    let all = on!(line, connection => sqlx::query_as(CHECKPOINTS).fetch_all(connection));
    all.map_err(|error| unreadable(location, error))
}

/// A report file.
pub(crate) async fn blob(
    line: &mut Line<'_>,
    location: &Location,
    sha256: &str,
) -> Result<Option<Vec<u8>>, JournalError> {
    let bytes = on!(line, connection => sqlx::query_scalar(BLOB).bind(sha256).fetch_optional(connection));
    bytes.map_err(|error| unreadable(location, error))
}

/// The names of all report files.
pub(crate) async fn blob_names(line: &mut Line<'_>, location: &Location) -> Result<Vec<String>, JournalError> {
    let names = on!(line, connection => sqlx::query_scalar(BLOB_NAMES).fetch_all(connection));
    names.map_err(|error| unreadable(location, error))
}

/// Writes acts from `position` on, their report files and the checkpoint, inside a transaction that somebody else ends.
pub(crate) async fn add(
    line: &mut Line<'_>,
    position: u64,
    new: &[Written],
    blobs: &[(String, &[u8])],
    checkpoint: &SignedCheckpoint,
) -> Result<(), sqlx::Error> {
    for (sha256, bytes) in blobs {
        on!(line, connection => async {
            sqlx::query(ADD_BLOB).bind(sha256).bind(*bytes).execute(connection).await.map(drop)
        })?;
    }
    let rows: Vec<(i64, &Written)> = (position..).map(signed).zip(new).collect();
    for rows in rows.chunks(ROWS) {
        match line {
            Line::Sqlite(connection) => {
                let mut add = QueryBuilder::<Sqlite>::new(ADD_ACTS);
                add.push_values(rows, |mut row, (position, written)| {
                    row.push_bind(*position).push_bind(&written.act.id.0).push_bind(&written.body);
                    row.push_bind(written.leaf().to_string());
                });
                add.build().execute(&mut **connection).await?;
            }
            Line::Postgres(connection) => {
                let mut add = QueryBuilder::<Postgres>::new(ADD_ACTS);
                add.push_values(rows, |mut row, (position, written)| {
                    row.push_bind(*position).push_bind(&written.act.id.0).push_bind(&written.body);
                    row.push_bind(written.leaf().to_string());
                });
                timely(add.build().execute(&mut **connection)).await?;
            }
        }
    }
    add_checkpoint(line, checkpoint).await
}

/// Writes a checkpoint.
async fn add_checkpoint(line: &mut Line<'_>, checkpoint: &SignedCheckpoint) -> Result<(), sqlx::Error> {
    on!(line, connection => async {
        let add = sqlx::query(ADD_CHECKPOINT).bind(signed(checkpoint.size)).bind(&checkpoint.note);
        add.execute(connection).await.map(drop)
    })
}

/// The database's own check: `ok`, or the first fault. A server checks its pages as it reads them.
pub(crate) async fn integrity(line: &mut Line<'_>, location: &Location) -> Result<String, JournalError> {
    match line {
        Line::Sqlite(connection) => sqlite::integrity(connection, location).await,
        Line::Postgres(_) => Ok("ok".to_owned()),
    }
}

/// Every part of the schema, by name, with the words that made it: as found, and as it is when made anew.
pub(crate) async fn schemas(
    line: &mut Line<'_>,
    location: &Location,
) -> Result<[Vec<(String, String)>; 2], JournalError> {
    match line {
        Line::Sqlite(connection) => sqlite::schemas(connection, location).await,
        Line::Postgres(connection) => postgres::schemas(connection, location).await,
    }
}

/// A size or position as the database keeps it. A journal never comes near 2^63 acts.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
