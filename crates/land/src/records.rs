//! What goes into a balance: records of the field, as a national authority keeps them.
//!
//! Terms are those of IMAS 07.11 and 04.10.

use serde::Serialize;

use crate::geometry::Polygon;

/// How the presence of mines is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HazardKind {
    /// A suspected hazardous area (SHA): indirect evidence.
    Suspected,
    /// A confirmed hazardous area (CHA): direct evidence.
    Confirmed,
}

/// How ground was released. The order, weakest first, is that of the effort spent on the ground itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseKind {
    /// By non-technical survey.
    Cancelled,
    /// By technical survey.
    Reduced,
    /// By clearance to a specified depth.
    Cleared,
}

/// An area recorded as hazardous.
#[derive(Debug, Clone, PartialEq)]
pub struct Hazard {
    /// Its outline, if one was mapped.
    pub shape: Option<Polygon>,
    /// The calendar year in which it was found.
    pub year: i16,
    /// Suspected or confirmed.
    pub kind: HazardKind,
    /// The area that the record itself states, in m².
    pub stated_area_m2: Option<f64>,
    /// The district that the record itself states.
    pub district: Option<String>,
}

/// An area recorded as released.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// Its outline, if one was mapped. It may cover several hazards, or more ground than any.
    pub shape: Option<Polygon>,
    /// The calendar year in which it was released.
    pub year: i16,
    /// By cancellation, reduction or clearance.
    pub kind: ReleaseKind,
    /// The area that the record itself states, in m².
    pub stated_area_m2: Option<f64>,
    /// The district that the record itself states.
    pub district: Option<String>,
}

/// An administrative unit by which figures are broken down.
///
/// Ground inside two districts belongs to the one listed first. Several entries of one name are one district.
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    /// The name, matched exactly with the names that records state.
    pub name: String,
    /// The ground it holds.
    pub shape: Polygon,
}

/// A line that no survey explains: remeasured, reclassified, a clean-up of the database.
///
/// Without such lines every real report fails to add up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Correction {
    /// The district concerned, if one is.
    pub district: Option<String>,
    /// The calendar year in whose balance it stands.
    pub year: i16,
    /// Suspected or confirmed ground; `None` for a line that does not say, which stands in the balance of both only.
    pub kind: Option<HazardKind>,
    /// What is added to the balance, in m²; negative when taken away.
    pub area_m2: f64,
    /// Why.
    pub reason: String,
}
