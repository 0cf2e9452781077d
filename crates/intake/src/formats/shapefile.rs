//! Shapefile (ESRI, July 1998): shapes and their table by the same number, one record at a time, so that a damaged
//! record spoils only itself.

use super::dbf::Dbf;
use crate::container::ShapefileBytes;
use crate::error::IntakeError;
use crate::features::Features;
use crate::finding::FindingKind;
use crate::intake::EncodingUsed;
use crate::log::Log;
use crate::options::Options;
use crate::table::{Geometry, Stated, Table};
use crate::{Position, Shape};

/// Reads a shapefile into a table.
pub(crate) fn read(
    file: &str,
    files: ShapefileBytes,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<(Table, EncodingUsed), IntakeError> {
    let ShapefileBytes { shp, dbf, prj, cpg } = files;
    let missing = |what: &str| IntakeError::PartMissing { file: file.to_owned(), missing: what.to_owned() };
    let dbf = dbf.ok_or_else(|| missing("the .dbf with its table"))?;
    let dbf = Dbf::open(file, &dbf)?;
    let wanted = options.mapping.as_ref().and_then(|mapping| mapping.encoding.as_deref());
    let decoder = dbf.encoding(wanted, cpg.as_deref(), log);
    dbf.check(log);
    let prj = prj.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()).filter(|text| !text.is_empty());
    let mut features = Features::new(file, options, prj.map_or(Stated::Nothing, Stated::Text));
    let names = dbf.names(&decoder);
    for name in &names {
        features.column(name)?;
    }
    let mut shapes = Records::new(&shp).ok_or_else(|| IntakeError::Damaged {
        file: file.to_owned(),
        format: "shapefile",
        reason: "its header is cut short".to_owned(),
    })?;
    let mut at = 0;
    loop {
        let geometry = shapes.next();
        if geometry.is_none() && at >= dbf.len() {
            break;
        }
        let number = at as u64 + 1;
        let record = dbf.record(at, &decoder);
        let cells = || names.iter().cloned().zip(record.cells.iter().cloned());
        at += 1;
        if record.deleted && at <= dbf.len() {
            let text: Vec<&str> = record.cells.iter().map(|(text, _)| text.as_str()).collect();
            features.aside(number, "it is marked as deleted in the table", &text.join(", "), log);
            continue;
        }
        let missing = || Geometry { notes: vec![FindingKind::GeometryMissing {}], ..Geometry::default() };
        features.push(number, cells(), geometry.unwrap_or_else(missing))?;
    }
    Ok((features.table, decoder.used))
}

/// The records of the file with the shapes.
struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        bytes.get(100..).map(|rest| Self { rest })
    }
}

impl Iterator for Records<'_> {
    type Item = Geometry;

    fn next(&mut self) -> Option<Geometry> {
        if self.rest.is_empty() {
            return None;
        }
        let unusable = |reason: &str| {
            let kind = FindingKind::GeometryNotUsed { reason: reason.to_owned() };
            Some(Geometry { notes: vec![kind], ..Geometry::default() })
        };
        let words =
            self.rest.get(4..).and_then(|rest| rest.first_chunk::<4>()).map(|b| u32::from_be_bytes(*b) as usize);
        let body = words.and_then(|words| Some((words * 2, self.rest.get(8..8 + words * 2)?)));
        let Some((length, body)) = body else {
            self.rest = &[];
            return unusable("the file ends inside this shape");
        };
        self.rest = self.rest.get(8 + length..).unwrap_or(&[]);
        Some(shape(body).unwrap_or_else(|reason| {
            let kind = FindingKind::GeometryNotUsed { reason };
            Geometry { notes: vec![kind], ..Geometry::default() }
        }))
    }
}

fn int(bytes: &[u8], at: usize) -> Result<usize, String> {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or("it ends too early")?;
    Ok(u32::from_le_bytes(*bytes) as usize)
}

fn pair(bytes: &[u8], at: usize) -> Result<[f64; 2], String> {
    let number = |at: usize| {
        bytes
            .get(at..)
            .and_then(|rest| rest.first_chunk::<8>())
            .map(|b| f64::from_le_bytes(*b))
            .ok_or("it ends too early")
    };
    Ok([number(at)?, number(at + 8)?])
}

