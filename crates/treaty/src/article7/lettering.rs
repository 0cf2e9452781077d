//! The two letterings of the reporting forms. "Form C" means mined areas in one and retained mines in the other, so
//! data are keyed by sub-paragraph and the letters are views.

use serde::Serialize;

use crate::article7::report::SectionKey;

/// A way to letter the forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lettering {
    /// The formats of 1999, as amended in 2005 and 2007: A to I follow 7.1 (a) to (i), J is voluntary.
    Classic,
    /// The Guide to Reporting of 2015.
    Guide2015,
}

impl Lettering {
    /// The letter of a section; `None` where the letter is not confirmed by a source that we have read.
    ///
    /// Of the Guide, A to C are confirmed by a report that uses it (Cambodia, for 2016); the further letters are not,
    /// and are not shown as if they were.
    #[must_use]
    pub fn letter(self, section: SectionKey) -> Option<char> {
        use SectionKey::{A, B, C, Cooperation, D, E, F, G, H, I, Victims};
        match (self, section) {
            (Self::Classic | Self::Guide2015, A) => Some('A'),
            (Self::Classic | Self::Guide2015, B) => Some('B'),
            (Self::Classic, C) | (Self::Guide2015, D) => Some('C'),
            (Self::Classic, D) => Some('D'),
            (Self::Classic, E) => Some('E'),
            (Self::Classic, F) => Some('F'),
            (Self::Classic, G) => Some('G'),
            (Self::Classic, H) => Some('H'),
            (Self::Classic, I) => Some('I'),
            (Self::Classic, Victims | Cooperation) => Some('J'),
            (Self::Guide2015, C | E | F | G | H | I | Victims | Cooperation) => None,
        }
    }

    /// The sections in the order of this lettering: lettered ones first, then the others in the Article's order.
    #[must_use]
    pub fn ordered(self) -> Vec<SectionKey> {
        let mut sections = SectionKey::ALL.to_vec();
        sections.sort_by_key(|section| self.letter(*section).unwrap_or('~'));
        sections
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_c_means_mined_areas_in_one_lettering_and_retained_mines_in_the_other() {
        assert_eq!(Lettering::Classic.letter(SectionKey::C), Some('C'));
        assert_eq!(Lettering::Guide2015.letter(SectionKey::D), Some('C'));
    }

    #[test]
    fn classic_letters_follow_the_sub_paragraphs() {
        let letters: String = SectionKey::ALL.iter().filter_map(|key| Lettering::Classic.letter(*key)).collect();
        assert_eq!(letters, "ABCDEFGHIJJ");
        assert_eq!(Lettering::Guide2015.ordered()[2], SectionKey::D);
    }
}
