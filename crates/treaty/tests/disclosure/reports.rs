//! The attack on the casualty figures of reports: three breakdowns of one total, version after version, by somebody who
//! reads them all, and even knows how figures are chosen to be hidden.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use treaty::article7::report::Casualties;
use treaty::disclosure::{CasualtyFigure as F, public_casualties};
use treaty::quantity::Figure;

use crate::attacker::Published;
use crate::rule;
use crate::score::Score;

/// Counts by outcome, by sex and age, by status, all of the same total.
fn people(counts: [&[u64]; 3]) -> Casualties {
    let known = |of: usize, at: usize| Figure::Known(counts[of][at]);
    Casualties {
        total: Figure::Known(counts[0].iter().sum()),
        killed: known(0, 0),
        injured: known(0, 1),
        outcome_unknown: known(0, 2),
        women: known(1, 0),
        men: known(1, 1),
        girls: known(1, 2),
        boys: known(1, 3),
        unknown: known(1, 4),
        civilians: known(2, 0),
        security_forces: known(2, 1),
        deminers: known(2, 2),
        status_unknown: known(2, 3),
    }
}

/// One person: outcome, sex and age, status.
fn person() -> impl Strategy<Value = (usize, usize, usize)> {
    let of = |weights: Vec<u32>| {
        prop::sample::select(
            weights.iter().enumerate().flat_map(|(at, weight)| vec![at; *weight as usize]).collect::<Vec<_>>(),
        )
    };
    (of(vec![4, 6, 1]), of(vec![2, 6, 1, 3, 1]), of(vec![8, 2, 1, 1]))
}

fn count_people(people_of: &[(usize, usize, usize)]) -> Casualties {
    let (mut outcome, mut sex, mut status) = ([0; 3], [0; 5], [0; 4]);
    for (o, s, c) in people_of {
        outcome[*o] += 1;
        sex[*s] += 1;
        status[*c] += 1;
    }
    people([&outcome, &sex, &status])
}

/// The figures of several editions as the attacker has them. A figure that he takes to be unchanged is one figure.
fn publish(lodged: &[Casualties], shown: &[Casualties]) -> (Published, Vec<[usize; 13]>) {
    let mut published = Published::default();
    let mut places: Vec<[usize; 13]> = Vec::new();
    for (number, (lodged_now, shown_now)) in lodged.iter().zip(shown).enumerate() {
        let place = F::ALL.map(|figure| {
            let earlier = (0..number).find(|before| figure.of(&lodged[*before]) == figure.of(lodged_now));
            let at = earlier.map_or(published.figures.len(), |before| places[before][figure as usize]);
            if at == published.figures.len() {
                published.figures.push(None);
            }
            if let Figure::Known(count) = figure.of(shown_now) {
                published.figures[at] = Some(count);
            }
            at
        });
        for parts in [&place[1..4], &place[4..9], &place[9..13]] {
            published.sums.push((place[0], parts.to_vec()));
        }
        places.push(place);
    }
    (published, places)
}

/// Attacks every small count of every version.
fn attack(lodged: &[Casualties]) -> Score {
    let shown = public_casualties(lodged, &rule());
    let (published, places) = publish(lodged, &shown);
    let mut score = Score { tables: lodged.len(), cells: 13 * lodged.len(), ..Score::default() };
    for ((lodged, shown), places) in lodged.iter().zip(&shown).zip(&places) {
        for figure in F::ALL {
            let Figure::Known(count) = figure.of(lodged) else { continue };
            score.hidden += usize::from(figure.of(shown) == Figure::Hidden);
            if !rule().is_small(count) {
                continue;
            }
            score.small += 1;
            assert_eq!(figure.of(shown), Figure::Hidden);
            let found = published.by_solver(places[figure as usize]);
            score.narrowest = score.narrowest.min(found.width());
            score.recovered += usize::from(found.width() == 0);
        }
    }
    score
}

fn run(name: &str, cases: u32, lodged: impl Strategy<Value = Vec<Casualties>>) -> Score {
    let score = std::cell::RefCell::new(Score::default());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
        .run(&lodged, |lodged| {
            let found = attack(&lodged);
            prop_assert_eq!(found.recovered, 0);
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
fn no_small_count_is_recovered_from_a_report() {
    let reports = prop::collection::vec(person(), 0..120).prop_map(|people| vec![count_people(&people)]);
    let score = run("one report", 300, reports);
    assert!(score.small > 500, "{score}");
    assert!(score.covering_share() < 0.2, "{score}");
}

#[test]
fn no_small_count_is_recovered_from_all_versions_of_a_report_together() {
    let people = prop::collection::vec(person(), 0..60);
    let more = prop::collection::vec(prop::collection::vec(person(), 0..12), 1..4);
    let versions = (people, more).prop_map(|(first, more)| {
        let mut so_far = first;
        let mut lodged = vec![count_people(&so_far)];
        for late in more {
            so_far.extend(late);
            lodged.push(count_people(&so_far));
        }
        lodged
    });
    let score = run("versions of one report", 120, versions);
    assert!(score.small > 500, "{score}");
}

#[test]
fn knowing_how_figures_are_hidden_leaves_every_small_count_open() {
    // The strongest reader: he fills in the hidden figures in every way that fits, hides them again by our own rule, and
    // keeps the ways that would have been published as what he sees.
    let (mut tried, mut least) = (0, usize::MAX);
    for killed in 0..=9_u64 {
        for injured in 0..=12 {
            for unknown in 0..=2 {
                let total = killed + injured + unknown;
                let lodged = people([&[killed, injured, unknown], &[0, total, 0, 0, 0], &[total, 0, 0, 0]]);
                let shown = public_casualties(std::slice::from_ref(&lodged), &rule());
                let (published, places) = publish(std::slice::from_ref(&lodged), &shown);
                let same = |filling: &[u64]| {
                    let mut filled = Casualties::default();
                    let of = |figure: F| Figure::Known(filling[places[0][figure as usize]]);
                    filled.clone_from(&lodged);
                    (filled.total, filled.killed, filled.injured) = (of(F::Total), of(F::Killed), of(F::Injured));
                    (filled.outcome_unknown, filled.men, filled.civilians) =
                        (of(F::OutcomeUnknown), of(F::Men), of(F::Civilians));
                    public_casualties(&[filled], &rule()) == shown
                };
                for figure in [F::Killed, F::Injured, F::OutcomeUnknown] {
                    let Figure::Known(count) = figure.of(&lodged) else { continue };
                    if rule().is_small(count) {
                        let left = published.by_trying(places[0][figure as usize], total + 5, &same);
                        assert!(left.contains(&count), "the truth is among them");
                        assert!(left.len() > 1, "{figure:?} of {killed} + {injured} + {unknown} is told: {left:?}");
                        tried += 1;
                        least = least.min(left.len());
                    }
                }
            }
        }
    }
    println!("a reader who knows the method: {tried} small counts attacked, 0 recovered, at least {least} values left");
}
