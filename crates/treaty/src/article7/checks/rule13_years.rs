//! Rule 13: what a year closes with, the next opens with. Where it does not, the correction line is missing.

use std::collections::HashMap;
use std::hash::Hash;

use super::{Context, Finding, Rule, Severity};
use crate::article7::report::{Answer, HazardClass, MinedUnit, Report, SectionKey, StockLine};
use crate::quantity::same_m2;
use crate::say;

pub(super) fn check(report: &Report, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(previous) = context.previous.filter(|previous| previous.calendar_year + 1 == report.calendar_year) else {
        return;
    };
    vanished(report, previous, findings);
    stock(report, previous, findings);
    mined_areas(report, previous, findings);
}

/// A section that closed with mines or mined areas does not become "not applicable", nor empty, by itself.
fn vanished(report: &Report, previous: &Report, findings: &mut Vec<Finding>) {
    let stock_left = previous.sections.stockpiles.given().is_some_and(|stock| {
        stock.total_closing.known().is_some_and(|count| count > 0)
            || stock.lines.iter().any(|line| line.closing.known().is_some_and(|count| count > 0))
    });
    let stock_gone = match &report.sections.stockpiles {
        Answer::NotApplicable => true,
        Answer::Given(stock) => stock.lines.is_empty() && stock.total_closing.known().unwrap_or(0) == 0,
        Answer::ToBeAnswered | Answer::UnchangedSince(_) => false,
    };
    let areas_left = previous.sections.mined_areas.given().is_some_and(|areas| {
        areas.total_closing_m2.known().is_some_and(|area| area > 0.0)
            || areas.units.iter().any(|unit| unit.closing_m2.known().is_some_and(|area| area > 0.0))
    });
    let areas_gone = matches!(report.sections.mined_areas, Answer::NotApplicable);
    for (gone, section) in [(stock_left && stock_gone, SectionKey::B), (areas_left && areas_gone, SectionKey::C)] {
        if gone {
            findings.push(Finding {
                rule: Rule::Years,
                severity: Severity::Error,
                section: Some(section),
                place: String::new(),
                says: say!("finding-vanished", year = previous.calendar_year),
                remedy: say!("remedy-vanished"),
            });
        }
    }
}

type StockKey<'a> = (&'a String, &'a Option<String>);
type UnitKey<'a> = (&'a String, HazardClass);

fn stock_key(line: &StockLine) -> StockKey<'_> {
    (&line.mine_type, &line.lot)
}

fn unit_key(unit: &MinedUnit) -> UnitKey<'_> {
    (&unit.unit, unit.class)
}

