#![doc = include_str!("../README.md")]
//!
//! # The rooms
//!
//! | module | holds |
//! | --- | --- |
//! | [`geometry`] | points, rings, polygons: longitude and latitude on WGS84, checked once |
//! | [`area`] | the rule of area, and the geodesic figure beside it |
//! | [`records`] | what goes in: hazards, releases, districts, corrections |
//! | [`balance`](mod@balance) | what comes out: the yearly balance, as mapped and as recorded |
//! | [`remaining`](mod@remaining) | what remains on a date, as polygons for maps and files |
//! | [`forecast`](mod@forecast) | when nothing may remain, from the years past |
//! | [`tiles`] | vector tiles for the map, with the date and the rights as parameters |
//!
//! Inside: `components` (what touches what), `bands` (large components cut up), `districts` (which borders a place can
//! meet), `sweep` (areas of overlaid polygons), `authalic` (area under one edge), `ground` (the label of each piece of
//! ground) and `sum` (adding without loss). The books themselves are kept in [`ledger`].

pub mod area;
mod authalic;
pub mod balance;
mod bands;
mod components;
mod districts;
pub mod forecast;
pub mod geometry;
mod ground;
pub mod ledger;
pub mod records;
pub mod remaining;
mod sum;
mod sweep;
pub mod tiles;

pub use area::{geodesic_area_m2, polygon_area_m2, ring_area_m2};
pub use balance::{Balance, BalanceRow, Findings, RecordCount, balance};
pub use geometry::{GeometryError, Point, Polygon, Ring};
pub use ledger::{Account, Place, PlaceRows, YearRow};
pub use records::{Correction, District, Hazard, HazardKind, Release, ReleaseKind};
