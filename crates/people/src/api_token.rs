//! API tokens: for programs, never good for more than their owner.

use jiff::Timestamp;
use serde::Serialize;
use treaty::state::Iso3;

use crate::actor::{Actor, PersonId, Scope};
use crate::audit::AuditEntry;
use crate::error::PeopleError;
use crate::people::{People, after, millis, moment};
use crate::person::tidy_name;
use crate::secret::{Secret, kept, opaque};

/// What a token begins with, so that one that was published by mistake is recognised.
const PREFIX: &str = "mineban_";

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// What it is good for.
    pub scope: Scope,
    /// Until when; a year from now at most.
    pub expires: Timestamp,
}

/// A token, fresh: its secret is shown here and never again.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    /// Its opaque id.
    pub id: String,
    /// What goes behind `Authorization: Bearer`.
    pub secret: Secret,
}

/// A token as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApiToken {
    /// Its opaque id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it is good for.
    pub scope: Scope,
    /// When it was made.
    pub made: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
}

impl People {
    /// Makes a token. Its owner's second factor counts for it: it was shown when the token was made.
    ///
    /// # Errors
    /// Its time is over or too long, or it has no name; or the database failed.
    pub async fn create_token(
        &self,
        person: &PersonId,
        new: &NewToken,
        now: Timestamp,
    ) -> Result<NewApiToken, PeopleError> {
        if new.expires <= now || new.expires > after(now, self.limits.token) {
            return Err(PeopleError::TokenLife);
        }
        let name = tidy_name(&new.name)?;
        let (id, secret) = (opaque()?, Secret::of(format!("{PREFIX}{}", Secret::new()?.reveal())));
        let states: Vec<String> = new.scope.states.iter().map(ToString::to_string).collect();
        let mut transaction = self.begin().await?;
        let add = "INSERT INTO tokens (id, token, person, name, verbs, states, made_at, expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let add = sqlx::query(add).bind(&id).bind(secret.kept()).bind(&person.0).bind(name);
        let add = add.bind(new.scope.verbs.join(" ")).bind(states.join(" ")).bind(millis(now));
        let add = add.bind(millis(new.expires)).execute(&mut *transaction).await;
        add.map_err(|error| self.failed(error))?;
        let subject = format!("token/{id}");
        let entry = AuditEntry { subject, ..AuditEntry::of_person(now, Some(person), "create-token", person) };
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await?;
        Ok(NewApiToken { id, secret })
    }

    /// Whose token it is, if it is good; with its limits.
    ///
    /// # Errors
    /// The database failed.
    pub async fn actor_of_token(&self, bearer: &str, now: Timestamp) -> Result<Option<Actor>, PeopleError> {
        Ok(self.token(bearer, now).await?.map(|(_, actor)| actor))
    }

    /// As [`People::actor_of_token`], with the token's opaque id for the trail.
    ///
    /// # Errors
    /// The database failed.
    pub async fn token(&self, bearer: &str, now: Timestamp) -> Result<Option<(String, Actor)>, PeopleError> {
        const GOOD: &str = "SELECT t.id, t.person, t.verbs, t.states, COALESCE(t.used_at, 0), \
            (SELECT COUNT(*) FROM second_factors f WHERE f.person = t.person) \
            FROM tokens t JOIN people p ON p.id = t.person \
            WHERE t.token = $1 AND t.expires_at > $2 AND p.disabled_at IS NULL";
        let found = sqlx::query_as::<_, (String, String, String, String, i64, i64)>(GOOD).bind(kept(bearer));
        let found = found.bind(millis(now)).fetch_optional(self.database.pool()).await;
        let Some((id, person, verbs, states, used, factors)) = found.map_err(|error| self.failed(error))? else {
            return Ok(None);
        };
        if millis(now) - used > 60_000 {
            let see = sqlx::query("UPDATE tokens SET used_at = $1 WHERE id = $2").bind(millis(now)).bind(&id);
            see.execute(self.database.pool()).await.map_err(|error| self.failed(error))?;
        }
        let holdings = self.holdings_of(&person).await?;
        let scope = Some(scope(&verbs, &states)?);
        Ok(Some((id, Actor { person: Some(PersonId(person)), holdings, second_factor: factors > 0, scope })))
    }

    /// Somebody's tokens that are good, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tokens_of(&self, person: &PersonId, now: Timestamp) -> Result<Vec<ApiToken>, PeopleError> {
        type Row = (String, String, String, String, i64, i64, Option<i64>);
        let all = "SELECT id, name, verbs, states, made_at, expires_at, used_at FROM tokens \
            WHERE person = $1 AND expires_at > $2 ORDER BY name, id";
        let rows = sqlx::query_as::<_, Row>(all).bind(&person.0).bind(millis(now));
        let rows = rows.fetch_all(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let view = |(id, name, verbs, states, made, expires, used): Row| {
            Ok(ApiToken {
                id,
                name,
                scope: scope(&verbs, &states)?,
                made: moment(made)?,
                expires: moment(expires)?,
                used: used.map(moment).transpose()?,
            })
        };
        rows.into_iter().map(view).collect()
    }

    /// Makes a token void.
    ///
    /// # Errors
    /// They have no such token; or the database failed.
    pub async fn revoke_token(
        &self,
        by: Option<&PersonId>,
        person: &PersonId,
        token: &str,
        now: Timestamp,
    ) -> Result<(), PeopleError> {
        let mut transaction = self.begin().await?;
        let end = sqlx::query("DELETE FROM tokens WHERE id = $1 AND person = $2").bind(token).bind(&person.0);
        let ended = end.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        if ended.rows_affected() == 0 {
            return Err(PeopleError::NoSuchThing { what: "token", id: token.to_owned() });
        }
        let subject = format!("token/{token}");
        let entry = AuditEntry { subject, ..AuditEntry::of_person(now, by, "revoke", person) };
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await
    }
}

fn scope(verbs: &str, states: &str) -> Result<Scope, PeopleError> {
    let unreadable = |value: &str| PeopleError::Unreadable { what: "a token's States", value: value.to_owned() };
    let states: Result<Vec<Iso3>, _> =
        states.split_whitespace().map(|state| state.parse().map_err(|_| unreadable(state))).collect();
    Ok(Scope { verbs: verbs.split_whitespace().map(str::to_owned).collect(), states: states? })
}
