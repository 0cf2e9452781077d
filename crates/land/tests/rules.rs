//! The rules of the balance, one worked case each.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

mod common;

use common::{agree, district, hazard, polygon, rectangle, release, stated_hazard, stated_release};
use land::{
    Balance, Correction, District, Hazard, Place, Polygon, Release, ReleaseKind, YearRow, balance, polygon_area_m2,
};

fn mapped(balance: &Balance, year: i16) -> YearRow {
    balance.row(year, Place::Whole).unwrap().as_mapped
}

fn recorded(balance: &Balance, year: i16, place: Place<'_>) -> YearRow {
    balance.row(year, place).unwrap().as_recorded
}

#[track_caller]
fn assert_agree(a: f64, b: f64) {
    assert!(agree(a, b, 1e-10), "{a} is not {b}");
}

fn closing(hazards: &[Hazard], releases: &[Release]) -> f64 {
    balance(hazards, releases, &[], &[]).as_mapped.whole.last().unwrap().closing
}

#[test]
fn ground_counts_from_the_year_found_to_the_year_before_release() {
    let half = rectangle(0.0, 0.0, 5.0, 10.0);
    let (area, half_area) = (polygon_area_m2(&rectangle(0.0, 0.0, 10.0, 10.0)), polygon_area_m2(&half));
    let found = [hazard(2020, rectangle(0.0, 0.0, 10.0, 10.0))];
    let balance = balance(&found, &[release(2023, ReleaseKind::Reduced, half)], &[], &[]);
    assert_eq!(balance.years(), Some(2020..=2023));
    assert_eq!(mapped(&balance, 2020).opening, 0.0);
    assert_agree(mapped(&balance, 2020).found, area);
    assert_agree(mapped(&balance, 2022).closing, area);
    assert_agree(mapped(&balance, 2023).reduced, half_area);
    assert_agree(mapped(&balance, 2023).closing, area - half_area);
}

#[test]
fn identical_hazards_count_once() {
    let shape = rectangle(0.0, 0.0, 10.0, 10.0);
    let found = [hazard(2020, shape.clone()), hazard(2021, shape.clone()), hazard(2020, shape.clone())];
    let balance = balance(&found, &[], &[], &[]);
    assert_agree(mapped(&balance, 2021).closing, polygon_area_m2(&shape));
    assert_eq!(mapped(&balance, 2021).found, 0.0);
    assert_agree(balance.findings.overlap_m2, polygon_area_m2(&shape));
}

#[test]
fn neighbours_that_share_an_edge_do_not_overlap() {
    let found = [hazard(2020, rectangle(0.0, 0.0, 10.0, 10.0)), hazard(2020, rectangle(10.0, 0.0, 10.0, 10.0))];
    let balance = balance(&found, &[], &[], &[]);
    assert_agree(mapped(&balance, 2020).closing, polygon_area_m2(&rectangle(0.0, 0.0, 20.0, 10.0)));
    assert!(balance.findings.overlap_m2.abs() < 1e-5);
}

#[test]
fn ground_in_a_hole_is_no_hazard() {
    let ring = |p: &Polygon| p.rings()[0].clone();
    let (outer, hole) = (rectangle(0.0, 0.0, 10.0, 10.0), rectangle(2.0, 2.0, 3.0, 3.0));
    let found = [hazard(2020, Polygon::new(vec![ring(&outer), ring(&hole)]))];
    assert_agree(closing(&found, &[]), polygon_area_m2(&outer) - polygon_area_m2(&hole));
    let in_the_hole = balance(&found, &[release(2021, ReleaseKind::Cleared, hole.clone())], &[], &[]);
    assert_agree(in_the_hole.findings.released_outside_hazard_m2, polygon_area_m2(&hole));
}

#[test]
fn a_release_may_cover_several_hazards_and_more_ground_than_any() {
    let found = [hazard(2020, rectangle(0.0, 0.0, 5.0, 5.0)), hazard(2021, rectangle(7.0, 0.0, 5.0, 5.0))];
    let wide = rectangle(-1.0, -1.0, 20.0, 20.0);
    let balance = balance(&found, &[release(2022, ReleaseKind::Cleared, wide.clone())], &[], &[]);
    let hazards = polygon_area_m2(&rectangle(0.0, 0.0, 5.0, 5.0)) + polygon_area_m2(&rectangle(7.0, 0.0, 5.0, 5.0));
    assert_agree(mapped(&balance, 2022).cleared, hazards);
    assert_eq!(mapped(&balance, 2022).closing, 0.0);
    assert_agree(balance.findings.released_outside_hazard_m2, polygon_area_m2(&wide) - hazards);
}

