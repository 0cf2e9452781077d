//! The label of every piece of ground: where it lies, when it was found and confirmed, when and how it was released.
//!
//! Label each polygon with its date and one sweep gives every year and district at once.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::records::{HazardKind, ReleaseKind};
use crate::sweep::{Labels, OUTSIDE};

/// What a polygon says of the ground it covers. The order is the one of the bits in a sweep: the first bit over a piece of
/// ground is the first record on it. Of releases in one year the one with most effort on the ground comes first: who has
/// cleared ground need not have cancelled it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Cover {
    Hazard(i16, HazardKind),
    Release(i16, Reverse<ReleaseKind>),
    District(u32),
}

/// All that the balance needs to know of a piece of ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ground {
    /// Index of its district.
    pub(crate) district: Option<u32>,
    /// First year in which a hazard covered it.
    pub(crate) found: Option<i16>,
    /// First year in which a confirmed hazard covered it.
    pub(crate) confirmed: Option<i16>,
    /// First year in which a release covered it.
    pub(crate) released: Option<(i16, ReleaseKind)>,
    /// Whether two or more hazards cover it.
    pub(crate) overlaps: bool,
    /// Whether a hazard was recorded on it after its first release.
    pub(crate) found_after_release: bool,
}

impl Ground {
    /// Ground that this cover alone covers.
    pub(crate) fn under(cover: Cover, district: Option<u32>) -> Self {
        let mut ground = Self {
            district,
            found: None,
            confirmed: None,
            released: None,
            overlaps: false,
            found_after_release: false,
        };
        match cover {
            Cover::Hazard(year, kind) => {
                ground.found = Some(year);
                ground.confirmed = Some(year).filter(|_| kind == HazardKind::Confirmed);
            }
            Cover::Release(year, Reverse(kind)) => ground.released = Some((year, kind)),
            Cover::District(index) => ground.district = Some(index),
        }
        ground
    }
}

/// Area of ground by label, in units of the sweep.
pub(crate) type Sums = Vec<(Ground, i64)>;

/// Labels of a sweep whose bits stand for `covers`, in their order.
#[derive(Debug)]
pub(crate) struct GroundLabels<'a, const W: usize> {
    covers: &'a [Cover],
    hazards: [u64; W],
    confirmed: [u64; W],
    releases: [u64; W],
    districts: [u64; W],
    /// The district of all ground, where no border comes near.
    home: Option<u32>,
    sums: &'a mut Sums,
    index: HashMap<Ground, u32>,
}

/// Labels beyond which they are looked up by hash.
const MANY: usize = 24;

impl<'a, const W: usize> GroundLabels<'a, W> {
    pub(crate) fn new(covers: &'a [Cover], home: Option<u32>, sums: &'a mut Sums) -> Self {
        let (mut hazards, mut confirmed, mut releases, mut districts) = ([0; W], [0; W], [0; W], [0; W]);
        for (bit, cover) in covers.iter().enumerate() {
            let one = 1 << (bit % 64);
            match cover {
                Cover::Hazard(_, kind) => {
                    hazards[bit / 64] |= one;
                    if *kind == HazardKind::Confirmed {
                        confirmed[bit / 64] |= one;
                    }
                }
                Cover::Release(..) => releases[bit / 64] |= one,
                Cover::District(_) => districts[bit / 64] |= one,
            }
        }
        sums.clear();
        Self { covers, hazards, confirmed, releases, districts, home, sums, index: HashMap::new() }
    }

    fn first(&self, mask: &[u64; W], of: &[u64; W]) -> Option<Cover> {
        let word = (0..W).find(|&w| mask[w] & of[w] != 0)?;
        Some(self.covers[word * 64 + (mask[word] & of[word]).trailing_zeros() as usize])
    }

    fn first_year(&self, mask: &[u64; W], of: &[u64; W]) -> Option<i16> {
        if let Some(Cover::Hazard(year, _)) = self.first(mask, of) { Some(year) } else { None }
    }

    fn last_found(&self, mask: &[u64; W]) -> Option<i16> {
        let word = (0..W).rfind(|&w| mask[w] & self.hazards[w] != 0)?;
        let bit = 63 - (mask[word] & self.hazards[word]).leading_zeros() as usize;
        if let Cover::Hazard(year, _) = self.covers[word * 64 + bit] { Some(year) } else { None }
    }

    fn ground(&self, mask: &[u64; W]) -> Option<Ground> {
        let found = self.first_year(mask, &self.hazards);
        let released = match self.first(mask, &self.releases) {
            Some(Cover::Release(year, Reverse(kind))) => Some((year, kind)),
            _ => None,
        };
        if found.is_none() && released.is_none() {
            return None;
        }
        let district = match self.first(mask, &self.districts) {
            Some(Cover::District(index)) => Some(index),
            _ => self.home,
        };
        let depth: u32 = (0..W).map(|w| (mask[w] & self.hazards[w]).count_ones()).sum();
        let after = |(year, _): (i16, ReleaseKind)| self.last_found(mask).is_some_and(|last| last > year);
        Some(Ground {
            district,
            found,
            confirmed: self.first_year(mask, &self.confirmed),
            released,
            overlaps: depth > 1,
            found_after_release: released.is_some_and(after),
        })
    }
}

impl<const W: usize> Labels<W> for GroundLabels<'_, W> {
    #[allow(clippy::cast_possible_truncation)] // labels fit in memory
    fn label(&mut self, mask: &[u64; W]) -> u32 {
        let Some(ground) = self.ground(mask) else { return OUTSIDE };
        if self.sums.len() <= MANY {
            if let Some(at) = self.sums.iter().position(|(known, _)| *known == ground) {
                return at as u32;
            }
            if self.sums.len() == MANY {
                self.index = (0_u32..).zip(self.sums.iter()).map(|(at, (known, _))| (*known, at)).collect();
            }
        }
        let new = self.sums.len() as u32;
        if self.sums.len() >= MANY {
            let at = *self.index.entry(ground).or_insert(new);
            if at != new {
                return at;
            }
        }
        self.sums.push((ground, 0));
        new
    }

    #[inline]
    fn add(&mut self, label: u32, units: i64) {
        let sum = &mut self.sums[label as usize].1;
        // Wraps on the way where parts are large; the end fits by the choice of unit.
        *sum = sum.wrapping_add(units);
    }
}
