//! Findings as files: nothing runs, nothing is lost, the fault is on the map. All rows are invented.

mod common;
use common::{intake, options};
use intake::findings_file::{HEADINGS, Wording, csv, geojson, html, safe_cell};
use intake::{Intake, Severity};

fn sample() -> Intake {
    let text = "id,area type,area size,wkt\n=1+1,SHA,-5,\"POLYGON ((29 -1, 29.001 -1, 29.001 -0.999, 29 -0.999, 29 -1))\"\n\
        A-2,<script>alert(1)</script>,500,\"POLYGON ((29 -1, 29.001 -0.999, 29.001 -1, 29 -0.999, 29 -1))\"\nA-3,SHA,500,\n\
        A-3,SHA,600,\n";
    intake("a.csv", text.as_bytes(), &options())
}

fn total(intake: &Intake) -> usize {
    intake.findings.len() + intake.set_aside.len()
}

#[test]
fn a_cell_that_would_run_as_a_formula_is_made_text() {
    for cell in [
        "=1+1",
        "+1+1",
        "-2+3",
        "-1e9",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\u{a0}=1",
        "\u{200b}=1",
        "＝1",
        "\u{2212}1+1",
        "-74.23,cmd",
        "--1",
        "-1-1",
    ] {
        assert_eq!(safe_cell(cell), format!("'{cell}"), "{cell:?}");
    }
    for cell in ["", "Tame", "-74.23", "12", "a=b", "6.14, -75.18", "2006-01-05"] {
        assert_eq!(safe_cell(cell), cell, "{cell:?}");
    }
}

#[test]
fn every_finding_is_a_line_of_the_table() {
    let sample = sample();
    let text = csv(&[&sample], &Wording::english());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), total(&sample));
    for cell in rows.iter().flat_map(csv::StringRecord::iter) {
        assert!(!cell.starts_with(['=', '+', '@']), "{cell}");
    }
    assert!(rows.iter().any(|row| &row[0] == "error" && &row[1] == "negative-figure" && &row[5] == "-5"), "{text}");
    assert!(rows.iter().any(|row| &row[1] == "self-intersection" && row[7].starts_with("29.000")), "{text}");
}

#[test]
fn the_map_layer_has_every_finding_and_its_place() {
    let sample = sample();
    let layer: serde_json::Value = serde_json::from_str(&geojson(&[&sample], &Wording::english())).unwrap();
    let features = layer["features"].as_array().unwrap();
    assert_eq!(features.len(), total(&sample));
    let crossing = features.iter().find(|feature| feature["properties"]["kind"] == "self-intersection").unwrap();
    let lon = crossing["geometry"]["coordinates"][0].as_f64().unwrap();
    assert!((lon - 29.0005).abs() < 1e-9, "{crossing}");
    assert!(features.iter().any(|feature| feature["geometry"].is_null()));
}

#[test]
fn the_page_shows_the_shape_and_the_fault_and_runs_nothing() {
    let sample = sample();
    let page = html(&[&sample], &Wording::english());
    assert_eq!(page.matches("<li>").count(), total(&sample));
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "values are escaped");
    let handler = |rest: &str| rest.split([' ', '>']).next().is_some_and(|word| word.contains('='));
    assert!(!page.split(" on").skip(1).any(handler), "nothing is run");
    for part in ["http://", "https://", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(part), "nothing is fetched: {part}");
    }
    let crossing = page.split("<li>").find(|item| item.contains("crosses or touches itself")).unwrap();
    // The bow-tie crosses in the middle of the map.
    assert!(crossing.contains("<path class=\"ground\"") && crossing.contains("cx=\"110.0\" cy=\"75.0\""), "{crossing}");
    let order: Vec<usize> =
        ["class=\"error\"", "class=\"warning\""].iter().map(|part| page.find(part).unwrap()).collect();
    assert!(order[0] < order[1], "errors come first");
    assert!(sample.findings.iter().any(|finding| finding.severity == Severity::Warning));
}

#[test]
fn the_page_is_written_in_the_language_of_the_caller() {
    let wording = Wording {
        lang: "ar",
        right_to_left: true,
        says: &|_| "نص الملاحظة".to_owned(),
        heading: &|key| if key == "title" { "الملاحظات".to_owned() } else { key.to_owned() },
    };
    let page = html(&[&sample()], &wording);
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">") && page.contains("<h1>الملاحظات</h1>"), "{page}");
    assert!(page.contains("نص الملاحظة") && !page.contains("Correct"), "{page}");
    assert!(HEADINGS.iter().all(|(key, text)| !key.is_empty() && !text.is_empty()));
}

#[test]
fn a_file_without_findings_says_so() {
    let clean = intake("a.csv", b"year,sex,outcome\n2006,F,killed\n", &options());
    assert_eq!(total(&clean), 0);
    assert!(html(&[&clean], &Wording::english()).contains("Nothing was noticed."));
    assert_eq!(csv(&[&clean], &Wording::english()).lines().count(), 1);
}
