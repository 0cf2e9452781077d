//! A resolution's statements, answered from the register.

use serde::Serialize;
use treaty::date::Date;
use treaty::register::Register;
use treaty::resolution::{Verdict, answer};

use crate::error::DeskError;
use crate::founding::asked_resolutions;
use crate::words::{Reason, Words};

/// A resolution and the answers to its statements.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResolutionView {
    /// `A/RES/75/52`.
    pub symbol: String,
    /// `75/52`.
    pub citation: String,
    /// Day of adoption.
    pub adopted_on: Date,
    /// The date as of which the statements are answered.
    pub as_of: Date,
    /// How many hold.
    pub holds: usize,
    /// How many do not.
    pub does_not_hold: usize,
    /// How many cannot be told.
    pub cannot_be_told: usize,
    /// Each statement.
    pub statements: Vec<StatementView>,
}

/// A statement and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatementView {
    /// Short name.
    pub id: String,
    /// Where it stands.
    pub paragraph: String,
    /// The resolution's words.
    pub text: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Why.
    pub because: Vec<Reason>,
}

/// The answers to a resolution's statements, as of its adoption or another date.
///
/// # Errors
/// Its statements are not kept.
pub fn resolution(
    register: &Register,
    words: &Words,
    citation: &str,
    as_of: Option<Date>,
) -> Result<ResolutionView, DeskError> {
    let kept = asked_resolutions()?;
    let wanted = citation.trim().trim_start_matches("A/RES/").replace('-', "/");
    let Some(asked) = kept.iter().find(|asked| asked.citation == wanted) else {
        let known = kept.iter().map(|asked| asked.citation.as_str()).collect::<Vec<_>>().join(", ");
        return Err(DeskError::UnknownResolution { given: citation.to_owned(), known });
    };
    let on = as_of.unwrap_or(asked.adopted_on);
    let statements: Vec<StatementView> = asked
        .statements
        .iter()
        .map(|statement| {
            let answer = answer(register, &statement.claim, on);
            StatementView {
                id: statement.id.clone(),
                paragraph: statement.paragraph.clone(),
                text: statement.text.clone(),
                verdict: answer.verdict,
                because: words.because(&answer.because),
            }
        })
        .collect();
    let count = |verdict| statements.iter().filter(|statement| statement.verdict == verdict).count();
    Ok(ResolutionView {
        symbol: asked.symbol.clone(),
        citation: asked.citation.clone(),
        adopted_on: asked.adopted_on,
        as_of: on,
        holds: count(Verdict::Holds),
        does_not_hold: count(Verdict::DoesNotHold),
        cannot_be_told: count(Verdict::CannotBeTold),
        statements,
    })
}
