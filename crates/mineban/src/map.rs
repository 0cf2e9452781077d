//! `mineban map`: map files that QGIS and others open.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use desk::field;
use desk::map::{MapView, Out, write_records, write_remaining};
use desk::{Date, DeskError, Iso3, Value, Words};

use crate::cli::{Done, Given, date};
use crate::how::HowToRead;
use crate::output::{self, Progress};

/// `map FILE…`
#[derive(Debug, Args)]
pub(crate) struct Map {
    /// Files of hazardous areas and of land releases; with --records, one field file of any kind
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The map file; its ending says the format: .gpkg, .geojson, .kml, .kmz, .zip (Shapefile), .parquet or .csv
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What remains at the end of this day, as in 2025-12-31 [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = date, conflicts_with = "records")]
    as_of: Option<Date>,
    /// Write the records of the file, with all their columns, instead of what remains
    #[arg(long)]
    records: bool,
    /// Replace the map file if it is there already
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    how: HowToRead,
    /// The State whose records they are, as in COL: places outside it are then noticed
    #[arg(long, value_name = "STATE")]
    state: Option<Iso3>,
}

impl Map {
    pub(crate) fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let (words, today) = (given.words, given.today());
        if self.records && self.files.len() > 1 {
            return Err(DeskError::Nothing("the records of one file make one map file; run the command once for each"));
        }
        let progress = Progress::of_bytes();
        let at = |done, total| progress.at(done, total);
        let reading = self.how.reading(&self.files, self.state, today, &at);
        let files = field::read(&reading)?;
        drop(progress);
        let out = Out { path: &self.out, replace: self.replace };
        let as_of = self.as_of.unwrap_or(today);
        let view = match files.as_slice() {
            [file] if self.records => write_records(file, today, &out, words)?,
            files => write_remaining(files, as_of, &out, words)?,
        };
        if given.json {
            output::print_json(&view)?;
        } else {
            output::print(&text(&view, as_of, words))?;
        }
        let left_out = view.without_place + view.releases_without_outline + view.without_year;
        Ok(if left_out > 0 { Done::Findings } else { Done::Fine })
    }
}

fn text(view: &MapView, as_of: Date, words: &Words) -> String {
    let mut text = String::new();
    if let Some(area) = view.remaining_m2 {
        let values = [("date", Value::from(as_of)), ("area", Value::Area(area))];
        let _ = writeln!(text, "{}", words.with("map-remaining", &values));
    }
    for written in &view.written {
        let values =
            [("file", Value::Text(written.file.display().to_string())), ("count", Value::from(written.features))];
        let _ = writeln!(text, "{}", words.with("map-written", &values));
        for note in &written.notes {
            let _ = writeln!(text, "- {note}");
        }
    }
    for (key, count) in
        [("map-without-place", view.without_place), ("map-releases-without-outline", view.releases_without_outline)]
    {
        if count > 0 {
            let _ = writeln!(text, "{}", words.with(key, &[("count", Value::from(count))]));
        }
    }
    if view.without_year > 0 {
        let _ = writeln!(text, "{}: {}", words.text("balance-without-year"), words.count(view.without_year));
    }
    text
}
