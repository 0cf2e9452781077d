//! Who stands where: the world, and one State.

use serde::Serialize;
use treaty::article17::When;
use treaty::article20;
use treaty::date::{Date, PartialDate};
use treaty::owed::{ObligationState, obligations};
use treaty::register::{Register, StateFile};
use treaty::state::{Iso3, UnStatus};
pub use treaty::status::world;
use treaty::status::{Standing, WorldStatus, standing};

use crate::words::{Reason, Words};

/// The world's standing, with each State's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorldView {
    /// Counts and lists.
    #[serde(flatten)]
    pub world: WorldStatus,
    /// Each State that is counted.
    pub by_state: Vec<StateLine>,
}

/// One State in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateLine {
    /// Its code.
    pub state: Iso3,
    /// Its name.
    pub name: String,
    /// UN regional group.
    pub un_group: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// Deposit of its instrument, as far as known.
    pub deposited_on: Option<PartialDate>,
    /// Entry into force for it, when known to the day.
    pub entry_into_force: Option<Date>,
    /// Duties overdue.
    pub overdue: usize,
    /// Whether it is made up.
    pub invented: bool,
}

/// The world on a date.
#[must_use]
pub fn world_view(register: &Register, words: &Words, on: Date) -> WorldView {
    let by_state = register.counted_states().map(|file| line(register, file, words, on)).collect();
    WorldView { world: world(register, on), by_state }
}

/// One State on a date, in few words.
#[must_use]
pub fn line(register: &Register, file: &StateFile, words: &Words, on: Date) -> StateLine {
    let overdue = |duty: &treaty::owed::Obligation| duty.state == ObligationState::Overdue;
    StateLine {
        state: file.state.state,
        name: words.state(file.state.state),
        un_group: file.state.un_group.clone(),
        standing: standing(file, on),
        deposited_on: file.instrument_on(on).filter(|deposit| deposit.possibly_by(on)).map(|deposit| deposit.on),
        entry_into_force: file.entry_into_force_on(on).and_then(|in_force| in_force.date()).filter(|day| *day <= on),
        overdue: obligations(register, file, on).iter().filter(|duty| overdue(duty)).count(),
        invented: file.state.un_status == UnStatus::Invented,
    }
}

/// One State's standing and duties.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateView {
    /// Its code.
    pub state: Iso3,
    /// Its name.
    pub name: String,
    /// Whether it is made up.
    pub invented: bool,
    /// The date asked about.
    pub as_of: Date,
    /// How it stands.
    pub standing: Standing,
    /// Signature.
    pub signed_on: Option<PartialDate>,
    /// Instrument and its deposit.
    pub instrument: Option<InstrumentView>,
    /// Entry into force for it, when known to the day.
    pub entry_into_force: Option<Date>,
    /// The span in which it lies, when not.
    pub entry_into_force_between: Option<(Option<Date>, Date)>,
    /// Why that day.
    pub entry_into_force_because: Vec<Reason>,
    /// A withdrawal notified.
    pub withdrawal: Option<WithdrawalView>,
    /// Claims that the Convention has no word for; they change nothing above.
    pub claims: Vec<ClaimView>,
    /// Its duties.
    pub obligations: Vec<ObligationView>,
    /// Reports known to the register, newest first.
    pub reports: Vec<ReportLine>,
    /// The acts about it, in the order recorded.
    pub acts: Vec<String>,
}

/// An instrument.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InstrumentView {
    /// Ratification, accession, …
    pub kind: treaty::act::InstrumentKind,
    /// Deposit, as far as known.
    pub deposited_on: PartialDate,
}

/// A withdrawal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WithdrawalView {
    /// Notice received.
    pub notified: Date,
    /// When it takes effect; `None` while a conflict holds it up.
    pub takes_effect: Option<Date>,
    /// Why.
    pub because: Vec<Reason>,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimView {
    /// When it was made.
    pub on: PartialDate,
    /// What is claimed.
    pub claim: String,
    /// The act that records it.
    pub act: String,
}

