//! Areas of overlaid polygons, by one sweep from west to east.
//!
//! The edges that stand over one longitude are kept in their order from south to north. Each knows what covers the ground
//! below it and above it; that changes only where an edge begins, ends or crosses another, and until then the area under
//! the edge runs up in one piece (Green's theorem). At every vertex the order is looked over: where two neighbours have
//! changed places, they are found and swapped at their crossing. No outline is built, so no topology can fail: an order
//! wrong by the rounding costs the sliver between two edges, and the next vertex sets it right.
//!
//! Each edge toggles whether its polygon covers the ground (the even-odd rule), so that which of two coincident edges
//! comes first does not matter. (A "last entered" flag once gave a district 4.5 km² of its neighbour.)
//!
//! Cost: vertices × edges over one longitude. Coordinates are in steps of the grid from a near origin.

use crate::authalic::LocalArea;

/// An edge from west to east.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) end: f64,
    pub(crate) end_y: f64,
    pub(crate) slope: f64,
    /// The bit of its polygon, or [`FLOOR`] or [`CEILING`].
    pub(crate) polygon: u32,
}

/// The south side of a block: above it lie the polygons that cover the whole block.
pub(crate) const FLOOR: u32 = u32::MAX;
/// The north side of a block: nothing counts above it.
pub(crate) const CEILING: u32 = u32::MAX - 1;
const TAKEN: u32 = u32::MAX - 2;

impl Edge {
    /// `None` for an edge along a meridian, which bounds no ground, or without length.
    #[inline]
    pub(crate) fn new(a: [f64; 2], b: [f64; 2], polygon: u32) -> Option<Self> {
        let (west, east) = if a[0] < b[0] { (a, b) } else { (b, a) };
        let width = east[0] - west[0];
        (width > 0.0).then(|| Self {
            x: west[0],
            y: west[1],
            end: east[0],
            end_y: east[1],
            slope: (east[1] - west[1]) / width,
            polygon,
        })
    }

    pub(crate) fn lat_at(&self, x: f64) -> f64 {
        if x >= self.end { self.end_y } else { self.y + self.slope * (x - self.x) }
    }

    /// The stretch from `x` to `end`, both within the edge.
    pub(crate) fn within(&self, x: f64, end: f64) -> Self {
        Self { x, y: self.lat_at(x), end, end_y: self.lat_at(end), ..*self }
    }
}

/// Ground that no record covers.
pub(crate) const OUTSIDE: u32 = u32::MAX;

/// Gives each set of covering polygons the number of its sum.
pub(crate) trait Labels<const W: usize> {
    /// The number for ground covered by the polygons of `mask`, or [`OUTSIDE`].
    fn label(&mut self, mask: &[u64; W]) -> u32;
    /// Adds units of area to a sum.
    fn add(&mut self, label: u32, units: i64);
}

/// A crossing nearer than this to where the slab begins is taken to lie there: 1e-12 degrees.
const NEAR_X: f64 = 1e-1;
/// Latitudes nearer than this are taken as equal: 1e-14 degrees, a nanometre, above the rounding.
const NEAR_Y: f64 = 1e-3;
/// Bits of a sorted number that hold the place of an edge.
const PLACE_BITS: u32 = 17;

/// An edge that stands over the present longitude.
#[derive(Debug, Clone, Copy)]
struct Active<const W: usize> {
    x: f64,
    y: f64,
    slope: f64,
    end: f64,
    /// Where the piece that is not yet counted begins.
    from: f64,
    below: u32,
    above: u32,
    polygon: u32,
    mask: [u64; W],
}

impl<const W: usize> Active<W> {
    fn new(edge: &Edge) -> Self {
        let (x, y, slope, end) = (edge.x, edge.y, edge.slope, edge.end);
        // Edges of one polygon above and below nothing: corrected by the walk that follows.
        let (below, above) = (OUTSIDE, OUTSIDE);
        Self { x, y, slope, end, from: x, below, above, polygon: edge.polygon, mask: [0; W] }
    }

    #[inline]
    fn lat(&self, x: f64) -> f64 {
        self.y + self.slope * (x - self.x)
    }

