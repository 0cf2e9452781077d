//! Which district borders a component can meet.
//!
//! Most components lie well inside one district, and then its borders need not enter the sweep at all.

use crate::geometry::{Bounds, Point, Polygon};
use crate::records::District;
use crate::sweep::{Layer, Sweep};

/// All districts, ready to be asked about a box.
pub(crate) struct Borders {
    outlines: Vec<Option<Outline>>,
}

impl Borders {
    pub(crate) fn new(districts: &[District]) -> Self {
        Self { outlines: districts.iter().map(|district| Outline::new(&district.shape)).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.outlines.is_empty()
    }

    /// Adds to the sweep what decides the district of any ground within `bounds`.
    pub(crate) fn add_to(&self, sweep: &mut Sweep, bounds: &Bounds) {
        for (rank, outline) in (0_u32..).zip(&self.outlines) {
            let Some(outline) = outline.as_ref().filter(|outline| outline.bounds.meets(bounds)) else { continue };
            let edges = outline.edges_under(bounds);
            if edges.iter().any(|&(a, b)| Bounds::of_edge(a, b).meets(bounds)) {
                for edge in edges {
                    sweep.add_edge(Layer::District, rank, edge);
                }
            } else if covers_alike(&edges, bounds) {
                sweep.add_district_everywhere(rank);
            }
        }
    }
}

/// Whether a district whose `edges` all stay out of the box covers it: those below it, on one meridian, are odd in number.
fn covers_alike(edges: &[(Point, Point)], bounds: &Bounds) -> bool {
    let meridian = f64::midpoint(bounds.west, bounds.east);
    edges.iter().filter(|(a, b)| (a.lon <= meridian) != (b.lon <= meridian)).count() % 2 == 1
}

/// The border of one district, its edges filed by strips of longitude.
struct Outline {
    bounds: Bounds,
    edges: Vec<(Point, Point)>,
    strips: Vec<Vec<usize>>,
}

impl Outline {
    fn new(shape: &Polygon) -> Option<Self> {
        let bounds = shape.bounds()?;
        let edges: Vec<_> = shape.edges().collect();
        let strips = vec![Vec::new(); 4 * edges.len().isqrt() + 1];
        let mut outline = Self { bounds, edges, strips };
        for (index, &(a, b)) in outline.edges.iter().enumerate() {
            let strips = outline.strip(a.lon.min(b.lon))..=outline.strip(a.lon.max(b.lon));
            outline.strips[strips].iter_mut().for_each(|strip| strip.push(index));
        }
        Some(outline)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the cast saturates, and so does the last strip
    fn strip(&self, lon: f64) -> usize {
        let share = (lon - self.bounds.west) / (self.bounds.east - self.bounds.west);
        ((share * self.strips.len() as f64) as usize).min(self.strips.len() - 1)
    }

    /// The edges within the box's longitudes that do not lie wholly above it. Those below count too: they decide parity.
    fn edges_under(&self, bounds: &Bounds) -> Vec<(Point, Point)> {
        let strips = self.strip(bounds.west)..=self.strip(bounds.east);
        let mut found: Vec<usize> = self.strips[strips].iter().flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        let edges = found.into_iter().map(|index| self.edges[index]);
        edges
            .filter(|&(a, b)| {
                let edge = Bounds::of_edge(a, b);
                edge.west <= bounds.east && bounds.west <= edge.east && edge.south <= bounds.north
            })
            .collect()
    }
}
