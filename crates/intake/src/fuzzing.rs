//! The parsers of this crate, one function each, for fuzz targets: whatever the bytes, none may stop the program.

use crate::container::ShapefileBytes;
use crate::formats::{dbf, flatgeobuf, geopackage, kml, maxml, shapefile, topojson, wkb, xml};
use crate::log::Log;
use crate::options::Options;
use crate::{coordinates, crs, delimited, geojson, mgrs, source, wkt};
use std::hint::black_box;

fn options() -> Options<'static> {
    Options::new(jiff::civil::Date::constant(2026, 7, 1))
}

fn log() -> Log {
    Log::new("fuzz", 20)
}

fn text(bytes: &[u8], with: impl Fn(&str)) {
    with(&String::from_utf8_lossy(bytes));
}

/// Well-known binary.
pub fn well_known_binary(bytes: &[u8]) {
    black_box(wkb::read(bytes));
}

/// The geometry of a `GeoPackage`.
pub fn geopackage_geometry(bytes: &[u8]) {
    if let Ok(Some(body)) = geopackage::body(bytes, 4326) {
        black_box(wkb::read(body));
    }
}

/// Well-known text and data collectors' shapes.
pub fn well_known_text(bytes: &[u8]) {
    text(bytes, |text| drop(black_box(wkt::parse(text))));
}

/// Places as text.
pub fn coordinate_text(bytes: &[u8]) {
    text(bytes, |text| {
        black_box(coordinates::place(text));
        black_box(coordinates::degrees(text, None));
        black_box(mgrs::read(text));
    });
}

/// Coordinate systems as text.
pub fn coordinate_system(bytes: &[u8]) {
    text(bytes, |text| drop(black_box(crs::Crs::from_text(text))));
}

/// The shapes of a shapefile, with a table of one column.
pub fn shapefile_shapes(bytes: &[u8]) {
    let mut dbf = vec![3; 32];
    dbf[4..12].copy_from_slice(&[0, 0, 0, 0, 65, 0, 11, 0]);
    dbf.extend([b'A'; 11]);
    dbf.extend([b'C', 0, 0, 0, 0, 10]);
    dbf.resize(64, 0);
    dbf.push(0x0d);
    let files = ShapefileBytes { shp: bytes.to_vec(), dbf: Some(dbf), prj: None, cpg: None };
    drop(black_box(shapefile::read("fuzz", files, &options(), &mut log())));
}

/// The table of a shapefile.
pub fn shapefile_table(bytes: &[u8]) {
    if let Ok(table) = dbf::Dbf::open("fuzz", bytes) {
        let decoder = table.encoding(None, None, &mut log());
        black_box(table.names(&decoder));
        (0..table.len()).for_each(|at| drop(black_box(table.record(at, &decoder).cells)));
    }
}

/// KML.
pub fn kml(bytes: &[u8]) {
    text(bytes, |text| drop(black_box(kml::read("fuzz", text, &options(), &mut log()))));
}

/// maXML.
pub fn maxml(bytes: &[u8]) {
    text(bytes, |text| {
        if let Ok(root) = xml::root("fuzz", text, &options()) {
            drop(black_box(maxml::read("fuzz", &root, text, &options(), &mut log())));
        }
    });
}

/// `FlatGeobuf`.
pub fn flatgeobuf(bytes: &[u8]) {
    drop(black_box(flatgeobuf::read("fuzz", bytes, &options(), &mut log())));
}

/// `TopoJSON`.
pub fn topojson(bytes: &[u8]) {
    text(bytes, |text| drop(black_box(topojson::read("fuzz", text, &options(), &mut log()))));
}

/// GeoJSON and plain JSON.
pub fn geojson(bytes: &[u8]) {
    text(bytes, |text| drop(black_box(geojson::read("fuzz", text, &options(), &mut log()))));
}

/// Delimited text, its encoding first.
pub fn delimited(bytes: &[u8]) {
    let (text, _) = source::decode(bytes.to_vec(), None, &mut log());
    drop(black_box(delimited::read("fuzz", &text, &options())));
}
