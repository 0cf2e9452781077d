//! How a row is read, by the same rules as [`crate::read`].
//!
//! A column of dates holds few different ones, and a column of kinds or districts even fewer. Each different value is
//! read once, by the general code, and remembered. A row in which anything is remarkable is read whole by that code.

use crate::areas::known::{Entered, Known, general_row, trimmed, written};
use crate::areas::outline::Outline;
use crate::areas::told::{AreaRecord, Told, of_district, of_hazard, of_release};
use crate::cells::{Cells, Reason, When};
use crate::columns::Plan;
use crate::log::Log;
use crate::mapping::Mapping;
use crate::record::{AreaKind, RecordKind, ReleaseKind};
use crate::vocabulary::Field;
use crate::{release, take, words};
use jiff::civil::Date;
use rusqlite::types::ValueRef;

/// What is the same for all rows.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) file: &'a str,
    pub(crate) plan: &'a Plan,
    pub(crate) columns: usize,
    pub(crate) mapping: Option<&'a Mapping>,
    pub(crate) today: Date,
}

/// Tells what rows say, one after another; each thread has its own.
pub(crate) struct Teller<'a> {
    rules: Rules<'a>,
    kind: RecordKind,
    date_field: Field,
    /// `None` where something is remarkable.
    when: Known<Option<When>>,
    area_kind: Known<Option<AreaKind>>,
    #[allow(clippy::option_option)] // remarkable; not said; said
    release_kind: Known<Option<Option<ReleaseKind>>>,
    admin1: Known<Option<String>>,
    admin2: Known<Option<String>>,
    admin1_code: Known<Option<String>>,
    admin2_code: Known<Option<String>>,
    columns: Columns,
    id: String,
}

/// Where the figures of a row stand.
struct Columns {
    id: Option<usize>,
    area: Option<Figure>,
    /// Cancelled, reduced, cleared.
    parts: [Option<Figure>; 3],
    items: Vec<usize>,
}

/// A column of areas: its place, and its unit in square metres.
#[derive(Clone, Copy)]
struct Figure {
    column: usize,
    factor: f64,
}

impl Columns {
    fn of(plan: &Plan) -> Self {
        use Field as F;
        let column = |field: &Field| plan.uses.get(field).map(|used| used.index);
        let figure = |field| plan.uses.get(&field).map(|used| Figure { column: used.index, factor: used.factor });
        let items = [F::ApMines, F::Uxo, F::Improvised, F::AntiVehicle, F::OtherItems, F::ItemsDestroyed];
        Self {
            id: column(&F::Id),
            area: figure(F::Area),
            parts: [F::CancelledArea, F::ReducedArea, F::ClearedArea].map(figure),
            items: items.iter().filter_map(column).collect(),
        }
    }

    fn release(&self, row: &impl Entered, kind: Option<ReleaseKind>) -> Option<Told<'static>> {
        // Items can be wrong, or say how land was released: then the general code reads the row.
        if self.items.iter().any(|column| !matches!(row.value(*column), ValueRef::Null)) {
            return None;
        }
        let area = square_metres(row, self.area)?;
        let [cancelled, reduced, cleared] = self.parts.map(|part| square_metres(row, part));
        let [cancelled_m2, reduced_m2, cleared_m2] = release::plain([cancelled?, reduced?, cleared?], area, kind)?;
        Some(Told::Release { kind, cancelled_m2, reduced_m2, cleared_m2 })
    }

    fn id<'r>(&self, row: &'r impl Entered, buffer: &'r mut String) -> Option<&'r str> {
        let text = match row.value(self.id?) {
            ValueRef::Text(bytes) if let Ok(text) = std::str::from_utf8(bytes) => text,
            value => {
                buffer.clear();
                buffer.push_str(&written(value).0);
                buffer
            }
        };
        let text = trimmed(text);
        (!words::is_unknown(text)).then_some(text)
    }
}

/// Square metres stored as a number; `None` where it is for the general code to judge.
#[allow(clippy::option_option)] // remarkable; not given; given
fn square_metres(row: &impl Entered, figure: Option<Figure>) -> Option<Option<f64>> {
    let Some(Figure { column, factor }) = figure else { return Some(None) };
    let number = match row.value(column) {
        ValueRef::Null => return Some(None),
        ValueRef::Integer(n) => n as f64,
        ValueRef::Real(n) => n,
        ValueRef::Text(_) | ValueRef::Blob(_) => return None,
    };
    let m2 = number * factor;
    (0.0..=1e12).contains(&m2).then_some(Some(m2))
}

