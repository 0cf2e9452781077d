//! What remains on a date, as polygons: for maps, and for files that other programs open.
//!
//! The figures are kept by [`balance`](mod@crate::balance) and need no polygons. Where both are asked the same question
//! they agree: the areas given here sum to the closing figure of the books *as mapped*.
//!
//! # Rules
//!
//! - Ground remains if it lies in a hazard found by the date and in no release of that date or before.
//! - Ground in several hazards belongs to the one found first; of the same date, to the first listed. So nothing counts
//!   twice, and each hazard keeps its own attributes.
//! - A hazard of which nothing remains is left out.
//! - Vertices are set to a grid of 10⁻⁹ degrees (a tenth of a millimetre), the same for all hazards: neighbours that
//!   share a border still share it.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::IntShapes;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::area::ring_area_m2;
use crate::geometry::{Point, Polygon, Ring};
use crate::tiles::index::Index;
use crate::tiles::mercator::{WorldBox, project};
use crate::tiles::store::morton;

/// A mapped outline and the day from which it counts.
#[derive(Debug, Clone, Copy)]
pub struct Outline<'a> {
    /// The ground, by the even-odd rule.
    pub shape: &'a Polygon,
    /// When it was found hazardous, or released. Where only the year is known: 1 January for a hazard and 31 December for
    /// a release, so that doubt never makes ground free. At the end of a year both rules give what the balance gives.
    pub on: Date,
}

/// What remains of one hazard.
#[derive(Debug, Clone, PartialEq)]
pub struct RemainingArea {
    /// The place of the hazard in the list that was given.
    pub hazard: usize,
    /// Valid polygons that do not overlap: the first ring of each is the outer one, counter-clockwise; the others are its
    /// holes, clockwise.
    pub parts: Vec<Polygon>,
    /// The area of the parts in m², by the rule of area.
    pub area_m2: f64,
}

/// What remains of each hazard on a date, in the order of the hazards.
///
/// ```
/// use jiff::civil::date;
/// use land::{Polygon, remaining::{Outline, remaining}};
///
/// let field = Polygon::from_lon_lat([[[20.0, 40.0], [20.02, 40.0], [20.02, 40.02], [20.0, 40.02]]])?;
/// let middle = Polygon::from_lon_lat([[[20.01, 40.005], [20.015, 40.005], [20.015, 40.01]]])?;
/// let found = [Outline { shape: &field, on: date(2020, 5, 1) }];
/// let cleared = [Outline { shape: &middle, on: date(2022, 9, 30) }];
/// let left = remaining(&found, &cleared, date(2022, 12, 31));
/// assert_eq!(left[0].parts[0].rings().len(), 2, "a field with a hole");
/// assert!(remaining(&found, &cleared, date(2019, 12, 31)).is_empty());
/// # Ok::<(), land::GeometryError>(())
/// ```
#[must_use]
pub fn remaining(hazards: &[Outline<'_>], releases: &[Outline<'_>], as_of: Date) -> Vec<RemainingArea> {
    let mut placed = placed(hazards, as_of, |index, on| Rank::Hazard(on, index));
    placed.extend(self::placed(releases, as_of, |_, _| Rank::Release));
    placed.sort_by_key(|one| morton(one.bounds.middle()));
    let boxes: Vec<WorldBox> = placed.iter().map(|one| one.bounds).collect();
    let index = Index::new(&boxes);
    let mut left: Vec<RemainingArea> = (0..placed.len())
        .into_par_iter()
        .filter_map(|place| {
            let Placed { shape, bounds, rank } = placed[place];
            let Rank::Hazard(_, hazard) = rank else { return None };
            let mut taken = Vec::new();
            index.search(&bounds, |other| {
                if placed[other].rank < rank {
                    taken.push(placed[other].shape);
                }
            });
            what_is_left(hazard, shape, &taken)
        })
        .collect();
    left.sort_unstable_by_key(|area| area.hazard);
    left
}

/// The ground of one outline as valid polygons that do not overlap, as in [`RemainingArea::parts`]; none for an outline
/// that encloses no ground.
#[must_use]
pub fn valid_parts(shape: &Polygon) -> Vec<Polygon> {
    measured(&cleaned(shape)).map(|(parts, _)| parts).unwrap_or_default()
}

/// A piece of a hazard that was released as a whole, or never.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The place of the hazard in the list that was given.
    pub hazard: usize,
    /// The place of the release that came first to this ground; `None` for ground that was never released.
    pub release: Option<usize>,
    /// As in [`RemainingArea::parts`].
    pub parts: Vec<Polygon>,
    /// The area of the parts in m², by the rule of area.
    pub area_m2: f64,
}

/// Every hazard cut up by the releases, for maps of any date: a piece is there from the day its hazard was found, and open
/// until its release. The pieces of a hazard that are open on a date are what [`remaining`] gives for it.
///
/// Of releases of one date the first listed counts. In the order of the hazards, then of the releases' dates.
#[must_use]
pub fn pieces(hazards: &[Outline<'_>], releases: &[Outline<'_>]) -> Vec<Piece> {
    let mut placed = placed(hazards, Date::MAX, |index, on| Rank::Hazard(on, index));
    let of_hazards = placed.len();
    let mut cuts: Vec<(Date, usize)> = Vec::new();
    placed.extend(self::placed(releases, Date::MAX, |index, on| {
        cuts.push((on, index));
        Rank::Release
    }));
    let boxes: Vec<WorldBox> = placed.iter().map(|one| one.bounds).collect();
    let index = Index::new(&boxes);
    let mut pieces: Vec<Piece> = (0..of_hazards)
        .into_par_iter()
        .flat_map_iter(|place| {
            let Placed { shape, bounds, rank } = placed[place];
            let (mut taken, mut over) = (Vec::new(), Vec::new());
            index.search(&bounds, |other| {
                if other >= of_hazards {
                    over.push((cuts[other - of_hazards], placed[other].shape));
                } else if placed[other].rank < rank {
                    taken.push(placed[other].shape);
                }
            });
            over.sort_unstable_by_key(|&(cut, _)| cut);
            let Rank::Hazard(_, hazard) = rank else { return Vec::new() };
            let ground = without(&cleaned(shape), &taken);
            cut_up(hazard, ground, &over)
        })
        .collect();
    pieces.sort_by_key(|piece| piece.hazard);
    pieces
}