    /// Counts the area under the edge up to `x`.
    #[inline]
    fn count<L: Labels<W>>(&mut self, x: f64, area: &LocalArea, labels: &mut L) {
        if self.below != self.above && x > self.from {
            let units = area.under(x - self.from, self.lat(self.from), self.lat(x));
            if self.below != OUTSIDE {
                labels.add(self.below, units);
            }
            if self.above != OUTSIDE {
                labels.add(self.above, units.wrapping_neg());
            }
        }
        self.from = x;
    }
}

/// Memory of a sweep, kept for the next one. `W` × 64 polygons can be told apart.
#[derive(Debug)]
pub(crate) struct Sweep<const W: usize> {
    pub(crate) edges: Vec<Edge>,
    /// What covers the ground south of every edge.
    pub(crate) start: [u64; W],
    /// What covers all ground north of [`FLOOR`].
    pub(crate) floor: [u64; W],
    active: Vec<Active<W>>,
    ends: Vec<[f64; 2]>,
    keys: Vec<u64>,
    unsorted: Vec<Edge>,
}

impl<const W: usize> Default for Sweep<W> {
    fn default() -> Self {
        Self {
            edges: Vec::new(),
            start: [0; W],
            floor: [0; W],
            active: Vec::new(),
            ends: Vec::new(),
            keys: Vec::new(),
            unsorted: Vec::new(),
        }
    }
}

impl<const W: usize> Sweep<W> {
    /// Adds the edges of a ring.
    #[inline]
    pub(crate) fn add_ring(&mut self, ring: &[[f64; 2]], polygon: u32) {
        let Some(&last) = ring.last() else { return };
        let mut before = last;
        for &vertex in ring {
            self.edges.extend(Edge::new(before, vertex, polygon));
            before = vertex;
        }
    }

    /// Adds up all ground by label.
    pub(crate) fn run<L: Labels<W>>(&mut self, area: &LocalArea, labels: &mut L) {
        self.sort_edges();
        self.active.clear();
        let mut next = 0;
        let mut x = f64::NEG_INFINITY;
        loop {
            next = self.turn_over(x, next, area, labels);
            let begins = self.edges.get(next).map_or(f64::INFINITY, |edge| edge.x);
            if self.active.is_empty() {
                if begins.is_infinite() {
                    return;
                }
                x = begins;
                continue;
            }
            let east = self.active.iter().fold(begins, |east, edge| if edge.end < east { edge.end } else { east });
            if !self.is_in_order(east) {
                self.cross(x, east, area, labels);
            }
            x = east;
        }
    }

    /// Sorts the edges by where they begin.
    ///
    /// Whole numbers of 8 bytes sort several times as fast as edges of 48, so the whole steps are sorted, each with the
    /// place of its edge; an edge clipped between two steps of the grid then takes the last places itself.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // no edge begins below 0; longitudes are below 2^46
    fn sort_edges(&mut self) {
        if self.edges.len() > 1 << PLACE_BITS {
            return self.edges.sort_unstable_by(|a, b| a.x.total_cmp(&b.x));
        }
        std::mem::swap(&mut self.edges, &mut self.unsorted);
        self.keys.clear();
        self.keys.extend((0_u64..).zip(&self.unsorted).map(|(place, edge)| (edge.x as u64) << PLACE_BITS | place));
        self.keys.sort_unstable();
        let place = |key: &u64| (key & ((1 << PLACE_BITS) - 1)) as usize;
        self.edges.clear();
        self.edges.extend(self.keys.iter().map(|key| self.unsorted[place(key)]));
        for i in 1..self.edges.len() {
            let mut at = i;
            while at > 0 && self.edges[at - 1].x > self.edges[at].x {
                self.edges.swap(at - 1, at);
                at -= 1;
            }
        }
    }

    #[inline]
    fn is_in_order(&self, x: f64) -> bool {
        let mut below = f64::NEG_INFINITY;
        let mut in_order = true;
        for edge in &self.active {
            let lat = edge.lat(x);
            in_order &= lat >= below - NEAR_Y;
            below = lat;
        }
        in_order
    }

