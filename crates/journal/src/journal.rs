//! The journal: opened, appended to, asked.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqlitePool;
use sqlx::{Connection as _, SqliteConnection};
use tlog_tiles::{EMPTY_HASH, Hash};
use treaty::act::{Act, ActId};
use treaty::register::Register;

use crate::error::{Fault, JournalError};
use crate::folder::Folder;
use crate::key::{SignedCheckpoint, SigningKey, VerifierKey, is_origin};
use crate::memory::{Memory, Written, report_of};
use crate::store;

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read. Takes no lock, changes nothing, and works beside a writer.
    Read,
    /// To read and append. One process at a time.
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

/// The acts of the Convention, kept in a folder. See the crate's documentation.
pub struct Journal {
    pub(crate) folder: Folder,
    pub(crate) key: VerifierKey,
    pub(crate) memory: Memory,
    pub(crate) checkpoint: SignedCheckpoint,
    pub(crate) readers: SqlitePool,
    writer: Option<Writer>,
}

/// What only the one writer has.
struct Writer {
    connection: SqliteConnection,
    key: SigningKey,
    /// An append was begun, and whether it reached the disk is not known (its caller went away, or the disk failed).
    in_doubt: bool,
    /// Held until the journal is dropped.
    _lock: File,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let writes = self.writer.is_some();
        f.debug_struct("Journal")
            .field("folder", &self.folder.path())
            .field("size", &self.size())
            .field("writes", &writes)
            .finish_non_exhaustive()
    }
}

impl Journal {
    /// Whether there is a finished journal in the folder. One whose creation was interrupted is none: create it again.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        Folder::new(folder).must_hold_a_journal().is_ok()
    }

    /// Makes an empty journal in the folder and opens it for writing. `origin` names it for good, in every checkpoint and
    /// receipt: `mineban.example/journal`. An interrupted creation is finished.
    ///
    /// # Errors
    /// There is one already, the folder is in use or cannot be written, or `origin` cannot name a journal.
    pub async fn create(folder: &Path, origin: &str) -> Result<Self, JournalError> {
        if !is_origin(origin) {
            return Err(JournalError::BadOrigin { origin: origin.to_owned() });
        }
        let place = Folder::new(folder);
        place.make()?;
        let lock = place.take()?;
        if place.database().exists() {
            return Err(JournalError::AlreadyExists { folder: folder.to_owned() });
        }
        let key = place.make_keys(origin)?;
        place.clear_unfinished()?;
        store::make(&place, &sign(&key, 0, EMPTY_HASH)?).await?;
        place.finish_database()?;
        Self::open_for_writing(place, lock).await
    }

    /// Opens the journal in the folder: reads all acts, checks each against its leaf and all of them against the newest
    /// signed checkpoint, and folds the register.
    ///
    /// # Errors
    /// There is none, it is in use by another writer, it cannot be read or written, it is damaged, or it is newer than
    /// this program.
    pub async fn open(folder: &Path, access: Access) -> Result<Self, JournalError> {
        let place = Folder::new(folder);
        place.must_hold_a_journal()?;
        match access {
            Access::Read => Self::assemble(place, None).await,
            Access::Write => {
                let lock = place.take()?;
                Self::open_for_writing(place, lock).await
            }
        }
    }

    async fn open_for_writing(place: Folder, lock: File) -> Result<Self, JournalError> {
        let (key, _) = place.key_pair()?;
        let mut connection = store::writer(&place).await?;
        store::check_version(&mut connection, &place, true).await?;
        store::migrate(&mut connection, &place).await?;
        Self::assemble(place, Some(Writer { connection, key, in_doubt: false, _lock: lock })).await
    }

    async fn assemble(folder: Folder, writer: Option<Writer>) -> Result<Self, JournalError> {
        let key = folder.verifier_key()?;
        let readers = store::readers(&folder).await?;
        let mut connection = readers.acquire().await.map_err(|error| store::failed(&folder, error))?;
        store::check_version(&mut connection, &folder, false).await?;
        let (memory, checkpoint) = load(&mut connection, &folder, &key, Memory::default()).await?;
        drop(connection);
        Ok(Self { folder, key, memory, checkpoint, readers, writer })
    }

    /// Lets go of the database in good order. Dropping the journal does as well, a little later.
    pub async fn close(self) {
        self.readers.close().await;
        if let Some(writer) = self.writer {
            // Everything is on disk since the append; a failure here costs only the tidying of the write-ahead log.
            let _ = writer.connection.close().await;
        }
    }

    /// Records acts, all or none, with the report files that they name; answers once they are on disk.
    ///
    /// Recording an act again, by its name and with the same content (`recorded_at` may differ), changes nothing and is
    /// answered with `already`. A call given up half-way has recorded all or nothing; repeat it to know.
    ///
    /// # Errors
    /// An act is refused by the Convention or the acts before it, its name is taken, or a report file is missing or
    /// named by no act. The journal was opened for reading, or the disk is full or failing.
    pub async fn append(&mut self, new: &[Act], blobs: &[&[u8]]) -> Result<Vec<Appended>, JournalError> {
        self.settle().await?;
        let (answer, fresh) = self.sort_out(new)?;
        let blobs = self.match_reports(new, blobs)?;
        self.record(fresh, blobs).await?;
        Ok(answer)
    }

    /// Which of the acts are new, and where each act stands or will stand.
    fn sort_out(&self, new: &[Act]) -> Result<(Vec<Appended>, Vec<Written>), JournalError> {
        let mut fresh: Vec<Written> = Vec::new();
        let mut named: HashMap<&ActId, usize> = HashMap::new();
        let mut answer = Vec::with_capacity(new.len());
        for act in new {
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
                named.insert(&act.id, fresh.len());
                fresh.push(write_down(act)?);
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
        fresh: Vec<Written>,
        blobs: Vec<(String, &[u8])>,
    ) -> Result<(), JournalError> {
        let writer = self.writer.as_mut().ok_or_else(|| read_only(&self.folder))?;
        if fresh.is_empty() {
            return Ok(());
        }
        let mut register = Register::clone(&self.memory.register);
        for Written { act, .. } in &fresh {
            let refused = |refusal| JournalError::Refused { id: act.id.clone(), refusal };
            register.admit(act).map_err(refused)?;
        }
        let growth = self.memory.tree.grown(fresh.iter().map(Written::leaf)).map_err(|error| internal(&error))?;
        let checkpoint = sign(&writer.key, growth.size, growth.root)?;
        // Set before and cleared after: if this call is dropped while the database commits, the next one reads again.
        writer.in_doubt = true;
        let size = self.memory.size();
        store::append(&mut writer.connection, &self.folder, size, &fresh, &blobs, &checkpoint).await?;
        self.memory.advance(fresh, register, growth).map_err(|error| internal(&error))?;
        self.checkpoint = checkpoint;
        writer.in_doubt = false;
        Ok(())
    }

    /// Makes sure that memory is what the disk has, before anything is decided by it.
    pub(crate) async fn settle(&mut self) -> Result<(), JournalError> {
        let writer = self.writer.as_mut().ok_or_else(|| read_only(&self.folder))?;
        if writer.in_doubt {
            // On the writing connection: it answers only after a commit that is still under way.
            let known = self.memory.clone();
            let found = load(&mut writer.connection, &self.folder, &self.key, known).await?;
            (self.memory, self.checkpoint) = found;
            writer.in_doubt = false;
        }
        Ok(())
    }

    /// Reads what a writer elsewhere has appended since. Returns the number of new acts. What was read before cannot
    /// have changed: the new checkpoint's root covers it.
    ///
    /// # Errors
    /// The database cannot be read, or is damaged; the journal then stays as it was.
    pub async fn refresh(&mut self) -> Result<u64, JournalError> {
        let before = self.size();
        let mut connection = self.readers.acquire().await.map_err(|error| store::failed(&self.folder, error))?;
        let (memory, checkpoint) = load(&mut connection, &self.folder, &self.key, self.memory.clone()).await?;
        drop(connection);
        (self.memory, self.checkpoint) = (memory, checkpoint);
        Ok(self.size() - before)
    }
}

