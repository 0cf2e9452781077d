//! What comes twice in a file: identifiers, shapes, names.

use crate::checks::shape::ring_print;
use crate::checks::{Checked, about, each};
use crate::columns::{Plan, Use};
use crate::finding::FindingKind;
use crate::log::Log;
use crate::normal::{look_alike, normal};
use crate::number;
use crate::record::{RecordKind, Records};
use crate::vocabulary::Field;
use crate::words;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Identifiers that come twice, or twice but for blanks, case and characters that cannot be seen.
///
/// Several victims may be of one accident and several releases of one area, so there only the second is a finding.
pub(crate) fn identifiers(records: &Records, plan: &Plan, log: &mut Log) {
    let field = if plan.kind == RecordKind::District { Field::Code } else { Field::Id };
    let Some(used) = plan.uses.get(&field) else { return };
    let once = matches!(plan.kind, RecordKind::HazardousArea | RecordKind::Event | RecordKind::District);
    let mut exact: HashMap<&str, u64> = HashMap::new();
    let mut loose: HashMap<u64, (&str, u64)> = HashMap::new();
    for record in each(records) {
        let cell = record.raw.get(used.index);
        if words::is_unknown(cell) {
            continue;
        }
        if let Some(first_row) = exact.get(cell).copied() {
            if once {
                log.add(about(&record, Some(used), FindingKind::DuplicateId { first_row }));
            }
            continue;
        }
        exact.insert(cell, record.row);
        let (other, first_row) = *loose.entry(loosely(cell)).or_insert((cell, record.row));
        if other != cell {
            let other = crate::finding::shorten(other);
            log.add(about(&record, Some(used), FindingKind::IdWrittenTwoWays { other, first_row }));
        }
    }
}

/// A number for what is left of an identifier without blanks, case, hidden characters and the choice between letters that
/// look alike; its marks stay.
fn loosely(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let seen = id.chars().filter(|c| c.is_alphanumeric() || c.is_ascii_punctuation());
    for c in seen.flat_map(char::to_lowercase) {
        number::digit(c).unwrap_or_else(|| look_alike(c)).hash(&mut hasher);
    }
    hasher.finish()
}

/// Shapes that come twice, wherever their rings begin and whichever way they run.
pub(crate) fn shapes(records: &Records, log: &mut Log) {
    let mut seen: HashMap<[u64; 2], u64> = HashMap::new();
    for record in each(records) {
        let Some(shape) = record.shape else { continue };
        let prints = shape.polygons.iter().flatten().map(ring_print);
        let print = prints.fold([0u64; 2], |sum, one| [sum[0].wrapping_add(one[0]), sum[1].wrapping_add(one[1])]);
        match seen.get(&print) {
            Some(first_row) => log.add(about(&record, None, FindingKind::DuplicatePolygon { first_row: *first_row })),
            None => {
                seen.insert(print, record.row);
            }
        }
    }
}

/// Districts of one name; names of places that are one but for case, accents and hidden characters.
///
/// Two districts may rightly differ by an accent (Beaume and Beaumé in France); two records of one place do not.
pub(crate) fn names(records: &Records, plan: &Plan, log: &mut Log) {
    if plan.kind == RecordKind::District {
        let used = [Field::Name, Field::Admin2, Field::Admin1].iter().find_map(|field| plan.uses.get(field));
        if let Some(used) = used {
            same_name(records, used, log);
        }
        return;
    }
    let used = [Field::Admin1, Field::Admin2].iter().filter_map(|field| plan.uses.get(field));
    used.for_each(|used| written_two_ways(records, used, log));
}

fn same_name(records: &Records, used: &Use, log: &mut Log) {
    let mut first: HashMap<String, u64> = HashMap::new();
    for record in each(records) {
        let cell = record.raw.get(used.index);
        if words::is_unknown(cell) {
            continue;
        }
        let first_row = *first.entry(cell.trim().to_lowercase()).or_insert(record.row);
        if first_row != record.row {
            log.add(about(&record, Some(used), FindingKind::DuplicateName { first_row }));
        }
    }
}

fn written_two_ways(records: &Records, used: &Use, log: &mut Log) {
    let mut written: HashMap<&str, (u64, Checked<'_>)> = HashMap::new();
    let all: Vec<Checked<'_>> = each(records).collect();
    for record in &all {
        let cell = record.raw.get(used.index).trim();
        if !words::is_unknown(cell) {
            written.entry(cell).or_insert((0, *record)).0 += 1;
        }
    }
    let mut groups: HashMap<String, Vec<(&str, u64, Checked<'_>)>> = HashMap::new();
    for (name, (n, record)) in written {
        groups.entry(normal(name)).or_default().push((name, n, record));
    }
    let mut found: Vec<_> = groups.into_values().filter(|ways| ways.len() > 1).collect();
    found.sort_by_key(|ways| ways.iter().map(|(_, _, record)| record.row).min());
    for mut ways in found {
        ways.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let Some(((common, _, _), others)) = ways.split_first() else { continue };
        for (_, n, record) in others {
            let kind = FindingKind::NameWrittenTwoWays { other: crate::finding::shorten(common) };
            log.add(about(record, Some(used), kind).times(*n));
        }
    }
}
