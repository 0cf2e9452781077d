//! All outlines of a set of records, under one numbering.

use std::cmp::Reverse;
use std::ops::Range;

use rayon::prelude::*;

use crate::bulk::Records;
use crate::components::{Box4, join};
use crate::ground::Cover;
use crate::outlines::Outlines;
use crate::records::{HazardKind, ReleaseKind};

/// The outlines of one batch.
#[derive(Debug, Clone, Copy)]
struct Run<'a> {
    first: u32,
    /// Number of records of the layer before this batch.
    records_before: usize,
    outlines: &'a Outlines,
    years: &'a [i16],
    kinds: Kinds<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Kinds<'a> {
    Hazards(&'a [HazardKind]),
    Releases(&'a [ReleaseKind]),
}

/// Outlines of hazards, then of releases, in the order of the records.
#[derive(Debug)]
pub(crate) struct Pieces<'a> {
    runs: Vec<Run<'a>>,
    count: usize,
}

/// One outline and what it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    pub(crate) outlines: &'a Outlines,
    pub(crate) outline: usize,
    pub(crate) cover: Cover,
    /// Index of the record within its layer.
    pub(crate) record: usize,
}

impl Piece<'_> {
    pub(crate) fn bounds(&self) -> Box4 {
        self.outlines.heads[self.outline].bounds()
    }

    pub(crate) fn is_release(&self) -> bool {
        matches!(self.cover, Cover::Release(..))
    }

    pub(crate) fn size(&self) -> usize {
        self.outlines.size(self.outline)
    }
}

impl<'a> Pieces<'a> {
    #[allow(clippy::cast_possible_truncation)] // indices of outlines are 32 bits throughout
    pub(crate) fn new(records: &'a Records) -> Self {
        let mut pieces = Self { runs: Vec::new(), count: 0 };
        let mut records_before = 0;
        for batch in &records.hazards.batches {
            let first = pieces.count as u32;
            let (years, kinds) = (batch.years(), Kinds::Hazards(batch.kinds()));
            pieces.runs.push(Run { first, records_before, outlines: &batch.outlines, years, kinds });
            pieces.count += batch.outlines.heads.len();
            records_before += batch.len();
        }
        records_before = 0;
        for batch in &records.releases.batches {
            let first = pieces.count as u32;
            let (years, kinds) = (batch.years(), Kinds::Releases(batch.kinds()));
            pieces.runs.push(Run { first, records_before, outlines: &batch.outlines, years, kinds });
            pieces.count += batch.outlines.heads.len();
            records_before += batch.len();
        }
        pieces.runs.retain(|run| !run.outlines.heads.is_empty());
        pieces
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    fn run(&self, piece: usize) -> &Run<'a> {
        let after = self.runs.partition_point(|run| run.first as usize <= piece);
        &self.runs[after - 1]
    }

    /// The piece with this number.
    pub(crate) fn get(&self, piece: usize) -> Piece<'a> {
        let run = self.run(piece);
        let outline = piece - run.first as usize;
        let record = run.outlines.heads[outline].record as usize;
        let year = run.years[record];
        let cover = match run.kinds {
            Kinds::Hazards(kinds) => Cover::Hazard(year, kinds[record]),
            Kinds::Releases(kinds) => Cover::Release(year, Reverse(kinds[record])),
        };
        Piece { outlines: run.outlines, outline, cover, record: run.records_before + record }
    }

    pub(crate) fn bounds(&self, piece: usize) -> Box4 {
        let run = self.run(piece);
        run.outlines.heads[piece - run.first as usize].bounds()
    }

    /// The pieces of the record whose first piece this is; `None` for a later piece.
    pub(crate) fn record_beginning_at(&self, piece: usize) -> Option<Range<usize>> {
        let run = self.run(piece);
        let heads = &run.outlines.heads;
        let at = piece - run.first as usize;
        let record = heads[at].record;
        if at > 0 && heads[at - 1].record == record {
            return None;
        }
        let parts = heads[at..].iter().take_while(|head| head.record == record).count();
        Some(piece..piece + parts)
    }

    /// The box around all pieces.
    pub(crate) fn around(&self) -> Option<Box4> {
        (0..self.count).into_par_iter().with_min_len(1024).map(|piece| self.bounds(piece)).reduce_with(join)
    }
}
