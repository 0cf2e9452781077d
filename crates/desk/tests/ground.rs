//! The balance is the same whichever road its files come in by.

#![allow(missing_docs, clippy::unwrap_used)] // a failure in a helper is a failure of the test

#[path = "../../intake/tests/common/geopackage.rs"]
#[allow(dead_code)] // shared with the tests of the reader
mod geopackage;

use std::path::PathBuf;

use desk::balance::{BalanceView, balance};
use desk::field::{How, Reading};
use desk::ground::DistrictsFile;
use desk::{DeskError, Lang, Words};
use geopackage::{Feature, add_layer, create, geojson};
use rusqlite::types::Value;

fn drawn(files: &[PathBuf], districts: Option<&DistrictsFile>) -> Result<BalanceView, DeskError> {
    let reading =
        Reading { files, how: How::default(), state: None, today: "2026-03-31".parse().unwrap(), progress: None };
    balance(&reading, districts, Words::of(Lang::En))
}

fn square(lon: f64, lat: f64, side: f64) -> Vec<Vec<Vec<[f64; 2]>>> {
    vec![vec![vec![[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]]]
}

/// Invented areas: overlaps, a hole, records without shape, year or figure, and one that is refused.
fn areas() -> (Vec<Feature>, Vec<Feature>, Vec<Feature>) {
    let text = |text: &str| Value::Text(text.to_owned());
    let mut hazards: Vec<Feature> = (0..60_i32)
        .map(|n| {
            let step = f64::from(n) / 128.0;
            let kind = ["SHA", "CHA", "unknown"][usize::try_from(n % 3).unwrap()];
            let area = if n % 4 == 0 { Value::Null } else { Value::Real(f64::from(n) * 1000.5) };
            let day = if n == 7 { Value::Null } else { text(&format!("{}-0{}-15", 2005 + n % 15, 1 + n % 9)) };
            let district =
                if n % 5 == 0 { Value::Null } else { text(["West", "Élan"][usize::try_from(n % 2).unwrap()]) };
            let polygons = if n == 9 { None } else { Some(square(44.0 + step, 33.0 + step / 3.0, 1.0 / 100.0)) };
            Feature { values: vec![Value::Integer(i64::from(n)), text(kind), day, area, district], polygons }
        })
        .collect();
    let hole = square(44.2, 33.05, 1.0 / 256.0).remove(0).remove(0);
    hazards[30].polygons.as_mut().unwrap()[0].push(hole);
    let release = |n: i32, kind: &str, area: Value| Feature {
        values: vec![Value::Integer(i64::from(n)), text(kind), Value::Integer(i64::from(2012 + n % 10)), area],
        polygons: Some(square(44.0 + f64::from(n) / 60.0, 33.0 + f64::from(n) / 180.0, 1.0 / 200.0)),
    };
    let mut releases: Vec<Feature> = (0..24)
        .map(|n| {
            release(
                n,
                ["cancelled", "reduced", "cleared"][usize::try_from(n % 3).unwrap()],
                Value::Integer(i64::from(n) * 900),
            )
        })
        .collect();
    releases.push(release(24, "cleared", Value::Real(-4.0)));
    releases.push(release(25, "cleared", Value::Null));
    let districts = [("West", 43.9), ("Élan", 44.25)]
        .map(|(name, lon)| Feature { values: vec![text(name)], polygons: Some(square(lon, 32.9, 0.35)) });
    (hazards, releases, districts.to_vec())
}

const LAYERS: [(&str, &[&str]); 3] = [
    ("hazards", &["ha_id", "ha_type", "date", "area_m2", "province"]),
    ("releases", &["task_id", "release_type", "year", "area_m2"]),
    ("districts", &["name"]),
];

#[test]
fn a_geopackage_and_geojson_of_the_same_records_give_one_balance() {
    let folder = tempfile::tempdir().unwrap();
    let (hazards, releases, districts) = areas();
    for ((name, columns), features) in LAYERS.iter().zip([&hazards, &releases, &districts]) {
        add_layer(&create(&folder.path().join(format!("{name}.gpkg"))), name, columns, features);
        std::fs::write(folder.path().join(format!("{name}.geojson")), geojson(columns, features)).unwrap();
    }
    let path = |name: &str, ending: &str| folder.path().join(format!("{name}.{ending}"));
    let with = |areas: &str, borders: &str| {
        let files = [path("hazards", areas), path("releases", areas)];
        let districts = DistrictsFile { path: path("districts", borders), mapping: None };
        drawn(&files, Some(&districts)).unwrap()
    };
    // The fast road leaves the form of outlines to `intake`; all that bears on the figures is the same.
    let of_form = |key: &str| key == "hole-outside";
    let said = |view: &BalanceView| {
        let mut view = view.clone();
        view.field_findings.retain(|finding| !of_form(finding.key));
        serde_json::to_string(&view).unwrap().replace(".geojson", ".gpkg")
    };
    let general = with("geojson", "geojson");
    assert_eq!((general.hazards, general.releases, general.left_out_without_year), (59, 25, 1));
    assert!(general.balance.as_mapped.whole.last().unwrap().closing > 1e7);
    assert_eq!(general.balance.as_mapped.districts.len(), 3);
    assert!(said(&with("gpkg", "gpkg")) == said(&general), "the two roads tell the same");
    // And mixed.
    assert!(said(&with("gpkg", "geojson")) == said(&general), "the two roads tell the same");
    let mixed = [path("hazards", "gpkg"), path("releases", "geojson")];
    let without = [path("hazards", "geojson"), path("releases", "geojson")];
    assert_eq!(drawn(&mixed, None).unwrap().balance, drawn(&without, None).unwrap().balance);
}

#[test]
fn districts_may_have_a_mapping_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (hazards, releases, districts) = areas();
    let path = |name: &str| folder.path().join(name);
    add_layer(&create(&path("h.gpkg")), "h", LAYERS[0].1, &hazards);
    add_layer(&create(&path("r.gpkg")), "r", LAYERS[1].1, &releases);
    add_layer(&create(&path("d.gpkg")), "d", &["bezirk"], &districts);
    std::fs::write(path("d.toml"), "kind = \"district\"\n[columns]\nbezirk = \"name\"\n").unwrap();
    let files = [path("h.gpkg"), path("r.gpkg")];
    let mut given = DistrictsFile { path: path("d.gpkg"), mapping: None };
    assert!(drawn(&files, Some(&given)).unwrap_err().to_string().contains("do not say what the rows tell"));
    given.mapping = Some(path("d.toml"));
    let names = drawn(&files, Some(&given)).unwrap().balance.as_mapped.districts;
    assert_eq!(names.iter().filter_map(|place| place.district.as_deref()).collect::<Vec<_>>(), ["West", "Élan"]);
}

