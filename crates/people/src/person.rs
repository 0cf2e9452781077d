//! People, and the roles that they hold.

use database::{Kind, Transaction};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use treaty::date::utc_date;
use treaty::state::Iso3;

use crate::actor::{Holding, PersonId};
use crate::audit::AuditEntry;
use crate::error::PeopleError;
use crate::organisation::OrganisationId;
use crate::people::{People, millis, moment};
use crate::role::Role;
use crate::secret::opaque;

/// Somebody to be invited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// As they write it themselves.
    pub name: String,
    /// Where the invitation goes; belongs to one person only.
    pub email: String,
    /// Where they work.
    pub organisation: Option<OrganisationId>,
    /// The roles.
    pub holdings: Vec<Holding>,
    /// The language of their mail: ar, en, es, fr, ru or zh; English where it is empty.
    pub language: String,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The opaque id.
    pub id: PersonId,
    /// As they write it themselves.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Where they work.
    pub organisation: Option<OrganisationId>,
    /// The language of their mail.
    pub language: String,
    /// The roles, past ones too.
    pub holdings: Vec<Holding>,
    /// When they were invited first.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub seen_at: Option<Timestamp>,
    /// Since when they cannot sign in any more.
    pub disabled_at: Option<Timestamp>,
    /// Whether they have set a password.
    pub password: bool,
    /// Whether they have enrolled a second factor.
    pub second_factor: bool,
}

const PERSON: &str = "SELECT p.id, p.name, p.email, p.organisation, p.language, p.created_at, p.seen_at, p.disabled_at, \
    (SELECT COUNT(*) FROM passwords w WHERE w.person = p.id), \
    (SELECT COUNT(*) FROM second_factors f WHERE f.person = p.id) \
    FROM people p WHERE ($1 = '' OR p.id = $1) AND ($2 = '' OR p.email_key = $2) ORDER BY p.email_key";

type Row = (String, String, String, Option<String>, String, i64, Option<i64>, Option<i64>, i64, i64);

impl People {
    /// Everybody, by address.
    ///
    /// # Errors
    /// The database failed.
    pub async fn everybody(&self) -> Result<Vec<Person>, PeopleError> {
        self.find("", "").await
    }

    /// Somebody by id.
    ///
    /// # Errors
    /// Nobody has it; or the database failed.
    pub async fn person(&self, id: &PersonId) -> Result<Person, PeopleError> {
        let found = if id.0.is_empty() { Vec::new() } else { self.find(&id.0, "").await? };
        found.into_iter().next().ok_or_else(|| PeopleError::NoSuchPerson(id.0.clone()))
    }

    /// Somebody by address or id, as it is typed on the command line.
    ///
    /// # Errors
    /// Nobody has it; or the database failed.
    pub async fn named(&self, text: &str) -> Result<Person, PeopleError> {
        let key = email_key(text);
        let found = if key.contains('@') { self.find("", &key).await? } else { self.find(text.trim(), "").await? };
        let found = found.into_iter().next().filter(|_| !key.is_empty());
        found.ok_or_else(|| PeopleError::NoSuchPerson(text.to_owned()))
    }

    async fn find(&self, id: &str, email: &str) -> Result<Vec<Person>, PeopleError> {
        let rows: Vec<Row> = sqlx::query_as(PERSON)
            .bind(id)
            .bind(email)
            .fetch_all(self.database.pool())
            .await
            .map_err(|error| self.failed(error))?;
        let mut people = Vec::with_capacity(rows.len());
        for (id, name, email, organisation, language, created, seen, disabled, passwords, factors) in rows {
            people.push(Person {
                holdings: self.holdings_of(&id).await?,
                id: PersonId(id),
                name,
                email,
                organisation: organisation.map(OrganisationId),
                language,
                created_at: moment(created)?,
                seen_at: seen.map(moment).transpose()?,
                disabled_at: disabled.map(moment).transpose()?,
                password: passwords > 0,
                second_factor: factors > 0,
            });
        }
        Ok(people)
    }

    pub(crate) async fn holdings_of(&self, person: &str) -> Result<Vec<Holding>, PeopleError> {
        let all =
            "SELECT role, state, first_day, last_day FROM holdings WHERE person = $1 ORDER BY first_day, role, id";
        let rows: Vec<(String, Option<String>, String, Option<String>)> = sqlx::query_as(all)
            .bind(person)
            .fetch_all(self.database.pool())
            .await
            .map_err(|error| self.failed(error))?;
        rows.into_iter().map(holding).collect()
    }

