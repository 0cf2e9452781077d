//! The fast road of areas: it tells what the general reader tells, and loses nothing.
#![allow(clippy::unwrap_used)] // a test may stop where it fails

mod common;
#[path = "common/geopackage.rs"]
mod geopackage;
#[path = "common/kept.rs"]
mod kept;

use common::options;
use geopackage::{Feature, add_layer, create, geojson, register};
use intake::{Bulk, IntakeError, Options, areas};
use kept::{Keeper, Kept, general};
use proptest::prelude::*;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn read(path: &Path, options: &Options<'_>) -> Result<Bulk<Keeper>, IntakeError> {
    let bulk = areas(path, options, |_| Keeper::default())?;
    assert_eq!(bulk.rows_read, bulk.taken + bulk.set_aside);
    assert_eq!(bulk.taken, bulk.parts.iter().map(|part| part.0.len() as u64).sum::<u64>());
    Ok(bulk)
}

fn all(bulk: &Bulk<Keeper>) -> Vec<Kept> {
    bulk.parts.iter().flat_map(|part| part.0.iter().cloned()).collect()
}

/// What the fast road leaves to the general one: the form of outlines, and rows held against one another.
const LEFT_OUT: [&str; 18] = [
    "nothing-released",
    "items-without-area",
    "area-without-items",
    "identical-rows",
    "duplicate-id",
    "id-written-two-ways",
    "duplicate-name",
    "name-written-two-ways",
    "duplicate-polygon",
    "self-intersection",
    "parts-overlap",
    "hole-outside",
    "ring-twice",
    "repeated-vertex",
    "long-edge",
    "spike",
    "zero-area",
    "crs-assumed",
];

/// How many rows the findings of each kind and column stand for, of those that both roads look for.
fn counted<'a>(
    findings: impl IntoIterator<Item = &'a intake::Finding>,
) -> BTreeMap<(&'static str, Option<String>), u64> {
    let mut counted = BTreeMap::new();
    for finding in findings {
        *counted.entry((finding.kind.key(), finding.field.clone())).or_default() += finding.count;
    }
    counted.retain(|(kind, _), _| !LEFT_OUT.contains(kind));
    counted
}

/// Reads a layer by both roads and compares all that they tell.
fn agree(columns: &[&str], features: &[Feature], options: &Options<'_>) {
    let folder = tempfile::tempdir().unwrap();
    let (package, json) = (folder.path().join("layer.gpkg"), folder.path().join("layer.geojson"));
    add_layer(&create(&package), "layer", columns, features);
    std::fs::write(&json, geojson(columns, features)).unwrap();
    let (fast, slow) = match (read(&package, options), intake::read(&json, options)) {
        (Err(fast), Err(slow)) => {
            let metres = |error: &IntakeError| matches!(error, IntakeError::CrsNeeded { .. });
            assert!(metres(&fast) && metres(&slow), "{fast}\n{slow}");
            return;
        }
        // A file that is half in metres is refused whole by the general road alone, which counts places, not rows.
        (Ok(fast), Err(IntakeError::CrsNeeded { .. })) => {
            assert!(fast.findings.iter().any(|finding| finding.kind.key() == "projected-metres"));
            return;
        }
        (fast, slow) => (fast.unwrap(), slow.unwrap()),
    };
    assert_eq!((fast.kind, fast.rows_read), (slow.kind, slow.rows_read));
    assert_eq!(all(&fast), general(&slow.taken));
    let reasons = |list: &mut dyn Iterator<Item = (u64, &'static str)>| list.collect::<Vec<_>>();
    assert_eq!(
        reasons(&mut fast.set_aside_reasons.iter().map(|reason| (reason.row.unwrap(), reason.kind.key()))),
        reasons(&mut slow.set_aside.iter().map(|aside| (aside.row, aside.reason.kind.key()))),
    );
    assert_eq!(counted(&fast.findings), counted(&slow.findings));
    assert_eq!(fast.columns, slow.columns);
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn square(lon: f64, lat: f64) -> Vec<[f64; 2]> {
    vec![[lon, lat], [lon + 0.01, lat], [lon + 0.01, lat + 0.01], [lon, lat + 0.01], [lon, lat]]
}

fn at(lon: f64, lat: f64, values: Vec<Value>) -> Feature {
    Feature { values, polygons: Some(vec![vec![square(lon, lat)]]) }
}

/// Polygons, most of them good, and no two rows alike in their numbers.
fn polygons() -> impl Strategy<Value = Option<Vec<Vec<Vec<[f64; 2]>>>>> {
    let corner = (0..200_i32, 0..200_i32).prop_map(|(x, y)| [44.0 + f64::from(x) / 128.0, 33.0 + f64::from(y) / 128.0]);
    let good = (0..100_i32).prop_map(|x| square(44.0 + f64::from(x) / 64.0, 33.5));
    let ring = prop_oneof![
        8 => good,
        2 => prop::collection::vec(corner.clone(), 1..9),
        1 => corner.prop_map(|at| vec![at, at, at]),
        1 => Just(vec![[500_000.0, 4_000_000.0], [500_010.0, 4_000_000.0], [500_000.0, 4_000_010.0]]),
        1 => Just(vec![[33.0, 144.0], [33.0, 144.5], [33.5, 144.0], [33.0, 144.0]]),
    ];
    let polygon = prop::collection::vec(ring, 1..3);
    prop_oneof![1 => Just(None), 12 => prop::collection::vec(polygon, 1..3).prop_map(Some)]
}

/// Values such as people enter, half of them plain.
fn pool(plain: &'static [&'static str], odd: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => prop::sample::select(plain).prop_map(text),
        2 => prop::sample::select(odd).prop_map(text),
        1 => Just(Value::Null),
    ]
}

