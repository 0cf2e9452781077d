//! A loaded set after any edits has the figures of a fresh balance.
#![allow(clippy::unwrap_used)]

mod common;

use common::{any_hazards, any_polygon, any_releases, district};
use land::{Account, Balance, Edit, Entry, Hazard, Place, RecordId, Records, Release, Standing, balance};
use proptest::prelude::*;

fn of_hazard(h: &Hazard) -> Edit<'_> {
    let (year, kind, stated_area_m2, district) = (h.year, h.kind, h.stated_area_m2, h.district.as_deref());
    Edit::Hazard(Entry { year, kind, stated_area_m2, district })
}

fn of_release(r: &Release) -> Edit<'_> {
    let (year, kind, stated_area_m2, district) = (r.year, r.kind, r.stated_area_m2, r.district.as_deref());
    Edit::Release(Entry { year, kind, stated_area_m2, district })
}

fn accounts(balance: &Balance) -> [&Account; 5] {
    let kinds = &balance.by_kind;
    [&balance.as_mapped, &balance.as_recorded, &balance.difference, &kinds.suspected, &kinds.confirmed]
}

/// Every row of the fresh balance stands in the other; years that no record has any more may remain there.
fn assert_same(standing: &Balance, fresh: &Balance) {
    for (ours, theirs) in accounts(standing).into_iter().zip(accounts(fresh)) {
        for row in &theirs.whole {
            assert_eq!(ours.row(row.year, Place::Whole), Some(row));
        }
        for place in &theirs.districts {
            let name = place.district.as_deref().map_or(Place::OutsideDistricts, Place::District);
            for row in &place.rows {
                assert_eq!(ours.row(row.year, name), Some(row));
            }
        }
    }
    let findings = |balance: &Balance| land::Findings { unknown_districts: Vec::new(), ..balance.findings.clone() };
    assert_eq!(findings(standing), findings(fresh));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn edits_lead_to_the_figures_of_a_fresh_balance(
        mut hazards in any_hazards(),
        mut releases in any_releases(),
        new_hazards in any_hazards(),
        new_releases in any_releases(),
        districts in prop::collection::vec(any_polygon(), 0..3),
        out in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let districts: Vec<_> =
            districts.into_iter().enumerate().map(|(i, shape)| district(&i.to_string(), shape)).collect();
        let mut standing = Standing::new(Records::from_slices(&hazards, &releases, &districts, &[]));
        let mut ids: Vec<RecordId> =
            (0..hazards.len()).map(RecordId::Hazard).chain((0..releases.len()).map(RecordId::Release)).collect();
        for hazard in &new_hazards {
            ids.push(standing.insert(of_hazard(hazard), hazard.shape.as_ref()).unwrap());
        }
        for release in &new_releases {
            ids.push(standing.insert(of_release(release), release.shape.as_ref()).unwrap());
        }
        hazards.extend(new_hazards.clone());
        releases.extend(new_releases);
        let mut gone: Vec<RecordId> = out.iter().map(|index| *index.get(&ids)).collect();
        gone.sort_unstable();
        gone.dedup();
        for id in gone.into_iter().rev() {
            prop_assert!(standing.remove(id));
            prop_assert!(!standing.remove(id));
            match id {
                RecordId::Hazard(index) => drop(hazards.remove(index)),
                RecordId::Release(index) => drop(releases.remove(index)),
            }
        }
        let fresh = balance(&hazards, &releases, &districts, &[]);
        assert_same(&standing.balance(), &fresh);
        let totals = standing.totals();
        let last = totals.as_mapped.last().map(|row| row.closing);
        prop_assert_eq!(last.unwrap_or(0.0).to_bits(), fresh.as_mapped.whole.last().map_or(0.0, |row| row.closing).to_bits());
    }

    #[test]
    fn a_replaced_record_is_the_new_one(hazards in any_hazards(), releases in any_releases(), shape in any_polygon()) {
        let mut standing = Standing::new(Records::from_slices(&hazards, &releases, &[], &[]));
        let mut edited = hazards.clone();
        edited[0] = Hazard { shape: Some(shape), year: 1990, district: Some("New".to_owned()), stated_area_m2: Some(5.0), ..edited[0].clone() };
        let new = standing.replace(RecordId::Hazard(0), of_hazard(&edited[0]), edited[0].shape.as_ref()).unwrap();
        prop_assert_eq!(new, Some(RecordId::Hazard(hazards.len())));
        assert_same(&standing.balance(), &balance(&edited, &releases, &[], &[]));
    }
}
