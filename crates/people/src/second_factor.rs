//! The second factor: six digits that change every half minute (RFC 6238), and ten codes for the day the telephone is
//! lost. No code is taken twice.

use std::fmt;
use std::net::IpAddr;

use database::Transaction;
use jiff::Timestamp;
use totp_rs::{Algorithm, Builder, Secret as TotpSecret, Totp};

use crate::actor::PersonId;
use crate::audit::{AuditEntry, Outcome};
use crate::error::{PeopleError, SignInError};
use crate::people::{People, millis};
use crate::secret::{Secret, kept, random};
use crate::session::NewSession;

/// Steps before and after the present one that are taken: clocks differ, and people type slowly.
const SKEW: u16 = 1;
/// Recovery codes of one person.
const RECOVERY_CODES: usize = 10;
/// What the audit trail calls making new ones.
const RENEW: &str = "renew-recovery-codes";
/// What a recovery code is written in: digits and letters that are not mistaken for each other (Crockford's base 32).
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What somebody puts into the app that makes their codes.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The secret in base 32, to be typed.
    pub secret: Secret,
    /// The same as an address, to be opened or drawn as a square: `otpauth://totp/…`.
    pub uri: Secret,
}

/// A code that stands in for the second factor, once. Shown when it is made and never again.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Secret);

impl RecoveryCode {
    fn new() -> Result<Self, PeopleError> {
        // 16 signs of 5 bits: 80 bits, which need no slow hash.
        let signs = random::<16>()?.map(|byte| char::from(SIGNS[usize::from(byte & 31)]));
        let parts: Vec<String> = signs.chunks(4).map(|part| part.iter().collect()).collect();
        Ok(Self(Secret::of(parts.join("-"))))
    }

