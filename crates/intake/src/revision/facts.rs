//! What a record says, made comparable between two files that may be written differently.

use crate::checks::{self, Checked};
use crate::intake::{How, Intake};
use crate::record::{Code, Records};
use crate::revision::{FieldChange, MOVED_M};
use crate::vocabulary::Field;
use crate::words;
use std::collections::HashSet;

/// What one record says in the fields that both files have.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) row: u64,
    pub(crate) id: Option<&'a str>,
    pub(crate) year: Option<i16>,
    pub(crate) month: Option<i8>,
    pub(crate) admin: [Option<String>; 2],
    /// `[lon, lat]`.
    pub(crate) position: Option<[f64; 2]>,
    pub(crate) values: Vec<(&'static str, String)>,
}

impl Facts<'_> {
    /// Metres between the two positions, when that is further than rounding.
    pub(crate) fn metres_to(&self, other: &Self) -> Option<f64> {
        let metres = checks::distance_m(self.position?, other.position?);
        (metres > MOVED_M).then_some(metres)
    }

    pub(crate) fn differences(&self, other: &Self) -> Vec<FieldChange> {
        let both = self.values.iter().zip(&other.values).filter(|(a, b)| a.1 != b.1);
        both.map(|(a, b)| FieldChange { field: a.0, before: a.1.clone(), now: b.1.clone() }).collect()
    }

    /// In how many ways the two differ, and how far they are apart.
    pub(crate) fn unlike(&self, other: &Self) -> usize {
        let values = self.values.iter().zip(&other.values).filter(|(a, b)| a.1 != b.1).count();
        values + usize::from(self.metres_to(other).is_some() || self.position.is_some() != other.position.is_some())
    }
}

fn used(intake: &Intake) -> impl Iterator<Item = (usize, Field)> + '_ {
    let columns = intake.columns.iter().enumerate();
    let read = columns.filter(|(_, column)| !matches!(column.how, How::NotUsed | How::Refused));
    read.filter_map(|(at, column)| Some((at, column.field?)))
}

/// The fields that both files have: a column that only one has says nothing about a change.
pub(crate) fn shared(before: &Intake, now: &Intake) -> HashSet<Field> {
    let fields = |intake| used(intake).map(|(_, field)| field).collect::<HashSet<_>>();
    fields(before).intersection(&fields(now)).copied().collect()
}

/// What each record says.
pub(crate) fn of<'a>(intake: &'a Intake, shared: &HashSet<Field>) -> Vec<Facts<'a>> {
    let id = used(intake).find(|(_, field)| *field == Field::Id || *field == Field::Code).map(|(at, _)| at);
    let id = id.filter(|_| shared.contains(&Field::Id) || shared.contains(&Field::Code));
    let mut all: Vec<Facts<'a>> = checks::each(&intake.taken).map(|record| common(&record, id)).collect();
    match &intake.taken {
        Records::Victims(list) => all.iter_mut().zip(list).for_each(|(facts, r)| {
            facts.when(r.year, r.month, r.date);
            facts.keep(shared, Field::Sex, format!("{:?}", r.sex));
            facts.keep(shared, Field::Age, format!("{:?}", r.age));
            facts.keep(shared, Field::Age, text(r.age_years));
            facts.keep(shared, Field::Status, format!("{:?}", r.status));
            facts.keep(shared, Field::Outcome, format!("{:?}", r.outcome));
            facts.keep(shared, Field::Device, text(r.device.as_ref()));
            facts.keep(shared, Field::Activity, text(r.activity.as_ref()));
            facts.keep(shared, Field::Place, text(r.place.as_ref()));
        }),
        Records::LandReleases(list) => all.iter_mut().zip(list).for_each(|(facts, r)| {
            facts.when(r.year, r.month, r.date);
            facts.keep_always("cancelled_m2", text(r.cancelled_m2));
            facts.keep_always("reduced_m2", text(r.reduced_m2));
            facts.keep_always("cleared_m2", text(r.cleared_m2));
            facts.keep(shared, Field::Method, text(r.method.as_ref()));
            facts.keep(shared, Field::ApMines, text(r.ap_mines));
            facts.keep(shared, Field::Uxo, text(r.uxo));
            facts.keep(shared, Field::Improvised, text(r.improvised));
            facts.keep(shared, Field::AntiVehicle, text(r.anti_vehicle));
            facts.keep(shared, Field::OtherItems, text(r.other_items));
            facts.keep(shared, Field::ItemsDestroyed, text(r.items_destroyed));
            facts.keep(shared, Field::Id, text(r.area_id.as_ref()));
            facts.keep_always("shape", checks::shape_print(r.shape.as_ref()));
        }),
        Records::Events(list) => all.iter_mut().zip(list).for_each(|(facts, r)| {
            facts.when(r.year, r.month, r.date);
            facts.keep(shared, Field::EventType, text(r.code.as_ref()));
            facts.keep(shared, Field::Device, text(r.device.as_ref()));
            facts.keep(shared, Field::Place, text(r.place.as_ref()));
        }),
        Records::HazardousAreas(list) => all.iter_mut().zip(list).for_each(|(facts, r)| {
            facts.when(r.year, r.month, r.date);
            facts.keep(shared, Field::Name, text(r.name.as_ref()));
            facts.keep(shared, Field::AreaKind, format!("{:?}", r.kind));
            facts.keep(shared, Field::AreaStatus, text(r.status.as_ref()));
            facts.keep(shared, Field::Area, text(r.stated_area_m2));
            facts.keep(shared, Field::Device, text(r.device.as_ref()));
            facts.keep_always("shape", checks::shape_print(r.shape.as_ref()));
        }),
        Records::Districts(list) => all.iter_mut().zip(list).for_each(|(facts, r)| {
            facts.keep_always("name", text(r.name.as_ref()));
            facts.keep_always("code", text(r.code.as_ref().map(Code::best)));
            facts.keep_always("shape", checks::shape_print(Some(&r.shape)));
        }),
    }
    all
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn common<'a>(record: &Checked<'a>, id: Option<usize>) -> Facts<'a> {
    let id = id.map(|at| record.raw.get(at).trim()).filter(|id| !words::is_unknown(id));
    let admin = record.admin.map(|(name, code)| code.map(Code::best).or(name).map(str::to_owned));
    let named = ["admin1", "admin2"].into_iter().zip(admin.clone()).map(|(field, value)| (field, text(value)));
    let position = record.place();
    Facts { row: record.row, id, year: None, month: None, values: named.collect(), admin, position }
}

impl Facts<'_> {
    fn when(&mut self, year: Option<i16>, month: Option<i8>, date: Option<jiff::civil::Date>) {
        (self.year, self.month) = (year, month);
        self.values.extend([("year", text(year)), ("month", text(month)), ("date", text(date))]);
    }

    fn keep(&mut self, shared: &HashSet<Field>, field: Field, value: String) {
        if shared.contains(&field) {
            self.values.push((field.key(), value));
        }
    }

    fn keep_always(&mut self, field: &'static str, value: String) {
        self.values.push((field, value));
    }
}
