//! Figures of one record held against one another and against its shape.

use crate::checks::{Checked, about, measure};
use crate::columns::Use;
use crate::finding::FindingKind;
use crate::log::Log;
use crate::options::{AreaTolerance, Options};
use crate::record::LandRelease;

/// Square metres released in a record, in all three ways together.
pub(crate) fn released_m2(release: &LandRelease) -> Option<f64> {
    let parts = [release.cancelled_m2, release.reduced_m2, release.cleared_m2];
    parts.iter().any(Option::is_some).then(|| parts.iter().flatten().sum())
}

fn items(release: &LandRelease) -> Option<u64> {
    let parts = [release.ap_mines, release.uxo, release.improvised, release.anti_vehicle, release.other_items];
    let sum = || parts.iter().flatten().fold(0u64, |sum, n| sum.saturating_add(*n));
    match release.items_destroyed {
        Some(stated) => Some(stated.max(sum())),
        None => parts.iter().any(Option::is_some).then(sum),
    }
}

/// Checks the figures of a record.
pub(crate) fn check(record: &Checked<'_>, area: Option<&Use>, tangled: bool, options: &Options<'_>, log: &mut Log) {
    if let Some(release) = record.release {
        let drawn = release.shape.is_some();
        let nothing = released_m2(release).is_none_or(|m2| m2 == 0.0) && !drawn;
        match items(release) {
            Some(items) if nothing && items > 0 => {
                log.add(about(record, None, FindingKind::ItemsWithoutArea { items }));
            }
            Some(0) if release.cleared_m2.is_some_and(|m2| m2 > 0.0) => {
                log.add(about(record, None, FindingKind::AreaWithoutItems {}));
            }
            None | Some(0) if nothing => log.add(about(record, None, FindingKind::NothingReleased {})),
            _ => {}
        }
    }
    let (Some(shape), Some(stated)) = (record.shape, record.stated_m2.filter(|_| !tangled)) else { return };
    if let Some(kind) = stated_area_differs(stated, measure::mapped_area_m2(shape), options.area_tolerance) {
        log.add(about(record, area, kind));
    }
}

/// What is to be said of a stated and a mapped area, in m², that differ by more than is tolerated.
pub(crate) fn stated_area_differs(stated: f64, mapped: f64, tolerance: AreaTolerance) -> Option<FindingKind> {
    let apart = (stated - mapped).abs();
    (apart > tolerance.m2 && apart > tolerance.share * stated.max(mapped)).then(|| {
        let percent = (1000.0 * apart / stated.max(mapped)).round() / 10.0;
        FindingKind::StatedAreaDiffers { stated, mapped: mapped.round(), percent }
    })
}
