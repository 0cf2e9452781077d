//! The attack on suppressed tables: a reader who sees everything that is published tries to work out what is hidden.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "test code")]

mod attacker;
mod reports;
mod score;
mod shapes;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use score::Score;
use shapes::Shape;
use treaty::disclosure::DisclosureRule;

fn rule() -> DisclosureRule {
    DisclosureRule::default()
}

/// Runs an attack on many random publications and prints what came of it.
fn attack(name: &str, cases: u32, shapes: impl Strategy<Value = Shape>) -> Score {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let score = std::cell::RefCell::new(Score::default());
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    runner
        .run(&shapes, |shape| {
            let found = shape.attack(&rule());
            prop_assert_eq!(found.recovered, 0, "a small count was recovered");
            prop_assert!(found.narrowest >= 5, "an interval of {} only", found.narrowest);
            score.borrow_mut().add(&found);
            Ok(())
        })
        .unwrap();
    let score = score.into_inner();
    println!("{name}: {score}");
    score
}

#[test]
fn no_small_count_is_recovered_from_tables_of_two_dimensions() {
    let score = attack("two dimensions with margins", 160, shapes::cross_table(2, 2..=6));
    assert!(score.small > 300 && score.refused == 0, "{score}");
    assert!(score.covering_share() < 0.25, "more is hidden than a reader should bear: {score}");
}

#[test]
fn no_small_count_is_recovered_from_tables_of_three_dimensions() {
    // Sex by age by outcome: killed, injured, not known.
    let score = attack("three dimensions with margins", 60, shapes::cross_table(3, 2..=3));
    assert!(score.small > 100 && score.refused == 0, "{score}");
    assert!(score.covering_share() < 0.35, "{score}");
}

#[test]
fn no_small_count_is_recovered_from_tables_linked_by_their_totals() {
    let score = attack("State by sex and State by age, linked", 60, shapes::linked(2..=5));
    assert!(score.small > 100 && score.refused == 0, "{score}");
}

#[test]
fn no_small_count_is_recovered_from_years_and_the_figures_since_the_beginning() {
    let score =
        attack("State by year with cumulative figures and the world total", 60, shapes::cumulative(2..=4, 3..=5));
    assert!(score.small > 100 && score.refused == 0, "{score}");
}

#[test]
fn a_wide_table_is_protected_in_little_time_and_without_hiding_most_of_it() {
    let score = attack("twenty districts by twelve years", 3, shapes::sized(vec![20, 12]));
    assert!(score.small > 100 && score.refused == 0, "{score}");
    assert!(score.covering_share() < 0.25, "{score}");
}

#[test]
fn little_more_is_hidden_than_the_least_that_could_be() {
    let (mut tables, mut ours, mut least) = (0, 0, 0);
    let config = Config { cases: 60, failure_persistence: None, ..Config::default() };
    let found = std::cell::RefCell::new(Vec::new());
    TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
    .run(&shapes::cross_table(2, 2..=3), |shape| {
        let score = shape.attack(&rule());
        let covers = score.hidden - score.small;
        // Where zeros had to be hidden, the least is of another kind.
        if let Some(least) = shape.least_covers(&rule(), covers) {
            prop_assert!(least <= covers, "the attack would have said so");
            found.borrow_mut().push((covers, least));
        }
        Ok(())
    })
    .unwrap();
    for (covers, fewest) in found.into_inner() {
        tables += 1;
        ours += covers;
        least += fewest;
    }
    println!("beyond need: {tables} tables, {ours} figures hidden to cover others, {least} at the least");
    assert!(tables >= 50 && ours * 100 <= least * 115, "{ours} hidden, {least} would do");
}
