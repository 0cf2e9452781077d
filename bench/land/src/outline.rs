//! The shape of one area, in metres about its own place, and ways to change it.

use std::f64::consts::{PI, TAU};

use crate::random::Stream;

/// East and north of the area's place, in metres.
pub type Offset = [f64; 2];

/// A ring, its first vertex not repeated, counter-clockwise.
pub type Outline = Vec<Offset>;

/// How an outline is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Pen {
    /// Fewest and most vertices.
    pub vertices: (usize, usize),
    /// How deep the waves of the outline are, as a share of its radius.
    pub waves: f64,
    /// How far single vertices stray, as a share of the radius.
    pub jitter: f64,
}

impl Pen {
    /// As surveyors draw: 6 to 60 vertices, most often about 18.
    pub const SURVEY: Self = Self { vertices: (6, 60), waves: 0.12, jitter: 0.07 };

    /// Twenty vertices and nearly round.
    pub const ROUND: Self = Self { vertices: (20, 20), waves: 0.02, jitter: 0.02 };

    /// A star-shaped outline of `area_m2`, but nowhere further than `reach_m` from its place.
    #[must_use]
    pub fn draw(&self, random: &mut Stream, area_m2: f64, reach_m: f64) -> Outline {
        let (fewest, most) = self.vertices;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to the pen's own bounds
        let count = (random.normal(18_f64.ln(), 0.55).exp() as usize).clamp(fewest, most);
        let waves: [(f64, f64); 3] =
            std::array::from_fn(|_| (random.between(0.0, self.waves), random.between(0.0, TAU)));
        let mut outline: Outline = (0..count)
            .map(|vertex| {
                let angle = TAU * (vertex as f64 + random.between(-0.35, 0.35)) / count as f64;
                let wave: f64 = (2_u8..)
                    .zip(waves)
                    .map(|(order, (height, phase))| height * (f64::from(order) * angle + phase).sin())
                    .sum();
                let radius = (1.0 + wave + random.between(-self.jitter, self.jitter)).clamp(0.6, 1.3);
                [radius * angle.cos(), radius * angle.sin()]
            })
            .collect();
        let scale = (area_m2 / area(&outline)).sqrt().min(reach_m / 1.3);
        outline.iter_mut().flatten().for_each(|metres| *metres *= scale);
        outline
    }
}

/// Area of a ring in m², positive when counter-clockwise.
#[must_use]
pub fn area(outline: &[Offset]) -> f64 {
    let next = outline.iter().cycle().skip(1);
    outline.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
}

/// Makes an outline invalid as people do: a bow-tie, a ring that touches itself, or a spike out and back.
pub fn spoil(outline: &mut Outline, random: &mut Stream) {
    let count = outline.len();
    match random.below(3) {
        0 => {
            let first = random.below(count - 2);
            outline.swap(first, first + 2);
        }
        1 => outline[count / 2] = outline[0],
        _ => {
            outline[2] = outline[1].map(|metres| metres * 1.5);
            outline[3] = outline[1];
        }
    }
}

/// The same shape, smaller, and a little to the side.
#[must_use]
pub fn part(outline: &[Offset], random: &mut Stream, radius_m: f64) -> Outline {
    let (scale, aside) = (random.between(0.4, 0.9), random.between(-0.1, 0.1) * radius_m);
    outline.iter().map(|[east, north]| [east * scale + aside, north * scale]).collect()
}

/// What lies on one side of a straight line through the outline: its largest piece.
///
/// `None` when the line misses the outline by bad luck of the draw.
#[must_use]
pub fn cut(outline: &[Offset], random: &mut Stream, radius_m: f64) -> Option<Outline> {
    let direction = random.between(-PI, PI);
    let line = random.between(-0.6, 0.6) * radius_m;
    let (sin, cos) = direction.sin_cos();
    let depth = |[east, north]: Offset| east * cos + north * sin - line;
    // A piece of the outline that starts and ends on the line and stays behind it is closed by the line itself.
    let start = outline.iter().position(|&vertex| depth(vertex) > 0.0)?;
    let mut largest: Option<Outline> = None;
    let mut piece = Outline::new();
    for step in 0..outline.len() {
        let (a, b) = (outline[(start + step) % outline.len()], outline[(start + step + 1) % outline.len()]);
        let (from, to) = (depth(a), depth(b));
        if (from > 0.0) != (to > 0.0) {
            let share = from / (from - to);
            piece.push([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
        }
        if to <= 0.0 {
            piece.push(b);
        } else if piece.len() > 2 {
            let finished = std::mem::take(&mut piece);
            if largest.as_ref().is_none_or(|largest| area(&finished) > area(largest)) {
                largest = Some(finished);
            }
        } else {
            piece.clear();
        }
    }
    largest
}

/// The outline pushed outwards by 2 to 20 metres, with rounded corners: more than the hazard was released.
#[must_use]
pub fn widened(outline: &[Offset], random: &mut Stream) -> Outline {
    let by = random.between(2.0, 20.0);
    let turn = 0.2 / outline.len() as f64;
    outline
        .iter()
        .flat_map(|&[east, north]| {
            let (radius, angle) = (east.hypot(north) + by, north.atan2(east));
            [-turn, turn].map(|aside| [radius * (angle + aside).cos(), radius * (angle + aside).sin()])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_has_the_area_asked_for() {
        for number in 0..100 {
            let outline = Pen::SURVEY.draw(&mut Stream::new(1, 1, number), 44_000.0, 1e6);
            assert!((area(&outline) - 44_000.0).abs() < 1e-6);
            assert!((6..=60).contains(&outline.len()));
        }
    }

    #[test]
    fn the_two_sides_of_a_cut_are_no_more_than_the_whole() {
        let square = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
        for number in 0..100 {
            let piece = cut(&square, &mut Stream::new(2, 1, number), 1.0).unwrap();
            assert!(area(&piece) > 0.0 && area(&piece) < 4.0);
        }
    }
}
