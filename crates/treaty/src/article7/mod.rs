//! Article 7: transparency measures. Who owes a report and when ([`owed`]), what it holds ([`report`]), under which
//! letters it is read ([`lettering`]), and whether it adds up ([`checks`]).

pub mod checks;
pub mod drafting;
pub mod lettering;
pub mod owed;
pub mod report;
pub mod sections;

use serde::{Deserialize, Serialize};

/// Which report under Article 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// Article 7(1): the first one.
    Initial,
    /// Article 7(2): the yearly update, covering the last calendar year.
    Annual,
    /// By a State not party, as General Assembly resolutions invite (75/52, paragraph 6).
    Voluntary,
}

impl ReportKind {
    /// The word for it, as in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Annual => "annual",
            Self::Voluntary => "voluntary",
        }
    }
}
