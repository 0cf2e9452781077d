//! Small invented files, each with one thing wrong: what the reader says, and that nothing is lost.

mod common;
use common::{count, failure, finding, intake, keys, victims};
use intake::{Age, BoundingBox, Format, IntakeError, Mapping, Options, Records, Sex};

fn options() -> Options<'static> {
    common::options()
}

#[test]
fn a_file_that_cannot_be_read_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let missing = intake::read(&folder.path().join("none.csv"), &options()).unwrap_err();
    assert!(matches!(missing, IntakeError::Missing { .. }) && missing.to_string().contains("no such file"));
    let directory = intake::read(folder.path(), &options()).unwrap_err();
    assert!(matches!(directory, IntakeError::Folder { .. }), "{directory}");
    for (name, bytes, part) in [
        ("empty.csv", &b""[..], "is empty"),
        ("blank.csv", b"\xef\xbb\xbf \n\n", "is empty"),
        ("a.csv", b"\x00\x01\x02\x03binary\x00\x00", "binary data"),
        ("a.csv", b"%PDF-1.4 ...", "a PDF document"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "a web page"),
        ("a.xml", b"<?xml version='1.0'?><gpx/>", "neither KML nor maXML"),
        ("a.kml", b"<!DOCTYPE kml [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><kml>&b;</kml>", "DOCTYPE"),
        ("a.kml", b"<kml><Document>", "ends inside"),
        ("a.zip", b"PK\x03\x04 things.shp", "cannot be unpacked"),
        ("a.xlsx", b"PK\x03\x04 xl/workbook.xml cut", "damaged or cut short"),
        ("a.json", b"[1, 2]", "not GeoJSON"),
        ("a.json", b"{\"type\": \"Topology\", \"objects\": {}}", "TopoJSON"),
        ("a.json", b"{\"a\": }", "byte 6"),
        ("a.csv", b"ano,sexo\n2006,\"Hombre\n2007,Mujer\n", "line 2"),
        ("a.csv", b"foo,bar\n1,2\n", "Found: foo, bar"),
    ] {
        let error = failure(name, bytes);
        assert!(error.contains(part) && error.contains(name), "{error}");
    }
}

#[test]
fn one_endless_line_is_refused_before_it_is_all_read() {
    let line = "x".repeat(80 << 20);
    let started = std::time::Instant::now();
    let error = failure("long.csv", line.as_bytes());
    assert!(error.contains("line 1") && error.contains("67108864 bytes"), "{error}");
    assert!(started.elapsed().as_secs() < 20);
    let json = format!("{{\"type\":\"{line}\"}}");
    assert!(failure("long.json", json.as_bytes()).contains("not FeatureCollection"));
    assert!(failure("deep.json", "[".repeat(1 << 20).as_bytes()).contains("too deep"));
}

#[test]
fn a_truncated_json_says_where_it_ends() {
    let text = "{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"properties\":{},\"geometry\":null},\n{\"type\":\"Fea";
    let error = failure("cut.json", text.as_bytes());
    assert!(
        error.contains("line 3")
            && error.contains("after 1 whole features")
            && error.contains(&format!("byte {}", text.len())),
        "{error}"
    );
}

#[test]
fn encodings_are_told_and_the_assumed_one_is_said() {
    let text = "año;género;estado\n2006;Mujer;Herido\n2007;Hombre;Muerto\n";
    let utf16 =
        |big: bool| text.encode_utf16().flat_map(move |unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16(false)).collect();
    let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(utf16(true)).collect();
    let bare: Vec<u8> = utf16(false).collect();
    let latin = encoding_rs_bytes(text);
    let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for (bytes, name, said) in [
        (little, "UTF-16LE", false),
        (big, "UTF-16BE", false),
        (bare, "UTF-16LE", true),
        (latin, "windows-1252", true),
        (bom, "UTF-8", false),
    ] {
        let intake = intake("a.csv", &bytes, &options());
        assert_eq!(intake.encoding.as_ref().unwrap().name, name);
        assert_eq!(keys(&intake).contains(&"encoding-assumed"), said, "{name}");
        assert_eq!((victims(&intake)[0].sex, victims(&intake)[1].year), (Sex::Female, Some(2007)), "{name}");
    }
    let mixed = [text.as_bytes(), b"2008;Mujer;Herido\n", &encoding_rs_bytes("2009;Mujer;lesión\n")].concat();
    assert_eq!(count(&intake("a.csv", &mixed, &options()), "mixed-encoding"), 1);
}

fn encoding_rs_bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