    /// The code, as in `7k3d-9mzq-0c8x-ht2v`.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// A recovery code as it is compared: without the strokes and blanks, and with what is easily misread.
fn tidy(code: &str) -> String {
    let read = |sign: char| match sign.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    code.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').map(read).collect()
}

fn totp(secret: &str, account: &str) -> Result<Totp, PeopleError> {
    let unreadable = || PeopleError::Unreadable { what: "a second factor", value: "it is no base 32".to_owned() };
    let secret = TotpSecret::try_from_base32(secret).map_err(|_| unreadable())?;
    // SHA-1 with six digits in half a minute is what every app knows.
    let made = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_skew(SKEW);
    let made = made.with_secret(secret).with_issuer(Some("mineban")).with_account_name(account.replace(':', " "));
    made.build().map_err(|_| unreadable())
}

/// The step of a code, if it is one of the present, the last or the next half minute.
fn step(secret: &str, code: &str, now: Timestamp) -> Result<Option<i64>, PeopleError> {
    let code: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    Ok(totp(secret, "")?.check(&code, seconds).and_then(|step| i64::try_from(step).ok()))
}

struct Waiting {
    person: PersonId,
    secret: Option<String>,
    address: String,
}

impl People {
    /// Offers a secret to whoever must enrol a second factor. Asked again, it offers the same one.
    ///
    /// # Errors
    /// The sign-in is over or not at this stage; or the database failed.
    pub async fn enrol(&self, pending: &str, now: Timestamp) -> Result<Enrolment, SignInError> {
        const OFFER: &str = "UPDATE pending SET secret = COALESCE(secret, $1) WHERE token = $2 AND stage = 'enrol' \
            AND expires_at > $3 RETURNING secret, person";
        let fresh = TotpSecret::new(Box::new(random::<20>()?)).to_base32();
        let offer = sqlx::query_as::<_, (String, String)>(OFFER).bind(fresh).bind(kept(pending)).bind(millis(now));
        let offered = offer.fetch_optional(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let (secret, person) = offered.ok_or(SignInError::Gone)?;
        let account = self.person(&PersonId(person)).await?.email;
        let unreadable = |_| PeopleError::Unreadable { what: "a second factor", value: account.clone() };
        let uri = totp(&secret, &account)?.to_url().map_err(unreadable)?;
        Ok(Enrolment { secret: Secret::of(secret), uri: Secret::of(uri) })
    }

    /// Takes the first code of a new second factor, and lets in. The recovery codes are shown here and never again.
    ///
    /// # Errors
    /// The code is wrong, the sign-in over; or the database failed.
    pub async fn confirm_enrolment(
        &self,
        pending: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<(NewSession, Vec<RecoveryCode>), SignInError> {
        let waiting = self.waiting(pending, "enrol", now).await?;
        let tried = self.try_at(self.factor_gate(&waiting.person.0), now).await?;
        let secret = waiting.secret.ok_or(SignInError::Gone)?;
        let Some(step) = step(&secret, code, now)? else {
            return Err(self.wrong_code(&waiting.person, now).await?);
        };
        let mut transaction = self.begin().await?;
        self.spend(&mut transaction, pending).await?;
        let set = "INSERT INTO second_factors (person, secret, last_step, confirmed_at) VALUES ($1, $2, $3, $4)";
        let set = sqlx::query(set).bind(&waiting.person.0).bind(secret).bind(step).bind(millis(now));
        set.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        let codes = self.new_codes(&mut transaction, &waiting.person).await?;
        let entry = AuditEntry::own(now, &waiting.person, "enrol-second-factor", Outcome::Done);
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await?;
        self.take_back(tried).await?;
        let session = self.begin_session(&waiting.person, true, &waiting.address, "sign-in", now).await?;
        Ok((session, codes))
    }

    /// Takes a code, or a recovery code, and lets in.
    ///
    /// # Errors
    /// The code is wrong or was used; it was tried too often; the sign-in is over; or the database failed.
    pub async fn second_factor(&self, pending: &str, code: &str, now: Timestamp) -> Result<NewSession, SignInError> {
        let waiting = self.waiting(pending, "second-factor", now).await?;
        let tried = self.try_at(self.factor_gate(&waiting.person.0), now).await?;
        if !self.takes(&waiting.person, code, now).await? {
            return Err(self.wrong_code(&waiting.person, now).await?);
        }
        let mut transaction = self.begin().await?;
        self.spend(&mut transaction, pending).await?;
        self.commit(transaction).await?;
        self.take_back(tried).await?;
        Ok(self.begin_session(&waiting.person, true, &waiting.address, "sign-in", now).await?)
    }

    /// Whether it is a code of somebody's that was not used; now it is.
    async fn takes(&self, person: &PersonId, code: &str, now: Timestamp) -> Result<bool, PeopleError> {
        let secret = sqlx::query_scalar::<_, String>("SELECT secret FROM second_factors WHERE person = $1");
        let secret = secret.bind(&person.0).fetch_optional(self.database.pool()).await;
        let secret = secret.map_err(|error| self.failed(error))?;
        let step = secret.map(|secret| step(&secret, code, now)).transpose()?.flatten();
        let taken = if let Some(step) = step {
            let take = "UPDATE second_factors SET last_step = $1 WHERE person = $2 AND last_step < $1";
            sqlx::query(take).bind(step).bind(&person.0).execute(self.database.pool()).await
        } else {
            let take = "UPDATE recovery_codes SET used_at = $1 WHERE person = $2 AND code = $3 AND used_at IS NULL";
            let take = sqlx::query(take).bind(millis(now)).bind(&person.0).bind(kept(&tidy(code)));
            take.execute(self.database.pool()).await
        };
        Ok(taken.map_err(|error| self.failed(error))?.rows_affected() == 1)
    }

    /// A sign-in under way, with one more try counted.
    async fn waiting(&self, pending: &str, stage: &str, now: Timestamp) -> Result<Waiting, SignInError> {
        const TRY: &str = "UPDATE pending SET tries = tries + 1 WHERE token = $1 AND stage = $2 AND expires_at > $3 \
            AND tries < $4 RETURNING person, secret, address";
        let tried = sqlx::query_as::<_, (String, Option<String>, String)>(TRY).bind(kept(pending)).bind(stage);
        let tried = tried.bind(millis(now)).bind(self.limits.pending_tries);
        let tried = tried.fetch_optional(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let (person, secret, address) = tried.ok_or(SignInError::Gone)?;
        Ok(Waiting { person: PersonId(person), secret, address })
    }

    /// A sign-in is finished once.
    async fn spend(&self, transaction: &mut Transaction, pending: &str) -> Result<(), SignInError> {
        let spent = sqlx::query("DELETE FROM pending WHERE token = $1").bind(kept(pending));
        let spent = spent.execute(&mut **transaction).await.map_err(|error| self.failed(error))?;
        if spent.rows_affected() == 1 { Ok(()) } else { Err(SignInError::Gone) }
    }

    async fn wrong_code(&self, person: &PersonId, now: Timestamp) -> Result<SignInError, PeopleError> {
        let entry = AuditEntry { actor: None, ..AuditEntry::own(now, person, "second-factor", Outcome::Failed) };
        self.note(&entry).await?;
        Ok(SignInError::Wrong)
    }

    async fn new_codes(
        &self,
        transaction: &mut Transaction,
        person: &PersonId,
    ) -> Result<Vec<RecoveryCode>, PeopleError> {
        let gone = sqlx::query("DELETE FROM recovery_codes WHERE person = $1").bind(&person.0);
        gone.execute(&mut **transaction).await.map_err(|error| self.failed(error))?;
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let code = RecoveryCode::new()?;
            let add = sqlx::query("INSERT INTO recovery_codes (person, code) VALUES ($1, $2)").bind(&person.0);
            let add = add.bind(kept(&tidy(code.reveal()))).execute(&mut **transaction).await;
            add.map_err(|error| self.failed(error))?;
            codes.push(code);
        }
        Ok(codes)
    }

    /// Makes ten new recovery codes for somebody who is signed in and shows once more who they are: by their password, if
    /// they have one, and by a code of the second factor. The old recovery codes are void.
    ///
    /// # Errors
    /// Password or code is wrong, or was tried too often; or the database failed.
    pub async fn renew_recovery_codes(
        &self,
        person: &PersonId,
        password: &str,
        code: &str,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<Vec<RecoveryCode>, SignInError> {
        let found = self.person(person).await?;
        if found.password {
            self.ask_again(&found, password, RENEW, from, now).await?;
        }
        let tried = self.try_at(self.factor_gate(&person.0), now).await?;
        if !self.takes(person, code, now).await? {
            self.note(&AuditEntry::own(now, person, RENEW, Outcome::Failed)).await?;
            return Err(SignInError::Wrong);
        }
        self.take_back(tried).await?;
        let mut transaction = self.begin().await?;
        let codes = self.new_codes(&mut transaction, person).await?;
        let entry = AuditEntry::own(now, person, RENEW, Outcome::Done);
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await?;
        Ok(codes)
    }

    /// How many recovery codes somebody has left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recovery_codes_left(&self, person: &PersonId) -> Result<u64, PeopleError> {
        let left = "SELECT COUNT(*) FROM recovery_codes WHERE person = $1 AND used_at IS NULL";
        let left = sqlx::query_scalar::<_, i64>(left).bind(&person.0).fetch_one(self.database.pool()).await;
        Ok(u64::try_from(left.map_err(|error| self.failed(error))?).unwrap_or_default())
    }

    /// Takes somebody's second factor away, whose telephone and codes are lost: they enrol a new one when they next sign
    /// in. All their sessions end.
    ///
    /// # Errors
    /// Nobody has that id; or the database failed.
    pub async fn forget_second_factor(
        &self,
        by: Option<&PersonId>,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<(), PeopleError> {
        self.person(person).await?;
        let mut transaction = self.begin().await?;
        for statement in [
            "DELETE FROM second_factors WHERE person = $1",
            "DELETE FROM recovery_codes WHERE person = $1",
            "DELETE FROM sessions WHERE person = $1",
            "DELETE FROM pending WHERE person = $1",
        ] {
            let gone = sqlx::query(statement).bind(&person.0).execute(&mut *transaction).await;
            gone.map_err(|error| self.failed(error))?;
        }
        self.note_in(&mut transaction, &AuditEntry::of_person(now, by, "forget-second-factor", person)).await?;
        self.commit(transaction).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of eight digits; the secret is "12345678901234567890".
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            let now = Timestamp::from_second(seconds).unwrap();
            assert_eq!(step(secret, code, now).unwrap(), Some(seconds / 30));
            assert_eq!(step(secret, &format!("{} {}", &code[..3], &code[3..]), now).unwrap(), Some(seconds / 30));
            let late = Timestamp::from_second(seconds + 61).unwrap();
            assert_eq!(step(secret, code, late).unwrap(), None);
        }
    }

    #[test]
    fn a_recovery_code_is_read_as_it_is_misread() {
        assert_eq!(tidy("7K3D-9MZQ 0C8X-HT2V"), "7k3d9mzq0c8xht2v");
        assert_eq!(tidy("oIl0"), "0110");
        let code = RecoveryCode::new().unwrap();
        assert_eq!(code.reveal().len(), 19);
        assert_eq!(tidy(code.reveal()).len(), 16);
        assert!(!format!("{code:?}").contains(code.reveal()));
    }
}
