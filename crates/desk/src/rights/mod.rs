//! Who may do what: one question, [`may`], over one table, [`matrix::TEXT`].
//!
//! ```
//! use desk::rights::{Decision, Subject, SubjectKind, Tier, Verb, may};
//! use people::Actor;
//!
//! let today = "2026-11-23".parse().unwrap();
//! let report = Subject::of_state(SubjectKind::Report, "COL".parse().ok()).at(Tier::Public);
//! assert!(may(&Actor::public(), Verb::See, &report, today).is_allowed());
//! assert_eq!(may(&Actor::public(), Verb::Lodge, &report, today), Decision::Refused { may_know: true });
//! // Of what belongs to the State alone, nobody else learns that it is there.
//! let alone = report.at(Tier::StateAlone);
//! assert_eq!(may(&Actor::public(), Verb::See, &alone, today), Decision::Refused { may_know: false });
//! ```
//!
//! A [`Permit`] is the answer yes, as a value: only [`permit`] makes one for somebody who asks, so what demands one cannot
//! be reached without asking.

mod kinds;
pub mod matrix;

use std::marker::PhantomData;

use people::{Actor, PersonId};
use treaty::date::Date;
use treaty::state::Iso3;

pub use kinds::{SubjectKind, SubjectType, Tier, Verb, VerbType, subject, verb};
pub use matrix::{Permission, Who, Whose, permissions};

/// What something is done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What sort of thing.
    pub kind: SubjectKind,
    /// Of which State.
    pub state: Option<Iso3>,
    /// In which tier.
    pub tier: Option<Tier>,
    /// Whose own.
    pub person: Option<PersonId>,
}

impl Subject {
    /// A thing of no State.
    #[must_use]
    pub fn new(kind: SubjectKind) -> Self {
        Self { kind, state: None, tier: None, person: None }
    }

    /// A thing of a State; without one, of a State that there is not.
    #[must_use]
    pub fn of_state(kind: SubjectKind, state: Option<Iso3>) -> Self {
        Self { state, ..Self::new(kind) }
    }

    /// A person's own thing.
    #[must_use]
    pub fn of_person(kind: SubjectKind, person: Option<PersonId>) -> Self {
        Self { person, ..Self::new(kind) }
    }

    /// The same in a tier.
    #[must_use]
    pub fn at(self, tier: Tier) -> Self {
        Self { tier: Some(tier), ..self }
    }

    /// Its name in the audit trail: the kind, and the State where it has one. No personal data.
    #[must_use]
    pub fn name(&self) -> String {
        match self.state {
            Some(state) => format!("{}/{state}", self.kind.key()),
            None => self.kind.key().to_owned(),
        }
    }
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allowed {
        /// Whether anybody might have done it: then the answer does not depend on who asks.
        public: bool,
    },
    /// No.
    Refused {
        /// Whether the asker may learn that the thing exists.
        may_know: bool,
    },
}

impl Decision {
    /// Whether it is yes.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}

/// Whether the actor may do that to the subject today.
#[must_use]
pub fn may(actor: &Actor, verb: Verb, subject: &Subject, today: Date) -> Decision {
    let by = |verb: Verb| {
        let rows = matrix::permissions_for(verb, subject.kind).iter();
        rows.clone().find(|row| row.tier == subject.tier && row.lets(actor, subject, today))
    };
    match by(verb) {
        Some(row) => Decision::Allowed { public: row.role == Who::Anyone },
        None => Decision::Refused { may_know: by(Verb::Know).is_some() },
    }
}

/// The States for which the actor may do that to a subject of that kind and tier, among those asked about.
#[must_use]
pub fn states_for(actor: &Actor, verb: Verb, subject: &Subject, among: &[Iso3], today: Date) -> Vec<Iso3> {
    let may_for =
        |state: &&Iso3| may(actor, verb, &Subject { state: Some(**state), ..subject.clone() }, today).is_allowed();
    among.iter().filter(may_for).copied().collect()
}

/// That somebody asked and may do `V` to `S`. Functions that give or change what is not public demand one.
#[derive(Debug)]
pub struct Permit<V, S> {
    subject: Subject,
    public: bool,
    proves: PhantomData<fn() -> (V, S)>,
}

impl<V, S> Clone for Permit<V, S> {
    fn clone(&self) -> Self {
        Self { subject: self.subject.clone(), public: self.public, proves: PhantomData }
    }
}

/// No.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("you may not do this; ask whoever gave you your role")]
pub struct Refused {
    /// Whether the asker may learn that the thing exists.
    pub may_know: bool,
}

/// Asks [`may`], and gives the answer as a value.
///
/// # Errors
/// The answer is no.
pub fn permit<V: VerbType, S: SubjectType>(
    actor: &Actor,
    subject: Subject,
    today: Date,
) -> Result<Permit<V, S>, Refused> {
    let subject = Subject { kind: S::WORD, ..subject };
    match may(actor, V::WORD, &subject, today) {
        Decision::Allowed { public } => Ok(Permit { subject, public, proves: PhantomData }),
        Decision::Refused { may_know } => Err(Refused { may_know }),
    }
}

impl<V: VerbType, S: SubjectType> Permit<V, S> {
    /// For whoever runs a command at the machine: who holds the folder holds what is in it.
    #[must_use]
    pub fn at_the_machine(state: Option<Iso3>) -> Self {
        Self { subject: Subject::of_state(S::WORD, state), public: false, proves: PhantomData }
    }

    /// What it is for.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether anybody would have got it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public
    }
}

#[cfg(test)]
mod tests;