fn figure() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0..90_000_i64).prop_map(Value::Integer),
        4 => (0..90_000_i64).prop_map(|n| Value::Real(n as f64 / 8.0)),
        1 => prop::sample::select(&["1,500", "2 ha", "12.5", "many", "", "3 500,25"][..]).prop_map(text),
        1 => prop::sample::select(&[-5.0, 4e13, 0.0][..]).prop_map(Value::Real),
        2 => Just(Value::Null),
    ]
}

fn day() -> impl Strategy<Value = Value> {
    pool(
        &["2019-05-07", "2021-12-31", "2003-02-28", "2019-05-08"],
        &[
            "31/01/2015",
            "2016",
            "2099-01-01",
            "2026-12-01",
            "1850-01-01",
            "soon",
            "2019-02-30",
            "unknown",
            " 2018-01-02 ",
            "5 mars 2012",
        ],
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn hazardous_areas_come_as_from_the_general_reader(
        rows in prop::collection::vec((
            day(),
            pool(&["SHA", "CHA", "confirmed"], &["Moon", "n/a", " sha"]),
            figure(),
            pool(&["North", "Ñorquín", "South"], &["unknown", "-", " East "]),
            prop_oneof![(0..99_i64).prop_map(Value::Integer), Just(text("HA-7")), Just(text("n/a")), Just(Value::Null)],
            prop_oneof![Just(Value::Integer(501)), Just(text("1202")), Just(Value::Null)],
            polygons(),
        ), 0..40),
    ) {
        let columns = ["ha_id", "date", "ha_type", "area_ha", "province", "province_code", "remark"];
        let mut features: Vec<Feature> = rows
            .into_iter()
            .map(|(day, kind, area, province, id, code, polygons)| {
                Feature { values: vec![id, day, kind, area, province, code, text("far")], polygons }
            })
            .collect();
        // One row says what the rows are, whatever the others hold.
        features.push(at(44.0, 33.0, ["HA-0", "2019-01-01", "SHA", "1", "North", "0501", ""].map(text).to_vec()));
        agree(&columns, &features, &options());
    }

    #[test]
    fn releases_come_as_from_the_general_reader(
        rows in prop::collection::vec((
            (2000..2030_i64).prop_map(Value::Integer),
            pool(&["cancelled", "reduced", "cleared", "Clearance"], &["Moon", "n/a"]),
            figure(),
            figure(),
            prop_oneof![3 => Just(Value::Null), 1 => (-1..9_i64).prop_map(Value::Integer), 1 => Just(text("1.5"))],
            polygons(),
        ), 0..40),
        with_cleared in any::<bool>(),
    ) {
        let cleared = if with_cleared { "cleared_m2" } else { "remark" };
        let columns = ["task_id", "year", "release_type", "area_m2", cleared, "ap_mines"];
        let mut features: Vec<Feature> = rows
            .into_iter()
            .zip(0..)
            .map(|((year, kind, area, cleared, mines, polygons), id)| {
                Feature { values: vec![Value::Integer(id), year, kind, area, cleared, mines], polygons }
            })
            .collect();
        features.push(at(44.0, 33.0, ["T", "2019", "cleared", "10", "10", "1"].map(text).to_vec()));
        agree(&columns, &features, &options());
    }

    #[test]
    fn districts_come_as_from_the_general_reader(
        rows in prop::collection::vec((
            pool(&["North", "Ñorquín", "South"], &["unknown", "-", " East "]),
            prop_oneof![Just(Value::Integer(501)), Just(text("1202")), Just(text("N-1")), Just(Value::Null)],
            polygons(),
        ), 0..20),
    ) {
        let mut features: Vec<Feature> =
            rows.into_iter().map(|(name, code, polygons)| Feature { values: vec![name, code], polygons }).collect();
        features.push(at(44.0, 33.0, vec![text("West"), text("0701")]));
        agree(&["district", "pcode"], &features, &options());
    }
}

const HAZARD: [&str; 3] = ["ha_id", "date", "ha_type"];

fn hazard(lon: f64) -> Feature {
    at(lon, 33.5, ["HA-1", "2019-05-07", "SHA"].map(text).to_vec())
}

fn key_counts(bulk: &Bulk<Keeper>) -> Vec<(&'static str, u64)> {
    bulk.findings.iter().map(|finding| (finding.kind.key(), finding.count)).collect()
}

#[test]
fn a_large_layer_is_read_in_parts_and_comes_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.gpkg");
    // 1,200 rings of 1,800 corners: 34 MB.
    let ring = |n: i32| {
        let mut ring: Vec<[f64; 2]> = (0..1_800)
            .map(|at| (f64::from(at) * std::f64::consts::TAU / 1_800.0).sin_cos())
            .map(|(sin, cos)| [44.0 + f64::from(n) / 1024.0 + cos / 64.0, 33.5 + sin / 64.0])
            .collect();
        ring.push(ring[0]);
        ring
    };
    let features: Vec<Feature> =
        (0..1_200).map(|n| Feature { polygons: Some(vec![vec![ring(n)]]), ..hazard(0.0) }).collect();
    let connection = create(&path);
    add_layer(&connection, "hazards", &HAZARD, &features);
    // Numbers with holes in them, and bad geometry at both ends.
    connection.execute_batch("DELETE FROM hazards WHERE fid BETWEEN 100 AND 300; UPDATE hazards SET fid = -10 * fid; UPDATE hazards SET fid = -fid; UPDATE hazards SET geom = x'00' WHERE fid IN (10, 12000)").unwrap();
    drop(connection);
    let bulk = read(&path, &options()).unwrap();
    assert!(bulk.parts.len() > 1, "{}", bulk.parts.len());
    let kept = all(&bulk);
    let wanted: Vec<u64> = (1..=1_200).filter(|n| !(100..=300).contains(n)).map(|n| n * 10).collect();
    assert_eq!(kept.iter().map(|record| record.row).collect::<Vec<_>>(), wanted);
    assert_eq!(kept[1].rings, [ring(1)[..1_800].to_vec()]);
    assert_eq!(kept[997].rings, [ring(1_198)[..1_800].to_vec()]);
    let rows: Vec<_> = bulk.findings.iter().map(|finding| (finding.kind.key(), finding.row.unwrap())).collect();
    assert_eq!(rows, [("geometry-not-used", 10), ("geometry-not-used", 12_000)]);
}

