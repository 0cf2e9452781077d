//! A packed tree of boxes: sixteen to a node, built once over boxes that already stand in a good order.

use super::mercator::WorldBox;

const NODE: usize = 16;

#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// The boxes, then the boxes of each sixteen of them, and so on up to at most sixteen.
    levels: Vec<Vec<WorldBox>>,
}

impl Index {
    pub(crate) fn new(boxes: &[WorldBox]) -> Self {
        let mut levels = vec![boxes.to_vec()];
        while let Some(level) = levels.last().filter(|level| level.len() > NODE) {
            let parents = level.chunks(NODE).filter_map(|node| node.iter().copied().reduce(WorldBox::join)).collect();
            levels.push(parents);
        }
        Self { levels }
    }

    /// Calls `found` with the number of each box that meets `window`, in order.
    pub(crate) fn search(&self, window: &WorldBox, mut found: impl FnMut(usize)) {
        let Some(top) = self.levels.len().checked_sub(1) else { return };
        let mut to_visit = vec![(top, 0..self.levels[top].len())];
        while let Some((level, mut nodes)) = to_visit.pop() {
            let Some(node) = nodes.next() else { continue };
            to_visit.push((level, nodes));
            if !self.levels[level][node].meets(window) {
                continue;
            }
            if level == 0 {
                found(node);
            } else {
                let end = self.levels[level - 1].len().min((node + 1) * NODE);
                to_visit.push((level - 1, node * NODE..end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_what_looking_at_every_box_finds() {
        // A fixed walk over the plane; its steps share no factor with its size.
        let boxes: Vec<WorldBox> = (0..1000_u32)
            .map(|i| {
                let (x, y) = (i * 37 % 1009, i * 611 % 1013);
                WorldBox { west: x, north: y, east: x + i % 13, south: y + i % 7 }
            })
            .collect();
        let index = Index::new(&boxes);
        for window in boxes.iter().map(|b| WorldBox { east: b.east + 40, south: b.south + 90, ..*b }) {
            let mut found = Vec::new();
            index.search(&window, |number| found.push(number));
            let expected: Vec<usize> = (0..boxes.len()).filter(|&i| boxes[i].meets(&window)).collect();
            assert_eq!(found, expected);
        }
        Index::new(&[]).search(&boxes[0], |_| panic!("nothing can be found in nothing"));
    }
}
