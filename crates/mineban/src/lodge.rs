//! `mineban lodge`: lodge a report and get the receipt.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use desk::lodge::{lodge, write};
use desk::{DeskError, Value, check};

use crate::check::findings;
use crate::cli::{Done, Given};
use crate::output;

/// `lodge REPORT`
#[derive(Debug, Args)]
pub(crate) struct Lodge {
    /// The report file
    report: PathBuf,
    /// Where to write the receipt [default: beside the report, NAME.receipt.json]
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Where to write the report as lodged [default: beside the report, NAME.lodged.json]
    #[arg(long, value_name = "FILE")]
    lodged: Option<PathBuf>,
}

/// `COL-2025.json` → `COL-2025.receipt.json`; for a later version `COL-2025.v2.receipt.json`, so that no receipt is lost.
fn beside(report: &Path, version: u32, ending: &str) -> PathBuf {
    if version > 1 { report.with_extension(format!("v{version}.{ending}")) } else { report.with_extension(ending) }
}

impl Lodge {
    /// Nothing is written over the draft, and the receipt not over the report.
    fn different_places(&self) -> Result<(), DeskError> {
        let given = [Some(&self.report), self.receipt.as_ref(), self.lodged.as_ref()];
        let given: Vec<&PathBuf> = given.into_iter().flatten().collect();
        let twice = given.iter().enumerate().find(|(at, path)| given.iter().take(*at).any(|other| other == *path));
        twice.map_or(Ok(()), |(_, path)| Err(DeskError::SamePlace((*path).clone())))
    }

    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let words = given.words;
        self.different_places()?;
        let lodged = match lodge(&given.place, &self.report, given.now, words).await {
            Ok(lodged) => lodged,
            Err(DeskError::Blocked(blockers)) => {
                let views: Vec<_> = blockers.iter().map(|finding| check::view(finding, words)).collect();
                if given.json {
                    output::print_json(&views)?;
                } else {
                    let mut text = String::new();
                    findings(&views, words, &mut text);
                    output::print(&text)?;
                }
                return Err(DeskError::Blocked(blockers));
            }
            Err(other) => return Err(other),
        };
        let receipt = self.receipt.clone().unwrap_or_else(|| beside(&self.report, lodged.version, "receipt.json"));
        let report = self.lodged.clone().unwrap_or_else(|| beside(&self.report, lodged.version, "lodged.json"));
        write(&lodged, &report, &receipt)?;
        if given.json {
            output::print_json(&lodged)?;
            return Ok(Done::Fine);
        }
        let mut text = String::new();
        let key = if lodged.already { "lodged-before" } else { "lodged-now" };
        let values = [
            ("state", Value::State(lodged.state)),
            ("year", Value::from(lodged.calendar_year)),
            ("version", Value::from(lodged.version)),
            ("act", Value::from(lodged.act.as_str())),
        ];
        let _ = writeln!(text, "{}", words.with(key, &values));
        findings(&lodged.findings, words, &mut text);
        for (key, path) in [("lodged-report-written", &report), ("receipt-written", &receipt)] {
            let _ = writeln!(text, "{}", words.with(key, &[("file", Value::Text(path.display().to_string()))]));
        }
        let _ = writeln!(text, "{}", words.with("journal-key", &[("key", Value::from(lodged.key.as_str()))]));
        output::print(&text)?;
        Ok(Done::Fine)
    }
}
