//! What each column tells: by the mapping, by its name, and checked against its values.

use crate::date::Order;
use crate::disagree::{self, Disagreement};
use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::fit::{self, Fit};
use crate::intake::{ColumnUnderstood, How};
use crate::kind;
use crate::log::Log;
use crate::mapping::Mapping;
use crate::number::{self, Style};
use crate::options::Options;
use crate::record::RecordKind;
use crate::style;
use crate::table::Table;
use crate::vocabulary::{Class, Field, fields_cut, fields_named, normal};
use crate::words::SexLetters;
use std::collections::HashMap;

/// A column in use.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) index: usize,
    pub(crate) field: Field,
    pub(crate) header: String,
    /// Square metres in the unit of the column's name.
    pub(crate) factor: f64,
    pub(crate) style: Style,
    pub(crate) order: Order,
    pub(crate) letters: SexLetters,
    /// Digits of a code before leading zeros were lost.
    pub(crate) digits: Option<usize>,
    /// Whether bare numbers are kinds of events in the one national code list that is known.
    pub(crate) national_codes: bool,
}

/// The columns in use, and what the rows tell.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) kind: RecordKind,
    pub(crate) uses: HashMap<Field, Use>,
}

/// What a header could mean.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) index: usize,
    pub(crate) fields: Vec<Field>,
    how: How,
    unit: Option<(String, f64)>,
    pub(crate) national_codes: bool,
}

/// Whether a header is in the mapping or the vocabulary.
pub(crate) fn is_known(header: &str, mapping: Option<&Mapping>) -> bool {
    let candidate = candidate(0, header, mapping);
    !candidate.fields.is_empty() || mapping.is_some_and(|mapping| mapping.column(header).is_some())
}

fn candidate(index: usize, header: &str, mapping: Option<&Mapping>) -> Candidate {
    let name = normal(header);
    // The code list belongs to files whose column is called as its publisher calls it.
    let national_codes = name.len() >= 9 && "tipoevento".starts_with(&name);
    let mut found = Candidate { index, fields: Vec::new(), how: How::NotUsed, unit: None, national_codes };
    let (bare, unit) = split_unit(&name);
    if let Some(said) = mapping.and_then(|mapping| mapping.column(header)) {
        found.fields = said.into_iter().collect();
        found.how = if said.is_some() { How::Mapping } else { How::NotUsed };
        found.unit = unit.filter(|_| found.fields.iter().all(|field| field.class() == Class::Area));
        return found;
    }
    if name.is_empty() {
        return found;
    }
    found.fields = fields_named(&name).to_vec();
    found.how = How::Name;
    if found.fields.is_empty() {
        found.fields = without_group(header);
    }
    if found.fields.is_empty() && unit.is_some() {
        found.fields = fields_named(bare).iter().copied().filter(|field| field.class() == Class::Area).collect();
    }
    if !found.fields.is_empty() && found.fields.iter().any(|field| field.class() == Class::Area) {
        found.unit = unit;
    }
    let cut = header.trim();
    if found.fields.is_empty() && name.len() >= 6 && (cut.len() == 10 || cut.chars().count() == 10) {
        let fields = fields_cut(&name);
        if fields.len() == 1 {
            (found.fields, found.how) = (fields, How::CutName);
        }
    }
    found
}

/// The fields that go by a data collector's name without its groups: `group/sex`, `group-sex`, `_where_latitude`.
fn without_group(header: &str) -> Vec<Field> {
    let header = header.trim();
    let last = ["/", "-"].iter().filter_map(|mark| header.rsplit_once(mark)).map(|(_, last)| last);
    let collected = header.strip_prefix('_').and_then(|rest| rest.rsplit_once('_')).map(|(_, last)| last);
    let collected = collected.filter(|last| matches!(*last, "latitude" | "longitude"));
    let names = last.filter(|last| !last.contains(char::is_whitespace)).chain(collected).map(normal);
    names.map(|name| fields_named(&name)).find(|fields| !fields.is_empty()).unwrap_or(&[]).to_vec()
}

