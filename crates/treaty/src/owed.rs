//! What a State owes under the Convention on a date: each duty with its due date, its state, and why.

use serde::Serialize;

use crate::because::{Article, Because};
use crate::date::{Date, add_years};
use crate::register::{Recorded, Register, StateFile};
use crate::{article4, article5, article7, article20, say};

/// One duty of one State, as it stands on a date.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Obligation {
    /// Where in the Convention it stands.
    pub article: Article,
    /// For Article 7(2): the calendar year reported on.
    pub calendar_year: Option<i16>,
    /// When it is due; `None` when that cannot be told.
    pub due: Option<Date>,
    /// How it stands.
    pub state: ObligationState,
    /// The derivation.
    pub because: Because,
}

/// How a duty stands on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ObligationState {
    /// Due later than a year from the date.
    #[serde(rename = "not yet due")]
    NotYetDue,
    /// Due within a year of the date.
    #[serde(rename = "due within a year")]
    DueWithinAYear,
    /// Done. Where the day is not known well enough, the derivation says that whether it was in time cannot be told.
    #[serde(rename = "met")]
    Met,
    /// Done after the due date.
    #[serde(rename = "met late")]
    MetLate,
    /// Not done, and the due date has passed.
    #[serde(rename = "overdue")]
    Overdue,
    /// The State withdrew before it was done.
    #[serde(rename = "no longer bound")]
    NoLongerBound,
    /// The register does not hold what would tell.
    #[serde(rename = "unknown")]
    Unknown,
}

impl ObligationState {
    /// The words of the state, as in JSON; also the key of its name in the locales.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::NotYetDue => "state-not-yet-due",
            Self::DueWithinAYear => "state-due-within-a-year",
            Self::Met => "state-met",
            Self::MetLate => "state-met-late",
            Self::Overdue => "state-overdue",
            Self::NoLongerBound => "state-no-longer-bound",
            Self::Unknown => "state-unknown",
        }
    }
}

/// The duties that a State has on a date, in the order of their Articles. Empty when the Convention was never in force
/// for it by then, or may not have been.
#[must_use]
pub fn obligations(register: &Register, file: &StateFile, on: Date) -> Vec<Obligation> {
    let Some(in_force) = file.entry_into_force_on(on).filter(|in_force| in_force.certainly_by(on)) else {
        return Vec::new();
    };
    let Some(since) = in_force.date().or_else(|| in_force.earliest()) else { return Vec::new() };
    let mut owed =
        vec![article4::stockpile_destruction(file, since, on), article5::clearance(register, file, since, on)];
    owed.push(article7::owed::initial_report(file, since, on));
    owed.extend(article7::owed::annual_reports(file, since, on));
    for obligation in &mut owed {
        obligation.because = in_force.because.clone().then(std::mem::take(&mut obligation.because));
    }
    owed
}

/// The state of a duty that is not done on `on`.
pub(crate) fn open_state(due: Date, on: Date) -> ObligationState {
    if due < on {
        ObligationState::Overdue
    } else if due <= add_years(on, 1) {
        ObligationState::DueWithinAYear
    } else {
        ObligationState::NotYetDue
    }
}

/// The state of a duty that was done, and what remains to be said about it.
pub(crate) fn met_state<T>(done: &Recorded<T>, due: Date) -> (ObligationState, Because) {
    let because = Because::default().fact(&done.act, say!("because-done", date = done.on));
    let (first, last) = (done.on.earliest(), done.on.latest());
    if first.is_some_and(|first| first > due) {
        (ObligationState::MetLate, because)
    } else if last.is_some_and(|last| last <= due) {
        (ObligationState::Met, because)
    } else {
        (ObligationState::Met, because.remark(say!("because-in-time-cannot-be-told")))
    }
}

/// Withdrawal releases the State from what falls due once it has taken effect. What had fallen due before stays as it
/// is: leaving a treaty does not touch what arose under it (Vienna Convention on the Law of Treaties, Article 70(1)).
pub(crate) fn unless_withdrawn(mut obligation: Obligation, file: &StateFile, on: Date) -> Obligation {
    use ObligationState::{Met, MetLate, NoLongerBound};
    let Some(withdrawal) = article20::withdrawn_on(file, on) else { return obligation };
    let fell_due = obligation.due.zip(withdrawal.takes_effect).is_some_and(|(due, effect)| due < effect);
    if !fell_due && !matches!(obligation.state, Met | MetLate) {
        obligation.state = NoLongerBound;
        obligation.because = obligation.because.then(withdrawal.because);
    }
    obligation
}
