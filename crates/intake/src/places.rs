//! Where each row is, and which positions do not sit with the others.

use crate::columns::{Plan, Use};
use crate::coordinates::{self, Place};
use crate::finding::{Finding, FindingKind};
use crate::log::Log;
use crate::number::Style;
use crate::options::Options;
use crate::placing::Placing;
use crate::shapes;
use crate::table::{Native, Row, Table};
use crate::vocabulary::Field;
use crate::{BoundingBox, Position, words};
use std::collections::HashMap;

/// The position of each row, as entered; `None` when there is none or it is nowhere on Earth.
pub(crate) fn positions(
    table: &Table,
    plan: &Plan,
    placing: &mut Placing,
    options: &Options<'_>,
    log: &mut Log,
) -> Vec<Option<Position>> {
    let mut impossible = Vec::new();
    let positions: Vec<Option<Position>> =
        table.rows.iter().map(|row| position(row, plan, placing, &mut impossible, log)).collect();
    let placed: Vec<(u64, Position)> =
        table.rows.iter().zip(&positions).filter_map(|(row, place)| Some((row.number, (*place)?))).collect();
    let header =
        plan.uses.get(&Field::Longitude).or_else(|| plan.uses.get(&Field::LatLon)).map(|used| used.header.as_str());
    compare(&placed, options.country_box, header, log);
    lost_points(impossible, &placed, options.country_box, log);
    crowded(&placed, log);
    positions
}

/// Where each row that has a place is, in the order of the rows' numbers.
pub(crate) fn of_rows(table: &Table, positions: &[Option<Position>]) -> Vec<(u64, [f64; 2])> {
    let corner = |row: &Row| row.geometry.shape.as_ref()?.polygons.first()?.first()?.first().copied();
    let place = |(row, at): (&Row, &Option<Position>)| {
        Some((row.number, at.map(|at| [at.lon, at.lat]).or_else(|| corner(row))?))
    };
    let mut places: Vec<(u64, [f64; 2])> = table.rows.iter().zip(positions).filter_map(place).collect();
    places.sort_by_key(|(row, _)| *row);
    places
}

fn position(
    row: &Row,
    plan: &Plan,
    placing: &mut Placing,
    impossible: &mut Vec<(Position, Finding)>,
    log: &mut Log,
) -> Option<Position> {
    let geometry = row.geometry.point;
    let text = plan.uses.get(&Field::LatLon).filter(|used| !words::is_unknown(row.cell(used.index)));
    let pair = text.map(|used| (used, coordinates::place(row.cell(used.index))));
    let written = from_columns(row, plan).into_iter().chain(pair);
    let written: Vec<(&Use, Option<Position>)> = written
        .map(|(used, place)| match place {
            Some(Place::Degrees(place)) => (used, Some(place)),
            // Of several ways in which a row says its place only the one that is used is kept as entered.
            Some(Place::Numbers(place)) => match placing.position(row.number, place) {
                Ok(place) => (used, Some(place)),
                Err(kind) => {
                    log.add(Finding::new(kind).at(row.number).column(&used.header));
                    (used, None)
                }
            },
            None => (used, None),
        })
        .collect();
    let mut found = geometry.map(|place| (place, None));
    let mut others = Vec::new();
    for (used, place) in written {
        match (found, place) {
            (None, Some(place)) => found = Some((place, Some(used))),
            (None, None) => log.add(
                Finding::new(FindingKind::NotAPosition {})
                    .at(row.number)
                    .column(&used.header)
                    .value(row.cell(used.index)),
            ),
            (Some(_), Some(place)) => others.push((used, place)),
            (Some(_), None) => {}
        }
    }
    let (place, used) = found?;
    let at = |finding: Finding| match used {
        Some(used) => finding.at(row.number).column(&used.header).value(row.cell(used.index)),
        None => finding.at(row.number),
    };
    if !shapes::on_earth(place) {
        impossible.push((place, at(Finding::new(shapes::impossible(place.lon, place.lat)))));
        return None;
    }
    if place.lon == 0.0 && place.lat == 0.0 {
        log.add(at(Finding::new(FindingKind::ZeroZero {})));
        return None;
    }
    for (used, other) in others {
        let apart = kilometres(place, other);
        if apart > 1 && shapes::on_earth(other) {
            let kind = FindingKind::PositionsDisagree { km: apart };
            log.add(Finding::new(kind).at(row.number).column(&used.header).value(row.cell(used.index)));
        }
    }
    Some(place)
}

