//! `FlatGeobuf` 3: verified feature by feature, so that a damaged one spoils only itself.

use crate::error::IntakeError;
use crate::features::Features;
use crate::finding::FindingKind;
use crate::log::Log;
use crate::options::Options;
use crate::table::{Geometry, Native, Stated, Table};
use crate::{Position, Shape};
use flatgeobuf::packed_r_tree::PackedRTree;
use flatgeobuf::{ColumnType, Crs, GeometryType, Header};

#[allow(clippy::needless_pass_by_value)] // errors of every kind are handed over as they come
fn damaged(file: &str, reason: impl ToString) -> IntakeError {
    IntakeError::Damaged { file: file.to_owned(), format: "FlatGeobuf file", reason: reason.to_string() }
}

/// A run of bytes with its length before it, and what follows.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = u32::from_le_bytes(*bytes.first_chunk::<4>()?) as usize;
    bytes.split_at_checked(length.checked_add(4)?)
}

/// Reads a file into a table.
pub(crate) fn read(file: &str, bytes: &[u8], options: &Options<'_>, log: &mut Log) -> Result<Table, IntakeError> {
    let short = || damaged(file, "it ends inside its header");
    let (head, rest) = bytes.get(8..).and_then(sized).ok_or_else(short)?;
    let header = flatgeobuf::size_prefixed_root_as_header(head).map_err(|error| damaged(file, error))?;
    let mut rest = rest.get(index_size(&header).ok_or_else(short)?..).ok_or_else(short)?;
    let columns = columns(&header);
    let mut features = Features::new(file, options, stated(header.crs()));
    for (name, _) in &columns {
        features.column(name)?;
    }
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let Some((one, after)) = sized(rest) else {
            features.aside(number, "the file ends inside this feature", "", log);
            break;
        };
        rest = after;
        let feature = match flatgeobuf::size_prefixed_root_as_feature(one) {
            Ok(feature) => feature,
            Err(error) => {
                features.aside(number, &error.to_string(), "", log);
                continue;
            }
        };
        let values = feature.properties().map_or(&[][..], |list| list.bytes());
        let Some(cells) = properties(values, &columns) else {
            features.aside(number, "its properties do not fit the columns", "", log);
            continue;
        };
        features.push(number, cells, geometry(feature.geometry(), header.geometry_type()))?;
    }
    Ok(features.table)
}

/// Bytes of the search tree between header and features.
fn index_size(header: &Header<'_>) -> Option<usize> {
    let count = usize::try_from(header.features_count()).ok()?;
    if header.index_node_size() < 2 || count == 0 {
        return Some(0);
    }
    // Each node takes forty bytes; more than memory could hold are not believed.
    if count > (1 << 40) { None } else { Some(PackedRTree::index_size(count, header.index_node_size())) }
}

type Columns = Vec<(String, ColumnType)>;

fn columns(header: &Header<'_>) -> Columns {
    let list = header.columns();
    list.iter().flatten().map(|column| (column.name().to_owned(), column.type_())).collect()
}

fn stated(crs: Option<Crs<'_>>) -> Stated {
    let Some(crs) = crs else { return Stated::Nothing };
    match (crs.org(), crs.code(), crs.wkt(), crs.name()) {
        (org, code, _, _) if code > 0 => Stated::Text(format!("{}:{code}", org.unwrap_or("EPSG"))),
        (_, _, Some(wkt), _) => Stated::Text(wkt.to_owned()),
        (_, _, None, Some(name)) => Stated::Text(name.to_owned()),
        _ => Stated::Nothing,
    }
}

fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(head)
}

