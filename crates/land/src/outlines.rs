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

/// Rounds to the nearest whole number; right up to 2⁵¹. (`f64::round` is a call on processors without SSE 4.1.)
#[inline]
fn nearest(x: f64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    x + SHIFT - SHIFT
}

#[allow(clippy::cast_possible_truncation)] // checked coordinates are below 4e13 steps
fn to_grid(degrees: f64) -> i64 {
    nearest(degrees * GRID) as i64
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
        let rings: Rings<'_> = Rings { draft: &draft, starts: &starts };
        let outcome = rings.check().map(|()| self.keep(&rings, record));
        (self.draft, self.draft_ends) = (draft, starts);
        self.forget_draft();
        outcome
    }

    fn keep(&mut self, rings: &Rings<'_>, record: u32) -> bool {
        if rings.iter().all(is_plain) {
            return self.keep_plain(rings, record);
        }
        // Each part on its own side: one box around both would reach round the Earth.
        let (mut east, mut west) = (Vec::new(), Vec::new());
        for ring in rings.iter() {
            let parts = if is_plain(ring) { vec![ring.to_vec()] } else { folded(ring) };
            for part in parts {
                let middle = part.iter().map(|vertex| vertex[0]).sum::<f64>();
                if middle < 0.0 { west.push(part) } else { east.push(part) }
            }
        }
        let mut kept = false;
        for side in [west, east] {
            let draft = side.concat();
            let starts: Vec<usize> = side
                .iter()
                .scan(0, |start, ring| {
                    *start += ring.len();
                    Some(*start - ring.len())
                })
                .collect();
            kept |= self.keep_plain(&Rings { draft: &draft, starts: &starts }, record);
        }
        kept
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // offsets are from the lowest, and below 2³² unless wide
    fn keep_plain(&mut self, rings: &Rings<'_>, record: u32) -> bool {
        if rings.draft.is_empty() {
            return false;
        }
        let [mut west, mut south, mut east, mut north] = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for &[lon, lat] in rings.draft {
            (west, east) = (west.min(lon), east.max(lon));
            (south, north) = (south.min(lat), north.max(lat));
        }
        let (lon, lat) = (to_grid(west), to_grid(south));
        let spans = [(to_grid(east) - lon) as u64, (to_grid(north) - lat) as u64];
        let wide = spans.iter().any(|&span| span > u64::from(u32::MAX));
        let slots = rings.draft.len() * if wide { 2 } else { 1 };
        let block = self.block_for(slots);
        let (first_slot, first_ring) = (self.blocks[block].len() as u32, self.ring_ends.len() as u32);
        let (base_lon, base_lat) = (lon as f64, lat as f64);
        let out = &mut self.blocks[block];
        for ring in rings.iter() {
            let ring = match ring {
                [first, rest @ .., last] if first == last && !rest.is_empty() => &ring[..ring.len() - 1],
                whole => whole,
            };
            if wide {
                for &[x, y] in ring {
                    let (x, y) = ((to_grid(x) - lon) as u64, (to_grid(y) - lat) as u64);
                    out.extend([[x as u32, y as u32], [(x >> 32) as u32, (y >> 32) as u32]]);
                }
            } else {
                out.extend(
                    ring.iter()
                        .map(|&[x, y]| [nearest(x * GRID) - base_lon, nearest(y * GRID) - base_lat])
                        .map(|offset| offset.map(|step| step as i64 as u32)),
                );
            }
            self.ring_ends.push(out.len() as u32 - first_slot);
        }
        let extent = spans.map(|span| (span >> BOX_SHIFT) as u32 + 1);
        let block = block as u32 | if wide { WIDE } else { 0 };
        self.heads.push(Head { lon, lat, extent, record, block, first_slot, first_ring });
        true
    }

    /// A block with room for so many slots. Blocks are never enlarged, so no vertex is ever copied.
    fn block_for(&mut self, slots: usize) -> usize {
        if !self.blocks.last().is_some_and(|block| block.capacity() - block.len() >= slots) {
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

/// The rings of a draft.
struct Rings<'a> {
    draft: &'a [[f64; 2]],
    starts: &'a [usize],
}

impl Rings<'_> {
    fn iter(&self) -> impl Iterator<Item = &[[f64; 2]]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.draft.len()]);
        self.starts.iter().zip(ends).map(|(&start, end)| &self.draft[start..end])
    }

    /// Names the first vertex that is no place. One pass without branches settles the usual case.
    fn check(&self) -> Result<(), GeometryError> {
        // NaN fails any comparison.
        if self.draft.iter().fold(true, |good, [lon, lat]| good & (lon.abs() <= 360.0) & (lat.abs() <= 90.0)) {
            return Ok(());
        }
        for (ring, vertices) in self.iter().enumerate() {
            for (vertex, &[lon, lat]) in vertices.iter().enumerate() {
                check(vertex, Point::new(lon, lat))
                    .map_err(|source| GeometryError::InRing { ring, source: Box::new(source) })?;
            }
        }
        Ok(())
    }
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
        ring.iter().for_each(|v| outlines.vertex(v[0], v[1]));
        outlines.finish(record)
    }

    #[test]
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