#[test]
fn files_that_cannot_be_meant_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (hazards, releases, districts) = areas();
    let path = |name: &str| folder.path().join(name);
    add_layer(&create(&path("h.gpkg")), "h", LAYERS[0].1, &hazards);
    add_layer(&create(&path("d.gpkg")), "d", LAYERS[2].1, &districts);
    add_layer(&create(&path("r.gpkg")), "r", LAYERS[1].1, &releases);
    std::fs::copy(path("h.gpkg"), path("copy.gpkg")).unwrap();
    let refused = |files: &[&str], districts: Option<&str>| {
        let files: Vec<PathBuf> = files.iter().map(|name| path(name)).collect();
        let districts = districts.map(|name| DistrictsFile { path: path(name), mapping: None });
        drawn(&files, districts.as_ref()).unwrap_err()
    };
    assert!(matches!(refused(&["h.gpkg", "copy.gpkg"], None), DeskError::SameFileTwice { .. }));
    assert!(matches!(refused(&["h.gpkg", "d.gpkg"], None), DeskError::WrongRecords { found: "district", .. }));
    assert!(matches!(refused(&["h.gpkg"], Some("r.gpkg")), DeskError::WrongRecords { found: "land_release", .. }));
    assert!(refused(&["none.gpkg"], None).to_string().contains("no such file"));
}
