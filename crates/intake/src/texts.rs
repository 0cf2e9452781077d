//! Damaged text in any column, and damaged names in the columns of names.

use crate::columns::Plan;
use crate::finding::{Finding, FindingKind};
use crate::log::Log;
use crate::table::{Native, Table};
use crate::text::{self, Names};
use crate::vocabulary::Field;
use std::collections::HashMap;

/// Checks every text once and says in which rows the damaged ones stand.
pub(crate) fn check(table: &Table, plan: &Plan, log: &mut Log) {
    for (column, header) in table.headers.iter().enumerate() {
        if let Some(kind) = text::check(header) {
            log.add(Finding::new(kind).column(header));
        }
        let names = is_names(plan, column).then(|| damaged_names(table, plan, column));
        let mut between = 0u64;
        let mut example = "";
        let mut known: HashMap<&str, Option<FindingKind>> = HashMap::new();
        for row in &table.rows {
            let cell = row.cell(column);
            if cell.is_empty() || row.native(column) != Native::Text || (cell.is_ascii() && names.is_none()) {
                continue;
            }
            if text::blank_without_width(cell) {
                between += 1;
                example = if example.is_empty() { cell } else { example };
            }
            let name = names.as_ref().and_then(|names| names.get(cell)).cloned();
            let kind = name.or_else(|| known.entry(cell).or_insert_with(|| text::check(cell)).clone());
            if let Some(kind) = kind {
                log.add(Finding::new(kind).at(row.number).column(header).value(cell));
            }
        }
        if between > 0 {
            let kind = FindingKind::ZeroWidthBetweenWords { n: between };
            log.add(Finding::new(kind).column(header).value(example).times(between));
        }
    }
}

fn is_names(plan: &Plan, column: usize) -> bool {
    let fields = [Field::Admin1, Field::Admin2, Field::Name];
    fields.iter().filter_map(|field| plan.uses.get(field)).any(|used| used.index == column)
}

fn damaged_names<'a>(table: &'a Table, plan: &Plan, column: usize) -> HashMap<&'a str, FindingKind> {
    let count = |column: usize| {
        let mut names: Names<'a> = HashMap::new();
        for row in &table.rows {
            let cell = row.cell(column);
            if !cell.is_empty() {
                *names.entry(cell).or_default() += 1;
            }
        }
        names
    };
    let others = [Field::Admin1, Field::Admin2]
        .iter()
        .filter_map(|field| plan.uses.get(field))
        .filter(|used| used.index != column);
    let others: Names<'a> = others.flat_map(|used| count(used.index)).collect();
    text::damaged(&count(column), &others).into_iter().collect()
}
