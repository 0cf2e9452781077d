//! Rule 6: `released = cancelled + reduced + cleared`. The world figures for 2022 do: 156.92 + 121.11 + 219.31 =
//! 497.34 km².

use super::{Finding, Rule, Severity};
use crate::article7::report::{LandReleased, Report, SectionKey};
use crate::quantity::{same_m2, sum_areas};
use crate::say;

pub(super) fn check(report: &Report, findings: &mut Vec<Finding>) {
    let Some(areas) = report.sections.mined_areas.given() else { return };
    let lines = areas.released.iter().enumerate().map(|(at, line)| (format!("released[{at}]"), line));
    for (place, line) in lines.chain([("total_released".to_owned(), &areas.total_released)]) {
        let parts = sum_areas([line.cancelled_m2, line.reduced_m2, line.cleared_m2]);
        if let (Some(computed), Some(stated)) = (parts, line.released_m2.known())
            && !same_m2(computed, stated)
        {
            findings.push(Finding {
                rule: Rule::ReleasedLand,
                severity: Severity::Error,
                section: Some(SectionKey::C),
                place: format!("{place}.released_m2"),
                says: say!("finding-released-land", computed = computed, stated = stated),
                remedy: say!("remedy-released-land"),
            });
        }
        for (field, area) in line.parts() {
            if area.known().is_some_and(|area| area < 0.0) {
                findings.push(Finding {
                    rule: Rule::ReleasedLand,
                    severity: Severity::Error,
                    section: Some(SectionKey::C),
                    place: format!("{place}.{field}"),
                    says: say!("finding-negative-area", unit = line.unit.as_str(), field = field),
                    remedy: say!("remedy-negative-area"),
                });
            }
        }
    }
}

impl LandReleased {
    fn parts(&self) -> [(&'static str, crate::quantity::Figure<f64>); 4] {
        [
            ("cancelled_m2", self.cancelled_m2),
            ("reduced_m2", self.reduced_m2),
            ("cleared_m2", self.cleared_m2),
            ("released_m2", self.released_m2),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::checks::cases::{report, short};
    use crate::article7::report::{Answer, MinedAreas};
    use crate::quantity::Figure;

    fn findings(cancelled: f64, reduced: f64, cleared: f64, released: f64) -> Vec<(Severity, &'static str)> {
        let mut report = report();
        let [cancelled_m2, reduced_m2, cleared_m2, released_m2] =
            [cancelled, reduced, cleared, released].map(Figure::Known);
        let total_released = LandReleased { unit: String::new(), cancelled_m2, reduced_m2, cleared_m2, released_m2 };
        report.sections.mined_areas = Answer::Given(MinedAreas { total_released, ..MinedAreas::default() });
        let mut findings = Vec::new();
        check(&report, &mut findings);
        short(&findings)
    }

    #[test]
    fn released_is_cancelled_and_reduced_and_cleared() {
        assert_eq!(findings(156_920_000.0, 121_110_000.0, 219_310_000.0, 497_340_000.0), []);
        assert_eq!(findings(1000.0, 0.0, 500.0, 1600.0), [(Severity::Error, "finding-released-land")]);
        assert_eq!(findings(-1000.0, 0.0, 1000.0, 0.0), [(Severity::Error, "finding-negative-area")]);
    }
}
