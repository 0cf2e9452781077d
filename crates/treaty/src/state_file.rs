//! All that is recorded of one State, and which acts about it can follow.

use crate::act::{Act, ActId, Deed, ExtensionDecision, InstrumentKind};
use crate::article7::ReportKind;
use crate::article17::{self, EntryIntoForce};
use crate::article20;
use crate::date::{Date, PartialDate};
use crate::refusal::Refusal;
use crate::register::{Recorded, recorded};
use crate::state::State;

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

impl StateFile {
    pub(crate) fn new(state: State) -> Self {
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

    /// The instrument that matters on a date: the last one that may have been deposited by then, else the first. A
    /// State that withdrew and joined again has two, and each rules its own time.
    #[must_use]
    pub fn instrument_on(&self, on: Date) -> Option<&Recorded<Instrument>> {
        self.instruments.iter().rfind(|deposit| deposit.possibly_by(on)).or(self.instruments.first())
    }

    /// Article 17: the entry into force that matters on a date.
    #[must_use]
    pub fn entry_into_force_on(&self, on: Date) -> Option<EntryIntoForce> {
        self.instrument_on(on).map(article17::entry_into_force)
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
        // A State makes one initial report, whatever year it names.
        let once = kind == ReportKind::Initial;
        self.reports
            .iter()
            .filter(|report| report.what.kind == kind && (once || report.what.calendar_year == Some(calendar_year)))
            .filter_map(|report| {
                report.what.lodged.as_ref().map(|(version, sha256)| (report, *version, sha256.as_str()))
            })
            .max_by_key(|(_, version, _)| *version)
    }

    /// One lodged version: its act and SHA-256.
    #[must_use]
    pub fn lodged_version(
        &self,
        kind: ReportKind,
        calendar_year: i16,
        version: u32,
    ) -> Option<(&Recorded<ReportOnFile>, &str)> {
        let this = |report: &&Recorded<ReportOnFile>| {
            report.what.kind == kind && report.what.calendar_year == Some(calendar_year)
        };
        self.reports.iter().filter(this).find_map(|report| {
            let (lodged, sha256) = report.what.lodged.as_ref()?;
            (*lodged == version).then_some((report, sha256.as_str()))
        })
    }

    pub(crate) fn admit(&mut self, act: &Act) -> Result<(), Refusal> {
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
        if !(article17::OPENED_FOR_SIGNATURE.year()..=day.year()).contains(&calendar_year) {
            return Err(Refusal::YearOutOfRange { calendar_year, last: day.year() });
        }
        if kind != ReportKind::Voluntary {
            let Some(in_force) = self.entry_into_force_on(day).filter(|in_force| in_force.possibly_by(day)) else {
                return Err(Refusal::NotBound { state, on });
            };
            // What was owed for years in which the State was bound is still owed, and can be lodged, after it left.
            let left = article20::withdrawn_on(self, day).and_then(|withdrawal| withdrawal.takes_effect);
            if left.is_some_and(|left| calendar_year > left.year()) {
                return Err(Refusal::NotBound { state, on });
            }
            let entry_into_force = in_force.earliest().unwrap_or(article17::CONVENTION_IN_FORCE);
            if calendar_year < entry_into_force.year() {
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
