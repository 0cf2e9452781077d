//! Map files out: what remains on a date, or the records of a field file as they are.

use std::path::{Path, PathBuf};

use atlas::{Existing, Feature, Field, FieldKind, Format, Geometry, GeometryKind, Layer, Note};
use intake::{AreaKind, HazardousArea, Intake, LandRelease, Position, Records, Shape};
use jiff::civil::Date;
use land::Polygon;
use land::remaining::{Outline, remaining, valid_parts};
use serde::Serialize;
use treaty::because::Value;

use crate::error::DeskError;
use crate::words::Words;

/// A map file that was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MapWritten {
    /// Where.
    pub file: PathBuf,
    /// How many features it holds.
    pub features: usize,
    /// What the format could not hold as it was, in words.
    pub notes: Vec<String>,
}

/// Map files, and what is in none of them.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct MapView {
    /// The files.
    pub written: Vec<MapWritten>,
    /// m² drawn, when what remains was asked for.
    pub remaining_m2: Option<f64>,
    /// Records without a place on a map.
    pub without_place: usize,
    /// Releases without an outline: what they released is still drawn.
    pub releases_without_outline: usize,
    /// Records left out because the year in which they count is not known.
    pub without_year: usize,
}

/// Where to write, and whether a file there may be replaced.
#[derive(Clone, Copy, Debug)]
pub struct Out<'a> {
    /// The file; its ending says the format.
    pub path: &'a Path,
    /// Whether it may take the place of another.
    pub replace: bool,
}

impl Out<'_> {
    fn write(&self, suffix: &str, layer: &Layer, words: &Words) -> Result<MapWritten, DeskError> {
        let format = Format::of_path(self.path).ok_or_else(|| DeskError::NoMapFormat(self.path.to_owned()))?;
        let existing = if self.replace { Existing::Replace } else { Existing::Keep };
        let mut path = self.path.to_owned();
        if !suffix.is_empty() {
            let stem = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            path.set_file_name(format!("{stem}{suffix}.{}", format.extension()));
        }
        let notes = atlas::write(layer, &path, format, existing)?;
        let notes = notes.iter().map(|note| said(note, words)).collect();
        Ok(MapWritten { file: path, features: layer.features().len(), notes })
    }
}

/// Writes what remains of hazardous areas at the end of a day, one feature for each area of which something remains.
///
/// # Errors
/// The files hold no hazardous areas, the ending names no format, or the file cannot be written.
pub fn write_remaining(files: &[Intake], as_of: Date, out: &Out<'_>, words: &Words) -> Result<MapView, DeskError> {
    let mut view = MapView::default();
    let (mut hazards, mut releases) = (Vec::new(), Vec::new());
    for file in files {
        match &file.taken {
            Records::HazardousAreas(areas) => {
                let place = |area| view.hazard(area).map(|(outline, on)| (file, area, outline, on));
                hazards.extend(areas.iter().filter_map(place));
            }
            Records::LandReleases(rows) => releases.extend(rows.iter().filter_map(|row| view.release(row))),
            _ => return Err(DeskError::wrong_records(file, "hazardous areas or land releases")),
        }
    }
    if hazards.is_empty() {
        return Err(DeskError::Nothing(
            "no hazardous area in these files has both a polygon and a year, so what remains cannot be drawn; --records \
             writes the records as they are",
        ));
    }
    let found: Vec<Outline<'_>> = hazards.iter().map(|(_, _, shape, on)| Outline { shape, on: *on }).collect();
    let cuts: Vec<Outline<'_>> = releases.iter().map(|(shape, on)| Outline { shape, on: *on }).collect();
    let fields = [
        ("id", FieldKind::Text),
        ("name", FieldKind::Text),
        ("kind", FieldKind::Text),
        ("found", FieldKind::Text),
        ("district", FieldKind::Text),
        ("stated_area_m2", FieldKind::Real),
        ("remaining_m2", FieldKind::Real),
        ("file", FieldKind::Text),
        ("row", FieldKind::Integer),
    ];
    let fields = fields.map(|(name, kind)| Field::new(name, kind)).to_vec();
    let mut layer = Layer::new("remaining", GeometryKind::Areas, fields, as_of)?;
    let mut sum = 0.0;
    for left in remaining(&found, &cuts, as_of) {
        let Some((file, area, ..)) = hazards.get(left.hazard) else { continue };
        sum += left.area_m2;
        let values = of_hazard(file, area, left.area_m2);
        layer.push(Feature { geometry: Some(Geometry::Areas(atlas::areas(&left.parts))), values })?;
    }
    view.remaining_m2 = Some(sum);
    view.written.push(out.write("", &layer, words)?);
    Ok(view)
}

