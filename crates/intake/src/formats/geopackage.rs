//! `GeoPackage` (OGC 12-128): an `SQLite` database with a list of its layers. Opened for reading only; nothing in
//! it is run, and views, which could be made to run for ever, are not read.

use super::gathered;
use crate::columns;
use crate::crs::Crs;
use crate::error::IntakeError;
use crate::features::Features;
use crate::finding::{Finding, FindingKind};
use crate::log::Log;
use crate::options::Options;
use crate::table::{Geometry, Native, Stated, Table};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::fmt::Write;
use std::path::Path;

/// A layer of the database.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) name: String,
    /// Name of its column of geometry, if it has one.
    pub(crate) geometry: Option<String>,
    /// Its other columns, in order.
    pub(crate) columns: Vec<String>,
    pub(crate) srs_id: i64,
    pub(crate) stated: Stated,
}

#[allow(clippy::needless_pass_by_value)] // errors of every kind are handed over as they come
pub(crate) fn damaged(file: &str, error: impl ToString) -> IntakeError {
    IntakeError::Damaged { file: file.to_owned(), format: "GeoPackage", reason: error.to_string() }
}

/// Opens a database where it lies.
pub(crate) fn open(file: &str, path: &Path, options: &Options<'_>) -> Result<Connection, IntakeError> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    if std::fs::metadata(&wal).is_ok_and(|about| about.len() > 0) {
        let reason = "a program still has it open, with changes in a file ending in -wal: close it there first";
        return Err(damaged(file, reason));
    }
    let mut uri = String::from("file:");
    for byte in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'_' | b'-' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => {
                // Writing to a string cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags).map_err(|error| damaged(file, error))?;
    guarded(file, connection, options)
}

/// Opens a database that came out of an archive.
pub(crate) fn open_bytes(file: &str, bytes: &[u8], options: &Options<'_>) -> Result<Connection, IntakeError> {
    let mut connection = Connection::open_in_memory().map_err(|error| damaged(file, error))?;
    connection.deserialize_read_exact("main", bytes, bytes.len(), true).map_err(|error| damaged(file, error))?;
    guarded(file, connection, options)
}

