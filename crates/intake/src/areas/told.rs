//! What a record tells, as much of it as a balance needs.

use crate::areas::outline::Outline;
use crate::record::{AreaKind, Code, District, HazardousArea, LandRelease, RecordKind, ReleaseKind};
use crate::vocabulary::Field;
use jiff::civil::Date;

/// One record, as much of it as a balance needs. What it borrows is overwritten by the next one.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)] // the fields common to all records are named in the README
pub struct AreaRecord<'a> {
    /// The number that the file gives the row; counted from 1 where it gives none.
    pub row: u64,
    pub id: Option<&'a str>,
    pub year: Option<i16>,
    pub month: Option<i8>,
    pub date: Option<Date>,
    pub admin1: Option<&'a str>,
    pub admin2: Option<&'a str>,
    /// The codes of the two, restored.
    pub admin1_code: Option<&'a str>,
    pub admin2_code: Option<&'a str>,
    /// What else it tells, by its kind.
    pub told: Told<'a>,
    /// Its polygons; `None` when there is none that can be used.
    pub outline: Option<Outline<'a>>,
}

/// What a record tells by its kind. Areas are square metres; `None` is not given, which is not zero.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)] // named as in the records of the general reader
pub enum Told<'a> {
    /// A suspected or confirmed hazardous area.
    Hazard { kind: AreaKind, stated_area_m2: Option<f64> },
    /// Land released.
    Release { kind: Option<ReleaseKind>, cancelled_m2: Option<f64>, reduced_m2: Option<f64>, cleared_m2: Option<f64> },
    /// A district.
    District { name: Option<&'a str>, code: Option<&'a str> },
}

/// The fields that are read for a kind of record.
pub(crate) fn fields_of(kind: RecordKind) -> &'static [Field] {
    use Field as F;
    match kind {
        RecordKind::HazardousArea => &[
            F::Id,
            F::Year,
            F::Month,
            F::Day,
            F::Date,
            F::DateFound,
            F::AreaKind,
            F::Area,
            F::Admin1,
            F::Admin2,
            F::Admin1Code,
            F::Admin2Code,
        ],
        RecordKind::LandRelease => &[
            F::Id,
            F::Year,
            F::Month,
            F::Day,
            F::Date,
            F::ReleaseKind,
            F::Method,
            F::CancelledArea,
            F::ReducedArea,
            F::ClearedArea,
            F::Area,
            F::ApMines,
            F::Uxo,
            F::Improvised,
            F::AntiVehicle,
            F::OtherItems,
            F::ItemsDestroyed,
            F::Admin1,
            F::Admin2,
            F::Admin1Code,
            F::Admin2Code,
        ],
        RecordKind::District => &[F::Name, F::Code, F::Admin1, F::Admin2, F::Admin1Code, F::Admin2Code],
        RecordKind::Victim | RecordKind::Event => &[],
    }
}

pub(crate) fn of_hazard<'r>(area: &'r HazardousArea, outline: Option<Outline<'r>>) -> AreaRecord<'r> {
    AreaRecord {
        row: area.row,
        id: area.id.as_deref(),
        year: area.year,
        month: area.month,
        date: area.date,
        admin1: area.admin1.as_deref(),
        admin2: area.admin2.as_deref(),
        admin1_code: area.admin1_code.as_ref().map(Code::best),
        admin2_code: area.admin2_code.as_ref().map(Code::best),
        told: Told::Hazard { kind: area.kind, stated_area_m2: area.stated_area_m2 },
        outline,
    }
}

pub(crate) fn of_release<'r>(release: &'r LandRelease, outline: Option<Outline<'r>>) -> AreaRecord<'r> {
    let LandRelease { kind, cancelled_m2, reduced_m2, cleared_m2, .. } = *release;
    AreaRecord {
        row: release.row,
        id: release.area_id.as_deref(),
        year: release.year,
        month: release.month,
        date: release.date,
        admin1: release.admin1.as_deref(),
        admin2: release.admin2.as_deref(),
        admin1_code: release.admin1_code.as_ref().map(Code::best),
        admin2_code: release.admin2_code.as_ref().map(Code::best),
        told: Told::Release { kind, cancelled_m2, reduced_m2, cleared_m2 },
        outline,
    }
}

pub(crate) fn of_district<'r>(district: &'r District, outline: Option<Outline<'r>>) -> AreaRecord<'r> {
    let name = district.name.as_deref();
    let code = district.code.as_ref().map(Code::best);
    AreaRecord {
        row: district.row,
        id: None,
        year: None,
        month: None,
        date: None,
        admin1: None,
        admin2: None,
        admin1_code: None,
        admin2_code: None,
        told: Told::District { name, code },
        outline,
    }
}
