//! Names of columns and their values held against each other. All rows are invented.

mod common;
use common::{count, failure, finding, intake, options, read, victims};
use intake::{AreaKind, Mapping, Options, Outcome, Records, Severity, Sex};

fn rows(header: &str, row: impl Fn(usize) -> String) -> String {
    let rows: Vec<String> = (0..12).map(row).collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

#[test]
fn a_column_on_which_figures_rest_stops_the_reading_when_it_holds_something_else() {
    let n = |i: usize| if i.is_multiple_of(2) { "M" } else { "F" };
    let fate = |i: usize| if i.is_multiple_of(3) { "Killed" } else { "Injured" };
    for (text, column, looks, line) in [
        (rows("year,sex,age", |i| format!("{},{},{i}", 2000 + i, fate(i))), "sex", "outcome", "\"sex\" = \"outcome\""),
        (rows("year,outcome,age", |i| format!("{},{},{i}", 2000 + i, n(i))), "outcome", "sex", "\"outcome\" = \"sex\""),
        (
            rows("date,sex,outcome", |i| format!("Village of {i} trees,{},{}", n(i), fate(i))),
            "date",
            "names",
            "\"date\" = \"ignore\"",
        ),
        (
            rows("year,sex,outcome", |i| format!("{},{},{}", 18 + i, n(i), fate(i))),
            "year",
            "ages",
            "\"year\" = \"ignore\"",
        ),
        (
            rows("id,area type,area_m2", |i| format!("A{i},{},{}", if i > 5 { "SHA" } else { "CHA" }, 1999 + i)),
            "area_m2",
            "years",
            "\"area_m2\" = \"year\"",
        ),
        (
            rows("task id,cleared area,ap mines", |i| format!("A{i},{},3", i + 1)),
            "cleared area",
            "row numbers",
            "\"cleared area\" = \"id\"",
        ),
        (
            rows("id,area type,area", |i| format!("A{i},SHA,{} m", 100 + i)).replace(",area\n", ",area size\n"),
            "area size",
            "lengths",
            "\"area size\" = \"ignore\"",
        ),
        (
            rows("id,hazard type,area size", |i| format!("A{i},{},5{i}00", if i > 5 { "Cleared" } else { "Reduced" })),
            "hazard type",
            "release_kind",
            "\"hazard type\" = \"release_kind\"",
        ),
    ] {
        let error = failure("a.csv", text.as_bytes());
        for part in [&format!("column \"{column}\""), looks, line] {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }
}

#[test]
fn columns_of_degrees_that_hold_metres_ask_for_their_coordinate_system() {
    let text = rows("id,ha type,latitude,longitude", |i| format!("A{i},SHA,{},{}", 4_512_345 + i, 612_345 + i));
    let error = failure("a.csv", text.as_bytes());
    for part in ["no degrees", "UTM on WGS84", "crs = "] {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
}

#[test]
fn two_names_that_are_exchanged_are_both_named() {
    for (text, first, second) in [
        (
            rows("year,sex,outcome", |i| format!("{},{},{}", 2000 + i, if i > 5 { "killed" } else { "injured" }, "F")),
            "\"sex\" = \"outcome\"",
            "\"outcome\" = \"sex\"",
        ),
        (
            rows("id,ha type,lat,lon", |i| format!("A{i},SHA,{}.5,{}.25", 101 + i, 10 + i)),
            "\"lat\" = \"longitude\"",
            "\"lon\" = \"latitude\"",
        ),
        (rows("year,age,sex", |i| format!("{},{},F", 20 + i, 2001 + i)), "\"year\" = \"age\"", "\"age\" = \"year\""),
    ] {
        let error = failure("a.csv", text.as_bytes());
        assert!(error.contains("look exchanged") && error.contains(first) && error.contains(second), "{error}");
        let lines = error.split("[columns]").nth(1).unwrap().split("\n(").next().unwrap();
        let mapping = Mapping::from_toml(&format!("[columns]{lines}")).unwrap();
        let options = Options { mapping: Some(mapping), ..options() };
        read("a.csv", text.as_bytes(), &options).unwrap_or_else(|error| panic!("as proposed: {error}"));
    }
}

#[test]
fn a_mapping_that_names_the_column_overrules_the_stop() {
    let text = rows("year,sex,outcome", |i| format!("{},{},F", 2000 + i, if i > 5 { "killed" } else { "injured" }));
    let mapping = Mapping::from_toml("kind = 'victim'\n[columns]\nsex = 'sex'\noutcome = 'ignore'").unwrap();
    let found = intake("a.csv", text.as_bytes(), &Options { mapping: Some(mapping), ..options() });
    assert_eq!((victims(&found).len(), victims(&found)[0].sex), (12, Sex::Unknown));
    assert_eq!(count(&found, "mapped-contents-disagree"), 12);
}

#[test]
fn elsewhere_the_column_is_not_used_and_an_error_says_so() {
    let text = rows("year,sex,outcome,province,age", |i| format!("{},F,killed,KH{i:02}4,{}", 2000 + i, 1990 + i));
    let intake = intake("a.csv", text.as_bytes(), &options());
    let found: Vec<_> = intake.findings.iter().filter(|f| f.kind.key() == "header-contents-disagree").collect();
    assert_eq!(found.iter().filter_map(|f| f.field.as_deref()).collect::<Vec<_>>(), ["province", "age"]);
    assert!(found.iter().all(|f| f.severity == Severity::Error));
    assert!(found[0].to_string().contains("codes") && found[1].to_string().contains("years"));
    assert!(victims(&intake).iter().all(|victim| victim.admin1.is_none()));
}

#[test]
fn codes_and_names_of_other_shapes_are_left_alone() {
    let text = rows("id,status,province code,province,area size", |i| {
        let letter = char::from(b'A' + u8::try_from(i).unwrap());
        format!("A{i},{},AO-B{letter}{letter},Region{i}0,{}", if i > 5 { "SHA" } else { "CHA" }, 1990 + 7 * i)
    });
    let intake = intake("a.csv", text.as_bytes(), &options());
    assert!(intake.findings.is_empty(), "{:?}", intake.findings);
    let Records::HazardousAreas(areas) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!(areas[0].kind, AreaKind::Confirmed, "a status of CHA is a kind of area");
    assert!(areas.iter().all(|area| area.admin1.is_some() && area.admin1_code.is_some()));
}

#[test]
fn row_numbers_are_told_in_a_long_file_as_in_a_short_one() {
    let rows: Vec<String> = (1..=9_000).map(|i| format!("A{i},SHA,{i}")).collect();
    let error = failure("a.csv", format!("id,area type,area size\n{}\n", rows.join("\n")).as_bytes());
    assert!(error.contains("row numbers"), "{error}");
}

#[test]
fn words_that_are_only_not_known_do_not_stop_the_reading() {
    // Finnish, which is in no table here, and a code list of the file's own.
    for values in [["mies", "nainen"], ["1", "2"]] {
        let text = rows("year,sex,outcome", |i| format!("{},{},killed", 2000 + i, values[i % 2]));
        let intake = intake("a.csv", text.as_bytes(), &options());
        assert_eq!(finding(&intake, "header-contents-disagree").field.as_deref(), Some("sex"));
        assert!(victims(&intake).iter().all(|v| v.sex == Sex::Unknown && v.outcome == Outcome::Killed));
    }
}

#[test]
fn years_of_another_calendar_are_named() {
    for (first, name) in [(1385, "solar Hijri"), (1425, "Hijri"), (2550, "Buddhist")] {
        let text = rows("year,sex,outcome", |i| format!("{},F,killed", first + i));
        let intake = intake("a.csv", text.as_bytes(), &options());
        let said = finding(&intake, "other-calendar").to_string();
        assert!(said.contains(&format!("of the {name} calendar")), "{said}");
        assert!(victims(&intake).iter().all(|victim| victim.year.is_none()));
    }
}
