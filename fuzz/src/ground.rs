//! Records from bytes, and what must hold for all of them: the balance closes, tiles decode.

use jiff::civil::{Date, date};
use land::tiles::{Detail, Kinds, TileArea, TileSet, View};
use land::{Account, District, Hazard, HazardKind, Point, Polygon, Release, ReleaseKind, Ring, YearRow};

/// Reads records from bytes; where they end, there is nothing more.
struct Draft<'a> {
    bytes: &'a [u8],
}

impl Draft<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*taken)
    }

    /// One vertex: on a lattice (so that edges coincide), in ten-millionths of a degree, or any two numbers there are.
    fn vertex(&mut self, form: u8) -> Option<Point> {
        // A place on land, the antimeridian, and beside a pole.
        let (lon, lat, step) = match form >> 2 & 3 {
            0 => (20.0, 40.0, 0.001),
            1 => (180.0, -17.0, 0.01),
            2 => (-180.0, 88.0, 0.1),
            _ => (0.0, 0.0, 3.0),
        };
        Some(match form & 3 {
            0 | 1 => {
                let [x, y] = self.take()?.map(|byte| f64::from(i8::from_le_bytes([byte])));
                Point::new(lon + x * step, lat + y * step)
            }
            2 => {
                let fine = |bytes| f64::from(i32::from_le_bytes(bytes)) * 1e-7;
                Point::new(fine(self.take()?), fine(self.take()?))
            }
            _ => Point::new(f64::from_le_bytes(self.take()?), f64::from_le_bytes(self.take()?)),
        })
    }

    /// A shape of up to three rings of up to 15 vertices.
    fn shape(&mut self) -> Option<Polygon> {
        let [count] = self.take()?;
        let mut rings = Vec::new();
        for _ in 0..count & 3 {
            let Some([form, vertices]) = self.take() else { break };
            let points: Vec<Point> = (0..vertices & 15).map_while(|_| self.vertex(form)).collect();
            // A vertex that is no place is refused, with its ring.
            rings.extend(Ring::new(points));
        }
        (count & 4 == 0).then(|| Polygon::new(rings))
    }
}

/// What the bytes tell.
#[derive(Default)]
struct Told {
    hazards: Vec<Hazard>,
    releases: Vec<Release>,
    districts: Vec<District>,
}

fn told(bytes: &[u8]) -> Told {
    let mut draft = Draft { bytes };
    let mut told = Told::default();
    while let (true, Some([what, year])) = (told.hazards.len() + told.releases.len() < 24, draft.take()) {
        let stated_area_m2 = if what & 8 == 0 { None } else { draft.take().map(f64::from_le_bytes) };
        let year = 2000 + i16::from(year & 31);
        let district = (what & 16 != 0).then(|| format!("District {}", what >> 6));
        let shape = draft.shape();
        match (what & 7, shape) {
            (0..=2, shape) => {
                let kind = if what % 8 == 0 { HazardKind::Suspected } else { HazardKind::Confirmed };
                told.hazards.push(Hazard { shape, year, kind, stated_area_m2, district });
            }
            (6 | 7, Some(shape)) => told.districts.push(District { name: format!("District {}", what >> 6), shape }),
            (kind, shape) => {
                let kinds = [ReleaseKind::Cancelled, ReleaseKind::Reduced, ReleaseKind::Cleared];
                let kind = kinds[usize::from(kind % 3)];
                told.releases.push(Release { shape, year, kind, stated_area_m2, district });
            }
        }
    }
    told
}

/// What a year's flows leave of its opening.
fn left(row: &YearRow) -> f64 {
    row.opening + row.found + row.reclassified + row.corrected - row.released()
}

/// How far two sums of a row may be apart: the last digits of its figures.
fn slack(row: &YearRow) -> f64 {
    let figures = [row.opening, row.found, row.reclassified, row.corrected, row.released(), row.closing];
    1e-6 + 1e-12 * figures.iter().map(|figure| figure.abs()).sum::<f64>()
}

fn closes(rows: &[YearRow]) {
    for row in rows {
        assert!((left(row) - row.closing).abs() <= slack(row), "a year closes: {row:?}");
    }
    for pair in rows.windows(2) {
        assert_eq!(pair[0].closing.to_bits(), pair[1].opening.to_bits(), "a year opens as the one before closed");
    }
}

fn places_sum(account: &Account) {
    for (year, row) in account.whole.iter().enumerate() {
        let sum: f64 = account.districts.iter().map(|place| place.rows[year].closing).sum();
        let most: f64 = account.districts.iter().map(|place| slack(&place.rows[year])).sum();
        assert!((sum - row.closing).abs() <= most + slack(row), "the places sum to the whole: {sum} {row:?}");
    }
}

/// The balance of any records: every year closes and opens the next, the places sum to the whole, nothing is negative.
pub fn balance(bytes: &[u8]) {
    let Told { hazards, releases, districts } = told(bytes);
    let balance = land::balance(&hazards, &releases, &districts, &[]);
    for account in [&balance.as_mapped, &balance.as_recorded, &balance.difference] {
        closes(&account.whole);
        account.districts.iter().for_each(|place| closes(&place.rows));
        places_sum(account);
    }
    for row in &balance.as_mapped.whole {
        assert!(row.closing >= 0.0 && row.found >= 0.0, "ground is not less than nothing: {row:?}");
    }
    for shape in hazards.iter().filter_map(|hazard| hazard.shape.as_ref()) {
        let area = land::polygon_area_m2(shape);
        assert!(area.is_finite() && area >= 0.0, "an area is a number: {area}");
        assert!(land::geodesic_area_m2(shape).is_finite());
    }
}

/// The tiles of any areas decode, in a reader that shares no code with the writer.
pub fn tiles(bytes: &[u8]) {
    let Some(([chosen, zoom], bytes)) = bytes.split_first_chunk() else { return };
    let hazards = told(bytes).hazards;
    let areas = hazards.iter().filter_map(|hazard| {
        let found = Date::new(hazard.year, 1, 1).ok()?;
        let (outline, kind, stated_m2) = (hazard.shape.as_ref()?, hazard.kind, hazard.stated_area_m2);
        let released = hazard.district.as_ref().map(|_| date(2020, 12, 31));
        Some(TileArea { id: "any", outline, kind, found, released, stated_m2, piece_of: None })
    });
    let set = TileSet::new(areas);
    let detail = if chosen & 1 == 0 { Detail::Outlines } else { Detail::Generalised };
    let view = View { as_of: date(2040, 1, 1), detail, kinds: Kinds::ALL };
    // Large areas lie in millions of deep tiles; listing them is what a writer of tile packs does, tile by tile.
    for zoom in [0, zoom % 7] {
        for id in set.tiles(zoom).into_iter().take(16) {
            decodes(set.tile(id, view));
        }
    }
}

fn decodes(tile: Vec<u8>) {
    if tile.is_empty() {
        return;
    }
    let reader = mvt_reader::Reader::new(tile).unwrap_or_else(|error| panic!("a tile decodes: {error:?}"));
    let layers = reader.get_layer_metadata().unwrap_or_else(|error| panic!("its layers are told: {error:?}"));
    for layer in layers {
        let features = reader.get_features(layer.layer_index);
        let features = features.unwrap_or_else(|error| panic!("its features decode: {error:?}"));
        assert!(!features.is_empty(), "a layer without features is left out");
    }
}
