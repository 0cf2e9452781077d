//! Findings as they come in, grouped so that a long file does not bury its reader.

use crate::finding::Finding;
use std::collections::HashMap;

/// Keeps the first findings of each kind about each column, and counts the others.
pub(crate) struct Log {
    file: String,
    examples: usize,
    findings: Vec<Finding>,
    seen: HashMap<(&'static str, Option<String>), (usize, usize)>,
    /// Where each row that has a place is, by the row's number.
    pub(crate) places: Vec<(u64, [f64; 2])>,
}

impl Log {
    pub(crate) fn new(file: &str, examples: usize) -> Self {
        Self {
            file: file.to_owned(),
            examples: examples.max(1),
            findings: Vec::new(),
            seen: HashMap::new(),
            places: Vec::new(),
        }
    }

    /// Takes a finding in. One that is about a row is listed while there are few of its kind and column.
    pub(crate) fn add(&mut self, finding: Finding) {
        let finding = self.named(finding);
        if finding.row.is_none() {
            self.findings.push(finding);
            return;
        }
        let next = self.findings.len();
        let (listed, last) = self.seen.entry((finding.kind.key(), finding.field.clone())).or_insert((0, next));
        if *listed < self.examples {
            *listed += 1;
            *last = next;
            self.findings.push(finding);
        } else if let Some(example) = self.findings.get_mut(*last) {
            example.count += finding.count;
        }
    }

    /// An empty log for the same file, for reading on trial.
    pub(crate) fn fresh(&self) -> Self {
        Self::new(&self.file, self.examples)
    }

    /// Takes in all of another log.
    pub(crate) fn absorb(&mut self, other: Self) {
        for finding in other.findings {
            self.add(finding);
        }
    }

    /// The finding with the file's name on it.
    pub(crate) fn named(&self, mut finding: Finding) -> Finding {
        finding.file = Some(self.file.clone());
        finding.place = finding.place.or_else(|| self.place_of(finding.row?));
        finding
    }

    /// The place of a row's record, once known.
    fn place_of(&self, row: u64) -> Option<[f64; 2]> {
        let at = self.places.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        self.places.get(at).map(|(_, place)| *place)
    }

    /// All findings: what is about the file or a column first, then by row.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        let mut findings = std::mem::take(&mut self.findings);
        // Those noticed before places were known get them now.
        for finding in &mut findings {
            finding.place = finding.place.or_else(|| self.place_of(finding.row?));
        }
        findings.sort_by_key(|finding| finding.row.unwrap_or(0));
        findings
    }
}
