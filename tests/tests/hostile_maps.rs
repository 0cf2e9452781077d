//! Map files that are damaged or made to do harm: each is refused in a sentence with the way out, in bounded time and memory,
//! and the way out is one.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use whole_program::{Room, zipped};

/// What every command that reads a field file must do with a bad one: refuse it, say this, write nothing, need little.
fn refused_by_all(room: &Room, file: &str, words: &[&str]) {
    let commands: [&[&str]; 4] = [
        &["intake", file],
        &["balance", file],
        &["map", file, "--out", "out.gpkg"],
        &["map", file, "--records", "--out", "out.kml"],
    ];
    for command in commands {
        let ran = room.bounded(command);
        assert_eq!(ran.code, Some(1), "{command:?}: {ran:?}");
        assert!(ran.complaint.starts_with(&format!("mineban: {file}")), "the file is named: {command:?}: {ran:?}");
        for word in words {
            assert!(ran.complaint.contains(word), "\"{word}\" is not said: {command:?}: {ran:?}");
        }
        assert!(ran.complaint.len() < 1_500 && !ran.complaint.contains("panicked"), "{command:?}: {ran:?}");
        assert!(ran.took < Duration::from_secs(30), "{command:?} took {:?}", ran.took);
        assert!(ran.peak_kb < 400_000, "{command:?} took {} kB", ran.peak_kb);
        assert!(!room.path("out.gpkg").exists() && !room.path("out.kml").exists(), "{command:?} wrote something");
    }
}

#[test]
fn an_archive_that_unpacks_to_a_thousand_times_its_size_is_not_unpacked() {
    let room = Room::new();
    let zeros = vec![b'0'; 300 << 20];
    let once = zipped(&[("zeros.csv".to_owned(), zeros)]);
    let nested: Vec<_> = (0..20).map(|at| (format!("{at}.zip"), once.clone())).collect();
    room.write("bomb.zip", &once);
    room.write("nested.zip", zipped(&nested));
    room.write("bomb.kmz", &once);
    for file in ["bomb.zip", "nested.zip", "bomb.kmz"] {
        refused_by_all(&room, file, &["unpacks to more than is allowed", "unpack it yourself"]);
    }
}

#[test]
fn four_gigabytes_of_zeros_in_one_small_gzip_are_not_unpacked() {
    let room = Room::new();
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&vec![0; 64 << 20]).unwrap();
    let member = packer.finish().unwrap();
    // A gzip file may be several, one after another: they unpack to one run of bytes.
    for name in ["zeros.geojson.gz", "zeros.csv.gz"] {
        let mut file = File::create(room.path(name)).unwrap();
        (0..64).for_each(|_| file.write_all(&member).unwrap());
        assert!(fs::metadata(room.path(name)).unwrap().len() < 100 << 20);
        refused_by_all(&room, name, &["unpacks to more than is allowed", "unpack it yourself"]);
    }
}

#[test]
fn entities_that_grow_a_thousandfold_or_read_a_file_are_not_expanded() {
    let room = Room::new();
    let laughs = (0..12).fold("<!ENTITY a0 'ha'>".to_owned(), |all, at| {
        format!("{all}<!ENTITY a{} '{}'>", at + 1, format!("&a{at};").repeat(10))
    });
    let bomb = |kinds: &str, name: &str| {
        format!("<?xml version='1.0'?><!DOCTYPE kml [{kinds}]><kml><Placemark><name>{name}</name></Placemark></kml>")
    };
    room.write("laughs.kml", bomb(&laughs, "&a12;"));
    room.write("outside.kml", bomb("<!ENTITY x SYSTEM 'file:///etc/passwd'>", "&x;"));
    room.write("laughs.kmz", zipped(&[("doc.kml".to_owned(), bomb(&laughs, "&a12;").into_bytes())]));
    for file in ["laughs.kml", "outside.kml", "laughs.kmz"] {
        refused_by_all(&room, file, &["DOCTYPE"]);
    }
    assert!(!room.run(&["intake", "outside.kml"]).stderr.contains("root:"), "no other file is read");
}

