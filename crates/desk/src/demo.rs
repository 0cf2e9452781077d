//! Examplia: a State that does not exist, with invented field files, to show the whole road.
//!
//! It lies in the open ocean and has a user-assigned code, so that nobody takes it for a real one. It is never counted.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use land::{Polygon, polygon_area_m2};
use treaty::act::{Act, ActId, Deed, InstrumentKind};
use treaty::article7::ReportKind;
use treaty::date::PartialDate;
use treaty::state::{Iso3, State, UnStatus};

use crate::error::DeskError;
use crate::files;
use crate::store::{self, Place};

/// Examplia's code, from the range that is free for users to assign.
pub const CODE: &str = "XXA";

/// Who says that any of this is so.
const SOURCE: &str = "invented for demonstration";

/// Enters Examplia in the journal: listed, party since 1 September 2017, its stockpile destroyed, with mined areas.
///
/// # Errors
/// The journal cannot be written.
pub async fn enter(place: &Place, now: Timestamp) -> Result<(), DeskError> {
    let mut journal = store::write(place).await?;
    let appended = journal.append(&acts(now), &[]).await;
    journal.close().await;
    appended?;
    Ok(())
}

fn acts(now: Timestamp) -> Vec<Act> {
    let Ok(state) = CODE.parse::<Iso3>() else { return Vec::new() };
    let act = |id: &str, on: &str, deed| Act {
        id: ActId(format!("demo/{CODE}/{id}")),
        effective_on: on.parse().unwrap_or(PartialDate::Unknown),
        recorded_at: now,
        source: SOURCE.to_owned(),
        note: Some("Examplia does not exist.".to_owned()),
        deed,
    };
    let listed = State {
        state,
        iso2: "XA".to_owned(),
        m49: "999".to_owned(),
        name: "Examplia".to_owned(),
        un_status: UnStatus::Invented,
        un_group: None,
    };
    let (instrument, runs_from) = (InstrumentKind::Accession, None);
    vec![
        act("listed", "unknown", Deed::StateListed(listed)),
        act("accession", "2017-03-10", Deed::InstrumentDeposited { state, instrument, runs_from }),
        act("mined-areas", "2018-02-20", Deed::MinedAreasReported { state }),
        act("stockpile", "2018-02-20", Deed::StockpileHeld { state, mines: Some(12_400) }),
        act("stockpile-destroyed", "2020-06-15", Deed::StockpileDestroyed { state, mines: Some(12_400) }),
        act(
            "initial-report",
            "2018-02-20",
            Deed::ReportSubmitted { state, report: ReportKind::Initial, calendar_year: None },
        ),
    ]
}

/// The invented field files.
pub struct FieldFiles {
    /// Hazardous areas (GeoJSON).
    pub hazards: PathBuf,
    /// Land released (GeoJSON).
    pub releases: PathBuf,
    /// Casualties (CSV).
    pub casualties: PathBuf,
}

/// Writes the invented field files.
///
/// # Errors
/// A file cannot be written.
pub fn write_field_files(folder: &Path) -> Result<FieldFiles, DeskError> {
    let file = |name: &str| folder.join(name);
    let made = FieldFiles {
        hazards: file("examplia-hazards.geojson"),
        releases: file("examplia-releases.geojson"),
        casualties: file("examplia-casualties.csv"),
    };
    files::write(&made.hazards, hazards().as_bytes())?;
    files::write(&made.releases, releases().as_bytes())?;
    files::write(&made.casualties, casualties().as_bytes())?;
    Ok(made)
}

/// West, south, width and height, in ten-thousandths of a degree from 30° W, 12° N.
type Box = (f64, f64, f64, f64);

fn ring((west, south, width, height): Box) -> [[f64; 2]; 5] {
    let lon = |x: f64| ((-30.0 + x / 10_000.0) * 10_000.0).round() / 10_000.0;
    let lat = |y: f64| ((12.0 + y / 10_000.0) * 10_000.0).round() / 10_000.0;
    let (east, north) = (west + width, south + height);
    [
        [lon(west), lat(south)],
        [lon(east), lat(south)],
        [lon(east), lat(north)],
        [lon(west), lat(north)],
        [lon(west), lat(south)],
    ]
}

/// What a surveyor would have written: the area to the square metre.
fn stated(area: Box) -> f64 {
    let shape = Polygon::from_lon_lat([ring(area)]);
    shape.map_or(0.0, |shape| polygon_area_m2(&shape).round())
}

fn collection(features: &[String]) -> String {
    let body = features.join(",\n");
    format!(
        "{{\"type\":\"FeatureCollection\",\"note\":\"{SOURCE}: Examplia does not exist\",\"features\":[\n{body}\n]}}\n"
    )
}

