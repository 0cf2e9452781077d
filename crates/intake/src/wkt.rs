//! Geometry and positions written as text.

use crate::finding::FindingKind;
use crate::table::Geometry;
use crate::{Position, Shape};

/// Geometry in well-known text (longitude first), or `None` if it is none.
pub(crate) fn parse(text: &str) -> Option<Geometry> {
    let text = text.trim();
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return collected(text);
    }
    let text = text
        .split_once(';')
        .filter(|(srid, _)| srid.to_ascii_uppercase().starts_with("SRID="))
        .map_or(text, |(_, rest)| rest);
    let open = text.find('(')?;
    let kind = text.get(..open)?.to_ascii_uppercase();
    let kind = kind.split_whitespace().next()?.to_owned();
    let inside = text.get(open..)?;
    let numbers = |part: &str| -> Option<[f64; 2]> {
        let mut numbers = part.split_whitespace().map(str::parse::<f64>);
        Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
    };
    match kind.as_str() {
        "POINT" => {
            let [lon, lat] = numbers(inside.trim_matches(['(', ')', ' ']))?;
            Some(Geometry { point: Some(Position { lon, lat }), ..Geometry::default() })
        }
        "POLYGON" | "MULTIPOLYGON" => {
            let mut polygons = Vec::new();
            for polygon in split_polygons(inside, kind == "MULTIPOLYGON") {
                let rings = polygon.split(')').filter(|ring| ring.contains(char::is_numeric));
                let rings: Option<Vec<Vec<[f64; 2]>>> = rings
                    .map(|ring| ring.trim_start_matches(['(', ',', ' ']).split(',').map(numbers).collect())
                    .collect();
                polygons.push(rings?);
            }
            Some(Geometry { shape: Some(Shape { polygons }), ..Geometry::default() })
        }
        "LINESTRING" | "MULTILINESTRING" | "MULTIPOINT" | "GEOMETRYCOLLECTION" => {
            let reason = format!("a {kind} has no area");
            Some(Geometry { notes: vec![FindingKind::GeometryNotUsed { reason }], ..Geometry::default() })
        }
        _ => None,
    }
}

/// A data collector's shape: latitude, longitude, height and accuracy of each corner, with semicolons between.
fn collected(text: &str) -> Option<Geometry> {
    let corner = |part: &str| {
        let numbers: Vec<f64> = part.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        match numbers.as_slice() {
            [lat, lon] | [lat, lon, _] | [lat, lon, _, _] => Some([*lon, *lat]),
            _ => None,
        }
    };
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let ring: Vec<[f64; 2]> = parts.map(corner).collect::<Option<_>>()?;
    (ring.len() >= 3).then(|| Geometry { shape: Some(Shape { polygons: vec![vec![ring]] }), ..Geometry::default() })
}

/// The polygons of a multipolygon end where two brackets close at once.
fn split_polygons(inside: &str, several: bool) -> Vec<String> {
    if !several {
        return vec![inside.to_owned()];
    }
    let compact: String =
        inside.split_whitespace().collect::<Vec<_>>().join(" ").replace(") )", "))").replace(") )", "))");
    compact
        .split("))")
        .map(|polygon| format!("{polygon})"))
        .filter(|polygon| polygon.contains(char::is_numeric))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_text_has_longitude_first() {
        assert_eq!(parse("POINT (-75.18 6.14)").unwrap().point, Some(Position { lon: -75.18, lat: 6.14 }));
        let shape = parse(
            "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.4 5.3, 5.5 5.3, 5.5 5.4, 5.4 5.3)))",
        )
        .unwrap()
        .shape
        .unwrap();
        assert_eq!(shape.polygons.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    }
}
