//! How counts could be others with the same sums: the proof that a hidden count is covered.
//!
//! A *move* takes one person more in some cells and one fewer in others so that every sum still holds. If all its cells are
//! hidden, and it can be made often enough before a count would fall below zero, the reader cannot tell the true counts
//! from the moved ones, and the counts in it have an interval as wide as the move goes. Moves are searched cheapest first:
//! a cell that is hidden already costs nothing, a total costs more than a part.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use crate::disclosure::DisclosureRule;
use crate::disclosure::tables::{Standing, Tables};

/// The cells of a move, in order, with the direction in which each goes.
pub(super) type Support = Vec<(usize, i8)>;

/// A partial move is given up after so many steps; then the tables are refused, never published unprotected.
const STEPS: usize = 60_000;

pub(super) struct Search<'a> {
    tables: &'a Tables,
    rule: &'a DisclosureRule,
    hidden: Vec<bool>,
    price: Vec<u64>,
    /// The most sums that a cell enters.
    degree: u64,
}

/// A move under construction.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Draft {
    support: Support,
    /// Sums that do not hold yet, and by how much.
    open: Vec<(usize, i32)>,
    price: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(tables: &'a Tables, rule: &'a DisclosureRule, hidden: Vec<bool>) -> Self {
        let price = (0..tables.cells.len()).map(|at| price(tables, at)).collect();
        let degree = tables.cells.iter().map(|cell| cell.sums.len()).max().unwrap_or(1).max(1) as u64;
        Self { tables, rule, hidden, price, degree }
    }

    pub(super) fn into_hidden(self) -> Vec<bool> {
        self.hidden
    }

    /// Covers a small count at the least price found, and hides what that takes.
    pub(super) fn cover(&mut self, at: usize) -> Option<Support> {
        let found = self.find(at, Allowed::Counts).or_else(|| self.find(at, Allowed::ZerosToo))?;
        for (cell, _) in &found {
            self.hidden[*cell] = true;
        }
        Some(found)
    }

    /// Shows again what was hidden for one count and turned out needless for all, the dearest first.
    pub(super) fn show_again(&mut self, small: &[usize], proofs: &mut [(usize, Support)]) {
        let is_cover =
            |at: &usize| self.hidden[*at] && !small.contains(at) && self.tables.cells[*at].standing == Standing::Open;
        let mut covers: Vec<usize> = (0..self.hidden.len()).filter(is_cover).collect();
        covers.sort_by_key(|at| (Reverse(self.price[*at]), *at));
        for cover in covers {
            self.hidden[cover] = false;
            let uses = |proof: &Support| proof.iter().any(|(cell, _)| *cell == cover);
            let others: Option<Vec<(usize, Support)>> = proofs
                .iter()
                .enumerate()
                .filter(|(_, (_, proof))| uses(proof))
                .map(|(number, (at, _))| Some((number, self.find(*at, Allowed::Hidden)?)))
                .collect();
            match others {
                None => self.hidden[cover] = true,
                Some(others) => others.into_iter().for_each(|(number, proof)| proofs[number].1 = proof),
            }
        }
    }

    /// The cheapest move that takes a cell far enough.
    fn find(&self, start: usize, allowed: Allowed) -> Option<Support> {
        let cheapest: Vec<u64> = (0..self.tables.sums.len()).map(|sum| self.cheapest(sum, allowed)).collect();
        let mut heap = BinaryHeap::new();
        let mut seen = HashSet::new();
        let first = self.extend(&Draft { support: Vec::new(), open: Vec::new(), price: 0 }, start, 1)?;
        heap.push(Reverse((self.least(&first, &cheapest), first.support.len(), first)));
        for _ in 0..STEPS {
            let Reverse((_, _, draft)) = heap.pop()?;
            let Some((sum, off)) = self.narrowest(&draft) else { return Some(draft.support) };
            for (cell, sign) in &self.tables.sums[sum] {
                let direction = if (off > 0) == (*sign > 0) { -1 } else { 1 };
                if !self.may_move(*cell, allowed) || draft.support.iter().any(|(used, _)| used == cell) {
                    continue;
                }
                let Some(next) = self.extend(&draft, *cell, direction) else { continue };
                if seen.insert(next.support.clone()) {
                    heap.push(Reverse((self.least(&next, &cheapest), next.support.len(), next)));
                }
            }
        }
        None
    }

    /// The open sum with the fewest cells.
    fn narrowest(&self, draft: &Draft) -> Option<(usize, i32)> {
        draft.open.iter().copied().min_by_key(|(sum, _)| self.tables.sums[*sum].len())
    }

    /// A draft with one more cell; `None` when it no longer goes as far as the rule asks.
    fn extend(&self, draft: &Draft, cell: usize, direction: i8) -> Option<Draft> {
        let mut next = draft.clone();
        next.price += if self.hidden[cell] { 0 } else { self.price[cell] };
        let place = next.support.partition_point(|(used, _)| *used < cell);
        next.support.insert(place, (cell, direction));
        for (sum, sign) in &self.tables.cells[cell].sums {
            match next.open.binary_search_by_key(sum, |(open, _)| *open) {
                Ok(found) => {
                    next.open[found].1 += i32::from(sign * direction);
                    if next.open[found].1 == 0 {
                        next.open.remove(found);
                    }
                }
                Err(place) => next.open.insert(place, (*sum, i32::from(sign * direction))),
            }
        }
        (self.width(&next.support) >= self.rule.minimum_width).then_some(next)
    }

    /// How far a move goes, both ways together.
    fn width(&self, support: &Support) -> u64 {
        let reach = |way: i8| {
            let falls = support.iter().filter(|(_, direction)| *direction == way);
            falls.map(|(cell, _)| self.tables.cells[*cell].value).min().unwrap_or(u64::MAX)
        };
        reach(-1).saturating_add(reach(1))
    }

    /// No move that begins so costs less: each cell mends as many sums as it enters.
    fn least(&self, draft: &Draft, cheapest: &[u64]) -> u64 {
        let open = draft.open.iter().map(|(sum, off)| cheapest[*sum].saturating_mul(u64::from(off.unsigned_abs())));
        draft.price + open.fold(0, u64::saturating_add) / self.degree
    }

    fn cheapest(&self, sum: usize, allowed: Allowed) -> u64 {
        let cells = self.tables.sums[sum].iter().filter(|(cell, _)| self.may_move(*cell, allowed));
        cells.map(|(cell, _)| if self.hidden[*cell] { 0 } else { self.price[*cell] }).min().unwrap_or(u64::MAX / 4096)
    }

    fn may_move(&self, at: usize, allowed: Allowed) -> bool {
        let cell = &self.tables.cells[at];
        match cell.standing {
            Standing::Published => false,
            Standing::Withheld => true,
            Standing::Open => {
                let free = self.hidden[at] || !cell.known;
                free || match allowed {
                    Allowed::Hidden => false,
                    Allowed::Counts => cell.value > 0,
                    Allowed::ZerosToo => true,
                }
            }
        }
    }
}

/// Which cells a move may take in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    /// Only those that are hidden already.
    Hidden,
    /// Those, and counts that could be hidden.
    Counts,
    /// Those, and zeros.
    ZerosToo,
}

/// What it costs the reader not to see a cell: above all that it is missing, then its size; totals more than parts.
fn price(tables: &Tables, at: usize) -> u64 {
    let cell = &tables.cells[at];
    if !cell.known {
        return 0;
    }
    let totals = cell.sums.iter().filter(|(_, sign)| *sign < 0).count() as u64;
    let size = u64::from(u64::BITS - cell.value.leading_zeros());
    let zero = if cell.value == 0 { 64 } else { 0 };
    (64 + size + zero) * (1 + totals)
}
