//! Exports of data collectors (ODK, Kobo, Survey123): a table, and tables that repeat within its rows, tied by keys.

use crate::container::Part;
use crate::finding::{Finding, FindingKind};
use crate::log::Log;
use crate::open;
use crate::options::Options;
use crate::record::RawRow;
use crate::table::{Native, Row, Table};
use crate::vocabulary::normal;
use crate::workbook;
use std::collections::HashMap;

/// Column that names the row to which one belongs, and the column that it names there: ODK, Kobo, Survey123.
const KEYS: [(&str, &str); 4] =
    [("PARENT_KEY", "KEY"), ("_parent_index", "_index"), ("ParentGlobalID", "GlobalID"), ("parentrowid", "globalid")];

/// The column that names the parent, and the name of the key there.
fn tie(table: &Table) -> Option<(usize, &'static str)> {
    KEYS.iter().find_map(|(child, parent)| {
        let at = table.headers.iter().position(|header| header.trim().eq_ignore_ascii_case(child))?;
        Some((at, *parent))
    })
}

/// Gives the rows of a table that repeats the columns of the rows that they belong to, from another part.
pub(crate) fn join_parents(
    file: &str,
    layer: &str,
    table: &mut Table,
    parts: &[Part],
    options: &Options<'_>,
    log: &mut Log,
) {
    if tie(table).is_none() {
        return;
    }
    let others = parts.iter().filter(|part| part.name != layer).filter_map(|part| {
        let copy = part.copied()?;
        let found = open::part(file, copy, &without_layer(options), &mut log.fresh()).ok()?;
        Some((part.name.clone(), found.table))
    });
    let others: Vec<(String, Table)> = others.collect();
    join(layer, table, &others, log);
}

/// The same for the sheets of one workbook.
pub(crate) fn join_sheets(
    file: &str,
    sheet: &str,
    table: &mut Table,
    bytes: &[u8],
    options: &Options<'_>,
    log: &mut Log,
) {
    if tie(table).is_none() {
        return;
    }
    let sheets = workbook::all(file, bytes, options).unwrap_or_default();
    let others = sheets.into_iter().filter(|other| other.name != sheet);
    let others: Vec<(String, Table)> = others
        .map(|other| (other.name, Table::from_rows(other.rows, options.mapping.as_ref(), true, &mut log.fresh())))
        .collect();
    join(sheet, table, &others, log);
}

fn without_layer<'a>(options: &Options<'a>) -> Options<'a> {
    let mut mapping = options.mapping.clone();
    if let Some(mapping) = &mut mapping {
        (mapping.layer, mapping.sheet) = (None, None);
    }
    Options { layer: None, mapping, ..options.clone() }
}

fn join(name: &str, table: &mut Table, others: &[(String, Table)], log: &mut Log) {
    let Some((key, parent_key)) = tie(table) else { return };
    let parent = others.iter().find_map(|(other, parent)| {
        let at = parent.headers.iter().position(|header| header.trim().eq_ignore_ascii_case(parent_key))?;
        let rows: HashMap<&str, &Row> = parent.rows.iter().map(|row| (row.cell(at), row)).collect();
        let hits = table.rows.iter().filter(|row| rows.contains_key(row.cell(key))).count();
        (hits > 0).then_some((other, parent, rows, hits))
    });
    let Some((of, parent, rows, hits)) = parent else { return };
    let width = table.headers.len();
    let known: Vec<String> = table.headers.iter().map(|header| normal(header)).collect();
    let of_name = crate::container::stem(of);
    for header in &parent.headers {
        let twice = known.contains(&normal(header));
        // A name that both have tells of the row itself; the other is kept under a longer one.
        table.headers.push(if twice { format!("{of_name} {header}") } else { header.clone() });
    }
    for row in &mut table.rows {
        let Some(above) = rows.get(row.cell(key)) else { continue };
        let own = (0..width).map(|column| row.cells.get(column));
        let theirs = (0..parent.headers.len()).map(|column| above.cells.get(column));
        let cells = RawRow::new(own.chain(theirs));
        let natives: Box<[Native]> = (0..width)
            .map(|column| row.native(column))
            .chain((0..parent.headers.len()).map(|column| above.native(column)))
            .collect();
        (row.cells, row.natives) = (cells, natives);
        row.geometry.point = row.geometry.point.or(above.geometry.point);
    }
    table.typed |= parent.typed;
    let (table, of) = (name.to_owned(), of.clone());
    log.add(Finding::new(FindingKind::RepeatsJoined { rows: hits as u64, table, of }));
}
