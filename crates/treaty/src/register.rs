//! The register: what the acts, taken together, say. A pure fold, in any order in which the acts were learned.
//!
//! "As of a date" is asked of the register's functions, each of which takes the date. "As known on a date" is the same
//! fold over the acts recorded by then ([`Register::known_on`]).

use std::collections::BTreeMap;

use crate::act::{Act, ActId, Deed, ExtensionDecision, InstrumentKind, Meeting, Resolution};
use crate::article7::ReportKind;
use crate::article17::{self, EntryIntoForce};
use crate::article20;
use crate::date::{Date, PartialDate, utc_date};
use crate::state::{Iso3, State, UnStatus};

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

/// An instrument of consent to be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Ratification, accession, …
    pub kind: InstrumentKind,
    /// For a successor State, the day from which the Convention runs.
    pub runs_from: Option<Date>,
}

/// A report known to the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportOnFile {
    /// Initial, annual or voluntary.
    pub kind: ReportKind,
    /// Calendar year it covers, where known.
    pub calendar_year: Option<i16>,
    /// Version and SHA-256, when it was lodged in this register.
    pub lodged: Option<(u32, String)>,
}

/// A decision on a request for extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The meeting.
    pub meeting: String,
    /// What it decided.
    pub decision: ExtensionDecision,
}

/// All that is recorded of one State.
#[derive(Clone, Debug)]
pub struct StateFile {
    /// Who it is.
    pub state: State,
    /// Its signature.
    pub signature: Option<Recorded<()>>,
    /// Its instruments, in the order recorded; more than one only after a withdrawal.
    pub instruments: Vec<Recorded<Instrument>>,
    /// Its notices of withdrawal.
    pub withdrawals: Vec<Recorded<()>>,
    /// Armed conflicts: beginning (`true`) and end (`false`).
    pub conflicts: Vec<Recorded<bool>>,
    /// Claims that the Convention has no word for.
    pub claims: Vec<Recorded<String>>,
    /// Stockpiles known to be held.
    pub stockpiles: Vec<Recorded<Option<u64>>>,
    /// The end of their destruction.
    pub stockpile_destroyed: Option<Recorded<Option<u64>>>,
    /// Mined areas known.
    pub mined_areas: Vec<Recorded<()>>,
    /// Decisions on requests for extension.
    pub extensions: Vec<Recorded<Extension>>,
    /// Completion (`true`) and reopening (`false`) of clearance.
    pub clearance: Vec<Recorded<bool>>,
    /// Mines retained, by year.
    pub retained: Vec<Recorded<(i16, u64)>>,
    /// Reports submitted or lodged.
    pub reports: Vec<Recorded<ReportOnFile>>,
    /// Reports that a source misses.
    pub not_received: Vec<Recorded<ReportOnFile>>,
    /// The names of all acts about this State, in the order recorded.
    pub acts: Vec<ActId>,
}

/// Why an act cannot be recorded: it contradicts the Convention or the acts before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The State is not in the register.
    #[error("{0} is not in the register; record a state-listed act for it first, or mend the code")]
    StateNotListed(Iso3),
    /// The State is in the register already.
    #[error("{0} is in the register already; a State is listed once")]
    StateListedTwice(Iso3),
    /// Article 15.
    #[error(
        "{state} cannot sign on {on}: the Convention was open for signature from 1997-12-03 until it entered into force on 1999-03-01 (Article 15); record an accession instead"
    )]
    NotOpenForSignature {
        /// The State.
        state: Iso3,
        /// The date given.
        on: PartialDate,
    },
    /// The State signed before.
    #[error("{0} has signed already")]
    SignedTwice(Iso3),
    /// Article 16.
    #[error(
        "{0} did not sign, so it cannot ratify, accept or approve (Article 16); record an accession, or the signature first"
    )]
    NotASignatory(Iso3),
    /// Article 16(2).
    #[error("{0} signed, so it cannot accede (Article 16); record a ratification, an acceptance or an approval")]
    SignatoryAccedes(Iso3),
    /// Bound or about to be.
    #[error("{0} has deposited an instrument already and has not withdrawn since")]
    AlreadyParty(Iso3),
    /// Article 20: only a State Party can withdraw.
    #[error("{state} is not a State Party on {on}, so it cannot withdraw (Article 20)")]
    NotAParty {
        /// The State.
        state: Iso3,
        /// The date given.
        on: PartialDate,
    },
    /// A notice is pending or has taken effect.
    #[error("{0} has notified its withdrawal already")]
    WithdrawalNotifiedTwice(Iso3),
    /// The Convention does not apply, and the act presupposes that it does.
    #[error(
        "the Convention is not in force for {state} on {on}; only a voluntary report can be lodged (resolution 75/52, paragraph 6)"
    )]
    NotBound {
        /// The State.
        state: Iso3,
        /// The date given.
        on: PartialDate,
    },
    /// An annual report for a year in which the State was not bound.
    #[error(
        "{state} owes no annual report for {calendar_year}: the Convention entered into force for it on {entry_into_force}"
    )]
    YearBeforeEntryIntoForce {
        /// The State.
        state: Iso3,
        /// The year of the report.
        calendar_year: i16,
        /// When it was first bound.
        entry_into_force: Date,
    },
    /// Versions have no gaps and never repeat.
    #[error(
        "version {given} of {state}'s report for {calendar_year} cannot be lodged: the next version is {next}; draft it again from the current one"
    )]
    VersionOutOfOrder {
        /// The State.
        state: Iso3,
        /// The year of the report.
        calendar_year: i16,
        /// The version given.
        given: u32,
        /// The version that can be lodged next.
        next: u32,
    },
    /// The meeting or resolution is there already.
    #[error("{0} is in the register already")]
    RecordedTwice(String),
    /// A date was needed.
    #[error("the act needs a date known to the day")]
    DateNeeded,
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

