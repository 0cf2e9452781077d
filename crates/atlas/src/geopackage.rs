//! OGC `GeoPackage` 1.3 (12-128r17).

mod spatial_index;

use std::path::Path;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params, params_from_iter};

use crate::layer::{FieldKind, Geometry, GeometryKind, Layer, Value};
use crate::note::Note;
use crate::wkb;
use crate::write::Error;

/// "GPKG".
const APPLICATION_ID: i32 = 0x4750_4B47;
const WGS84: i32 = 4326;

const FRAME: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]',
   'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
";

pub(crate) fn encode(layer: &Layer, path: &Path) -> Result<Vec<Note>, Error> {
    let mut database = Connection::open(path)?;
    // Half a file is never seen, so no journal is needed; and none is left beside it.
    database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    database.pragma_update(None, "application_id", APPLICATION_ID)?;
    database.pragma_update(None, "user_version", 10300)?;
    let transaction = database.transaction()?;
    transaction.execute_batch(FRAME)?;
    let table = Table::new(layer);
    transaction.execute_batch(&table.create)?;
    describe(layer, &table, &transaction)?;
    let mut insert = transaction.prepare(&table.insert)?;
    let mut blob = Vec::new();
    for feature in layer.features() {
        blob.clear();
        if let Some(geometry) = &feature.geometry {
            append_geometry(&mut blob, geometry);
        }
        let geometry = if blob.is_empty() { ValueRef::Null } else { ValueRef::Blob(&blob) };
        let cells = feature.values.iter().map(|value| Cell(to_sql(value)));
        insert.execute(params_from_iter(std::iter::once(Cell(ToSqlOutput::Borrowed(geometry))).chain(cells)))?;
    }
    drop(insert);
    spatial_index::create(layer, &table, &transaction)?;
    transaction.commit()?;
    database.close().map_err(|(_, error)| error)?;
    Ok(table.notes)
}

/// Names and statements of the table of features.
struct Table {
    name: String,
    key: String,
    geometry: String,
    create: String,
    insert: String,
    notes: Vec<Note>,
}

impl Table {
    fn new(layer: &Layer) -> Self {
        let free = |wish: &str| {
            let is_taken = |name: &str| layer.fields().iter().any(|field| field.name.eq_ignore_ascii_case(name));
            let mut name = wish.to_owned();
            while is_taken(&name) {
                name.push('_');
            }
            name
        };
        let (key, geometry) = (free("fid"), free("geom"));
        // Names that begin so are the format's own (or the engine's).
        let mut name = layer.name().to_owned();
        let lower = name.to_lowercase();
        if ["gpkg_", "sqlite_", "rtree_"].iter().any(|prefix| lower.starts_with(prefix)) {
            name.insert(0, '_');
        }
        let columns: Vec<String> = layer.fields().iter().map(|field| quoted(&field.name)).collect();
        let mut create = format!(
            "CREATE TABLE {} ({} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {} {}",
            quoted(&name),
            quoted(&key),
            quoted(&geometry),
            geometry_type(layer.kind())
        );
        for (column, field) in columns.iter().zip(layer.fields()) {
            create.push_str(", ");
            create.push_str(column);
            create.push_str(match field.kind {
                FieldKind::Text => " TEXT",
                FieldKind::Integer => " INTEGER",
                FieldKind::Real => " DOUBLE",
                FieldKind::Date => " DATE",
                FieldKind::Boolean => " BOOLEAN",
            });
        }
        create.push(')');
        let all: Vec<String> = std::iter::once(quoted(&geometry)).chain(columns).collect();
        let marks = vec!["?"; all.len()].join(", ");
        let insert = format!("INSERT INTO {} ({}) VALUES ({marks})", quoted(&name), all.join(", "));
        let renamed =
            (name != layer.name()).then(|| Note::FieldRenamed { from: layer.name().to_owned(), to: name.clone() });
        Self { name, key, geometry, create, insert, notes: renamed.into_iter().collect() }
    }
}

fn describe(layer: &Layer, table: &Table, database: &Connection) -> Result<(), Error> {
    let [west, south, east, north] = layer.bounds().map_or([None; 4], |bounds| bounds.map(Some));
    database.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
        params![table.name, layer.name(), format!("{}T00:00:00.000Z", layer.as_of()), west, south, east, north, WGS84],
    )?;
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)",
        params![table.name, table.geometry, geometry_type(layer.kind()), WGS84],
    )?;
    Ok(())
}

fn geometry_type(kind: GeometryKind) -> &'static str {
    match kind {
        GeometryKind::Areas => "MULTIPOLYGON",
        GeometryKind::Points => "POINT",
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Section 2.1.3: a header with the box of the geometry, then well-known binary.
fn append_geometry(blob: &mut Vec<u8>, geometry: &Geometry) {
    let bounds = geometry.bounds();
    let (empty, boxed) =
        (u8::from(bounds.is_none()), u8::from(matches!(geometry, Geometry::Areas(_)) && bounds.is_some()));
    blob.extend_from_slice(&[b'G', b'P', 0, empty << 4 | boxed << 1 | 1]);
    blob.extend_from_slice(&WGS84.to_le_bytes());
    if let (1, Some([west, south, east, north])) = (boxed, bounds) {
        for limit in [west, east, south, north] {
            blob.extend_from_slice(&limit.to_le_bytes());
        }
    }
    wkb::append(blob, geometry);
}

struct Cell<'a>(ToSqlOutput<'a>);

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.clone())
    }
}

fn to_sql(value: &Value) -> ToSqlOutput<'_> {
    match value {
        Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Value::Integer(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
        Value::Real(number) => ToSqlOutput::Borrowed(ValueRef::Real(*number)),
        Value::Date(date) => ToSqlOutput::Owned(date.to_string().into()),
        Value::Boolean(is_so) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*is_so))),
        Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
    }
}
