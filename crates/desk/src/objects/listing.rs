//! What a bucket holds, for those who ask often.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Key;
use crate::error::DeskError;

/// A list is asked for again after so long: as often as a node looks for new acts.
const FRESH: Duration = Duration::from_secs(2);

/// The lists known, by what their names begin with.
#[derive(Default)]
pub(super) struct Listings(Mutex<HashMap<String, Arc<Listing>>>);

#[derive(Default)]
struct Listing {
    /// One asks at a time; who waited has the benefit of it.
    turn: tokio::sync::Mutex<()>,
    known: Mutex<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    names: Arc<[Key]>,
    asked: Instant,
    /// Whether the store answered when it was asked last.
    answered: bool,
}

impl Listing {
    fn known(&self) -> Option<Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

impl Listings {
    /// The list as it was known within [`FRESH`], or as `ask` tells it. While the store does not answer: as last known.
    pub(super) async fn of<F, Asking>(&self, beginning: &str, ask: F) -> Result<Arc<[Key]>, DeskError>
    where
        F: FnOnce() -> Asking,
        Asking: Future<Output = Result<Vec<Key>, DeskError>>,
    {
        let listing = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(beginning.to_owned()).or_default())
        };
        let fresh = || listing.known().filter(|known| known.asked.elapsed() < FRESH);
        if let Some(known) = fresh() {
            return Ok(known.names);
        }
        let silent = listing.known().filter(|known| !known.answered);
        let _turn = match (listing.turn.try_lock(), silent) {
            (Ok(turn), _) => turn,
            // Somebody else is waiting for a store that was silent before: nobody waits with them.
            (Err(_), Some(known)) => return Ok(known.names),
            (Err(_), None) => listing.turn.lock().await,
        };
        if let Some(known) = fresh() {
            return Ok(known.names);
        }
        let (asked, answer) = (Instant::now(), ask().await);
        match (answer, listing.known()) {
            (Ok(names), _) => {
                let names: Arc<[Key]> = names.into();
                listing.set(Known { names: Arc::clone(&names), asked, answered: true });
                Ok(names)
            }
            (Err(_), Some(known)) => {
                let names = Arc::clone(&known.names);
                listing.set(Known { asked: Instant::now(), answered: false, ..known });
                Ok(names)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// What was put here counts for whoever put it, at once.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