    /// Gives somebody a role.
    ///
    /// # Errors
    /// It is one's own role; a national role names no State, or the role ends before it begins; nobody has that id; or the
    /// database failed.
    pub async fn hold(
        &self,
        by: Option<&PersonId>,
        person: &PersonId,
        holding: &Holding,
        now: Timestamp,
    ) -> Result<(), PeopleError> {
        if by == Some(person) {
            return Err(PeopleError::OwnRole);
        }
        self.person(person).await?;
        let mut transaction = self.begin().await?;
        self.hold_in(&mut transaction, person, holding).await?;
        let verb = format!("hold {}", role_of(holding.role, holding.state));
        self.note_in(&mut transaction, &AuditEntry::of_person(now, by, &verb, person)).await?;
        self.commit(transaction).await
    }

    pub(crate) async fn hold_in(
        &self,
        transaction: &mut Transaction,
        person: &PersonId,
        holding: &Holding,
    ) -> Result<(), PeopleError> {
        if holding.role.is_national() && holding.state.is_none() {
            return Err(PeopleError::StateNeeded(holding.role));
        }
        if holding.to.is_some_and(|last| last < holding.from) {
            return Err(PeopleError::EndsBeforeItBegins);
        }
        let add = "INSERT INTO holdings (id, person, role, state, first_day, last_day) VALUES ($1, $2, $3, $4, $5, $6)";
        let add = sqlx::query(add).bind(opaque()?).bind(&person.0).bind(holding.role.key());
        let add = add.bind(holding.state.map(|state| state.to_string())).bind(holding.from.to_string());
        let add = add.bind(holding.to.map(|last| last.to_string())).execute(&mut **transaction).await;
        add.map(drop).map_err(|error| self.failed(error))
    }

    /// Ends a role that somebody holds: `last` is its last day. Returns how many holdings ended.
    ///
    /// # Errors
    /// It would leave nobody as administrator; or the database failed.
    pub async fn end_holding(
        &self,
        by: Option<&PersonId>,
        person: &PersonId,
        role: Role,
        state: Option<Iso3>,
        last: Date,
        now: Timestamp,
    ) -> Result<u64, PeopleError> {
        let mut transaction = self.begin().await?;
        let end = "UPDATE holdings SET last_day = $1 WHERE person = $2 AND role = $3 AND COALESCE(state, '') = $4 \
            AND (last_day IS NULL OR last_day > $1)";
        let end = sqlx::query(end).bind(last.to_string()).bind(&person.0).bind(role.key());
        let end = end.bind(state.map(|state| state.to_string()).unwrap_or_default());
        let ended = end.execute(&mut *transaction).await.map_err(|error| self.failed(error))?.rows_affected();
        if role == Role::Administrator {
            self.keep_an_administrator(&mut transaction, person, last.tomorrow().unwrap_or(last)).await?;
        }
        let verb = format!("end-holding {}", role_of(role, state));
        self.note_in(&mut transaction, &AuditEntry::of_person(now, by, &verb, person)).await?;
        self.commit(transaction).await?;
        Ok(ended)
    }

    /// Lets somebody in no more: sessions end, tokens and links are void. Their roles stay on record.
    ///
    /// # Errors
    /// Nobody has that id, or nobody would be administrator any more; or the database failed.
    pub async fn disable(&self, by: Option<&PersonId>, person: &PersonId, now: Timestamp) -> Result<(), PeopleError> {
        self.person(person).await?;
        let mut transaction = self.begin().await?;
        let shut = "UPDATE people SET disabled_at = $1 WHERE id = $2 AND disabled_at IS NULL";
        let shut = sqlx::query(shut).bind(millis(now)).bind(&person.0).execute(&mut *transaction).await;
        shut.map_err(|error| self.failed(error))?;
        self.keep_an_administrator(&mut transaction, person, utc_date(now)).await?;
        for statement in [
            "DELETE FROM sessions WHERE person = $1",
            "DELETE FROM tokens WHERE person = $1",
            "DELETE FROM links WHERE person = $1",
            "DELETE FROM pending WHERE person = $1",
        ] {
            let gone = sqlx::query(statement).bind(&person.0).execute(&mut *transaction).await;
            gone.map_err(|error| self.failed(error))?;
        }
        self.note_in(&mut transaction, &AuditEntry::of_person(now, by, "disable", person)).await?;
        self.commit(transaction).await
    }

