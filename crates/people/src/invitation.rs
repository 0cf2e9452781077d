//! Links that let somebody in: invitations and new passwords. Each serves one purpose, once, for a time. Looking at one
//! changes nothing, so that a mail program that opens links does no harm.

use std::net::IpAddr;

use database::Transaction;
use jiff::Timestamp;

use crate::actor::PersonId;
use crate::audit::{AuditEntry, Outcome, Through};
use crate::error::{PeopleError, SignInError};
use crate::people::{People, after, millis, moment};
use crate::person::{NewPerson, email_key, role_of, tidy_email, tidy_name};
use crate::secret::{Secret, kept, opaque};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To come in for the first time.
    Invitation,
    /// To set a new password.
    PasswordReset,
}

impl Purpose {
    /// The word for it in tables.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::PasswordReset => "password-reset",
        }
    }

    /// The purpose of a key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        [Self::Invitation, Self::PasswordReset].into_iter().find(|purpose| purpose.key() == key)
    }
}

/// A link, fresh: its token is shown here and never again.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// For whom.
    pub person: PersonId,
    /// What opens it.
    pub token: Secret,
    /// Until when.
    pub expires: Timestamp,
}

/// What a link says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Who is invited.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The language of their mail.
    pub language: String,
    /// Until when it is good.
    pub expires: Timestamp,
}

impl People {
    /// Enters somebody and makes their invitation.
    ///
    /// # Errors
    /// The address is taken or none, the name is empty, a national role lacks its State; or the database failed.
    pub async fn invite(
        &self,
        by: Option<&PersonId>,
        new: &NewPerson,
        now: Timestamp,
    ) -> Result<Invitation, PeopleError> {
        let (name, email) = (tidy_name(&new.name)?, tidy_email(&new.email)?);
        let language = if new.language.is_empty() { "en" } else { &new.language };
        let person = PersonId(opaque()?);
        let mut transaction = self.begin().await?;
        if let Some(organisation) = &new.organisation {
            let known = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM organisations WHERE id = $1");
            let known = known.bind(&organisation.0).fetch_one(&mut *transaction).await;
            if known.map_err(|error| self.failed(error))? == 0 {
                return Err(PeopleError::NoSuchOrganisation(organisation.0.clone()));
            }
        }
        let add = "INSERT INTO people (id, name, email, email_key, organisation, language, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email_key) DO NOTHING";
        let add = sqlx::query(add).bind(&person.0).bind(name).bind(&email).bind(email_key(&email));
        let add = add.bind(new.organisation.as_ref().map(|organisation| organisation.0.clone())).bind(language);
        let added = add.bind(millis(now)).execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        if added.rows_affected() == 0 {
            return Err(PeopleError::EmailTaken(email));
        }
        for holding in &new.holdings {
            self.hold_in(&mut transaction, &person, holding).await?;
        }
        let invitation = self.link_in(&mut transaction, &person, Purpose::Invitation, now).await?;
        self.note_in(&mut transaction, &AuditEntry::of_person(now, by, "invite", &person)).await?;
        for holding in &new.holdings {
            let verb = format!("hold {}", role_of(holding.role, holding.state));
            self.note_in(&mut transaction, &AuditEntry::of_person(now, by, &verb, &person)).await?;
        }
        self.commit(transaction).await?;
        Ok(invitation)
    }

