//! The quick way in for large sets gives the same areas as the thorough one, record for record.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)] // a test may stop where it fails; its own figures are small

mod common;
#[path = "common/geopackage.rs"]
mod geopackage;
use geopackage::{Ring, blob, create, layer};
use intake::{Area, AreaKind, AreaSink, Areas, Options, RecordKind, Records, ReleaseKind, areas, read};
use rusqlite::params;
use std::path::Path;

/// Keeps all that it is given.
#[derive(Debug, Default, PartialEq)]
struct Kept {
    areas: Vec<Told>,
    open: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Told {
    row: u64,
    id: String,
    kind: AreaKind,
    release: Option<ReleaseKind>,
    year: Option<i16>,
    date: Option<jiff::civil::Date>,
    stated: Option<f64>,
    released: [Option<f64>; 3],
    district: String,
    polygons: Vec<Vec<Ring>>,
}

impl AreaSink for Kept {
    fn begin(&mut self, area: &Area<'_>) {
        assert!(!std::mem::replace(&mut self.open, true), "an area begins before the last one ends");
        self.areas.push(Told {
            row: area.row,
            id: area.id.to_owned(),
            kind: area.kind,
            release: area.release,
            year: area.year,
            date: area.date,
            stated: area.stated_area_m2,
            released: area.released_m2,
            district: area.district.to_owned(),
            polygons: Vec::new(),
        });
    }

    fn polygon(&mut self) {
        self.areas.last_mut().unwrap().polygons.push(Vec::new());
    }

    fn ring(&mut self, corners: usize) {
        self.areas.last_mut().unwrap().polygons.last_mut().unwrap().push(Vec::with_capacity(corners));
    }

    fn vertex(&mut self, lon: f64, lat: f64) {
        self.areas.last_mut().unwrap().polygons.last_mut().unwrap().last_mut().unwrap().push([lon, lat]);
    }

    fn end(&mut self) {
        assert!(std::mem::take(&mut self.open), "an area ends that did not begin");
    }
}

fn square(x: f64, y: f64, size: f64) -> Ring {
    vec![[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
}

/// Hazards with everything that can be wrong with one.
fn hazards(path: &Path, srs: i32, place: impl Fn(f64, f64) -> [f64; 2], scale: f64) {
    let file = create(path);
    layer(&file, "hazards", srs, "ha_id text, ha_type text, date_found text, area text, district text");
    let add = |fid: i64, geometry: Option<Vec<u8>>, id: &str, kind: &str, date: &str, area: &str| {
        let district = format!("Examplia {}", fid % 3);
        file.execute(
            "insert into hazards values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![fid, geometry, id, kind, date, area, district],
        )
        .unwrap();
    };
    for n in 1..=300 {
        let [x, y] = place(f64::from(n % 20), f64::from(n / 20));
        let fid = i64::from(n) * 3;
        let ring = square(x, y, scale);
        let hole = square(x + scale / 4.0, y + scale / 4.0, scale / 4.0);
        let kind = ["SHA", "CHA", "", "cow"][n as usize % 4];
        let date = ["2006-01-25", "2018-03-13", "", "2099-01-01", "2001"][n as usize % 5];
        let area = ["1200", "0.5", "", "-3", "many"][n as usize % 5];
        let geometry = match n % 11 {
            0 => None,
            1 => Some(blob(srs, &[ring[..4].to_vec()])),
            2 => Some(blob(srs, &[vec![ring[0], ring[2], ring[1], ring[3], ring[0]]])),
            3 => Some(blob(srs, &[ring[..2].to_vec()])),
            4 => Some(blob(srs, &[ring, hole])),
            5 => Some(blob(srs, &[vec![[f64::NAN, 1.0], [f64::INFINITY, 2.0], [3.0, 4.0], [f64::NAN, 1.0]]])),
            6 => Some(blob(srs, &[ring])[..40].to_vec()),
            7 => Some(blob(srs, &[])),
            8 => Some(blob(9999, &[ring])),
            _ => Some(blob(srs, &[ring])),
        };
        let id = if n % 7 == 0 { String::new() } else { format!(" H-{n} ") };
        add(fid, geometry, &id, kind, date, area);
    }
}

fn told(areas: &Areas<Kept>) -> Vec<&Told> {
    areas.sinks.iter().flat_map(|sink| &sink.areas).collect()
}

fn counts(findings: &[intake::Finding]) -> std::collections::BTreeMap<&'static str, u64> {
    let mut counts = std::collections::BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.row.is_some()) {
        *counts.entry(finding.kind.key()).or_default() += finding.count;
    }
    counts
}

#[test]
fn hazards_are_the_same_by_both_ways_whatever_is_wrong_with_them() {
    let folder = tempfile::tempdir().unwrap();
    for (srs, degrees) in [(4326, true), (32618, false)] {
        let path = folder.path().join(format!("hazards {srs} #1?.gpkg"));
        if degrees {
            hazards(&path, srs, |x, y| [18.0 + x / 50.0, 44.0 + y / 50.0], 0.001);
        } else {
            hazards(&path, srs, |x, y| [500_000.0 + x * 1e3, 500_000.0 + y * 1e3], 50.0);
        }
        let slow = read(&path, &common::options()).unwrap();
        let fast = areas(&path, &common::options(), |_| Kept::default()).unwrap();
        let Records::HazardousAreas(records) = &slow.taken else { panic!("{:?}", slow.kind) };
        assert_eq!((fast.kind, fast.rows_read), (RecordKind::HazardousArea, 300));
        assert_eq!((fast.taken, fast.set_aside), (records.len() as u64, slow.set_aside.len() as u64));
        assert!(fast.set_aside > 0 && fast.sinks.len() <= std::thread::available_parallelism().unwrap().get());
        for (told, record) in told(&fast).into_iter().zip(records) {
            let wanted = Told {
                row: record.row,
                id: record.id.clone().unwrap_or_default(),
                kind: record.kind,
                release: None,
                year: record.year,
                date: record.date,
                stated: record.stated_area_m2,
                released: [None; 3],
                district: record.admin2.clone().unwrap_or_default(),
                polygons: record.shape.clone().map(|shape| shape.polygons).unwrap_or_default(),
            };
            assert_eq!(told, &wanted);
        }
        let mut slow_counts = counts(&slow.findings);
        for between_rows in ["identical-rows", "many-on-one-point"] {
            slow_counts.remove(between_rows);
        }
        assert_eq!(counts(&fast.findings), slow_counts);
        let rows = |list: &[intake::Finding]| list.iter().map(|finding| finding.row).collect::<Vec<_>>();
        let aside: Vec<_> = slow.set_aside.iter().take(20).map(|aside| aside.reason.clone()).collect();
        assert_eq!(rows(&fast.reasons), rows(&aside));
    }
}

#[test]
fn releases_and_districts_come_the_same_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("releases.gpkg");
    let file = create(&path);
    layer(&file, "releases", 4326, "rid integer, release_type text, area real, date text");
    for n in 0..200 {
        let ring = square(18.0 + f64::from(n) / 100.0, 44.0, 0.001);
        let kind = ["cancelled", "reduced", "cleared", "moon"][n as usize % 4];
        let row = params![blob(4326, &[ring]), n, kind, f64::from(n) * 10.0, format!("20{:02}-05-06", n % 25)];
        file.execute("insert into releases (geom, rid, release_type, area, date) values (?1, ?2, ?3, ?4, ?5)", row)
            .unwrap();
    }
    drop(file);
    let slow = read(&path, &common::options()).unwrap();
    let fast = areas(&path, &common::options(), |_| Kept::default()).unwrap();
    let Records::LandReleases(records) = &slow.taken else { panic!("{:?}", slow.kind) };
    assert_eq!((fast.taken, fast.set_aside), (150, 50));
    for (told, record) in told(&fast).into_iter().zip(records) {
        assert_eq!((told.row, told.release, told.year, told.date), (record.row, record.kind, record.year, record.date));
        assert_eq!(told.released, [record.cancelled_m2, record.reduced_m2, record.cleared_m2]);
        assert_eq!(Some(&told.polygons), record.shape.as_ref().map(|shape| &shape.polygons));
    }

