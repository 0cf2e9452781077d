//! `mineban verify`: is this the report that was lodged?

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use desk::{DeskError, Value};
use serde::Serialize;

use crate::cli::{Done, Given};
use crate::output;

/// `verify RECEIPT [REPORT]`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The receipt file
    receipt: PathBuf,
    /// The report file that the receipt stands for
    report: Option<PathBuf>,
    /// The journal's published verifier key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

#[derive(Serialize)]
struct VerifyView<'a> {
    verified: bool,
    act: &'a str,
    index: u64,
    tree_size: u64,
    root: &'a str,
    origin: &'a str,
    key: &'a str,
    key_was_given: bool,
    report_sha256: Option<&'a str>,
    report_was_given: bool,
    steps: &'a [String],
}

impl Verify {
    pub(crate) fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let verified = desk::verify::verify(&self.receipt, self.report.as_deref(), self.key.as_deref())?;
        if given.json {
            output::print_json(&VerifyView {
                verified: true,
                act: &verified.act_json,
                index: verified.index,
                tree_size: verified.tree_size,
                root: &verified.root,
                origin: &verified.origin,
                key: &verified.key,
                key_was_given: verified.key_was_given,
                report_sha256: verified.report_sha256.as_deref(),
                report_was_given: verified.report_was_given,
                steps: &verified.steps,
            })?;
            return Ok(Done::Fine);
        }
        let words = given.words;
        let mut text = String::new();
        for step in &verified.steps {
            let _ = writeln!(text, "- {step}");
        }
        let _ = writeln!(text, "{}", words.with("verified", &[("act", Value::Text(verified.act.id.to_string()))]));
        if !verified.report_was_given && verified.report_sha256.is_some() {
            let _ = writeln!(text, "{}", words.text("verified-without-report"));
        }
        if !verified.key_was_given {
            let _ = writeln!(
                text,
                "{}",
                words.with("verified-without-key", &[("key", Value::from(verified.key.as_str()))])
            );
        }
        output::print(&text)?;
        Ok(Done::Fine)
    }
}
