//! Where field files and what is kept with them lie: a folder, or a bucket of an S3-compatible store that several nodes share.
//!
//! Every object is written once and carries its SHA-256 in its name ([`Key`]); what comes back is hashed again before it is
//! used. So a repeated write is harmless, a copy on this machine is as good as the object, and damage is told by name.

mod earlier;
mod folder;
mod key;
mod listing;
mod s3;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

pub use key::{FILES, Key, Sort};

use crate::error::DeskError;
use crate::files;
use crate::store::Place;
use folder::{Folder, Found};
use listing::Listings;
use s3::S3;

/// What is wrong with the object store. No sentence names a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObjectsError {
    /// Its address cannot be read.
    #[error("the address of the object store cannot be read; write s3://BUCKET or s3://BUCKET/FOLDER")]
    Address,
    /// A setting is missing or wrong.
    #[error("the object store cannot be reached without {name} in the environment: {reason}")]
    Setting {
        /// The name of the variable.
        name: &'static str,
        /// What it must hold.
        reason: &'static str,
    },
    /// It does not answer.
    #[error(
        "the object store {store} does not answer{reason}; see that it runs and can be reached, then do the same again"
    )]
    Unreachable {
        /// Bucket and endpoint.
        store: String,
        /// Why, where that is known, after a colon.
        reason: String,
    },
    /// It does not let us in.
    #[error("the object store {store} refuses our key; see what the key of AWS_ACCESS_KEY_ID may do there")]
    Refused {
        /// Bucket and endpoint.
        store: String,
    },
    /// There is no such bucket.
    #[error("the object store {store} has no such bucket; make it there, or name another one")]
    NoBucket {
        /// Bucket and endpoint.
        store: String,
    },
    /// An object that was named is not there.
    #[error("{key} is not in the object store {store}; put a backup back that holds it")]
    Missing {
        /// Where it should be.
        store: String,
        /// Its name.
        key: Key,
    },
    /// An object is not what was put there.
    #[error(
        "{key} in the object store {store} is not what was put there: its SHA-256 is another one; take it away there, and put a backup back that holds it"
    )]
    Damaged {
        /// Where it is.
        store: String,
        /// Its name.
        key: Key,
    },
    /// An object is whole and cannot be read all the same.
    #[error("{key} in the object store {store} is no delivery ({reason}); a newer program may have written it")]
    NotADelivery {
        /// Where it is.
        store: String,
        /// Its name.
        key: Key,
        /// What is wrong.
        reason: String,
    },
    /// A file's name cannot be that of an object.
    #[error("a file cannot be kept under the name {0:?}; give it a plain one, without folders")]
    FileName(String),
}

/// Where objects lie. Copies of it are of the same store.
#[derive(Clone)]
pub struct Objects(Arc<Inner>);

struct Inner {
    kind: Kind,
    /// Deliveries that were read: they are small, many, and never change.
    deliveries: Mutex<HashMap<Key, Arc<[u8]>>>,
}

enum Kind {
    Folder(Folder),
    S3 {
        store: S3,
        listings: Listings,
        /// Copies on this machine; it may be emptied at any time.
        copies: PathBuf,
    },
}

/// How many small objects are asked for at a time.
const AT_A_TIME: usize = 16;

