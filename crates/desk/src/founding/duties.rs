//! What is known of how States carried out Articles 3, 4, 5 and 7.

use treaty::act::{Act, Deed, ExtensionDecision};
use treaty::article7::ReportKind;
use treaty::date::{Date, PartialDate};
use treaty::state::Iso3;

use super::row::{Row, rows};
use super::standing::last_days;
use super::{ARTICLE_3, ARTICLE_4, ARTICLE_5, ARTICLE_7, FoundingError, act};

pub(super) fn article_3() -> Result<Vec<Act>, FoundingError> {
    let mut acts = Vec::new();
    for row in rows(ARTICLE_3.0, ARTICLE_3.1)? {
        let state: Iso3 = row.need_read("iso3")?;
        let year: i16 = row.need_read("year")?;
        let deed = Deed::MinesRetained {
            state,
            year,
            mines: row.need_read("mines_retained")?,
            initial_declaration: row.read("initial_declaration")?,
        };
        acts.push(act(&format!("retained/{state}/{year}"), row.date("year")?, &row, deed)?);
    }
    Ok(acts)
}

/// A stockpile is on record where a source counts it, says that it was destroyed, or says that it remains.
pub(super) fn article_4() -> Result<Vec<Act>, FoundingError> {
    let mut acts = Vec::new();
    for row in rows(ARTICLE_4.0, ARTICLE_4.1)? {
        let state: Iso3 = row.need_read("iso3")?;
        let figures = row.figures(&["iso3", "name_en", "destruction_deadline", "note", "source"]);
        let measure = "stockpile".to_owned();
        let published = Deed::FigurePublished { state: Some(state), measure, figures };
        acts.push(act(&format!("article-4/{state}"), PartialDate::Unknown, &row, published)?);
        let status = row.need("status")?;
        let mines = row.read("declared_stockpile")?;
        if mines.is_some() || status.starts_with("missed deadline") {
            let held = Deed::StockpileHeld { state, mines };
            acts.push(act(&format!("article-4/{state}/held"), PartialDate::Unknown, &row, held)?);
        }
        if status == "completed" {
            let destroyed = Deed::StockpileDestroyed { state, mines: row.read("mines_destroyed")? };
            acts.push(act(&format!("article-4/{state}/destroyed"), row.date("completion_date")?, &row, destroyed)?);
        }
    }
    Ok(acts)
}

pub(super) fn article_5() -> Result<Vec<Act>, FoundingError> {
    let last_days = last_days()?;
    let mut acts = Vec::new();
    for row in rows(ARTICLE_5.0, ARTICLE_5.1)? {
        let state: Iso3 = row.need_read("iso3")?;
        let areas = Deed::MinedAreasReported { state };
        acts.push(act(&format!("article-5/{state}"), row.date("mined_areas_known")?, &row, areas)?);
        let decisions = row.text("extensions").into_iter().flat_map(|cell| cell.split(';'));
        for decided in decisions.map(str::trim) {
            let (meeting, decision) = decision(&row, decided)?;
            let on = *last_days
                .get(meeting)
                .ok_or_else(|| row.wrong("extensions", "names a meeting that is not in facts/meetings.csv"))?;
            let deed = Deed::ClearanceExtensionDecided { state, meeting: meeting.to_owned(), decision };
            acts.push(act(&format!("article-5/{state}/extension/{meeting}"), on, &row, deed)?);
        }
        let status = row.need("status")?;
        if matches!(status, "completed" | "reopened") {
            let on = row.date("completion")?;
            acts.push(act(&format!("article-5/{state}/completed"), on, &row, Deed::ClearanceCompleted { state })?);
        }
        if status == "reopened" {
            let reopened = Deed::ClearanceReopened { state };
            acts.push(act(&format!("article-5/{state}/reopened"), row.date("reopened")?, &row, reopened)?);
        }
    }
    Ok(acts)
}

/// `4RC=2025-12-31`, with a `*` where no source was found for the date, or one of three words.
fn decision<'a>(row: &Row, decided: &'a str) -> Result<(&'a str, ExtensionDecision), FoundingError> {
    let (meeting, what) = decided.split_once('=').ok_or_else(|| row.wrong("extensions", "lacks \"meeting=date\""))?;
    let decision = match what {
        "granted, date not known" => ExtensionDecision::GrantedDateNotKnown,
        "result not known" => ExtensionDecision::ResultNotKnown,
        "refused" => ExtensionDecision::Refused,
        date => {
            let bare = date.trim_end_matches('*');
            let deadline: Date = bare.parse().map_err(|_| row.wrong("extensions", "holds no date after \"=\""))?;
            ExtensionDecision::Granted { deadline, sourced: bare == date }
        }
    };
    Ok((meeting, decision))
}

pub(super) fn article_7() -> Result<Vec<Act>, FoundingError> {
    let kinds = [("initial", ReportKind::Initial), ("annual", ReportKind::Annual)];
    let mut acts = Vec::new();
    for row in rows(ARTICLE_7.0, ARTICLE_7.1)? {
        let state: Iso3 = row.need_read("iso3")?;
        let report = row.one_of("report", &kinds)?;
        let calendar_year: Option<i16> = row.read("calendar_year")?;
        let year = calendar_year.map_or("initial".to_owned(), |year| year.to_string());
        let status = row.need("status")?;
        let (on, deed) = if let Some(day) = status.strip_prefix("not submitted by ") {
            let day = day.parse().map_err(|_| row.wrong("status", "holds no date"))?;
            (day, Deed::ReportNotReceived { state, report, calendar_year })
        } else if status == "submitted" {
            (row.date("submission_date")?, Deed::ReportSubmitted { state, report, calendar_year })
        } else {
            return Err(row.wrong("status", "is neither \"submitted\" nor \"not submitted by DATE\""));
        };
        let what = if matches!(deed, Deed::ReportSubmitted { .. }) { "submitted" } else { "not-received" };
        acts.push(act(&format!("article-7/{state}/{year}/{what}"), on, &row, deed)?);
    }
    Ok(acts)
}
