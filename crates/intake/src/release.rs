//! Land released: figures by way of release, items by kind, and whether stated totals hold.

use crate::Position;
use crate::cells::{Cells, Reason};
use crate::finding::{Finding, FindingKind};
use crate::record::{LandRelease, ReleaseKind};
use crate::take::raw;
use crate::vocabulary::Field;
use crate::words::{self, Words};

/// Areas may differ by this much before a total is said to differ, in square metres: figures are rounded.
const TOLERANCE_M2: f64 = 1.0;

pub(crate) fn release(cells: &mut Cells<'_>, position: Option<Position>) -> Result<LandRelease, Reason> {
    let (year, month, date) = cells.when(Field::Date);
    let kind = kind_of(cells);
    let mut record = LandRelease {
        row: cells.row.number,
        area_id: cells.text(Field::Id),
        year,
        month,
        date,
        cancelled_m2: cells.area(Field::CancelledArea)?,
        reduced_m2: cells.area(Field::ReducedArea)?,
        cleared_m2: cells.area(Field::ClearedArea)?,
        kind,
        method: cells.text(Field::Method).or_else(|| cells.text(Field::ReleaseKind)),
        ap_mines: cells.count(Field::ApMines)?,
        uxo: cells.count(Field::Uxo)?,
        improvised: cells.count(Field::Improvised)?,
        anti_vehicle: cells.count(Field::AntiVehicle)?,
        other_items: cells.count(Field::OtherItems)?,
        items_destroyed: cells.count(Field::ItemsDestroyed)?,
        admin1: cells.text(Field::Admin1),
        admin2: cells.text(Field::Admin2),
        admin1_code: cells.code(Field::Admin1Code),
        admin2_code: cells.code(Field::Admin2Code),
        place: cells.text(Field::Place),
        position,
        shape: cells.row.geometry.shape.clone(),
        raw: raw(cells.row),
    };
    if let Some(area) = cells.area(Field::Area)? {
        place_area(&mut record, area, cells)?;
    }
    check_items(&record, cells);
    cells.check_order();
    Ok(record)
}

/// How it was released, from the column of its own or from the method's name.
pub(crate) fn kind_of(cells: &mut Cells<'_>) -> Option<ReleaseKind> {
    if cells.plan.uses.contains_key(&Field::ReleaseKind) {
        return cells.word(Field::ReleaseKind).and_then(words::release);
    }
    cells.word_if_any(Field::Method, Words::Release).and_then(words::release)
}

/// The three figures of a row without items, when nothing is remarkable; as [`place_area`] places them.
pub(crate) fn plain(parts: [Option<f64>; 3], area: Option<f64>, kind: Option<ReleaseKind>) -> Option<[Option<f64>; 3]> {
    let Some(area) = area else { return Some(parts) };
    if parts.iter().any(Option::is_some) {
        let sum: f64 = parts.iter().flatten().sum();
        return ((sum - area).abs() <= TOLERANCE_M2).then_some(parts);
    }
    Some(match kind? {
        ReleaseKind::Cancelled => [Some(area), None, None],
        ReleaseKind::Reduced => [None, Some(area), None],
        ReleaseKind::Cleared => [None, None, Some(area)],
    })
}

/// An area without a column of its own goes where the row says; beside such columns it is their stated total.
fn place_area(record: &mut LandRelease, area: f64, cells: &mut Cells<'_>) -> Result<(), Reason> {
    let note = |kind: FindingKind, cells: &Cells<'_>| {
        let finding = Finding::new(kind).at(cells.row.number);
        match cells.plan.uses.get(&Field::Area) {
            Some(used) => finding.column(&used.header).value(cells.row.cell(used.index)),
            None => finding,
        }
    };
    let parts = [record.cancelled_m2, record.reduced_m2, record.cleared_m2];
    if parts.iter().any(Option::is_some) {
        let sum: f64 = parts.iter().flatten().sum();
        if (sum - area).abs() > TOLERANCE_M2 {
            let kind = if sum > area {
                FindingKind::ReleasedMoreThanArea { released: sum, area }
            } else {
                FindingKind::TotalDiffers { stated: area, sum }
            };
            let finding = note(kind, cells);
            cells.log.add(finding);
        }
        return Ok(());
    }
    let items = [
        record.ap_mines,
        record.uxo,
        record.improvised,
        record.anti_vehicle,
        record.other_items,
        record.items_destroyed,
    ];
    match record.kind {
        Some(ReleaseKind::Cancelled) => record.cancelled_m2 = Some(area),
        Some(ReleaseKind::Reduced) => record.reduced_m2 = Some(area),
        Some(ReleaseKind::Cleared) => record.cleared_m2 = Some(area),
        None if !cells.plan.uses.contains_key(&Field::ReleaseKind) && items.iter().any(Option::is_some) => {
            record.cleared_m2 = Some(area);
            let finding = note(FindingKind::AssumedCleared {}, cells);
            cells.log.add(finding);
        }
        None => return Err(Box::new(note(FindingKind::ReleaseKindUnknown {}, cells))),
    }
    Ok(())
}

fn check_items(record: &LandRelease, cells: &mut Cells<'_>) {
    let parts = [record.ap_mines, record.uxo, record.improvised, record.anti_vehicle, record.other_items];
    let Some(stated) = record.items_destroyed.filter(|_| parts.iter().any(Option::is_some)) else { return };
    let sum = parts.iter().flatten().fold(0u64, |sum, n| sum.saturating_add(*n));
    if sum == stated {
        return;
    }
    let mut finding = Finding::new(FindingKind::TotalDiffers { stated: stated as f64, sum: sum as f64 }).at(record.row);
    if let Some(used) = cells.plan.uses.get(&Field::ItemsDestroyed) {
        finding = finding.column(&used.header).value(cells.row.cell(used.index));
    }
    cells.log.add(finding);
}
