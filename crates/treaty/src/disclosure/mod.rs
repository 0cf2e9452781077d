//! What the public may be told in counts of people: small cells are not shown, nor anything that gives them away.
//!
//! The rule is the threshold rule of official statistics: a count of people below a minimum is sensitive (UNECE and
//! Eurostat, *Glossary of Statistical Disclosure Control*, 2005, "threshold rule": some agencies ask for five, others for
//! three; A. Hundepool and others, *Handbook on Statistical Disclosure Control*, chapters 4 and 5). Hiding it is *primary*
//! suppression. Because totals are published too, other cells must be hidden with it, or the reader subtracts:
//! *complementary* suppression. What is left to the reader who does every sum, over every table published of the same
//! people, is an interval; it is never narrower than [`DisclosureRule::minimum_width`].
//!
//! **Zeros are shown.** Behind a zero there is nobody to be recognised, and "no child was killed" is the figure that
//! matters most. A zero is hidden only where nothing else can cover a small count. The price: a reader sees when all the
//! casualties of a table are, say, men. Such a group disclosure is accepted, as the Handbook leaves it to each publisher.
//!
//! **Unknown stays unknown**: it is no count of people, and is not hidden.
//!
//! Nothing marks whether a hidden count is small itself or covers another.

mod casualties;
mod moves;
mod tables;

pub use casualties::{CasualtyFigure, public_casualties};
pub use tables::{CellId, Suppression, Tables, Unprotectable};

use serde::{Deserialize, Serialize};

/// When a count of people is too small to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisclosureRule {
    /// The smallest count of people that is shown; zero is shown too.
    pub minimum_count: u64,
    /// How far apart the least and the greatest value must be that a hidden small count can have, for whoever knows
    /// everything that is published. With the minimum count, "fewer than the minimum" cannot be concluded either.
    pub minimum_width: u64,
}

impl Default for DisclosureRule {
    fn default() -> Self {
        Self { minimum_count: 5, minimum_width: 5 }
    }
}

impl DisclosureRule {
    /// Whether a count is too small to be shown.
    #[must_use]
    pub fn is_small(&self, count: u64) -> bool {
        count > 0 && count < self.minimum_count
    }
}
