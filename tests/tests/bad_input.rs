//! Bad files and slips of the keyboard: each is refused or set aside in a sentence, and nothing is changed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use whole_program::{Bounded, Room};

const HEADS: &str = "department,year,month,sex,age_group,status,outcome,latitude,longitude\n";

/// Thirty victims near 4° N, 74° W, and one at the place given.
fn victims_and_one_at(latitude: &str, longitude: &str) -> String {
    let mut table = HEADS.to_owned();
    for at in 0..30 {
        let (north, west) = (4.0 + f64::from(at) * 0.01, 74.0 + f64::from(at) * 0.013);
        writeln!(table, "A,2013,{},male,adult,civilian,killed,{north:.4},-{west:.4}", at % 12 + 1).unwrap();
    }
    table + &format!("A,2013,5,male,adult,civilian,injured,{latitude},{longitude}\n")
}

/// What `intake` noticed in one file: its answer, and the keys of the findings and of the reasons for setting rows aside.
fn noticed(name: &str, bytes: impl AsRef<[u8]>) -> (Value, Vec<String>) {
    let room = Room::new();
    room.write(name, bytes);
    let ran = room.run(&["intake", name, "--json"]);
    ran.stood();
    assert_eq!(ran.code, Some(1), "something was to be remarked: {ran:?}");
    let file = ran.json()[0].clone();
    let mut keys = Vec::new();
    for finding in ["findings", "set_aside"].iter().flat_map(|list| file[*list].as_array().unwrap()) {
        keys.push(finding["key"].as_str().unwrap().to_owned());
        assert!(finding["says"].as_str().unwrap().len() > 20, "{finding}");
        assert!(finding["row"].is_u64() || finding["severity"] == "info", "a finding says where: {finding}");
    }
    let sum = file["rows_taken"].as_u64().unwrap() + file["rows_set_aside"].as_u64().unwrap();
    assert_eq!(file["rows_read"], sum, "no row is lost");
    assert_eq!(room.everything().len(), 1, "reading writes nothing");
    (file, keys)
}

#[test]
fn a_file_that_is_missing_empty_or_a_folder_is_refused_by_every_command_that_reads_one() {
    let room = Room::new();
    room.found();
    fs::create_dir(room.path("folder")).unwrap();
    room.write("empty.csv", "");
    room.write("empty.json", "");
    let before = room.everything();
    for (field, report) in [("missing.csv", "missing.json"), ("folder", "folder"), ("empty.csv", "empty.json")] {
        room.run(&["intake", field]).refused(&[field]);
        room.run(&["balance", field]).refused(&[field]);
        room.run(&["draft", "NOR", "2025", field, "--out", "out.json"]).refused(&[field]);
        room.run(&["check", report]).refused(&[report]);
        room.run(&["lodge", report, "--data", "data"]).refused(&[report]);
        room.run(&["lodge", report, "--data", "new"]).refused(&[report]);
        room.run(&["verify", report]).refused(&[]);
        room.run(&["journal", "import", report, "--data", "new"]).refused(&[]);
    }
    assert_eq!(room.everything(), before, "nothing was made and nothing changed");
}

#[test]
fn a_workbook_that_was_cut_off_is_refused() {
    let room = Room::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in ["province", "year", "cleared_m2", "ap_mines"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), head).unwrap();
    }
    for row in 1..200 {
        sheet.write(row, 0, format!("Province {row}")).unwrap();
        sheet.write(row, 1, 2013).unwrap();
        sheet.write(row, 2, row * 10).unwrap();
        sheet.write(row, 3, row).unwrap();
    }
    let whole = book.save_to_buffer().unwrap();
    room.write("whole.xlsx", &whole);
    assert_eq!(room.json(&["intake", "whole.xlsx"])[0]["rows_taken"], 199);
    for tenths in 1..10 {
        room.write("cut.xlsx", &whole[..whole.len() * tenths / 10]);
        room.run(&["intake", "cut.xlsx"]).refused(&["cut.xlsx"]);
        room.run(&["draft", "COL", "2013", "cut.xlsx", "--json"]).refused(&["cut.xlsx"]);
    }
}