    /// Takes out the edges that end at `x` and puts in those that begin there. Returns the next edge to begin.
    #[inline]
    fn turn_over<L: Labels<W>>(&mut self, x: f64, next: usize, area: &LocalArea, labels: &mut L) -> usize {
        let until = next + self.edges[next..].iter().take_while(|edge| edge.x <= x).count();
        let mut waiting = until - next;
        let mut gone = false;
        for i in 0..self.active.len() {
            if self.active[i].end > x {
                continue;
            }
            let edge = &mut self.active[i];
            edge.count(x, area, labels);
            let (lat, polygon) = (edge.lat(x), edge.polygon);
            // Mostly the outline goes on: the next edge takes the place, and what lies on either side stays.
            let follows = |new: &&mut Edge| new.polygon == polygon && (new.y - lat).abs() <= NEAR_Y;
            if let Some(new) = self.edges[next..until].iter_mut().find(follows) {
                (edge.x, edge.y, edge.slope, edge.end) = (new.x, new.y, new.slope, new.end);
                new.polygon = TAKEN;
                waiting -= 1;
            } else {
                gone = true;
            }
        }
        if gone {
            self.active.retain(|edge| edge.end > x);
        }
        if waiting > 0 {
            for i in next..until {
                if self.edges[i].polygon != TAKEN {
                    self.insert(i);
                }
            }
        }
        if gone || waiting > 0 {
            self.walk(x, area, labels);
        }
        until
    }

    fn insert(&mut self, i: usize) {
        let new = self.edges[i];
        let is_above = |edge: &Active<W>| {
            let gap = edge.lat(new.x) - new.y;
            gap > NEAR_Y || (gap >= -NEAR_Y && edge.slope > new.slope)
        };
        let at = self.active.iter().position(is_above).unwrap_or(self.active.len());
        self.active.insert(at, Active::new(&new));
    }

    /// Walks from south to north and tells each edge what lies below and above it from `x` on.
    fn walk<L: Labels<W>>(&mut self, x: f64, area: &LocalArea, labels: &mut L) {
        let mut mask = self.start;
        let mut below = OUTSIDE;
        // Edges drawn along the north side may stand above it in the order; there is nothing beyond.
        let mut beyond = false;
        for edge in &mut self.active {
            match edge.polygon {
                FLOOR => mask.iter_mut().zip(&self.floor).for_each(|(mask, floor)| *mask ^= floor),
                CEILING => {
                    mask = self.start;
                    beyond = true;
                }
                _ if beyond => {}
                bit => mask[bit as usize / 64 % W] ^= 1 << (bit % 64),
            }
            let above = if mask == edge.mask && edge.above != OUTSIDE { edge.above } else { labels.label(&mask) };
            if below != edge.below || above != edge.above {
                edge.count(x, area, labels);
                (edge.below, edge.above) = (below, above);
            }
            edge.mask = mask;
            below = above;
        }
    }

    /// Finds the crossings between `west` and `east` one by one, and lets the edges change places there.
    ///
    /// The first crossing is always one between neighbours.
    fn cross<L: Labels<W>>(&mut self, mut west: f64, east: f64, area: &LocalArea, labels: &mut L) {
        loop {
            self.ends.clear();
            self.ends.extend(self.active.iter().map(|edge| [edge.lat(west), edge.lat(east)]));
            let mut end = east;
            let mut swapped = false;
            let mut i = 0;
            while i + 1 < self.ends.len() {
                let (below, above) = (self.ends[i], self.ends[i + 1]);
                let overtakes = below[1] - above[1];
                if overtakes > NEAR_Y {
                    let gap = above[0] - below[0];
                    let crossing = west + (east - west) * (gap / (gap + overtakes));
                    if gap <= NEAR_Y || crossing <= west + NEAR_X {
                        // Each swap lowers the number of pairs out of order at the east side: this comes to an end.
                        self.ends.swap(i, i + 1);
                        self.active.swap(i, i + 1);
                        swapped = true;
                        i = i.saturating_sub(1);
                        continue;
                    }
                    if crossing < end - NEAR_X {
                        end = crossing;
                    }
                }
                i += 1;
            }
            if swapped {
                self.walk(west, area, labels);
            }
            if end >= east {
                return;
            }
            west = end;
        }
    }
}
