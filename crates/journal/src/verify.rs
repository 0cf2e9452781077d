//! The whole journal, checked from the bytes on disk.

use std::collections::HashSet;
use std::sync::Arc;

use crate::error::{Fault, JournalError};
use crate::journal::{Journal, check_checkpoint, load, sha256_hex};
use crate::memory::Memory;
use crate::store::{self, Line, postgres};

/// What was checked and found whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// The journal's name.
    pub origin: String,
    /// Acts: each against its leaf, and folded again from the first.
    pub acts: u64,
    /// The root over all acts, in base64.
    pub root: String,
    /// Checkpoints: each against the key and the root at its size.
    pub checkpoints: u64,
    /// Report files: each against its name, and named by an act.
    pub blobs: u64,
    /// Bytes of all report files.
    pub blob_bytes: u64,
}

impl Journal {
    /// Checks the whole journal, from the bytes on disk: the database file and its schema, each act against its leaf, the
    /// acts against each other, each checkpoint's signature and root, and each report file.
    ///
    /// What it cannot know: whether acts *and* the checkpoints over them were taken off the end together. Whoever holds a
    /// later checkpoint or receipt can ([`Journal::prove_consistency`]).
    ///
    /// # Errors
    /// [`JournalError::Damaged`] with the first fault found, or the database cannot be read.
    pub async fn verify(&self) -> Result<VerifyReport, JournalError> {
        let mut view = self.readers.view(&self.location).await?;
        let line = &mut view.line();
        if let Line::Postgres(connection) = line {
            postgres::let_it_think(connection, &self.location).await?;
        }
        self.check_database(line).await?;
        let (memory, checkpoint) = load(line, &self.location, &self.key, Arc::default()).await?;
        let size = self.size();
        if memory.tree.root_at(size).ok() != self.memory.tree.root().ok() {
            return Err(store::damaged(&self.location, Fault::RootDiffers { size }));
        }
        let counted = store::number_of_acts(line, &self.location).await?;
        if u64::try_from(counted).ok() != Some(memory.size()) {
            return Err(store::damaged(&self.location, Fault::Gap { position: memory.size() }));
        }
        let checkpoints = self.check_checkpoints(line, &memory).await?;
        let (blobs, blob_bytes) = self.check_blobs(line, &memory).await?;
        view.close(&self.location).await?;
        let origin = self.origin().to_owned();
        Ok(VerifyReport { origin, acts: memory.size(), root: checkpoint.root, checkpoints, blobs, blob_bytes })
    }

    /// The database's own check, and its schema against a new database's: a trigger that is gone would let acts be changed.
    async fn check_database(&self, line: &mut Line<'_>) -> Result<(), JournalError> {
        let detail = store::integrity(line, &self.location).await?;
        if detail != "ok" {
            return Err(store::damaged(&self.location, Fault::Database { detail }));
        }
        let [found, made] = store::schemas(line, &self.location).await?;
        let other =
            made.iter().find(|part| !found.contains(part)).or_else(|| found.iter().find(|part| !made.contains(part)));
        match other {
            Some((name, _)) => Err(store::damaged(&self.location, Fault::Schema { name: name.clone() })),
            None => Ok(()),
        }
    }

    async fn check_checkpoints(&self, line: &mut Line<'_>, memory: &Memory) -> Result<u64, JournalError> {
        let damaged = |fault| store::damaged(&self.location, fault);
        let kept = store::checkpoints(line, &self.location).await?;
        if kept.first().is_none_or(|(size, _)| *size != 0) {
            return Err(damaged(Fault::CheckpointMissing { size: 0 }));
        }
        for (size, note) in &kept {
            let size = u64::try_from(*size).map_err(|_| damaged(Fault::CheckpointMissing { size: 0 }))?;
            check_checkpoint(&self.key, memory, size, note).map_err(damaged)?;
        }
        Ok(kept.len() as u64)
    }

    async fn check_blobs(&self, line: &mut Line<'_>, memory: &Memory) -> Result<(u64, u64), JournalError> {
        let damaged = |fault| Err(store::damaged(&self.location, fault));
        let names = store::blob_names(line, &self.location).await?;
        let kept: HashSet<&String> = names.iter().collect();
        if let Some(missing) = memory.reports().iter().find(|sha256| !kept.contains(sha256)) {
            return damaged(Fault::BlobMissing { sha256: missing.clone() });
        }
        let mut total = 0;
        for sha256 in &names {
            let sha256 = sha256.clone();
            if !memory.has_report(&sha256) {
                return damaged(Fault::BlobStray { sha256 });
            }
            match store::blob(line, &self.location, &sha256).await? {
                Some(bytes) if sha256_hex(&bytes) == sha256 => total += bytes.len() as u64,
                Some(_) => return damaged(Fault::BlobChanged { sha256 }),
                None => return damaged(Fault::BlobMissing { sha256 }),
            }
        }
        Ok((names.len() as u64, total))
    }
}
