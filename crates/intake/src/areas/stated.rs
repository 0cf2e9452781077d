//! The area that a record states held against the one that it draws, as the general reader does.
//!
//! Nearly all agree, so a quick look comes first: the outline flat on a plane, good to a hundredth for outlines of a few
//! tens of kilometres. Only where that leaves doubt is the shape built and measured as everywhere.

use crate::Shape;
use crate::areas::known::Entered;
use crate::areas::outline::Outline;
use crate::areas::told::{AreaRecord, Told};
use crate::checks::{is_tangled, mapped_area_m2, metres_from, stated_area_differs};
use crate::columns::Plan;
use crate::finding::Finding;
use crate::formats::geopackage::written;
use crate::options::AreaTolerance;
use crate::vocabulary::Field;

/// Degrees beyond which an outline is not looked at flat.
const FLAT: f64 = 0.3;

/// What is tolerated, and the column that states areas.
#[derive(Clone, Copy)]
pub(crate) struct StatedArea<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) tolerance: AreaTolerance,
}

impl StatedArea<'_> {
    /// What is to be said of a record.
    pub(crate) fn finding(&self, record: &AreaRecord<'_>, row: &impl Entered) -> Option<Finding> {
        let (stated, outline) = (stated_m2(record.told)?, record.outline?);
        if flat_m2(outline).is_some_and(|flat| self.surely_agree(stated, flat)) {
            return None;
        }
        let shape = shape(outline);
        let kind = stated_area_differs(stated, mapped_area_m2(&shape), self.tolerance)?;
        if is_tangled(&shape) {
            return None;
        }
        let finding = Finding::new(kind).at(record.row);
        Some(match self.plan.uses.get(&Field::Area) {
            Some(used) => finding.column(&used.header).value(&written(row.value(used.index)).0),
            None => finding,
        })
    }

    /// Whether the two would agree even if the flat area were a hundredth off.
    fn surely_agree(&self, stated: f64, flat: f64) -> bool {
        let apart = (stated - flat).abs() + 0.01 * flat;
        apart <= self.tolerance.m2 || apart <= self.tolerance.share * stated.max(flat)
    }
}

/// Square metres stated for the shape as a whole.
fn stated_m2(told: Told<'_>) -> Option<f64> {
    match told {
        Told::Hazard { stated_area_m2, .. } => stated_area_m2,
        Told::Release { cancelled_m2, reduced_m2, cleared_m2, .. } => {
            let parts = [cancelled_m2, reduced_m2, cleared_m2];
            parts.iter().any(Option::is_some).then(|| parts.iter().flatten().sum())
        }
        Told::District { .. } => None,
    }
}

/// Square metres of an outline laid flat at its first corner; `None` where it is too large for that.
fn flat_m2(outline: Outline<'_>) -> Option<f64> {
    let origin = *outline.rings().next()?.first()?;
    let [east, north] = metres_from(origin, [origin[0] + 1e-3, origin[1] + 1e-3]).map(|metres| metres * 1e3);
    let (mut area, mut farthest) = (0.0, 0.0_f64);
    for (ring, outside) in outline.rings().zip(outline.outsides()) {
        let mut before = *ring.last()?;
        let mut doubled = 0.0;
        for corner in ring {
            let ([x0, y0], [x, y]) = (offset(before, origin), offset(*corner, origin));
            doubled += x0 * y - x * y0;
            farthest = farthest.max(x.abs()).max(y.abs());
            before = *corner;
        }
        area += if outside { f64::abs(doubled) } else { -f64::abs(doubled) };
    }
    // Further from the equator a degree of longitude changes its length too fast.
    (farthest < FLAT && origin[1].abs() < 60.0).then_some(area / 2.0 * east * north)
}

fn offset([lon, lat]: [f64; 2], [lon0, lat0]: [f64; 2]) -> [f64; 2] {
    [lon - lon0, lat - lat0]
}

/// The shape as the general reader has it: each ring ends where it begins.
fn shape(outline: Outline<'_>) -> Shape {
    let mut polygons: Vec<Vec<Vec<[f64; 2]>>> = Vec::new();
    for (corners, outside) in outline.rings().zip(outline.outsides()) {
        let ring = corners.iter().chain(corners.first()).copied().collect();
        match polygons.last_mut() {
            Some(polygon) if !outside => polygon.push(ring),
            _ => polygons.push(vec![ring]),
        }
    }
    Shape { polygons }
}
