//! What is wrong with one shape, whatever record it belongs to.

use crate::Shape;
use crate::checks::crossings::{self, At, Crossing, Edge, Meeting};
use crate::checks::measure::{self, distance_m, metres_from, turn};
use crate::finding::{FindingKind, seventh};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

type Ring = Vec<[f64; 2]>;

/// Edges longer than this are a finding, in kilometres (as in the GICHD's own checks of IMSMA data).
pub const LONG_EDGE_KM: f64 = 5.0;
/// A corner with a smaller angle than this, in degrees, is a spike...
pub const SPIKE_DEGREES: f64 = 1.0;
/// ...when both of its edges are at least this long, in metres.
pub const SPIKE_ARM_M: f64 = 1.0;
/// A shape of less than this many square metres encloses nothing.
pub const LEAST_AREA_M2: f64 = 0.01;
/// At most this many places of one kind are listed for one shape.
const PLACES: usize = 3;

/// What is wrong with a shape: corners repeated, spikes, edges that cross, holes outside, parts that overlap, a ring that
/// comes twice, no area; with `long_edges`, edges over [`LONG_EDGE_KM`]. Pure; the work grows with the number of corners,
/// not with its square.
///
/// ```
/// let bow_tie = vec![[29.0, -1.0], [29.001, -0.999], [29.001, -1.0], [29.0, -0.999], [29.0, -1.0]];
/// let faults = intake::checks::shape_faults(&intake::Shape { polygons: vec![vec![bow_tie]] }, true);
/// assert_eq!(faults.iter().map(|fault| fault.key()).collect::<Vec<_>>(), ["self-intersection"]);
/// ```
#[must_use]
pub fn shape_faults(shape: &Shape, long_edges: bool) -> Vec<FindingKind> {
    let mut faults = Vec::new();
    let Some(origin) = shape.polygons.iter().flatten().flatten().next().copied() else { return faults };
    let mut edges: Vec<Edge> = Vec::new();
    let mut repeated: (u64, Option<[f64; 2]>) = (0, None);
    let mut longest = (0.0, origin);
    let mut spikes = Vec::new();
    let mut ground = false;
    for (polygon, rings) in shape.polygons.iter().enumerate() {
        for (number, ring) in rings.iter().enumerate() {
            let mut corners = open(ring);
            let before = corners.len();
            #[allow(clippy::float_cmp)] // the same corner again, not one near it
            let twice = ring.windows(2).take(before.saturating_sub(1)).find(|pair| pair[0] == pair[1]);
            corners.dedup();
            if corners.len() < before {
                repeated = (repeated.0 + (before - corners.len()) as u64, repeated.1.or(twice.map(|pair| pair[0])));
            }
            for (from, to) in pairs(&corners) {
                // 0.03 degrees are 3.4 km at most.
                let short = (from[0] - to[0]).abs() + (from[1] - to[1]).abs() < 0.03;
                let length = if long_edges && !short { distance_m(from, to) } else { 0.0 };
                if length > longest.0 {
                    longest = (length, from);
                }
            }
            if !encloses_nothing(&corners) {
                ground |= number == 0;
                take_spikes(&mut corners, &mut spikes);
            }
            add_edges(&mut edges, &corners, origin, (polygon, number));
        }
    }
    let back = |at: At| [wrap(at[0] + origin[0]), at[1] + origin[1]];
    if let (n, Some([lon, lat])) = repeated {
        faults.push(FindingKind::RepeatedVertex { n, lon, lat });
    }
    faults.extend(spikes.into_iter().take(PLACES).map(|[lon, lat]| FindingKind::Spike { lon, lat }));
    if longest.0 > LONG_EDGE_KM * 1000.0 {
        let [lon, lat] = longest.1;
        faults.push(FindingKind::LongEdge { km: (longest.0 / 100.0).round() / 10.0, lon, lat });
    }
    let twice = rings_twice(shape, &mut faults);
    let found = crossings::find(&edges);
    if found.unfinished {
        faults.push(FindingKind::ShapeTooTangled { vertices: edges.len() as u64 });
    }
    let crossed = say_crossings(&found.crossings, back, &mut faults);
    if !crossed && !twice {
        say_containment(shape, &mut faults);
    }
    if !crossed && !ground {
        // Corners on one line touch one another all along; that is said once.
        faults.retain(|fault| !matches!(fault, FindingKind::SelfIntersection { .. }));
        faults.push(FindingKind::ZeroArea { lon: origin[0], lat: origin[1] });
    }
    faults
}

