use super::*;
use crate::BoundingBox;

fn apart(a: [f64; 2], b: [f64; 2]) -> f64 {
    let east = (a[0] - b[0]) * 111_320.0 * a[1].to_radians().cos();
    east.hypot((a[1] - b[1]) * 110_574.0)
}

#[test]
fn utm_and_national_grids_come_to_the_places_that_their_registry_states() {
    // Corners and examples from EPSG Guidance Note 7-2 and from the registry's own examples.
    for (code, at, wanted, within) in [
        (32618, [500_000.0, 4_649_776.224_7], [-75.0, 42.0], 0.01),
        (3116, [1_000_000.0, 1_000_000.0], [-74.077_507_916_666_7, 4.596_200_416_666_67], 0.01),
    ] {
        let crs = Crs::from_epsg(code).unwrap();
        let got = crs.to_wgs84(at).unwrap();
        assert!(apart(got, wanted) < within, "EPSG:{code} {got:?} is {} m off", apart(got, wanted));
    }
}

#[test]
fn the_worked_example_of_the_british_grid_is_met() {
    // EPSG Guidance Note 7-2: 50°30'N 0°30'E on OSGB36.
    let crs = resolve("EPSG:27700", Some(&DatumShift::None)).unwrap();
    assert!(apart(crs.to_wgs84([577_274.99, 69_740.50]).unwrap(), [0.5, 50.5]) < 0.02);
}

#[test]
fn a_system_is_known_by_code_urn_address_name_and_text() {
    for written in [
        "EPSG:32618",
        "epsg:32618",
        "32618",
        "urn:ogc:def:crs:EPSG::32618",
        "http://www.opengis.net/def/crs/EPSG/0/32618",
        "WGS 84 / UTM zone 18N",
    ] {
        assert_eq!(Crs::from_text(written).unwrap().label, "WGS 84 / UTM zone 18N (EPSG:32618)", "{written}");
    }
    assert!(Crs::from_text("urn:ogc:def:crs:OGC:1.3:CRS84").unwrap().is_wgs84());
    assert_eq!(Crs::from_text("Klingon grid").unwrap_err(), CrsError::Unknown("Klingon grid".to_owned()));
    assert_eq!(Crs::from_text("EPSG:1").unwrap_err(), CrsError::Unknown("EPSG:1".to_owned()));
    assert_eq!(Crs::from_text("EPSG:65000").unwrap_err(), CrsError::NoSuchCode(65_000));
}

const BALKANS: &str = r#"PROJCS["MGI_1901_Balkans_6_NE_deprecated",GEOGCS["GCS_MGI_1901",DATUM["D_MGI_1901",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",6500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",18.0],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

#[test]
fn a_text_without_a_code_is_found_in_the_registry_by_what_it_computes_and_its_datum() {
    let crs = Crs::from_text(BALKANS).unwrap();
    assert!(crs.label.starts_with("MGI 1901 / Balkans zone 6"), "{}", crs.label);
    assert_eq!(crs.shift, Shift::Registry);
    // Without the shift a minefield lies some four hundred metres from where it is.
    let moved = crs.shift_metres([6_539_575.0, 4_884_424.0]).unwrap();
    assert!((300.0..500.0).contains(&moved), "{moved}");
}

#[test]
fn the_user_may_say_that_no_shift_is_wanted() {
    let plain = resolve(BALKANS, Some(&DatumShift::None)).unwrap();
    let at = plain.to_wgs84([6_539_575.348_673_31, 4_884_424.843_684_927]).unwrap();
    assert!(apart(at, [18.494_386_594_565_754, 44.103_193_877_595_4]) < 0.01, "{at:?}");
    assert_eq!(DatumShift::read("1,2,3"), Some(DatumShift::Helmert(vec![1.0, 2.0, 3.0])));
    assert_eq!(DatumShift::read("1,2"), None);
}

#[test]
fn a_grid_that_is_not_at_hand_is_said() {
    assert_eq!(Crs::from_epsg(26_718).unwrap().shift, Shift::Grid);
    assert_eq!(
        Crs::from_epsg(5_513).unwrap_err().to_string(),
        "S-JTSK / Krovak (EPSG:5513) is a kind of projection that cannot be computed here"
    );
}

#[test]
fn damaged_text_is_no_system() {
    for text in ["PROJCS[", "PROJCS[\"a\"", "[]", "GEOGCS[\"\",", "((((", "PROJCS[\"a\",UNIT[,,,]]", &"A[".repeat(500)]
    {
        assert!(Crs::from_text(text).is_err(), "{text}");
    }
}

#[test]
fn metres_are_told_by_where_they_would_fall() {
    let colombia = BoundingBox { west: -79.1, south: -4.3, east: -66.8, north: 12.6 };
    // Around Bogotá, in UTM zone 18N.
    let sample = [[603_000.0, 510_000.0], [604_000.0, 520_000.0], [590_000.0, 505_000.0]];
    let codes: Vec<u32> = likely(&sample, Some(colombia)).iter().map(|(code, _, _)| *code).collect();
    assert!(codes.contains(&32_618), "{codes:?}");
    let national: Vec<u32> =
        likely(&[[1_000_000.0, 1_000_000.0], [1_010_000.0, 990_000.0]], Some(colombia)).iter().map(|c| c.0).collect();
    assert!(national.contains(&3_116), "{national:?}");
    assert!(likely(&sample, None).is_empty());
}
