//! Work in the background: claimed by one worker at a time, done once for each key, tried again later and later.

use std::time::Duration;

use database::Kind;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::error::PeopleError;
use crate::people::{People, after, millis, moment};
use crate::secret::opaque;

/// After so many failures somebody has to look.
const MOST_TRIES: i64 = 10;
/// Between the first try and the second.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_hours(6);

/// How long to wait after so many failures: half a minute, then twice as long each time, never longer than six hours.
#[must_use]
pub fn back_off(failures: u32) -> Duration {
    let times = failures.checked_sub(1).map_or(Some(0), |doublings| 2_u32.checked_pow(doublings));
    times.and_then(|times| FIRST_PAUSE.checked_mul(times)).map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

/// A job, by a random name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct JobId(pub String);

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// To be done when it is due.
    Waiting,
    /// A worker has it.
    Running,
    /// Done.
    Done,
    /// Tried too often; somebody has to look.
    Failed,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    /// The word for it in tables and in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of a key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// A job to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// What sort: says which worker takes it.
    pub kind: String,
    /// What makes it the same as another one.
    pub key: String,
    /// What the worker needs. Opaque ids, no personal data.
    pub body: Value,
    /// Not before then.
    pub due: Timestamp,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its random name.
    pub id: JobId,
    /// What sort.
    pub kind: String,
    /// What makes it the same as another one.
    pub key: String,
    /// What the worker needs.
    pub body: Value,
    /// Where it stands.
    pub state: JobState,
    /// How often it was begun.
    pub tries: u32,
    /// When it is due.
    pub due: Timestamp,
    /// What went wrong last.
    pub error: Option<String>,
    /// When it was made.
    pub made: Timestamp,
    /// When it was done or given up.
    pub ended: Option<Timestamp>,
}

/// Which jobs are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// In this state.
    pub state: Option<JobState>,
    /// Of this kind.
    pub kind: Option<String>,
    /// At most so many; 0 means 100.
    pub limit: u16,
}

type Row = (String, String, String, String, String, i64, i64, Option<String>, i64, Option<i64>);

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs SET state = 'running', tries = tries + 1, worker = $1, held_until = $2 WHERE id = (",
            "SELECT id FROM jobs WHERE kind = $3 AND due_at <= $4 ",
            "AND (state = 'waiting' OR (state = 'running' AND held_until < $4)) ORDER BY due_at, id LIMIT 1",
            $lock,
            ") RETURNING id, kind, key, body, state, tries, due_at, error, made_at, ended_at"
        )
    };
}

