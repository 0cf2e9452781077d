//! `GeoParquet` 1.1: Parquet with the geometry as well-known binary, and a `geo` key that says so.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use serde_json::json;

use crate::layer::{Feature, Field, FieldKind, GeometryKind, Layer, Value};
use crate::note::Note;
use crate::wkb;
use crate::write::Error;

/// Features to a row group: readers load one at a time.
const ROW_GROUP: usize = 65_536;

pub(crate) fn encode(layer: &Layer, out: &mut (impl Write + Send)) -> Result<Vec<Note>, Error> {
    let geometry = geometry_column(layer);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("mineban".to_owned())
        .set_key_value_metadata(Some(vec![KeyValue::new("geo".to_owned(), about(layer, &geometry))]))
        .build();
    let mut file = SerializedFileWriter::new(out, Arc::new(schema(layer, &geometry)?), Arc::new(properties))?;
    for features in layer.features().chunks(ROW_GROUP) {
        let mut group = file.next_row_group()?;
        for (number, field) in layer.fields().iter().enumerate() {
            attribute(&mut group, field.kind, features.iter().map(|feature| &feature.values[number]))?;
        }
        column::<ByteArrayType>(&mut group, features.iter().map(geometry_bytes))?;
        group.close()?;
    }
    file.close()?;
    Ok(Vec::new())
}

fn geometry_column(layer: &Layer) -> String {
    let mut name = String::from("geometry");
    while layer.fields().iter().any(|field| field.name.eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

/// The `geo` key. Without a `crs` it is longitude and latitude on WGS84, as the specification says.
fn about(layer: &Layer, geometry: &str) -> String {
    let kind = match layer.kind() {
        GeometryKind::Areas => "MultiPolygon",
        GeometryKind::Points => "Point",
    };
    let mut column = json!({
        "encoding": "WKB",
        "geometry_types": [kind],
        "orientation": "counterclockwise",
        "edges": "planar",
    });
    if let Some(bounds) = layer.bounds() {
        column["bbox"] = json!(bounds);
    }
    json!({ "version": "1.1.0", "primary_column": geometry, "columns": { geometry: column } }).to_string()
}

fn schema(layer: &Layer, geometry: &str) -> Result<Type, Error> {
    let mut columns = layer.fields().iter().map(field_type).collect::<Result<Vec<_>, _>>()?;
    let bytes = Type::primitive_type_builder(geometry, Physical::BYTE_ARRAY).with_repetition(Repetition::OPTIONAL);
    columns.push(Arc::new(bytes.build()?));
    Ok(Type::group_type_builder("schema").with_fields(columns).build()?)
}

fn field_type(field: &Field) -> Result<Arc<Type>, Error> {
    let (physical, logical, converted) = match field.kind {
        FieldKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String), ConvertedType::UTF8),
        FieldKind::Integer => (Physical::INT64, None, ConvertedType::NONE),
        FieldKind::Real => (Physical::DOUBLE, None, ConvertedType::NONE),
        FieldKind::Date => (Physical::INT32, Some(LogicalType::Date), ConvertedType::DATE),
        FieldKind::Boolean => (Physical::BOOLEAN, None, ConvertedType::NONE),
    };
    let column = Type::primitive_type_builder(&field.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .with_converted_type(converted);
    Ok(Arc::new(column.build()?))
}

type Group<'a, W> = SerializedRowGroupWriter<'a, W>;

fn attribute<'a, W: Write + Send>(
    group: &mut Group<'_, W>,
    kind: FieldKind,
    values: impl Iterator<Item = &'a Value>,
) -> Result<(), Error> {
    match kind {
        FieldKind::Text => column::<ByteArrayType>(
            group,
            values.map(|value| match value {
                Value::Text(text) => Some(ByteArray::from(text.as_str())),
                _ => None,
            }),
        ),
        FieldKind::Integer => column::<Int64Type>(
            group,
            values.map(|value| match value {
                Value::Integer(number) => Some(*number),
                _ => None,
            }),
        ),
        FieldKind::Real => column::<DoubleType>(
            group,
            values.map(|value| match value {
                Value::Real(number) => Some(*number),
                _ => None,
            }),
        ),
        FieldKind::Date => column::<Int32Type>(
            group,
            values.map(|value| match value {
                Value::Date(date) => Some(days_since_1970(*date)),
                _ => None,
            }),
        ),
        FieldKind::Boolean => column::<BoolType>(
            group,
            values.map(|value| match value {
                Value::Boolean(is_so) => Some(*is_so),
                _ => None,
            }),
        ),
    }
}

fn days_since_1970(date: jiff::civil::Date) -> i32 {
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}

fn geometry_bytes(feature: &Feature) -> Option<ByteArray> {
    let mut bytes = Vec::new();
    wkb::append(&mut bytes, feature.geometry.as_ref()?);
    Some(ByteArray::from(bytes))
}

/// Writes the next column: the values that are known, and beside them which ones those are.
fn column<T: DataType>(
    group: &mut Group<'_, impl Write + Send>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), Error> {
    let (mut known, mut is_known) = (Vec::new(), Vec::new());
    for value in values {
        is_known.push(i16::from(value.is_some()));
        known.extend(value);
    }
    if let Some(mut column) = group.next_column()? {
        column.typed::<T>().write_batch(&known, Some(&is_known), None)?;
        column.close()?;
    }
    Ok(())
}
