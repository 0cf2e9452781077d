//! The attack on generalised areas: a reader walks every date, every zoom and every table, and tries to find one area.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)] // a failure in a helper is a failure of the test

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::rectangle;
use jiff::civil::{Date, date};
use land::generalise::{CELL_DEGREES, CELL_LEVELS, MINIMUM_AREAS, area_step, rounded_down, shown_as_of};
use land::tiles::{Detail, Kinds, TileArea, TileId, TileSet, View};
use land::{HazardKind, Point, Polygon, Ring};
use mvt_reader::Reader;
use mvt_reader::feature::Value;
use proptest::prelude::*;

/// An area of the ground attacked: where, how large, when found and released.
#[derive(Clone, Debug, PartialEq)]
struct Hidden {
    lon: f64,
    lat: f64,
    side: f64,
    found: Date,
    released: Option<Date>,
}

impl Hidden {
    fn outline(&self) -> Polygon {
        let (e, n) = (self.lon + self.side, self.lat + self.side);
        let corners = [(self.lon, self.lat), (e, self.lat), (e, n), (self.lon, n), (self.lon, self.lat)];
        Polygon::new(vec![Ring::new(corners.map(|(lon, lat)| Point::new(lon, lat)).to_vec()).unwrap()])
    }

    fn is_open(&self, on: Date) -> bool {
        self.found <= on && self.released.is_none_or(|day| day > on)
    }
}

fn set(areas: &[Hidden]) -> TileSet {
    let outlines: Vec<Polygon> = areas.iter().map(Hidden::outline).collect();
    TileSet::new(areas.iter().zip(&outlines).map(|(area, outline)| TileArea {
        id: "secret",
        outline,
        kind: HazardKind::Confirmed,
        found: area.found,
        released: area.released,
        stated_m2: Some(1234.0),
        piece_of: None,
    }))
}

fn view(as_of: Date) -> View {
    View { as_of, detail: Detail::Generalised, kinds: Kinds::ALL }
}

/// What a tile says: for each cell, its number, and least and most areas.
type Told = Vec<(u64, u64, u64)>;

fn decode(tile: Vec<u8>) -> Told {
    let reader = Reader::new(tile).unwrap();
    let mut cells = Vec::new();
    for layer in reader.get_layer_metadata().unwrap() {
        assert_eq!(layer.name, "cells");
        for feature in reader.get_features(layer.layer_index).unwrap() {
            let properties = feature.properties.unwrap();
            let keys: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
            assert_eq!(keys, BTreeSet::from(["at_least", "at_most", "twentieths_of_a_degree"]));
            let number = |key: &str| match &properties[key] {
                Value::UInt(number) => *number,
                Value::SInt(number) => u64::try_from(*number).unwrap(),
                other => panic!("{key} is {other:?}"),
            };
            cells.push((feature.id.unwrap(), number("at_least"), number("at_most")));
        }
    }
    cells
}

/// Every tile of some zooms over the ground attacked (20 to 24 degrees east, 40 to 44 north), for a day.
fn walk(set: &TileSet, on: Date) -> Vec<Told> {
    let place = |zoom: u8, lon: f64, lat: f64| {
        let tiles = f64::from(1_u32 << zoom);
        let y = lat.to_radians().tan().asinh();
        let (x, y) = ((lon + 180.0) / 360.0 * tiles, (1.0 - y / std::f64::consts::PI) / 2.0 * tiles);
        #[allow(clippy::cast_sign_loss)]
        let numbers = (x as u32, y as u32);
        numbers
    };
    [0, 3, 6, 8]
        .map(|zoom| {
            let ((west, south), (east, north)) = (place(zoom, 18.0, 38.0), place(zoom, 26.0, 46.0));
            let tiles = (west..=east).flat_map(|x| (north..=south).map(move |y| (x, y)));
            let mut cells: Vec<_> =
                tiles.flat_map(|(x, y)| decode(set.tile(TileId::new(zoom, x, y).unwrap(), view(on)))).collect();
            cells.sort_unstable();
            cells
        })
        .to_vec()
}

fn day() -> impl Strategy<Value = Date> {
    (2015..=2023_i16, 1..=365_i16).prop_map(|(year, day)| date(year, 1, 1).with().day_of_year(day).build().unwrap())
}

