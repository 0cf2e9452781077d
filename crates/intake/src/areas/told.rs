//! What a row tells of its area, by the same rules as [`crate::read`].
//!
//! A column of dates holds few different ones, and a column of kinds or districts even fewer. Each different value is
//! read once, by the general code, and remembered. A row in which anything is remarkable is read whole by that code.

use crate::areas::outline::Outline;
use crate::cells::{Cells, Reason, When};
use crate::columns::Plan;
use crate::log::Log;
use crate::mapping::Mapping;
use crate::record::{AreaKind, District, HazardousArea, LandRelease, RawRow, RecordKind, ReleaseKind};
use crate::table::{Geometry, Native, Row};
use crate::vocabulary::Field;
use crate::{Shape, release, take, words};
use jiff::civil::Date;
use rusqlite::types::ValueRef;
use rustc_hash::FxHashMap;

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

/// The values of a row, by their place in the plan.
pub(crate) trait Entered {
    fn value(&self, column: usize) -> ValueRef<'_>;
}

/// What is the same for all rows.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) file: &'a str,
    pub(crate) plan: &'a Plan,
    pub(crate) columns: usize,
    pub(crate) mapping: Option<&'a Mapping>,
    pub(crate) today: Date,
}

/// Different values of some columns and what each tells.
#[derive(Debug)]
struct Known<T> {
    columns: Vec<usize>,
    key: Vec<u8>,
    index: FxHashMap<Box<[u8]>, usize>,
    told: Vec<T>,
}

/// Beyond this many different values a column is not one of few, and remembering costs more than it spares.
const MOST_KNOWN: usize = 1 << 16;

impl<T> Known<T> {
    fn of(plan: &Plan, fields: &[Field]) -> Self {
        let columns = fields.iter().filter_map(|field| Some(plan.uses.get(field)?.index)).collect();
        Self { columns, key: Vec::new(), index: FxHashMap::default(), told: Vec::new() }
    }

    /// What these values tell: remembered, or read now.
    fn look(&mut self, row: &impl Entered, read: impl FnOnce() -> T) -> &T {
        self.key.clear();
        for column in &self.columns {
            let (tag, bytes, number) = match row.value(*column) {
                ValueRef::Null => (0, &[][..], 0),
                ValueRef::Integer(n) => (1, &[][..], n),
                ValueRef::Real(n) => (2, &[][..], n.to_bits().cast_signed()),
                ValueRef::Text(bytes) => (3, bytes, 0),
                ValueRef::Blob(bytes) => (4, bytes, 0),
            };
            self.key.push(tag);
            if matches!(tag, 1 | 2) {
                self.key.extend_from_slice(&number.to_le_bytes());
            }
            self.key.extend_from_slice(&bytes.len().to_le_bytes()[..4]);
            self.key.extend_from_slice(bytes);
        }
        if let Some(at) = self.index.get(self.key.as_slice()) {
            return &self.told[*at];
        }
        if self.told.len() >= MOST_KNOWN {
            self.index.clear();
            self.told.clear();
        }
        let at = self.told.len();
        self.told.push(read());
        self.index.insert(self.key.as_slice().into(), at);
        &self.told[at]
    }
}

