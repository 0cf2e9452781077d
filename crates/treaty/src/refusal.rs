//! Why an act cannot be recorded.

use crate::date::{Date, PartialDate};
use crate::state::Iso3;

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
        "{state} owes no report for {calendar_year}: the Convention entered into force for it on {entry_into_force}"
    )]
    YearBeforeEntryIntoForce {
        /// The State.
        state: Iso3,
        /// The year of the report.
        calendar_year: i16,
        /// When it was first bound.
        entry_into_force: Date,
    },
    /// No report is for a year before the Convention or a year to come.
    #[error("no report can be for {calendar_year}: the years are 1997 to {last}; mend the year")]
    YearOutOfRange {
        /// The year of the report.
        calendar_year: i16,
        /// The last year that can be reported on.
        last: i16,
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