#[test]
fn a_line_of_200_megabytes_is_refused_in_bounded_time_and_memory() {
    let room = Room::new();
    for (name, begin) in [("long.csv", "a"), ("long.json", "\""), ("long.geojson", "{\"type\":\"")] {
        let mut file = File::create(room.path(name)).unwrap();
        file.write_all(begin.as_bytes()).unwrap();
        (0..200).for_each(|_| file.write_all(&vec![b'a'; 1_000_000]).unwrap());
    }
    let commands: [&[&str]; 6] = [
        &["intake", "long.csv"],
        &["intake", "long.json"],
        &["draft", "NOR", "2025", "long.geojson"],
        &["check", "long.json"],
        &["verify", "long.json"],
        &["journal", "import", "long.json", "--data", "data"],
    ];
    for command in commands {
        let Bounded { code, complaint, took, peak_kb } = room.bounded(command);
        assert_eq!(code, Some(1), "{command:?}: {complaint}");
        assert!(complaint.starts_with("mineban: ") && !complaint.contains("panicked"), "{command:?}: {complaint}");
        assert!(complaint.len() < 1000, "{command:?} repeats the line");
        assert!(took < Duration::from_secs(30), "{command:?} took {took:?}");
        assert!(peak_kb < 700_000, "{command:?} took {peak_kb} kB");
    }
    assert!(!room.path("data").exists());
}

fn hazard(id: &str, area: &Value, geometry: &Value) -> Value {
    let properties = json!({"hazard_id": id, "hazard_type": "CHA", "year_found": 2018, "area_m2": area});
    json!({"type": "Feature", "properties": properties, "geometry": geometry})
}

