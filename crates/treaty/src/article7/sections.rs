//! The keys of a report's sections, and how each is answered.

use serde::Serialize;

use crate::article7::report::{Answer, Sections};

/// A sub-paragraph of Article 7(1), or a voluntary matter: what report sections are keyed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKey {
    /// 7.1 (a)
    A,
    /// 7.1 (b)
    B,
    /// 7.1 (c)
    C,
    /// 7.1 (d)
    D,
    /// 7.1 (e)
    E,
    /// 7.1 (f)
    F,
    /// 7.1 (g)
    G,
    /// 7.1 (h)
    H,
    /// 7.1 (i)
    I,
    /// Voluntary: victims.
    Victims,
    /// Voluntary: cooperation.
    Cooperation,
}

impl SectionKey {
    /// All sections, in the order of the Article.
    pub const ALL: [Self; 11] = [
        Self::A,
        Self::B,
        Self::C,
        Self::D,
        Self::E,
        Self::F,
        Self::G,
        Self::H,
        Self::I,
        Self::Victims,
        Self::Cooperation,
    ];

    /// The section of a key as in JSON, in either case.
    #[must_use]
    pub fn of_str(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.as_str().eq_ignore_ascii_case(key))
    }

    /// As in JSON: `a` to `i`, `victims`, `cooperation`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
            Self::E => "e",
            Self::F => "f",
            Self::G => "g",
            Self::H => "h",
            Self::I => "i",
            Self::Victims => "victims",
            Self::Cooperation => "cooperation",
        }
    }
}

impl Serialize for SectionKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How a section is answered, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// Nobody has answered yet.
    ToBeAnswered,
    /// Does not apply.
    NotApplicable,
    /// Unchanged since the report for this year.
    UnchangedSince(i16),
    /// Answered.
    Given,
}

macro_rules! answer_with {
    ($sections:expr, $section:expr, $answer:expr) => {
        match $section {
            SectionKey::A => $sections.national_measures = $answer,
            SectionKey::B => $sections.stockpiles = $answer,
            SectionKey::C => $sections.mined_areas = $answer,
            SectionKey::D => $sections.retained = $answer,
            SectionKey::E => $sections.conversion = $answer,
            SectionKey::F => $sections.destruction_programmes = $answer,
            SectionKey::G => $sections.destroyed = $answer,
            SectionKey::H => $sections.technical_characteristics = $answer,
            SectionKey::I => $sections.warning = $answer,
            SectionKey::Victims => $sections.victims = $answer,
            SectionKey::Cooperation => $sections.cooperation = $answer,
        }
    };
}

impl Sections {
    /// Answers a section with "not applicable".
    pub fn set_not_applicable(&mut self, section: SectionKey) {
        answer_with!(self, section, Answer::NotApplicable);
    }

    /// Answers a section with "unchanged since" a year.
    pub fn set_unchanged_since(&mut self, section: SectionKey, year: i16) {
        answer_with!(self, section, Answer::UnchangedSince(year));
    }

    /// How each section is answered.
    #[must_use]
    pub fn answers(&self) -> Vec<(SectionKey, AnswerKind)> {
        fn kind<T>(answer: &Answer<T>) -> AnswerKind {
            match answer {
                Answer::ToBeAnswered => AnswerKind::ToBeAnswered,
                Answer::NotApplicable => AnswerKind::NotApplicable,
                Answer::UnchangedSince(year) => AnswerKind::UnchangedSince(*year),
                Answer::Given(_) => AnswerKind::Given,
            }
        }
        let kinds = [
            kind(&self.national_measures),
            kind(&self.stockpiles),
            kind(&self.mined_areas),
            kind(&self.retained),
            kind(&self.conversion),
            kind(&self.destruction_programmes),
            kind(&self.destroyed),
            kind(&self.technical_characteristics),
            kind(&self.warning),
            kind(&self.victims),
            kind(&self.cooperation),
        ];
        SectionKey::ALL.into_iter().zip(kinds).collect()
    }
}
