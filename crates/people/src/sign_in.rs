//! Signing in with a password. It takes as long for an address that nobody has, and says no more.

use std::net::IpAddr;

use jiff::Timestamp;
use treaty::date::utc_date;

use crate::actor::PersonId;
use crate::audit::{AuditEntry, Outcome, Through};
use crate::error::{PeopleError, SignInError};
use crate::invitation::Purpose;
use crate::people::{People, after, millis};
use crate::person::{Person, email_key};
use crate::secret::{Secret, opaque};
use crate::session::NewSession;

/// How far a sign-in has come.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// All the way: somebody without a role that needs a second factor.
    Session(NewSession),
    /// The password was right; the code is asked for now.
    SecondFactor {
        /// What this sign-in goes on with.
        pending: Secret,
    },
    /// The password was right; a second factor is needed and none is enrolled yet.
    Enrol {
        /// What this sign-in goes on with.
        pending: Secret,
    },
}

type Credentials = (String, Option<i64>, Option<String>);

impl People {
    /// Signs somebody in. `from` is the address of whoever asks.
    ///
    /// # Errors
    /// Address or password is wrong; or it was tried too often; or it could not be decided.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<SignIn, SignInError> {
        const CREDENTIALS: &str = "SELECT p.id, p.disabled_at, w.hash FROM people p \
            LEFT JOIN passwords w ON w.person = p.id WHERE p.email_key = $1";
        let key = email_key(email);
        let tried = self.try_at(self.sign_in_gates(&key, from), now).await?;
        let found = sqlx::query_as::<_, Credentials>(CREDENTIALS).bind(&key);
        let found = found.fetch_optional(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let (person, disabled, kept) = match found {
            Some((person, disabled, kept)) => (Some(PersonId(person)), disabled.is_some(), kept),
            None => (None, false, None),
        };
        let fits = self.passwords.verify(password, kept).await?;
        match person {
            Some(person) if fits && !disabled => {
                self.take_back(tried).await?;
                self.let_on(&person, from, "sign-in", now).await
            }
            person => {
                let subject = person.as_ref().map_or("person/unknown".to_owned(), |person| format!("person/{person}"));
                let entry = AuditEntry {
                    at: now,
                    // Whoever tried is not known to be that person.
                    actor: None,
                    verb: "sign-in".to_owned(),
                    subject,
                    outcome: Outcome::Failed,
                    from: Through::Site,
                };
                self.note(&entry).await?;
                Err(SignInError::Wrong)
            }
        }
    }

    /// Asks somebody who is in for their password once more. It is counted as a sign-in is: whoever took a session over
    /// guesses no longer than whoever stands at the door.
    pub(crate) async fn ask_again(
        &self,
        person: &Person,
        password: &str,
        verb: &str,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<(), SignInError> {
        let tried = self.try_at(self.sign_in_gates(&email_key(&person.email), from), now).await?;
        let kept = sqlx::query_scalar::<_, String>("SELECT hash FROM passwords WHERE person = $1").bind(&person.id.0);
        let kept = kept.fetch_optional(self.database.pool()).await.map_err(|error| self.failed(error))?;
        if self.passwords.verify(password, kept).await? {
            return Ok(self.take_back(tried).await?);
        }
        self.note(&AuditEntry::own(now, &person.id, verb, Outcome::Failed)).await?;
        Err(SignInError::Wrong)
    }

    /// After the first factor: on to the second, to its enrolment, or in.
    pub(crate) async fn let_on(
        &self,
        person: &PersonId,
        from: IpAddr,
        verb: &str,
        now: Timestamp,
    ) -> Result<SignIn, SignInError> {
        let today = utc_date(now);
        let holdings = self.holdings_of(&person.0).await?;
        let needed =
            holdings.iter().any(|held| held.role.needs_second_factor() && held.to.is_none_or(|last| today <= last));
        let enrolled = "SELECT COUNT(*) FROM second_factors WHERE person = $1";
        let enrolled = sqlx::query_scalar::<_, i64>(enrolled).bind(&person.0).fetch_one(self.database.pool()).await;
        let enrolled = enrolled.map_err(|error| self.failed(error))? > 0;
        if !needed && !enrolled {
            return Ok(SignIn::Session(self.begin_session(person, false, &from.to_string(), verb, now).await?));
        }
        let pending = Secret::new()?;
        let stage = if enrolled { "second-factor" } else { "enrol" };
        let add =
            "INSERT INTO pending (token, person, stage, tries, address, expires_at) VALUES ($1, $2, $3, 0, $4, $5)";
        let add = sqlx::query(add).bind(pending.kept()).bind(&person.0).bind(stage).bind(from.to_string());
        let add = add.bind(millis(after(now, self.limits.pending))).execute(self.database.pool()).await;
        add.map_err(|error| self.failed(error))?;
        Ok(if enrolled { SignIn::SecondFactor { pending } } else { SignIn::Enrol { pending } })
    }

    /// Asks for a link to set a new password. Says nothing about whether somebody has this address: the mail, if any, is
    /// made later, by a job.
    ///
    /// # Errors
    /// It was asked too often; or the database failed.
    pub async fn ask_for_password_reset(&self, email: &str, from: IpAddr, now: Timestamp) -> Result<(), SignInError> {
        let key = email_key(email);
        // Every request counts as a try: nobody's mailbox is flooded.
        let _counted = self.try_at(self.sign_in_gates(&format!("reset {key}"), from), now).await?;
        let found = "SELECT id FROM people WHERE email_key = $1 AND disabled_at IS NULL";
        let found = sqlx::query_scalar::<_, String>(found).bind(&key).fetch_optional(self.database.pool()).await;
        // For an address that nobody has, a letter to nobody is queued: it takes as long, and is dropped by the worker.
        let person = match found.map_err(|error| self.failed(error))? {
            Some(person) => person,
            None => format!("nobody-{}", opaque()?),
        };
        self.mail_link(&PersonId(person), Purpose::PasswordReset, now).await?;
        Ok(())
    }

    /// Queues the mail that brings somebody a link. The link itself is made when the mail is sent, and kept nowhere.
    ///
    /// # Errors
    /// The database failed.
    pub async fn mail_link(&self, person: &PersonId, purpose: Purpose, now: Timestamp) -> Result<(), PeopleError> {
        // One for each minute and purpose, however often the button is pressed.
        let key = format!("mail/{}/{person}/{}", purpose.key(), now.as_second() / 60);
        let body = serde_json::json!({ "mail": purpose.key(), "person": person });
        self.add_job(&crate::job::NewJob { kind: "mail".to_owned(), key, body, due: now }, now).await.map(drop)
    }
}
