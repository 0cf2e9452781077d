//! Rule 11: `total = killed + injured + outcome unknown`, and the same people by sex and age, and by civilian status,
//! unknown included.

use super::{Finding, Rule, Severity};
use crate::article7::report::{Casualties, Report, SectionKey};
use crate::quantity::{Figure, sum_counts};
use crate::say;

pub(super) fn check(report: &Report, findings: &mut Vec<Finding>) {
    let Some(people) = report.sections.victims.given() else { return };
    let Some(total) = people.total.known() else { return };
    for (by, parts) in partitions(people) {
        // Those that are known are part of the total even while others are not.
        let known = parts.iter().filter_map(|part| part.known()).fold(0, u64::saturating_add);
        let sum = sum_counts(parts.iter().copied()).unwrap_or(known);
        let open = parts.iter().any(|part| matches!(part, Figure::Unknown | Figure::ToBeAnswered | Figure::Hidden));
        if sum > total || (sum < total && !open) {
            findings.push(Finding {
                rule: Rule::Casualties,
                severity: Severity::Error,
                section: Some(SectionKey::Victims),
                place: "total".into(),
                says: match by {
                    By::Outcome => say!("finding-casualties-by-outcome", sum = sum, total = total),
                    By::SexAndAge => say!("finding-casualties-by-sex-and-age", sum = sum, total = total),
                    By::Status => say!("finding-casualties-by-status", sum = sum, total = total),
                },
                remedy: say!("remedy-casualties"),
            });
        }
    }
}

enum By {
    Outcome,
    SexAndAge,
    Status,
}

fn partitions(people: &Casualties) -> [(By, Vec<Figure<u64>>); 3] {
    [
        (By::Outcome, vec![people.killed, people.injured, people.outcome_unknown]),
        (By::SexAndAge, vec![people.women, people.men, people.girls, people.boys, people.unknown]),
        (By::Status, vec![people.civilians, people.security_forces, people.deminers, people.status_unknown]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::checks::cases::{report, short};
    use crate::article7::report::Answer;

    fn findings(people: Casualties) -> Vec<(Severity, &'static str)> {
        let mut report = report();
        report.sections.victims = Answer::Given(people);
        let mut findings = Vec::new();
        check(&report, &mut findings);
        short(&findings)
    }

    #[test]
    fn casualties_of_2024_lack_nine_of_unknown_outcome() {
        // As printed by others: 6,279 in all, 1,945 killed, 4,325 injured.
        let (total, killed, injured) = (Figure::Known(6279), Figure::Known(1945), Figure::Known(4325));
        let people = |outcome_unknown| Casualties { total, killed, injured, outcome_unknown, ..Casualties::default() };
        assert_eq!(findings(people(Figure::Known(0))), [(Severity::Error, "finding-casualties-by-outcome")]);
        assert_eq!(findings(people(Figure::Known(9))), []);
    }

    #[test]
    fn every_casualty_has_a_place_by_sex_and_age_unknown_included() {
        let [women, men, girls, boys] = [1, 2, 3, 4].map(Figure::Known);
        let people = |unknown, total| Casualties {
            total: Figure::Known(total),
            women,
            men,
            girls,
            boys,
            unknown,
            ..Casualties::default()
        };
        assert_eq!(findings(people(Figure::Known(5), 15)), []);
        assert_eq!(findings(people(Figure::Known(5), 14)), [(Severity::Error, "finding-casualties-by-sex-and-age")]);
        assert_eq!(findings(people(Figure::Unknown, 14)), []);
        assert_eq!(findings(people(Figure::Unknown, 9)), [(Severity::Error, "finding-casualties-by-sex-and-age")]);
    }
}