/// A name without the unit of area at its end, and that unit in square metres.
fn split_unit(name: &str) -> (&str, Option<(String, f64)>) {
    const UNITS: [&str; 18] = [
        "metroscuadrados",
        "metrescarres",
        "squaremetres",
        "squaremeters",
        "squarekilometres",
        "squarekilometers",
        "kilometrescarres",
        "kilometroscuadrados",
        "hectares",
        "hectareas",
        "hectare",
        "sqkm",
        "sqm",
        "km2",
        "has",
        "ha",
        "m2",
        "dunums",
    ];
    let known = UNITS.iter().filter_map(|unit| Some((*unit, number::square_metres(unit)?)));
    let foreign = number::foreign_units().iter().map(|(unit, m2)| (unit.as_str(), *m2));
    let mut ends =
        known.chain(foreign).filter_map(|(unit, m2)| Some((name.strip_suffix(unit)?, (unit.to_owned(), m2))));
    let Some((bare, unit)) = ends.next() else { return (name, None) };
    // A small word may join the two: "area in ha".
    let joined = ["en", "in", "em", "u", "в", "у", "به"].iter().filter_map(|word| bare.strip_suffix(word));
    let named = |bare: &&str| fields_named(bare).iter().any(|field| field.class() == Class::Area);
    ([bare].into_iter().chain(joined).find(named).unwrap_or(bare), Some(unit))
}

