//! A feature's geometry, taken for what it is or noted for what it is not.

use crate::finding::FindingKind;
use crate::table::Geometry;
use crate::{Position, Shape};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

#[derive(serde::Deserialize)]
struct Written<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    coordinates: Option<&'a RawValue>,
    #[serde(borrow)]
    geometries: Option<Vec<&'a RawValue>>,
}

/// Longitude and latitude; height and anything after it is passed over.
struct Corner([f64; 2]);

impl<'de> Deserialize<'de> for Corner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Corner;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a longitude and a latitude")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Corner, A::Error> {
                let lon = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
                let lat = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Corner([lon, lat]))
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

/// Reads a geometry; whatever is wrong with it is among the notes.
pub(crate) fn read(text: Option<&str>) -> Geometry {
    let mut geometry = Geometry::default();
    match text.filter(|text| text.trim() != "null") {
        None => geometry.notes.push(FindingKind::GeometryMissing {}),
        Some(text) => {
            let mut polygons = Vec::new();
            add(text, &mut geometry, &mut polygons, 0);
            if !polygons.is_empty() {
                geometry.shape = Some(Shape { polygons });
            }
        }
    }
    geometry
}

type Polygon = Vec<Vec<[f64; 2]>>;

fn add(text: &str, geometry: &mut Geometry, polygons: &mut Vec<Polygon>, depth: u8) {
    let result = serde_json::from_str::<Written<'_>>(text).map_err(|error| error.to_string()).and_then(|written| {
        if let Some(parts) = written.geometries.as_ref().filter(|_| written.kind == "GeometryCollection" && depth < 8) {
            for part in parts {
                add(part.get(), geometry, polygons, depth + 1);
            }
            if parts.is_empty() {
                geometry.notes.push(FindingKind::GeometryMissing {});
            }
            return Ok(());
        }
        coordinates(&written, geometry, polygons)
    });
    if let Err(reason) = result {
        geometry.notes.push(FindingKind::GeometryNotUsed { reason });
    }
}

fn coordinates(written: &Written<'_>, geometry: &mut Geometry, polygons: &mut Vec<Polygon>) -> Result<(), String> {
    let Some(text) = written.coordinates.map(RawValue::get) else {
        return Err(format!("a {} without coordinates", crate::finding::shorten(&written.kind)));
    };
    let bad = |error: serde_json::Error| format!("its coordinates cannot be read ({error})");
    if text.bytes().filter(|b| !b.is_ascii_whitespace()).eq(*b"[]") {
        geometry.notes.push(FindingKind::GeometryMissing {});
        return Ok(());
    }
    let place = |Corner([lon, lat]): Corner| Position { lon, lat };
    let plain = |polygon: Vec<Vec<Corner>>| -> Polygon {
        polygon.into_iter().map(|ring| ring.into_iter().map(|corner| corner.0).collect()).collect()
    };
    match written.kind.as_str() {
        "Point" => {
            let point = place(serde_json::from_str(text).map_err(bad)?);
            geometry.point = geometry.point.or(Some(point));
        }
        "MultiPoint" => {
            let points: Vec<Corner> = serde_json::from_str(text).map_err(bad)?;
            if points.len() > 1 {
                geometry.notes.push(FindingKind::SeveralPoints { n: points.len() as u64 });
            }
            geometry.point = geometry.point.or(points.into_iter().next().map(place));
        }
        "Polygon" => polygons.push(plain(serde_json::from_str(text).map_err(bad)?)),
        "MultiPolygon" => {
            let several: Vec<Vec<Vec<Corner>>> = serde_json::from_str(text).map_err(bad)?;
            polygons.extend(several.into_iter().map(plain));
        }
        "LineString" | "MultiLineString" => return Err("a line has no area".to_owned()),
        other => return Err(format!("\"{}\" is no kind of geometry", crate::finding::shorten(other))),
    }
    Ok(())
}
