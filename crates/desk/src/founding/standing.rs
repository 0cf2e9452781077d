//! States, signatures, instruments, withdrawals, meetings, resolutions.

use std::collections::BTreeMap;

use treaty::act::{Act, Deed, InstrumentKind, Meeting, MeetingKind, Resolution, Vote};
use treaty::date::{Date, PartialDate};
use treaty::state::{Iso3, State, UnStatus};

use super::row::rows;
use super::{ACTION_PLANS, CLAIMS, FoundingError, MEETINGS, RESOLUTIONS, STATES, VOTES, act};

pub(super) fn listed_and_signed() -> Result<Vec<Act>, FoundingError> {
    let mut acts = Vec::new();
    let rows = rows(STATES.0, STATES.1)?;
    for row in &rows {
        let state: Iso3 = row.need_read("iso3")?;
        let standing = [("member", UnStatus::Member), ("observer", UnStatus::Observer), ("other", UnStatus::Other)];
        let listed = State {
            state,
            iso2: row.need("iso2")?.to_owned(),
            m49: row.need("m49")?.to_owned(),
            name: row.need("name_en")?.to_owned(),
            un_status: row.one_of("un_status", &standing)?,
            un_group: row.text("un_group").map(str::to_owned),
        };
        acts.push(act(&format!("state/{state}"), PartialDate::Unknown, row, Deed::StateListed(listed))?);
    }
    for row in &rows {
        let state: Iso3 = row.need_read("iso3")?;
        if row.text("signature_date").is_some() {
            let on = row.date("signature_date")?;
            acts.push(act(&format!("signature/{state}"), on, row, Deed::ConventionSigned { state })?);
        }
    }
    Ok(acts)
}

const KINDS: [(&str, InstrumentKind); 5] = [
    ("ratification", InstrumentKind::Ratification),
    ("acceptance", InstrumentKind::Acceptance),
    ("approval", InstrumentKind::Approval),
    ("accession", InstrumentKind::Accession),
    ("succession", InstrumentKind::Succession),
];

pub(super) fn instruments_and_withdrawals() -> Result<Vec<Act>, FoundingError> {
    let mut acts = Vec::new();
    for row in rows(STATES.0, STATES.1)? {
        let state: Iso3 = row.need_read("iso3")?;
        if row.text("consent_kind").is_none() {
            continue;
        }
        let instrument = row.one_of("consent_kind", &KINDS)?;
        // Only for successors is this date a fact; for all others it is derived by Article 17.
        let successor = instrument == InstrumentKind::Succession;
        let runs_from = row.read::<Date>("entry_into_force")?.filter(|_| successor);
        let deed = Deed::InstrumentDeposited { state, instrument, runs_from };
        acts.push(act(&format!("instrument/{state}"), row.date("consent_date")?, &row, deed)?);
        if row.text("withdrawal_notified").is_some() {
            let on = row.date("withdrawal_notified")?;
            acts.push(act(&format!("withdrawal/{state}"), on, &row, Deed::WithdrawalNotified { state })?);
        }
    }
    Ok(acts)
}

pub(super) fn claims() -> Result<Vec<Act>, FoundingError> {
    let mut acts = Vec::new();
    for row in rows(CLAIMS.0, CLAIMS.1)? {
        let state: Iso3 = row.need_read("iso3")?;
        let claim = row.need("claim")?.to_owned();
        let id = format!("claim/{state}/{}", row.need("date")?);
        acts.push(act(&id, row.date("date")?, &row, Deed::ClaimRecorded { state, claim })?);
    }
    Ok(acts)
}

pub(super) fn meetings() -> Result<Vec<Act>, FoundingError> {
    let kinds = [("MSP", MeetingKind::MeetingOfTheStatesParties), ("Review Conference", MeetingKind::ReviewConference)];
    let mut acts = Vec::new();
    for row in rows(MEETINGS.0, MEETINGS.1)? {
        let owned = |field| row.text(field).map(str::to_owned);
        let meeting = Meeting {
            meeting: row.need("number")?.to_owned(),
            kind: row.one_of("kind", &kinds)?,
            last_day: row.read("end_date")?,
            city: owned("city"),
            country: row.read("country_iso3")?,
            president: owned("president"),
            final_report: owned("final_report"),
            extension_decisions_missing: row.text("extension_decisions") == Some("incomplete"),
        };
        let id = format!("meeting/{}", meeting.meeting);
        acts.push(act(&id, row.date("start_date")?, &row, Deed::MeetingConvened(meeting))?);
    }
    Ok(acts)
}

/// The last day of each meeting: the day from which its decisions count.
pub(super) fn last_days() -> Result<BTreeMap<String, PartialDate>, FoundingError> {
    let rows = rows(MEETINGS.0, MEETINGS.1)?;
    rows.iter().map(|row| Ok((row.need("number")?.to_owned(), row.date("end_date")?))).collect()
}

pub(super) fn action_plans() -> Result<Vec<Act>, FoundingError> {
    let last_days = last_days()?;
    let mut acts = Vec::new();
    for row in rows(ACTION_PLANS.0, ACTION_PLANS.1)? {
        let (plan, meeting) = (row.need("plan")?.to_owned(), row.need("meeting")?.to_owned());
        let on = *last_days.get(&meeting).ok_or_else(|| row.wrong("meeting", "is not in facts/meetings.csv"))?;
        let id = format!("action-plan/{}", plan.replace(' ', "-"));
        let (from_year, to_year) = (row.need_read("from_year")?, row.need_read("to_year")?);
        acts.push(act(&id, on, &row, Deed::ActionPlanAdopted { plan, meeting, from_year, to_year })?);
    }
    Ok(acts)
}

/// Votes by State, and those that the source gives under a name only.
type Votes = (BTreeMap<Iso3, Vote>, BTreeMap<String, Vote>);

pub(super) fn resolutions() -> Result<Vec<Act>, FoundingError> {
    let words = [("yes", Vote::Yes), ("no", Vote::No), ("abstain", Vote::Abstain)];
    let mut votes: BTreeMap<String, Votes> = BTreeMap::new();
    for row in rows(VOTES.0, VOTES.1)? {
        let (by_state, by_name) = votes.entry(row.need("symbol")?.to_owned()).or_default();
        let vote = row.one_of("vote", &words)?;
        match row.read("iso3")? {
            Some(state) => drop(by_state.insert(state, vote)),
            None => drop(by_name.insert(row.need("name")?.to_owned(), vote)),
        }
    }
    let mut acts = Vec::new();
    for row in rows(RESOLUTIONS.0, RESOLUTIONS.1)? {
        let symbol = row.need("symbol")?.to_owned();
        let (votes, votes_by_name) = votes.remove(&symbol).unwrap_or_default();
        let resolution = Resolution {
            citation: row.need("citation")?.trim_start_matches("resolution ").to_owned(),
            yes: row.read("yes")?,
            no: row.read("no")?,
            abstain: row.read("abstain")?,
            votes,
            votes_by_name,
            symbol,
        };
        let id = format!("resolution/{}", resolution.symbol);
        acts.push(act(&id, row.date("adoption_date")?, &row, Deed::ResolutionAdopted(resolution))?);
    }
    Ok(acts)
}
