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

fn beside(report: &Path, ending: &str) -> PathBuf {
    report.with_extension(ending)
}

impl Lodge {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let words = given.words;
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
        let receipt = self.receipt.clone().unwrap_or_else(|| beside(&self.report, "receipt.json"));
        let report = self.lodged.clone().unwrap_or_else(|| beside(&self.report, "lodged.json"));
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
