//! The roles that people hold.

use serde::{Deserialize, Serialize};

/// What somebody is there to do. Whoever holds none is the public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Writes a State's reports and requests.
    NationalAuthor,
    /// Approves them and lodges them in the State's name.
    NationalApprover,
    /// Keeps a State's field records.
    InformationManager,
    /// Receives what States send, and enters what came by mail.
    SecretariatOfficer,
    /// Publishes it.
    SecretariatPublisher,
    /// An officer of the Implementation Support Unit.
    IsuOfficer,
    /// Sits on a committee of the Convention for its term.
    CommitteeMember,
    /// Offers help.
    Donor,
    /// Takes part in a meeting for a State or an organisation.
    MeetingDelegate,
    /// Keeps the accounts and the machine; reads no State's papers.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 10] = [
        Self::NationalAuthor,
        Self::NationalApprover,
        Self::InformationManager,
        Self::SecretariatOfficer,
        Self::SecretariatPublisher,
        Self::IsuOfficer,
        Self::CommitteeMember,
        Self::Donor,
        Self::MeetingDelegate,
        Self::Administrator,
    ];

    /// The word for it in tables, in JSON and on the command line.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::NationalAuthor => "national-author",
            Self::NationalApprover => "national-approver",
            Self::InformationManager => "information-manager",
            Self::SecretariatOfficer => "secretariat-officer",
            Self::SecretariatPublisher => "secretariat-publisher",
            Self::IsuOfficer => "isu-officer",
            Self::CommitteeMember => "committee-member",
            Self::Donor => "donor",
            Self::MeetingDelegate => "meeting-delegate",
            Self::Administrator => "administrator",
        }
    }

    /// The role of a key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// Whether it is held for one State, whose papers it opens and no other's.
    #[must_use]
    pub fn is_national(self) -> bool {
        matches!(self, Self::NationalAuthor | Self::NationalApprover | Self::InformationManager)
    }

    /// Whether who holds it shows a second factor: all that can lodge, publish or see what is not public. No role of
    /// today is without one.
    #[must_use]
    pub fn needs_second_factor(self) -> bool {
        match self {
            Self::NationalAuthor
            | Self::NationalApprover
            | Self::InformationManager
            | Self::SecretariatOfficer
            | Self::SecretariatPublisher
            | Self::IsuOfficer
            | Self::CommitteeMember
            | Self::Donor
            | Self::MeetingDelegate
            | Self::Administrator => true,
        }
    }
}
