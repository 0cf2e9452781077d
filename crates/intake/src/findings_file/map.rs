//! Small maps: a shape with its fault marked, or where a point lies among the others.

use crate::Shape;
use std::fmt::Write;

const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 150.0;
const MARGIN: f64 = 10.0;
/// A ring is drawn with at most this many corners.
const CORNERS: usize = 400;

/// From degrees to the drawing: a plate with its middle latitude true to scale.
struct Frame {
    west: f64,
    north: f64,
    per_lon: f64,
    per_lat: f64,
}

impl Frame {
    fn around(places: impl Iterator<Item = [f64; 2]>) -> Option<Self> {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for place in places {
            for axis in 0..2 {
                low[axis] = low[axis].min(place[axis]);
                high[axis] = high[axis].max(place[axis]);
            }
        }
        if !low[0].is_finite() || !high[1].is_finite() {
            return None;
        }
        let narrow = f64::midpoint(low[1], high[1]).to_radians().cos().max(0.05);
        // At least some ten metres, so that a single place is not drawn infinitely large.
        let (wide, tall) = (((high[0] - low[0]) * narrow).max(1e-4), (high[1] - low[1]).max(1e-4));
        let per_lat = ((WIDTH - 2.0 * MARGIN) / wide).min((HEIGHT - 2.0 * MARGIN) / tall);
        let per_lon = per_lat * narrow;
        let middle = [f64::midpoint(low[0], high[0]), f64::midpoint(low[1], high[1])];
        Some(Self {
            west: middle[0] - WIDTH / 2.0 / per_lon,
            north: middle[1] + HEIGHT / 2.0 / per_lat,
            per_lon,
            per_lat,
        })
    }

    fn at(&self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        [(lon - self.west) * self.per_lon, (self.north - lat) * self.per_lat]
    }
}

/// A shape with the place of the fault marked, as SVG.
pub(crate) fn of_shape(shape: &Shape, fault: Option<[f64; 2]>, label: &str) -> Option<String> {
    let corners = shape.polygons.iter().flatten().flatten().copied();
    let frame = Frame::around(corners.chain(fault))?;
    let mut path = String::new();
    for ring in shape.polygons.iter().flatten() {
        let step = ring.len() / CORNERS + 1;
        for (number, corner) in ring.iter().step_by(step).enumerate() {
            let [x, y] = frame.at(*corner);
            let _ = write!(path, "{}{x:.1} {y:.1}", if number == 0 { "M" } else { "L" });
        }
        path.push('Z');
    }
    let drawn = format!("<path class=\"ground\" fill-rule=\"evenodd\" d=\"{path}\"/>");
    Some(svg(&(drawn + &mark(&frame, fault)), label))
}

/// A place among others, as SVG.
pub(crate) fn of_place(place: [f64; 2], others: &[[f64; 2]], label: &str) -> Option<String> {
    let frame = Frame::around(others.iter().copied().chain([place]))?;
    let mut dots = String::new();
    for other in others {
        let [x, y] = frame.at(*other);
        let _ = write!(dots, "M{x:.1} {y:.1}h0");
    }
    Some(svg(&format!("<path class=\"others\" d=\"{dots}\"/>{}", mark(&frame, Some(place))), label))
}

fn mark(frame: &Frame, fault: Option<[f64; 2]>) -> String {
    fault
        .map(|fault| frame.at(fault))
        .map_or_else(String::new, |[x, y]| format!("<circle class=\"fault\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"/>"))
}

fn svg(inside: &str, label: &str) -> String {
    let label = super::html::escape(label);
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" \
         aria-label=\"{label}\"><title>{label}</title>{inside}</svg>"
    )
}
