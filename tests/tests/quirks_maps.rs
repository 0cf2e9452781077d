//! The oddities that the notes beside the open map files and lists of names tell of, one test for each: what the program
//! says to them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use whole_program::{Feature, Room, Told, field_data, zipped};

fn told(name: &str) -> Option<Told> {
    Some(Room::new().told(&field_data(name)?, &[]))
}

fn features(name: &str) -> Option<Vec<Feature>> {
    Some(Room::new().features(&field_data(name)?, &[]))
}

const OSM: &str = "osm-minefields-excerpt/minefields-first-51.geojson";

#[test]
fn features_with_keys_of_their_own_make_one_table_of_all_keys() {
    let (Some(told), Some(areas)) = (told(OSM), features(OSM)) else { return };
    assert_eq!((told.rows(), told.get("records")), (51, &"hazardous_area".into()));
    for header in ["name:ar", "disused:military", "addr:city"] {
        let filled = areas.iter().filter(|area| !area.text(header).is_empty()).count();
        assert!((1..51).contains(&filled), "{header}: {filled}");
        assert_eq!(told.column(header), None);
    }
    let keys: BTreeSet<Vec<&str>> = areas
        .iter()
        .map(|area| area.values.iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key.as_str()).collect())
        .collect();
    assert!(keys.len() > 10, "{keys:?}");
}

#[test]
fn a_key_that_means_another_thing_here_is_not_used_for_an_area_and_that_is_said() {
    let Some(told) = told(OSM) else { return };
    let finding = told.finding("header-contents-disagree");
    assert_eq!((&finding["field"], &finding["value"]), (&"surface".into(), &"sand".into()));
    assert_eq!(told.finding("field-twice")["field"], "name:en", "one of two columns of names is used");
}

#[test]
fn words_in_arabic_cyrillic_and_latin_come_out_as_they_went_in() {
    let Some(path) = field_data(OSM) else { return };
    let areas = Room::new().features(&path, &[]);
    let original: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let (mut arabic, mut cyrillic) = (0, 0);
    for (area, original) in areas.iter().zip(original["features"].as_array().unwrap()) {
        for (key, value) in original["properties"].as_object().unwrap() {
            let Some(text) = value.as_str() else { continue };
            assert_eq!(area.text(key), text, "{key}");
            arabic += usize::from(text.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c)));
            cyrillic += usize::from(text.chars().any(|c| ('\u{400}'..'\u{500}').contains(&c)));
        }
    }
    assert!(areas.len() == 51 && arabic > 0 && cyrillic > 0, "{arabic} {cyrillic}");
    let told = told(OSM).unwrap();
    assert_eq!((told.count("wrongly-decoded"), told.count("mixed-scripts")), (0, 0));
}

#[test]
fn middles_of_areas_have_no_extent_so_nothing_is_added_up_or_drawn_as_remaining() {
    let (Some(path), Some(areas)) = (field_data(OSM), features(OSM)) else { return };
    assert_eq!(areas.iter().filter(|area| !area.text("position").is_empty()).count(), 28);
    assert!(areas.iter().all(|area| area.corners.len() == 1));
    let (room, path) = (Room::new(), path.to_str().unwrap());
    let balance = room.run(&["balance", path, "--json"]).json();
    assert_eq!(balance["left_out_without_year"], 51, "no year, and none is made up");
    room.run(&["map", path, "--out", "remaining.gpkg"]).refused(&["polygon", "year", "--records"]);
    assert!(!room.path("remaining.gpkg").exists());
}

#[test]
fn the_places_of_many_countries_are_outside_the_one_country_asked_for_and_stay() {
    let Some(path) = field_data(OSM) else { return };
    let told = Room::new().told(&path, &["--state", "BIH"]);
    assert!((20..51).contains(&told.count("outside-country")), "{:?}", told.keys());
    assert_eq!((told.rows(), told.count("lost-minus-sign"), told.count("lat-lon-swapped")), (51, 0, 0));
}

const ADM1: &str = "bih-boundaries/bih-adm1.geojson";
const ADM2: &str = "bih-boundaries/geoBoundaries-BIH-ADM2.shp";
const ADM3: &str = "bih-boundaries/bih-adm3-municipalities.geojson";

