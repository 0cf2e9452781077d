//! Well-known binary, of the OGC and of `PostGIS`: points and polygons, with or without height and measure.

use crate::finding::FindingKind;
use crate::table::Geometry;
use crate::{Position, Shape};

/// What a geometry gives, as it is read; nothing is copied that the receiver does not keep.
pub(crate) trait Visit {
    /// A place by itself.
    fn point(&mut self, at: [f64; 2]);
    /// A polygon begins.
    fn polygon(&mut self);
    /// A ring of the polygon begins, with so many corners; the first is its outside.
    fn ring(&mut self, corners: usize);
    /// A corner of the ring.
    fn vertex(&mut self, at: [f64; 2]);
    /// A line, which has no area.
    fn line(&mut self);
}

/// Collections inside collections.
const DEEPEST: usize = 8;

/// Reads one geometry; the error says what is wrong with it.
pub(crate) fn visit(bytes: &[u8], visitor: &mut impl Visit) -> Result<(), String> {
    let mut reader = Reader { bytes, little: true };
    reader.geometry(visitor, 0)
}

struct Reader<'a> {
    bytes: &'a [u8],
    little: bool,
}

const SHORT: &str = "it ends too early";

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or(SHORT)?;
        self.bytes = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, String> {
        let bytes = self.take()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// A count of things that take at least so many bytes each: more than there is room for are not believed.
    fn count(&mut self, least: usize) -> Result<usize, String> {
        let n = self.u32()? as usize;
        if n > self.bytes.len() / least { Err(SHORT.to_owned()) } else { Ok(n) }
    }

    fn geometry(&mut self, visitor: &mut impl Visit, depth: usize) -> Result<(), String> {
        let [order] = self.take()?;
        self.little = order == 1;
        let code = self.u32()?;
        // PostGIS says in high bits what the OGC says in thousands.
        let (high, low) = (code & 0xe000_0000, code & 0x1fff_ffff);
        if high & 0x2000_0000 != 0 {
            self.u32()?;
        }
        let extra = match low / 1000 {
            0 => usize::from(high & 0x8000_0000 != 0) + usize::from(high & 0x4000_0000 != 0),
            1 | 2 => 1,
            3 => 2,
            _ => return Err(format!("{code} is no kind of geometry")),
        };
        match low % 1000 {
            1 => {
                let at = self.corners(1, extra)?;
                for at in at {
                    visitor.point(at);
                }
                Ok(())
            }
            2 => {
                let n = self.count(16 + 8 * extra)?;
                self.corners(n, extra)?;
                visitor.line();
                Ok(())
            }
            3 => self.polygon(visitor, extra),
            4..=7 => self.several(visitor, depth),
            8..=17 => Err("a curve or a surface of curves is not read; save it with straight edges".to_owned()),
            kind => Err(format!("{kind} is no kind of geometry")),
        }
    }

    fn several(&mut self, visitor: &mut impl Visit, depth: usize) -> Result<(), String> {
        if depth >= DEEPEST {
            return Err("its collections lie too deep in one another".to_owned());
        }
        let n = self.count(5)?;
        for _ in 0..n {
            self.geometry(visitor, depth + 1)?;
        }
        Ok(())
    }

    fn polygon(&mut self, visitor: &mut impl Visit, extra: usize) -> Result<(), String> {
        let rings = self.count(4)?;
        if rings > 0 {
            visitor.polygon();
        }
        for _ in 0..rings {
            let n = self.count(16 + 8 * extra)?;
            visitor.ring(n);
            self.each(n, extra, |at| visitor.vertex(at))?;
        }
        Ok(())
    }

    fn corners(&mut self, n: usize, extra: usize) -> Result<Vec<[f64; 2]>, String> {
        let mut list = Vec::new();
        self.each(n, extra, |at| list.push(at))?;
        Ok(list)
    }

    #[inline]
    fn each(&mut self, n: usize, extra: usize, mut give: impl FnMut([f64; 2])) -> Result<(), String> {
        let size = 16 + 8 * extra;
        let (block, rest) = self.bytes.split_at_checked(n * size).ok_or(SHORT)?;
        self.bytes = rest;
        let number = |bytes: &[u8]| -> f64 {
            let Some(bytes) = bytes.first_chunk::<8>() else { return f64::NAN };
            if self.little { f64::from_le_bytes(*bytes) } else { f64::from_be_bytes(*bytes) }
        };
        for corner in block.chunks_exact(size) {
            let (x, y) = corner.split_at(8);
            give([number(x), number(y)]);
        }
        Ok(())
    }
}

