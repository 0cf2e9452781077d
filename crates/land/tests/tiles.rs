//! Tiles, decoded by a reader that shares no code with the writer.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeSet, HashMap};

use common::{any_polygon, polygon, rectangle};
use geo::{Area, MapCoords, Validation};
use jiff::civil::{Date, date};
use land::tiles::{Detail, Kinds, MAX_ZOOM, TileArea, TileId, TileSet, View};
use land::{HazardKind, Polygon, polygon_area_m2};
use mvt_reader::Reader;
use mvt_reader::feature::Value;
use proptest::prelude::*;

/// A feature as decoded.
#[derive(Debug)]
struct Feature {
    layer: String,
    id: u64,
    shape: geo::Geometry<f64>,
    properties: HashMap<String, Value>,
}

impl Feature {
    fn text(&self, key: &str) -> &str {
        match self.properties.get(key) {
            Some(Value::String(text)) => text,
            other => panic!("{key} is {other:?}"),
        }
    }

    fn number(&self, key: &str) -> u64 {
        match self.properties.get(key) {
            Some(Value::UInt(number)) => *number,
            Some(Value::SInt(number)) => u64::try_from(*number).unwrap(),
            other => panic!("{key} is {other:?}"),
        }
    }

    /// How many areas it stands for.
    fn count(&self) -> u64 {
        if self.properties.contains_key("count") { self.number("count") } else { 1 }
    }
}

fn decode(tile: Vec<u8>) -> Vec<Feature> {
    let reader = Reader::new(tile).unwrap();
    let layers = reader.get_layer_metadata().unwrap();
    let features = layers.into_iter().flat_map(|layer| {
        assert_eq!((layer.version, layer.extent), (2, 4096));
        assert!(layer.feature_count > 0, "an empty layer is left out");
        let features = reader.get_features(layer.layer_index).unwrap();
        features.into_iter().map(move |feature| Feature {
            layer: layer.name.clone(),
            id: feature.id.unwrap(),
            shape: feature.geometry.map_coords(|c| geo::coord! { x: f64::from(c.x), y: f64::from(c.y) }),
            properties: feature.properties.unwrap(),
        })
    });
    features.collect()
}

fn area<'a>(id: &'a str, outline: &'a Polygon) -> TileArea<'a> {
    let found = date(2020, 1, 1);
    TileArea { id, outline, kind: HazardKind::Suspected, found, released: None, stated_m2: None, piece_of: None }
}

fn view(as_of: Date, detail: Detail, kinds: Kinds) -> View {
    View { as_of, detail, kinds }
}

fn outlines() -> View {
    view(date(2026, 1, 1), Detail::Outlines, Kinds::ALL)
}

fn world() -> TileId {
    TileId::new(0, 0, 0).unwrap()
}

/// Everything in a zoom, tile by tile.
fn zoom(set: &TileSet, zoom: u8, view: View) -> Vec<(TileId, Feature)> {
    let tiles = set.tiles(zoom).into_iter();
    tiles.flat_map(|id| decode(set.tile(id, view)).into_iter().map(move |feature| (id, feature))).collect()
}

/// Some hundred outlines of all sizes, from a metre to some degrees, over the whole world.
fn scattered() -> Vec<Polygon> {
    let outline = |i: u32| {
        let part = |prime: u32| f64::from(i.wrapping_mul(prime) % 1009) / 1009.0;
        let (lon, lat) = (-179.0 + 358.0 * part(613), -80.0 + 160.0 * part(787));
        let radius = 10_f64.powf(-5.0 + 5.0 * part(499)).min(0.99);
        let corners = 3 + i % 40;
        polygon(&[&(0..corners)
            .map(|corner| {
                let angle = f64::from(corner) / f64::from(corners) * std::f64::consts::TAU;
                let reach = radius * (0.6 + 0.4 * (2.0 * angle + f64::from(i)).sin());
                [lon + reach * angle.cos(), lat + reach * angle.sin()]
            })
            .collect::<Vec<_>>()])
    };
    (0..400).map(outline).collect()
}

