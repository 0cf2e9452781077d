//! Records in bulk: columns, and outlines at 8 bytes a vertex.
//!
//! A reader fills a [`Batch`] on each of its threads and hands the batches to a [`Layer`]; no vertex is copied on the way.

use std::collections::HashMap;

use crate::geometry::{GeometryError, Polygon};
use crate::outlines::Outlines;
use crate::records::{Correction, District, Hazard, HazardKind, Release, ReleaseKind};
use crate::sum::can_be_area;

/// What a record says of itself, its outline aside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a, K> {
    /// The calendar year in which it was found or released.
    pub year: i16,
    /// How it is known, or how it was released.
    pub kind: K,
    /// The area that the record itself states, in m². What is no number, or beyond the surface of the Earth, states nothing.
    pub stated_area_m2: Option<f64>,
    /// The district that the record itself states. A blank name states nothing.
    pub district: Option<&'a str>,
}

const NO_NAME: u32 = u32::MAX;

/// Records of one layer, filled by one thread.
///
/// ```
/// use land::{Batch, Entry, HazardKind, Records, balance_of};
/// let mut batch = Batch::default();
/// batch.begin_ring();
/// for [lon, lat] in [[44.0, 33.0], [44.01, 33.0], [44.01, 33.01], [44.0, 33.01]] {
///     batch.vertex(lon, lat);
/// }
/// batch.push(Entry { year: 2021, kind: HazardKind::Suspected, stated_area_m2: None, district: None })?;
/// let mut records = Records::default();
/// records.hazards.join(batch);
/// assert_eq!(balance_of(&records).as_mapped.whole[0].closing.round(), 1_036_380.0);
/// # Ok::<(), land::GeometryError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batch<K> {
    years: Vec<i16>,
    kinds: Vec<K>,
    stated: Vec<f64>,
    names: Vec<u32>,
    name_list: Vec<String>,
    name_ids: HashMap<String, u32>,
    pub(crate) outlines: Outlines,
}

impl<K> Default for Batch<K> {
    fn default() -> Self {
        Self {
            years: Vec::new(),
            kinds: Vec::new(),
            stated: Vec::new(),
            names: Vec::new(),
            name_list: Vec::new(),
            name_ids: HashMap::new(),
            outlines: Outlines::default(),
        }
    }
}

impl<K: Copy> Batch<K> {
    /// Begins a ring of the next record's outline. A hole is one more ring, and so is a further part.
    pub fn begin_ring(&mut self) {
        self.outlines.begin_ring();
    }

    /// Adds a vertex to the ring, in degrees. It is checked by [`Batch::push`]. Repeating the first at the end is allowed.
    #[inline]
    pub fn vertex(&mut self, lon: f64, lat: f64) {
        self.outlines.vertex(lon, lat);
    }

    /// Forgets the outline written since the last record.
    pub fn forget_outline(&mut self) {
        self.outlines.forget_draft();
    }

    /// Takes a record, with the outline written since the last one (none: a record without shape). Returns its index in
    /// this batch.
    ///
    /// # Errors
    /// A vertex is no place on the ellipsoid. The record is not taken and its outline is forgotten; it may be pushed again
    /// without one.
    pub fn push(&mut self, entry: Entry<'_, K>) -> Result<usize, GeometryError> {
        self.outlines.finish(self.number())?;
        Ok(self.enter(entry))
    }

