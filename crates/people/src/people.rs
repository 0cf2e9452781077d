//! The tables of people, opened.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use database::{Address, Database, Transaction};
use jiff::Timestamp;

use crate::error::PeopleError;
use crate::password::Passwords;
use crate::schema;

/// How long things last, and how often they may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An invitation.
    pub invitation: Duration,
    /// A link to set a new password.
    pub password_reset: Duration,
    /// A sign-in that waits for its second factor, or for an identity provider.
    pub pending: Duration,
    /// Tries of one such sign-in.
    pub pending_tries: i64,
    /// A session that is not used.
    pub idle: Duration,
    /// A session, used or not.
    pub session: Duration,
    /// An API token, at most.
    pub token: Duration,
    /// Failed tries for one account from one address before it has to wait.
    pub tries_of_account_from_address: i64,
    /// Failed tries from one address.
    pub tries_from_address: i64,
    /// Failed tries for one account from anywhere.
    pub tries_of_account: i64,
    /// Failed tries of the second factor, for one person.
    pub tries_of_factor: i64,
    /// After this long without a failure they are forgotten.
    pub memory: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const HOUR: u64 = 3_600;
        Self {
            invitation: Duration::from_secs(7 * 24 * HOUR),
            password_reset: Duration::from_secs(HOUR),
            pending: Duration::from_secs(HOUR / 6),
            pending_tries: 5,
            idle: Duration::from_secs(HOUR),
            session: Duration::from_secs(12 * HOUR),
            token: Duration::from_secs(366 * 24 * HOUR),
            tries_of_account_from_address: 5,
            tries_from_address: 20,
            tries_of_account: 50,
            tries_of_factor: 10,
            memory: Duration::from_secs(HOUR),
        }
    }
}

/// People, their organisations and roles; how they sign in; what they did. Cheap to clone.
#[derive(Clone, Debug)]
pub struct People {
    pub(crate) database: Database,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) limits: Limits,
}

impl People {
    /// Opens the tables, and makes or renews them where needed.
    ///
    /// # Errors
    /// The database cannot be opened, or its tables are of a later version.
    pub async fn open(address: &Address) -> Result<Self, PeopleError> {
        Self::open_with(address, Limits::default(), None).await
    }

    /// As [`People::open`], with other limits and a file of breached passwords (see [`Passwords`]).
    ///
    /// # Errors
    /// As there; or the file cannot be read.
    pub async fn open_with(address: &Address, limits: Limits, breached: Option<&Path>) -> Result<Self, PeopleError> {
        let passwords = Arc::new(Passwords::new(breached)?);
        let database = Database::open(address).await?;
        database.migrate("people", schema::STEPS).await?;
        Ok(Self { database, passwords, limits })
    }

    /// Where the tables are.
    #[must_use]
    pub fn address(&self) -> &Address {
        self.database.address()
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Closes the connections.
    pub async fn close(&self) {
        self.database.close().await;
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, PeopleError> {
        Ok(self.database.begin().await?)
    }

    pub(crate) async fn commit(&self, transaction: Transaction) -> Result<(), PeopleError> {
        Ok(self.database.commit(transaction).await?)
    }

    pub(crate) fn failed(&self, error: sqlx::Error) -> PeopleError {
        self.database.failed(error).into()
    }
}

/// A moment as the tables keep it.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A moment that long after another one.
pub(crate) fn after(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// A moment from the tables.
pub(crate) fn moment(millis: i64) -> Result<Timestamp, PeopleError> {
    Timestamp::from_millisecond(millis)
        .map_err(|_| PeopleError::Unreadable { what: "a moment", value: millis.to_string() })
}
