//! Findings as files for those who mend the source: a table, a map layer, a page to print.
//!
//! The sentences come from the caller, so that they can be in any language.

mod html;
mod map;
mod table;

pub use html::html;
pub use table::{csv, geojson, safe_cell};

use crate::finding::Finding;
use crate::intake::Intake;
use std::fmt;

/// The words of a findings file.
#[derive(Clone, Copy)]
pub struct Wording<'a> {
    /// Language of the page, as in `ar` or `fr`.
    pub lang: &'a str,
    /// Whether it is written from right to left.
    pub right_to_left: bool,
    /// What was noticed and what to do.
    pub says: &'a dyn Fn(&Finding) -> String,
    /// A heading, by one of the keys of [`HEADINGS`].
    pub heading: &'a dyn Fn(&'static str) -> String,
}

/// The headings a findings file uses, each with its English.
pub const HEADINGS: [(&str, &str); 16] = [
    ("title", "Findings"),
    ("error", "Errors: not taken from the file"),
    ("warning", "Warnings: the figures may be wrong"),
    ("info", "Good to know"),
    ("none", "Nothing was noticed."),
    ("severity", "Severity"),
    ("kind", "Kind"),
    ("file", "File"),
    ("row", "Row"),
    ("column", "Column"),
    ("value", "Value"),
    ("count", "Rows it stands for"),
    ("longitude", "Longitude"),
    ("latitude", "Latitude"),
    ("says", "What was noticed, and what to do"),
    ("map", "Map"),
];

impl Wording<'static> {
    /// The English words.
    #[must_use]
    pub fn english() -> Self {
        Self {
            lang: "en",
            right_to_left: false,
            says: &|finding| finding.kind.to_string(),
            heading: &|key| HEADINGS.iter().find(|(name, _)| *name == key).map_or(key, |(_, text)| text).to_owned(),
        }
    }
}

impl fmt::Debug for Wording<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wording").field("lang", &self.lang).field("right_to_left", &self.right_to_left).finish()
    }
}

/// All that was noticed in a file: why rows were set aside, and the other findings.
fn all(file: &Intake) -> impl Iterator<Item = &Finding> {
    file.set_aside.iter().map(|row| &row.reason).chain(&file.findings)
}
