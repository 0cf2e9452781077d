//! Areas given corner by corner, as IMSMA keeps them: an identifier, the number of the point, what kind of point it
//! is, and its coordinates, or a bearing and a distance from another point.

use crate::coordinates::{self, Place};
use crate::finding::{Finding, FindingKind};
use crate::log::Log;
use crate::record::RawRow;
use crate::table::{Geometry, Row, Table};
use crate::vocabulary::{Field, fields_named, normal};
use crate::{Position, Shape};
use geographiclib_rs::{DirectGeodesic, Geodesic};
use std::collections::HashMap;

/// What a point is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A corner of the area: start point, turning point.
    Corner,
    /// A mark from which others are measured: reference point, benchmark, landmark.
    Mark,
}

/// One point as entered.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) number: Option<f64>,
    role: Role,
    /// Longitude and latitude, or easting and northing.
    pub(crate) at: Option<[f64; 2]>,
    pub(crate) bearing: Option<f64>,
    pub(crate) distance: Option<f64>,
    /// From which point bearing and distance are measured, as written.
    from: String,
}

impl Point {
    pub(crate) fn new(number: Option<f64>, kind: &str, at: Option<[f64; 2]>) -> Self {
        let kind = normal(kind);
        let marks =
            ["reference", "benchmark", "landmark", "intermediate", "referencia", "reperage", "puntodereferencia"];
        let mark = marks.iter().any(|word| kind.contains(word)) || matches!(kind.as_str(), "rp" | "bm" | "lm" | "ip");
        let role = if mark { Role::Mark } else { Role::Corner };
        Self { number, role, at, bearing: None, distance: None, from: String::new() }
    }

    pub(crate) fn measured(mut self, bearing: Option<f64>, distance: Option<f64>, from: &str) -> Self {
        (self.bearing, self.distance) = (bearing, distance);
        self.from = normal(from);
        self
    }
}

/// A ring through the corners in the order of their numbers, how many were measured, and what is wrong.
pub(crate) fn ring(mut points: Vec<Point>) -> (Vec<[f64; 2]>, u64, Vec<FindingKind>) {
    let mut notes = Vec::new();
    points.sort_by(|a, b| match (a.number, b.number) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        // Without numbers on both the order of the file holds.
        _ => std::cmp::Ordering::Equal,
    });
    let numbers: Vec<f64> =
        points.iter().filter(|point| point.role == Role::Corner).filter_map(|point| point.number).collect();
    let gaps =
        numbers.windows(2).filter(|pair| pair.first().zip(pair.last()).is_some_and(|(a, b)| b - a > 1.5)).count();
    let twice = numbers.windows(2).filter(|pair| pair.first() == pair.last()).count();
    if gaps > 0 {
        notes.push(FindingKind::CornerNumbers { what: "leave some out".to_owned() });
    }
    if twice > 0 {
        notes.push(FindingKind::CornerNumbers { what: "occur twice".to_owned() });
    }
    let mut placed: Vec<(Point, [f64; 2])> = Vec::new();
    let mut measured = 0;
    for point in points {
        let at = point.at.or_else(|| {
            measured += u64::from(point.role == Role::Corner);
            let base = base(&point, &placed)?;
            moved(base, point.bearing?, point.distance?)
        });
        match at {
            Some(at) => placed.push((point, at)),
            None if point.role == Role::Corner => {
                let number = point.number.map_or_else(|| "without a number".to_owned(), |n| n.to_string());
                let reason = format!(
                    "its corner {number} has neither coordinates nor a bearing and a distance from a known point"
                );
                notes.push(FindingKind::GeometryNotUsed { reason });
                return (Vec::new(), measured, notes);
            }
            None => {}
        }
    }
    let mut ring: Vec<[f64; 2]> =
        placed.iter().filter(|(point, _)| point.role == Role::Corner).map(|(_, at)| *at).collect();
    // Points are listed once each, so closing the ring is no repair.
    if ring.len() > 2 && ring.first() != ring.last() {
        ring.extend(ring.first().copied());
    }
    (ring, measured, notes)
}

