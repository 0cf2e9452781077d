//! Who asks.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use treaty::state::Iso3;

use crate::role::Role;

/// A person, by a random name that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

impl std::fmt::Display for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A role that somebody holds for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// What for.
    pub role: Role,
    /// For which State; national roles always name one, and a delegate or a committee member may.
    pub state: Option<Iso3>,
    /// The first day.
    pub from: Date,
    /// The last day, if it is known.
    pub to: Option<Date>,
}

impl Holding {
    /// Whether it is held on a day.
    #[must_use]
    pub fn is_held_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

/// What an API token is good for; never more than its owner may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The keys of the verbs.
    pub verbs: Vec<String>,
    /// The States; empty for all that its owner may see.
    pub states: Vec<Iso3>,
}

/// Whoever asks for something, as far as that decides the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// Who, if signed in.
    pub person: Option<PersonId>,
    /// The roles, whether held today or not.
    pub holdings: Vec<Holding>,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// The limits of the token, if one was shown.
    pub scope: Option<Scope>,
}

impl Actor {
    /// Somebody who has not signed in.
    #[must_use]
    pub fn public() -> Self {
        Self::default()
    }

    /// Whether the role is held on a day, for that State where one is asked about.
    #[must_use]
    pub fn holds(&self, role: Role, state: Option<Iso3>, day: Date) -> bool {
        self.holdings
            .iter()
            .any(|held| held.role == role && held.is_held_on(day) && (state.is_none() || held.state == state))
    }
}