fn guarded(file: &str, connection: Connection, options: &Options<'_>) -> Result<Connection, IntakeError> {
    let longest = i32::try_from(options.limits.max_record_bytes).unwrap_or(i32::MAX);
    let guard = || -> rusqlite::Result<()> {
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "mmap_size", 1i64 << 32)
    };
    guard().map_err(|error| damaged(file, error))?;
    Ok(connection)
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The layers that are tables.
pub(crate) fn layers(file: &str, connection: &Connection) -> Result<Vec<Layer>, IntakeError> {
    let listed = connection
        .query_row("select count(*) from sqlite_master where name = 'gpkg_contents'", [], |row| row.get::<_, i64>(0))
        .map_err(|error| damaged(file, error))?;
    if listed == 0 {
        return Err(crate::source::not_a_table(
            file,
            "a database that is no GeoPackage",
            "export the table as CSV or as a GeoPackage",
        ));
    }
    let names = || -> rusqlite::Result<Vec<(String, i64)>> {
        let mut found = connection.prepare(
            "select c.table_name, coalesce(c.srs_id, 0) from gpkg_contents c join sqlite_master m \
             on lower(m.name) = lower(c.table_name) and m.type = 'table' and m.sql not like 'create virtual%' \
             where c.data_type in ('features', 'attributes') order by c.rowid",
        )?;
        found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    let names = names().map_err(|error| damaged(file, error))?;
    names.into_iter().map(|(name, srs)| layer(connection, name, srs).map_err(|error| damaged(file, error))).collect()
}

fn layer(connection: &Connection, name: String, srs: i64) -> rusqlite::Result<Layer> {
    let mut about = connection
        .prepare("select column_name, srs_id from gpkg_geometry_columns where lower(table_name) = lower(?1)")?;
    let geometry: Option<(String, i64)> =
        about.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?.next().transpose()?;
    let srs_id = geometry.as_ref().map_or(srs, |(_, srs)| *srs);
    let geometry = geometry.map(|(column, _)| column);
    let mut columns = connection.prepare("select name from pragma_table_info(?1)")?;
    let columns: Vec<String> = columns.query_map([&name], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let is_geometry = |column: &str| geometry.as_deref().is_some_and(|g| g.eq_ignore_ascii_case(column));
    let columns = columns.into_iter().filter(|column| !is_geometry(column)).collect();
    let stated = if geometry.is_some() { stated(connection, srs_id)? } else { Stated::Nothing };
    Ok(Layer { name, geometry, columns, srs_id, stated })
}

fn stated(connection: &Connection, srs_id: i64) -> rusqlite::Result<Stated> {
    // Minus one and nought are how the format says that it does not know.
    if srs_id <= 0 {
        return Ok(Stated::Nothing);
    }
    let mut about = connection.prepare(
        "select organization, organization_coordsys_id, definition from gpkg_spatial_ref_sys where srs_id = ?1",
    )?;
    let mut rows = about.query([srs_id])?;
    let Some(row) = rows.next()? else { return Ok(Stated::Text(format!("EPSG:{srs_id}"))) };
    let (organization, code, definition): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let named = format!("{}:{code}", organization.to_ascii_uppercase());
    let known = u32::try_from(code).is_ok_and(|code| Crs::from_epsg(code).is_ok());
    Ok(Stated::Text(if named.starts_with("EPSG") && known { named } else { definition }))
}

/// The layer to read: the one asked for, the only one, or the only one whose columns are known.
pub(crate) fn choose(
    file: &str,
    layers: Vec<Layer>,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<Layer, IntakeError> {
    let names: Vec<String> = layers.iter().map(|layer| layer.name.clone()).collect();
    let known = |layer: &Layer| {
        layer.columns.iter().filter(|name| columns::is_known(name, options.mapping.as_ref())).count() >= 2
    };
    let hits: Vec<bool> = layers.iter().map(known).collect();
    let at = crate::layers::pick(file, &names, &hits, options, log)?;
    layers.into_iter().nth(at).ok_or_else(|| IntakeError::Empty { file: file.to_owned() })
}

/// Reads a layer into a table.
pub(crate) fn read(
    file: &str,
    connection: &Connection,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<(Table, String), IntakeError> {
    let layer = choose(file, layers(file, connection)?, options, log)?;
    let table = rows(file, connection, &layer, None, options)?;
    Ok((table, layer.name))
}

/// The rows of a layer in order of their feature id, which is their number; at most so many, if that is said.
pub(crate) fn rows(
    file: &str,
    connection: &Connection,
    layer: &Layer,
    most: Option<u64>,
    options: &Options<'_>,
) -> Result<Table, IntakeError> {
    let failed = |error: rusqlite::Error| row_failed(file, error, options);
    let mut features = Features::new(file, options, layer.stated.clone());
    for name in &layer.columns {
        features.column(name)?;
    }
    let picked: Vec<String> = layer.columns.iter().chain(&layer.geometry).map(|name| quoted(name)).collect();
    let sql = format!("select rowid, {} from {} order by rowid", picked.join(", "), quoted(&layer.name));
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        count += 1;
        if most.is_some_and(|most| count > most) {
            break;
        }
        if count > options.limits.max_rows {
            return Err(IntakeError::TooManyRows { file: file.to_owned(), limit: options.limits.max_rows });
        }
        let mut cells = Vec::with_capacity(layer.columns.len());
        for (at, name) in layer.columns.iter().enumerate() {
            cells.push((name.clone(), written(row.get_ref(at + 1).map_err(failed)?)));
        }
        let geometry = match &layer.geometry {
            None => Geometry::default(),
            Some(_) => geometry(row.get_ref(layer.columns.len() + 1).map_err(failed)?, layer.srs_id),
        };
        features.push(number(row.get_ref(0).map_err(failed)?), cells, geometry)?;
    }
    features.table.features = layer.geometry.is_some();
    Ok(features.table)
}

/// Why a row could not be read: it is longer than allowed, or the file is damaged.
pub(crate) fn row_failed(file: &str, error: rusqlite::Error, options: &Options<'_>) -> IntakeError {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::TooBig) {
        let limit = options.limits.max_record_bytes;
        return IntakeError::RecordTooLong { file: file.to_owned(), line: 1, limit };
    }
    damaged(file, error)
}

/// A feature id as the number of its row.
pub(crate) fn number(value: ValueRef<'_>) -> u64 {
    match value {
        ValueRef::Integer(id) => u64::try_from(id).unwrap_or(0),
        _ => 0,
    }
}

pub(crate) fn written(value: ValueRef<'_>) -> (String, Native) {
    match value {
        ValueRef::Null => (String::new(), Native::Text),
        ValueRef::Integer(number) => (number.to_string(), Native::Number),
        ValueRef::Real(number) => (number.to_string(), Native::Number),
        ValueRef::Text(text) => (String::from_utf8_lossy(text).into_owned(), Native::Text),
        ValueRef::Blob(bytes) => (format!("({} bytes)", bytes.len()), Native::Text),
    }
}

pub(crate) fn geometry(value: ValueRef<'_>, srs_id: i64) -> Geometry {
    let note = |kind| Geometry { notes: vec![kind], ..Geometry::default() };
    match value {
        ValueRef::Null => note(FindingKind::GeometryMissing {}),
        ValueRef::Blob(blob) => gathered::read_geopackage(blob, srs_id),
        _ => note(FindingKind::GeometryNotUsed { reason: "it is no binary geometry".to_owned() }),
    }
}

/// Says which layer was read where several are.
pub(crate) fn chosen(layer: &str, names: &[String], log: &mut Log) {
    let others: Vec<String> = names.iter().filter(|name| *name != layer).cloned().collect();
    if !others.is_empty() {
        let others = crate::container::listed(&others);
        log.add(Finding::new(FindingKind::LayerChosen { layer: layer.to_owned(), others }));
    }
}
