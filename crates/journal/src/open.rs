//! A journal made, and a journal opened.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use tlog_tiles::EMPTY_HASH;

use crate::error::{Fault, JournalError};
use crate::journal::{Access, Journal, Writer, load, sign};
use crate::key::is_origin;
use crate::location::Location;
use crate::store::{self, Line, Pool, postgres, sqlite};

impl Journal {
    /// Whether there is a finished journal in the folder. One whose creation was interrupted is none: create it again.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        Location::folder(folder).files().must_hold_a_journal().is_ok()
    }

    /// Whether there is a finished journal at a location.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn exists_at(location: &Location) -> Result<bool, JournalError> {
        let Some(server) = location.server() else { return Ok(Self::exists(location.path())) };
        let pool = postgres::connect(server, location).await?;
        let exists = postgres::exists(&pool, location).await;
        Pool::Postgres(pool).close().await;
        exists
    }

    /// Puts a signer's secret key into a folder that has none, so that a journal made there goes on under it. `verifier` is
    /// the public key that it must belong to.
    ///
    /// # Errors
    /// The text is no key, or not that journal's; the folder has another key already, or cannot be written.
    pub fn put_key(folder: &Path, secret: &str, verifier: &str) -> Result<(), JournalError> {
        Location::folder(folder).files().put_key(secret, verifier)
    }

    /// Makes an empty journal and opens it for writing. `origin` names it for good, in every checkpoint and receipt:
    /// `mineban.example/journal`. An interrupted creation is finished.
    ///
    /// # Errors
    /// There is one already, the folder is in use or cannot be written, the database cannot be reached, or `origin` cannot
    /// name a journal.
    pub async fn create(location: impl Into<Location>, origin: &str) -> Result<Self, JournalError> {
        if !is_origin(origin) {
            return Err(JournalError::BadOrigin { origin: origin.to_owned() });
        }
        let location = location.into();
        let files = location.files();
        files.make()?;
        let lock = files.take()?;
        let there = || JournalError::AlreadyExists { place: location.shown() };
        if let Some(server) = location.server() {
            let pool = postgres::connect(server, &location).await?;
            let making = postgres::begin_making(&pool, &location).await?.ok_or_else(there)?;
            // Made only when there is no journal: a node that comes second needs the key of the first.
            let key = files.make_keys(origin)?;
            Box::pin(postgres::finish_making(making, &location, &sign(&key, 0, EMPTY_HASH)?)).await?;
            drop(lock);
            return Box::pin(Self::among_others(location, Pool::Postgres(pool), Access::Write)).await;
        }
        if files.database().exists() {
            return Err(there());
        }
        let key = files.make_keys(origin)?;
        files.clear_unfinished()?;
        Box::pin(sqlite::make(&location, &sign(&key, 0, EMPTY_HASH)?)).await?;
        files.finish_database()?;
        Box::pin(Self::alone(location, lock)).await
    }

    /// Opens a journal: reads all acts, checks each against its leaf and all of them against the newest signed checkpoint,
    /// and folds the register.
    ///
    /// # Errors
    /// There is none, it is in use by another writer of its folder, it cannot be reached, read or written, it is damaged,
    /// it is newer than this program, or the key here is not the one it is signed with.
    pub async fn open(location: impl Into<Location>, access: Access) -> Result<Self, JournalError> {
        let location = location.into();
        if let Some(server) = location.server() {
            let pool = postgres::connect(server, &location).await?;
            return Box::pin(Self::among_others(location, Pool::Postgres(pool), access)).await;
        }
        location.files().must_hold_a_journal()?;
        match access {
            Access::Read => {
                let readers = Pool::Sqlite(sqlite::readers(&location).await?);
                Box::pin(Self::assemble(location, readers, None)).await
            }
            Access::Write => {
                let lock = location.files().take()?;
                Box::pin(Self::alone(location, lock)).await
            }
        }
    }

    /// Opens a folder's journal for writing.
    async fn alone(location: Location, lock: File) -> Result<Self, JournalError> {
        let (key, _) = location.files().key_pair()?;
        let mut connection = sqlite::writer(&location).await?;
        sqlite::check(&mut connection, &location, true).await?;
        sqlite::migrate(&mut connection, &location).await?;
        let writer = Writer::Alone { connection: Box::new(connection), key, in_doubt: false, _lock: lock };
        let readers = Pool::Sqlite(sqlite::readers(&location).await?);
        Self::assemble(location, readers, Some(writer)).await
    }

    /// Opens a database's journal, beside whoever else has it open.
    async fn among_others(location: Location, readers: Pool, access: Access) -> Result<Self, JournalError> {
        let Pool::Postgres(pool) = &readers else { return Self::assemble(location, readers, None).await };
        let may_write = access == Access::Write;
        if postgres::check(pool, &location, may_write).await? {
            postgres::migrate(pool, &location).await?;
        }
        let writer = if may_write {
            let (key, _) = location.files().key_pair()?;
            Some(Writer::AmongOthers { pool: pool.clone(), key })
        } else {
            None
        };
        Self::assemble(location, readers, writer).await
    }

    async fn assemble(location: Location, readers: Pool, writer: Option<Writer>) -> Result<Self, JournalError> {
        let key = location.files().verifier_key()?;
        // Before the journal is read: another process of this node may be adding to both.
        let vouched_for = location.files().vouched_for();
        let mut view = readers.view(&location).await?;
        if let Line::Sqlite(connection) = &mut view.line() {
            sqlite::check(connection, &location, false).await?;
        }
        let loaded = load(&mut view.line(), &location, &key, Arc::default()).await;
        let changed = matches!(&loaded, Err(JournalError::Damaged { fault: Fault::CheckpointChanged { .. }, .. }));
        if changed && location.server().is_some() {
            // Every checkpoint from the first on is signed with another key: then it is not the journal that is wrong.
            let all = store::checkpoints(&mut view.line(), &location).await?;
            if all.iter().all(|(_, note)| key.open(note).is_err()) {
                return Err(JournalError::OtherKey { place: location.shown(), path: location.files().key() });
            }
        }
        let (memory, checkpoint) = loaded?;
        view.close(&location).await?;
        // A note of another key was left by another journal, and a torn one says nothing.
        if let Some((known, root)) = vouched_for.and_then(|note| key.open(&note).ok())
            && memory.tree.root_at(known.size).ok() != Some(root)
        {
            let (place, file) = (location.shown(), location.files().vouched());
            return Err(JournalError::NotContinued { place, found: memory.size(), known: known.size, file });
        }
        if writer.is_some() {
            location.files().vouch(&checkpoint.note);
        }
        Ok(Self { location, key, memory, checkpoint, readers, writer })
    }
}
