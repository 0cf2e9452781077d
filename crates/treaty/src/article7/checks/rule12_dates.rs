//! Rule 12: mines emplaced after entry into force may be new use; the period is a full calendar year; a report is not
//! submitted before its period ends, nor in the future.

use super::{Context, Finding, Rule, Severity};
use crate::article7::ReportKind;
use crate::article7::report::{Report, SectionKey};
use crate::because::Sentence;
use crate::say;

pub(super) fn check(report: &Report, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut found = |severity, section, place: String, says: Sentence, remedy: Sentence| {
        findings.push(Finding { rule: Rule::Dates, severity, section, place, says, remedy });
    };
    let period = report.period;
    if period.from > period.to {
        let says = say!("finding-period-backwards", from = period.from, to = period.to);
        found(Severity::Error, None, "period".into(), says, say!("remedy-period"));
    } else if report.kind == ReportKind::Annual {
        let full = period.from.year() == report.calendar_year
            && period.from == period.from.first_of_year()
            && period.to == period.from.last_of_year();
        if !full {
            let says =
                say!("finding-period-not-a-year", from = period.from, to = period.to, year = report.calendar_year);
            found(Severity::Warning, None, "period".into(), says, say!("remedy-period"));
        }
    }
    if period.to >= context.today {
        let says = say!("finding-period-not-over", to = period.to);
        found(Severity::Warning, None, "period.to".into(), says, say!("remedy-period-not-over"));
    }
    if let Some(submitted) = report.submitted_on {
        if submitted > context.today {
            let says = say!("finding-submitted-in-the-future", date = submitted);
            found(Severity::Error, None, "submitted_on".into(), says, say!("remedy-submitted"));
        } else if submitted <= period.to {
            let says = say!("finding-submitted-before-period-ends", date = submitted, to = period.to);
            found(Severity::Warning, None, "submitted_on".into(), says, say!("remedy-submitted"));
        }
    }
    let in_force =
        context.state.and_then(crate::register::StateFile::entry_into_force).and_then(|in_force| in_force.date());
    let units = report.sections.mined_areas.given().map_or(&[][..], |areas| &areas.units);
    for (at, unit) in units.iter().enumerate() {
        if let (Some(in_force), Some(emplaced)) = (in_force, unit.emplaced)
            && emplaced.latest().is_some_and(|latest| latest >= in_force)
        {
            let place = format!("units[{at}].emplaced");
            let says = say!(
                "finding-emplaced-after-entry-into-force",
                unit = unit.unit.as_str(),
                emplaced = emplaced,
                date = in_force
            );
            found(Severity::Warning, Some(SectionKey::C), place, says, say!("remedy-emplaced-after-entry-into-force"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::checks::cases::{report, short};
    use crate::article7::checks::rule05_contamination::tests::unit;
    use crate::article7::report::{Answer, HazardClass, MinedAreas, Period};
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    fn findings(report: &Report) -> Vec<(Severity, &'static str)> {
        let register = Acts::new().listed("XXA").accession("XXA", "2020-01-15").register();
        let context = Context { state: register.state(state("XXA")), previous: None, today: date(2026, 4, 1) };
        let mut findings = Vec::new();
        check(report, &context, &mut findings);
        short(&findings)
    }

    #[test]
    fn the_period_is_a_full_calendar_year() {
        assert_eq!(findings(&report()), []);
        let period = |from, to| Report { period: Period { from, to }, ..report() };
        assert_eq!(
            findings(&period(date(2025, 5, 1), date(2025, 12, 31))),
            [(Severity::Warning, "finding-period-not-a-year")]
        );
        assert_eq!(
            findings(&period(date(2025, 12, 31), date(2025, 1, 1))),
            [(Severity::Error, "finding-period-backwards")]
        );
    }

    #[test]
    fn a_report_is_submitted_after_its_period_and_not_in_the_future() {
        let submitted = |on| Report { submitted_on: Some(on), ..report() };
        assert_eq!(findings(&submitted(date(2026, 4, 1))), []);
        assert_eq!(findings(&submitted(date(2026, 4, 2))), [(Severity::Error, "finding-submitted-in-the-future")]);
        assert_eq!(
            findings(&submitted(date(2025, 12, 31))),
            [(Severity::Warning, "finding-submitted-before-period-ends")]
        );
    }

    #[test]
    fn mines_emplaced_after_entry_into_force_may_be_new_use() {
        // The Convention entered into force for the invented State on 1 July 2020.
        for (emplaced, expected) in [("2020-06", 0), ("2019", 0), ("2020-07-01", 1), ("2024", 1), ("2020", 1)] {
            let mut report = report();
            let mut north = unit("North", HazardClass::Confirmed, 10.0, 10.0);
            north.emplaced = Some(emplaced.parse().unwrap());
            report.sections.mined_areas = Answer::Given(MinedAreas { units: vec![north], ..MinedAreas::default() });
            assert_eq!(findings(&report).len(), expected, "{emplaced}");
        }
    }
}
