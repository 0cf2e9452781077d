//! The outline of one record, checked as the general reader checks it.

use crate::finding::FindingKind;
use crate::shapes;
use crate::wkb::{Corners, Shapes};
use crate::{BoundingBox, Position};

/// An outline, in degrees: what a record's polygons enclose by the even-odd rule.
///
/// A hole is one more ring, and so is a further part. Rings come as entered (neither direction nor crossing is
/// changed), without the corner that repeats the first at the end.
#[derive(Debug, Clone, Copy)]
pub struct Outline<'a> {
    corners: &'a [[f64; 2]],
    rings: &'a [RingOf],
}

impl<'a> Outline<'a> {
    /// The rings: lists of `[longitude, latitude]`. No list is empty, no number is infinite or none.
    pub fn rings(&self) -> impl Iterator<Item = &'a [[f64; 2]]> + Clone + use<'a> {
        let corners = self.corners;
        self.rings.iter().map(move |ring| corners.get(ring.start..ring.end).unwrap_or(&[]))
    }

    /// For each ring, whether it is the outside of a polygon; if not, it is a hole in the one before.
    pub fn outsides(&self) -> impl Iterator<Item = bool> + use<'a> {
        self.rings.iter().map(|ring| ring.outside)
    }
}

/// Where a ring lies in the list of corners.
#[derive(Debug, Clone, Copy)]
struct RingOf {
    start: usize,
    end: usize,
    outside: bool,
}

/// One outline after another, in the same memory.
#[derive(Debug, Default)]
pub(crate) struct Drawing {
    corners: Vec<[f64; 2]>,
    rings: Vec<RingOf>,
    points: u64,
    first_point: Option<[f64; 2]>,
    outside_next: bool,
    most_corners: usize,
    too_many: bool,
    notes: Vec<FindingKind>,
}

impl Shapes for Drawing {
    fn point(&mut self, at: [f64; 2]) {
        self.points += 1;
        self.first_point.get_or_insert(at);
    }

    fn polygon(&mut self) {
        self.outside_next = true;
    }

    fn ring(&mut self, corners: Corners<'_>) {
        if self.corners.len() + corners.len() > self.most_corners {
            self.too_many = true;
            return;
        }
        let start = self.corners.len();
        corners.add_to(&mut self.corners);
        self.rings.push(RingOf { start, end: self.corners.len(), outside: self.outside_next });
        self.outside_next = false;
    }

    fn unused(&mut self, reason: String) {
        self.notes.push(FindingKind::GeometryNotUsed { reason });
    }
}

impl Drawing {
    pub(crate) fn new(most_corners: usize) -> Self {
        Self { most_corners, ..Self::default() }
    }

    /// Forgets the last outline.
    pub(crate) fn clear(&mut self) {
        self.corners.clear();
        self.rings.clear();
        self.notes.clear();
        (self.points, self.first_point, self.outside_next, self.too_many) = (0, None, false, false);
    }

    pub(crate) fn note(&mut self, kind: FindingKind) {
        self.notes.push(kind);
    }

    /// What was noticed about the last outline.
    pub(crate) fn notes(&self) -> &[FindingKind] {
        &self.notes
    }

    pub(crate) fn point_given(&self) -> Option<Position> {
        self.first_point.map(|[lon, lat]| Position { lon, lat })
    }

    /// The last outline, if anything of it can be used.
    pub(crate) fn outline(&self) -> Option<Outline<'_>> {
        (!self.rings.is_empty()).then_some(Outline { corners: &self.corners, rings: &self.rings })
    }

    /// Nothing of the outline can be used.
    pub(crate) fn refuse(&mut self, kind: FindingKind) {
        self.corners.clear();
        self.rings.clear();
        self.notes.push(kind);
    }

    /// Leaves out what is no ring and says so, as [`shapes::checked`] does.
    pub(crate) fn check(&mut self, country: Option<BoundingBox>) {
        if self.points > 1 {
            self.notes.push(FindingKind::SeveralPoints { n: self.points });
        }
        if self.too_many {
            let reason = format!("it has more corners than the {} allowed; simplify it", self.most_corners);
            return self.refuse(FindingKind::GeometryNotUsed { reason });
        }
        if self.rings.is_empty() {
            if self.points == 0 && self.notes.is_empty() {
                self.notes.push(FindingKind::GeometryMissing {});
            }
            return;
        }
        // NaN fails any comparison. One pass without branches settles the usual case.
        let on_earth =
            self.corners.iter().fold(true, |good, [lon, lat]| good & (lon.abs() <= 180.0) & (lat.abs() <= 90.0));
        if !on_earth {
            let far = self.corners.iter().find(|[lon, lat]| !shapes::possible([*lon, *lat]));
            let [lon, lat] = far.copied().unwrap_or_default();
            return self.refuse(shapes::impossible(lon, lat));
        }
        let mut dropping = false;
        let (corners, notes) = (&self.corners, &mut self.notes);
        self.rings.retain_mut(|ring| {
            // Without its outside a polygon is nothing; without a hole it is still a polygon.
            dropping &= !ring.outside;
            let list = corners.get(ring.start..ring.end).unwrap_or(&[]);
            if !dropping && shapes::distinct(list) < 3 {
                notes.push(shapes::too_few_corners(list));
                dropping = ring.outside;
                return false;
            }
            if !dropping {
                if list.first() == list.last() {
                    ring.end -= 1;
                } else {
                    notes.push(FindingKind::RingLeftOpen {});
                }
            }
            !dropping
        });
        self.compare(country);
    }

    /// An outline whose first corner lies outside the State's box is said, and kept.
    fn compare(&mut self, country: Option<BoundingBox>) {
        let first = self.rings.first().and_then(|ring| self.corners.get(ring.start));
        if let (Some(country), Some([lon, lat])) = (country, first.copied())
            && !country.contains(Position { lon, lat })
        {
            self.notes.push(FindingKind::OutsideCountry { lon, lat });
        }
    }
}
