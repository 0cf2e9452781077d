//! What is kept about people, for how long; the whole of it for one person, and its erasure.

use std::time::Duration;

use database::Transaction;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use treaty::date::utc_date;

use crate::actor::PersonId;
use crate::audit::{AuditEntry, TrailFilter};
use crate::error::PeopleError;
use crate::people::{People, millis};
use crate::person::email_key;
use crate::secret::kept;

/// The rule for each kind, as data.
pub const RETENTION: &str = include_str!("../retention.csv");

/// How long one kind of data is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// What sort of data.
    pub kind: String,
    /// For how many days.
    pub kept_for_days: u32,
    /// From when it counts, and why so long.
    pub reason: String,
}

/// What a sweep found of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// What sort of data.
    pub kind: String,
    /// For how many days it is kept.
    pub kept_for_days: u32,
    /// How many rows, people or letters were over their time.
    pub count: u64,
}

/// The rows of a kind whose time is over before `$1`, for the kinds that are rows of one table.
fn rows(kind: &str) -> Option<(&'static str, &'static str)> {
    macro_rules! over {
        ($table:literal, $rule:literal) => {
            Some((
                concat!("SELECT COUNT(*) FROM ", $table, " WHERE ", $rule),
                concat!("DELETE FROM ", $table, " WHERE ", $rule),
            ))
        };
    }
    match kind {
        "session" => over!("sessions", "expires_at < $1"),
        "link" => over!("links", "expires_at < $1"),
        "throttle" => over!("throttles", "last_at < $1"),
        "token" => over!("tokens", "expires_at < $1"),
        "job-done" => over!("jobs", "state = 'done' AND ended_at < $1"),
        "job-failed" => over!("jobs", "state = 'failed' AND ended_at < $1"),
        _ => None,
    }
}

/// The people whose time is over before `$1` (milliseconds) or `$2` (a day).
fn accounts(kind: &str) -> Option<&'static str> {
    match kind {
        "invitation-not-accepted" => Some(
            "SELECT id FROM people p WHERE seen_at IS NULL AND created_at < $1 AND '' < $2 \
             AND NOT EXISTS (SELECT 1 FROM passwords w WHERE w.person = p.id) \
             AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.person = p.id) \
             AND NOT EXISTS (SELECT 1 FROM links l WHERE l.person = p.id AND l.expires_at >= $1)",
        ),
        "account-disabled" => Some("SELECT id FROM people WHERE disabled_at < $1 AND '' < $2"),
        "account-not-used" => Some(
            "SELECT id FROM people p WHERE COALESCE(seen_at, created_at) < $1 \
             AND NOT EXISTS (SELECT 1 FROM holdings h WHERE h.person = p.id AND (h.last_day IS NULL OR h.last_day >= $2))",
        ),
        _ => None,
    }
}

/// The rules, in their order.
///
/// # Errors
/// The table in the program is damaged.
pub fn retention() -> Result<Vec<Retention>, PeopleError> {
    let unreadable = |error: csv::Error| PeopleError::Unreadable { what: "retention.csv", value: error.to_string() };
    let mut rules = Vec::new();
    for row in csv::Reader::from_reader(RETENTION.as_bytes()).into_deserialize::<(String, u32, String)>() {
        let (kind, kept_for_days, reason) = row.map_err(unreadable)?;
        rules.push(Retention { kind, kept_for_days, reason });
    }
    Ok(rules)
}

/// The moment before which something of a kind is over its time.
#[must_use]
pub fn over_before(rule: &Retention, now: Timestamp) -> Timestamp {
    let days = Duration::from_secs(u64::from(rule.kept_for_days) * 24 * 3_600);
    now.checked_sub(days).unwrap_or(Timestamp::MIN)
}