#[test]
fn completion_reads_zero_however_many_parts_it_took() {
    let found = [hazard(2010, rectangle(0.0, 0.0, 30.0, 7.7))];
    let part = |i: u8| release(2011 + i16::from(i), ReleaseKind::Cleared, rectangle(f64::from(i) * 3.0, 0.0, 3.0, 7.7));
    let parts: Vec<_> = (0..10).map(part).collect();
    let balance = balance(&found, &parts, &[], &[]);
    // The parts' corners are rounded to a nanometre, so slivers of some mm² may remain on the shared edges, no more.
    assert!(mapped(&balance, 2020).closing.abs() < 1e-4);
    let whole = release(2021, ReleaseKind::Cleared, rectangle(0.0, 0.0, 30.0, 7.7));
    assert_eq!(closing(&found, &[parts, vec![whole]].concat()), 0.0);
}

#[test]
fn ground_found_and_released_in_one_year_shows_in_both_columns() {
    let shape = rectangle(0.0, 0.0, 5.0, 5.0);
    let balance =
        balance(&[hazard(2020, shape.clone())], &[release(2020, ReleaseKind::Cancelled, shape.clone())], &[], &[]);
    let row = mapped(&balance, 2020);
    assert_agree(row.found, polygon_area_m2(&shape));
    assert_eq!((row.cancelled, row.closing), (row.found, 0.0));
}

#[test]
fn of_two_releases_in_one_year_the_one_with_most_effort_counts() {
    let shape = rectangle(0.0, 0.0, 5.0, 5.0);
    let both =
        [ReleaseKind::Cancelled, ReleaseKind::Cleared, ReleaseKind::Reduced].map(|k| release(2021, k, shape.clone()));
    let row = mapped(&balance(&[hazard(2020, shape)], &both, &[], &[]), 2021);
    assert_eq!((row.cancelled, row.reduced), (0.0, 0.0));
    assert!(row.cleared > 0.0);
}

#[test]
fn of_releases_in_different_years_the_first_counts() {
    let shape = rectangle(0.0, 0.0, 5.0, 5.0);
    let both =
        [release(2023, ReleaseKind::Cleared, shape.clone()), release(2021, ReleaseKind::Cancelled, shape.clone())];
    let balance = balance(&[hazard(2020, shape)], &both, &[], &[]);
    assert!(mapped(&balance, 2021).cancelled > 0.0);
    assert_eq!(mapped(&balance, 2023).cleared, 0.0);
}

#[test]
fn ground_released_before_it_was_found_is_a_finding() {
    let shape = rectangle(0.0, 0.0, 5.0, 5.0);
    let balance =
        balance(&[hazard(2020, shape.clone())], &[release(2018, ReleaseKind::Cleared, shape.clone())], &[], &[]);
    assert_eq!(balance.years(), Some(2018..=2020));
    assert_eq!(mapped(&balance, 2020).closing, 0.0);
    assert_agree(balance.findings.released_before_found_m2, polygon_area_m2(&shape));
    assert_eq!(balance.findings.found_again_m2, 0.0);
}

#[test]
fn ground_found_again_after_release_is_a_finding() {
    let shape = rectangle(0.0, 0.0, 5.0, 5.0);
    let found = [hazard(2015, shape.clone()), hazard(2020, shape.clone())];
    let balance = balance(&found, &[release(2018, ReleaseKind::Cleared, shape.clone())], &[], &[]);
    assert_agree(balance.findings.found_again_m2, polygon_area_m2(&shape));
    assert_eq!(balance.findings.released_before_found_m2, 0.0);
    assert_eq!(mapped(&balance, 2020).closing, 0.0);
}

#[test]
fn a_shape_without_area_is_harmless() {
    let flat = polygon(&[&[[20.0, 40.0], [20.1, 40.1], [20.2, 40.2]]]);
    let upright = polygon(&[&[[20.05, 39.0], [20.05, 41.0], [20.05, 40.0]]]);
    let solid = rectangle(0.0, 0.0, 5.0, 5.0);
    let found = [hazard(2020, flat), hazard(2019, upright), hazard(2021, solid.clone())];
    assert_agree(closing(&found, &[]), polygon_area_m2(&solid));
}