fn recorded<T>(act: &Act, what: T) -> Recorded<T> {
    Recorded { on: act.effective_on, known_on: utc_date(act.recorded_at), act: act.id.clone(), what }
}

impl StateFile {
    fn new(state: State) -> Self {
        Self {
            state,
            signature: None,
            instruments: Vec::new(),
            withdrawals: Vec::new(),
            conflicts: Vec::new(),
            claims: Vec::new(),
            stockpiles: Vec::new(),
            stockpile_destroyed: None,
            mined_areas: Vec::new(),
            extensions: Vec::new(),
            clearance: Vec::new(),
            retained: Vec::new(),
            reports: Vec::new(),
            not_received: Vec::new(),
            acts: Vec::new(),
        }
    }

    /// The instrument by which the State consents to be bound, or did last.
    #[must_use]
    pub fn instrument(&self) -> Option<&Recorded<Instrument>> {
        self.instruments.last()
    }

    /// Article 17: when the Convention enters into force for the State, if it ever consented.
    #[must_use]
    pub fn entry_into_force(&self) -> Option<EntryIntoForce> {
        self.instrument().map(article17::entry_into_force)
    }

    /// The version that a report for this year would have if it were lodged now.
    #[must_use]
    pub fn next_version(&self, kind: ReportKind, calendar_year: i16) -> u32 {
        self.current_version(kind, calendar_year).map_or(1, |(_, version, _)| version + 1)
    }

    /// The current lodged version for this year: its act, version and SHA-256.
    #[must_use]
    pub fn current_version(
        &self,
        kind: ReportKind,
        calendar_year: i16,
    ) -> Option<(&Recorded<ReportOnFile>, u32, &str)> {
        self.reports
            .iter()
            .filter(|report| report.what.kind == kind && report.what.calendar_year == Some(calendar_year))
            .filter_map(|report| {
                report.what.lodged.as_ref().map(|(version, sha256)| (report, *version, sha256.as_str()))
            })
            .max_by_key(|(_, version, _)| *version)
    }

    fn admit(&mut self, act: &Act) -> Result<(), Refusal> {
        let state = self.state.state;
        match &act.deed {
            Deed::ConventionSigned { .. } => self.sign(act)?,
            Deed::InstrumentDeposited { instrument, runs_from, .. } => self.deposit(act, *instrument, *runs_from)?,
            Deed::WithdrawalNotified { .. } => self.withdraw(act)?,
            Deed::ArmedConflictBegun { .. } => self.conflicts.push(recorded(act, true)),
            Deed::ArmedConflictEnded { .. } => self.conflicts.push(recorded(act, false)),
            Deed::ClaimRecorded { claim, .. } => self.claims.push(recorded(act, claim.clone())),
            Deed::StockpileHeld { mines, .. } => self.stockpiles.push(recorded(act, *mines)),
            Deed::StockpileDestroyed { mines, .. } => self.stockpile_destroyed = Some(recorded(act, *mines)),
            Deed::MinedAreasReported { .. } => self.mined_areas.push(recorded(act, ())),
            Deed::ClearanceExtensionDecided { meeting, decision, .. } => {
                let extension = Extension { meeting: meeting.clone(), decision: *decision };
                self.extensions.push(recorded(act, extension));
            }
            Deed::ClearanceCompleted { .. } => self.clearance.push(recorded(act, true)),
            Deed::ClearanceReopened { .. } => self.clearance.push(recorded(act, false)),
            Deed::MinesRetained { year, mines, .. } => self.retained.push(recorded(act, (*year, *mines))),
            Deed::ReportSubmitted { report, calendar_year, .. } => {
                let on_file = ReportOnFile { kind: *report, calendar_year: *calendar_year, lodged: None };
                self.reports.push(recorded(act, on_file));
            }
            Deed::ReportNotReceived { report, calendar_year, .. } => {
                let missing = ReportOnFile { kind: *report, calendar_year: *calendar_year, lodged: None };
                self.not_received.push(recorded(act, missing));
            }
            Deed::ReportLodged { report, calendar_year, version, report_sha256, .. } => {
                self.may_lodge(*report, *calendar_year, *version, act.effective_on)?;
                let lodged = Some((*version, report_sha256.clone()));
                self.reports
                    .push(recorded(act, ReportOnFile { kind: *report, calendar_year: Some(*calendar_year), lodged }));
            }
            Deed::StateListed(_) => return Err(Refusal::StateListedTwice(state)),
            // Figures and rates are kept in the journal as published, and nothing is derived from them yet; the others
            // are not about a State and never come here.
            Deed::FigurePublished { .. }
            | Deed::RateAssessed { .. }
            | Deed::MeetingConvened(_)
            | Deed::ActionPlanAdopted { .. }
            | Deed::ResolutionAdopted(_) => {}
        }
        Ok(())
    }

