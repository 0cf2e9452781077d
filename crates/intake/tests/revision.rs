//! A file brought in again: invented files, each with one change, and two real releases of one register.
#![allow(clippy::unwrap_used)] // a test may stop where it fails

mod common;
use common::{intake, options};
use intake::revision::{Revision, compare};
use intake::{FindingKind, Intake};
use std::path::PathBuf;

fn csv(text: &str) -> Intake {
    intake("a.csv", text.as_bytes(), &options())
}

fn revised(before: &str, now: &str) -> Revision {
    compare(&csv(before), &csv(now)).unwrap()
}

const BEFORE: &str = "id,date found,area type,area,lat,lon\nA-1,2019-03-01,SHA,500,1.0,30.0\nA-2,2020-03-01,SHA,700,1.1,30.1\nA-3,2020-04-01,CHA,900,1.2,30.2\nA-4,2021-04-01,CHA,950,1.3,30.3\n";

#[test]
fn records_with_identifiers_are_matched_by_them() {
    // A-1 stays though its row moves; A-2 is 100 m2 larger; A-3 moved about 1.1 km; A-4 is gone; A-5 is new.
    let now = "id,date found,area type,area,lat,lon\nA-5,2022-01-01,SHA,10,1.5,30.5\nA-3,2020-04-01,CHA,900,1.21,30.2\nA-2,2020-03-01,SHA,800,1.1,30.1\nA-1,2019-03-01,SHA,500,1.00001,30.0\n";
    let revision = revised(BEFORE, now);
    assert!(revision.by_id);
    assert_eq!((revision.unchanged, &revision.added[..], &revision.withdrawn[..]), (1, &[2][..], &[5][..]));
    let changed: Vec<_> = revision.changed.iter().map(|one| (one.before_row, one.now_row)).collect();
    assert_eq!(changed, [(4, 3), (3, 4)]);
    let area = &revision.changed[1].fields;
    assert_eq!((area.len(), area[0].field, &*area[0].before, &*area[0].now), (1, "area_m2", "700", "800"));
    let moved: Vec<f64> = revision.moved().filter_map(|one| one.moved_m).collect();
    assert!(moved.len() == 1 && (moved[0] - 1_105.7).abs() < 2.0, "{moved:?}");
    let stated = revision.years.iter().find(|year| year.year == Some(2020)).unwrap();
    assert_eq!(stated.figures["stated m2"], (1600.0, 1700.0));
    assert_eq!((stated.changed, stated.moved), (2, 1));
    // 2021 was the last year of the earlier file, so its change needs no explaining.
    assert_eq!(revision.findings.len(), 1);
    assert!(revision.findings[0].to_string().contains("2020 is past"), "{}", revision.findings[0]);
}

#[test]
fn equal_records_are_paired_as_often_as_they_occur() {
    let row = "2019,3,F,killed,A,B\n";
    let head = "year,month,sex,outcome,province,district\n";
    let revision = revised(&format!("{head}{}", row.repeat(5)), &format!("{head}{}", row.repeat(3)));
    assert_eq!((revision.unchanged, revision.withdrawn.len(), revision.added.len()), (3, 2, 0));
    assert_eq!((revision.smaller.len(), revision.smaller[0].before, revision.smaller[0].now), (1, 5, 3));
}

#[test]
fn records_without_identifiers_are_paired_by_place_and_time_and_likeness() {
    let head = "year;month;sex;outcome;age;status;province;district\n";
    let before =
        format!("{head}2019;3;F;injured;12;civil;A;B\n2019;3;M;killed;40;militar;A;B\n2018;1;M;killed;30;civil;A;C\n");
    let now =
        format!("{head}2019;3;M;killed;40;militar;A;B\n2019;3;F;killed;12;civil;A;B\n2017;1;F;injured;9;civil;A;D\n");
    let revision = revised(&before, &now);
    assert_eq!(revision.unchanged, 1);
    assert_eq!(revision.changed.len(), 1, "the girl died of it later");
    let field = &revision.changed[0].fields[0];
    assert_eq!((field.field, &*field.before, &*field.now), ("outcome", "Injured", "Killed"));
    assert_eq!((&revision.withdrawn[..], &revision.added[..]), (&[4][..], &[4][..]), "another year, sex and place");
}

#[test]
fn a_column_that_only_one_file_has_is_no_change() {
    let before = "year,sex,outcome,province\n2019,F,killed,A\n";
    let now = "year,sex,outcome,province,activity\n2019,F,killed,A,farming\n";
    assert_eq!(revised(before, now).unchanged, 1);
}

#[test]
fn two_kinds_of_file_are_not_compared() {
    let error = compare(&csv(BEFORE), &csv("year,sex,outcome\n2019,F,killed\n")).unwrap_err().to_string();
    assert!(error.contains("victim") && error.contains("hazardous_area"), "{error}");
}

#[test]
fn a_long_file_is_compared_with_itself() {
    let row = |n: u32| format!("{},F,killed,Province {},District {}", 1990 + n % 30, n % 7, n % 50);
    let rows: Vec<String> = (0..20_000).map(row).collect();
    let text = |rows: &[String]| format!("year,sex,outcome,province,district\n{}\n", rows.join("\n"));
    let (text, shorter) = (text(&rows), text(&rows[..19_000]));
    let revision = revised(&text, &shorter);
    assert_eq!((revision.unchanged, revision.withdrawn.len(), revision.added.len()), (19_000, 1_000, 0));
}

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

#[test]
fn the_victims_of_2017_and_2021_disagree_about_the_past_as_published() {
    let (Some(before), Some(now)) =
        (shared("colombia-victims/victims-2017-10.csv"), shared("colombia-victims/victims-2021-11.csv"))
    else {
        return;
    };
    let (before, now) = (intake::read(&before, &options()).unwrap(), intake::read(&now, &options()).unwrap());
    let revision = compare(&before, &now).unwrap();
    let past = || revision.years.iter().filter(|year| year.year.is_some_and(|year| year <= 2016));
    let sum = |of: fn(&(f64, f64)) -> f64| past().map(|year| of(&year.figures["records"])).sum::<f64>();
    assert_eq!((sum(|f| f.0), sum(|f| f.1)), (11_475.0, 11_466.0));
    let smaller = revision.smaller.iter().filter(|one| one.year.is_some_and(|year| year <= 2016)).count();
    assert_eq!(smaller, 92, "municipality-months that got smaller");
    println!(
        "unchanged {}, changed {}, moved {}, withdrawn {}, added {}, findings {}",
        revision.unchanged,
        revision.changed.len(),
        revision.moved().count(),
        revision.withdrawn.len(),
        revision.added.len(),
        revision.findings.len()
    );
    let mut fields = std::collections::BTreeMap::<&str, u64>::new();
    for field in revision.changed.iter().flat_map(|one| &one.fields) {
        *fields.entry(field.field).or_default() += 1;
    }
    println!("{fields:?}");
    let years: Vec<i16> = revision
        .findings
        .iter()
        .filter_map(|finding| match finding.kind {
            FindingKind::PastYearChanged { year, .. } => Some(year),
            _ => None,
        })
        .collect();
    assert!(!years.is_empty() && years.iter().all(|year| *year <= 2016), "{years:?}");
    for year in past().filter(|year| (year.figures["records"].0 - year.figures["records"].1).abs() > 0.5) {
        assert!(years.contains(&year.year.unwrap()), "{:?}", year.year);
    }
}
