//! Rule 8: mines destroyed where no land was cleared may be spot tasks; land cleared without a mine was perhaps not
//! mined. Both happen, and both want a word.

use super::{Finding, Rule, Severity};
use crate::article7::report::{Report, SectionKey};
use crate::say;

pub(super) fn check(report: &Report, findings: &mut Vec<Finding>) {
    let sections = &report.sections;
    let (Some(areas), Some(destroyed)) = (sections.mined_areas.given(), sections.destroyed.given()) else { return };
    let (Some(cleared), Some(mines)) =
        (areas.total_released.cleared_m2.known(), destroyed.mines_in_mined_areas.known())
    else {
        return;
    };
    // Improvised mines are anti-personnel mines when a person sets them off; land cleared of them was mined.
    let improvised = destroyed.improvised_devices.known().unwrap_or(0);
    let (place, says, remedy) = if mines > 0 && cleared == 0.0 {
        (
            "mines_in_mined_areas",
            say!("finding-mines-without-clearance", mines = mines),
            say!("remedy-mines-without-clearance"),
        )
    } else if cleared > 0.0 && mines == 0 && improvised == 0 {
        (
            "mines_in_mined_areas",
            say!("finding-clearance-without-mines", area = cleared),
            say!("remedy-clearance-without-mines"),
        )
    } else {
        return;
    };
    findings.push(Finding {
        rule: Rule::MinesAndLand,
        severity: Severity::Warning,
        section: Some(SectionKey::G),
        place: place.to_owned(),
        says,
        remedy,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::checks::cases::{report, short};
    use crate::article7::report::{Answer, Destroyed, LandReleased, MinedAreas};
    use crate::quantity::Figure;

    fn findings(cleared: Figure<f64>, mines: u64, improvised: u64) -> Vec<(Severity, &'static str)> {
        let mut report = report();
        let total_released = LandReleased { cleared_m2: cleared, ..LandReleased::default() };
        report.sections.mined_areas = Answer::Given(MinedAreas { total_released, ..MinedAreas::default() });
        report.sections.destroyed = Answer::Given(Destroyed {
            mines_in_mined_areas: Figure::Known(mines),
            improvised_devices: Figure::Known(improvised),
            ..Destroyed::default()
        });
        let mut findings = Vec::new();
        check(&report, &mut findings);
        short(&findings)
    }

    #[test]
    fn mines_without_cleared_land_and_cleared_land_without_mines_want_a_word() {
        assert_eq!(findings(Figure::Known(500.0), 3, 0), []);
        assert_eq!(findings(Figure::Known(500.0), 0, 3), []);
        assert_eq!(findings(Figure::Known(0.0), 3, 0), [(Severity::Warning, "finding-mines-without-clearance")]);
        assert_eq!(findings(Figure::Known(500.0), 0, 0), [(Severity::Warning, "finding-clearance-without-mines")]);
        assert_eq!(findings(Figure::Unknown, 3, 0), []);
    }
}