/// One record: kind, and for all but a point a box, counts, parts and corners. Height and measure stand behind.
fn shape(body: &[u8]) -> Result<Geometry, String> {
    let mut geometry = Geometry::default();
    match int(body, 0)? {
        0 => geometry.notes.push(FindingKind::GeometryMissing {}),
        1 | 11 | 21 => {
            let [lon, lat] = pair(body, 4)?;
            geometry.point = Some(Position { lon, lat });
        }
        8 | 18 | 28 => {
            let n = int(body, 36)?;
            let [lon, lat] = pair(body, 40)?;
            geometry.point = Some(Position { lon, lat });
            if n > 1 {
                geometry.notes.push(FindingKind::SeveralPoints { n: n as u64 });
            }
        }
        3 | 13 | 23 => return Err("a line has no area".to_owned()),
        5 | 15 | 25 => geometry.shape = Some(Shape { polygons: polygons(rings(body)?) }),
        31 => return Err("a surface in space (multipatch) is not read".to_owned()),
        kind => return Err(format!("{kind} is no kind of shape")),
    }
    Ok(geometry)
}

type Ring = Vec<[f64; 2]>;

fn rings(body: &[u8]) -> Result<Vec<Ring>, String> {
    let (parts, corners) = (int(body, 36)?, int(body, 40)?);
    if parts > body.len() / 4 || corners > body.len() / 16 {
        return Err("it ends too early".to_owned());
    }
    let first = 44 + parts * 4;
    let mut rings = Vec::with_capacity(parts);
    for part in 0..parts {
        let start = int(body, 44 + part * 4)?;
        let end = if part + 1 < parts { int(body, 48 + part * 4)? } else { corners };
        if start > end || end > corners {
            return Err("its parts contradict each other".to_owned());
        }
        rings.push((start..end).map(|at| pair(body, first + at * 16)).collect::<Result<Ring, _>>()?);
    }
    Ok(rings)
}

/// Rings that run clockwise are outsides, the others holes of the outside around them; a hole around which there is
/// none is an outside that runs the wrong way.
fn polygons(rings: Vec<Ring>) -> Vec<Vec<Ring>> {
    let (outer, holes): (Vec<Ring>, Vec<Ring>) = rings.into_iter().partition(|ring| turn(ring) <= 0.0);
    let mut polygons: Vec<Vec<Ring>> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        let one = polygons.len() == 1;
        let around = polygons.iter().position(|polygon| {
            one || polygon.first().zip(hole.first()).is_some_and(|(outside, corner)| contains(outside, *corner))
        });
        match around.and_then(|at| polygons.get_mut(at)) {
            Some(polygon) => polygon.push(hole),
            None => polygons.push(vec![hole]),
        }
    }
    polygons
}

/// Twice the area with its sign: below zero when the ring runs clockwise.
fn turn(ring: &[[f64; 2]]) -> f64 {
    let origin = ring.first().copied().unwrap_or_default();
    let at = |p: &[f64; 2]| [p[0] - origin[0], p[1] - origin[1]];
    ring.windows(2).map(|edge| edge.iter().map(at).collect::<Vec<_>>()).map(|e| cross(&e)).sum()
}

fn cross(edge: &[[f64; 2]]) -> f64 {
    match edge {
        [a, b] => a[0] * b[1] - b[0] * a[1],
        _ => 0.0,
    }
}

/// Whether the place is inside the ring, by the even-odd rule.
fn contains(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    for edge in ring.windows(2) {
        let [a, b] = edge else { continue };
        if (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(west: f64, size: f64, clockwise: bool) -> Ring {
        let mut ring = vec![[west, 0.0], [west, size], [west + size, size], [west + size, 0.0], [west, 0.0]];
        if !clockwise {
            ring.reverse();
        }
        for at in &mut ring {
            at[1] -= size / 2.0;
        }
        ring
    }

    #[test]
    fn a_hole_belongs_to_the_ring_around_it() {
        let (a, b, hole) = (ring(0.0, 4.0, true), ring(10.0, 4.0, true), ring(11.0, 1.0, false));
        assert_eq!(polygons(vec![a.clone(), b.clone(), hole.clone()]), [vec![a], vec![b, hole]]);
    }

    #[test]
    fn a_ring_the_wrong_way_round_alone_is_an_outside() {
        let lone = ring(0.0, 4.0, false);
        assert_eq!(polygons(vec![lone.clone()]), [[lone]]);
    }

    #[test]
    fn a_record_that_promises_too_much_is_refused_alone() {
        let mut body = vec![0; 44];
        body[0] = 5;
        body[36..40].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(shape(&body).is_err());
        for n in 0..44 {
            let _ = shape(&body[..n]);
        }
    }
}
