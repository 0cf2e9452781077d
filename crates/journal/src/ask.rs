//! The journal, asked: its acts, its report files and its proofs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog_tiles::Hash;
use treaty::act::{Act, ActId};
use treaty::register::Register;

use crate::error::{Fault, JournalError};
use crate::journal::{Journal, internal, sha256_hex};
use crate::key::SignedCheckpoint;
use crate::location::Location;
use crate::memory::{Written, report_of};
use crate::receipt::{ConsistencyProof, Receipt};
use crate::store::{self, Reader};

impl Journal {
    /// The name of the journal.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.key.origin()
    }

    /// The public key that checkpoints and receipts are verified with: C2SP `name+id+key`. Publish it.
    #[must_use]
    pub fn verifier_key(&self) -> &str {
        self.key.text()
    }

    /// Number of acts.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.memory.size()
    }

    /// The fold of all acts. A snapshot: it stays as it is when acts are appended.
    #[must_use]
    pub fn register(&self) -> Arc<Register> {
        Arc::clone(&self.memory.register)
    }

    /// All acts, in order. A snapshot: it stays as it is when acts are appended.
    #[must_use]
    pub fn acts(&self) -> Arc<Vec<Arc<Act>>> {
        Arc::clone(&self.memory.acts)
    }

    /// An act by its name.
    #[must_use]
    pub fn act(&self, id: &ActId) -> Option<&Arc<Act>> {
        self.memory.position(id).and_then(|position| self.memory.at(position))
    }

    /// Where an act stands, from 0.
    #[must_use]
    pub fn position(&self, id: &ActId) -> Option<u64> {
        self.memory.position(id)
    }

    /// A report file, by the SHA-256 of its bytes in lower-case hexadecimal. Its bytes are checked against that.
    ///
    /// # Errors
    /// The database cannot be read, or the file was changed in it.
    pub async fn blob(&self, sha256: &str) -> Result<Option<Vec<u8>>, JournalError> {
        let mut connection = self.reader().await?;
        match store::blob(&mut connection.line(), &self.location, sha256).await? {
            Some(bytes) if sha256_hex(&bytes) != sha256 => {
                Err(store::damaged(&self.location, Fault::BlobChanged { sha256: sha256.to_owned() }))
            }
            found => Ok(found),
        }
    }

    /// The signed checkpoint of the journal as it is.
    #[must_use]
    pub fn checkpoint(&self) -> SignedCheckpoint {
        self.checkpoint.clone()
    }

    /// A receipt for an act: everything that anybody needs to verify, offline, that the act is in the journal.
    ///
    /// # Errors
    /// There is no such act, or it was changed in the database.
    pub async fn prove_inclusion(&self, id: &ActId) -> Result<Receipt, JournalError> {
        let unknown = || JournalError::UnknownAct { id: id.clone() };
        let index = self.memory.position(id).ok_or_else(unknown)?;
        let act = self.memory.at(index).ok_or_else(unknown)?;
        let row = store::acts_from(&mut self.reader().await?.line(), &self.location, index, 1).await?.pop();
        let body = row
            .map(|row| Written { act: Act::clone(act), body: row.body })
            .filter(|written| Some(written.leaf()) == self.memory.tree.leaf(index));
        let changed = || store::damaged(&self.location, Fault::ActChanged { position: index, id: id.0.clone() });
        let proof = self.memory.tree.prove_inclusion(index).map_err(|error| internal(&error))?;
        let (act, report) = (body.ok_or_else(changed)?.body, report_of(act));
        Ok(Receipt::new(act, index, hashes(&proof), &self.checkpoint, self.verifier_key(), report))
    }

    /// Proof that the journal as it is begins with what it was at `old_size`.
    ///
    /// # Errors
    /// The journal never had that size.
    pub fn prove_consistency(&self, old_size: u64) -> Result<ConsistencyProof, JournalError> {
        let size = self.size();
        if old_size > size {
            return Err(JournalError::NoSuchSize { asked: old_size, size });
        }
        let proof = self.memory.tree.prove_consistency(old_size).map_err(|error| internal(&error))?;
        Ok(ConsistencyProof { old_size, size, proof: hashes(&proof), checkpoint: self.checkpoint.note.clone() })
    }

    /// Where it is kept.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Whether several nodes may have it open for writing at once.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.location.server().is_some()
    }

    pub(crate) async fn reader(&self) -> Result<Reader, JournalError> {
        self.readers.reader(&self.location).await
    }
}

fn hashes(proof: &[Hash]) -> Vec<String> {
    proof.iter().map(|hash| STANDARD.encode(hash.0)).collect()
}
