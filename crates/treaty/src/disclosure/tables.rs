//! Counts bound together by sums, and what of them may be published.

use crate::disclosure::DisclosureRule;
use crate::disclosure::moves::{Search, Support};
use crate::quantity::Figure;

/// A cell of [`Tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellId(pub(super) usize);

/// How a cell stands before anything is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// May be shown or hidden.
    Open,
    /// Published earlier, or taken as known to the reader: hiding it would cover nothing.
    Published,
    /// Hidden earlier, or never part of what is published.
    Withheld,
}

#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// Its count; of an unknown one, a value that fits the sums.
    pub(super) value: u64,
    pub(super) known: bool,
    pub(super) standing: Standing,
    /// Asked to be treated as small, whatever its count.
    marked: bool,
    /// The sums that it enters, and with which sign.
    pub(super) sums: Vec<(usize, i8)>,
}

/// Tables of counts of the same people: cells, and sums that hold between them. A cell may stand in several tables.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub(super) cells: Vec<Cell>,
    /// Each sum: its cells with their signs, the whole first, with a minus.
    pub(super) sums: Vec<Vec<(usize, i8)>>,
}

/// What is to be hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    hides: Vec<bool>,
    hidden: usize,
    small: usize,
}

impl Suppression {
    /// Whether a cell is hidden, now or already.
    #[must_use]
    pub fn hides(&self, cell: CellId) -> bool {
        self.hides.get(cell.0).copied().unwrap_or(true)
    }

    /// How many cells are hidden that could have been shown.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// How many of them are small themselves; the rest cover those.
    #[must_use]
    pub fn small(&self) -> usize {
        self.small
    }
}

/// A small count cannot be covered by hiding cells that are still open: nothing of the tables may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a small count cannot be covered; publish none of these cells")]
pub struct Unprotectable {
    /// The cell.
    pub cell: CellId,
}

impl Tables {
    fn push(&mut self, figure: Figure<u64>, standing: Standing) -> CellId {
        let known = figure.known().is_some();
        let value = figure.known().unwrap_or(0);
        self.cells.push(Cell { value, known, standing, marked: false, sums: Vec::new() });
        CellId(self.cells.len() - 1)
    }

    /// Adds a cell. What does not apply is a zero; what is unknown stays unknown to everybody.
    pub fn cell(&mut self, figure: Figure<u64>) -> CellId {
        match figure {
            Figure::NotApplicable => self.push(Figure::Known(0), Standing::Published),
            Figure::Known(_) | Figure::Unknown | Figure::ToBeAnswered | Figure::Hidden => {
                self.push(figure, Standing::Open)
            }
        }
    }

    /// Adds a cell that was published before and is out of our hands.
    pub fn published(&mut self, count: u64) -> CellId {
        self.push(Figure::Known(count), Standing::Published)
    }

    /// Adds a cell that is not published, or was hidden in what was published before, but that sums would give away.
    pub fn withheld(&mut self, count: u64) -> CellId {
        self.push(Figure::Known(count), Standing::Withheld)
    }

    /// Treats a cell as small, whatever its count: its change against an earlier publication is, for instance.
    pub fn mark_small(&mut self, cell: CellId) {
        if let Some(cell) = self.cells.get_mut(cell.0) {
            cell.marked = true;
        }
    }

    /// States that the parts add up to the whole. Where the figures do not, the reader is taken to know by how much.
    pub fn sum(&mut self, whole: CellId, parts: &[CellId]) {
        let number = self.sums.len();
        let signed: Vec<(usize, i8)> =
            std::iter::once((whole.0, -1)).chain(parts.iter().map(|part| (part.0, 1))).collect();
        for (cell, sign) in &signed {
            if let Some(cell) = self.cells.get_mut(*cell) {
                cell.sums.push((number, *sign));
            }
        }
        self.sums.push(signed);
    }

    /// Adds a table of any number of dimensions with all its margins. `counts` runs with the last dimension fastest.
    /// The cells come back with an extra place in each dimension, the last, for its total.
    pub fn cross_table(&mut self, sizes: &[usize], counts: &[u64]) -> Vec<CellId> {
        let wide: Vec<usize> = sizes.iter().map(|size| size + 1).collect();
        let places = wide.iter().product::<usize>();
        let mut values = vec![0_u64; places];
        for (inner, count) in counts.iter().enumerate() {
            let at = split(inner, sizes);
            for totals in 0..1_usize << sizes.len() {
                let mixed: Vec<usize> =
                    (0..sizes.len()).map(|d| if totals >> d & 1 == 1 { sizes[d] } else { at[d] }).collect();
                values[join(&mixed, &wide)] += count;
            }
        }
        let cells: Vec<CellId> = values.into_iter().map(|count| self.cell(Figure::Known(count))).collect();
        for place in 0..places {
            let at = split(place, &wide);
            for d in (0..sizes.len()).filter(|d| at[*d] == sizes[*d]) {
                let part = |i: usize| {
                    let mut of = at.clone();
                    of[d] = i;
                    cells[join(&of, &wide)]
                };
                let parts: Vec<CellId> = (0..sizes[d]).map(part).collect();
                self.sum(cells[place], &parts);
            }
        }
        cells
    }

