//! The areas of States, read from the field files kept, and read again when those change.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use desk::areas::{StateAreas, files};
use desk::kept::Current;
use desk::objects::Objects;
use desk::store::Place;
use desk::{Date, DeskError, Iso3};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use crate::secret;

/// What was read, and from which files.
#[derive(Clone)]
pub(crate) struct Read {
    /// Tells one set of files from another, in the letters that an `ETag` takes.
    pub(crate) mark: String,
    pub(crate) areas: Arc<StateAreas>,
}

/// The areas of every State asked about.
pub(crate) struct Shelf {
    place: Place,
    objects: Objects,
    /// Of this process alone: with it, a mark says nothing about a file to whoever has the file or guesses at it.
    key: String,
    read: Mutex<HashMap<Iso3, Arc<Mutex<Option<Read>>>>>,
}

impl Shelf {
    pub(crate) fn new(place: Place) -> Self {
        let objects = Objects::of_place(&place);
        // Without random numbers nobody signs in, and there is no other mark to be had.
        Self { place, objects, key: secret::fresh().unwrap_or_default(), read: Mutex::default() }
    }

    /// The same, of another object store.
    pub(crate) fn with_objects(&self, objects: Objects) -> Self {
        Self { place: self.place.clone(), objects, key: self.key.clone(), read: Mutex::default() }
    }

    /// The folder that the data lie in.
    pub(crate) fn folder(&self) -> &Path {
        self.place.folder()
    }

    /// The object store that the field files lie in.
    pub(crate) fn objects(&self) -> &Objects {
        &self.objects
    }

    /// The areas of a State as its files are now; `None` when none are kept. Whoever asks while they are being read waits
    /// for that, and reads nothing twice. While the object store does not answer, what was read before is still told.
    pub(crate) async fn areas(&self, state: Iso3, today: Date) -> Result<Option<Read>, DeskError> {
        let files = files(&self.objects, state).await?;
        if files.is_empty() {
            return Ok(None);
        }
        let mark = self.mark(&files);
        let of_state = Arc::clone(self.read.lock().await.entry(state).or_default());
        let mut read = of_state.lock().await;
        if let Some(known) = read.as_ref().filter(|known| known.mark == mark) {
            return Ok(Some(known.clone()));
        }
        let mut at_hand = Vec::with_capacity(files.len());
        for file in files {
            match (file.at_hand(&self.objects).await, read.as_ref()) {
                (Ok(file), _) => at_hand.push(file),
                (Err(error), Some(known)) if error.is_unreachable() => return Ok(Some(known.clone())),
                (Err(error), _) => return Err(error),
            }
        }
        let loaded = tokio::task::spawn_blocking(move || StateAreas::load(state, at_hand, today)).await;
        let areas =
            loaded.map_err(|_| DeskError::Nothing("the areas could not be read; see the program's output"))??;
        Ok(Some(read.insert(Read { mark, areas: Arc::new(areas) }).clone()))
    }

    /// From the files and what their columns mean.
    fn mark(&self, files: &[Current]) -> String {
        let mut digest = Sha256::new_with_prefix(&self.key);
        for held in files {
            digest.update(&held.file.sha256);
            digest.update(held.mapping.as_ref().map_or("-", |key| key.sha256()));
        }
        let mut mark = format!("{:x}", digest.finalize());
        mark.truncate(16);
        mark
    }
}
