//! An invented layer for tests.
#![allow(dead_code, clippy::unwrap_used)]

use atlas::{Feature, Field, FieldKind, Geometry, GeometryKind, Layer, Value, areas};
use jiff::civil::date;

/// Names in scripts that files have lost before.
pub(crate) const NAMES: [&str; 5] = ["حقل الألغام", "ព្រៃវែង", "Минное поле", "Champ n° 7 «é»", "地雷区"];

/// A square with its south-west corner and its side in degrees.
pub(crate) fn square(west: f64, south: f64, side: f64) -> Geometry {
    let (east, north) = (west + side, south + side);
    let ring = [[west, south], [east, south], [east, north], [west, north]];
    Geometry::Areas(areas(&[land::Polygon::from_lon_lat([ring]).unwrap()]))
}

/// Four features: two parts with a hole, one square, one without a place, one with every value unknown.
pub(crate) fn sample() -> Layer {
    let fields = vec![
        Field::new("name", FieldKind::Text),
        Field::new("count", FieldKind::Integer),
        Field::new("area_m2", FieldKind::Real),
        Field::new("found", FieldKind::Date),
        Field::new("checked", FieldKind::Boolean),
    ];
    let mut layer = Layer::new("areas", GeometryKind::Areas, fields, date(2026, 3, 14)).unwrap();
    let ring = |west: f64, south: f64, side: f64| {
        [[west, south], [west + side, south], [west + side, south + side], [west, south + side]]
    };
    let with_hole = land::Polygon::from_lon_lat([ring(20.0, 40.0, 0.2), ring(20.05, 40.05, 0.1)]).unwrap();
    let other_part = land::Polygon::from_lon_lat([ring(20.5, 40.1, 0.2)]).unwrap();
    let geometries = [
        Some(Geometry::Areas(areas(&[with_hole, other_part]))),
        Some(square(20.3, 40.2, 0.05)),
        None,
        Some(square(20.4, 40.0, 0.05)),
    ];
    for (number, geometry) in geometries.into_iter().enumerate() {
        let values = vec![
            Value::text(NAMES[number]),
            Value::Integer([7, -12, 2_000_000_000, 0][number]),
            Value::Real([47_312.5, 0.1, 1_234_567.891, 0.0][number]),
            Value::Date(date(2019 + i16::try_from(number).unwrap(), 2, 28)),
            Value::Boolean(number % 2 == 0),
        ];
        let values = if number == 3 {
            vec![Value::text(NAMES[3]), Value::Null, Value::Null, Value::Null, Value::Null]
        } else {
            values
        };
        layer.push(Feature { geometry, values }).unwrap();
    }
    layer
}
