//! Invented shapes, each with one fault: the fault is found, in its place, and nothing else is.

mod common;
use common::{count, finding, intake, keys, options};
use intake::checks::{Districts, shape_faults};
use intake::{FindingKind, Options, Records, Shape};

/// About 111 metres: a thousandth of a degree at this place.
const STEP: f64 = 0.001;

fn ring(corners: &[(f64, f64)]) -> Vec<[f64; 2]> {
    let at = |(x, y): &(f64, f64)| [29.0 + x * STEP, -1.0 + y * STEP];
    corners.iter().chain(corners.first()).map(at).collect()
}

fn square(x: f64, y: f64, size: f64) -> Vec<[f64; 2]> {
    ring(&[(x, y), (x + size, y), (x + size, y + size), (x, y + size)])
}

fn faults(polygons: Vec<Vec<Vec<[f64; 2]>>>) -> Vec<FindingKind> {
    shape_faults(&Shape { polygons }, true)
}

fn names(faults: &[FindingKind]) -> Vec<&'static str> {
    faults.iter().map(FindingKind::key).collect()
}

#[test]
fn a_plain_shape_has_no_fault() {
    assert!(faults(vec![vec![square(0.0, 0.0, 4.0), square(1.0, 1.0, 1.0)]]).is_empty(), "with a hole");
    assert!(faults(vec![vec![square(0.0, 0.0, 1.0)], vec![square(1.0, 0.0, 1.0)]]).is_empty(), "parts side by side");
    assert!(faults(vec![vec![square(0.0, 0.0, 1.0)], vec![square(1.0, 1.0, 1.0)]]).is_empty(), "parts that touch");
    let island = vec![vec![square(0.0, 0.0, 9.0), square(1.0, 1.0, 7.0)], vec![square(3.0, 3.0, 1.0)]];
    assert!(faults(island).is_empty(), "a part in the hole of another");
    let over = vec![[179.999, -17.0], [-179.999, -17.0], [-179.999, -16.999], [179.999, -16.999], [179.999, -17.0]];
    assert!(faults(vec![vec![over]]).is_empty(), "over the 180th meridian");
}

#[test]
fn each_fault_of_a_ring_is_found_in_its_place() {
    let near = |found: f64, x: f64, origin: f64| (found - origin - x * STEP).abs() < 1e-9;
    for (corners, key, (x, y)) in [
        (vec![(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0)], "self-intersection", (1.0, 1.0)),
        (
            vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 0.0), (0.0, 4.0)],
            "self-intersection",
            (2.0, 0.0), // a corner on another edge
        ),
        (
            vec![(0.0, 0.0), (2.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 2.0), (1.0, 1.0)],
            "self-intersection",
            (1.0, 1.0), // a corner used twice
        ),
        (vec![(0.0, 0.0), (2.0, 0.0), (2.0, 0.0), (2.0, 0.0), (2.0, 2.0)], "repeated-vertex", (2.0, 0.0)),
        (vec![(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (9.0, 1.0), (2.0, 1.0), (2.0, 2.0), (0.0, 2.0)], "spike", (9.0, 1.0)),
        (vec![(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (9.0, 1.02), (2.0, 1.04), (2.0, 2.0)], "spike", (9.0, 1.02)),
        (vec![(0.0, 0.0), (60.0, 0.0), (60.0, 2.0)], "long-edge", (60.0, 2.0)),
        (vec![(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)], "zero-area", (0.0, 0.0)),
    ] {
        let found = faults(vec![vec![ring(&corners)]]);
        assert_eq!(names(&found), [key], "{found:?}");
        let args = found[0].args();
        let arg = |name: &str| args.iter().find(|(key, _)| *key == name).unwrap().1.parse::<f64>().unwrap();
        assert!(near(arg("lon"), x, 29.0) && near(arg("lat"), y, -1.0), "{found:?}");
    }
}

