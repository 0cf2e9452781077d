//! `mineban draft` and `mineban intake` on real field files, counted a second time by other means.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use whole_program::{Room, field_data};

const TABLE: &str = "colombia-land-release-2005-2014/anti-personnel-mines.csv";
const WORKBOOK: &str = "colombia-land-release-2005-2014/situaciondesminadohumanitario.xlsx";
const VICTIMS: &str = "colombia-victims/victims-2021-11.csv";
const OLDER_VICTIMS: &str = "colombia-victims/victims-2017-10.csv";
const EVENTS: &str = "colombia-events-1990-2019";

fn typed(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn rows_of(path: &Path, year: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name == "ano").unwrap();
    reader.records().map(Result::unwrap).filter(|row| &row[column] == year).collect()
}

/// Hundredths, by the digits: no binary fraction comes between the file and the sum.
fn hundredths(text: &str) -> u64 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    assert!(decimals.len() <= 2, "{text}");
    whole.parse::<u64>().unwrap() * 100 + format!("{decimals:0<2}").parse::<u64>().unwrap()
}

/// What a year's rows say, counted text by text with the `csv` crate.
fn counted(table: &Path, victims: &Path, year: &str) -> Value {
    let released = rows_of(table, year);
    let cleared: u64 = released.iter().map(|row| hundredths(&row[3])).sum();
    let items: u64 = released.iter().map(|row| row[2].parse::<u64>().unwrap()).sum();
    let people = rows_of(victims, year);
    let count = |is: &dyn Fn(&csv::StringRecord) -> bool| people.iter().filter(|row| is(row)).count();
    let (adult, child) = ("Mayor de 18 años", "Menor de 18 años");
    let of = |sex: &str, age: &str| count(&|row| &row[12] == sex && &row[8] == age);
    let [women, men] = ["Femenino", "Masculino"].map(|sex| of(sex, adult));
    let [girls, boys] = ["Femenino", "Masculino"].map(|sex| of(sex, child));
    json!({
        "cleared_hundredths": cleared,
        "items": items,
        "killed": count(&|row| &row[11] == "Muerto"),
        "injured": count(&|row| &row[11] == "Herido"),
        "women": women,
        "men": men,
        "girls": girls,
        "boys": boys,
        "unknown": people.len() - women - men - girls - boys,
        "civilians": count(&|row| &row[10] == "Civil"),
    })
}

/// The same, counted by Python's csv and decimal modules; nothing where there is no Python.
fn counted_by_python(table: &Path, victims: &Path, year: &str) -> Option<Value> {
    let script = r#"
import csv, json, sys
from decimal import Decimal
table, victims, year = sys.argv[1:]
read = lambda path: [row for row in csv.DictReader(open(path, encoding="utf-8")) if row["ano"] == year]
released, people = read(table), read(victims)
adult = lambda row: row["rangoedad"].startswith("Mayor")
child = lambda row: row["rangoedad"].startswith("Menor")
count = lambda rule: sum(1 for row in people if rule(row))
female, male = (lambda row: row["genero"] == "Femenino"), (lambda row: row["genero"] == "Masculino")
known = lambda row: (female(row) or male(row)) and (adult(row) or child(row))
print(json.dumps({
    "cleared_hundredths": int(sum(Decimal(row["areadespejada"]) for row in released) * 100),
    "items": sum(int(row["totalartefactosdestruidos"]) for row in released),
    "killed": count(lambda row: row["estado"] == "Muerto"),
    "injured": count(lambda row: row["estado"] == "Herido"),
    "women": count(lambda row: female(row) and adult(row)),
    "men": count(lambda row: male(row) and adult(row)),
    "girls": count(lambda row: female(row) and child(row)),
    "boys": count(lambda row: male(row) and child(row)),
    "unknown": count(lambda row: not known(row)),
    "civilians": count(lambda row: row["condicion"] == "Civil"),
}))"#;
    let mut python = Command::new("python3")
        .args(["-", typed(table), typed(victims), year])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .inspect_err(|_| println!("skipped: no python3 here to count a third time"))
        .ok()?;
    python.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let done = python.wait_with_output().unwrap();
    assert!(done.status.success(), "the counting script failed");
    Some(serde_json::from_slice(&done.stdout).unwrap())
}

/// The draft's figures in the same form.
fn drafted(draft: &Value) -> Value {
    let people = &draft["casualties"];
    let cleared = draft["cleared_m2"].as_f64().unwrap();
    let hundredths: u64 = format!("{:.0}", cleared * 100.0).parse().unwrap();
    json!({
        "cleared_hundredths": hundredths,
        "items": draft["items_destroyed"],
        "killed": people["killed"],
        "injured": people["injured"],
        "women": people["women"],
        "men": people["men"],
        "girls": people["girls"],
        "boys": people["boys"],
        "unknown": people["unknown"],
        "civilians": people["civilians"],
    })
}

