//! Derivations: why a derived value is what it is.
//!
//! Every value the register derives (a deadline, a status, a finding) carries the Articles and acts that it follows
//! from, as sentences that can be said in any language: a key of `locales/` and the values to put in.

use serde::{Deserialize, Serialize};

use crate::act::ActId;
use crate::date::{Date, PartialDate};
use crate::state::Iso3;

/// Something to be said to a person, in whatever language: the sentence's key in `locales/` and its values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sentence {
    /// Key of the sentence.
    pub key: &'static str,
    /// What to put in, by name.
    pub values: Vec<(&'static str, Value)>,
}

/// A value inside a [`Sentence`], typed so that each language can write it its own way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Count(i64),
    /// An area in m².
    Area(f64),
    /// A date, as far as known.
    Date(PartialDate),
    /// A State, to be named in the reader's language.
    State(Iso3),
    /// Anything already in words: a symbol, a name, a unit.
    Text(String),
}

macro_rules! value_from {
    ($($from:ty => |$v:ident| $into:expr),* $(,)?) => {
        $(impl From<$from> for Value { fn from($v: $from) -> Self { $into } })*
    };
}
value_from! {
    u64 => |v| Value::Count(i64::try_from(v).unwrap_or(i64::MAX)),
    usize => |v| Value::Count(i64::try_from(v).unwrap_or(i64::MAX)),
    u32 => |v| Value::Count(v.into()),
    i16 => |v| Value::Text(v.to_string()),
    i64 => |v| Value::Count(v),
    f64 => |v| Value::Area(v),
    Date => |v| Value::Date(v.into()),
    PartialDate => |v| Value::Date(v),
    Iso3 => |v| Value::State(v),
    &str => |v| Value::Text(v.to_owned()),
    String => |v| Value::Text(v),
}

/// Makes a [`Sentence`]: `say!("because-within-180-days", date = due)`.
///
/// A whole-program test reads the sources for these keys and fails when a locale lacks one.
#[macro_export]
macro_rules! say {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::because::Sentence { key: $key, values: vec![$((stringify!($name), $crate::because::Value::from($value))),*] }
    };
}

/// A place in the Convention: Article and paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Article {
    /// Number of the Article.
    pub number: u8,
    /// Number of the paragraph; 0 when the Article as a whole is meant.
    pub paragraph: u8,
}

impl Article {
    /// Article `number`, paragraph `paragraph`.
    #[must_use]
    pub const fn new(number: u8, paragraph: u8) -> Self {
        Self { number, paragraph }
    }
}

impl std::fmt::Display for Article {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.paragraph {
            0 => write!(f, "{}", self.number),
            paragraph => write!(f, "{}({paragraph})", self.number),
        }
    }
}

/// One step of a derivation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Where in the Convention the step stands; `None` for a plain fact.
    pub article: Option<Article>,
    /// What the step says.
    pub says: Sentence,
    /// The acts it rests on.
    pub acts: Vec<ActId>,
}

/// A derivation: steps in the order in which they follow from each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Because(pub Vec<Step>);

impl Because {
    /// Adds a step that follows from an Article.
    #[must_use]
    pub fn by(mut self, article: Article, says: Sentence) -> Self {
        self.0.push(Step { article: Some(article), says, acts: Vec::new() });
        self
    }

    /// Adds a step that is a recorded fact.
    #[must_use]
    pub fn fact(mut self, act: &ActId, says: Sentence) -> Self {
        self.0.push(Step { article: None, says, acts: vec![act.clone()] });
        self
    }

    /// Adds a step that is neither: what is missing, or what cannot be told.
    #[must_use]
    pub fn remark(mut self, says: Sentence) -> Self {
        self.0.push(Step { article: None, says, acts: Vec::new() });
        self
    }

    /// All steps of `self`, then all of `next`.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        self.0.extend(next.0);
        self
    }
}
