//! JSON that is a list of plain objects, as data collectors and web services give it: one object a row, members of
//! members named with a stroke between (`group/field`), lists kept as their text.

use crate::error::IntakeError;
use crate::features::Features;
use crate::geojson;
use crate::json::{self, Lost};
use crate::log::Log;
use crate::options::Options;
use crate::table::{Geometry, Native, Stated, Table};
use serde_json::{Map, Value};

/// Reads the list that begins at `start`; `None` when its items are no objects.
pub(crate) fn read(
    file: &str,
    text: &str,
    start: usize,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<Result<Option<Table>, Lost>, IntakeError> {
    let mut features = Features::new(file, options, Stated::Nothing);
    features.table.features = false;
    let (mut number, mut objects, mut refused) = (0, 0, None);
    let walked = json::walk(text.as_bytes(), start, |_, at| {
        let end = json::pass(text.as_bytes(), at, options.limits.max_json_depth)?;
        number += 1;
        let item = text.get(at..end).unwrap_or("");
        match serde_json::from_str::<Map<String, Value>>(item) {
            Ok(members) if refused.is_none() => {
                objects += 1;
                let mut cells = Vec::new();
                flatten("", members, &mut cells);
                refused = features.push(number, cells, Geometry::default()).err();
            }
            Ok(_) => {}
            Err(error) => features.aside(number, &error.to_string(), item, log),
        }
        Ok(end)
    });
    match (walked, refused) {
        (_, Some(error)) => Err(error),
        (Err(lost), None) => Ok(Err(lost)),
        (Ok(_), None) => Ok(Ok((objects > 0).then_some(features.table))),
    }
}

fn flatten(prefix: &str, members: Map<String, Value>, cells: &mut Vec<(String, (String, Native))>) {
    for (name, value) in members {
        let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        match value {
            Value::Object(inner) => flatten(&name, inner, cells),
            value => cells.push((name, geojson::written(value))),
        }
    }
}
