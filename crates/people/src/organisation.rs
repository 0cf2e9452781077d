//! The organisations that people belong to.

use serde::{Deserialize, Serialize};
use treaty::state::Iso3;

use crate::error::PeopleError;
use crate::people::People;
use crate::secret::opaque;

/// An organisation, by a random name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganisationId(pub String);

/// What sort of organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// An authority of a State.
    StateAuthority,
    /// The secretariat of the United Nations.
    Secretariat,
    /// The Implementation Support Unit.
    Isu,
    /// A committee of the Convention, of one year.
    Committee,
    /// Another part of the United Nations system.
    UnitedNations,
    /// An international or regional organisation.
    InternationalOrganisation,
    /// The International Committee of the Red Cross.
    Icrc,
    /// A non-governmental organisation.
    Ngo,
    /// A donor that is none of these.
    Donor,
}

impl OrganisationKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::StateAuthority,
        Self::Secretariat,
        Self::Isu,
        Self::Committee,
        Self::UnitedNations,
        Self::InternationalOrganisation,
        Self::Icrc,
        Self::Ngo,
        Self::Donor,
    ];

    /// The word for it in tables, in JSON and on the command line.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::StateAuthority => "state-authority",
            Self::Secretariat => "secretariat",
            Self::Isu => "isu",
            Self::Committee => "committee",
            Self::UnitedNations => "united-nations",
            Self::InternationalOrganisation => "international-organisation",
            Self::Icrc => "icrc",
            Self::Ngo => "ngo",
            Self::Donor => "donor",
        }
    }

    /// The kind of a key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// An organisation to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrganisation {
    /// Its name, in its own language.
    pub name: String,
    /// What sort.
    pub kind: OrganisationKind,
    /// The State whose authority it is.
    pub state: Option<Iso3>,
    /// The year, for a committee.
    pub year: Option<i16>,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// Its random name.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// What sort.
    pub kind: OrganisationKind,
    /// The State whose authority it is.
    pub state: Option<Iso3>,
    /// The year, for a committee.
    pub year: Option<i16>,
}

type Row = (String, String, String, Option<String>, Option<i64>);

impl People {
    /// Enters an organisation. The same one (kind, name, State and year) is entered once.
    ///
    /// # Errors
    /// It has no name; or the database failed.
    pub async fn add_organisation(&self, new: &NewOrganisation) -> Result<OrganisationId, PeopleError> {
        let name = crate::person::tidy_name(&new.name)?;
        let mut transaction = self.begin().await?;
        let same = "SELECT id FROM organisations WHERE kind = $1 AND name = $2 AND COALESCE(state, '') = $3 \
            AND COALESCE(year, 0) = $4";
        let state = new.state.map(|state| state.to_string());
        let same = sqlx::query_scalar::<_, String>(same).bind(new.kind.key()).bind(&name);
        let same = same.bind(state.clone().unwrap_or_default()).bind(i64::from(new.year.unwrap_or_default()));
        if let Some(id) = same.fetch_optional(&mut *transaction).await.map_err(|error| self.failed(error))? {
            return Ok(OrganisationId(id));
        }
        let id = OrganisationId(opaque()?);
        let add = sqlx::query("INSERT INTO organisations (id, name, kind, state, year) VALUES ($1, $2, $3, $4, $5)");
        let add = add.bind(&id.0).bind(name).bind(new.kind.key()).bind(state).bind(new.year.map(i64::from));
        add.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        self.commit(transaction).await?;
        Ok(id)
    }

    /// Every organisation, by kind and name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, PeopleError> {
        let all = "SELECT id, name, kind, state, year FROM organisations ORDER BY kind, name, id";
        let rows: Vec<Row> =
            sqlx::query_as(all).fetch_all(self.database.pool()).await.map_err(|error| self.failed(error))?;
        rows.into_iter().map(organisation).collect()
    }
}

fn organisation((id, name, kind, state, year): Row) -> Result<Organisation, PeopleError> {
    let unreadable = |value: &str| PeopleError::Unreadable { what: "an organisation", value: value.to_owned() };
    Ok(Organisation {
        id: OrganisationId(id),
        name,
        kind: OrganisationKind::of_key(&kind).ok_or_else(|| unreadable(&kind))?,
        state: state.map(|state| state.parse().map_err(|_| unreadable(&state))).transpose()?,
        year: year.map(|year| i16::try_from(year).map_err(|_| unreadable(&year.to_string()))).transpose()?,
    })
}
