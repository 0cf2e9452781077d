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
//! | [`record_findings`](mod@record_findings) | what needs a look, record by record |
//! | [`standing`] | a loaded set that answers edits at once |
//! | [`bulk`] | the same in bulk: columns, and outlines at 8 bytes a vertex |
//!
//! Inside: `outlines` (vertices close together), `antimeridian` (rings on a round Earth), `pieces` (all outlines under one
//! numbering), `components` (what touches what), `districts` (which borders a place can meet), `survey` (the ground of one
//! component), `block` (large components cut up), `sweep` (areas of overlaid polygons), `authalic` (area under one edge),
//! `ground` (the label of each piece of ground), `tally`, `places` and `sum` (adding without loss). The books themselves
//! are kept in [`ledger`].

mod antimeridian;
pub mod area;
mod authalic;
pub mod balance;
mod basis;
mod block;
pub mod bulk;
mod components;
mod districts;
pub mod forecast;
pub mod generalise;
pub mod geometry;
mod ground;
pub mod ledger;
mod outlines;
mod pieces;
mod places;
pub mod record_findings;
pub mod records;
pub mod remaining;
pub mod standing;
mod sum;
mod survey;
mod sweep;
mod tally;
pub mod tiles;

pub use area::{geodesic_area_m2, polygon_area_m2, ring_area_m2};
pub use balance::{Balance, BalanceRow, ByKind, Findings, FoundAsRecorded, RecordCount, balance, balance_of};
pub use bulk::{Batch, Entry, Layer, Records};
pub use geometry::{GeometryError, Point, Polygon, Ring};
pub use ledger::{Account, Place, PlaceRows, YearRow};
pub use record_findings::{RecordFinding, Tolerances, What, record_findings};
pub use records::{Correction, District, Hazard, HazardKind, Release, ReleaseKind};
pub use standing::{Edit, RecordId, Standing, Totals};