/// Tells what rows say, one after another; each thread has its own.
pub(crate) struct Teller<'a> {
    rules: Rules<'a>,
    kind: RecordKind,
    /// `None` where something is remarkable.
    when: Known<Option<When>>,
    area_kind: Known<Option<AreaKind>>,
    release_kind: Known<Option<Option<ReleaseKind>>>,
    admin1: Known<Option<String>>,
    admin2: Known<Option<String>>,
    admin1_code: Known<Option<String>>,
    admin2_code: Known<Option<String>>,
    id: String,
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
                Told::Hazard { kind: kind?, stated_area_m2: rules.square_metres(row, Field::Area)? }
            }
            RecordKind::LandRelease => {
                let kind = *self.release_kind.look(row, || rules.unremarked(row, release::kind_of));
                rules.release(row, kind?)?
            }
            // There are few of them.
            _ => return None,
        };
        let date_field = rules.date_field();
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
            id: rules.id(row, &mut self.id),
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

    /// Square metres stored as a number; `None` where it is for the general code to judge.
    #[allow(clippy::option_option)] // remarkable; not given; given
    fn square_metres(&self, row: &impl Entered, field: Field) -> Option<Option<f64>> {
        let Some(used) = self.plan.uses.get(&field) else { return Some(None) };
        let number = match row.value(used.index) {
            ValueRef::Null => return Some(None),
            ValueRef::Integer(n) => n as f64,
            ValueRef::Real(n) => n,
            ValueRef::Text(_) | ValueRef::Blob(_) => return None,
        };
        let m2 = number * used.factor;
        (0.0..=1e12).contains(&m2).then_some(Some(m2))
    }

    fn release(&self, row: &impl Entered, kind: Option<ReleaseKind>) -> Option<Told<'static>> {
        let counted = [
            Field::ApMines,
            Field::Uxo,
            Field::Improvised,
            Field::AntiVehicle,
            Field::OtherItems,
            Field::ItemsDestroyed,
        ];
        // Items can be wrong, or say how land was released: then the general code reads the row.
        let items = counted.iter().filter_map(|field| self.plan.uses.get(field));
        if items.into_iter().any(|used| !matches!(row.value(used.index), ValueRef::Null)) {
            return None;
        }
        let area = self.square_metres(row, Field::Area)?;
        let parts = [Field::CancelledArea, Field::ReducedArea, Field::ClearedArea];
        let [cancelled, reduced, cleared] = parts.map(|field| self.square_metres(row, field));
        let [cancelled_m2, reduced_m2, cleared_m2] = release::plain([cancelled?, reduced?, cleared?], area, kind)?;
        Some(Told::Release { kind, cancelled_m2, reduced_m2, cleared_m2 })
    }

    fn id<'r>(&self, row: &'r impl Entered, buffer: &'r mut String) -> Option<&'r str> {
        use std::fmt::Write as _;
        let used = self.plan.uses.get(&Field::Id)?;
        buffer.clear();
        match row.value(used.index) {
            ValueRef::Integer(n) => _ = write!(buffer, "{n}"),
            ValueRef::Text(bytes) if std::str::from_utf8(bytes).is_ok() => {
                let text = trimmed(std::str::from_utf8(bytes).unwrap_or_default());
                return (!words::is_unknown(text)).then_some(text);
            }
            value => {
                buffer.push_str(&written(value).0);
                let text = trimmed(buffer);
                return (!words::is_unknown(text)).then_some(text);
            }
        }
        Some(buffer)
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

fn of_hazard<'r>(area: &'r HazardousArea, outline: Option<Outline<'r>>) -> AreaRecord<'r> {
    AreaRecord {
        row: area.row,
        id: area.id.as_deref(),
        year: area.year,
        month: area.month,
        date: area.date,
        admin1: area.admin1.as_deref(),
        admin2: area.admin2.as_deref(),
        admin1_code: area.admin1_code.as_ref().map(|code| code.best()),
        admin2_code: area.admin2_code.as_ref().map(|code| code.best()),
        told: Told::Hazard { kind: area.kind, stated_area_m2: area.stated_area_m2 },
        outline,
    }
}

fn of_release<'r>(release: &'r LandRelease, outline: Option<Outline<'r>>) -> AreaRecord<'r> {
    let LandRelease { kind, cancelled_m2, reduced_m2, cleared_m2, .. } = *release;
    AreaRecord {
        row: release.row,
        id: release.area_id.as_deref(),
        year: release.year,
        month: release.month,
        date: release.date,
        admin1: release.admin1.as_deref(),
        admin2: release.admin2.as_deref(),
        admin1_code: release.admin1_code.as_ref().map(|code| code.best()),
        admin2_code: release.admin2_code.as_ref().map(|code| code.best()),
        told: Told::Release { kind, cancelled_m2, reduced_m2, cleared_m2 },
        outline,
    }
}

fn of_district<'r>(district: &'r District, outline: Option<Outline<'r>>) -> AreaRecord<'r> {
    let name = district.name.as_deref();
    let code = district.code.as_ref().map(|code| code.best());
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

/// A value as text, as the general reader writes it, and what it was.
pub(crate) fn written(value: ValueRef<'_>) -> (String, Native) {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => (String::new(), Native::Text),
        ValueRef::Integer(n) => (n.to_string(), Native::Number),
        ValueRef::Real(n) => (n.to_string(), Native::Number),
        ValueRef::Text(bytes) => (String::from_utf8_lossy(bytes).into_owned(), Native::Text),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The row as the general code takes it. Whether it has a shape is all that code needs to know of it.
pub(crate) fn general_row(number: u64, row: &impl Entered, columns: usize, shaped: bool) -> Row {
    let cells: Vec<(String, Native)> = (0..columns).map(|column| written(row.value(column))).collect();
    Row {
        number,
        cells: RawRow::new(cells.iter().map(|(text, _)| text)),
        natives: cells.iter().map(|(_, native)| *native).collect(),
        geometry: Geometry { shape: shaped.then(Shape::default), ..Geometry::default() },
    }
}
