//! Large components cut into blocks.
//!
//! A sweep costs vertices × edges over one longitude. A component with many edges is halved, along its longer side, until
//! each block holds few. What a polygon does south of a block is drawn flat along the block's south side, which keeps the
//! parity; what it does north of it is left out. A polygon that covers a whole block needs no edge there, and makes most
//! of what lies under it irrelevant to the label: that keeps a deep pile of areas from costing the square of its depth.

use std::collections::HashMap;

use crate::sweep::{CEILING, Edge, FLOOR};

/// A block's sides, in steps of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sides {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) east: f64,
    pub(crate) north: f64,
}

/// Part of a component: the edges within, grouped by polygon, and the polygons that cover all of it.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) sides: Sides,
    pub(crate) edges: Vec<Edge>,
    pub(crate) full: Vec<u32>,
}

/// Draws the edges of one polygon as far as they matter within `sides`. Returns whether it covers all of the block (then
/// no edge is drawn). `turns` is scratch.
pub(crate) fn clip(edges: &[Edge], sides: &Sides, out: &mut Vec<Edge>, turns: &mut Vec<f64>) -> bool {
    turns.clear();
    let drawn = out.len();
    for edge in edges {
        let (x, end) = (edge.x.max(sides.west), edge.end.min(sides.east));
        if x >= end {
            continue;
        }
        let edge = if x > edge.x || end < edge.end { edge.within(x, end) } else { *edge };
        let (low, high) = (edge.y.min(edge.end_y), edge.y.max(edge.end_y));
        if high <= sides.south {
            turns.extend([x, end]);
        } else if low >= sides.south && high <= sides.north {
            out.push(edge);
        } else if low < sides.north {
            clip_across(&edge, sides, out, turns);
        }
    }
    turns.sort_unstable_by(f64::total_cmp);
    cancel_pairs(turns);
    if out.len() == drawn && turns.as_slice() == [sides.west, sides.east] {
        return true;
    }
    if let Some(first) = edges.first() {
        let flat = |pair: &[f64]| Edge {
            x: pair[0],
            y: sides.south,
            end: pair[1],
            end_y: sides.south,
            slope: 0.0,
            polygon: first.polygon,
        };
        out.extend(turns.chunks_exact(2).map(flat));
    }
    false
}

/// An edge that crosses the south or the north side.
fn clip_across(edge: &Edge, sides: &Sides, out: &mut Vec<Edge>, turns: &mut Vec<f64>) {
    let lon_at = |lat: f64| (edge.x + (lat - edge.y) / edge.slope).clamp(edge.x, edge.end);
    let rises = edge.slope > 0.0;
    let mut inner = *edge;
    if edge.y.min(edge.end_y) < sides.south {
        let at = lon_at(sides.south);
        if rises {
            turns.extend([edge.x, at]);
            (inner.x, inner.y) = (at, sides.south);
        } else {
            turns.extend([at, edge.end]);
            (inner.end, inner.end_y) = (at, sides.south);
        }
    }
    if edge.y.max(edge.end_y) > sides.north {
        let at = lon_at(sides.north);
        if rises {
            (inner.end, inner.end_y) = (at, sides.north);
        } else {
            (inner.x, inner.y) = (at, sides.north);
        }
    }
    if inner.x < inner.end {
        out.push(inner);
    }
}

/// Of sorted numbers, keeps those that occur an odd number of times, once.
#[allow(clippy::float_cmp)] // the very same vertex, not merely a near one
fn cancel_pairs(sorted: &mut Vec<f64>) {
    let mut kept = 0;
    for i in 0..sorted.len() {
        if kept > 0 && sorted[kept - 1] == sorted[i] {
            kept -= 1;
        } else {
            sorted[kept] = sorted[i];
            kept += 1;
        }
    }
    sorted.truncate(kept);
}

impl Block {
    /// The groups of edges, polygon by polygon.
    pub(crate) fn polygons(&self) -> impl Iterator<Item = &[Edge]> {
        self.edges.chunk_by(|a, b| a.polygon == b.polygon)
    }

    /// Two blocks that together are this one, cut along the longer side. `squeeze` is the length of a degree of longitude
    /// over that of latitude.
    pub(crate) fn halves(&self, squeeze: f64, tallest: f64) -> [Self; 2] {
        let Sides { west, south, east, north } = self.sides;
        let upright = north - south > tallest || north - south > (east - west) * squeeze;
        let middle = self.middle(upright);
        let (first, second) = if upright {
            (Sides { north: middle, ..self.sides }, Sides { south: middle, ..self.sides })
        } else {
            (Sides { east: middle, ..self.sides }, Sides { west: middle, ..self.sides })
        };
        [self.part(first), self.part(second)]
    }

