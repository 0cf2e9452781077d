//! The parsers of this crate, one function each, for fuzz targets: whatever the bytes, none may stop the program.

use crate::areas::outline::Drawing;
use crate::container::ShapefileBytes;
use crate::formats::{dbf, flatgeobuf, gathered, kml, maxml, shapefile, topojson, xml};
use crate::log::Log;
use crate::number::{self, Lean};
use crate::options::Options;
use crate::{Mapping, coordinates, crs, date, delimited, geojson, mgrs, source, wkb, wkt};
use std::hint::black_box;

#[cfg(test)]
mod tests;

/// A parser, fed with bytes.
pub type Target = fn(&[u8]);

/// Every parser by name: the name of its fuzz target, and of the folders of its seeds and of its regression cases.
pub const TARGETS: [(&str, Target); 17] = [
    ("area_geometry", area_geometry),
    ("coordinate_system", coordinate_system),
    ("coordinate_text", coordinate_text),
    ("delimited", delimited),
    ("flatgeobuf", flatgeobuf),
    ("geojson", geojson),
    ("geopackage_geometry", geopackage_geometry),
    ("kml", kml),
    ("mapping", mapping),
    ("maxml", maxml),
    ("numbers_and_dates", numbers_and_dates),
    ("shapefile_shapes", shapefile_shapes),
    ("shapefile_table", shapefile_table),
    ("topojson", topojson),
    ("well_known_binary", well_known_binary),
    ("well_known_text", well_known_text),
    ("whole_file", whole_file),
];

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
    black_box(gathered::read(bytes));
}

/// The geometry of a `GeoPackage`.
pub fn geopackage_geometry(bytes: &[u8]) {
    black_box(gathered::read_geopackage(bytes, 4326));
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

/// Coordinate systems as text, and what they make of a few places.
pub fn coordinate_system(bytes: &[u8]) {
    text(bytes, |text| {
        black_box(crs::DatumShift::read(text));
        if let Ok(system) = crs::Crs::from_text(text) {
            for at in [[500_000.0, 4_649_776.0], [18.0, 44.0], [0.0, 0.0], [-1e9, 1e300]] {
                black_box(system.to_wgs84(at));
            }
        }
    });
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

/// The geometry of a `GeoPackage` on the fast road, as checked there.
pub fn area_geometry(bytes: &[u8]) {
    let mut drawing = Drawing::new(10_000);
    if wkb::read_geopackage(bytes, 4326, &mut drawing).is_ok() {
        drawing.check(None);
        if let Some(outline) = drawing.outline() {
            assert_eq!(outline.rings().count(), outline.outsides().count(), "a ring is an outside or a hole");
            for corner in outline.rings().inspect(|ring| assert!(!ring.is_empty(), "an empty ring")).flatten() {
                assert!(corner.iter().all(|degrees| degrees.is_finite()), "a corner is a place");
            }
        }
    }
}

/// A mapping, and the coordinate system that it says.
pub fn mapping(bytes: &[u8]) {
    text(bytes, |text| drop(black_box(Mapping::from_toml(text))));
}

/// The cells of a column, one a line, as numbers and as dates.
pub fn numbers_and_dates(bytes: &[u8]) {
    text(bytes, |text| {
        for lean in [Lean::Whole, Lean::Area, Lean::Decimal] {
            let style = number::style(text.lines(), lean);
            for number in text.lines().filter_map(|cell| number::parse(cell, style)) {
                assert!(number.value.is_finite(), "a number is finite");
                black_box(number::square_metres(&number.unit));
            }
        }
        let mut order = date::Order::default();
        text.lines().for_each(|cell| order.see(cell));
        for partial in text.lines().filter_map(|cell| date::parse(cell, order, options().today)) {
            black_box((partial.exists(), partial.whole()));
        }
    });
}

/// A file of any kind, from its first byte to its last check: archives, workbooks, databases and Parquet too.
pub fn whole_file(bytes: &[u8]) {
    let name = format!("mineban-fuzz-{}-{:?}", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(name);
    if std::fs::write(&path, bytes).is_ok()
        && let Ok(read) = crate::read(&path, &options())
    {
        assert_eq!(read.rows_read, (read.taken.len() + read.set_aside.len()) as u64, "no row is lost");
    }
    drop(std::fs::remove_file(path));
}
