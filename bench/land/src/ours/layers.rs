//! From `intake`'s reader straight into `land`'s batches.

use std::path::Path;

use intake::{AreaKind, AreaRecord, AreaSink, Bulk, Options, Outline, Part, Told};
use jiff::civil::{Date, date};
use land::{Batch, District, Entry, HazardKind, Layer, Polygon, Records, ReleaseKind};

use super::Failure;

/// All three layers.
pub(super) fn records(folder: &Path) -> Result<Records, Failure> {
    let name = |area: &AreaRecord<'_>| match area.told {
        Told::District { name, code } => name.or(code).map(str::to_owned),
        _ => None,
    };
    let districts = read(folder, "districts", |_| Outlines::new(name))?;
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
    let about = |area: &AreaRecord<'_>| {
        let Told::Hazard { kind, stated_area_m2: stated_m2 } = area.told else { return None };
        Some(MappedHazard { kind: hazard_kind(kind)?, found: area.date?, stated_m2 })
    };
    let sinks = read(folder, "hazards", |_| Outlines::new(about))?;
    Ok(sinks.into_iter().flat_map(|sink| sink.taken).collect())
}

fn hazard_kind(kind: AreaKind) -> Option<HazardKind> {
    match kind {
        AreaKind::Suspected => Some(HazardKind::Suspected),
        AreaKind::Confirmed => Some(HazardKind::Confirmed),
        AreaKind::Unknown => None,
    }
}

fn hazard(area: &AreaRecord<'_>) -> Option<Entry<'static, HazardKind>> {
    let Told::Hazard { kind, stated_area_m2 } = area.told else { return None };
    Some(Entry { year: area.year?, kind: hazard_kind(kind)?, stated_area_m2, district: None })
}

fn release(area: &AreaRecord<'_>) -> Option<Entry<'static, ReleaseKind>> {
    let Told::Release { kind, cancelled_m2, reduced_m2, cleared_m2 } = area.told else { return None };
    let (kind, stated_area_m2) = match kind? {
        intake::ReleaseKind::Cancelled => (ReleaseKind::Cancelled, cancelled_m2),
        intake::ReleaseKind::Reduced => (ReleaseKind::Reduced, reduced_m2),
        intake::ReleaseKind::Cleared => (ReleaseKind::Cleared, cleared_m2),
    };
    Some(Entry { year: area.year?, kind, stated_area_m2, district: None })
}

fn layer<K: Copy + Send>(
    folder: &Path,
    name: &str,
    entry: fn(&AreaRecord<'_>) -> Option<Entry<'static, K>>,
) -> Result<Layer<K>, Failure> {
    let mut layer = Layer::default();
    for sink in read(folder, name, |_| Filling { entry, batch: Batch::default(), refused: None })? {
        if let Some(refused) = sink.refused {
            return Err(format!("{name}: {refused}").into());
        }
        layer.join(sink.batch);
    }
    Ok(layer)
}

/// Reads a layer; that a row was set aside is an error here, for the generator writes none that should be.
fn read<S: AreaSink>(folder: &Path, layer: &str, make: impl Fn(Part) -> S + Sync) -> Result<Vec<S>, Failure> {
    let mut options = Options::new(date(2026, 1, 1));
    options.limits.max_rows = u64::MAX;
    options.limits.max_file_bytes = u64::MAX;
    let Bulk { parts, set_aside, set_aside_reasons, .. } =
        intake::areas(&folder.join(format!("{layer}.gpkg")), &options, make)?;
    if set_aside > 0 {
        return Err(format!("{layer}: {set_aside} rows were set aside: {set_aside_reasons:?}").into());
    }
    Ok(parts)
}

/// Fills a batch.
struct Filling<K> {
    entry: fn(&AreaRecord<'_>) -> Option<Entry<'static, K>>,
    batch: Batch<K>,
    refused: Option<String>,
}

impl<K: Copy + Send> AreaSink for Filling<K> {
    fn take(&mut self, record: &AreaRecord<'_>) {
        let Some(entry) = (self.entry)(record) else {
            self.refused = Some(format!("row {} has no year or no kind", record.row));
            return;
        };
        let rings = record.outline.as_ref().map(Outline::rings).into_iter().flatten();
        if let Err(error) = self.batch.push_outlined(entry, rings) {
            self.refused = Some(error.to_string());
        }
    }
}

/// Keeps each outline as a polygon beside what `about` says of it.
struct Outlines<T, F> {
    about: F,
    taken: Vec<(T, Polygon)>,
}

impl<T, F> Outlines<T, F> {
    fn new(about: F) -> Self {
        Self { about, taken: Vec::new() }
    }
}

impl<T: Send, F: Fn(&AreaRecord<'_>) -> Option<T> + Send> AreaSink for Outlines<T, F> {
    fn take(&mut self, record: &AreaRecord<'_>) {
        let rings = record.outline.iter().flat_map(|outline| outline.rings());
        let shape = Polygon::from_lon_lat(rings.map(|ring| ring.iter().copied()));
        if let (Some(about), Ok(shape)) = ((self.about)(record), shape) {
            self.taken.push((about, shape));
        }
    }
}
