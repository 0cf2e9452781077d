//! `/administration/…`: people and their roles, invitations, jobs, the audit trail.

mod holding;
pub(crate) mod jobs;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod trail;

use ::people::PeopleError;
use desk::Timestamp;

/// What went wrong with what an administrator asked for, as a key of the words; `None` for what is ours.
fn wrong(error: &PeopleError) -> Option<&'static str> {
    Some(match error {
        PeopleError::EmailTaken(_) => "people-email-taken",
        PeopleError::NotAnEmail(_) => "people-no-email",
        PeopleError::NoName => "people-no-name",
        PeopleError::StateNeeded(_) => "people-state-needed",
        PeopleError::EndsBeforeItBegins => "people-backwards",
        PeopleError::OwnRole => "people-own-role",
        PeopleError::LastAdministrator(_) => "people-last-administrator",
        PeopleError::NoSuchThing { .. } | PeopleError::NoSuchPerson(_) | PeopleError::NoSuchOrganisation(_) => {
            "problem-no-such-thing"
        }
        _ => return None,
    })
}

/// To the minute, in UTC, as a list of times is read.
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