    /// Makes another link for somebody. Earlier ones stay good until their time is over, or one of them is used.
    ///
    /// # Errors
    /// Nobody has that id, or they are disabled, or an invitation was accepted before; or the database failed.
    pub async fn link(
        &self,
        by: Option<&PersonId>,
        person: &PersonId,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Invitation, PeopleError> {
        let found = self.person(person).await?;
        if found.disabled_at.is_some() {
            return Err(PeopleError::NoSuchPerson(person.0.clone()));
        }
        if purpose == Purpose::Invitation && found.password {
            return Err(PeopleError::InvitationAccepted);
        }
        let entry = AuditEntry::of_person(now, by, purpose.key(), person);
        self.noted_link(person, purpose, &entry).await
    }

    /// As [`People::link`], for the job that sends it by mail.
    ///
    /// # Errors
    /// As there.
    pub async fn link_to_mail(
        &self,
        person: &PersonId,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Invitation, PeopleError> {
        let verb = format!("mail {}", purpose.key());
        let entry = AuditEntry { from: Through::Job, ..AuditEntry::of_person(now, None, &verb, person) };
        self.noted_link(person, purpose, &entry).await
    }

    async fn noted_link(
        &self,
        person: &PersonId,
        purpose: Purpose,
        entry: &AuditEntry,
    ) -> Result<Invitation, PeopleError> {
        let mut transaction = self.begin().await?;
        let link = self.link_in(&mut transaction, person, purpose, entry.at).await?;
        self.note_in(&mut transaction, entry).await?;
        self.commit(transaction).await?;
        Ok(link)
    }

    pub(crate) async fn link_in(
        &self,
        transaction: &mut Transaction,
        person: &PersonId,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Invitation, PeopleError> {
        let lasts = match purpose {
            Purpose::Invitation => self.limits.invitation,
            Purpose::PasswordReset => self.limits.password_reset,
        };
        let (token, expires) = (Secret::new()?, after(now, lasts));
        let add = "INSERT INTO links (token, purpose, person, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
        let add = sqlx::query(add).bind(token.kept()).bind(purpose.key()).bind(&person.0);
        let add = add.bind(millis(now)).bind(millis(expires)).execute(&mut **transaction).await;
        add.map_err(|error| self.failed(error))?;
        Ok(Invitation { person: person.clone(), token, expires })
    }

    /// Whom an invitation is for. Changes nothing.
    ///
    /// # Errors
    /// It is unknown, used or over; or the database failed.
    pub async fn invitation(&self, token: &str, now: Timestamp) -> Result<Invited, PeopleError> {
        self.linked(token, Purpose::Invitation, now).await
    }

    /// Whom a link for a new password is for. Changes nothing.
    ///
    /// # Errors
    /// As [`People::invitation`].
    pub async fn password_reset(&self, token: &str, now: Timestamp) -> Result<Invited, PeopleError> {
        self.linked(token, Purpose::PasswordReset, now).await
    }

    async fn linked(&self, token: &str, purpose: Purpose, now: Timestamp) -> Result<Invited, PeopleError> {
        const LINK: &str = "SELECT p.id, p.name, p.email, p.language, l.expires_at FROM links l \
            JOIN people p ON p.id = l.person WHERE l.token = $1 AND l.purpose = $2 AND l.used_at IS NULL \
            AND l.expires_at > $3 AND p.disabled_at IS NULL";
        let found = sqlx::query_as::<_, (String, String, String, String, i64)>(LINK).bind(kept(token));
        let found = found.bind(purpose.key()).bind(millis(now)).fetch_optional(self.database.pool()).await;
        let found = found.map_err(|error| self.failed(error))?.ok_or(PeopleError::NoSuchLink)?;
        let (person, name, email, language, expires) = found;
        Ok(Invited { person: PersonId(person), name, email, language, expires: moment(expires)? })
    }

    /// Takes an invitation: sets the password. Whoever did so then signs in with it, and enrols a second factor there.
    ///
    /// # Errors
    /// The link is not valid, or the password too easy; or the database failed. The link stays good then.
    pub async fn accept(&self, token: &str, password: &str, now: Timestamp) -> Result<PersonId, PeopleError> {
        self.set_by_link(token, Purpose::Invitation, password, now).await
    }

    /// Sets a new password by its link. All sessions end; the second factor stays what it was.
    ///
    /// # Errors
    /// As [`People::accept`].
    pub async fn reset_password(&self, token: &str, password: &str, now: Timestamp) -> Result<PersonId, PeopleError> {
        self.set_by_link(token, Purpose::PasswordReset, password, now).await
    }

    async fn set_by_link(
        &self,
        token: &str,
        purpose: Purpose,
        password: &str,
        now: Timestamp,
    ) -> Result<PersonId, PeopleError> {
        let invited = self.linked(token, purpose, now).await?;
        self.passwords.check(password, &invited.name, &invited.email)?;
        let hash = self.passwords.hash(password).await?;
        let mut transaction = self.begin().await?;
        self.use_link(&mut transaction, token, purpose, now).await?;
        self.set_password(&mut transaction, &invited.person, &hash, now).await?;
        let verb = if purpose == Purpose::Invitation { "accept-invitation" } else { "reset-password" };
        let entry = AuditEntry::own(now, &invited.person, verb, Outcome::Done);
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await?;
        Ok(invited.person)
    }

    /// Uses a link up, and with it the person's others of the same purpose. Two who come at once: one of them.
    pub(crate) async fn use_link(
        &self,
        transaction: &mut Transaction,
        token: &str,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<PersonId, PeopleError> {
        self.use_link_by_hash(transaction, &kept(token), purpose, now).await
    }

    /// As [`People::use_link`], for one that is known by its hash.
    pub(crate) async fn use_link_by_hash(
        &self,
        transaction: &mut Transaction,
        hash: &str,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<PersonId, PeopleError> {
        const USE: &str = "UPDATE links SET used_at = $1 WHERE token = $2 AND purpose = $3 AND used_at IS NULL \
            AND expires_at > $1 RETURNING person";
        let used = sqlx::query_scalar::<_, String>(USE).bind(millis(now)).bind(hash).bind(purpose.key());
        let person = used.fetch_optional(&mut **transaction).await.map_err(|error| self.failed(error))?;
        let person = person.ok_or(PeopleError::NoSuchLink)?;
        let others = "UPDATE links SET used_at = $1 WHERE person = $2 AND purpose = $3 AND used_at IS NULL";
        let others = sqlx::query(others).bind(millis(now)).bind(&person).bind(purpose.key());
        others.execute(&mut **transaction).await.map_err(|error| self.failed(error))?;
        Ok(PersonId(person))
    }

    /// Sets a password, and ends all sessions, sign-ins under way and links: whoever knew the old one, or has an older letter,
    /// is out.
    pub(crate) async fn set_password(
        &self,
        transaction: &mut Transaction,
        person: &PersonId,
        hash: &str,
        now: Timestamp,
    ) -> Result<(), PeopleError> {
        let set = "INSERT INTO passwords (person, hash, changed_at) VALUES ($1, $2, $3) \
            ON CONFLICT (person) DO UPDATE SET hash = $2, changed_at = $3";
        let set = sqlx::query(set).bind(&person.0).bind(hash).bind(millis(now)).execute(&mut **transaction).await;
        set.map_err(|error| self.failed(error))?;
        for statement in ["DELETE FROM sessions WHERE person = $1", "DELETE FROM pending WHERE person = $1"] {
            let ended = sqlx::query(statement).bind(&person.0).execute(&mut **transaction).await;
            ended.map_err(|error| self.failed(error))?;
        }
        let links = "UPDATE links SET used_at = $1 WHERE person = $2 AND used_at IS NULL";
        let links = sqlx::query(links).bind(millis(now)).bind(&person.0).execute(&mut **transaction).await;
        links.map_err(|error| self.failed(error))?;
        Ok(())
    }

    /// Changes one's own password. All sessions end, this one too: sign in with the new one.
    ///
    /// # Errors
    /// The present one is wrong, or was tried too often, or the new one is too easy; or the database failed.
    pub async fn change_password(
        &self,
        person: &PersonId,
        present: &str,
        new: &str,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<(), PeopleError> {
        let found = self.person(person).await?;
        self.ask_again(&found, present, "change-password", from, now).await.map_err(|error| match error {
            SignInError::Throttled { until } => PeopleError::TooOften { until },
            SignInError::Unavailable(error) => error,
            SignInError::Wrong | SignInError::Gone => PeopleError::WrongPassword,
        })?;
        self.passwords.check(new, &found.name, &found.email)?;
        let hash = self.passwords.hash(new).await?;
        let mut transaction = self.begin().await?;
        self.set_password(&mut transaction, person, &hash, now).await?;
        let entry = AuditEntry::own(now, person, "change-password", Outcome::Done);
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await
    }
}
