//! The oddities that the notes beside Colombia's open files name, one test for each: what the program says to them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use whole_program::{Feature, Room, Told, field_data};

/// The events of all years, a file each.
fn years() -> Option<Vec<PathBuf>> {
    let folder = field_data("colombia-events-1990-2019")?;
    Some((1990..=2019).map(|year| folder.join(format!("{year}.json"))).collect())
}

fn told_of_all_years() -> Option<Vec<Told>> {
    let years = years()?;
    Some(Room::new().told_of(&years.iter().map(PathBuf::as_path).collect::<Vec<_>>(), &[]))
}

fn sum(all: &[Told], key: &str) -> u64 {
    all.iter().map(|told| told.count(key)).sum()
}

fn told(name: &str) -> Option<Told> {
    Some(Room::new().told(&field_data(name)?, &[]))
}

fn features(name: &str) -> Option<Vec<Feature>> {
    Some(Room::new().features(&field_data(name)?, &[]))
}

#[test]
fn identical_events_are_counted_and_every_one_is_kept() {
    let Some(all) = told_of_all_years() else { return };
    assert_eq!((all.iter().map(Told::rows).sum::<u64>(), sum(&all, "identical-rows")), (36_527, 4_927));
    for told in &all {
        assert!(!told.knows("id"), "the events have no identifier, and none is made up");
        assert_eq!((told.count("duplicate-id"), told.count("identical-rows") > 0), (0, told.rows() > 30));
    }
}

#[test]
fn in_thirty_years_one_minus_sign_is_lost_and_its_event_stays_where_it_was_entered() {
    let Some(all) = told_of_all_years() else { return };
    assert_eq!(sum(&all, "lost-minus-sign"), 1);
    for other in ["extra-minus-sign", "lat-lon-swapped", "lost-decimal-point", "impossible-coordinate"] {
        assert_eq!(sum(&all, other), 0, "{other}");
    }
    let finding = all[14].finding("lost-minus-sign");
    assert_eq!((&finding["file"], &finding["row"]), (&"2004.json".into(), &1375.into()));
    let says = finding["says"].as_str().unwrap();
    assert!(says.contains("-74.23416667") && says.contains("correct it in the source"), "{says}");
    let events = features("colombia-events-1990-2019/2004.json").unwrap();
    assert_eq!(events[1374].corners, [[74.234_166_67, 4.197_777_778]], "nothing is corrected silently");
    assert!(events[1374].text("MUNICIPIO").contains("Bogot"));
}

#[test]
fn a_damaged_name_is_told_wherever_it_occurs_and_stays_as_entered() {
    let Some(all) = told_of_all_years() else { return };
    assert_eq!(sum(&all, "damaged-name"), 21);
    let said = all.iter().map(|told| told.get("findings").to_string()).collect::<String>();
    assert!(said.contains("CÓRDOBA"), "the likely name is said");
    let events = features("colombia-events-1990-2019/2011.json").unwrap();
    assert!(events.iter().any(|event| event.text("MUNICIPIO") == "CaRDOBA"));
}

#[test]
fn events_at_the_middle_of_a_district_are_noticed_and_not_moved() {
    let Some(years) = years() else { return };
    let room = Room::new();
    let mut events = BTreeMap::<String, u64>::new();
    for year in &years {
        for event in room.features(year, &[]) {
            *events.entry(format!("{:?}", event.corners)).or_default() += 1;
        }
    }
    assert_eq!((events.len(), events.values().max(), events.values().sum::<u64>()), (27_241, Some(&212), 36_527));
    let told = room.told(&years[14], &[]);
    assert_eq!(told.listed("many-on-one-point"), 5);
    assert!(told.get("findings").to_string().contains("63 records lie on the one point -75.122094, 9.685015"));
}

#[test]
fn bare_numbers_for_the_kind_of_event_are_read_as_the_usual_list_and_that_is_said() {
    let Some(told) = told("colombia-events-1990-2019/2004.json") else { return };
    let finding = told.finding("codes-assumed");
    assert_eq!((&finding["severity"], told.column("TIPO_EVENTO")), (&"warning".into(), Some("event_type")));
    for part in ["1 accident mine", "4 military clearance", "8 suspected area", "mapping"] {
        assert!(finding["says"].as_str().unwrap().contains(part), "{part}: {finding}");
    }
    let path = field_data("colombia-events-1990-2019/2004.json").unwrap();
    let text = Room::new().explained(&path);
    assert!(text.contains("military clearance 988, mine accidents 536"), "{text}");
}

#[test]
fn a_column_named_with_a_letter_beyond_ascii_and_years_written_as_text_are_understood() {
    let Some(path) = field_data("colombia-events-1990-2019/2004.json") else { return };
    let room = Room::new();
    let told = room.told(&path, &[]);
    assert_eq!(told.column("AÑO"), Some("year"));
    let text = room.explained(&path);
    assert!(text.contains("Format GeoJson") && text.contains("2004: "), "known by its contents, not by .json: {text}");
}

