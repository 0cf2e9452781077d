//! Suspected and confirmed ground apart.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

mod common;

use common::{agree, any_hazards, any_polygon, any_releases, district, hazard, rectangle, release};
use land::{Balance, Correction, Hazard, HazardKind, Place, ReleaseKind, YearRow, balance, polygon_area_m2};
use proptest::prelude::*;

fn confirmed(year: i16, shape: land::Polygon) -> Hazard {
    Hazard { kind: HazardKind::Confirmed, ..hazard(year, shape) }
}

fn row(balance: &Balance, year: i16, kind: HazardKind) -> YearRow {
    *balance.row_of_kind(year, Place::Whole, kind).unwrap()
}

#[test]
fn confirming_ground_moves_it_and_it_is_released_from_where_it_stands() {
    let (whole, half) = (rectangle(0.0, 0.0, 10.0, 10.0), rectangle(0.0, 0.0, 10.0, 5.0));
    let (area, part) = (polygon_area_m2(&whole), polygon_area_m2(&half));
    let hazards = [hazard(2018, whole.clone()), confirmed(2020, half)];
    let balance = balance(&hazards, &[release(2022, ReleaseKind::Cleared, whole)], &[], &[]);
    let (suspected, sure) = (row(&balance, 2020, HazardKind::Suspected), row(&balance, 2020, HazardKind::Confirmed));
    assert!(agree(suspected.reclassified, -part, 1e-10) && agree(sure.reclassified, part, 1e-10));
    assert!(agree(suspected.closing, area - part, 1e-10) && agree(sure.closing, part, 1e-10));
    assert_eq!(balance.row(2020, Place::Whole).unwrap().as_mapped.reclassified, 0.0);
    let (suspected, sure) = (row(&balance, 2022, HazardKind::Suspected), row(&balance, 2022, HazardKind::Confirmed));
    assert!(agree(suspected.cleared, area - part, 1e-10) && agree(sure.cleared, part, 1e-10));
    assert_eq!((suspected.closing, sure.closing), (0.0, 0.0));
}

#[test]
fn confirmed_ground_stays_confirmed() {
    let shape = rectangle(0.0, 0.0, 10.0, 10.0);
    let balance = balance(&[confirmed(2018, shape.clone()), hazard(2020, shape)], &[], &[], &[]);
    assert_eq!(row(&balance, 2020, HazardKind::Suspected).closing, 0.0);
    assert_eq!(row(&balance, 2020, HazardKind::Confirmed).reclassified, 0.0);
}

#[test]
fn ground_confirmed_only_after_its_release_is_not_reclassified() {
    let shape = rectangle(0.0, 0.0, 10.0, 10.0);
    let hazards = [hazard(2018, shape.clone()), confirmed(2021, shape.clone())];
    let balance = balance(&hazards, &[release(2019, ReleaseKind::Reduced, shape)], &[], &[]);
    assert_eq!(row(&balance, 2021, HazardKind::Confirmed).reclassified, 0.0);
    assert!(row(&balance, 2019, HazardKind::Suspected).reduced > 0.0);
    assert!(balance.findings.found_again_m2 > 0.0);
}

#[test]
fn a_correction_that_names_no_kind_stands_in_the_sum_only() {
    let line = |kind| Correction { district: None, year: 2020, kind, area_m2: 7.0, reason: "clean-up".to_owned() };
    let balance = balance(&[], &[], &[], &[line(None), line(Some(HazardKind::Confirmed))]);
    assert_eq!(balance.row(2020, Place::Whole).unwrap().as_mapped.corrected, 14.0);
    assert_eq!(row(&balance, 2020, HazardKind::Confirmed).corrected, 7.0);
    assert_eq!(row(&balance, 2020, HazardKind::Suspected).corrected, 0.0);
}

#[test]
fn what_hazards_state_is_given_by_kind() {
    let stating = |kind, area| Hazard { kind, ..common::stated_hazard(2020, area, None) };
    let hazards = [stating(HazardKind::Suspected, 10.0), stating(HazardKind::Confirmed, 300.0)];
    let found = balance(&hazards, &[], &[], &[]).by_kind.found_as_recorded[0];
    assert_eq!((found.year, found.suspected, found.confirmed), (2020, 10.0, 300.0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn kinds_sum_to_the_balance_and_close_in_every_place(
        mut hazards in any_hazards(),
        kinds in prop::collection::vec(any::<bool>(), 8),
        releases in any_releases(),
        shape in any_polygon(),
    ) {
        for (hazard, sure) in hazards.iter_mut().zip(kinds) {
            hazard.kind = if sure { HazardKind::Confirmed } else { HazardKind::Suspected };
        }
        let balance = balance(&hazards, &releases, &[district("One", shape)], &[]);
        for place in [Place::Whole, Place::District("One"), Place::OutsideDistricts] {
            for year in balance.years().unwrap() {
                let all = balance.row(year, place).unwrap().as_mapped;
                let [s, c] = [HazardKind::Suspected, HazardKind::Confirmed].map(|k| *balance.row_of_kind(year, place, k).unwrap());
                for r in [all, s, c] {
                    let closing = r.opening + r.found + r.reclassified + r.corrected - r.released();
                    prop_assert!((closing - r.closing).abs() < 2e-6);
                }
                for (one, other, sum) in [(s.found, c.found, all.found), (s.closing, c.closing, all.closing), (s.cleared, c.cleared, all.cleared)] {
                    prop_assert!((one + other - sum).abs() < 2e-6);
                }
            }
        }
        // What is never released is confirmed where a confirmed hazard lies.
        let sure: Vec<_> = hazards.iter().filter(|h| h.kind == HazardKind::Confirmed).cloned().collect();
        let alone = common::closing_of_last_year(&sure, &releases);
        let last = *balance.years().unwrap().end();
        let of_kind = row(&balance, last, HazardKind::Confirmed).closing;
        prop_assert!(agree(of_kind, alone, 1e-9), "{of_kind} {alone}");
    }
}