#[test]
fn a_geometry_of_no_use_leaves_the_record_and_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.gpkg");
    let connection = create(&path);
    add_layer(&connection, "hazards", &HAZARD, &[hazard(44.0), hazard(44.1), hazard(44.2), hazard(44.3), hazard(44.4)]);
    let polygon =
        |corner: f64| geopackage::blob(&[vec![vec![[44.0, 33.0], [corner, 33.0], [44.1, 33.1], [44.0, 33.0]]]]);
    for (fid, blob) in
        [(1, polygon(f64::NAN)), (2, polygon(f64::INFINITY)), (3, polygon(44.1)[..70].to_vec()), (4, vec![])]
    {
        connection.execute("UPDATE hazards SET geom = ?1 WHERE fid = ?2", (blob, fid)).unwrap();
    }
    let bulk = read(&path, &options()).unwrap();
    assert_eq!((bulk.taken, bulk.set_aside), (5, 0));
    assert_eq!(all(&bulk).iter().map(|record| record.rings.len()).collect::<Vec<_>>(), [0, 0, 0, 0, 1]);
    assert_eq!(
        key_counts(&bulk),
        [
            ("impossible-coordinate", 1),
            ("impossible-coordinate", 1),
            ("geometry-not-used", 1),
            ("geometry-not-used", 1)
        ]
    );
}

