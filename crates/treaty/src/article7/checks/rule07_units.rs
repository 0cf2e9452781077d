//! Rule 7: the units add up to the national total; an area with square metres is at least one area; the area computed
//! from polygons agrees with the reported one. A figure a million or ten thousand times another is a slip of unit.

use std::collections::HashSet;

use super::{Finding, Rule, Severity};
use crate::article7::report::{LandReleased, MinedAreas, MinedUnit, Report, SectionKey};
use crate::because::Sentence;
use crate::quantity::{Figure, same_m2, sum_areas};
use crate::say;

/// How far the mapped area may lie from the reported one: a tenth. Perimeters are walked with hand-held receivers, and
/// a report rounds.
const MAPPED_TOLERANCE: f64 = 0.1;

pub(super) fn check(report: &Report, findings: &mut Vec<Finding>) {
    let Some(areas) = report.sections.mined_areas.given() else { return };
    let mut found = |severity, place: String, says: Sentence, remedy: Sentence| {
        let (rule, section) = (Rule::Units, Some(SectionKey::C));
        findings.push(Finding { rule, severity, section, place, says, remedy });
    };
    for (at, unit) in areas.units.iter().enumerate() {
        let (name, closing) = (unit.unit.as_str(), unit.closing_m2.known());
        match (unit.areas.known(), closing) {
            (Some(0), Some(area)) if area > 0.0 => {
                let says = say!("finding-area-without-number", unit = name, area = area);
                found(Severity::Error, format!("units[{at}].areas"), says, say!("remedy-area-without-number"));
            }
            (Some(areas), Some(area)) if areas > 0 && area == 0.0 => {
                let says = say!("finding-number-without-area", unit = name, areas = areas);
                found(Severity::Warning, format!("units[{at}].closing_m2"), says, say!("remedy-number-without-area"));
            }
            _ => {}
        }
        if let (Some(mapped), Some(stated)) = (unit.mapped_m2.known(), closing)
            && !same_m2(mapped, stated)
            && (mapped - stated).abs() > MAPPED_TOLERANCE * mapped.abs().max(stated.abs())
        {
            let says = say!("finding-mapped-area", unit = name, mapped = mapped, stated = stated);
            let remedy = slip(mapped, stated).unwrap_or_else(|| say!("remedy-mapped-area"));
            found(Severity::Warning, format!("units[{at}].mapped_m2"), says, remedy);
        }
    }
    let mut seen = HashSet::with_capacity(areas.units.len());
    for (at, unit) in areas.units.iter().enumerate() {
        if !seen.insert((&unit.unit, unit.class)) {
            let says = say!("finding-line-twice", line = unit.unit.as_str());
            found(Severity::Error, format!("units[{at}]"), says, say!("remedy-line-twice"));
        }
    }
    for (place, parts, total) in totals(areas) {
        if let (Some(sum), Some(stated)) = (sum_areas(parts), total.known())
            && !same_m2(sum, stated)
        {
            let says = say!("finding-national-total", sum = sum, stated = stated);
            found(
                Severity::Error,
                place.to_owned(),
                says,
                slip(sum, stated).unwrap_or_else(|| say!("remedy-national-total")),
            );
        }
    }
}