impl<'a> Teller<'a> {
    pub(crate) fn new(rules: Rules<'a>) -> Self {
        let plan = rules.plan;
        let kind = plan.kind;
        Self {
            rules,
            kind,
            when: Known::of(plan, &[Field::Year, Field::Month, Field::Day, rules.date_field()]),
            area_kind: Known::of(plan, &[Field::AreaKind]),
            release_kind: Known::of(plan, &[Field::ReleaseKind, Field::Method]),
            admin1: Known::of(plan, &[Field::Admin1]),
            admin2: Known::of(plan, &[Field::Admin2]),
            admin1_code: Known::of(plan, &[Field::Admin1Code]),
            admin2_code: Known::of(plan, &[Field::Admin2Code]),
            columns: Columns::of(plan),
            date_field: rules.date_field(),
            id: String::new(),
        }
    }

    /// Gives the record to `take`, or the reason why the row is set aside.
    pub(crate) fn tell(
        &mut self,
        number: u64,
        row: &impl Entered,
        outline: Option<Outline<'_>>,
        log: &mut Log,
        take: impl FnOnce(&AreaRecord<'_>),
    ) -> Result<(), Reason> {
        match self.plain(number, row, outline) {
            Some(record) => take(&record),
            None => self.rules.whole(self.kind, number, row, outline, log, take)?,
        }
        Ok(())
    }

    /// The record of a row in which nothing is remarkable.
    fn plain<'r>(
        &'r mut self,
        number: u64,
        row: &'r impl Entered,
        outline: Option<Outline<'r>>,
    ) -> Option<AreaRecord<'r>> {
        let rules = self.rules;
        let told = match self.kind {
            RecordKind::HazardousArea => {
                let kind = *self.area_kind.look(row, || {
                    rules.unremarked(row, |cells| cells.word(Field::AreaKind).map(words::area_kind).unwrap_or_default())
                });
                Told::Hazard { kind: kind?, stated_area_m2: square_metres(row, self.columns.area)? }
            }
            RecordKind::LandRelease => {
                let kind = *self.release_kind.look(row, || rules.unremarked(row, release::kind_of));
                self.columns.release(row, kind?)?
            }
            // There are few of them.
            _ => return None,
        };
        let date_field = self.date_field;
        let when = *self.when.look(row, || rules.unremarked(row, |cells| cells.when(date_field)));
        let (year, month, date) = when?;
        let said = |known: &'r mut Known<Option<String>>, field| {
            known.look(row, || rules.unremarked(row, |cells| cells.text(field)).flatten()).as_deref()
        };
        let code = |known: &'r mut Known<Option<String>>, field| {
            let read = || rules.unremarked(row, |cells| cells.code(field).map(|code| code.best().to_owned())).flatten();
            known.look(row, read).as_deref()
        };
        Some(AreaRecord {
            row: number,
            id: self.columns.id(row, &mut self.id),
            year,
            month,
            date,
            admin1: said(&mut self.admin1, Field::Admin1),
            admin2: said(&mut self.admin2, Field::Admin2),
            admin1_code: code(&mut self.admin1_code, Field::Admin1Code),
            admin2_code: code(&mut self.admin2_code, Field::Admin2Code),
            told,
            outline,
        })
    }
}

impl Rules<'_> {
    fn date_field(&self) -> Field {
        let found = self.plan.kind == RecordKind::HazardousArea && self.plan.uses.contains_key(&Field::DateFound);
        if found { Field::DateFound } else { Field::Date }
    }

    /// What the general code reads, if it has nothing to remark.
    fn unremarked<T>(&self, row: &impl Entered, read: impl FnOnce(&mut Cells<'_>) -> T) -> Option<T> {
        let row = general_row(0, row, self.columns, false);
        let mut log = Log::new(self.file, 1);
        let Self { plan, mapping, today, .. } = *self;
        let told = read(&mut Cells { plan, row: &row, mapping, today, log: &mut log });
        log.finish().is_empty().then_some(told)
    }

    /// Reads the whole row by the general code.
    fn whole(
        &self,
        kind: RecordKind,
        number: u64,
        row: &impl Entered,
        outline: Option<Outline<'_>>,
        log: &mut Log,
        take: impl FnOnce(&AreaRecord<'_>),
    ) -> Result<(), Reason> {
        let row = general_row(number, row, self.columns, outline.is_some());
        let Self { plan, mapping, today, .. } = *self;
        let mut cells = Cells { plan, row: &row, mapping, today, log };
        match kind {
            RecordKind::LandRelease => take(&of_release(&release::release(&mut cells, None)?, outline)),
            RecordKind::District => take(&of_district(&take::district(&mut cells, None)?, outline)),
            _ => take(&of_hazard(&take::area(&mut cells, None)?, outline)),
        }
        Ok(())
    }
}
