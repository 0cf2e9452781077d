//! The formats, one module each: bytes in, a table out.

pub(crate) mod dbf;
pub(crate) mod flatgeobuf;
pub(crate) mod gathered;
pub(crate) mod geopackage;
pub(crate) mod kml;
pub(crate) mod maxml;
pub(crate) mod parquet;
pub(crate) mod plain_json;
pub(crate) mod shapefile;
pub(crate) mod topojson;
pub(crate) mod xml;
