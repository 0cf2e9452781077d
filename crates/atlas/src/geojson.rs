//! `GeoJSON` (RFC 7946), one feature to a line.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use crate::layer::{Feature, Geometry, Layer, Value};
use crate::note::Note;
use crate::rings::{Outer, oriented};
use crate::write::Error;

pub(crate) fn encode(layer: &Layer, out: &mut impl Write) -> Result<Vec<Note>, Error> {
    let name = Json::from(layer.name());
    write!(out, "{{\"type\":\"FeatureCollection\",\"name\":{name},\"features\":[")?;
    for (number, feature) in layer.features().iter().enumerate() {
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &object(layer, feature)).map_err(std::io::Error::from)?;
    }
    out.write_all(b"\n]}\n")?;
    Ok(Vec::new())
}

fn object(layer: &Layer, feature: &Feature) -> Json {
    let named = layer.fields().iter().zip(&feature.values).map(|(field, value)| (field.name.clone(), property(value)));
    let properties: Map<String, Json> = named.collect();
    json!({
        "type": "Feature",
        "properties": properties,
        "geometry": feature.geometry.as_ref().map(shape),
    })
}

fn property(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Date(date) => date.to_string().into(),
        Value::Boolean(is_so) => (*is_so).into(),
        Value::Null => Json::Null,
    }
}

/// Section 3.1.6: exterior rings are counter-clockwise, holes clockwise.
fn shape(geometry: &Geometry) -> Json {
    match geometry {
        Geometry::Point(point) => json!({"type": "Point", "coordinates": [point.x(), point.y()]}),
        Geometry::Areas(areas) => {
            let ring = |ring: Vec<geo_types::Coord<f64>>| ring.iter().map(|at| json!([at.x, at.y])).collect::<Json>();
            let polygons =
                areas.iter().map(|polygon| oriented(polygon, Outer::CounterClockwise).map(ring).collect::<Json>());
            json!({"type": "MultiPolygon", "coordinates": polygons.collect::<Json>()})
        }
    }
}
