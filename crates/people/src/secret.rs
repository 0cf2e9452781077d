//! Random names and secrets. A secret is shown once and kept only as its SHA-256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::error::PeopleError;

/// A text that opens something. It does not show itself in logs: ask for it with [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one of 256 random bits, 43 letters that fit into an address.
    pub(crate) fn new() -> Result<Self, PeopleError> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<32>()?)))
    }

    /// One that was made elsewhere.
    pub(crate) fn of(text: String) -> Self {
        Self(text)
    }

    /// One that somebody else made and that is kept out of logs from here on.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub(crate) fn kept(&self) -> String {
        kept(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is kept of a secret: the SHA-256 of its text. It has 256 random bits itself, so nothing slower is needed.
pub(crate) fn kept(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// A second secret that follows from the first one and does not give it away.
pub(crate) fn derived(purpose: &str, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(purpose).chain_update([0]).chain_update(text).finalize())
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// A random name of 128 bits that says nothing.
pub(crate) fn opaque() -> Result<String, PeopleError> {
    Ok(hex(&random::<16>()?))
}

/// Bytes from the system's own source.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], PeopleError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| PeopleError::NoRandomness(error.to_string()))?;
    Ok(bytes)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 0xf)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new().unwrap();
        assert_eq!(secret.reveal().len(), 43);
        assert!(!format!("{secret:?}").contains(&secret.reveal()[..8]));
        assert_ne!(secret, Secret::new().unwrap());
    }

    #[test]
    fn what_is_kept_is_the_sha_256() {
        assert_eq!(kept("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "abcd"));
    }
}
