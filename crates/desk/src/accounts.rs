//! Where those who can sign in are kept: beside the journal, in its folder or in the database that its nodes share.

use database::Address;
use people::People;

use crate::error::DeskError;
use crate::store::Place;

/// The file of people in a folder of data.
pub const FILE: &str = "people.sqlite";

/// Opens the tables of people that go with a journal, and makes them where there are none yet.
///
/// # Errors
/// They cannot be opened, or are of a later version of this program.
pub async fn open(place: &Place) -> Result<People, DeskError> {
    let address = match place {
        Place::Shared { store, .. } => Address::Postgres(store.expose().to_owned()),
        Place::Default | Place::Named(_) => Address::File(place.folder().join(FILE)),
    };
    Ok(People::open(&address).await?)
}
