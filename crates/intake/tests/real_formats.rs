//! Real content in other formats, encodings and coordinate systems, against the originals it was converted from.
//! Skipped, and said so, where the shared folder is absent.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)] // a test may stop where it fails; its own figures are small

mod common;
use intake::{Format, Intake, IntakeError, Mapping, Options, Records, read};
use std::path::PathBuf;

fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("MINEBAN_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")));
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: shared data absent ({})", path.display());
    None
}

fn intake_with(name: &str, options: &Options<'_>) -> Option<Intake> {
    let path = shared(name)?;
    let intake = read(&path, options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(intake.rows_read, (intake.taken.len() + intake.set_aside.len()) as u64);
    Some(intake)
}

fn intake(name: &str) -> Option<Intake> {
    intake_with(name, &common::options())
}

fn mapped(mapping: &str) -> Options<'static> {
    Options { mapping: Some(Mapping::from_toml(mapping).unwrap()), ..common::options() }
}

fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    let east = (a[0] - b[0]) * 111_320.0 * a[1].to_radians().cos();
    east.hypot((a[1] - b[1]) * 110_574.0)
}

fn events(intake: &Intake) -> Vec<([f64; 2], Vec<String>)> {
    let Records::Events(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    let of = |event: &intake::Event| {
        let at = event.position.unwrap();
        let words = [&event.code, &event.admin1, &event.admin2].map(|text| text.clone().unwrap_or_default());
        ([at.lon, at.lat], [words.to_vec(), vec![event.year.unwrap().to_string()]].concat())
    };
    list.iter().map(of).collect()
}

#[test]
fn the_same_events_come_out_of_geojson_geopackage_shapefile_and_kml() {
    let Some(original) = intake("colombia-events-1990-2019/2011.json") else { return };
    let original = events(&original);
    for (name, format, crs) in [
        ("derived-other-formats/eventos_2011_epsg32618.gpkg", Format::GeoPackage, Some("EPSG:32618")),
        ("derived-other-formats/eventos_2011_epsg3116_latin1_no_cpg.zip", Format::Shapefile, Some("EPSG:3116")),
        ("derived-other-formats/eventos_2011.kml", Format::Kml, None),
    ] {
        let Some(other) = intake(name) else { return };
        assert_eq!((other.format, other.rows_read), (format, 2_928), "{name}");
        let list = events(&other);
        assert_eq!(list.len(), original.len(), "{name}");
        for ((at, words), (wanted_at, wanted_words)) in list.iter().zip(&original) {
            assert!(metres(*at, *wanted_at) < 1.0, "{name}: {at:?} is not {wanted_at:?}");
            assert_eq!(words, wanted_words, "{name}");
        }
        let entered = other.entered.as_ref();
        assert_eq!(entered.is_some_and(|entered| entered.crs.contains(crs.unwrap_or("-"))), crs.is_some(), "{name}");
        assert_eq!(entered.map_or(0, |entered| entered.positions.len()), if crs.is_some() { 2_928 } else { 0 });
    }
}

#[test]
fn a_table_without_its_encoding_is_read_in_the_right_one_and_says_so() {
    let Some(intake) = intake("derived-other-formats/eventos_2011_epsg3116_latin1_no_cpg.zip") else { return };
    let encoding = intake.encoding.as_ref().unwrap();
    println!("{} ({})", encoding.name, encoding.how);
    assert!(["windows-1252", "ISO-8859-1"].contains(&encoding.name.as_str()), "{encoding:?}");
    assert!(intake.columns.iter().any(|column| column.header == "AÑO"));
    assert_eq!(common::count(&intake, "crs-used"), 1);
    assert_eq!(common::count(&intake, "datum-shift-assumed"), 0, "MAGNA-SIRGAS is WGS84 for this purpose");
}

/// The file was converted without a shift between the datums, which its `.prj` cannot say. Read as MGI 1901 lies to
/// WGS84 in the registry, everything is some four hundred metres to the west, and a finding says so; told that there
/// is no shift, the places are those of the original.
#[test]
fn municipalities_in_the_balkans_grid_are_where_they_were_and_keep_their_letters() {
    let Some(original) = intake("bih-boundaries/bih-adm3-municipalities.geojson") else { return };
    let name = "derived-other-formats/opcine_mgi_balkans6_cp1250.zip";
    let Some(told) = intake_with(name, &mapped("datum_shift = \"none\"")) else { return };
    let Some(untold) = intake(name) else { return };
    let (Records::Districts(original), Records::Districts(told), Records::Districts(moved)) =
        (&original.taken, &told.taken, &untold.taken)
    else {
        panic!()
    };
    assert_eq!((original.len(), told.len(), moved.len()), (142, 142, 142));
    let corners = |district: &intake::District| -> Vec<[f64; 2]> {
        district.shape.polygons.iter().flatten().flatten().copied().collect()
    };
    for ((a, b), c) in original.iter().zip(told).zip(moved) {
        assert_eq!((&a.name, &a.name), (&b.name, &c.name));
        let (a, b, c) = (corners(a), corners(b), corners(c));
        assert_eq!((a.len(), b.len()), (b.len(), c.len()));
        for (b, c) in b.iter().zip(&c) {
            assert!((300.0..550.0).contains(&metres(*b, *c)), "{b:?} {c:?}");
        }
        // The converter turned rings round, so each corner is looked for among all.
        for a in a {
            assert!(b.iter().any(|b| metres(a, *b) < 1.0), "{a:?}");
        }
    }
    let names: String = told.iter().filter_map(|district| district.name.clone()).collect();
    assert!(["č", "ć", "š", "ž"].iter().all(|letter| names.to_lowercase().contains(letter)), "{names}");
    let finding = common::finding(&untold, "datum-shift-assumed");
    assert!(finding.to_string().contains("MGI 1901") && finding.to_string().contains("datum_shift = \"none\""));
    assert_eq!(untold.encoding.as_ref().unwrap().how, "its .cpg file");
}

#[test]
fn a_shapefile_without_prj_and_cpg_in_degrees_is_read_as_wgs84_and_says_so() {
    let Some(intake) = intake("bih-boundaries/geoBoundaries-BIH-ADM2.shp") else { return };
    let Records::Districts(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!((intake.format, list.len()), (Format::Shapefile, 12));
    assert_eq!(common::count(&intake, "crs-assumed"), 1);
    let names: Vec<&str> = list.iter().filter_map(|district| district.name.as_deref()).collect();
    println!("{names:?} {:?}", intake.encoding);
    assert_eq!(names.len(), 12);
    assert!(
        list.iter()
            .flat_map(|d| d.shape.polygons.iter().flatten().flatten())
            .all(|at| (15.0..20.0).contains(&at[0]) && (42.0..46.0).contains(&at[1]))
    );
}

#[test]
fn a_folder_with_several_layers_is_refused_with_their_names_until_one_is_named() {
    let Some(folder) = shared("bih-boundaries") else { return };
    let error = read(&folder, &common::options()).unwrap_err();
    assert!(matches!(error, IntakeError::SeveralLayers { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("bih-adm1.geojson") && text.contains("geoBoundaries-BIH-ADM2.shp") && text.contains("layer ="),
        "{text}"
    );
    let one =
        read(&folder, &Options { layer: Some("geoBoundaries-BIH-ADM2".to_owned()), ..common::options() }).unwrap();
    assert_eq!((one.format, one.taken.len()), (Format::Shapefile, 12));
}

#[test]
fn a_packed_geojson_of_a_whole_country_is_read() {
    let Some(intake) = intake("france-communes-load/communes.geojson.gz") else { return };
    let Records::Districts(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!((intake.format, list.len()), (Format::GeoJson, 35_357));
    let vertices: usize = list.iter().flat_map(|d| d.shape.polygons.iter().flatten()).map(Vec::len).sum();
    assert_eq!(vertices, 2_199_045);
    let code = |code: &str| list.iter().any(|d| d.code.as_ref().is_some_and(|c| c.raw == code));
    assert!(code("01001") && code("2A004"), "codes keep their zeros and letters");
}

#[test]
fn shared_arcs_become_whole_countries() {
    for (name, n, without_code) in
        [("countries-110m.json", 177, 3), ("countries-50m.json", 241, 5), ("countries-10m.json", 255, 16)]
    {
        let Some(intake) = intake(&format!("admin-natural-earth/{name}")) else { return };
        let Records::Districts(list) = &intake.taken else { panic!("{:?}", intake.kind) };
        assert_eq!((intake.format, intake.layer.as_deref()), (Format::TopoJson, Some("countries")));
        assert_eq!(intake.rows_read, n, "{name}");
        // On the coarse grid of numbers a reef may shrink to a point; it is set aside, not lost.
        let aside: Vec<String> = intake.set_aside.iter().map(|aside| aside.reason.to_string()).collect();
        println!("{name}: {aside:?}");
        assert!(aside.len() < 2 && aside.iter().all(|reason| reason.contains("without a boundary")), "{aside:?}");
        let id = intake.columns.iter().position(|column| column.header == "id").unwrap();
        let missing = list.iter().filter(|d| d.raw.get(id).is_empty()).count();
        let missing = missing + intake.set_aside.iter().filter(|aside| aside.raw.get(id).is_empty()).count();
        assert_eq!(missing, without_code, "{name}");
        let colombia = list.iter().find(|d| d.raw.get(id) == "170").unwrap();
        assert_eq!(colombia.name.as_deref(), Some("Colombia"));
        let corners: Vec<[f64; 2]> = colombia.shape.polygons.iter().flatten().flatten().copied().collect();
        assert!(corners.iter().all(|at| (-82.0..-66.0).contains(&at[0]) && (-5.0..14.0).contains(&at[1])), "{name}");
        // Not only somewhere there: Bogotá is inside, Caracas is not.
        let mainland = &colombia.shape.polygons.iter().max_by_key(|polygon| polygon[0].len()).unwrap()[0];
        assert!(inside(mainland, [-74.08, 4.6]) && !inside(mainland, [-66.9, 10.5]), "{name}");
        assert_eq!(mainland.first(), mainland.last());
    }
}

fn inside(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    ring.windows(2)
        .filter(|e| {
            (e[0][1] > y) != (e[1][1] > y) && x < e[0][0] + (y - e[0][1]) / (e[1][1] - e[0][1]) * (e[1][0] - e[0][0])
        })
        .count()
        % 2
        == 1
}

#[test]
fn a_gazetteer_without_boundaries_says_what_it_holds_and_loses_no_row_when_mapped() {
    let Some(path) = shared("cambodia-gazetteer-khmer/pailin.json") else { return };
    let error = read(&path, &common::options()).unwrap_err().to_string();
    assert!(error.contains("english") && error.contains("communes") && error.contains("kind ="), "{error}");
    let mapping = "kind = \"district\"\n[columns]\n\"english\" = \"name\"\n\"code\" = \"code\"";
    let read = read(&path, &mapped(mapping)).unwrap();
    assert_eq!((read.format, read.taken.len()), (Format::JsonRecords, 0));
    assert_eq!(read.rows_read, read.set_aside.len() as u64);
    assert!(read.set_aside.iter().all(|aside| aside.reason.to_string().contains("without a boundary")));
    let text = std::fs::read_to_string(&path).unwrap();
    let hidden = |text: &str| text.matches('\u{200b}').count();
    let kept: usize = read.set_aside.iter().flat_map(|aside| aside.raw.iter()).map(hidden).sum();
    assert!(kept > 0 && kept == hidden(&text), "characters that cannot be seen are kept as entered");
}

#[test]
fn a_grid_with_its_place_twice_is_read_by_its_geometry() {
    let mapping = "kind = \"event\"\n[columns]\n\"option\" = \"event_type\"";
    let Some(intake) = intake_with("colombia-reland-risk-grid/website_table.csv", &mapped(mapping)) else { return };
    let Records::Events(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    assert_eq!(list.len(), 8_647);
    // The columns are rounded, the text is whole: the text is used, and the two agree.
    assert!(list.iter().all(|event| event.position.is_some()));
    let first = list[0].position.unwrap();
    assert_eq!((first.lon, first.lat), (-75.562_950_269_276_58, 5.714_278_920_242_185));
    assert_eq!(common::count(&intake, "positions-disagree"), 0);
}
