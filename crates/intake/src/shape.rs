//! Places as plain data: longitude and latitude in degrees, WGS84.

use serde::{Deserialize, Serialize};

/// A place, in degrees on WGS84, as entered (never corrected here).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Degrees east of Greenwich, -180 to 180.
    pub lon: f64,
    /// Degrees north of the equator, -90 to 90.
    pub lat: f64,
}

/// Polygons as plain data: polygons > rings > `[lon, lat]` in degrees.
///
/// The first ring of a polygon is its outside, the others are holes. Rings are kept as entered: neither
/// their direction nor a crossing of their own edges is changed; a ring left open is closed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// One entry for each polygon.
    pub polygons: Vec<Vec<Vec<[f64; 2]>>>,
}

/// A box in degrees, for instance the one that holds a State.
///
/// `west` greater than `east` means that the box crosses the 180th meridian.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BoundingBox {
    /// Western edge, degrees of longitude.
    pub west: f64,
    /// Southern edge, degrees of latitude.
    pub south: f64,
    /// Eastern edge, degrees of longitude.
    pub east: f64,
    /// Northern edge, degrees of latitude.
    pub north: f64,
}

impl BoundingBox {
    /// Whether the place lies in the box or on its edge.
    ///
    /// ```
    /// let fiji = intake::BoundingBox { west: 177.0, south: -19.0, east: -179.0, north: -16.0 };
    /// assert!(fiji.contains(intake::Position { lon: -179.5, lat: -17.0 }));
    /// ```
    #[must_use]
    pub fn contains(&self, place: Position) -> bool {
        let lon = if self.west <= self.east {
            (self.west..=self.east).contains(&place.lon)
        } else {
            place.lon >= self.west || place.lon <= self.east
        };
        lon && (self.south..=self.north).contains(&place.lat)
    }
}