fn cut_up(hazard: usize, mut ground: IntShapes<i64>, released: &[((Date, usize), &Polygon)]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |release, shapes: &IntShapes<i64>| {
        if let Some((parts, area_m2)) = measured(shapes) {
            pieces.push(Piece { hazard, release, parts, area_m2 });
        }
    };
    for &((_, release), shape) in released {
        if ground.is_empty() {
            break;
        }
        push(Some(release), &overlaid(&ground, &[shape], OverlayRule::Intersect));
        ground = without(&ground, &[shape]);
    }
    push(None, &ground);
    pieces
}

/// Which outline takes ground from which: the lesser from the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Release,
    Hazard(Date, usize),
}

#[derive(Debug, Clone, Copy)]
struct Placed<'a> {
    shape: &'a Polygon,
    bounds: WorldBox,
    rank: Rank,
}

fn placed<'a>(outlines: &[Outline<'a>], as_of: Date, mut rank: impl FnMut(usize, Date) -> Rank) -> Vec<Placed<'a>> {
    let counted = outlines.iter().enumerate().filter(|(_, outline)| outline.on <= as_of);
    counted
        .filter_map(|(index, &Outline { shape, on })| {
            let vertices = shape.rings().iter().flat_map(Ring::points);
            let bounds = vertices.map(|&point| WorldBox::of_point(project(point))).reduce(WorldBox::join)?;
            Some(Placed { shape, bounds, rank: rank(index, on) })
        })
        .collect()
}

fn what_is_left(hazard: usize, shape: &Polygon, taken: &[&Polygon]) -> Option<RemainingArea> {
    // Each shape is cleaned by itself first: the union of uncleaned ones fills the lobes of bow-ties wrongly (3.6e-6 of
    // the total in a test of 100 000 hazards).
    let (parts, area_m2) = measured(&without(&cleaned(shape), taken))?;
    Some(RemainingArea { hazard, parts, area_m2 })
}

/// Shapes in degrees, and their area in m²; `None` when there are none.
fn measured(shapes: &IntShapes<i64>) -> Option<(Vec<Polygon>, f64)> {
    let parts: Vec<Polygon> =
        shapes.iter().map(|shape| Polygon::new(shape.iter().map(|ring| degrees(ring)).collect())).collect();
    let area_m2 = parts.iter().flat_map(Polygon::rings).map(ring_area_m2).sum();
    (!parts.is_empty()).then_some((parts, area_m2))
}

fn without(ground: &IntShapes<i64>, taken: &[&Polygon]) -> IntShapes<i64> {
    if taken.is_empty() { ground.clone() } else { overlaid(ground, taken, OverlayRule::Difference) }
}

fn overlaid(ground: &IntShapes<i64>, others: &[&Polygon], rule: OverlayRule) -> IntShapes<i64> {
    let mut overlay = engine();
    overlay.add_source(ground, ShapeType::Subject);
    for other in others {
        overlay.add_source(&cleaned(other), ShapeType::Clip);
    }
    overlay.overlay(rule, FillRule::NonZero)
}

/// Vertices on straight lines stay: where one part touches the side of another, only a vertex of both keeps them from
/// overlapping by a rounding once the grid is left.
fn engine() -> Overlay<i64> {
    let options = IntOverlayOptions { preserve_output_collinear: true, ..IntOverlayOptions::ogc() };
    Overlay::new_custom(64, options, Solver::default())
}

const GRID_PER_DEGREE: f64 = 1e9;

/// The ground of a polygon on the grid: valid shapes with their outer rings counter-clockwise.
fn cleaned(shape: &Polygon) -> IntShapes<i64> {
    let mut overlay = engine();
    for ring in shape.rings() {
        overlay.add_path_iter(ring.points().iter().map(|&point| grid(point)), ShapeType::Subject);
    }
    overlay.overlay(OverlayRule::Subject, FillRule::EvenOdd)
}

#[allow(clippy::cast_possible_truncation)] // At most 1.8e11.
fn grid(Point { lon, lat }: Point) -> IntPoint<i64> {
    let whole = |degrees: f64| (degrees * GRID_PER_DEGREE).round() as i64;
    IntPoint::new(whole(lon), whole(lat))
}

/// Overlay never leaves the box of what it was given, and the grid holds the limits of longitude and latitude.
#[allow(clippy::expect_used)]
fn degrees(ring: &[IntPoint<i64>]) -> Ring {
    let degrees = |whole: i64| whole as f64 / GRID_PER_DEGREE;
    let points = ring.iter().map(|point| Point::new(degrees(point.x), degrees(point.y)));
    Ring::new(points).expect("vertices on the grid lie among those they were made from")
}
