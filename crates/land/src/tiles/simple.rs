//! Whether a ring of whole numbers is simple, asked cheaply: most rings are, and need no cleaning.

use super::outline::Vertex;

/// Beyond this many vertices, comparing every pair of edges costs more than cleaning.
const MOST_PAIRWISE: usize = 80;

/// Twice the area of the triangle, positive when it turns like the axes do.
fn turn(a: Vertex, b: Vertex, c: Vertex) -> i64 {
    let [ax, ay, bx, by, cx, cy] = [a.0, a.1, b.0, b.1, c.0, c.1].map(i64::from);
    (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
}

/// Twice the signed area of a ring.
pub(super) fn doubled_area(ring: &[Vertex]) -> i64 {
    let Some(&origin) = ring.first() else { return 0 };
    ring.windows(2).map(|edge| turn(origin, edge[0], edge[1])).sum()
}

/// Drops vertices that repeat, that lie on a straight line, and that only lead out and back. What does not have three
/// vertices then encloses nothing, and becomes empty. The ground inside, by the even-odd rule, stays the same.
pub(super) fn prune(ring: &mut Vec<Vertex>) {
    let mut kept = 0;
    for next in 0..ring.len() {
        let vertex = ring[next];
        while kept >= 2 && turn(ring[kept - 2], ring[kept - 1], vertex) == 0 {
            kept -= 1;
        }
        if kept == 0 || ring[kept - 1] != vertex {
            ring[kept] = vertex;
            kept += 1;
        }
    }
    let mut start = 0;
    while kept - start >= 3 {
        if ring[kept - 1] == ring[start] || turn(ring[kept - 2], ring[kept - 1], ring[start]) == 0 {
            kept -= 1;
        } else if turn(ring[kept - 1], ring[start], ring[start + 1]) == 0 {
            start += 1;
        } else {
            break;
        }
    }
    ring.truncate(kept);
    ring.drain(..start);
    if ring.len() < 3 {
        ring.clear();
    }
}

/// Whether no two edges of a pruned ring touch, save neighbours at their common vertex.
///
/// A ring too long to be asked this cheaply counts as not simple.
pub(super) fn is_simple(ring: &[Vertex]) -> bool {
    is_star(ring) || (ring.len() <= MOST_PAIRWISE && no_edges_touch(ring))
}

/// Whether the ring goes once around the middle of its box, always turning the same way as seen from there.
fn is_star(ring: &[Vertex]) -> bool {
    let Some(&first) = ring.first() else { return false };
    let (low, high) = ring
        .iter()
        .fold((first, first), |(low, high), &(x, y)| ((low.0.min(x), low.1.min(y)), (high.0.max(x), high.1.max(y))));
    // In halves of a unit, around the middle.
    let seen = |(x, y): Vertex| {
        (
            2 * i64::from(x) - i64::from(low.0) - i64::from(high.0),
            2 * i64::from(y) - i64::from(low.1) - i64::from(high.1),
        )
    };
    let mut from = seen(ring[ring.len() - 1]);
    let (mut left, mut right, mut rounds) = (false, false, 0);
    for &vertex in ring {
        let to = seen(vertex);
        match (from.0 * to.1 - from.1 * to.0).signum() {
            1 => left = true,
            -1 => right = true,
            _ => return false,
        }
        rounds += i32::from(from.1 < 0 && to.1 >= 0);
        from = to;
    }
    left != right && rounds == 1
}

fn no_edges_touch(ring: &[Vertex]) -> bool {
    let count = ring.len();
    let edge = |i: usize| (ring[i], ring[if i + 1 == count { 0 } else { i + 1 }]);
    (0..count).all(|i| {
        let (a, b) = edge(i);
        let last = if i == 0 { count - 1 } else { count };
        (i + 2..last).all(|j| {
            let (c, d) = edge(j);
            !touch(a, b, c, d)
        })
    })
}

fn touch(a: Vertex, b: Vertex, c: Vertex, d: Vertex) -> bool {
    let apart = |a: i32, b: i32, c: i32, d: i32| a.max(b) < c.min(d) || c.max(d) < a.min(b);
    if apart(a.0, b.0, c.0, d.0) || apart(a.1, b.1, c.1, d.1) {
        return false;
    }
    // The boxes meet, so edges on one line touch as well.
    turn(a, b, c).signum() * turn(a, b, d).signum() <= 0 && turn(c, d, a).signum() * turn(c, d, b).signum() <= 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pruned(ring: &[Vertex]) -> Vec<Vertex> {
        let mut ring = ring.to_vec();
        prune(&mut ring);
        ring
    }

    #[test]
    fn a_square_is_simple_and_a_bow_tie_is_not() {
        assert!(is_simple(&[(0, 0), (4, 0), (4, 4), (0, 4)]));
        assert!(!is_simple(&[(0, 0), (4, 4), (4, 0), (0, 4)]));
    }

    #[test]
    fn a_ring_that_winds_twice_is_not_simple() {
        let twice = [(9, 0), (0, 9), (-9, 0), (0, -9), (8, 1), (1, 8), (-8, 1), (1, -8)];
        assert!(!is_simple(&twice));
    }

    #[test]
    fn a_ring_that_touches_itself_is_not_simple() {
        assert!(!is_simple(&[(0, 0), (4, 4), (8, 0), (8, 8), (4, 4), (0, 8)]));
        assert!(!is_simple(&[(0, 0), (8, 0), (8, 8), (4, 0), (0, 8)]));
    }

    #[test]
    fn a_letter_c_is_simple() {
        let c = [(0, 0), (9, 0), (9, 2), (2, 2), (2, 7), (9, 7), (9, 9), (0, 9)];
        assert!(!is_star(&c) && is_simple(&c));
    }

    #[test]
    fn pruning_leaves_corners_only() {
        let square = [(2, 0), (4, 0), (4, 0), (4, 4), (4, 9), (4, 4), (0, 4), (0, 2), (0, 0)];
        assert_eq!(pruned(&square), [(4, 0), (4, 4), (0, 4), (0, 0)]);
        assert!(pruned(&[(0, 0), (3, 3), (9, 9), (5, 5)]).is_empty());
        assert!(pruned(&[(1, 1)]).is_empty());
        assert!(pruned(&[]).is_empty());
    }

    #[test]
    fn the_area_of_a_ring_has_a_sign() {
        assert_eq!(doubled_area(&[(0, 0), (4, 0), (4, 3)]), 12);
        assert_eq!(doubled_area(&[(4, 3), (4, 0), (0, 0)]), -12);
    }
}
