//! What holds for any records, however badly drawn.
#![allow(clippy::unwrap_used)]

mod common;

use common::{agree, any_hazards, any_polygon, any_releases, district};
use land::{Account, Balance, District, Polygon, YearRow, balance, polygon_area_m2};
use proptest::prelude::*;

fn figures(row: &YearRow) -> [f64; 7] {
    [row.opening, row.found, row.corrected, row.cancelled, row.reduced, row.cleared, row.closing]
}

fn accounts(balance: &Balance) -> [&Account; 3] {
    [&balance.as_mapped, &balance.as_recorded, &balance.difference]
}

fn all_rows(account: &Account) -> impl Iterator<Item = &Vec<YearRow>> {
    std::iter::once(&account.whole).chain(account.districts.iter().map(|place| &place.rows))
}

/// Whether two balances agree row by row.
fn same(a: &Balance, b: &Balance) -> bool {
    let rows = |balance| accounts(balance).into_iter().flat_map(all_rows).flatten().map(figures).collect::<Vec<_>>();
    let (a, b) = (rows(a), rows(b));
    a.len() == b.len() && a.iter().flatten().zip(b.iter().flatten()).all(|(a, b)| agree(*a, *b, 1e-9))
}

fn any_districts() -> impl Strategy<Value = Vec<District>> {
    let named = |(index, shape): (usize, Polygon)| district(&format!("District {index}"), shape);
    prop::collection::vec(any_polygon(), 1..5)
        .prop_map(move |shapes| shapes.into_iter().enumerate().map(named).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn every_year_closes_and_opens_the_next(hazards in any_hazards(), releases in any_releases(), districts in any_districts()) {
        let balance = balance(&hazards, &releases, &districts, &[]);
        for rows in accounts(&balance).into_iter().flat_map(all_rows) {
            for row in rows {
                let [opening, found, corrected, cancelled, reduced, cleared, closing] = figures(row);
                prop_assert!((opening + found + corrected - cancelled - reduced - cleared - closing).abs() < 1e-6);
            }
            for pair in rows.windows(2) {
                prop_assert_eq!(pair[0].closing.to_bits(), pair[1].opening.to_bits());
                prop_assert_eq!(pair[0].year + 1, pair[1].year);
            }
        }
        for row in &balance.as_mapped.whole {
            prop_assert!(row.closing > -1e-4 && row.found > -1e-4, "{row:?}");
        }
    }

    #[test]
    fn districts_sum_to_the_balance_without_districts(hazards in any_hazards(), releases in any_releases(), districts in any_districts()) {
        let divided = balance(&hazards, &releases, &districts, &[]);
        let undivided = balance(&hazards, &releases, &[], &[]);
        for (year, row) in undivided.as_mapped.whole.iter().enumerate() {
            let whole = figures(&divided.as_mapped.whole[year]);
            for (figure, expected) in figures(row).into_iter().enumerate() {
                let sum: f64 = divided.as_mapped.districts.iter().map(|place| figures(&place.rows[year])[figure]).sum();
                prop_assert!(agree(sum, expected, 1e-9), "{sum} {expected}");
                prop_assert!(agree(sum, whole[figure], 1e-12));
            }
        }
        prop_assert!(agree(divided.findings.overlap_m2, undivided.findings.overlap_m2, 1e-9));
    }

    #[test]
    fn the_order_of_records_does_not_matter(
        hazards in any_hazards().prop_flat_map(|h| (Just(h.clone()), Just(h).prop_shuffle())),
        releases in any_releases().prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle())),
        districts in any_districts(),
    ) {
        let one = balance(&hazards.0, &releases.0, &districts, &[]);
        let other = balance(&hazards.1, &releases.1, &districts, &[]);
        prop_assert!(same(&one, &other));
    }

    #[test]
    fn moving_all_years_moves_the_rows(hazards in any_hazards(), releases in any_releases(), by in -500..500_i16) {
        let mut later = (hazards.clone(), releases.clone());
        later.0.iter_mut().for_each(|h| h.year += by);
        later.1.iter_mut().for_each(|r| r.year += by);
        let (one, other) = (balance(&hazards, &releases, &[], &[]), balance(&later.0, &later.1, &[], &[]));
        prop_assert_eq!(one.years().map(|y| y.start() + by), other.years().map(|y| *y.start()));
        prop_assert!(same(&one, &other));
    }

    #[test]
    fn the_direction_of_rings_does_not_matter(shape in any_polygon()) {
        let turned = Polygon::from_lon_lat(shape.rings().iter().enumerate().map(|(index, ring)| {
            let mut points: Vec<_> = ring.points().iter().map(|p| [p.lon, p.lat]).collect();
            if index % 2 == 0 {
                points.reverse();
            }
            points
        })).unwrap();
        prop_assert!(agree(polygon_area_m2(&shape), polygon_area_m2(&turned), 1e-11));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn the_number_of_threads_does_not_change_a_bit(hazards in any_hazards(), releases in any_releases(), districts in any_districts()) {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| balance(&hazards, &releases, &districts, &[]))
        };
        prop_assert_eq!(with(1), with(3));
    }
}
