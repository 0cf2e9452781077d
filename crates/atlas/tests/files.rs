//! Files appear whole, never over another, and always the same.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use atlas::{Error, Existing, Feature, Field, FieldKind, Format, GeometryKind, Layer, LayerError, Value, write};
use common::{sample, square};
use jiff::civil::date;

#[test]
fn a_file_that_is_there_is_kept_unless_told() {
    for format in Format::ALL {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("areas").with_extension(format.extension());
        fs::write(&path, "mine").unwrap();
        let refused = write(&sample(), &path, format, Existing::Keep).unwrap_err();
        assert!(matches!(refused, Error::Exists(_)), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        write(&sample(), &path, format, Existing::Replace).unwrap();
        assert_ne!(fs::read(&path).unwrap(), b"mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{format:?} leaves nothing else behind");
    }
}

#[test]
fn a_refused_layer_leaves_no_file() {
    let fields = (0..300).map(|n| Field::new(format!("f{n}"), FieldKind::Integer)).collect();
    let layer = Layer::new("wide", GeometryKind::Areas, fields, date(2026, 1, 1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let refused = write(&layer, &folder.path().join("wide.zip"), Format::Shapefile, Existing::Keep).unwrap_err();
    assert!(refused.to_string().starts_with("300 fields do not fit a Shapefile"), "{refused}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere").join("areas.kml");
    let refused = write(&sample(), &path, Format::Kml, Existing::Keep).unwrap_err();
    assert!(refused.to_string().contains("areas.kml could not be written"), "{refused}");
}

#[test]
fn the_same_layer_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let all = |name: &str| {
        Format::ALL.map(|format| {
            let path = folder.path().join(name).with_extension(format.extension());
            write(&sample(), &path, format, Existing::Keep).unwrap();
            fs::read(path).unwrap()
        })
    };
    let first = all("one");
    // Past the two seconds that archives tell apart.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    for ((format, one), other) in Format::ALL.into_iter().zip(first).zip(all("two")) {
        assert!(one == other, "{format:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_may_be_read_by_whom_the_system_lets() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (ours, any) = (folder.path().join("areas.gpkg"), folder.path().join("any"));
    write(&sample(), &ours, Format::GeoPackage, Existing::Keep).unwrap();
    fs::write(&any, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&ours), mode(&any));
}

#[test]
fn a_format_is_known_by_the_name_of_its_file() {
    for format in Format::ALL {
        let path = std::path::Path::new("a").with_extension(format.extension().to_uppercase());
        assert_eq!(Format::of_path(&path), Some(format));
    }
    assert_eq!(Format::of_path(std::path::Path::new("a.shp")), None);
}

#[test]
fn a_layer_takes_only_what_fits_it() {
    let fields = |names: &[&str]| names.iter().map(|name| Field::new(*name, FieldKind::Real)).collect();
    let new = |names: &[&str]| Layer::new("l", GeometryKind::Points, fields(names), date(2026, 1, 1));
    assert_eq!(new(&["a", "A"]), Err(LayerError::FieldTwice("A".into())));
    assert_eq!(new(&[" "]), Err(LayerError::NoName));
    assert_eq!(new(&["a\0"]), Err(LayerError::BadName("a\0".into())));
    let mut layer = new(&["a"]).unwrap();
    let mut push = |geometry, values| layer.push(Feature { geometry, values });
    let count = LayerError::WrongNumberOfValues { feature: 0, found: 0, expected: 1 };
    assert_eq!(push(None, vec![]), Err(count));
    let kind = LayerError::WrongKind { feature: 0, field: "a".into() };
    assert_eq!(push(None, vec![Value::Integer(1)]), Err(kind));
    assert_eq!(push(None, vec![Value::Real(f64::NAN)]), Err(LayerError::OutOfRange { feature: 0 }));
    assert_eq!(push(Some(square(0.0, 0.0, 1.0)), vec![Value::Null]), Err(LayerError::WrongGeometry { feature: 0 }));
    let off = Some(atlas::Geometry::Point(geo_types::Point::new(500_000.0, 4_000_000.0)));
    assert_eq!(push(off, vec![Value::Null]), Err(LayerError::OutOfRange { feature: 0 }));
    assert_eq!(push(None, vec![Value::Null]), Ok(()));
}
