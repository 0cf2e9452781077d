//! Lodging a report: the act, and the receipt for it.

use std::path::Path;

use jiff::Timestamp;
use journal::{Journal, JournalError, Receipt};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use treaty::act::{ActId, Deed};
use treaty::article7::checks;
use treaty::article7::report::Report;
use treaty::date::utc_date;
use treaty::state::Iso3;

use crate::check::{FindingView, found, found_in_lodged, previous, view};
use crate::error::DeskError;
use crate::rights::{Permit, subject, verb};
use crate::store::{self, Place, Store};
use crate::words::Words;
use crate::{files, report_file};

/// A report as lodged.
#[derive(Clone, Debug, Serialize)]
pub struct Lodged {
    /// The State.
    pub state: Iso3,
    /// The calendar year.
    pub calendar_year: i16,
    /// The version.
    pub version: u32,
    /// The act.
    pub act: String,
    /// Whether this very report had been lodged before.
    pub already: bool,
    /// SHA-256 of the report file as lodged.
    pub report_sha256: String,
    /// The journal's verifier key.
    pub key: String,
    /// What was found in it and did not block it.
    pub findings: Vec<FindingView>,
    /// The receipt.
    #[serde(skip)]
    pub receipt: Receipt,
    /// The report file as lodged, byte for byte.
    #[serde(skip)]
    pub report: Vec<u8>,
}

/// Lodges a report file: checks it, sets the day of submission, appends the act, and gives the receipt.
///
/// Lodging the same report again is lodging it once: the first receipt's act is found again.
///
/// # Errors
/// The file is no report, a finding blocks it, or the journal refuses it or cannot be written. Nothing was recorded then.
pub async fn lodge(place: &Place, path: &Path, now: Timestamp, words: &Words) -> Result<Lodged, DeskError> {
    // Read before the journal is opened: a slip in the file name makes no journal.
    let draft = report_file::read(path)?;
    let journal = store::write(place).await?;
    let mut store = Store { register: journal.register(), journal: Some(journal) };
    let lodged = Box::pin(lodge_report(&mut store, draft, now, words)).await;
    if let Some(journal) = store.journal.take() {
        journal.close().await;
    }
    lodged
}

/// Lodges a report that somebody sent, in the name of the State that the permit is for.
///
/// # Errors
/// It is another State's report; a finding blocks it; or the journal refuses it or cannot be written. Nothing was recorded
/// then.
pub async fn lodge_sent(
    permit: &Permit<verb::Lodge, subject::Report>,
    store: &mut Store,
    report: Report,
    now: Timestamp,
    words: &Words,
) -> Result<Lodged, DeskError> {
    if permit.subject().state != Some(report.state) {
        return Err(DeskError::OtherState { given: report.state });
    }
    lodge_report(store, report, now, words).await
}

async fn lodge_report(store: &mut Store, draft: Report, now: Timestamp, words: &Words) -> Result<Lodged, DeskError> {
    if let Some(again) = lodged_before(store, &draft, words).await? {
        return Ok(again);
    }
    let today = utc_date(now);
    let salt = if draft.speaks_of_people() { Some(salt()?) } else { None };
    let report = Report { submitted_on: Some(today), salt, ..draft.clone() };
    let before = previous(store, &report).await?;
    let mut findings = found(store, &report, before.as_ref(), today);
    if checks::is_blocked(&findings) {
        findings.retain(|finding| finding.severity == checks::Severity::Blocker);
        return Err(DeskError::Blocked(findings));
    }
    let bytes = report_file::to_bytes(&report);
    let sha256 = hex(&bytes);
    let deed = Deed::ReportLodged {
        state: report.state,
        report: report.kind,
        calendar_year: report.calendar_year,
        version: report.version,
        report_sha256: sha256.clone(),
    };
    let act = store::act(act_id(&report), today, now, "lodged in this register", deed);
    let id = act.id.clone();
    let Some(journal) = &mut store.journal else { return Err(DeskError::Nothing("there is no journal to lodge in")) };
    let appended = match journal.append(&[act], &[&bytes]).await {
        // Somebody lodged that version meanwhile: the same report, sent at the same time by way of another node, or before
        // an answer that was lost. Each lodging has its own day and salt, so only what it says can tell.
        Err(JournalError::IdTaken { id, position }) => {
            store.register = journal.register();
            let again = lodged_before(store, &draft, words).await?;
            return again.ok_or_else(|| JournalError::IdTaken { id, position }.into());
        }
        appended => appended?,
    };
    let already = appended.first().is_some_and(|appended| appended.already);
    let findings = findings.iter().map(|finding| view(finding, words)).collect();
    lodged(journal, &report, id, already, bytes, findings).await
}

/// The report as lodged earlier, when this one says the same: a repeated command, or one whose answer was lost.
async fn lodged_before(store: &Store, draft: &Report, words: &Words) -> Result<Option<Lodged>, DeskError> {
    let (Some(journal), Some(file)) = (&store.journal, store.register.state(draft.state)) else { return Ok(None) };
    let Some((on_file, sha256)) = file.lodged_version(draft.kind, draft.calendar_year, draft.version) else {
        return Ok(None);
    };
    let Some(bytes) = journal.blob(sha256).await? else { return Ok(None) };
    let there = report_file::parse(&bytes, Path::new(sha256))?;
    if (Report { submitted_on: there.submitted_on, salt: there.salt.clone(), ..draft.clone() }) != there {
        return Ok(None);
    }
    let before = previous(store, &there).await?;
    let findings = found_in_lodged(store, &there, before.as_ref(), on_file.known_on);
    let findings = findings.iter().map(|finding| view(finding, words)).collect();
    lodged(journal, &there, on_file.act.clone(), true, bytes, findings).await.map(Some)
}

async fn lodged(
    journal: &Journal,
    report: &Report,
    id: ActId,
    already: bool,
    bytes: Vec<u8>,
    findings: Vec<FindingView>,
) -> Result<Lodged, DeskError> {
    Ok(Lodged {
        state: report.state,
        calendar_year: report.calendar_year,
        version: report.version,
        act: id.to_string(),
        already,
        report_sha256: hex(&bytes),
        key: journal.verifier_key().to_owned(),
        findings,
        receipt: journal.prove_inclusion(&id).await?,
        report: bytes,
    })
}

/// The act's name: one for each State, kind, year and version, so that a report is lodged once.
fn act_id(report: &Report) -> ActId {
    ActId(format!("report/{}/{}/{}/{}", report.state, report.kind.as_str(), report.calendar_year, report.version))
}

/// 256 random bits, so that figures held back from the public cannot be guessed from the hash of the file.
fn salt() -> Result<String, DeskError> {
    let mut bits = [0_u8; 32];
    getrandom::fill(&mut bits)
        .map_err(|_| DeskError::Nothing("the system gives no random numbers, so nothing was lodged; try again"))?;
    Ok(hex_of(&bits))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    hex_of(&Sha256::digest(bytes))
}

fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a text cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Writes the report as lodged and its receipt.
///
/// # Errors
/// A file cannot be written. The report is lodged all the same; lodge it again to get its receipt.
pub fn write(lodged: &Lodged, report: &Path, receipt: &Path) -> Result<(), DeskError> {
    let still_lodged = |error| match error {
        DeskError::Write { path, source } => DeskError::LodgedNotWritten { act: lodged.act.clone(), path, source },
        other => other,
    };
    files::write(report, &lodged.report).map_err(still_lodged)?;
    files::write(receipt, lodged.receipt.to_json().as_bytes()).map_err(still_lodged)
}
