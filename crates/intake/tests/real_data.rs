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
    let mut clearance = 0;
    for year in 1990..=2019 {
        let intake = read(&folder.join(format!("{year}.json")), &options()).unwrap();
        let Records::Events(found) = &intake.taken else { panic!("{:?}", intake.kind) };
        events += found.len();
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
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!((lost[0].0, lost[0].2), (2004, -74.234_166_67));
    assert_eq!(damaged, 21);
    odd.retain(|(_, key)| !["codes-assumed", "identical-rows", "many-on-one-point"].contains(key));
    assert!(odd.is_empty(), "{odd:?}");
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
    }
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