/// The corners without the last, which is the first again.
fn open(ring: &Ring) -> Ring {
    let mut corners = ring.clone();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    corners
}

/// Whether a ring's corners lie on one line, or its lobes outweigh one another.
fn encloses_nothing(corners: &[[f64; 2]]) -> bool {
    let Some([west, south]) = corners.first().copied() else { return true };
    let doubled: f64 =
        pairs(corners).map(|(a, b)| turn(west, a[0]) * (b[1] - south) - turn(west, b[0]) * (a[1] - south)).sum();
    // A millionth of a square degree is 2,000 square metres or more below 80 degrees of latitude: no need to measure it.
    corners.len() < 3 || (doubled.abs() < 1e-6 && measure::ring_m2(corners) < LEAST_AREA_M2)
}

fn pairs(corners: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
    corners.iter().copied().zip(corners.iter().copied().cycle().skip(1))
}

fn wrap(lon: f64) -> f64 {
    turn(0.0, lon)
}

/// Names the tips of spikes; a tip whose edges run on one line is taken out, so that it does not count as a crossing too.
fn take_spikes(corners: &mut Ring, spikes: &mut Vec<[f64; 2]>) {
    let count = corners.len();
    let mut drop = vec![false; count];
    for at in 0..count {
        let (before, tip, after) = (corners[(at + count - 1) % count], corners[at], corners[(at + 1) % count]);
        // On the plate of degrees a spike is a sharp corner too; most corners are none and need no measuring.
        let (back, on) = ([before[0] - tip[0], before[1] - tip[1]], [after[0] - tip[0], after[1] - tip[1]]);
        let (across, along) = ((back[0] * on[1] - back[1] * on[0]).abs(), back[0] * on[0] + back[1] * on[1]);
        if tip[1].abs() < 80.0 && (along <= 0.0 || across > along * 0.2) && back[0].abs().max(on[0].abs()) < 180.0 {
            continue;
        }
        let (back, on) = (metres_from(tip, before), metres_from(tip, after));
        let (cross, dot) = (back[0] * on[1] - back[1] * on[0], back[0] * on[0] + back[1] * on[1]);
        let arm = back[0].hypot(back[1]).min(on[0].hypot(on[1]));
        if dot <= 0.0 {
            continue;
        }
        let angle = cross.abs().atan2(dot).to_degrees();
        #[allow(clippy::float_cmp)] // the same corner again, not one near it
        let flat = before == after || angle < 1e-9;
        if flat || (angle < SPIKE_DEGREES && arm >= SPIKE_ARM_M) {
            spikes.push(tip);
            drop[at] = flat;
        }
    }
    let mut number = 0..;
    corners.retain(|_| !number.next().and_then(|at: usize| drop.get(at).copied()).unwrap_or(false));
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
}

fn add_edges(edges: &mut Vec<Edge>, corners: &[[f64; 2]], origin: [f64; 2], (polygon, ring): (usize, usize)) {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (polygon, ring, of) = (count(polygon), count(ring), count(corners.len()));
    // Longitudes run on over the 180th meridian.
    let mut lon = 0.0;
    let mut last = origin[0];
    let plane: Vec<At> = corners
        .iter()
        .map(|corner| {
            lon += turn(last, corner[0]);
            last = corner[0];
            [lon, corner[1] - origin[1]]
        })
        .collect();
    edges.extend(pairs(&plane).zip(0..).map(|((from, to), number)| Edge { from, to, polygon, ring, number, of }));
}

/// Says where edges meet; whether any did so that the shape is no plain one.
fn say_crossings(found: &[Crossing], back: impl Fn(At) -> [f64; 2], faults: &mut Vec<FindingKind>) -> bool {
    let mut said: HashMap<&'static str, Vec<[f64; 2]>> = HashMap::new();
    let mut crossed = false;
    for Crossing { one, other, meeting } in found {
        let (at, proper) = match meeting {
            Meeting::Cross(at) => (back(*at).map(seventh), true),
            Meeting::Touch(at) => (back(*at).map(seventh), false),
        };
        let [lon, lat] = at;
        let same_polygon = one.polygon == other.polygon;
        let kind = match (same_polygon, one.ring == other.ring) {
            (true, true) => FindingKind::SelfIntersection { lon, lat },
            // Rings of one polygon, and polygons of one shape, may touch.
            _ if !proper => continue,
            (true, false) => FindingKind::HoleOutside { lon, lat },
            (false, _) => FindingKind::PartsOverlap { lon, lat },
        };
        crossed |= proper;
        let places = said.entry(kind.key()).or_default();
        if places.len() < PLACES && !places.contains(&at) {
            places.push(at);
            faults.push(kind);
        }
    }
    crossed
}

