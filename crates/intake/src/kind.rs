//! What the rows of a table tell, from the columns that were understood.

use crate::intake::ColumnUnderstood;
use crate::record::RecordKind;
use crate::table::Table;
use crate::vocabulary::Field;

/// The first of these that holds: people, released land, hazardous areas, events, districts.
///
/// A column whose values disagree with its name still counts: a list of victims with a spoilt column stays one.
pub(crate) fn decide(table: &Table, columns: &[ColumnUnderstood]) -> Option<RecordKind> {
    use Field as F;
    let has = |field: Field| columns.iter().any(|column| column.field == Some(field));
    let any = |fields: &[Field]| fields.iter().any(|field| has(*field));
    let count = |fields: &[Field]| fields.iter().filter(|field| has(**field)).count();
    let text = columns.iter().position(|column| column.field == Some(F::Wkt)).and_then(|column| {
        table.rows.iter().map(|row| row.cell(column)).find(|cell| !cell.is_empty()).map(str::to_ascii_uppercase)
    });
    let text_is = |kind: &str| text.as_ref().is_some_and(|text| text.contains(kind));
    let shapes = text_is("POLYGON") || table.rows.iter().any(|row| row.geometry.shape.is_some());
    let points = text_is("POINT") || table.rows.iter().any(|row| row.geometry.point.is_some());
    let placed = points || shapes || has(F::LatLon) || (has(F::Latitude) && has(F::Longitude));
    let dated = any(&[F::Year, F::Date]);
    let items = any(&[F::ApMines, F::Uxo, F::Improvised, F::AntiVehicle, F::ItemsDestroyed]);
    let named = any(&[F::Name, F::Code, F::Admin1, F::Admin2, F::Admin1Code, F::Admin2Code]);

    if any(&[F::Sex, F::Age, F::Outcome]) && count(&[F::Sex, F::Age, F::Outcome, F::Status, F::Activity]) >= 2 {
        Some(RecordKind::Victim)
    } else if any(&[F::CancelledArea, F::ReducedArea, F::ClearedArea])
        || (has(F::ReleaseKind) && (has(F::Area) || shapes))
        || (items && (has(F::Area) || dated))
    {
        Some(RecordKind::LandRelease)
    } else if has(F::AreaKind)
        || (has(F::AreaStatus) && (has(F::Area) || shapes || has(F::Id)))
        || (has(F::DateFound) && (has(F::Area) || placed))
        || (has(F::Device) && placed && !has(F::EventType) && !dated)
    {
        Some(RecordKind::HazardousArea)
    } else if (has(F::EventType) && (dated || placed || named)) || (has(F::Device) && dated && placed) {
        Some(RecordKind::Event)
    } else if shapes && named && !points {
        Some(RecordKind::District)
    } else {
        None
    }
}
