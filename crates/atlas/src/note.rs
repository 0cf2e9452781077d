//! What a format could not hold as it was.

use std::fmt;

/// A change made on the way into a file. Its `Display` is one English sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A field has another name in the file.
    FieldRenamed {
        /// The name in the layer.
        from: String,
        /// The name in the file.
        to: String,
    },
    /// Text was cut to the longest that the format holds.
    TextCut {
        /// The field.
        field: String,
        /// Its features, by their place in the layer from 0.
        features: Vec<usize>,
        /// What was kept, at most, in bytes of UTF-8.
        bytes: usize,
    },
    /// Numbers were rounded to the digits that the format holds.
    NumbersRounded {
        /// The field.
        field: String,
        /// Its features, by their place in the layer from 0.
        features: Vec<usize>,
    },
    /// Dates outside the years that the format holds were left blank.
    DatesLost {
        /// The field.
        field: String,
        /// Its features, by their place in the layer from 0.
        features: Vec<usize>,
    },
    /// Whole numbers too large for the format's own kind stand as text.
    NumbersAsText {
        /// The field.
        field: String,
    },
    /// Characters that the format forbids were replaced by U+FFFD.
    CharactersReplaced {
        /// The field.
        field: String,
        /// Its features, by their place in the layer from 0.
        features: Vec<usize>,
    },
    /// An apostrophe was put before text that a spreadsheet would run as a formula.
    FormulasQuoted {
        /// The field.
        field: String,
        /// Its features, by their place in the layer from 0.
        features: Vec<usize>,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FieldRenamed { from, to } => write!(out, "The field {from:?} is named {to:?} in the file."),
            Self::TextCut { field, features, bytes } => {
                write!(out, "{} of field {field:?} were cut to {bytes} bytes.", values(features))
            }
            Self::NumbersRounded { field, features } => {
                write!(out, "{} of field {field:?} were rounded to the digits that the format holds.", values(features))
            }
            Self::DatesLost { field, features } => {
                write!(
                    out,
                    "{} of field {field:?} were left blank: the format cannot hold their years.",
                    values(features)
                )
            }
            Self::NumbersAsText { field } => {
                write!(out, "The field {field:?} stands as text: some of its numbers are too large for the format.")
            }
            Self::CharactersReplaced { field, features } => {
                write!(
                    out,
                    "{} of field {field:?} had characters that the format forbids; they were replaced.",
                    values(features)
                )
            }
            Self::FormulasQuoted { field, features } => {
                write!(
                    out,
                    "{} of field {field:?} got an apostrophe, so that no spreadsheet runs them.",
                    values(features)
                )
            }
        }
    }
}

fn values(features: &[usize]) -> String {
    let first = features.first().map_or(String::new(), |first| format!(" (the first in feature {first})"));
    format!("{} values{first}", features.len())
}