#[test]
fn every_row_set_aside_is_counted_and_the_first_thousand_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aside.gpkg");
    let columns = ["id", "release_type", "area_m2", "year"];
    let row = |area: f64| at(44.0, 33.0, vec![text("R"), text("cleared"), Value::Real(area), Value::Integer(2019)]);
    let features: Vec<Feature> = (0..1_500).map(|n| row(if n % 3 == 0 { 10.0 } else { -10.0 })).collect();
    add_layer(&create(&path), "releases", &columns, &features);
    let bulk = read(&path, &options()).unwrap();
    assert_eq!((bulk.taken, bulk.set_aside, bulk.set_aside_reasons.len()), (500, 1_000, 1_000));
    add_layer_again(&path, &columns, &row(-1.0));
    let bulk = read(&path, &options()).unwrap();
    assert_eq!((bulk.taken, bulk.set_aside, bulk.set_aside_reasons.len()), (500, 1_001, 1_000));
    assert_eq!(bulk.set_aside_reasons.iter().map(|reason| reason.count).sum::<u64>(), 1_001);
    assert_eq!(
        bulk.set_aside_reasons[0].to_string(),
        "aside.gpkg, row 2, column \"area_m2\", value \"-10\": An area or a count cannot be negative. Correct the figure in the source."
    );
}

fn add_layer_again(path: &Path, columns: &[&str], feature: &Feature) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let marks: String = columns.iter().map(|_| ", ?").collect();
    let shape = Value::Blob(geopackage::blob(feature.polygons.as_ref().unwrap()));
    let values = [shape].into_iter().chain(feature.values.clone());
    connection
        .execute(&format!("INSERT INTO releases VALUES (NULL, ?{marks})"), rusqlite::params_from_iter(values))
        .unwrap();
}

#[test]
fn an_area_outside_the_states_box_is_said_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box.gpkg");
    add_layer(&create(&path), "hazards", &HAZARD, &[hazard(44.0), hazard(80.0), hazard(44.5)]);
    let mut options = options();
    options.country_box = Some(intake::BoundingBox { west: 38.0, south: 29.0, east: 49.0, north: 38.0 });
    let bulk = read(&path, &options).unwrap();
    assert_eq!((bulk.taken, key_counts(&bulk)), (3, vec![("outside-country", 1)]));
    assert_eq!(bulk.findings[0].row, Some(2));
}