impl People {
    /// Queues a job. One with the same key is queued once, ever: then that one's name comes back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_job(&self, new: &NewJob, now: Timestamp) -> Result<JobId, PeopleError> {
        let mut transaction = self.begin().await?;
        let add = "INSERT INTO jobs (id, kind, key, body, state, tries, due_at, made_at) \
            VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $6) ON CONFLICT (key) DO NOTHING";
        let add = sqlx::query(add).bind(opaque()?).bind(&new.kind).bind(&new.key).bind(new.body.to_string());
        let add = add.bind(millis(new.due)).bind(millis(now)).execute(&mut *transaction).await;
        add.map_err(|error| self.failed(error))?;
        let id = sqlx::query_scalar::<_, String>("SELECT id FROM jobs WHERE key = $1").bind(&new.key);
        let id = id.fetch_one(&mut *transaction).await.map_err(|error| self.failed(error))?;
        self.commit(transaction).await?;
        Ok(JobId(id))
    }

    /// Takes the next job of a kind that is due, for `hold`; a worker that died leaves its job to others after that.
    ///
    /// # Errors
    /// The database failed.
    pub async fn claim_job(
        &self,
        kind: &str,
        worker: &str,
        hold: Duration,
        now: Timestamp,
    ) -> Result<Option<Job>, PeopleError> {
        let statement = match self.database.kind() {
            Kind::Sqlite => claim!(""),
            Kind::Postgres => claim!(" FOR UPDATE SKIP LOCKED"),
        };
        let mut transaction = self.begin().await?;
        let claim = sqlx::query_as::<_, Row>(statement).bind(worker).bind(millis(after(now, hold)));
        let claim = claim.bind(kind).bind(millis(now)).fetch_optional(&mut *transaction).await;
        let claimed = claim.map_err(|error| self.failed(error))?;
        self.commit(transaction).await?;
        claimed.map(job).transpose()
    }

    /// A job is done. If it was taken from this worker meanwhile, nothing is changed, and the answer is no.
    ///
    /// # Errors
    /// The database failed.
    pub async fn finish_job(&self, id: &JobId, worker: &str, now: Timestamp) -> Result<bool, PeopleError> {
        let done = "UPDATE jobs SET state = 'done', error = NULL, ended_at = $1, worker = NULL, held_until = NULL \
            WHERE id = $2 AND state = 'running' AND worker = $3";
        let done = sqlx::query(done).bind(millis(now)).bind(&id.0).bind(worker).execute(self.database.pool()).await;
        Ok(done.map_err(|error| self.failed(error))?.rows_affected() == 1)
    }

    /// A job failed: it is due again later, or given up after ten tries.
    ///
    /// # Errors
    /// The database failed.
    pub async fn fail_job(&self, job: &Job, worker: &str, error: &str, now: Timestamp) -> Result<bool, PeopleError> {
        let given_up = i64::from(job.tries) >= MOST_TRIES;
        let state = if given_up { JobState::Failed } else { JobState::Waiting };
        let fail = "UPDATE jobs SET state = $1, error = $2, due_at = $3, ended_at = $4, worker = NULL, held_until = NULL \
            WHERE id = $5 AND state = 'running' AND worker = $6";
        let fail = sqlx::query(fail).bind(state.key()).bind(error).bind(millis(after(now, back_off(job.tries))));
        let fail = fail.bind(given_up.then(|| millis(now))).bind(&job.id.0).bind(worker);
        let failed = fail.execute(self.database.pool()).await.map_err(|error| self.failed(error))?;
        Ok(failed.rows_affected() == 1)
    }

    /// Tries a job again that was given up, or one that waits, at once.
    ///
    /// # Errors
    /// There is no such job, or it is running or done; or the database failed.
    pub async fn retry_job(&self, id: &JobId, now: Timestamp) -> Result<(), PeopleError> {
        let retry = "UPDATE jobs SET state = 'waiting', tries = 0, due_at = $1, ended_at = NULL \
            WHERE id = $2 AND state IN ('waiting', 'failed')";
        let retry = sqlx::query(retry).bind(millis(now)).bind(&id.0).execute(self.database.pool()).await;
        if retry.map_err(|error| self.failed(error))?.rows_affected() == 1 {
            Ok(())
        } else {
            Err(PeopleError::NoSuchThing { what: "job that waits or failed", id: id.0.clone() })
        }
    }

    /// The jobs, the latest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn jobs(&self, filter: &JobFilter) -> Result<Vec<Job>, PeopleError> {
        const ASKED: &str = "SELECT id, kind, key, body, state, tries, due_at, error, made_at, ended_at FROM jobs \
            WHERE ($1 = '' OR state = $1) AND ($2 = '' OR kind = $2) ORDER BY made_at DESC, id LIMIT $3";
        let asked = sqlx::query_as::<_, Row>(ASKED).bind(filter.state.map_or("", JobState::key));
        let asked = asked.bind(filter.kind.clone().unwrap_or_default());
        let limit = if filter.limit == 0 { 100 } else { i64::from(filter.limit) };
        let rows = asked.bind(limit).fetch_all(self.database.pool()).await;
        rows.map_err(|error| self.failed(error))?.into_iter().map(job).collect()
    }

    /// How many jobs there are in each state.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_jobs(&self) -> Result<Vec<(JobState, u64)>, PeopleError> {
        let count = sqlx::query_as::<_, (String, i64)>("SELECT state, COUNT(*) FROM jobs GROUP BY state");
        let rows = count.fetch_all(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let of = |state: JobState| rows.iter().find(|(key, _)| key == state.key()).map_or(0, |(_, count)| *count);
        Ok(JobState::ALL.map(|state| (state, u64::try_from(of(state)).unwrap_or_default())).to_vec())
    }
}

fn job((id, kind, key, body, state, tries, due, error, made, ended): Row) -> Result<Job, PeopleError> {
    let unreadable = |value: &str| PeopleError::Unreadable { what: "a job", value: value.to_owned() };
    Ok(Job {
        body: serde_json::from_str(&body).map_err(|_| unreadable(&id))?,
        state: JobState::of_key(&state).ok_or_else(|| unreadable(&state))?,
        tries: u32::try_from(tries).map_err(|_| unreadable(&id))?,
        id: JobId(id),
        kind,
        key,
        due: moment(due)?,
        error,
        made: moment(made)?,
        ended: ended.map(moment).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_pause_doubles_from_half_a_minute_to_six_hours() {
        let seconds: Vec<u64> = [0, 1, 2, 3, 10, 11, 40].map(|failures| back_off(failures).as_secs()).to_vec();
        assert_eq!(seconds, [0, 30, 60, 120, 15_360, 21_600, 21_600]);
    }

    proptest! {
        #[test]
        fn the_pause_never_shrinks_and_never_passes_its_longest(failures in 0_u32..u32::MAX) {
            prop_assert!(back_off(failures) <= back_off(failures + 1));
            prop_assert!(back_off(failures) <= LONGEST_PAUSE);
        }
    }
}
