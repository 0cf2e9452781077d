//! Connections.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{Any, AnyPool};

use crate::address::Address;
use crate::error::DatabaseError;
use crate::migrate::{self, Migration};

/// How long to wait for another connection's lock, or for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections of one process.
const CONNECTIONS: u32 = 8;
/// What is set on each connection to SQLite; the README says why.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;";

/// A transaction; rolled back unless it is committed.
pub type Transaction = sqlx::Transaction<'static, Any>;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SQLite: one process writes at a time.
    Sqlite,
    /// PostgreSQL: several nodes may share it.
    Postgres,
}

/// A node that is cut off in the middle of a transaction holds the others up for as long as the server waits for it: five
/// seconds. What a commit means must not hang on how a server is set: on disk before it is answered.
const GUARDS: &str = "
    SET idle_in_transaction_session_timeout = '5s';
    SET lock_timeout = '9s';
    SET statement_timeout = '9s';
    SET tcp_user_timeout = '15s';
    SET client_connection_check_interval = '2s';
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";

/// An open database. Cheap to clone; all clones share the connections.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
    address: Address,
}

impl Database {
    /// Opens a database. A file that is not there yet is made, for its owner's eyes only.
    ///
    /// # Errors
    /// The file cannot be made or is something else; the server does not answer or refuses.
    pub async fn open(address: &Address) -> Result<Self, DatabaseError> {
        install_default_drivers();
        let url = match address {
            Address::File(path) => {
                make(path).map_err(|source| DatabaseError::NotWritable { at: address.clone(), source })?;
                let path = std::path::absolute(path)
                    .map_err(|source| DatabaseError::NotWritable { at: address.clone(), source })?;
                format!("sqlite://{}", encoded(&path))
            }
            Address::Postgres(url) => url.clone(),
        };
        let is_file = matches!(address, Address::File(_));
        let options = AnyPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        let options = options.after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(if is_file { PRAGMAS } else { GUARDS }).execute(connection).await?;
                Ok(())
            })
        });
        let pool = options.connect(&url).await.map_err(|error| DatabaseError::of(address, error))?;
        Ok(Self { pool, address: address.clone() })
    }

    /// Which database it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.address {
            Address::File(_) => Kind::Sqlite,
            Address::Postgres(_) => Kind::Postgres,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The connections, for statements that stand alone.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a transaction that may write, at once: on SQLite it holds the write lock from its first statement on, so
    /// that what it read cannot have changed when it writes.
    ///
    /// # Errors
    /// No connection is free, or another writer does not end.
    pub async fn begin(&self) -> Result<Transaction, DatabaseError> {
        let begun = match self.kind() {
            Kind::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await,
            Kind::Postgres => self.pool.begin().await,
        };
        begun.map_err(|error| self.failed(error))
    }

    /// Commits.
    ///
    /// # Errors
    /// The database could not write it down. Whether it is there is then unknown if the connection was lost; do it again,
    /// by the same name.
    pub async fn commit(&self, transaction: Transaction) -> Result<(), DatabaseError> {
        transaction.commit().await.map_err(|error| self.failed(error))
    }

    /// Brings the tables of a room up to date.
    ///
    /// # Errors
    /// They are of a later version, were made by other steps, or cannot be written.
    pub async fn migrate(&self, room: &'static str, steps: &[Migration]) -> Result<(), DatabaseError> {
        migrate::run(self, room, steps).await
    }

    /// Takes what was erased out of the log beside the file as well. PostgreSQL does so in its own time.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn sweep_log(&self) -> Result<(), DatabaseError> {
        if self.kind() == Kind::Sqlite {
            let swept = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await;
            swept.map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// A failure as a sentence that names this database.
    #[must_use]
    pub fn failed(&self, error: sqlx::Error) -> DatabaseError {
        DatabaseError::of(&self.address, error)
    }

    /// Closes the connections; those in use are waited for.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Makes the file and its folder. SQLite gives the files beside it the same rights.
fn make(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

/// A path as the part of an address that it becomes.
fn encoded(path: &Path) -> String {
    let mut text = String::new();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
