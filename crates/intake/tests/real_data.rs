//! Real field data, read in full. Skipped, and said so, where the shared folder is absent.

use intake::{
    Age, EventKind, FindingKind, Format, Intake, Options, Outcome, PersonStatus, RecordKind, Records, Sex, read,
};
use std::path::PathBuf;

fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("MINEBAN_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")));
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: shared data absent ({})", path.display());
    None
}

fn options() -> Options<'static> {
    Options::new(jiff::civil::date(2026, 7, 1))
}

fn intake(name: &str) -> Option<Intake> {
    let path = shared(name)?;
    let intake = read(&path, &options()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(intake.rows_read, (intake.taken.len() + intake.set_aside.len()) as u64);
    Some(intake)
}

fn total(intake: &Intake, key: &str) -> u64 {
    intake.findings.iter().filter(|finding| finding.kind.key() == key).map(|finding| finding.count).sum()
}

#[test]
fn the_victims_of_2021_add_up_to_the_published_totals() {
    let Some(intake) = intake("colombia-victims/victims-2021-11.csv") else { return };
    let Records::Victims(victims) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!((intake.rows_read, victims.len()), (12_062, 12_062));
    let count = |test: &dyn Fn(&intake::Victim) -> bool| victims.iter().filter(|victim| test(victim)).count();
    assert_eq!(count(&|v| v.outcome == Outcome::Injured), 9_733);
    assert_eq!(count(&|v| v.outcome == Outcome::Killed), 2_329);
    assert_eq!(count(&|v| v.status == PersonStatus::Civilian), 4_809);
    for (sex, age, n) in [
        (Sex::Female, Age::Adult, 367),
        (Sex::Female, Age::Child, 273),
        (Sex::Male, Age::Adult, 10_407),
        (Sex::Male, Age::Child, 975),
        (Sex::Unknown, Age::Adult, 33),
        (Sex::Unknown, Age::Child, 7),
    ] {
        assert_eq!(count(&|v| v.sex == sex && v.age == age), n, "{sex:?} {age:?}");
    }
    assert_eq!(count(&|v| v.year.is_some() && v.month.is_some() && v.position.is_some()), 12_062);
    assert_eq!(total(&intake, "identical-rows"), 3_781);
    assert_eq!(total(&intake, "positions-disagree"), 0);
    let granada = &victims[0];
    let code = granada.admin2_code.as_ref().unwrap();
    assert_eq!((code.raw.as_str(), code.best()), ("5313", "05313"));
    assert_eq!((granada.row, granada.raw.get(17)), (2, "Pasando, estando cerca"));
}

#[test]
fn the_victims_of_2017_are_read_through_their_thousands_separators() {
    let Some(intake) = intake("colombia-victims/victims-2017-10.csv") else { return };
    let Records::Victims(victims) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!(victims.len(), 11_498);
    assert_eq!(victims.iter().filter(|v| v.year == Some(2006)).count(), 1_232);
    assert_eq!(victims.iter().filter(|v| v.year.is_some_and(|year| year <= 2016)).count(), 11_475);
    assert_eq!(victims[0].admin2_code.as_ref().unwrap().best(), "05313");
    assert_eq!(total(&intake, "identical-rows"), 3_769);
    let separators = intake.findings.iter().filter(|f| f.kind.key() == "thousands-separators");
    assert_eq!(separators.filter_map(|f| f.field.clone()).collect::<Vec<_>>(), ["codigodanemunicipio", "ano"]);
}

#[test]
fn released_land_is_the_same_from_text_and_from_the_workbook() {
    let Some(text) = intake("colombia-land-release-2005-2014/anti-personnel-mines.csv") else { return };
    let Some(book) = intake("colombia-land-release-2005-2014/situaciondesminadohumanitario.xlsx") else { return };
    assert_eq!((book.format, book.sheet.as_deref()), (Format::Xlsx, Some("Hoja1")));
    let (Records::LandReleases(a), Records::LandReleases(b)) = (&text.taken, &book.taken) else { panic!() };
    assert_eq!((a.len(), b.len()), (333, 333));
    for (a, b) in a.iter().zip(b) {
        assert_eq!(a.cleared_m2, b.cleared_m2);
        assert_eq!(
            (a.year, a.month, &a.admin1, &a.admin2, &a.method),
            (b.year, b.month, &b.admin1, &b.admin2, &b.method)
        );
        assert_eq!(
            (a.ap_mines, a.uxo, a.improvised, a.items_destroyed),
            (b.ap_mines, b.uxo, b.improvised, b.items_destroyed)
        );
    }
    let cleared: f64 = a.iter().filter_map(|r| r.cleared_m2).sum();
    assert!((cleared - 2_170_631.03).abs() < 0.005, "{cleared}");
    let sum = |of: fn(&intake::LandRelease) -> Option<u64>| a.iter().filter_map(of).sum::<u64>();
    assert_eq!(
        [sum(|r| r.ap_mines), sum(|r| r.uxo), sum(|r| r.improvised), sum(|r| r.items_destroyed)],
        [3_871, 494, 641, 5_006]
    );
    assert_eq!(total(&text, "total-differs"), 0);
}

#[test]
fn in_thirty_years_of_events_one_minus_sign_is_lost_and_no_other() {
    let Some(folder) = shared("colombia-events-1990-2019") else { return };
    let (mut events, mut lost, mut damaged, mut odd) = (0, Vec::new(), 0, Vec::new());
    let (mut clearance, mut identical) = (0, 0);
    let mut kinds = std::collections::BTreeMap::<String, u64>::new();
    let mut points = std::collections::HashMap::<[u64; 2], u64>::new();
    for year in 1990..=2019 {
        let intake = read(&folder.join(format!("{year}.json")), &options()).unwrap();
        let Records::Events(found) = &intake.taken else { panic!("{:?}", intake.kind) };
        events += found.len();
        identical += total(&intake, "identical-rows");
        for event in found {
            *kinds.entry(event.code.clone().unwrap_or_default()).or_default() += 1;
            let place = event.position.unwrap();
            *points.entry([place.lon.to_bits(), place.lat.to_bits()]).or_default() += 1;
        }
        clearance += found.iter().filter(|event| event.kind == EventKind::MilitaryClearance).count();
        assert!(found.iter().all(|event| event.year == Some(year) && event.position.is_some()));
        for finding in intake.findings {
            match &finding.kind {
                FindingKind::LostMinusSign { lon, lat } => lost.push((year, finding.row, *lon, *lat)),
                FindingKind::DamagedName { likely } => {
                    assert!(likely.eq_ignore_ascii_case("cordoba") || likely == "CÓRDOBA", "{likely}");
                    assert_eq!(finding.value.as_deref(), Some("CaRDOBA"));
                    damaged += finding.count;
                }
                kind => odd.push((year, kind.key())),
            }
        }
    }
    assert_eq!((events, clearance), (36_527, 24_136));
    let counts: Vec<u64> = kinds.into_values().collect();
    assert_eq!(counts, [6_667, 242, 8, 24_136, 3_494, 44, 28, 1_908], "codes 1 to 8");
    assert_eq!((points.len(), points.into_values().max()), (27_241, Some(212)));
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!((lost[0].0, lost[0].2), (2004, -74.234_166_67));
    assert_eq!(damaged, 21);
    odd.retain(|(_, key)| !["codes-assumed", "identical-rows", "many-on-one-point"].contains(key));
    assert_eq!(identical, 4_927, "all kept");
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn released_land_without_items_and_items_without_land_are_said() {
    let Some(intake) = intake("colombia-land-release-2005-2014/anti-personnel-mines.csv") else { return };
    let Records::LandReleases(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!(total(&intake, "identical-rows"), 3);
    let no_item = list.iter().filter(|release| release.items_destroyed == Some(0)).count() as u64;
    let no_area = list.iter().filter(|release| release.cleared_m2 == Some(0.0)).count() as u64;
    assert_eq!((no_item, no_area), (109, 9));
    assert_eq!(total(&intake, "items-without-area"), 3);
    assert_eq!(total(&intake, "nothing-released"), no_area - 3);
    assert_eq!(total(&intake, "area-without-items"), no_item - (no_area - 3));
}

#[test]
fn codes_without_their_zero_are_restored_beside_what_was_entered() {
    for name in ["colombia-victims/victims-2017-10.csv", "colombia-victims/victims-2021-11.csv"] {
        let Some(intake) = intake(name) else { return };
        let Records::Victims(victims) = &intake.taken else { panic!("{:?}", intake.kind) };
        let code = |victim: &intake::Victim| victim.admin2_code.as_ref().unwrap().best().len();
        assert!(victims.iter().all(|victim| code(victim) == 5), "{name}");
        let said = intake.findings.iter().filter(|finding| finding.kind.key() == "leading-zero-lost");
        assert_eq!(said.count(), 2, "{name}: departments and municipalities");
        assert!(total(&intake, "many-on-one-point") > 0, "{name}");
    }
}

#[test]
fn minefields_mapped_by_volunteers_are_hazardous_areas() {
    let Some(intake) = intake("osm-minefields-excerpt/minefields-first-51.geojson") else { return };
    let Records::HazardousAreas(areas) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!(areas.len(), 51);
    assert!(areas.iter().all(|area| area.position.is_some() && area.shape.is_none()));
    for key in ["lost-minus-sign", "extra-minus-sign", "lat-lon-swapped", "wrongly-decoded", "damaged-name"] {
        assert_eq!(total(&intake, key), 0, "{key}");
    }
}

#[test]
fn boundaries_are_districts_and_two_may_share_a_name() {
    for (name, n) in [("bih-boundaries/bih-adm1.geojson", 3), ("bih-boundaries/bih-adm3-municipalities.geojson", 142)] {
        let Some(intake) = intake(name) else { return };
        let Records::Districts(districts) = &intake.taken else { panic!("{:?}", intake.kind) };
        assert_eq!(districts.len(), n);
        assert!(districts.iter().all(|district| district.name.is_some() && !district.shape.polygons.is_empty()));
        assert_eq!(total(&intake, "wgs84-named"), 1);
        assert_eq!(total(&intake, "duplicate-name"), u64::from(n == 142), "the two of Novi Grad");
        assert_eq!(total(&intake, "self-intersection"), 0);
    }
}

#[test]
fn a_record_that_names_one_of_two_districts_of_a_name_is_right_in_either() {
    let Some(boundaries) = intake("bih-boundaries/bih-adm3-municipalities.geojson") else { return };
    let Records::Districts(list) = &boundaries.taken else { panic!("{:?}", boundaries.kind) };
    let districts = intake::checks::Districts::new(list);
    // Invented records at real places: the two of Novi Grad lie 150 km apart. Brčko is written with and without its
    // accent, and once put in Sarajevo.
    let text = "id,area type,municipality,lat,lon\nA,SHA,Novi Grad,45.05,16.38\nB,SHA,Novi Grad,43.86,18.35\n\
        C,SHA,Brčko District,44.87,18.81\nD,SHA,Brcko District,44.87,18.81\nE,SHA,Brcko District,43.86,18.35\n\
        F,SHA,Novi Grad,44.87,18.81\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("areas.csv");
    std::fs::write(&path, text).unwrap();
    let read = read(&path, &Options { districts: Some(&districts), ..options() }).unwrap();
    let outside: Vec<_> = read.findings.iter().filter(|f| f.kind.key() == "outside-district").collect();
    let said: Vec<String> = outside.iter().map(ToString::to_string).collect();
    assert_eq!(outside.iter().filter_map(|f| f.row).collect::<Vec<_>>(), [6, 7], "{said:?}");
    assert!(said[0].contains("lies in Novi Grad") && said[1].contains("lies in Brcko District"), "{said:?}");
    assert_eq!((total(&read, "district-not-known"), total(&read, "name-written-two-ways")), (0, 1));
}

/// All places of the gazetteer, however deep.
fn gazetteer(value: &serde_json::Value, places: &mut Vec<[String; 4]>) {
    let children = match value {
        serde_json::Value::Array(list) => list.iter().collect::<Vec<_>>(),
        serde_json::Value::Object(object) => {
            let text = |key: &str| object.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            if object.contains_key("local") {
                places.push(["code", "local", "english", "reference"].map(text));
            }
            object.values().collect()
        }
        _ => return,
    };
    for child in children {
        gazetteer(child, places);
    }
}

#[test]
fn blanks_of_no_width_are_counted_in_khmer_and_named_in_english() {
    let Some(path) = shared("cambodia-gazetteer-khmer") else { return };
    let mut places = Vec::new();
    for name in ["battambang", "pailin", "banteay_meanchey", "oddar_meanchey", "preah_vihear", "pursat"] {
        let text = std::fs::read_to_string(path.join(format!("{name}.json"))).unwrap();
        gazetteer(&serde_json::from_str(&text).unwrap(), &mut places);
    }
    let holds = |at: usize| places.iter().filter(|place| place[at].contains('\u{200b}')).count() as u64;
    assert_eq!((holds(1), holds(2), holds(3)), (0, 1, 554), "in names of villages, in English, in references");
    // The places are real; the years and the people are invented.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("victims.csv");
    let mut writer = csv::Writer::from_path(&path).unwrap();
    writer.write_record(["កូដស្រុក", "ភូមិ", "name", "សកម្មភាព", "ឆ្នាំ", "ភេទ", "លទ្ធផល"]).unwrap();
    for [code, local, english, reference] in &places {
        writer.write_record([code, local, english, reference, "២០០៦", "ស្រី", "ស្លាប់"]).unwrap();
    }
    writer.flush().unwrap();
    let read = read(&path, &options()).unwrap();
    let Records::Victims(victims) = &read.taken else { panic!("{:?}", read.kind) };
    assert!(victims.iter().all(|v| v.year == Some(2006) && v.sex == Sex::Female && v.outcome == Outcome::Killed));
    assert_eq!(total(&read, "zero-width-between-words"), 554, "in Khmer they are no fault");
    assert_eq!(total(&read, "zero-width"), 1);
    assert_eq!(total(&read, "mixed-scripts"), 0);
}

#[test]
fn names_of_countries_in_six_languages_are_sound_text() {
    let Some(path) = shared("country-names-six-languages/countries-six-un-languages.csv") else { return };
    let error = read(&path, &options()).map(|intake| intake.kind).unwrap_err().to_string();
    assert!(error.contains("iso2, iso3, m49, en, fr"), "a list of countries is none of the kinds: {error}");
    let mapping = intake::Mapping::from_toml(
        "kind = 'event'\n[columns]\nen = 'place'\nfr = 'device'\nar = 'admin1'\nzh = 'admin2'\nru = 'name'\niso2 = 'id'\nm49 = 'admin1_code'",
    );
    let intake = read(&path, &Options { mapping: Some(mapping.unwrap()), ..options() }).unwrap();
    assert_eq!(intake.rows_read, 250);
    for key in
        ["wrongly-decoded", "unreadable-character", "zero-width", "mixed-scripts", "damaged-name", "duplicate-id"]
    {
        assert_eq!(total(&intake, key), 0, "{key}");
    }
}

#[test]
fn a_grid_of_risk_scores_is_read_when_a_mapping_says_what_it_tells() {
    let Some(path) = shared("colombia-reland-risk-grid/website_table.csv") else { return };
    let mapping = intake::Mapping::from_toml("kind = 'event'\n[columns]\nmines_outcome = 'device'").unwrap();
    let intake = read(&path, &Options { mapping: Some(mapping), ..options() }).unwrap();
    let Records::Events(cells) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!((cells.len(), total(&intake, "positions-disagree")), (8_647, 0));
    let with = |value: &str| cells.iter().filter(|cell| cell.device.as_deref() == Some(value)).count();
    assert_eq!((with("0"), with("1")), (4_449, 1_345));
    assert!(
        cells.iter().all(|cell| cell.position.is_some_and(|at| (-77.5..-73.5).contains(&at.lon))),
        "longitude first"
    );
    assert_eq!(intake.columns[0].header, "Unnamed: 0");
    assert!(cells.iter().any(|cell| cell.admin2.as_deref() == Some("SONSON")));
}

#[test]
fn a_grid_of_risk_scores_is_none_of_the_kinds_and_says_what_it_found() {
    let Some(path) = shared("colombia-reland-risk-grid/website_table.csv") else { return };
    let error = read(&path, &options()).map(|intake| intake.kind).unwrap_err().to_string();
    assert!(
        error.contains("mines_outcome") && error.contains("Municipio = admin2") && error.contains("kind ="),
        "{error}"
    );
}

#[test]
fn what_was_understood_is_explained() {
    let Some(intake) = intake("colombia-victims/victims-2021-11.csv") else { return };
    assert_eq!(intake.kind, RecordKind::Victim);
    let text = intake::explain(&intake);
    println!("{text}");
    for part in ["Rows read 12062 = taken 12062 + set aside 0", "genero = sex, by its name", "2006: injured"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}
