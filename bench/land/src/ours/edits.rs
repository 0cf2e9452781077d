//! Edits of a loaded set, one after another.

use std::path::Path;
use std::time::Instant;

use land::{Edit, Entry, Polygon, RecordId, Standing};
use serde_json::{Value, json};

use super::{Failure, layers, with};
use crate::usage::Usage;

/// How many areas are changed, spread over the whole set.
const EDITS: usize = 200;
/// How far each area is moved, in degrees: some 50 metres.
const MOVED_BY: f64 = 0.0005;

pub(super) fn measure(folder: &Path) -> Result<Value, Failure> {
    let records = layers::records(folder)?;
    let hazards = records.hazards.len();
    let every = (hazards / EDITS).max(1);
    let shapes: Vec<(usize, Polygon)> = layers::mapped_hazards(folder)?
        .into_iter()
        .enumerate()
        .filter_map(|(index, (_, shape))| (index % every == 0).then_some((index, shape)))
        .collect();
    let loading = Usage::start();
    let mut standing = Standing::new(records.clone());
    let before_s = loading.so_far().0;
    let as_loaded = standing.totals();
    let mut milliseconds = Vec::new();
    let mut changed = Vec::new();
    let usage = Usage::start();
    for (index, shape) in &shapes {
        let entry = records.hazards.entry(*index).ok_or("a hazard that is not there")?;
        let moved = Polygon::from_lon_lat(
            shape.rings().iter().map(|ring| ring.points().iter().map(|point| [point.lon + MOVED_BY, point.lat])),
        )?;
        let start = Instant::now();
        changed.push((replace(&mut standing, RecordId::Hazard(*index), entry, &moved)?, entry, shape));
        let totals = standing.totals();
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
        if totals == as_loaded {
            return Err(format!("moving hazard {} changed no total", index + 1).into());
        }
    }
    let report = usage.report();
    for (id, entry, shape) in changed {
        replace(&mut standing, id, entry, shape)?;
    }
    if standing.totals() != as_loaded {
        return Err("the totals are not what they were after every change was taken back".into());
    }
    milliseconds.sort_by(f64::total_cmp);
    let median = milliseconds.get(milliseconds.len() / 2).copied();
    let more = [
        ("edits", json!(milliseconds.len())),
        ("median_ms", json!(median)),
        ("worst_ms", json!(milliseconds.last())),
        ("before_s", json!(before_s)),
    ];
    Ok(with(report, more))
}

fn replace(
    standing: &mut Standing,
    id: RecordId,
    entry: Entry<'_, land::HazardKind>,
    shape: &Polygon,
) -> Result<RecordId, Failure> {
    Ok(standing.replace(id, Edit::Hazard(entry), Some(shape))?.ok_or("a hazard that is not there")?)
}