#[test]
fn faults_between_rings_are_found() {
    for (polygons, key) in [
        (vec![vec![square(0.0, 0.0, 2.0), square(5.0, 5.0, 1.0)]], "hole-outside"),
        (vec![vec![square(0.0, 0.0, 2.0), square(1.0, 0.5, 2.0)]], "hole-outside"),
        (vec![vec![square(0.0, 0.0, 4.0)], vec![square(1.0, 1.0, 1.0)]], "parts-overlap"),
        (vec![vec![square(0.0, 0.0, 2.0)], vec![square(1.0, 1.0, 2.0)]], "parts-overlap"),
        (vec![vec![square(0.0, 0.0, 2.0)], vec![square(0.0, 0.0, 2.0)]], "ring-twice"),
    ] {
        let found = faults(polygons);
        assert!(!found.is_empty() && names(&found).iter().all(|name| *name == key), "{key}: {found:?}");
    }
}

#[test]
fn a_long_edge_is_told_for_areas_and_not_for_districts() {
    let triangle = Shape { polygons: vec![vec![ring(&[(0.0, 0.0), (60.0, 0.0), (60.0, 2.0)])]] };
    assert!(shape_faults(&triangle, false).is_empty());
    let FindingKind::LongEdge { km, .. } = shape_faults(&triangle, true)[0] else { panic!() };
    assert!((km - 6.7).abs() < 1e-9, "60 steps of 111.3 m: {km}");
}

fn wkt(ring: &[[f64; 2]]) -> String {
    let corners: Vec<String> = ring.iter().map(|[lon, lat]| format!("{lon} {lat}")).collect();
    format!("\"POLYGON (({}))\"", corners.join(", "))
}

#[test]
fn shapes_and_identifiers_that_come_twice_are_found() {
    let one = square(0.0, 0.0, 1.0);
    let mut same: Vec<[f64; 2]> = one.iter().skip(2).chain(one.iter().skip(1).take(2)).copied().collect();
    same.reverse();
    let text = format!(
        "id,area type,wkt\nSHA-1,SHA,{}\nSHA-2,SHA,{}\nsha-1 ,SHA,{}\nSHA-\u{200b}2,CHA,{}\nSHA-1,SHA,{}\nSHА-2,SHA,{}\n",
        wkt(&one),
        wkt(&same),
        wkt(&square(2.0, 0.0, 1.0)),
        wkt(&square(4.0, 0.0, 1.0)),
        wkt(&square(6.0, 0.0, 1.0)),
        wkt(&square(8.0, 0.0, 1.0)),
    );
    let intake = intake("a.csv", text.as_bytes(), &options());
    let FindingKind::DuplicatePolygon { first_row } = finding(&intake, "duplicate-polygon").kind else { panic!() };
    assert_eq!((first_row, finding(&intake, "duplicate-polygon").row), (2, Some(3)));
    let rows = |key: &str| -> Vec<u64> {
        intake.findings.iter().filter(|f| f.kind.key() == key).filter_map(|f| f.row).collect()
    };
    assert_eq!(rows("duplicate-id"), [6]);
    assert_eq!(rows("id-written-two-ways"), [4, 5, 7], "case and blank, a hidden character, a Cyrillic A");
}

#[test]
fn several_releases_of_one_area_are_no_fault() {
    let intake = intake("a.csv", b"area id,year,cleared area\nA-1,2020,500\nA-1,2021,600\na-1,2022,700\n", &options());
    assert_eq!((count(&intake, "duplicate-id"), count(&intake, "id-written-two-ways")), (0, 1));
}

#[test]
fn a_stated_area_is_held_against_its_shape() {
    // One hundred-metre square more or less: 12,308 m2.
    let shape = wkt(&square(0.0, 0.0, 1.0));
    for (stated, differs) in
        [("12308", false), ("13500", false), ("11100", false), ("14000", true), ("1.2", true), ("", false)]
    {
        let text = format!("id;area type;area size;wkt\nA-1;SHA;{stated};{shape}\n");
        let found = intake("a.csv", text.as_bytes(), &options());
        assert_eq!(count(&found, "stated-area-differs") == 1, differs, "{stated}: {:?}", keys(&found));
    }
    let mut strict = options();
    strict.area_tolerance = intake::AreaTolerance { share: 0.01, m2: 10.0 };
    let text = format!("id;area type;area size;wkt\nA-1;SHA;13500;{shape}\n");
    assert_eq!(count(&intake("a.csv", text.as_bytes(), &strict), "stated-area-differs"), 1);
}

