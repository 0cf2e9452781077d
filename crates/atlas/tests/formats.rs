//! Every format, read back by GDAL (Debian's `gdal-bin`), which shares no code with what is tested.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use atlas::{Existing, Feature, Field, FieldKind, Format, Geometry, GeometryKind, Layer, Note, Value, write};
use common::{NAMES, sample, square};
use jiff::civil::date;
use serde_json::Value as Json;

/// Runs a program of GDAL and gives what it printed. Missing is a failure: what is not checked is not known.
fn gdal(program: &str, arguments: &[&str]) -> String {
    let run = Command::new(program).args(arguments).env("OGR_ENABLE_PARTIAL_REPROJECTION", "NO").output();
    let run = run.unwrap_or_else(|error| panic!("{program} cannot be run ({error}): install the package gdal-bin"));
    let (out, said) = (String::from_utf8(run.stdout).unwrap(), String::from_utf8_lossy(&run.stderr).into_owned());
    assert!(run.status.success(), "{program} {arguments:?}: {said}");
    assert!(!said.contains("ERROR") && !said.contains("Warning"), "{program} {arguments:?}: {said}");
    out
}

fn written(layer: &Layer, format: Format, folder: &Path) -> (PathBuf, Vec<Note>) {
    let path = folder.join("areas").with_extension(format.extension());
    let notes = write(layer, &path, format, Existing::Keep).unwrap();
    (path, notes)
}

/// The name by which GDAL opens a file.
fn as_source(path: &Path, format: Format) -> String {
    let path = path.to_str().unwrap();
    if format == Format::Shapefile { format!("/vsizip/{path}") } else { path.to_owned() }
}

/// All features, as GDAL gives them.
fn features(source: &str) -> Vec<Json> {
    let options: &[&str] = if Path::new(source).extension().is_some_and(|end| end == "csv") {
        &["-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO", "-oo", "AUTODETECT_TYPE=YES"]
    } else {
        &[]
    };
    let mut arguments = vec!["-f", "GeoJSON", "/vsistdout/", source, "-lco", "COORDINATE_PRECISION=15"];
    arguments.extend(options);
    let printed = gdal("ogr2ogr", &arguments);
    if printed.is_empty() {
        // A KML document without a placemark is no layer to GDAL.
        return Vec::new();
    }
    let json: Json = serde_json::from_str(&printed).unwrap();
    json["features"].as_array().unwrap().clone()
}

/// What GDAL 3.6 of Debian can open; its build has no Parquet, which `geoparquet.rs` reads back.
const OPENED: [Format; 6] =
    [Format::GeoPackage, Format::GeoJson, Format::Kml, Format::Kmz, Format::Shapefile, Format::Csv];

#[test]
fn every_feature_field_and_name_comes_back() {
    let layer = sample();
    for format in OPENED {
        let folder = tempfile::tempdir().unwrap();
        let (path, notes) = written(&layer, format, folder.path());
        assert!(notes.is_empty(), "{format:?} {notes:?}");
        let features = features(&as_source(&path, format));
        assert_eq!(features.len(), layer.features().len(), "{format:?}");
        for (given, read) in layer.features().iter().zip(&features) {
            for (field, value) in layer.fields().iter().zip(&given.values) {
                // A placemark's own name comes back under its own name.
                let is_title = matches!(format, Format::Kml | Format::Kmz) && field.name == "name";
                let name = if is_title { "Name" } else { &field.name };
                assert_same(value, &read["properties"][name], &format!("{format:?} {}", field.name));
            }
        }
    }
}

#[track_caller]
fn assert_same(given: &Value, read: &Json, place: &str) {
    let same = match given {
        Value::Text(text) => read == text,
        Value::Integer(number) => read.as_i64() == Some(*number) || read.as_f64() == Some(*number as f64),
        Value::Real(number) => read.as_f64() == Some(*number),
        Value::Date(day) => [day.to_string(), day.strftime("%Y/%m/%d").to_string()].iter().any(|text| read == text),
        // GDAL before 3.7 gives a Shapefile's T, F and ? as they stand.
        Value::Boolean(is_so) if read == "T" || read == "F" => (read == "T") == *is_so,
        Value::Boolean(is_so) => read == is_so || read == &Json::from(i32::from(*is_so)) || read == &is_so.to_string(),
        Value::Null => read.is_null() || read == "" || read == "?",
    };
    assert!(same, "{place}: {given:?} came back as {read}");
}

