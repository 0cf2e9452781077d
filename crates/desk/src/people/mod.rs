//! People: who may come in, the letters that they get, and what is kept about them.

pub mod account;
pub mod letters;
pub mod personal_data;
pub mod sweeping;

use std::path::{Path, PathBuf};

use database::Address;
use people::Limits;
// What callers hand in and get back.
pub use people::{
    Holding, NewOrganisation, NewPerson, Organisation, OrganisationKind, People, Person, PersonId, Post,
    ProviderSettings, Role, Secret, Swept, TrailEntry, TrailFilter,
};

use crate::error::DeskError;
use crate::store::Place;

/// The name of the people's tables in the data folder.
const FILE: &str = "people.sqlite";
/// The name of the folder for letters in the data folder.
const MAIL: &str = "mail";

/// Where the people's tables are: in the database that the nodes share, or in the data folder.
#[must_use]
pub fn address(place: &Place) -> Address {
    match place {
        Place::Shared { store, .. } => store.clone(),
        Place::Default | Place::Named(_) => Address::File(place.folder().join(FILE)),
    }
}

/// Where letters go when no mail server is set.
#[must_use]
pub fn mail_folder(place: &Place) -> PathBuf {
    place.folder().join(MAIL)
}

/// Opens the people's tables, and makes or renews them where needed. `breached` is a file of breached passwords.
///
/// # Errors
/// They cannot be opened, or are of a later version of the program; or the file cannot be read.
pub async fn open(place: &Place, breached: Option<&Path>) -> Result<People, DeskError> {
    Ok(People::open_with(&address(place), Limits::default(), breached).await?)
}
