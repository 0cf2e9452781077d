//! Where a job finds the register: a journal in a folder, or, where there is none yet, the founding facts alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use database::Address;
use jiff::Timestamp;
use journal::{Access, Journal, JournalError, Location};
use treaty::act::{Act, ActId, Deed};
use treaty::date::Date;
use treaty::register::Register;
use treaty::state::Iso3;

use crate::error::DeskError;
use crate::founding;

/// The folder used when none is named.
pub const DEFAULT_FOLDER: &str = "mineban-data";

/// The name of a journal made without naming it. It stands in every checkpoint and receipt.
pub const DEFAULT_ORIGIN: &str = "mineban.local/journal";

/// Which folder is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The one that is used when none is named; without a journal in it, the founding facts are read.
    Default,
    /// The one that was named.
    Named(PathBuf),
    /// A folder with the keys of this node, and a PostgreSQL database that several nodes share.
    Shared {
        /// The folder.
        folder: PathBuf,
        /// The database.
        store: Address,
    },
}

impl Place {
    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self {
            Self::Default => Path::new(DEFAULT_FOLDER),
            Self::Named(folder) | Self::Shared { folder, .. } => folder,
        }
    }

    /// Where its journal is kept.
    ///
    /// # Errors
    /// The address of the database cannot be read.
    pub fn location(&self) -> Result<Location, DeskError> {
        match self {
            Self::Shared { folder, store: Address::Postgres(url) } => Ok(Location::postgres(folder, url)?),
            Self::Shared { folder, store: Address::File(path) } => {
                Ok(Location::postgres(folder, &path.to_string_lossy())?)
            }
            _ => Ok(Location::folder(self.folder())),
        }
    }
}

/// The register, and the journal it was read from, if there is one.
pub struct Store {
    /// The journal; `None` when the register is that of the founding facts.
    pub journal: Option<Journal>,
    /// The register.
    pub register: Arc<Register>,
}

impl Store {
    /// Opens the register for reading; changes nothing and makes nothing.
    ///
    /// # Errors
    /// A folder was named and holds no journal, or the journal cannot be read.
    pub async fn read(place: &Place) -> Result<Self, DeskError> {
        if *place == Place::Default && !Journal::exists(place.folder()) {
            return Ok(Self { journal: None, register: Arc::new(founding_register()?) });
        }
        unfinished_import(place)?;
        let journal = Box::pin(Journal::open(place.location()?, Access::Read)).await?;
        if journal.size() == 0 {
            let what = "it holds no acts; repeat the command that was making it, or lodge a report or serve the site";
            return Err(DeskError::Unfinished { folder: place.folder().to_owned(), what });
        }
        Ok(Self::over(journal))
    }

    /// The register of a journal.
    #[must_use]
    pub fn over(journal: Journal) -> Self {
        Self { register: journal.register(), journal: Some(journal) }
    }

    /// The same as it is now, to be read: it stays as it is when acts are appended.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        // The journal is what counts: whoever appended to it may not have taken its register over.
        let journal = self.journal.as_ref().map(Journal::snapshot);
        let register = journal.as_ref().map_or_else(|| Arc::clone(&self.register), Journal::register);
        Self { journal, register }
    }
}

/// Opens the journal for writing; one that is not there yet is made and begins with the founding acts. An interrupted
/// beginning is finished, for the founding acts are the same everywhere and recorded once.
///
/// # Errors
/// The folder cannot be written, or the journal is in use or damaged.
pub async fn write(place: &Place) -> Result<Journal, DeskError> {
    unfinished_import(place)?;
    let mut journal = Box::pin(open_or_create(place, DEFAULT_ORIGIN)).await?;
    if journal.size() == 0 {
        journal.append(&founding::acts()?, &[]).await?;
    }
    Ok(journal)
}

/// Opens the journal for writing; one that is not there yet is made, empty, with this name.
pub(crate) async fn open_or_create(place: &Place, origin: &str) -> Result<Journal, DeskError> {
    let location = place.location()?;
    if !Journal::exists_at(&location).await? {
        match Journal::create(location.clone(), origin).await {
            // Another node was quicker.
            Err(JournalError::AlreadyExists { .. }) if matches!(place, Place::Shared { .. }) => {}
            made => return Ok(made?),
        }
    }
    Ok(Journal::open(location, Access::Write).await?)
}

/// A file that stands in the folder while an import is under way.
pub(crate) const IMPORT_MARK: &str = "import-unfinished";

/// Part of a journal is not the journal: its counts would be wrong, and what is lodged in it would make it diverge.
fn unfinished_import(place: &Place) -> Result<(), DeskError> {
    if !place.folder().join(IMPORT_MARK).exists() {
        return Ok(());
    }
    let what = "an import was cut off; repeat it (mineban journal import)";
    Err(DeskError::Unfinished { folder: place.folder().to_owned(), what })
}

/// The register of the founding facts alone.
///
/// # Errors
/// The facts are damaged.
pub fn founding_register() -> Result<Register, DeskError> {
    let acts = founding::acts()?;
    Register::fold(&acts).map_err(|(act, refusal)| DeskError::FoundingRefused { act: act.to_string(), refusal })
}

/// The State that a person means: its code, in either case.
///
/// # Errors
/// There is none; names near to what was given are offered.
pub fn state(register: &Register, given: &str) -> Result<Iso3, DeskError> {
    let code = given.parse::<Iso3>().ok().filter(|code| register.state(*code).is_some());
    code.ok_or_else(|| {
        let wanted = given.to_lowercase();
        let near = |name: &str| wanted.len() > 2 && name.to_lowercase().contains(&wanted);
        let named =
            register.states().filter(|file| near(&file.state.name) || file.state.iso2.eq_ignore_ascii_case(given));
        let nearest = named.take(4).map(|file| format!("{} for {}", file.state.state, file.state.name)).collect();
        DeskError::UnknownState { given: given.to_owned(), nearest }
    })
}

/// An act recorded now, by somebody at this desk.
#[must_use]
pub fn act(id: ActId, on: Date, now: Timestamp, source: &str, deed: Deed) -> Act {
    Act { id, effective_on: on.into(), recorded_at: now, source: source.to_owned(), note: None, deed }
}
