//! What falls due, when, for whom.

use serde::Serialize;
use treaty::date::Date;
use treaty::owed::ObligationState;
use treaty::register::Register;
use treaty::state::{Iso3, UnStatus};

use crate::status::{ObligationView, owed};
use crate::words::Words;

/// A duty of one State in the list of deadlines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeadlineLine {
    /// The State.
    pub state_code: Iso3,
    /// Its name.
    pub name: String,
    /// The duty.
    #[serde(flatten)]
    pub obligation: ObligationView,
}

/// The deadlines on a date.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Deadlines {
    /// The date asked about.
    pub as_of: Date,
    /// Passed and not met, the oldest first.
    pub overdue: Vec<DeadlineLine>,
    /// Due within a year, the nearest first.
    pub due_within_a_year: Vec<DeadlineLine>,
    /// Duties whose state the register cannot tell.
    pub unknown: usize,
}

/// The deadlines of all States that count, on a date.
#[must_use]
pub fn deadlines(register: &Register, words: &Words, on: Date) -> Deadlines {
    let mut lines: Vec<DeadlineLine> = Vec::new();
    for file in register.states().filter(|file| file.state.un_status != UnStatus::Invented) {
        lines.extend(owed(register, file, words, on).into_iter().map(|obligation| DeadlineLine {
            state_code: file.state.state,
            name: words.state(file.state.state),
            obligation,
        }));
    }
    let of = |state: ObligationState| {
        let mut some: Vec<_> = lines.iter().filter(|line| line.obligation.state == state).cloned().collect();
        some.sort_by_key(|line| (line.obligation.due, line.state_code));
        some
    };
    Deadlines {
        as_of: on,
        overdue: of(ObligationState::Overdue),
        due_within_a_year: of(ObligationState::DueWithinAYear),
        unknown: lines.iter().filter(|line| line.obligation.state == ObligationState::Unknown).count(),
    }
}
