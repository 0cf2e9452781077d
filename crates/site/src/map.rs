//! The world as a grid: each State one square, in about its place.
//!
//! A small State owes what a large one owes, and no boundary needs to be drawn. Standing is told by the square's form
//! first and its colour second.

use std::collections::HashMap;

use desk::Standing;
use desk::status::StateLine;
use maud::{Markup, html};

use crate::asked::Asked;

/// Place of each State in the grid: code, column, row.
const GRID: &str = include_str!("../assets/world_grid.csv");
/// Side of a square, and the distance from one to the next, in units of the picture.
const SIDE: i32 = 27;
const STEP: i32 = 30;

fn places() -> HashMap<&'static str, (i32, i32)> {
    let place = |line: &'static str| {
        let mut cells = line.split(',');
        Some((cells.next()?, (cells.next()?.parse().ok()?, cells.next()?.trim().parse().ok()?)))
    };
    GRID.lines().skip(1).filter_map(place).collect()
}

/// The map of standing.
pub(crate) fn world(asked: &Asked, states: &[StateLine]) -> Markup {
    let places = places();
    let columns = places.values().map(|(column, _)| column + 1).max().unwrap_or(1);
    let rows = places.values().map(|(_, row)| row + 1).max().unwrap_or(1);
    let words = asked.words;
    html! {
        figure.map {
            svg viewBox=(format!("0 0 {} {}", columns * STEP, rows * STEP)) role="group" aria-label=(words.text("map-label")) {
                (hatching())
                @for state in states {
                    @if let Some((column, row)) = places.get(state.state.as_str()) {
                        a href=(asked.link(&format!("/states/{}", state.state))) {
                            title { (state.name) ": " (words.text(state.standing.key())) }
                            (square(state.standing, column * STEP, row * STEP, state.state.as_str()))
                        }
                    }
                }
            }
            figcaption { (words.text("map-caption")) }
        }
        ul.legend {
            @for standing in Standing::ALL {
                @let count = states.iter().filter(|state| state.standing == standing).count();
                @if count > 0 {
                    li {
                        svg viewBox="0 0 30 30" width="24" height="24" aria-hidden="true" { (square(standing, 1, 1, "")) }
                        a href=(format!("{}&standing={}", asked.link("/states"), key(standing))) {
                            (words.text(standing.key())) ": " (words.count(count))
                        }
                    }
                }
            }
        }
    }
}

/// The standing's name in addresses.
pub(crate) fn key(standing: Standing) -> &'static str {
    standing.key().trim_start_matches("standing-")
}

fn hatching() -> Markup {
    html! {
        defs {
            pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect width="6" height="6" class="hatch-ground" {}
                rect width="3" height="6" class="hatch-line" {}
            }
        }
    }
}

fn square(standing: Standing, x: i32, y: i32, code: &str) -> Markup {
    let (mid_x, mid_y) = (x + SIDE / 2, y + SIDE / 2);
    html! {
        g class=(format!("square {}", key(standing))) {
            rect x=(x) y=(y) width=(SIDE) height=(SIDE) rx="3" {}
            @match standing {
                // Withdrew: struck through. Signed: a dot. Deposited or date not known: a bar beneath.
                Standing::Withdrawn => line x1=(x + 3) y1=(y + SIDE - 3) x2=(x + SIDE - 3) y2=(y + 3) {},
                Standing::Signed => circle cx=(x + SIDE - 6) cy=(y + 6) r="3.5" {},
                Standing::Deposited | Standing::DateNotKnown => rect.mark x=(x + 3) y=(y + SIDE - 6) width=(SIDE - 6) height="3" {},
                Standing::Bound | Standing::Withdrawing | Standing::Neither => {},
            }
            text x=(mid_x) y=(mid_y + 4) text-anchor="middle" { (code) }
        }
    }
}
