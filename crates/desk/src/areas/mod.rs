//! Where a State's suspected and confirmed ground is, as far as the reader may see: from the field files kept here.

mod view;

use std::collections::BTreeMap;
use std::path::PathBuf;

use intake::{Finding, Intake, Records, Severity};
use jiff::civil::Date;
use land::generalise::{CELL_DEGREES, MINIMUM_AREAS, area_step, number_rounded_down, rounded_down, shown_as_of};
use land::remaining::{Outline, pieces};
use land::tiles::{CellCount, Detail, Kinds, TileArea, TileId, TileSet, View};
use land::{Balance, HazardKind, Polygon, YearRow};
use serde::Serialize;
use treaty::state::Iso3;

use crate::balance::FieldRecords;
use crate::error::DeskError;
use crate::field::{self, How, Reading};
use crate::ground::hazard_kind;
use crate::kept::{self, AtHand, Current};
use crate::map::{day, outline};
use crate::objects::Objects;
use crate::rights::{Permit, subject, verb};
use crate::words::Words;

use view::file_view;
pub use view::{
    AreasView, CellView, DistrictView, FileView, FindingCount, RoundedDown, YearRemaining, area_said, sentence,
};

/// How much a reader may see. Outlines, positions and single findings are for those who work with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// By the rule of [`land::generalise`]: the ends of years, cells that held five areas, numbers in steps of five, areas in
    /// steps that no single record fills; findings by kind.
    Generalised,
    /// Everything.
    Perimeters,
}

impl Sight {
    /// What somebody may see who has, or has not, the right to perimeters.
    #[must_use]
    pub fn of(permit: Option<&Permit<verb::See, subject::Perimeters>>) -> Self {
        if permit.is_some() { Self::Perimeters } else { Self::Generalised }
    }
}

/// The areas of a State, ready to be drawn for any date.
pub struct StateAreas {
    state: Iso3,
    files: Vec<Current>,
    balance: Balance,
    hazards: Vec<Mapped>,
    pieces: Vec<Held>,
    tiles: TileSet,
    bounds: Option<[f64; 4]>,
    /// What areas in m² are rounded down to for those who see cells.
    step_m2: f64,
    findings: Vec<Finding>,
    districts_known: bool,
    without_outline: usize,
}

/// A hazard with an outline and a day.
struct Mapped {
    id: String,
    kind: HazardKind,
    found: Date,
    stated_m2: Option<f64>,
    shape: Polygon,
}

/// A piece of a hazard: what is needed to count it on a date.
struct Held {
    hazard: usize,
    released: Option<Date>,
    area_m2: f64,
    cell: (i32, i32),
}

/// The files that a State's page of areas rests on now: hazardous areas, releases, districts. None, when none are kept.
///
/// # Errors
/// The lists of what is kept cannot be read.
pub async fn files(objects: &Objects, state: Iso3) -> Result<Vec<Current>, DeskError> {
    let mut files = kept::current(objects, state).await?;
    files.retain(|held| matches!(held.file.records.as_str(), "hazardous_area" | "land_release" | "district"));
    Ok(files)
}

