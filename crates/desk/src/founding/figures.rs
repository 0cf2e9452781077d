//! Figures kept as printed, and the scale of assessments.

use treaty::act::{Act, Deed};
use treaty::date::PartialDate;
use treaty::state::Iso3;

use super::row::{Row, rows};
use super::{CASUALTIES, CONTAMINATION, FoundingError, RATES, SCALE, act};

pub(super) fn all() -> Result<Vec<Act>, FoundingError> {
    let mut acts = Vec::new();
    for row in rows(CONTAMINATION.0, CONTAMINATION.1)? {
        let on = row.date("as_of")?;
        acts.push(published(&row, "mined-area", on, &["iso3", "note", "source"])?);
    }
    for row in rows(RATES.0, RATES.1)? {
        acts.push(published(&row, "reporting-rate", row.date("as_of")?, &["note", "source"])?);
    }
    for row in rows(CASUALTIES.0, CASUALTIES.1)? {
        // Some rows stand for several years; the years are kept among the figures as printed.
        let on = row.date("year").unwrap_or(PartialDate::Unknown);
        acts.push(published(&row, "casualties", on, &["iso3", "note", "source"])?);
    }
    for row in rows(SCALE.0, SCALE.1)? {
        let state: Iso3 = row.need_read("iso3")?;
        let period = row.need("period")?.to_owned();
        let on = period.get(..4).and_then(|year| year.parse().ok()).unwrap_or(PartialDate::Unknown);
        let id = format!("scale/{period}/{state}");
        let (percent, scale) = (row.need("percent")?.to_owned(), row.need("kind")?.to_owned());
        acts.push(act(&id, on, &row, Deed::RateAssessed { state, period, percent, scale })?);
    }
    Ok(acts)
}

fn published(row: &Row, measure: &str, on: PartialDate, without: &[&str]) -> Result<Act, FoundingError> {
    let deed =
        Deed::FigurePublished { state: row.read("iso3")?, measure: measure.to_owned(), figures: row.figures(without) };
    // Several figures of one State and year stand in one file, so the line is part of the name.
    act(&format!("figure/{measure}/{}", row.line()), on, row, deed)
}