#[test]
fn of_two_districts_of_one_name_the_second_is_told_with_the_row_of_the_first() {
    let Some(told) = told(ADM3) else { return };
    let finding = told.finding("duplicate-name");
    assert_eq!((told.rows(), &finding["value"], &finding["row"]), (142, &"Novi Grad".into(), &94.into()));
    assert!(finding["says"].as_str().unwrap().contains("row 28"));
}

#[test]
fn a_district_written_with_and_without_its_accent_is_one_district() {
    let (Some(first), Some(third)) = (features(ADM1), features(ADM3)) else { return };
    let named = |list: &[Feature], name: &str| list.iter().filter(|one| one.text("shapeName") == name).count();
    assert_eq!((named(&first, "Brčko District"), named(&third, "Brcko District")), (1, 1), "as entered");
    // An invented area within it, under the name that the other file has.
    let room = Room::new();
    let ring = "[[18.80,44.86],[18.81,44.86],[18.81,44.87],[18.80,44.87],[18.80,44.86]]";
    let properties = r#"{"hazard_id":"A","hazard_type":"CHA","year_found":2018,"district":"Brčko District"}"#;
    room.write("area.geojson", format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}"#
    ));
    let districts = field_data(ADM3).unwrap();
    let ran = room.run(&["balance", "area.geojson", "--districts", districts.to_str().unwrap(), "--json"]);
    let balance = ran.json();
    let there = balance["as_mapped"]["districts"].as_array().unwrap().iter();
    let there: Vec<_> = there.filter(|place| place["district"] == "Brcko District").collect();
    assert_eq!(there.len(), 1, "{ran:?}");
    assert!(there[0]["rows"][0]["closing"].as_f64().unwrap() > 800_000.0, "{ran:?}");
    assert!(!balance["field_findings"].to_string().contains("outside-district"), "{ran:?}");
}

#[test]
fn an_empty_column_of_codes_is_no_fault() {
    let (Some(told), Some(districts)) = (told(ADM3), features(ADM3)) else { return };
    assert!(districts.iter().all(|district| district.text("shapeISO").is_empty()));
    assert_eq!(
        (told.column("shapeISO"), told.count("duplicate-id"), told.listed("value-unknown")),
        (Some("code"), 0, 0)
    );
}

#[test]
fn a_shapefile_that_names_neither_system_nor_encoding_is_read_alone_in_a_folder_and_in_an_archive() {
    let Some(original) = field_data(ADM2) else { return };
    let room = Room::new();
    fs::create_dir(room.path("adm2")).unwrap();
    for ending in ["shp", "shx", "dbf"] {
        let to = room.path("adm2").join(format!("adm2.{ending}"));
        fs::copy(original.with_extension(ending), to).unwrap();
    }
    let inside = ["shp", "shx", "dbf"]
        .map(|ending| (format!("adm2/adm2.{ending}"), fs::read(original.with_extension(ending)).unwrap()));
    room.write("adm2.zip", zipped(&inside));
    let alone = room.features(&original, &[]);
    assert_eq!((original.with_extension("prj").exists(), original.with_extension("cpg").exists()), (false, false));
    for way in [original, room.path("adm2"), room.path("adm2.zip")] {
        let told = room.told(&way, &[]);
        assert_eq!((told.rows(), told.keys()), (12, vec!["crs-assumed"]), "{}", way.display());
        assert!(told.finding("crs-assumed")["says"].as_str().unwrap().contains("WGS84"));
        assert_eq!(room.features(&way, &[]), alone, "{}", way.display());
    }
    assert!(alone.iter().flat_map(|district| &district.corners).all(|at| (15.0..20.0).contains(&at[0])));
}

#[test]
fn a_folder_of_several_layers_asks_which_one_is_meant() {
    let Some(folder) = field_data("bih-boundaries") else { return };
    let refused = Room::new().run(&["intake", folder.to_str().unwrap()]);
    refused.refused(&["bih-adm1.geojson", "bih-adm3-municipalities.geojson", "geoBoundaries-BIH-ADM2.shp", "layer ="]);
    assert!(!refused.stderr.contains("README"), "notes are no layer: {refused:?}");
}

