//! The casualty figures of Article 7 reports, as the public may see them.

use crate::article7::report::Casualties;
use crate::disclosure::DisclosureRule;
use crate::disclosure::tables::{CellId, Tables};
use crate::quantity::Figure;

/// The figures of [`Casualties`], by their names in the report's JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // said at the fields of `Casualties`
pub enum CasualtyFigure {
    Total,
    Killed,
    Injured,
    OutcomeUnknown,
    Women,
    Men,
    Girls,
    Boys,
    Unknown,
    Civilians,
    SecurityForces,
    Deminers,
    StatusUnknown,
}

use CasualtyFigure as F;

/// The same people three times, by outcome, by sex and age, by civilian status: each adds up to the total.
const PARTITIONS: [&[F]; 3] = [
    &[F::Killed, F::Injured, F::OutcomeUnknown],
    &[F::Women, F::Men, F::Girls, F::Boys, F::Unknown],
    &[F::Civilians, F::SecurityForces, F::Deminers, F::StatusUnknown],
];

impl CasualtyFigure {
    /// Every figure.
    pub const ALL: [Self; 13] = [
        F::Total,
        F::Killed,
        F::Injured,
        F::OutcomeUnknown,
        F::Women,
        F::Men,
        F::Girls,
        F::Boys,
        F::Unknown,
        F::Civilians,
        F::SecurityForces,
        F::Deminers,
        F::StatusUnknown,
    ];

    /// Its name in the report's JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            F::Total => "total",
            F::Killed => "killed",
            F::Injured => "injured",
            F::OutcomeUnknown => "outcome_unknown",
            F::Women => "women",
            F::Men => "men",
            F::Girls => "girls",
            F::Boys => "boys",
            F::Unknown => "unknown",
            F::Civilians => "civilians",
            F::SecurityForces => "security_forces",
            F::Deminers => "deminers",
            F::StatusUnknown => "status_unknown",
        }
    }

    /// The figure itself.
    #[must_use]
    pub fn of(self, people: &Casualties) -> Figure<u64> {
        match self {
            F::Total => people.total,
            F::Killed => people.killed,
            F::Injured => people.injured,
            F::OutcomeUnknown => people.outcome_unknown,
            F::Women => people.women,
            F::Men => people.men,
            F::Girls => people.girls,
            F::Boys => people.boys,
            F::Unknown => people.unknown,
            F::Civilians => people.civilians,
            F::SecurityForces => people.security_forces,
            F::Deminers => people.deminers,
            F::StatusUnknown => people.status_unknown,
        }
    }

    fn of_mut(self, people: &mut Casualties) -> &mut Figure<u64> {
        match self {
            F::Total => &mut people.total,
            F::Killed => &mut people.killed,
            F::Injured => &mut people.injured,
            F::OutcomeUnknown => &mut people.outcome_unknown,
            F::Women => &mut people.women,
            F::Men => &mut people.men,
            F::Girls => &mut people.girls,
            F::Boys => &mut people.boys,
            F::Unknown => &mut people.unknown,
            F::Civilians => &mut people.civilians,
            F::SecurityForces => &mut people.security_forces,
            F::Deminers => &mut people.deminers,
            F::StatusUnknown => &mut people.status_unknown,
        }
    }
}

/// The casualties of one State and year as its reports give them, one after the other as they were lodged, each with what
/// the public may not see as [`Figure::Hidden`].
///
/// A later report cannot take back what an earlier one showed, and must not give away what an earlier one hid: a figure
/// that is hidden stays hidden as long as it is the same, one that was shown covers nothing. A figure that differs from
/// one shown before by a small number is treated as small, the total apart: the difference would tell of a single person
/// whether it was a woman, a deminer, a child.
#[must_use]
pub fn public_casualties(lodged: &[Casualties], rule: &DisclosureRule) -> Vec<Casualties> {
    let mut shown: Vec<Casualties> = Vec::with_capacity(lodged.len());
    for number in 0..lodged.len() {
        let edition = edition(&lodged[..=number], &shown, rule);
        shown.push(edition);
    }
    shown
}

