//! The journal: appended to, read on.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgPool, Postgres, SqliteConnection, Transaction};
use tlog_tiles::Hash;
use treaty::act::{Act, ActId};
use treaty::register::Register;

use crate::error::{Fault, JournalError};
use crate::key::{SignedCheckpoint, SigningKey, VerifierKey};
use crate::location::Location;
use crate::memory::{Memory, Written, report_of};
use crate::store::{self, Line, Pool, postgres, sqlite};

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read. Takes no lock, changes nothing, and works beside a writer.
    Read,
    /// To read and append. In a folder one process at a time; in a PostgreSQL database as many as you like.
    Write,
}

/// Where an act stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Position in the journal, from 0.
    pub index: u64,
    /// Whether it was there before.
    pub already: bool,
}

/// The acts of the Convention, kept in a folder or a database. See the crate's documentation.
pub struct Journal {
    pub(crate) location: Location,
    pub(crate) key: VerifierKey,
    pub(crate) memory: Arc<Memory>,
    pub(crate) checkpoint: SignedCheckpoint,
    pub(crate) readers: Pool,
    pub(crate) writer: Option<Writer>,
}

/// What only those who append have.
pub(crate) enum Writer {
    /// The one writer of a folder.
    Alone {
        connection: Box<SqliteConnection>,
        key: SigningKey,
        /// An append was begun, and whether it reached the disk is not known (its caller went away, or the disk failed).
        in_doubt: bool,
        /// Held until the journal is dropped.
        _lock: File,
    },
    /// One of several nodes.
    AmongOthers { pool: PgPool, key: SigningKey },
}

/// The right to append next. Memory is what the database has for as long as it is held.
pub(crate) enum Turn {
    Alone,
    AmongOthers(Box<Transaction<'static, Postgres>>),
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let writes = self.writer.is_some();
        f.debug_struct("Journal")
            .field("location", &self.location)
            .field("size", &self.size())
            .field("writes", &writes)
            .finish_non_exhaustive()
    }
}