/// Reads the acts that `memory` lacks, in one consistent view, and checks them against the newest checkpoint.
pub(crate) async fn load(
    connection: &mut SqliteConnection,
    folder: &Folder,
    key: &VerifierKey,
    mut memory: Memory,
) -> Result<(Memory, SignedCheckpoint), JournalError> {
    let mut view = connection.begin().await.map_err(|error| store::failed(folder, error))?;
    loop {
        let rows = store::acts_from(&mut view, folder, memory.size(), store::PAGE).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            memory.take_in(row).map_err(|fault| store::damaged(folder, fault))?;
        }
    }
    let last = store::last_checkpoint(&mut view, folder).await?;
    view.rollback().await.map_err(|error| store::failed(folder, error))?;
    let size = memory.size();
    let missing = || store::damaged(folder, Fault::CheckpointMissing { size });
    let (_, note) = last.filter(|(of, _)| u64::try_from(*of).ok() == Some(size)).ok_or_else(missing)?;
    let checkpoint = check_checkpoint(key, &memory, size, &note).map_err(|fault| store::damaged(folder, fault))?;
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

fn sign(key: &SigningKey, size: u64, root: Hash) -> Result<SignedCheckpoint, JournalError> {
    key.sign(size, root).map_err(|reason| JournalError::Internal(format!("the checkpoint {reason}")))
}

fn read_only(folder: &Folder) -> JournalError {
    JournalError::ReadOnly { folder: folder.path().to_owned() }
}

pub(crate) fn internal(error: &tlog_tiles::Error) -> JournalError {
    JournalError::Internal(error.to_string())
}

/// SHA-256 in lower-case hexadecimal, the name of a report file.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
