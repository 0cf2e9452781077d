//! Charts drawn on the server, each with a table behind it.

use maud::{Markup, html};

/// A bar of a chart: its label, its value, and the value in words.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: f64,
    pub(crate) words: String,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
const FOOT: f64 = 22.0;

/// Bars from left to right, one for each year; every so many are labelled. `table` names the table behind them.
pub(crate) fn columns(title: &str, bars: &[Bar], every: usize, table: &str) -> Markup {
    let highest = bars.iter().map(|bar| bar.value).fold(1.0, f64::max);
    let slot = WIDTH / bars.len().max(1) as f64;
    html! {
        figure.chart {
            figcaption { (title) }
            svg viewBox=(format!("-16 -14 {} {}", WIDTH + 32.0, HEIGHT + FOOT + 38.0)) role="img" aria-label=(title) {
                @for (at, bar) in bars.iter().enumerate() {
                    @let height = HEIGHT * bar.value / highest;
                    @let left = slot * at as f64;
                    rect.bar x=(fixed(left + slot * 0.12)) y=(fixed(HEIGHT - height + 14.0)) width=(fixed(slot * 0.76)) height=(fixed(height)) {
                        title { (bar.label) ": " (bar.words) }
                    }
                    @if labelled(at, bars.len(), every) {
                        text x=(fixed(left + slot / 2.0)) y=(fixed(HEIGHT + 30.0)) text-anchor="middle" { (bar.label) }
                        text.value x=(fixed(left + slot / 2.0)) y=(fixed(HEIGHT - height + 10.0)) text-anchor="middle" { (bar.words) }
                    }
                }
            }
            (table_behind(bars, table))
        }
    }
}

/// Every so many bars, and the last one; none so near to the last that the two would touch.
fn labelled(at: usize, bars: usize, every: usize) -> bool {
    at + 1 == bars || (at.is_multiple_of(every) && at + every / 2 + 1 < bars)
}

/// Bars from top to bottom, for few things with long names.
pub(crate) fn rows(title: &str, bars: &[Bar]) -> Markup {
    let highest = bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
    html! {
        figure.chart.rows {
            figcaption { (title) }
            dl {
                @for bar in bars {
                    dt { (bar.label) }
                    dd {
                        svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
                            rect.bar x="0" y="0" width=(fixed(100.0 * (bar.value / highest).max(0.0))) height="10" {}
                        }
                        span { (bar.words) }
                    }
                }
            }
        }
    }
}

fn table_behind(bars: &[Bar], table: &str) -> Markup {
    html! {
        details {
            summary { (table) }
            table {
                @for bar in bars { tr { th scope="row" { (bar.label) } td.figure { (bar.words) } } }
            }
        }
    }
}

fn fixed(number: f64) -> String {
    format!("{number:.1}")
}
