//! Verifying a receipt, and the report it stands for, without a journal.

use std::path::Path;

use journal::{Verified, verify_receipt};

use crate::error::DeskError;
use crate::files;

/// Verifies a receipt file and, when given, the report file that it stands for, offline. With a key, also that the
/// journal of that key signed it.
///
/// # Errors
/// A file cannot be read, or a step of the proof fails: the error says which.
pub fn verify(receipt: &Path, report: Option<&Path>, key: Option<&str>) -> Result<Verified, DeskError> {
    let receipt = files::read(receipt)?;
    let report = report.map(files::read).transpose()?;
    Ok(verify_receipt(&receipt, report.as_deref(), key)?)
}