#[test]
fn names_in_mixed_case_with_and_without_accents_are_sound() {
    let Some(events) = features("colombia-events-1990-2019/2004.json") else { return };
    let held: BTreeSet<(&str, &str)> =
        events.iter().map(|event| (event.text("DEPARTAMENTO"), event.text("MUNICIPIO"))).collect();
    assert!(held.contains(&("BOGOTA DC", "Bogotá DC")) && held.contains(&("CAQUETA", "MONTAÑITA")), "{held:?}");
    let told = told("colombia-events-1990-2019/2004.json").unwrap();
    assert_eq!((told.count("wrongly-decoded"), told.count("mixed-scripts")), (0, 0));
}

const RELEASES: [(&str, u64); 2] =
    [("colombia-victims/victims-2017-10.csv", 11_498), ("colombia-victims/victims-2021-11.csv", 12_062)];

#[test]
fn one_release_of_the_victims_begins_with_a_byte_order_mark_and_the_other_does_not() {
    for ((name, _), how) in RELEASES.iter().zip(["UTF-8 (its byte order mark)", "UTF-8 (valid)"]) {
        let Some(path) = field_data(name) else { return };
        let text = Room::new().explained(&path);
        assert!(text.contains(how) && text.contains("departamento = admin1"), "{name}: {text}");
    }
}

#[test]
fn marks_between_thousands_in_codes_and_years_are_read_through_and_said() {
    let Some(path) = field_data(RELEASES[0].0) else { return };
    let room = Room::new();
    let told = room.told(&path, &[]);
    assert_eq!((told.rows(), told.listed("thousands-separators")), (11_498, 2));
    let text = room.explained(&path);
    assert!(text.contains("2006: injured 990, killed 242"), "{text}");
    assert!(!text.contains("unknown: "), "every year is understood");
    let first = &room.features(&path, &[])[0];
    assert_eq!((first.text("ano"), first.text("codigodanemunicipio")), ("2,006", "5,313"), "kept as entered");
}

#[test]
fn an_empty_cell_and_the_words_for_unknown_are_no_fault_and_no_row_is_lost_by_them() {
    let rows = RELEASES.iter().map_while(|(name, n)| Some((*n, told(name)?, features(name)?)));
    for ((n, told, people), (empty, words)) in rows.zip([(true, false), (false, true)]) {
        assert_eq!((told.rows(), people.len() as u64), (n, n));
        let says = |words: &str| people.iter().any(|one| one.values.values().any(|value| value == words));
        assert_eq!(people.iter().any(|one| one.text("sitio").is_empty()), empty);
        assert_eq!(says("Sin información") && says("Sin Información"), words, "two spellings of unknown");
        assert_eq!((told.column("genero"), told.count("value-unknown")), (Some("sex"), 0));
    }
}

#[test]
fn victims_without_an_identifier_that_are_alike_are_all_counted() {
    for ((name, n), alike) in RELEASES.iter().zip([3_769, 3_781]) {
        let Some(told) = told(name) else { return };
        assert_eq!((told.rows(), told.count("identical-rows"), told.knows("id")), (*n, alike, false), "{name}");
        assert!(told.finding("identical-rows")["says"].as_str().unwrap().contains("all kept"));
    }
    let mut rows = BTreeMap::<Vec<String>, u64>::new();
    for mut person in features(RELEASES[1].0).unwrap() {
        person.values.remove("row");
        *rows.entry(person.values.values().map(ToString::to_string).collect()).or_default() += 1;
    }
    assert_eq!(rows.values().max(), Some(&41), "one row occurs so often");
}

#[test]
fn a_month_is_the_finest_date_and_the_age_is_one_of_two_classes() {
    for (name, _) in RELEASES {
        let Some(told) = told(name) else { return };
        assert_eq!(
            (told.column("ano"), told.column("mes"), told.column("rangoedad")),
            (Some("year"), Some("month"), Some("age"))
        );
        assert!(!told.knows("day") && !told.knows("date"), "no day is made up");
    }
}

#[test]
fn codes_that_lost_their_leading_zero_are_said_once_for_each_column() {
    for (name, _) in RELEASES {
        let Some(told) = told(name) else { return };
        assert_eq!(told.listed("leading-zero-lost"), 2, "{name}: departments and municipalities");
    }
}

#[test]
fn a_pair_written_latitude_first_agrees_with_its_columns_and_stands_on_the_map_longitude_first() {
    for (name, _) in RELEASES {
        let (Some(told), Some(people)) = (told(name), features(name)) else { return };
        assert_eq!((told.column("Ubicación"), told.count("positions-disagree")), (Some("lat_lon"), 0));
        for person in people {
            let [[lon, lat]] = person.corners[..] else { panic!("{person:?}") };
            let entered: f64 = person.text("latitudcabecera").parse().unwrap();
            assert!((lat - entered).abs() < 1e-12, "{person:?}");
            assert!((-82.0..-66.0).contains(&lon), "{person:?}");
        }
    }
}

