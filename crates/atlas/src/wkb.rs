//! Well-known binary, little-endian (OGC 06-103r4).

use geo_types::{Coord, MultiPolygon};

use crate::layer::Geometry;
use crate::rings::{Outer, oriented};

/// Appends the geometry; rings run counter-clockwise outside, as `GeoParquet` can promise.
pub(crate) fn append(out: &mut Vec<u8>, geometry: &Geometry) {
    match geometry {
        Geometry::Point(point) => {
            head(out, 1);
            vertex(out, point.0);
        }
        Geometry::Areas(areas) => multi_polygon(out, areas),
    }
}

fn multi_polygon(out: &mut Vec<u8>, areas: &MultiPolygon<f64>) {
    head(out, 6);
    count(out, areas.0.len());
    for polygon in areas {
        head(out, 3);
        let rings: Vec<Vec<Coord<f64>>> = oriented(polygon, Outer::CounterClockwise).collect();
        count(out, rings.len());
        for ring in rings {
            count(out, ring.len());
            for at in ring {
                vertex(out, at);
            }
        }
    }
}

fn head(out: &mut Vec<u8>, kind: u32) {
    out.push(1);
    out.extend_from_slice(&kind.to_le_bytes());
}

/// 2^32 vertices in one geometry would be 64 GB: memory ends first.
#[allow(clippy::cast_possible_truncation)]
fn count(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

fn vertex(out: &mut Vec<u8>, at: Coord<f64>) {
    out.extend_from_slice(&at.x.to_le_bytes());
    out.extend_from_slice(&at.y.to_le_bytes());
}
