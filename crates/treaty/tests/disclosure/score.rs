//! What came of an attack.

use std::fmt;

#[derive(Clone, Debug)]
pub(crate) struct Score {
    pub(crate) tables: usize,
    pub(crate) cells: usize,
    /// Small counts, all hidden.
    pub(crate) small: usize,
    pub(crate) hidden: usize,
    /// Small counts of which the attacker knows the value.
    pub(crate) recovered: usize,
    /// The narrowest interval of a small count.
    pub(crate) narrowest: i64,
    /// Publications that were refused.
    pub(crate) refused: usize,
}

impl Default for Score {
    fn default() -> Self {
        Self { tables: 0, cells: 0, small: 0, hidden: 0, recovered: 0, narrowest: i64::MAX, refused: 0 }
    }
}

impl Score {
    pub(crate) fn add(&mut self, other: &Self) {
        self.tables += other.tables;
        self.cells += other.cells;
        self.small += other.small;
        self.hidden += other.hidden;
        self.recovered += other.recovered;
        self.narrowest = self.narrowest.min(other.narrowest);
        self.refused += other.refused;
    }

    /// The share of all cells that is hidden only to cover others.
    pub(crate) fn covering_share(&self) -> f64 {
        (self.hidden - self.small) as f64 / self.cells.max(1) as f64
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tables, cells, small, hidden, recovered, narrowest, refused } = self;
        write!(
            f,
            "{tables} tables, {cells} cells, {small} small, {hidden} hidden ({:.1} % of all cells hidden to cover others), \
             {recovered} recovered, narrowest interval {narrowest}, {refused} refused",
            100.0 * self.covering_share()
        )
    }
}