#[test]
fn a_record_outside_the_district_it_names_is_found() {
    let collection =
        |features: &[String]| format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","));
    let district = |name: &str, x: f64| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"shapeName\":\"{name}\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[{:?}]}}}}",
            square(x, 0.0, 100.0)
        )
    };
    // Two districts share a name, as the two of Novi Grad in Bosnia and Herzegovina do.
    let text = collection(&[district("Brčko", 0.0), district("Novi Grad", 100.0), district("Novi Grad", 300.0)]);
    let boundaries = intake("districts.geojson", text.as_bytes(), &options());
    assert_eq!(finding(&boundaries, "duplicate-name").value.as_deref(), Some("Novi Grad"));
    let Records::Districts(list) = &boundaries.taken else { panic!() };
    let districts = Districts::new(list);
    let text = "id,area type,municipality,lat,lon\nA,SHA,Brcko,-0.95,29.05\nB,SHA,Novi Grad,-0.95,29.35\nC,SHA,Brčko,-0.95,29.15\nD,SHA,Brčko,-0.95,29.103\nE,SHA,Tuzla,-0.95,29.15\nF,SHA,Novi Grad,-0.95,29.25\n";
    let options = Options { districts: Some(&districts), ..options() };
    let found = intake("a.csv", text.as_bytes(), &options);
    let outside: Vec<String> =
        found.findings.iter().filter(|f| f.kind.key() == "outside-district").map(ToString::to_string).collect();
    assert_eq!(outside.len(), 2, "a point 330 m over the boundary counts as inside: {outside:?}");
    assert!(outside[0].contains("row 4") && outside[0].contains("names Brčko, but lies in Novi Grad"), "{outside:?}");
    assert!(outside[1].contains("row 7") && outside[1].contains("none of the districts"), "{outside:?}");
    assert_eq!(finding(&found, "district-not-known").value.as_deref(), Some("Tuzla"));
    assert_eq!(finding(&found, "outside-district").place, Some([29.15, -0.95]));
}

#[test]
fn figures_of_one_row_are_held_against_one_another() {
    let text = "area id,date found,release date,cleared area,total area,ap mines,uxo\n\
        A,2019-05-01,2019-04-30,500,500,2,0\nB,2019,2019-03-01,600,500,1,0\nC,2018-01-01,2019,,,3,0\n\
        D,2018-01-01,2019-01-01,700,800,0,0\nE,2018-01-01,2019-01-01,0,0,0,0\nF,2018-01-01,2019-01-01,900,900,,\n";
    let intake = intake("a.csv", text.as_bytes(), &options());
    let rows = |key: &str| -> Vec<u64> {
        intake.findings.iter().filter(|f| f.kind.key() == key).filter_map(|f| f.row).collect()
    };
    assert_eq!(rows("released-before-found"), [2]);
    assert_eq!(rows("released-more-than-area"), [3]);
    assert_eq!(rows("items-without-area"), [4]);
    assert_eq!((rows("total-differs"), rows("area-without-items")), (vec![5], vec![5]));
    assert_eq!(rows("nothing-released"), [6]);
}

#[test]
fn every_finding_about_a_row_with_a_place_has_the_place() {
    let text = "year,sex,outcome,lat,lon\n1850,F,killed,4.5,-74.1\n2006,x,killed,4.6,-74.2\n";
    let intake = intake("a.csv", text.as_bytes(), &options());
    assert_eq!(finding(&intake, "year-out-of-range").place, Some([-74.1, 4.5]));
    assert_eq!(finding(&intake, "value-unknown").place, Some([-74.2, 4.6]));
}
