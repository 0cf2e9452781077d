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
    pub(crate) fn new(years: impl Iterator<Item = i16> + Clone) -> Self {
        let span = years.clone().fold(None, |span: Option<(i16, i16)>, year| {
            Some(span.map_or((year, year), |(first, last)| (first.min(year), last.max(year))))
        });
        let Some((first, last)) = span else { return Self::default() };
        let slot = |year: i16| usize::try_from(i32::from(year) - i32::from(first)).unwrap_or(0);
        let mut seen = vec![false; slot(last) + 1];
        years.for_each(|year| seen[slot(year)] = true);
        let occurring: Vec<i16> = (first..=last).filter(|&year| seen[slot(year)]).collect();
        let mut next = 0_u16;
        let index = seen.iter().map(|&seen| {
            next += u16::from(seen);
            next.saturating_sub(1)
        });
        Self { first, index: index.collect(), list: occurring }
    }

    /// Whether the year is in the list.
    pub(crate) fn has(&self, year: i16) -> bool {
        self.list.binary_search(&year).is_ok()
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

    /// Makes room for a year that was not in the list.
    pub(crate) fn change_years(&mut self, from: &Years, to: &Years) {
        for flows in self.places.iter_mut().flatten() {
            let mut moved = vec![Flows::default(); to.list.len()].into_boxed_slice();
            for (&year, flows) in from.list.iter().zip(flows.iter()) {
                moved[to.index(year)] = *flows;
            }
            *flows = moved;
        }
    }

    /// Makes room for a place before the last one, which is the part outside all districts.
    pub(crate) fn add_place(&mut self) {
        self.places.insert(self.places.len() - 1, None);
    }

    /// The same with all places taken together as one.
    pub(crate) fn whole(&self) -> Self {
        let mut sum: Option<Box<[Flows]>> = None;
        for flows in self.places.iter().flatten() {
            match &mut sum {
                Some(sum) => sum.iter_mut().zip(flows).for_each(|(sum, flows)| *sum = sum.plus(*flows)),
                None => sum = Some(flows.clone()),
            }
        }
        Self { places: vec![sum], remarks: self.remarks }
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
