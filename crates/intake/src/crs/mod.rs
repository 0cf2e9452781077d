//! Coordinate systems: from a code, a text or a file to longitude and latitude on WGS84.
//!
//! One rule of axis order: whatever the registry says of a system, a file's first coordinate is the easting or the
//! longitude, as `GeoPackage`, Shapefile, GeoJSON, KML, `FlatGeobuf`, `GeoParquet` and well-known text all prescribe.

mod likely;
mod registry;
mod text;

pub(crate) use likely::likely;

use crate::finding::shorten;
use proj4rs::Proj;
use proj4rs::transform::transform;
use std::fmt;

/// How the datum of a system was brought to WGS84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shift {
    /// The datum is WGS84, or one that lies within a few metres of it.
    None,
    /// The file or the user states the parameters, or that there are none to apply.
    Stated,
    /// The registry's parameters; the file states none.
    Registry,
    /// The registry asks for a grid of corrections that is not at hand; a mean shift or none was used.
    Grid,
    /// Nothing tells how the datum lies to WGS84.
    Unknown,
}

/// A coordinate system that can be turned into longitude and latitude on WGS84.
#[derive(Clone)]
pub(crate) struct Crs {
    /// Its name, and its code where that is known: `WGS 84 / UTM zone 18N (EPSG:32618)`.
    pub(crate) label: String,
    pub(crate) shift: Shift,
    /// `None` for longitude and latitude on WGS84, which stay as they are.
    proj: Option<Box<Projected>>,
}

#[derive(Clone)]
struct Projected {
    from: Proj,
    /// The same system without its datum shift, to tell how much the shift does.
    plain: Option<Proj>,
    to: Proj,
}

impl fmt::Debug for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crs").field("label", &self.label).field("shift", &self.shift).finish_non_exhaustive()
    }
}

/// Why a coordinate system cannot be used: the part of a sentence after "because".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CrsError {
    #[error("there is no EPSG:{0} in the registry")]
    NoSuchCode(u32),
    #[error("{0} is a kind of projection that cannot be computed here")]
    Projection(String),
    #[error("\"{0}\" names no coordinate system that is known")]
    Unknown(String),
}

const WGS84: &str = "+proj=longlat +datum=WGS84 +no_defs";

/// NAD27 needs grids; this is the mean shift for the conterminous United States, some 10 m wrong there and more elsewhere.
const NAD27_MEAN: &str = "+ellps=clrk66 +towgs84=-8,160,176,0,0,0,0";

impl Crs {
    /// Longitude and latitude in degrees on WGS84.
    pub(crate) fn wgs84(label: &str) -> Self {
        Self { label: label.to_owned(), shift: Shift::None, proj: None }
    }

    /// Whether coordinates stay as they are.
    pub(crate) fn is_wgs84(&self) -> bool {
        self.proj.is_none()
    }

    /// A system of the registry.
    pub(crate) fn from_epsg(code: u32) -> Result<Self, CrsError> {
        if matches!(code, 4326 | 4979) {
            return Ok(Self::wgs84(&format!("WGS 84 (EPSG:{code})")));
        }
        let entry = registry::entry(code).ok_or(CrsError::NoSuchCode(code))?;
        let label = format!("{} (EPSG:{code})", registry::name_of(entry));
        let shift = if registry::is_shifted(entry.proj4) { Shift::Registry } else { Shift::None };
        Self::from_proj(entry.proj4, label, shift)
    }

    /// A system as written: a code, a name with a code in it, well-known text of either version, or a proj string.
    pub(crate) fn from_text(written: &str) -> Result<Self, CrsError> {
        text::read(written)
    }

