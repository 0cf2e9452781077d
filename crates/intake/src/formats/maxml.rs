//! The exchange XML of IMSMA (maXML), read tolerantly: records are known by the name of their element, whatever its
//! prefix; their values become columns under the names that IMSMA gives them; what is no record is counted.

use super::xml::{Document, Element, Next};
use crate::coordinates::{self, Place};
use crate::error::IntakeError;
use crate::features::Features;
use crate::finding::{Finding, FindingKind};
use crate::layers;
use crate::log::Log;
use crate::options::Options;
use crate::points::{self, Point};
use crate::table::{Geometry, Native, Stated, Table};
use crate::vocabulary::normal;
use std::collections::BTreeMap;

/// Kinds of record: the layer, and the elements that are one.
const RECORDS: [(&str, &[&str]); 4] = [
    ("hazards", &["hazard", "hazardarea", "hazardousarea", "hazardinfo", "hazardinfoversion", "dangerousarea"]),
    (
        "hazard reductions",
        &["hazreduc", "hazardreduction", "hazreducinfo", "hazreducinfoversion", "clearance", "landrelease"],
    ),
    ("accidents", &["accident", "accidentinfo", "accidentinfoversion", "incident"]),
    ("victims", &["victim", "victiminfo", "victiminfoversion", "casualty"]),
];

/// Elements with a place.
const POINTS: [&str; 4] = ["geopoint", "point", "coordinate", "turningpoint"];

/// Elements around the points of one shape.
const SHAPES: [&str; 5] = ["geospatialinfo", "polygon", "shape", "geometry", "perimeter"];

fn kind_of(name: &str) -> Option<usize> {
    let name = normal(name);
    RECORDS.iter().position(|(_, names)| names.contains(&name.as_str()))
}

