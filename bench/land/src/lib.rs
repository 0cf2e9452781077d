//! Invented land data of any size, the same for the same seed, and the measuring of our own engine on it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`random`] | random figures that depend on a seed and a record's number only |
//! | [`outline`] | the shape of one area, in metres about its own place, and ways to change it |
//! | [`scene`] | where areas lie: clusters, sizes, overlaps |
//! | [`country`] | hazards and releases of a whole country |
//! | [`field`] | one connected field, of a given number of edges or of areas |
//! | [`districts`] | 400 districts that share their edges |
//! | [`geopackage`] | writing a layer |
//! | [`ours`] | reading, balance, edits and tiles by this project's crates |
//! | [`usage`] | wall time, processor time and memory of this process |

pub mod country;
pub mod districts;
pub mod field;
pub mod geopackage;
pub mod ours;
pub mod outline;
pub mod random;
pub mod scene;
pub mod usage;
