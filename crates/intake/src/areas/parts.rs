//! A layer read in parts, on several threads.
//!
//! Each part is a range of row numbers with a connection of its own, closed when the part is done: pages of the file are
//! mapped into memory, and a mapping kept open would count the whole file as memory in use.

use crate::BoundingBox;
use crate::areas::geopackage::GeoPackage;
use crate::areas::outline::Drawing;
use crate::areas::stated::StatedArea;
use crate::areas::teller::{Rules, Teller};
use crate::areas::understand::{Chosen, Stepped};
use crate::areas::{AreaSink, NAMED_ASIDE, Part};
use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind};
use crate::log::Log;
use crate::options::Options;
use crate::wkb;
use rusqlite::types::ValueRef;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// About so many bytes of the file make a part.
const PART_BYTES: u64 = 16 << 20;
/// Parts that a layer is cut into at most.
const MOST_PARTS: u64 = 256;
/// Corners of one shape; a shape with more is left out, its record kept.
const MOST_CORNERS: usize = 2_000_000;

/// All parts together.
pub(crate) struct Read<S> {
    pub(crate) rows: u64,
    pub(crate) taken: u64,
    pub(crate) set_aside: u64,
    pub(crate) set_aside_reasons: Vec<Finding>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) sinks: Vec<S>,
}

/// One part, read.
struct PartRead<S> {
    rows: u64,
    taken: u64,
    aside: u64,
    reasons: Vec<Finding>,
    findings: Vec<Finding>,
    sink: S,
}

/// What is the same for all parts; unlike [`Options`] it can be shared between threads.
struct Job<'a, F> {
    package: &'a GeoPackage,
    query: String,
    srs_id: i64,
    rules: Rules<'a>,
    stated: StatedArea<'a>,
    country: Option<BoundingBox>,
    examples: usize,
    most_rows: u64,
    /// Row numbers, both ends included; `None` when the rows have none.
    ranges: Vec<Option<(i64, i64)>>,
    make_sink: &'a F,
    next: AtomicUsize,
    failed: AtomicBool,
}

type Outcome<S> = (usize, Result<PartRead<S>, IntakeError>);

/// Reads all rows of a layer.
pub(crate) fn read<S: AreaSink>(
    package: &GeoPackage,
    chosen: &Chosen,
    options: &Options<'_>,
    make_sink: &(impl Fn(Part) -> S + Sync),
) -> Result<Read<S>, IntakeError> {
    let ranges = ranges(package.bytes, chosen.numbers);
    let job = Job {
        package,
        query: chosen.layer.query(&chosen.names, chosen.numbers.is_some()),
        srs_id: chosen.layer.srs_id,
        rules: Rules {
            file: &package.file,
            plan: &chosen.plan,
            columns: chosen.names.len(),
            mapping: options.mapping.as_ref(),
            today: options.today,
        },
        stated: StatedArea { plan: &chosen.plan, tolerance: options.area_tolerance },
        country: options.country_box,
        examples: options.limits.examples,
        most_rows: options.limits.max_rows,
        ranges,
        make_sink,
        next: AtomicUsize::new(0),
        failed: AtomicBool::new(false),
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(job.ranges.len());
    let mut outcomes: Vec<Outcome<S>> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| job.work(&|_| {}))).collect();
        let done = |parts: usize| {
            let bytes = package.bytes * parts as u64 / job.ranges.len() as u64;
            options.report(
                usize::try_from(bytes).unwrap_or(usize::MAX),
                usize::try_from(package.bytes).unwrap_or(usize::MAX),
            );
        };
        let mut outcomes = job.work(&done);
        for other in others {
            match other.join() {
                Ok(more) => outcomes.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        outcomes
    });
    outcomes.sort_by_key(|(part, _)| *part);
    let mut all = Read {
        rows: 0,
        taken: 0,
        set_aside: 0,
        set_aside_reasons: Vec::new(),
        findings: Vec::new(),
        sinks: Vec::with_capacity(outcomes.len()),
    };
    for (_, part) in outcomes {
        let part = part?;
        all.rows += part.rows;
        all.taken += part.taken;
        all.set_aside += part.aside;
        let room = NAMED_ASIDE - all.set_aside_reasons.len();
        all.set_aside_reasons.extend(part.reasons.into_iter().take(room));
        all.findings.extend(part.findings);
        all.sinks.push(part.sink);
    }
    if let Some(last) = all.set_aside_reasons.last_mut() {
        // As everywhere, the last one listed also stands for those that are not.
        last.count += all.set_aside - NAMED_ASIDE.min(usize::try_from(all.set_aside).unwrap_or(usize::MAX)) as u64;
    }
    if all.rows > options.limits.max_rows {
        return Err(too_many(package, options.limits.max_rows));
    }
    Ok(all)
}

