//! Flows of area by place and year, while they are being added up.

use crate::ground::Ground;
use crate::ledger::Flows;
use crate::records::HazardKind;
use crate::sum::WholeArea;

/// The years that occur, each with its place in a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Years {
    first: i16,
    index: Vec<u16>,
    pub(crate) list: Vec<i16>,
}

impl Years {
    pub(crate) fn new(years: impl Iterator<Item = i16>) -> Self {
        let mut seen = vec![false; 1 << 16];
        let slot = |year: i16| usize::try_from(i32::from(year) - i32::from(i16::MIN)).unwrap_or(0);
        years.for_each(|year| seen[slot(year)] = true);
        let list: Vec<i16> = (i16::MIN..=i16::MAX).filter(|&year| seen[slot(year)]).collect();
        let (Some(&first), Some(&last)) = (list.first(), list.last()) else { return Self::default() };
        let mut next = 0;
        let index = (first..=last).map(|year| {
            next += u16::from(seen[slot(year)]);
            next.saturating_sub(1)
        });
        Self { first, index: index.collect(), list }
    }

    fn index(&self, year: i16) -> usize {
        let offset = usize::try_from(i32::from(year) - i32::from(self.first)).unwrap_or(0);
        usize::from(self.index[offset])
    }
}

/// What a balance cannot say in its rows, still in whole square millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Remarks {
    pub(crate) overlap: WholeArea,
    pub(crate) outside: WholeArea,
    pub(crate) early: WholeArea,
    pub(crate) again: WholeArea,
}

/// Sums of one task. A place is an index into the list of names that the caller keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    places: Vec<Option<Box<[Flows]>>>,
    pub(crate) remarks: Remarks,
}

impl Tally {
    pub(crate) fn new(places: usize) -> Self {
        Self { places: vec![None; places], remarks: Remarks::default() }
    }

    pub(crate) fn at(&mut self, place: usize, year: i16, years: &Years) -> &mut Flows {
        let flows = || vec![Flows::default(); years.list.len()].into_boxed_slice();
        &mut self.places[place].get_or_insert_with(flows)[years.index(year)]
    }

    /// Enters ground by its label: found in its first hazard year, released in its first release year, and moved from
    /// suspected to confirmed in between if a confirmed hazard came later.
    ///
    /// Ground released before it was found, or never found, is a finding and no flow. `sign` is -1 to take it back.
    pub(crate) fn enter(&mut self, place: usize, ground: &Ground, area: WholeArea, years: &Years) {
        let early = ground.found.zip(ground.released).is_some_and(|(found, (released, _))| released < found);
        for (figure, applies) in [
            (&mut self.remarks.overlap, ground.overlaps),
            (&mut self.remarks.outside, ground.found.is_none()),
            (&mut self.remarks.early, early),
            (&mut self.remarks.again, ground.found_after_release && !early),
        ] {
            if applies {
                *figure += area;
            }
        }
        let Some(found) = ground.found.filter(|_| !early) else { return };
        let kind = |year: i16| match ground.confirmed {
            Some(confirmed) if confirmed <= year => HazardKind::Confirmed,
            _ => HazardKind::Suspected,
        };
        self.at(place, found, years).found[kind(found) as usize] += area;
        if let Some(confirmed) = ground.confirmed
            && confirmed > found
            && ground.released.is_none_or(|(released, _)| confirmed <= released)
        {
            self.at(place, confirmed, years).reclassified += area;
        }
        if let Some((released, how)) = ground.released {
            self.at(place, released, years).released[kind(released) as usize][how as usize] += area;
        }
    }

    /// Adds another tally.
    pub(crate) fn plus(mut self, other: Self) -> Self {
        for (mine, theirs) in self.places.iter_mut().zip(other.places) {
            match (mine.as_mut(), theirs) {
                (Some(mine), Some(theirs)) => mine.iter_mut().zip(&theirs).for_each(|(a, b)| *a = a.plus(*b)),
                (None, theirs) => *mine = theirs,
                (Some(_), None) => {}
            }
        }
        self.remarks.overlap += other.remarks.overlap;
        self.remarks.outside += other.remarks.outside;
        self.remarks.early += other.remarks.early;
        self.remarks.again += other.remarks.again;
        self
    }

    pub(crate) fn flows<'a>(&'a self, place: usize, years: &'a Years) -> impl Iterator<Item = (i16, Flows)> + 'a {
        self.places[place].iter().flat_map(move |flows| years.list.iter().copied().zip(flows.iter().copied()))
    }
}
