//! Small `GeoPackage` files, invented.
#![allow(dead_code, clippy::unwrap_used, clippy::cast_possible_truncation)] // each test program uses its own part; a test may stop where it fails

use rusqlite::{Connection, params};
use std::path::Path;

/// Corners of a ring.
pub(crate) type Ring = Vec<[f64; 2]>;

/// A polygon as the format has it.
pub(crate) fn blob(srs: i32, rings: &[Ring]) -> Vec<u8> {
    let mut bytes = b"GP\x00\x01".to_vec();
    bytes.extend(srs.to_le_bytes());
    bytes.extend([1, 3, 0, 0, 0]);
    bytes.extend((rings.len() as u32).to_le_bytes());
    for ring in rings {
        bytes.extend((ring.len() as u32).to_le_bytes());
        ring.iter().flatten().for_each(|n| bytes.extend(n.to_le_bytes()));
    }
    bytes
}

/// A database with the tables that the format asks for.
pub(crate) fn create(path: &Path) -> Connection {
    let file = Connection::open(path).unwrap();
    file.execute_batch(
        "create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text,
           organization_coordsys_id integer, definition text, description text);
         insert into gpkg_spatial_ref_sys values ('WGS 84', 4326, 'EPSG', 4326, '', ''),
           ('UTM 18N', 32618, 'EPSG', 32618, '', ''), ('nobody knows', 0, 'NONE', 0, 'undefined', '');
         create table gpkg_contents (table_name text primary key, data_type text, srs_id integer);
         create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text, srs_id integer,
           z integer, m integer);",
    )
    .unwrap();
    file
}

/// A layer with a geometry column `geom` and the columns given.
pub(crate) fn layer(file: &Connection, name: &str, srs: i32, columns: &str) {
    file.execute_batch(&format!("create table \"{name}\" (fid integer primary key, geom blob, {columns})")).unwrap();
    file.execute("insert into gpkg_contents values (?1, 'features', ?2)", params![name, srs]).unwrap();
    file.execute("insert into gpkg_geometry_columns values (?1, 'geom', 'POLYGON', ?2, 0, 0)", params![name, srs])
        .unwrap();
}