impl People {
    /// Finds what is kept too long, and erases it if told to. Letters in the mail folder are not in the tables, and are
    /// left to whoever holds the folder.
    ///
    /// # Errors
    /// The database failed; what was erased by then stays erased.
    pub async fn sweep(&self, erase: bool, now: Timestamp) -> Result<Vec<Swept>, PeopleError> {
        let mut all = Vec::new();
        for rule in retention()? {
            let over = over_before(&rule, now);
            let count = if let Some((count, delete)) = rows(&rule.kind) {
                self.sweep_rows(if erase { None } else { Some(count) }, delete, over).await?
            } else if let Some(people) = accounts(&rule.kind) {
                self.sweep_people(people, over, erase, now).await?
            } else if rule.kind == "sign-in-under-way" {
                let pending =
                    ("SELECT COUNT(*) FROM pending WHERE expires_at < $1", "DELETE FROM pending WHERE expires_at < $1");
                let journeys = (
                    "SELECT COUNT(*) FROM journeys WHERE expires_at < $1",
                    "DELETE FROM journeys WHERE expires_at < $1",
                );
                let mut both = 0;
                for (count, delete) in [pending, journeys] {
                    both += self.sweep_rows(if erase { None } else { Some(count) }, delete, over).await?;
                }
                both
            } else {
                continue;
            };
            all.push(Swept { kind: rule.kind, kept_for_days: rule.kept_for_days, count });
        }
        if erase {
            self.database.sweep_log().await?;
        }
        Ok(all)
    }

    async fn sweep_rows(
        &self,
        count: Option<&'static str>,
        delete: &'static str,
        over: Timestamp,
    ) -> Result<u64, PeopleError> {
        let failed = |error| self.failed(error);
        if let Some(count) = count {
            let counted = sqlx::query_scalar::<_, i64>(count).bind(millis(over)).fetch_one(self.database.pool()).await;
            return Ok(u64::try_from(counted.map_err(failed)?).unwrap_or_default());
        }
        let gone = sqlx::query(delete).bind(millis(over)).execute(self.database.pool()).await;
        Ok(gone.map_err(failed)?.rows_affected())
    }

    async fn sweep_people(
        &self,
        which: &'static str,
        over: Timestamp,
        erase: bool,
        now: Timestamp,
    ) -> Result<u64, PeopleError> {
        let people = sqlx::query_scalar::<_, String>(which).bind(millis(over)).bind(utc_date(over).to_string());
        let people = people.fetch_all(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let mut count = 0;
        for person in people {
            if erase {
                match self.erase(None, &PersonId(person), now).await {
                    // Somebody has to be left who can let others in.
                    Err(PeopleError::LastAdministrator(_)) => continue,
                    other => other?,
                }
            }
            count += 1;
        }
        Ok(count)
    }

    /// Everything that is kept about one person, without what would let somebody in as them.
    ///
    /// # Errors
    /// Nobody has that id; or the database failed.
    pub async fn export(&self, id: &PersonId, now: Timestamp) -> Result<Value, PeopleError> {
        let person = self.person(id).await?;
        let organisations = self.organisations().await?;
        let organisation = organisations.iter().find(|known| Some(&known.id) == person.organisation.as_ref());
        let times = |statement: &'static str| async move {
            let rows = sqlx::query_as::<_, (String, i64, i64, Option<i64>)>(statement).bind(&id.0);
            rows.fetch_all(self.database.pool()).await.map_err(|error| self.failed(error))
        };
        let at = |millis: i64| Timestamp::from_millisecond(millis).ok();
        let links = "SELECT purpose, made_at, expires_at, used_at FROM links WHERE person = $1 ORDER BY made_at";
        let links: Vec<Value> = times(links)
            .await?
            .into_iter()
            .map(|(purpose, made, expires, used)| {
                json!({ "purpose": purpose, "made": at(made), "expires": at(expires), "used": used.and_then(at) })
            })
            .collect();
        let sessions =
            "SELECT id || ' from ' || address, begun_at, expires_at, seen_at FROM sessions WHERE person = $1";
        let sessions: Vec<Value> = times(sessions)
            .await?
            .into_iter()
            .map(|(session, begun, expires, seen)| {
                json!({ "session": session, "begun": at(begun), "expires": at(expires), "seen": seen.and_then(at) })
            })
            .collect();
        let identities = "SELECT issuer || ' ' || subject, bound_at, bound_at, CAST(NULL AS BIGINT) FROM identities WHERE person = $1";
        let identities: Vec<Value> = times(identities)
            .await?
            .into_iter()
            .map(|(account, bound, _, _)| json!({ "account": account, "bound": at(bound) }))
            .collect();
        let jobs = "SELECT kind || ' ' || key, made_at, due_at, ended_at FROM jobs WHERE body LIKE '%' || $1 || '%'";
        let jobs: Vec<Value> = times(jobs)
            .await?
            .into_iter()
            .map(|(job, made, due, ended)| json!({ "job": job, "made": at(made), "due": at(due), "ended": ended.and_then(at) }))
            .collect();
        Ok(json!({
            "exported": now,
            "person": person,
            "organisation": organisation,
            "recovery_codes_left": self.recovery_codes_left(id).await?,
            "links": links,
            "sessions": sessions,
            "tokens": self.tokens_of(id, Timestamp::MIN).await?,
            "identities": identities,
            "jobs": jobs,
            "did": self.whole_trail(TrailFilter { person: Some(id.clone()), ..TrailFilter::default() }).await?,
            "was_done_to": self
                .whole_trail(TrailFilter { subject: Some(format!("person/{id}")), ..TrailFilter::default() })
                .await?,
        }))
    }