#[test]
fn a_comma_inside_quotes_belongs_to_its_cell() {
    let Some(people) = features(RELEASES[1].0) else { return };
    assert_eq!(people[0].text("Actividad"), "Pasando, estando cerca");
    assert!(people.iter().all(|person| person.values.len() == 19), "eighteen columns and the row");
}

const LAND: [&str; 2] = [
    "colombia-land-release-2005-2014/anti-personnel-mines.csv",
    "colombia-land-release-2005-2014/situaciondesminadohumanitario.xlsx",
];

#[test]
fn released_land_gives_the_same_findings_from_text_and_from_the_workbook() {
    let all: Vec<Told> = LAND.iter().map_while(|name| told(name)).collect();
    for told in &all {
        assert_eq!((told.rows(), told.count("identical-rows"), told.count("total-differs")), (333, 3, 0));
        assert_eq!(told.count("area-without-items"), 109 - 6, "no item, and an area");
        assert_eq!((told.count("nothing-released"), told.count("items-without-area")), (6, 3), "nine without an area");
        assert!(!told.knows("id") && !told.knows("day") && told.knows("month"));
    }
}

#[test]
fn releases_without_a_place_are_refused_for_a_map_and_counted_in_the_balance() {
    for name in LAND {
        let Some(path) = field_data(name) else { return };
        let (room, path) = (Room::new(), path.to_str().unwrap());
        let file = PathBuf::from(path).file_name().unwrap().to_string_lossy().into_owned();
        let nothing = "no record has a position or a polygon";
        room.run(&["map", path, "--records", "--out", "map.gpkg"]).refused(&[&file, nothing]);
        assert!(!room.path("map.gpkg").exists());
        let balance = room.run(&["balance", path, "--json"]).json();
        let rows = balance["as_recorded"]["whole"].as_array().unwrap();
        let cleared: f64 = rows.iter().map(|row| row["cleared"].as_f64().unwrap()).sum();
        assert!((cleared - 2_170_631.03).abs() < 0.005, "{cleared}");
        // 333 rows; those that changed nothing are counted, not lost.
        let (counted, changed_nothing) = (&balance["releases"], &balance["releases_of_no_area"]);
        assert_eq!(counted.as_u64().unwrap() + changed_nothing.as_u64().unwrap(), 333, "{counted} {changed_nothing}");
        assert_eq!(
            balance["below_zero"]["year"], rows[0]["year"],
            "nothing was found, so the first release is too much"
        );
        let said = room.run(&["balance", path]);
        assert_eq!(said.code, Some(1));
        assert!(said.stdout.contains("than had ever been found"), "{said:?}");
        assert!(said.stdout.contains("No record has a polygon"), "{said:?}");
    }
}

const GRID: &str = "colombia-reland-risk-grid/website_table.csv";
const SCORES: &str = "kind = 'event'\n[columns]\nmines_outcome = 'device'\n";

#[test]
fn scores_of_a_model_are_no_records_until_a_mapping_says_so() {
    let Some(path) = field_data(GRID) else { return };
    let room = Room::new();
    room.run(&["intake", path.to_str().unwrap()]).refused(&[
        "Unnamed: 0",
        "mines_outcome",
        "Municipio = admin2",
        "kind =",
    ]);
    room.write("grid.toml", SCORES);
    let told = room.told(&path, &["--mapping", "grid.toml"]);
    assert_eq!((told.rows(), told.column("Unnamed: 0")), (8_647, None));
}

#[test]
fn of_a_place_given_twice_the_finer_one_is_used_and_the_rounded_one_agrees() {
    let Some(path) = field_data(GRID) else { return };
    let room = Room::new();
    room.write("grid.toml", SCORES);
    assert_eq!(room.told(&path, &["--mapping", "grid.toml"]).count("positions-disagree"), 0);
    let mut finer = 0;
    for cell in room.features(&path, &["--mapping", "grid.toml"]) {
        let [[lon, lat]] = cell.corners[..] else { panic!("{cell:?}") };
        let text = cell.text("geometry").trim_start_matches("POINT").trim().trim_matches(['(', ')']);
        let whole: Vec<f64> = text.split(' ').map(|number| number.parse().unwrap()).collect();
        let off = (lon - whole[0]).abs().max((lat - whole[1]).abs());
        assert!(off < 1e-12, "well-known text, longitude first: {cell:?}");
        let rounded: f64 = cell.text("LATITUD_Y").parse().unwrap();
        assert!((rounded - lat).abs() < 1e-4, "{cell:?}");
        finer += usize::from((rounded - lat).abs() > 1e-12);
    }
    assert!(finer > 8_000, "{finer}");
}

#[test]
fn names_in_capitals_without_accents_stay_as_entered() {
    let Some(path) = field_data(GRID) else { return };
    let room = Room::new();
    room.write("grid.toml", SCORES);
    let told = room.told(&path, &["--mapping", "grid.toml"]);
    assert_eq!((told.count("damaged-name"), told.count("wrongly-decoded")), (0, 0));
    assert!(room.features(&path, &["--mapping", "grid.toml"]).iter().any(|cell| cell.text("Municipio") == "SONSON"));
}
