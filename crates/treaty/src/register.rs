//! The register: what the acts, taken together, say. A pure fold, in any order in which the acts were learned.
//!
//! "As of a date" is asked of the register's functions, each of which takes the date. "As known on a date" is the same
//! fold over the acts recorded by then ([`Register::known_on`]).

use std::collections::BTreeMap;

use crate::act::{Act, ActId, Deed, Meeting, Resolution};
use crate::date::{Date, PartialDate, utc_date};
pub use crate::refusal::Refusal;
use crate::state::{Iso3, State, UnStatus};
pub use crate::state_file::{Extension, Instrument, ReportOnFile, StateFile};

/// A recorded fact with its date and the act that carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded<T> {
    /// When it counts, as far as known.
    pub on: PartialDate,
    /// The day this register learned of it: what was recorded as having happened cannot lie later.
    pub known_on: Date,
    /// The act.
    pub act: ActId,
    /// What was recorded.
    pub what: T,
}

impl<T> Recorded<T> {
    /// Whether it had happened by the end of `on`. A fact known to the year only counts from the end of that year, or
    /// from the day it was recorded, whichever comes first.
    #[must_use]
    pub fn certainly_by(&self, on: Date) -> bool {
        self.latest() <= on
    }

    /// Whether it may have happened by the end of `on`.
    #[must_use]
    pub fn possibly_by(&self, on: Date) -> bool {
        self.on.possibly_by(on)
    }

    /// The last day on which it can have happened.
    #[must_use]
    pub fn latest(&self) -> Date {
        match self.on {
            PartialDate::Day(day) => day,
            partial => partial.latest().map_or(self.known_on, |latest| latest.min(self.known_on)),
        }
    }
}

/// The state of the Convention.
#[derive(Clone, Debug, Default)]
pub struct Register {
    states: BTreeMap<Iso3, StateFile>,
    meetings: Vec<Recorded<Meeting>>,
    resolutions: Vec<Recorded<Resolution>>,
    action_plans: Vec<Recorded<ActionPlan>>,
    size: u64,
}

/// An action plan and its years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionPlan {
    /// Name: `Oslo`.
    pub plan: String,
    /// The meeting that adopted it.
    pub meeting: String,
    /// First and last calendar year.
    pub years: (i16, i16),
}

impl Register {
    /// Folds acts into a register.
    ///
    /// # Errors
    /// The first act that contradicts the Convention or the acts before it, with the reason.
    pub fn fold<'a>(acts: impl IntoIterator<Item = &'a Act>) -> Result<Self, (ActId, Refusal)> {
        let mut register = Self::default();
        for act in acts {
            register.admit(act).map_err(|refusal| (act.id.clone(), refusal))?;
        }
        Ok(register)
    }

    /// The register as it was known at the end of `on`: the same fold over the acts recorded by then.
    ///
    /// # Errors
    /// As [`Register::fold`]; cannot happen for acts that were admitted in this order before.
    pub fn known_on<'a>(acts: impl IntoIterator<Item = &'a Act>, on: Date) -> Result<Self, (ActId, Refusal)> {
        Self::fold(acts.into_iter().filter(|act| utc_date(act.recorded_at) <= on))
    }

    /// How many acts are folded in.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// All States, invented ones included, by code.
    pub fn states(&self) -> impl Iterator<Item = &StateFile> {
        self.states.values()
    }

    /// All States that count: invented ones left out.
    pub fn counted_states(&self) -> impl Iterator<Item = &StateFile> {
        self.states().filter(|file| file.state.un_status != UnStatus::Invented)
    }

    /// One State's file.
    #[must_use]
    pub fn state(&self, state: Iso3) -> Option<&StateFile> {
        self.states.get(&state)
    }

    /// The Convention's meetings, in the order recorded.
    #[must_use]
    pub fn meetings(&self) -> &[Recorded<Meeting>] {
        &self.meetings
    }

    /// The General Assembly's resolutions, in the order recorded.
    #[must_use]
    pub fn resolutions(&self) -> &[Recorded<Resolution>] {
        &self.resolutions
    }

    /// Action plans adopted.
    #[must_use]
    pub fn action_plans(&self) -> &[Recorded<ActionPlan>] {
        &self.action_plans
    }

    /// Takes in one act.
    ///
    /// # Errors
    /// The reason, when the act contradicts the Convention or the acts before it; the register is then unchanged.
    pub fn admit(&mut self, act: &Act) -> Result<(), Refusal> {
        match &act.deed {
            Deed::StateListed(state) => self.list(state)?,
            Deed::MeetingConvened(meeting) => {
                if self.meetings.iter().any(|known| known.what.meeting == meeting.meeting) {
                    return Err(Refusal::RecordedTwice(meeting.meeting.clone()));
                }
                self.meetings.push(recorded(act, meeting.clone()));
            }
            Deed::ResolutionAdopted(resolution) => {
                if self.resolutions.iter().any(|known| known.what.symbol == resolution.symbol) {
                    return Err(Refusal::RecordedTwice(resolution.symbol.clone()));
                }
                self.resolutions.push(recorded(act, resolution.clone()));
            }
            Deed::ActionPlanAdopted { plan, meeting, from_year, to_year } => {
                let plan = ActionPlan { plan: plan.clone(), meeting: meeting.clone(), years: (*from_year, *to_year) };
                self.action_plans.push(recorded(act, plan));
            }
            deed => {
                if let Some(state) = deed.state() {
                    let file = self.states.get_mut(&state).ok_or(Refusal::StateNotListed(state))?;
                    file.admit(act)?;
                }
            }
        }
        if let Some(file) = act.deed.state().and_then(|state| self.states.get_mut(&state)) {
            file.acts.push(act.id.clone());
        }
        self.size += 1;
        Ok(())
    }

    fn list(&mut self, state: &State) -> Result<(), Refusal> {
        if self.states.contains_key(&state.state) {
            return Err(Refusal::StateListedTwice(state.state));
        }
        self.states.insert(state.state, StateFile::new(state.clone()));
        Ok(())
    }
}

pub(crate) fn recorded<T>(act: &Act, what: T) -> Recorded<T> {
    Recorded { on: act.effective_on, known_on: utc_date(act.recorded_at), act: act.id.clone(), what }
}