fn feature(area: Box, properties: &str) -> String {
    let ring: Vec<String> = ring(area).iter().map(|[lon, lat]| format!("[{lon},{lat}]")).collect();
    format!(
        "{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{}]]}}}}",
        ring.join(",")
    )
}

const HAZARDS: [(&str, &str, &str, i16, Box); 6] = [
    ("EX-001", "North", "CHA", 2018, (0.0, 500.0, 40.0, 30.0)),
    ("EX-002", "North", "CHA", 2018, (60.0, 520.0, 25.0, 20.0)),
    ("EX-003", "Centre", "SHA", 2018, (10.0, 250.0, 120.0, 90.0)),
    ("EX-004", "Centre", "SHA", 2021, (180.0, 260.0, 60.0, 45.0)),
    ("EX-005", "South", "CHA", 2019, (30.0, 20.0, 35.0, 35.0)),
    ("EX-006", "South", "CHA", 2025, (90.0, 30.0, 15.0, 12.0)),
];

fn hazards() -> String {
    let features: Vec<String> = HAZARDS
        .iter()
        .map(|(id, province, class, year, area)| {
            let area_m2 = stated(*area);
            let properties = format!(
                "\"hazard_id\":\"{id}\",\"province\":\"{province}\",\"hazard_type\":\"{class}\",\"year_found\":{year},\"area_m2\":{area_m2}"
            );
            feature(*area, &properties)
        })
        .collect();
    collection(&features)
}

/// Number, province, method, year, mines, unexploded ordnance, area.
const RELEASES: [(&str, &str, &str, i16, u32, u32, Box); 7] = [
    ("EX-R01", "North", "cleared", 2023, 58, 4, (0.0, 500.0, 40.0, 10.0)),
    ("EX-R02", "North", "cleared", 2025, 41, 2, (0.0, 510.0, 40.0, 12.0)),
    ("EX-R03", "Centre", "cancelled", 2024, 0, 0, (10.0, 250.0, 50.0, 90.0)),
    ("EX-R04", "Centre", "cancelled", 2025, 0, 0, (60.0, 250.0, 40.0, 90.0)),
    ("EX-R05", "Centre", "reduced", 2025, 0, 1, (180.0, 260.0, 30.0, 45.0)),
    ("EX-R06", "South", "cleared", 2024, 23, 7, (30.0, 20.0, 35.0, 15.0)),
    ("EX-R07", "South", "cleared", 2025, 12, 3, (30.0, 35.0, 35.0, 20.0)),
];

fn releases() -> String {
    let features: Vec<String> = RELEASES
        .iter()
        .map(|(id, province, method, year, mines, uxo, area)| {
            let area_m2 = stated(*area);
            let figure = |kind: &str| if kind == *method { area_m2.to_string() } else { "0".to_owned() };
            let properties = format!(
                "\"release_id\":\"{id}\",\"province\":\"{province}\",\"year\":{year},\"cancelled_m2\":{},\"reduced_m2\":{},\"cleared_m2\":{},\"ap_mines\":{mines},\"uxo\":{uxo}",
                figure("cancelled"),
                figure("reduced"),
                figure("cleared"),
            );
            feature(*area, &properties)
        })
        .collect();
    collection(&features)
}

/// Province, year, month, sex, age group, status, outcome. The three of March 2025 are people of one accident.
const CASUALTIES: [(&str, i16, u8, &str, &str, &str, &str); 11] = [
    ("North", 2024, 5, "male", "adult", "civilian", "injured"),
    ("Centre", 2024, 9, "female", "adult", "civilian", "killed"),
    ("South", 2024, 11, "male", "child", "civilian", "injured"),
    ("Centre", 2025, 3, "male", "child", "civilian", "injured"),
    ("Centre", 2025, 3, "male", "child", "civilian", "injured"),
    ("Centre", 2025, 3, "male", "child", "civilian", "injured"),
    ("North", 2025, 4, "female", "adult", "civilian", "killed"),
    ("North", 2025, 6, "male", "adult", "deminer", "injured"),
    ("South", 2025, 8, "female", "child", "civilian", "injured"),
    ("South", 2025, 8, "male", "adult", "civilian", "killed"),
    ("South", 2025, 10, "unknown", "adult", "civilian", "injured"),
];

fn casualties() -> String {
    let mut csv = "province,year,month,sex,age_group,status,outcome\n".to_owned();
    for (province, year, month, sex, age, status, outcome) in CASUALTIES {
        // Writing to a text cannot fail.
        let _ = writeln!(csv, "{province},{year},{month},{sex},{age},{status},{outcome}");
    }
    csv
}