#[test]
fn the_ground_comes_back_with_its_holes_and_parts() {
    let layer = sample();
    for format in OPENED {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = written(&layer, format, folder.path());
        let features = features(&as_source(&path, format));
        let rings = |geometry: &Json| -> Vec<Vec<usize>> {
            let polygons = match geometry["type"].as_str().unwrap() {
                "Polygon" => vec![geometry["coordinates"].clone()],
                "MultiPolygon" => geometry["coordinates"].as_array().unwrap().clone(),
                // A KML collection.
                _ => {
                    geometry["geometries"].as_array().unwrap().iter().map(|part| part["coordinates"].clone()).collect()
                }
            };
            let sizes = |polygon: &Json| {
                polygon.as_array().unwrap().iter().map(|ring| ring.as_array().unwrap().len()).collect()
            };
            polygons.iter().map(sizes).collect()
        };
        assert_eq!(rings(&features[0]["geometry"]), [vec![5, 5], vec![5]], "{format:?}");
        assert_eq!(rings(&features[1]["geometry"]), [vec![5]], "{format:?}");
        assert!(features[2]["geometry"].is_null(), "{format:?}: a feature without a place keeps its values");
    }
}

#[test]
fn the_coordinate_system_is_wgs84() {
    let layer = sample();
    // CSV has no place for it.
    for format in OPENED.into_iter().filter(|format| *format != Format::Csv) {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = written(&layer, format, folder.path());
        let said = gdal("ogrinfo", &["-so", "-al", &as_source(&path, format)]);
        assert!(said.contains("WGS 84") || said.contains("WGS_1984"), "{format:?}: {said}");
        assert!(said.contains("Extent: (20.000000, 40.000000) - (20.700000, 40.300000)"), "{format:?}: {said}");
    }
}

#[test]
fn a_geopackage_has_fields_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = written(&sample(), Format::GeoPackage, folder.path());
    let said = gdal("ogrinfo", &["-so", "-al", path.to_str().unwrap()]);
    for kind in ["name: String", "count: Integer64", "area_m2: Real", "found: Date", "checked: Integer(Boolean)"] {
        assert!(said.contains(kind), "{kind} is not in {said}");
    }
    assert!(said.contains("Geometry: Multi Polygon") && said.contains("Feature Count: 4"), "{said}");
}

#[test]
fn a_geopackage_is_searched_by_its_index_and_can_be_edited() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = written(&sample(), Format::GeoPackage, folder.path());
    let path = path.to_str().unwrap();
    let has_index = gdal("ogrinfo", &["-q", "-sql", "SELECT HasSpatialIndex('areas', 'geom') AS has", path]);
    assert!(has_index.contains("(Integer) = 1"), "{has_index}");
    let near = gdal("ogrinfo", &["-al", "-q", "-geom=NO", "-spat", "20.41", "40.01", "20.42", "40.02", path]);
    assert_eq!(near.matches("OGRFeature").count(), 1, "{near}");
    // The triggers keep the index when another program changes the file.
    gdal("ogrinfo", &["-q", "-sql", "UPDATE areas SET geom = NULL WHERE count = 7", path]);
    gdal("ogrinfo", &["-q", "-sql", "DELETE FROM areas WHERE count = -12", path]);
    let left = gdal("ogrinfo", &["-q", "-sql", "SELECT count(*) AS n FROM rtree_areas_geom", path]);
    assert!(left.contains("n (Integer) = 1"), "{left}");
}

#[test]
fn a_point_layer_comes_back_in_every_format() {
    let mut layer =
        Layer::new("places", GeometryKind::Points, vec![Field::new("name", FieldKind::Text)], date(2026, 1, 1))
            .unwrap();
    let at = geo_types::Point::new(-69.123_456_7, -18.5);
    layer.push(Feature { geometry: Some(Geometry::Point(at)), values: vec![Value::text("Arica")] }).unwrap();
    for format in OPENED {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = written(&layer, format, folder.path());
        let features = features(&as_source(&path, format));
        assert_eq!(features[0]["geometry"]["coordinates"], serde_json::json!([-69.123_456_7, -18.5]), "{format:?}");
    }
}

