//! Checks of what was taken: each shape by itself, identities and shapes that come twice, figures against one another and
//! against the shape, places against the districts they name.

mod crossings;
mod districts;
mod figures;
mod measure;
mod shape;
mod twice;

pub use districts::Districts;
pub(crate) use figures::stated_area_differs;
pub use measure::mapped_area_m2;
pub(crate) use measure::{distance_m, metres_from};
pub use shape::{LEAST_AREA_M2, LONG_EDGE_KM, SPIKE_ARM_M, SPIKE_DEGREES, shape_faults};

use crate::columns::{Plan, Use};
use crate::finding::{Finding, FindingKind};
use crate::log::Log;
use crate::options::Options;
use crate::record::{Code, LandRelease, RawRow, RecordKind, Records};
use crate::vocabulary::Field;
use crate::{Position, Shape};

/// What all kinds of record have in common.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    pub(crate) row: u64,
    pub(crate) raw: &'a RawRow,
    pub(crate) position: Option<Position>,
    pub(crate) shape: Option<&'a Shape>,
    pub(crate) admin: [(Option<&'a str>, Option<&'a Code>); 2],
    /// Square metres stated for the shape as a whole.
    pub(crate) stated_m2: Option<f64>,
    pub(crate) release: Option<&'a LandRelease>,
}

impl Checked<'_> {
    /// Where the record is: its position, or a corner of its shape.
    pub(crate) fn place(&self) -> Option<[f64; 2]> {
        let corner = || self.shape.and_then(|shape| shape.polygons.iter().flatten().flatten().next().copied());
        self.position.map(|at| [at.lon, at.lat]).or_else(corner)
    }
}

macro_rules! checked {
    ($record:expr, $shape:expr, $stated:expr, $release:expr) => {{
        let record = $record;
        let admin = [
            (record.admin1.as_deref(), record.admin1_code.as_ref()),
            (record.admin2.as_deref(), record.admin2_code.as_ref()),
        ];
        let (row, raw, position) = (record.row, &record.raw, record.position);
        Checked { row, raw, position, shape: $shape, admin, stated_m2: $stated, release: $release }
    }};
}

/// The records one after another, whatever their kind.
pub(crate) fn each(records: &Records) -> Box<dyn Iterator<Item = Checked<'_>> + '_> {
    match records {
        Records::Victims(list) => Box::new(list.iter().map(|r| checked!(r, None, None, None))),
        Records::Events(list) => Box::new(list.iter().map(|r| checked!(r, None, None, None))),
        Records::HazardousAreas(list) => {
            Box::new(list.iter().map(|r| checked!(r, r.shape.as_ref(), r.stated_area_m2, None)))
        }
        Records::LandReleases(list) => {
            Box::new(list.iter().map(|r| checked!(r, r.shape.as_ref(), figures::released_m2(r), Some(r))))
        }
        Records::Districts(list) => Box::new(list.iter().map(|r| Checked {
            row: r.row,
            raw: &r.raw,
            position: None,
            shape: Some(&r.shape),
            admin: [(None, None); 2],
            stated_m2: None,
            release: None,
        })),
    }
}

/// Checks what was taken.
pub(crate) fn run(records: &Records, plan: &Plan, options: &Options<'_>, log: &mut Log) {
    let long_edges = plan.kind != RecordKind::District;
    let area = plan.uses.get(&Field::Area);
    for record in each(records) {
        let faults = record.shape.map(|shape| shape_faults(shape, long_edges)).unwrap_or_default();
        let tangled = faults.iter().any(unmeasurable);
        for fault in faults {
            let place = fault.place();
            let finding = Finding::new(fault).at(record.row);
            log.add(place.map_or(finding.clone(), |place| finding.place(place)));
        }
        figures::check(&record, area, tangled, options, log);
        if let Some(districts) = options.districts {
            districts.check(&record, plan, log);
        }
    }
    twice::identifiers(records, plan, log);
    twice::shapes(records, log);
    twice::names(records, plan, log);
}

/// Whether a shape is drawn in a way that gives it no area to compare a figure with.
pub(crate) fn is_tangled(shape: &Shape) -> bool {
    shape_faults(shape, false).iter().any(unmeasurable)
}

/// Faults with which a shape has no area to compare a figure with.
fn unmeasurable(fault: &FindingKind) -> bool {
    use FindingKind as F;
    matches!(
        fault,
        F::SelfIntersection { .. }
            | F::PartsOverlap { .. }
            | F::HoleOutside { .. }
            | F::RingTwice { .. }
            | F::ZeroArea { .. }
            | F::ShapeTooTangled { .. }
    )
}

/// A short text for a shape, the same wherever its rings begin; empty without one.
pub(crate) fn shape_print(shape: Option<&Shape>) -> String {
    let Some(shape) = shape else { return String::new() };
    let prints = shape.polygons.iter().flatten().map(shape::ring_print);
    let [a, b] = prints.fold([0u64; 2], |sum, one| [sum[0].wrapping_add(one[0]), sum[1].wrapping_add(one[1])]);
    format!("{a:016x}{b:016x}")
}

/// A finding about a cell of the record.
pub(crate) fn about(record: &Checked<'_>, used: Option<&Use>, kind: FindingKind) -> Finding {
    let finding = Finding::new(kind).at(record.row);
    match used {
        Some(used) => finding.column(&used.header).value(record.raw.get(used.index)),
        None => finding,
    }
}