#[test]
fn names_in_three_languages_and_odd_spelling_are_known() {
    for text in [
        "\u{feff}A\u{200b}ÑO,Sexo,Estado\n2006,M,Herido\n2007,H,Muerto\n",
        "annee|sexe|resultat\n2006|Femme|Blessé\n2007|Homme|Tué\n",
        "YEAR\tGender\tOutcome\n2006\tF\tinjured\n2007\tM\tdead\n",
        "sep=;\nYear;Sex;Casualty Type\n2006;female;Wounded\n2007;male;Killed\n",
        "Victims of mines\n\nYear,Sex,Outcome\n2006,Woman,injured\n2007,Man,fatal\n",
    ] {
        let intake = intake("a.csv", text.as_bytes(), &options());
        let found: Vec<_> = victims(&intake).iter().map(|v| (v.year, v.sex)).collect();
        assert_eq!(found, [(Some(2006), Sex::Female), (Some(2007), Sex::Male)], "{text}");
    }
}

#[test]
fn a_negative_area_sets_its_row_aside() {
    let intake = intake("a.csv", b"year,cleared area (ha)\n2006,1.5\n2007,-2\n2008,\n", &options());
    let Records::LandReleases(list) = &intake.taken else { panic!() };
    assert_eq!(list.iter().map(|r| r.cleared_m2).collect::<Vec<_>>(), [Some(15_000.0), None]);
    assert_eq!(
        (intake.rows_read, intake.set_aside[0].row, intake.set_aside[0].reason.kind.key()),
        (3, 3, "negative-figure")
    );
    assert_eq!(intake.columns[1].unit.as_deref(), Some("ha"));
}

#[test]
fn units_and_separators_inside_cells_are_understood() {
    let text = "annee;superficie dépolluée;map;muse;total items\n2006;1 500 m2;1;2;3\n2007;2,5 ha;1;;5\n2008;1.234,5;0;0;0\n2009;12 %;;;\n";
    let intake = intake("a.csv", text.as_bytes(), &options());
    let Records::LandReleases(list) = &intake.taken else { panic!() };
    let areas: Vec<_> = list.iter().map(|r| r.cleared_m2).collect();
    assert_eq!(areas, [Some(1500.0), Some(25_000.0), Some(1234.5), None]);
    assert_eq!(keys(&intake).iter().filter(|key| **key == "total-differs").count(), 1);
    assert_eq!(finding(&intake, "not-a-number").value.as_deref(), Some("12 %"));
}

#[test]
fn rows_that_are_no_rows_of_the_table_are_set_aside_or_said() {
    let text = "year,sex,outcome\n2006,M,killed,extra\n2007,F\n,,\nTotal,2,2\n2008,F,injured,,\n";
    let intake = intake("a.csv", text.as_bytes(), &options());
    let aside: Vec<_> = intake.set_aside.iter().map(|aside| (aside.row, aside.reason.kind.key())).collect();
    assert_eq!(aside, [(2, "row-too-long"), (5, "total-row")]);
    assert_eq!((intake.rows_read, intake.taken.len()), (4, 2));
    assert_eq!((count(&intake, "row-too-short"), count(&intake, "blank-rows")), (1, 1));
}

#[test]
fn years_and_dates_out_of_range_lose_the_date_and_not_the_row() {
    let text = "date,sex,outcome\n31/02/2006,F,killed\n25/12/2030,F,killed\n13/05/1850,M,killed\n05/06/2007,M,injured\n2009,F,injured\n";
    let intake = intake("a.csv", text.as_bytes(), &options());
    let years: Vec<_> = victims(&intake).iter().map(|v| (v.year, v.month)).collect();
    assert_eq!(years, [(None, None), (None, None), (None, None), (Some(2007), Some(6)), (Some(2009), None)]);
    assert_eq!((count(&intake, "not-a-date"), count(&intake, "year-out-of-range")), (1, 2));
    let soon = self::intake("a.csv", b"date,sex,outcome\n2026-12-24,F,killed\n2026-01-02,M,killed\n", &options());
    assert_eq!(count(&soon, "future-date"), 1);
    assert_eq!((victims(&soon)[0].year, victims(&soon)[0].date), (Some(2026), None));
}

#[test]
fn a_date_that_could_be_read_two_ways_is_said() {
    let intake = intake("a.csv", b"date,sex,outcome\n05/06/2007,M,killed\n03/04/2008,F,killed\n", &options());
    assert_eq!(count(&intake, "date-order-ambiguous"), 1);
    assert_eq!(victims(&intake)[0].month, Some(6));
}

#[test]
fn positions_that_cannot_be_are_not_taken() {
    let text = "year,sex,outcome,lat,lon\n2006,F,killed,1041234.5,998877\n2007,M,killed,0,0\n2008,M,killed,95,190\n2009,F,killed,4.5,\n2010,F,killed,4.5,-74.1\n";
    let intake = intake("a.csv", text.as_bytes(), &options());
    let placed = victims(&intake).iter().filter(|v| v.position.is_some()).count();
    assert_eq!((victims(&intake).len(), placed), (5, 1));
    for key in ["projected-metres", "zero-zero", "impossible-coordinate", "not-a-position"] {
        assert_eq!(count(&intake, key), 1, "{key}");
    }
}

