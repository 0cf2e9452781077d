//! The rows of a `GeoPackage`, in parts that are read side by side.

use super::geometry::{self, Soundness};
use super::{Area, AreaSink, Areas, first, no_areas};
use crate::cells::{Cells, Reason};
use crate::columns::{self, Plan};
use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::formats::geopackage::{self, Layer, damaged};
use crate::formats::wkb;
use crate::intake::Format;
use crate::log::Log;
use crate::options::{Limits, Options};
use crate::placing::{self, Placing};
use crate::record::{AreaKind, RecordKind, ReleaseKind};
use crate::table::{Native, Row};
use crate::vocabulary::Field;
use crate::{Mapping, Shape, release, source, words};
use jiff::civil::Date;
use rusqlite::types::ValueRef;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::rc::Rc;

/// Columns are understood on so many rows.
const SAMPLE: u64 = 5_000;

/// So many different rows are remembered; more would cost more than understanding them again.
const REMEMBERED: usize = 1 << 16;

/// What the parts share.
struct Work<'a> {
    path: &'a Path,
    file: &'a str,
    layer: &'a Layer,
    plan: &'a Plan,
    options: Plain,
    width: usize,
    /// Number in the table and name of each column that is read.
    columns: Vec<(usize, String)>,
}

/// The options without the progress bar, which cannot be shared between threads.
struct Plain {
    mapping: Option<Mapping>,
    crs: Option<String>,
    limits: Limits,
    today: Date,
}

impl Plain {
    fn of(options: &Options<'_>) -> Self {
        let Options { mapping, crs, limits, today, .. } = options.clone();
        Self { mapping, crs, limits, today }
    }

    fn options(&self) -> Options<'static> {
        let Self { mapping, crs, limits, today } = self;
        Options { mapping: mapping.clone(), crs: crs.clone(), limits: limits.clone(), ..Options::new(*today) }
    }
}

/// The fields that tell of an area what a balance needs.
fn needed(kind: RecordKind) -> &'static [Field] {
    use Field as F;
    match kind {
        RecordKind::HazardousArea => {
            &[F::Id, F::AreaKind, F::DateFound, F::Date, F::Year, F::Month, F::Day, F::Area, F::Admin1, F::Admin2]
        }
        RecordKind::District => &[F::Name, F::Admin2, F::Admin1, F::Code, F::Admin2Code, F::Admin1Code],
        _ => &[
            F::Id,
            F::Date,
            F::Year,
            F::Month,
            F::Day,
            F::CancelledArea,
            F::ReducedArea,
            F::ClearedArea,
            F::Area,
            F::ReleaseKind,
            F::Method,
            F::ApMines,
            F::Uxo,
            F::Improvised,
            F::AntiVehicle,
            F::OtherItems,
            F::ItemsDestroyed,
            F::Admin1,
            F::Admin2,
        ],
    }
}

/// What one part gave.
struct Part<S> {
    sink: S,
    log: Log,
    taken: u64,
    set_aside: u64,
    vertices: usize,
    reasons: Vec<Finding>,
}

