//! Files made to do harm: each is refused early, in one sentence, without filling the memory.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)] // a test may stop where it fails; its own figures are small

mod common;
use common::failure;
use flate2::Compression;
use flate2::write::GzEncoder;
use intake::{IntakeError, Limits, Options, read};
use std::io::Write;
use std::path::Path;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn refused(path: &Path) -> IntakeError {
    read(path, &common::options()).map(|intake| intake.kind).unwrap_err()
}

/// How much memory the process has needed at most, in bytes; `None` where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

#[test]
fn ten_gigabytes_of_zeros_are_not_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    // Ten gigabytes as a thousand members of ten megabytes each.
    let member = gzip(&vec![0; 10 << 20]);
    let path = folder.path().join("zeros.csv.gz");
    std::fs::write(&path, member.repeat(1_000)).unwrap();
    let error = refused(&path);
    let IntakeError::UnpacksTooLarge { bytes, .. } = error else { panic!("{error}") };
    assert!(bytes < 100 << 20, "stopped only after {bytes} bytes");
    assert!(peak().is_none_or(|peak| peak < 1 << 30), "{:?} bytes were needed", peak());
}

#[test]
fn a_zip_of_zeros_and_a_zip_of_a_zip_of_zeros_are_not_unpacked() {
    let zeros = vec![b'0'; 200 << 20];
    let once = zip(&[("zeros.csv", &zeros)]);
    assert!(failure("once.zip", &once).contains("unpacks to more than is allowed"));
    let twice = zip(&[("once.zip", &once)]);
    assert!(failure("twice.zip", &twice).contains("unpacks to more than is allowed"));
    let rows = b"ano,sexo,estado,edad\n2006,Mujer,Herido,34\n";
    let thrice = zip(&[("b.zip", &zip(&[("c.zip", &zip(&[("d.csv", rows)]))]))]);
    assert!(failure("thrice.zip", &thrice).contains("more than once"));
}

#[test]
fn an_archive_of_too_many_files_and_one_that_lies_about_sizes_are_refused() {
    let names: Vec<String> = (0..60).map(|n| format!("{n}.csv")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"a,b\n1,2\n"[..])).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.zip");
    std::fs::write(&path, zip(&many)).unwrap();
    let limits = Limits { max_entries: 50, ..Limits::default() };
    let error = read(&path, &Options { limits, ..common::options() }).unwrap_err();
    assert!(matches!(error, IntakeError::TooManyEntries { limit: 50, .. }), "{error}");
    // The directory at the end says one byte; what comes out is counted all the same.
    let mut lying = zip(&[("zeros.csv", &vec![b'0'; 100 << 20])]);
    let at = lying.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&1u32.to_le_bytes());
    let error = failure("lying.zip", &lying);
    assert!(error.contains("unpack"), "{error}");
}

#[test]
fn names_in_an_archive_are_never_paths() {
    let rows = b"ano,sexo,estado,edad\n2006,Mujer,Herido,34\n";
    let bytes = zip(&[("../../../../tmp/intake-escape.csv", rows), ("__MACOSX/._x.csv", b"\0\0"), ("/etc/", b"")]);
    let intake = common::intake("escape.zip", &bytes, &common::options());
    assert_eq!((intake.taken.len(), intake.kind), (1, intake::RecordKind::Victim));
    assert!(!Path::new("/tmp/intake-escape.csv").exists());
}

#[test]
fn entities_are_never_expanded_and_depth_has_an_end() {
    let laughs = (0..10).fold("<!ENTITY a0 'ha'>".to_owned(), |all, n| {
        format!("{all}<!ENTITY a{} '{}'>", n + 1, format!("&a{n};").repeat(10))
    });
    let bomb =
        format!("<?xml version='1.0'?><!DOCTYPE kml [{laughs}]><kml><Placemark><name>&a10;</name></Placemark></kml>");
    assert!(failure("laughs.kml", bomb.as_bytes()).contains("DOCTYPE"));
    let outside = "<!DOCTYPE kml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><kml><name>&x;</name></kml>";
    assert!(failure("outside.kml", outside.as_bytes()).contains("DOCTYPE"));
    let deep = format!("<kml>{}{}</kml>", "<Folder>".repeat(100_000), "</Folder>".repeat(100_000));
    assert!(failure("deep.kml", deep.as_bytes()).contains("deeper than the 64"));
    let topology = format!("{{\"type\":\"Topology\",\"arcs\":[],\"objects\":{{\"a\":{}}}}}", "[".repeat(1 << 20));
    assert!(failure("deep.topojson", topology.as_bytes()).contains("too deep"));
}