/// Valid by the simple feature rules, which are those of the tile specification for what is decoded here, with exteriors
/// of positive area and no ring without area.
fn assert_valid(feature: &Feature) {
    let geo::Geometry::MultiPolygon(shape) = &feature.shape else { panic!("{feature:?}") };
    assert!(!shape.0.is_empty() && shape.is_valid(), "{:?} {feature:?}", shape.validation_errors());
    for polygon in shape {
        let signed = |ring: &geo::LineString<f64>| geo::Polygon::new(ring.clone(), vec![]).signed_area();
        assert!(signed(polygon.exterior()) > 0.0, "{feature:?}");
        assert!(polygon.interiors().iter().all(|hole| signed(hole) < 0.0), "{feature:?}");
        let inside = |c: &geo::Coord<f64>| [c.x, c.y].iter().all(|v| (-64.0..=4160.0).contains(v));
        assert!(polygon.exterior().0.iter().all(inside), "{feature:?}");
    }
}

#[test]
fn every_area_is_in_every_zoom_once_as_an_outline_or_counted_as_a_point() {
    let shapes = scattered();
    let ids: Vec<String> = (0..shapes.len()).map(|i| format!("area {i}")).collect();
    let set = TileSet::new(shapes.iter().zip(&ids).map(|(shape, id)| area(id, shape)));
    for z in 0..=MAX_ZOOM {
        let (mut drawn, mut counted) = (BTreeSet::new(), 0);
        for (_, feature) in zoom(&set, z, outlines()) {
            match feature.layer.as_str() {
                "areas" => {
                    assert_valid(&feature);
                    assert_eq!(ids[usize::try_from(feature.id).unwrap()], feature.text("id"));
                    drawn.insert(feature.id);
                }
                "small_areas" => counted += feature.count(),
                other => panic!("{other}"),
            }
        }
        assert_eq!(drawn.len() + usize::try_from(counted).unwrap(), shapes.len(), "zoom {z}");
        assert!(z != 5 || (!drawn.is_empty() && counted > 0), "both kinds are tried");
    }
}

#[test]
fn an_outline_in_its_tiles_covers_the_ground_of_the_area() {
    let shape = rectangle(0.0, 0.0, 30.0, 20.0);
    let set = TileSet::new([area("one", &shape)]);
    let (mut units, side) = (0.0, 40_075_016.686 / f64::from(1_u32 << 26));
    for (_, feature) in zoom(&set, MAX_ZOOM, outlines()) {
        let geo::Geometry::MultiPolygon(shape) = feature.shape else { panic!() };
        let tile = geo::Rect::new((0.0, 0.0), (4096.0, 4096.0)).to_polygon();
        units += geo::BooleanOps::intersection(&shape, &tile).unsigned_area();
    }
    let m2 = units * (side * 40.01_f64.to_radians().cos()).powi(2);
    assert!((m2 / polygon_area_m2(&shape) - 1.0).abs() < 0.005, "{m2}");
}

#[test]
fn the_date_decides_what_is_found_and_what_is_released() {
    let shape = rectangle(0.0, 0.0, 10.0, 10.0);
    let one = TileArea { found: date(2020, 6, 15), released: Some(date(2023, 3, 1)), ..area("SHA-7", &shape) };
    let set = TileSet::new([one]);
    let tile = |as_of, kinds| decode(set.tile(world(), view(as_of, Detail::Outlines, kinds)));
    assert!(tile(date(2020, 6, 14), Kinds::ALL).is_empty());
    let status = |as_of| tile(as_of, Kinds::ALL)[0].text("status").to_owned();
    assert_eq!(status(date(2020, 6, 15)), "open");
    assert_eq!(status(date(2023, 2, 28)), "open");
    assert_eq!(status(date(2023, 3, 1)), "released");
    let released = &tile(date(2024, 1, 1), Kinds::ALL)[0];
    assert_eq!((released.number("found"), released.number("released")), (2020, 2023));
    assert!(!tile(date(2022, 1, 1), Kinds::ALL)[0].properties.contains_key("released"), "a later date is not told");
    assert!(tile(date(2023, 3, 1), Kinds::OPEN).is_empty());
}

