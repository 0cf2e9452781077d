//! Who may see what of a lodged report: the public edition, and the full one.
//!
//! [`Edition`] is a parameter of whatever shows a report; whoever calls decides by the rights of who asks, and nothing
//! below looks at rights again. What the public may not see of casualties is decided in [`treaty::disclosure`], over all
//! reports of the State for the year together, in the order in which they were lodged.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use treaty::article7::checks::Finding;
use treaty::article7::report::{Answer, Casualties, Report, SectionKey};
use treaty::because::Sentence;
use treaty::disclosure::{CasualtyFigure, DisclosureRule, public_casualties};
use treaty::quantity::Figure;
use treaty::register::StateFile;

use crate::error::DeskError;
use crate::report_file;
use crate::rights::{Permit, VerbType, subject};
use crate::store::Store;
use crate::words::Words;

/// The format of a public edition, at the head of its file. No program takes it for a report.
pub const PUBLIC_FORMAT: &str = "mineban-public-report/1";

/// How much of a report is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// For everybody: small counts of people hidden, and what would give them away.
    Public,
    /// As lodged, for those who have the right to exact figures of casualties.
    Full,
}

impl Edition {
    /// What somebody may see who has, or has not, the right to exact counts of casualties.
    #[must_use]
    pub fn of<V: VerbType>(permit: Option<&Permit<V, subject::ExactCasualties>>) -> Self {
        if permit.is_some() { Self::Full } else { Self::Public }
    }
}

/// What is held back in a public edition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Places in the report's JSON whose figures are hidden.
    pub hidden: Vec<String>,
    /// How many field files are not named: their rows are people, and the number of their rows is a count of people.
    pub files_not_named: usize,
    /// The rule.
    pub rule: DisclosureRule,
    /// Whether the file's SHA-256, its receipt and its act are held back too: a file without a salt could be guessed by its
    /// hash, one figure after the other.
    pub hash_withheld: bool,
}

impl Withheld {
    /// Whether the public may see everything.
    #[must_use]
    pub fn nothing(&self) -> bool {
        self.hidden.is_empty() && self.files_not_named == 0
    }
}

/// The report as the public may see it, and what is held back.
///
/// # Errors
/// The journal cannot be read.
pub(crate) async fn public(store: &Store, file: &StateFile, report: &Report) -> Result<(Report, Withheld), DeskError> {
    let rule = DisclosureRule::default();
    let mut edition = report.clone();
    let mut withheld = Withheld { rule, ..Withheld::default() };
    if report.sections.victims.given().is_some() {
        let shown = shown_casualties(store, file, report, &rule).await?;
        for figure in CasualtyFigure::ALL {
            if figure.of(&shown) == Figure::Hidden {
                withheld.hidden.push(format!("sections.victims.content.{}", figure.key()));
            }
        }
        edition.sections.victims = Answer::Given(shown);
    }
    edition.drawn_from.retain(|file| !file.is_of_people());
    withheld.files_not_named = report.drawn_from.len() - edition.drawn_from.len();
    withheld.hash_withheld = !withheld.nothing() && report.salt.is_none();
    if !withheld.nothing() {
        edition.salt = None;
    }
    Ok((edition, withheld))
}

/// The casualty figures of a report, decided together with those of every report of the State for the year before it.
async fn shown_casualties(
    store: &Store,
    file: &StateFile,
    report: &Report,
    rule: &DisclosureRule,
) -> Result<Casualties, DeskError> {
    let mut lodged: Vec<Casualties> = Vec::new();
    for on_file in file.reports.iter().filter(|on_file| on_file.what.calendar_year == Some(report.calendar_year)) {
        let Some((version, sha256)) = &on_file.what.lodged else { continue };
        let (Some(journal), true) = (&store.journal, file.state.state == report.state) else { continue };
        let Some(bytes) = journal.blob(sha256).await? else { continue };
        let there = report_file::parse(&bytes, Path::new(sha256))?;
        if let Some(people) = there.sections.victims.given() {
            lodged.push(people.clone());
        }
        if (on_file.what.kind, *version) == (report.kind, report.version) {
            break;
        }
    }
    // What cannot be decided is not shown.
    Ok(public_casualties(&lodged, rule).pop().unwrap_or_default())
}

/// The findings as the public may read them: those that quote casualty figures say less where figures are hidden.
pub(crate) fn public_findings(findings: Vec<Finding>, withheld: &Withheld) -> Vec<Finding> {
    let quiet = |finding: Finding| {
        if withheld.hidden.is_empty() || finding.section != Some(SectionKey::Victims) {
            return finding;
        }
        let says = Sentence { key: "finding-casualties-hidden", values: Vec::new() };
        Finding { says, place: String::new(), ..finding }
    };
    let mut findings: Vec<Finding> = findings.into_iter().map(quiet).collect();
    // How many of three breakdowns do not add up would tell something; that some do not is enough.
    findings.dedup_by(|a, b| a == b && a.says.key == "finding-casualties-hidden");
    findings
}

/// The file of a public edition: the report's JSON with what is hidden marked so, and a head that says what it is.
#[must_use]
pub fn public_file(edition: &Report, withheld: &Withheld, lodged_sha256: Option<&str>, words: &Words) -> Vec<u8> {
    // A report is structures, texts and finite numbers: writing it cannot fail.
    let Ok(Json::Object(report)) = serde_json::to_value(edition) else { return Vec::new() };
    let mut file = Map::new();
    file.insert("format".to_owned(), Json::from(PUBLIC_FORMAT));
    let note = serde_json::json!({
        "says": words.text("edition-public"),
        "lodged_report_sha256": lodged_sha256,
        "withheld": withheld,
    });
    file.insert("public_edition".to_owned(), note);
    file.extend(report.into_iter().filter(|(key, _)| key != "format"));
    let mut bytes = serde_json::to_vec_pretty(&file).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
