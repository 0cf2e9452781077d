//! What goes wrong with people's accounts, in sentences.

use database::DatabaseError;
use jiff::Timestamp;

use crate::actor::PersonId;
use crate::password::Weak;
use crate::role::Role;

/// Why something about people could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The system gives no random numbers.
    #[error("this machine gives no random numbers ({0}), so no secret can be made; nothing was changed")]
    NoRandomness(String),
    /// The link is unknown, used, expired or for another purpose; which of them is not told.
    #[error("this link is not valid: it was used, or its time is over; ask for a new one")]
    NoSuchLink,
    /// Whoever is in needs no invitation.
    #[error("they have accepted their invitation; make a link for a new password instead")]
    InvitationAccepted,
    /// The password is too easy to guess.
    #[error("{0}")]
    Weak(#[from] Weak),
    /// The password given is not the present one.
    #[error("this is not your present password")]
    WrongPassword,
    /// It was tried too often.
    #[error("too many tries; try again after {until}")]
    TooOften {
        /// When it is open again.
        until: Timestamp,
    },
    /// Somebody has this address already.
    #[error("somebody with the address {0} is here already; each address belongs to one person")]
    EmailTaken(String),
    /// No address.
    #[error("\"{0}\" is no e-mail address: write it as in name@example.org")]
    NotAnEmail(String),
    /// No name.
    #[error("a name is needed, of at most 200 letters and in one line")]
    NoName,
    /// Nobody by this id or address.
    #[error("nobody here is {0}; `mineban user list` shows who is")]
    NoSuchPerson(String),
    /// No organisation by this id.
    #[error("there is no organisation {0}")]
    NoSuchOrganisation(String),
    /// No such session, token, holding or job.
    #[error("there is no {what} {id}")]
    NoSuchThing {
        /// What sort of thing.
        what: &'static str,
        /// Which.
        id: String,
    },
    /// A national role without its State.
    #[error("the role {} is held for a State; name it, as in COL", .0.key())]
    StateNeeded(Role),
    /// A role that ends before it begins.
    #[error("a role cannot end before it begins")]
    EndsBeforeItBegins,
    /// A token that lives too long, or not at all.
    #[error("a token's last day lies between tomorrow and a year from now")]
    TokenLife,
    /// The last administrator cannot go.
    #[error("{0} is the last administrator; make another one first")]
    LastAdministrator(PersonId),
    /// A role for oneself.
    #[error("nobody gives a role to themselves: another administrator does, or whoever runs the machine")]
    OwnRole,
    /// A row that this program did not write.
    #[error("the people's tables hold {what} that cannot be read ({value}); restore them from a backup")]
    Unreadable {
        /// What sort of thing.
        what: &'static str,
        /// What was found.
        value: String,
    },
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}; nothing was changed")]
    Hash(String),
    /// A file of breached passwords cannot be used.
    #[error("the list of breached passwords {path} cannot be read: {reason}")]
    Breached {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// Why somebody is not signed in. Says nothing about whether the account exists.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Address, password or code is wrong.
    #[error("the address, the password or the code is wrong")]
    Wrong,
    /// Too many tries.
    #[error("too many tries; try again after {until}")]
    Throttled {
        /// When it is open again.
        until: Timestamp,
    },
    /// The sign-in took too long, or was tried too often: begin again.
    #[error("this sign-in is over; begin again")]
    Gone,
    /// It could not be decided.
    #[error(transparent)]
    Unavailable(#[from] PeopleError),
}

impl From<DatabaseError> for SignInError {
    fn from(error: DatabaseError) -> Self {
        Self::Unavailable(error.into())
    }
}