/// The point that another is measured from: the one named, else the point before it, else the reference.
fn base(point: &Point, placed: &[(Point, [f64; 2])]) -> Option<[f64; 2]> {
    let find = |test: &dyn Fn(&Point) -> bool| placed.iter().rev().find(|(point, _)| test(point)).map(|(_, at)| *at);
    let digits: String = point.from.chars().filter(char::is_ascii_digit).collect();
    let previous = || find(&|point| point.role == Role::Corner).or_else(|| find(&|_| true));
    match point.from.as_str() {
        "" => previous(),
        from if from.contains("ref") || from == "rp" => find(&|point| point.role == Role::Mark),
        from if from.contains("previous") || from.contains("anterior") || from.contains("precedent") => previous(),
        from if from.contains("start") || from == "sp" => {
            placed.iter().find(|(point, _)| point.role == Role::Corner).map(|(_, at)| *at)
        }
        // A point that is named and not there must not be replaced by another.
        _ => {
            let number: f64 = digits.parse().ok()?;
            find(&|point| point.number == Some(number))
        }
    }
}

/// From a place by a bearing (degrees from true north, clockwise) and a distance (metres): on the ellipsoid, or on
/// the plane when the place is in metres.
fn moved([x, y]: [f64; 2], bearing: f64, distance: f64) -> Option<[f64; 2]> {
    if !(bearing.is_finite() && distance.is_finite() && x.is_finite() && y.is_finite()) {
        return None;
    }
    if x.abs() > 360.0 || y.abs() > 360.0 {
        let turn = bearing.to_radians();
        return Some([x + distance * turn.sin(), y + distance * turn.cos()]);
    }
    if y.abs() > 90.0 || distance.abs() > 1e6 {
        return None;
    }
    let (lat, lon): (f64, f64) = Geodesic::wgs84().direct(y, x, bearing, distance);
    Some([lon, lat])
}

/// Where the columns of a list of points are.
struct Columns {
    id: usize,
    part: Option<usize>,
    shape: Option<usize>,
    number: usize,
    kind: Option<usize>,
    latitude: Option<usize>,
    longitude: Option<usize>,
    pair: Option<usize>,
    bearing: Option<usize>,
    distance: Option<usize>,
    from: Option<usize>,
}

impl Columns {
    /// `None` when the table is no list of points.
    fn of(headers: &[String]) -> Option<Self> {
        let names: Vec<String> = headers.iter().map(|header| normal(header)).collect();
        let any = |words: &[&str]| words.iter().find_map(|word| names.iter().position(|name| name == word));
        let field = |field: Field| names.iter().position(|name| fields_named(name).contains(&field));
        let found = Self {
            number: any(&[
                "pointno",
                "pointnumber",
                "pointnum",
                "ptno",
                "pointnr",
                "vertexno",
                "vertexnumber",
                "nodeno",
                "numeropunto",
                "numpunto",
                "nopoint",
            ])?,
            id: any(&[
                "hazardlocalid",
                "hazreduclocalid",
                "accidentlocalid",
                "haid",
                "hazardid",
                "areaid",
                "taskid",
                "localid",
                "polyid",
                "polygonid",
                "polygonno",
                "polygonnumber",
                "polygon",
                "idpoligono",
                "idpolygone",
            ])?,
            part: any(&["shapeid", "geospatialinfoguid", "polyid", "polygonid", "polygonno"]),
            shape: any(&["shapeenum", "shapetype"]),
            kind: any(&["pointtypeenum", "pointtype", "typeofpoint", "pttype", "tipopunto", "typepoint"]),
            latitude: field(Field::Latitude),
            longitude: field(Field::Longitude),
            pair: any(&["userenteredmgrs", "mgrs"]).or_else(|| field(Field::LatLon)),
            bearing: any(&["bearing", "azimuth", "azimut", "rumbo", "bearingdeg", "bearingdegrees"]),
            distance: any(&["distance", "distancem", "distancemetres", "distancemeters", "distancia", "dist"]),
            from: any(&["frompointinput", "frompoint", "from", "desde", "depuis", "measuredfrom"]),
        };
        let placed = (found.latitude.is_some() && found.longitude.is_some()) || found.pair.is_some();
        (placed && found.part != Some(found.number)).then_some(found)
    }

