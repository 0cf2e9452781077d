//! Rule 5, per unit and class:
//! `opening + found + reclassified_in - reclassified_out - cancelled - reduced - cleared + remeasured + corrected = closing`.
//! Reclassification is neutral in the total, and a correction carries a reason.

use super::{Finding, Rule, Severity};
use crate::article7::report::{MinedUnit, Report, SectionKey};
use crate::quantity::{Figure, same_m2, sum_areas, sum_m2};
use crate::say;

pub(super) fn check(report: &Report, findings: &mut Vec<Finding>) {
    let Some(areas) = report.sections.mined_areas.given() else { return };
    let mut found = |severity, place: String, says, remedy| {
        let (rule, section) = (Rule::Contamination, Some(SectionKey::C));
        findings.push(Finding { rule, severity, section, place, says, remedy });
    };
    for (at, unit) in areas.units.iter().enumerate() {
        let name = unit.unit.as_str();
        if let (Some(computed), Some(stated)) = (closing_m2(unit), unit.closing_m2.known())
            && !same_m2(computed, stated)
        {
            let says = say!("finding-contamination", unit = name, computed = computed, stated = stated);
            found(
                Severity::Error,
                format!("units[{at}].closing_m2"),
                says,
                say!("remedy-contamination", difference = stated - computed),
            );
        }
        let reason = unit.correction_reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
        if unit.corrected_m2.known().is_some_and(|area| area != 0.0) && !reason {
            let says = say!("finding-correction-without-reason", unit = name);
            found(
                Severity::Error,
                format!("units[{at}].correction_reason"),
                says,
                say!("remedy-correction-without-reason"),
            );
        }
        for (field, area) in unit.unsigned() {
            if area.known().is_some_and(|area| area < 0.0) {
                let says = say!("finding-negative-area", unit = name, field = field);
                found(Severity::Error, format!("units[{at}].{field}"), says, say!("remedy-negative-area"));
            }
        }
    }
    let moved_in = sum_areas(areas.units.iter().map(|unit| unit.reclassified_in_m2));
    let moved_out = sum_areas(areas.units.iter().map(|unit| unit.reclassified_out_m2));
    if let (Some(moved_in), Some(moved_out)) = (moved_in, moved_out)
        && !same_m2(moved_in, moved_out)
    {
        let says = say!("finding-reclassification", moved_in = moved_in, moved_out = moved_out);
        found(Severity::Error, "units".into(), says, say!("remedy-reclassification"));
    }
}

fn closing_m2(unit: &MinedUnit) -> Option<f64> {
    let part = |figure: Figure<f64>| match figure {
        Figure::Known(area) => Some(area),
        Figure::NotApplicable => Some(0.0),
        Figure::Unknown | Figure::ToBeAnswered | Figure::Hidden => None,
    };
    Some(sum_m2([
        part(unit.opening_m2)?,
        part(unit.found_m2)?,
        part(unit.reclassified_in_m2)?,
        -part(unit.reclassified_out_m2)?,
        -part(unit.cancelled_m2)?,
        -part(unit.reduced_m2)?,
        -part(unit.cleared_m2)?,
        part(unit.remeasured_m2)?,
        part(unit.corrected_m2)?,
    ]))
}

impl MinedUnit {
    /// The figures that cannot be negative, by their names in JSON.
    fn unsigned(&self) -> [(&'static str, Figure<f64>); 8] {
        [
            ("opening_m2", self.opening_m2),
            ("found_m2", self.found_m2),
            ("reclassified_in_m2", self.reclassified_in_m2),
            ("reclassified_out_m2", self.reclassified_out_m2),
            ("cancelled_m2", self.cancelled_m2),
            ("reduced_m2", self.reduced_m2),
            ("cleared_m2", self.cleared_m2),
            ("closing_m2", self.closing_m2),
        ]
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::article7::checks::cases::{report, short};
    use crate::article7::report::{Answer, HazardClass, MinedAreas};

    pub(in super::super) fn unit(name: &str, class: HazardClass, opening: f64, closing: f64) -> MinedUnit {
        let nothing = Figure::Known(0.0);
        MinedUnit {
            unit: name.to_owned(),
            class,
            areas: Figure::Known(1),
            opening_m2: Figure::Known(opening),
            found_m2: nothing,
            reclassified_in_m2: nothing,
            reclassified_out_m2: nothing,
            cancelled_m2: nothing,
            reduced_m2: nothing,
            cleared_m2: nothing,
            remeasured_m2: nothing,
            corrected_m2: nothing,
            correction_reason: None,
            closing_m2: Figure::Known(closing),
            mapped_m2: Figure::NotApplicable,
            emplaced: None,
        }
    }

    fn findings(units: Vec<MinedUnit>) -> Vec<(Severity, &'static str)> {
        let mut report = report();
        report.sections.mined_areas = Answer::Given(MinedAreas { units, ..MinedAreas::default() });
        let mut findings = Vec::new();
        check(&report, &mut findings);
        short(&findings)
    }

    #[test]
    fn contamination_closes_per_unit_and_class() {
        let mut north = unit("North", HazardClass::Suspected, 1000.0, 700.0);
        north.cancelled_m2 = Figure::Known(300.0);
        assert_eq!(findings(vec![north.clone()]), []);
        north.closing_m2 = Figure::Known(650.0);
        assert_eq!(findings(vec![north]), [(Severity::Error, "finding-contamination")]);
    }

    #[test]
    fn a_correction_needs_its_reason() {
        let mut north = unit("North", HazardClass::Confirmed, 1000.0, 900.0);
        north.corrected_m2 = Figure::Known(-100.0);
        assert_eq!(findings(vec![north.clone()]), [(Severity::Error, "finding-correction-without-reason")]);
        north.correction_reason = Some("polygon digitised twice".into());
        assert_eq!(findings(vec![north]), []);
    }

    #[test]
    fn reclassification_is_neutral_in_the_total() {
        let mut suspected = unit("North", HazardClass::Suspected, 1000.0, 600.0);
        suspected.reclassified_out_m2 = Figure::Known(400.0);
        let mut confirmed = unit("North", HazardClass::Confirmed, 0.0, 400.0);
        confirmed.reclassified_in_m2 = Figure::Known(400.0);
        assert_eq!(findings(vec![suspected.clone(), confirmed.clone()]), []);
        confirmed.reclassified_in_m2 = Figure::Known(300.0);
        confirmed.closing_m2 = Figure::Known(300.0);
        assert_eq!(findings(vec![suspected, confirmed]), [(Severity::Error, "finding-reclassification")]);
    }

    #[test]
    fn an_area_is_never_negative() {
        assert_eq!(findings(vec![unit("North", HazardClass::Suspected, -5.0, -5.0)]).len(), 2);
    }
}
