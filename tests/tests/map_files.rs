//! Map files that the program writes: QGIS's own libraries open them and count the same, and a balance drawn from any of
//! them has the same figures.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use whole_program::Room;

const FORMATS: [&str; 7] = ["gpkg", "geojson", "kml", "kmz", "zip", "csv", "parquet"];

fn ring(west: f64, south: f64, side: f64) -> Value {
    let (east, north) = (west + side, south + side);
    json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
}

fn collection(features: &[(Value, Value)]) -> String {
    let feature = |(properties, geometry): &(Value, Value)| json!({"type": "Feature", "properties": properties, "geometry": geometry});
    json!({"type": "FeatureCollection", "features": features.iter().map(feature).collect::<Vec<_>>()}).to_string()
}

/// Invented areas: one with a hole and two parts, two that overlap, one without a stated area, one without an outline.
fn hazards() -> String {
    let area = |id: &str, name: &str, kind: &str, year: u16, stated: Value, geometry: Value| {
        let province = if year < 2019 { "Ñuble" } else { "北" };
        let properties = json!({"hazard_id": id, "name": name, "hazard_type": kind, "year_found": year, "area_m2": stated, "province": province});
        (properties, geometry)
    };
    let parts = json!({"type": "MultiPolygon", "coordinates": [[ring(16.40, 45.05, 0.01), ring(16.403, 45.053, 0.004)], [ring(16.42, 45.05, 0.005)]]});
    let square = |west, south, side| json!({"type": "Polygon", "coordinates": [ring(west, south, side)]});
    collection(&[
        area("H1", "Поле \"одно\"", "CHA", 2018, json!(875_000), square(16.38, 45.05, 0.01)),
        area("H2", "حقل الألغام", "SHA", 2018, Value::Null, parts),
        area("H3", "Champ, n° 3", "CHA", 2019, json!(218_000.5), square(16.45, 45.05, 0.005)),
        area("H4", "Recouvrement", "SHA", 2020, json!(219_000), square(16.452, 45.052, 0.005)),
        area("H5", "Sans tracé", "SHA", 2020, json!(1_500), Value::Null),
    ])
}

/// Invented releases: a part of the first area cleared, the third cancelled whole.
fn releases() -> String {
    let release = |id: &str, hazard: &str, kind: &str, year: u16, stated: f64, west: f64, side: f64| {
        let properties =
            json!({"release_id": id, "hazard_id": hazard, "release_type": kind, "year": year, "area_m2": stated});
        (properties, json!({"type": "Polygon", "coordinates": [ring(west, 45.05, side)]}))
    };
    collection(&[
        release("R1", "H1", "cleared", 2020, 219_000.0, 16.38, 0.005),
        release("R2", "H3", "cancelled", 2021, 218_000.5, 16.45, 0.005),
    ])
}

/// How many features GDAL counts in a file, over all its layers; the day and the tools of `./test` install it.
fn counted(room: &Room, name: &str) -> u64 {
    let source = if Path::new(name).extension().is_some_and(|ending| ending == "zip") {
        format!("/vsizip/{name}")
    } else {
        name.to_owned()
    };
    let run = Command::new("ogrinfo").args(["-ro", "-so", "-al", &source]).current_dir(room.path("")).output();
    let run = run.expect("ogrinfo (package gdal-bin) is installed");
    let said = String::from_utf8(run.stdout).unwrap();
    let wrong = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.success() && !wrong.contains("ERROR") && !wrong.contains("Warning"), "{name}: {said} {wrong}");
    let counts = said.lines().filter_map(|line| line.strip_prefix("Feature Count: ")?.parse::<u64>().ok());
    let counts: Vec<u64> = counts.collect();
    assert!(!counts.is_empty(), "{name}: {said}");
    counts.iter().sum()
}

/// Writes a map in every format and has each counted.
fn same_count(room: &Room, command: &[&str], features: u64) {
    for format in FORMATS {
        let name = format!("map.{format}");
        let ran = room.run(&[command, &["--out", &name, "--json"]].concat());
        ran.stood();
        assert_eq!(ran.json()["written"][0]["features"], features, "{format}: {ran:?}");
        // Debian's GDAL has no driver for GeoParquet; the program's own reader uses another crate than its writer.
        let there = if format == "parquet" { room.told(&room.path(&name), &[]).rows() } else { counted(room, &name) };
        assert_eq!(there, features, "{name}");
    }
}

#[test]
fn every_format_of_areas_opens_in_gdal_with_the_same_count() {
    let room = Room::new();
    room.write("hazards.geojson", hazards());
    same_count(&room, &["map", "hazards.geojson", "--records"], 4);
}

#[test]
fn every_format_of_what_remains_opens_in_gdal_with_the_same_count() {
    let room = Room::new();
    room.write("hazards.geojson", hazards());
    room.write("releases.geojson", releases());
    // H5 has no outline and H3 was cancelled whole.
    same_count(&room, &["map", "hazards.geojson", "releases.geojson", "--as-of", "2025-12-31"], 3);
}

#[test]
fn every_format_of_points_opens_in_gdal_with_the_same_count() {
    let room = Room::new();
    let row = |n: i32| {
        let (lon, lat) = (16.0 + f64::from(n) * 0.003, 44.0 + f64::from(n % 17) * 0.01);
        format!("{n},\"Село {n}, ب\",SHA,2018,{lon:.5},{lat:.5}")
    };
    let rows: Vec<String> = (0..250).map(row).collect();
    let rows = rows.join("\n");
    room.write("points.csv", format!("hazard_id,name,hazard_type,year_found,longitude,latitude\n{rows}"));
    same_count(&room, &["map", "points.csv", "--records"], 250);
}

#[test]
fn a_balance_has_the_same_figures_whatever_the_format_of_the_same_areas() {
    let room = Room::new();
    room.write("all-hazards.geojson", hazards());
    room.write("releases.geojson", releases());
    // The area without an outline is on no map, so the file that all formats start from leaves it out.
    let first = room.run(&["map", "all-hazards.geojson", "--records", "--out", "hazards.geojson"]);
    assert_eq!(first.code, Some(1), "a record is left out: {first:?}");
    let figures = |hazards: &str, releases: &str| {
        let ran = room.run(&["balance", hazards, releases]);
        ran.stood();
        // The findings after the figures name files and rows.
        let lines: Vec<String> = ran.stdout.lines().filter(|line| !line.starts_with("- ")).map(str::to_owned).collect();
        lines.join("\n")
    };
    let wanted = figures("hazards.geojson", "releases.geojson");
    for part in ["Ñuble", "2021", "As mapped", "As recorded"] {
        assert!(wanted.contains(part), "{part}: {wanted}");
    }
    let overlap = wanted.lines().find(|line| line.starts_with("In two or more")).unwrap();
    assert!(!overlap.ends_with(" 0 m²"), "two areas overlap: {overlap}");
    for format in FORMATS {
        let (hazards, releases) = (format!("h.{format}"), format!("r.{format}"));
        room.fine(&["map", "hazards.geojson", "--records", "--out", &hazards]);
        room.fine(&["map", "releases.geojson", "--records", "--out", &releases]);
        assert_eq!(figures(&hazards, &releases), wanted, "{format}");
    }
}
