//! What needs a look, one worked case each, and its sums against the balance.
#![allow(clippy::unwrap_used)]

mod common;

use common::{agree, any_hazards, any_polygon, any_releases, district, hazard, rectangle, release};
use land::{Hazard, RecordId, Records, ReleaseKind, Tolerances, What, balance, polygon_area_m2, record_findings};
use proptest::prelude::*;

fn whats(records: &Records) -> Vec<What> {
    record_findings(records, &Tolerances::default()).into_iter().map(|finding| finding.what).collect()
}

#[test]
fn overlapping_and_identical_hazards_are_named_in_pairs() {
    let square = rectangle(0.0, 0.0, 10.0, 10.0);
    let hazards = [hazard(2020, square.clone()), hazard(2021, rectangle(5.0, 0.0, 10.0, 10.0)), hazard(2019, square)];
    let half = polygon_area_m2(&rectangle(5.0, 0.0, 5.0, 10.0));
    let found = whats(&Records::from_slices(&hazards, &[], &[], &[]));
    let [
        What::Overlap { hazards: [0, 1], area_m2: a },
        What::Identical { records, .. },
        What::Overlap { hazards: [1, 2], area_m2: b },
    ] = found[..]
    else {
        panic!("{found:?}")
    };
    assert!(agree(a, half, 1e-10) && agree(b, half, 1e-10));
    assert_eq!(records, [RecordId::Hazard(0), RecordId::Hazard(2)]);
}

#[test]
fn a_shared_border_is_no_finding() {
    let hazards = [hazard(2020, rectangle(0.0, 0.0, 10.0, 10.0)), hazard(2020, rectangle(10.0, 0.0, 10.0, 10.0))];
    assert_eq!(whats(&Records::from_slices(&hazards, &[], &[], &[])), []);
}

#[test]
fn releases_outside_hazards_and_before_them_are_named() {
    let hazards = [hazard(2020, rectangle(0.0, 0.0, 10.0, 10.0))];
    let releases = [
        release(2018, ReleaseKind::Cleared, rectangle(0.0, 0.0, 2.0, 2.0)),
        release(2022, ReleaseKind::Cleared, rectangle(8.0, 0.0, 4.0, 2.0)),
    ];
    let findings = record_findings(&Records::from_slices(&hazards, &releases, &[], &[]), &Tolerances::default());
    let part = polygon_area_m2(&rectangle(10.0, 0.0, 2.0, 2.0));
    let [early, outside] = &findings[..] else { panic!("{findings:?}") };
    assert!(matches!(early.what, What::ReleasedBeforeFound { release: 0, area_m2 } if agree(area_m2, part, 1e-9)));
    assert!(matches!(outside.what, What::ReleasedOutsideHazard { release: 1, area_m2 } if agree(area_m2, part, 1e-9)));
    assert!((outside.lon - 20.010).abs() < 1e-6 && (outside.lat - 40.001).abs() < 1e-6);
}

#[test]
fn a_stated_area_and_a_stated_district_are_held_against_the_map() {
    let shape = rectangle(0.0, 0.0, 10.0, 10.0);
    let mapped = polygon_area_m2(&shape);
    let stating = |area: f64, name: &str, index: f64| Hazard {
        stated_area_m2: Some(area),
        district: Some(name.to_owned()),
        ..hazard(2020, rectangle(index * 20.0, 0.0, 10.0, 10.0))
    };
    let hazards =
        [stating(mapped * 1.04, "East", 0.0), stating(mapped * 10.0, "West", 0.1), stating(mapped, "Nowhere", 3.0)];
    let districts =
        [district("West", rectangle(-50.0, -50.0, 55.0, 100.0)), district("East", rectangle(5.0, -50.0, 90.0, 100.0))];
    let mut records = Records::from_slices(&hazards[..1], &[], &districts, &[]);
    assert_eq!(whats(&records), [], "half of it lies there, and 4 % is near enough");
    records = Records::from_slices(&hazards[1..], &[], &districts, &[]);
    let found = whats(&records);
    let [
        What::StatedAreaDiffers { record: RecordId::Hazard(0), .. },
        What::OtherDistrict { record, inside_m2, mapped_m2 },
    ] = found[..]
    else {
        panic!("{found:?}")
    };
    assert_eq!(record, RecordId::Hazard(0));
    assert!(agree(inside_m2, mapped_m2 * 0.3, 1e-4));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn pairs_and_releases_agree_with_the_balance_of_those_records_alone(
        hazards in any_hazards(),
        releases in any_releases(),
        districts in prop::collection::vec(any_polygon(), 0..3),
    ) {
        let districts: Vec<_> =
            districts.into_iter().enumerate().map(|(i, shape)| district(&i.to_string(), shape)).collect();
        let records = Records::from_slices(&hazards, &releases, &districts, &[]);
        for what in whats(&records) {
            let (ours, theirs) = match what {
                What::Overlap { hazards: [a, b], area_m2 } => {
                    (area_m2, balance(&[hazards[a].clone(), hazards[b].clone()], &[], &[], &[]).findings.overlap_m2)
                }
                What::ReleasedOutsideHazard { release, area_m2 } => (
                    area_m2,
                    balance(&hazards, &releases[release..=release], &[], &[]).findings.released_outside_hazard_m2,
                ),
                What::ReleasedBeforeFound { release, area_m2 } => (
                    area_m2,
                    balance(&hazards, &releases[release..=release], &[], &[]).findings.released_before_found_m2,
                ),
                _ => continue,
            };
            prop_assert!((ours - theirs).abs() < 1e-3, "{what:?}: {theirs}");
        }
    }
}