/// The last report's edition, after those of the reports before it.
fn edition(lodged: &[Casualties], before: &[Casualties], rule: &DisclosureRule) -> Casualties {
    let Some((now, earlier)) = lodged.split_last() else { return Casualties::default() };
    let read = Read { now, earlier, before, rule };
    // Whoever knows that a figure is what it was knows it from the earlier report …
    let counts = read.decide(&[false; 13], Unchanged::IsKnown);
    // … but which figures a small change touched is not known to whoever does not see them.
    let changes = read.decide(&counts, Unchanged::IsNotKnown);
    let mut edition = now.clone();
    for (at, figure) in F::ALL.into_iter().enumerate() {
        let place = figure.of_mut(&mut edition);
        if (counts[at] || changes[at]) && matches!(place, Figure::Known(_)) {
            *place = Figure::Hidden;
        }
    }
    edition
}

/// What somebody who read every report before makes of a figure that is as it was and hidden now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unchanged {
    IsKnown,
    IsNotKnown,
}

/// A report, and those before it as lodged and as shown.
struct Read<'a> {
    now: &'a Casualties,
    earlier: &'a [Casualties],
    before: &'a [Casualties],
    rule: &'a DisclosureRule,
}

impl Read<'_> {
    /// Which figures to hide, beside those that are.
    fn decide(&self, already: &[bool; 13], unchanged: Unchanged) -> [bool; 13] {
        let mut tables = Tables::default();
        let mut withheld: Vec<(F, u64, CellId)> = Vec::new();
        for (true_figures, shown) in self.earlier.iter().zip(self.before) {
            enter(&mut tables, |tables, figure| match (figure.of(true_figures), figure.of(shown)) {
                (Figure::Known(count), Figure::Hidden) => hidden_before(tables, &mut withheld, figure, count),
                (Figure::Known(count), _) => tables.published(count),
                (other, _) => tables.cell(other),
            });
        }
        let cells = enter(&mut tables, |tables, figure| {
            let Figure::Known(count) = figure.of(self.now) else { return tables.cell(figure.of(self.now)) };
            if let Some((.., cell)) = withheld.iter().find(|(of, was, _)| (*of, *was) == (figure, count)) {
                return *cell;
            }
            if already[figure as usize] {
                return tables.withheld(count);
            }
            let mut shown = self.before.iter().filter_map(|shown| figure.of(shown).known());
            if unchanged == Unchanged::IsKnown {
                let was_shown = shown.any(|was| was == count);
                return if was_shown { tables.published(count) } else { tables.cell(Figure::Known(count)) };
            }
            let cell = tables.cell(Figure::Known(count));
            if figure != F::Total && shown.any(|was| self.rule.is_small(was.abs_diff(count))) {
                tables.mark_small(cell);
            }
            cell
        });
        match tables.protect(self.rule) {
            Ok(decided) => cells.map(|cell| decided.hides(cell)),
            // What cannot be covered is not published at all.
            Err(_) => [true; 13],
        }
    }
}

/// A figure that an earlier report hid: one unknown for the reader as long as it is the same.
fn hidden_before(tables: &mut Tables, withheld: &mut Vec<(F, u64, CellId)>, figure: F, count: u64) -> CellId {
    if let Some((.., cell)) = withheld.iter().find(|(of, was, _)| (*of, *was) == (figure, count)) {
        return *cell;
    }
    let cell = tables.withheld(count);
    withheld.push((figure, count, cell));
    cell
}