pub(super) fn read<S: AreaSink>(
    path: &Path,
    options: &Options<'_>,
    make: impl Fn(usize) -> S + Sync,
) -> Result<Areas<S>, IntakeError> {
    let file = source::name_of(path);
    let bytes = std::fs::metadata(path).map_err(|error| crate::container::io(path, error))?.len();
    let limit = options.limits.max_file_bytes;
    if bytes > limit {
        return Err(IntakeError::TooLarge { file, bytes, limit });
    }
    let mut log = Log::new(&file, options.limits.examples);
    let connection = geopackage::open(&file, path, options)?;
    let layer = geopackage::choose(&file, geopackage::layers(&file, &connection)?, options, &mut log)?;
    let mut table = geopackage::rows(&file, &connection, &layer, Some(SAMPLE), options)?;
    let mut placing = Placing::settle(&file, &table.stated, options, &mut log)?;
    let (columns, plan) = columns::understand(&file, &table, options, &mut log)?;
    if !matches!(plan.kind, RecordKind::HazardousArea | RecordKind::LandRelease | RecordKind::District) {
        return Err(no_areas(&file, plan.kind));
    }
    // What is wrong with rows is said when they are read for good, not here.
    placing::take_geometry(&mut table, &plan, &mut placing, options, &mut log.fresh());
    placing.finish(&file, &table.stated, true, options, &mut log)?;
    let mut used: Vec<usize> =
        needed(plan.kind).iter().filter_map(|field| plan.uses.get(field)).map(|used| used.index).collect();
    used.sort_unstable();
    used.dedup();
    let name = |index: usize| Some((index, layer.columns.get(index)?.clone()));
    let work = Work {
        path,
        file: &file,
        layer: &layer,
        plan: &plan,
        options: Plain::of(options),
        width: layer.columns.len(),
        columns: used.into_iter().filter_map(name).collect(),
    };
    let ranges = ranges(&file, &connection, &layer)?;
    drop(connection);
    let parts = side_by_side(&work, &ranges, &make)?;
    let mut out = Areas {
        sinks: Vec::new(),
        kind: plan.kind,
        format: Format::GeoPackage,
        columns,
        rows_read: 0,
        taken: 0,
        set_aside: 0,
        reasons: Vec::new(),
        findings: Vec::new(),
        file: file.clone(),
    };
    let mut vertices = 0usize;
    for part in parts {
        out.sinks.push(part.sink);
        out.taken += part.taken;
        out.set_aside += part.set_aside;
        out.reasons.extend(part.reasons);
        vertices = vertices.saturating_add(part.vertices);
        log.absorb(part.log);
    }
    let limits = &options.limits;
    out.rows_read = out.taken + out.set_aside;
    if out.rows_read > limits.max_rows {
        return Err(IntakeError::TooManyRows { file, limit: limits.max_rows });
    }
    if vertices > limits.max_vertices {
        return Err(IntakeError::TooManyVertices { file, limit: limits.max_vertices });
    }
    out.reasons.truncate(limits.examples);
    out.findings = log.finish();
    Ok(out)
}

/// Runs of feature ids, as many as there are processors, of about the same length.
fn ranges(
    file: &str,
    connection: &rusqlite::Connection,
    layer: &Layer,
) -> Result<Vec<RangeInclusive<i64>>, IntakeError> {
    let sql = |which: &str| format!("select {which}(rowid) from {}", geopackage::quoted(&layer.name));
    let ask = |which: &str| {
        connection.query_row(&sql(which), [], |row| row.get::<_, Option<i64>>(0)).map_err(|error| damaged(file, error))
    };
    let (Some(low), Some(high)) = (ask("min")?, ask("max")?) else { return Ok(vec![0..=0]) };
    let parts = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8) as i128;
    let length = (i128::from(high) - i128::from(low) + 1).div_euclid(parts) + 1;
    let at = |n: i128| i64::try_from(i128::from(low) + n * length).unwrap_or(i64::MAX);
    Ok((0..parts).map(|n| at(n)..=at(n + 1).saturating_sub(1).min(high)).filter(|range| !range.is_empty()).collect())
}

fn side_by_side<S: AreaSink>(
    work: &Work<'_>,
    ranges: &[RangeInclusive<i64>],
    make: &(impl Fn(usize) -> S + Sync),
) -> Result<Vec<Part<S>>, IntakeError> {
    std::thread::scope(|scope| {
        let running: Vec<_> = ranges
            .iter()
            .enumerate()
            .map(|(at, range)| scope.spawn(move || Reader::new(work, make(at))?.read(range)))
            .collect();
        let fault = || damaged(work.file, "a part of it could not be read");
        running.into_iter().map(|part| part.join().map_err(|_| fault())?).collect()
    })
}

/// What a row tells, its identifier and stated area aside; kept for rows that tell the same.
#[derive(Debug, Clone, Default)]
struct Told {
    kind: AreaKind,
    release: Option<ReleaseKind>,
    year: Option<i16>,
    date: Option<Date>,
    released_m2: [Option<f64>; 3],
    district: String,
    name: String,
}

struct Reader<'a, S> {
    work: &'a Work<'a>,
    options: Options<'static>,
    placing: Placing,
    part: Part<S>,
    /// The row being read; its room is used again and again.
    row: Row,
    texts: Vec<String>,
    /// What the row says, but for what is its own.
    key: Vec<u8>,
    remembered: HashMap<Vec<u8>, Rc<Told>>,
    /// The columns that differ from row to row.
    own: Vec<usize>,
}

