//! What came in: the records, what was set aside, and how the file was understood.

use crate::Shape;
use crate::finding::{Finding, FindingKind};
use crate::record::{RawRow, RecordKind, Records};
use crate::vocabulary::Field;
use serde::Serialize;

/// Format of a file, by its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Text in rows, with a delimiter.
    Delimited,
    /// Workbook since 2007.
    Xlsx,
    /// Binary workbook since 2007.
    Xlsb,
    /// Workbook before 2007.
    Xls,
    /// `OpenDocument` workbook.
    Ods,
    /// GeoJSON collection or single feature.
    GeoJson,
    /// One GeoJSON feature a line.
    GeoJsonSequence,
    /// `TopoJSON`: boundaries as shared arcs.
    TopoJson,
    /// JSON that is a list of plain objects.
    JsonRecords,
    /// `GeoPackage`.
    GeoPackage,
    /// Shapefile.
    Shapefile,
    /// KML, packed (KMZ) or not.
    Kml,
    /// `GeoParquet`, or Parquet without geometry.
    GeoParquet,
    /// `FlatGeobuf`.
    FlatGeobuf,
    /// The exchange XML of IMSMA.
    Maxml,
}

/// In which encoding a text was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EncodingUsed {
    /// Its name, for instance `UTF-8` or `windows-1252`.
    pub name: String,
    /// What told: `valid` (it is valid UTF-8), `its byte order mark`, `named in the mapping`, or `assumed`.
    pub how: String,
}

/// How a column's meaning was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// By its name.
    Name,
    /// By its name, cut to ten characters.
    CutName,
    /// By its values, since the name could mean several things.
    Contents,
    /// By the mapping.
    Mapping,
    /// It was not understood, or is not needed for this kind of record.
    NotUsed,
    /// Its name and its values disagree, or another column tells the same; a finding says which.
    Refused,
}

/// A column and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnUnderstood {
    /// As written.
    pub header: String,
    /// What it tells; with [`How::Refused`], what it would have told.
    pub field: Option<Field>,
    /// How that was found.
    pub how: How,
    /// The unit in its name, when figures were converted to square metres.
    pub unit: Option<String>,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetAside {
    /// Its number, as in [`Finding::row`].
    pub row: u64,
    /// Why.
    pub reason: Finding,
    /// The row as entered; of a GeoJSON feature that could not be read, the first 1,000 characters.
    pub raw: RawRow,
}

/// Coordinates as entered, of a file that was not in longitude and latitude on WGS84.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Entered {
    /// Their coordinate system: its name, and its EPSG code where that is known.
    pub crs: String,
    /// Row, easting (or longitude) and northing (or latitude) of each position, in order of rows.
    pub positions: Vec<(u64, [f64; 2])>,
    /// Row and shape, in order of rows; pairs are easting and northing.
    pub shapes: Vec<(u64, Shape)>,
}

impl Intake {
    /// Adds what others noticed about a row: where on the map, and for how many rows it stands.
    pub fn notice(&mut self, kind: FindingKind, row: u64, place: [f64; 2], count: u64) {
        let mut finding = Finding::new(kind).at(row).place(place).times(count);
        finding.file = Some(self.file.clone());
        self.findings.push(finding);
    }
}

/// A file, read: nothing is lost, `rows_read == taken.len() + set_aside.len()`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intake {
    /// Name of the file, without its folder.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal; of a shapefile or a folder, of all its files in order of their names,
    /// each led by its name and a zero byte.
    pub sha256: String,
    /// Format, by its contents.
    pub format: Format,
    /// Encoding, where the format leaves it open.
    pub encoding: Option<EncodingUsed>,
    /// Delimiter, of delimited text.
    pub delimiter: Option<char>,
    /// Sheet, of a workbook.
    pub sheet: Option<String>,
    /// Layer, where the file holds several or names its one.
    pub layer: Option<String>,
    /// Coordinates as entered, when the records' are converted from another system.
    pub entered: Option<Entered>,
    /// What its rows tell.
    pub kind: RecordKind,
    /// Its columns in order.
    pub columns: Vec<ColumnUnderstood>,
    /// Rows or features that hold anything, the column names aside.
    pub rows_read: u64,
    /// The records.
    pub taken: Records,
    /// All rows that were not taken, in order.
    pub set_aside: Vec<SetAside>,
    /// What was noticed: about the file and its columns first, then by row.
    pub findings: Vec<Finding>,
}
