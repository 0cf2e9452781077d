//! A `GeoPackage` opened for reading, and its layers.
//!
//! OGC 12-128r18. The file is opened read-only. Where nobody is writing it (no journal beside it), it is opened as one
//! that will not change, which spares all locks.

use crate::error::IntakeError;
use crate::{container, source};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::fs;
use std::path::{Path, PathBuf};

/// The first bytes of every `SQLite` file.
const SIGNATURE: &[u8; 16] = b"SQLite format 3\0";

/// A layer of polygons and how its table is made.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) name: String,
    geometry: String,
    /// The column that numbers the rows; a view has none.
    pub(crate) key: Option<String>,
    /// All other columns.
    pub(crate) columns: Vec<String>,
    /// The number by which the file knows the coordinate system; its geometries repeat it.
    pub(crate) srs_id: i64,
    pub(crate) system: System,
}

/// The coordinate system of a layer, as the file describes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct System {
    pub(crate) name: String,
    pub(crate) organization: String,
    pub(crate) code: i64,
}

impl System {
    /// Whether its coordinates are longitude and latitude on WGS84.
    pub(crate) fn is_degrees(&self) -> bool {
        let epsg = self.organization.eq_ignore_ascii_case("epsg") || self.organization.is_empty();
        let ogc = self.organization.eq_ignore_ascii_case("ogc") && self.name.to_ascii_lowercase().contains("crs84");
        ogc || (epsg && matches!(self.code, 4326 | 4979))
    }
}

/// A file, checked to be a `GeoPackage` of a size that is allowed.
#[derive(Debug, Clone)]
pub(crate) struct GeoPackage {
    pub(crate) file: String,
    pub(crate) bytes: u64,
    path: PathBuf,
    address: Option<String>,
    longest_row: usize,
}

/// Whether the file begins as a `GeoPackage` does.
fn is_geopackage(path: &Path) -> Result<bool, IntakeError> {
    let io = |error| container::io(path, error);
    if fs::metadata(path).map_err(io)?.is_dir() {
        return Ok(false);
    }
    let mut start = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(fs::File::open(path).map_err(io)?, 72), &mut start)
        .map_err(io)?;
    // Number 68 to 71 say whose file it is: "GPKG", "GP10" or "GP11".
    Ok(start.starts_with(SIGNATURE) && start.get(68..70) == Some(b"GP"))
}

impl GeoPackage {
    pub(crate) fn new(path: &Path, most_bytes: u64, longest_row: usize) -> Result<Self, IntakeError> {
        let file = source::name_of(path);
        let about = fs::metadata(path).map_err(|error| container::io(path, error))?;
        if about.len() > most_bytes {
            return Err(IntakeError::TooLarge { file, bytes: about.len(), limit: most_bytes });
        }
        if !is_geopackage(path)? {
            return Err(IntakeError::NotATable {
                file,
                what: "it is no GeoPackage".to_owned(),
                remedy: "export it as GeoPackage again".to_owned(),
            });
        }
        // What stands in a journal is not in the file yet, and would be lost to a reader that trusts the file alone.
        let waiting = ["-wal", "-journal"].iter().any(|ending| {
            let mut beside = path.as_os_str().to_owned();
            beside.push(ending);
            fs::metadata(beside).is_ok_and(|about| about.len() > 0)
        });
        let address = if waiting { None } else { path.to_str().map(unchanging) };
        Ok(Self { file, bytes: about.len(), path: path.to_owned(), address, longest_row })
    }