/// Cuts the numbers of the rows into ranges of one width.
pub(super) fn ranges(bytes: u64, numbers: Option<(i64, i64)>) -> Vec<Option<(i64, i64)>> {
    let Some((first, last)) = numbers else { return vec![None] };
    let width = last.abs_diff(first).saturating_add(1);
    let parts = (bytes / PART_BYTES + 1).min(MOST_PARTS).min(width);
    let step = width.div_ceil(parts);
    (0..parts)
        .filter_map(|part| {
            let start = first.checked_add_unsigned(part.checked_mul(step)?)?;
            let end = start.saturating_add_unsigned(step - 1).min(last);
            (start <= last).then_some(Some((start, end)))
        })
        .collect()
}

fn too_many(package: &GeoPackage, limit: u64) -> IntakeError {
    IntakeError::TooManyRows { file: package.file.clone(), limit }
}

impl<S: AreaSink, F: Fn(Part) -> S + Sync> Job<'_, F> {
    /// Reads parts until none is left. All stop when one fails.
    fn work(&self, done: &dyn Fn(usize)) -> Vec<Outcome<S>> {
        let mut teller = Teller::new(self.rules);
        let mut drawing = Drawing::new(MOST_CORNERS);
        let mut outcomes = Vec::new();
        while !self.failed.load(Ordering::Relaxed) {
            let part = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(range) = self.ranges.get(part) else { break };
            let read = self.part(part, *range, &mut teller, &mut drawing);
            self.failed.fetch_or(read.is_err(), Ordering::Relaxed);
            outcomes.push((part, read));
            done(part);
        }
        outcomes
    }

    fn part(
        &self,
        index: usize,
        range: Option<(i64, i64)>,
        teller: &mut Teller<'_>,
        drawing: &mut Drawing,
    ) -> Result<PartRead<S>, IntakeError> {
        let damaged = |error: rusqlite::Error| self.package.damaged(&error);
        let bytes = self.package.bytes / self.ranges.len() as u64;
        let mut sink = (self.make_sink)(Part { kind: self.rules.plan.kind, index, bytes });
        let mut log = Log::new(&self.package.file, self.examples);
        let (mut rows, mut taken, mut reasons, mut aside) = (0_u64, 0_u64, Vec::new(), 0_u64);
        let connection = self.package.open()?;
        let mut statement = connection.prepare(&self.query).map_err(damaged)?;
        let mut found = match range {
            Some((first, last)) => statement.query([first, last]),
            None => statement.query([]),
        }
        .map_err(damaged)?;
        while let Some(row) = found.next().map_err(damaged)? {
            rows += 1;
            if rows > self.most_rows {
                return Err(too_many(self.package, self.most_rows));
            }
            let number = match (range, row.get_ref(0).map_err(damaged)?) {
                (Some(_), ValueRef::Integer(number)) => number.cast_unsigned(),
                _ => rows,
            };
            self.draw(row.get_ref(1).map_err(damaged)?, drawing);
            for kind in drawing.notes() {
                log.add(Finding::new(kind.clone()).at(number));
            }
            let mut differs = None;
            let told = teller.tell(number, &Stepped(row), drawing.outline(), &mut log, |record| {
                differs = self.stated.finding(record, &Stepped(row));
                sink.take(record);
            });
            if let Some(differs) = differs {
                log.add(differs);
            }
            match told {
                Ok(()) => taken += 1,
                Err(reason) => {
                    aside += 1;
                    if reasons.len() < NAMED_ASIDE {
                        reasons.push(log.named(reason.at(number)));
                    }
                }
            }
        }
        Ok(PartRead { rows, taken, aside, reasons, findings: log.finish(), sink })
    }

    /// Reads a geometry into the drawing and checks it.
    fn draw(&self, geometry: ValueRef<'_>, drawing: &mut Drawing) {
        drawing.clear();
        match geometry {
            ValueRef::Blob(blob) => {
                if let Err(reason) = wkb::read_geopackage(blob, self.srs_id, drawing) {
                    return drawing.refuse(FindingKind::GeometryNotUsed { reason });
                }
            }
            ValueRef::Null => return drawing.note(FindingKind::GeometryMissing {}),
            _ => {
                return drawing
                    .refuse(FindingKind::GeometryNotUsed { reason: "it is no geometry but a value".to_owned() });
            }
        }
        drawing.check(self.country);
    }
}
