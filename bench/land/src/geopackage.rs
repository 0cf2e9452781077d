//! Writing one layer of polygons as a GeoPackage (OGC 12-128r18).

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

const DEGREES: f64 = 1e-7;

/// The coordinate system of all layers.
const WGS84: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,\
    AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],\
    UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]";

/// A row: its columns' values, and the ring of its polygon in units of 1e-7 degree, the first vertex not repeated.
pub type Row = (Vec<Value>, Vec<[i32; 2]>);

/// Writes a layer over whatever is at `path`, in one transaction, row by row as they come.
///
/// `columns` are names and SQL types, without the key `fid` and the geometry `geom`. There is no spatial index: none of
/// the measured jobs would use one.
///
/// # Errors
/// When the file cannot be written.
pub fn write(
    path: &Path,
    layer: &str,
    columns: &[(&str, &str)],
    rows: impl Iterator<Item = Row>,
) -> rusqlite::Result<usize> {
    // Only what an earlier run left; if it cannot be removed, opening it says why.
    let _ = std::fs::remove_file(path);
    let mut file = Connection::open(path)?;
    file.execute_batch(
        "PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA application_id=0x47504B47; \
         PRAGMA user_version=10300;",
    )?;
    let written = file.transaction()?;
    tables(&written, layer, columns)?;
    let places = vec!["?"; columns.len() + 1].join(",");
    let mut bounds = Bounds::NOTHING;
    let mut count = 0;
    {
        let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let mut insert =
            written.prepare(&format!("INSERT INTO \"{layer}\" (geom,{}) VALUES ({places})", names.join(",")))?;
        for (values, ring) in rows {
            let own = Bounds::of(&ring);
            bounds = bounds.join(own);
            let geometry = std::iter::once(Value::Blob(blob(&ring, own)));
            insert.execute(params_from_iter(geometry.chain(values)))?;
            count += 1;
        }
    }
    let [west, east, south, north] = bounds.degrees();
    written
        .execute("UPDATE gpkg_contents SET min_x=?, max_x=?, min_y=?, max_y=?", params![west, east, south, north])?;
    written.commit()?;
    Ok(count)
}

fn tables(file: &Connection, layer: &str, columns: &[(&str, &str)]) -> rusqlite::Result<()> {
    let columns: Vec<String> = columns.iter().map(|(name, kind)| format!("\"{name}\" {kind}")).collect();
    let columns = columns.join(", ");
    file.execute_batch(&format!(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
           organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
           description TEXT);
         INSERT INTO gpkg_spatial_ref_sys VALUES
           ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
           ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
           ('WGS 84 geodetic', 4326, 'EPSG', 4326, '{WGS84}', NULL);
         CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
           identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE,
           min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
           CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
         INSERT INTO gpkg_contents VALUES
           ('{layer}', 'features', '{layer}', 'Invented data', '2026-01-01T00:00:00.000Z', 0, 0, 0, 0, 4326);
         CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
           geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
           CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
           CONSTRAINT uk_gc_table_name UNIQUE (table_name));
         INSERT INTO gpkg_geometry_columns VALUES ('{layer}', 'geom', 'POLYGON', 4326, 0, 0);
         CREATE TABLE \"{layer}\" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, {columns});"
    ))
}

#[derive(Clone, Copy)]
struct Bounds {
    low: [i32; 2],
    high: [i32; 2],
}

impl Bounds {
    const NOTHING: Self = Self { low: [i32::MAX; 2], high: [i32::MIN; 2] };

    fn of(ring: &[[i32; 2]]) -> Self {
        ring.iter().fold(Self::NOTHING, |bounds, &point| bounds.join(Self { low: point, high: point }))
    }

    fn join(self, other: Self) -> Self {
        Self {
            low: [self.low[0].min(other.low[0]), self.low[1].min(other.low[1])],
            high: [self.high[0].max(other.high[0]), self.high[1].max(other.high[1])],
        }
    }

    /// West, east, south, north: the order of a GeoPackage.
    fn degrees(self) -> [f64; 4] {
        [self.low[0], self.high[0], self.low[1], self.high[1]].map(degrees)
    }
}

/// The decimal figure nearest to that many ten-millionths, as text would be read.
fn degrees(units: i32) -> f64 {
    f64::from(units) / (1.0 / DEGREES).round()
}

/// The GeoPackage header with its envelope, then well-known binary, little endian throughout.
fn blob(ring: &[[i32; 2]], bounds: Bounds) -> Vec<u8> {
    let mut blob = Vec::with_capacity(53 + 16 * (ring.len() + 1));
    blob.extend_from_slice(b"GP\0\x03");
    blob.extend_from_slice(&4326_i32.to_le_bytes());
    for side in bounds.degrees() {
        blob.extend_from_slice(&side.to_le_bytes());
    }
    blob.push(1);
    let points = u32::try_from(ring.len() + 1).unwrap_or(u32::MAX);
    for number in [3, 1, points] {
        blob.extend_from_slice(&number.to_le_bytes());
    }
    for &[lon, lat] in ring.iter().chain(ring.first()) {
        blob.extend_from_slice(&degrees(lon).to_le_bytes());
        blob.extend_from_slice(&degrees(lat).to_le_bytes());
    }
    blob
}
