//! The areas of States, read from the field files kept, and read again when those change.

use std::collections::HashMap;
use std::sync::Arc;

use desk::areas::{StateAreas, files};
use desk::store::Place;
use desk::{Date, DeskError, Iso3};
use tokio::sync::Mutex;

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
    read: Mutex<HashMap<Iso3, Read>>,
}

impl Shelf {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, read: Mutex::default() }
    }

    /// The areas of a State as its files are now; `None` when none are kept. Whoever asks while they are being read waits
    /// for that, and reads nothing twice.
    pub(crate) async fn areas(&self, state: Iso3, today: Date) -> Result<Option<Read>, DeskError> {
        let files = files(&self.place, state)?;
        if files.is_empty() {
            return Ok(None);
        }
        let mark: String =
            files.iter().map(|held| held.file.sha256.get(..8).unwrap_or_default()).collect::<Vec<_>>().join("-");
        let mut read = self.read.lock().await;
        if let Some(known) = read.get(&state).filter(|known| known.mark == mark) {
            return Ok(Some(known.clone()));
        }
        let loaded = tokio::task::spawn_blocking(move || StateAreas::load(state, files, today)).await;
        let areas =
            loaded.map_err(|_| DeskError::Nothing("the areas could not be read; see the program's output"))??;
        let fresh = Read { mark, areas: Arc::new(areas) };
        read.insert(state, fresh.clone());
        Ok(Some(fresh))
    }
}