impl StateAreas {
    /// Reads the files and cuts the hazards up by their releases.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn load(state: Iso3, files: Vec<AtHand>, today: Date) -> Result<Self, DeskError> {
        let mut read: Vec<Intake> = Vec::new();
        for held in &files {
            let path: Vec<PathBuf> = vec![held.path.clone()];
            let how = How { mapping: held.mapping.as_deref(), ..How::default() };
            let reading = Reading { files: &path, how, state: Some(state), today, progress: None };
            read.extend(field::read(&reading)?);
        }
        crate::overlay::notice(&mut read);
        let mut records = FieldRecords::default();
        for file in &read {
            // Only the three kinds that a balance takes are among the files.
            let _ = records.add(file, matches!(file.taken, Records::Districts(_)));
        }
        let districts_known = !records.districts.is_empty();
        let balance = land::balance(&records.hazards, &records.releases, &records.districts, &[]);
        let stated = records.hazards.iter().map(|one| (&one.shape, one.stated_area_m2));
        let stated = stated.chain(records.releases.iter().map(|one| (&one.shape, one.stated_area_m2)));
        let mapped = |shape: &Option<Polygon>| shape.as_ref().map_or(0.0, land::polygon_area_m2);
        let step_m2 = area_step(stated.map(|(shape, stated)| mapped(shape).max(stated.unwrap_or(0.0))));
        let (hazards, without_outline) = hazards(&read);
        let releases = releases(&read);
        let found: Vec<Outline<'_>> = hazards.iter().map(|one| Outline { shape: &one.shape, on: one.found }).collect();
        let cuts: Vec<Outline<'_>> = releases.iter().map(|(shape, on)| Outline { shape, on: *on }).collect();
        let cut = pieces(&found, &cuts);
        let shapes: Vec<Polygon> = cut
            .iter()
            .map(|piece| Polygon::new(piece.parts.iter().flat_map(Polygon::rings).cloned().collect()))
            .collect();
        let day_of = |release: Option<usize>| release.and_then(|release| cuts.get(release)).map(|cut| cut.on);
        let mut pieces_of = vec![0_usize; hazards.len()];
        for piece in &cut {
            if let Some(count) = pieces_of.get_mut(piece.hazard) {
                *count += 1;
            }
        }
        let whole = |hazard: usize| pieces_of.get(hazard) == Some(&1);
        let tiles = TileSet::new(cut.iter().zip(&shapes).filter_map(|(piece, outline)| {
            let hazard = hazards.get(piece.hazard)?;
            Some(TileArea {
                id: &hazard.id,
                outline,
                kind: hazard.kind,
                found: hazard.found,
                released: day_of(piece.release),
                stated_m2: hazard.stated_m2.filter(|_| whole(piece.hazard)),
                piece_of: Some(piece.hazard),
            })
        }));
        let bounds = bounds(hazards.iter().flat_map(|hazard| hazard.shape.rings()));
        let held = cut.iter().zip(&shapes).filter_map(|(piece, shape)| {
            let [west, south, east, north] = self::bounds(shape.rings().iter())?;
            let cell = (cell_of(f64::midpoint(south, north)), cell_of(f64::midpoint(west, east)));
            Some(Held { hazard: piece.hazard, released: day_of(piece.release), area_m2: piece.area_m2, cell })
        });
        let pieces = held.collect();
        let findings = read
            .into_iter()
            .flat_map(|file| file.set_aside.into_iter().map(|row| row.reason).chain(file.findings).collect::<Vec<_>>())
            .collect();
        Ok(Self {
            state,
            files: files.into_iter().map(|held| held.current).collect(),
            balance,
            hazards,
            pieces,
            tiles,
            bounds,
            step_m2,
            findings,
            districts_known,
            without_outline,
        })
    }

    /// The balance of the files.
    #[must_use]
    pub fn balance(&self) -> &Balance {
        &self.balance
    }

    /// A tile for a reader with that sight: what remains on the date.
    #[must_use]
    pub fn tile(&self, tile: TileId, as_of: Date, sight: Sight) -> Vec<u8> {
        let detail = match sight {
            Sight::Generalised => Detail::Generalised,
            Sight::Perimeters => Detail::Outlines,
        };
        self.tiles.tile(tile, View { as_of, detail, kinds: Kinds::OPEN })
    }

    /// m² that remain on a date, and of how many hazards.
    #[must_use]
    pub fn remaining(&self, on: Date) -> (usize, f64) {
        let open = self.open(on);
        let mut hazards: Vec<usize> = open.clone().map(|piece| piece.hazard).collect();
        hazards.dedup();
        (hazards.len(), open.map(|piece| piece.area_m2).sum())
    }

    /// The pieces that remain on a date, hazard by hazard.
    fn open(&self, on: Date) -> impl Iterator<Item = &Held> + Clone {
        let is_found = move |piece: &Held| self.hazards.get(piece.hazard).is_some_and(|hazard| hazard.found <= on);
        self.pieces.iter().filter(move |piece| is_found(piece) && piece.released.is_none_or(|day| day > on))
    }

    /// The date that a reader with that sight is answered for, when asking about a day.
    #[must_use]
    pub fn answered_for(asked: Date, sight: Sight) -> Date {
        match sight {
            Sight::Generalised => shown_as_of(asked),
            Sight::Perimeters => asked,
        }
    }

    /// m² that remain on a date, as a reader with that sight is told.
    #[must_use]
    pub fn remaining_told(&self, asked: Date, sight: Sight) -> f64 {
        let on = Self::answered_for(asked, sight);
        match sight {
            // From the same row as the table by year: two roundings of nearly the same figure would tell more than one.
            Sight::Generalised => {
                let row = self.balance.as_mapped.whole.iter().rfind(|row| row.year <= on.year());
                rounded_down(row.map_or(0.0, |row| row.closing), self.step_m2)
            }
            Sight::Perimeters => self.remaining(on).1,
        }
    }

    /// What figures are rounded down to for a reader with that sight.
    #[must_use]
    pub fn rounding(&self, sight: Sight) -> Option<RoundedDown> {
        (sight == Sight::Generalised).then_some(RoundedDown { number: MINIMUM_AREAS, area_m2: self.step_m2 })
    }

    /// What the page says on a date to a reader with that sight. Nothing that the generalised view holds depends on more
    /// than what [`land::generalise`] lets through.
    #[must_use]
    pub fn view(&self, words: &Words, asked: Date, sight: Sight) -> AreasView {
        let as_of = Self::answered_for(asked, sight);
        let exact = sight == Sight::Perimeters;
        let number = |number: usize| if exact { number } else { number_rounded_down(number) };
        let (areas, _) = self.remaining(as_of);
        let findings = self.findings.iter().filter(|_| exact).map(|found| field::finding(found, words)).collect();
        let whole = self.balance.as_mapped.whole.iter().filter(|row| row.year <= as_of.year());
        AreasView {
            state: self.state,
            name: words.state(self.state),
            as_of,
            data_of: self.files.iter().map(|held| held.kept_at).max().unwrap_or_default(),
            sight,
            rounded_down_to: self.rounding(sight),
            areas: if exact { areas } else { self.tiles.at_least(as_of) },
            remaining_m2: self.remaining_told(as_of, sight),
            nothing_remains: areas == 0,
            without_outline: number(self.without_outline),
            bounds: if exact { self.bounds } else { self.tiles.cell_bounds() },
            cells: if exact { self.cells(as_of) } else { self.generalised_cells(as_of) },
            first_year: self.balance.years().map(|years| *years.start()),
            remaining_by_year: whole
                .clone()
                .map(|row| YearRemaining { year: row.year, remaining_m2: self.told(row.closing, sight) })
                .collect(),
            by_year: whole.filter(|_| exact).copied().collect(),
            by_district: self.by_district(as_of.year(), sight),
            findings_by_kind: self.findings_by_kind(sight),
            findings,
            files: self.files.iter().map(|held| file_view(held, sight)).collect(),
        }
    }

    fn told(&self, area_m2: f64, sight: Sight) -> f64 {
        if sight == Sight::Perimeters { area_m2 } else { rounded_down(area_m2, self.step_m2) }
    }

    fn generalised_cells(&self, on: Date) -> Vec<CellView> {
        let view = |cell: CellCount| CellView {
            lon: cell.lon,
            lat: cell.lat,
            degrees: cell.degrees,
            at_least: cell.at_least,
            at_most: cell.at_most,
            remaining_m2: None,
        };
        self.tiles.cells(on).into_iter().map(view).collect()
    }

    fn cells(&self, on: Date) -> Vec<CellView> {
        let mut cells: BTreeMap<(i32, i32), (Vec<usize>, f64)> = BTreeMap::new();
        for piece in self.open(on) {
            let (hazards, sum) = cells.entry(piece.cell).or_default();
            hazards.push(piece.hazard);
            *sum += piece.area_m2;
        }
        let middle = |number: i32| (f64::from(number) + 0.5) * CELL_DEGREES;
        let view = |((row, column), (mut hazards, remaining_m2)): ((i32, i32), (Vec<usize>, f64))| {
            hazards.dedup();
            let (lon, lat, areas) = (middle(column), middle(row), hazards.len());
            let remaining_m2 = Some(remaining_m2);
            CellView { lon, lat, degrees: CELL_DEGREES, at_least: areas, at_most: areas, remaining_m2 }
        };
        cells.into_iter().map(view).collect()
    }

    fn by_district(&self, year: i16, sight: Sight) -> Vec<DistrictView> {
        let closing = |rows: &[YearRow]| rows.iter().rfind(|row| row.year <= year).map_or(0.0, |row| row.closing);
        let mapped = &self.balance.as_mapped.districts;
        let of_name = |name: &Option<String>| mapped.iter().find(|rows| &rows.district == name);
        let rows = self.balance.as_recorded.districts.iter().map(|rows| DistrictView {
            district: rows.district.clone(),
            as_mapped_m2: of_name(&rows.district)
                .filter(|_| self.districts_known)
                .map(|rows| self.told(closing(&rows.rows), sight)),
            as_recorded_m2: self.told(closing(&rows.rows), sight),
        });
        // Which districts have nothing left is not told: they all stand there, each with less than a step or more.
        let something = |row: &DistrictView| {
            sight == Sight::Generalised || row.as_recorded_m2 != 0.0 || row.as_mapped_m2.is_some_and(|area| area != 0.0)
        };
        rows.filter(something).collect()
    }

    fn findings_by_kind(&self, sight: Sight) -> Vec<FindingCount> {
        let mut counts: BTreeMap<(std::cmp::Reverse<Severity>, &'static str), u64> = BTreeMap::new();
        for finding in &self.findings {
            *counts.entry((std::cmp::Reverse(finding.severity), finding.kind.key())).or_default() += finding.count;
        }
        let told = |count: u64| if sight == Sight::Perimeters { count } else { count - count % MINIMUM_AREAS as u64 };
        let view = |((severity, key), count): ((std::cmp::Reverse<Severity>, &'static str), u64)| FindingCount {
            key,
            severity: severity.0,
            count: told(count),
        };
        counts.into_iter().map(view).collect()
    }
}

fn hazards(files: &[Intake]) -> (Vec<Mapped>, usize) {
    let areas = files.iter().filter_map(|file| match &file.taken {
        Records::HazardousAreas(areas) => Some(areas),
        _ => None,
    });
    let (mut mapped, mut without) = (Vec::new(), 0);
    for area in areas.flatten() {
        let shape = area.shape.as_ref().and_then(outline);
        match (shape, day(area.date, area.year, (1, 1))) {
            (Some(shape), Some(found)) => mapped.push(Mapped {
                id: area.id.clone().or_else(|| area.name.clone()).unwrap_or_else(|| area.row.to_string()),
                kind: hazard_kind(area.kind),
                found,
                stated_m2: area.stated_area_m2,
                shape,
            }),
            _ => without += 1,
        }
    }
    (mapped, without)
}

fn releases(files: &[Intake]) -> Vec<(Polygon, Date)> {
    let rows = files.iter().filter_map(|file| match &file.taken {
        Records::LandReleases(rows) => Some(rows),
        _ => None,
    });
    let placed =
        |row: &intake::LandRelease| row.shape.as_ref().and_then(outline).zip(day(row.date, row.year, (12, 31)));
    rows.flatten().filter_map(placed).collect()
}

/// West, south, east and north.
fn bounds<'a>(rings: impl Iterator<Item = &'a land::Ring>) -> Option<[f64; 4]> {
    rings
        .flat_map(land::Ring::points)
        .map(|point| [point.lon, point.lat, point.lon, point.lat])
        .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

#[allow(clippy::cast_possible_truncation)] // within ±3600
fn cell_of(degrees: f64) -> i32 {
    (degrees / CELL_DEGREES).floor() as i32
}
