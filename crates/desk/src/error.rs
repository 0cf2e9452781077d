//! What goes wrong at the desk, in sentences for the person who can act: what, where, what to do.

use std::io;
use std::path::{Path, PathBuf};

use treaty::article7::checks::Finding;

use crate::founding::FoundingError;

/// Why a job could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The journal said no.
    #[error(transparent)]
    Journal(#[from] journal::JournalError),
    /// Something about people could not be done.
    #[error(transparent)]
    People(#[from] people::PeopleError),
    /// The audit trail is not whole.
    #[error("{0}; compare it with a backup, and find out who can write the people's tables")]
    Trail(#[from] people::TrailFault),
    /// Letters cannot be sent.
    #[error(transparent)]
    Mail(#[from] people::MailError),
    /// An import stopped.
    #[error(transparent)]
    Import(#[from] journal::ImportError),
    /// A receipt does not verify.
    #[error(transparent)]
    Verify(#[from] journal::VerifyError),
    /// A backup cannot be made, or cannot be put back.
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupError),
    /// The object store does not give or take something.
    #[error(transparent)]
    Objects(#[from] crate::objects::ObjectsError),
    /// A field file cannot be read.
    #[error(transparent)]
    Intake(#[from] intake::IntakeError),
    /// A mapping cannot be read.
    #[error("{}: {source}", .path.display())]
    Mapping {
        /// The mapping file.
        path: PathBuf,
        /// What is wrong.
        source: intake::MappingError,
    },
    /// A founding fact cannot be read.
    #[error("a founding fact is damaged, so this program is too; build it again: {0}")]
    Founding(#[from] FoundingError),
    /// The founding facts contradict each other.
    #[error("the founding facts contradict each other, so this program is damaged; build it again: {act}: {refusal}")]
    FoundingRefused {
        /// The act.
        act: String,
        /// Why.
        refusal: treaty::register::Refusal,
    },
    /// No such State.
    #[error("{given} is no State of the register; give its three-letter ISO code, as in COL{}", hint(.nearest))]
    UnknownState {
        /// What was given.
        given: String,
        /// States whose name or code is near.
        nearest: Vec<String>,
    },
    /// No such resolution.
    #[error("the statements of resolution {given} are not kept; known: {known}")]
    UnknownResolution {
        /// What was given.
        given: String,
        /// Those that are.
        known: String,
    },
    /// No such report.
    #[error("no report of {state} for {year} is in this journal")]
    NoReport {
        /// The State.
        state: String,
        /// The year.
        year: i16,
    },
    /// A file of ours cannot be read.
    #[error("{} cannot be read: {}", .path.display(), why(.source))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{} cannot be written: {}; nothing else was changed", .path.display(), why(.source))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A report file is damaged.
    #[error("{} is no report file: {reason}; mend it there, or draft the report again", .path.display())]
    NotAReport {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        reason: String,
    },
    /// The report cannot be lodged as it is.
    #[error("the report cannot be lodged; blockers among its findings: {}; run `mineban check` and mend the report", .0.len())]
    Blocked(Vec<Finding>),
    /// A report of a State that the sender may not speak for.
    #[error("this is a report of {given}, for which you may not lodge; nothing was recorded")]
    OtherState {
        /// The State of the report.
        given: treaty::state::Iso3,
    },
    /// The same bytes, given twice.
    #[error("{file} is the same file as {before}: everything in it would count twice; give it once")]
    SameFileTwice {
        /// The second one.
        file: String,
        /// The first one.
        before: String,
    },
    /// A map file's name does not say its format.
    #[error("{}: its ending names no map format; write one of .gpkg, .geojson, .kml, .kmz, .zip (a Shapefile), .parquet, .csv", .0.display())]
    NoMapFormat(PathBuf),
    /// A findings file's name does not say its format.
    #[error("{}: its ending names no format for findings; write one of .csv, .geojson, .html", .0.display())]
    NoFindingsFormat(PathBuf),
    /// Two files that cannot be compared.
    #[error(transparent)]
    Revision(#[from] intake::revision::RevisionError),
    /// A map file could not be written.
    #[error(transparent)]
    Map(#[from] atlas::Error),
    /// A feature does not fit its layer.
    #[error("the map cannot be drawn: {0}")]
    Layer(#[from] atlas::LayerError),
    /// No forecast can be made.
    #[error("no forecast can be made: {0}")]
    Forecast(#[from] land::forecast::ForecastError),
    /// A file changed between reading and keeping it.
    #[error("{} changed while it was read, so what was read is not what would be kept; run the same command again", .0.display())]
    ChangedMeanwhile(PathBuf),
    /// The list of deliveries is damaged.
    #[error("{}, line {line}: this is no delivery ({reason}); mend the line or restore the file from a copy", .path.display())]
    NotDeliveries {
        /// The list.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Lodged, but the files that prove it could not be written.
    #[error("the report IS lodged (act {act}), but {} cannot be written: {}; run the same command again with another place for it", .path.display(), why(.source))]
    LodgedNotWritten {
        /// The act.
        act: String,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Two outputs in one place.
    #[error("{} would be written twice; give the receipt and the report as lodged different names, and not that of the draft", .0.display())]
    SamePlace(PathBuf),
    /// Begun, and cut off before it held what it should.
    #[error("the journal in {} was begun and never finished: {what}; nothing is lost, and nothing is read from it until then", .folder.display())]
    Unfinished {
        /// The folder.
        folder: PathBuf,
        /// What was cut off, and what to do.
        what: &'static str,
    },
    /// Records of the wrong sort.
    #[error(
        "{file} holds records of the kind \"{found}\", and {wanted} are needed here; if they were taken wrongly, write \
         their kind in a mapping"
    )]
    WrongRecords {
        /// The file.
        file: String,
        /// What it holds.
        found: &'static str,
        /// What is needed.
        wanted: &'static str,
    },
    /// The site cannot listen.
    #[error("the site cannot listen on {address}: {}", listen(.source))]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The site does not answer.
    #[error("no site answers at {address}: {}", why(.source))]
    NoAnswer {
        /// The address.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The site was started in a way that it must not run in.
    #[error("{0}")]
    Setting(String),
    /// A step of the demonstration was not understood.
    #[error("the demonstration typed something that is not understood: {0}")]
    Demo(String),
    /// Nothing of a file can be drawn.
    #[error(
        "{file}: no record has a position or a polygon, so there is nothing to put on a map; mineban intake says why"
    )]
    NoPlaces {
        /// The file.
        file: String,
    },
    /// Nothing was given to work with.
    #[error("{0}")]
    Nothing(&'static str),
}

fn hint(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!(" (did you mean {}?)", nearest.join(", ")) }
}

fn listen(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            "the port is in use by another program; choose another with --port, or 0 for a free one".to_owned()
        }
        io::ErrorKind::PermissionDenied => "ports below 1024 need more rights; choose another with --port".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address; leave --address out".to_owned(),
        _ => why(source),
    }
}

/// The system's word on a failure, with the way out where there is one.
fn why(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder; check the name".to_owned(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "it is not permitted; check the rights on the folder, or write elsewhere".to_owned()
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "the disk is full; free space and try again".to_owned()
        }
        io::ErrorKind::IsADirectory => "it is a folder; name a file".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is a file, not a folder; check the name".to_owned(),
        _ => source.to_string(),
    }
}

impl DeskError {
    /// Whether the journal said no to what was given, which is for the giver to mend; anything else is not the giver's.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        use journal::JournalError::{IdTaken, NotKept, Refused};
        matches!(self, Self::OtherState { .. } | Self::Journal(IdTaken { .. } | NotKept { .. } | Refused { .. }))
    }

    /// Whether the object store does not answer; it may do so again at any time.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Objects(crate::objects::ObjectsError::Unreachable { .. }))
    }

    /// Whether a mapping is the way out.
    #[must_use]
    pub fn asks_for_a_mapping(&self) -> bool {
        matches!(self, Self::Intake(error) if error.asks_for_a_mapping())
    }

    pub(crate) fn wrong_records(file: &intake::Intake, wanted: &'static str) -> Self {
        Self::WrongRecords { file: file.file.clone(), found: file.kind.key(), wanted }
    }

    /// Why a file could not be read.
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    /// Why a file could not be written.
    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }
}
