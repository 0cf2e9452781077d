//! Findings as a table and as a map layer.

use crate::findings_file::{Wording, all};
use crate::intake::Intake;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A cell that a spreadsheet will not run as a formula: what begins with `=`, `+`, `-`, `@` (also full-width) or a control
/// character, blanks aside, gets an apostrophe before it. A plain number stays as it is.
///
/// ```
/// use intake::findings_file::safe_cell;
/// assert_eq!(safe_cell("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
/// assert_eq!((safe_cell("-74.23"), safe_cell("Tame")), ("-74.23".into(), "Tame".into()));
/// ```
#[must_use]
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    let invisible =
        |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{ad}');
    let first = text.trim_start_matches(invisible).chars().next();
    let starts_formula =
        first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\u{2212}'));
    let control = text.starts_with(|c: char| c.is_control());
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')) && text.parse::<f64>().is_ok();
    if (starts_formula || control) && !plain { format!("'{text}").into() } else { text.into() }
}

/// Findings of some files as CSV (UTF-8, commas), one line each; no cell can run as a formula.
#[must_use]
pub fn csv(files: &[&Intake], wording: &Wording<'_>) -> String {
    const COLUMNS: [&str; 10] =
        ["severity", "kind", "file", "row", "column", "value", "count", "longitude", "latitude", "says"];
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory cannot fail.
    let _ = writer.write_record(COLUMNS.map(|key| safe_cell(&(wording.heading)(key)).into_owned()));
    for finding in files.iter().flat_map(|file| all(file)) {
        let degrees = |axis: usize| finding.place.map(|place| place[axis].to_string()).unwrap_or_default();
        let cells = [
            severity(finding.severity).to_owned(),
            finding.kind.key().to_owned(),
            finding.file.clone().unwrap_or_default(),
            finding.row.map(|row| row.to_string()).unwrap_or_default(),
            finding.field.clone().unwrap_or_default(),
            finding.value.clone().unwrap_or_default(),
            finding.count.to_string(),
            degrees(0),
            degrees(1),
            (wording.says)(finding),
        ];
        let _ = writer.write_record(cells.iter().map(|cell| safe_cell(cell).into_owned()));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The stable name of a severity.
pub(crate) fn severity(severity: crate::Severity) -> &'static str {
    match severity {
        crate::Severity::Error => "error",
        crate::Severity::Warning => "warning",
        crate::Severity::Info => "info",
    }
}

/// Findings of some files as GeoJSON: a point for each that has a place; the others have no geometry, so that none is
/// lost.
#[must_use]
pub fn geojson(files: &[&Intake], wording: &Wording<'_>) -> String {
    let features = files.iter().flat_map(|file| all(file)).map(|finding| {
        let geometry = finding.place.map_or(Value::Null, |place| json!({"type": "Point", "coordinates": place}));
        let mut properties = Map::new();
        properties.insert("severity".to_owned(), severity(finding.severity).into());
        properties.insert("kind".to_owned(), finding.kind.key().into());
        properties.insert("file".to_owned(), finding.file.clone().into());
        properties.insert("row".to_owned(), finding.row.into());
        properties.insert("column".to_owned(), finding.field.clone().into());
        properties.insert("value".to_owned(), finding.value.clone().into());
        properties.insert("count".to_owned(), finding.count.into());
        properties.insert("says".to_owned(), (wording.says)(finding).into());
        json!({"type": "Feature", "geometry": geometry, "properties": properties})
    });
    let features: Vec<Value> = features.collect();
    json!({"type": "FeatureCollection", "features": features}).to_string()
}
