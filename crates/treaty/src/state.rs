//! Which State is meant: the three-letter code, and what the register knows of the State as such.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A State's ISO 3166-1 alpha-3 code, upper case: `COL`. User-assigned codes (`XXA`) are taken too, for invented States.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iso3([u8; 3]);

/// A text that is no three-letter code.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{0}\" is no ISO 3166-1 alpha-3 code: three letters, as in COL")]
pub struct NotACode(pub String);

impl Iso3 {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII letters are ever let in, so the bytes are always UTF-8.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Iso3 {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        match text.as_bytes() {
            &[a, b, c] if text.bytes().all(|letter| letter.is_ascii_alphabetic()) => {
                Ok(Self([a, b, c].map(|letter| letter.to_ascii_uppercase())))
            }
            _ => Err(NotACode(text.to_owned())),
        }
    }
}

impl fmt::Display for Iso3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Iso3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Iso3 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Iso3 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A State's place in the United Nations, which decides how it is counted and what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnStatus {
    /// One of the 193 Members.
    Member,
    /// A non-member observer State (Holy See, State of Palestine).
    Observer,
    /// Neither, yet able to join treaties under the "all States" formula (Cook Islands, Niue).
    Other,
    /// Made up for demonstration and tests. Never counted.
    Invented,
}

/// Who a State is, as entered in the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Three-letter code.
    pub state: Iso3,
    /// ISO 3166-1 alpha-2 code.
    pub iso2: String,
    /// UN M49 number, three digits with leading zeros.
    pub m49: String,
    /// Short name in English. Names in the other languages are in the locales.
    pub name: String,
    /// Place in the United Nations.
    pub un_status: UnStatus,
    /// UN regional group; `None` when it is in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub un_group: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_letters_in_either_case() {
        assert_eq!("col".parse::<Iso3>().unwrap().as_str(), "COL");
        for text in ["", "CO", "COLO", "C0L", "ÇOL", "c l"] {
            assert!(text.parse::<Iso3>().is_err(), "{text} was taken for a code");
        }
    }
}