#[test]
fn boundaries_are_no_areas_to_add_up() {
    let Some(path) = field_data(ADM1) else { return };
    for command in [&["balance"][..], &["map", "--out", "map.gpkg"]] {
        let refused = Room::new().run(&[command, &[path.to_str().unwrap()]].concat());
        refused.refused(&["bih-adm1.geojson", "kind \"district\"", "hazardous areas or land releases", "mapping"]);
    }
}

const FRANCE: &str = "france-communes-load/communes.geojson.gz";

#[test]
fn of_the_communes_of_france_one_outline_crosses_itself_and_equal_names_are_counted() {
    let Some(told) = told(FRANCE) else { return };
    assert_eq!((told.rows(), told.count("self-intersection")), (35_357, 1));
    assert_eq!(told.finding("self-intersection")["row"], 4508);
    assert_eq!(told.count("duplicate-name"), 35_357 - 32_855);
    assert_eq!(
        told.keys(),
        ["duplicate-name", "self-intersection", "spike"],
        "bounds that span the globe are no fault"
    );
    assert_eq!((told.column("code"), told.column("nom")), (Some("code"), Some("name")));
}

#[test]
fn a_whole_country_keeps_its_codes_and_its_overseas_parts_on_the_map() {
    let Some(path) = field_data(FRANCE) else { return };
    let room = Room::new();
    room.fine(&["map", path.to_str().unwrap(), "--records", "--out", "communes.gpkg"]);
    let said = Command::new("ogrinfo").args(["-so", "-al", "communes.gpkg"]).current_dir(room.path("")).output();
    let said = String::from_utf8(said.expect("ogrinfo (package gdal-bin) is installed").stdout).unwrap();
    assert!(said.contains("Feature Count: 35357"), "{said}");
    assert!(said.contains("Extent: (-61.8") && said.contains("(55.8"), "from the Antilles to Réunion: {said}");
    let query = "SELECT COUNT(*) AS n FROM records WHERE code IN ('01001', '2A004', '97411')";
    let said = Command::new("ogrinfo").args(["-sql", query, "communes.gpkg"]).current_dir(room.path("")).output();
    let said = String::from_utf8(said.unwrap().stdout).unwrap();
    assert!(said.contains("n (Integer) = 3"), "a leading zero and a letter stay: {said}");
}

#[test]
fn quantised_arcs_become_countries_in_degrees_and_the_layer_beside_them_is_named() {
    for (name, n) in [("countries-110m.json", 177), ("countries-50m.json", 241)] {
        let Some(path) = field_data(&format!("admin-natural-earth/{name}")) else { return };
        let room = Room::new();
        let told = room.told(&path, &[]);
        assert_eq!(told.get("rows_read"), n, "{name}");
        assert!(told.rows() >= n - 1, "{name}: a reef that shrinks to a point is set aside");
        assert!(told.finding("layer-chosen")["says"].as_str().unwrap().contains("not read: land"), "{name}");
    }
    let countries = features("admin-natural-earth/countries-50m.json").unwrap();
    let colombia = countries.iter().find(|country| country.text("id") == "170").unwrap();
    assert_eq!(colombia.text("name"), "Colombia");
    assert!(colombia.corners.iter().all(|at| (-82.0..-66.0).contains(&at[0]) && (-5.0..14.0).contains(&at[1])));
}

#[test]
fn countries_without_a_code_are_kept_without_one_and_abbreviated_names_stay() {
    let Some(countries) = features("admin-natural-earth/countries-50m.json") else { return };
    let without: BTreeSet<&str> =
        countries.iter().filter(|one| one.text("id").is_empty()).map(|one| one.text("name")).collect();
    let wanted = ["Indian Ocean Ter.", "Kosovo", "N. Cyprus", "Siachen Glacier", "Somaliland"];
    assert_eq!(without, BTreeSet::from(wanted));
    assert!(countries.iter().any(|one| one.text("name") == "Dem. Rep. Congo"));
    assert!(countries.iter().any(|one| one.text("id") == "004"), "codes keep their zeros");
}