/// Two districts with a ragged border between them, a third to the north, and ground to the south that is in none.
fn districts() -> [District; 3] {
    let at = |x: f64, y: f64| [20.0 + x / 1000.0, 40.0 + y / 1000.0];
    let border = [at(10.0, 0.0), at(13.0, 7.0), at(8.0, 11.0), at(12.0, 20.0)];
    let west = [&border[..], &[at(-50.0, 20.0), at(-50.0, 0.0)]].concat();
    let mut east = [&border[..], &[at(60.0, 20.0), at(60.0, 0.0)]].concat();
    east.reverse();
    let north = [at(-50.0, 20.0), at(12.0, 20.0), at(60.0, 20.0), at(60.0, 80.0), at(-50.0, 80.0)];
    [district("West", polygon(&[&west])), district("East", polygon(&[&east])), district("North", polygon(&[&north]))]
}

#[test]
fn a_hazard_across_districts_is_shared_out_and_sums_to_the_whole() {
    let shape = rectangle(0.0, -5.0, 30.0, 40.0);
    let found = [hazard(2020, shape.clone()), hazard(2020, rectangle(-40.0, 5.0, 5.0, 5.0))];
    let balance = balance(&found, &[], &districts(), &[]);
    let of = |place| balance.row(2020, place).unwrap().as_mapped.closing;
    let (west, east) = (of(Place::District("West")), of(Place::District("East")));
    let (north, outside) = (of(Place::District("North")), of(Place::OutsideDistricts));
    assert_agree(north, polygon_area_m2(&rectangle(0.0, 20.0, 30.0, 15.0)));
    assert_agree(outside, polygon_area_m2(&rectangle(0.0, -5.0, 30.0, 5.0)));
    assert_agree(
        west + east,
        polygon_area_m2(&rectangle(0.0, 0.0, 30.0, 20.0)) + polygon_area_m2(&rectangle(-40.0, 5.0, 5.0, 5.0)),
    );
    // The border's polygon, closed along the west side of the hazard.
    let at = |x: f64, y: f64| [20.0 + x / 1000.0, 40.0 + y / 1000.0];
    let west_part =
        polygon(&[&[at(0.0, 0.0), at(10.0, 0.0), at(13.0, 7.0), at(8.0, 11.0), at(12.0, 20.0), at(0.0, 20.0)]]);
    assert_agree(west, polygon_area_m2(&west_part) + polygon_area_m2(&rectangle(-40.0, 5.0, 5.0, 5.0)));
    assert_agree(west + east + north + outside, closing(&found, &[]));
}

#[test]
fn ground_in_two_districts_belongs_to_the_first_listed() {
    let everywhere = district("All", rectangle(-50.0, -50.0, 100.0, 100.0));
    let part = district("Part", rectangle(5.0, 0.0, 5.0, 10.0));
    let found = [hazard(2020, rectangle(0.0, 0.0, 10.0, 10.0))];
    let in_part = |districts: &[District]| {
        balance(&found, &[], districts, &[]).row(2020, Place::District("Part")).unwrap().as_mapped.closing
    };
    assert_eq!(in_part(&[everywhere.clone(), part.clone()]), 0.0);
    assert_agree(in_part(&[part.clone(), everywhere]), polygon_area_m2(&part.shape));
}

#[test]
fn an_enclave_is_a_hole_of_the_district_around_it() {
    let ring = |p: &Polygon| p.rings()[0].clone();
    let (around, enclave) = (rectangle(-50.0, -50.0, 100.0, 100.0), rectangle(0.0, 0.0, 5.0, 5.0));
    let districts =
        [district("Around", Polygon::new(vec![ring(&around), ring(&enclave)])), district("Enclave", enclave.clone())];
    let found = [hazard(2020, rectangle(1.0, 1.0, 2.0, 2.0)), hazard(2020, rectangle(20.0, 20.0, 2.0, 2.0))];
    let balance = balance(&found, &[], &districts, &[]);
    for (name, hazard) in [("Enclave", &found[0]), ("Around", &found[1])] {
        let row = balance.row(2020, Place::District(name)).unwrap();
        assert_agree(row.as_mapped.closing, polygon_area_m2(hazard.shape.as_ref().unwrap()));
    }
}