impl<'a, S: AreaSink> Reader<'a, S> {
    fn new(work: &'a Work<'a>, sink: S) -> Result<Self, IntakeError> {
        let options = work.options.options();
        let log = Log::new(work.file, options.limits.examples);
        // The coordinate system was settled and spoken of before; each thread has its own.
        let placing = Placing::settle(work.file, &work.layer.stated, &options, &mut log.fresh())?;
        let part = Part { sink, log, taken: 0, set_aside: 0, vertices: 0, reasons: Vec::new() };
        let own: &[Field] =
            if work.plan.kind == RecordKind::HazardousArea { &[Field::Id, Field::Area] } else { &[Field::Id] };
        let own = own.iter().filter_map(|field| work.plan.uses.get(field)).map(|used| used.index).collect();
        let row = Row { natives: vec![Native::Text; work.width].into_boxed_slice(), ..Row::default() };
        let texts = vec![String::new(); work.width];
        Ok(Self { work, options, placing, part, row, texts, key: Vec::new(), remembered: HashMap::new(), own })
    }

    fn read(mut self, range: &RangeInclusive<i64>) -> Result<Part<S>, IntakeError> {
        let work = self.work;
        let options = self.options.clone();
        let failed = |error: rusqlite::Error| geopackage::row_failed(work.file, error, &options);
        let connection = geopackage::open(work.file, work.path, &options)?;
        let mut picked = vec!["rowid".to_owned()];
        picked.extend(work.columns.iter().map(|(_, name)| geopackage::quoted(name)));
        picked.extend(work.layer.geometry.as_deref().map(geopackage::quoted));
        let table = geopackage::quoted(&work.layer.name);
        let sql = format!("select {} from {table} where rowid between ?1 and ?2 order by rowid", picked.join(", "));
        let mut statement = connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([range.start(), range.end()]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            self.row.number = geopackage::number(row.get_ref(0).map_err(failed)?);
            self.key.clear();
            for (at, (index, _)) in work.columns.iter().enumerate() {
                self.cell(*index, row.get_ref(at + 1).map_err(failed)?);
            }
            let geometry = match work.layer.geometry {
                Some(_) => row.get_ref(work.columns.len() + 1).map_err(failed)?,
                None => ValueRef::Null,
            };
            self.row.cells.refill(&self.texts);
            match self.take(geometry) {
                Ok(()) => self.part.taken += 1,
                Err(reason) => {
                    self.part.set_aside += 1;
                    if self.part.reasons.len() < self.options.limits.examples {
                        self.part.reasons.push(self.part.log.named(reason.at(self.row.number)));
                    }
                }
            }
        }
        Ok(self.part)
    }

    /// A cell into the row, and into the key unless it is the row's own.
    fn cell(&mut self, index: usize, value: ValueRef<'_>) {
        let (Some(text), Some(native)) = (self.texts.get_mut(index), self.row.natives.get_mut(index)) else { return };
        text.clear();
        *native = match value {
            ValueRef::Text(bytes) => {
                match std::str::from_utf8(bytes) {
                    Ok(plain) => text.push_str(plain),
                    Err(_) => text.push_str(&String::from_utf8_lossy(bytes)),
                }
                Native::Text
            }
            other => {
                let (written, native) = geopackage::written(other);
                text.push_str(&written);
                native
            }
        };
        if !self.own.contains(&index) {
            self.key.extend_from_slice(text.as_bytes());
            // No text holds this byte, so two cells never pass for one.
            self.key.push(if *native == Native::Number { 0xfe } else { 0xff });
        }
    }