    /// Takes a record with its outline, ring by ring, as [`Batch::push`] takes one that was written vertex by vertex.
    /// Vertices are `[longitude, latitude]` in degrees; without rings it is a record without shape.
    ///
    /// # Errors
    /// As [`Batch::push`].
    pub fn push_outlined<'v>(
        &mut self,
        entry: Entry<'_, K>,
        rings: impl Iterator<Item = &'v [[f64; 2]]> + Clone,
    ) -> Result<usize, GeometryError> {
        self.outlines.add(rings, self.number())?;
        Ok(self.enter(entry))
    }

    /// The index of the next record.
    #[allow(clippy::cast_possible_truncation)] // a batch of 4 billion records has no room in memory
    fn number(&self) -> u32 {
        self.years.len() as u32
    }

    fn enter(&mut self, entry: Entry<'_, K>) -> usize {
        self.years.push(entry.year);
        self.kinds.push(entry.kind);
        self.stated.push(entry.stated_area_m2.filter(|&area| can_be_area(area)).unwrap_or(f64::NAN));
        let name = entry.district.filter(|name| !name.trim().is_empty()).map_or(NO_NAME, |name| self.name_id(name));
        self.names.push(name);
        self.years.len() - 1
    }

    fn name_id(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.name_ids.get(name) {
            return id;
        }
        #[allow(clippy::cast_possible_truncation)] // fewer names than records
        let id = self.name_list.len() as u32;
        self.name_list.push(name.to_owned());
        self.name_ids.insert(name.to_owned(), id);
        id
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.years.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.years.is_empty()
    }

    /// What the record at `index` says of itself.
    ///
    /// # Panics
    /// If there is no such record.
    #[must_use]
    pub fn entry(&self, index: usize) -> Entry<'_, K> {
        let name = self.name_list.get(self.names[index] as usize);
        Entry {
            year: self.years[index],
            kind: self.kinds[index],
            stated_area_m2: Some(self.stated[index]).filter(|area| !area.is_nan()),
            district: name.map(String::as_str),
        }
    }

    pub(crate) fn years(&self) -> &[i16] {
        &self.years
    }

    pub(crate) fn kinds(&self) -> &[K] {
        &self.kinds
    }

    pub(crate) fn stated(&self) -> &[f64] {
        &self.stated
    }

    /// For each record the index of its district's name in [`Batch::name_list`], or beyond it.
    pub(crate) fn names(&self) -> &[u32] {
        &self.names
    }

    pub(crate) fn name_list(&self) -> &[String] {
        &self.name_list
    }
}

/// All records of one kind, in the order in which they were joined.
#[derive(Debug, Clone)]
pub struct Layer<K> {
    pub(crate) batches: Vec<Batch<K>>,
}

impl<K> Default for Layer<K> {
    fn default() -> Self {
        Self { batches: Vec::new() }
    }
}

impl<K: Copy> Layer<K> {
    /// Adds the records of another layer. Nothing is copied.
    pub fn extend(&mut self, other: Self) {
        self.batches.extend(other.batches);
    }

    /// Adds a batch. Nothing is copied.
    pub fn join(&mut self, batch: Batch<K>) {
        self.batches.push(batch);
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batches.iter().map(Batch::len).sum()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batches.iter().all(Batch::is_empty)
    }

    /// What the record at `index` says of itself; `None` if there is no such record.
    #[must_use]
    pub fn entry(&self, mut index: usize) -> Option<Entry<'_, K>> {
        for batch in &self.batches {
            if index < batch.len() {
                return Some(batch.entry(index));
            }
            index -= batch.len();
        }
        None
    }
}

/// All that goes into a balance.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Areas recorded as hazardous.
    pub hazards: Layer<HazardKind>,
    /// Areas recorded as released.
    pub releases: Layer<ReleaseKind>,
    /// Administrative units by which figures are broken down. Ground inside two belongs to the one listed first.
    pub districts: Vec<District>,
    /// Lines that no survey explains.
    pub corrections: Vec<Correction>,
}

impl Records {
    /// Takes records one by one, for callers with few of them.
    #[must_use]
    pub fn from_slices(
        hazards: &[Hazard],
        releases: &[Release],
        districts: &[District],
        corrections: &[Correction],
    ) -> Self {
        let mut records = Self { districts: districts.to_vec(), corrections: corrections.to_vec(), ..Self::default() };
        let (mut hazard_batch, mut release_batch) = (Batch::default(), Batch::default());
        for h in hazards {
            let (year, kind, stated_area_m2, district) = (h.year, h.kind, h.stated_area_m2, h.district.as_deref());
            hazard_batch.take(h.shape.as_ref(), Entry { year, kind, stated_area_m2, district });
        }
        for r in releases {
            let (year, kind, stated_area_m2, district) = (r.year, r.kind, r.stated_area_m2, r.district.as_deref());
            release_batch.take(r.shape.as_ref(), Entry { year, kind, stated_area_m2, district });
        }
        records.hazards.join(hazard_batch);
        records.releases.join(release_batch);
        records
    }
}

impl<K: Copy> Batch<K> {
    /// Writes a shape as the next record's outline.
    pub(crate) fn draw(&mut self, shape: Option<&Polygon>) {
        self.forget_outline();
        for ring in shape.into_iter().flat_map(Polygon::rings) {
            self.begin_ring();
            ring.points().iter().for_each(|point| self.vertex(point.lon, point.lat));
        }
    }

    /// Takes a record whose shape was checked when it was made.
    pub(crate) fn take(&mut self, shape: Option<&Polygon>, entry: Entry<'_, K>) {
        self.draw(shape);
        if self.push(entry).is_err() {
            // No ring can be made with such a vertex; the record still counts as recorded.
            let _ = self.push(entry);
        }
    }
}
