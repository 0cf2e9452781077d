//! Outlines kept close together: 8 bytes a vertex.
//!
//! **The rule of rounding.** A coordinate is taken to the nearest 1e-11 degree (a micrometre). All outlines share that one grid,
//! so a border that two of them share stays shared. A vertex is kept as two 32-bit offsets from the south-west corner of
//! its outline; an outline wider or taller than 0.0429° (4.8 km) takes 16 bytes a vertex instead, on the same grid.
//!
//! Vertices live in blocks that never move: threads fill parts of their own, and joining parts copies no vertex.

use crate::antimeridian::{folded, is_plain};
use crate::geometry::{GeometryError, Point, Polygon, check};

/// Steps of the grid in a degree.
pub(crate) const GRID: f64 = 1e11;
/// Vertices in a block: half a megabyte.
const BLOCK: usize = 1 << 16;
/// Boxes are kept in steps of 2¹⁴ of the grid (18 mm), rounded outwards.
const BOX_SHIFT: u32 = 14;
const WIDE: u32 = 1 << 31;

/// Where an outline is kept, and the box around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    /// South-west corner, in steps of the grid.
    lon: i64,
    lat: i64,
    extent: [u32; 2],
    /// The record it belongs to; one that crosses the antimeridian has two outlines.
    pub(crate) record: u32,
    /// The top bit marks an outline that takes two slots a vertex.
    block: u32,
    first_slot: u32,
    first_ring: u32,
}

impl Head {
    /// The box in steps of the grid, up to 18 mm too large: west, south, east, north.
    pub(crate) fn bounds(&self) -> [i64; 4] {
        let [width, height] = self.extent.map(|extent| i64::from(extent) << BOX_SHIFT);
        [self.lon, self.lat, self.lon + width, self.lat + height]
    }
}

/// Outlines of one part, with room for one being written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outlines {
    blocks: Vec<Vec<[u32; 2]>>,
    /// For each ring the end of its slots, counted from the outline's first.
    ring_ends: Vec<u32>,
    pub(crate) heads: Vec<Head>,
    draft: Vec<[f64; 2]>,
    draft_ends: Vec<usize>,
}

/// The nearest step of the grid, counted from some step far below: right for up to 2⁵¹ steps, and there are 4e13.
///
/// Doubles around 1.5 · 2⁵² are the whole numbers, and their bits count up with them. (`f64::round` is a call on processors
/// without SSE 4.1, and a cast takes one coordinate at a time.)
#[inline]
fn step(degrees: f64) -> u64 {
    (degrees * GRID + MIDDLE).to_bits()
}

const MIDDLE: f64 = 6_755_399_441_055_744.0;

fn to_grid(degrees: f64) -> i64 {
    step(degrees).wrapping_sub(MIDDLE.to_bits()).cast_signed()
}

impl Outlines {
    pub(crate) fn begin_ring(&mut self) {
        self.draft_ends.push(self.draft.len());
    }

    #[inline]
    pub(crate) fn vertex(&mut self, lon: f64, lat: f64) {
        self.draft.push([lon, lat]);
    }

    pub(crate) fn forget_draft(&mut self) {
        self.draft.clear();
        self.draft_ends.clear();
    }

    /// Takes the outline written since the last one; whether there was any vertex.
    pub(crate) fn finish(&mut self, record: u32) -> Result<bool, GeometryError> {
        let draft = std::mem::take(&mut self.draft);
        let mut starts = std::mem::take(&mut self.draft_ends);
        if starts.first() != Some(&0) {
            starts.insert(0, 0);
        }
        let ends = starts.iter().skip(1).copied().chain([draft.len()]);
        let rings = starts.iter().zip(ends).map(|(&start, end)| &draft[start..end]);
        let outcome = self.add(rings, record);
        (self.draft, self.draft_ends) = (draft, starts);
        self.forget_draft();
        outcome
    }

