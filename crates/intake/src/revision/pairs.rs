//! Which record of one file is which of the other.

use crate::revision::facts::Facts;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Places in the two lists of facts.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    pub(crate) matched: Vec<(usize, usize)>,
    pub(crate) withdrawn: Vec<usize>,
    pub(crate) added: Vec<usize>,
    pub(crate) by_id: bool,
}

/// In a group of one place and time with more pairs than this, records are paired in their order.
const GROUP: usize = 10_000;

/// Finds the pairs.
pub(crate) fn find(was: &[Facts<'_>], is: &[Facts<'_>]) -> Pairs {
    if let (Some(before), Some(now)) = (by_id(was), by_id(is)) {
        let mut pairs = Pairs { by_id: true, ..Pairs::default() };
        for (at, facts) in was.iter().enumerate() {
            match facts.id.and_then(|id| now.get(id)) {
                Some(there) => pairs.matched.push((at, *there)),
                None => pairs.withdrawn.push(at),
            }
        }
        pairs.added = (0..is.len()).filter(|at| is[*at].id.is_none_or(|id| !before.contains_key(id))).collect();
        return pairs;
    }
    let mut pairs = Pairs::default();
    let mut waiting: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, facts) in is.iter().enumerate().rev() {
        waiting.entry(whole(facts)).or_default().push(at);
    }
    let mut left = Vec::new();
    for (at, facts) in was.iter().enumerate() {
        match waiting.get_mut(&whole(facts)).and_then(Vec::pop) {
            Some(there) => pairs.matched.push((at, there)),
            None => left.push(at),
        }
    }
    let mut right: Vec<usize> = waiting.into_values().flatten().collect();
    right.sort_unstable();
    by_place_and_time(was, is, left, right, &mut pairs);
    pairs.withdrawn.sort_unstable();
    pairs.added.sort_unstable();
    pairs
}

/// Records by their identifiers, when each has one of its own.
fn by_id<'a>(list: &[Facts<'a>]) -> Option<HashMap<&'a str, usize>> {
    let index: HashMap<&str, usize> =
        list.iter().enumerate().map(|(at, facts)| Some((facts.id?, at))).collect::<Option<_>>()?;
    (index.len() == list.len() && !list.is_empty()).then_some(index)
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn whole(facts: &Facts<'_>) -> u64 {
    // To about a metre: the same place may be written with more or fewer decimals.
    #[allow(clippy::cast_possible_truncation)] // at most 180 times a hundred thousand
    let place = facts.position.map(|at| at.map(|degrees| (degrees * 1e5).round() as i64));
    hash((&facts.values, facts.id, place))
}

/// Pairs what is left within one place and month, and then within one place and year, the most alike first.
fn by_place_and_time(was: &[Facts<'_>], is: &[Facts<'_>], left: Vec<usize>, right: Vec<usize>, pairs: &mut Pairs) {
    let (mut left, mut right) = (left, right);
    for with_month in [true, false] {
        let key = |facts: &Facts<'_>| {
            let placed = facts.admin.iter().any(Option::is_some) || facts.position.is_some();
            let place = facts.admin.iter().all(Option::is_none).then_some(facts.position).flatten();
            let place = place.map(|at| at.map(f64::to_bits));
            let time = (facts.year, facts.month.filter(|_| with_month));
            (placed && facts.year.is_some()).then(|| hash((&facts.admin, place, time)))
        };
        let mut groups: HashMap<u64, (Vec<usize>, Vec<usize>)> = HashMap::new();
        let (mut still_left, mut still_right) = (Vec::new(), Vec::new());
        for at in left {
            match key(&was[at]) {
                Some(key) => groups.entry(key).or_default().0.push(at),
                None => still_left.push(at),
            }
        }
        for at in right {
            match key(&is[at]) {
                Some(key) => groups.entry(key).or_default().1.push(at),
                None => still_right.push(at),
            }
        }
        for (a, b) in groups.into_values() {
            let (a, b) = pair_alike(was, is, a, b, pairs);
            still_left.extend(a);
            still_right.extend(b);
        }
        (left, right) = (still_left, still_right);
    }
    pairs.withdrawn = left;
    pairs.added = right;
}

/// Pairs the records of one group, those that differ least first; two that differ in more than a third of what they say
/// are not the same record.
fn pair_alike(
    was: &[Facts<'_>],
    is: &[Facts<'_>],
    a: Vec<usize>,
    b: Vec<usize>,
    pairs: &mut Pairs,
) -> (Vec<usize>, Vec<usize>) {
    let likeness = |a: usize, b: usize| (was[a].unlike(&is[b]), a, b);
    let mut all: Vec<(usize, usize, usize)> = if a.len().saturating_mul(b.len()) <= GROUP {
        a.iter().flat_map(|a| b.iter().map(|b| likeness(*a, *b))).collect()
    } else {
        a.iter().zip(&b).map(|(a, b)| likeness(*a, *b)).collect()
    };
    all.retain(|(unlike, a, _)| unlike * 3 <= was[*a].values.len());
    all.sort_unstable();
    let (mut left, mut right): (Vec<Option<usize>>, Vec<Option<usize>>) =
        (a.into_iter().map(Some).collect(), b.into_iter().map(Some).collect());
    let taken = |list: &mut Vec<Option<usize>>, at: usize| list.iter().position(|one| *one == Some(at));
    for (_, a, b) in all {
        if let (Some(i), Some(j)) = (taken(&mut left, a), taken(&mut right, b)) {
            (left[i], right[j]) = (None, None);
            pairs.matched.push((a, b));
        }
    }
    (left.into_iter().flatten().collect(), right.into_iter().flatten().collect())
}
