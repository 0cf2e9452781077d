//! The outline of one area in one tile: snapped, thinned, clipped, and cleaned where that is needed.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

use super::MAX_ZOOM;
use super::mercator::{Frame, WorldPoint};
use super::simple::{doubled_area, is_simple, prune};

/// A vertex in the coordinates of a tile.
pub(super) type Vertex = (i32, i32);

/// Below the deepest zoom, a vertex nearer than this to the one before it is dropped, in tile units.
const THINNING: i64 = 2;

/// What came of an area in a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawn {
    /// An outline: see [`Pen::rings`].
    Outline,
    /// Nothing of its outline is left at this zoom, in any tile.
    Point,
    /// Its outline does not reach into this tile.
    Nothing,
}

/// Draws one outline after another with the same memory.
#[derive(Default)]
pub(super) struct Pen {
    vertices: Vec<Vertex>,
    ring_ends: Vec<usize>,
    ring: Vec<Vertex>,
    spare: Vec<Vertex>,
    overlay: Option<Overlay<i32>>,
}

impl Pen {
    /// The rings last drawn: exteriors wound so that their area is positive in the tile's coordinates, each before its
    /// holes, which are wound the other way.
    pub(super) fn rings(&self) -> impl Iterator<Item = &[Vertex]> {
        let starts = std::iter::once(0).chain(self.ring_ends.iter().copied());
        starts.zip(&self.ring_ends).map(|(start, &end)| &self.vertices[start..end])
    }

    pub(super) fn draw<'a>(
        &mut self,
        rings: impl Iterator<Item = &'a [WorldPoint]> + Clone,
        frame: &Frame,
        anchor: WorldPoint,
    ) -> Drawn {
        if !self.gather(rings.clone(), frame, true) {
            return Drawn::Point;
        }
        if self.tidy() {
            return Drawn::Outline;
        }
        // Only the tile of the anchor would show the point, so only there it matters whether any tile shows the outline.
        if frame.holds(anchor) {
            self.gather(rings, frame, false);
            if !self.tidy() {
                return Drawn::Point;
            }
        }
        Drawn::Nothing
    }

    /// Takes the rings in, in tile coordinates. False if none was left even before clipping.
    fn gather<'a>(&mut self, rings: impl Iterator<Item = &'a [WorldPoint]>, frame: &Frame, clipped: bool) -> bool {
        self.vertices.clear();
        self.ring_ends.clear();
        let mut any = false;
        for ring in rings {
            self.snap(ring, frame);
            prune(&mut self.ring);
            any |= !self.ring.is_empty();
            if clipped && self.clip() {
                prune(&mut self.ring);
            }
            if !self.ring.is_empty() {
                self.vertices.extend_from_slice(&self.ring);
                self.ring_ends.push(self.vertices.len());
            }
        }
        any
    }

    fn snap(&mut self, ring: &[WorldPoint], frame: &Frame) {
        self.ring.clear();
        let nearest = ring.iter().map(|&place| frame.nearest(place));
        if frame.zoom() == MAX_ZOOM {
            self.ring.extend(nearest);
            return;
        }
        let is_near = |a: Vertex, b: Vertex| {
            let (dx, dy) = (i64::from(a.0) - i64::from(b.0), i64::from(a.1) - i64::from(b.1));
            dx * dx + dy * dy < THINNING * THINNING
        };
        for vertex in nearest {
            if !self.ring.last().is_some_and(|&last| is_near(last, vertex)) {
                self.ring.push(vertex);
            }
        }
    }

    /// Cuts the ring at the limits of the tile; false if it lies within them. What lies outside is pressed against the
    /// limits, which leaves the inside as it was by the even-odd rule.
    ///
    /// Sutherland and Hodgman, "Reentrant polygon clipping", CACM 17 (1974), 32-42.
    fn clip(&mut self) -> bool {
        let (low, high) = Frame::limits();
        let is_within = |&(x, y): &Vertex| low <= x && x <= high && low <= y && y <= high;
        if self.ring.iter().all(is_within) {
            return false;
        }
        for (side, limit) in [(Side::Low, low), (Side::High, high)] {
            for swapped in [false, true] {
                self.spare.clear();
                cut(&self.ring, side, limit, swapped, &mut self.spare);
                std::mem::swap(&mut self.ring, &mut self.spare);
            }
        }
        true
    }

    /// Makes the rings valid; false if nothing is left.
    fn tidy(&mut self) -> bool {
        if self.ring_ends.len() == 1 && is_simple(&self.vertices) {
            if doubled_area(&self.vertices) < 0 {
                self.vertices.reverse();
            }
            return true;
        }
        if self.ring_ends.is_empty() {
            return false;
        }
        let overlay = self.overlay.get_or_insert_with(|| {
            Overlay::new_custom(64, IntOverlayOptions::ogc(), i_overlay::core::solver::Solver::default())
        });
        overlay.clear();
        let mut start = 0;
        for &end in &self.ring_ends {
            let ring = self.vertices[start..end].iter().map(|&(x, y)| IntPoint::new(x, y));
            overlay.add_path_iter(ring, ShapeType::Subject);
            start = end;
        }
        let shapes = overlay.overlay(OverlayRule::Subject, FillRule::EvenOdd);
        self.vertices.clear();
        self.ring_ends.clear();
        for ring in shapes.iter().flatten() {
            self.vertices.extend(ring.iter().map(|point| (point.x, point.y)));
            self.ring_ends.push(self.vertices.len());
        }
        !self.ring_ends.is_empty()
    }
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Low,
    High,
}

/// The part of a ring on the inner side of one limit: of x, or of y when `swapped`.
fn cut(ring: &[Vertex], side: Side, limit: i32, swapped: bool, kept: &mut Vec<Vertex>) {
    let turned = |(x, y): Vertex| if swapped { (y, x) } else { (x, y) };
    let is_inside = |across: i32| match side {
        Side::Low => across >= limit,
        Side::High => across <= limit,
    };
    let Some(&last) = ring.last() else { return };
    let mut from = turned(last);
    for &vertex in ring {
        let to = turned(vertex);
        if is_inside(from.0) != is_inside(to.0) {
            kept.push(turned((limit, along(from, to, limit))));
        }
        if is_inside(to.0) {
            kept.push(vertex);
        }
        from = to;
    }
}

/// Where the line through two points, on different sides of `limit`, meets it: to the nearest whole unit.
#[allow(clippy::cast_possible_truncation)] // Between the two second coordinates.
fn along(from: Vertex, to: Vertex, limit: i32) -> i32 {
    // The same result whichever way the edge runs, so that neighbours that share it stay neighbours.
    let (a, b) = if from <= to { (from, to) } else { (to, from) };
    let [ax, ay, bx, by, limit] = [a.0, a.1, b.0, b.1, limit].map(i64::from);
    let (rise, run) = ((by - ay) * (limit - ax), bx - ax);
    (ay + (2 * rise + run).div_euclid(2 * run)) as i32
}