/// Enters the figures of one report, and the sums between them.
fn enter(tables: &mut Tables, mut cell_of: impl FnMut(&mut Tables, F) -> CellId) -> [CellId; 13] {
    let cells = F::ALL.map(|figure| cell_of(tables, figure));
    let cell = |figure: &F| cells[*figure as usize];
    for parts in PARTITIONS {
        let parts: Vec<CellId> = parts.iter().map(cell).collect();
        tables.sum(cells[F::Total as usize], &parts);
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Total; killed, injured, unknown; women, men, girls, boys, unknown; civilians, forces, deminers, unknown.
    fn people(counts: [u64; 13]) -> Casualties {
        let mut people = Casualties::default();
        for (figure, count) in F::ALL.into_iter().zip(counts) {
            *figure.of_mut(&mut people) = Figure::Known(count);
        }
        people
    }

    fn hidden(lodged: &[Casualties]) -> Vec<Vec<&'static str>> {
        let names = |shown: &Casualties| {
            F::ALL.into_iter().filter(|figure| figure.of(shown) == Figure::Hidden).map(F::key).collect()
        };
        public_casualties(lodged, &DisclosureRule::default()).iter().map(names).collect()
    }

    #[test]
    fn what_is_large_enough_is_shown_whole_and_so_are_zeros() {
        let large = people([60, 20, 40, 0, 10, 30, 8, 12, 0, 50, 0, 5, 5]);
        assert_eq!(public_casualties(std::slice::from_ref(&large), &DisclosureRule::default()), [large]);
        let nobody = people([0; 13]);
        assert_eq!(hidden(&[nobody]), [Vec::<&str>::new()]);
    }

    #[test]
    fn a_small_count_takes_one_other_with_it() {
        let one = people([60, 3, 57, 0, 10, 30, 8, 12, 0, 50, 0, 5, 5]);
        assert_eq!(hidden(&[one]), [["killed", "injured"]]);
        // Two small counts whose sum is small too need a third.
        let two = people([60, 20, 40, 0, 1, 45, 2, 12, 0, 50, 0, 5, 5]);
        assert_eq!(hidden(&[two]), [["women", "girls", "boys"]]);
    }

    #[test]
    fn a_small_total_is_hidden_with_every_count_that_gives_it_away() {
        let few = people([3, 1, 2, 0, 1, 1, 0, 1, 0, 3, 0, 0, 0]);
        assert_eq!(hidden(&[few]), [["total", "killed", "injured", "women", "men", "boys", "civilians"]]);
    }

    #[test]
    fn unknown_stays_unknown_and_covers_what_it_leaves_open() {
        let mut some = people([20, 3, 0, 0, 5, 5, 5, 5, 0, 20, 0, 0, 0]);
        some.injured = Figure::Unknown;
        some.outcome_unknown = Figure::Unknown;
        let shown = &public_casualties(&[some], &DisclosureRule::default())[0];
        assert_eq!((shown.killed, shown.injured), (Figure::Hidden, Figure::Unknown));
        assert_eq!(shown.total, Figure::Known(20), "killed is somewhere between 0 and 20");
        let alone = Casualties { killed: Figure::Known(2), ..Casualties::default() };
        let shown = &public_casualties(&[alone], &DisclosureRule::default())[0];
        assert_eq!((shown.killed, shown.total), (Figure::Hidden, Figure::ToBeAnswered));
    }

    #[test]
    fn figures_that_do_not_add_up_are_covered_all_the_same() {
        // 19 by outcome, 20 in all: subtraction is off by one, and a finding says by how much.
        assert_eq!(hidden(&[people([20, 3, 16, 0, 5, 5, 5, 5, 0, 20, 0, 0, 0])]), [["killed", "injured"]]);
    }

    #[test]
    fn a_later_version_gives_nothing_away_that_an_earlier_one_hid() {
        let first = people([60, 3, 57, 0, 10, 30, 8, 12, 0, 50, 0, 5, 5]);
        // The same people, with one figure large enough now: what was hidden and is the same stays hidden.
        let second = people([66, 9, 57, 0, 16, 30, 8, 12, 0, 50, 6, 5, 5]);
        let [before, after] = <[Vec<&str>; 2]>::try_from(hidden(&[first, second])).unwrap();
        assert_eq!(before, ["killed", "injured"]);
        assert!(after.contains(&"injured"), "57 would tell that 3 were killed: {after:?}");
        assert!(after.contains(&"killed"), "9 would tell the 57: {after:?}");
    }

    #[test]
    fn a_correction_by_one_person_does_not_tell_who() {
        let first = people([60, 20, 40, 0, 10, 30, 8, 12, 0, 50, 0, 5, 5]);
        let second = people([61, 20, 41, 0, 11, 30, 8, 12, 0, 51, 0, 5, 5]);
        let [before, after] = <[Vec<&str>; 2]>::try_from(hidden(&[first, second])).unwrap();
        assert!(before.is_empty());
        for changed in ["injured", "women", "civilians"] {
            assert!(after.contains(&changed), "{changed} rose by one: {after:?}");
        }
        assert!(!after.contains(&"total") && after.len() == 6, "one more each covers it: {after:?}");
    }
}
