//! `mineban intake`: read field files and say what was understood.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use desk::field::{self, FieldFinding, Reading};
use desk::{DeskError, FieldSeverity, Iso3, Value, Words};
use serde::Serialize;

use crate::cli::{Done, Given};
use crate::output::{self, Progress};

/// `intake FILE…`
#[derive(Debug, Args)]
pub(crate) struct Intake {
    /// Field files: CSV, TSV, XLSX, ODS, GeoJSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the columns mean, where their names do not tell (TOML)
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The State whose records they are, as in COL: places outside it are then noticed
    #[arg(long, value_name = "STATE")]
    state: Option<Iso3>,
    /// Print what each column was taken for, and each finding
    #[arg(long)]
    explain: bool,
}

#[derive(Serialize)]
struct FileView<'a> {
    file: &'a str,
    sha256: &'a str,
    records: &'static str,
    rows_read: u64,
    rows_taken: usize,
    rows_set_aside: usize,
    set_aside: Vec<FieldFinding>,
    findings: Vec<FieldFinding>,
    columns: &'a [desk::ColumnUnderstood],
}

impl Intake {
    pub(crate) fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let state = self.state;
        let progress = Progress::of_bytes();
        let at = |done, total| progress.at(done, total);
        let files = field::read(&Reading {
            files: &self.files,
            mapping: self.mapping.as_deref(),
            state,
            today: given.today(),
            progress: Some(&at),
        })?;
        drop(progress);
        let words = given.words;
        let views: Vec<FileView<'_>> = files.iter().map(|file| view(file, words)).collect();
        if given.json {
            output::print_json(&views)?;
        } else if self.explain {
            for file in &files {
                output::print(&desk::explain(file))?;
            }
        } else {
            output::print(&summary(&views, words))?;
        }
        let remarkable = |finding: &FieldFinding| finding.severity != FieldSeverity::Info;
        let found = views.iter().any(|view| view.rows_set_aside > 0 || view.findings.iter().any(remarkable));
        Ok(if found { Done::Findings } else { Done::Fine })
    }
}

fn view<'a>(file: &'a desk::Intake, words: &Words) -> FileView<'a> {
    FileView {
        file: &file.file,
        sha256: &file.sha256,
        records: file.kind.key(),
        rows_read: file.rows_read,
        rows_taken: file.taken.len(),
        rows_set_aside: file.set_aside.len(),
        set_aside: file.set_aside.iter().map(|row| field::finding(&row.reason, words)).collect(),
        findings: file.findings.iter().map(|found| field::finding(found, words)).collect(),
        columns: &file.columns,
    }
}

fn summary(views: &[FileView<'_>], words: &Words) -> String {
    let mut text = String::new();

    for view in views {
        let values = [
            ("file", Value::from(view.file)),
            ("records", Value::Text(words.records(view.records))),
            ("read", Value::from(view.rows_read)),
            ("taken", Value::from(view.rows_taken)),
            ("aside", Value::from(view.rows_set_aside)),
            ("findings", Value::from(view.findings.len())),
        ];
        let _ = writeln!(text, "{}", words.with("intake-summary", &values));
    }
    text
}

/// Findings of field files, one a line with its place, the gravest first, at most so many.
pub(crate) fn list(findings: &[FieldFinding], at_most: usize, words: &Words, text: &mut String) {
    let mut sorted: Vec<&FieldFinding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in sorted.iter().take(at_most) {
        let place = [
            finding.file.clone(),
            finding.row.map(|row| words.with("place-row", &[("row", Value::from(row))])),
            finding.field.clone(),
            finding.value.as_ref().map(|value| format!("\"{value}\"")),
        ];
        let place: Vec<String> = place.into_iter().flatten().collect();
        let _ = writeln!(text, "- {}: {}", place.join(", "), finding.says);
    }
    let left = sorted.len().saturating_sub(at_most);
    if left > 0 {
        let _ = writeln!(text, "{}", words.with("and-more-findings", &[("count", Value::from(left))]));
    }
}