#[test]
fn a_point_outside_the_country_is_kept_and_said() {
    let country_box = Some(BoundingBox { west: -79.1, south: -4.3, east: -66.8, north: 12.6 });
    let text = "year,sex,outcome,lat,lon\n2006,F,killed,48.1,11.5\n2010,F,killed,4.5,-74.1\n";
    let intake = intake("a.csv", text.as_bytes(), &Options { country_box, ..options() });
    assert_eq!(count(&intake, "outside-country"), 1);
    assert!(victims(&intake).iter().all(|v| v.position.is_some()));
}

#[test]
fn identical_rows_are_all_kept() {
    let intake = intake("a.csv", b"year,sex,outcome\n2006,F,killed\n2006,F,killed\n2006,F,killed\n", &options());
    assert_eq!((victims(&intake).len(), count(&intake, "identical-rows")), (3, 2));
}

#[test]
fn damaged_text_is_named_and_left_as_entered() {
    let text = "departamento,sexo,estado\nBogotÃ¡,F,Herido\nNari\u{fffd}o,F,Herido\nNariño,F,Herido\nВoyaca,F,Herido\n";
    let intake = intake("a.csv", text.as_bytes(), &options());
    assert_eq!(finding(&intake, "wrongly-decoded").kind.args()[1], ("likely", "Bogotá".to_owned()));
    assert_eq!(finding(&intake, "damaged-name").kind.args(), [("likely", "Nariño".to_owned())]);
    assert_eq!(count(&intake, "mixed-scripts"), 1);
    assert_eq!(victims(&intake)[0].admin1.as_deref(), Some("BogotÃ¡"));
}

#[test]
fn an_age_may_be_a_number_a_band_or_a_word() {
    let text = "sex;age;outcome\nF;17;killed\nF;18+;killed\nM;0-17;killed\nM;15-24;killed\nM;;killed\n";
    let intake = intake("a.csv", text.as_bytes(), &options());
    let ages: Vec<_> = victims(&intake).iter().map(|v| v.age).collect();
    assert_eq!(ages, [Age::Child, Age::Adult, Age::Child, Age::Unknown, Age::Unknown]);
    assert_eq!((victims(&intake)[0].age_years, victims(&intake)[3].age_band.as_deref()), (Some(17), Some("15-24")));
}

#[test]
fn a_mapping_says_what_the_vocabulary_does_not_know() {
    let mapping = Mapping::from_toml(
        "kind = 'victim'\ndelimiter = '#'\n[columns]\nJahr = 'year'\nGeschlecht = 'sex'\nFolge = 'outcome'\n[values.sex]\nMann = 'male'\n[values.outcome]\ntot = 'killed'\n",
    );
    let options = Options { mapping: Some(mapping.unwrap()), ..options() };
    let found = intake("a.csv", b"Jahr#Geschlecht#Folge\n2006#Mann#tot\n", &options);
    assert_eq!((victims(&found)[0].sex, victims(&found)[0].outcome), (Sex::Male, intake::Outcome::Killed));
    let error = common::read("a.csv", b"Jahr#Folge\n2006#tot\n", &options).unwrap_err().to_string();
    assert!(error.contains("\"Geschlecht\"") && error.contains("Jahr, Folge"), "{error}");
}

#[test]
fn many_findings_of_one_kind_are_counted_and_few_are_listed() {
    let rows = "1850,F,killed\n".repeat(500);
    let intake = intake("a.csv", format!("year,sex,outcome\n{rows}").as_bytes(), &options());
    assert_eq!(count(&intake, "year-out-of-range"), 500);
    assert_eq!(keys(&intake).iter().filter(|key| **key == "year-out-of-range").count(), 20);
}

#[test]
fn limits_are_named_when_they_are_met() {
    let limits = intake::Limits { max_rows: 2, max_cell_bytes: 10, max_file_bytes: 200, ..intake::Limits::default() };
    let options = Options { limits, ..options() };
    for (text, part) in [
        ("year,sex,outcome\n1,F,k\n2,F,k\n3,F,k\n".to_owned(), "more than the 2 rows"),
        ("year,sex,outcome\n1,F,killed in action\n".to_owned(), "row 2, column 3"),
        ("x".repeat(300), "more than the 200 allowed"),
    ] {
        let error = common::read("a.csv", text.as_bytes(), &options).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn progress_is_told() {
    let last = std::cell::Cell::new((0, 0));
    let progress = |done: u64, total: u64| last.set((done, total));
    let options = Options { progress: Some(&progress), ..options() };
    assert_eq!(intake("a.csv", b"year,sex,outcome\n2006,F,killed\n", &options).format, Format::Delimited);
    assert!(last.get().1 > 0 && last.get().0 <= last.get().1);
}