    /// Where as many edges lie to one side as to the other; never nearer to a side than a tenth of the block.
    fn middle(&self, upright: bool) -> f64 {
        let (low, high) =
            if upright { (self.sides.south, self.sides.north) } else { (self.sides.west, self.sides.east) };
        let of =
            |edge: &Edge| if upright { f64::midpoint(edge.y, edge.end_y) } else { f64::midpoint(edge.x, edge.end) };
        let mut all: Vec<f64> = self.edges.iter().map(of).collect();
        if all.is_empty() {
            return f64::midpoint(low, high);
        }
        let half = all.len() / 2;
        let (_, &mut median, _) = all.select_nth_unstable_by(half, f64::total_cmp);
        let margin = (high - low) / 10.0;
        median.clamp(low + margin, high - margin)
    }

    fn part(&self, sides: Sides) -> Self {
        let mut part = Self { sides, edges: Vec::with_capacity(self.edges.len() * 5 / 8), full: self.full.clone() };
        let mut turns = Vec::new();
        for edges in self.polygons() {
            if clip(edges, &sides, &mut part.edges, &mut turns) {
                part.full.push(edges[0].polygon);
            }
        }
        part.full.sort_unstable();
        part
    }

    /// The block's south and north side, as edges.
    pub(crate) fn frame(&self) -> [Edge; 2] {
        let Sides { west, south, east, north } = self.sides;
        let side = |y: f64, polygon: u32| Edge { x: west, y, end: east, end_y: y, slope: 0.0, polygon };
        [side(south, FLOOR), side(north, CEILING)]
    }

    /// Keeps only polygons that `wanted` asks for.
    pub(crate) fn retain(&mut self, wanted: impl Fn(u32) -> bool) {
        self.edges.retain(|edge| wanted(edge.polygon));
    }

    /// Of polygons that `alike` puts in one class and that have the very same edges here, keeps `allowed`.
    pub(crate) fn keep_few_alike<C: std::hash::Hash + Eq>(&mut self, class: impl Fn(u32) -> C, allowed: usize) {
        let mut seen: HashMap<(C, Vec<[u64; 4]>), usize> = HashMap::new();
        let mut kept = Vec::with_capacity(self.edges.len());
        for edges in self.polygons() {
            let mut drawn: Vec<_> = edges.iter().map(|e| [e.x, e.y, e.end, e.end_y].map(f64::to_bits)).collect();
            drawn.sort_unstable();
            let count = seen.entry((class(edges[0].polygon), drawn)).or_default();
            *count += 1;
            if *count <= allowed {
                kept.extend_from_slice(edges);
            }
        }
        self.edges = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(ring: &[[f64; 2]]) -> Vec<Edge> {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).filter_map(|(&a, &b)| Edge::new(a, b, 0)).collect()
    }

    #[test]
    fn a_polygon_around_the_tile_covers_it_and_one_beside_it_leaves_nothing() {
        let sides = Sides { west: 2.0, south: 2.0, east: 4.0, north: 4.0 };
        let (mut out, mut turns) = (Vec::new(), Vec::new());
        let around = [[0.0, 0.0], [3.0, 1.0], [9.0, 0.0], [9.0, 9.0], [3.0, 8.0], [0.0, 9.0]];
        assert!(clip(&edges(&around), &sides, &mut out, &mut turns));
        let under = [[0.0, 0.0], [9.0, 0.0], [9.0, 1.0], [3.0, 1.5], [0.0, 1.0]];
        assert!(!clip(&edges(&under), &sides, &mut out, &mut turns));
        assert!(out.is_empty());
    }

    #[test]
    fn what_lies_south_is_drawn_flat_along_the_south_side() {
        let sides = Sides { west: 0.0, south: 1.0, east: 9.0, north: 9.0 };
        let (mut out, mut turns) = (Vec::new(), Vec::new());
        assert!(!clip(&edges(&[[0.0, 0.0], [4.0, 0.0], [4.0, 2.0], [0.0, 2.0]]), &sides, &mut out, &mut turns));
        let flat: Vec<_> = out.iter().map(|e| [e.x, e.y, e.end, e.end_y]).collect();
        assert_eq!(flat, [[0.0, 2.0, 4.0, 2.0], [0.0, 1.0, 4.0, 1.0]]);
    }
}
