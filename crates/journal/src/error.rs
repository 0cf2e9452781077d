//! What can go wrong, in sentences for the person who can act.

use std::io;
use std::path::PathBuf;

use treaty::act::ActId;
use treaty::register::Refusal;

/// Why the journal could not do what was asked. Unless the sentence says otherwise, nothing was recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// No folder, or a folder without a journal.
    #[error(
        "there is no journal in {place}; check the folder named with --data (and the database named with --store), or make one there by lodging a report or serving the site"
    )]
    Missing {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// A file stands where the folder should be.
    #[error("{place} is a file, not a folder; name the folder that holds the journal")]
    NotAFolder {
        /// The path.
        place: String,
    },
    /// Creating it was interrupted. It holds no acts yet.
    #[error("the journal in {place} was never finished: creating it was interrupted; create it again, nothing is lost")]
    HalfCreated {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// A process was killed in the middle of a change, which only a writer can roll back.
    #[error(
        "a process that wrote to the journal in {place} was killed in the middle of a step; nothing is lost, and the next command that writes puts it right: lodge a report, or serve the site once"
    )]
    LeftMidStep {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// There is one already.
    #[error("there is a journal in {place} already; use it as it is, or name another folder with --data")]
    AlreadyExists {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// A file cannot be written.
    #[error("{} cannot be written ({source}); check the rights on the folder and who owns it", .path.display())]
    NotWritable {
        /// The path.
        path: PathBuf,
        /// The system's word on it.
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("{} cannot be read ({source}); check the rights on the file and who owns it", .path.display())]
    NotReadable {
        /// The path.
        path: PathBuf,
        /// The system's word on it.
        source: io::Error,
    },
    /// Another process has it open for writing.
    #[error("the journal in {place} is in use by {by}; stop it, or use another folder with --data")]
    InUse {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
        /// Who: `process 123 (mineban serve)`.
        by: String,
    },
    /// It was opened with [`crate::Access::Read`].
    #[error("the journal in {place} was opened for reading only; open it for writing")]
    ReadOnly {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// The key file is gone.
    #[error("{} is missing: without it the journal cannot be signed or checked; put it back from your copy, or from another node of this journal", .path.display())]
    KeyMissing {
        /// The path.
        path: PathBuf,
    },
    /// The key file holds something else.
    #[error("{} holds no signing key of a journal; put it back from your copy", .path.display())]
    KeyUnreadable {
        /// The path.
        path: PathBuf,
    },
    /// The secret and the public key are not a pair.
    #[error("journal.key and journal.vkey in {place} do not belong together; put both back from your copy")]
    KeyMismatch {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// A key was handed in that is not the journal's.
    #[error("the key file given is not the secret key of {key}; give the journal.key that was kept with this journal")]
    NotThisKey {
        /// The public key that it should belong to.
        key: String,
    },
    /// The name cannot stand in a checkpoint.
    #[error("\"{origin}\" cannot name a journal: write a name without spaces and pluses, like mineban.example/journal")]
    BadOrigin {
        /// The name given.
        origin: String,
    },
    /// The system gave no random bytes for a key.
    #[error("no key could be made: the system gave no random bytes ({reason})")]
    NoRandomness {
        /// The system's word on it.
        reason: String,
    },
    /// The server cannot be reached, or does not answer in time.
    #[error(
        "the database {place} does not answer ({reason}): nothing was recorded; check that it runs and can be reached, and try again"
    )]
    Unreachable {
        /// Where the journal is: its database without the password.
        place: String,
        /// The system's word on it.
        reason: String,
    },
    /// The connection was lost after the commit was sent and before it was answered.
    #[error(
        "the database {place} went away before it answered: it is not known whether the act was recorded; run the same command again, which records it once"
    )]
    Unanswered {
        /// Where the journal is: its database without the password.
        place: String,
    },
    /// The address of a database is none.
    #[error("the address of the store cannot be used: {reason}; write it as in postgres://user@host:5432/mineban")]
    BadAddress {
        /// What is wrong. Never the address itself, which may hold a password.
        reason: String,
    },
    /// This node holds another key than the journal was begun with.
    #[error("the journal in {place} is signed with another key than {}; nodes of one journal share one key: copy journal.key and journal.vkey from the folder of a node that works", .path.display())]
    OtherKey {
        /// Where the journal is: its database without the password.
        place: String,
        /// The key file here.
        path: PathBuf,
    },
    /// The database is not the one that this node has served: acts that were answered for are not in it.
    #[error(
        "the journal in {place} holds {found} acts, and does not continue the {known} acts that this node has served: an older or \
         another database is in its place, and to add to it would fork history; bring the newer one back, or, if those acts are \
         lost for good, say so publicly and move {} away", .file.display()
    )]
    NotContinued {
        /// Where the journal is.
        place: String,
        /// How many acts it holds.
        found: u64,
        /// How many acts this node has served.
        known: u64,
        /// Where that is noted.
        file: PathBuf,
    },
    /// Somebody else appended while acts were being prepared for certain positions.
    #[error(
        "another process wrote to the journal in {place} meanwhile: nothing was recorded; run the same command again"
    )]
    Overtaken {
        /// Where the journal is.
        place: String,
    },
    /// `SQLITE_FULL`, or the server's disk.
    #[error("the disk is full: nothing was recorded; free space for {place} and try again")]
    DiskFull {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// The file is cut off, overwritten or something else.
    #[error("{} is not a journal's database, or is cut off; put it back from your copy, or import an export into a new folder", .path.display())]
    NotADatabase {
        /// The path.
        path: PathBuf,
    },
    /// What is kept is not what was recorded.
    #[error(
        "the journal in {place} is damaged: {fault}; put it back from your copy, or import an export into a new folder"
    )]
    Damaged {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
        /// The first fault found.
        fault: Fault,
    },
    /// Written by a later version of the program.
    #[error(
        "the journal in {place} was written by a newer version of this program (schema {found}, known up to {known}); update the program"
    )]
    Newer {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
        /// The schema found.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// Written by an earlier version of the program, and opened for reading only.
    #[error(
        "the journal in {place} was written by an older version of this program; open it once for writing, which brings it up to date"
    )]
    Older {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// The database is held by somebody else for longer than we wait.
    #[error("the database in {place} was busy for too long; try again")]
    Busy {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
    },
    /// Anything else that the database says.
    #[error("the database in {place} could not do it: {source}")]
    Database {
        /// Where the journal is: its folder, or its database without the password.
        place: String,
        /// The database's word on it.
        source: Box<sqlx::Error>,
    },
    /// One name, two acts.
    #[error("the name {id} is taken by another act, at position {position}; record this act under a new name")]
    IdTaken {
        /// The name.
        id: ActId,
        /// Where the other act stands; counted from 0.
        position: u64,
    },
    /// The Convention, or the acts before it, speak against the act.
    #[error("act {id} is refused: {refusal}")]
    Refused {
        /// The act.
        id: ActId,
        /// Why.
        refusal: Refusal,
    },
    /// The act does not survive being written down and read again.
    #[error("act {id} cannot be written down without loss: {reason}; mend the act")]
    NotKept {
        /// The act.
        id: ActId,
        /// Why.
        reason: String,
    },
    /// The act names a report file that nobody has handed in.
    #[error(
        "act {id} names the report file {sha256}, which was not handed in with it; hand it in together with the act"
    )]
    ReportMissing {
        /// The act.
        id: ActId,
        /// SHA-256 in hexadecimal.
        sha256: String,
    },
    /// A file was handed in that no act names. It would be lost on export.
    #[error(
        "a file was handed in that no act names (SHA-256 {sha256}); hand it in together with the act that names it"
    )]
    BlobNotNamed {
        /// SHA-256 in hexadecimal.
        sha256: String,
    },
    /// No such act.
    #[error("there is no act {id} in this journal; check its name")]
    UnknownAct {
        /// The name asked for.
        id: ActId,
    },
    /// No such size.
    #[error("the journal has {size} acts, so it never had {asked} yet; ask for a size up to {size}")]
    NoSuchSize {
        /// The size asked for.
        asked: u64,
        /// The size that the journal has.
        size: u64,
    },
    /// The export's reader went away, or its disk is full.
    #[error("the export could not be written ({0}); what was written so far is not whole")]
    Output(#[source] io::Error),
    /// A rule of this program was broken; the journal was not.
    #[error("a mistake in this program, please report it: {0}")]
    Internal(String),
}

