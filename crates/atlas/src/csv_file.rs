//! CSV (RFC 4180, UTF-8) with the geometry as WKT in a last column.

use std::borrow::Cow;
use std::io::Write;

use crate::layer::{Layer, Value};
use crate::note::Note;
use crate::wkt::wkt;
use crate::write::Error;

pub(crate) fn encode(layer: &Layer, out: &mut impl Write) -> Result<Vec<Note>, Error> {
    let mut notes = Vec::new();
    let mut quoted: Vec<Vec<usize>> = vec![Vec::new(); layer.fields().len()];
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let geometry = geometry_column(layer);
    let names = layer.fields().iter().map(|field| harmless(&field.name)).chain([Cow::from(&geometry)]);
    table.write_record(names.map(Cow::into_owned))?;
    for field in layer.fields() {
        if let Cow::Owned(to) = harmless(&field.name) {
            notes.push(Note::FieldRenamed { from: field.name.clone(), to });
        }
    }
    for (number, feature) in layer.features().iter().enumerate() {
        for (field, value) in feature.values.iter().enumerate() {
            let cell = cell(value);
            if matches!((value, &cell), (Value::Text(_), Cow::Owned(_))) {
                quoted[field].push(number);
            }
            table.write_field(cell.as_ref())?;
        }
        table.write_field(feature.geometry.as_ref().map(wkt).unwrap_or_default())?;
        table.write_record(None::<&[u8]>)?;
    }
    table.flush().map_err(|source| Error::Csv(source.into()))?;
    notes.extend(
        quoted
            .into_iter()
            .zip(layer.fields())
            .filter(|(features, _)| !features.is_empty())
            .map(|(features, field)| Note::FormulasQuoted { field: field.name.clone(), features }),
    );
    Ok(notes)
}

/// `WKT`, by which other programs know it, unless a field has that name.
fn geometry_column(layer: &Layer) -> String {
    let is_taken = |name: &str| layer.fields().iter().any(|field| field.name.eq_ignore_ascii_case(name));
    let mut name = String::from("WKT");
    while is_taken(&name) {
        name.push('_');
    }
    name
}

fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => harmless(text),
        Value::Integer(number) => number.to_string().into(),
        Value::Real(number) => number.to_string().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Boolean(is_so) => if *is_so { "true" } else { "false" }.into(),
        Value::Null => "".into(),
    }
}

/// Text that a spreadsheet takes as text: an apostrophe goes before what would begin a formula.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}