    /// Decides what to hide: every small count, and as little else as is found to keep the reader from it.
    ///
    /// Each hidden small count is left with a proof that it is covered: a way in which all hidden counts could be other
    /// whole numbers, with the same sums, by as much as the rule asks.
    ///
    /// # Errors
    /// A small count cannot be covered. Then none of the open cells may be published.
    pub fn protect(&self, rule: &DisclosureRule) -> Result<Suppression, Unprotectable> {
        let tables = self.with_unknown_values();
        let small: Vec<usize> = (0..tables.cells.len()).filter(|at| tables.is_small(*at, rule)).collect();
        let mut hidden: Vec<bool> = tables.cells.iter().map(|cell| cell.standing == Standing::Withheld).collect();
        for at in &small {
            hidden[*at] = true;
        }
        let mut search = Search::new(&tables, rule, hidden);
        let mut proofs: Vec<(usize, Support)> = Vec::new();
        for at in &small {
            let proof = search.cover(*at).ok_or(Unprotectable { cell: CellId(*at) })?;
            proofs.push((*at, proof));
        }
        search.show_again(&small, &mut proofs);
        let open = |at: &usize| self.cells[*at].standing == Standing::Open;
        let hides: Vec<bool> =
            search.into_hidden().into_iter().enumerate().map(|(at, hides)| hides && self.cells[at].known).collect();
        Ok(Suppression {
            small: small.iter().filter(|at| open(at)).count(),
            hidden: (0..hides.len()).filter(|at| hides[*at] && open(at)).count(),
            hides,
        })
    }

    /// What must be covered: a known count that is small or treated so, and is not out of our hands.
    fn is_small(&self, at: usize, rule: &DisclosureRule) -> bool {
        let cell = &self.cells[at];
        cell.known && cell.standing != Standing::Published && (cell.marked || rule.is_small(cell.value))
    }

    /// Unknown cells with values that fit the sums, where that is plain: one that enters a single sum takes what is left of
    /// it, and an unknown total is as large as it need be. Any other is taken as known to the reader, which can only
    /// hide more.
    fn with_unknown_values(&self) -> Self {
        let mut tables = self.clone();
        for at in 0..tables.cells.len() {
            let cell = &tables.cells[at];
            if cell.known {
                continue;
            }
            let total_only = cell.sums.iter().all(|(_, sign)| *sign < 0);
            if cell.sums.len() > 1 && !total_only {
                tables.cells[at].standing = Standing::Published;
            } else if total_only && let Some(value) = self.unknown_total(at) {
                tables.cells[at].value = value;
            }
        }
        for sum in &self.sums {
            let known = |(at, sign): &(usize, i8)| i128::from(*sign) * i128::from(tables.cells[*at].value);
            let left = -sum.iter().map(known).sum::<i128>();
            let is_free = |(at, sign): &&(usize, i8)| *sign > 0 && !self.cells[*at].known;
            let free = sum.iter().find(is_free).map(|(at, _)| *at);
            if let (Some(at), Ok(left)) = (free, u64::try_from(left))
                && tables.cells[at].standing == Standing::Open
            {
                tables.cells[at].value = left;
            }
        }
        tables
    }

    fn unknown_total(&self, at: usize) -> Option<u64> {
        let parts =
            |sum: &usize| self.sums[*sum].iter().filter(|(_, sign)| *sign > 0).map(|(part, _)| &self.cells[*part]);
        let sums = || self.cells[at].sums.iter().map(|(sum, _)| sum);
        let greatest = sums().map(|sum| parts(sum).map(|part| part.value).fold(0, u64::saturating_add)).max()?;
        let open_ended = sums().all(|sum| parts(sum).any(|part| !part.known && part.sums.len() == 1));
        Some(if open_ended { greatest.saturating_mul(2).saturating_add(1000) } else { greatest })
    }
}

/// The place of a flat number in a table of these sizes.
fn split(mut flat: usize, sizes: &[usize]) -> Vec<usize> {
    let mut at = vec![0; sizes.len()];
    for d in (0..sizes.len()).rev() {
        at[d] = flat % sizes[d];
        flat /= sizes[d];
    }
    at
}

fn join(at: &[usize], sizes: &[usize]) -> usize {
    at.iter().zip(sizes).fold(0, |flat, (at, size)| flat * size + at)
}
