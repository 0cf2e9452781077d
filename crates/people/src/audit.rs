//! The audit trail: who did or read what, and when. Rows are only added, and each row's hash covers the row and the hash
//! before it, so that a row taken out or changed is found. It holds opaque ids only, never a name or an address.

use database::Transaction;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::PersonId;
use crate::error::PeopleError;
use crate::people::{People, millis, moment};
use crate::secret::{kept, same};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done, or shown.
    Done,
    /// It was not permitted.
    Refused,
    /// It was tried and did not succeed.
    Failed,
}

impl Outcome {
    /// The word for it in tables and in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    fn of_key(key: &str) -> Option<Self> {
        [Self::Done, Self::Refused, Self::Failed].into_iter().find(|outcome| outcome.key() == key)
    }
}

/// Which way somebody came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Through {
    /// At the machine itself.
    CommandLine,
    /// Over the site, with no session yet.
    Site,
    /// In this session; its address stands with the session, where it can be erased.
    Session(String),
    /// With this API token.
    Token(String),
    /// A job in the background.
    Job,
}

impl Through {
    fn key(&self) -> String {
        match self {
            Self::CommandLine => "command-line".to_owned(),
            Self::Site => "site".to_owned(),
            Self::Job => "job".to_owned(),
            Self::Session(id) => format!("session/{id}"),
            Self::Token(id) => format!("token/{id}"),
        }
    }

    fn of_key(key: &str) -> Option<Self> {
        Some(match key.split_once('/') {
            Some(("session", id)) => Self::Session(id.to_owned()),
            Some(("token", id)) => Self::Token(id.to_owned()),
            None if key == "command-line" => Self::CommandLine,
            None if key == "site" => Self::Site,
            None if key == "job" => Self::Job,
            _ => return None,
        })
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the public and for the machine itself.
    pub actor: Option<PersonId>,
    /// What was done: the key of a verb.
    pub verb: String,
    /// To what: a kind and an opaque name, as in `report/COL/2025` or `person/ID`.
    pub subject: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Which way they came.
    pub from: Through,
}

impl AuditEntry {
    /// Something done to somebody's account, by somebody on the site or by whoever holds the machine.
    pub(crate) fn of_person(at: Timestamp, by: Option<&PersonId>, verb: &str, person: &PersonId) -> Self {
        let from = if by.is_some() { Through::Site } else { Through::CommandLine };
        let subject = format!("person/{person}");
        Self { at, actor: by.cloned(), verb: verb.to_owned(), subject, outcome: Outcome::Done, from }
    }

    /// Something that somebody did to their own account.
    pub(crate) fn own(at: Timestamp, person: &PersonId, verb: &str, outcome: Outcome) -> Self {
        let subject = format!("person/{person}");
        Self { at, actor: Some(person.clone()), verb: verb.to_owned(), subject, outcome, from: Through::Site }
    }

    fn hash(&self, position: i64, before: &str) -> String {
        let person = self.actor.as_ref().map(|person| person.0.as_str());
        let row = (position, millis(self.at), person, &self.verb, &self.subject, self.outcome.key(), self.from.key());
        // A tuple of texts and numbers is always JSON.
        let row = serde_json::to_string(&row).unwrap_or_default();
        kept(&format!("{before}\n{row}"))
    }
}

/// Which entries are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailFilter {
    /// By whom.
    pub person: Option<PersonId>,
    /// On this subject exactly, or on all that begin with it where it ends in `/`.
    pub subject: Option<String>,
    /// This verb.
    pub verb: Option<String>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
    /// Before this position: the next page.
    pub before: Option<u64>,
    /// At most so many; 0 means 100.
    pub limit: u16,
}

/// An entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrailEntry {
    /// Where it stands, from 1.
    pub position: u64,
    /// What happened.
    #[serde(flatten)]
    pub entry: AuditEntry,
    /// The hash over it and all before.
    pub hash: String,
}

/// What is wrong with the trail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrailFault {
    /// A row is not the one that was written, or one before it is missing.
    #[error("the audit trail was changed at entry {0} or just before it")]
    Changed(u64),
    /// Rows are missing at the end.
    #[error("the audit trail ends at entry {found}, and {kept} were written")]
    CutOff {
        /// The last one there.
        found: u64,
        /// The last one written.
        kept: u64,
    },
}

type Row = (i64, i64, Option<String>, String, String, String, String, String);

const COLUMNS: &str = "SELECT position, at, person, verb, subject, outcome, through, hash FROM trail";

impl People {
    /// Writes down that something happened.
    ///
    /// # Errors
    /// The database failed; then whatever it is about must not happen either.
    pub async fn note(&self, entry: &AuditEntry) -> Result<(), PeopleError> {
        let mut transaction = self.begin().await?;
        self.note_in(&mut transaction, entry).await?;
        self.commit(transaction).await
    }