impl Journal {
    /// The journal as it is now, to be read: it stays as it is when acts are appended, and [`Journal::refresh`] reads on.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        Self {
            location: self.location.clone(),
            key: self.key.clone(),
            memory: Arc::clone(&self.memory),
            checkpoint: self.checkpoint.clone(),
            readers: self.readers.clone(),
            writer: None,
        }
    }

    /// Lets go of the database in good order. Dropping the journal does as well, a little later.
    pub async fn close(self) {
        self.readers.close().await;
        if let Some(Writer::Alone { connection, .. }) = self.writer {
            // Everything is on disk since the append; a failure here costs only the tidying of the write-ahead log.
            let _ = connection.close().await;
        }
    }

    /// Records acts, all or none, with the report files that they name; answers once they are on disk.
    ///
    /// Recording an act again, by its name and with the same content (`recorded_at` may differ), changes nothing and is
    /// answered with `already`. A call given up half-way has recorded all or nothing; repeat it to know.
    ///
    /// # Errors
    /// An act is refused by the Convention or the acts before it, its name is taken, or a report file is missing or
    /// named by no act. The journal was opened for reading, or the disk is full or failing. Of a database on a server:
    /// it cannot be reached, and then nothing was recorded; or it went away before it answered
    /// ([`JournalError::Unanswered`]), and then repeating the call tells.
    pub async fn append(&mut self, new: &[Act], blobs: &[&[u8]]) -> Result<Vec<Appended>, JournalError> {
        // Before the turn, so that nobody waits for it.
        let written = new.iter().map(write_down).collect::<Result<Vec<Written>, JournalError>>()?;
        let turn = Box::pin(self.take_turn()).await?;
        let (answer, fresh) = self.sort_out(written)?;
        let blobs = self.match_reports(new, blobs)?;
        Box::pin(self.record(turn, fresh, blobs)).await?;
        Ok(answer)
    }

    /// Waits for the turn to append, and makes sure that memory is what the database has, before anything is decided by it.
    pub(crate) async fn take_turn(&mut self) -> Result<Turn, JournalError> {
        let Some(writer) = &mut self.writer else {
            return Err(JournalError::ReadOnly { place: self.location.shown() });
        };
        match writer {
            Writer::Alone { connection, in_doubt, .. } => {
                if *in_doubt {
                    let failed = |error| store::failed(&self.location, error);
                    // On the writing connection: it answers only after a commit that is still under way.
                    let mut view = connection.begin().await.map_err(failed)?;
                    let mut line = Line::Sqlite(&mut view);
                    let found = load(&mut line, &self.location, &self.key, Arc::clone(&self.memory)).await?;
                    view.rollback().await.map_err(failed)?;
                    (self.memory, self.checkpoint) = found;
                    *in_doubt = false;
                }
                Ok(Turn::Alone)
            }
            Writer::AmongOthers { pool, .. } => {
                let mut turn = postgres::turn(pool, &self.location).await?;
                let mut line = Line::Postgres(&mut turn);
                let found = load(&mut line, &self.location, &self.key, Arc::clone(&self.memory)).await?;
                (self.memory, self.checkpoint) = found;
                Ok(Turn::AmongOthers(Box::new(turn)))
            }
        }
    }

    /// Which of the acts are new, and where each act stands or will stand.
    fn sort_out(&self, written: Vec<Written>) -> Result<(Vec<Appended>, Vec<Written>), JournalError> {
        let mut fresh: Vec<Written> = Vec::new();
        let mut named: HashMap<ActId, usize> = HashMap::new();
        let mut answer = Vec::with_capacity(written.len());
        for new in written {
            let act = &new.act;
            let before = match (self.memory.position(&act.id), named.get(&act.id)) {
                (Some(position), _) => self.memory.at(position).map(|known| (position, &**known)),
                (None, Some(&at)) => fresh.get(at).map(|written| (self.size() + at as u64, &written.act)),
                (None, None) => None,
            };
            if let Some((index, known)) = before {
                let retried = Act { recorded_at: known.recorded_at, ..act.clone() };
                if retried != *known {
                    return Err(JournalError::IdTaken { id: act.id.clone(), position: index });
                }
                answer.push(Appended { index, already: true });
            } else {
                answer.push(Appended { index: self.size() + fresh.len() as u64, already: false });
                named.insert(act.id.clone(), fresh.len());
                fresh.push(new);
            }
        }
        Ok((answer, fresh))
    }

    /// Each report file with its name. A file that is kept already is left out.
    fn match_reports<'b>(&self, new: &[Act], blobs: &[&'b [u8]]) -> Result<Vec<(String, &'b [u8])>, JournalError> {
        let mut given: Vec<(String, &[u8])> = blobs.iter().map(|bytes| (sha256_hex(bytes), *bytes)).collect();
        given.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        given.dedup_by(|a, b| a.0 == b.0);
        if let Some((sha256, _)) =
            given.iter().find(|(sha256, _)| !new.iter().any(|act| report_of(act) == Some(sha256)))
        {
            return Err(JournalError::BlobNotNamed { sha256: sha256.clone() });
        }
        for act in new {
            if let Some(sha256) = report_of(act)
                && !self.memory.has_report(sha256)
                && !given.iter().any(|(given, _)| given == sha256)
            {
                return Err(JournalError::ReportMissing { id: act.id.clone(), sha256: sha256.to_owned() });
            }
        }
        given.retain(|(sha256, _)| !self.memory.has_report(sha256));
        Ok(given)
    }

    /// Admits new acts and writes them. The only place that decides what gets in.
    pub(crate) async fn record(
        &mut self,
        turn: Turn,
        fresh: Vec<Written>,
        blobs: Vec<(String, &[u8])>,
    ) -> Result<(), JournalError> {
        if fresh.is_empty() {
            return Ok(());
        }
        let mut register = Register::clone(&self.memory.register);
        for Written { act, .. } in &fresh {
            let refused = |refusal| JournalError::Refused { id: act.id.clone(), refusal };
            register.admit(act).map_err(refused)?;
        }
        let growth = self.memory.tree.grown(fresh.iter().map(Written::leaf)).map_err(|error| internal(&error))?;
        let (location, size) = (&self.location, self.memory.size());
        let checkpoint = match (&mut self.writer, turn) {
            (Some(Writer::Alone { connection, key, in_doubt, .. }), Turn::Alone) => {
                let checkpoint = sign(key, growth.size, growth.root)?;
                // Set before and cleared after: if this call is dropped while the database commits, the next one reads again.
                *in_doubt = true;
                sqlite::append(connection, location, size, &fresh, &blobs, &checkpoint).await?;
                checkpoint
            }
            (Some(Writer::AmongOthers { key, .. }), Turn::AmongOthers(mut turn)) => {
                let checkpoint = sign(key, growth.size, growth.root)?;
                let failed = |error| store::failed(location, error);
                let mut line = Line::Postgres(&mut turn);
                store::add(&mut line, size, &fresh, &blobs, &checkpoint).await.map_err(failed)?;
                postgres::announce(&mut turn, growth.size).await.map_err(failed)?;
                postgres::commit(*turn, location).await?;
                checkpoint
            }
            _ => return Err(JournalError::ReadOnly { place: location.shown() }),
        };
        Arc::make_mut(&mut self.memory).advance(fresh, register, growth).map_err(|error| internal(&error))?;
        self.checkpoint = checkpoint;
        self.location.files().vouch(&self.checkpoint.note);
        if let Some(Writer::Alone { in_doubt, .. }) = &mut self.writer {
            *in_doubt = false;
        }
        Ok(())
    }

    /// Reads what a writer elsewhere has appended since. Returns the number of new acts. What was read before cannot
    /// have changed: the new checkpoint's root covers it.
    ///
    /// # Errors
    /// The database cannot be read, is damaged, or holds less than was read before; the journal then stays as it was.
    pub async fn refresh(&mut self) -> Result<u64, JournalError> {
        let before = self.size();
        let mut view = self.readers.view(&self.location).await?;
        let found = load(&mut view.line(), &self.location, &self.key, Arc::clone(&self.memory)).await?;
        view.close(&self.location).await?;
        (self.memory, self.checkpoint) = found;
        if self.size() > before {
            self.location.files().vouch(&self.checkpoint.note);
        }
        Ok(self.size() - before)
    }

    /// Hears when other nodes append; `None` of a journal in a folder, which has one writer.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn listen(&self) -> Result<Option<postgres::Listener>, JournalError> {
        match &self.readers {
            Pool::Sqlite(_) => Ok(None),
            Pool::Postgres(pool) => postgres::Listener::connect(pool, &self.location).await.map(Some),
        }
    }
}