#[test]
fn land_without_any_column_asks_for_a_mapping() {
    let Some(path) = field_data("admin-natural-earth/land-110m.json") else { return };
    let room = Room::new();
    let refused = room.run(&["intake", path.to_str().unwrap()]);
    refused.refused(&["no columns", "kind = \"district\""]);
    room.write("land.toml", "kind = \"district\"\n");
    let told = room.told(&path, &["--mapping", "land.toml"]);
    assert_eq!((told.rows(), told.get("records")), (1, &"district".into()));
}

#[test]
fn lists_of_names_without_a_place_are_refused_in_a_sentence_that_names_their_columns() {
    let Some(folder) = field_data("country-names-six-languages") else { return };
    let room = Room::new();
    let refused =
        |name: &str, words: &[&str]| room.run(&["intake", folder.join(name).to_str().unwrap()]).refused(words);
    refused("countries-six-un-languages.csv", &["iso2, iso3, m49, en, fr, es, ru, ar, zh", "Write a mapping"]);
    refused("cldr-territories-en.json", &["not GeoJSON", "as CSV"]);
    refused("i18n-iso-countries-fr.json", &["not GeoJSON", "as CSV"]);
    refused("", &["countries-six-un-languages.csv", "layer ="]);
}

#[test]
fn a_gazetteer_without_places_is_refused_and_when_mapped_every_row_is_set_aside_with_its_reason() {
    let Some(folder) = field_data("cambodia-gazetteer-khmer") else { return };
    let room = Room::new();
    room.write("mapping.toml", "kind = \"district\"\n[columns]\nenglish = \"name\"\ncode = \"code\"\n");
    for (name, rows) in [
        ("provinces", Some(25)),
        ("banteay_meanchey", None),
        ("battambang", None),
        ("oddar_meanchey", None),
        ("pailin", None),
        ("preah_vihear", None),
        ("pursat", None),
    ] {
        let path = folder.join(format!("{name}.json"));
        room.run(&["intake", path.to_str().unwrap()]).refused(&["english", "code = code", "kind ="]);
        let told = room.told(&path, &["--mapping", "mapping.toml"]);
        assert_eq!((told.rows(), told.get("rows_set_aside")), (0, told.get("rows_read")), "{name}");
        assert!(told.get("rows_read").as_u64().unwrap() > 1 && rows.is_none_or(|rows| told.get("rows_read") == rows));
        assert!(told.get("set_aside").to_string().contains("without a boundary"), "{name}");
    }
}

#[test]
fn khmer_text_with_blanks_of_no_width_is_no_fault_and_stays() {
    let Some(path) = field_data("cambodia-gazetteer-khmer/pailin.json") else { return };
    let room = Room::new();
    // The names are real; the places and the days are invented, for the gazetteer has none.
    let text = fs::read_to_string(&path).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut names = Vec::new();
    khmer(&value, &mut names);
    assert!(names.len() > 10, "{}", names.len());
    let row = |(at, name): (usize, _)| format!("{at},\"{name}\",SHA,2018,102.{at:03},12.8");
    let rows: Vec<String> = names.iter().enumerate().map(row).collect();
    let rows = rows.join("\n");
    room.write("areas.csv", format!("hazard_id,village,hazard_type,year_found,longitude,latitude\n{rows}"));
    let told = room.told(Path::new(&room.path("areas.csv")), &[]);
    assert_eq!((told.rows(), told.count("zero-width"), told.count("mixed-scripts")), (names.len() as u64, 0, 0));
    let kept = room.features(&room.path("areas.csv"), &[]);
    assert!(kept.iter().zip(&names).all(|(area, name)| area.text("village") == name), "as entered");
}

/// The texts that hold a blank of no width, however deep.
fn khmer(value: &serde_json::Value, names: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if text.contains('\u{200b}') => names.push(text.replace(['"', '\n', '\r'], "")),
        serde_json::Value::Array(list) => list.iter().for_each(|inner| khmer(inner, names)),
        serde_json::Value::Object(object) => object.values().for_each(|inner| khmer(inner, names)),
        _ => {}
    }
}