/// A number for a ring that does not depend on where it begins or which way it runs, to a centimetre or so.
pub(crate) fn ring_print(ring: &Ring) -> [u64; 2] {
    #[allow(clippy::cast_possible_truncation)] // at most 180 times ten million
    let key = |at: [f64; 2]| at.map(|degrees| (degrees * 1e7).round() as i64);
    let mut corners: Vec<[i64; 2]> = open(ring).into_iter().map(key).collect();
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    let next = corners.iter().cycle().skip(1);
    let mut sums = [0u64; 2];
    for (from, to) in corners.iter().zip(next) {
        for (salt, sum) in sums.iter_mut().enumerate() {
            let mut hasher = DefaultHasher::new();
            (salt, from.min(to), from.max(to)).hash(&mut hasher);
            *sum = sum.wrapping_add(hasher.finish());
        }
    }
    sums
}

fn rings_twice(shape: &Shape, faults: &mut Vec<FindingKind>) -> bool {
    if shape.polygons.iter().map(Vec::len).sum::<usize>() < 2 {
        return false;
    }
    let mut seen = std::collections::HashSet::new();
    let mut places = Vec::new();
    for ring in shape.polygons.iter().flatten() {
        if !seen.insert(ring_print(ring)) {
            places.extend(ring.first().copied());
        }
    }
    faults.extend(places.iter().take(PLACES).map(|[lon, lat]| FindingKind::RingTwice { lon: *lon, lat: *lat }));
    !places.is_empty()
}

/// Holes outside their polygon and parts inside one another, where no edges cross.
fn say_containment(shape: &Shape, faults: &mut Vec<FindingKind>) {
    for rings in &shape.polygons {
        let Some((outside, holes)) = rings.split_first() else { continue };
        let outer = holes.iter().filter(|hole| !on_same_side(hole, outside, true));
        for [lon, lat] in outer.filter_map(|hole| hole.first()).take(PLACES) {
            faults.push(FindingKind::HoleOutside { lon: *lon, lat: *lat });
        }
    }
    let mut parts: Vec<(f64, f64, &Vec<Ring>)> = shape
        .polygons
        .iter()
        .filter_map(|rings| {
            let lons = || rings.first().into_iter().flatten().map(|at| at[0]);
            Some((lons().min_by(f64::total_cmp)?, lons().max_by(f64::total_cmp)?, rings))
        })
        .collect();
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut left = 100_000;
    for (at, (_, east, one)) in parts.iter().enumerate() {
        for (_, _, other) in parts.iter().skip(at + 1).take_while(|(west, _, _)| west <= east) {
            left -= 1;
            if left == 0 {
                return;
            }
            let inside = |ring: &Ring, rings: &[Ring]| {
                rings.first().is_some_and(|outside| !on_same_side(ring, outside, false))
                    && rings.iter().skip(1).all(|hole| on_same_side(ring, hole, false))
            };
            let (Some(a), Some(b)) = (one.first(), other.first()) else { continue };
            if inside(a, other) || inside(b, one) {
                let [lon, lat] = b.first().copied().unwrap_or_default();
                faults.push(FindingKind::PartsOverlap { lon, lat });
                return;
            }
        }
    }
}

/// Whether no corner or middle of an edge of a ring lies on the other side of another ring; those on its edge do not
/// count. A few are enough where no edges cross.
fn on_same_side(ring: &Ring, around: &Ring, inside: bool) -> bool {
    let middles =
        ring.windows(2).map(|pair| [f64::midpoint(pair[0][0], pair[1][0]), f64::midpoint(pair[0][1], pair[1][1])]);
    let places = ring.iter().copied().zip(middles).flat_map(|(corner, middle)| [corner, middle]).take(16);
    places.filter_map(|at| contains(around, at)).all(|found| found == inside)
}

/// Whether a ring contains a place; `None` when it lies on its edge.
pub(crate) fn contains(ring: &Ring, [x, y]: [f64; 2]) -> Option<bool> {
    let mut inside = false;
    for pair in ring.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if crossings::lies_on((a, b), [x, y]) {
            return None;
        }
        if (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0] {
            inside = !inside;
        }
    }
    Some(inside)
}
