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
//! | [`bulk`] | the same in bulk: columns, and outlines at 8 bytes a vertex |
//!
//! Inside: `outlines` (vertices close together), `antimeridian` (rings on a round Earth), `pieces` (all outlines under one
//! numbering), `components` (what touches what), `districts` (which borders a place can meet), `survey` (the ground of one
//! component), `tile` (large components cut up), `sweep` (areas of overlaid polygons), `authalic` (area under one edge),
//! `ground` (the label of each piece of ground), `tally`, `places` and `sum` (adding without loss). The books themselves
//! are kept in [`ledger`].

mod antimeridian;
pub mod area;
mod authalic;
pub mod balance;
pub mod bulk;
mod components;
mod districts;
pub mod geometry;
mod ground;
pub mod ledger;
mod outlines;
mod pieces;
mod places;
pub mod records;
mod sum;
mod survey;
mod sweep;
mod tally;
mod tile;

pub use area::{geodesic_area_m2, polygon_area_m2, ring_area_m2};
pub use balance::{Balance, BalanceRow, ByKind, Findings, FoundAsRecorded, RecordCount, balance, balance_of};
pub use bulk::{Batch, Entry, Layer, Records};
pub use geometry::{GeometryError, Point, Polygon, Ring};
pub use ledger::{Account, Place, PlaceRows, YearRow};
pub use records::{Correction, District, Hazard, HazardKind, Release, ReleaseKind};
