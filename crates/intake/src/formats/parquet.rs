//! `GeoParquet` 1.0 and 1.1: a table in columns, its geometry as well-known binary, its coordinate system as PROJJSON.

use super::gathered;
use crate::error::IntakeError;
use crate::features::Features;
use crate::finding::FindingKind;
use crate::log::Log;
use crate::options::Options;
use crate::table::{Geometry, Native, Stated, Table};
use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the file says of its geometry.
struct About {
    column: Option<String>,
    encoding: String,
    stated: Stated,
}

/// Reads a file into a table.
pub(crate) fn read(file: &str, bytes: Vec<u8>, options: &Options<'_>, log: &mut Log) -> Result<Table, IntakeError> {
    let _ = log;
    // A damaged file has been known to make a reader stop the program; here it is one more refusal.
    let attempt = catch_unwind(AssertUnwindSafe(|| rows(file, bytes, options)));
    attempt.unwrap_or_else(|_| Err(damaged(file, "its parts contradict each other")))
}

#[allow(clippy::needless_pass_by_value)] // errors of every kind are handed over as they come
fn damaged(file: &str, reason: impl ToString) -> IntakeError {
    IntakeError::Damaged { file: file.to_owned(), format: "Parquet file", reason: reason.to_string() }
}

fn rows(file: &str, bytes: Vec<u8>, options: &Options<'_>) -> Result<Table, IntakeError> {
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(|error| damaged(file, error))?;
    let metadata = reader.metadata();
    let size = |n: i64| u64::try_from(n).unwrap_or(u64::MAX);
    let unpacked = metadata.row_groups().iter().map(|group| size(group.total_byte_size())).fold(0, u64::saturating_add);
    let limits = &options.limits;
    if unpacked > limits.max_unpacked_bytes {
        let limit = format!("{} bytes are allowed", limits.max_unpacked_bytes);
        return Err(IntakeError::UnpacksTooLarge { file: file.to_owned(), bytes: unpacked, limit });
    }
    if size(metadata.file_metadata().num_rows()) > limits.max_rows {
        return Err(IntakeError::TooManyRows { file: file.to_owned(), limit: limits.max_rows });
    }
    let geo = metadata.file_metadata().key_value_metadata().into_iter().flatten().find(|pair| pair.key == "geo");
    let about = about(geo.and_then(|pair| pair.value.as_deref()));
    let mut features = Features::new(file, options, about.stated.clone());
    if about.column.is_none() {
        features.table.features = false;
    }
    for column in metadata.file_metadata().schema().get_fields() {
        if Some(column.name()) != about.column.as_deref() && column.name() != "bbox" {
            features.column(column.name())?;
        }
    }
    let rows = reader.get_row_iter(None).map_err(|error| damaged(file, error))?;
    for (number, row) in (1..).zip(rows) {
        let row = row.map_err(|error| damaged(file, error))?;
        let mut geometry = Geometry::default();
        let mut cells = Vec::new();
        for (name, field) in row.get_column_iter() {
            if Some(name.as_str()) == about.column.as_deref() {
                geometry = shape(field, &about.encoding);
            } else if name != "bbox" || about.column.is_none() {
                cells.push((name.clone(), written(field)));
            }
        }
        features.push(number, cells, geometry)?;
    }
    Ok(features.table)
}

fn about(geo: Option<&str>) -> About {
    let none = About { column: None, encoding: String::new(), stated: Stated::Nothing };
    let Some(geo) = geo.and_then(|text| serde_json::from_str::<Value>(text).ok()) else { return none };
    let Some(column) = geo.get("primary_column").and_then(Value::as_str) else { return none };
    let column_about = geo.get("columns").and_then(|columns| columns.get(column));
    let encoding = column_about.and_then(|about| about.get("encoding")).and_then(Value::as_str).unwrap_or("WKB");
    let stated = match column_about.and_then(|about| about.get("crs")) {
        // Left out means longitude and latitude on WGS84; null means that nobody knows.
        None => Stated::Degrees,
        Some(Value::Null) => Stated::Nothing,
        Some(crs) => named(crs),
    };
    About { column: Some(column.to_owned()), encoding: encoding.to_owned(), stated }
}

/// The code of a system in PROJJSON, else its name.
fn named(crs: &Value) -> Stated {
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (authority, code) = (text(crs.pointer("/id/authority")), text(crs.pointer("/id/code")));
    if authority == "OGC" && code.starts_with("CRS84") {
        return Stated::Degrees;
    }
    if !authority.is_empty() && !code.is_empty() {
        return Stated::Text(format!("{authority}:{code}"));
    }
    Stated::Text(text(crs.get("name")))
}

fn shape(field: &Field, encoding: &str) -> Geometry {
    let note = |kind| Geometry { notes: vec![kind], ..Geometry::default() };
    match field {
        Field::Null => note(FindingKind::GeometryMissing {}),
        Field::Bytes(bytes) if encoding == "WKB" => gathered::read(bytes.data()),
        _ => {
            let reason = format!("its encoding \"{}\" is not read; save it as WKB", crate::finding::shorten(encoding));
            note(FindingKind::GeometryNotUsed { reason })
        }
    }
}

fn written(field: &Field) -> (String, Native) {
    let number = |text: String| (text, Native::Number);
    match field {
        Field::Null => (String::new(), Native::Text),
        Field::Str(text) => (text.clone(), Native::Text),
        Field::Bool(yes) => (yes.to_string(), Native::Text),
        Field::Float(n) => number(n.to_string()),
        Field::Double(n) => number(n.to_string()),
        Field::Byte(n) => number(n.to_string()),
        Field::Short(n) => number(n.to_string()),
        Field::Int(n) => number(n.to_string()),
        Field::Long(n) => number(n.to_string()),
        Field::UByte(n) => number(n.to_string()),
        Field::UShort(n) => number(n.to_string()),
        Field::UInt(n) => number(n.to_string()),
        Field::ULong(n) => number(n.to_string()),
        Field::Date(days) => day(i64::from(*days)),
        Field::TimestampMillis(n) => day(n.div_euclid(86_400_000)),
        Field::TimestampMicros(n) => day(n.div_euclid(86_400_000_000)),
        Field::Bytes(bytes) => match bytes.as_utf8() {
            Ok(text) => (text.to_owned(), Native::Text),
            Err(_) => (format!("({} bytes)", bytes.len()), Native::Text),
        },
        other => (other.to_string(), Native::Text),
    }
}

/// A day counted from 1 January 1970.
fn day(days: i64) -> (String, Native) {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = i32::try_from(days).ok().and_then(|days| epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok());
    match span {
        Some(date) => (date.to_string(), Native::Date),
        None => (days.to_string(), Native::Number),
    }
}