/// Understands all columns, says what does not agree, and tells what the rows are.
pub(crate) fn understand(
    file: &str,
    table: &Table,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<(Vec<ColumnUnderstood>, Plan), IntakeError> {
    let mapping = options.mapping.as_ref();
    mapped_columns_exist(file, table, mapping)?;
    let mut columns: Vec<ColumnUnderstood> = table
        .headers
        .iter()
        .map(|header| ColumnUnderstood { header: header.clone(), field: None, how: How::NotUsed, unit: None })
        .collect();
    let mut candidates: Vec<Candidate> =
        table.headers.iter().enumerate().map(|(index, header)| candidate(index, header, mapping)).collect();
    if table.features {
        // A feature's place is its geometry; words such as "position" or "shape" mean something else there.
        for candidate in candidates.iter_mut().filter(|candidate| candidate.how != How::Mapping) {
            candidate.fields.retain(|field| !matches!(field, Field::LatLon | Field::Wkt));
        }
    }
    // A column named in the mapping comes before one that is only called so.
    candidates.sort_by_key(|candidate| candidate.how != How::Mapping);
    let mut uses: HashMap<Field, Use> = HashMap::new();
    let mut disagree = Vec::new();
    for candidate in &candidates {
        let Some(column) = columns.get_mut(candidate.index) else { continue };
        disagree.extend(decide(table, candidate, column, &mut uses, options, log));
    }
    disagree::stop(file, table, &candidates, disagree, options)?;
    let kind = mapping.and_then(|mapping| mapping.kind).or_else(|| kind::decide(table, &columns));
    let kind = kind.ok_or_else(|| unrecognised(file, &columns))?;
    let mut in_order: Vec<&mut Use> = uses.values_mut().collect();
    in_order.sort_by_key(|used| used.index);
    for used in in_order {
        style::settle(table, used, options.today, log);
    }
    Ok((columns, Plan { kind, uses }))
}

fn decide(
    table: &Table,
    candidate: &Candidate,
    column: &mut ColumnUnderstood,
    uses: &mut HashMap<Field, Use>,
    options: &Options<'_>,
    log: &mut Log,
) -> Option<Disagreement> {
    let Some((field, how, fit)) = choose(table, candidate, options) else {
        if !candidate.fields.is_empty() {
            column.how = How::Refused;
            let fields = candidate.fields.iter().map(|field| field.key()).collect::<Vec<_>>().join(", ");
            log.add(Finding::new(FindingKind::NameUndecided { fields }).column(&column.header));
        }
        return None;
    };
    column.field = Some(field);
    column.how = how;
    if let Some(found) = disagree::look(table, candidate.index, &column.header, field, &fit, options) {
        let (n, total, field) = (found.n, fit.total, field.key().to_owned());
        let example = found.examples.first().map_or("", String::as_str);
        if how == How::Mapping {
            let kind = FindingKind::MappedContentsDisagree { field, n, total };
            log.add(Finding::new(kind).column(&column.header).value(example).times(n));
        } else {
            column.how = How::Refused;
            let looks = found.looks.says().to_owned();
            let kind = FindingKind::HeaderContentsDisagree { field, n, total, looks };
            log.add(Finding::new(kind).column(&column.header).value(example).times(total));
            return Some(found);
        }
    }
    if let Some(first) = uses.get(&field) {
        column.how = How::Refused;
        let kind = FindingKind::FieldTwice { field: field.key().to_owned(), used: first.header.clone() };
        log.add(Finding::new(kind).column(&column.header));
        return None;
    }
    let unit = candidate.unit.clone().filter(|_| field.class() == Class::Area);
    let factor = unit.as_ref().map_or(1.0, |(_, factor)| *factor);
    if let Some((unit, _)) = &unit
        && (factor - 1.0).abs() > 1e-9
    {
        log.add(Finding::new(FindingKind::UnitConverted { unit: unit.clone(), factor }).column(&column.header));
    }
    column.unit = unit.map(|(unit, _)| unit);
    let national_codes = candidate.national_codes && field == Field::EventType;
    let (index, header) = (candidate.index, column.header.clone());
    let (style, order, letters) = (Style::default(), Order::default(), SexLetters::default());
    uses.insert(field, Use { index, field, header, factor, style, order, letters, digits: None, national_codes });
    None
}

/// The field that the values bear out; `None` when there is no candidate or none fits.
fn choose(table: &Table, candidate: &Candidate, options: &Options<'_>) -> Option<(Field, How, Fit)> {
    let mapping = options.mapping.as_ref();
    let tried = |field: Field| fit::fit(table, candidate, field, mapping, options.today);
    match candidate.fields.as_slice() {
        [] => None,
        [Field::Year] => {
            let year = tried(Field::Year);
            let date = if year.enough() { Fit::default() } else { tried(Field::Date) };
            // A column called "year" that holds whole dates tells more than it says.
            let dates = !year.enough() && date.total > 0 && date.enough();
            Some(if dates { (Field::Date, How::Contents, date) } else { (Field::Year, candidate.how, year) })
        }
        [field] => Some((*field, candidate.how, tried(*field))),
        [first, ..] => {
            let mut best: Option<(Field, Fit, f64)> = None;
            for field in &candidate.fields {
                let fit = tried(*field);
                if fit.total == 0 {
                    return Some((*first, candidate.how, fit));
                }
                // Any words fit a text, so a text is what is left when nothing narrower fits.
                let share = if field.class() == Class::Text { fit.share() * 0.45 } else { fit.share() };
                if best.as_ref().is_none_or(|(_, _, most)| share > *most) {
                    best = Some((*field, fit, share));
                }
            }
            best.filter(|(_, fit, _)| fit.enough()).map(|(field, fit, _)| (field, How::Contents, fit))
        }
    }
}

fn mapped_columns_exist(file: &str, table: &Table, mapping: Option<&Mapping>) -> Result<(), IntakeError> {
    let there =
        |name: &str| table.headers.iter().any(|header| header.trim() == name.trim() || normal(header) == normal(name));
    match mapping.and_then(|mapping| mapping.columns.keys().find(|name| !there(name))) {
        None => Ok(()),
        Some(column) => Err(IntakeError::MappedColumnMissing {
            file: file.to_owned(),
            column: column.clone(),
            found: listed(table.headers.iter().map(String::as_str)),
        }),
    }
}

fn unrecognised(file: &str, columns: &[ColumnUnderstood]) -> IntakeError {
    if columns.is_empty() {
        return IntakeError::NoColumns { file: file.to_owned() };
    }
    let understood = columns.iter().filter_map(|column| Some(format!("{} = {}", column.header, column.field?.key())));
    let understood = understood.collect::<Vec<_>>().join(", ");
    let example = columns.iter().find(|column| column.field.is_none()).or(columns.first());
    IntakeError::Unrecognised {
        file: file.to_owned(),
        found: listed(columns.iter().map(|column| column.header.as_str())),
        understood: if understood.is_empty() { "none".to_owned() } else { understood },
        example: example.map_or_else(|| "header".to_owned(), |column| crate::finding::shorten(&column.header)),
        fields: Field::all_keys(),
    }
}

/// At most forty names, each cut to a readable length.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let total = names.len();
    let mut list: Vec<String> = names.take(40).map(crate::finding::shorten).collect();
    if total > list.len() {
        list.push(format!("and {} more", total - list.len()));
    }
    if list.is_empty() { "none".to_owned() } else { list.join(", ") }
}
