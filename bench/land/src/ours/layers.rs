//! From `intake`'s reader straight into `land`'s batches.

use std::path::Path;

use intake::{Area, AreaKind, AreaSink, Areas, Options};
use jiff::civil::{Date, date};
use land::{Batch, District, Entry, HazardKind, Layer, Polygon, Records, ReleaseKind};

use super::Failure;

/// All three layers.
pub(super) fn records(folder: &Path) -> Result<Records, Failure> {
    let districts = read(folder, "districts", |_| Outlines::new(|area: &Area<'_>| Some(area.id.to_owned())))?;
    let districts = districts.into_iter().flat_map(|sink| sink.taken);
    Ok(Records {
        hazards: hazards(folder)?,
        releases: layer(folder, "releases", release)?,
        districts: districts.map(|(name, shape)| District { name, shape }).collect(),
        corrections: Vec::new(),
    })
}

/// The hazards in bulk.
pub(super) fn hazards(folder: &Path) -> Result<Layer<HazardKind>, Failure> {
    layer(folder, "hazards", hazard)
}

/// A hazard as a map shows it.
#[derive(Clone, Copy)]
pub(super) struct MappedHazard {
    pub(super) kind: HazardKind,
    pub(super) found: Date,
    pub(super) stated_m2: Option<f64>,
}

/// The hazards one by one.
pub(super) fn mapped_hazards(folder: &Path) -> Result<Vec<(MappedHazard, Polygon)>, Failure> {
    let about = |area: &Area<'_>| {
        Some(MappedHazard { kind: hazard_kind(area)?, found: area.date?, stated_m2: area.stated_area_m2 })
    };
    let sinks = read(folder, "hazards", |_| Outlines::new(about))?;
    Ok(sinks.into_iter().flat_map(|sink| sink.taken).collect())
}

fn hazard_kind(area: &Area<'_>) -> Option<HazardKind> {
    match area.kind {
        AreaKind::Suspected => Some(HazardKind::Suspected),
        AreaKind::Confirmed => Some(HazardKind::Confirmed),
        AreaKind::Unknown => None,
    }
}

fn hazard(area: &Area<'_>) -> Option<Entry<'static, HazardKind>> {
    let (year, kind) = (area.year?, hazard_kind(area)?);
    Some(Entry { year, kind, stated_area_m2: area.stated_area_m2, district: None })
}

fn release(area: &Area<'_>) -> Option<Entry<'static, ReleaseKind>> {
    let kind = match area.release? {
        intake::ReleaseKind::Cancelled => ReleaseKind::Cancelled,
        intake::ReleaseKind::Reduced => ReleaseKind::Reduced,
        intake::ReleaseKind::Cleared => ReleaseKind::Cleared,
    };
    let stated_area_m2 = area.released_m2[kind as usize];
    Some(Entry { year: area.year?, kind, stated_area_m2, district: None })
}

fn layer<K: Copy + Send>(
    folder: &Path,
    name: &str,
    entry: fn(&Area<'_>) -> Option<Entry<'static, K>>,
) -> Result<Layer<K>, Failure> {
    let mut layer = Layer::default();
    for sink in read(folder, name, |_| Bulk { entry, current: None, batch: Batch::default(), refused: None })? {
        if let Some(refused) = sink.refused {
            return Err(format!("{name}: {refused}").into());
        }
        layer.join(sink.batch);
    }
    Ok(layer)
}

/// Reads a layer; that a row was set aside is an error here, for the generator writes none that should be.
fn read<S: AreaSink>(folder: &Path, layer: &str, make: impl Fn(usize) -> S + Sync) -> Result<Vec<S>, Failure> {
    let mut options = Options::new(date(2026, 1, 1));
    options.limits.max_rows = u64::MAX;
    options.limits.max_file_bytes = u64::MAX;
    let Areas { sinks, set_aside, reasons, .. } = intake::areas(&folder.join(format!("{layer}.gpkg")), &options, make)?;
    if set_aside > 0 {
        return Err(format!("{layer}: {set_aside} rows were set aside: {reasons:?}").into());
    }
    Ok(sinks)
}

/// Fills a batch.
struct Bulk<K> {
    entry: fn(&Area<'_>) -> Option<Entry<'static, K>>,
    current: Option<Entry<'static, K>>,
    batch: Batch<K>,
    refused: Option<String>,
}

impl<K: Copy + Send> AreaSink for Bulk<K> {
    fn begin(&mut self, area: &Area<'_>) {
        self.current = (self.entry)(area);
        if self.current.is_none() {
            self.refused = Some(format!("row {} has no year or no kind", area.row));
        }
    }

    fn polygon(&mut self) {}

    fn ring(&mut self, _corners: usize) {
        self.batch.begin_ring();
    }

    #[inline]
    fn vertex(&mut self, lon: f64, lat: f64) {
        self.batch.vertex(lon, lat);
    }

    fn end(&mut self) {
        if let Some(Err(error)) = self.current.take().map(|entry| self.batch.push(entry)) {
            self.refused = Some(error.to_string());
        }
    }
}

/// Keeps each outline as a polygon beside what `about` says of it.
struct Outlines<T, F> {
    about: F,
    current: Option<T>,
    rings: Vec<Vec<[f64; 2]>>,
    taken: Vec<(T, Polygon)>,
}

impl<T, F> Outlines<T, F> {
    fn new(about: F) -> Self {
        Self { about, current: None, rings: Vec::new(), taken: Vec::new() }
    }
}

impl<T: Send, F: Fn(&Area<'_>) -> Option<T> + Send> AreaSink for Outlines<T, F> {
    fn begin(&mut self, area: &Area<'_>) {
        self.current = (self.about)(area);
    }

    fn polygon(&mut self) {}

    fn ring(&mut self, corners: usize) {
        self.rings.push(Vec::with_capacity(corners));
    }

    fn vertex(&mut self, lon: f64, lat: f64) {
        if let Some(ring) = self.rings.last_mut() {
            ring.push([lon, lat]);
        }
    }

    fn end(&mut self) {
        let shape = Polygon::from_lon_lat(std::mem::take(&mut self.rings));
        if let (Some(about), Ok(shape)) = (self.current.take(), shape) {
            self.taken.push((about, shape));
        }
    }
}
