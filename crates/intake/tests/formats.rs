//! Small invented files in each format: what is read, and that nothing is lost.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)] // a test may stop where it fails; its own figures are small

mod common;
#[path = "common/layers.rs"]
mod layers;
use common::{count, failure, finding, intake, options};
use intake::{AreaKind, Format, HazardousArea, Intake, Mapping, Options, Records};
use std::io::Write;

fn hazards(intake: &Intake) -> &[HazardousArea] {
    let Records::HazardousAreas(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    list
}

fn mapped(mapping: &str) -> Options<'static> {
    Options { mapping: Some(Mapping::from_toml(mapping).unwrap()), ..options() }
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn near(at: [f64; 2], wanted: [f64; 2]) -> bool {
    let east = (at[0] - wanted[0]) * 111_320.0 * at[1].to_radians().cos();
    east.hypot((at[1] - wanted[1]) * 110_574.0) < 1.0
}

#[test]
fn flatgeobuf_in_utm_gives_shapes_in_degrees_and_keeps_those_entered() {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/examplia-hazards.fgb")).unwrap();
    let read = intake("a.fgb", &bytes, &options());
    assert_eq!((read.format, read.rows_read), (Format::FlatGeobuf, 3));
    let mut list: Vec<&HazardousArea> = hazards(&read).iter().collect();
    list.sort_by_key(|area| area.id.clone());
    assert_eq!(list.iter().filter_map(|area| area.stated_area_m2).collect::<Vec<_>>(), [10_000.0, 38_750.0, 20_000.0]);
    let parts: Vec<(usize, usize)> = list
        .iter()
        .map(|area| area.shape.as_ref().unwrap())
        .map(|shape| (shape.polygons.len(), shape.polygons.iter().map(Vec::len).sum()))
        .collect();
    assert_eq!(parts, [(1, 1), (1, 2), (2, 2)]);
    let entered = read.entered.as_ref().unwrap();
    assert!(entered.crs.contains("EPSG:32618") && entered.shapes.len() == 3);
    let corner = list[0].shape.as_ref().unwrap().polygons[0][0][0];
    assert!(near(corner, [-74.0984, 4.5230]) || (corner[1] - 4.52).abs() < 0.01, "{corner:?}");
    for n in 0..bytes.len() / 7 {
        let cut = &bytes[..n * 7];
        if let Ok(intake) = common::read("cut.fgb", cut, &options()) {
            assert!(intake.rows_read <= 4);
        }
    }
}

#[test]
fn geoparquet_gives_its_columns_and_its_system() {
    let wkb = |x: f64| {
        let mut bytes = vec![1, 1, 0, 0, 0];
        bytes.extend(x.to_le_bytes());
        bytes.extend(500_000f64.to_le_bytes());
        bytes
    };
    let geo = r#"{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB","geometry_types":["Point"],"crs":{"name":"WGS 84 / UTM zone 18N","id":{"authority":"EPSG","code":32618}}}}}"#;
    let bytes = parquet_file(geo, &[("EX-1", "SHA", wkb(600_000.0)), ("EX-2", "CHA", wkb(500_000.0))]);
    let read = intake("a.parquet", &bytes, &options());
    let list = hazards(&read);
    assert_eq!((read.format, list.len(), list[1].kind), (Format::GeoParquet, 2, AreaKind::Confirmed));
    let at = list[1].position.unwrap();
    assert!((at.lon + 75.0).abs() < 1e-9 && (at.lat - 4.523_3).abs() < 1e-3, "{at:?}");
    assert_eq!(read.entered.as_ref().unwrap().positions[0], (1, [600_000.0, 500_000.0]));
    assert!(failure("cut.parquet", &bytes[..bytes.len() / 2]).contains("Parquet"));
}

fn parquet_file(geo: &str, rows: &[(&str, &str, Vec<u8>)]) -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::metadata::KeyValue;
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use std::sync::Arc;
    let schema =
        "message m { required binary ha_id (UTF8); required binary ha_type (UTF8); required binary geometry; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let about = vec![KeyValue::new("geo".to_owned(), geo.to_owned())];
    let properties = Arc::new(WriterProperties::builder().set_key_value_metadata(Some(about)).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let columns: [Vec<ByteArray>; 3] = [
        rows.iter().map(|row| row.0.into()).collect(),
        rows.iter().map(|row| row.1.into()).collect(),
        rows.iter().map(|row| row.2.clone().into()).collect(),
    ];
    for values in columns {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn kml_gives_data_of_both_kinds_folders_holes_and_collections() {
    let kml = r#"<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>Examplia</name><Folder><name>North &amp; West</name>
      <Placemark id="p1"><name>EX-1</name><ExtendedData><Data name="ha_type"><value>SHA</value></Data><Data name="area_m2"><value>1 200</value></Data></ExtendedData>
        <Polygon><outerBoundaryIs><LinearRing><coordinates> 18,44,0 18.01,44,0 18.01,44.01,0 18,44.01,0 18,44,0 </coordinates></LinearRing></outerBoundaryIs>
        <innerBoundaryIs><LinearRing><coordinates>18.002,44.002 18.004,44.002 18.004,44.004 18.002,44.002</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>
      <Placemark><description><![CDATA[<table><tr><td>ha_type</td><td>CHA</td></tr><tr><td>area_m2</td><td>900</td></tr></table>]]></description>
        <MultiGeometry><Point><coordinates>18.5,44.5</coordinates></Point><Polygon><outerBoundaryIs><LinearRing><coordinates>18.1,44.1 18.2,44.1 18.2,44.2</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark>
      <Placemark><name>a track</name><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark></Folder></Document></kml>"#;
    for (name, bytes) in [
        ("a.kml", kml.as_bytes().to_vec()),
        ("a.kmz", zip(&[("doc.kml", kml.as_bytes()), ("images/a.png", b"\x89PNG")])),
    ] {
        let read = intake(name, &bytes, &options());
        let list = hazards(&read);
        assert_eq!((read.format, list.len()), (Format::Kml, 3));
        assert_eq!(list[0].shape.as_ref().unwrap().polygons[0].iter().map(Vec::len).collect::<Vec<_>>(), [5, 4]);
        assert_eq!((list[0].name.as_deref(), list[0].stated_area_m2), (Some("EX-1"), Some(1200.0)));
        assert_eq!((list[1].kind, list[1].stated_area_m2), (AreaKind::Confirmed, Some(900.0)));
        assert!(list[1].position.is_some() && list[1].shape.is_some() && list[2].shape.is_none());
        assert_eq!((count(&read, "ring-left-open"), count(&read, "geometry-not-used")), (1, 1));
        assert!(list[0].raw.iter().any(|cell| cell == "North & West"));
        assert_eq!(count(&read, "parts-not-read"), u64::from(name == "a.kmz"));
    }
}

#[test]
fn a_list_of_points_becomes_one_area_for_each_and_no_row_goes_missing() {
    let text = "hazard_localid,ha_type,pointno,pointtypeenum,latitude,longitude,bearing,distance,frompointinput\n\
        EX-1,SHA,0,Reference Point,44.0,18.0,,,\n\
        EX-1,SHA,1,Start Point,,,0,100,RP\n\
        EX-1,SHA,3,Turning Point,,,180,100,\n\
        EX-1,SHA,2,Turning Point,,,90,100,\n\
        EX-2,CHA,1,Turning Point,\"44°06'00\"\"N\",\"18°06'00\"\"E\",,,\n\
        EX-2,CHA,2,Turning Point,44.1,18.11,,,\n\
        EX-2,CHA,3,Turning Point,44.11,18.11,,,\n\
        ,CHA,1,Turning Point,44.2,18.2,,,\n";
    let read = intake("points.csv", text.as_bytes(), &options());
    let list = hazards(&read);
    assert_eq!((read.rows_read, list.len(), read.set_aside.len()), (3, 2, 1));
    assert_eq!(finding(&read, "rows-joined").kind.args()[0], ("rows", "8".to_owned()));
    let ring = &list[0].shape.as_ref().unwrap().polygons[0][0];
    assert_eq!(ring.len(), 4);
    assert!(
        near(ring[0], [18.0, 44.0 + 100.0 / 111_111.0]) && near(ring[2], [18.0 + 100.0 / 80_185.0, 44.0]),
        "{ring:?}"
    );
    assert_eq!(list[1].shape.as_ref().unwrap().polygons[0][0][0], [18.1, 44.1]);
    assert_eq!((list[0].id.as_deref(), list[1].kind), (Some("EX-1"), AreaKind::Confirmed));
    assert_eq!(finding(&read, "bearings-used").kind.args()[0].1, "3");
    assert!(list.iter().all(|area| area.position.is_none()), "a corner is not the place of the area");
}

#[test]
fn repeats_of_a_data_collector_are_read_with_the_row_they_belong_to() {
    let accidents = "SubmissionDate,accident_date,where-Latitude,where-Longitude,KEY\n2024-01-02,2024-01-01,44.5,18.5,uuid:1\n2024-02-02,2024-02-01,44.6,18.6,uuid:2\n";
    let victims = "grp-sex,grp-age,grp-outcome,PARENT_KEY,KEY\nmale,30,killed,uuid:1,uuid:1/v[1]\nfemale,9,injured,uuid:1,uuid:1/v[2]\nmale,40,injured,uuid:2,uuid:2/v[1]\n";
    let bytes = zip(&[("accident.csv", accidents.as_bytes()), ("accident-victims.csv", victims.as_bytes())]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odk.zip");
    std::fs::write(&path, bytes).unwrap();
    let read = intake::read(&path, &Options { layer: Some("accident-victims".to_owned()), ..options() }).unwrap();
    let list = common::victims(&read);
    assert_eq!(list.len(), 3);
    assert_eq!(list.iter().map(|v| v.year).collect::<Vec<_>>(), [Some(2024); 3]);
    let places: Vec<f64> = list.iter().filter_map(|v| v.position).map(|at| at.lon).collect();
    assert_eq!(places, [18.5, 18.5, 18.6]);
    assert_eq!(list[1].sex, intake::Sex::Female);
    assert_eq!(finding(&read, "repeats-joined").kind.args()[0].1, "3");
}

#[test]
fn a_geoshape_is_a_polygon_with_latitude_first() {
    let text =
        "ha_id,ha_type,geoshape\nEX-1,SHA,44.0 18.0 0.0 0.0;44.0 18.1 0.0 0.0;44.1 18.1 0.0 0.0;44.0 18.0 0.0 0.0\n";
    let read = intake("a.csv", text.as_bytes(), &options());
    assert_eq!(hazards(&read)[0].shape.as_ref().unwrap().polygons[0][0][1], [18.1, 44.0]);
}

#[test]
fn columns_in_metres_are_read_with_the_system_that_the_mapping_names() {
    let text = "ha_id,ha_type,easting,northing\nEX-1,SHA,500000,4649776.2247\nEX-2,CHA,\"18N 500000 4649776.2247\",\n";
    let read = intake("a.csv", text.as_bytes(), &mapped("crs = \"EPSG:32618\""));
    let at = hazards(&read)[0].position.unwrap();
    assert!((at.lon + 75.0).abs() < 1e-9 && (at.lat - 42.0).abs() < 1e-8, "{at:?}");
    assert_eq!(read.entered.as_ref().unwrap().positions, [(2, [500_000.0, 4_649_776.224_7])]);
    let error = failure("a.csv", text.as_bytes());
    assert!(error.contains("are no degrees") && error.contains("crs = \"EPSG:"), "{error}");
    let grid = "ha_id,ha_type,mgrs\nEX-1,SHA,18SUJ2339407395\nEX-2,SHA,18N 500000 4649776\n";
    let places: Vec<bool> =
        hazards(&intake("g.csv", grid.as_bytes(), &options())).iter().map(|area| area.position.is_some()).collect();
    assert_eq!(places, [true, true]);
}

#[test]
fn an_imsma_export_gives_each_kind_of_record_by_name() {
    let xml = r#"<?xml version="1.0" encoding="UTF-8"?><ns:maXML xmlns:ns="urn:examplia"><ns:header>made by hand</ns:header><ns:hazardList>
      <ns:hazard><ns:hazard_localid>EX-1</ns:hazard_localid><ns:hazardtypeenum>SHA</ns:hazardtypeenum><ns:areasize>1200</ns:areasize>
        <ns:geospatialinfoList><ns:geospatialinfo><ns:shapeenum>Polygon</ns:shapeenum><ns:shape_id>1</ns:shape_id>
          <ns:geopoint><ns:pointno>2</ns:pointno><ns:latitude>44</ns:latitude><ns:longitude>18.1</ns:longitude></ns:geopoint>
          <ns:geopoint><ns:pointno>1</ns:pointno><ns:latitude>44</ns:latitude><ns:longitude>18</ns:longitude></ns:geopoint>
          <ns:geopoint><ns:pointno>3</ns:pointno><ns:latitude>44.1</ns:latitude><ns:longitude>18.1</ns:longitude></ns:geopoint>
        </ns:geospatialinfo></ns:geospatialinfoList></ns:hazard>
      <ns:hazard><ns:hazard_localid>EX-2</ns:hazard_localid><ns:hazardtypeenum>CHA</ns:hazardtypeenum></ns:hazard></ns:hazardList>
      <ns:hazreducList><ns:hazreduc><ns:hazreduc_localid>R-1</ns:hazreduc_localid><ns:hazreductypeenum>Cleared</ns:hazreductypeenum><ns:areasize>700</ns:areasize></ns:hazreduc></ns:hazreducList></ns:maXML>"#;
    let error = failure("a.xml", xml.as_bytes());
    assert!(error.contains("hazards, hazard reductions") && error.contains("layer ="), "{error}");
    let read = intake("a.xml", xml.as_bytes(), &Options { layer: Some("hazards".to_owned()), ..options() });
    let list = hazards(&read);
    assert_eq!((read.format, list.len()), (Format::Maxml, 2));
    assert_eq!(
        list[0].shape.as_ref().unwrap().polygons[0][0],
        [[18.0, 44.0], [18.1, 44.0], [18.1, 44.1], [18.0, 44.0]]
    );
    assert_eq!(
        (list[0].id.as_deref(), list[0].stated_area_m2, list[1].kind),
        (Some("EX-1"), Some(1200.0), AreaKind::Confirmed)
    );
    assert!(finding(&read, "elements-not-read").to_string().contains("header"));
    let reductions =
        intake("a.xml", xml.as_bytes(), &Options { layer: Some("hazard reductions".to_owned()), ..options() });
    let Records::LandReleases(list) = &reductions.taken else { panic!("{:?}", reductions.kind) };
    assert_eq!((list[0].cleared_m2, list[0].area_id.as_deref()), (Some(700.0), Some("R-1")));
}

#[test]
fn of_several_layers_the_only_one_that_is_known_is_read_and_the_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("layers.gpkg");
    let file = layers::create(&path);
    layers::layer(&file, "roads", 4326, "surface_kind text, lanes integer");
    layers::layer(&file, "hazards", 4326, "ha_id text, ha_type text");
    let ring = vec![[18.0, 44.0], [19.0, 44.0], [19.0, 45.0], [18.0, 44.0]];
    let blob = layers::blob(4326, &[ring]);
    file.execute("insert into hazards (geom, ha_id, ha_type) values (?1, 'A', 'SHA')", [&blob]).unwrap();
    let read = intake::read(&path, &options()).unwrap();
    assert_eq!((read.layer.as_deref(), read.taken.len()), (Some("hazards"), 1));
    assert!(finding(&read, "layer-chosen").to_string().contains("roads"));
    layers::layer(&file, "old hazards", 4326, "ha_id text, ha_type text");
    drop(file);
    let error = intake::read(&path, &options()).unwrap_err().to_string();
    assert!(error.contains("roads, hazards, old hazards") && error.contains("layer = \"hazards\""), "{error}");
    let packed = zip(&[("layers.gpkg", &std::fs::read(&path).unwrap())]);
    let read = intake("a.zip", &packed, &mapped("layer = \"hazards\""));
    assert_eq!((read.format, read.taken.len()), (Format::GeoPackage, 1));
    let wrong = intake::read(&path, &mapped("layer = \"rivers\"")).unwrap_err().to_string();
    assert!(wrong.contains("no layer \"rivers\""), "{wrong}");
}

#[test]
fn a_shapefile_in_arabic_or_cyrillic_is_read_by_its_language_byte_or_by_a_guess_that_is_said() {
    for (name, encoding, byte, words) in [
        ("windows-1256", encoding_rs::WINDOWS_1256, 0x7e, ["حقل ألغام شمال المدينة", "منطقة خطرة قرب النهر"]),
        ("windows-1251", encoding_rs::WINDOWS_1251, 0xc9, ["Минное поле у реки", "Опасный участок севернее села"]),
    ] {
        for (byte, how) in [(byte, "the language byte of its table"), (0, "assumed")] {
            let rows: Vec<Vec<u8>> = words.iter().map(|text| encoding.encode(text).0.into_owned()).collect();
            let bytes = zip(&[("a.shp", &points(rows.len())), ("a.DBF", &table(&rows, byte))]);
            let read = intake("a.zip", &bytes, &options());
            let used = read.encoding.as_ref().unwrap();
            assert_eq!((used.name.as_str(), used.how.as_str()), (name, how));
            let names: Vec<&str> = hazards(&read).iter().filter_map(|area| area.name.as_deref()).collect();
            assert_eq!(names, words);
            assert_eq!(count(&read, "encoding-assumed"), u64::from(byte == 0));
        }
    }
    let alone = zip(&[("a.shp", &points(1))]);
    assert!(failure("a.zip", &alone).contains(".dbf"));
}

/// A shapefile of points in a row.
fn points(n: usize) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0x27, 0x0a];
    bytes.resize(100, 0);
    for at in 0..n {
        bytes.extend((at as i32 + 1).to_be_bytes());
        bytes.extend(10i32.to_be_bytes());
        bytes.extend(1i32.to_le_bytes());
        bytes.extend((18.0 + at as f64 / 10.0).to_le_bytes());
        bytes.extend(44f64.to_le_bytes());
    }
    bytes
}

/// A table of a name and a kind.
fn table(names: &[Vec<u8>], language: u8) -> Vec<u8> {
    let mut bytes = vec![3, 126, 1, 1];
    bytes.extend((names.len() as u32).to_le_bytes());
    bytes.extend((32u16 + 64 + 1).to_le_bytes());
    bytes.extend((1u16 + 60 + 3).to_le_bytes());
    bytes.resize(29, 0);
    bytes.push(language);
    bytes.resize(32, 0);
    for (name, length) in [("NAME", 60u8), ("HA_TYPE", 3)] {
        let mut field = name.as_bytes().to_vec();
        field.resize(11, 0);
        field.push(b'C');
        field.resize(16, 0);
        field.push(length);
        field.resize(32, 0);
        bytes.extend(field);
    }
    bytes.push(0x0d);
    for name in names {
        let mut text = name.clone();
        text.resize(60, b' ');
        bytes.push(b' ');
        bytes.extend(text);
        bytes.extend(b"SHA");
    }
    bytes
}