    fn cells(&mut self) -> Cells<'_> {
        Cells {
            plan: self.work.plan,
            row: &self.row,
            mapping: self.options.mapping.as_ref(),
            today: self.options.today,
            log: &mut self.part.log,
        }
    }

    /// Gives a row to the sink, or says why it cannot be taken.
    fn take(&mut self, geometry: ValueRef<'_>) -> Result<(), Finding> {
        let outline = self.outline(geometry);
        let known = self.remembered.get(&self.key).map(Rc::clone);
        let told = if let Some(told) = known {
            told
        } else {
            let before = self.part.log.added();
            let told = Rc::new(told(&mut self.cells()).map_err(|reason| *reason)?);
            // What was worth a finding once is worth one each time.
            if self.part.log.added() == before && self.remembered.len() < REMEMBERED {
                self.remembered.insert(self.key.clone(), Rc::clone(&told));
            }
            told
        };
        let hazard = self.work.plan.kind == RecordKind::HazardousArea;
        let stated_area_m2 = if hazard { self.cells().area(Field::Area).map_err(|reason| *reason)? } else { None };
        if self.work.plan.kind == RecordKind::District && matches!(outline, Outline::None) {
            let reason = "a district without a boundary".to_owned();
            return Err(Finding::new(FindingKind::FeatureUnusable { reason }));
        }
        let used = self.work.plan.uses.get(&Field::Id);
        let id = used.map(|used| self.row.cell(used.index)).filter(|id| !words::is_unknown(id));
        let district = self.work.plan.kind == RecordKind::District;
        let area = Area {
            id: if district { &told.name } else { id.unwrap_or("") },
            kind: told.kind,
            release: told.release,
            year: told.year,
            date: told.date,
            stated_area_m2,
            released_m2: told.released_m2,
            district: &told.district,
            ..Area::empty(self.row.number)
        };
        self.part.sink.begin(&area);
        match outline {
            Outline::None => {}
            Outline::Sound(bytes) => geometry::pass(bytes, &mut self.part.sink),
            Outline::Mended(shape) => geometry::push(&shape, &mut self.part.sink),
        }
        self.part.sink.end();
        Ok(())
    }

    /// The outline as it lies in the file when nothing is wrong with it; else what can be made of it, with findings.
    fn outline<'g>(&mut self, value: ValueRef<'g>) -> Outline<'g> {
        if let ValueRef::Blob(bytes) = value
            && let Ok(Some(body)) = geopackage::body(bytes, self.work.layer.srs_id)
            && self.placing.is_degrees()
        {
            let mut soundness = Soundness::default();
            let whole = wkb::visit(body, &mut soundness).is_ok();
            self.part.vertices = self.part.vertices.saturating_add(soundness.vertices);
            let few = soundness.vertices <= self.options.limits.max_shape_vertices;
            if whole && few && soundness.polygons > 0 && soundness.is_sound() {
                return Outline::Sound(body);
            }
        }
        let mut geometry = geopackage::geometry(value, self.work.layer.srs_id);
        self.placing.geometry(self.row.number, &mut geometry, &self.options);
        for kind in std::mem::take(&mut geometry.notes) {
            self.part.log.add(Finding::new(kind).at(self.row.number));
        }
        geometry.shape.map_or(Outline::None, Outline::Mended)
    }
}

enum Outline<'a> {
    None,
    Sound(&'a [u8]),
    Mended(Shape),
}

/// What a row tells besides its own identifier, area and outline.
fn told(cells: &mut Cells<'_>) -> Result<Told, Reason> {
    let owned = |text: &str| text.to_owned();
    match cells.plan.kind {
        RecordKind::HazardousArea => {
            let found = if cells.plan.uses.contains_key(&Field::DateFound) { Field::DateFound } else { Field::Date };
            let (year, _, date) = cells.when(found);
            let kind = cells.word(Field::AreaKind).map(words::area_kind).unwrap_or_default();
            let (one, two) = (cells.text(Field::Admin1), cells.text(Field::Admin2));
            Ok(Told { kind, year, date, district: owned(first([two.as_ref(), one.as_ref()])), ..Told::default() })
        }
        RecordKind::District => {
            let name = [Field::Name, Field::Admin2, Field::Admin1].into_iter().find_map(|field| cells.text(field));
            let codes = [Field::Code, Field::Admin2Code, Field::Admin1Code];
            let code = || codes.into_iter().find_map(|field| cells.code(field)).map(|code| code.raw);
            Ok(Told { name: name.or_else(code).unwrap_or_default(), ..Told::default() })
        }
        _ => {
            let record = release::release(cells, None)?;
            Ok(Told {
                release: record.kind,
                year: record.year,
                date: record.date,
                released_m2: [record.cancelled_m2, record.reduced_m2, record.cleared_m2],
                district: owned(first([record.admin2.as_ref(), record.admin1.as_ref()])),
                ..Told::default()
            })
        }
    }
}
