//! The same content in another format, coordinate system or encoding is at the same place with the same words: the open
//! files that were converted, against their originals, and what the program itself writes and reads back.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::collections::BTreeSet;
use std::path::Path;

use whole_program::{Feature, Room, field_data, metres, same_ground};

const EVENTS: &str = "colombia-events-1990-2019/2011.json";
const MUNICIPALITIES: &str = "bih-boundaries/bih-adm3-municipalities.geojson";
const BALKANS: &str = "derived-other-formats/opcine_mgi_balkans6_cp1250.zip";
/// The file was converted without a shift between the datums, which its `.prj` cannot say.
const NO_SHIFT: &str = "datum_shift = \"none\"\n";

/// The columns of an original in a copy, whose format may allow names of ten characters only.
fn same_words(original: &Feature, copy: &Feature) {
    for (name, value) in &original.values {
        let short: String = name.chars().take(10).collect();
        let other = copy.values.get(name).or_else(|| copy.values.get(&short));
        assert_eq!(other, Some(value), "{name} of {:?}", copy.values);
    }
}

/// That a converted file holds the original's records, in their order, within a metre and with the same words.
fn converted(copy: &str, original: &str, n: usize, more: &[&str], room: &Room) {
    let (Some(copy), Some(original)) = (field_data(copy), field_data(original)) else { return };
    let (copies, originals) = (room.features(&copy, more), room.features(&original, &[]));
    assert_eq!((copies.len(), originals.len()), (n, n));
    for (copy, original) in copies.iter().zip(&originals) {
        same_words(original, copy);
        same_ground(original, copy, |a, b| metres(a, b) < 1.0);
    }
}

#[test]
fn a_geopackage_in_utm_holds_the_original_events() {
    converted("derived-other-formats/eventos_2011_epsg32618.gpkg", EVENTS, 2_928, &[], &Room::new());
}

#[test]
fn a_kml_file_holds_the_original_events() {
    converted("derived-other-formats/eventos_2011.kml", EVENTS, 2_928, &[], &Room::new());
}

#[test]
fn a_shapefile_in_a_national_grid_without_its_encoding_holds_the_original_events() {
    let name = "derived-other-formats/eventos_2011_epsg3116_latin1_no_cpg.zip";
    converted(name, EVENTS, 2_928, &[], &Room::new());
    let Some(path) = field_data(name) else { return };
    let told = Room::new().told(&path, &[]);
    assert!(told.finding("encoding-assumed")["says"].as_str().unwrap().contains("windows-1252"));
    assert!(told.finding("crs-used")["says"].as_str().unwrap().contains("EPSG:3116"));
    assert_eq!(told.column("AÑO"), Some("year"));
    assert_eq!(
        (told.column("TIPO_EVENT"), told.column("DEPARTAMEN")),
        (Some("event_type"), Some("admin1")),
        "cut names"
    );
}

#[test]
fn a_shapefile_in_a_balkan_grid_told_that_no_datum_was_shifted_holds_the_original_municipalities() {
    let room = Room::new();
    room.write("no-shift.toml", NO_SHIFT);
    converted(BALKANS, MUNICIPALITIES, 142, &["--mapping", "no-shift.toml"], &room);
    let Some(path) = field_data(BALKANS) else { return };
    let names = room.features(&path, &[]).iter().map(|one| one.text("shapeName").to_lowercase()).collect::<String>();
    assert!("čćšž".chars().all(|letter| names.contains(letter)), "letters that only CP1250 holds: {names}");
    assert_eq!(room.told(&path, &["--mapping", "no-shift.toml"]).listed("datum-shift-assumed"), 0);
}

#[test]
fn a_shapefile_in_a_balkan_grid_that_does_not_say_its_datum_shift_is_moved_and_that_is_said() {
    let (Some(copy), Some(original)) = (field_data(BALKANS), field_data(MUNICIPALITIES)) else { return };
    let room = Room::new();
    let finding = room.told(&copy, &[]).finding("datum-shift-assumed").clone();
    let says = finding["says"].as_str().unwrap();
    for part in ["MGI 1901 / Balkans zone 6", "408 m", "datum_shift = \"none\""] {
        assert!(says.contains(part), "{part}: {says}");
    }
    assert_eq!(finding["severity"], "warning");
    let (copies, originals) = (room.features(&copy, &[]), room.features(&original, &[]));
    for (copy, original) in copies.iter().zip(&originals) {
        let mean = |feature: &Feature| {
            let n = f64::from(u32::try_from(feature.corners.len()).unwrap());
            [0, 1].map(|at| feature.corners.iter().map(|corner| corner[at]).sum::<f64>() / n)
        };
        let off = metres(mean(copy), mean(original));
        assert!((300.0..550.0).contains(&off), "{off} m");
    }
}

const FORMATS: [&str; 7] = ["csv", "geojson", "kml", "kmz", "gpkg", "zip", "parquet"];

/// Writes the records in every format and reads each back: rows, kind, places and words are those of the first file.
fn round_trip(path: &Path) {
    let room = Room::new();
    let original = room.told(path, &[]);
    let written = room.features(path, &[]);
    assert!(!written.is_empty());
    for format in FORMATS {
        let name = format!("records.{format}");
        room.fine(&["map", path.to_str().unwrap(), "--records", "--out", &name]);
        let told = room.told(&room.path(&name), &[]);
        assert_eq!((told.rows(), told.get("records")), (original.rows(), original.get("records")), "{format}");
        assert_eq!(told.get("rows_set_aside"), 0, "{format}");
        let back = room.features(&room.path(&name), &[]);
        assert_eq!(back.len(), written.len(), "{format}");
        for (back, written) in back.iter().zip(&written) {
            same_ground(written, back, |a, b| (a[0] - b[0]).abs() <= 1e-7 && (a[1] - b[1]).abs() <= 1e-7);
            let words = |feature: &Feature| -> BTreeSet<String> {
                let texts = feature.values.values().filter_map(|value| Some(value.as_str()?.to_owned()));
                texts.filter(|text| !text.is_empty()).collect()
            };
            assert!(words(back).is_superset(&words(written)), "{format}: {:?} of {:?}", back.values, written.values);
        }
    }
}

#[test]
fn points_in_every_format_are_read_back_where_they_were_with_their_words() {
    let Some(path) = field_data("colombia-events-1990-2019/1993.json") else { return };
    round_trip(&path);
}

#[test]
fn boundaries_in_every_format_are_read_back_where_they_were_with_their_words() {
    let Some(path) = field_data("bih-boundaries/geoBoundaries-BIH-ADM2.shp") else { return };
    round_trip(&path);
}

#[test]
fn points_with_keys_and_words_in_many_scripts_are_read_back_from_every_format() {
    let Some(path) = field_data("osm-minefields-excerpt/minefields-first-51.geojson") else { return };
    round_trip(&path);
}