#[test]
fn a_drafts_figures_are_those_of_the_field_files() {
    let (Some(table), Some(victims)) = (field_data(TABLE), field_data(VICTIMS)) else { return };
    let room = Room::new();
    for year in ["2006", "2013"] {
        let draft = room.json(&["draft", "COL", year, typed(&table), typed(&victims)]);
        assert_eq!(drafted(&draft), counted(&table, &victims, year), "{year}");
        if let Some(by_python) = counted_by_python(&table, &victims, year) {
            assert_eq!(drafted(&draft), by_python, "{year}, by Python");
        }
    }
    assert!(room.everything().is_empty(), "with --json and without --out, no file is written");
}

/// A draft without the name and hash of the file that it was drawn from.
fn without_provenance(mut draft: Value) -> Value {
    draft["drawn_from"] = Value::Null;
    draft["report"]["drawn_from"] = Value::Null;
    for finding in draft["findings"].as_array_mut().unwrap() {
        finding["file"] = Value::Null;
    }
    draft
}

#[test]
fn a_workbook_and_a_text_table_of_the_same_rows_give_the_same_draft() {
    let (Some(table), Some(workbook)) = (field_data(TABLE), field_data(WORKBOOK)) else { return };
    let room = Room::new();
    let draft = |file: &Path| room.json(&["draft", "COL", "2013", typed(file)]);
    let (of_table, of_workbook) = (draft(&table), draft(&workbook));
    for key in ["rows_read", "rows_taken", "rows_set_aside", "rows_of_the_year"] {
        assert_eq!(of_table["drawn_from"][0][key], of_workbook["drawn_from"][0][key], "{key}");
    }
    assert_ne!(of_table["drawn_from"][0]["sha256"], of_workbook["drawn_from"][0]["sha256"]);
    assert_eq!(without_provenance(of_table), without_provenance(of_workbook));
}

#[test]
fn a_draft_says_which_sections_nobody_has_answered() {
    let room = Room::new();
    let draft = room.json(&["draft", "NOR", "2025", "--not-applicable", "b,d", "--unchanged-since", "a=2019"]);
    let open: Vec<&str> =
        draft["to_be_answered"].as_array().unwrap().iter().map(|section| section.as_str().unwrap()).collect();
    assert!(open.contains(&"c") && open.contains(&"victims"), "{open:?}");
    assert!(!open.contains(&"a") && !open.contains(&"b") && !open.contains(&"d"), "{open:?}");
    assert_eq!(draft["cleared_m2"], "to be answered", "what no file tells is not zero");
}

#[test]
fn every_row_of_the_victims_files_is_taken() {
    let (Some(newer), Some(older)) = (field_data(VICTIMS), field_data(OLDER_VICTIMS)) else { return };
    for (file, rows) in [(newer, 12_062), (older, 11_498)] {
        // Findings of a warning's weight give exit code 1; that is no refusal.
        let ran = Room::new().run(&["intake", typed(&file), "--json"]);
        ran.stood();
        let told = ran.json();
        let told = &told[0];
        assert_eq!(told["rows_taken"], rows);
        assert_eq!(told["rows_set_aside"], 0);
        let sum = told["rows_taken"].as_u64().unwrap() + told["rows_set_aside"].as_u64().unwrap();
        assert_eq!(told["rows_read"], sum);
    }
}

#[test]
fn every_event_is_taken_and_the_one_lost_minus_sign_is_found() {
    let Some(folder) = field_data(EVENTS) else { return };
    let files: Vec<String> = (1990..=2019).map(|year| typed(&folder.join(format!("{year}.json"))).to_owned()).collect();
    let mut arguments = vec!["intake"];
    arguments.extend(files.iter().map(String::as_str));
    arguments.push("--json");
    let ran = Room::new().run(&arguments);
    ran.stood();
    let told = ran.json();
    let told = told.as_array().unwrap();
    assert_eq!(told.len(), 30);
    let sum = |key: &str| told.iter().map(|file| file[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("rows_read"), sum("rows_taken"), sum("rows_set_aside")), (36_527, 36_527, 0));
    let lost: Vec<&Value> = told
        .iter()
        .flat_map(|file| file["findings"].as_array().unwrap())
        .filter(|finding| finding["key"] == "lost-minus-sign")
        .collect();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!((&lost[0]["file"], &lost[0]["count"]), (&json!("2004.json"), &json!(1)));
}
