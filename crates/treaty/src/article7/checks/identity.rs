//! Treaty identity: whose report it is, and whether that State can lodge it. The only rule that blocks.

use super::{Context, Finding, Rule, Severity};
use crate::article7::report::{FORMAT, Report};
use crate::because::Sentence;
use crate::register::Refusal;
use crate::say;

pub(super) fn check(report: &Report, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut block = |place: &str, says: Sentence, remedy: Sentence| {
        let (rule, severity) = (Rule::Identity, Severity::Blocker);
        findings.push(Finding { rule, severity, section: None, place: place.to_owned(), says, remedy });
    };
    if report.format != FORMAT {
        let says = say!("finding-format", given = report.format.as_str(), known = FORMAT);
        block("format", says, say!("remedy-format"));
    }
    let Some(file) = context.state else {
        let says = say!("finding-state-not-listed", code = report.state.as_str());
        return block("state", says, say!("remedy-state-not-listed"));
    };
    let refused = file.may_lodge(report.kind, report.calendar_year, report.version, context.today.into());
    match refused {
        Ok(()) => {}
        Err(Refusal::VersionOutOfOrder { given, next, .. }) => {
            let says = say!("finding-version", given = given, next = next);
            block("version", says, say!("remedy-version", next = next));
        }
        Err(Refusal::YearBeforeEntryIntoForce { entry_into_force, .. }) => {
            let says =
                say!("finding-year-before-entry-into-force", year = report.calendar_year, date = entry_into_force);
            block("calendar_year", says, say!("remedy-year-before-entry-into-force"));
        }
        Err(Refusal::YearOutOfRange { last, .. }) => {
            let says = say!("finding-year-out-of-range", year = report.calendar_year, last = last);
            block("calendar_year", says, say!("remedy-year-out-of-range"));
        }
        Err(_) => {
            let says = say!("finding-not-bound", state = report.state, date = context.today);
            block("state", says, say!("remedy-not-bound"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::ReportKind;
    use crate::article7::checks::cases::{report, short};
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    fn findings(acts: &Acts, report: &Report) -> Vec<(Severity, &'static str)> {
        let register = acts.register();
        let context = Context { state: register.state(state("XXA")), previous: None, today: date(2026, 4, 1) };
        let mut findings = Vec::new();
        check(report, &context, &mut findings);
        short(&findings)
    }

    #[test]
    fn a_state_that_is_not_bound_can_lodge_a_voluntary_report_only() {
        let acts = Acts::new().listed("XXA");
        assert_eq!(findings(&acts, &report()), [(Severity::Blocker, "finding-not-bound")]);
        let voluntary = Report { kind: ReportKind::Voluntary, ..report() };
        assert_eq!(findings(&acts, &voluntary), []);
        assert_eq!(findings(&Acts::new(), &voluntary), [(Severity::Blocker, "finding-state-not-listed")]);
    }

    #[test]
    fn a_year_before_entry_into_force_and_a_version_out_of_order_block() {
        let acts = Acts::new().listed("XXA").accession("XXA", "2020-01-15");
        assert_eq!(findings(&acts, &report()), []);
        let early = Report { calendar_year: 2019, ..report() };
        assert_eq!(findings(&acts, &early), [(Severity::Blocker, "finding-year-before-entry-into-force")]);
        let second = Report { version: 2, ..report() };
        assert_eq!(findings(&acts, &second), [(Severity::Blocker, "finding-version")]);
    }
}
