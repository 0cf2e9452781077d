//! Areas of overlaid polygons, by one sweep from west to east.
//!
//! The plane is cut into slabs at the longitude of every vertex. Within a slab the edges stand one above the other; where
//! two of them cross, the slab ends and a new one begins. Walking northward through a slab, each edge toggles whether its
//! polygon covers the ground (the even-odd rule), and the ground between two edges is measured exactly. No outline is
//! built, so no topology can fail: two edges in the wrong order cost the sliver between them and nothing else.
//!
//! Cost: slabs × edges in a slab. It is meant for one connected component at a time.

use crate::authalic::area_under_edge_m2;
use crate::geometry::{Bounds, Point};

/// What kind of polygon an edge belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    Hazard,
    Release,
    District,
}

/// A crossing nearer to the slab's side than this is taken to lie on it: 1e-12 degrees, a tenth of a micrometre.
const NEAR_LON: f64 = 1e-12;
/// Latitudes nearer than this are taken as equal: 1e-14 degrees, a nanometre, above the rounding of local coordinates.
const NEAR_LAT: f64 = 1e-14;

/// The polygons of one layer that cover a piece of ground, by rank, lowest first.
#[derive(Debug, Default)]
pub(crate) struct Cover(Vec<u32>);

impl Cover {
    /// Even-odd: meeting an edge of a polygon enters it when outside and leaves it when inside.
    ///
    /// Which of two coincident edges comes first does not matter, as it would for a "last entered" flag: that flag once
    /// gave a district 4.5 km² of its neighbour.
    fn toggle(&mut self, rank: u32) {
        match self.0.binary_search(&rank) {
            Ok(at) => drop(self.0.remove(at)),
            Err(at) => self.0.insert(at, rank),
        }
    }

    pub(crate) fn first(&self) -> Option<u32> {
        self.0.first().copied()
    }

    pub(crate) fn last(&self) -> Option<u32> {
        self.0.last().copied()
    }

    pub(crate) fn depth(&self) -> usize {
        self.0.len()
    }
}

/// What covers a piece of ground.
#[derive(Debug, Default)]
pub(crate) struct Covers {
    pub(crate) hazards: Cover,
    pub(crate) releases: Cover,
    pub(crate) districts: Cover,
}

impl Covers {
    fn toggle(&mut self, layer: Layer, rank: u32) {
        match layer {
            Layer::Hazard => self.hazards.toggle(rank),
            Layer::Release => self.releases.toggle(rank),
            Layer::District => self.districts.toggle(rank),
        }
    }

    fn is_recorded_ground(&self) -> bool {
        self.hazards.depth() + self.releases.depth() > 0
    }

    fn restart(&mut self, districts: &[u32]) {
        self.hazards.0.clear();
        self.releases.0.clear();
        self.districts.0.clear();
        self.districts.0.extend_from_slice(districts);
    }
}

/// An edge from west to east, in degrees from the sweep's origin.
#[derive(Debug, Clone, Copy)]
struct Edge {
    west: [f64; 2],
    east: [f64; 2],
    slope: f64,
    layer: Layer,
    rank: u32,
}

impl Edge {
    /// Latitude at longitude `x`; exact at both ends, so that neighbours meet.
    fn lat_at(&self, x: f64) -> f64 {
        if x <= self.west[0] {
            self.west[1]
        } else if x >= self.east[0] {
            self.east[1]
        } else {
            let (low, high) = (self.west[1].min(self.east[1]), self.west[1].max(self.east[1]));
            (self.west[1] + (x - self.west[0]) * self.slope).clamp(low, high)
        }
    }
}

/// An edge within the present slab: its latitudes at the slab's west and east side.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    edge: usize,
    west: f64,
    east: f64,
}

/// The sweep over one component; its memory is kept for the next one.
#[derive(Debug, Default)]
pub(crate) struct Sweep {
    origin: [f64; 2],
    width: f64,
    edges: Vec<Edge>,
    /// Districts that cover the whole component: none of their borders comes near.
    everywhere: Vec<u32>,
    cuts: Vec<f64>,
    slab: Vec<Stretch>,
    covers: Covers,
}

impl Sweep {
    /// Forgets the last component. Every hazard and release added must lie within `bounds`.
    pub(crate) fn begin(&mut self, bounds: Bounds) {
        self.origin = [bounds.west, bounds.south];
        self.width = bounds.east - bounds.west;
        self.edges.clear();
        self.everywhere.clear();
    }

