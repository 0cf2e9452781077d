//! Random publications of many shapes.

use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::prelude::*;
use treaty::disclosure::{CellId, DisclosureRule, Tables};
use treaty::quantity::Figure;

use crate::attacker::Published;
use crate::score::Score;

/// Figures, and which add up to which.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) figures: Vec<u64>,
    pub(crate) sums: Vec<(usize, Vec<usize>)>,
}

/// As casualties are: many zeros, many small counts, some large.
fn count() -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(0_u64), 3 => 1..=4_u64, 3 => 5..=40_u64, 1 => 41..=3000_u64]
}

pub(crate) fn cross_table(dimensions: usize, sizes: RangeInclusive<usize>) -> impl Strategy<Value = Shape> {
    vec(sizes, dimensions).prop_flat_map(sized)
}

pub(crate) fn sized(sizes: Vec<usize>) -> impl Strategy<Value = Shape> {
    let inner: usize = sizes.iter().product();
    vec(count(), inner).prop_map(move |counts| {
        let mut shape = Shape::default();
        shape.add_cross_table(&sizes, &counts);
        shape
    })
}

/// Two tables with the same rows, whose row totals and grand total are the same cells.
pub(crate) fn linked(sizes: RangeInclusive<usize>) -> impl Strategy<Value = Shape> {
    vec(sizes, 3).prop_flat_map(|sizes| {
        vec(count(), sizes.iter().product::<usize>()).prop_map(move |counts| {
            let [rows, left, right] = sizes[..] else { panic!("three sizes") };
            let mut shape = Shape::default();
            // Both tables are margins of one table of three dimensions that is not published.
            let at = |row: usize, l: usize, r: usize| counts[(row * left + l) * right + r];
            let lefts: Vec<u64> =
                (0..rows * left).map(|i| (0..right).map(|r| at(i / left, i % left, r)).sum()).collect();
            let rights: Vec<u64> =
                (0..rows * right).map(|i| (0..left).map(|l| at(i / right, l, i % right)).sum()).collect();
            let first = shape.add_cross_table(&[rows, left], &lefts);
            let second = shape.add_cross_table(&[rows, right], &rights);
            for row in 0..=rows {
                // The same figure twice: a sum of one part.
                shape.sums.push((first[row * (left + 1) + left], vec![second[row * (right + 1) + right]]));
            }
            shape
        })
    })
}

/// States by year with the world's total, and for each State the figure since the beginning, year by year.
pub(crate) fn cumulative(states: RangeInclusive<usize>, years: RangeInclusive<usize>) -> impl Strategy<Value = Shape> {
    (states, years).prop_flat_map(|(states, years)| {
        vec(count(), states * years).prop_map(move |counts| {
            let mut shape = Shape::default();
            let cells = shape.add_cross_table(&[states, years], &counts);
            for state in 0..states {
                let mut since = cells[state * (years + 1)];
                for year in 1..years {
                    let this_year = cells[state * (years + 1) + year];
                    let total = shape.figures[since] + shape.figures[this_year];
                    shape.figures.push(total);
                    let next = shape.figures.len() - 1;
                    shape.sums.push((next, vec![since, this_year]));
                    since = next;
                }
                // Since the beginning, and in all years: the same figure.
                shape.sums.push((cells[state * (years + 1) + years], vec![since]));
            }
            shape
        })
    })
}