/// Areas in clumps, and some on their own.
fn ground() -> impl Strategy<Value = Vec<Hidden>> {
    let clump = (0..60_i32, 0..60_i32, 1..16_usize, 0.01..0.4_f64);
    let clumps = prop::collection::vec(clump, 1..8);
    (clumps, prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64, 1.0..40.0_f64, day(), prop::option::of(day())), 120))
        .prop_map(|(clumps, points)| {
            let mut points = points.into_iter();
            let mut areas = Vec::new();
            for (column, row, count, spread) in clumps {
                for (x, y, side, found, released) in points.by_ref().take(count) {
                    let lon = 20.0 + f64::from(column) * 0.06 + x * spread;
                    let lat = 40.0 + f64::from(row) * 0.06 + y * spread;
                    let released = released.filter(|day| *day > found);
                    areas.push(Hidden { lon, lat, side: side * 1e-5, found, released });
                }
            }
            areas
        })
}

fn year_ends() -> impl Iterator<Item = Date> {
    (2013..=2024_i16).map(|year| date(year, 12, 31))
}

/// Everything that the reader gets, on every date.
fn everything(areas: &[Hidden]) -> Vec<(Vec<Told>, usize, Option<[f64; 4]>)> {
    let set = set(areas);
    year_ends().map(|on| (walk(&set, on), set.at_least(on), set.cell_bounds())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_reader_who_walks_all_dates_and_zooms_never_learns_a_number_closer_than_five(areas in ground()) {
        let set = set(&areas);
        for on in year_ends() {
            let zooms = walk(&set, on);
            for zoom in &zooms {
                prop_assert_eq!(zoom, &zooms[0], "every zoom says the same");
            }
            let cells = set.cells(on);
            prop_assert_eq!(cells.len(), zooms[0].len(), "and so does the table");
            let open = areas.iter().filter(|area| area.is_open(on)).count();
            let told = set.at_least(on);
            prop_assert!(told <= open);
            prop_assert!(cells.is_empty() || open > 0, "where nothing remains, nothing is shown");
            // The reader's bounds for each cell, from its own step and from the total less what the others can hold.
            let most: usize = cells.iter().map(|cell| cell.at_most).sum();
            for cell in &cells {
                let least = cell.at_least.max(told.saturating_sub(most - cell.at_most));
                prop_assert!(cell.at_most - least >= MINIMUM_AREAS - 1, "{cell:?} holds at least {least}");
            }
        }
    }

    #[test]
    fn a_day_tells_no_more_than_the_end_of_its_year(areas in ground(), on in day()) {
        let set = set(&areas);
        prop_assert_eq!(walk(&set, on), walk(&set, shown_as_of(on)));
        prop_assert_eq!(set.cells(on), set.cells(shown_as_of(on)));
        prop_assert_eq!(set.at_least(on), set.at_least(shown_as_of(on)));
    }

    #[test]
    fn where_an_area_lies_in_its_cell_how_large_it_is_and_on_which_day_of_the_year_shows_nowhere(
        areas in ground(), which in any::<prop::sample::Index>(), x in 0.1..0.9_f64, y in 0.1..0.9_f64, grow in 0.1..9.0_f64,
    ) {
        let before = everything(&areas);
        let mut moved = areas.clone();
        let at = which.index(moved.len());
        let one = &mut moved[at];
        one.side *= grow;
        let corner = |middle: f64, share: f64| ((middle / CELL_DEGREES).floor() + share) * CELL_DEGREES;
        let middle = (areas[at].lon + areas[at].side / 2.0, areas[at].lat + areas[at].side / 2.0);
        (one.lon, one.lat) = (corner(middle.0, x) - one.side / 2.0, corner(middle.1, y) - one.side / 2.0);
        one.found = one.found.first_of_year();
        one.released = one.released.map(Date::last_of_year);
        prop_assert_eq!(before, everything(&moved));
    }

    #[test]
    fn a_cell_has_held_five_areas_and_is_the_smallest_that_has(areas in ground()) {
        let set = set(&areas);
        let Some(some_day) = year_ends().find(|on| !set.cells(*on).is_empty()) else { return Ok(()) };
        let cells = set.cells(some_day);
        let home = |area: &Hidden, side: f64| {
            let number = |degrees: f64| (degrees / side + 1e-9).floor() as i64;
            let middle = |low: f64| low + area.side / 2.0;
            // By way of the smallest cell, as the rule has it.
            let (x, y) = ((middle(area.lon) / CELL_DEGREES).floor(), (middle(area.lat) / CELL_DEGREES).floor());
            (number((x + 0.5) * CELL_DEGREES), number((y + 0.5) * CELL_DEGREES))
        };
        let mut taken = vec![false; areas.len()];
        for level in 0..=CELL_LEVELS {
            let side = CELL_DEGREES * f64::from(1 << level);
            let mut held: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
            for (at, area) in areas.iter().enumerate().filter(|(at, _)| !taken[*at]) {
                held.entry(home(area, side)).or_default().push(at);
            }
            let shown = cells.iter().filter(|cell| (cell.degrees - side).abs() < 1e-9).count();
            let full: Vec<_> = held.into_values().filter(|held| held.len() >= MINIMUM_AREAS).collect();
            prop_assert_eq!(full.len(), shown, "level {}", level);
            full.into_iter().flatten().for_each(|at| taken[at] = true);
        }
    }

    #[test]
    fn areas_in_square_metres_never_give_one_record_away(
        districts in prop::collection::vec(prop::collection::vec((1.0..5e6_f64, 2015..2024_i16, prop::option::of(2016..2024_i16)), 1..30), 1..12),
    ) {
        let records = || districts.iter().flatten().map(|(area, ..)| *area);
        let (step, largest) = (area_step(records()), records().fold(0.0, f64::max));
        prop_assert!(step >= largest);
        let closing = |district: &[(f64, i16, Option<i16>)], year: i16| -> f64 {
            district.iter().filter(|(_, found, gone)| *found <= year && gone.is_none_or(|gone| gone > year)).map(|(area, ..)| *area).sum()
        };
        let told = |year: i16| -> (f64, Vec<f64>) {
            let all: f64 = districts.iter().map(|district| closing(district, year)).sum();
            (rounded_down(all, step), districts.iter().map(|district| rounded_down(closing(district, year), step)).collect())
        };
        for year in 2014..=2024 {
            let (total, parts) = told(year);
            for (at, part) in parts.iter().enumerate() {
                // The least and the greatest that a district can have, by its own figure and by the total less the others.
                let others: f64 = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part).sum();
                let above = step * (parts.len() - 1) as f64;
                let (least, greatest) = (part.max(total - others - above), (part + step).min(total + step - others));
                prop_assert!(greatest - least >= step - 1e-6, "{year}: between {least} and {greatest}, step {step}");
                prop_assert!(greatest - least >= largest, "no narrower than the largest record");
            }
        }
    }
}

