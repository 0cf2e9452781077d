//! GeoJSON: a collection, one feature, or one feature a line.

use crate::error::IntakeError;
use crate::features::Features;
use crate::finding::{Finding, FindingKind, shorten};
use crate::formats::{plain_json, topojson};
use crate::geometry;
use crate::intake::Format;
use crate::json::{self, Lost};
use crate::log::Log;
use crate::options::Options;
use crate::table::{Native, Stated, Table};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Feature<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    properties: Option<Map<String, Value>>,
    #[serde(borrow)]
    geometry: Option<&'a RawValue>,
    id: Option<Value>,
}

/// Reads features into a table: one column for each property, in the order in which they first appear.
pub(crate) fn read(
    file: &str,
    text: &str,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<(Table, Format, Option<String>), IntakeError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = Reader {
        file,
        text,
        options,
        table: Features::new(file, options, Stated::Degrees),
        log,
        features: 0,
        other: None,
    };
    let format = if one_a_line(text) { reader.lines()? } else { reader.whole()? };
    match reader.other {
        Some((table, layer)) => Ok((table, format, layer)),
        None => Ok((reader.table.table, format, None)),
    }
}

/// Whether the first line is a whole feature and another line follows.
fn one_a_line(text: &str) -> bool {
    let mut lines = text.lines().map(|line| line.trim_matches(['\u{1e}', ' '])).filter(|line| !line.is_empty());
    let feature =
        |line: &str| serde_json::from_str::<Feature<'_>>(line).is_ok_and(|f| f.kind.as_deref() == Some("Feature"));
    lines.next().is_some_and(feature) && lines.next().is_some()
}

struct Reader<'a, 'o> {
    file: &'a str,
    text: &'a str,
    options: &'a Options<'o>,
    table: Features<'a, 'o>,
    log: &'a mut Log,
    features: usize,
    /// What JSON of another kind gave, and its layer.
    other: Option<(Table, Option<String>)>,
}

impl Reader<'_, '_> {
    fn lines(&mut self) -> Result<Format, IntakeError> {
        for line in self.text.lines().map(|line| line.trim_matches(['\u{1e}', ' '])).filter(|line| !line.is_empty()) {
            self.feature(line)?;
        }
        Ok(Format::GeoJsonSequence)
    }

    fn whole(&mut self) -> Result<Format, IntakeError> {
        let bytes = self.text.as_bytes();
        let start = json::blank(bytes, 0);
        let depth = self.options.limits.max_json_depth;
        if bytes.get(start) != Some(&b'{') {
            return self.list(start);
        }
        let (mut kind, mut crs, mut refused, mut has_list) = (String::new(), None, None, false);
        let text = self.text;
        let end = json::walk(bytes, start, |key, at| {
            if key == b"features" && bytes.get(at) == Some(&b'[') {
                has_list = true;
                return json::walk(bytes, at, |_, at| {
                    let end = json::pass(bytes, at, depth)?;
                    if refused.is_none() {
                        refused = self.feature(text.get(at..end).unwrap_or("")).err();
                    }
                    Ok(end)
                });
            }
            let end = json::pass(bytes, at, depth)?;
            let value = || text.get(at..end).and_then(|text| serde_json::from_str::<Value>(text).ok());
            match key {
                b"type" => kind = value().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default(),
                b"crs" => crs = value(),
                _ => {}
            }
            Ok(end)
        });
        if let Some(error) = refused {
            return Err(error);
        }
        let end = end.map_err(|lost| self.lost(lost))?;
        self.check_crs(crs.as_ref());
        if json::blank(bytes, end) < bytes.len() {
            self.log.add(Finding::new(FindingKind::TrailingText {}));
        }
        match kind.as_str() {
            "FeatureCollection" if has_list => Ok(Format::GeoJson),
            "Feature" => self.feature(text.get(start..end).unwrap_or("")).map(|()| Format::GeoJson),
            "Topology" => {
                let (table, layer) = topojson::read(self.file, text, self.options, self.log)?;
                self.other = Some((table, Some(layer)));
                Ok(Format::TopoJson)
            }
            "" => Err(self.other("no \"type\" at its top")),
            other => {
                Err(self.other(&format!("its \"type\" is \"{}\", not FeatureCollection or Feature", shorten(other))))
            }
        }
    }