type Total = (&'static str, Vec<Figure<f64>>, Figure<f64>);

fn totals(areas: &MinedAreas) -> [Total; 8] {
    let units = areas.units.iter().map(|unit| unit.closing_m2).collect();
    let released = |of: fn(&LandReleased) -> Figure<f64>| areas.released.iter().map(of).collect();
    let of_units = |of: fn(&MinedUnit) -> Figure<f64>| areas.units.iter().map(of).collect();
    let total = &areas.total_released;
    [
        ("total_closing_m2", units, areas.total_closing_m2),
        ("total_released.cancelled_m2", released(|line| line.cancelled_m2), total.cancelled_m2),
        ("total_released.reduced_m2", released(|line| line.reduced_m2), total.reduced_m2),
        ("total_released.cleared_m2", released(|line| line.cleared_m2), total.cleared_m2),
        ("total_released.released_m2", released(|line| line.released_m2), total.released_m2),
        // What was released of the mined areas of the units is the land released.
        ("total_released.cancelled_m2", of_units(|unit| unit.cancelled_m2), total.cancelled_m2),
        ("total_released.reduced_m2", of_units(|unit| unit.reduced_m2), total.reduced_m2),
        ("total_released.cleared_m2", of_units(|unit| unit.cleared_m2), total.cleared_m2),
    ]
}

/// 1 km² is 1,000,000 m² and 1 ha is 10,000 m²: whether two figures differ by just that.
fn slip(a: f64, b: f64) -> Option<Sentence> {
    let ratio = if a.abs() > b.abs() { a / b } else { b / a };
    let near = |factor: f64| (ratio / factor - 1.0).abs() < 0.01;
    if near(1e6) {
        Some(say!("remedy-square-kilometres"))
    } else if near(1e4) {
        Some(say!("remedy-hectares"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::checks::cases::{report, short};
    use crate::article7::checks::rule05_contamination::tests::unit;
    use crate::article7::report::{Answer, HazardClass};

    fn all(units: Vec<MinedUnit>, total: f64) -> Vec<Finding> {
        let mut report = report();
        let total_closing_m2 = Figure::Known(total);
        report.sections.mined_areas = Answer::Given(MinedAreas { units, total_closing_m2, ..MinedAreas::default() });
        let mut findings = Vec::new();
        check(&report, &mut findings);
        findings
    }

    #[test]
    fn units_add_up_to_the_national_total() {
        let units =
            || vec![unit("North", HazardClass::Suspected, 3e6, 3e6), unit("South", HazardClass::Confirmed, 2e6, 2e6)];
        assert_eq!(all(units(), 5e6), []);
        assert_eq!(short(&all(units(), 6e6)), [(Severity::Error, "finding-national-total")]);
        assert_eq!(all(units(), 5.0)[0].remedy.key, "remedy-square-kilometres");
        assert_eq!(all(units(), 500.0)[0].remedy.key, "remedy-hectares");
    }

    #[test]
    fn a_unit_and_class_stands_on_one_line() {
        let north = || unit("North", HazardClass::Suspected, 10.0, 10.0);
        assert_eq!(short(&all(vec![north(), north()], 20.0)), [(Severity::Error, "finding-line-twice")]);
    }

    #[test]
    fn what_the_units_released_is_the_land_released() {
        let mut north = unit("North", HazardClass::Suspected, 10.0, 4.0);
        north.cleared_m2 = Figure::Known(6.0);
        let mut report = report();
        let total_released = LandReleased { cleared_m2: Figure::Known(9.0), ..LandReleased::default() };
        report.sections.mined_areas =
            Answer::Given(MinedAreas { units: vec![north], total_released, ..MinedAreas::default() });
        let mut findings = Vec::new();
        check(&report, &mut findings);
        assert_eq!(short(&findings), [(Severity::Error, "finding-national-total")]);
    }

    #[test]
    fn square_metres_belong_to_at_least_one_area() {
        let mut north = unit("North", HazardClass::Suspected, 10.0, 10.0);
        north.areas = Figure::Known(0);
        assert_eq!(short(&all(vec![north.clone()], 10.0)), [(Severity::Error, "finding-area-without-number")]);
        north.areas = Figure::Known(2);
        north.closing_m2 = Figure::Known(0.0);
        assert_eq!(short(&all(vec![north], 0.0)), [(Severity::Warning, "finding-number-without-area")]);
    }

    #[test]
    fn the_mapped_area_agrees_with_the_reported_one_within_a_tenth() {
        let mut north = unit("North", HazardClass::Suspected, 1000.0, 1000.0);
        north.mapped_m2 = Figure::Known(1090.0);
        assert_eq!(all(vec![north.clone()], 1000.0), []);
        north.mapped_m2 = Figure::Known(1200.0);
        assert_eq!(short(&all(vec![north], 1000.0)), [(Severity::Warning, "finding-mapped-area")]);
    }
}