impl Objects {
    /// In a folder, which is made when something is put there.
    #[must_use]
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self::new(Kind::Folder(Folder::new(folder.into())))
    }

    /// In the folder of a place: `<data>/field`.
    #[must_use]
    pub fn of_place(place: &Place) -> Self {
        Self::folder(place.folder().join("field"))
    }

    /// In a bucket, as in `s3://bucket/folder`, with copies of what was read in a folder of this machine. `variable` tells
    /// the values of the usual names: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, and where needed `AWS_ENDPOINT_URL`,
    /// `AWS_REGION`, `AWS_SESSION_TOKEN`, `AWS_ALLOW_HTTP`. Nothing is asked of the store yet.
    ///
    /// # Errors
    /// The address or a variable is missing or cannot be read.
    pub fn s3(
        address: &str,
        copies: impl Into<PathBuf>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, DeskError> {
        let store = S3::new(address, variable)?;
        Ok(Self::new(Kind::S3 { store, listings: Listings::default(), copies: copies.into() }))
    }

    fn new(kind: Kind) -> Self {
        Self(Arc::new(Inner { kind, deliveries: Mutex::default() }))
    }

    /// Whether other nodes use the same store.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0.kind, Kind::S3 { .. })
    }

    /// Puts an object there, unless it is there already; whether it was not. What is there already must be whole.
    ///
    /// # Errors
    /// The store does not take it, or what is there under that name is damaged.
    pub async fn put(&self, key: &Key, bytes: &[u8]) -> Result<bool, DeskError> {
        if !key.fits(bytes) {
            return Err(self.damaged(key));
        }
        let is_new = match &self.0.kind {
            Kind::Folder(folder) => folder.put(key, bytes)?,
            Kind::S3 { store, listings, .. } => {
                let is_new = store.put(key, bytes).await?;
                listings.forget();
                is_new
            }
        };
        if !is_new {
            self.read(key).await?;
        }
        Ok(is_new)
    }

    /// The bytes of an object, as they were put there.
    ///
    /// # Errors
    /// The store does not answer, or the object is missing or damaged.
    pub async fn read(&self, key: &Key) -> Result<Vec<u8>, DeskError> {
        let bytes = match &self.0.kind {
            Kind::Folder(folder) => folder.find(key)?.map(Found::into_bytes).transpose()?,
            Kind::S3 { store, .. } => store.read(key).await?,
        };
        let bytes = bytes.ok_or_else(|| ObjectsError::Missing { store: self.to_string(), key: key.clone() })?;
        if key.fits(&bytes) { Ok(bytes) } else { Err(self.damaged(key)) }
    }

    /// A file of this machine with the bytes of an object: the object itself, or a copy. It is read only.
    ///
    /// # Errors
    /// As [`Objects::read`]; or the copy cannot be written.
    pub async fn at_hand(&self, key: &Key) -> Result<PathBuf, DeskError> {
        match &self.0.kind {
            Kind::Folder(folder) => {
                self.read(key).await?;
                match folder.find(key)? {
                    Some(Found::File(path)) => Ok(path),
                    _ => Err(ObjectsError::Missing { store: self.to_string(), key: key.clone() }.into()),
                }
            }
            Kind::S3 { copies, .. } => {
                let path = copies.join(key.path());
                if is_whole(&path, key) {
                    return Ok(path);
                }
                let bytes = self.read(key).await?;
                files::private_folder_of(&path)?;
                files::write(&path, &bytes)?;
                Ok(path)
            }
        }
    }

    /// The bytes of many deliveries, in the order asked: from memory or the copies on this machine, where they are there.
    pub(crate) async fn small(&self, keys: &[Key]) -> Result<Vec<Arc<[u8]>>, DeskError> {
        let asked: Vec<_> = keys.iter().map(|key| self.clone().small_one(key.clone())).collect();
        stream::iter(asked).buffered(AT_A_TIME).try_collect().await
    }

    async fn small_one(self, key: Key) -> Result<Arc<[u8]>, DeskError> {
        if let Some(bytes) = self.deliveries().get(&key) {
            return Ok(Arc::clone(bytes));
        }
        let bytes = if self.is_shared() { files::read(&self.at_hand(&key).await?)? } else { self.read(&key).await? };
        let bytes: Arc<[u8]> = bytes.into();
        self.deliveries().insert(key, Arc::clone(&bytes));
        Ok(bytes)
    }

    fn deliveries(&self) -> MutexGuard<'_, HashMap<Key, Arc<[u8]>>> {
        self.0.deliveries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names that begin so, in order, as the store has them now. Names that are not ours are passed over.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn names(&self, beginning: &str) -> Result<Vec<Key>, DeskError> {
        let mut names = match &self.0.kind {
            Kind::Folder(folder) => folder.names(beginning)?,
            Kind::S3 { store, .. } => store.names(beginning).await?,
        };
        names.sort_unstable();
        Ok(names)
    }

    /// The same, for those who ask often: from a bucket, as of two seconds ago at most while it answers, and as last known
    /// while it does not.
    pub(crate) async fn recent_names(&self, beginning: &str) -> Result<Arc<[Key]>, DeskError> {
        match &self.0.kind {
            Kind::Folder(_) => Ok(self.names(beginning).await?.into()),
            Kind::S3 { listings, .. } => listings.of(beginning, || self.names(beginning)).await,
        }
    }

    /// Whether the store answers. A folder does.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn answers(&self) -> Result<(), DeskError> {
        match &self.0.kind {
            Kind::Folder(_) => Ok(()),
            Kind::S3 { store, .. } => Ok(store.answers().await?),
        }
    }

    fn damaged(&self, key: &Key) -> DeskError {
        ObjectsError::Damaged { store: self.to_string(), key: key.clone() }.into()
    }
}

/// The folder, or bucket and endpoint; never a key.
impl fmt::Display for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Folder(folder) => folder.root().display().fmt(f),
            Kind::S3 { store, .. } => f.write_str(store.name()),
        }
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects({self})")
    }
}

fn is_whole(path: &Path, key: &Key) -> bool {
    std::fs::read(path).is_ok_and(|bytes| key.fits(&bytes))
}

/// SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests;
