//! The steps that make the tables. Each runs once, in a transaction, and is never changed afterwards.

use sha2::{Digest as _, Sha256};

use crate::error::DatabaseError;
use crate::open::{Database, Kind, Transaction};

/// A step.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; they run in this order.
    pub version: i64,
    /// What it does, in a few words.
    pub name: &'static str,
    /// What both databases take.
    pub sql: &'static str,
    /// What follows on SQLite: triggers, which the two write differently.
    pub sqlite: &'static str,
    /// What follows on PostgreSQL.
    pub postgres: &'static str,
}

impl Migration {
    fn parts(&self, kind: Kind) -> [&'static str; 2] {
        [self.sql, if kind == Kind::Sqlite { self.sqlite } else { self.postgres }]
    }

    fn sha256(&self, kind: Kind) -> String {
        let mut hash = Sha256::new();
        for part in self.parts(kind) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        format!("{:x}", hash.finalize())
    }
}

const STEPS: &str = "CREATE TABLE IF NOT EXISTS migrations (room TEXT NOT NULL, version BIGINT NOT NULL, \
    name TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (room, version))";
/// Two nodes that start together make the tables one after the other. The number is "mineban" in a telephone's letters.
const LOCK: &str = "SELECT pg_advisory_xact_lock(6463226)";

/// Runs the steps that have not run.
pub(crate) async fn run(database: &Database, room: &'static str, steps: &[Migration]) -> Result<(), DatabaseError> {
    let failed = |error| database.failed(error);
    let mut transaction = database.begin().await?;
    if database.kind() == Kind::Postgres {
        sqlx::raw_sql(LOCK).execute(&mut *transaction).await.map_err(failed)?;
    }
    sqlx::raw_sql(STEPS).execute(&mut *transaction).await.map_err(failed)?;
    let done = check(database, &mut transaction, room, steps).await?;
    for step in steps.iter().filter(|step| !done.contains(&step.version)) {
        for part in step.parts(database.kind()) {
            sqlx::raw_sql(part).execute(&mut *transaction).await.map_err(failed)?;
        }
        let add = sqlx::query("INSERT INTO migrations (room, version, name, sha256) VALUES ($1, $2, $3, $4)");
        let add = add.bind(room).bind(step.version).bind(step.name).bind(step.sha256(database.kind()));
        add.execute(&mut *transaction).await.map_err(failed)?;
    }
    database.commit(transaction).await
}

/// The steps that have run, if each is one that stands here.
async fn check(
    database: &Database,
    transaction: &mut Transaction,
    room: &'static str,
    steps: &[Migration],
) -> Result<Vec<i64>, DatabaseError> {
    let ran = sqlx::query_as::<_, (i64, String)>("SELECT version, sha256 FROM migrations WHERE room = $1");
    let ran = ran.bind(room).fetch_all(&mut **transaction).await.map_err(|error| database.failed(error))?;
    let known = steps.iter().map(|step| step.version).max().unwrap_or(0);
    for (version, sha256) in &ran {
        let at = || database.address().clone();
        let Some(step) = steps.iter().find(|step| step.version == *version) else {
            return Err(DatabaseError::Newer { at: at(), room, found: *version, known });
        };
        if step.sha256(database.kind()) != *sha256 {
            return Err(DatabaseError::Changed { at: at(), room, version: *version });
        }
    }
    Ok(ran.into_iter().map(|(version, _)| version).collect())
}
