//! Reading, balance, edits and tiles by this project's crates: all that the bench knows of them.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;
use land::tiles::{Detail, Kinds, TileArea, TileId, TileSet, View};
use land::{Account, Polygon};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::usage::Usage;
use layers::MappedHazard;

mod edits;
mod layers;

/// What went wrong, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Reads the hazards, as a reader that wants shapes, dates and kinds has to.
///
/// # Errors
/// When the file cannot be read.
pub fn read(folder: &Path) -> Result<Value, Failure> {
    let usage = Usage::start();
    let hazards = layers::hazards(folder)?;
    Ok(with(usage.report(), [("rows", json!(hazards.len()))]))
}

/// From three files to the table of all years and districts.
///
/// # Errors
/// When a file cannot be read.
pub fn balance(folder: &Path) -> Result<Value, Failure> {
    let usage = Usage::start();
    let records = layers::records(folder)?;
    let read = usage.so_far().0;
    let balance = land::balance_of(&records);
    let stages = json!({ "read": read, "balance": usage.so_far().0 - read });
    Ok(with(usage.report(), [("stages", stages), ("closing", closing(&balance.as_mapped))]))
}

/// Changes one area after another in a loaded set; `median_ms` and `worst_ms` are the time until the new totals are there.
/// Fails when a change shows in no total, or when taking all changes back does not give the first totals.
///
/// # Errors
/// When a file cannot be read, or the totals are wrong.
pub fn edits(folder: &Path) -> Result<Value, Failure> {
    edits::measure(folder)
}

/// All tiles from zoom 6 to 12, zoom by zoom, from an indexed set to encoded tiles; making the set is told beside.
///
/// # Errors
/// When the file cannot be read.
pub fn tiles(folder: &Path) -> Result<Value, Failure> {
    let hazards = layers::mapped_hazards(folder)?;
    let names: Vec<String> = (1..=hazards.len()).map(|number| number.to_string()).collect();
    let preparing = Usage::start();
    let set = TileSet::new(hazards.iter().zip(&names).map(|(hazard, id)| tile_area(hazard, id)));
    let before = preparing.so_far().0;
    let usage = Usage::start();
    let mut stages = Map::new();
    let view = View { as_of: date(2026, 1, 1), detail: Detail::Outlines, kinds: Kinds::ALL };
    let mut zooms = Map::new();
    for zoom in 6..=12 {
        let start = usage.so_far().0;
        let ids: Vec<TileId> = set.tiles(zoom);
        let tiles: Vec<Vec<u8>> = ids.par_iter().map(|&id| set.tile(id, view)).collect();
        let count = tiles.iter().filter(|tile| !tile.is_empty()).count();
        let bytes: usize = tiles.iter().map(Vec::len).sum();
        stages.insert(format!("z{zoom}"), json!(usage.so_far().0 - start));
        zooms.insert(format!("z{zoom}"), json!({ "tiles": count, "bytes": bytes }));
    }
    Ok(with(usage.report(), [("stages", stages.into()), ("zooms", zooms.into()), ("before_s", json!(before))]))
}

fn tile_area<'a>((hazard, outline): &'a (MappedHazard, Polygon), id: &'a str) -> TileArea<'a> {
    let MappedHazard { kind, found, stated_m2 } = *hazard;
    TileArea { id, outline, kind, found, released: None, stated_m2, piece_of: None }
}

/// Closing areas in m², by year: the whole, what lies outside every district, and each district that has any.
fn closing(account: &Account) -> Value {
    let mut years: BTreeMap<i16, Value> = BTreeMap::new();
    for (row, whole) in account.whole.iter().enumerate() {
        let of_place = |district: Option<&str>| {
            account.districts.iter().find(|place| place.district.as_deref() == district).map(|p| p.rows[row].closing)
        };
        let districts: Map<String, Value> = account
            .districts
            .iter()
            .filter_map(|place| Some((place.district.clone()?, json!(place.rows[row].closing))))
            .collect();
        years.insert(whole.year, json!({ "whole": whole.closing, "outside": of_place(None), "districts": districts }));
    }
    years.into_iter().map(|(year, row)| (year.to_string(), row)).collect::<Map<_, _>>().into()
}

fn with<const N: usize>(mut report: Value, more: [(&str, Value); N]) -> Value {
    for (name, value) in more {
        report[name] = value;
    }
    report
}