    /// As the last step of a transaction: the end of the trail is held from here to its commit.
    pub(crate) async fn note_in(&self, transaction: &mut Transaction, entry: &AuditEntry) -> Result<(), PeopleError> {
        let failed = |error| self.failed(error);
        let end = "UPDATE trail_end SET position = position + 1 WHERE one = 1 RETURNING position, hash";
        let (position, before): (i64, String) =
            sqlx::query_as(end).fetch_one(&mut **transaction).await.map_err(failed)?;
        let hash = entry.hash(position, &before);
        let add = "INSERT INTO trail (position, at, person, verb, subject, outcome, through, hash) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let add = sqlx::query(add).bind(position).bind(millis(entry.at));
        let add = add.bind(entry.actor.as_ref().map(|person| person.0.clone())).bind(&entry.verb).bind(&entry.subject);
        let add = add.bind(entry.outcome.key()).bind(entry.from.key()).bind(&hash);
        add.execute(&mut **transaction).await.map_err(failed)?;
        let end = sqlx::query("UPDATE trail_end SET hash = $1 WHERE one = 1").bind(&hash);
        end.execute(&mut **transaction).await.map(drop).map_err(failed)
    }

    /// Entries of the trail, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn trail(&self, filter: &TrailFilter) -> Result<Vec<TrailEntry>, PeopleError> {
        const ASKED: &str = "SELECT position, at, person, verb, subject, outcome, through, hash FROM trail \
            WHERE ($1 = '' OR person = $1) AND ($2 = '' OR subject = $2) \
            AND ($3 = '' OR substr(subject, 1, length($3)) = $3) AND ($4 = '' OR verb = $4) \
            AND at >= $5 AND at < $6 AND position < $7 ORDER BY position DESC LIMIT $8";
        let subject = filter.subject.clone().unwrap_or_default();
        let (exact, prefix) = if subject.ends_with('/') { (String::new(), subject) } else { (subject, String::new()) };
        let asked = sqlx::query_as::<_, Row>(ASKED);
        let asked = asked.bind(filter.person.as_ref().map(|person| person.0.clone()).unwrap_or_default());
        let asked = asked.bind(exact).bind(prefix).bind(filter.verb.clone().unwrap_or_default());
        let asked = asked.bind(filter.since.map_or(i64::MIN, millis)).bind(filter.until.map_or(i64::MAX, millis));
        let before = filter.before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let limit = if filter.limit == 0 { 100 } else { i64::from(filter.limit) };
        let rows = asked.bind(before).bind(limit).fetch_all(self.database.pool()).await;
        rows.map_err(|error| self.failed(error))?.into_iter().map(entry).collect()
    }

    /// Recomputes the whole trail. Returns how many entries it has, or the first fault. Who can write the tables can
    /// write a whole new trail as well; a copy of an entry's hash kept elsewhere shows that.
    ///
    /// # Errors
    /// The database failed.
    pub async fn verify_trail(&self) -> Result<Result<u64, TrailFault>, PeopleError> {
        const PAGE: i64 = 1_000;
        let next = format!("{COLUMNS} WHERE position > $1 ORDER BY position LIMIT $2");
        let end = "SELECT position, hash FROM trail_end WHERE one = 1";
        let (end, end_hash): (i64, String) =
            sqlx::query_as(end).fetch_one(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let (mut position, mut hash) = (0_i64, String::new());
        loop {
            let rows = sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(next.clone())).bind(position).bind(PAGE);
            let rows = rows.fetch_all(self.database.pool()).await.map_err(|error| self.failed(error))?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let at = row.0;
                let found = entry(row)?;
                let ends_otherwise = at == end && !same(&found.hash, &end_hash);
                if at != position + 1 || ends_otherwise || !same(&found.entry.hash(at, &hash), &found.hash) {
                    return Ok(Err(TrailFault::Changed(number(at))));
                }
                (position, hash) = (at, found.hash);
            }
        }
        // What was added meanwhile was read as well; what was there before must be.
        let fault = TrailFault::CutOff { found: number(position), kept: number(end) };
        Ok(if position < end { Err(fault) } else { Ok(number(position)) })
    }
}

/// A position of the trail, which begins at 1.
fn number(position: i64) -> u64 {
    u64::try_from(position).unwrap_or_default()
}

fn entry((position, at, person, verb, subject, outcome, through, hash): Row) -> Result<TrailEntry, PeopleError> {
    let unreadable = |value: &str| PeopleError::Unreadable { what: "an entry of the trail", value: value.to_owned() };
    let entry = AuditEntry {
        at: moment(at)?,
        actor: person.map(PersonId),
        verb,
        subject,
        outcome: Outcome::of_key(&outcome).ok_or_else(|| unreadable(&outcome))?,
        from: Through::of_key(&through).ok_or_else(|| unreadable(&through))?,
    };
    Ok(TrailEntry { position: number(position), entry, hash })
}
