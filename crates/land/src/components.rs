//! Which boxes hang together.
//!
//! Polygons whose boxes do not touch, directly or through others, cannot share ground: each such group is swept alone.

use crate::geometry::Bounds;

/// Groups of indices into `boxes`, each group connected by touching boxes. Indices ascend within a group, and groups by
/// their first index.
///
/// A sweep from west to east over boxes, which are kept in bands of latitude with about as many boxes each; a box meets
/// only those still open in its own bands. About n log n for scattered boxes; a pile of k boxes costs k².
pub(crate) fn components(boxes: &[Bounds]) -> Vec<Vec<usize>> {
    let bands = Bands::new(boxes);
    let mut open: Vec<Vec<usize>> = vec![Vec::new(); bands.count()];
    let mut groups = Groups::new(boxes.len());
    let mut by_west: Vec<usize> = (0..boxes.len()).collect();
    by_west.sort_by(|&a, &b| boxes[a].west.total_cmp(&boxes[b].west));
    for new in by_west {
        for band in &mut open[bands.of(&boxes[new])] {
            band.retain(|&old| boxes[old].east >= boxes[new].west);
            for &old in band.iter().filter(|&&old| boxes[old].meets(&boxes[new])) {
                groups.join(old, new);
            }
            band.push(new);
        }
    }
    groups.into_lists()
}

/// Bands of latitude, divided so that boxes fall evenly into them.
struct Bands {
    divisions: Vec<f64>,
}

impl Bands {
    fn new(boxes: &[Bounds]) -> Self {
        let mut souths: Vec<f64> = boxes.iter().map(|b| b.south).collect();
        souths.sort_unstable_by(f64::total_cmp);
        let per_band = boxes.len().isqrt().max(1);
        let mut divisions: Vec<f64> = souths.into_iter().step_by(per_band).skip(1).collect();
        divisions.dedup();
        Self { divisions }
    }

    fn count(&self) -> usize {
        self.divisions.len() + 1
    }

    fn of(&self, b: &Bounds) -> std::ops::RangeInclusive<usize> {
        let band = |lat: f64| self.divisions.partition_point(|&division| division <= lat);
        band(b.south)..=band(b.north)
    }
}

/// Disjoint sets; the lowest index stands for its set.
struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Self { parent: (0..count).collect() }
    }

    fn find(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b)] = a.min(b);
    }

    fn into_lists(mut self) -> Vec<Vec<usize>> {
        let mut lists: Vec<Vec<usize>> = Vec::new();
        let mut list_of = vec![0; self.parent.len()];
        for i in 0..self.parent.len() {
            let first = self.find(i);
            if first == i {
                list_of[i] = lists.len();
                lists.push(Vec::new());
            }
            lists[list_of[first]].push(i);
        }
        lists
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(west: f64, south: f64, side: f64) -> Bounds {
        Bounds { west, south, east: west + side, north: south + side }
    }

    #[test]
    fn touching_boxes_hang_together_also_through_others() {
        let boxes = [square(0.0, 0.0, 1.0), square(5.0, 5.0, 1.0), square(2.0, 0.0, 1.0), square(1.0, 1.0, 1.0)];
        assert_eq!(components(&boxes), vec![vec![0, 2, 3], vec![1]]);
    }

    #[test]
    fn no_boxes_make_no_groups() {
        assert!(components(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_sweep_finds_what_comparing_all_pairs_finds(
            squares in prop::collection::vec((0.0..100.0_f64, 0.0..100.0_f64, prop_oneof![0.0..4.0_f64, 0.0..60.0_f64]), 0..120)
        ) {
            let boxes: Vec<_> = squares.into_iter().map(|(x, y, side)| square(x.round(), y.round(), side.round())).collect();
            let mut groups = Groups::new(boxes.len());
            for a in 0..boxes.len() {
                for b in 0..a {
                    if boxes[a].meets(&boxes[b]) {
                        groups.join(a, b);
                    }
                }
            }
            prop_assert_eq!(components(&boxes), groups.into_lists());
        }
    }
}
