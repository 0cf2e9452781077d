//! Geometry and positions written as text.

use crate::Position;
use crate::finding::FindingKind;
use crate::number::{self, Lean};
use crate::shapes;
use crate::table::Geometry;

/// Geometry in well-known text (longitude first), or `None` if it is none.
pub(crate) fn parse(text: &str) -> Option<Geometry> {
    let text = text.trim();
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
            let mut geometry = Geometry::default();
            geometry.shape = shapes::checked(polygons, &mut geometry.notes);
            Some(geometry)
        }
        "LINESTRING" | "MULTILINESTRING" | "MULTIPOINT" | "GEOMETRYCOLLECTION" => {
            let reason = format!("a {kind} has no area");
            Some(Geometry { notes: vec![FindingKind::GeometryNotUsed { reason }], ..Geometry::default() })
        }
        _ => None,
    }
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

/// A cell that holds latitude and longitude, in that order.
pub(crate) fn lat_lon(text: &str) -> Option<Position> {
    let text = text.trim().trim_matches(['(', ')', '[', ']']).trim();
    let (lat, lon) = [';', ','].iter().find_map(|mark| text.split_once(*mark)).or_else(|| text.split_once(' '))?;
    let lon = lon.trim();
    // A data collector's geopoint goes on with height and accuracy.
    let lon = if lon.contains(['°', '\'']) { lon } else { lon.split([' ', ',', ';']).next().unwrap_or(lon) };
    Some(Position { lat: degrees(lat, None)?, lon: degrees(lon, None)? })
}

/// Degrees as a number, or as degrees, minutes and seconds with a letter for the direction.
pub(crate) fn degrees(text: &str, style: Option<number::Style>) -> Option<f64> {
    let text = text.trim();
    let style = style.unwrap_or_else(|| number::style([text].into_iter(), Lean::Decimal));
    if let Some(found) = number::parse(text, style)
        && (found.unit.is_empty() || found.unit == "°")
    {
        return Some(found.value);
    }
    let letter = text.chars().find(|c| c.is_alphabetic()).map(|c| c.to_ascii_uppercase());
    if !matches!(letter, None | Some('N' | 'S' | 'E' | 'W' | 'O'))
        || text.chars().filter(|c| c.is_alphabetic()).count() > 1
    {
        return None;
    }
    let parts: Vec<f64> = text
        .replace(',', ".")
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter(|part| !part.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let (size, marked) = match parts.as_slice() {
        [d] => (*d, letter.is_some()),
        [d, m] if *m < 60.0 => (d + m / 60.0, true),
        [d, m, s] if *m < 60.0 && *s < 60.0 => (d + m / 60.0 + s / 3600.0, true),
        _ => return None,
    };
    let negative = text.starts_with('-') || matches!(letter, Some('S' | 'W' | 'O'));
    marked.then_some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_minutes_and_seconds_are_read() {
        for (text, wanted) in [
            ("4°35'56\"N", 4.598_888_888_888_889),
            ("74 04 51 W", -74.080_833_333_333_33),
            ("-75.5", -75.5),
            ("75,5 O", -75.5),
        ] {
            assert!((degrees(text, None).unwrap() - wanted).abs() < 1e-9, "{text}");
        }
        assert_eq!(degrees("Tame", None), None);
    }

    #[test]
    fn a_pair_is_latitude_first_and_well_known_text_longitude_first() {
        assert_eq!(lat_lon("(6.14, -75.18)"), Some(Position { lon: -75.18, lat: 6.14 }));
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
