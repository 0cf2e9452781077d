//! Reading a lodged report: what the State said, whether it adds up, and the receipt.

use std::path::Path;

use journal::Receipt;
use serde::Serialize;
use treaty::article7::ReportKind;
use treaty::article7::lettering::Lettering;
use treaty::article7::report::{Report, SectionKey};
use treaty::date::{Date, PartialDate};
use treaty::state::Iso3;

use crate::check::{FindingView, found_in_lodged, previous, view};
use crate::edition::{self, Edition, Withheld};
use crate::error::DeskError;
use crate::report_file;
use crate::store::Store;
use crate::words::Words;

/// A lodged report, with its findings and its receipt.
#[derive(Clone, Debug, Serialize)]
pub struct ReportView {
    /// The State's name.
    pub name: String,
    /// Whether the State is made up.
    pub invented: bool,
    /// When it was lodged.
    pub lodged_on: PartialDate,
    /// The act.
    pub act: String,
    /// How much is shown.
    pub edition: Edition,
    /// What is held back.
    pub withheld: Withheld,
    /// SHA-256 of the file as lodged; `None` where it would give hidden figures away.
    pub report_sha256: Option<String>,
    /// What was found when it is checked now.
    pub findings: Vec<FindingView>,
    /// The letter of each section in the two letterings; `None` where it is not confirmed.
    pub letters: Vec<SectionLetters>,
    /// The receipt; `None` where it would give hidden figures away.
    pub receipt: Option<Receipt>,
    /// The version that holds now.
    pub current_version: u32,
    /// The report, as far as it is shown.
    pub report: Report,
    /// Its file: byte for byte as lodged where nothing is held back, else the public edition.
    #[serde(skip)]
    pub file: Vec<u8>,
}

/// Which of a State's reports for a year.
#[derive(Clone, Copy, Debug, Default)]
pub struct Which {
    /// Initial, annual or voluntary; without it, the first of annual, initial, voluntary that there is.
    pub kind: Option<ReportKind>,
    /// The version; without it, the current one.
    pub version: Option<u32>,
}

/// The letters of one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SectionLetters {
    /// The section.
    pub section: SectionKey,
    /// In the classic lettering.
    pub classic: Option<char>,
    /// In that of the Guide to Reporting of 2015.
    pub guide_2015: Option<char>,
}

/// A lodged report of a State for a year, in the edition that the asker may see.
///
/// # Errors
/// There is none in this journal, or the journal cannot be read.
pub async fn lodged(
    store: &Store,
    state: Iso3,
    year: i16,
    which: Which,
    today: Date,
    edition: Edition,
    words: &Words,
) -> Result<ReportView, DeskError> {
    let none = || DeskError::NoReport { state: state.to_string(), year };
    let (Some(journal), Some(file)) = (&store.journal, store.register.state(state)) else { return Err(none()) };
    let kinds = [ReportKind::Annual, ReportKind::Initial, ReportKind::Voluntary];
    let (on_file, current_version, sha256) = kinds
        .iter()
        .filter(|kind| which.kind.is_none_or(|wanted| wanted == **kind))
        .find_map(|kind| {
            let (current, current_version, sha256) = file.current_version(*kind, year)?;
            let (on_file, sha256) = match which.version {
                Some(version) => file.lodged_version(*kind, year, version)?,
                None => (current, sha256),
            };
            Some((on_file, current_version, sha256))
        })
        .ok_or_else(none)?;
    let bytes = journal.blob(sha256).await?.ok_or_else(none)?;
    let report = report_file::parse(&bytes, Path::new(sha256))?;
    let before = previous(store, &report).await?;
    let findings = found_in_lodged(store, &report, before.as_ref(), today);
    let (shown, withheld, findings) = match edition {
        Edition::Full => (report, Withheld::default(), findings),
        Edition::Public => {
            let (shown, withheld) = edition::public(store, file, &report).await?;
            let findings = edition::public_findings(findings, &withheld);
            (shown, withheld, findings)
        }
    };
    let letters = SectionKey::ALL.map(|section| SectionLetters {
        section,
        classic: Lettering::Classic.letter(section),
        guide_2015: Lettering::Guide2015.letter(section),
    });
    let report_sha256 = (!withheld.hash_withheld).then(|| sha256.to_owned());
    let receipt = if withheld.hash_withheld { None } else { Some(journal.prove_inclusion(&on_file.act).await?) };
    let bytes = if withheld.nothing() {
        bytes
    } else {
        edition::public_file(&shown, &withheld, report_sha256.as_deref(), words)
    };
    Ok(ReportView {
        name: words.state(state),
        invented: file.state.un_status == treaty::state::UnStatus::Invented,
        lodged_on: on_file.on,
        act: on_file.act.to_string(),
        edition,
        withheld,
        report_sha256,
        findings: findings.iter().map(|finding| view(finding, words)).collect(),
        letters: letters.to_vec(),
        receipt,
        current_version,
        report: shown,
        file: bytes,
    })
}
