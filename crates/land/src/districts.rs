//! Which district borders a place can meet.
//!
//! Most components lie well inside one district, and then its borders need not enter the sweep at all. A grid knows for
//! each cell the districts whose border runs through it, and the first listed of those that cover it whole.

use crate::block::{Sides, clip};
use crate::components::{Box4, join};
use crate::outlines::Outlines;
use crate::records::District;
use crate::sweep::Edge;

/// What districts a box can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Near {
    /// All of it lies in one district, or in none.
    Home(Option<u32>),
    /// Borders come near: those of the candidates.
    Borders,
}

/// All districts, ready to be asked about a box.
#[derive(Debug)]
pub(crate) struct Borders {
    borders: Vec<Border>,
    grid: Option<Grid>,
}

impl Borders {
    /// Ready to be asked about boxes within `around`, of which there are about `boxes`.
    pub(crate) fn new(districts: &[District], around: Option<Box4>, boxes: usize) -> Self {
        let mut outlines = Outlines::default();
        for (index, district) in (0_u32..).zip(districts) {
            outlines.add_polygon(&district.shape, index);
        }
        let mut rings: Vec<Vec<Vec<[f64; 2]>>> = vec![Vec::new(); districts.len()];
        let mut buffer = Vec::new();
        for (outline, head) in outlines.heads.iter().enumerate() {
            outlines.each_ring(outline, [0, 0], &mut buffer, |ring| rings[head.record as usize].push(ring.to_vec()));
        }
        let grid = around.filter(|_| !districts.is_empty()).map(|around| Grid::new(&rings, around, boxes));
        Self { borders: rings.iter().map(|rings| Border::new(rings)).collect(), grid }
    }

    /// No districts at all.
    pub(crate) fn none() -> Self {
        Self { borders: Vec::new(), grid: None }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.borders.is_empty()
    }

    /// The district that holds all of a box, or else the `candidates`, lowest first.
    pub(crate) fn near(&self, bounds: &Box4, candidates: &mut Vec<u32>) -> Near {
        candidates.clear();
        let Some(grid) = &self.grid else {
            // Without any outline at first there is no grid; an edit may have brought one since.
            return self.ask_all(candidates);
        };
        if join(*bounds, grid.around) == grid.around { grid.near(bounds, candidates) } else { self.ask_all(candidates) }
    }

    #[allow(clippy::cast_possible_truncation)] // indices of districts are 32 bits
    fn ask_all(&self, candidates: &mut Vec<u32>) -> Near {
        candidates.extend(0..self.borders.len() as u32);
        if candidates.is_empty() { Near::Home(None) } else { Near::Borders }
    }

    /// Draws a candidate's border within `sides`, whose corner lies at `origin`. Returns whether it covers all of them.
    pub(crate) fn draw(
        &self,
        district: u32,
        polygon: u32,
        origin: [i64; 2],
        sides: &Sides,
        drawing: &mut Drawing,
    ) -> bool {
        let (x, y) = (origin[0] as f64, origin[1] as f64);
        drawing.edges.clear();
        self.borders[district as usize].each_over(x + sides.west, x + sides.east, |edge| {
            if edge.y.min(edge.end_y) - y <= sides.north {
                let (end, end_y) = (edge.end - x, edge.end_y - y);
                drawing.edges.push(Edge { x: edge.x - x, y: edge.y - y, end, end_y, polygon, ..*edge });
            }
        });
        clip(&drawing.edges, sides, &mut drawing.drawn, &mut drawing.turns)
    }
}

/// Memory for drawing borders, kept for the next time.
#[derive(Debug, Default)]
pub(crate) struct Drawing {
    edges: Vec<Edge>,
    turns: Vec<f64>,
    /// What was drawn so far.
    pub(crate) drawn: Vec<Edge>,
}

/// The border of one district, its edges filed by strips of longitude.
#[derive(Debug)]
struct Border {
    west: f64,
    width: f64,
    edges: Vec<Edge>,
    strips: Vec<Vec<u32>>,
}

