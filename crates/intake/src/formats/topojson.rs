//! `TopoJSON`: boundaries as arcs that neighbours share, as whole numbers on a grid, each a step from the one before.

use crate::columns;
use crate::error::IntakeError;
use crate::features::Features;
use crate::finding::FindingKind;
use crate::geojson;
use crate::layers;
use crate::log::Log;
use crate::options::Options;
use crate::table::{Geometry, Stated, Table};
use crate::{Position, Shape};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Topology {
    transform: Option<Transform>,
    arcs: Vec<Vec<Vec<f64>>>,
    objects: Map<String, Value>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<Value>,
    properties: Option<Map<String, Value>>,
    arcs: Option<Value>,
    coordinates: Option<Value>,
}

/// Reads one of the objects of a topology into a table, and says which. The text has been checked for depth.
pub(crate) fn read(
    file: &str,
    text: &str,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<(Table, String), IntakeError> {
    let topology: Topology = serde_json::from_str(text).map_err(|error| IntakeError::NotGeoJson {
        file: file.to_owned(),
        what: format!("a TopoJSON whose parts do not fit: {error}"),
    })?;
    let names: Vec<String> = topology.objects.keys().cloned().collect();
    let known: Vec<bool> = topology.objects.values().map(|object| known(object, options)).collect();
    let at = layers::pick(file, &names, &known, options, log)?;
    let name = names.get(at).cloned().unwrap_or_default();
    let members = topology.objects.get(&name).map(members).unwrap_or_default();
    let arcs = unpacked(&topology);
    let mut features = Features::new(file, options, Stated::Degrees);
    for (number, member) in (1..).zip(members) {
        match Object::deserialize(member) {
            Ok(object) => {
                let mut properties = object.properties.clone().unwrap_or_default();
                if let Some(id) = object.id.clone().filter(|id| !id.is_null() && !properties.contains_key("id")) {
                    properties.insert("id".to_owned(), id);
                }
                let cells: Vec<_> = properties.into_iter().map(|(key, value)| (key, geojson::written(value))).collect();
                features.push(number, cells, geometry(&object, &arcs, topology.transform.as_ref()))?;
            }
            Err(error) => features.aside(number, &error.to_string(), &member.to_string(), log),
        }
    }
    Ok((features.table, name))
}

fn members(object: &Value) -> Vec<&Value> {
    match object.get("geometries").and_then(Value::as_array) {
        Some(list) => list.iter().collect(),
        None => vec![object],
    }
}

/// Whether at least two of an object's properties have known names; its id is one.
fn known(object: &Value, options: &Options<'_>) -> bool {
    let mut names: Vec<&str> = Vec::new();
    for member in members(object).into_iter().take(50) {
        if member.get("id").is_some() {
            names.push("id");
        }
        names.extend(
            member.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str),
        );
    }
    names.sort_unstable();
    names.dedup();
    names.iter().filter(|name| columns::is_known(name, options.mapping.as_ref())).count() >= 2
}

type Line = Vec<[f64; 2]>;

fn placed(transform: Option<&Transform>, [x, y]: [f64; 2]) -> [f64; 2] {
    match transform {
        Some(Transform { scale: [sx, sy], translate: [tx, ty] }) => [x * sx + tx, y * sy + ty],
        None => [x, y],
    }
}

/// Arcs as longitude and latitude. With a transform each corner is a step from the last; without one it is a place.
fn unpacked(topology: &Topology) -> Vec<Line> {
    let transform = topology.transform.as_ref();
    let line = |arc: &Vec<Vec<f64>>| {
        let mut at = [0.0, 0.0];
        let corner = |step: &Vec<f64>| {
            let step = [step.first().copied().unwrap_or(f64::NAN), step.get(1).copied().unwrap_or(f64::NAN)];
            at = if transform.is_some() { [at[0] + step[0], at[1] + step[1]] } else { step };
            placed(transform, at)
        };
        arc.iter().map(corner).collect()
    };
    topology.arcs.iter().map(line).collect()
}

fn geometry(object: &Object, arcs: &[Line], transform: Option<&Transform>) -> Geometry {
    let mut out = Geometry::default();
    let list = object.arcs.as_ref();
    let result = match object.kind.as_deref() {
        None => {
            out.notes.push(FindingKind::GeometryMissing {});
            Ok(())
        }
        Some("Polygon") => {
            list.and_then(Value::as_array).map(|rings| polygon(rings, arcs)).transpose().map(|polygon| {
                out.shape = polygon.map(|polygon| Shape { polygons: vec![polygon] });
            })
        }
        Some("MultiPolygon") => {
            let polygons = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_array);
            polygons.map(|rings| polygon(rings, arcs)).collect::<Result<Vec<_>, _>>().map(|polygons| {
                out.shape = Some(Shape { polygons });
            })
        }
        Some("Point") => {
            let pair = object.coordinates.as_ref().and_then(Value::as_array);
            let number = |at: usize| pair.and_then(|pair| pair.get(at)).and_then(Value::as_f64);
            match (number(0), number(1)) {
                (Some(x), Some(y)) => {
                    let [lon, lat] = placed(transform, [x, y]);
                    out.point = Some(Position { lon, lat });
                    Ok(())
                }
                _ => Err("its coordinates cannot be read".to_owned()),
            }
        }
        Some("LineString" | "MultiLineString") => Err("a line has no area".to_owned()),
        Some(other) => Err(format!("\"{}\" is not read in TopoJSON", crate::finding::shorten(other))),
    };
    if let Err(reason) = result {
        out.notes.push(FindingKind::GeometryNotUsed { reason });
    }
    out
}

/// Rings, each a row of arcs end to end; an arc with a number below zero runs backwards.
fn polygon(rings: &[Value], arcs: &[Line]) -> Result<Vec<Line>, String> {
    let ring = |arcs_of: &Value| -> Result<Line, String> {
        let mut line = Line::new();
        for number in arcs_of.as_array().into_iter().flatten() {
            let number = number.as_i64().ok_or("a number of an arc is no whole number")?;
            let index = usize::try_from(if number < 0 { !number } else { number }).unwrap_or(usize::MAX);
            let arc = arcs.get(index).ok_or_else(|| format!("there is no arc {number}"))?;
            // The end of one arc is the beginning of the next.
            let skip = usize::from(!line.is_empty());
            if number < 0 {
                line.extend(arc.iter().rev().skip(skip));
            } else {
                line.extend(arc.iter().skip(skip));
            }
        }
        Ok(line)
    };
    rings.iter().map(ring).collect()
}
