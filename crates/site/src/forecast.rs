//! The picture of a forecast: in a page, or as a file of its own.

use desk::forecast::ForecastView;
use desk::{Value, Words};

use crate::fan::{Expected, Fan, Past, svg};

/// A page has a style sheet; a file that stands alone brings its own colours.
const STYLE: &str = "text{font:13px sans-serif;fill:#55606e}.value{fill:#14181f;font-weight:600}.grid{stroke:#d5dae1}\
.past{fill:none;stroke:#0b57a4;stroke-width:2.5}circle.past{fill:#0b57a4;stroke:none}.fan{fill:#0b57a4;opacity:.16}.half{opacity:.26}\
.median{fill:none;stroke:#0b57a4;stroke-width:2;stroke-dasharray:6 4}.deadline{stroke:#7a2e00;stroke-width:2}";

/// What remains by year, the forecast as a fan, and the deadline, as an SVG file.
#[must_use]
pub fn picture(view: &ForecastView, words: &Words) -> String {
    let drawn = drawn(view, words).into_string();
    drawn.replacen('>', &format!("><style>{STYLE}</style>"), 1)
}

/// The same for a page.
pub(crate) fn drawn(view: &ForecastView, words: &Words) -> maud::Markup {
    let past: Vec<Past> = view
        .past
        .iter()
        .map(|row| Past { year: row.year, opening_m2: row.opening, remaining_m2: row.closing })
        .collect();
    // The fan begins with the last year past, where the line ends.
    let ahead = view.forecast.fan.iter().filter(|row| row.year > view.year);
    let expected: Vec<Expected> = ahead
        .map(|row| {
            let of = &row.remaining_m2;
            Expected { year: row.year, percentiles: [of.p5, of.p25, of.p50, of.p75, of.p95] }
        })
        .collect();
    let day = view.deadline;
    let at = f64::from(day.year()) + f64::from(day.day_of_year()) / f64::from(day.days_in_year());
    // A picture runs from left to right in every language; its words keep their own direction.
    let whole = |text: String| match words.lang().direction() {
        "rtl" => format!("\u{2067}{text}\u{2069}"),
        _ => text,
    };
    let label = whole(words.with("forecast-deadline", &[("deadline", Value::from(day))]));
    svg(&Fan {
        title: &words.text("forecast-picture"),
        past: &past,
        expected: &expected,
        deadline: Some((at, label)),
        area: &|area| whole(words.area(area.round())),
    })
}