/// What is wrong inside a journal: part of [`JournalError::Damaged`]'s sentence. Positions count from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The database's own check.
    #[error("the database file is broken ({detail})")]
    Database {
        /// The database's word on it.
        detail: String,
    },
    /// A table, an index or a trigger is not as it was made.
    #[error("the table or trigger {name} is not as this program made it")]
    Schema {
        /// Which.
        name: String,
    },
    /// A position is missing or stands twice.
    #[error("the act at position {position} is missing")]
    Gap {
        /// The position.
        position: u64,
    },
    /// The act is no longer what was recorded.
    #[error("the act at position {position} ({id}) was changed after it was recorded")]
    ActChanged {
        /// The position.
        position: u64,
        /// Its name, as the table has it.
        id: String,
    },
    /// The act cannot be read.
    #[error("the act at position {position} ({id}) cannot be read: {reason}")]
    ActUnreadable {
        /// The position.
        position: u64,
        /// Its name, as the table has it.
        id: String,
        /// Why.
        reason: String,
    },
    /// The act contradicts the acts before it.
    #[error("the act at position {position} ({id}) contradicts the acts before it: {refusal}")]
    Contradiction {
        /// The position.
        position: u64,
        /// Its name.
        id: ActId,
        /// Why.
        refusal: Refusal,
    },
    /// A checkpoint is missing.
    #[error("there is no checkpoint for {size} acts: acts or checkpoints are missing at the end")]
    CheckpointMissing {
        /// The size.
        size: u64,
    },
    /// A checkpoint is not what was signed.
    #[error("the checkpoint for {size} acts {reason}")]
    CheckpointChanged {
        /// The size.
        size: u64,
        /// Why.
        reason: String,
    },
    /// Acts and checkpoint disagree.
    #[error("the first {size} acts are not those that were signed")]
    RootDiffers {
        /// The size.
        size: u64,
    },
    /// A report file is no longer what was lodged.
    #[error("the report file {sha256} was changed after it was lodged")]
    BlobChanged {
        /// SHA-256 in hexadecimal.
        sha256: String,
    },
    /// A report file is gone.
    #[error("the report file {sha256} is missing")]
    BlobMissing {
        /// SHA-256 in hexadecimal.
        sha256: String,
    },
    /// A file that no act names.
    #[error("the file {sha256} is named by no act")]
    BlobStray {
        /// What the table calls it.
        sha256: String,
    },
}