/// The first line of each key. A report may have tens of thousands of lines, and it is checked whenever it is read.
fn first_by<'a, T, K: Eq + Hash>(lines: &'a [T], key: fn(&'a T) -> K) -> HashMap<K, &'a T> {
    let mut first = HashMap::with_capacity(lines.len());
    for line in lines {
        first.entry(key(line)).or_insert(line);
    }
    first
}

fn stock(report: &Report, previous: &Report, findings: &mut Vec<Finding>) {
    let (Some(now), Some(then)) = (report.sections.stockpiles.given(), previous.sections.stockpiles.given()) else {
        return;
    };
    let (closed_as, opened) = (first_by(&then.lines, stock_key), first_by(&now.lines, stock_key));
    for (at, line) in now.lines.iter().enumerate() {
        let before = closed_as.get(&stock_key(line));
        if let (Some(opening), Some(closed)) = (line.opening.known(), before.and_then(|line| line.closing.known()))
            && opening != closed
        {
            findings.push(Finding {
                rule: Rule::Years,
                severity: Severity::Error,
                section: Some(SectionKey::B),
                place: format!("lines[{at}].opening"),
                says: say!(
                    "finding-stock-opening",
                    mine_type = line.mine_type.as_str(),
                    opening = opening,
                    closed = closed,
                    year = previous.calendar_year
                ),
                remedy: say!("remedy-stock-opening"),
            });
        }
    }
    for before in &then.lines {
        let closed = before.closing.known().filter(|count| *count > 0);
        if let Some(closed) = closed
            && !now.lines.is_empty()
            && !opened.contains_key(&stock_key(before))
        {
            let mine_type = before.mine_type.as_str();
            findings.push(Finding {
                rule: Rule::Years,
                severity: Severity::Error,
                section: Some(SectionKey::B),
                place: "lines".into(),
                says: say!(
                    "finding-stock-opening",
                    mine_type = mine_type,
                    opening = 0_u64,
                    closed = closed,
                    year = previous.calendar_year
                ),
                remedy: say!("remedy-stock-opening"),
            });
        }
    }
}

fn mined_areas(report: &Report, previous: &Report, findings: &mut Vec<Finding>) {
    let (Some(now), Some(then)) = (report.sections.mined_areas.given(), previous.sections.mined_areas.given()) else {
        return;
    };
    let (closed_as, opened) = (first_by(&then.units, unit_key), first_by(&now.units, unit_key));
    let mut differs = |place: String, unit: &str, opening: f64, closed: f64| {
        findings.push(Finding {
            rule: Rule::Years,
            severity: Severity::Error,
            section: Some(SectionKey::C),
            place,
            says: say!(
                "finding-area-opening",
                unit = unit,
                opening = opening,
                closed = closed,
                year = previous.calendar_year
            ),
            remedy: say!("remedy-area-opening", difference = opening - closed),
        });
    };
    for (at, unit) in now.units.iter().enumerate() {
        let before = closed_as.get(&unit_key(unit));
        if let (Some(opening), Some(closed)) =
            (unit.opening_m2.known(), before.and_then(|unit| unit.closing_m2.known()))
            && !same_m2(opening, closed)
        {
            differs(format!("units[{at}].opening_m2"), &unit.unit, opening, closed);
        }
    }
    for before in &then.units {
        let closed = before.closing_m2.known().filter(|area| *area > 0.0);
        if let Some(closed) = closed
            && !now.units.is_empty()
            && !opened.contains_key(&unit_key(before))
        {
            differs("units".into(), &before.unit, 0.0, closed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::checks::cases::{report, short};
    use crate::article7::checks::rule05_contamination::tests::unit;
    use crate::article7::report::{HazardClass, MinedAreas, Stockpiles};
    use crate::quantity::Figure;
    use jiff::civil::date;

    fn with_units(year: i16, units: Vec<MinedUnit>) -> Report {
        let mut report = Report { calendar_year: year, ..report() };
        report.sections.mined_areas = Answer::Given(MinedAreas { units, ..MinedAreas::default() });
        report
    }

    fn findings(now: &Report, then: &Report) -> Vec<(Severity, &'static str)> {
        let context = Context { state: None, previous: Some(then), today: date(2026, 4, 1) };
        let mut findings = Vec::new();
        check(now, &context, &mut findings);
        short(&findings)
    }

    #[test]
    fn what_a_year_closes_with_the_next_opens_with() {
        let then = with_units(2024, vec![unit("North", HazardClass::Suspected, 900.0, 800.0)]);
        let now = |opening| with_units(2025, vec![unit("North", HazardClass::Suspected, opening, opening)]);
        assert_eq!(findings(&now(800.0), &then), []);
        assert_eq!(findings(&now(750.0), &then), [(Severity::Error, "finding-area-opening")]);
        // A year further back is not the year before.
        assert_eq!(findings(&now(750.0), &with_units(2023, vec![])), []);
    }

    #[test]
    fn a_unit_that_vanishes_is_found() {
        let then = with_units(2024, vec![unit("North", HazardClass::Suspected, 900.0, 800.0)]);
        let now = with_units(2025, vec![unit("South", HazardClass::Suspected, 0.0, 0.0)]);
        assert_eq!(findings(&now, &then), [(Severity::Error, "finding-area-opening")]);
    }

    #[test]
    fn contamination_does_not_become_not_applicable_by_itself() {
        let then = with_units(2024, vec![unit("North", HazardClass::Suspected, 900.0, 800.0)]);
        let mut now = with_units(2025, vec![]);
        now.sections.mined_areas = Answer::NotApplicable;
        assert_eq!(findings(&now, &then), [(Severity::Error, "finding-vanished")]);
        now.sections.mined_areas = Answer::UnchangedSince(2024);
        assert_eq!(findings(&now, &then), []);
    }

    #[test]
    fn stock_carries_over_by_type_and_lot() {
        let line = |opening, closing| StockLine {
            mine_type: "PMN".into(),
            opening: Figure::Known(opening),
            closing: Figure::Known(closing),
            ..StockLine::default()
        };
        let with = |year, line| {
            let mut report = Report { calendar_year: year, ..report() };
            report.sections.stockpiles = Answer::Given(Stockpiles { lines: vec![line], ..Stockpiles::default() });
            report
        };
        assert_eq!(findings(&with(2025, line(50, 0)), &with(2024, line(100, 50))), []);
        let off = findings(&with(2025, line(60, 0)), &with(2024, line(100, 50)));
        assert_eq!(off, [(Severity::Error, "finding-stock-opening")]);
    }
}
