//! Lists of earlier days: until each delivery was an object of its own, a source had one list of them, and one mapping.
//!
//! ```text
//! <STATE>/<source>/deliveries.jsonl   one delivery a line, the newest last
//! <STATE>/<source>/mapping.toml       and mapping.before-<number>.toml, those before it
//! ```
//!
//! They are never written any more. They are shown as the objects that they would be now, so that whatever reads, saves or
//! moves objects takes them along.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use treaty::state::Iso3;

use super::folder::Found;
use super::{Key, Sort};
use crate::error::DeskError;
use crate::kept::{Delivery, Source, next_time};

const LIST: &str = "deliveries.jsonl";
const MAPPING: &str = "mapping.toml";

/// Whether a file is of earlier days.
pub(super) fn is_one(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == LIST || name == MAPPING)
}

/// What the earlier files in the folder of a source hold.
pub(super) fn of_source(root: &Path, folder: &Path) -> Result<Vec<(Key, Found)>, DeskError> {
    let Some((state, source)) = named(root, folder) else { return Ok(Vec::new()) };
    let mut found = deliveries(state, &source, &folder.join(LIST))?;
    let before = (1..10_000).map(|number| folder.join(format!("mapping.before-{number}.toml")));
    let before = before.take_while(|path| path.exists());
    for (order, path) in before.chain([folder.join(MAPPING)].into_iter().filter(|path| path.exists())).enumerate() {
        let bytes = fs::read(&path).map_err(DeskError::read(&path))?;
        // Before any mapping that is an object: nobody noted when it was kept.
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(i64::try_from(order).unwrap_or(i64::MAX));
        found.push((Key::of_source(state, &source, Sort::Mapping, at, &bytes), Found::File(path)));
    }
    Ok(found)
}

fn named(root: &Path, folder: &Path) -> Option<(Iso3, Source)> {
    let within: PathBuf = folder.strip_prefix(root).ok()?.to_owned();
    let mut parts = within.iter().map(|part| part.to_str());
    let (state, source) = (parts.next()??.parse().ok()?, parts.next()??.parse().ok()?);
    parts.next().is_none().then_some((state, source))
}

/// A last line that a crash cut off was never a delivery.
fn deliveries(state: Iso3, source: &Source, path: &Path) -> Result<Vec<(Key, Found)>, DeskError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DeskError::read(path)(error)),
    };
    let whole = text.get(..text.rfind('\n').map_or(0, |at| at + 1)).unwrap_or("");
    let (mut found, mut last) = (Vec::new(), None);
    for (at, line) in whole.lines().enumerate() {
        let damaged = |reason: String| DeskError::NotDeliveries { path: path.to_owned(), line: at + 1, reason };
        let delivery: Delivery = serde_json::from_str(line).map_err(|error| damaged(error.to_string()))?;
        let bytes = delivery.to_json();
        // The order of the lines is what counted, whatever the clock said.
        let time = next_time(delivery.kept_at, last);
        last = Some(time);
        found.push((Key::of_source(state, source, Sort::Delivery, time, &bytes), Found::Bytes(bytes)));
    }
    Ok(found)
}
