//! From coordinates as entered to longitude and latitude on WGS84, and what is said on the way.

use crate::columns::Plan;
use crate::crs::{self, Crs, Shift};
use crate::error::IntakeError;
use crate::finding::{Finding, FindingKind, shorten};
use crate::intake::Entered;
use crate::log::Log;
use crate::options::Options;
use crate::table::{Geometry, Stated, Table};
use crate::vocabulary::Field;
use crate::{Position, Shape, shapes, wkt, words};

/// At most this many coordinates are tried on the systems of the registry.
const SAMPLE: usize = 24;

/// The coordinate system in use and what was seen in it.
pub(crate) struct Placing {
    /// `None` when nothing says what the coordinates are.
    crs: Option<Crs>,
    entered: Entered,
    degrees: u64,
    metres: u64,
    sample: Vec<[f64; 2]>,
    vertices: usize,
    /// The first coordinate that was converted.
    first: Option<[f64; 2]>,
}

impl Placing {
    /// Settles the coordinate system: what the user says, else what the file says, else none.
    pub(crate) fn settle(
        file: &str,
        stated: &Stated,
        options: &Options<'_>,
        log: &mut Log,
    ) -> Result<Self, IntakeError> {
        let said = options.said_crs();
        let shift = options.mapping.as_ref().and_then(|mapping| mapping.datum_shift.as_ref());
        let unusable = |reason: String| IntakeError::CrsUnusable { file: file.to_owned(), reason };
        let written = match (said, stated) {
            (Some(said), _) => Some(said),
            (None, Stated::Text(text)) => Some(text.as_str()),
            (None, Stated::Degrees | Stated::Nothing) => None,
        };
        let crs = match written {
            Some(written) => Some(crs::resolve(written, shift).map_err(unusable)?),
            None if *stated == Stated::Degrees => Some(Crs::wgs84("WGS 84")),
            None => None,
        };
        if let (Some(_), Stated::Text(text), Some(crs)) = (said, stated, &crs) {
            let in_file = Crs::from_text(text).map_or_else(|_| shorten(text), |crs| crs.label);
            if in_file != crs.label {
                let kind = FindingKind::CrsOverridden { said: crs.label.clone(), file_crs: in_file };
                log.add(Finding::new(kind));
            }
        }
        let entered =
            Entered { crs: crs.as_ref().map(|crs| crs.label.clone()).unwrap_or_default(), ..Entered::default() };
        Ok(Self { crs, entered, degrees: 0, metres: 0, sample: Vec::new(), vertices: 0, first: None })
    }

    /// The system that numbers are in, unless they are degrees on WGS84 already.
    fn other(&self) -> Option<&Crs> {
        self.crs.as_ref().filter(|crs| !crs.is_wgs84())
    }

    /// A position of a row, in degrees; the other side of `Err` is what is wrong with it.
    pub(crate) fn position(&mut self, row: u64, at: Position) -> Result<Position, FindingKind> {
        let Some(crs) = self.other() else {
            self.see([at.lon, at.lat]);
            return Ok(at);
        };
        let entered = [at.lon, at.lat];
        match crs.to_wgs84(entered) {
            Some([lon, lat]) => {
                self.first.get_or_insert(entered);
                self.entered.positions.push((row, entered));
                Ok(Position { lon, lat })
            }
            None => Err(FindingKind::PlaceOutsideCrs { x: at.lon, y: at.lat, crs: crs.label.clone() }),
        }
    }

    /// Converts and checks a row's geometry; what is wrong with it is among its notes.
    pub(crate) fn geometry(&mut self, row: u64, geometry: &mut Geometry, options: &Options<'_>) {
        if let Some(point) = geometry.point {
            match self.position(row, point) {
                Ok(point) => geometry.point = Some(point),
                Err(kind) => {
                    geometry.point = None;
                    geometry.notes.push(kind);
                }
            }
        }
        let Some(shape) = geometry.shape.take() else { return };
        let vertices: usize = shape.polygons.iter().flatten().map(Vec::len).sum();
        self.vertices = self.vertices.saturating_add(vertices);
        let limit = options.limits.max_shape_vertices;
        if vertices > limit {
            let reason = format!("it has {vertices} corners, more than the {limit} allowed; simplify it");
            geometry.notes.push(FindingKind::GeometryNotUsed { reason });
            return;
        }
        match self.shape(row, shape) {
            Ok(shape) => geometry.shape = shapes::checked(shape.polygons, &mut geometry.notes),
            Err(kind) => geometry.notes.push(kind),
        }
    }

    fn shape(&mut self, row: u64, shape: Shape) -> Result<Shape, FindingKind> {
        let first = shape.polygons.iter().flatten().flatten().next().copied();
        let Some(crs) = self.other() else {
            if let Some(first) = first {
                self.see(first);
            }
            return Ok(shape);
        };
        let mut converted = shape.clone();
        for at in converted.polygons.iter_mut().flatten().flatten() {
            let outside = FindingKind::PlaceOutsideCrs { x: at[0], y: at[1], crs: crs.label.clone() };
            *at = crs.to_wgs84(*at).ok_or(outside)?;
        }
        if let Some(first) = first {
            self.first.get_or_insert(first);
        }
        self.entered.shapes.push((row, shape));
        Ok(converted)
    }

