//! A whole journal out, in, and checked.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use journal::{Access, ExportSummary, ImportSummary, Journal, VerifyReport};

use crate::error::DeskError;
use crate::store::{IMPORT_MARK, Place};

/// Writes the journal as lines of JSON, to a file or to anything else that takes bytes.
///
/// # Errors
/// There is no journal, it is damaged, or the output cannot be written.
pub async fn export(place: &Place, out: impl Write) -> Result<ExportSummary, DeskError> {
    let journal = Journal::open(place.location()?, Access::Read).await?;
    let mut out = BufWriter::new(out);
    let summary = journal.export(&mut out).await?;
    out.flush().map_err(DeskError::write(Path::new("the output")))?;
    journal.close().await;
    Ok(summary)
}

/// Takes an export in. A journal that is not there yet is made, with the name of the one that was exported. What is
/// there already is passed over, so an import that was cut off is repeated.
///
/// # Errors
/// The file is no export or diverges from the journal, or the journal cannot be written. What was taken in stays.
pub async fn import(place: &Place, path: &Path, progress: impl FnMut(u64)) -> Result<ImportSummary, DeskError> {
    let open = || File::open(path).map(BufReader::new).map_err(DeskError::read(path));
    if path.is_dir() {
        return Err(DeskError::read(path)(std::io::ErrorKind::IsADirectory.into()));
    }
    let folder = place.folder();
    let location = place.location()?;
    let mut journal = if Journal::exists_at(&location).await? {
        Journal::open(location, Access::Write).await?
    } else {
        let origin = journal::origin_of_export(&mut open()?)?;
        Journal::create(location, &origin).await?
    };
    let mark = folder.join(IMPORT_MARK);
    File::create(&mark).and_then(|mark| mark.sync_all()).map_err(DeskError::write(&mark))?;
    let before = journal.size();
    let summary = journal.import(open()?, progress).await;
    let untouched = journal.size() == before;
    journal.close().await;
    // A journal that took nothing in is what it was before, whatever the file was.
    if summary.is_ok() || untouched {
        std::fs::remove_file(&mark).map_err(DeskError::write(&mark))?;
    }
    Ok(summary?)
}

/// Checks a whole journal, from the bytes on disk.
///
/// # Errors
/// There is no journal, or the first fault found.
pub async fn verify(place: &Place) -> Result<VerifyReport, DeskError> {
    let journal = Journal::open(place.location()?, Access::Read).await?;
    let report = journal.verify().await;
    journal.close().await;
    Ok(report?)
}
