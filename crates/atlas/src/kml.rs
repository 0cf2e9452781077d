//! KML 2.2 (OGC 07-147r2), and KMZ.

use std::borrow::Cow;
use std::io::{Seek, Write};

use geo_types::Coord;

use crate::layer::{Feature, Field, FieldKind, Geometry, Layer, Value};
use crate::note::Note;
use crate::rings::{Outer, oriented};
use crate::write::{Error, archived};

pub(crate) fn encode_archive(layer: &Layer, out: &mut (impl Write + Seek)) -> Result<Vec<Note>, Error> {
    let mut archive = zip::ZipWriter::new(out);
    archive.start_file("doc.kml", archived(layer))?;
    let notes = encode(layer, &mut archive)?;
    archive.finish()?;
    Ok(notes)
}

pub(crate) fn encode(layer: &Layer, out: &mut impl Write) -> Result<Vec<Note>, Error> {
    let name = escaped(layer.name());
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<kml xmlns="http://www.opengis.net/kml/2.2"><Document id="root"><name>{name}</name>"#)?;
    writeln!(out, r#"<Schema name="{name}" id="fields">"#)?;
    let columns = columns(layer);
    for column in columns.iter().filter(|column| !column.is_title) {
        writeln!(out, r#"<SimpleField name="{}" type="{}"/>"#, escaped(&column.name), column.kind)?;
    }
    // No folder: GDAL looks for the schema of a layer in an archive beside its placemarks.
    writeln!(out, "</Schema>")?;
    for feature in layer.features() {
        placemark(&columns, feature, out)?;
    }
    writeln!(out, "</Document></kml>")?;
    Ok(notes(layer, &columns))
}

/// Names that a placemark has for its own, which readers confuse with those of fields.
const RESERVED: [&str; 11] = [
    "name",
    "description",
    "timestamp",
    "begin",
    "end",
    "altitudemode",
    "tessellate",
    "extrude",
    "visibility",
    "draworder",
    "icon",
];

/// A field as KML holds it.
struct Column {
    name: String,
    kind: &'static str,
    /// Whether it is the placemark's own name, and no further field.
    is_title: bool,
}

fn columns(layer: &Layer) -> Vec<Column> {
    let is_reserved = |name: &str| RESERVED.contains(&name.to_lowercase().as_str());
    let is_taken = |name: &str| layer.fields().iter().any(|field| field.name.eq_ignore_ascii_case(name));
    let column = |(number, field): (usize, &Field)| {
        let is_title = field.kind == FieldKind::Text && field.name.eq_ignore_ascii_case("name");
        let mut name = field.name.clone();
        while !is_title && is_reserved(&name) || name != field.name && is_taken(&name) {
            name.push('_');
        }
        Column { name, kind: kind(layer, number), is_title }
    };
    layer.fields().iter().enumerate().map(column).collect()
}

/// The kind by its KML name. Its whole numbers have 32 bits; where they do not suffice the column is text.
fn kind(layer: &Layer, field: usize) -> &'static str {
    let fits = |value: &Value| !matches!(value, Value::Integer(number) if i32::try_from(*number).is_err());
    match layer.fields()[field].kind {
        FieldKind::Integer if layer.column(field).all(fits) => "int",
        FieldKind::Real => "double",
        FieldKind::Boolean => "bool",
        FieldKind::Text | FieldKind::Integer | FieldKind::Date => "string",
    }
}

fn notes(layer: &Layer, columns: &[Column]) -> Vec<Note> {
    let mut notes = Vec::new();
    for (number, field) in layer.fields().iter().enumerate() {
        if columns[number].name != field.name {
            notes.push(Note::FieldRenamed { from: field.name.clone(), to: columns[number].name.clone() });
        }
        if field.kind == FieldKind::Integer && columns[number].kind == "string" {
            notes.push(Note::NumbersAsText { field: field.name.clone() });
        }
        let is_forbidden = |value: &Value| matches!(value, Value::Text(text) if text.contains(forbidden));
        let features: Vec<usize> =
            layer.column(number).enumerate().filter(|(_, value)| is_forbidden(value)).map(|(row, _)| row).collect();
        if !features.is_empty() {
            notes.push(Note::CharactersReplaced { field: field.name.clone(), features });
        }
    }
    notes
}

fn placemark(columns: &[Column], feature: &Feature, out: &mut impl Write) -> Result<(), Error> {
    out.write_all(b"<Placemark>")?;
    let titled = columns.iter().zip(&feature.values).find(|(column, _)| column.is_title);
    if let Some((_, Value::Text(title))) = titled {
        write!(out, "<name>{}</name>", escaped(title))?;
    }
    out.write_all(br##"<ExtendedData><SchemaData schemaUrl="#fields">"##)?;
    for (column, value) in columns.iter().zip(&feature.values).filter(|(column, _)| !column.is_title) {
        simple_data(&column.name, value, out)?;
    }
    out.write_all(b"</SchemaData></ExtendedData>")?;
    match &feature.geometry {
        None => {}
        Some(Geometry::Point(point)) => {
            write!(out, "<Point><coordinates>{},{}</coordinates></Point>", point.x(), point.y())?;
        }
        Some(Geometry::Areas(areas)) => {
            out.write_all(b"<MultiGeometry>")?;
            for polygon in areas {
                out.write_all(b"<Polygon>")?;
                for (number, ring) in oriented(polygon, Outer::CounterClockwise).enumerate() {
                    linear_ring(if number == 0 { "outerBoundaryIs" } else { "innerBoundaryIs" }, &ring, out)?;
                }
                out.write_all(b"</Polygon>")?;
            }
            out.write_all(b"</MultiGeometry>")?;
        }
    }
    out.write_all(b"</Placemark>\n")?;
    Ok(())
}

fn linear_ring(boundary: &str, ring: &[Coord<f64>], out: &mut impl Write) -> Result<(), Error> {
    write!(out, "<{boundary}><LinearRing><coordinates>")?;
    for (number, at) in ring.iter().enumerate() {
        write!(out, "{}{},{}", if number == 0 { "" } else { " " }, at.x, at.y)?;
    }
    write!(out, "</coordinates></LinearRing></{boundary}>")?;
    Ok(())
}

fn simple_data(name: &str, value: &Value, out: &mut impl Write) -> Result<(), Error> {
    let text: Cow<'_, str> = match value {
        Value::Null => return Ok(()),
        Value::Text(text) => escaped(text),
        Value::Integer(number) => number.to_string().into(),
        Value::Real(number) => number.to_string().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Boolean(is_so) => if *is_so { "1" } else { "0" }.into(),
    };
    write!(out, r#"<SimpleData name="{}">{text}</SimpleData>"#, escaped(name))?;
    Ok(())
}

/// What XML 1.0 cannot hold, even escaped.
fn forbidden(letter: char) -> bool {
    matches!(letter, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

fn escaped(text: &str) -> Cow<'_, str> {
    let is_plain = |letter: char| !forbidden(letter) && !matches!(letter, '&' | '<' | '>' | '"' | '\r');
    if text.chars().all(is_plain) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // A bare carriage return would be read as a line feed.
            '\r' => safe.push_str("&#13;"),
            letter if forbidden(letter) => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe.into()
}
