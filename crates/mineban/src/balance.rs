//! `mineban balance`: how many square metres remain.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use desk::balance::{BalanceView, BelowZero, balance};
use desk::ground::DistrictsFile;
use desk::{DeskError, FieldSeverity, Iso3, PlaceRows, Value, Words, YearRow};

use crate::cli::{Done, Given};
use crate::how::HowToRead;
use crate::intake;
use crate::output::{self, Progress};

/// `balance FILE…`
#[derive(Debug, Args)]
pub(crate) struct Balance {
    /// Files of hazardous areas and of land releases
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// File of districts: polygons with names
    #[arg(long, value_name = "FILE")]
    districts: Option<PathBuf>,
    /// What the columns of the districts mean, where their names do not tell (TOML)
    #[arg(long, value_name = "FILE", requires = "districts")]
    districts_mapping: Option<PathBuf>,
    #[command(flatten)]
    how: HowToRead,
    /// The State whose records they are, as in COL: places outside it are then noticed
    #[arg(long, value_name = "STATE")]
    state: Option<Iso3>,
}

impl Balance {
    pub(crate) fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let progress = Progress::of_bytes();
        let at = |done, total| progress.at(done, total);
        let reading = self.how.reading(&self.files, self.state, given.today(), &at);
        let districts =
            self.districts.clone().map(|path| DistrictsFile { path, mapping: self.districts_mapping.clone() });
        let view = balance(&reading, districts.as_ref(), given.words)?;
        drop(progress);
        if given.json {
            output::print_json(&view)?;
        } else {
            output::print(&text(&view, given.words))?;
        }
        let found = &view.balance.findings;
        let remarkable = found.overlap_m2 + found.released_outside_hazard_m2 + found.released_before_found_m2 > 0.0
            || view.left_out_without_year + view.releases_of_no_area > 0
            || view.below_zero.is_some()
            || !view.shapes_not_used.is_empty()
            || view.field_findings.iter().any(|finding| finding.severity != FieldSeverity::Info);
        Ok(if remarkable { Done::Findings } else { Done::Fine })
    }
}

fn text(view: &BalanceView, words: &Words) -> String {
    let mut text = String::new();
    let balance = &view.balance;
    let found = &balance.findings;
    for (heading, account) in [
        ("balance-as-mapped", &balance.as_mapped),
        ("balance-suspected", &balance.by_kind.suspected),
        ("balance-confirmed", &balance.by_kind.confirmed),
        ("balance-as-recorded", &balance.as_recorded),
    ] {
        let of_recorded = heading == "balance-as-recorded";
        let by_kind = heading != "balance-as-mapped" && !of_recorded;
        let without = if of_recorded { found.records_without_stated_area } else { found.records_without_shape };
        if without.hazards + without.releases == view.hazards + view.releases {
            // A table of zeros would say that nothing is left.
            let nothing = if of_recorded { "balance-nothing-recorded" } else { "balance-nothing-mapped" };
            if !by_kind {
                let _ = writeln!(text, "{}\n{}\n", words.text(heading), words.text(nothing));
            }
            continue;
        }
        let _ = writeln!(text, "{}", words.text(heading));
        years(&account.whole, by_kind, words, &mut text);
        let shown = |place: &&PlaceRows| place.rows.iter().any(|row| row.opening + row.closing != 0.0);
        // Without boundaries nothing is mapped to a district.
        let has_districts = !by_kind || !balance.as_mapped.districts.is_empty();
        for place in account.districts.iter().filter(shown).filter(|_| has_districts) {
            let name = place.district.clone().unwrap_or_else(|| words.text("balance-outside-districts"));
            let _ = writeln!(text, "{name}");
            years(&place.rows, by_kind, words, &mut text);
        }
        text.push('\n');
    }
    let count = |count: usize| words.count(count);
    let rows = [
        ("balance-overlap", words.area(found.overlap_m2)),
        ("balance-released-outside-hazard", words.area(found.released_outside_hazard_m2)),
        ("balance-released-before-found", words.area(found.released_before_found_m2)),
        ("balance-found-again", words.area(found.found_again_m2)),
        ("balance-hazards", count(view.hazards)),
        ("balance-releases", count(view.releases)),
        ("balance-without-shape", count(found.records_without_shape.hazards + found.records_without_shape.releases)),
        (
            "balance-without-stated-area",
            count(found.records_without_stated_area.hazards + found.records_without_stated_area.releases),
        ),
        ("balance-without-year", count(view.left_out_without_year)),
        ("balance-releases-of-no-area", count(view.releases_of_no_area)),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(key, value)| vec![words.text(key), value]).collect();
    output::table(&rows, &mut text);
    if let Some(BelowZero { year, missing_m2 }) = view.below_zero {
        let values = [("year", Value::from(year)), ("area", Value::Area(missing_m2))];
        let _ = writeln!(text, "{}", words.with("balance-below-zero", &values));
    }
    intake::list(&view.field_findings, 10, words, &mut text);
    for shape in &view.shapes_not_used {
        let _ = writeln!(text, "{}", words.with("balance-shape-not-used", &[("what", Value::from(shape.as_str()))]));
    }
    text
}

/// A table of years; those of one kind of ground also have what was reclassified.
fn years(rows: &[YearRow], by_kind: bool, words: &Words, text: &mut String) {
    let reclassified = |heads: &mut Vec<String>, cell: String| {
        if by_kind {
            heads.insert(3, cell);
        }
    };
    let heads = ["year", "opening", "found", "corrected", "cancelled", "reduced", "cleared", "closing"];
    let mut heads: Vec<String> = heads.iter().map(|head| words.text(&format!("balance-{head}"))).collect();
    reclassified(&mut heads, words.text("balance-reclassified"));
    let mut table = vec![heads];
    for row in rows {
        let mut cells = vec![row.year.to_string()];
        let areas = [row.opening, row.found, row.corrected, row.cancelled, row.reduced, row.cleared, row.closing];
        cells.extend(areas.map(|area| words.area(area)));
        reclassified(&mut cells, words.area(row.reclassified));
        table.push(cells);
    }
    output::table(&table, text);
}
