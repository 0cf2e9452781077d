//! Well-known text.

use std::fmt::Write;

use crate::layer::Geometry;
use crate::rings::{Outer, oriented};

pub(crate) fn wkt(geometry: &Geometry) -> String {
    match geometry {
        Geometry::Point(point) => format!("POINT ({} {})", point.x(), point.y()),
        Geometry::Areas(areas) if areas.0.is_empty() => "MULTIPOLYGON EMPTY".to_owned(),
        Geometry::Areas(areas) => {
            let mut text = String::from("MULTIPOLYGON ");
            list(&mut text, areas.iter(), |text, polygon| {
                list(text, oriented(polygon, Outer::CounterClockwise), |text, ring| {
                    list(text, ring.iter(), |text, at| {
                        // Writing into a String cannot fail.
                        let _ = write!(text, "{} {}", at.x, at.y);
                    });
                });
            });
            text
        }
    }
}

fn list<T>(text: &mut String, items: impl Iterator<Item = T>, one: impl Fn(&mut String, T)) {
    text.push('(');
    for (number, item) in items.enumerate() {
        if number > 0 {
            text.push_str(", ");
        }
        one(text, item);
    }
    text.push(')');
}
