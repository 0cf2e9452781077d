//! `GeoParquet`, read back by the Parquet crate's reader: Debian's GDAL is built without it.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs::File;

use atlas::{Existing, Format, Value, write};
use common::sample;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

fn read() -> SerializedFileReader<File> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("areas.parquet");
    assert!(write(&sample(), &path, Format::GeoParquet, Existing::Keep).unwrap().is_empty());
    SerializedFileReader::new(File::open(path).unwrap()).unwrap()
}

#[test]
fn the_file_says_what_its_geometry_is() {
    let reader = read();
    let metadata = reader.metadata().file_metadata();
    let geo = metadata.key_value_metadata().unwrap().iter().find(|entry| entry.key == "geo").unwrap();
    let geo: serde_json::Value = serde_json::from_str(geo.value.as_ref().unwrap()).unwrap();
    assert_eq!((&geo["version"], &geo["primary_column"]), (&"1.1.0".into(), &"geometry".into()));
    let column = &geo["columns"]["geometry"];
    assert_eq!((&column["encoding"], &column["geometry_types"][0]), (&"WKB".into(), &"MultiPolygon".into()));
    assert_eq!(column["bbox"], serde_json::json!([20.0, 40.0, 20.7, 40.3]));
    assert!(column.get("crs").is_none(), "without one it is longitude and latitude on WGS84");
}

#[test]
fn every_value_comes_back() {
    let (reader, layer) = (read(), sample());
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), layer.features().len());
    for (row, feature) in rows.iter().zip(layer.features()) {
        let columns: Vec<(&String, &Field)> = row.get_column_iter().collect();
        assert_eq!(columns.len(), layer.fields().len() + 1);
        for ((value, field), (name, read)) in feature.values.iter().zip(layer.fields()).zip(&columns) {
            assert_eq!(*name, &field.name);
            let same = match (value, read) {
                (Value::Null, Field::Null) => true,
                (Value::Text(text), Field::Str(read)) => text == read,
                (Value::Integer(number), Field::Long(read)) => number == read,
                (Value::Real(number), Field::Double(read)) => number.to_bits() == read.to_bits(),
                (Value::Boolean(is_so), Field::Bool(read)) => is_so == read,
                (Value::Date(day), Field::Date(read)) => {
                    i64::from(*read) == i64::from((*day - jiff::civil::date(1970, 1, 1)).get_days())
                }
                _ => false,
            };
            assert!(same, "{value:?} came back as {read:?}");
        }
        let (_, geometry) = columns[columns.len() - 1];
        match (geometry, &feature.geometry) {
            (Field::Null, None) => {}
            (Field::Bytes(bytes), Some(_)) => assert_eq!(bytes.data()[..5], [1, 6, 0, 0, 0], "a multipolygon"),
            other => panic!("{other:?}"),
        }
    }
}
