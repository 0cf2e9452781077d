//! What is kept about people: swept when its time is over, given to the person, erased.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use people::{AuditEntry, Outcome, People, Retention, Swept, Through, over_before, retention};
use serde_json::Value;

use super::mail_folder;
use crate::error::DeskError;
use crate::store::Place;

/// Finds what is kept too long, in the tables and in the mail folder, and erases it if told to.
///
/// # Errors
/// The tables or the folder cannot be read or written.
pub async fn sweep(people: &People, place: &Place, erase: bool, now: Timestamp) -> Result<Vec<Swept>, DeskError> {
    let mut swept = people.sweep(erase, now).await?;
    swept.extend(sweep_mail(place, erase, now)?);
    Ok(swept)
}

/// The mail folder's part of it.
pub(crate) fn sweep_mail(place: &Place, erase: bool, now: Timestamp) -> Result<Vec<Swept>, DeskError> {
    let mut swept = Vec::new();
    for rule in retention()?.into_iter().filter(|rule| rule.kind == "mail") {
        let count = sweep_letters(&mail_folder(place), &rule, erase, now)?;
        swept.push(Swept { kind: rule.kind, kept_for_days: rule.kept_for_days, count });
    }
    Ok(swept)
}

fn sweep_letters(folder: &Path, rule: &Retention, erase: bool, now: Timestamp) -> Result<u64, DeskError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        other => other.map_err(DeskError::read(folder))?,
    };
    let over = SystemTime::from(over_before(rule, now));
    let mut count = 0;
    for entry in entries {
        let path = entry.map_err(DeskError::read(folder))?.path();
        let written = fs::metadata(&path).and_then(|about| about.modified()).map_err(DeskError::read(&path))?;
        // To the second, as some file systems keep it.
        if written + Duration::from_secs(1) < over {
            if erase {
                fs::remove_file(&path).map_err(DeskError::write(&path))?;
            }
            count += 1;
        }
    }
    Ok(count)
}

/// Everything that is kept about one person. That it was read stands in the audit trail.
///
/// # Errors
/// Nobody is called that; or the tables cannot be read.
pub async fn export(people: &People, who: &str, now: Timestamp) -> Result<Value, DeskError> {
    let person = people.named(who).await?;
    let entry = AuditEntry {
        at: now,
        actor: None,
        verb: "export".to_owned(),
        subject: format!("person/{}", person.id),
        outcome: Outcome::Done,
        from: Through::CommandLine,
    };
    people.note(&entry).await?;
    Ok(people.export(&person.id, now).await?)
}

/// Erases one person. The audit trail keeps their opaque id, which then leads to nobody.
///
/// # Errors
/// Nobody is called that, or nobody would be administrator any more; or the tables cannot be written.
pub async fn erase(people: &People, who: &str, now: Timestamp) -> Result<String, DeskError> {
    let person = people.named(who).await?;
    people.erase(None, &person.id, now).await?;
    Ok(person.id.0)
}
