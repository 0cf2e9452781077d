//! Where edges of a shape cross or touch: each edge is compared only with those near it.
//!
//! Edges stand in the order of their rings, so a tree of boxes over that order is tight; boxes are laid along the
//! direction that most of the edges have, so that a comb of slanting lines does not make all boxes overlap. Work is
//! bounded all the same: a shape made to be slow is said to be too tangled.

/// A place on the plane: degrees from the shape's first corner.
pub(crate) type At = [f64; 2];

/// An edge of a ring.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) from: At,
    pub(crate) to: At,
    pub(crate) polygon: u32,
    pub(crate) ring: u32,
    /// Place in its ring, and how many the ring has.
    pub(crate) number: u32,
    pub(crate) of: u32,
}

/// How two edges meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meeting {
    /// Inside both.
    Cross(At),
    /// At an end of one of them.
    Touch(At),
}

/// Two edges that meet though they are not neighbours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crossing {
    pub(crate) one: Edge,
    pub(crate) other: Edge,
    pub(crate) meeting: Meeting,
}

/// What was found, and whether all was looked at.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) crossings: Vec<Crossing>,
    pub(crate) unfinished: bool,
}

const LEAF: usize = 8;
/// More than this many meetings of one shape are not looked for.
const ENOUGH: usize = 64;

/// Finds where edges meet that are not neighbours in their ring.
pub(crate) fn find(edges: &[Edge]) -> Found {
    let mut found = Found::default();
    if edges.len() < 2 {
        return found;
    }
    let tree = Tree::of(edges);
    let mut left = 5_000_000 + edges.len() * 200;
    let mut stack = vec![(1, 1)];
    while let Some((a, b)) = stack.pop() {
        left = left.saturating_sub(1);
        if left == 0 || found.crossings.len() >= ENOUGH {
            found.unfinished = left == 0;
            return found;
        }
        if a != b && !tree.overlap(a, b) {
            continue;
        }
        match (a == b, tree.is_leaf(a)) {
            (_, true) => {
                left = left.saturating_sub(LEAF * LEAF / 2);
                tree.compare(edges, a, b, &mut found.crossings);
            }
            (true, false) => stack.extend([(2 * a, 2 * a), (2 * a + 1, 2 * a + 1), (2 * a, 2 * a + 1)]),
            (false, false) => {
                stack.extend([(2 * a, 2 * b), (2 * a, 2 * b + 1), (2 * a + 1, 2 * b), (2 * a + 1, 2 * b + 1)]);
            }
        }
    }
    found
}

#[derive(Debug, Clone, Copy)]
struct Box4 {
    low: At,
    high: At,
}

impl Box4 {
    const NONE: Self = Self { low: [f64::INFINITY; 2], high: [f64::NEG_INFINITY; 2] };

    fn with(self, [x, y]: At) -> Self {
        Self { low: [self.low[0].min(x), self.low[1].min(y)], high: [self.high[0].max(x), self.high[1].max(y)] }
    }

    fn join(self, other: Self) -> Self {
        let each = |of: fn(f64, f64) -> f64, a: At, b: At| [of(a[0], b[0]), of(a[1], b[1])];
        Self { low: each(f64::min, self.low, other.low), high: each(f64::max, self.high, other.high) }
    }

    fn overlaps(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.low[axis] <= other.high[axis] && other.low[axis] <= self.high[axis])
    }
}

/// Boxes in a heap: node 1 is the root, the children of n are 2n and 2n+1; all leaves lie on one level.
struct Tree {
    boxes: Vec<Box4>,
    edges: Vec<Box4>,
    leaves: usize,
}

impl Tree {
    fn of(edges: &[Edge]) -> Self {
        let axis = main_direction(edges);
        // Wider than what turning the corners can be wrong by.
        let laid = |at: At| [at[0] * axis[0] + at[1] * axis[1], at[1] * axis[0] - at[0] * axis[1]];
        let reach = edges.iter().flat_map(|edge| [edge.from, edge.to]).flatten().fold(0.0, |m: f64, v| m.max(v.abs()));
        let slack = reach * 1e-14;
        let of_edge = |edge: &Edge| {
            let tight = Box4::NONE.with(laid(edge.from)).with(laid(edge.to));
            Box4 {
                low: [tight.low[0] - slack, tight.low[1] - slack],
                high: [tight.high[0] + slack, tight.high[1] + slack],
            }
        };
        let each: Vec<Box4> = edges.iter().map(of_edge).collect();
        let leaves = edges.len().div_ceil(LEAF).next_power_of_two();
        let mut boxes = vec![Box4::NONE; 2 * leaves];
        for (at, chunk) in each.chunks(LEAF).enumerate() {
            boxes[leaves + at] = chunk.iter().fold(Box4::NONE, |all, one| all.join(*one));
        }
        for at in (1..leaves).rev() {
            boxes[at] = boxes[2 * at].join(boxes[2 * at + 1]);
        }
        Self { boxes, edges: each, leaves }
    }

    fn is_leaf(&self, node: usize) -> bool {
        node >= self.leaves
    }