    /// A connection of its own, for one thread.
    pub(crate) fn open(&self) -> Result<Connection, IntakeError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = match &self.address {
            Some(address) => Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI),
            None => Connection::open_with_flags(&self.path, flags),
        };
        let connection = opened.map_err(|error| self.damaged(&error))?;
        let settle = || {
            connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::try_from(self.longest_row).unwrap_or(i32::MAX))?;
            connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;")?;
            // A little more than the file, so that all of it is read in place.
            let mapped = i64::try_from(self.bytes).unwrap_or(i64::MAX).saturating_add(1 << 20);
            connection.pragma_update_and_check(None, "mmap_size", mapped, |_| Ok(()))
        };
        settle().map_err(|error| self.damaged(&error))?;
        Ok(connection)
    }

    /// What the database's own message says, for people.
    pub(crate) fn damaged(&self, error: &rusqlite::Error) -> IntakeError {
        IntakeError::Damaged { file: self.file.clone(), format: "GeoPackage", reason: error.to_string() }
    }

    /// The layers that have geometry.
    pub(crate) fn layers(&self, connection: &Connection) -> Result<Vec<Layer>, IntakeError> {
        let read = || -> rusqlite::Result<Vec<Layer>> {
            let mut query = connection.prepare(
                "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents c \
                 JOIN gpkg_geometry_columns g ON g.table_name = c.table_name \
                 WHERE c.data_type = 'features' ORDER BY c.rowid",
            )?;
            let named = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            named.map(|layer| layer.and_then(|layer| described(connection, layer))).collect()
        };
        read().map_err(|error| self.damaged(&error))
    }
}

/// The address of a file that nobody changes.
fn unchanging(path: &str) -> String {
    let mut address = "file:".to_owned();
    for c in path.chars() {
        match c {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3f"),
            '#' => address.push_str("%23"),
            c => address.push(c),
        }
    }
    address.push_str("?immutable=1");
    address
}

fn described(connection: &Connection, layer: (String, String, i64)) -> rusqlite::Result<Layer> {
    let (name, geometry, srs) = layer;
    let mut about = connection.prepare("SELECT name, type, pk FROM pragma_table_info(?1)")?;
    let rows = about.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let (mut key, mut columns) = (None, Vec::new());
    for row in rows {
        let (column, kind, place): (String, String, i64) = row?;
        if place == 1 && kind.eq_ignore_ascii_case("integer") {
            key = Some(column);
        } else if !column.eq_ignore_ascii_case(&geometry) {
            columns.push(column);
        }
    }
    let system = connection
        .query_row(
            "SELECT srs_name, organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = ?1",
            [srs],
            |row| {
                let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
                Ok(System {
                    name: text(0)?,
                    organization: text(1)?,
                    code: row.get::<_, Option<i64>>(2)?.unwrap_or(srs),
                })
            },
        )
        .optional()?;
    let system = system.unwrap_or(System { code: srs, ..System::default() });
    Ok(Layer { name, geometry, key, columns, srs_id: srs, system })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Layer {
    /// First and last row number; `None` when the rows have no numbers of their own, or not such as begin at 0 or above.
    pub(crate) fn numbers(&self, connection: &Connection) -> rusqlite::Result<Option<(i64, i64)>> {
        let Some(key) = self.key.as_deref().map(quoted) else { return Ok(None) };
        let ends = |end: &str| {
            let query = format!("SELECT {end}({key}) FROM {}", quoted(&self.name));
            connection.query_row(&query, [], |row| row.get::<_, Option<i64>>(0))
        };
        Ok(ends("min")?.zip(ends("max")?).filter(|(first, _)| *first >= 0))
    }

    /// Whether it has no more rows than that.
    pub(crate) fn has_at_most(&self, connection: &Connection, rows: i64) -> rusqlite::Result<bool> {
        let query = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {})", quoted(&self.name), rows + 1);
        connection.query_row(&query, [], |row| row.get::<_, i64>(0)).map(|count| count <= rows)
    }

    /// The query for some columns: row number (or nothing), geometry, then the columns.
    pub(crate) fn query(&self, columns: &[String], numbered: bool) -> String {
        let key = self.key.as_deref().map(quoted);
        let mut query = format!("SELECT {}, {}", key.as_deref().unwrap_or("NULL"), quoted(&self.geometry));
        for column in columns {
            query.push_str(", ");
            query.push_str(&quoted(column));
        }
        query.push_str(" FROM ");
        query.push_str(&quoted(&self.name));
        if let Some(key) = key.filter(|_| numbered) {
            query = format!("{query} WHERE {key} BETWEEN ?1 AND ?2 ORDER BY {key}");
        }
        query
    }
}
