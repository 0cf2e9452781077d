//! What the caller decides: mapping, limits, the day, the country's box.

use crate::checks::Districts;
use crate::{BoundingBox, Mapping};
use jiff::civil::Date;
use std::fmt;

/// How a file is to be read.
#[derive(Clone)]
pub struct Options<'a> {
    /// What the columns mean, where the vocabulary does not know them.
    pub mapping: Option<Mapping>,
    /// The coordinate system of the numbers, as `EPSG:32618`, well-known text or a proj string. Before what the file
    /// says; after what the mapping says.
    pub crs: Option<String>,
    /// The layer to read, where a file holds several. After what the mapping says.
    pub layer: Option<String>,
    /// How much is read before the file is refused.
    pub limits: Limits,
    /// Dates after this day are findings.
    pub today: Date,
    /// The box that holds the State, if known: places outside it are findings.
    pub country_box: Option<BoundingBox>,
    /// The districts that records may name: a record that lies outside the one it names is a finding.
    pub districts: Option<&'a Districts>,
    /// How far a stated area may be from what its shape measures.
    pub area_tolerance: AreaTolerance,
    /// Called now and then with the bytes done and the bytes in all.
    pub progress: Option<&'a dyn Fn(u64, u64)>,
}

impl Options<'_> {
    /// Options for a day, with everything else left to the defaults.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self {
            mapping: None,
            crs: None,
            layer: None,
            limits: Limits::default(),
            today,
            country_box: None,
            districts: None,
            area_tolerance: AreaTolerance::default(),
            progress: None,
        }
    }

    /// The coordinate system that the user says.
    pub(crate) fn said_crs(&self) -> Option<&str> {
        self.mapping.as_ref().and_then(|mapping| mapping.crs.as_deref()).or(self.crs.as_deref())
    }

    /// The layer that the user asks for.
    pub(crate) fn said_layer(&self) -> Option<&str> {
        self.mapping.as_ref().and_then(|mapping| mapping.layer.as_deref()).or(self.layer.as_deref())
    }

    pub(crate) fn report(&self, done: usize, total: usize) {
        if let Some(progress) = self.progress {
            progress(done as u64, total as u64);
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("mapping", &self.mapping)
            .field("crs", &self.crs)
            .field("layer", &self.layer)
            .field("limits", &self.limits)
            .field("today", &self.today)
            .field("country_box", &self.country_box)
            .field("districts", &self.districts.is_some())
            .field("area_tolerance", &self.area_tolerance)
            .field("progress", &self.progress.is_some())
            .finish()
    }
}

/// How far a stated area may be from what its shape measures before it is a finding: further than both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AreaTolerance {
    /// Share of the larger of the two. Default 0.10: figures are rounded, and shapes drawn by hand.
    pub share: f64,
    /// Square metres. Default 100.
    pub m2: f64,
}

impl Default for AreaTolerance {
    fn default() -> Self {
        Self { share: 0.10, m2: 100.0 }
    }
}

/// Bounds on what one file may cost. Each refusal names the bound and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in the file. Default 1 GiB.
    pub max_file_bytes: u64,
    /// Bytes that a workbook or an archive may unpack to. Default 2 GiB.
    pub max_unpacked_bytes: u64,
    /// How many bytes may come out of one that is packed, once 64 MiB have come. Default 100.
    pub max_unpack_ratio: u64,
    /// Files in an archive or a folder. Default 10,000.
    pub max_entries: usize,
    /// Rows or features. Default 2 million.
    pub max_rows: u64,
    /// Bytes in one line of text, one quoted record or one GeoJSON feature. Default 64 MiB.
    pub max_record_bytes: usize,
    /// Bytes in one cell. Default 16 MiB (a cell may hold a polygon as text).
    pub max_cell_bytes: usize,
    /// Columns, or different properties in a GeoJSON file. Default 2,000.
    pub max_columns: usize,
    /// Brackets inside brackets in JSON. Default 64.
    pub max_json_depth: usize,
    /// Elements inside elements in XML. Default 64.
    pub max_xml_depth: usize,
    /// Corners of one shape; a shape with more is left out, its record kept. Default 2 million.
    pub max_shape_vertices: usize,
    /// Corners of all shapes of a file. Default 200 million.
    pub max_vertices: usize,
    /// Findings of one kind about one column that are listed one by one; the rest is counted. Default 20.
    pub examples: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 1 << 30,
            max_unpacked_bytes: 2 << 30,
            max_unpack_ratio: 100,
            max_entries: 10_000,
            max_rows: 2_000_000,
            max_record_bytes: 64 << 20,
            max_cell_bytes: 16 << 20,
            max_columns: 2_000,
            max_json_depth: 64,
            max_xml_depth: 64,
            max_shape_vertices: 2_000_000,
            max_vertices: 200_000_000,
            examples: 20,
        }
    }
}
