//! A column's name says one thing and its values another: where figures rest on it, reading stops.

use crate::columns::Candidate;
use crate::error::IntakeError;
use crate::finding::shorten;
use crate::fit::{self, Fit};
use crate::looks::{self, Looks};
use crate::options::Options;
use crate::table::Table;
use crate::vocabulary::{Class, Field};
use crate::words::{self, Words};
use std::fmt::Write;

/// A column that holds something else than its name says.
#[derive(Debug)]
pub(crate) struct Disagreement {
    index: usize,
    header: String,
    field: Field,
    /// How many of the values do not fit.
    pub(crate) n: u64,
    total: u64,
    /// Up to three of them.
    pub(crate) examples: Vec<String>,
    /// What they look like.
    pub(crate) looks: Looks,
}

/// Looks at a column with its name in mind.
pub(crate) fn look(
    table: &Table,
    index: usize,
    header: &str,
    field: Field,
    fit: &Fit,
    options: &Options<'_>,
) -> Option<Disagreement> {
    if fit.total == 0 {
        return None;
    }
    let beyond = looks::beyond(table, index, field, header);
    let asks = matches!(field.class(), Class::Area | Class::Count | Class::Code)
        || matches!(field, Field::Admin1 | Field::Admin2);
    if fit.enough() && !beyond && !asks {
        return None;
    }
    let looks = looks::at(table, index, options.today);
    if fit.enough() && !beyond && !looks.contradicts(field) {
        return None;
    }
    let n = if fit.enough() { fit.total } else { fit.total - fit.fits };
    let examples = if fit.examples.is_empty() { first_values(table, index) } else { fit.examples.clone() };
    Some(Disagreement { index, header: header.to_owned(), field, n, total: fit.total, examples, looks })
}

fn first_values(table: &Table, index: usize) -> Vec<String> {
    let said = table.rows.iter().map(|row| row.cell(index)).filter(|cell| !words::is_unknown(cell));
    said.take(3).map(str::to_owned).collect()
}

/// Whether figures rest on the field.
fn matters(field: Field) -> bool {
    match field.class() {
        Class::Year | Class::Date | Class::Area | Class::Count | Class::Latitude | Class::Longitude => true,
        Class::Words(list) => matches!(list, Words::Sex | Words::Outcome | Words::AreaKind | Words::Release),
        _ => false,
    }
}

/// Stops when a column on which figures rest holds something else.
pub(crate) fn stop(
    file: &str,
    table: &Table,
    candidates: &[Candidate],
    mut found: Vec<Disagreement>,
    options: &Options<'_>,
) -> Result<(), IntakeError> {
    // What only some records carry is no ground of figures: volunteers' maps have keys such as "surface" (sand, paved).
    let looked_at = fit::looked_at(table) as u64;
    found.retain(|one| matters(one.field) && one.looks.is_other(one.field) && one.total * 4 >= looked_at);
    found.sort_by_key(|one| one.index);
    if found.is_empty() {
        return Ok(());
    }
    let (mut said, mut lines) = (Vec::new(), String::new());
    for one in &found {
        let examples: Vec<String> = one.examples.iter().map(|cell| format!("\"{}\"", shorten(cell))).collect();
        let mut text = format!(
            "column \"{}\" is named as {}, but {} of its {} values do not fit ({}) and look like {}",
            one.header,
            one.field.key(),
            one.n,
            one.total,
            examples.join(", "),
            one.looks.says()
        );
        let partner = exchanged(table, candidates, one, options);
        if let Some((other, _)) = partner {
            let other = table.headers.get(other).map_or("", String::as_str);
            let _ = write!(text, "; the names of \"{}\" and \"{other}\" look exchanged", one.header);
        }
        let field = partner.map(|(_, field)| field).or_else(|| one.looks.field());
        let _ = writeln!(lines, "\"{}\" = \"{}\"", one.header, field.map_or("ignore", Field::key));
        // The partner's own line, unless it has a turn of its own.
        if let Some((other, _)) = partner.filter(|(other, _)| found.iter().all(|one| one.index != *other)) {
            let other = table.headers.get(other).map_or("", String::as_str);
            let _ = writeln!(lines, "\"{other}\" = \"{}\"", one.field.key());
        }
        said.push(text);
    }
    Err(IntakeError::HeaderContentsDisagree {
        file: file.to_owned(),
        said: said.join("; "),
        lines: lines.trim_end().to_owned(),
    })
}

/// Another column whose values fit this one's name while this one's values fit its name.
fn exchanged(
    table: &Table,
    candidates: &[Candidate],
    one: &Disagreement,
    options: &Options<'_>,
) -> Option<(usize, Field)> {
    let this = candidates.iter().find(|candidate| candidate.index == one.index)?;
    let mapping = options.mapping.as_ref();
    let fits = |candidate: &Candidate, field: Field| {
        let fit = fit::fit(table, candidate, field, mapping, options.today);
        fit.total > 0 && fit.share() > 0.8
    };
    let narrow = |field: &&Field| match field.class() {
        Class::Text | Class::Code => false,
        Class::Area | Class::Count => one.looks != Looks::RowNumbers && !one.looks.contradicts(**field),
        _ => true,
    };
    candidates.iter().filter(|other| other.index != one.index && fits(other, one.field)).find_map(|other| {
        let field = other.fields.iter().filter(narrow).find(|field| **field != one.field && fits(this, **field))?;
        let header = table.headers.get(other.index).map_or("", String::as_str);
        let beyond =
            looks::beyond(table, other.index, one.field, header) || looks::beyond(table, one.index, *field, header);
        (!beyond).then_some((other.index, *field))
    })
}