    fn overlap(&self, a: usize, b: usize) -> bool {
        self.boxes[a].overlaps(&self.boxes[b])
    }

    fn compare(&self, edges: &[Edge], a: usize, b: usize, found: &mut Vec<Crossing>) {
        let range = |node: usize| {
            let first = (node - self.leaves) * LEAF;
            first..(first + LEAF).min(edges.len())
        };
        for i in range(a) {
            for j in range(b).filter(|j| a != b || *j > i) {
                let (one, other) = (edges[i], edges[j]);
                if !self.edges[i].overlaps(&self.edges[j]) || neighbours(&one, &other) {
                    continue;
                }
                if let Some(meeting) = meet(&one, &other) {
                    found.push(Crossing { one, other, meeting });
                }
            }
        }
    }
}

/// The direction that most of the edges have, right angles aside: the mean of four times their angle.
fn main_direction(edges: &[Edge]) -> At {
    let (mut x, mut y) = (0.0, 0.0);
    for edge in edges {
        let (dx, dy) = (edge.to[0] - edge.from[0], edge.to[1] - edge.from[1]);
        let angle = 4.0 * dy.atan2(dx);
        x += dx.hypot(dy) * angle.cos();
        y += dx.hypot(dy) * angle.sin();
    }
    let angle = y.atan2(x) / 4.0;
    [angle.cos(), angle.sin()]
}

fn neighbours(one: &Edge, other: &Edge) -> bool {
    let (low, high) = (one.number.min(other.number), one.number.max(other.number));
    one.polygon == other.polygon && one.ring == other.ring && (high - low == 1 || (low == 0 && high + 1 == one.of))
}

/// Which side of a line a place is on; zero when rounding leaves it open.
fn side(from: At, to: At, at: At) -> f64 {
    let (a, b) = ((to[0] - from[0]) * (at[1] - from[1]), (to[1] - from[1]) * (at[0] - from[0]));
    let wide = (a.abs() + b.abs()) * 4.0 * f64::EPSILON;
    if (a - b).abs() <= wide { 0.0 } else { a - b }
}

fn within(from: At, to: At, at: At) -> bool {
    (0..2).all(|axis| (from[axis].min(to[axis])..=from[axis].max(to[axis])).contains(&at[axis]))
}

/// Whether a place lies on an edge.
pub(crate) fn lies_on(edge: (At, At), at: At) -> bool {
    within(edge.0, edge.1, at) && side(edge.0, edge.1, at) == 0.0
}

fn meet(one: &Edge, other: &Edge) -> Option<Meeting> {
    let (a, b, c, d) = (one.from, one.to, other.from, other.to);
    let sides = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
    if sides[0] * sides[1] < 0.0 && sides[2] * sides[3] < 0.0 {
        let part = sides[0] / (sides[0] - sides[1]);
        return Some(Meeting::Cross([c[0] + part * (d[0] - c[0]), c[1] + part * (d[1] - c[1])]));
    }
    let ends = [(sides[0], (a, b), c), (sides[1], (a, b), d), (sides[2], (c, d), a), (sides[3], (c, d), b)];
    ends.into_iter()
        .find(|(side, line, at)| *side == 0.0 && within(line.0, line.1, *at))
        .map(|(_, _, at)| Meeting::Touch(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(corners: &[At]) -> Vec<Edge> {
        let of = u32::try_from(corners.len()).unwrap();
        let pair = |n: usize| (corners[n], corners[(n + 1) % corners.len()]);
        (0..of)
            .map(|number| {
                let (from, to) = pair(number as usize);
                Edge { from, to, polygon: 0, ring: 0, number, of }
            })
            .collect()
    }

    /// A comb of long thin teeth: `n` teeth, leaning by `slope`, with one edge drawn across when `crossed`.
    fn comb(n: u32, slope: f64, crossed: bool) -> Vec<Edge> {
        let mut corners: Vec<At> = Vec::new();
        for tooth in 0..n {
            let y = f64::from(tooth) * 1e-5;
            corners.extend([[0.0, y], [1.0, y + slope], [1.0, y + slope + 4e-6], [0.0, y + 4e-6]]);
        }
        if crossed {
            corners.push([0.5, slope / 2.0 - 0.5]);
        }
        corners.push([-1.0, 0.5]);
        ring(&corners)
    }

    #[test]
    fn a_ring_of_a_hundred_thousand_corners_is_looked_through() {
        for slope in [0.0, 0.7] {
            let found = find(&comb(25_000, slope, false));
            assert!(!found.unfinished && found.crossings.is_empty(), "{slope}: {:?}", found.crossings.first());
            let found = find(&comb(25_000, slope, true));
            assert!(!found.crossings.is_empty(), "{slope}");
        }
    }

    #[test]
    fn a_crossing_is_found_where_it_is() {
        let found = find(&ring(&[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]));
        assert_eq!(found.crossings.len(), 1);
        assert_eq!(found.crossings[0].meeting, Meeting::Cross([1.0, 1.0]));
    }

    #[test]
    fn neighbours_that_share_a_corner_do_not_meet() {
        assert!(find(&ring(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])).crossings.is_empty());
    }
}