#[test]
fn the_view_chooses_kinds() {
    let shapes = [rectangle(0.0, 0.0, 10.0, 10.0), rectangle(20.0, 0.0, 10.0, 10.0)];
    let confirmed = TileArea { kind: HazardKind::Confirmed, ..area("CHA", &shapes[1]) };
    let set = TileSet::new([area("SHA", &shapes[0]), confirmed]);
    let kinds = |suspected, confirmed| {
        let view = view(date(2026, 1, 1), Detail::Outlines, Kinds { suspected, confirmed, released: true });
        let features = decode(set.tile(world(), view));
        features.iter().map(|feature| feature.text("kind").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(true, false), ["suspected"]);
    assert_eq!(kinds(false, true), ["confirmed"]);
    assert_eq!(kinds(true, true), ["suspected", "confirmed"], "points of two kinds are not merged");
    assert!(kinds(false, false).is_empty());
}

#[test]
fn attributes_say_what_is_known_and_leave_out_what_is_not() {
    let shape = rectangle(0.0, 0.0, 10.0, 10.0);
    let stated = TileArea { stated_m2: Some(940_000.4), ..area("ศูนย์ 7", &shape) };
    let set = TileSet::new([stated, area("بلا", &shape)]);
    let mut features: Vec<Feature> = zoom(&set, MAX_ZOOM, outlines()).into_iter().map(|(_, feature)| feature).collect();
    features.sort_by_key(|feature| feature.id);
    assert_eq!(features.first().unwrap().text("id"), "ศูนย์ 7");
    assert_eq!(features.first().unwrap().number("stated_m2"), 940_000);
    assert_eq!(features.last().unwrap().text("id"), "بلا");
    assert!(!features.last().unwrap().properties.contains_key("stated_m2"));
    let mapped = features[0].number("mapped_m2") as f64;
    assert!((mapped - polygon_area_m2(&shape)).abs() <= 0.5);
}

#[test]
fn points_of_one_pixel_become_one_that_counts_them() {
    let shapes: Vec<Polygon> = (0..5).map(|i| rectangle(f64::from(i) * 3.0, 0.0, 2.0, 2.0)).collect();
    let all_stated = shapes.iter().map(|shape| TileArea { stated_m2: Some(10.0), ..area("x", shape) });
    let features = decode(TileSet::new(all_stated.clone()).tile(world(), outlines()));
    assert_eq!(features.len(), 1);
    assert_eq!((features[0].count(), features[0].number("stated_m2")), (5, 50));
    let sum: f64 = shapes.iter().map(polygon_area_m2).sum();
    assert!((features[0].number("mapped_m2") as f64 - sum).abs() <= 0.5);
    assert!(!features[0].properties.contains_key("id"));
    let one_unknown = all_stated.chain([area("unknown", &shapes[0])]);
    let features = decode(TileSet::new(one_unknown).tile(world(), outlines()));
    assert!(!features[0].properties.contains_key("stated_m2"), "a sum with an unknown part is unknown");
}

#[test]
fn an_area_without_a_vertex_is_counted_apart() {
    let (empty, shape) = (Polygon::default(), rectangle(0.0, 0.0, 1.0, 1.0));
    let set = TileSet::new([area("empty", &empty), area("one", &shape)]);
    assert_eq!((set.len(), set.without_outline()), (1, 1));
    assert!(TileSet::new([]).tile(world(), outlines()).is_empty());
}

#[test]
fn there_is_no_tile_outside_the_pyramid() {
    assert!(TileId::new(2, 3, 3).is_some());
    assert!(TileId::new(2, 4, 0).is_none());
    assert!(TileId::new(MAX_ZOOM + 1, 0, 0).is_none());
    assert!(TileSet::new([]).tiles(MAX_ZOOM + 1).is_empty());
}

#[test]
fn a_strip_too_thin_to_draw_is_a_point_at_low_zoom() {
    let road = polygon(&[&[[20.0, 40.0], [20.5, 40.0], [20.5, 40.000_05], [20.0, 40.000_05]]]);
    let set = TileSet::new([area("road", &road)]);
    assert_eq!(zoom(&set, 8, outlines()).iter().map(|(_, f)| f.layer.as_str()).collect::<Vec<_>>(), ["small_areas"]);
    assert!(zoom(&set, MAX_ZOOM, outlines()).iter().all(|(_, f)| f.layer == "areas"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Bow-ties, spikes, holes outside: valid in every tile, and none lost.
    #[test]
    fn outlines_of_any_form_become_valid_geometry(shapes in prop::collection::vec(any_polygon(), 1..6)) {
        let set = TileSet::new(shapes.iter().map(|shape| area("any", shape)));
        for z in [7, 9, 11, 12, 13, 14] {
            let features = zoom(&set, z, outlines());
            let (drawn, points): (Vec<_>, Vec<_>) = features.into_iter().partition(|(_, f)| f.layer == "areas");
            for (_, feature) in &drawn {
                assert_valid(feature);
            }
            let ids: BTreeSet<u64> = drawn.iter().map(|(_, f)| f.id).collect();
            let counted: u64 = points.iter().map(|(_, f)| f.count()).sum();
            prop_assert_eq!(ids.len() as u64 + counted, shapes.len() as u64, "zoom {}", z);
        }
    }
}
