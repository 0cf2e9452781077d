//! Passwords: how they are kept, and which are too easy to guess.

use std::path::Path;
use std::sync::Arc;

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use crate::error::PeopleError;
use crate::secret::random;
use crate::weak::{Breached, is_common};

/// NIST SP 800-63B-4 asks for 8 with a second factor and 15 without; this asks for 12 of everybody.
const SHORTEST: usize = 12;
/// Long enough for a sentence; short enough that hashing it costs nothing more.
const LONGEST: usize = 256;

/// Why a password is too easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short.
    #[error("the password is shorter than 12 characters; use a longer one, for example four words")]
    Short,
    /// Too long.
    #[error("the password is longer than 256 characters; use a shorter one")]
    Long,
    /// One that many people use, or a row of keys, or one thing over and over.
    #[error("the password is among the first that anybody would try; use another one, for example four words")]
    Common,
    /// Made of the person's own name or address, or of this program's.
    #[error("the password is made of your name, your address or the name of this site; use another one")]
    Yours,
    /// It stands in a list of stolen passwords.
    #[error("the password stands in a list of stolen passwords; use another one")]
    Breached,
}

impl Weak {
    /// The key of its sentence.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Short => "password-short",
            Self::Long => "password-long",
            Self::Common => "password-common",
            Self::Yours => "password-yours",
            Self::Breached => "password-breached",
        }
    }
}

/// Hashes passwords: argon2id with 19 MiB, two passes and one lane (OWASP Password Storage Cheat Sheet, 2024), off the
/// threads that answer, and at most as many at once as there are cores.
///
/// Three lists say what is too easy: a short one of common passwords that is part of the program; whatever is made of
/// the person's own name; and, if the administrator gives one, a file of breached passwords in the format of Have I Been
/// Pwned: a line for each, `SHA-1:COUNT`, in order of the hash. The hash may be cut to a prefix of at least ten digits.
#[derive(Debug)]
pub struct Passwords {
    breached: Option<Breached>,
    cores: Arc<Semaphore>,
    /// What is verified where there is no password, so that it takes as long.
    nobodys: String,
}

fn argon2() -> Result<Argon2<'static>, PeopleError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| PeopleError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, PeopleError> {
    let hashed = argon2()?.hash_password_with_salt(password.as_bytes(), &random::<16>()?);
    hashed.map(|hash| hash.to_string()).map_err(|error| PeopleError::Hash(error.to_string()))
}

/// The same characters however a keyboard composes them.
fn normal(password: &str) -> String {
    password.nfkc().collect()
}

impl Passwords {
    pub(crate) fn new(breached: Option<&Path>) -> Result<Self, PeopleError> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            breached: breached.map(Breached::open).transpose()?,
            cores: Arc::new(Semaphore::new(cores)),
            nobodys: hash("a password that nobody has")?,
        })
    }

    /// Whether a password may be used by somebody of that name and address.
    ///
    /// # Errors
    /// Why not; or the list of breached passwords cannot be read.
    pub fn check(&self, password: &str, name: &str, email: &str) -> Result<(), PeopleError> {
        let password = normal(password);
        let length = password.chars().count();
        if length < SHORTEST {
            return Err(Weak::Short.into());
        }
        if length > LONGEST {
            return Err(Weak::Long.into());
        }
        if is_common(&password) {
            return Err(Weak::Common.into());
        }
        if is_made_of(&password, name, email) {
            return Err(Weak::Yours.into());
        }
        match &self.breached {
            Some(breached) if breached.holds(&password)? => Err(Weak::Breached.into()),
            _ => Ok(()),
        }
    }

    /// What is kept of a password.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, PeopleError> {
        let password = normal(password);
        self.at_a_core(move || hash(&password)).await?
    }

    /// Whether a password is the one that was kept; where none was, the work is done all the same, and the answer is no.
    pub(crate) async fn verify(&self, password: &str, kept: Option<String>) -> Result<bool, PeopleError> {
        // What could never have been set is not worth hashing, but takes as long.
        let password: String = normal(password).chars().take(LONGEST + 1).collect();
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| self.nobodys.clone());
        let fits = self.at_a_core(move || {
            let unreadable = |error| PeopleError::Hash(format!("{error}"));
            let kept = PasswordHash::new(&kept).map_err(unreadable)?;
            Ok::<_, PeopleError>(argon2()?.verify_password(password.as_bytes(), &kept).is_ok())
        });
        Ok(fits.await?? && known)
    }

    async fn at_a_core<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PeopleError> {
        let stopped = |what: String| PeopleError::Hash(format!("the work was stopped ({what})"));
        let cores = Arc::clone(&self.cores);
        let _one = cores.acquire_owned().await.map_err(|error| stopped(error.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| stopped(error.to_string()))
    }
}

/// Whether little is left of a password when the person's own words are taken out.
fn is_made_of(password: &str, name: &str, email: &str) -> bool {
    let mut left = password.to_lowercase();
    let words = format!("{name} {email} mineban").to_lowercase();
    let mut words: Vec<&str> =
        words.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.chars().count() > 2).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        left = left.replace(word, "");
    }
    left.chars().filter(|letter| letter.is_alphabetic()).count() < 5 && left.chars().count() < 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Option<Weak> {
        let passwords = Passwords::new(None).unwrap();
        match passwords.check(password, "Ada Lovelace", "ada.lovelace@example.org") {
            Ok(()) => None,
            Err(PeopleError::Weak(weak)) => Some(weak),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_password_has_twelve_characters_whatever_the_script() {
        assert_eq!(verdict("kdu39fk2l1s"), Some(Weak::Short));
        assert_eq!(verdict("короткий"), Some(Weak::Short));
        assert_eq!(verdict("ежевика чугун парус"), None);
        assert_eq!(verdict("正确的马电池订书钉很长的句子"), None);
        assert_eq!(verdict(&"correct horse ".repeat(30)), Some(Weak::Long));
    }

    #[test]
    fn ones_own_name_is_no_password() {
        assert_eq!(verdict("AdaLovelace2026!"), Some(Weak::Yours));
        assert_eq!(verdict("mineban-ada-2026"), Some(Weak::Yours));
        assert_eq!(verdict("ada keeps seven bees"), None);
    }

    #[tokio::test]
    async fn a_kept_password_is_argon2id_with_the_parameters_of_owasp_and_fits_only_itself() {
        let passwords = Passwords::new(None).unwrap();
        let kept = passwords.hash("crème brûlée at dawn").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        // The same word typed on a keyboard that composes.
        assert!(passwords.verify("cre\u{300}me bru\u{302}le\u{301}e at dawn", Some(kept.clone())).await.unwrap());
        assert!(!passwords.verify("creme brulee at dawn", Some(kept)).await.unwrap());
        assert!(!passwords.verify("a password that nobody has", None).await.unwrap());
    }
}
