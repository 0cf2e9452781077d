//! A file brought in again is held against what it was: added, changed, moved, withdrawn, year by year.
//!
//! Records are matched by their identifier where both files have one for each record; else equal records are paired,
//! however often they occur; what is left is paired by place and time with the record most like it. Last year's report
//! rests on past years, so a past year whose figures changed is a finding.

mod facts;
mod pairs;

use crate::explain;
use crate::finding::{Finding, FindingKind};
use crate::intake::Intake;
use crate::record::RecordKind;
use facts::Facts;
use serde::Serialize;
use std::collections::BTreeMap;

/// A position further than this from where it was has moved, in metres: less is rounding.
pub const MOVED_M: f64 = 50.0;

/// Why two files cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{now} tells {now_kind} but {before} told {before_kind}; compare a file with an earlier one of the same kind, or \
     name the kind in a mapping"
)]
pub struct RevisionError {
    /// The earlier file.
    pub before: String,
    /// What it told.
    pub before_kind: &'static str,
    /// The file of today.
    pub now: String,
    /// What it tells.
    pub now_kind: &'static str,
}

/// A field that is not what it was. Empty means not given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Name of the field, as in a mapping; `position` for the place on the map.
    pub field: &'static str,
    /// As it was.
    pub before: String,
    /// As it is.
    pub now: String,
}

/// A record in both files that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// Its row in the earlier file.
    pub before_row: u64,
    /// Its row now.
    pub now_row: u64,
    /// Its year before, if known.
    pub year: Option<i16>,
    /// What changed.
    pub fields: Vec<FieldChange>,
    /// How far it moved, in metres, when that is more than [`MOVED_M`].
    pub moved_m: Option<f64>,
}

/// A year's figures, before and now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearRevised {
    /// The year; `None` for records without one.
    pub year: Option<i16>,
    /// Records, by the year they had before (withdrawn, changed, moved) or have now (added).
    pub added: u64,
    /// Of those in both files, how many changed.
    pub changed: u64,
    /// Of those, how many moved.
    pub moved: u64,
    /// No longer in the file.
    pub withdrawn: u64,
    /// Name of a figure, and its value before and now. A figure is `records`, or one that [`crate::explain`] sums.
    pub figures: BTreeMap<&'static str, (f64, f64)>,
}

/// Records of one place and month, before and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceMonth {
    /// First and second division: codes where given, else names.
    pub admin: [Option<String>; 2],
    /// Year.
    pub year: Option<i16>,
    /// Month.
    pub month: Option<i8>,
    /// Records before.
    pub before: u64,
    /// Records now.
    pub now: u64,
}

/// What became of an earlier file's records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revision {
    /// What the records tell.
    pub kind: RecordKind,
    /// Whether records were matched by their identifiers.
    pub by_id: bool,
    /// Records in both files that are as they were.
    pub unchanged: u64,
    /// Rows of records that are new, in the file of today.
    pub added: Vec<u64>,
    /// Rows of records that are gone, in the earlier file.
    pub withdrawn: Vec<u64>,
    /// Records that changed, those that moved among them.
    pub changed: Vec<Changed>,
    /// Year by year; records without a year first.
    pub years: Vec<YearRevised>,
    /// Places and months with fewer records than before.
    pub smaller: Vec<PlaceMonth>,
    /// What must be explained: past years whose figures changed.
    pub findings: Vec<Finding>,
}

impl Revision {
    /// Records that moved further than [`MOVED_M`].
    pub fn moved(&self) -> impl Iterator<Item = &Changed> {
        self.changed.iter().filter(|changed| changed.moved_m.is_some())
    }
}

/// Holds a file against an earlier one. Each record of either is unchanged, changed, added or withdrawn, and once.
///
/// A year is past when it is earlier than the last year of the earlier file, which may not have been over.
///
/// # Panics
/// Never, unless the promise above is broken by a fault in this crate.
///
/// # Errors
/// When the two files tell different kinds of things.
pub fn compare(before: &Intake, now: &Intake) -> Result<Revision, RevisionError> {
    if before.kind != now.kind {
        return Err(RevisionError {
            before: before.file.clone(),
            before_kind: before.kind.key(),
            now: now.file.clone(),
            now_kind: now.kind.key(),
        });
    }
    let shared = facts::shared(before, now);
    let (was, is) = (facts::of(before, &shared), facts::of(now, &shared));
    let pairs = pairs::find(&was, &is);
    let mut revision = Revision {
        kind: now.kind,
        by_id: pairs.by_id,
        unchanged: 0,
        added: pairs.added.iter().map(|at| is[*at].row).collect(),
        withdrawn: pairs.withdrawn.iter().map(|at| was[*at].row).collect(),
        changed: Vec::new(),
        years: Vec::new(),
        smaller: smaller(&was, &is),
        findings: Vec::new(),
    };
    for (a, b) in &pairs.matched {
        match changed(&was[*a], &is[*b]) {
            None => revision.unchanged += 1,
            Some(changed) => revision.changed.push(changed),
        }
    }
    revision.changed.sort_by_key(|changed| changed.now_row);
    // Nothing is lost here either.
    assert_eq!(was.len() as u64, revision.unchanged + (revision.changed.len() + revision.withdrawn.len()) as u64);
    assert_eq!(is.len() as u64, revision.unchanged + (revision.changed.len() + revision.added.len()) as u64);
    let added = pairs.added.iter().map(|at| is[*at].year);
    let withdrawn = pairs.withdrawn.iter().map(|at| was[*at].year);
    revision.years = years((before, &was), (now, &is), added, withdrawn, &revision.changed);
    let last = was.iter().filter_map(|facts| facts.year).max();
    revision.findings = findings(&revision.years, last, &now.file);
    Ok(revision)
}

