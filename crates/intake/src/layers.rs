//! Of several layers, tables or files in one, the one that is meant.

use crate::columns;
use crate::container::{self, Data, Opened, Part};
use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::formats::geopackage;
use crate::log::Log;
use crate::open::{self, Found};
use crate::options::Options;
use crate::table::Table;
use crate::vocabulary::normal;

/// The place of the layer to read: the one asked for, the only one, or the only one whose columns are known.
pub(crate) fn pick(
    file: &str,
    names: &[String],
    known: &[bool],
    options: &Options<'_>,
    log: &mut Log,
) -> Result<usize, IntakeError> {
    let listed = || container::listed(names);
    if let Some(wanted) = options.said_layer() {
        return named(names, wanted).ok_or_else(|| IntakeError::NoSuchLayer {
            file: file.to_owned(),
            layer: wanted.to_owned(),
            layers: listed(),
        });
    }
    let hits: Vec<usize> = known.iter().enumerate().filter(|(_, hit)| **hit).map(|(at, _)| at).collect();
    match (names, hits.as_slice()) {
        ([], _) => Err(IntakeError::NothingInside { file: file.to_owned(), found: "no layers".to_owned() }),
        ([_], _) => Ok(0),
        (_, [one]) => {
            geopackage::chosen(names.get(*one).map_or("", String::as_str), names, log);
            Ok(*one)
        }
        (_, several) => {
            let example = several.first().and_then(|at| names.get(*at)).or(names.first());
            let example = example.cloned().unwrap_or_default();
            Err(IntakeError::SeveralLayers { file: file.to_owned(), layers: listed(), example })
        }
    }
}

/// The layer of that name: as written, else without its ending, else whatever its case and accents.
fn named(names: &[String], wanted: &str) -> Option<usize> {
    let by = |same: &dyn Fn(&str) -> bool| names.iter().position(|name| same(name));
    by(&|name| name == wanted)
        .or_else(|| by(&|name| container::stem(name) == wanted))
        .or_else(|| by(&|name| normal(name) == normal(wanted) || normal(container::stem(name)) == normal(wanted)))
}

/// How many column names of the table are known.
fn known_columns(table: &Table, options: &Options<'_>) -> usize {
    table.headers.iter().filter(|name| columns::is_known(name, options.mapping.as_ref())).count()
}

/// Opens the part that is meant.
pub(crate) fn open(file: &str, opened: Opened, options: &Options<'_>, log: &mut Log) -> Result<Found, IntakeError> {
    let Opened { parts, ignored, .. } = opened;
    if !ignored.is_empty() {
        log.add(Finding::new(FindingKind::PartsNotRead { names: container::listed(&ignored) }));
    }
    let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    if parts.len() == 1 {
        return match parts.into_iter().next() {
            Some(part) => open::part(file, part, options, log),
            None => Err(IntakeError::Empty { file: file.to_owned() }),
        };
    }
    if let Some(at) = options.said_layer().and_then(|wanted| named(&names, wanted)) {
        return one_of(file, parts, at, &names, options, log);
    }
    let mut trials: Vec<(Option<Found>, Log)> = Vec::new();
    let mut kept: Vec<Part> = Vec::new();
    for part in parts {
        let mut trial = log.fresh();
        let copy = part.copied();
        trials.push((open::part(file, part, options, &mut trial).ok(), trial));
        kept.extend(copy);
    }
    let known: Vec<bool> = trials
        .iter()
        .map(|(found, _)| found.as_ref().is_some_and(|found| known_columns(&found.table, options) >= 2))
        .collect();
    let at = pick(file, &names, &known, options, log)?;
    let layer = names.get(at).cloned().unwrap_or_default();
    let (found, trial) = trials.into_iter().nth(at).ok_or_else(|| IntakeError::Empty { file: file.to_owned() })?;
    log.absorb(trial);
    let mut found =
        found.ok_or_else(|| IntakeError::NothingInside { file: file.to_owned(), found: container::listed(&names) })?;
    found.layer = found.layer.or(Some(layer.clone()));
    crate::forms::join_parents(file, &layer, &mut found.table, &kept, options, log);
    Ok(found)
}

fn one_of(
    file: &str,
    parts: Vec<Part>,
    at: usize,
    names: &[String],
    options: &Options<'_>,
    log: &mut Log,
) -> Result<Found, IntakeError> {
    let layer = names.get(at).cloned().unwrap_or_default();
    let kept: Vec<Part> = parts.iter().filter_map(Part::copied).collect();
    let part = parts.into_iter().nth(at).ok_or_else(|| IntakeError::Empty { file: file.to_owned() })?;
    // The name was used up in finding the part; inside it there may be layers of other names.
    let inner = Options { layer: None, mapping: options.mapping.clone().map(without_layer), ..options.clone() };
    let mut found = open::part(file, part, &inner, log)?;
    found.layer = Some(layer.clone());
    crate::forms::join_parents(file, &layer, &mut found.table, &kept, options, log);
    Ok(found)
}

fn without_layer(mut mapping: crate::Mapping) -> crate::Mapping {
    mapping.layer = None;
    mapping
}

impl Part {
    /// A copy of a part that may hold the rows to which another's belong: a text or a workbook.
    pub(crate) fn copied(&self) -> Option<Self> {
        match &self.data {
            Data::Bytes(kind @ (crate::source::Kind::Text | crate::source::Kind::Workbook), bytes) => {
                Some(Self { name: self.name.clone(), data: Data::Bytes(*kind, bytes.clone()) })
            }
            _ => None,
        }
    }
}
