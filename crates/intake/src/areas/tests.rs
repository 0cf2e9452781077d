use super::parts::ranges;
use proptest::prelude::*;

proptest! {
    #[test]
    fn the_parts_hold_every_row_once(first in 0..i64::MAX, width in prop_oneof![0..5_i64, 0..1_000_000_i64, 0..i64::MAX], bytes in 0_u64..1 << 40) {
        let last = first.saturating_add(width);
        let parts: Vec<(i64, i64)> = ranges(bytes, Some((first, last))).into_iter().flatten().collect();
        prop_assert!(parts.len() <= 256);
        prop_assert_eq!(parts.first().map(|part| part.0), Some(first));
        prop_assert_eq!(parts.last().map(|part| part.1), Some(last));
        prop_assert!(parts.iter().all(|(start, end)| start <= end));
        prop_assert!(parts.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0));
    }
}

#[test]
fn rows_without_numbers_are_one_part() {
    assert_eq!(ranges(1 << 40, None), [None]);
}