#[test]
fn coordinates_that_are_no_numbers_give_no_position() {
    let text = "ha_id,ha_type,geometry\n1,SHA,POINT (NaN 4)\n2,SHA,POINT (inf 4)\n3,SHA,\"POLYGON ((18 44, NaN 44, 19 inf, 18 44))\"\n4,SHA,POINT (18 44)\n";
    let intake = common::intake("nan.csv", text.as_bytes(), &common::options());
    let intake::Records::HazardousAreas(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    let placed: Vec<bool> = list.iter().map(|area| area.position.is_some() || area.shape.is_some()).collect();
    assert_eq!(placed, [false, false, false, true]);
    assert_eq!(common::count(&intake, "impossible-coordinate") + common::count(&intake, "projected-metres"), 3);
}

#[test]
fn a_polygon_of_ten_million_corners_is_left_out_and_its_record_kept() {
    let corners = 10_000_000usize;
    let mut wkb = vec![1, 3, 0, 0, 0, 1, 0, 0, 0];
    wkb.extend((corners as u32).to_le_bytes());
    for n in 0..corners {
        let turn = n as f64 / corners as f64 * std::f64::consts::TAU;
        wkb.extend((18.0 + turn.cos()).to_le_bytes());
        wkb.extend((44.0 + turn.sin()).to_le_bytes());
    }
    let mut blob = b"GP\x00\x01".to_vec();
    blob.extend(4326i32.to_le_bytes());
    blob.extend(wkb);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.gpkg");
    let file = layers::create(&path);
    layers::layer(&file, "hazards", 4326, "ha_id text, ha_type text");
    file.execute("insert into hazards (geom, ha_id, ha_type) values (?1, 'A', 'SHA')", [blob]).unwrap();
    drop(file);
    let limits = Limits { max_record_bytes: 512 << 20, ..Limits::default() };
    let intake = read(&path, &Options { limits, ..common::options() }).unwrap();
    let intake::Records::HazardousAreas(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert!(list.len() == 1 && list[0].shape.is_none());
    let finding = common::finding(&intake, "geometry-not-used").to_string();
    assert!(finding.contains("10000000 corners") && finding.contains("simplify"), "{finding}");
    // With the usual limits such a record is not even read.
    assert!(matches!(refused(&path), IntakeError::RecordTooLong { .. }));
}

#[test]
fn too_many_corners_in_all_refuse_the_file() {
    let shape = "\"POLYGON ((18 44, 19 44, 19 45, 18 44))\"";
    let rows: Vec<String> = (0..100).map(|n| format!("{n},SHA,{shape}\n")).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.csv");
    std::fs::write(&path, format!("ha_id,ha_type,geometry\n{}", rows.concat())).unwrap();
    let limits = Limits { max_vertices: 399, ..Limits::default() };
    let error = read(&path, &Options { limits, ..common::options() }).unwrap_err();
    assert!(matches!(error, IntakeError::TooManyVertices { limit: 399, .. }), "{error}");
    assert_eq!(read(&path, &common::options()).unwrap().taken.len(), 100);
}

#[path = "common/layers.rs"]
mod layers;

#[test]
fn a_database_that_would_run_something_is_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("view.gpkg");
    let file = layers::create(&path);
    file.execute_batch(
        "create view hazards as with recursive n(x) as (select 1 union all select x + 1 from n) select x as fid from n;
         insert into gpkg_contents values ('hazards', 'features', 4326);",
    )
    .unwrap();
    drop(file);
    let error = refused(&path).to_string();
    assert!(error.contains("no layers"), "{error}");
    let other = folder.path().join("other.sqlite");
    rusqlite::Connection::open(&other).unwrap().execute_batch("create table a (b)").unwrap();
    assert!(refused(&other).to_string().contains("no GeoPackage"));
    let open = folder.path().join("open.gpkg");
    drop(layers::create(&open));
    std::fs::write(folder.path().join("open.gpkg-wal"), b"changes").unwrap();
    assert!(refused(&open).to_string().contains("still has it open"));
}

/// Cut short or with bytes changed anywhere, a file is refused or read, and never stops the program.
#[test]
fn damaged_files_of_every_kind_are_refused_or_read_and_never_stop_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    let file = layers::create(&path);
    layers::layer(&file, "hazards", 4326, "ha_id text, ha_type text");
    let ring = vec![[18.0, 44.0], [19.0, 44.0], [19.0, 45.0], [18.0, 44.0]];
    file.execute("insert into hazards (geom, ha_id, ha_type) values (?1, 'A', 'SHA')", [layers::blob(4326, &[ring])])
        .unwrap();
    drop(file);
    let kml = "<kml><Placemark><name>a</name><Polygon><outerBoundaryIs><LinearRing><coordinates>18,44 19,44 19,45 18,44</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>";
    let whole = [
        ("a.gpkg", std::fs::read(&path).unwrap()),
        ("a.kml", kml.as_bytes().to_vec()),
        ("a.kmz", zip(&[("doc.kml", kml.as_bytes())])),
        ("a.csv.gz", gzip(b"ano,sexo,estado,edad\n2006,Mujer,Herido,34\n")),
    ];
    let mut seed = 7u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for (name, bytes) in whole {
        let target = folder.path().join(name);
        for turn in 0..60 {
            let mut damaged = bytes.clone();
            if turn % 2 == 0 {
                damaged.truncate(random(bytes.len()));
            } else {
                (0..4).for_each(|_| damaged[random(bytes.len())] = random(256) as u8);
            }
            std::fs::write(&target, &damaged).unwrap();
            if let Ok(intake) = read(&target, &common::options()) {
                assert_eq!(intake.rows_read, (intake.taken.len() + intake.set_aside.len()) as u64);
            }
        }
    }
}
