//! A field file brought in again, held against what it was: last year's report rests on it.

use std::path::{Path, PathBuf};

use intake::Intake;
use intake::revision::{Revision, compare};
use serde::Serialize;
use treaty::because::Value;
use treaty::date::Date;
use treaty::state::Iso3;

use crate::error::DeskError;
use crate::field::{self, FieldFinding, How, Reading};
use crate::kept::{self, Source};
use crate::objects::Objects;
use crate::words::Words;

/// A comparison, with its findings in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RevisedView {
    /// The file of today.
    pub file: String,
    /// The earlier file.
    pub before: String,
    /// When the earlier file was kept, if it comes from there.
    pub kept_at: Option<jiff::Timestamp>,
    /// The comparison.
    #[serde(flatten)]
    pub revision: Revision,
    /// What must be explained, in words.
    pub to_explain: Vec<FieldFinding>,
}

/// Compares a file with an earlier one.
///
/// # Errors
/// The earlier file cannot be read, or holds records of another kind.
pub fn with_file(reading: &Reading<'_>, before: &Path, now: &Intake, words: &Words) -> Result<RevisedView, DeskError> {
    let before: [PathBuf; 1] = [before.to_owned()];
    let earlier = field::read(&Reading { files: &before, ..*reading })?;
    match earlier.as_slice() {
        [earlier] => view(earlier, None, now, words),
        _ => Err(DeskError::Nothing("the earlier file holds nothing to compare with")),
    }
}

/// Compares a file with the one that its source delivered before: of the same name, or the only one of its kind. `None`
/// when there is none, or it is the very same.
///
/// # Errors
/// What is kept cannot be read.
pub async fn with_kept(
    objects: &Objects,
    state: Iso3,
    source: &Source,
    now: &Intake,
    today: Date,
    words: &Words,
) -> Result<Option<RevisedView>, DeskError> {
    let mut of_kind = kept::current_of(objects, state, source).await?;
    of_kind.retain(|held| held.file.records == now.kind.key());
    let by_name = of_kind.iter().position(|held| held.file.file == now.file);
    let only = (of_kind.len() == 1).then_some(0);
    let Some(held) = by_name.or(only).map(|at| of_kind.swap_remove(at)) else { return Ok(None) };
    if held.file.sha256 == now.sha256 {
        return Ok(None);
    }
    let held = held.at_hand(objects).await?;
    let path = [held.path.clone()];
    let how = How { mapping: held.mapping.as_deref(), ..How::default() };
    let earlier = field::read(&Reading { files: &path, how, state: Some(state), today, progress: None })?;
    earlier.first().map(|earlier| view(earlier, Some(held.current.kept_at), now, words)).transpose()
}

fn view(
    before: &Intake,
    kept_at: Option<jiff::Timestamp>,
    now: &Intake,
    words: &Words,
) -> Result<RevisedView, DeskError> {
    let revision = compare(before, now)?;
    let to_explain = revision.findings.iter().map(|found| field::finding(found, words)).collect();
    Ok(RevisedView { file: now.file.clone(), before: before.file.clone(), kept_at, revision, to_explain })
}

/// What a comparison comes to, in one sentence.
#[must_use]
pub fn sentence(view: &RevisedView, words: &Words) -> String {
    let revision = &view.revision;
    let values = [
        ("file", Value::from(view.file.as_str())),
        ("before", Value::from(view.before.as_str())),
        ("unchanged", Value::from(revision.unchanged)),
        ("added", Value::from(revision.added.len())),
        ("changed", Value::from(revision.changed.len())),
        ("moved", Value::from(revision.moved().count())),
        ("withdrawn", Value::from(revision.withdrawn.len())),
    ];
    words.with("revised-sentence", &values)
}
