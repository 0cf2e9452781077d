//! One job of this project's crates on one folder of data, measured; prints JSON.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use land_bench::ours::{self, Failure};
use serde_json::json;

#[derive(Clone, Copy, ValueEnum)]
enum Job {
    /// Read the hazards.
    Read,
    /// From three files to the table of all years and districts.
    Balance,
    /// Change one area after another in a loaded set.
    Edits,
    /// All tiles of the hazards, zoom 6 to 12.
    Tiles,
}

/// Measures one job of this project's crates.
#[derive(Parser)]
struct Arguments {
    job: Job,
    /// A folder that `make-data` wrote.
    folder: PathBuf,
}

fn main() -> Result<(), Failure> {
    let Arguments { job, folder } = Arguments::parse();
    let (name, measured) = match job {
        Job::Read => ("read", ours::read(&folder)?),
        Job::Balance => ("balance", ours::balance(&folder)?),
        Job::Edits => ("edits", ours::edits(&folder)?),
        Job::Tiles => ("tiles", ours::tiles(&folder)?),
    };
    let mut report = json!({ "peer": "mineban", "job": name, "data": folder, "versions": {} });
    for (field, value) in measured.as_object().into_iter().flatten() {
        report[field] = value.clone();
    }
    println!("{report}");
    Ok(())
}