    /// Article 15: open for signature at Ottawa on 3 and 4 December 1997 and at New York until entry into force.
    fn sign(&mut self, act: &Act) -> Result<(), Refusal> {
        let state = self.state.state;
        if self.signature.is_some() {
            return Err(Refusal::SignedTwice(state));
        }
        let open = |day: Date| day >= article17::OPENED_FOR_SIGNATURE && day < article17::CONVENTION_IN_FORCE;
        if !act.effective_on.earliest().is_some_and(open) {
            return Err(Refusal::NotOpenForSignature { state, on: act.effective_on });
        }
        self.signature = Some(recorded(act, ()));
        Ok(())
    }

    /// Article 16: signatories ratify, accept or approve; others accede; successors succeed.
    fn deposit(&mut self, act: &Act, kind: InstrumentKind, runs_from: Option<Date>) -> Result<(), Refusal> {
        let state = self.state.state;
        if kind.needs_signature() && self.signature.is_none() {
            return Err(Refusal::NotASignatory(state));
        }
        let first = self.instruments.is_empty();
        if kind == InstrumentKind::Accession && self.signature.is_some() && first {
            return Err(Refusal::SignatoryAccedes(state));
        }
        let withdrawn = act.effective_on.latest().is_some_and(|on| article20::withdrawn_on(self, on).is_some());
        if !first && !withdrawn {
            return Err(Refusal::AlreadyParty(state));
        }
        self.instruments.push(recorded(act, Instrument { kind, runs_from }));
        Ok(())
    }

    /// Article 20(2): each State Party has the right to withdraw.
    fn withdraw(&mut self, act: &Act) -> Result<(), Refusal> {
        let state = self.state.state;
        let on = act.effective_on.day().ok_or(Refusal::DateNeeded)?;
        if !self.entry_into_force().is_some_and(|in_force| in_force.possibly_by(on)) {
            return Err(Refusal::NotAParty { state, on: act.effective_on });
        }
        if self.withdrawals.len() >= self.instruments.len() {
            return Err(Refusal::WithdrawalNotifiedTwice(state));
        }
        self.withdrawals.push(recorded(act, ()));
        Ok(())
    }

    /// Whether a report of this kind, year and version can be lodged on this date.
    ///
    /// # Errors
    /// The reason why not.
    pub fn may_lodge(
        &self,
        kind: ReportKind,
        calendar_year: i16,
        version: u32,
        on: PartialDate,
    ) -> Result<(), Refusal> {
        let state = self.state.state;
        let day = on.day().ok_or(Refusal::DateNeeded)?;
        if kind != ReportKind::Voluntary {
            let bound = self.entry_into_force().filter(|in_force| in_force.possibly_by(day));
            let Some(in_force) = bound.filter(|_| article20::withdrawn_on(self, day).is_none()) else {
                return Err(Refusal::NotBound { state, on });
            };
            let first_year = in_force.earliest().map_or(calendar_year, Date::year);
            if kind == ReportKind::Annual && calendar_year < first_year {
                let entry_into_force = in_force.earliest().unwrap_or(article17::CONVENTION_IN_FORCE);
                return Err(Refusal::YearBeforeEntryIntoForce { state, calendar_year, entry_into_force });
            }
        }
        let next = self.next_version(kind, calendar_year);
        if version != next {
            return Err(Refusal::VersionOutOfOrder { state, calendar_year, given: version, next });
        }
        Ok(())
    }
}