/// Gathers what a visit gives into the geometry of a row.
#[derive(Default)]
pub(crate) struct Gatherer {
    points: u64,
    lines: u64,
    geometry: Geometry,
    shape: Shape,
}

impl Visit for Gatherer {
    fn point(&mut self, [lon, lat]: [f64; 2]) {
        // A point of no numbers is how this format writes an empty one.
        if lon.is_nan() && lat.is_nan() {
            return;
        }
        self.points += 1;
        self.geometry.point.get_or_insert(Position { lon, lat });
    }

    fn polygon(&mut self) {
        self.shape.polygons.push(Vec::new());
    }

    fn ring(&mut self, corners: usize) {
        if let Some(polygon) = self.shape.polygons.last_mut() {
            polygon.push(Vec::with_capacity(corners));
        }
    }

    fn vertex(&mut self, at: [f64; 2]) {
        if let Some(ring) = self.shape.polygons.last_mut().and_then(|polygon| polygon.last_mut()) {
            ring.push(at);
        }
    }

    fn line(&mut self) {
        self.lines += 1;
    }
}

impl Gatherer {
    /// The geometry, with what is to be said of it.
    pub(crate) fn finish(mut self) -> Geometry {
        if self.points > 1 {
            self.geometry.notes.push(FindingKind::SeveralPoints { n: self.points });
        }
        if self.lines > 0 {
            let reason = "a line has no area".to_owned();
            self.geometry.notes.push(FindingKind::GeometryNotUsed { reason });
        }
        if !self.shape.polygons.is_empty() {
            self.geometry.shape = Some(self.shape);
        } else if self.points == 0 && self.lines == 0 {
            self.geometry.notes.push(FindingKind::GeometryMissing {});
        }
        self.geometry
    }
}

/// The geometry of a row.
pub(crate) fn read(bytes: &[u8]) -> Geometry {
    let mut gatherer = Gatherer::default();
    match visit(bytes, &mut gatherer) {
        Ok(()) => gatherer.finish(),
        Err(reason) => Geometry { notes: vec![FindingKind::GeometryNotUsed { reason }], ..Geometry::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(little: bool, kind: u32, extra: usize) -> Vec<u8> {
        let int = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let number = |n: f64| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut bytes = vec![u8::from(little)];
        bytes.extend(int(kind));
        bytes.extend(int(1));
        bytes.extend(int(4));
        for (x, y) in [(18.0, 44.0), (19.0, 44.0), (19.0, 45.0), (18.0, 44.0)] {
            bytes.extend(number(x));
            bytes.extend(number(y));
            for _ in 0..extra {
                bytes.extend(number(7.0));
            }
        }
        bytes
    }

    #[test]
    fn a_polygon_is_read_in_either_byte_order_with_height_and_measure() {
        for (kind, extra) in [(3, 0), (1003, 1), (2003, 1), (3003, 2), (0x8000_0003, 1), (0xc000_0003, 2)] {
            for little in [true, false] {
                let shape = read(&square(little, kind, extra)).shape.unwrap();
                assert_eq!(shape.polygons, [[[[18.0, 44.0], [19.0, 44.0], [19.0, 45.0], [18.0, 44.0]]]]);
            }
        }
    }

    #[test]
    fn what_is_cut_short_or_a_curve_or_promises_too_much_is_noted() {
        let whole = square(true, 3, 0);
        for n in 0..whole.len() {
            assert!(read(&whole[..n]).shape.is_none(), "{n} bytes");
        }
        let mut greedy = whole.clone();
        greedy[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(read(&greedy).notes.len(), 1);
        let curve = read(&square(true, 10, 0));
        assert!(matches!(&curve.notes[0], FindingKind::GeometryNotUsed { reason } if reason.contains("straight")));
        let mut deep = Vec::new();
        for _ in 0..1000 {
            deep.extend([1, 7, 0, 0, 0, 1, 0, 0, 0]);
        }
        assert!(matches!(&read(&deep).notes[0], FindingKind::GeometryNotUsed { reason } if reason.contains("deep")));
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