    /// Adds the edge of a polygon. An edge along a meridian bounds no slab and is skipped, as is one without length.
    pub(crate) fn add_edge(&mut self, layer: Layer, rank: u32, (a, b): (Point, Point)) {
        let local = |p: Point| [p.lon - self.origin[0], p.lat - self.origin[1]];
        let (a, b) = (local(a), local(b));
        let (west, east) = if a[0] < b[0] { (a, b) } else { (b, a) };
        if west[0] < east[0] {
            let slope = (east[1] - west[1]) / (east[0] - west[0]);
            self.edges.push(Edge { west, east, slope, layer, rank });
        }
    }

    /// States that a district covers all of the component.
    pub(crate) fn add_district_everywhere(&mut self, rank: u32) {
        let at = self.everywhere.partition_point(|&other| other < rank);
        self.everywhere.insert(at, rank);
    }

    /// Calls `piece` with every piece of ground that some hazard or release covers, and its area in m².
    ///
    /// A ground comes in many pieces, one per slab; a piece may be slightly negative where edges nearly coincide.
    pub(crate) fn run(&mut self, mut piece: impl FnMut(&Covers, f64)) {
        self.edges.sort_by(|a, b| a.west[0].total_cmp(&b.west[0]));
        self.find_cuts();
        self.slab.clear();
        let mut waiting = 0;
        for cut in 1..self.cuts.len() {
            let (mut west, east) = (self.cuts[cut - 1], self.cuts[cut]);
            self.slab.retain(|stretch| self.edges[stretch.edge].east[0] > west);
            while let Some(edge) = self.edges.get(waiting).filter(|edge| edge.west[0] <= west) {
                if edge.east[0] > west {
                    self.slab.push(Stretch { edge: waiting, west: 0.0, east: 0.0 });
                }
                waiting += 1;
            }
            while west < east {
                self.order(west, east);
                let end = self.first_crossing(west, east);
                if end < east {
                    for stretch in &mut self.slab {
                        stretch.east = self.edges[stretch.edge].lat_at(end);
                    }
                }
                self.walk(end - west, &mut piece);
                west = end;
            }
        }
    }

    /// Longitudes of all vertices within the component, once each.
    fn find_cuts(&mut self) {
        let within = |x: &f64| (0.0..=self.width).contains(x);
        self.cuts.clear();
        self.cuts.extend(self.edges.iter().flat_map(|edge| [edge.west[0], edge.east[0]]).filter(within));
        self.cuts.sort_unstable_by(f64::total_cmp);
        self.cuts.dedup();
    }

    /// Stands the edges one above the other, as they are at the slab's west side.
    fn order(&mut self, west: f64, east: f64) {
        for stretch in &mut self.slab {
            let edge = &self.edges[stretch.edge];
            (stretch.west, stretch.east) = (edge.lat_at(west), edge.lat_at(east));
        }
        // Nearly sorted already: the last slab left its own order behind.
        self.slab.sort_by(|a, b| a.west.total_cmp(&b.west).then(a.east.total_cmp(&b.east)));
    }

    /// The longitude where the slab must end because two edges cross, or `east`. Crossings at the west side itself are
    /// settled by changing places.
    ///
    /// The first crossing in a slab is always one between neighbours.
    fn first_crossing(&mut self, west: f64, east: f64) -> f64 {
        let mut end = east;
        let mut i = 0;
        while i + 1 < self.slab.len() {
            let (below, above) = (self.slab[i], self.slab[i + 1]);
            let overtakes = below.east - above.east;
            if overtakes > NEAR_LAT {
                let gap = above.west - below.west;
                let crossing = west + (east - west) * (gap / (gap + overtakes));
                if gap <= NEAR_LAT || crossing <= west + NEAR_LON {
                    // Each swap lowers the number of pairs out of order at the east side, so this comes to an end.
                    self.slab.swap(i, i + 1);
                    i = i.saturating_sub(1);
                    continue;
                }
                if crossing < end - NEAR_LON {
                    end = crossing;
                }
            }
            i += 1;
        }
        end
    }

    /// Walks northward through the slab and reports the ground between each edge and the next.
    fn walk(&mut self, width: f64, piece: &mut impl FnMut(&Covers, f64)) {
        self.covers.restart(&self.everywhere);
        let under =
            |stretch: &Stretch| area_under_edge_m2(width, stretch.west + self.origin[1], stretch.east + self.origin[1]);
        let mut under_lower = None;
        for (i, lower) in self.slab.iter().enumerate() {
            let edge = &self.edges[lower.edge];
            self.covers.toggle(edge.layer, edge.rank);
            let Some(upper) = self.slab.get(i + 1).filter(|_| self.covers.is_recorded_ground()) else {
                under_lower = None;
                continue;
            };
            #[allow(clippy::float_cmp)] // the very same line, not merely a near one
            if upper.west == lower.west && upper.east == lower.east {
                continue;
            }
            let low = under_lower.unwrap_or_else(|| under(lower));
            let high = under(upper);
            piece(&self.covers, high - low);
            under_lower = Some(high);
        }
    }
}