fn of_hazard(file: &Intake, area: &HazardousArea, remaining_m2: f64) -> Vec<atlas::Value> {
    let text = |text: Option<&String>| text.map_or(atlas::Value::Null, atlas::Value::text);
    let kind = match area.kind {
        AreaKind::Suspected => atlas::Value::text("suspected"),
        AreaKind::Confirmed => atlas::Value::text("confirmed"),
        AreaKind::Unknown => atlas::Value::Null,
    };
    let found = area.date.map(|date| date.to_string()).or_else(|| area.year.map(|year| year.to_string()));
    vec![
        text(area.id.as_ref()),
        text(area.name.as_ref()),
        kind,
        text(found.as_ref()),
        text(area.admin2.as_ref().or(area.admin1.as_ref())),
        area.stated_area_m2.map_or(atlas::Value::Null, atlas::Value::Real),
        atlas::Value::Real(remaining_m2),
        atlas::Value::text(&file.file),
        row_number(area.row),
    ]
}

fn row_number(row: u64) -> atlas::Value {
    i64::try_from(row).map_or(atlas::Value::Null, atlas::Value::Integer)
}

impl MapView {
    fn hazard(&mut self, area: &HazardousArea) -> Option<(Polygon, Date)> {
        // Of a year without a day: its first, so that doubt never makes ground free.
        let on = day(area.date, area.year, (1, 1));
        let shape = area.shape.as_ref().and_then(outline);
        self.without_year += usize::from(on.is_none());
        self.without_place += usize::from(shape.is_none());
        shape.zip(on)
    }

    fn release(&mut self, row: &LandRelease) -> Option<(Polygon, Date)> {
        let on = day(row.date, row.year, (12, 31));
        let shape = row.shape.as_ref().and_then(outline);
        self.without_year += usize::from(on.is_none());
        self.releases_without_outline += usize::from(shape.is_none());
        shape.zip(on)
    }
}

/// The day of a record; where only the year is known, the one given.
pub(crate) fn day(date: Option<Date>, year: Option<i16>, (month, day): (i8, i8)) -> Option<Date> {
    date.or_else(|| Date::new(year?, month, day).ok())
}

/// A shape as `land` takes it; `None` when a vertex of it is no place on Earth.
pub(crate) fn outline(shape: &Shape) -> Option<Polygon> {
    Polygon::from_lon_lat(shape.polygons.iter().flatten().map(|ring| ring.iter().copied())).ok()
}

/// Writes the records of one field file, with all their columns as entered: those with an outline as areas, those with a
/// position only as points, in a second file where there are both.
///
/// # Errors
/// No record has a place, the ending names no format, or a file cannot be written.
pub fn write_records(file: &Intake, today: Date, out: &Out<'_>, words: &Words) -> Result<MapView, DeskError> {
    let mut fields: Vec<Field> = Vec::new();
    for column in &file.columns {
        let name = free_name(&column.header, &fields);
        fields.push(Field::new(name, FieldKind::Text));
    }
    fields.push(Field::new(free_name("row", &fields), FieldKind::Integer));
    let layer = |kind| Layer::new("records", kind, fields.clone(), today);
    let (mut areas, mut points) = (layer(GeometryKind::Areas)?, layer(GeometryKind::Points)?);
    let mut view = MapView::default();
    for record in places(&file.taken) {
        let mut values: Vec<atlas::Value> = (0..file.columns.len())
            .map(|column| match record.raw.get(column) {
                "" => atlas::Value::Null,
                cell => atlas::Value::text(cell.replace('\0', "\u{fffd}")),
            })
            .collect();
        values.push(row_number(record.row));
        let parts = record.shape.and_then(outline).map(|shape| valid_parts(&shape)).unwrap_or_default();
        if !parts.is_empty() {
            areas.push(Feature { geometry: Some(Geometry::Areas(atlas::areas(&parts))), values })?;
        } else if let Some(place) = record.position {
            points.push(Feature { geometry: Some(Geometry::Point((place.lon, place.lat).into())), values })?;
        } else {
            view.without_place += 1;
        }
    }
    let of_areas = !areas.features().is_empty();
    if of_areas {
        view.written.push(out.write("", &areas, words)?);
    }
    if !points.features().is_empty() {
        view.written.push(out.write(if of_areas { "-points" } else { "" }, &points, words)?);
    }
    if view.written.is_empty() {
        return Err(DeskError::NoPlaces { file: file.file.clone() });
    }
    Ok(view)
}

/// The name, or the name with the first number that makes it one of its own.
fn free_name(wanted: &str, taken: &[Field]) -> String {
    let is_free =
        |name: &str| !name.is_empty() && taken.iter().all(|field| field.name.to_lowercase() != name.to_lowercase());
    let wanted = wanted.replace('\0', "");
    let mut numbered = (2..).map(|number| format!("{wanted}_{number}"));
    if is_free(&wanted) { wanted } else { numbered.find(|name| is_free(name)).unwrap_or_default() }
}