    async fn whole_trail(&self, mut filter: TrailFilter) -> Result<Vec<crate::audit::TrailEntry>, PeopleError> {
        let mut all = Vec::new();
        filter.limit = 1_000;
        loop {
            let page = self.trail(&filter).await?;
            let Some(last) = page.last() else { return Ok(all) };
            filter.before = Some(last.position);
            all.extend(page);
        }
    }

    /// Erases one person: account, roles, credentials, sessions, tokens, jobs. The trail keeps their opaque id, which
    /// then leads to nobody.
    ///
    /// # Errors
    /// Nobody has that id, or nobody would be administrator any more; or the database failed.
    pub async fn erase(&self, by: Option<&PersonId>, id: &PersonId, now: Timestamp) -> Result<(), PeopleError> {
        let person = self.person(id).await?;
        let mut transaction = self.begin().await?;
        // The rest goes with it: every table that names a person says so.
        self.erase_rows(&mut transaction, "DELETE FROM jobs WHERE body LIKE '%' || $1 || '%'", &id.0).await?;
        let gates = [kept(&format!("account {}", email_key(&person.email))), kept(&format!("factor {id}"))];
        for gate in &gates {
            self.erase_rows(&mut transaction, "DELETE FROM throttles WHERE gate = $1", gate).await?;
        }
        let administrators = "UPDATE holdings SET last_day = '0001-01-01' WHERE person = $1 AND role = 'administrator'";
        self.erase_rows(&mut transaction, administrators, &id.0).await?;
        self.keep_an_administrator(&mut transaction, id, utc_date(now)).await?;
        self.erase_rows(&mut transaction, "DELETE FROM people WHERE id = $1", &id.0).await?;
        self.note_in(&mut transaction, &AuditEntry::of_person(now, by, "erase", id)).await?;
        self.commit(transaction).await?;
        Ok(self.database.sweep_log().await?)
    }

    async fn erase_rows(
        &self,
        transaction: &mut Transaction,
        statement: &'static str,
        which: &str,
    ) -> Result<(), PeopleError> {
        let gone = sqlx::query(statement).bind(which).execute(&mut **transaction).await;
        gone.map(drop).map_err(|error| self.failed(error))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_kind_has_a_rule_a_reason_and_a_way_to_sweep_it() {
        let rules = retention().unwrap();
        for rule in &rules {
            assert!(rule.reason.len() > 20, "{}", rule.kind);
            let apart = ["sign-in-under-way", "mail"].contains(&rule.kind.as_str());
            assert!(apart || rows(&rule.kind).is_some() || accounts(&rule.kind).is_some(), "{}", rule.kind);
        }
        let mut kinds: Vec<&str> = rules.iter().map(|rule| rule.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), rules.len());
    }

    proptest! {
        #[test]
        fn nothing_is_over_before_its_days_have_passed(days in 0_u32..10_000, second in 0_i64..4_000_000_000) {
            let now = Timestamp::from_second(second).unwrap();
            let rule = Retention { kind: "x".to_owned(), kept_for_days: days, reason: String::new() };
            let over = over_before(&rule, now);
            prop_assert!(over <= now);
            prop_assert_eq!(now.as_second() - over.as_second(), i64::from(days) * 86_400);
        }
    }
}