impl Border {
    fn new(rings: &[Vec<[f64; 2]>]) -> Self {
        let mut edges = Vec::new();
        for ring in rings {
            let next = ring.iter().cycle().skip(1);
            edges.extend(ring.iter().zip(next).filter_map(|(&a, &b)| Edge::new(a, b, 0)));
        }
        let west = edges.iter().fold(f64::MAX, |west, edge| west.min(edge.x));
        let east = edges.iter().fold(f64::MIN, |east, edge| east.max(edge.end));
        let strips = vec![Vec::new(); 4 * edges.len().isqrt() + 1];
        let mut border = Self { west, width: east - west, edges, strips };
        for (index, edge) in (0_u32..).zip(&border.edges) {
            let strips = border.strip(edge.x)..=border.strip(edge.end);
            border.strips[strips].iter_mut().for_each(|strip| strip.push(index));
        }
        border
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the cast saturates, and so does the last strip
    fn strip(&self, x: f64) -> usize {
        ((((x - self.west) / self.width) * self.strips.len() as f64) as usize).min(self.strips.len() - 1)
    }

    /// Every edge that stands over some longitude between `west` and `east`, once.
    fn each_over(&self, west: f64, east: f64, mut each: impl FnMut(&Edge)) {
        let first = self.strip(west);
        for strip in first..=self.strip(east) {
            for &index in &self.strips[strip] {
                let edge = &self.edges[index as usize];
                if edge.x < east && edge.end > west && strip == self.strip(edge.x).max(first) {
                    each(edge);
                }
            }
        }
    }
}

const MIXED: u32 = u32::MAX;
const NOBODYS: u32 = u32::MAX - 1;

/// Cells at most.
const MOST_CELLS: usize = 1 << 20;

#[derive(Debug)]
struct Grid {
    around: Box4,
    side: i64,
    columns: usize,
    /// The first listed district that covers the cell and whose border does not run through it.
    whole: Vec<Option<u32>>,
    /// For each cell what a box within it needs to ask, in as few bytes as can be: [`MIXED`] where borders run through it,
    /// [`NOBODYS`] outside all districts, else the district.
    plain: Vec<u32>,
    /// For each cell where its districts begin in `marks`, whose borders run through it.
    starts: Vec<u32>,
    marks: Vec<u32>,
}

impl Grid {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // few cells, none negative
    fn new(districts: &[Vec<Vec<[f64; 2]>>], around: Box4, boxes: usize) -> Self {
        let (width, height) = ((around[2] - around[0] + 1) as f64, (around[3] - around[1] + 1) as f64);
        let wanted = boxes.clamp(256, MOST_CELLS) as f64;
        let side = (width * height / wanted).sqrt().max(width.max(height) / wanted).ceil().max(1.0) as i64;
        let columns = ((around[2] - around[0]) / side + 1) as usize;
        let rows = ((around[3] - around[1]) / side + 1) as usize;
        let (whole, plain, starts) = (Vec::new(), Vec::new(), Vec::new());
        let mut grid = Self { around, side, columns, whole, plain, starts, marks: Vec::new() };
        let mut marks: Vec<(u32, u32)> = Vec::new();
        let mut crossings: Vec<Vec<(f64, u32)>> = vec![Vec::new(); rows];
        for (index, rings) in (0_u32..).zip(districts) {
            for ring in rings {
                let next = ring.iter().cycle().skip(1);
                for (&a, &b) in ring.iter().zip(next) {
                    grid.mark(a, b, |cell| marks.push((cell, index)));
                    grid.cross(a, b, rows, |row, x| crossings[row].push((x, index)));
                }
            }
        }
        marks.sort_unstable();
        marks.dedup();
        grid.starts = vec![0; columns * rows + 1];
        for &(cell, _) in &marks {
            grid.starts[cell as usize + 1] += 1;
        }
        for cell in 1..grid.starts.len() {
            grid.starts[cell] += grid.starts[cell - 1];
        }
        grid.marks = marks.into_iter().map(|(_, district)| district).collect();
        grid.whole = grid.covering(crossings);
        let is_marked = |cell: usize| grid.starts[cell] != grid.starts[cell + 1];
        let plain =
            |(cell, whole): (usize, &Option<u32>)| if is_marked(cell) { MIXED } else { whole.unwrap_or(NOBODYS) };
        grid.plain = grid.whole.iter().enumerate().map(plain).collect();
        grid
    }

    fn clamp(&self, x: f64, y: f64) -> [f64; 2] {
        let [west, south, east, north] = self.around.map(|side| side as f64);
        [x.clamp(west, east) - west, y.clamp(south, north) - south]
    }