impl Shape {
    fn add_cross_table(&mut self, sizes: &[usize], counts: &[u64]) -> Vec<usize> {
        let wide: Vec<usize> = sizes.iter().map(|size| size + 1).collect();
        let flat = |at: &[usize]| at.iter().zip(&wide).fold(0, |flat, (at, size)| flat * size + at);
        let places: Vec<Vec<usize>> = (0..wide.iter().product::<usize>())
            .map(|mut place| {
                let mut at: Vec<usize> = wide
                    .iter()
                    .rev()
                    .map(|size| {
                        let here = place % size;
                        place /= size;
                        here
                    })
                    .collect();
                at.reverse();
                at
            })
            .collect();
        let first = self.figures.len();
        for at in &places {
            let inner = places.iter().filter(|inner| inner.iter().zip(sizes).all(|(at, size)| at < size));
            let within = inner.enumerate().filter(|(_, inner)| {
                at.iter().zip(inner.iter()).zip(sizes).all(|((at, inner), size)| at == size || at == inner)
            });
            self.figures.push(within.map(|(number, _)| counts[number]).sum());
        }
        for at in &places {
            for d in (0..sizes.len()).filter(|d| at[*d] == sizes[*d]) {
                let part = |i: usize| {
                    let mut of = at.clone();
                    of[d] = i;
                    first + flat(&of)
                };
                self.sums.push((first + flat(at), (0..sizes[d]).map(part).collect()));
            }
        }
        (first..self.figures.len()).collect()
    }

    /// Protects the figures, publishes the rest, and attacks.
    pub(crate) fn attack(&self, rule: &DisclosureRule) -> Score {
        let mut tables = Tables::default();
        let cells: Vec<CellId> = self.figures.iter().map(|count| tables.cell(Figure::Known(*count))).collect();
        for (whole, parts) in &self.sums {
            let parts: Vec<CellId> = parts.iter().map(|part| cells[*part]).collect();
            tables.sum(cells[*whole], &parts);
        }
        let mut score = Score { tables: 1, cells: cells.len(), ..Score::default() };
        let Ok(decided) = tables.protect(rule) else {
            score.refused = 1;
            return score;
        };
        let figures = self.figures.iter().zip(&cells).map(|(count, cell)| (!decided.hides(*cell)).then_some(*count));
        let published = Published { figures: figures.collect(), sums: self.sums.clone() };
        score.hidden = published.figures.iter().filter(|shown| shown.is_none()).count();
        let by_hand = published.by_subtraction();
        for (at, count) in self.figures.iter().enumerate() {
            if *count == 0 || *count >= rule.minimum_count {
                continue;
            }
            score.small += 1;
            assert!(published.figures[at].is_none(), "a small count is shown");
            let solved = published.by_solver(at);
            let count = i64::try_from(*count).unwrap();
            assert!(solved.least <= count && count <= solved.greatest, "the attacker is right about the truth");
            assert!(
                by_hand[at].least <= solved.least && solved.greatest <= by_hand[at].greatest,
                "the solver knows more"
            );
            score.narrowest = score.narrowest.min(solved.width());
            score.recovered += usize::from(solved.width() == 0);
        }
        score
    }

    /// How few figures could be hidden at the least beside the small ones, found by trying every choice; zeros stay shown.
    /// `None` when more than `most` are needed.
    pub(crate) fn least_covers(&self, rule: &DisclosureRule, most: usize) -> Option<usize> {
        let small: Vec<usize> = (0..self.figures.len()).filter(|at| rule.is_small(self.figures[*at])).collect();
        let large: Vec<usize> = (0..self.figures.len()).filter(|at| self.figures[*at] >= rule.minimum_count).collect();
        (0..=most).find(|size| self.some_choice_covers(rule, &small, &large, *size, &mut Vec::new()))
    }

    fn some_choice_covers(
        &self,
        rule: &DisclosureRule,
        small: &[usize],
        large: &[usize],
        size: usize,
        chosen: &mut Vec<usize>,
    ) -> bool {
        if size == 0 {
            let figures = self.figures.iter().enumerate();
            let shown = figures.map(|(at, count)| (!small.contains(&at) && !chosen.contains(&at)).then_some(*count));
            let published = Published { figures: shown.collect(), sums: self.sums.clone() };
            let width = i64::try_from(rule.minimum_width).unwrap();
            let by_hand = published.by_subtraction();
            return small.iter().all(|at| by_hand[*at].width() >= width)
                && small.iter().all(|at| published.by_solver(*at).width() >= width);
        }
        for (at, cell) in large.iter().enumerate() {
            chosen.push(*cell);
            let found = self.some_choice_covers(rule, small, &large[at + 1..], size - 1, chosen);
            chosen.pop();
            if found {
                return true;
            }
        }
        false
    }
}
