//! What remains by year: the past as a line, the forecast as a fan, the deadline as an upright.

use maud::{Markup, html};

/// What remained at the start and at the end of a year.
pub(crate) struct Past {
    pub(crate) year: i16,
    pub(crate) opening_m2: f64,
    pub(crate) remaining_m2: f64,
}

/// What is expected to remain at the end of a year: percentiles 5, 25, 50, 75 and 95, in m².
pub(crate) struct Expected {
    pub(crate) year: i16,
    pub(crate) percentiles: [f64; 5],
}

/// The picture's data and words.
pub(crate) struct Fan<'a> {
    pub(crate) title: &'a str,
    pub(crate) past: &'a [Past],
    pub(crate) expected: &'a [Expected],
    /// The deadline as a year with its part (2027.5 is the middle of 2027), and its words.
    pub(crate) deadline: Option<(f64, String)>,
    /// An area in words.
    pub(crate) area: &'a dyn Fn(f64) -> String,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 240.0;
/// Room for the words of the scale, on the left.
const LEFT: f64 = 96.0;

/// Where moments and areas lie in the picture. A year is a stretch of it, with its name in the middle: what remained at
/// the end of 2025 stands where 2026 begins, and a deadline in 2027 within 2027.
struct Scale {
    first: f64,
    last: f64,
    most: f64,
}

impl Scale {
    fn of(fan: &Fan<'_>) -> Self {
        let years = fan.past.iter().map(|past| past.year).chain(fan.expected.iter().map(|expected| expected.year));
        let starts = years.map(f64::from).chain(fan.deadline.iter().map(|(moment, _)| moment.floor()));
        let (first, last) =
            starts.fold((f64::MAX, f64::MIN), |(first, last), year| (first.min(year), last.max(year + 1.0)));
        let past = fan.past.iter().flat_map(|past| [past.opening_m2, past.remaining_m2]);
        let expected = fan.expected.iter().flat_map(|expected| expected.percentiles);
        let most = past.chain(expected).fold(1.0, f64::max);
        Self { first, last: last.max(first + 1.0), most }
    }

    fn x(&self, moment: f64) -> f64 {
        LEFT + (WIDTH - LEFT) * (moment - self.first) / (self.last - self.first)
    }

    fn y(&self, area: f64) -> f64 {
        HEIGHT - HEIGHT * area.max(0.0) / self.most
    }

    /// The end of a year.
    fn end(year: i16) -> f64 {
        f64::from(year) + 1.0
    }

    fn at(&self, moment: f64, area: f64) -> String {
        format!("{:.1},{:.1}", self.x(moment), self.y(area))
    }
}

/// The picture alone, as it stands in a page.
pub(crate) fn svg(fan: &Fan<'_>) -> Markup {
    let scale = Scale::of(fan);
    let line = |points: Vec<String>| points.join(" ");
    let opening = fan.past.first().map(|past| scale.at(f64::from(past.year), past.opening_m2));
    let ends = fan.past.iter().map(|past| scale.at(Scale::end(past.year), past.remaining_m2));
    let past = line(opening.into_iter().chain(ends).collect());
    let joint = fan.past.last().map(|past| (Scale::end(past.year), past.remaining_m2));
    let along = |which: usize| {
        let joint = joint.map(|(moment, area)| scale.at(moment, area));
        let ahead = fan
            .expected
            .iter()
            .map(move |e| (Scale::end(e.year), e.percentiles.get(which).copied().unwrap_or_default()));
        joint.into_iter().chain(ahead.map(|(moment, area)| scale.at(moment, area))).collect::<Vec<_>>()
    };
    let band = |low: usize, high: usize| {
        let mut outline = along(low);
        outline.extend(along(high).into_iter().rev());
        line(outline)
    };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("-4 -24 {} {}", WIDTH + 12.0, HEIGHT + 54.0)) role="img" aria-label=(fan.title) {
            @for part in [0.0, 0.5, 1.0] {
                @let height = scale.y(scale.most * part);
                line.grid x1=(LEFT) x2=(WIDTH) y1=(format!("{height:.1}")) y2=(format!("{height:.1}")) {}
                text x=(LEFT - 8.0) y=(format!("{:.1}", height + 4.0)) text-anchor="end" { ((fan.area)(scale.most * part)) }
            }
            @for year in labelled(&scale) {
                @let start = format!("{:.1}", scale.x(f64::from(year)));
                line.grid x1=(start) x2=(start) y1=(HEIGHT) y2=(HEIGHT + 6.0) {}
                text x=(format!("{:.1}", scale.x(f64::from(year) + 0.5))) y=(HEIGHT + 22.0) text-anchor="middle" { (year) }
            }
            @if !fan.expected.is_empty() {
                polygon.fan points=(band(0, 4)) {}
                polygon.fan.half points=(band(1, 3)) {}
                polyline.median points=(line(along(2))) {}
            }
            polyline.past points=(past) {}
            @for past in fan.past {
                circle.past cx=(format!("{:.1}", scale.x(Scale::end(past.year)))) cy=(format!("{:.1}", scale.y(past.remaining_m2))) r="3" {
                    title { (past.year) ": " ((fan.area)(past.remaining_m2)) }
                }
            }
            @if let Some((moment, words)) = &fan.deadline {
                @let x = format!("{:.1}", scale.x(*moment));
                line.deadline x1=(x) x2=(x) y1="-6" y2=(HEIGHT) {}
                text.value x=(x) y="-10" text-anchor=(if *moment > f64::midpoint(scale.first, scale.last) { "end" } else { "start" }) { (words) }
            }
        }
    }
}

/// Some eight years of the scale, at even steps.
fn labelled(scale: &Scale) -> Vec<i16> {
    #[allow(clippy::cast_possible_truncation)] // years are small
    let (first, end) = (scale.first as i16, scale.last as i16);
    let step = [1, 2, 5, 10, 20, 50].into_iter().find(|step| (end - first) / step <= 9).unwrap_or(100);
    (first..end).filter(|year| year % step == 0 || step == 1).collect()
}