/// Number of the column, then its value, again and again; `None` when they do not fit.
fn properties(mut bytes: &[u8], columns: &Columns) -> Option<Vec<(String, (String, Native))>> {
    let mut cells = Vec::new();
    // Some writers leave one byte over at the end.
    while bytes.len() > 1 {
        let column = usize::from(u16::from_le_bytes(*take(&mut bytes)?));
        let (name, kind) = columns.get(column)?;
        let number = |text: String| (text, Native::Number);
        let value = match *kind {
            ColumnType::Bool => ((take::<1>(&mut bytes)?[0] != 0).to_string(), Native::Text),
            ColumnType::Byte => number(i8::from_le_bytes(*take(&mut bytes)?).to_string()),
            ColumnType::UByte => number(take::<1>(&mut bytes)?[0].to_string()),
            ColumnType::Short => number(i16::from_le_bytes(*take(&mut bytes)?).to_string()),
            ColumnType::UShort => number(u16::from_le_bytes(*take(&mut bytes)?).to_string()),
            ColumnType::Int => number(i32::from_le_bytes(*take(&mut bytes)?).to_string()),
            ColumnType::UInt => number(u32::from_le_bytes(*take(&mut bytes)?).to_string()),
            ColumnType::Long => number(i64::from_le_bytes(*take(&mut bytes)?).to_string()),
            ColumnType::ULong => number(u64::from_le_bytes(*take(&mut bytes)?).to_string()),
            ColumnType::Float => number(f32::from_le_bytes(*take(&mut bytes)?).to_string()),
            ColumnType::Double => number(f64::from_le_bytes(*take(&mut bytes)?).to_string()),
            kind => {
                let length = u32::from_le_bytes(*take(&mut bytes)?) as usize;
                let (value, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                match kind {
                    ColumnType::String | ColumnType::Json | ColumnType::DateTime => {
                        (String::from_utf8_lossy(value).into_owned(), Native::Text)
                    }
                    _ => (format!("({length} bytes)"), Native::Text),
                }
            }
        };
        cells.push((name.clone(), value));
    }
    Some(cells)
}

fn geometry(written: Option<flatgeobuf::Geometry<'_>>, of_file: GeometryType) -> Geometry {
    let mut out = Geometry::default();
    let Some(written) = written else {
        out.notes.push(FindingKind::GeometryMissing {});
        return out;
    };
    let mut shape = Shape::default();
    add(written, of_file, &mut out, &mut shape, 0);
    if !shape.polygons.is_empty() {
        out.shape = Some(shape);
    } else if out.point.is_none() && out.notes.is_empty() {
        out.notes.push(FindingKind::GeometryMissing {});
    }
    out
}

fn add(written: flatgeobuf::Geometry<'_>, of_file: GeometryType, out: &mut Geometry, shape: &mut Shape, depth: u8) {
    // The file says the kind for all; where it says none, each geometry says its own.
    let kind = if written.type_() == GeometryType::Unknown { of_file } else { written.type_() };
    let corners = || -> Vec<[f64; 2]> {
        let list: Vec<f64> = written.xy().iter().flatten().collect();
        list.chunks_exact(2).filter_map(|pair| <[f64; 2]>::try_from(pair).ok()).collect()
    };
    match kind {
        GeometryType::Point | GeometryType::MultiPoint => {
            let list = corners();
            if let Some([lon, lat]) = list.first().filter(|at| !at[0].is_nan()) {
                out.point.get_or_insert(Position { lon: *lon, lat: *lat });
            }
            if list.len() > 1 {
                out.notes.push(FindingKind::SeveralPoints { n: list.len() as u64 });
            }
        }
        GeometryType::Polygon => {
            let all = corners();
            let ends: Vec<usize> = written.ends().iter().flatten().map(|end| end as usize).collect();
            let ends = if ends.is_empty() { vec![all.len()] } else { ends };
            let mut start = 0;
            let mut rings = Vec::new();
            for end in ends {
                rings.push(all.get(start..end).unwrap_or(&[]).to_vec());
                start = end;
            }
            if !all.is_empty() {
                shape.polygons.push(rings);
            }
        }
        GeometryType::MultiPolygon | GeometryType::GeometryCollection if depth < 8 => {
            let inner = if kind == GeometryType::MultiPolygon { GeometryType::Polygon } else { GeometryType::Unknown };
            written.parts().iter().flatten().for_each(|part| add(part, inner, out, shape, depth + 1));
        }
        GeometryType::LineString | GeometryType::MultiLineString => {
            out.notes.push(FindingKind::GeometryNotUsed { reason: "a line has no area".to_owned() });
        }
        _ => {
            let reason = "a curve or a surface of curves is not read; save it with straight edges".to_owned();
            out.notes.push(FindingKind::GeometryNotUsed { reason });
        }
    }
}
