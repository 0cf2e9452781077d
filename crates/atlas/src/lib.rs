#![doc = include_str!("../README.md")]

mod csv_file;
mod geojson;
mod geopackage;
mod geoparquet;
mod kml;
mod layer;
mod note;
mod rings;
mod shapefile;
mod wkb;
mod wkt;
mod write;

pub use layer::{Feature, Field, FieldKind, Geometry, GeometryKind, Layer, LayerError, Value, areas};
pub use note::Note;
pub use write::{Error, Existing, Format, write};
