//! Unanswered questions. "Not applicable", "unknown" and "unchanged since" are answers; silence is not.

use super::{Finding, Rule, Severity};
use crate::article7::report::{AnswerKind, Report, SectionKey};
use crate::say;

pub(super) fn check(report: &Report, findings: &mut Vec<Finding>) {
    for (section, answer) in report.sections.answers() {
        let voluntary = matches!(section, SectionKey::Victims | SectionKey::Cooperation);
        match answer {
            AnswerKind::ToBeAnswered => findings.push(Finding {
                rule: Rule::Completeness,
                severity: if voluntary { Severity::Info } else { Severity::Warning },
                section: Some(section),
                place: String::new(),
                says: say!("finding-not-answered"),
                remedy: say!("remedy-not-answered"),
            }),
            AnswerKind::UnchangedSince(year) if year >= report.calendar_year => findings.push(Finding {
                rule: Rule::Completeness,
                severity: Severity::Error,
                section: Some(section),
                place: "content".into(),
                says: say!("finding-unchanged-since-later", year = year),
                remedy: say!("remedy-unchanged-since-later", year = report.calendar_year),
            }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::checks::cases::report;
    use crate::article7::report::Answer;

    #[test]
    fn silence_is_a_finding_and_not_applicable_is_an_answer() {
        let mut report = report();
        report.sections.stockpiles = Answer::NotApplicable;
        report.sections.conversion = Answer::UnchangedSince(2025);
        report.sections.warning = Answer::UnchangedSince(2019);
        let mut findings = Vec::new();
        check(&report, &mut findings);
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        assert_eq!((count(Severity::Warning), count(Severity::Info), count(Severity::Error)), (6, 2, 1));
    }
}