    fn point(&self, row: &Row) -> Point {
        let cell = |column: Option<usize>| column.map_or("", |column| row.cell(column));
        let number = |text: &str| coordinates::degrees(text, None);
        let columns = number(cell(self.longitude)).zip(number(cell(self.latitude))).map(|(x, y)| [x, y]);
        let pair = || match coordinates::place(cell(self.pair))? {
            Place::Degrees(at) | Place::Numbers(at) => Some([at.lon, at.lat]),
        };
        Point::new(number(row.cell(self.number)), cell(self.kind), columns.or_else(pair)).measured(
            number(cell(self.bearing)),
            number(cell(self.distance)),
            cell(self.from),
        )
    }

    /// Columns that tell of one point, not of the area.
    fn of_points(&self) -> Vec<usize> {
        [Some(self.number), self.kind, self.latitude, self.longitude, self.pair, self.bearing, self.distance, self.from]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// Joins a list of points to one row for each area; any other table is left as it is.
pub(crate) fn join(table: &mut Table, log: &mut Log) {
    let Some(columns) = Columns::of(&table.headers).filter(|_| !table.features) else { return };
    let mut groups: Vec<Vec<Row>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let rows = std::mem::take(&mut table.rows);
    let total = rows.len() as u64;
    for row in rows {
        let id = row.cell(columns.id).to_owned();
        if id.is_empty() {
            let reason = "the point does not say to which area it belongs".to_owned();
            let number = row.number;
            table.put_aside(number, Finding::new(FindingKind::FeatureUnusable { reason }), row.cells, log);
            continue;
        }
        let next = groups.len();
        let at = *places.entry(id).or_insert(next);
        if at == next {
            groups.push(Vec::new());
        }
        if let Some(group) = groups.get_mut(at) {
            group.push(row);
        }
    }
    let records = groups.len() as u64;
    let mut measured = 0;
    for group in groups {
        let (row, n) = area(&columns, table.headers.len(), &group);
        measured += n;
        table.rows.push(row);
    }
    table.headers.push("points in rows".to_owned());
    log.add(Finding::new(FindingKind::RowsJoined { rows: total, records }));
    if measured > 0 {
        log.add(Finding::new(FindingKind::BearingsUsed { n: measured }));
    }
}

/// One row for the points of an area: what the first says of it, and its shape.
fn area(columns: &Columns, width: usize, group: &[Row]) -> (Row, u64) {
    let of_points = columns.of_points();
    let cells: Vec<String> = (0..width)
        .map(|column| {
            if of_points.contains(&column) {
                return String::new();
            }
            group.iter().map(|row| row.cells.get(column)).find(|cell| !cell.trim().is_empty()).unwrap_or("").to_owned()
        })
        .collect();
    let numbers: Vec<String> = group.iter().map(|row| row.number.to_string()).collect();
    let number = group.first().map_or(0, |row| row.number);
    let mut parts: Vec<(String, String, Vec<Point>)> = Vec::new();
    for row in group {
        let cell = |column: Option<usize>| column.map_or(String::new(), |column| row.cell(column).to_owned());
        let (part, shape) = (cell(columns.part), normal(&cell(columns.shape)));
        let point = columns.point(row);
        match parts.iter_mut().find(|(known, _, _)| *known == part) {
            Some((_, _, points)) => points.push(point),
            None => parts.push((part, shape, vec![point])),
        }
    }
    let (mut geometry, measured) = geometry(parts);
    if geometry.shape.is_none() && geometry.point.is_none() && geometry.notes.is_empty() {
        geometry.notes.push(FindingKind::GeometryMissing {});
    }
    let cells = RawRow::new(cells.iter().map(String::as_str).chain([numbers.join(", ").as_str()]));
    (Row { number, cells, geometry, ..Row::default() }, measured)
}

/// The geometry of the parts of an area: name, kind of shape, points.
pub(crate) fn geometry(parts: Vec<(String, String, Vec<Point>)>) -> (Geometry, u64) {
    let mut out = Geometry::default();
    let mut shape = Shape::default();
    let mut measured = 0;
    for (_, kind, points) in parts {
        let corners = points.iter().filter(|point| point.role == Role::Corner).count();
        if kind.contains("line") {
            out.notes.push(FindingKind::GeometryNotUsed { reason: "a line has no area".to_owned() });
        } else if kind == "point" || (kind.is_empty() && corners == 1) {
            let at = points.iter().find(|point| point.role == Role::Corner).and_then(|point| point.at);
            out.point = out.point.or(at.map(|[lon, lat]| Position { lon, lat }));
        } else if corners > 0 {
            let (ring, n, notes) = ring(points);
            measured += n;
            out.notes.extend(notes);
            if !ring.is_empty() {
                shape.polygons.push(vec![ring]);
            }
        }
    }
    out.shape = (!shape.polygons.is_empty()).then_some(shape);
    (out, measured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_stand_in_the_order_of_their_numbers_and_marks_are_no_corners() {
        let points = [("3", 0.0, 1.0), ("1", 0.0, 0.0), ("2", 1.0, 0.0)]
            .map(|(n, x, y)| Point::new(n.parse().ok(), "Turning Point", Some([x, y])));
        let mark = Point::new(Some(0.0), "Reference Point", Some([9.0, 9.0]));
        let (ring, measured, notes) = ring([vec![mark], points.to_vec()].concat());
        assert_eq!((ring, measured), (vec![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], 0));
        assert!(notes.is_empty());
    }

    #[test]
    fn a_square_walked_by_bearing_and_distance_closes_on_itself() {
        let reference = Point::new(Some(0.0), "Reference point", Some([18.0, 44.0]));
        let leg = |n: f64, bearing: f64, from: &str| {
            Point::new(Some(n), "TP", None).measured(Some(bearing), Some(100.0), from)
        };
        let walk = vec![
            reference,
            leg(1.0, 0.0, "RP"),
            leg(2.0, 90.0, ""),
            leg(3.0, 180.0, "previous"),
            leg(4.0, 270.0, "TP 3"),
        ];
        let (ring, measured, _) = ring(walk);
        assert_eq!((ring.len(), measured), (5, 4));
        // The fourth leg comes back to the reference point, some millimetres off, since the Earth is round.
        let off = ((ring[3][0] - 18.0) * 80_000.0).hypot((ring[3][1] - 44.0) * 111_000.0);
        assert!(off < 0.1, "{off} m");
    }

    #[test]
    fn a_corner_that_cannot_be_placed_spoils_the_shape_and_a_gap_is_said() {
        let at = |n: f64, x: f64| Point::new(Some(n), "TP", Some([x, x * x]));
        let lost = Point::new(Some(2.0), "TP", None).measured(Some(10.0), Some(5.0), "TP 99");
        let (none, _, notes) = ring(vec![at(1.0, 1.0), lost, at(3.0, 2.0), at(4.0, 3.0)]);
        assert!(
            none.is_empty()
                && matches!(&notes[0], FindingKind::GeometryNotUsed { reason } if reason.contains("corner 2"))
        );
        let (some, _, notes) = ring(vec![at(1.0, 1.0), at(2.0, 2.0), at(4.0, 3.0)]);
        assert_eq!((some.len(), notes.len()), (4, 1));
    }
}
