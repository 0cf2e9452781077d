//! Where a database is.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a database is. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// SQLite, in this file.
    File(PathBuf),
    /// PostgreSQL, at this address: `postgres://user:password@host/database`.
    Postgres(String),
}

impl Address {
    /// Whether a text is the address of a PostgreSQL database.
    #[must_use]
    pub fn is_postgres(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }
}

impl FromStr for Address {
    type Err = Infallible;

    /// An address of PostgreSQL, or the name of a file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if Self::is_postgres(text) { Self::Postgres(text.to_owned()) } else { Self::File(text.into()) })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// User, host and database stay; the password goes, and with it all that follows a question mark, where one may stand too.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    // A password may hold an @ or a slash that somebody forgot to encode: what precedes the last @ is never shown whole.
    let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let user = user.split([':', '/']).next().unwrap_or_default();
    let at = if user.is_empty() { "" } else { "@" };
    format!("{scheme}://{user}{at}{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (given, shown) in [
            ("postgres://ada:secret@db.example/mineban", "postgres://ada@db.example/mineban"),
            ("postgresql://ada:sec@ret@db/mineban?sslmode=require&password=secret", "postgresql://ada@db/mineban"),
            ("postgres://ada:sec/ret@db/mineban", "postgres://ada@db/mineban"),
            ("postgres:///mineban?host=/run/postgresql&password=secret", "postgres:///mineban"),
            ("people.sqlite", "people.sqlite"),
        ] {
            let address: Address = given.parse().unwrap();
            assert_eq!(address.to_string(), shown);
            assert!(!format!("{address:?}").contains("ret"), "{address:?}");
        }
    }
}
