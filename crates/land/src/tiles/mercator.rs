//! Web Mercator (EPSG:3857) in whole numbers: the world is 2^32 units wide, about 1 cm each at the equator.

use std::ops::RangeInclusive;

use super::TileId;
use crate::geometry::Point;

/// Units along the side of a tile, in the tile's own coordinates.
pub(super) const EXTENT: i32 = 4096;
/// How far outlines reach over the edge of a tile, in its own units.
const BUFFER: i32 = 64;
/// Tile units to a pixel, when a tile is shown 512 pixels wide.
pub(super) const PIXEL: i32 = 8;
/// Radius of the sphere of web Mercator, in m.
const RADIUS_M: f64 = 6_378_137.0;

/// A place: units from the west and from the north.
pub(crate) type WorldPoint = (u32, u32);

/// The place of a point. Beyond 85.05° of latitude it is pressed against the edge of the world.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Pressed into range; `as` saturates.
pub(crate) fn project(Point { lon, lat }: Point) -> WorldPoint {
    let world = f64::from(u32::MAX) + 1.0;
    let x = (lon + 180.0) / 360.0;
    let sine = lat.to_radians().sin();
    let y = 0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * std::f64::consts::PI);
    ((x * world) as u32, (y * world) as u32)
}

/// The side of a world unit on the ground at a latitude in degrees, in m.
pub(super) fn unit_m(lat: f64) -> f64 {
    std::f64::consts::TAU * RADIUS_M * lat.to_radians().cos() / (f64::from(u32::MAX) + 1.0)
}

/// A box in world units, its sides included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorldBox {
    pub(crate) west: u32,
    pub(crate) north: u32,
    pub(crate) east: u32,
    pub(crate) south: u32,
}

impl WorldBox {
    pub(crate) fn of_point((x, y): WorldPoint) -> Self {
        Self { west: x, north: y, east: x, south: y }
    }

    pub(crate) fn join(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            north: self.north.min(other.north),
            east: self.east.max(other.east),
            south: self.south.max(other.south),
        }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.north <= other.south && other.north <= self.south
    }

    pub(crate) fn middle(&self) -> WorldPoint {
        (self.west + (self.east - self.west) / 2, self.north + (self.south - self.north) / 2)
    }

    /// The longer side.
    pub(super) fn length(&self) -> u32 {
        (self.east - self.west).max(self.south - self.north)
    }

    /// The columns and rows of the tiles of a zoom that it meets.
    pub(super) fn tiles(&self, zoom: u8) -> (RangeInclusive<u32>, RangeInclusive<u32>) {
        let tile = |place: u32| u32::try_from(u64::from(place) >> (32 - u32::from(zoom))).unwrap_or(0);
        (tile(self.west)..=tile(self.east), tile(self.north)..=tile(self.south))
    }
}

/// World units along one unit of a tile, as a power of two.
pub(super) fn unit_shift(zoom: u8) -> u32 {
    20 - u32::from(zoom)
}

/// Where a tile lies in the world, and the way to its own coordinates: x to the east, y to the south.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    id: TileId,
    west: i64,
    north: i64,
    shift: u32,
}

impl Frame {
    pub(super) fn new(id: TileId) -> Self {
        let side = 32 - u32::from(id.z());
        Self { id, west: i64::from(id.x()) << side, north: i64::from(id.y()) << side, shift: unit_shift(id.z()) }
    }

    pub(super) fn zoom(&self) -> u8 {
        self.id.z()
    }

    /// The ground of the tile with its buffer.
    pub(super) fn buffered(&self) -> WorldBox {
        let within = |place: i64| u32::try_from(place.clamp(0, i64::from(u32::MAX))).unwrap_or(u32::MAX);
        let (low, high) = (i64::from(-BUFFER) << self.shift, i64::from(EXTENT + BUFFER) << self.shift);
        WorldBox {
            west: within(self.west + low),
            north: within(self.north + low),
            east: within(self.west + high),
            south: within(self.north + high),
        }
    }

    /// The least and the greatest coordinate of an outline in the tile.
    pub(super) const fn limits() -> (i32, i32) {
        (-BUFFER, EXTENT + BUFFER)
    }

    /// Whether a point belongs to the tile itself: each point does to one tile of a zoom.
    pub(super) fn holds(&self, (x, y): WorldPoint) -> bool {
        let tile = |place: u32| u64::from(place) >> (32 - u32::from(self.id.z()));
        (tile(x), tile(y)) == (u64::from(self.id.x()), u64::from(self.id.y()))
    }

    /// The tile unit that holds a point.
    pub(super) fn local(&self, (x, y): WorldPoint) -> (i32, i32) {
        self.with_offset((x, y), 0)
    }

    /// The corner between tile units that is nearest to a vertex.
    pub(super) fn nearest(&self, (x, y): WorldPoint) -> (i32, i32) {
        self.with_offset((x, y), 1 << (self.shift - 1))
    }

    #[allow(clippy::cast_possible_truncation)] // The world is 2^26 tile units wide at the deepest zoom.
    fn with_offset(&self, (x, y): WorldPoint, offset: i64) -> (i32, i32) {
        let local = |place: u32, origin: i64| ((i64::from(place) - origin + offset) >> self.shift) as i32;
        (local(x, self.west), local(y, self.north))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_of_the_world_are_its_corners() {
        assert_eq!(project(Point::new(-180.0, 90.0)), (0, 0));
        assert_eq!(project(Point::new(180.0, -90.0)), (u32::MAX, u32::MAX));
        assert_eq!(project(Point::new(0.0, 0.0)), (1 << 31, 1 << 31));
    }

    /// Worked by the other form of the formula, with the inverse hyperbolic sine: 1417.50 and 814.46.
    #[test]
    fn kabul_lies_in_its_known_tile() {
        let (columns, rows) = WorldBox::of_point(project(Point::new(69.17, 34.53))).tiles(11);
        assert_eq!((columns, rows), (1417..=1417, 814..=814));
    }
}