    fn is_apart(&self, a: [f64; 2], b: [f64; 2]) -> bool {
        let [west, south, east, north] = self.around.map(|side| side as f64);
        a[0].max(b[0]) < west || a[0].min(b[0]) > east || a[1].max(b[1]) < south || a[1].min(b[1]) > north
    }

    /// Calls `each` with every cell that an edge may run through.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the grid
    fn mark(&self, a: [f64; 2], b: [f64; 2], mut each: impl FnMut(u32)) {
        if self.is_apart(a, b) {
            return;
        }
        let side = self.side as f64;
        let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
        let (from, to) = (self.clamp(low[0], low[1]), self.clamp(high[0], high[1]));
        let slope = (high[0] - low[0]) / (high[1] - low[1]);
        for row in (from[1] / side) as usize..=(to[1] / side) as usize {
            let south = self.around[1] as f64 + row as f64 * side;
            // A little more than the row's own part, for rounding; all of the edge where it lies level.
            let at = |y: f64| if slope.is_finite() { low[0] + (y.clamp(low[1], high[1]) - low[1]) * slope } else { y };
            let (mut x1, mut x2) = (at(south - 1.0), at(south + side + 1.0));
            if !slope.is_finite() {
                (x1, x2) = (low[0], high[0]);
            }
            let west = self.clamp(x1.min(x2) - 1.0, 0.0)[0];
            let east = self.clamp(x1.max(x2) + 1.0, 0.0)[0];
            for column in (west / side) as usize..=(east / side) as usize {
                each((row * self.columns + column) as u32);
            }
        }
    }

    /// Calls `each` with every row whose middle an edge crosses, and the longitude there.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped first
    fn cross(&self, a: [f64; 2], b: [f64; 2], rows: usize, mut each: impl FnMut(usize, f64)) {
        let row = |y: f64| ((y - self.around[1] as f64) / self.side as f64).clamp(0.0, rows as f64 - 1.0) as usize;
        for row in row(a[1].min(b[1]))..=row(a[1].max(b[1])) {
            let y = self.around[1] as f64 + (row as f64 + 0.5) * self.side as f64;
            if (a[1] <= y) != (b[1] <= y) {
                each(row, a[0] + (b[0] - a[0]) * ((y - a[1]) / (b[1] - a[1])));
            }
        }
    }

    /// For each cell the first district that covers its middle and has no border in it.
    fn covering(&self, crossings: Vec<Vec<(f64, u32)>>) -> Vec<Option<u32>> {
        let mut whole = Vec::with_capacity(self.starts.len());
        for mut crossings in crossings {
            crossings.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let mut waiting = crossings.into_iter().peekable();
            let mut inside: Vec<u32> = Vec::new();
            for column in 0..self.columns {
                let x = self.around[0] as f64 + (column as f64 + 0.5) * self.side as f64;
                while let Some((_, district)) = waiting.next_if(|crossing| crossing.0 <= x) {
                    match inside.binary_search(&district) {
                        Ok(at) => drop(inside.remove(at)),
                        Err(at) => inside.insert(at, district),
                    }
                }
                let marked = self.marked(whole.len());
                whole.push(inside.iter().copied().find(|district| !marked.contains(district)));
            }
        }
        whole
    }

    fn marked(&self, cell: usize) -> &[u32] {
        &self.marks[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap)] // clamped to the grid
    fn near(&self, bounds: &Box4, candidates: &mut Vec<u32>) -> Near {
        let column = |x: i64| ((x - self.around[0]) / self.side).clamp(0, self.columns as i64 - 1) as usize;
        let rows = self.whole.len() / self.columns;
        let row = |y: i64| ((y - self.around[1]) / self.side).clamp(0, rows as i64 - 1) as usize;
        let (rows, columns) = (row(bounds[1])..=row(bounds[3]), column(bounds[0])..=column(bounds[2]));
        let cells = rows.flat_map(|row| columns.clone().map(move |column| row * self.columns + column));
        let first = self.plain[row(bounds[1]) * self.columns + column(bounds[0])];
        if first != MIXED && cells.clone().all(|cell| self.plain[cell] == first) {
            return Near::Home(Some(first).filter(|&district| district != NOBODYS));
        }
        for cell in cells {
            for district in self.marked(cell).iter().copied().chain(self.whole[cell]) {
                if candidates.last() != Some(&district) {
                    candidates.push(district);
                }
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        Near::Borders
    }
}
