//! Rows become records.

use crate::cells::{Cells, Reason};
use crate::columns::Plan;
use crate::finding::{Finding, FindingKind};
use crate::log::Log;
use crate::options::Options;
use crate::record::{District, Event, HazardousArea, Outcome, PersonStatus, RawRow, RecordKind, Records, Victim};
use crate::table::{Row, Table};
use crate::vocabulary::Field;
use crate::{Position, release, words};

/// Turns every row into a record of the kind, or sets it aside with the reason.
pub(crate) fn records(
    table: &mut Table,
    plan: &Plan,
    positions: &[Option<Position>],
    options: &Options<'_>,
    log: &mut Log,
) -> Records {
    match plan.kind {
        RecordKind::Victim => Records::Victims(each(table, plan, positions, options, log, victim)),
        RecordKind::LandRelease => Records::LandReleases(each(table, plan, positions, options, log, release::release)),
        RecordKind::Event => Records::Events(each(table, plan, positions, options, log, event)),
        RecordKind::HazardousArea => Records::HazardousAreas(each(table, plan, positions, options, log, area)),
        RecordKind::District => Records::Districts(each(table, plan, positions, options, log, district)),
    }
}

fn each<T>(
    table: &mut Table,
    plan: &Plan,
    positions: &[Option<Position>],
    options: &Options<'_>,
    log: &mut Log,
    make: impl Fn(&mut Cells<'_>, Option<Position>) -> Result<T, Reason>,
) -> Vec<T> {
    let rows = std::mem::take(&mut table.rows);
    let mut taken = Vec::with_capacity(rows.len());
    for (row, position) in rows.into_iter().zip(positions) {
        let mut cells = Cells { plan, row: &row, mapping: options.mapping.as_ref(), today: options.today, log };
        match make(&mut cells, *position) {
            Ok(record) => taken.push(record),
            Err(reason) => table.put_aside(row.number, *reason, row.cells, log),
        }
    }
    taken
}

pub(crate) fn raw(row: &Row) -> RawRow {
    row.cells.clone()
}

#[allow(clippy::unnecessary_wraps)] // every kind of record is made by a function of the same shape
fn victim(cells: &mut Cells<'_>, position: Option<Position>) -> Result<Victim, Reason> {
    let (year, month, date) = cells.when(Field::Date);
    let (age, age_years, age_band) = cells.age();
    Ok(Victim {
        row: cells.row.number,
        year,
        month,
        date,
        sex: cells.sex(),
        age,
        age_years,
        age_band,
        status: cells.word(Field::Status).map_or(PersonStatus::Unknown, words::status),
        outcome: cells.word(Field::Outcome).map_or(Outcome::Unknown, words::outcome),
        device: cells.text(Field::Device).or_else(|| cells.text(Field::EventType)),
        activity: cells.text(Field::Activity),
        admin1: cells.text(Field::Admin1),
        admin2: cells.text(Field::Admin2),
        admin1_code: cells.code(Field::Admin1Code),
        admin2_code: cells.code(Field::Admin2Code),
        place: cells.text(Field::Place),
        position,
        raw: raw(cells.row),
    })
}

#[allow(clippy::unnecessary_wraps)] // every kind of record is made by a function of the same shape
fn event(cells: &mut Cells<'_>, position: Option<Position>) -> Result<Event, Reason> {
    let (year, month, date) = cells.when(Field::Date);
    let code = cells.text(Field::EventType);
    Ok(Event {
        row: cells.row.number,
        id: cells.text(Field::Id),
        year,
        month,
        date,
        kind: words::event(cells.word(Field::EventType), code.as_deref().unwrap_or("")),
        code,
        device: cells.text(Field::Device),
        admin1: cells.text(Field::Admin1),
        admin2: cells.text(Field::Admin2),
        admin1_code: cells.code(Field::Admin1Code),
        admin2_code: cells.code(Field::Admin2Code),
        place: cells.text(Field::Place),
        position,
        raw: raw(cells.row),
    })
}

pub(crate) fn area(cells: &mut Cells<'_>, position: Option<Position>) -> Result<HazardousArea, Reason> {
    let found = if cells.plan.uses.contains_key(&Field::DateFound) { Field::DateFound } else { Field::Date };
    let (year, month, date) = cells.when(found);
    cells.check_order();
    Ok(HazardousArea {
        row: cells.row.number,
        id: cells.text(Field::Id),
        name: cells.text(Field::Name),
        kind: cells.word(Field::AreaKind).map(words::area_kind).unwrap_or_default(),
        year,
        month,
        date,
        status: cells.text(Field::AreaStatus),
        stated_area_m2: cells.area(Field::Area)?,
        device: cells.text(Field::Device),
        admin1: cells.text(Field::Admin1),
        admin2: cells.text(Field::Admin2),
        admin1_code: cells.code(Field::Admin1Code),
        admin2_code: cells.code(Field::Admin2Code),
        place: cells.text(Field::Place),
        position,
        shape: cells.row.geometry.shape.clone(),
        raw: raw(cells.row),
    })
}

pub(crate) fn district(cells: &mut Cells<'_>, _: Option<Position>) -> Result<District, Reason> {
    let Some(shape) = cells.row.geometry.shape.clone() else {
        let reason = "a district without a boundary".to_owned();
        return Err(Box::new(Finding::new(FindingKind::FeatureUnusable { reason })));
    };
    let name = [Field::Name, Field::Admin2, Field::Admin1].into_iter().find_map(|field| cells.text(field));
    let code = [Field::Code, Field::Admin2Code, Field::Admin1Code].into_iter().find_map(|field| cells.code(field));
    Ok(District { row: cells.row.number, name, code, shape, raw: raw(cells.row) })
}