#[test]
fn a_layer_without_features_or_fields_can_be_opened() {
    let bare = Layer::new("bare", GeometryKind::Areas, vec![], date(2026, 1, 1)).unwrap();
    let mut fieldless = bare.clone();
    fieldless.push(Feature { geometry: Some(square(20.0, 40.0, 0.1)), values: vec![] }).unwrap();
    // GDAL takes no file of a single column for CSV.
    for format in OPENED.into_iter().filter(|format| *format != Format::Csv) {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = written(&fieldless, format, folder.path());
        assert_eq!(features(&as_source(&path, format)).len(), 1, "{format:?}");
        std::fs::remove_file(&path).unwrap();
        let (path, _) = written(&bare, format, folder.path());
        assert_eq!(features(&as_source(&path, format)).len(), 0, "{format:?}");
    }
}

#[test]
fn the_names_of_a_shapefile_are_short_and_differ() {
    let names = ["municipality_code", "municipality_name", "MUNICIPALITY", "ឈ្មោះភូមិ", "short"];
    let fields = names.iter().map(|name| Field::new(*name, FieldKind::Text)).collect();
    let mut layer = Layer::new("areas", GeometryKind::Areas, fields, date(2026, 1, 1)).unwrap();
    let values = names.iter().map(|name| Value::text(format!("{name}!"))).collect();
    layer.push(Feature { geometry: Some(square(20.0, 40.0, 0.1)), values }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (path, notes) = written(&layer, Format::Shapefile, folder.path());
    let renamed: Vec<(String, String)> = notes
        .into_iter()
        .map(|note| match note {
            Note::FieldRenamed { from, to } => (from, to),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(renamed.len(), 4, "the short name stays: {renamed:?}");
    assert!(renamed.iter().all(|(_, to)| to.len() <= 10));
    let read = &features(&as_source(&path, Format::Shapefile))[0]["properties"];
    for (from, to) in renamed {
        assert_eq!(read[&to], format!("{from}!"), "{to} in {read}");
    }
    assert_eq!(read["short"], "short!");
}

#[test]
fn long_text_in_a_shapefile_is_cut_between_letters_and_said() {
    let long = "កូ".repeat(100);
    let mut layer =
        Layer::new("areas", GeometryKind::Areas, vec![Field::new("note", FieldKind::Text)], date(2026, 1, 1)).unwrap();
    for text in ["short", &long] {
        layer.push(Feature { geometry: None, values: vec![Value::text(text)] }).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, notes) = written(&layer, Format::Shapefile, folder.path());
    assert_eq!(notes, [Note::TextCut { field: "note".into(), features: vec![1], bytes: 254 }]);
    let said = notes[0].to_string();
    assert_eq!(said, r#"1 values (the first in feature 1) of field "note" were cut to 254 bytes."#);
    let read = features(&as_source(&path, Format::Shapefile));
    let kept = read[1]["properties"]["note"].as_str().unwrap();
    assert!(long.starts_with(kept) && (252..=254).contains(&kept.len()), "{}", kept.len());
}

#[test]
fn numbers_keep_their_digits_or_the_change_is_said() {
    let numbers = [0.1, -1.0 / 3.0, 1e300, 123_456_789.125, -0.000_000_123, 0.0, 1.0];
    let mut layer =
        Layer::new("areas", GeometryKind::Areas, vec![Field::new("x", FieldKind::Real)], date(2026, 1, 1)).unwrap();
    for number in numbers {
        layer.push(Feature { geometry: None, values: vec![Value::Real(number)] }).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, notes) = written(&layer, Format::Shapefile, folder.path());
    let rounded = notes.iter().find_map(|note| match note {
        Note::NumbersRounded { features, .. } => Some(features.clone()),
        _ => None,
    });
    let rounded = rounded.unwrap_or_default();
    for (row, (number, read)) in numbers.iter().zip(features(&as_source(&path, Format::Shapefile))).enumerate() {
        let read = read["properties"]["x"].as_f64().unwrap();
        let exact = read.to_bits() == number.to_bits();
        assert!(
            exact || (rounded.contains(&row) && (read / number - 1.0).abs() < 1e-14),
            "{number} came back as {read}"
        );
    }
}

#[test]
fn text_that_looks_like_a_formula_is_harmless_in_csv_and_said() {
    let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain = text"];
    let fields = vec![Field::new("=cmd", FieldKind::Text), Field::new("n", FieldKind::Integer)];
    let mut layer = Layer::new("areas", GeometryKind::Areas, fields, date(2026, 1, 1)).unwrap();
    for text in texts {
        layer.push(Feature { geometry: None, values: vec![Value::text(text), Value::Integer(-5)] }).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, notes) = written(&layer, Format::Csv, folder.path());
    let quoted = Note::FormulasQuoted { field: "=cmd".into(), features: (0..6).collect() };
    assert_eq!(notes, [Note::FieldRenamed { from: "=cmd".into(), to: "'=cmd".into() }, quoted]);
    let mut table = csv::Reader::from_path(path).unwrap();
    assert_eq!(&table.headers().unwrap()[0], "'=cmd");
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert!(rows.iter().all(|row| !row[0].starts_with(['=', '+', '-', '@', '\t', '\r'])));
    assert_eq!((&rows[0][0], &rows[6][0], &rows[0][1]), ("'=1+1", "plain = text", "-5"));
}

#[test]
fn what_xml_cannot_hold_is_replaced_and_said() {
    let mut layer =
        Layer::new("<&\">", GeometryKind::Areas, vec![Field::new("a<b", FieldKind::Text)], date(2026, 1, 1)).unwrap();
    for text in ["bell \u{7}", "</Placemark>&amp;\"'", "line\nbreak"] {
        layer.push(Feature { geometry: None, values: vec![Value::text(text)] }).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, notes) = written(&layer, Format::Kml, folder.path());
    assert_eq!(notes, [Note::CharactersReplaced { field: "a<b".into(), features: vec![0] }]);
    let read = features(path.to_str().unwrap());
    let texts: Vec<&str> = read.iter().map(|feature| feature["properties"]["a<b"].as_str().unwrap()).collect();
    assert_eq!(texts, ["bell \u{fffd}", "</Placemark>&amp;\"'", "line\nbreak"]);
}

#[test]
fn fields_that_kml_has_for_its_own_are_renamed_and_said() {
    let names = ["begin", "Description", "begin_", "name"];
    let fields = names.iter().map(|name| Field::new(*name, FieldKind::Integer)).collect();
    let mut layer = Layer::new("areas", GeometryKind::Areas, fields, date(2026, 1, 1)).unwrap();
    layer.push(Feature { geometry: None, values: (1..=4).map(Value::Integer).collect() }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (path, notes) = written(&layer, Format::Kml, folder.path());
    assert_eq!(notes.len(), 3, "{notes:?}");
    let read = &features(path.to_str().unwrap())[0]["properties"];
    for (name, number) in [("begin__", 1), ("Description_", 2), ("begin_", 3), ("name_", 4)] {
        assert_eq!(read[name], number, "{name} in {read}");
    }
}

#[test]
fn names_of_many_scripts_are_field_names_too() {
    let fields = NAMES.iter().map(|name| Field::new(*name, FieldKind::Text)).collect();
    let mut layer = Layer::new("ម៉ីន \"quoted\" العربية", GeometryKind::Areas, fields, date(2026, 1, 1)).unwrap();
    let values = NAMES.iter().map(|name| Value::text(*name)).collect();
    layer.push(Feature { geometry: Some(square(20.0, 40.0, 0.1)), values }).unwrap();
    for format in [Format::GeoPackage, Format::GeoJson, Format::Kml, Format::Csv] {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = written(&layer, format, folder.path());
        let read = &features(path.to_str().unwrap())[0]["properties"];
        for name in NAMES {
            assert_eq!(read[name], name, "{format:?} {read}");
        }
    }
}
