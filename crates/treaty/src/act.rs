//! The acts that can be recorded. An act is something that officially happened; it is never changed, only followed by
//! another one.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::article7::ReportKind;
use crate::date::{Date, PartialDate, Timestamp};
use crate::state::{Iso3, State};

/// The name of an act, given by whoever records it, so that recording it twice is recording it once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActId(pub String);

impl fmt::Display for ActId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that officially happened, with its two dates and its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Name of the act, unique in a journal.
    pub id: ActId,
    /// When it counts.
    pub effective_on: PartialDate,
    /// When this register learned of it.
    pub recorded_at: Timestamp,
    /// Where it is known from.
    pub source: String,
    /// A remark that came with the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What happened. The tag `act` names it in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Deed {
    /// A State was entered in the register.
    StateListed(State),
    /// Article 15: a State signed.
    ConventionSigned {
        /// The signatory.
        state: Iso3,
    },
    /// Articles 16 and 17: an instrument reached the Depositary; effective on the day of deposit.
    InstrumentDeposited {
        /// The State that consents to be bound.
        state: Iso3,
        /// Which kind of consent.
        instrument: InstrumentKind,
        /// For a successor State: the day from which the Convention runs for it (independence).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        runs_from: Option<Date>,
    },
    /// Article 20(2): the Depositary received a notice of withdrawal; effective on the day of receipt.
    WithdrawalNotified {
        /// The State that means to withdraw.
        state: Iso3,
    },
    /// Article 20(3): the State is engaged in an armed conflict from this day on.
    ArmedConflictBegun {
        /// The State engaged.
        state: Iso3,
    },
    /// Article 20(3): the armed conflict ended.
    ArmedConflictEnded {
        /// The State that was engaged.
        state: Iso3,
    },
    /// Somebody claimed a legal effect that the Convention has no word for. Recorded; changes no status.
    ClaimRecorded {
        /// The State concerned.
        state: Iso3,
        /// What is claimed.
        claim: String,
    },
    /// Articles 11 and 12: a meeting was convened; effective on its first day.
    MeetingConvened(Meeting),
    /// A meeting adopted an action plan.
    ActionPlanAdopted {
        /// Name of the plan: `Oslo`.
        plan: String,
        /// The meeting that adopted it.
        meeting: String,
        /// First calendar year.
        from_year: i16,
        /// Last calendar year.
        to_year: i16,
    },
    /// The General Assembly adopted a resolution.
    ResolutionAdopted(Resolution),
    /// Article 4: a State is known to hold a stockpile.
    StockpileHeld {
        /// The State that holds it.
        state: Iso3,
        /// How many mines, where a source says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mines: Option<u64>,
    },
    /// Article 4: a State finished destroying its stockpile.
    StockpileDestroyed {
        /// The State.
        state: Iso3,
        /// How many mines it destroyed in all, where a source says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mines: Option<u64>,
    },
    /// Article 5(2): a State is known to have mined areas.
    MinedAreasReported {
        /// The State.
        state: Iso3,
    },
    /// Article 5(5): a meeting decided on a request for extension; effective on the meeting's last day.
    ClearanceExtensionDecided {
        /// The State.
        state: Iso3,
        /// The meeting that decided.
        meeting: String,
        /// What it decided.
        #[serde(flatten)]
        decision: ExtensionDecision,
    },
    /// Article 5: a State declared that it has cleared all mined areas.
    ClearanceCompleted {
        /// The State.
        state: Iso3,
    },
    /// Article 5: mined areas came to light after completion.
    ClearanceReopened {
        /// The State.
        state: Iso3,
    },
    /// Article 3: a State told how many mines it retains.
    MinesRetained {
        /// The State.
        state: Iso3,
        /// Calendar year the figure stands for.
        year: i16,
        /// Mines retained.
        mines: u64,
        /// Mines first declared as retained, where a source says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        initial_declaration: Option<u64>,
    },
    /// Article 7: a report is known to have been submitted elsewhere; effective on the day of submission.
    ReportSubmitted {
        /// The State.
        state: Iso3,
        /// Which report.
        report: ReportKind,
        /// Calendar year that it covers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calendar_year: Option<i16>,
    },
    /// Article 7: a source says that a report was not there by this day.
    ReportNotReceived {
        /// The State.
        state: Iso3,
        /// Which report.
        report: ReportKind,
        /// Calendar year that it should cover.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calendar_year: Option<i16>,
    },
    /// Article 7: a report was lodged in this register; effective on the day of lodging.
    ReportLodged {
        /// The State.
        state: Iso3,
        /// Which report.
        report: ReportKind,
        /// Calendar year that it covers.
        calendar_year: i16,
        /// 1 for the first, one more for each that replaces it.
        version: u32,
        /// SHA-256 of the report file, in hexadecimal.
        report_sha256: String,
    },
    /// A figure printed by somebody, kept as printed.
    FigurePublished {
        /// The State, or none for the world.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<Iso3>,
        /// What is measured: `casualties`, `mined area`, `reporting rate`.
        measure: String,
        /// The figures by name, as printed.
        figures: BTreeMap<String, String>,
    },
    /// The scale of assessments gives a State a rate.
    RateAssessed {
        /// The State.
        state: Iso3,
        /// The period: `2022-2024`.
        period: String,
        /// Percent, as printed.
        percent: String,
        /// Which scale.
        scale: String,
    },
}

