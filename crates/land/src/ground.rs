//! The label of every piece of ground: where it lies, when it was found, when and how it was released.
//!
//! Label each polygon with its date and one sweep gives every year and district at once. The books are kept by label, so
//! nothing that the overlay shows is lost on the way to the balance.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::bands::{bands, edges_within};
use crate::components::components;
use crate::districts::Borders;
use crate::geometry::{Bounds, Polygon};
use crate::records::{Hazard, Release, ReleaseKind};
use crate::sum::{CompensatedSum, WholeArea};
use crate::sweep::{Covers, Layer, Sweep};

/// All that the balance needs to know of a piece of ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ground {
    /// Index of its district.
    pub(crate) district: Option<usize>,
    /// First year in which a hazard covered it.
    pub(crate) found: Option<i16>,
    /// First year in which a release covered it. Where several kinds did so in one year, the one with most effort on the
    /// ground counts: who has cleared ground need not have cancelled it.
    pub(crate) released: Option<(i16, ReleaseKind)>,
    /// Whether two or more hazards cover it.
    pub(crate) overlaps: bool,
    /// Whether a hazard was recorded on it after its first release.
    pub(crate) found_after_release: bool,
}

/// Area of ground by label.
pub(crate) type Survey = BTreeMap<Ground, WholeArea>;

/// A record with a shape, seen as the sweep needs it.
#[derive(Clone, Copy)]
struct Mapped<'a> {
    shape: &'a Polygon,
    year: i16,
    /// `None` for a hazard.
    release: Option<ReleaseKind>,
    bounds: Bounds,
}

impl<'a> Mapped<'a> {
    /// `None` for a shape without vertices.
    fn new(shape: &'a Polygon, year: i16, release: Option<ReleaseKind>) -> Option<Self> {
        Some(Self { shape, year, release, bounds: shape.bounds()? })
    }
}

/// Measures the ground of all records by label.
pub(crate) fn survey(hazards: &[Hazard], releases: &[Release], borders: &Borders) -> Survey {
    let hazards = hazards.iter().filter_map(|h| Mapped::new(h.shape.as_ref()?, h.year, None));
    let releases = releases.iter().filter_map(|r| Mapped::new(r.shape.as_ref()?, r.year, Some(r.kind)));
    survey_records(&hazards.chain(releases).collect::<Vec<_>>(), borders)
}

/// Plots are swept in parallel and added in whole square millimetres, so the figures do not depend on the threads.
fn survey_records(records: &[Mapped<'_>], borders: &Borders) -> Survey {
    plots(records)
        .into_par_iter()
        .fold(
            || (Sweep::default(), Survey::new()),
            |(mut sweep, mut all), plot| {
                add(&mut all, survey_plot(&mut sweep, plot, borders));
                (sweep, all)
            },
        )
        .map(|(_, survey)| survey)
        .reduce(Survey::new, |mut all, part| {
            add(&mut all, part);
            all
        })
}

fn add(all: &mut Survey, part: Survey) {
    for (ground, area) in part {
        *all.entry(ground).or_default() += area;
    }
}

/// What is swept at one go: a component, or a band of a large one.
struct Plot<'a> {
    records: Vec<Mapped<'a>>,
    bounds: Bounds,
    is_band: bool,
}

fn plots<'a>(records: &[Mapped<'a>]) -> Vec<Plot<'a>> {
    let boxes: Vec<_> = records.iter().map(|record| record.bounds).collect();
    let mut plots = Vec::new();
    for members in components(&boxes) {
        let records: Vec<_> = members.into_iter().map(|member| records[member]).collect();
        let Some(around) = records.iter().map(|record| record.bounds).reduce(Bounds::join) else { continue };
        let bands = bands(records.iter().map(|record| record.shape), around);
        if bands.len() < 2 {
            plots.push(Plot { records, bounds: around, is_band: false });
            continue;
        }
        plots.extend(bands.into_iter().map(|bounds| {
            let records = records.iter().copied().filter(|record| record.bounds.meets(&bounds)).collect();
            Plot { records, bounds, is_band: true }
        }));
    }
    plots
}

/// Sweeps the records of one plot. Their ranks follow the years, so the lowest rank over a piece of ground is the first
/// record on it.
fn survey_plot(sweep: &mut Sweep, Plot { records, bounds, is_band }: Plot<'_>, borders: &Borders) -> Survey {
    let (mut hazards, mut releases): (Vec<_>, Vec<_>) = records.into_iter().partition(|r| r.release.is_none());
    hazards.sort_by_key(|hazard| hazard.year);
    releases.sort_by_key(|release| (release.year, Reverse(release.release)));
    sweep.begin(bounds);
    for (layer, records) in [(Layer::Hazard, &hazards), (Layer::Release, &releases)] {
        for (rank, record) in (0_u32..).zip(records) {
            let shape = record.shape;
            let edges = if is_band { edges_within(shape, &bounds) } else { shape.edges().collect() };
            for edge in edges {
                sweep.add_edge(layer, rank, edge);
            }
        }
    }
    borders.add_to(sweep, &bounds);
    let mut areas: BTreeMap<Ground, CompensatedSum> = BTreeMap::new();
    sweep.run(|covers, area| areas.entry(label(covers, &hazards, &releases)).or_default().add(area));
    areas.into_iter().map(|(ground, area)| (ground, WholeArea::from_m2(area.value()))).collect()
}

fn label(covers: &Covers, hazards: &[Mapped<'_>], releases: &[Mapped<'_>]) -> Ground {
    let found = covers.hazards.first().map(|rank| hazards[rank as usize].year);
    let last_found = covers.hazards.last().map(|rank| hazards[rank as usize].year);
    let release = covers.releases.first().map(|rank| releases[rank as usize]);
    let first_release = release.and_then(|release| Some((release.year, release.release?)));
    Ground {
        district: covers.districts.first().map(|rank| rank as usize),
        found,
        released: first_release,
        overlaps: covers.hazards.depth() > 1,
        found_after_release: first_release.zip(last_found).is_some_and(|((released, _), last)| last > released),
    }
}

/// The district that holds most of a shape; `None` when no district holds any of it. Of equal shares the first listed
/// district wins.
pub(crate) fn home_district(shape: &Polygon, borders: &Borders) -> Option<usize> {
    if borders.is_empty() {
        return None;
    }
    let pieces = survey_records(&[Mapped::new(shape, 0, None)?], borders);
    let shares = pieces.into_iter().filter_map(|(ground, area)| Some((area, Reverse(ground.district?))));
    shares.filter(|&(area, _)| area > WholeArea::ZERO).max().map(|(_, Reverse(district))| district)
}

/// Area in m² of the ground that a polygon covers by the even-odd rule.
pub(crate) fn even_odd_area_m2(polygon: &Polygon) -> f64 {
    let Some(bounds) = polygon.bounds() else { return 0.0 };
    let mut sweep = Sweep::default();
    sweep.begin(bounds);
    polygon.edges().for_each(|edge| sweep.add_edge(Layer::Hazard, 0, edge));
    let mut area = CompensatedSum::default();
    sweep.run(|_, piece| area.add(piece));
    area.value()
}
