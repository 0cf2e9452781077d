//! Sessions: begun at sign-in with a new token each time, seen, listed, ended.

use jiff::Timestamp;
use serde::Serialize;

use crate::actor::{Actor, PersonId};
use crate::audit::{AuditEntry, Outcome, Through};
use crate::error::PeopleError;
use crate::people::{People, after, millis, moment};
use crate::secret::{Secret, derived, kept, opaque, same};

/// A session that has just begun: its token is shown here and never again.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its opaque id.
    pub id: String,
    /// Whose.
    pub person: PersonId,
    /// What opens it: for a cookie.
    pub token: Secret,
    /// When it ends, used or not.
    pub expires: Timestamp,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its opaque id.
    pub id: String,
    /// Whose.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The language of their mail.
    pub language: String,
    /// What they may be asked about: roles, second factor.
    pub actor: Actor,
    /// What a form of theirs brings back, to show that it is theirs.
    pub csrf: Secret,
    /// When it began.
    pub begun: Timestamp,
    /// When it ends, used or not.
    pub expires: Timestamp,
}

impl Session {
    /// Whether a form brought back this session's token; in a time that tells nothing.
    #[must_use]
    pub fn csrf_is(&self, given: &str) -> bool {
        same(self.csrf.reveal(), given)
    }
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// Its opaque id.
    pub id: String,
    /// The address that it began from.
    pub address: String,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// When it began.
    pub begun: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// When it ends, used or not.
    pub expires: Timestamp,
}

type Row = (String, String, String, String, i64, i64, i64, i64);

impl People {
    pub(crate) async fn begin_session(
        &self,
        person: &PersonId,
        second_factor: bool,
        address: &str,
        verb: &str,
        now: Timestamp,
    ) -> Result<NewSession, PeopleError> {
        let (id, token, expires) = (opaque()?, Secret::new()?, after(now, self.limits.session));
        let mut transaction = self.begin().await?;
        let add = "INSERT INTO sessions (id, token, person, second_factor, address, begun_at, seen_at, expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $6, $7)";
        let add = sqlx::query(add).bind(&id).bind(token.kept()).bind(&person.0).bind(i64::from(second_factor));
        let add = add.bind(address).bind(millis(now)).bind(millis(expires)).execute(&mut *transaction).await;
        add.map_err(|error| self.failed(error))?;
        let seen = sqlx::query("UPDATE people SET seen_at = $1 WHERE id = $2").bind(millis(now)).bind(&person.0);
        seen.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        let from = Through::Session(id.clone());
        let entry = AuditEntry { from, ..AuditEntry::own(now, person, verb, Outcome::Done) };
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await?;
        Ok(NewSession { id, person: person.clone(), token, expires })
    }

    /// Who a token belongs to, if its session is open; and that it was used now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn session(&self, token: &str, now: Timestamp) -> Result<Option<Session>, PeopleError> {
        const OPEN: &str = "SELECT s.id, s.person, p.name, p.language, s.second_factor, s.begun_at, s.seen_at, s.expires_at \
            FROM sessions s JOIN people p ON p.id = s.person \
            WHERE s.token = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND p.disabled_at IS NULL";
        let idle = now.checked_sub(self.limits.idle).unwrap_or(Timestamp::MIN);
        let found = sqlx::query_as::<_, Row>(OPEN).bind(kept(token)).bind(millis(now)).bind(millis(idle));
        let found = found.fetch_optional(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let Some((id, person, name, language, second_factor, begun, seen, expires)) = found else {
            return Ok(None);
        };
        // To the minute: a page with twenty pictures is not twenty writes.
        if millis(now) - seen > 60_000 {
            let see = "UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1";
            let see = sqlx::query(see).bind(millis(now)).bind(&id).execute(self.database.pool()).await;
            see.map_err(|error| self.failed(error))?;
        }
        let holdings = self.holdings_of(&person).await?;
        let person = PersonId(person);
        let actor = Actor { person: Some(person.clone()), holdings, second_factor: second_factor == 1, scope: None };
        let csrf = Secret::of(derived("csrf", token));
        Ok(Some(Session { id, person, name, language, actor, csrf, begun: moment(begun)?, expires: moment(expires)? }))
    }

    /// Somebody's open sessions, the latest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sessions_of(&self, person: &PersonId, now: Timestamp) -> Result<Vec<SessionView>, PeopleError> {
        const OPEN: &str = "SELECT id, address, second_factor, begun_at, seen_at, expires_at FROM sessions \
            WHERE person = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY begun_at DESC, id";
        let idle = now.checked_sub(self.limits.idle).unwrap_or(Timestamp::MIN);
        let rows = sqlx::query_as::<_, (String, String, i64, i64, i64, i64)>(OPEN).bind(&person.0);
        let rows = rows.bind(millis(now)).bind(millis(idle)).fetch_all(self.database.pool()).await;
        let view = |(id, address, second_factor, begun, seen, expires)| {
            Ok(SessionView {
                id,
                address,
                second_factor: second_factor == 1,
                begun: moment(begun)?,
                seen: moment(seen)?,
                expires: moment(expires)?,
            })
        };
        rows.map_err(|error| self.failed(error))?.into_iter().map(view).collect()
    }

    /// Ends one of somebody's sessions.
    ///
    /// # Errors
    /// They have no such session; or the database failed.
    pub async fn revoke(
        &self,
        by: Option<&PersonId>,
        person: &PersonId,
        session: &str,
        now: Timestamp,
    ) -> Result<(), PeopleError> {
        let mut transaction = self.begin().await?;
        let end = sqlx::query("DELETE FROM sessions WHERE id = $1 AND person = $2").bind(session).bind(&person.0);
        let ended = end.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        if ended.rows_affected() == 0 {
            return Err(PeopleError::NoSuchThing { what: "session", id: session.to_owned() });
        }
        let subject = format!("session/{session}");
        let entry = AuditEntry { subject, ..AuditEntry::of_person(now, by, "revoke", person) };
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await
    }

    /// Ends a session by its token. One that is over already is no error.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sign_out(&self, token: &str, now: Timestamp) -> Result<(), PeopleError> {
        let mut transaction = self.begin().await?;
        let end = sqlx::query_as::<_, (String, String)>("DELETE FROM sessions WHERE token = $1 RETURNING id, person");
        let ended = end.bind(kept(token)).fetch_optional(&mut *transaction).await;
        if let Some((id, person)) = ended.map_err(|error| self.failed(error))? {
            let entry = AuditEntry::own(now, &PersonId(person), "sign-out", Outcome::Done);
            self.note_in(&mut transaction, &AuditEntry { from: Through::Session(id), ..entry }).await?;
        }
        self.commit(transaction).await
    }
}
