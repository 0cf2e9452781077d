//! `mineban check`: does a report add up?

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use desk::check::{FindingView, check};
use desk::store::Store;
use desk::{DeskError, Severity, Value, Words};

use crate::cli::{Done, Given};
use crate::output;

/// `check REPORT`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The report file
    report: PathBuf,
}

impl Check {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let store = Store::read(&given.place).await?;
        let words = given.words;
        let view = check(&store, &self.report, given.today(), words).await?;
        if given.json {
            output::print_json(&view)?;
        } else {
            let values = [
                ("state", Value::State(view.state)),
                ("year", Value::from(view.calendar_year)),
                ("version", Value::from(view.version)),
            ];
            let mut text = words.with("report-of", &values);
            text.push('\n');
            findings(&view.findings, words, &mut text);
            let key = if view.can_be_lodged { "can-be-lodged" } else { "cannot-be-lodged" };
            let _ = writeln!(text, "{}", words.text(key));
            output::print(&text)?;
        }
        let remarkable = view.findings.iter().any(|finding| finding.severity > Severity::Info);
        Ok(if remarkable { Done::Findings } else { Done::Fine })
    }
}

/// Findings, one after the other, with what to do.
pub(crate) fn findings(findings: &[FindingView], words: &Words, text: &mut String) {
    if findings.is_empty() {
        let _ = writeln!(text, "{}", words.text("no-findings"));
    }
    for finding in findings {
        let severity = words.text(finding.severity.key());
        let _ = writeln!(text, "- {severity}, {}: {} {}", finding.place, finding.says, finding.remedy);
    }
}