#[test]
fn pieces_of_one_hazard_count_once_and_in_one_cell() {
    // Fourteen pieces of five hazards, strewn over several cells.
    let outlines: Vec<Polygon> = (0..14).map(|at| rectangle(f64::from(at) * 20.0, 10.0, 4.0, 4.0)).collect();
    let pieces = outlines.iter().enumerate().map(|(at, outline)| TileArea {
        id: "secret",
        outline,
        kind: HazardKind::Suspected,
        found: date(2020, 1, 1),
        released: None,
        stated_m2: None,
        piece_of: Some(at % 5),
    });
    let set = TileSet::new(pieces);
    let cells = set.cells(date(2024, 12, 31));
    assert_eq!(cells.iter().map(|cell| (cell.at_least, cell.at_most)).collect::<Vec<_>>(), [(5, 9)]);
}

#[test]
fn four_areas_are_in_no_cell() {
    let four: Vec<Hidden> = (0..4)
        .map(|at| Hidden {
            lon: 20.0 + f64::from(at) * 0.001,
            lat: 40.0,
            side: 1e-4,
            found: date(2020, 1, 1),
            released: None,
        })
        .collect();
    let set = set(&four);
    assert!(set.cells(date(2024, 12, 31)).is_empty() && set.cell_bounds().is_none());
    assert_eq!(set.at_least(date(2024, 12, 31)), 0);
    assert!(set.tile(TileId::new(0, 0, 0).unwrap(), view(date(2024, 12, 31))).is_empty());
}
