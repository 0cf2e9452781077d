//! Writes hazards.gpkg, releases.gpkg and districts.gpkg: invented, the same for the same seed.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Parser;
use land_bench::country::{Country, Record};
use land_bench::districts::districts;
use land_bench::field::Field;
use land_bench::geopackage::{Row, write};
use land_bench::scene::{Frame, clusters_of};
use rayon::prelude::*;
use rusqlite::types::Value;

/// Invented land data of any size.
#[derive(Parser)]
struct Arguments {
    /// Number of hazards; there are 0.6 times as many releases.
    #[arg(required_unless_present_any = ["one_component", "overlapping"])]
    hazards: Option<usize>,
    /// Folder for the three files.
    #[arg(long)]
    out: PathBuf,
    /// The same seed makes the same data.
    #[arg(long, default_value_t = 20_261_123)]
    seed: u64,
    /// Instead: one connected field with so many edges.
    #[arg(long, conflicts_with = "hazards", value_name = "EDGES")]
    one_component: Option<usize>,
    /// Instead: a heap of so many areas, each overlapping about ten others.
    #[arg(long, conflicts_with_all = ["hazards", "one_component"], value_name = "POLYGONS")]
    overlapping: Option<usize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let (out, seed) = (arguments.out.as_path(), arguments.seed);
    std::fs::create_dir_all(out)?;
    let hazards = arguments.hazards.unwrap_or_default();
    let frame = Frame::of_clusters(clusters_of(hazards));
    let (hazards, releases) = match (arguments.one_component, arguments.overlapping) {
        (None, None) => {
            let country = Country::new(seed, hazards);
            let hazards = write_hazards(out, country.hazards(), |index| country.hazard(index))?;
            (hazards, write_releases(out, country.releases(), |index| country.release(index))?)
        }
        (edges, areas) => {
            let field = edges
                .map_or_else(|| Field::of_areas(seed, areas.unwrap_or_default()), |edges| Field::of_edges(seed, edges));
            let hazards = write_hazards(out, field.hazards(), |index| field.hazard(index))?;
            (hazards, write_releases(out, field.releases(), |index| field.release(index))?)
        }
    };
    let districts = districts(seed, frame)
        .into_iter()
        .map(|district| (vec![Value::Text(district.name), Value::Text(district.code)], district.ring));
    let columns = [("name", "TEXT"), ("code", "TEXT")];
    let districts = write(&out.join("districts.gpkg"), "districts", &columns, districts)?;
    println!("{}: {hazards} hazards, {releases} releases, {districts} districts", out.display());
    Ok(())
}

fn write_hazards(out: &Path, count: usize, make: impl Fn(usize) -> Record + Sync) -> rusqlite::Result<usize> {
    let columns = [("id", "INTEGER"), ("kind", "TEXT"), ("date_found", "DATE"), ("area_m2", "DOUBLE")];
    let rows = rows(count, |index| {
        let record = make(index);
        let values = vec![number(record.id), text(&record.kind), text(&record.date), stated(record.stated_m2)];
        (values, record.ring)
    });
    write(&out.join("hazards.gpkg"), "hazards", &columns, rows)
}

fn write_releases(out: &Path, count: usize, make: impl Fn(usize) -> Record + Sync) -> rusqlite::Result<usize> {
    let columns = [
        ("release_id", "INTEGER"),
        ("hazard_id", "INTEGER"),
        ("release_kind", "TEXT"),
        ("date", "DATE"),
        ("area_m2", "DOUBLE"),
    ];
    let rows = rows(count, |index| {
        let record = make(index);
        let (kind, date) = (text(&record.kind), text(&record.date));
        (vec![number(record.id), number(record.hazard_id), kind, date, stated(record.stated_m2)], record.ring)
    });
    write(&out.join("releases.gpkg"), "releases", &columns, rows)
}

/// Makes rows in parallel, a chunk at a time, and hands them on in order.
fn rows(count: usize, make: impl Fn(usize) -> Row + Sync) -> impl Iterator<Item = Row> {
    const CHUNK: usize = 16_384;
    (0..count)
        .step_by(CHUNK)
        .flat_map(move |from| (from..count.min(from + CHUNK)).into_par_iter().map(&make).collect::<Vec<_>>())
}

fn number(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn text(text: &impl ToString) -> Value {
    Value::Text(text.to_string())
}

fn stated(area: Option<f64>) -> Value {
    area.map_or(Value::Null, Value::Real)
}