/// Reads the records of one kind; `root` is the first element's name.
pub(crate) fn read(
    file: &str,
    root: &str,
    text: &str,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<(Table, String), IntakeError> {
    let mut document = Document::new(file, text, options);
    let mut found: [Vec<Element>; 4] = Default::default();
    let mut others: BTreeMap<String, u64> = BTreeMap::new();
    // Containers (`hazardList`) are looked into; anything else that holds text and no record is counted.
    let mut path: Vec<(String, bool)> = Vec::new();
    loop {
        match document.next()? {
            Next::Start(start) => match kind_of(&start.name).filter(|_| !path.is_empty()) {
                Some(kind) => {
                    let record = document.whole(start)?;
                    let nested = nested(&record, kind);
                    if let Some(list) = found.get_mut(kind) {
                        list.push(record);
                    }
                    for (kind, record) in nested {
                        if let Some(list) = found.get_mut(kind) {
                            list.push(record);
                        }
                    }
                }
                None => path.push((start.name, false)),
            },
            Next::Text(text) => {
                if let Some((_, told)) = path.last_mut() {
                    *told |= !text.trim().is_empty();
                }
            }
            Next::End => {
                if let Some((name, true)) = path.pop() {
                    *others.entry(name).or_default() += 1;
                }
            }
            Next::Done => break,
        }
        let total: usize = found.iter().map(Vec::len).sum();
        if total as u64 > options.limits.max_rows {
            return Err(IntakeError::TooManyRows { file: file.to_owned(), limit: options.limits.max_rows });
        }
    }
    let there: Vec<usize> = (0..4).filter(|kind| found.get(*kind).is_some_and(|list| !list.is_empty())).collect();
    let names: Vec<String> = there.iter().filter_map(|kind| Some(RECORDS.get(*kind)?.0.to_owned())).collect();
    if names.is_empty() {
        return Err(IntakeError::OtherXml { file: file.to_owned(), root: crate::finding::shorten(root) });
    }
    let at = layers::pick(file, &names, &vec![true; names.len()], options, log)?;
    let layer = names.get(at).cloned().unwrap_or_default();
    let list = there.get(at).and_then(|kind| found.get_mut(*kind)).map(std::mem::take).unwrap_or_default();
    if !others.is_empty() {
        let n = others.values().sum();
        let names: Vec<String> = others.into_keys().collect();
        log.add(Finding::new(FindingKind::ElementsNotRead { n, names: crate::container::listed(&names) }));
    }
    let mut features = Features::new(file, options, Stated::Nothing);
    let (mut measured, kind) = (0, there.get(at).copied().unwrap_or(0));
    for (number, record) in (1..).zip(&list) {
        let mut cells = Vec::new();
        let mut parts = Vec::new();
        flatten(record, kind, "", &mut cells, &mut parts);
        let (geometry, n) = points::geometry(parts);
        measured += n;
        let geometry = Geometry { ..geometry };
        features.push(number, cells, geometry)?;
    }
    if measured > 0 {
        log.add(Finding::new(FindingKind::BearingsUsed { n: measured }));
    }
    Ok((features.table, layer))
}

/// Records of other kinds that lie inside a record, as victims lie in an accident.
fn nested(record: &Element, outer: usize) -> Vec<(usize, Element)> {
    let mut found = Vec::new();
    for child in &record.children {
        match kind_of(&child.name).filter(|kind| *kind != outer) {
            Some(kind) => found.push((kind, child.clone())),
            None => found.extend(nested(child, outer)),
        }
    }
    found
}

type Cells = Vec<(String, (String, Native))>;
type Parts = Vec<(String, String, Vec<Point>)>;

fn put(cells: &mut Cells, name: &str, value: &str) {
    let value = value.trim();
    if value.is_empty() {
        return;
    }
    match cells.iter_mut().find(|(known, _)| known == name) {
        Some((_, (text, _))) if text != value => {
            text.push_str("; ");
            text.push_str(value);
        }
        Some(_) => {}
        None => cells.push((name.to_owned(), (value.to_owned(), Native::Text))),
    }
}

/// Values under their elements' names; a name that stands for something else further in gets its parent's before it.
fn flatten(element: &Element, kind: usize, parent: &str, cells: &mut Cells, parts: &mut Parts) {
    for (name, value) in &element.attributes {
        // Attributes of the language itself (xsi:nil, xmlns) say nothing of the record.
        if !matches!(name.as_str(), "nil" | "type" | "xmlns" | "schemaLocation") {
            put(cells, name, value);
        }
    }
    for child in &element.children {
        let name = normal(&child.name);
        if kind_of(&child.name).is_some_and(|other| other != kind) {
            continue;
        }
        if POINTS.contains(&name.as_str()) {
            let shape = (String::new(), String::new(), vec![point(child)]);
            match parts.iter_mut().find(|(part, _, _)| part.is_empty()) {
                Some((_, _, points)) => points.extend(shape.2),
                None => parts.push(shape),
            }
        } else if SHAPES.contains(&name.as_str()) && has_points(child) {
            let id = format!("{} {}", parts.len() + 1, child.text_of("shape_id").unwrap_or(""));
            let form =
                child.children.iter().find(|c| normal(&c.name).starts_with("shapeenum")).map_or("", |c| c.text.trim());
            parts.push((id, normal(form), points_in(child)));
        } else if child.children.is_empty() {
            put(cells, &spoken(&child.name, parent, kind), &child.text);
        } else {
            flatten(child, kind, &child.name, cells, parts);
        }
    }
}

/// IMSMA's own names for what every record has, as columns are called elsewhere.
fn spoken(name: &str, parent: &str, kind: usize) -> String {
    let plain = normal(name);
    let own = normal(RECORDS.get(kind).map_or("", |(layer, _)| layer));
    match plain.as_str() {
        "hazardlocalid" | "hazreduclocalid" | "accidentlocalid" | "victimlocalid" | "localid" => "id".to_owned(),
        "hazardtypeenum" | "hazardtype" | "hazardtypeenumguid" => "hazard type".to_owned(),
        "hazreductypeenum" | "hazreductype" | "reductiontype" => "release type".to_owned(),
        "areasize" => "area".to_owned(),
        "hazardname" => "name".to_owned(),
        "statusenum" => "status".to_owned(),
        "name" | "value" | "enumvalue" if !parent.is_empty() && !own.contains(&normal(parent)) => parent.to_owned(),
        _ => name.to_owned(),
    }
}

fn has_points(element: &Element) -> bool {
    element.children.iter().any(|child| POINTS.contains(&normal(&child.name).as_str()) || has_points(child))
}

fn points_in(element: &Element) -> Vec<Point> {
    let mut list = Vec::new();
    for child in &element.children {
        if POINTS.contains(&normal(&child.name).as_str()) {
            list.push(point(child));
        } else {
            list.extend(points_in(child));
        }
    }
    list
}

fn point(element: &Element) -> Point {
    let value = |names: &[&str]| -> &str {
        let child = element.children.iter().find(|child| names.contains(&normal(&child.name).as_str()));
        let attribute = || element.attributes.iter().find(|(name, _)| names.contains(&normal(name).as_str()));
        child.map(|child| child.text.trim()).or_else(|| attribute().map(|(_, value)| value.trim())).unwrap_or("")
    };
    let number = |names: &[&str]| coordinates::degrees(value(names), None);
    let pair = number(&["longitude", "long", "lon", "x"]).zip(number(&["latitude", "lat", "y"])).map(|(x, y)| [x, y]);
    let grid = || match coordinates::place(value(&["userenteredmgrs", "mgrs"]))? {
        Place::Degrees(at) | Place::Numbers(at) => Some([at.lon, at.lat]),
    };
    Point::new(number(&["pointno", "number", "no"]), value(&["pointtypeenum", "pointtype", "type"]), pair.or_else(grid))
        .measured(
            number(&["bearing", "azimuth"]),
            number(&["distance"]),
            value(&["frompointinput", "frompoint", "from"]),
        )
}