    fn from_proj(proj4: &str, label: String, mut shift: Shift) -> Result<Self, CrsError> {
        let mut used = proj4.to_owned();
        if let Some(grid) =
            proj4.split_whitespace().find(|part| part.starts_with("+nadgrids=") && !part.contains("null"))
        {
            used = used.replace(grid, "");
            shift = Shift::Grid;
        }
        if used.contains("+datum=NAD27") {
            used = used.replace("+datum=NAD27", NAD27_MEAN);
            shift = Shift::Grid;
        }
        let unusable = |_| CrsError::Projection(label.clone());
        let from = Proj::from_proj_string(&used).map_err(unusable)?;
        if from.is_geocent() || !from.has_inverse() {
            return Err(CrsError::Projection(label));
        }
        let plain =
            registry::is_shifted(&used).then(|| Proj::from_proj_string(&registry::without_shift(&used)).ok()).flatten();
        let to = Proj::from_proj_string(WGS84).map_err(unusable)?;
        Ok(Self { label, shift, proj: Some(Box::new(Projected { from, plain, to })) })
    }

    /// The same system with another datum shift: seven or three parameters as `towgs84` has them, or none at all.
    pub(crate) fn with_shift(&self, wanted: &DatumShift, proj4: &str) -> Result<Self, CrsError> {
        let bare = registry::without_shift(proj4);
        let text = match wanted {
            DatumShift::None => bare,
            DatumShift::Helmert(list) => {
                let list: Vec<String> = list.iter().map(f64::to_string).collect();
                format!("{bare} +towgs84={}", list.join(","))
            }
        };
        let mut crs = Self::from_proj(&text, self.label.clone(), Shift::Stated)?;
        crs.shift = Shift::Stated;
        Ok(crs)
    }

    /// Longitude and latitude in degrees on WGS84; `None` where the system cannot hold such a place.
    pub(crate) fn to_wgs84(&self, at: [f64; 2]) -> Option<[f64; 2]> {
        match &self.proj {
            None => Some(at),
            Some(proj) => convert(&proj.from, &proj.to, at),
        }
    }

    /// How far the datum shift moves a place, in metres, roughly.
    pub(crate) fn shift_metres(&self, at: [f64; 2]) -> Option<f64> {
        let proj = self.proj.as_ref()?;
        let moved = convert(&proj.from, &proj.to, at)?;
        let unmoved = convert(proj.plain.as_ref()?, &proj.to, at)?;
        let east = (moved[0] - unmoved[0]) * 111_320.0 * moved[1].to_radians().cos();
        let north = (moved[1] - unmoved[1]) * 110_574.0;
        Some(east.hypot(north))
    }
}

fn convert(from: &Proj, to: &Proj, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
    if !x.is_finite() || !y.is_finite() {
        return None;
    }
    let mut place = if from.is_latlong() { (x.to_radians(), y.to_radians(), 0.0) } else { (x, y, 0.0) };
    transform(from, to, &mut place).ok()?;
    let (lon, lat) = (place.0.to_degrees(), place.1.to_degrees());
    (lon.is_finite() && lat.is_finite()).then_some([lon, lat])
}

/// How a user says that a datum lies to WGS84.
#[derive(Debug, Clone, PartialEq)]
pub enum DatumShift {
    /// Not at all: longitude and latitude are the same on both.
    None,
    /// By three or seven parameters as `towgs84` has them: metres, seconds of arc, parts per million.
    Helmert(Vec<f64>),
}

impl DatumShift {
    /// Reads `none`, or three or seven numbers with commas between them.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.trim().eq_ignore_ascii_case("none") {
            return Some(Self::None);
        }
        let list: Vec<f64> = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        (matches!(list.len(), 3 | 7) && list.iter().all(|n: &f64| n.is_finite())).then_some(Self::Helmert(list))
    }
}

/// A system as a file or a user names it, with the shift that the user wants.
pub(crate) fn resolve(written: &str, shift: Option<&DatumShift>) -> Result<Crs, String> {
    let because = |error: CrsError| error.to_string();
    let crs = Crs::from_text(written).map_err(because)?;
    match shift {
        None => Ok(crs),
        Some(wanted) => {
            let proj4 = text::proj4_of(written).ok_or_else(|| format!("{} has no datum to shift", shorten(written)))?;
            crs.with_shift(wanted, &proj4).map_err(because)
        }
    }
}

#[cfg(test)]
mod tests;
