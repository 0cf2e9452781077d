//! Points, rings and polygons in longitude and latitude.
//!
//! Coordinates are WGS84 degrees, longitude first, within -360..=360 and -90..=90. A shape that crosses the
//! antimeridian may come split there, as `GeoJSON` (RFC 7946, section 3.1.9) asks, or drawn across it; the README states
//! how it is read. What is inside a polygon is decided by the even-odd rule alone, so no shape is refused for its form: holes, parts, bow-ties and rings in either
//! direction all have one meaning.

/// A place on the WGS84 ellipsoid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Longitude in degrees, east positive.
    pub lon: f64,
    /// Latitude in degrees, north positive.
    pub lat: f64,
}

impl Point {
    /// The point at `lon`, `lat` degrees. Not checked here: [`Ring::new`] is where coordinates are checked.
    #[must_use]
    pub const fn new(lon: f64, lat: f64) -> Self {
        Self { lon, lat }
    }
}

/// A coordinate that is no place on the ellipsoid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeometryError {
    /// A coordinate is NaN or infinite.
    #[error("vertex {vertex} has a coordinate that is not a number")]
    NotFinite {
        /// Place of the vertex in its ring, from 0.
        vertex: usize,
    },
    /// A longitude is outside -360..=360: most often the coordinates are in metres.
    #[error("vertex {vertex} has longitude {lon}, which is not within -360 to 360 degrees")]
    LongitudeOutOfRange {
        /// Place of the vertex in its ring, from 0.
        vertex: usize,
        /// The longitude found.
        lon: f64,
    },
    /// A latitude is outside -90..=90: most often longitude and latitude are swapped, or the coordinates are in metres.
    #[error("vertex {vertex} has latitude {lat}, which is not within -90 to 90 degrees")]
    LatitudeOutOfRange {
        /// Place of the vertex in its ring, from 0.
        vertex: usize,
        /// The latitude found.
        lat: f64,
    },
    /// A ring of a polygon was refused.
    #[error("ring {ring}: {source}")]
    InRing {
        /// Place of the ring in its polygon, from 0.
        ring: usize,
        /// What is wrong in that ring.
        source: Box<GeometryError>,
    },
}

/// A closed line, kept without the repeated last vertex.
///
/// Its edges are straight in longitude and latitude, the last one leading back to the first vertex. It may run in
/// either direction, touch or cross itself, or enclose nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ring {
    points: Vec<Point>,
}

impl Ring {
    /// A ring through `points`; a last vertex that repeats the first one is dropped.
    ///
    /// # Errors
    /// [`GeometryError`] names the first vertex that is not a place on the ellipsoid.
    pub fn new(points: impl IntoIterator<Item = Point>) -> Result<Self, GeometryError> {
        let mut points: Vec<Point> = points.into_iter().collect();
        for (vertex, point) in points.iter().enumerate() {
            check(vertex, *point)?;
        }
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        Ok(Self { points })
    }

    /// The vertices, without the repeated last one.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The edges in the ring's own direction, the closing one last.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let next = self.points.iter().cycle().skip(1);
        self.points.iter().copied().zip(next.copied())
    }
}

pub(crate) fn check(vertex: usize, Point { lon, lat }: Point) -> Result<(), GeometryError> {
    if !lon.is_finite() || !lat.is_finite() {
        Err(GeometryError::NotFinite { vertex })
    } else if !(-360.0..=360.0).contains(&lon) {
        Err(GeometryError::LongitudeOutOfRange { vertex, lon })
    } else if !(-90.0..=90.0).contains(&lat) {
        Err(GeometryError::LatitudeOutOfRange { vertex, lat })
    } else {
        Ok(())
    }
}

/// The shape of one record: the ground that lies inside an odd number of its rings' windings.
///
/// A hole is one more ring, and so is a further part; there is no separate multipolygon.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Polygon {
    rings: Vec<Ring>,
}

impl Polygon {
    /// The polygon with these rings.
    #[must_use]
    pub fn new(rings: Vec<Ring>) -> Self {
        Self { rings }
    }

    /// The polygon whose rings are lists of `[longitude, latitude]`, as `GeoJSON` writes them.
    ///
    /// # Errors
    /// [`GeometryError::InRing`] names the first ring and vertex that is not a place on the ellipsoid.
    ///
    /// ```
    /// let bow_tie = land::Polygon::from_lon_lat([[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]])?;
    /// assert_eq!(bow_tie.rings()[0].points().len(), 4);
    /// # Ok::<(), land::GeometryError>(())
    /// ```
    pub fn from_lon_lat<R, P>(rings: R) -> Result<Self, GeometryError>
    where
        R: IntoIterator<Item = P>,
        P: IntoIterator<Item = [f64; 2]>,
    {
        let checked = rings.into_iter().enumerate().map(|(ring, points)| {
            Ring::new(points.into_iter().map(|[lon, lat]| Point::new(lon, lat)))
                .map_err(|source| GeometryError::InRing { ring, source: Box::new(source) })
        });
        Ok(Self { rings: checked.collect::<Result<_, _>>()? })
    }

    /// The rings.
    #[must_use]
    pub fn rings(&self) -> &[Ring] {
        &self.rings
    }

    /// The edges of all rings.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.rings.iter().flat_map(Ring::edges)
    }

    /// The smallest box that holds every vertex; `None` for a polygon without vertices.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        let mut points = self.rings.iter().flat_map(|ring| ring.points.iter().copied());
        let first = Bounds::of_point(points.next()?);
        Some(points.fold(first, |bounds, point| bounds.join(Bounds::of_point(point))))
    }
}

/// A box in longitude and latitude, its sides included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) east: f64,
    pub(crate) north: f64,
}

impl Bounds {
    pub(crate) fn of_point(Point { lon, lat }: Point) -> Self {
        Self { west: lon, south: lat, east: lon, north: lat }
    }

    pub(crate) fn of_edge(a: Point, b: Point) -> Self {
        Self::of_point(a).join(Self::of_point(b))
    }

    pub(crate) fn join(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_last_vertex_is_dropped() {
        let ring = Ring::new([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)].map(|(x, y)| Point::new(x, y))).unwrap();
        assert_eq!(ring.points().len(), 3);
        assert_eq!(ring.edges().last(), Some((Point::new(1.0, 1.0), Point::new(0.0, 0.0))));
    }

    #[test]
    fn a_refusal_names_ring_and_vertex() {
        let refused = |lon, lat| Polygon::from_lon_lat([vec![[0.0, 0.0]], vec![[0.0, 0.0], [lon, lat]]]).unwrap_err();
        assert_eq!(
            refused(12.0, 91.5).to_string(),
            "ring 1: vertex 1 has latitude 91.5, which is not within -90 to 90 degrees"
        );
        assert_eq!(
            refused(500_000.0, 0.0).to_string(),
            "ring 1: vertex 1 has longitude 500000, which is not within -360 to 360 degrees"
        );
        assert_eq!(refused(f64::NAN, 0.0).to_string(), "ring 1: vertex 1 has a coordinate that is not a number");
    }

    #[test]
    fn a_polygon_without_vertices_has_no_bounds() {
        assert_eq!(Polygon::default().bounds(), None);
        assert_eq!(Polygon::new(vec![Ring::default()]).bounds(), None);
    }
}
