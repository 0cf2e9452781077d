//! Against the register: "not applicable" where the register holds a stockpile or mined areas and no end of them.

use super::{Context, Finding, Rule, Severity};
use crate::article7::report::{Answer, Report, SectionKey};
use crate::say;

pub(super) fn check(report: &Report, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(file) = context.state else { return };
    let stock = !file.stockpiles.is_empty() && file.stockpile_destroyed.is_none();
    let known = !(file.mined_areas.is_empty() && file.extensions.is_empty());
    let mined = known && file.clearance.last().is_none_or(|event| !event.what);
    let sections = &report.sections;
    for (open, says, section) in [
        (stock && sections.stockpiles == Answer::NotApplicable, say!("finding-register-stockpile"), SectionKey::B),
        (mined && sections.mined_areas == Answer::NotApplicable, say!("finding-register-mined-areas"), SectionKey::C),
    ] {
        if open {
            findings.push(Finding {
                rule: Rule::Register,
                severity: Severity::Warning,
                section: Some(section),
                place: String::new(),
                says,
                remedy: say!("remedy-register"),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Deed;
    use crate::article7::checks::cases::{report, short};
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    fn findings(acts: &Acts) -> Vec<(Severity, &'static str)> {
        let mut report = report();
        report.sections.stockpiles = Answer::NotApplicable;
        report.sections.mined_areas = Answer::NotApplicable;
        let register = acts.register();
        let context = Context { state: register.state(state("XXA")), previous: None, today: date(2026, 4, 1) };
        let mut findings = Vec::new();
        check(&report, &context, &mut findings);
        short(&findings)
    }

    #[test]
    fn not_applicable_is_held_against_what_the_register_knows() {
        let acts = || Acts::new().listed("XXA").accession("XXA", "2015-03-10");
        assert_eq!(findings(&acts()), []);
        let held = Deed::StockpileHeld { state: state("XXA"), mines: Some(5) };
        let destroyed = Deed::StockpileDestroyed { state: state("XXA"), mines: Some(5) };
        assert_eq!(findings(&acts().deed("2016", held.clone())), [(Severity::Warning, "finding-register-stockpile")]);
        assert_eq!(findings(&acts().deed("2016", held).deed("2018", destroyed)), []);
        let mined = Deed::MinedAreasReported { state: state("XXA") };
        let cleared = Deed::ClearanceCompleted { state: state("XXA") };
        assert_eq!(
            findings(&acts().deed("2016", mined.clone())),
            [(Severity::Warning, "finding-register-mined-areas")]
        );
        assert_eq!(findings(&acts().deed("2016", mined).deed("2020", cleared)), []);
    }
}
