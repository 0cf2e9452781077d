//! Findings as they come in, grouped so that a long file does not bury its reader.

use crate::finding::Finding;
use std::collections::HashMap;

/// Keeps the first findings of each kind about each column, and counts the others.
pub(crate) struct Log {
    file: String,
    examples: usize,
    findings: Vec<Finding>,
    seen: HashMap<(&'static str, Option<String>), (usize, usize)>,
    added: u64,
}

impl Log {
    pub(crate) fn new(file: &str, examples: usize) -> Self {
        Self { file: file.to_owned(), examples: examples.max(1), findings: Vec::new(), seen: HashMap::new(), added: 0 }
    }

    /// Takes a finding in. One that is about a row is listed while there are few of its kind and column.
    pub(crate) fn add(&mut self, finding: Finding) {
        self.added += 1;
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

    /// How many findings were taken in, listed or not.
    pub(crate) fn added(&self) -> u64 {
        self.added
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
        finding
    }

    /// All findings: what is about the file or a column first, then by row.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        self.findings.sort_by_key(|finding| finding.row.unwrap_or(0));
        self.findings
    }
}
