//! What was understood, in plain English for a terminal.

use crate::intake::{How, Intake};
use crate::record::{EventKind, Outcome, Records};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Says what was understood of the file: format, columns, counts by year, rows set aside, findings.
#[must_use]
pub fn explain(intake: &Intake) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_file(&mut out, intake);
    let _ = write_columns(&mut out, intake);
    let _ = write_totals(&mut out, &intake.taken);
    if !intake.set_aside.is_empty() {
        let _ = writeln!(out, "\nSet aside:");
        for aside in &intake.set_aside {
            let _ = writeln!(out, "  {}", aside.reason);
        }
    }
    if !intake.findings.is_empty() {
        let _ = writeln!(out, "\nFindings:");
        for finding in &intake.findings {
            let severity = format!("{:?}", finding.severity).to_lowercase();
            let _ = writeln!(out, "  {severity}: {finding}");
        }
    }
    out
}

fn write_file(out: &mut String, intake: &Intake) -> std::fmt::Result {
    writeln!(out, "File {} (SHA-256 {})", intake.file, intake.sha256)?;
    write!(out, "Format {:?}", intake.format)?;
    if let Some(encoding) = &intake.encoding {
        write!(out, ", encoding {} ({})", encoding.name, encoding.how)?;
    }
    if let Some(delimiter) = intake.delimiter {
        write!(out, ", delimiter {delimiter:?}")?;
    }
    if let Some(sheet) = &intake.sheet {
        write!(out, ", sheet \"{sheet}\"")?;
    }
    writeln!(out, "\nEach row tells: {}", intake.kind.key().replace('_', " "))?;
    let (taken, aside) = (intake.taken.len(), intake.set_aside.len());
    writeln!(out, "Rows read {} = taken {taken} + set aside {aside}", intake.rows_read)
}

fn write_columns(out: &mut String, intake: &Intake) -> std::fmt::Result {
    writeln!(out, "\nColumns:")?;
    for column in &intake.columns {
        let how = match column.how {
            How::Name => "by its name",
            How::CutName => "by its name, cut to ten characters",
            How::Contents => "by its values",
            How::Mapping => "by the mapping",
            How::NotUsed => "not used",
            How::Refused => "not used: see the findings",
        };
        match (column.field, &column.unit) {
            (Some(field), Some(unit)) => writeln!(out, "  {} = {} in {unit}, {how}", column.header, field.key())?,
            (Some(field), None) => writeln!(out, "  {} = {}, {how}", column.header, field.key())?,
            (None, _) => writeln!(out, "  {}: {how}", column.header)?,
        }
    }
    Ok(())
}

/// For each year, what was counted under which heading.
pub(crate) type ByYear = BTreeMap<Option<i16>, BTreeMap<&'static str, f64>>;

fn write_totals(out: &mut String, records: &Records) -> std::fmt::Result {
    let by_year = totals(records);
    if by_year.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nBy year:")?;
    for (year, counts) in by_year {
        let year = year.map_or_else(|| "unknown".to_owned(), |year| year.to_string());
        let counts: Vec<String> =
            counts.iter().map(|(name, n)| format!("{name} {}", (n * 100.0).round() / 100.0)).collect();
        writeln!(out, "  {year}: {}", counts.join(", "))?;
    }
    Ok(())
}

/// What is summed, year by year.
pub(crate) fn totals(records: &Records) -> ByYear {
    let mut by_year = ByYear::new();
    let mut add =
        |year: Option<i16>, name: &'static str, n: f64| *by_year.entry(year).or_default().entry(name).or_default() += n;
    match records {
        Records::Victims(list) => list.iter().for_each(|victim| match victim.outcome {
            Outcome::Killed => add(victim.year, "killed", 1.0),
            Outcome::Injured => add(victim.year, "injured", 1.0),
            Outcome::Unknown => add(victim.year, "outcome unknown", 1.0),
        }),
        Records::LandReleases(list) => {
            for release in list {
                add(release.year, "releases", 1.0);
                for (name, m2) in [
                    ("cancelled m2", release.cancelled_m2),
                    ("reduced m2", release.reduced_m2),
                    ("cleared m2", release.cleared_m2),
                ] {
                    if let Some(m2) = m2 {
                        add(release.year, name, m2);
                    }
                }
            }
        }
        Records::Events(list) => list.iter().for_each(|event| add(event.year, event_name(&event.kind), 1.0)),
        Records::HazardousAreas(list) => {
            for area in list {
                add(area.year, "areas", 1.0);
                add(area.year, "stated m2", area.stated_area_m2.unwrap_or(0.0));
            }
        }
        Records::Districts(list) => list.iter().for_each(|_| add(None, "districts", 1.0)),
    }
    by_year
}

fn event_name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::AccidentMine => "mine accidents",
        EventKind::AccidentErw => "ERW accidents",
        EventKind::MilitaryClearance => "military clearance",
        EventKind::Seizure => "seizures",
        EventKind::Stockpile => "stockpiles",
        EventKind::Production => "production",
        EventKind::SuspectedArea => "suspected areas",
        EventKind::UnexplodedOrdnance => "unexploded ordnance",
        EventKind::Other(_) => "other",
    }
}