/// Invented areas on a slope of the Balkans, five hundred of them.
fn areas() -> String {
    let feature = |at: u32| {
        let (west, south) = (18.0 + f64::from(at % 25) * 0.002, 44.0 + f64::from(at / 25) * 0.002);
        let ring = [[west, south], [west + 0.001, south], [west + 0.001, south + 0.001], [west, south]];
        let properties = json!({"hazard_id": format!("H{at}"), "hazard_type": "SHA", "year_found": 2018});
        json!({"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    };
    json!({"type": "FeatureCollection", "features": (0..500).map(feature).collect::<Vec<_>>()}).to_string()
}

#[test]
fn a_geopackage_cut_anywhere_is_refused_or_says_that_it_is_damaged() {
    let room = Room::new();
    room.write("areas.geojson", areas());
    room.fine(&["map", "areas.geojson", "--records", "--out", "whole.gpkg"]);
    let whole = room.read("whole.gpkg");
    for tenths in [1, 3, 5, 7, 9] {
        room.write("half.gpkg", &whole[..whole.len() * tenths / 10]);
        refused_by_all(&room, "half.gpkg", &["damaged or cut short", "export it again"]);
    }
}

#[test]
fn a_shapefile_without_its_table_is_refused_with_what_belongs_to_it() {
    let room = Room::new();
    room.write("areas.geojson", areas());
    room.fine(&["map", "areas.geojson", "--records", "--out", "whole.zip"]);
    let bytes = room.read("whole.zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut inside = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        inside.push((file.name().unwrap().into_owned(), bytes));
    }
    assert!(inside.iter().any(|(name, _)| name == "records.dbf"), "a whole one has its table");
    inside.retain(|(name, _)| name != "records.dbf");
    room.write("bare.zip", zipped(&inside));
    fs::create_dir(room.path("bare")).unwrap();
    for (name, bytes) in &inside {
        room.write(&format!("bare/{name}"), bytes);
        room.write(name, bytes);
    }
    for file in ["bare.zip", "bare", "records.shp"] {
        refused_by_all(&room, file, &[".dbf", "missing", "in one folder or ZIP"]);
    }
}

/// An invented square of a hundred metres near Bogotá, in metres of the national grid, which the file does not name.
fn in_metres() -> String {
    let ring = [
        [1_000_000, 1_000_000],
        [1_000_100, 1_000_000],
        [1_000_100, 1_000_100],
        [1_000_000, 1_000_100],
        [1_000_000, 1_000_000],
    ];
    let properties = json!({"hazard_id": "A", "hazard_type": "CHA", "year_found": 2018, "area_m2": 10_000});
    let feature =
        json!({"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}});
    json!({"type": "FeatureCollection", "features": [feature]}).to_string()
}

#[test]
fn metres_without_a_system_are_refused_with_the_systems_that_fit_and_the_line_to_write() {
    let room = Room::new();
    room.write("metres.geojson", in_metres());
    room.write("metres.csv", "hazard_id,hazard_type,year_found,x,y\nA,CHA,2018,1000000,1000000\n");
    for file in ["metres.geojson", "metres.csv"] {
        refused_by_all(&room, file, &["no degrees", "Name the State", "crs = \"EPSG:"]);
        for command in [&["intake", file][..], &["balance", file], &["map", file, "--out", "out.gpkg"]] {
            let ran = room.run(&[command, &["--state", "COL"]].concat());
            ran.refused(&[
                file,
                "Colombia Bogota zone (EPSG:3116), at latitude 4.5962, longitude -74.0775",
                "\ncrs = \"EPSG:",
            ]);
            assert_eq!(ran.code, Some(1), "{ran:?}");
        }
    }
}

#[test]
fn the_line_that_the_refusal_of_metres_proposes_is_the_way_out() {
    let room = Room::new();
    room.write("metres.geojson", in_metres());
    room.write("system.toml", "crs = \"EPSG:3116\"\n");
    let told = room.told(&room.path("metres.geojson"), &["--state", "COL", "--mapping", "system.toml"]);
    assert_eq!((told.rows(), told.count("outside-country"), told.listed("crs-used")), (1, 0, 1));
    let balance = room.run(&["balance", "metres.geojson", "--mapping", "system.toml", "--json"]).json();
    let found = balance["as_mapped"]["whole"][0]["found"].as_f64().unwrap();
    assert!((found - 10_000.0).abs() < 20.0, "a hundred metres by a hundred: {found}");
}

#[test]
fn a_corner_that_is_no_number_costs_its_record_the_outline_and_no_other() {
    let room = Room::new();
    let placemark = |id: &str, second: &str| {
        let data = |name: &str, value: &str| format!("<Data name=\"{name}\"><value>{value}</value></Data>");
        let table = [data("hazard_id", id), data("hazard_type", "CHA"), data("year_found", "2018")].concat();
        format!(
            "<Placemark><ExtendedData>{table}</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>\
             18,44 {second} 18.01,44.01 18,44</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    };
    for second in ["NaN,44", "18.01,NaN", "inf,44", "1e999,44", "north,east"] {
        let marks = [placemark("A", second), placemark("B", "18.01,44")].concat();
        room.write(
            "nan.kml",
            format!("<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>{marks}</Document></kml>"),
        );
        let ran = room.bounded(&["intake", "nan.kml"]);
        assert_eq!((ran.code, ran.complaint.as_str()), (Some(1), ""), "{second}: a finding, not a refusal");
        let told = room.told(&room.path("nan.kml"), &[]);
        assert_eq!(told.rows(), 2, "{second}");
        let findings = told.get("findings").as_array().unwrap();
        let about = findings.iter().filter(|finding| finding["row"] == 1 && finding["severity"] != "info");
        let says: Vec<&str> = about.filter_map(|finding| finding["says"].as_str()).collect();
        assert!(says.iter().any(|says| says.contains("orrect")), "{second}: what to do is said: {says:?}");
        assert_eq!(findings.iter().filter(|finding| finding["row"] == 2).count(), 0, "{second}: {findings:?}");
        let balance = room.run(&["balance", "nan.kml", "--json"]).json();
        let found = balance["as_mapped"]["whole"][0]["found"].as_f64().unwrap();
        assert!((400_000.0..500_000.0).contains(&found), "{second}: the sound one counts: {found}");
    }
}
