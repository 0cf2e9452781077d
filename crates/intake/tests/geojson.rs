//! GeoJSON: each geometry and each fault in one.

mod common;
use common::{count, failure, finding, intake, keys, options};
use intake::{AreaKind, Format, Records};

fn collection(features: &[&str]) -> String {
    format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","))
}

fn area(geometry: &str) -> String {
    format!(
        "{{\"type\":\"Feature\",\"properties\":{{\"ha_id\":\"A-1\",\"ha_type\":\"SHA\",\"area_km2\":\"0.5\"}},\"geometry\":{geometry}}}"
    )
}

const SQUARE: &str = "[[[18,44],[18.01,44],[18.01,44.01],[18,44.01],[18,44]]]";

#[test]
fn one_bad_feature_is_set_aside_and_the_others_are_read() {
    let good = area(&format!("{{\"type\":\"Polygon\",\"coordinates\":{SQUARE}}}"));
    let text = collection(&[
        &good,
        "{\"type\":\"Feature\",\"properties\":{\"a\":nul},\"geometry\":null}",
        "{\"type\":\"Cow\"}",
        &good,
    ]);
    let intake = intake("a.json", text.as_bytes(), &options());
    assert_eq!((intake.rows_read, intake.taken.len()), (4, 2));
    let aside: Vec<_> = intake.set_aside.iter().map(|aside| (aside.row, aside.reason.kind.key())).collect();
    assert_eq!(aside, [(2, "feature-unusable"), (3, "feature-unusable")]);
    let Records::HazardousAreas(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!((list[0].kind, list[0].stated_area_m2), (AreaKind::Suspected, Some(500_000.0)));
    assert_eq!(list[0].shape.as_ref().unwrap().polygons[0][0].len(), 5);
}

#[test]
fn a_geometry_that_is_missing_or_of_no_use_leaves_the_record() {
    for (geometry, key) in [
        ("null".to_owned(), "geometry-missing"),
        ("{\"type\":\"Polygon\",\"coordinates\":[]}".to_owned(), "geometry-missing"),
        ("{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}".to_owned(), "geometry-not-used"),
        ("{\"type\":\"Polygon\",\"coordinates\":[[[1,2],[3,null],[1,2]]]}".to_owned(), "geometry-not-used"),
        ("{\"type\":\"Polygon\",\"coordinates\":[[[1,2],[3,4],[1,2]]]}".to_owned(), "too-few-vertices"),
        ("{\"type\":\"Polygon\",\"coordinates\":[[[18,44],[18.1,44],[18.1,44.1]]]}".to_owned(), "ring-left-open"),
        ("{\"type\":\"MultiPoint\",\"coordinates\":[[18,44],[19,44]]}".to_owned(), "several-points"),
        (
            format!(
                "{{\"type\":\"GeometryCollection\",\"geometries\":[{{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}},{{\"type\":\"Polygon\",\"coordinates\":{SQUARE}}}]}}"
            ),
            "geometry-not-used",
        ),
    ] {
        let intake = intake("a.geojson", collection(&[&area(&geometry)]).as_bytes(), &options());
        assert_eq!(intake.taken.len(), 1, "{geometry}");
        assert_eq!(count(&intake, key), 1, "{geometry}: {:?}", keys(&intake));
    }
}

#[test]
fn metres_among_degrees_are_an_error_of_their_row_and_metres_alone_are_refused() {
    let metres = area(
        "{\"type\":\"Polygon\",\"coordinates\":[[[700000,4900000],[700100,4900000],[700100,4900100],[700000,4900000]]]}",
    );
    let good = area(&format!("{{\"type\":\"Polygon\",\"coordinates\":{SQUARE}}}"));
    let mixed = intake("a.json", collection(&[&metres, &good, &good]).as_bytes(), &options());
    assert_eq!((mixed.taken.len(), count(&mixed, "projected-metres")), (3, 1));
    let alone = failure("a.json", collection(&[&metres]).as_bytes());
    assert!(alone.contains("700000, 4900000") && alone.contains("44.2") && alone.contains("crs = \"EPSG:"), "{alone}");
    let bosnia = intake::BoundingBox { west: 15.7, south: 42.5, east: 19.7, north: 45.3 };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    std::fs::write(&path, collection(&[&metres])).unwrap();
    let error =
        intake::read(&path, &intake::Options { country_box: Some(bosnia), ..options() }).unwrap_err().to_string();
    assert!(error.contains("into the country in WGS 84 / UTM zone 33N (EPSG:32633)"), "{error}");
    assert!(error.ends_with("crs = \"EPSG:32633\""), "{error}");
}

#[test]
fn coordinates_in_another_system_are_read_and_kept_as_entered_beside() {
    let text = collection(&[&area("null")]);
    let other =
        text.replacen('{', "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::3116\"}},", 1);
    let other =
        other.replace("\"geometry\":null", "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1000000,1000000]}");
    let read = intake("a.json", other.as_bytes(), &options());
    let Records::HazardousAreas(list) = &read.taken else { panic!("{:?}", read.kind) };
    let at = list[0].position.unwrap();
    assert!((at.lon + 74.077_507_917).abs() < 1e-8 && (at.lat - 4.596_200_417).abs() < 1e-8, "{at:?}");
    let entered = read.entered.as_ref().unwrap();
    assert!(entered.crs.contains("EPSG:3116"));
    assert_eq!(entered.positions, [(1, [1_000_000.0, 1_000_000.0])]);
    let unknown = other.replace("EPSG::3116", "EPSG::1");
    assert!(failure("a.json", unknown.as_bytes()).contains("EPSG::1"));
    let same = text.replacen('{', "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:4326\"}},", 1);
    assert_eq!(keys(&intake("a.json", same.as_bytes(), &options()))[0], "wgs84-named");
}

#[test]
fn a_feature_a_line_and_a_feature_alone_are_read() {
    let line = area(&format!("{{\"type\":\"Polygon\",\"coordinates\":{SQUARE}}}"));
    let sequence = intake("a.json", format!("\u{1e}{line}\n{line}\n{{broken\n").as_bytes(), &options());
    assert_eq!((sequence.format, sequence.taken.len(), sequence.set_aside.len()), (Format::GeoJsonSequence, 2, 1));
    let alone = intake("a.txt", line.as_bytes(), &options());
    assert_eq!((alone.format, alone.taken.len()), (Format::GeoJson, 1));
}

#[test]
fn released_areas_take_their_kind_from_a_column() {
    let feature = |kind: &str| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"id\":7,\"type\":\"{kind}\",\"area\":1200,\"year\":2019}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{SQUARE}}}}}"
        )
    };
    let text = collection(&[&feature("Cancelled"), &feature("reduced"), &feature("Clearance"), &feature("Moon")]);
    let intake = intake("a.json", text.as_bytes(), &options());
    let Records::LandReleases(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    let areas: Vec<_> = list.iter().map(|r| (r.cancelled_m2, r.reduced_m2, r.cleared_m2)).collect();
    assert_eq!(areas, [(Some(1200.0), None, None), (None, Some(1200.0), None), (None, None, Some(1200.0))]);
    assert!(list.iter().all(|r| r.shape.is_some() && r.year == Some(2019)));
    assert_eq!(intake.set_aside[0].reason.kind.key(), "release-kind-unknown");
}

#[test]
fn names_cut_to_ten_characters_are_known() {
    let feature = "{\"type\":\"Feature\",\"properties\":{\"TIPO_EVENT\":\"1\",\"DEPARTAMEN\":\"META\",\"AÑO\":2011},\"geometry\":{\"type\":\"Point\",\"coordinates\":[-73.7,3.1,250]}}";
    let intake = intake("a.json", collection(&[feature]).as_bytes(), &options());
    let Records::Events(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!(
        (list[0].kind.clone(), list[0].admin1.as_deref(), list[0].year),
        (intake::EventKind::AccidentMine, Some("META"), Some(2011))
    );
    assert_eq!(finding(&intake, "codes-assumed").field.as_deref(), Some("TIPO_EVENT"));
}