    /// A list: of features, or of plain objects.
    fn list(&mut self, start: usize) -> Result<Format, IntakeError> {
        let (text, depth) = (self.text, self.options.limits.max_json_depth);
        let item = json::blank(text.as_bytes(), start + 1);
        let first = json::pass(text.as_bytes(), item, depth).ok().and_then(|end| text.get(item..end)).unwrap_or("");
        if serde_json::from_str::<Feature<'_>>(first).is_ok_and(|first| first.kind.as_deref() == Some("Feature")) {
            let mut refused = None;
            let end = json::walk(text.as_bytes(), start, |_, at| {
                let end = json::pass(text.as_bytes(), at, depth)?;
                if refused.is_none() {
                    refused = self.feature(text.get(at..end).unwrap_or("")).err();
                }
                Ok(end)
            });
            return match refused {
                Some(error) => Err(error),
                None => end.map(|_| Format::GeoJson).map_err(|lost| self.lost(lost)),
            };
        }
        match plain_json::read(self.file, text, start, self.options, self.log)?.map_err(|lost| self.lost(lost))? {
            Some(table) => {
                self.other = Some((table, None));
                Ok(Format::JsonRecords)
            }
            None => Err(self.other("it begins with a list, not with a feature")),
        }
    }

    fn other(&self, what: &str) -> IntakeError {
        IntakeError::NotGeoJson { file: self.file.to_owned(), what: what.to_owned() }
    }

    fn lost(&self, lost: Lost) -> IntakeError {
        let file = self.file.to_owned();
        let line = |byte: usize| 1 + self.text.bytes().take(byte).filter(|b| *b == b'\n').count() as u64;
        match lost {
            Lost::Ends => {
                let byte = self.text.len();
                IntakeError::TruncatedJson { file, byte, line: line(byte), features: self.features }
            }
            Lost::Bad(byte, reason) => IntakeError::BadJson { file, byte, line: line(byte), reason: reason.to_owned() },
        }
    }

    fn check_crs(&mut self, crs: Option<&Value>) {
        let Some(crs) = crs.filter(|crs| !crs.is_null()) else { return };
        let name =
            crs.pointer("/properties/name").and_then(Value::as_str).map_or_else(|| crs.to_string(), str::to_owned);
        let plain = crate::vocabulary::normal(&name);
        let known = ["crs84", "epsg4326", "epsg4979", "wgs84", "epsg84"].iter().any(|end| plain.ends_with(end))
            || plain.contains("ogc13crs84");
        // "EPSG::4326" with a version in between still ends in 4326.
        if known || (plain.contains("epsg") && plain.ends_with("4326")) {
            self.log.add(Finding::new(FindingKind::Wgs84Named { crs: shorten(&name) }));
        } else {
            self.table.table.stated = Stated::Text(name);
        }
    }

    /// One feature: into the table, or set aside with the reason.
    fn feature(&mut self, text: &str) -> Result<(), IntakeError> {
        let limits = &self.options.limits;
        self.features += 1;
        let row = self.features as u64;
        if row > limits.max_rows {
            return Err(IntakeError::TooManyRows { file: self.file.to_owned(), limit: limits.max_rows });
        }
        if text.len() > limits.max_record_bytes {
            return Err(IntakeError::RecordTooLong {
                file: self.file.to_owned(),
                line: row,
                limit: limits.max_record_bytes,
            });
        }
        if row.is_multiple_of(1024) {
            let done = (text.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
            self.options.report(self.text.len() / 2 + done / 2, self.text.len());
        }
        match serde_json::from_str::<Feature<'_>>(text) {
            Ok(feature) if feature.kind.as_deref() == Some("Feature") => self.keep(row, feature),
            Ok(_) => {
                self.aside(row, "its type is not Feature", text);
                Ok(())
            }
            Err(error) => {
                self.aside(row, &error.to_string(), text);
                Ok(())
            }
        }
    }

    fn aside(&mut self, row: u64, reason: &str, text: &str) {
        self.table.aside(row, reason, text, self.log);
    }

    fn keep(&mut self, row: u64, feature: Feature<'_>) -> Result<(), IntakeError> {
        let mut properties = feature.properties.unwrap_or_default();
        // A feature's own id is a property like others, unless there is one of that name.
        if let Some(id) = feature.id.filter(|id| !id.is_null() && !properties.contains_key("id")) {
            properties.insert("id".to_owned(), id);
        }
        let geometry = geometry::read(feature.geometry.map(RawValue::get));
        self.table.push(row, properties.into_iter().map(|(name, value)| (name, written(value))), geometry)
    }
}

/// A value as a cell.
pub(crate) fn written(value: Value) -> (String, Native) {
    match value {
        Value::Null => (String::new(), Native::Text),
        Value::String(text) => (text, Native::Text),
        Value::Number(number) => {
            (number.as_f64().map_or_else(|| number.to_string(), |n| n.to_string()), Native::Number)
        }
        other => (other.to_string(), Native::Text),
    }
}
