//! Coordinate systems of layers.

use crate::areas::geopackage::System;
use crate::error::IntakeError;
use crate::finding::shorten;

/// Turns a place of a layer into longitude and latitude on WGS84, in degrees.
pub(crate) type ToDegrees = Box<dyn Fn([f64; 2]) -> [f64; 2] + Send + Sync>;

/// How places of the system become degrees on WGS84; `None` where they are so already.
///
/// This is the one place that knows which systems can be read.
pub(crate) fn to_degrees(file: &str, system: &System) -> Result<Option<ToDegrees>, IntakeError> {
    let epsg = system.organization.eq_ignore_ascii_case("epsg") || system.organization.is_empty();
    let ogc = system.organization.eq_ignore_ascii_case("ogc") && system.name.to_ascii_lowercase().contains("crs84");
    if ogc || (epsg && matches!(system.code, 4326 | 4979)) {
        return Ok(None);
    }
    let crs = match (system.code, system.name.is_empty()) {
        (-1 | 0, _) => "a system that it does not name".to_owned(),
        (code, true) => format!("{} {code}", system.organization),
        (code, false) => format!("{} {code} ({})", system.organization, shorten(&system.name)),
    };
    Err(IntakeError::OtherCrs { file: file.to_owned(), crs })
}