    let path = folder.path().join("districts.gpkg");
    let file = create(&path);
    layer(&file, "districts", 4326, "name text, code text");
    for n in 0..20 {
        let geometry = (n != 7).then(|| blob(4326, &[square(f64::from(n), 10.0, 1.0)]));
        let row = params![geometry, format!("District {n}"), format!("{n:02}")];
        file.execute("insert into districts (geom, name, code) values (?1, ?2, ?3)", row).unwrap();
    }
    drop(file);
    let fast = areas(&path, &common::options(), |_| Kept::default()).unwrap();
    assert_eq!((fast.kind, fast.taken, fast.set_aside), (RecordKind::District, 19, 1));
    assert_eq!((told(&fast)[7].id.as_str(), fast.reasons[0].row), ("District 8", Some(8)));
}

#[test]
fn any_other_format_goes_through_the_records_into_one_sink() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hazards.csv");
    std::fs::write(&path, "ha_id,ha_type,geometry\nA,SHA,\"POLYGON ((18 44, 19 44, 19 45, 18 44))\"\nB,CHA,\n")
        .unwrap();
    let areas = areas(&path, &common::options(), |_| Kept::default()).unwrap();
    assert_eq!((areas.sinks.len(), areas.taken), (1, 2));
    let told = told(&areas);
    assert_eq!((told[0].polygons[0][0].len(), told[1].polygons.len(), told[1].kind), (4, 0, AreaKind::Confirmed));
}

#[test]
fn people_have_no_outline_and_metres_without_a_system_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("victims.gpkg");
    let file = create(&path);
    layer(&file, "victims", 4326, "sex text, outcome text, age text");
    file.execute("insert into victims (sex, outcome, age) values ('Male', 'Killed', '30')", []).unwrap();
    drop(file);
    let error = areas(&path, &common::options(), |_| Kept::default()).unwrap_err().to_string();
    assert!(error.contains("victim"), "{error}");
    let path = folder.path().join("metres.gpkg");
    hazards(&path, 0, |x, y| [500_000.0 + x * 1e3, 500_000.0 + y * 1e3], 50.0);
    for error in [
        areas(&path, &common::options(), |_| Kept::default()).unwrap_err(),
        read(&path, &common::options()).unwrap_err(),
    ] {
        assert!(matches!(error, intake::IntakeError::CrsNeeded { .. }), "{error}");
    }
    let told = Options { crs: Some("EPSG:32618".to_owned()), ..common::options() };
    assert_eq!(areas(&path, &told, |_| Kept::default()).unwrap().rows_read, 300);
}