    fn see(&mut self, at: [f64; 2]) {
        let metres = at.iter().any(|n| n.is_finite() && n.abs() > 360.0);
        *(if metres { &mut self.metres } else { &mut self.degrees }) += 1;
        if metres && self.sample.len() < SAMPLE {
            self.sample.push(at);
        }
    }

    /// Says which system was used, or refuses coordinates that are plainly not degrees.
    pub(crate) fn finish(
        mut self,
        file: &str,
        table: &Stated,
        features: bool,
        options: &Options<'_>,
        log: &mut Log,
    ) -> Result<Option<Entered>, IntakeError> {
        if self.vertices > options.limits.max_vertices {
            return Err(IntakeError::TooManyVertices { file: file.to_owned(), limit: options.limits.max_vertices });
        }
        let Some(crs) = self.other() else {
            if self.metres > 0 && self.metres >= self.degrees {
                return Err(needed(file, &self.sample, options));
            }
            if *table == Stated::Nothing && self.crs.is_none() && features && self.degrees > 0 {
                log.add(Finding::new(FindingKind::CrsAssumed {}));
            }
            return Ok(None);
        };
        log.add(Finding::new(FindingKind::CrsUsed { crs: crs.label.clone() }));
        let label = || crs.label.clone();
        match crs.shift {
            Shift::None | Shift::Stated => {}
            Shift::Registry => {
                let moved = self.first.and_then(|at| crs.shift_metres(at)).unwrap_or(0.0).round();
                if moved > 5.0 {
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // metres on Earth, above 5
                    let metres = moved as u64;
                    log.add(Finding::new(FindingKind::DatumShiftAssumed { crs: label(), metres }));
                }
            }
            Shift::Grid => log.add(Finding::new(FindingKind::DatumGridMissing { crs: label() })),
            Shift::Unknown => log.add(Finding::new(FindingKind::DatumShiftUnknown { crs: label() })),
        }
        self.entered.positions.sort_by_key(|(row, _)| *row);
        Ok(Some(self.entered))
    }
}

/// Geometry written as text becomes the row's geometry, where it has none; all geometry becomes degrees; what is
/// wrong with it is said.
pub(crate) fn take_geometry(
    table: &mut Table,
    plan: &Plan,
    placing: &mut Placing,
    options: &Options<'_>,
    log: &mut Log,
) {
    let column = plan.uses.get(&Field::Wkt);
    for row in &mut table.rows {
        let cell = column.map_or("", |used| row.cell(used.index));
        if !words::is_unknown(cell) && row.geometry.point.is_none() && row.geometry.shape.is_none() {
            match wkt::parse(cell) {
                Some(geometry) => row.geometry = geometry,
                None => row
                    .geometry
                    .notes
                    .push(FindingKind::GeometryNotUsed { reason: "it is no well-known text".to_owned() }),
            }
        }
        placing.geometry(row.number, &mut row.geometry, options);
        for kind in std::mem::take(&mut row.geometry.notes) {
            let place = kind.place().filter(|[lon, lat]| lon.abs() <= 180.0 && lat.abs() <= 90.0);
            let mut finding = Finding::new(kind).at(row.number);
            finding.place = place;
            log.add(match column {
                Some(used) => finding.column(&used.header),
                None => finding,
            });
        }
    }
}

/// The refusal of coordinates that are no degrees, with the systems that they are likely in.
fn needed(file: &str, sample: &[[f64; 2]], options: &Options<'_>) -> IntakeError {
    let [x, y] = sample.first().copied().unwrap_or_default();
    let found = crs::likely(sample, options.country_box);
    let (likely, example) = if let Some((first, _, _)) = found.first() {
        let list: Vec<String> = found
            .iter()
            .map(|(code, name, [lon, lat])| format!("{name} (EPSG:{code}), at latitude {lat:.4}, longitude {lon:.4}"))
            .collect();
        (format!("They would fall into the country in {}.", list.join("; in ")), *first)
    } else {
        without_box(x, y, options)
    };
    IntakeError::CrsNeeded { file: file.to_owned(), x, y, likely, example }
}

const NAME_THE_STATE: &str = "Name the State whose records they are, and the systems that fit are listed.";

/// A sentence, and the code of a system of that size for the example: UTM's, else a national grid's.
fn without_box(x: f64, y: f64, options: &Options<'_>) -> (String, u32) {
    if options.country_box.is_some() {
        let sentence = "No system of the registry that can be computed here puts them into the country.";
        return (sentence.to_owned(), 32_618);
    }
    let utm = |code| Crs::from_epsg(code).ok()?.to_wgs84([x, y]);
    if (100_000.0..900_000.0).contains(&x)
        && (0.0..10_000_000.0).contains(&y)
        && let (Some([_, north]), Some([_, south])) = (utm(32_631), utm(32_731))
    {
        let sentence = format!(
            "Read as UTM on WGS84 they would lie at latitude {north:.2} in a northern zone (EPSG:32601 to 32660) or \
             {south:.2} in a southern one (EPSG:32701 to 32760); the zone cannot be told. {NAME_THE_STATE}"
        );
        return (sentence, 32_618);
    }
    let sentence = format!("Their size fits no zone of UTM; they may be in a national grid. {NAME_THE_STATE}");
    (sentence, 3_116)
}