    /// Lets somebody in again.
    ///
    /// # Errors
    /// Nobody has that id; or the database failed.
    pub async fn enable(&self, by: Option<&PersonId>, person: &PersonId, now: Timestamp) -> Result<(), PeopleError> {
        self.person(person).await?;
        let mut transaction = self.begin().await?;
        let open = sqlx::query("UPDATE people SET disabled_at = NULL WHERE id = $1").bind(&person.0);
        open.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        self.note_in(&mut transaction, &AuditEntry::of_person(now, by, "enable", person)).await?;
        self.commit(transaction).await
    }

    /// Whoever takes the last administrator away is told so. A system that never had one is let be.
    pub(crate) async fn keep_an_administrator(
        &self,
        transaction: &mut Transaction,
        gone: &PersonId,
        day: Date,
    ) -> Result<(), PeopleError> {
        if self.database.kind() == Kind::Postgres {
            // One at a time, so that two who are taken away at once are not each the other's reason. SQLite has one writer.
            let turn = sqlx::raw_sql("SELECT pg_advisory_xact_lock(7234309757021183341)");
            turn.execute(&mut **transaction).await.map_err(|error| self.failed(error))?;
        }
        let count = "SELECT COUNT(*) FROM holdings h JOIN people p ON p.id = h.person WHERE h.role = 'administrator'";
        let all = sqlx::query_scalar::<_, i64>(count).fetch_one(&mut **transaction).await;
        let left = "SELECT COUNT(*) FROM holdings h JOIN people p ON p.id = h.person WHERE h.role = 'administrator' \
            AND p.disabled_at IS NULL AND h.first_day <= $1 AND (h.last_day IS NULL OR h.last_day >= $1)";
        let left = sqlx::query_scalar::<_, i64>(left).bind(day.to_string()).fetch_one(&mut **transaction).await;
        let (all, left) = (all.map_err(|error| self.failed(error))?, left.map_err(|error| self.failed(error))?);
        if all > 0 && left == 0 { Err(PeopleError::LastAdministrator(gone.clone())) } else { Ok(()) }
    }
}

/// A role as the trail names it, with its State if it has one: `national-approver:COL`.
pub(crate) fn role_of(role: Role, state: Option<Iso3>) -> String {
    state.map_or_else(|| role.key().to_owned(), |state| format!("{}:{state}", role.key()))
}

fn holding(
    (role, state, first, last): (String, Option<String>, String, Option<String>),
) -> Result<Holding, PeopleError> {
    let unreadable = |value: &str| PeopleError::Unreadable { what: "a role", value: value.to_owned() };
    Ok(Holding {
        role: Role::of_key(&role).ok_or_else(|| unreadable(&role))?,
        state: state.map(|state| state.parse().map_err(|_| unreadable(&state))).transpose()?,
        from: first.parse().map_err(|_| unreadable(&first))?,
        to: last.map(|last| last.parse().map_err(|_| unreadable(&last))).transpose()?,
    })
}

/// A name in one line, without blanks around it.
pub(crate) fn tidy_name(name: &str) -> Result<String, PeopleError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(PeopleError::NoName);
    }
    Ok(name.to_owned())
}

/// An address as it is compared: in lower case.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// An address that mail can be sent to: one @, something on both sides, no blanks or signs that a header would read.
pub(crate) fn tidy_email(email: &str) -> Result<String, PeopleError> {
    let email = email.trim();
    let bad = |letter: char| letter.is_control() || letter.is_whitespace() || "<>()[],;:\\\"".contains(letter);
    let fine = email.len() <= 254
        && !email.contains(bad)
        && email.split_once('@').is_some_and(|(name, place)| {
            !name.is_empty()
                && !place.contains('@')
                && !place.is_empty()
                && !place.starts_with(['.', '-'])
                && !place.ends_with(['.', '-'])
        });
    if fine { Ok(email.to_owned()) } else { Err(PeopleError::NotAnEmail(email.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_place_and_nothing_that_a_header_would_read() {
        assert_eq!(tidy_email(" ada@example.org ").unwrap(), "ada@example.org");
        for bad in ["", "ada", "@example.org", "ada@", "a@b@c", "a b@c", "ada@c\nBcc: x@y", "<ada@c>", "a@.c", "a,b@c"]
        {
            assert!(tidy_email(bad).is_err(), "{bad}");
        }
    }
}