/// Reads the acts that `memory` lacks, in one consistent view, and checks them against the newest checkpoint.
pub(crate) async fn load(
    line: &mut Line<'_>,
    location: &Location,
    key: &VerifierKey,
    mut memory: Arc<Memory>,
) -> Result<(Arc<Memory>, SignedCheckpoint), JournalError> {
    loop {
        let rows = store::acts_from(line, location, memory.size(), store::PAGE).await?;
        if rows.is_empty() {
            break;
        }
        let memory = Arc::make_mut(&mut memory);
        for row in &rows {
            memory.take_in(row).map_err(|fault| store::damaged(location, fault))?;
        }
    }
    let last = store::last_checkpoint(line, location).await?;
    let size = memory.size();
    let missing = || store::damaged(location, Fault::CheckpointMissing { size });
    let (_, note) = last.filter(|(of, _)| u64::try_from(*of).ok() == Some(size)).ok_or_else(missing)?;
    let checkpoint = check_checkpoint(key, &memory, size, &note).map_err(|fault| store::damaged(location, fault))?;
    Ok((memory, checkpoint))
}

/// Checks a kept checkpoint: its signature, its size, and the root of the acts at that size.
pub(crate) fn check_checkpoint(
    key: &VerifierKey,
    memory: &Memory,
    size: u64,
    note: &str,
) -> Result<SignedCheckpoint, Fault> {
    let (checkpoint, root) =
        key.open(note).map_err(|reason| Fault::CheckpointChanged { size, reason: reason.to_string() })?;
    if checkpoint.size != size || memory.tree.root_at(size).ok() != Some(root) {
        return Err(Fault::RootDiffers { size });
    }
    Ok(checkpoint)
}

/// The one place where an act becomes bytes. What is written must read back as the same act.
fn write_down(act: &Act) -> Result<Written, JournalError> {
    let lost = |reason: String| JournalError::NotKept { id: act.id.clone(), reason };
    let body = serde_json::to_string(act).map_err(|error| lost(error.to_string()))?;
    let read: Act = serde_json::from_str(&body).map_err(|error| lost(error.to_string()))?;
    if read == *act { Ok(Written { act: read, body }) } else { Err(lost("it reads back as another act".into())) }
}

pub(crate) fn sign(key: &SigningKey, size: u64, root: Hash) -> Result<SignedCheckpoint, JournalError> {
    key.sign(size, root).map_err(|reason| JournalError::Internal(format!("the checkpoint {reason}")))
}

pub(crate) fn internal(error: &tlog_tiles::Error) -> JournalError {
    JournalError::Internal(error.to_string())
}

/// SHA-256 in lower-case hexadecimal, the name of a report file.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
