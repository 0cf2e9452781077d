//! A journal in a PostgreSQL database: in its schema `journal`, shared by several nodes.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool, Postgres, Transaction};

use super::failure::state_code;
use super::{
    Line, MIGRATIONS, PATIENCE, check_version, failed, is_no_answer, not_migrated, timely, unreadable, version,
};
use crate::error::JournalError;
use crate::key::SignedCheckpoint;
use crate::location::{Location, Server};

const APPEND_ONLY: &str = include_str!("../../migrations/postgres/append_only.sql");

/// A consistent view of all acts and checkpoints.
pub(super) const VIEW: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Where nodes tell each other that there is something new.
const CHANNEL: &str = "mineban_journal";

/// The number under which the making of the schema is one at a time: "mineban" in ASCII.
const MAKING: &str = "SELECT pg_advisory_xact_lock(30798115428753774)";

/// Appending is one at a time, in the whole database: the table's own number is the lock's name. It is taken with the
/// transaction and given back with it, however that ends.
const TURN: &str = "SELECT pg_advisory_xact_lock('acts'::regclass::oid::bigint)";

/// What a commit means must not hang on how a server is set: on disk before it is answered.
const ON_DISK: &str = "
    SELECT set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";

const EXISTS: &str = "SELECT to_regclass('journal.checkpoints') IS NOT NULL";

/// Columns, constraints, functions and triggers of the schema in the search path.
const PARTS: &str = "
    SELECT c.relname || '.' || a.attname AS name,
           format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text AS words
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT conname, c.relname || ' ' || pg_get_constraintdef(k.oid, true)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.connamespace = current_schema()::regnamespace
    UNION ALL
    SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    UNION ALL
    SELECT tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid, true)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
    UNION ALL
    SELECT rulename, definition FROM pg_rules WHERE schemaname = current_schema()
    ORDER BY 1, 2";

/// Connections of one process.
const CONNECTIONS: u32 = 8;

/// Opens the connections. A node that is cut off in the middle of an append holds the others up for as long as the server
/// waits for it: five seconds.
pub(crate) async fn connect(server: &Server, location: &Location) -> Result<PgPool, JournalError> {
    let options = server.options.clone().application_name("mineban").disable_statement_logging().options([
        ("search_path", "journal"),
        ("idle_in_transaction_session_timeout", "5s"),
        ("lock_timeout", "9s"),
        ("statement_timeout", "9s"),
        ("tcp_user_timeout", "15s"),
        ("client_connection_check_interval", "2s"),
    ]);
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
    timely(pool.connect_with(options)).await.map_err(|error| failed(location, error))
}

/// Whether there is a journal in the database.
pub(crate) async fn exists(pool: &PgPool, location: &Location) -> Result<bool, JournalError> {
    timely(sqlx::query_scalar(EXISTS).fetch_one(pool)).await.map_err(|error| failed(location, error))
}

/// Begins to make an empty journal; `None` when there is one already. Whoever else begins meanwhile waits.
pub(crate) async fn begin_making(
    pool: &PgPool,
    location: &Location,
) -> Result<Option<Transaction<'static, Postgres>>, JournalError> {
    let failed = |error| failed(location, error);
    let mut making = timely(pool.begin()).await.map_err(failed)?;
    timely(sqlx::raw_sql(MAKING).execute(&mut *making)).await.map_err(failed)?;
    let there: bool = timely(sqlx::query_scalar(EXISTS).fetch_one(&mut *making)).await.map_err(failed)?;
    Ok((!there).then_some(making))
}

/// Makes the schema and the first checkpoint.
pub(crate) async fn finish_making(
    mut making: Transaction<'static, Postgres>,
    location: &Location,
    empty: &SignedCheckpoint,
) -> Result<(), JournalError> {
    let failed = |error| failed(location, error);
    timely(sqlx::raw_sql("CREATE SCHEMA IF NOT EXISTS journal").execute(&mut *making)).await.map_err(failed)?;
    lay_out(&mut making, location).await?;
    super::add_checkpoint(&mut Line::Postgres(&mut making), empty).await.map_err(failed)?;
    timely(making.commit()).await.map_err(failed)
}

/// Brings the schema up to date, once, whichever node comes first.
pub(crate) async fn migrate(pool: &PgPool, location: &Location) -> Result<(), JournalError> {
    let failed = |error| failed(location, error);
    let mut making = timely(pool.begin()).await.map_err(failed)?;
    timely(sqlx::raw_sql(MAKING).execute(&mut *making)).await.map_err(failed)?;
    lay_out(&mut making, location).await?;
    timely(making.commit()).await.map_err(failed)
}

/// `run_direct`, for a future that awaits `run` cannot be sent to another thread.
async fn lay_out(connection: &mut PgConnection, location: &Location) -> Result<(), JournalError> {
    MIGRATIONS.run_direct(None, &mut *connection, false).await.map_err(|error| not_migrated(location, error))?;
    let rules = timely(sqlx::raw_sql(APPEND_ONLY).execute(connection)).await;
    rules.map(drop).map_err(|error| failed(location, error))
}