    /// Takes an outline; whether there was any vertex.
    pub(crate) fn add<'v>(
        &mut self,
        rings: impl Iterator<Item = &'v [[f64; 2]]> + Clone,
        record: u32,
    ) -> Result<bool, GeometryError> {
        let reach = Reach::of(rings.clone());
        if !reach.is_on_earth {
            check_all(rings.clone())?;
        }
        if reach.is_plain() || rings.clone().all(is_plain) {
            return Ok(self.keep(rings, &reach, record));
        }
        // Each part on its own side: one box around both would reach round the Earth.
        let (mut east, mut west) = (Vec::new(), Vec::new());
        for ring in rings {
            let parts = if is_plain(ring) { vec![ring.to_vec()] } else { folded(ring) };
            for part in parts {
                let middle = part.iter().map(|vertex| vertex[0]).sum::<f64>();
                if middle < 0.0 { west.push(part) } else { east.push(part) }
            }
        }
        let mut kept = false;
        for side in [west, east] {
            let rings = side.iter().map(Vec::as_slice);
            kept |= self.keep(rings.clone(), &Reach::of(rings), record);
        }
        Ok(kept)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // offsets are from the lowest, and below 2³² unless wide
    fn keep<'v>(&mut self, rings: impl Iterator<Item = &'v [[f64; 2]]>, reach: &Reach, record: u32) -> bool {
        if reach.vertices == 0 {
            return false;
        }
        let (low, high) = (reach.low.map(step), reach.high.map(step));
        let spans = [high[0] - low[0], high[1] - low[1]];
        let wide = spans.iter().any(|&span| span > u64::from(u32::MAX));
        let slots = reach.vertices * if wide { 2 } else { 1 };
        let block = self.block_for(slots);
        let (first_slot, first_ring) = (self.blocks[block].len() as u32, self.ring_ends.len() as u32);
        let out = &mut self.blocks[block];
        #[allow(clippy::float_cmp)] // the very same vertex, not merely a near one
        for ring in rings {
            let ring = match ring {
                [front @ .., end] if front.len() > 1 && front[0] == *end => front,
                whole => whole,
            };
            let offsets = ring.iter().map(|&[x, y]| [step(x) - low[0], step(y) - low[1]]);
            if wide {
                out.extend(offsets.flat_map(|offset| [offset.map(|o| o as u32), offset.map(|o| (o >> 32) as u32)]));
            } else {
                out.extend(offsets.map(|offset| offset.map(|o| o as u32)));
            }
            self.ring_ends.push(out.len() as u32 - first_slot);
        }
        let extent = spans.map(|span| (span >> BOX_SHIFT) as u32 + 1);
        let block = block as u32 | if wide { WIDE } else { 0 };
        let (lon, lat) = (to_grid(reach.low[0]), to_grid(reach.low[1]));
        self.heads.push(Head { lon, lat, extent, record, block, first_slot, first_ring });
        true
    }

    /// A block with room for so many slots. Blocks are never enlarged, so no vertex is ever copied.
    fn block_for(&mut self, slots: usize) -> usize {
        if self.blocks.last().is_none_or(|block| block.capacity() - block.len() < slots) {
            self.blocks.push(Vec::with_capacity(slots.max(BLOCK)));
        }
        self.blocks.len() - 1
    }

    /// The outlines of a polygon, each record counted as `record`.
    pub(crate) fn add_polygon(&mut self, polygon: &Polygon, record: u32) {
        for ring in polygon.rings() {
            self.begin_ring();
            ring.points().iter().for_each(|&Point { lon, lat }| self.vertex(lon, lat));
        }
        // A polygon is checked when it is made.
        let _ = self.finish(record);
    }

    fn rings(&self, outline: usize) -> impl Iterator<Item = (&[[u32; 2]], usize)> {
        let head = &self.heads[outline];
        let until = self.heads.get(outline + 1).map_or(self.ring_ends.len(), |next| next.first_ring as usize);
        let slots = &self.blocks[(head.block & !WIDE) as usize][head.first_slot as usize..];
        let stride = if head.block & WIDE == 0 { 1 } else { 2 };
        let mut start = 0;
        self.ring_ends[head.first_ring as usize..until].iter().map(move |&end| {
            let ring = &slots[start..end as usize];
            start = end as usize;
            (ring, stride)
        })
    }

    /// Number of slots, at least the number of vertices: cheap.
    pub(crate) fn size(&self, outline: usize) -> usize {
        let head = &self.heads[outline];
        let until = self.heads.get(outline + 1).map_or(self.ring_ends.len(), |next| next.first_ring as usize);
        if until == head.first_ring as usize { 0 } else { self.ring_ends[until - 1] as usize }
    }

    /// Calls `ring` with each ring of an outline, in steps of the grid from `origin`.
    #[inline]
    pub(crate) fn each_ring(
        &self,
        outline: usize,
        origin: [i64; 2],
        buffer: &mut Vec<[f64; 2]>,
        mut each: impl FnMut(&[[f64; 2]]),
    ) {
        let head = &self.heads[outline];
        let (dx, dy) = ((head.lon - origin[0]) as f64, (head.lat - origin[1]) as f64);
        for (ring, stride) in self.rings(outline) {
            buffer.clear();
            if stride == 1 {
                buffer.extend(ring.iter().map(|&[x, y]| [f64::from(x) + dx, f64::from(y) + dy]));
            } else {
                let whole = |low: u32, high: u32| (u64::from(high) << 32 | u64::from(low)) as f64;
                buffer
                    .extend(ring.chunks_exact(2).map(|v| [whole(v[0][0], v[1][0]) + dx, whole(v[0][1], v[1][1]) + dy]));
            }
            each(buffer);
        }
    }
}

