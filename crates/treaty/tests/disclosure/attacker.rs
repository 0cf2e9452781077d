//! Somebody who sees what is published, knows every sum that must hold, and works out what was hidden. Shares no code with
//! the protection.

use microlp::{ComparisonOp, OptimizationDirection, Problem};

/// Beyond this nobody counts.
const MANY: i64 = 100_000_000;

/// Everything that is published: each figure shown, or hidden; and which figures add up to which.
#[derive(Clone, Debug, Default)]
pub(crate) struct Published {
    pub(crate) figures: Vec<Option<u64>>,
    /// The whole, and its parts.
    pub(crate) sums: Vec<(usize, Vec<usize>)>,
}

/// The least and the greatest value that a figure can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) least: i64,
    pub(crate) greatest: i64,
}

impl Interval {
    pub(crate) fn width(self) -> i64 {
        self.greatest - self.least
    }
}

impl Published {
    /// By hand: a part is the whole less what the others are at least, and so on until nothing changes.
    pub(crate) fn by_subtraction(&self) -> Vec<Interval> {
        let mut known: Vec<Interval> = self
            .figures
            .iter()
            .map(|figure| match figure {
                Some(count) => {
                    let count = i64::try_from(*count).unwrap();
                    Interval { least: count, greatest: count }
                }
                None => Interval { least: 0, greatest: MANY },
            })
            .collect();
        loop {
            let before = known.clone();
            for (whole, parts) in &self.sums {
                let least: i64 = parts.iter().map(|part| known[*part].least).sum();
                let greatest: i64 = parts.iter().map(|part| known[*part].greatest).sum();
                narrow(&mut known[*whole], least, greatest);
                let of = known[*whole];
                for part in parts {
                    let own = known[*part];
                    narrow(&mut known[*part], of.least - (greatest - own.greatest), of.greatest - (least - own.least));
                }
            }
            if known == before {
                return known;
            }
        }
    }

    /// By a solver: the exact bounds of a hidden figure in whole numbers, under all sums at once.
    pub(crate) fn by_solver(&self, figure: usize) -> Interval {
        let bound = |direction| {
            let mut problem = Problem::new(direction);
            let variables: Vec<_> = self
                .figures
                .iter()
                .enumerate()
                .map(|(at, shown)| {
                    let (low, high) = match shown {
                        Some(count) => (i32::try_from(*count).unwrap(), i32::try_from(*count).unwrap()),
                        None => (0, i32::try_from(MANY).unwrap()),
                    };
                    problem.add_integer_var(if at == figure { 1.0 } else { 0.0 }, (low, high))
                })
                .collect();
            for (whole, parts) in &self.sums {
                let mut terms = vec![(variables[*whole], -1.0)];
                terms.extend(parts.iter().map(|part| (variables[*part], 1.0)));
                problem.add_constraint(&terms, ComparisonOp::Eq, 0.0);
            }
            let solution = problem.solve().unwrap().into_solution().expect("the truth is a solution");
            #[allow(clippy::cast_possible_truncation)]
            let value = solution.var_value(variables[figure]).round() as i64;
            value
        };
        Interval { least: bound(OptimizationDirection::Minimize), greatest: bound(OptimizationDirection::Maximize) }
    }

    /// By trying every way to fill in the hidden figures, up to a greatest count; all values of one figure that occur.
    /// `accepts` throws out fillings for some further reason.
    pub(crate) fn by_trying(&self, figure: usize, greatest: u64, accepts: &dyn Fn(&[u64]) -> bool) -> Vec<u64> {
        let mut found = Vec::new();
        let mut filling: Vec<u64> = self.figures.iter().map(|shown| shown.unwrap_or(0)).collect();
        let hidden: Vec<usize> = (0..self.figures.len()).filter(|at| self.figures[*at].is_none()).collect();
        self.fill(&hidden, &mut filling, greatest, &mut |filling| {
            if !found.contains(&filling[figure]) && accepts(filling) {
                found.push(filling[figure]);
            }
        });
        found.sort_unstable();
        found
    }

    fn fill(&self, hidden: &[usize], filling: &mut Vec<u64>, greatest: u64, take: &mut dyn FnMut(&[u64])) {
        let holds = |filling: &[u64]| {
            self.sums.iter().all(|(whole, parts)| {
                let open = |at: &usize| hidden.contains(at);
                open(whole)
                    || parts.iter().any(open)
                    || filling[*whole] == parts.iter().map(|part| filling[*part]).sum()
            })
        };
        let Some((first, rest)) = hidden.split_first() else {
            if holds(filling) {
                take(filling);
            }
            return;
        };
        for count in 0..=greatest {
            filling[*first] = count;
            // What is settled already must hold; the rest is tried.
            let settled = self.sums.iter().all(|(whole, parts)| {
                let open = |at: &usize| rest.contains(at);
                open(whole)
                    || parts.iter().any(open)
                    || filling[*whole] == parts.iter().map(|part| filling[*part]).sum()
            });
            if settled {
                self.fill(rest, filling, greatest, take);
            }
        }
    }
}

fn narrow(interval: &mut Interval, least: i64, greatest: i64) {
    interval.least = interval.least.max(least);
    interval.greatest = interval.greatest.min(greatest);
}