/// Longitude and latitude, or easting and northing, from their two columns, when either says something.
fn from_columns<'a>(row: &Row, plan: &'a Plan) -> Option<(&'a Use, Option<Place>)> {
    let (lat, lon) = (plan.uses.get(&Field::Latitude)?, plan.uses.get(&Field::Longitude)?);
    let read = |used: &Use| {
        let cell = row.cell(used.index);
        let native = Style { decimal: Some('.'), ..Style::default() };
        coordinates::angle(cell, Some(if row.native(used.index) == Native::Number { native } else { used.style }))
    };
    if words::is_unknown(row.cell(lat.index)) && words::is_unknown(row.cell(lon.index)) {
        return None;
    }
    let place = read(lon).zip(read(lat)).map(|(lon, lat)| {
        let place = Position { lon: lon.value, lat: lat.value };
        if lon.marked || lat.marked { Place::Degrees(place) } else { Place::Numbers(place) }
    });
    Some((lon, place))
}

/// Coordinates that are nowhere on Earth: where a decimal point brings one among the others, it was most likely lost.
fn lost_points(
    found: Vec<(Position, Finding)>,
    placed: &[(u64, Position)],
    country: Option<BoundingBox>,
    log: &mut Log,
) {
    let bulk = Bulk::of(placed);
    let among = |at: Position| match (&bulk, country) {
        (Some(bulk), _) => bulk.core.contains(at),
        (None, Some(country)) => country.contains(at),
        (None, None) => false,
    };
    for (at, mut finding) in found {
        // Two figures of five digits and more are eastings and northings.
        let metres = at.lon.abs() > 1e4 && at.lat.abs() > 1e4;
        if let Some(Position { lon, lat }) = with_point(at, among).filter(|_| !metres) {
            let kind = FindingKind::LostDecimalPoint { lon, lat };
            (finding.severity, finding.kind) = (kind.severity(), kind);
        }
        log.add(finding);
    }
}

/// The place with one of its figures, or both, divided by a power of ten, when that is among the others.
fn with_point(at: Position, among: impl Fn(Position) -> bool) -> Option<Position> {
    let powers = || (0..=9).map(|power| 10f64.powi(power));
    // Few powers first: of two readings the one that moves the point less.
    let mut pairs: Vec<(f64, f64)> = powers().flat_map(|a| powers().map(move |b| (a, b))).skip(1).collect();
    pairs.sort_by(|a, b| (a.0 * a.1).total_cmp(&(b.0 * b.1)));
    pairs.into_iter().map(|(a, b)| Position { lon: at.lon / a, lat: at.lat / b }).find(|there| among(*there))
}

/// Roughly how far apart two places are; enough to say that they are not one.
fn kilometres(a: Position, b: Position) -> u64 {
    let turn = (a.lon - b.lon).abs();
    let east = turn.min(360.0 - turn) * 111.3 * a.lat.to_radians().cos();
    let north = (a.lat - b.lat) * 110.6;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most half the Earth, never negative
    let km = east.hypot(north).round() as u64;
    km
}

/// Where most points of a file are.
struct Bulk {
    /// Beyond this a point is far from the others.
    fence: BoundingBox,
    /// Within this a point is among them.
    core: BoundingBox,
}

impl Bulk {
    /// By quartiles, which a few wrong points do not move; `None` when there are few points or no clear bulk.
    fn of(points: &[(u64, Position)]) -> Option<Self> {
        if points.len() < 5 {
            return None;
        }
        let (west, east) = quartiles(points.iter().map(|(_, place)| place.lon))?;
        let (south, north) = quartiles(points.iter().map(|(_, place)| place.lat))?;
        let around = |spread: f64, least: f64| {
            let lon = (spread * (east - west)).max(least);
            let lat = (spread * (north - south)).max(least);
            BoundingBox { west: west - lon, south: south - lat, east: east + lon, north: north + lat }
        };
        let bulk = Self { fence: around(3.0, 3.0), core: around(1.5, 1.0) };
        let inside = points.iter().filter(|(_, place)| bulk.fence.contains(*place)).count();
        (inside * 10 >= points.len() * 8).then_some(bulk)
    }

    /// Degrees from the middle of the bulk, roughly: for comparing far points with one another.
    fn distance(&self, at: Position) -> f64 {
        let BoundingBox { west, south, east, north } = self.core;
        (at.lon - f64::midpoint(west, east)).abs() + (at.lat - f64::midpoint(south, north)).abs()
    }
}

fn quartiles(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    Some((*values.get(values.len() / 4)?, *values.get(values.len() * 3 / 4)?))
}