/// How far rings reach, found in one pass.
struct Reach {
    low: [f64; 2],
    high: [f64; 2],
    vertices: usize,
    is_on_earth: bool,
}

impl Reach {
    fn of<'v>(rings: impl Iterator<Item = &'v [[f64; 2]]>) -> Self {
        let mut reach = Self { low: [f64::MAX; 2], high: [f64::MIN; 2], vertices: 0, is_on_earth: true };
        for ring in rings {
            reach.vertices += ring.len();
            for &[lon, lat] in ring {
                // NaN fails any comparison.
                reach.is_on_earth &= (lon.abs() <= 360.0) & (lat.abs() <= 90.0);
                let Self { low, high, .. } = &mut reach;
                *low = [if lon < low[0] { lon } else { low[0] }, if lat < low[1] { lat } else { low[1] }];
                *high = [if lon > high[0] { lon } else { high[0] }, if lat > high[1] { lat } else { high[1] }];
            }
        }
        reach
    }

    /// Whether no edge can cross the antimeridian.
    fn is_plain(&self) -> bool {
        self.low[0] >= -180.0 && self.high[0] <= 180.0 && self.high[0] - self.low[0] <= 180.0
    }
}

/// Names the first vertex that is no place.
fn check_all<'v>(rings: impl Iterator<Item = &'v [[f64; 2]]>) -> Result<(), GeometryError> {
    for (ring, vertices) in rings.enumerate() {
        for (vertex, &[lon, lat]) in vertices.iter().enumerate() {
            check(vertex, Point::new(lon, lat))
                .map_err(|source| GeometryError::InRing { ring, source: Box::new(source) })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(outlines: &Outlines, outline: usize) -> Vec<Vec<[f64; 2]>> {
        let mut rings = Vec::new();
        outlines.each_ring(outline, [0, 0], &mut Vec::new(), |ring| rings.push(ring.to_vec()));
        rings
    }

    fn write(outlines: &mut Outlines, ring: &[[f64; 2]], record: u32) -> Result<bool, GeometryError> {
        outlines.begin_ring();
        for v in ring {
            outlines.vertex(v[0], v[1]);
        }
        outlines.finish(record)
    }

    #[test]
    #[allow(clippy::float_cmp)]
    fn vertices_come_back_on_the_grid_and_without_the_repeated_last() {
        let mut outlines = Outlines::default();
        let small = [[20.123_456_789_01, -5.0], [20.13, -4.99], [20.12, -4.98], [20.123_456_789_01, -5.0]];
        let wide = [[-20.5, -60.0], [100.25, -60.0], [90.000_000_000_01, 70.0]];
        assert_eq!(write(&mut outlines, &small, 7), Ok(true));
        assert_eq!(write(&mut outlines, &wide, 8), Ok(true));
        assert_eq!(drawn(&outlines, 0), [[[2_012_345_678_901.0, -5e11], [2.013e12, -4.99e11], [2.012e12, -4.98e11]]]);
        assert_eq!(drawn(&outlines, 1)[0][2], [9_000_000_000_001.0, 7e12]);
        assert_eq!(outlines.heads.iter().map(|head| head.record).collect::<Vec<_>>(), [7, 8]);
        assert!(outlines.heads[0].bounds()[2] >= 2_013_000_000_000);
    }

    #[test]
    fn an_outline_across_the_antimeridian_is_kept_in_two() {
        let mut outlines = Outlines::default();
        assert_eq!(write(&mut outlines, &[[179.5, 0.0], [-179.5, 0.0], [-179.5, 1.0], [179.5, 1.0]], 3), Ok(true));
        assert_eq!(outlines.heads.len(), 2);
        assert!(
            outlines.heads.iter().all(|head| head.record == 3 && head.bounds()[2] - head.bounds()[0] < 60_000_000_000)
        );
    }

    #[test]
    fn a_refused_outline_leaves_no_trace() {
        let mut outlines = Outlines::default();
        let refused = write(&mut outlines, &[[0.0, 0.0], [1.0, 0.0], [1.0, f64::NAN]], 0).unwrap_err();
        assert_eq!(refused.to_string(), "ring 0: vertex 2 has a coordinate that is not a number");
        assert_eq!(write(&mut outlines, &[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], 0), Ok(true));
        assert_eq!((outlines.heads.len(), drawn(&outlines, 0)[0].len()), (1, 3));
        assert_eq!(outlines.finish(1), Ok(false));
    }
}
