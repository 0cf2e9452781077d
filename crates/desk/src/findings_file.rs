//! Findings as files, in the language of those who mend the source.

use std::path::Path;

use intake::Intake;
use intake::findings_file::{Wording, csv, geojson, html};

use crate::error::DeskError;
use crate::field;
use crate::files;
use crate::words::Words;

/// Writes the findings of the files as a table (`.csv`), a map layer (`.geojson`) or a page with small maps (`.html`).
///
/// # Errors
/// The ending is none of the three, or the file cannot be written.
pub fn write(path: &Path, read: &[Intake], words: &Words) -> Result<(), DeskError> {
    let list: Vec<&Intake> = read.iter().collect();
    let wording = Wording {
        lang: words.lang().code(),
        right_to_left: words.lang().direction() == "rtl",
        says: &|finding| field::finding(finding, words).says,
        heading: &|key| words.text(&format!("findings-{key}")),
    };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let text = match ending.as_str() {
        "csv" => csv(&list, &wording),
        "geojson" | "json" => geojson(&list, &wording),
        "html" | "htm" => html(&list, &wording),
        _ => return Err(DeskError::NoFindingsFormat(path.to_owned())),
    };
    files::write(path, text.as_bytes())
}
