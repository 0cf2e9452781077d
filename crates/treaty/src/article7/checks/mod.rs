//! Whether a report adds up. Each consistency rule stands in a file of its own with its worked cases; the numbers are
//! those of the rules for a validator in the project's notes on reporting (`ARCHITECTURE.md`).
//!
//! Findings warn; they do not block. Only treaty identity and the integrity of the file may block a report
//! (the rule `identity`): reality breaks the text, and a report with findings is worth more than none.

mod against_register;
mod completeness;
mod identity;
mod rule01_stock_ledger;
mod rule05_contamination;
mod rule06_released_land;
mod rule07_units;
mod rule08_mines_and_land;
mod rule11_casualties;
mod rule12_dates;
mod rule13_years;

use serde::Serialize;

use crate::article7::report::{Report, SectionKey};
use crate::because::Sentence;
use crate::date::Date;
use crate::register::StateFile;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Probably wrong, or in need of an explanation.
    Warning,
    /// Cannot be right.
    Error,
    /// Keeps the report from being lodged: treaty identity or integrity.
    Blocker,
}

impl Severity {
    /// Key of its name in the locales.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Info => "severity-info",
            Self::Warning => "severity-warning",
            Self::Error => "severity-error",
            Self::Blocker => "severity-blocker",
        }
    }
}

/// Which rule found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The State, the year, the version.
    Identity,
    /// Unanswered questions.
    Completeness,
    /// What the register knows of the State.
    Register,
    /// 1
    StockLedger,
    /// 5
    Contamination,
    /// 6
    ReleasedLand,
    /// 7
    Units,
    /// 8
    MinesAndLand,
    /// 11
    Casualties,
    /// 12
    Dates,
    /// 13
    Years,
}

impl Rule {
    /// The rule's number among the consistency rules, if it has one.
    #[must_use]
    pub fn number(self) -> Option<u8> {
        match self {
            Self::Identity | Self::Completeness | Self::Register => None,
            Self::StockLedger => Some(1),
            Self::Contamination => Some(5),
            Self::ReleasedLand => Some(6),
            Self::Units => Some(7),
            Self::MinesAndLand => Some(8),
            Self::Casualties => Some(11),
            Self::Dates => Some(12),
            Self::Years => Some(13),
        }
    }

    /// Key of what the rule demands, in the locales.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Identity => "rule-identity",
            Self::Completeness => "rule-completeness",
            Self::Register => "rule-register",
            Self::StockLedger => "rule-stock-ledger",
            Self::Contamination => "rule-contamination",
            Self::ReleasedLand => "rule-released-land",
            Self::Units => "rule-units",
            Self::MinesAndLand => "rule-mines-and-land",
            Self::Casualties => "rule-casualties",
            Self::Dates => "rule-dates",
            Self::Years => "rule-years",
        }
    }
}

/// Something that a rule found in a report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How much it matters.
    pub severity: Severity,
    /// The section; `None` for the report as a whole.
    pub section: Option<SectionKey>,
    /// The place in the section, as in the report's JSON: `units[2].closing_m2`.
    pub place: String,
    /// What is wrong.
    pub says: Sentence,
    /// What to do.
    pub remedy: Sentence,
}

/// What a report is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The State's file in the register; `None` when the register does not know the State.
    pub state: Option<&'a StateFile>,
    /// The State's report for the year before, where there is one.
    pub previous: Option<&'a Report>,
    /// The day of the check.
    pub today: Date,
}

/// Runs every rule. Blockers come first, then by severity and place.
#[must_use]
pub fn check(report: &Report, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    identity::check(report, context, &mut findings);
    completeness::check(report, &mut findings);
    against_register::check(report, context, &mut findings);
    rule01_stock_ledger::check(report, &mut findings);
    rule05_contamination::check(report, &mut findings);
    rule06_released_land::check(report, &mut findings);
    rule07_units::check(report, &mut findings);
    rule08_mines_and_land::check(report, &mut findings);
    rule11_casualties::check(report, &mut findings);
    rule12_dates::check(report, context, &mut findings);
    rule13_years::check(report, context, &mut findings);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// Whether any finding keeps the report from being lodged.
#[must_use]
pub fn is_blocked(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Blocker)
}

#[cfg(test)]
pub(crate) mod cases {
    use super::{Finding, Severity};
    use crate::article7::ReportKind;
    use crate::article7::drafting::{FieldFigures, draft};
    use crate::article7::report::Report;
    use crate::testing::state;

    pub(crate) fn report() -> Report {
        draft(state("XXA"), ReportKind::Annual, 2025, 1, &FieldFigures::default())
    }

    /// Findings in few words: severity and the key of what is said.
    pub(crate) fn short(findings: &[Finding]) -> Vec<(Severity, &'static str)> {
        findings.iter().map(|finding| (finding.severity, finding.says.key)).collect()
    }
}