#[test]
fn stated_areas_stand_beside_the_map_and_may_go_negative() {
    let found = [stated_hazard(2020, 1000.0, None)];
    let released = [
        stated_release(2021, ReleaseKind::Cancelled, 700.5, None),
        stated_release(2023, ReleaseKind::Cleared, 400.0, None),
    ];
    let balance = balance(&found, &released, &[], &[]);
    assert_eq!(recorded(&balance, 2022, Place::Whole).opening, 299.5);
    assert_eq!(recorded(&balance, 2023, Place::Whole).closing, -100.5);
    assert_eq!(balance.row(2023, Place::Whole).unwrap().difference.closing, 100.5);
    assert_eq!(
        (balance.findings.records_without_shape.hazards, balance.findings.records_without_shape.releases),
        (1, 2)
    );
}

#[test]
fn a_record_counts_in_the_district_it_states_else_where_most_of_it_lies() {
    let stating = |area, name: Option<&str>, shape| Hazard { shape, ..stated_hazard(2020, area, name) };
    let mostly_west = rectangle(0.0, 2.0, 15.0, 1.0);
    let found = [
        stating(1.0, Some("East"), None),
        stating(20.0, Some("East"), Some(mostly_west.clone())),
        stating(300.0, None, Some(mostly_west)),
        stating(4000.0, Some(" "), None),
        stating(50_000.0, Some("Weast"), None),
        stating(600_000.0, None, Some(rectangle(0.0, -20.0, 5.0, 5.0))),
    ];
    let balance = balance(&found, &[], &districts(), &[]);
    let of = |place| recorded(&balance, 2020, place).closing;
    assert_eq!(of(Place::District("East")), 21.0);
    assert_eq!(of(Place::District("West")), 300.0);
    assert_eq!(of(Place::District("Weast")), 50_000.0);
    assert_eq!(of(Place::OutsideDistricts), 604_000.0);
    assert_eq!(of(Place::Whole), 654_321.0);
    assert_eq!(balance.findings.unknown_districts, ["Weast"]);
}

#[test]
fn a_record_without_a_stated_area_is_counted_and_not_taken_for_zero() {
    let mut records = [hazard(2020, rectangle(0.0, 0.0, 5.0, 5.0)), stated_hazard(2021, f64::NAN, None)];
    records[1].shape = Some(Polygon::default());
    let balance = balance(&records, &[], &[], &[]);
    assert_eq!(balance.findings.records_without_stated_area.hazards, 2);
    assert_eq!(balance.findings.records_without_shape.hazards, 1);
    assert_eq!(recorded(&balance, 2021, Place::Whole).closing, 0.0);
}

#[test]
fn corrections_enter_both_ways_of_counting() {
    let line = |year, area_m2, district: Option<&str>| Correction {
        district: district.map(str::to_owned),
        year,
        kind: None,
        area_m2,
        reason: "remeasured".to_owned(),
    };
    let lines = [line(2021, -250.0, Some("West")), line(2024, 50.25, None), line(2022, f64::INFINITY, None)];
    let balance = balance(&[stated_hazard(2020, 1000.0, Some("West"))], &[], &districts(), &lines);
    assert_eq!(recorded(&balance, 2021, Place::District("West")).closing, 750.0);
    let row = balance.row(2024, Place::Whole).unwrap();
    assert_eq!((row.as_recorded.corrected, row.as_recorded.closing), (50.25, 800.25));
    assert_eq!((row.as_mapped.closing, row.difference.corrected), (-199.75, 0.0));
    assert_eq!(balance.findings.corrections_without_area, 1);
}

#[test]
fn no_records_make_no_years_but_known_places() {
    let balance = balance(&[], &[], &districts(), &[]);
    assert_eq!(balance.years(), None);
    assert_eq!(balance.row(2020, Place::Whole), None);
    assert_eq!(balance.as_mapped.districts.len(), 4);
}

#[test]
fn a_balance_is_written_with_its_own_names() {
    let balance = balance(&[stated_hazard(2020, 10.5, None)], &[], &[], &[]);
    let json = serde_json::to_value(&balance).unwrap();
    assert_eq!(json["as_recorded"]["whole"][0]["closing"], 10.5);
    assert_eq!(json["as_recorded"]["districts"][0]["district"], serde_json::Value::Null);
    assert_eq!(json["findings"]["records_without_shape"]["hazards"], 1);
}