#[test]
fn features_without_ground_are_kept_and_those_in_metres_or_with_negative_areas_are_noticed() {
    let square = |x: f64, y: f64, side: f64| {
        let ring = json!([[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]);
        json!({"type": "Polygon", "coordinates": [ring]})
    };
    let features = [
        hazard("null", &json!(100), &Value::Null),
        hazard("empty", &json!(100), &json!({"type": "Polygon", "coordinates": []})),
        hazard("metres", &json!(100), &square(500_000.0, 1_200_000.0, 100.0)),
        hazard("negative", &json!(-100), &square(-74.0, 4.0, 0.001)),
        hazard("good", &json!(100), &square(-74.1, 4.1, 0.001)),
    ];
    let file = json!({"type": "FeatureCollection", "features": features});
    let (told, keys) = noticed("areas.geojson", file.to_string());
    assert_eq!((&told["rows_read"], &told["rows_taken"], &told["rows_set_aside"]), (&json!(5), &json!(4), &json!(1)));
    assert_eq!(keys.iter().filter(|key| *key == "geometry-missing").count(), 2, "{keys:?}");
    assert!(keys.iter().any(|key| key == "projected-metres"), "{keys:?}");
    assert_eq!(told["set_aside"][0]["key"], "negative-figure");
    assert_eq!(told["set_aside"][0]["row"], 4);
}

#[test]
fn a_row_set_aside_is_told_wherever_its_file_is_used() {
    let room = Room::new();
    room.write("release.csv", "province,year,cleared_m2,ap_mines\nNorth,2013,-500,3\nSouth,2013,200,1\n");
    room.write("areas.csv", "hazard_id,province,hazard_type,year_found,area_m2\nA,N,CHA,2018,-5\nB,N,CHA,2018,7\n");
    let draft = room.fine(&["draft", "COL", "2013", "release.csv", "--json"]).json();
    assert_eq!(draft["cleared_m2"], 200.0);
    assert_eq!(draft["drawn_from"][0]["rows_set_aside"], 1);
    let findings = draft["findings"].to_string();
    assert!(
        findings.contains("negative-figure"),
        "the draft does not say which row was set aside, and why: {findings}"
    );
    let balance = room.run(&["balance", "areas.csv", "--json"]);
    assert!(
        balance.stdout.contains("negative-figure"),
        "the balance does not say that a row was set aside: {balance:?}"
    );
    assert_eq!(balance.code, Some(1), "a row set aside is a finding");
}

#[test]
fn coordinates_in_metres_swapped_or_without_their_minus_sign_are_noticed_in_their_row() {
    for (latitude, longitude, key) in [
        ("1200000", "500000", "projected-metres"),
        ("-74.05", "4.55", "lat-lon-swapped"),
        ("4.55", "74.05", "lost-minus-sign"),
    ] {
        let (told, keys) = noticed("victims.csv", victims_and_one_at(latitude, longitude));
        assert_eq!(keys, [key], "{told}");
        assert_eq!(told["findings"][0]["row"], 32, "{told}");
        assert_eq!(told["rows_taken"], 31);
    }
}

#[test]
fn what_is_typed_wrongly_is_refused_with_what_to_type() {
    let room = Room::new();
    room.run(&["status", "ZZZ"]).refused(&["ZZZ", "COL"]);
    room.run(&["status", "Colombia"]).refused(&["Colombia", "COL"]);
    room.run(&["draft", "ZZZ", "2025"]).refused(&["ZZZ"]);
    room.run(&["draft", "NOR", "1990"]).refused(&["1990", "1997"]);
    room.run(&["draft", "NOR", "soon"]).refused(&["soon"]);
    room.run(&["draft", "NOR", "2025", "--not-applicable", "q"]).refused(&["\"q\"", "cooperation"]);
    room.run(&["status", "--as-of", "2020-13-01"]).refused(&["2020-13-01"]);
    room.run(&["status", "--as-of", "yesterday"]).refused(&["yesterday"]);
    room.run(&["status", "--lang", "tlh"]).refused(&["tlh", "zh"]);
    room.run(&["nonsense"]).refused(&["nonsense"]);
    room.run(&["serve", "--port", "99999"]).refused(&["99999"]);
    assert!(room.everything().is_empty());
}

#[test]
fn a_report_that_cannot_be_lodged_is_blocked_in_words_and_changes_nothing() {
    let room = Room::new();
    room.found();
    let before = room.export("data");
    room.fine(&["draft", "NOR", "1998", "--out", "early.json"]);
    room.fine(&["draft", "USA", "2025", "--out", "unbound.json"]);
    for (report, why) in [("early.json", "1998"), ("unbound.json", "United States")] {
        let checked = room.run(&["check", report, "--data", "data", "--json"]);
        checked.stood();
        assert_eq!(checked.json()["can_be_lodged"], false, "{report}: {checked:?}");
        let refused = room.run(&["lodge", report, "--data", "data"]);
        refused.refused(&["mineban check"]);
        assert!(refused.stdout.contains(why), "{refused:?}");
    }
    assert_eq!(room.export("data"), before);
    room.fine(&["draft", "USA", "2025", "--kind", "voluntary", "--out", "voluntary.json"]);
    assert_eq!(room.json(&["lodge", "voluntary.json", "--data", "data"])["already"], false);
}

#[test]
fn a_report_for_a_year_that_has_not_begun_is_remarked() {
    let room = Room::new();
    room.fine(&["draft", "NOR", "2199", "--out", "future.json"]);
    let checked = room.run(&["check", "future.json", "--json"]).json();
    let findings = checked["findings"].as_array().unwrap();
    let about = findings.iter().filter(|finding| finding["place"].as_str().unwrap().contains("year"));
    assert!(
        about.count() > 0,
        "nobody remarks that 2199 has not begun, and it can be lodged: {}",
        checked["can_be_lodged"]
    );
}

#[test]
fn a_damaged_report_file_is_refused_with_line_and_column() {
    let room = Room::new();
    room.found();
    let before = room.export("data");
    let good = room.read_text("nor-2024.json");
    let lines: Vec<&str> = good.lines().collect();
    let cases = [
        ("no JSON", "Dear Sir or Madam".to_owned(), "line 1 column"),
        ("another JSON", "[1, 2, 3]".to_owned(), "line 1 column"),
        ("cut off", lines[..20].join("\n"), "line 20 column"),
        ("a word more", good.replacen("\"kind\"", "\"sort\": 1, \"kind\"", 1), "line 4 column"),
        ("a word for a number", good.replacen("2024,", "\"last year\",", 1), "line 5 column"),
        ("no such State code", good.replacen("\"NOR\"", "\"NORWAY\"", 1), "line 3 column"),
        ("not UTF-8", "\u{0}\u{1}\u{2}".to_owned(), "line 1 column"),
        ("deep", "[".repeat(100_000), "line 1 column"),
    ];
    for (what, text, place) in cases {
        room.write("bad.json", text);
        for command in [&["check", "bad.json"][..], &["lodge", "bad.json", "--data", "data"]] {
            let ran = room.run(command);
            ran.refused(&["bad.json", place]);
            assert!(ran.stderr.len() < 1000, "{what}: {ran:?}");
        }
    }
    room.write("bad.json", good.replacen("mineban-report/1", "mineban-report/9", 1));
    let ran = room.run(&["lodge", "bad.json", "--data", "data"]);
    ran.refused(&[]);
    assert!(ran.stdout.contains("mineban-report/9") && ran.stdout.contains("mineban-report/1"), "{ran:?}");
    assert_eq!(room.export("data"), before);
}

#[test]
fn a_refusal_that_asks_for_a_mapping_says_how_one_is_given() {
    let room = Room::new();
    room.write("what.csv", "alpha,beta\n1,2\n");
    room.run(&["intake", "what.csv"]).refused(&["what.csv", "mapping", "--mapping FILE"]);
}