/// Why an import stopped. What was imported before stays; importing the same file again goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The input cannot be read.
    #[error(
        "the file cannot be read after line {line} ({source}); {imported} acts were imported and stay; import it again to go on"
    )]
    Input {
        /// Last line read.
        line: u64,
        /// Acts imported by this call.
        imported: u64,
        /// The system's word on it.
        source: io::Error,
    },
    /// The first line is not an export's.
    #[error("this is no export of a journal: {reason}; give the file that the export wrote, unchanged")]
    Header {
        /// Why.
        reason: String,
    },
    /// The export is another journal's.
    #[error(
        "this is an export of the journal {theirs}, and the folder holds the journal {ours}; create a journal named {theirs} in another folder and import it there"
    )]
    OtherOrigin {
        /// The name in the export.
        theirs: String,
        /// The name of this journal.
        ours: String,
    },
    /// A line is not what an export writes.
    #[error(
        "line {line}: {reason}; {imported} acts before it were imported and stay; mend the line from the original export and import again"
    )]
    Line {
        /// Line number, from 1.
        line: u64,
        /// Why.
        reason: String,
        /// Acts imported by this call.
        imported: u64,
    },
    /// The two journals went different ways.
    #[error(
        "line {line}: at position {position} this journal has the act {ours}, and the file has {theirs}: the two went different ways; {imported} acts before it were imported and stay; import the file into a new folder and compare"
    )]
    Diverged {
        /// Line number, from 1.
        line: u64,
        /// Position in the journal, from 0.
        position: u64,
        /// The act here.
        ours: ActId,
        /// The act in the file.
        theirs: ActId,
        /// Acts imported by this call.
        imported: u64,
    },
    /// The journal could not take it.
    #[error("{source} ({imported} acts were imported before and stay; import the same file again to go on)")]
    Journal {
        /// Acts imported by this call.
        imported: u64,
        /// Why.
        source: JournalError,
    },
}