/// Refuses a database without a journal, or with one from the future; and one from the past, if it may not be migrated.
/// Whether it is to be migrated.
pub(crate) async fn check(pool: &PgPool, location: &Location, may_migrate: bool) -> Result<bool, JournalError> {
    let mut connection = timely(pool.acquire()).await.map_err(|error| failed(location, error))?;
    let found = version(&mut Line::Postgres(&mut connection)).await;
    let found = found.map_err(|error| match state_code(&error).as_deref() {
        // No such table, no such schema.
        Some("42P01" | "3F000") => JournalError::Missing { place: location.shown() },
        _ => failed(location, error),
    })?;
    check_version(found, location, may_migrate)?;
    Ok(found < super::newest())
}

/// Lets a reader think between two questions for longer than a writer may, who holds others up.
pub(crate) async fn let_it_think(view: &mut PgConnection, location: &Location) -> Result<(), JournalError> {
    let longer = "SET LOCAL idle_in_transaction_session_timeout = '10min'";
    timely(sqlx::raw_sql(longer).execute(view)).await.map(drop).map_err(|error| failed(location, error))
}

/// Begins an append: whoever else appends waits until it ends.
pub(crate) async fn turn(pool: &PgPool, location: &Location) -> Result<Transaction<'static, Postgres>, JournalError> {
    let failed = |error| failed(location, error);
    // Each statement sees what was committed before it, so that what is read after the lock is the newest there is.
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
    let mut turn = timely(pool.begin_with(begin)).await.map_err(failed)?;
    timely(sqlx::raw_sql(TURN).execute(&mut *turn)).await.map_err(failed)?;
    timely(sqlx::raw_sql(ON_DISK).execute(&mut *turn)).await.map_err(failed)?;
    Ok(turn)
}

/// Ends an append. Where the answer does not come, it may have been committed all the same.
pub(crate) async fn commit(turn: Transaction<'static, Postgres>, location: &Location) -> Result<(), JournalError> {
    match timely(turn.commit()).await {
        Err(error) if is_no_answer(&error) => Err(JournalError::Unanswered { place: location.shown() }),
        other => other.map_err(|error| failed(location, error)),
    }
}

/// Tells the other nodes of the new size; they hear it when the transaction is committed.
pub(crate) async fn announce(connection: &mut PgConnection, size: u64) -> Result<(), sqlx::Error> {
    let tell = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(size.to_string());
    timely(tell.execute(connection)).await.map(drop)
}

/// The schema as found, and as it is when made anew: in a schema of another name, which is never committed.
pub(super) async fn schemas(
    connection: &mut PgConnection,
    location: &Location,
) -> Result<[Vec<(String, String)>; 2], JournalError> {
    let unreadable = |error| unreadable(location, error);
    let found = timely(sqlx::query_as(PARTS).fetch_all(&mut *connection)).await.map_err(unreadable)?;
    let Some(server) = location.server() else { return Ok([found, Vec::new()]) };
    let options = server.options.clone().application_name("mineban").disable_statement_logging();
    let options = options.options([("search_path", "journal_pattern")]);
    let mut other = timely(options.connect()).await.map_err(unreadable)?;
    let mut making = timely(other.begin()).await.map_err(unreadable)?;
    timely(sqlx::raw_sql("CREATE SCHEMA journal_pattern").execute(&mut *making)).await.map_err(unreadable)?;
    lay_out(&mut making, location).await?;
    let made = timely(sqlx::query_as(PARTS).fetch_all(&mut *making)).await.map_err(unreadable)?;
    timely(making.rollback()).await.map_err(unreadable)?;
    Ok([found, made])
}

/// Hears of new acts.
pub struct Listener {
    listener: PgListener,
    location: Location,
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").field("location", &self.location).finish_non_exhaustive()
    }
}

impl Listener {
    pub(crate) async fn connect(pool: &PgPool, location: &Location) -> Result<Self, JournalError> {
        let failed = |error| failed(location, error);
        let mut listener = timely(PgListener::connect_with(pool)).await.map_err(failed)?;
        timely(listener.listen(CHANNEL)).await.map_err(failed)?;
        Ok(Self { listener, location: location.clone() })
    }

    /// Waits until another process says that it has appended, or until the time is up. Whether something was said; what
    /// was not heard is found by [`crate::Journal::refresh`] all the same.
    ///
    /// # Errors
    /// The connection is lost: listen anew.
    pub async fn wait(&mut self, at_most: Duration) -> Result<bool, JournalError> {
        match tokio::time::timeout(at_most, self.listener.try_recv()).await {
            Err(_) => Ok(false),
            Ok(Ok(Some(_))) => {
                // Several appends are one piece of news.
                while self.listener.next_buffered().is_some() {}
                Ok(true)
            }
            Ok(Ok(None)) => {
                let reason = "the connection was closed".to_owned();
                Err(JournalError::Unreachable { place: self.location.shown(), reason })
            }
            Ok(Err(error)) => Err(failed(&self.location, error)),
        }
    }
}