impl Deed {
    /// The State that the act is about, if it is about one.
    #[must_use]
    pub fn state(&self) -> Option<Iso3> {
        match self {
            Self::StateListed(listed) => Some(listed.state),
            Self::ConventionSigned { state }
            | Self::InstrumentDeposited { state, .. }
            | Self::WithdrawalNotified { state }
            | Self::ArmedConflictBegun { state }
            | Self::ArmedConflictEnded { state }
            | Self::ClaimRecorded { state, .. }
            | Self::StockpileHeld { state, .. }
            | Self::StockpileDestroyed { state, .. }
            | Self::MinedAreasReported { state }
            | Self::ClearanceExtensionDecided { state, .. }
            | Self::ClearanceCompleted { state }
            | Self::ClearanceReopened { state }
            | Self::MinesRetained { state, .. }
            | Self::ReportSubmitted { state, .. }
            | Self::ReportNotReceived { state, .. }
            | Self::ReportLodged { state, .. }
            | Self::RateAssessed { state, .. } => Some(*state),
            Self::FigurePublished { state, .. } => *state,
            Self::MeetingConvened(_) | Self::ActionPlanAdopted { .. } | Self::ResolutionAdopted(_) => None,
        }
    }
}

/// Article 16: the ways to consent to be bound; and succession of States.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstrumentKind {
    /// By a signatory.
    Ratification,
    /// By a signatory.
    Acceptance,
    /// By a signatory.
    Approval,
    /// By a State that did not sign.
    Accession,
    /// By a State that follows another in its treaties.
    Succession,
}

impl InstrumentKind {
    /// Article 16(1): ratification, acceptance and approval are for signatories.
    #[must_use]
    pub fn needs_signature(self) -> bool {
        matches!(self, Self::Ratification | Self::Acceptance | Self::Approval)
    }
}

/// What a meeting decided on a request under Article 5(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "kebab-case")]
pub enum ExtensionDecision {
    /// Granted, to this day.
    Granted {
        /// The new deadline.
        deadline: Date,
        /// Whether a source was found for it.
        sourced: bool,
    },
    /// Granted, but the new deadline was not found.
    GrantedDateNotKnown,
    /// Requested at that meeting; what it decided was not found.
    ResultNotKnown,
    /// Not granted.
    Refused,
}

/// Which of the Convention's meetings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeetingKind {
    /// Article 11.
    MeetingOfTheStatesParties,
    /// Article 12.
    ReviewConference,
}

/// A meeting of the Convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// `18MSP`, `4RC`.
    pub meeting: String,
    /// Article 11 or Article 12.
    pub kind: MeetingKind,
    /// Last day, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
    /// City, where known; `Geneva (virtual)` for a meeting held at a distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Host country, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Iso3>,
    /// President, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub president: Option<String>,
    /// Symbol of the final report, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_report: Option<String>,
    /// Whether it took decisions on requests for extension that are not on record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extension_decisions_missing: bool,
}

/// How a State voted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vote {
    /// In favour.
    Yes,
    /// Against.
    No,
    /// Abstaining.
    Abstain,
}

/// A resolution of the General Assembly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// `A/RES/75/52`.
    pub symbol: String,
    /// As later resolutions cite it: `75/52`, `54/54 B`.
    pub citation: String,
    /// In favour, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yes: Option<u32>,
    /// Against, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no: Option<u32>,
    /// Abstaining, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstain: Option<u32>,
    /// The votes by State, where known; a State not named was absent or is not known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub votes: BTreeMap<Iso3, Vote>,
    /// Votes that a source gives under a name only (`Yugoslavia`, for all its years), kept as printed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub votes_by_name: BTreeMap<String, Vote>,
}