/// A point far from the others, which a changed sign or an exchange brings among them, was most likely entered so.
fn compare(points: &[(u64, Position)], country: Option<BoundingBox>, header: Option<&str>, log: &mut Log) {
    let named = |finding: Finding| match header {
        Some(header) => finding.column(header),
        None => finding,
    };
    if let Some(country) = country {
        let swapped = points.iter().filter(|(_, at)| !country.contains(*at) && country.contains(swap(*at))).count();
        if points.len() >= 5 && swapped * 10 >= points.len() * 9 {
            let kind = FindingKind::WholeFileSwapped { n: swapped as u64, total: points.len() as u64 };
            log.add(named(Finding::new(kind).times(swapped as u64)));
            return;
        }
        let signs = [(-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)].map(|(lon, lat)| {
            let there = |at: Position| Position { lon: at.lon * lon, lat: at.lat * lat };
            points.iter().filter(|(_, at)| !country.contains(*at) && country.contains(there(*at))).count()
        });
        let n = signs.into_iter().max().unwrap_or(0);
        if points.len() >= 5 && n * 10 >= points.len() * 9 {
            let kind = FindingKind::WholeFileSign { n: n as u64, total: points.len() as u64 };
            log.add(named(Finding::new(kind).times(n as u64)));
            return;
        }
    }
    let bulk = Bulk::of(points);
    let far = |at: Position| match (country, &bulk) {
        (Some(country), _) => !country.contains(at),
        (None, Some(bulk)) => !bulk.fence.contains(at),
        (None, None) => false,
    };
    let sample: Vec<Position> =
        points.iter().step_by(points.len() / COMPANY_SAMPLE + 1).map(|(_, place)| *place).collect();
    let explained = |at: Position| {
        let before = company(&sample, at);
        likely(at, |there| {
            let near = |bulk: &Bulk| bulk.core.contains(there) && company(&sample, there) > 3 * before;
            bulk.as_ref().is_none_or(near) && country.is_none_or(|country| country.contains(there))
        })
    };
    let strays: Vec<(u64, Position, Option<FindingKind>)> =
        points.iter().filter(|(_, at)| far(*at)).map(|(row, at)| (*row, *at, explained(*at))).collect();
    let distance = |at: Position| bulk.as_ref().map_or(0.0, |bulk| bulk.distance(at));
    let slips = strays.iter().filter(|(_, _, kind)| kind.is_some()).count();
    // Where more points lie about as far out and are no slips, the file is about several countries and a likeness
    // is chance: without this a minefield in Western Sahara once passed for one in Chad.
    let by_chance = |at: Position| {
        let as_far = |other: Position| distance(other) * 2.0 >= distance(at);
        country.is_none() && strays.iter().filter(|(_, other, kind)| kind.is_none() && as_far(*other)).count() > slips
    };
    for (row, at, kind) in &strays {
        let outside = || country.map(|_| FindingKind::OutsideCountry { lon: at.lon, lat: at.lat });
        if let Some(kind) = kind.clone().filter(|_| !by_chance(*at)).or_else(outside) {
            let finding = Finding::new(kind).at(*row).value(&format!("{}, {}", at.lon, at.lat));
            log.add(named(finding.place([at.lon, at.lat])));
        }
    }
}

/// At most this many points are looked at for company.
const COMPANY_SAMPLE: usize = 5_000;

/// How many other points lie within two degrees. A far point that has company is a place, not a slip.
fn company(points: &[Position], at: Position) -> usize {
    let near =
        |other: &&Position| (other.lon - at.lon).abs() < 2.0 && (other.lat - at.lat).abs() < 2.0 && **other != at;
    points.iter().filter(near).count()
}

fn swap(at: Position) -> Position {
    Position { lon: at.lat, lat: at.lon }
}

fn likely(at: Position, among: impl Fn(Position) -> bool) -> Option<FindingKind> {
    let Position { lon, lat } = at;
    for (lon_now, lat_now, lost) in
        [(-lon, lat, lon > 0.0), (lon, -lat, lat > 0.0), (-lon, -lat, lon > 0.0 || lat > 0.0)]
    {
        if among(Position { lon: lon_now, lat: lat_now }) {
            let (lon, lat) = (lon_now, lat_now);
            return Some(if lost {
                FindingKind::LostMinusSign { lon, lat }
            } else {
                FindingKind::ExtraMinusSign { lon, lat }
            });
        }
    }
    if among(swap(at)) {
        return Some(FindingKind::LatLonSwapped { lon: lat, lat: lon });
    }
    with_point(at, among).map(|Position { lon, lat }| FindingKind::LostDecimalPoint { lon, lat })
}