/// A duty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObligationView {
    /// Article and paragraph: `7(2)`.
    pub article: String,
    /// The calendar year reported on.
    pub calendar_year: Option<i16>,
    /// When it is due.
    pub due: Option<Date>,
    /// How it stands.
    pub state: ObligationState,
    /// Why.
    pub because: Vec<Reason>,
}

/// A report known to the register.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportLine {
    /// Initial, annual, voluntary.
    pub kind: treaty::article7::ReportKind,
    /// Calendar year, where known.
    pub calendar_year: Option<i16>,
    /// Submission, as far as known.
    pub submitted_on: PartialDate,
    /// Version, when it was lodged here.
    pub version: Option<u32>,
    /// The act.
    pub act: String,
}

/// One State on a date, in full.
#[must_use]
pub fn state_view(register: &Register, file: &StateFile, words: &Words, on: Date) -> StateView {
    // A successor State is bound from its independence, before it notifies its succession: both are then shown.
    let in_force = file.entry_into_force_on(on);
    let bound = in_force.as_ref().is_some_and(|in_force| in_force.possibly_by(on));
    let deposit = file.instrument_on(on).filter(|deposit| bound || deposit.possibly_by(on));
    let in_force = in_force.filter(|_| deposit.is_some());
    let between =
        |when: When| if let When::Between { earliest, latest } = when { Some((earliest, latest)) } else { None };
    StateView {
        state: file.state.state,
        name: words.state(file.state.state),
        invented: file.state.un_status == UnStatus::Invented,
        as_of: on,
        standing: standing(file, on),
        signed_on: file.signature.as_ref().filter(|signed| signed.possibly_by(on)).map(|signed| signed.on),
        instrument: deposit.map(|deposit| InstrumentView { kind: deposit.what.kind, deposited_on: deposit.on }),
        entry_into_force: in_force.as_ref().and_then(treaty::article17::EntryIntoForce::date),
        entry_into_force_between: in_force.as_ref().and_then(|in_force| between(in_force.when)),
        entry_into_force_because: in_force.map(|in_force| words.because(&in_force.because)).unwrap_or_default(),
        withdrawal: article20::notice_on(file, on).map(|withdrawal| WithdrawalView {
            notified: withdrawal.notified,
            takes_effect: withdrawal.takes_effect,
            because: words.because(&withdrawal.because),
        }),
        claims: claims(file, on),
        obligations: owed(register, file, words, on),
        reports: reports(file, on),
        acts: file.acts.iter().map(ToString::to_string).collect(),
    }
}

fn claims(file: &StateFile, on: Date) -> Vec<ClaimView> {
    let made = file.claims.iter().filter(|claim| claim.possibly_by(on));
    made.map(|claim| ClaimView { on: claim.on, claim: claim.what.clone(), act: claim.act.to_string() }).collect()
}

/// Key of a duty's name in the locales, by its Article.
#[must_use]
pub fn duty_key(article: &str) -> &'static str {
    match article {
        "4" => "duty-stockpile-destruction",
        "5(1)" => "duty-clearance",
        "7(1)" => "duty-initial-report",
        _ => "duty-annual-report",
    }
}

/// A State's duties in words.
#[must_use]
pub fn owed(register: &Register, file: &StateFile, words: &Words, on: Date) -> Vec<ObligationView> {
    let view = |duty: treaty::owed::Obligation| ObligationView {
        article: duty.article.to_string(),
        calendar_year: duty.calendar_year,
        due: duty.due,
        state: duty.state,
        because: words.because(&duty.because),
    };
    obligations(register, file, on).into_iter().map(view).collect()
}

fn reports(file: &StateFile, on: Date) -> Vec<ReportLine> {
    let known = file.reports.iter().filter(|report| report.possibly_by(on));
    let mut lines: Vec<ReportLine> = known
        .map(|report| ReportLine {
            kind: report.what.kind,
            calendar_year: report.what.calendar_year,
            submitted_on: report.on,
            version: report.what.lodged.as_ref().map(|(version, _)| *version),
            act: report.act.to_string(),
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse((line.submitted_on.latest(), line.version)));
    lines
}