/// What a map needs of a record.
struct Placed<'a> {
    row: u64,
    shape: Option<&'a Shape>,
    position: Option<Position>,
    raw: &'a intake::RawRow,
}

fn places(records: &Records) -> Vec<Placed<'_>> {
    match records {
        Records::Victims(rows) => {
            rows.iter().map(|one| Placed { row: one.row, shape: None, position: one.position, raw: &one.raw }).collect()
        }
        Records::Events(rows) => {
            rows.iter().map(|one| Placed { row: one.row, shape: None, position: one.position, raw: &one.raw }).collect()
        }
        Records::LandReleases(rows) => rows
            .iter()
            .map(|one| Placed { row: one.row, shape: one.shape.as_ref(), position: one.position, raw: &one.raw })
            .collect(),
        Records::HazardousAreas(rows) => rows
            .iter()
            .map(|one| Placed { row: one.row, shape: one.shape.as_ref(), position: one.position, raw: &one.raw })
            .collect(),
        Records::Districts(rows) => rows
            .iter()
            .map(|one| Placed { row: one.row, shape: Some(&one.shape), position: None, raw: &one.raw })
            .collect(),
    }
}

/// A note of a map file, in words.
fn said(note: &Note, words: &Words) -> String {
    let text = |text: &str| Value::Text(text.to_owned());
    let of = |key: &str, field: &str, features: &[usize]| {
        words.with(key, &[("field", text(field)), ("count", Value::from(features.len()))])
    };
    match note {
        Note::FieldRenamed { from, to } => words.with("map-field-renamed", &[("from", text(from)), ("to", text(to))]),
        Note::TextCut { field, features, bytes } => {
            let values =
                [("field", text(field)), ("count", Value::from(features.len())), ("bytes", Value::from(*bytes))];
            words.with("map-text-cut", &values)
        }
        Note::NumbersRounded { field, features } => of("map-numbers-rounded", field, features),
        Note::DatesLost { field, features } => of("map-dates-lost", field, features),
        Note::NumbersAsText { field } => words.with("map-numbers-as-text", &[("field", text(field))]),
        Note::CharactersReplaced { field, features } => of("map-characters-replaced", field, features),
        Note::FormulasQuoted { field, features } => of("map-formulas-quoted", field, features),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;
    use intake::Options;

    const TODAY: Date = Date::constant(2026, 1, 1);

    fn read(folder: &Path, name: &str, text: &str) -> Intake {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        intake::read(&path, &Options::new(TODAY)).unwrap()
    }

    const AREAS: &str = "hazard id,hazard type,year found,wkt\n\
        A,SHA,2020,\"POLYGON((20 40,20.01 40,20.01 40.01,20 40.01,20 40))\"\n\
        B,CHA,2024,\"POLYGON((20.02 40,20.03 40,20.03 40.01,20.02 40.01,20.02 40))\"\n\
        C,CHA,2021,\n";

    #[test]
    fn what_remains_on_a_day_is_written_and_what_is_not_on_it_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let hazards = read(folder.path(), "h.csv", AREAS);
        let path = folder.path().join("left.geojson");
        let out = Out { path: &path, replace: false };
        let view = write_remaining(&[hazards], Date::constant(2022, 12, 31), &out, Words::of(Lang::En)).unwrap();
        assert_eq!((view.written[0].features, view.without_place), (1, 1));
        let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(written["features"][0]["properties"]["id"], "A");
        assert!((view.remaining_m2.unwrap() - 949_000.0).abs() < 2_000.0, "{:?}", view.remaining_m2);
    }

    #[test]
    fn records_with_outline_and_with_position_become_two_files() {
        let folder = tempfile::tempdir().unwrap();
        let text = "hazard id,hazard type,year found,row,wkt\nA,SHA,2020,x,\"POLYGON((20 40,20.01 40,20.01 40.01,20 40))\"\nB,CHA,2021,y,POINT(20 40)\n";
        let file = read(folder.path(), "h.csv", text);
        let path = folder.path().join("all.geojson");
        let out = Out { path: &path, replace: false };
        let view = write_records(&file, TODAY, &out, Words::of(Lang::En)).unwrap();
        let names: Vec<_> = view.written.iter().map(|one| one.file.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["all.geojson", "all-points.geojson"]);
        let points = std::fs::read_to_string(folder.path().join("all-points.geojson")).unwrap();
        assert!(points.contains("\"row_2\":3"), "the file's own column keeps its name: {points}");
    }
}
