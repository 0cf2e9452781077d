//! The register while it is served: the newest one, swapped whole, for all who read; one desk at a time for those who append.

use std::convert::Infallible;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use journal::Listener;
use tokio::sync::{Mutex, MutexGuard, watch};
use tokio::time::Instant;

use crate::error::DeskError;
use crate::store::Store;

/// How often a node looks for new acts although it heard of none.
const LOOK: Duration = Duration::from_secs(2);
/// How long it waits before it tries again to reach a database that does not answer: at first, and at most.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// The register, served by one process and followed by it.
pub struct Live {
    newest: watch::Sender<Arc<Store>>,
    writer: Mutex<Store>,
    /// One catching up at a time: whoever waits for it has the benefit of it.
    catching_up: Mutex<()>,
    /// When the database last answered.
    answered: watch::Sender<Instant>,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("size", &self.size()).finish_non_exhaustive()
    }
}

impl Live {
    /// Over a store, which may be opened for writing or for reading only.
    #[must_use]
    pub fn over(store: Store) -> Self {
        let newest = watch::Sender::new(Arc::new(store.snapshot()));
        Self {
            newest,
            writer: Mutex::new(store),
            catching_up: Mutex::default(),
            answered: watch::Sender::new(Instant::now()),
        }
    }

    /// The newest register, which stays as it is for whoever holds it.
    #[must_use]
    pub fn newest(&self) -> Arc<Store> {
        Arc::clone(&self.newest.borrow())
    }

    /// How many acts it is made of.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.newest.borrow().register.size()
    }

    /// Hears of every newer register.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Store>> {
        self.newest.subscribe()
    }

    /// How long ago the database last answered. Of a journal in a folder: never more than a moment.
    #[must_use]
    pub fn unanswered_for(&self) -> Duration {
        if self.is_shared() { self.answered.borrow().elapsed() } else { Duration::ZERO }
    }

    /// Whether other nodes append to the same journal.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.newest.borrow().journal.as_ref().is_some_and(journal::Journal::is_shared)
    }

    /// The store to append to, for one at a time. What was appended is served once the guard is dropped.
    pub async fn write(&self) -> Writing<'_> {
        let mut store = self.writer.lock().await;
        if self.is_shared()
            && let Some(journal) = &mut store.journal
        {
            // So that a report is checked against what other nodes recorded. Where it fails, the append itself says why.
            let _ = journal.refresh().await;
            store.register = journal.register();
        }
        Writing { live: self, store }
    }

    /// An older register never takes the place of a newer one.
    fn offer(&self, store: Store) {
        self.newest.send_if_modified(|newest| {
            let newer = store.register.size() > newest.register.size();
            if newer {
                *newest = Arc::new(store);
            }
            newer
        });
    }

    /// Reads what other nodes have appended. Returns the size now.
    ///
    /// # Errors
    /// The database cannot be reached, or is not the one that was read before.
    pub async fn catch_up(&self) -> Result<u64, DeskError> {
        if !self.is_shared() {
            return Ok(self.size());
        }
        let asked = Instant::now();
        let _one = self.catching_up.lock().await;
        // Whoever waited here while another caught up, and asked before that began, asks no second time.
        if *self.answered.borrow() >= asked {
            return Ok(self.size());
        }
        let begun = Instant::now();
        let mut store = self.newest().snapshot();
        if let Some(journal) = &mut store.journal {
            journal.refresh().await?;
            store.register = journal.register();
        }
        self.offer(store);
        self.answered.send_replace(begun);
        Ok(self.size())
    }

    /// Waits until the register has so many acts, and looks for them; `false` when it does not get there in time. A journal
    /// in a folder has nobody to be behind of.
    pub async fn reach(&self, size: u64, patience: Duration) -> bool {
        if self.size() >= size || !self.is_shared() {
            return true;
        }
        let looked = tokio::time::timeout(patience, async {
            let mut wait = FIRST_WAIT;
            while !matches!(self.catch_up().await, Ok(now) if now >= size) {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        });
        looked.await.is_ok() || self.size() >= size
    }

    /// Follows the journal for ever: hears of new acts, looks for those that it did not hear of, and goes on by itself when
    /// the database was away. A journal in a folder has one writer, this process, and needs no following.
    pub async fn follow(&self) -> Infallible {
        if !self.is_shared() {
            return std::future::pending().await;
        }
        let mut listener: Option<Listener> = None;
        let mut wait = FIRST_WAIT;
        loop {
            match self.follow_once(&mut listener).await {
                Ok(()) => wait = FIRST_WAIT,
                Err(_) => {
                    // The register in memory goes on being served; `unanswered_for` tells how long.
                    listener = None;
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Listens first and looks then, so that nothing falls between the two.
    async fn follow_once(&self, listener: &mut Option<Listener>) -> Result<(), DeskError> {
        if listener.is_none()
            && let Some(journal) = &self.newest().journal
        {
            *listener = journal.listen().await?;
        }
        self.catch_up().await?;
        if let Some(listener) = listener {
            listener.wait(LOOK).await?;
        }
        Ok(())
    }
}

/// The store, held to append to it.
pub struct Writing<'a> {
    live: &'a Live,
    store: MutexGuard<'a, Store>,
}

impl Deref for Writing<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Store {
        &mut self.store
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let now = self.store.snapshot();
        self.store.register = Arc::clone(&now.register);
        self.live.offer(now);
    }
}
