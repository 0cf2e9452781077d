//! The words of the table of rights: verbs, subjects, tiers; each verb and subject also as a type, so that what a route
//! may do is part of its type.

use std::fmt::Debug;

use serde::Serialize;

macro_rules! words {
    (
        $(#[$doc:meta])* $kind:ident, $(#[$marker_doc:meta])* $marker:ident, $(#[$module_doc:meta])* $module:ident,
        $($(#[$word_doc:meta])* $word:ident = $key:literal,)+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $kind {
            $($(#[$word_doc])* $word,)+
        }

        impl $kind {
            /// Every one, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$word,)+];

            /// The word for it in the table, in JSON, in tokens and on the command line.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$word => $key,)+
                }
            }

            /// The one of a key.
            #[must_use]
            pub fn of_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.key() == key)
            }
        }

        $(#[$marker_doc])*
        pub trait $marker: Debug + Clone + Copy + Send + Sync + 'static {
            /// The word that the type stands for.
            const WORD: $kind;
        }

        $(#[$module_doc])*
        pub mod $module {
            $(
                $(#[$word_doc])*
                #[derive(Clone, Copy, Debug)]
                pub struct $word;

                impl super::$marker for $word {
                    const WORD: super::$kind = super::$kind::$word;
                }
            )+
        }
    };
}

words! {
    /// What is done.
    Verb,
    /// A verb as a type.
    VerbType,
    /// The verbs, each a type.
    verb,
    /// To learn that it exists at all.
    Know = "know",
    /// To read it.
    See = "see",
    /// To get a list of them.
    List = "list",
    /// To look for them by words.
    Search = "search",
    /// To learn how many, or a total.
    Count = "count",
    /// To take it away as a file.
    Export = "export",
    /// To write or change a draft.
    Draft = "draft",
    /// To approve a draft.
    Approve = "approve",
    /// To lodge it in the State's name.
    Lodge = "lodge",
    /// To take back what was lodged.
    Recall = "recall",
    /// To publish it.
    Publish = "publish",
    /// To put field files in.
    Keep = "keep",
    /// To invite.
    Invite = "invite",
    /// To make a token.
    Issue = "issue",
    /// To end what was given: a session, a token, an invitation.
    Revoke = "revoke",
    /// To read what was done, and by whom.
    Audit = "audit",
    /// To change settings, roles, accounts.
    Administer = "administer",
    /// To use it: sign in, sign out, accept an invitation.
    Use = "use",
}

words! {
    /// What it is done to.
    SubjectKind,
    /// A subject as a type.
    SubjectType,
    /// The subjects, each a type.
    subject,
    /// The program itself: style sheet, scripts, the journal's key, this table.
    Program = "program",
    /// Signing in, and what leads to it.
    SignIn = "sign-in",
    /// What officially happened, and what follows from it.
    RegisterFacts = "register-facts",
    /// A report that a State lodged.
    Report = "report",
    /// Its file, byte for byte, and its receipt.
    ReportFile = "report-file",
    /// A report that is being written.
    Draft = "draft",
    /// The pages on which a report is handed in.
    Lodging = "lodging",
    /// Areas as counts in cells.
    AreaCounts = "area-counts",
    /// Outlines of areas, positions, single findings.
    Perimeters = "perimeters",
    /// Field files as delivered.
    FieldDelivery = "field-delivery",
    /// Counts of casualties, small ones suppressed.
    CasualtyCounts = "casualty-counts",
    /// Counts of casualties as they are.
    ExactCasualties = "exact-casualties",
    /// What is recorded about one victim.
    VictimRecord = "victim-record",
    /// Evidence of alleged use.
    AllegationEvidence = "allegation-evidence",
    /// One's own account.
    Account = "account",
    /// A sign-in that still holds.
    Session = "session",
    /// A token for programs.
    Token = "token",
    /// Somebody with an account, and the roles held.
    Person = "person",
    /// An invitation that is open.
    Invitation = "invitation",
    /// Work that the program does later.
    Job = "job",
    /// Who did what, and who read what.
    AuditTrail = "audit-trail",
    /// Figures about the program's running.
    Metrics = "metrics",
}

impl SubjectKind {
    /// Whether it belongs to signing in and to accounts, where no token reaches.
    #[must_use]
    pub fn is_of_accounts(self) -> bool {
        matches!(self, Self::Account | Self::Session | Self::Token | Self::Person | Self::Invitation)
    }
}

/// How far a thing is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// To everybody.
    Public,
    /// To the States Parties and those who serve them.
    StatesParties,
    /// To the State and the secretariat.
    StateAndSecretariat,
    /// To the State alone.
    StateAlone,
}

impl Tier {
    /// Every tier, the widest first.
    pub const ALL: [Self; 4] = [Self::Public, Self::StatesParties, Self::StateAndSecretariat, Self::StateAlone];

    /// The word for it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::StatesParties => "states-parties",
            Self::StateAndSecretariat => "state-and-secretariat",
            Self::StateAlone => "state-alone",
        }
    }

    /// The tier of a key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.key() == key)
    }
}