/// The points on which most records lie.
fn crowded(points: &[(u64, Position)], log: &mut Log) {
    let mut counts: HashMap<(u64, u64), u64> = HashMap::new();
    for (_, at) in points {
        *counts.entry((at.lon.to_bits(), at.lat.to_bits())).or_default() += 1;
    }
    let mut most: Vec<((u64, u64), u64)> = counts.into_iter().filter(|(_, n)| *n >= 10).collect();
    most.sort_unstable_by_key(|(at, n)| (std::cmp::Reverse(*n), *at));
    for ((lon, lat), n) in most.into_iter().take(5) {
        let kind = FindingKind::ManyOnOnePoint { n, lon: f64::from_bits(lon), lat: f64::from_bits(lat) };
        log.add(Finding::new(kind).place([f64::from_bits(lon), f64::from_bits(lat)]).times(n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(points: &[(f64, f64)], country: Option<BoundingBox>) -> Vec<&'static str> {
        let points: Vec<(u64, Position)> =
            (1..).zip(points).map(|(row, (lon, lat))| (row, Position { lon: *lon, lat: *lat })).collect();
        let mut log = Log::new("f", 20);
        compare(&points, country, None, &mut log);
        log.finish().iter().map(|finding| finding.kind.key()).collect()
    }

    const BULK: [(f64, f64); 8] = [
        (-75.1, 6.1),
        (-74.2, 5.2),
        (-76.3, 3.1),
        (-73.9, 7.7),
        (-75.5, 4.4),
        (-74.8, 2.6),
        (-76.9, 8.0),
        (-72.5, 6.6),
    ];

    #[test]
    fn a_lost_minus_and_an_exchange_are_told_by_the_mass_of_the_points() {
        let with = |point| keys(&[&BULK[..], &[point]].concat(), None);
        assert_eq!(with((74.2, 4.2)), ["lost-minus-sign"]);
        assert_eq!(with((4.2, -74.2)), ["lat-lon-swapped"]);
        assert!(with((-60.0, 40.0)).is_empty(), "far, but no simple slip brings it back");
        assert!(with((-70.0, -4.2)).is_empty(), "at the edge, but among the others");
    }

    #[test]
    fn a_minus_that_does_not_belong_is_told() {
        let points: Vec<(f64, f64)> = BULK.iter().map(|(lon, lat)| (-lon, lat + 30.0)).chain([(-74.0, 35.0)]).collect();
        assert_eq!(keys(&points, None), ["extra-minus-sign"]);
    }

    #[test]
    fn a_lost_decimal_point_is_told_by_the_mass_of_the_points() {
        let with = |point| keys(&[&BULK[..], &[point]].concat(), None);
        assert_eq!(with((-74.2, 42.0)), ["lost-decimal-point"], "4.2 without its point");
        let mut log = Log::new("f", 20);
        let placed: Vec<(u64, Position)> =
            (1..).zip(BULK).map(|(row, (lon, lat))| (row, Position { lon, lat })).collect();
        let found = [(-742_345.0, 4.2), (-7423.0, 42_345.0), (300.0, 95.0)]
            .map(|(lon, lat)| (Position { lon, lat }, Finding::new(shapes::impossible(lon, lat))));
        lost_points(found.to_vec(), &placed, None, &mut log);
        let said: Vec<String> = log.finish().iter().map(|finding| finding.kind.to_string()).collect();
        assert!(said[0].contains("longitude -74.2345, latitude 4.2 "), "{said:?}");
        assert!(said[1].contains("longitude -74.23, latitude 4.2345 "), "{said:?}");
        assert!(said[2].contains("nowhere on Earth"), "{said:?}");
    }

    #[test]
    fn a_whole_file_that_lost_its_minus_is_one_finding() {
        let country = BoundingBox { west: -79.1, south: -4.3, east: -66.8, north: 12.6 };
        let lost: Vec<(f64, f64)> = BULK.iter().map(|(lon, lat)| (-lon, *lat)).collect();
        assert_eq!(keys(&lost, Some(country)), ["whole-file-sign"]);
    }

    #[test]
    fn a_whole_file_exchanged_is_one_finding() {
        let country = BoundingBox { west: -79.1, south: -4.3, east: -66.8, north: 12.6 };
        let swapped: Vec<(f64, f64)> = BULK.iter().map(|(lon, lat)| (*lat, *lon)).collect();
        assert_eq!(keys(&swapped, Some(country)), ["whole-file-swapped"]);
        assert_eq!(keys(&[&BULK[..], &[(10.0, 50.0)]].concat(), Some(country)), ["outside-country"]);
    }
}
