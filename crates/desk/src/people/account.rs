//! Accounts, as whoever holds the machine makes and changes them.

use jiff::Timestamp;
use jiff::civil::Date;
use people::{
    Holding, NewOrganisation, NewPerson, Organisation, OrganisationId, People, Person, Purpose, Role, TrailEntry,
    TrailFilter,
};
use serde::Serialize;
use treaty::state::Iso3;

use super::letters;
use crate::error::DeskError;

/// A link for somebody, to be handed on by whoever asked for it.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// For whom: the opaque id.
    pub person: String,
    /// Their address.
    pub email: String,
    /// What opens the account.
    pub link: String,
    /// Until when.
    pub until: Timestamp,
}

/// Enters somebody and makes their invitation.
///
/// # Errors
/// The address is taken or none, a national role lacks its State; or the tables cannot be written.
pub async fn add(
    people: &People,
    new: &NewPerson,
    organisation: Option<&NewOrganisation>,
    site: &str,
    now: Timestamp,
) -> Result<Link, DeskError> {
    let organisation: Option<OrganisationId> = match organisation {
        Some(organisation) => Some(people.add_organisation(organisation).await?),
        None => None,
    };
    let new = NewPerson { organisation, ..new.clone() };
    let invitation = people.invite(None, &new, now).await?;
    Ok(Link {
        person: invitation.person.0,
        email: new.email,
        link: letters::address(site, Purpose::Invitation, invitation.token.reveal()),
        until: invitation.expires,
    })
}

/// Makes another link for somebody: an invitation until they have accepted one, then one for a new password.
///
/// # Errors
/// Nobody is called that; or the tables cannot be written.
pub async fn link(people: &People, who: &str, site: &str, now: Timestamp) -> Result<Link, DeskError> {
    let person = people.named(who).await?;
    let purpose = if person.password { Purpose::PasswordReset } else { Purpose::Invitation };
    let link = people.link(None, &person.id, purpose, now).await?;
    let address = letters::address(site, purpose, link.token.reveal());
    Ok(Link { person: person.id.0, email: person.email, link: address, until: link.expires })
}

/// Everybody, with the names of their organisations.
///
/// # Errors
/// The tables cannot be read.
pub async fn list(people: &People) -> Result<(Vec<Person>, Vec<Organisation>), DeskError> {
    Ok((people.everybody().await?, people.organisations().await?))
}

/// Gives somebody a role, or ends one they hold: `last` is its last day.
///
/// # Errors
/// Nobody is called that, the role lacks its State, or nobody would be administrator any more.
pub async fn role(people: &People, who: &str, holding: &Holding, now: Timestamp) -> Result<Person, DeskError> {
    let person = people.named(who).await?;
    people.hold(None, &person.id, holding, now).await?;
    Ok(people.person(&person.id).await?)
}

/// Ends a role that somebody holds: `last` is its last day.
///
/// # Errors
/// Nobody is called that or they do not hold it, or nobody would be administrator any more.
pub async fn end_role(
    people: &People,
    who: &str,
    role: Role,
    state: Option<Iso3>,
    last: Date,
    now: Timestamp,
) -> Result<Person, DeskError> {
    let person = people.named(who).await?;
    if people.end_holding(None, &person.id, role, state, last, now).await? == 0 {
        return Err(DeskError::Nothing(
            "they hold no such role that could be ended then; `mineban user list` shows theirs",
        ));
    }
    Ok(people.person(&person.id).await?)
}

/// Lets somebody in no more, or in again.
///
/// # Errors
/// Nobody is called that, or nobody would be administrator any more.
pub async fn disable(people: &People, who: &str, again: bool, now: Timestamp) -> Result<Person, DeskError> {
    let person = people.named(who).await?;
    if again {
        people.enable(None, &person.id, now).await?;
    } else {
        people.disable(None, &person.id, now).await?;
    }
    Ok(people.person(&person.id).await?)
}

/// Takes the second factor of somebody away who lost it: they enrol a new one when they next sign in.
///
/// # Errors
/// Nobody is called that; or the tables cannot be written.
pub async fn forget_second_factor(people: &People, who: &str, now: Timestamp) -> Result<Person, DeskError> {
    let person = people.named(who).await?;
    people.forget_second_factor(None, &person.id, now).await?;
    Ok(people.person(&person.id).await?)
}

/// Checks the audit trail from its first entry on, and gives what was asked of it, the newest first.
///
/// # Errors
/// The trail was changed; or the tables cannot be read.
pub async fn trail(people: &People, filter: &TrailFilter) -> Result<(u64, Vec<TrailEntry>), DeskError> {
    let entries = people.verify_trail().await??;
    Ok((entries, people.trail(filter).await?))
}