#[test]
fn a_file_that_is_being_written_is_read_with_what_waits_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("open.gpkg");
    add_layer(&create(&path), "hazards", &HAZARD, &[hazard(44.0)]);
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).unwrap();
    writer.execute("INSERT INTO hazards SELECT NULL, geom, 'HA-2', date, ha_type FROM hazards", []).unwrap();
    let bulk = read(&path, &options()).unwrap();
    assert_eq!(all(&bulk).iter().map(|record| record.id.as_deref()).collect::<Vec<_>>(), [Some("HA-1"), Some("HA-2")]);
}

#[test]
fn a_view_is_read_and_its_rows_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd name? 100%#1.gpkg");
    let connection = create(&path);
    add_layer(&connection, "base", &HAZARD, &[hazard(44.0), hazard(44.1), hazard(44.2)]);
    connection.execute_batch("CREATE VIEW seen AS SELECT geom, ha_id, date, ha_type FROM base WHERE fid <> 2; DELETE FROM gpkg_contents; DELETE FROM gpkg_geometry_columns").unwrap();
    register(&connection, "seen", 4326);
    let bulk = read(&path, &options()).unwrap();
    assert_eq!(bulk.layer, "seen");
    assert_eq!(all(&bulk).iter().map(|record| record.row).collect::<Vec<_>>(), [1, 2]);
}

fn refused(make: impl FnOnce(&rusqlite::Connection), options: &Options<'_>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    make(&create(&path));
    match read(&path, options) {
        Ok(bulk) => panic!("read as {:?}", bulk.kind),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_cannot_be_read_is_refused_in_a_sentence() {
    let two = |connection: &rusqlite::Connection| {
        add_layer(connection, "north", &HAZARD, &[hazard(44.0)]);
        add_layer(connection, "south", &HAZARD, &[hazard(44.0)]);
    };
    assert!(refused(two, &options()).contains("north, south"));
    let metres = |connection: &rusqlite::Connection| {
        add_layer(connection, "hazards", &HAZARD, &[hazard(44.0)]);
        connection.execute_batch("UPDATE gpkg_geometry_columns SET srs_id = 32638").unwrap();
    };
    assert!(refused(metres, &options()).contains("not in longitude and latitude"));
    assert!(refused(|_| (), &options()).contains("no layer with geometry"));
    let victims = |connection: &rusqlite::Connection| {
        add_layer(connection, "v", &["sex", "outcome"], &[at(44.0, 33.0, vec![text("male"), text("killed")])]);
    };
    assert!(refused(victims, &options()).contains("of the kind victim, not areas"));
    let strange = |connection: &rusqlite::Connection| {
        add_layer(connection, "v", &["abc"], &[at(44.0, 33.0, vec![text("x")])]);
    };
    assert!(refused(strange, &options()).contains("do not say what the rows tell"));
    let mut few = options();
    few.limits.max_rows = 2;
    let three = |connection: &rusqlite::Connection| {
        add_layer(connection, "hazards", &HAZARD, &[hazard(44.0), hazard(44.1), hazard(44.2)]);
    };
    assert!(refused(three, &few).contains("more than the 2 rows"));
    let gone = |connection: &rusqlite::Connection| {
        add_layer(connection, "hazards", &HAZARD, &[hazard(44.0)]);
        connection.execute_batch("DROP TABLE hazards").unwrap();
    };
    assert!(refused(gone, &options()).contains("damaged or cut short"));
}

#[test]
fn other_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    assert!(!intake::is_fast(&path, &options()));
    std::fs::write(&path, "year,sex\n").unwrap();
    assert!(!intake::is_fast(&path, &options()));
    assert!(!intake::is_fast(folder.path(), &options()));
    assert!(read(&path, &options()).unwrap_err().to_string().contains("no GeoPackage"));
    let package = folder.path().join("b.gpkg");
    add_layer(&create(&package), "hazards", &HAZARD, &[hazard(44.0)]);
    assert!(intake::is_fast(&package, &options()));
    // Cut in the middle: refused or read, but never a row less without a word.
    let bytes = std::fs::read(&package).unwrap();
    std::fs::write(&package, &bytes[..bytes.len() / 2]).unwrap();
    assert!(read(&package, &options()).unwrap_err().to_string().contains("damaged or cut short"));
}
