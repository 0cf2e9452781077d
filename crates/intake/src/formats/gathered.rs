//! Binary geometry as the geometry of a row, with what is to be said of it.

use crate::finding::FindingKind;
use crate::table::Geometry;
use crate::wkb::{self, Corners, Shapes};
use crate::{Position, Shape};

/// Gathers the parts of a geometry.
#[derive(Default)]
struct Gatherer {
    points: u64,
    geometry: Geometry,
    shape: Shape,
}

impl Shapes for Gatherer {
    fn point(&mut self, [lon, lat]: [f64; 2]) {
        self.points += 1;
        self.geometry.point.get_or_insert(Position { lon, lat });
    }

    fn polygon(&mut self) {
        self.shape.polygons.push(Vec::new());
    }

    fn ring(&mut self, corners: Corners<'_>) {
        let mut ring = Vec::with_capacity(corners.len());
        corners.add_to(&mut ring);
        if let Some(polygon) = self.shape.polygons.last_mut() {
            polygon.push(ring);
        }
    }

    fn unused(&mut self, reason: String) {
        // Said once, however many lines a collection holds.
        let note = FindingKind::GeometryNotUsed { reason };
        if !self.geometry.notes.contains(&note) {
            self.geometry.notes.push(note);
        }
    }
}

impl Gatherer {
    fn finish(mut self) -> Geometry {
        if self.points > 1 {
            self.geometry.notes.insert(0, FindingKind::SeveralPoints { n: self.points });
        }
        if !self.shape.polygons.is_empty() {
            self.geometry.shape = Some(self.shape);
        } else if self.points == 0 && self.geometry.notes.is_empty() {
            self.geometry.notes.push(FindingKind::GeometryMissing {});
        }
        self.geometry
    }
}

/// The geometry of a row, in well-known binary.
pub(crate) fn read(bytes: &[u8]) -> Geometry {
    gathered(|gatherer| wkb::read(bytes, gatherer))
}

/// The geometry of a row as a `GeoPackage` keeps it, in a layer of a coordinate system.
pub(crate) fn read_geopackage(blob: &[u8], srs_id: i64) -> Geometry {
    gathered(|gatherer| wkb::read_geopackage(blob, srs_id, gatherer))
}

fn gathered(read: impl FnOnce(&mut Gatherer) -> Result<(), String>) -> Geometry {
    let mut gatherer = Gatherer::default();
    match read(&mut gatherer) {
        Ok(()) => gatherer.finish(),
        Err(reason) => Geometry { notes: vec![FindingKind::GeometryNotUsed { reason }], ..Geometry::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_geometry_with_a_fault_gives_nothing_but_the_reason() {
        let curve = [1, 10, 0, 0, 0, 0, 0, 0, 0];
        assert!(
            matches!(&read(&curve).notes[..], [FindingKind::GeometryNotUsed { reason }] if reason.contains("straight"))
        );
    }

    #[test]
    fn lines_are_spoken_of_once() {
        let mut lines = vec![1, 5, 0, 0, 0, 2, 0, 0, 0];
        lines.extend([1, 2, 0, 0, 0, 0, 0, 0, 0].repeat(2));
        assert!(
            matches!(&read(&lines).notes[..], [FindingKind::GeometryNotUsed { reason }] if reason.contains("line"))
        );
    }

    #[test]
    fn an_empty_polygon_and_an_empty_point_are_missing_geometry() {
        let polygon = [1, 3, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(read(&polygon).notes, [FindingKind::GeometryMissing {}]);
        let mut point = vec![1, 1, 0, 0, 0];
        point.extend(f64::NAN.to_le_bytes().repeat(2));
        assert_eq!(read(&point).notes, [FindingKind::GeometryMissing {}]);
    }
}