fn changed(was: &Facts<'_>, is: &Facts<'_>) -> Option<Changed> {
    let moved = was.metres_to(is);
    let mut fields: Vec<FieldChange> = was.differences(is);
    if moved.is_some() || was.position.is_some() != is.position.is_some() {
        let said = |facts: &Facts<'_>| facts.position.map_or(String::new(), |at| format!("{}, {}", at[0], at[1]));
        fields.push(FieldChange { field: "position", before: said(was), now: said(is) });
    }
    (!fields.is_empty()).then_some(Changed {
        before_row: was.row,
        now_row: is.row,
        year: was.year,
        fields,
        moved_m: moved,
    })
}

/// Places and months with fewer records than before.
fn smaller(was: &[Facts<'_>], is: &[Facts<'_>]) -> Vec<PlaceMonth> {
    type Key = ([Option<String>; 2], Option<i16>, Option<i8>);
    let mut counts: BTreeMap<Key, (u64, u64)> = BTreeMap::new();
    let key = |facts: &Facts<'_>| (facts.admin.clone(), facts.year, facts.month);
    for facts in was {
        counts.entry(key(facts)).or_default().0 += 1;
    }
    for facts in is {
        counts.entry(key(facts)).or_default().1 += 1;
    }
    counts
        .into_iter()
        .filter(|(_, (before, now))| now < before)
        .map(|((admin, year, month), (before, now))| PlaceMonth { admin, year, month, before, now })
        .collect()
}

fn years(
    (before, was): (&Intake, &[Facts<'_>]),
    (now, is): (&Intake, &[Facts<'_>]),
    added: impl Iterator<Item = Option<i16>>,
    withdrawn: impl Iterator<Item = Option<i16>>,
    changed: &[Changed],
) -> Vec<YearRevised> {
    let mut years: BTreeMap<Option<i16>, YearRevised> = BTreeMap::new();
    let new = |year| YearRevised { year, added: 0, changed: 0, moved: 0, withdrawn: 0, figures: BTreeMap::new() };
    for (year, figures) in explain::totals(&before.taken) {
        for (name, value) in figures {
            years.entry(year).or_insert_with(|| new(year)).figures.entry(name).or_default().0 += value;
        }
    }
    for (year, figures) in explain::totals(&now.taken) {
        for (name, value) in figures {
            years.entry(year).or_insert_with(|| new(year)).figures.entry(name).or_default().1 += value;
        }
    }
    for facts in was {
        years.entry(facts.year).or_insert_with(|| new(facts.year)).figures.entry("records").or_default().0 += 1.0;
    }
    for facts in is {
        years.entry(facts.year).or_insert_with(|| new(facts.year)).figures.entry("records").or_default().1 += 1.0;
    }
    for year in added {
        years.entry(year).or_insert_with(|| new(year)).added += 1;
    }
    for year in withdrawn {
        years.entry(year).or_insert_with(|| new(year)).withdrawn += 1;
    }
    for one in changed {
        let year = years.entry(one.year).or_insert_with(|| new(one.year));
        year.changed += 1;
        year.moved += u64::from(one.moved_m.is_some());
    }
    years.into_values().collect()
}

fn findings(years: &[YearRevised], last: Option<i16>, file: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for revised in years {
        let Some(year) = revised.year.filter(|year| last.is_some_and(|last| *year < last)) else { continue };
        for (figure, (before, now)) in &revised.figures {
            let written = |value: f64| ((value * 100.0).round() / 100.0).to_string();
            let (before, now) = (written(*before), written(*now));
            if before != now {
                let kind = FindingKind::PastYearChanged { year, figure: (*figure).to_owned(), before, now };
                let mut finding = Finding::new(kind);
                finding.file = Some(file.to_owned());
                found.push(finding);
            }
        }
    }
    found
}
