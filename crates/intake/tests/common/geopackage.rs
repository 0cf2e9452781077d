//! Invented layers, written as a `GeoPackage` and as GeoJSON.

use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::Path;

/// A feature: its values and its polygons.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feature {
    pub(crate) values: Vec<Value>,
    pub(crate) polygons: Option<Vec<Vec<Vec<[f64; 2]>>>>,
}

/// Well-known binary behind a header with a box, as GDAL writes it.
pub(crate) fn blob(polygons: &[Vec<Vec<[f64; 2]>>]) -> Vec<u8> {
    let polygon = |rings: &[Vec<[f64; 2]>]| {
        let mut bytes = vec![1, 3, 0, 0, 0];
        bytes.extend(u32::try_from(rings.len()).unwrap().to_le_bytes());
        for ring in rings {
            bytes.extend(u32::try_from(ring.len()).unwrap().to_le_bytes());
            bytes.extend(ring.iter().flatten().flat_map(|n| n.to_le_bytes()));
        }
        bytes
    };
    let mut bytes = vec![b'G', b'P', 0, 3, 0xe6, 0x10, 0, 0];
    bytes.extend([0; 32]);
    if let [one] = polygons {
        bytes.extend(polygon(one));
        return bytes;
    }
    bytes.extend([1, 6, 0, 0, 0]);
    bytes.extend(u32::try_from(polygons.len()).unwrap().to_le_bytes());
    for one in polygons {
        bytes.extend(polygon(one));
    }
    bytes
}

/// Opens a new file with the tables of the standard.
pub(crate) fn create(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA application_id = 0x47504B47; PRAGMA synchronous = OFF;
             CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
                 organization_coordsys_id INTEGER, definition TEXT, description TEXT);
             INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS', NULL),
                 ('WGS 84 / UTM zone 38N', 32638, 'EPSG', 32638, 'PROJCS', NULL);
             CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);
             CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
                 srs_id INTEGER, z INTEGER, m INTEGER);",
        )
        .unwrap();
    connection
}

/// Registers a table or a view as a layer.
pub(crate) fn register(connection: &Connection, layer: &str, srs: i64) {
    connection.execute("INSERT INTO gpkg_contents VALUES (?1, 'features', ?1, ?2)", (layer, srs)).unwrap();
    connection
        .execute("INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', 'GEOMETRY', ?2, 0, 0)", (layer, srs))
        .unwrap();
}

/// Writes a layer; rows are numbered from 1.
pub(crate) fn add_layer(connection: &Connection, layer: &str, columns: &[&str], features: &[Feature]) {
    let list = columns.join("\", \"");
    connection
        .execute_batch(&format!("CREATE TABLE \"{layer}\" (fid INTEGER PRIMARY KEY, geom BLOB, \"{list}\");"))
        .unwrap();
    register(connection, layer, 4326);
    let marks: String = columns.iter().map(|_| ", ?").collect();
    let transaction = connection.unchecked_transaction().unwrap();
    let mut insert = transaction.prepare(&format!("INSERT INTO \"{layer}\" VALUES (NULL, ?{marks})")).unwrap();
    for feature in features {
        let shape = feature.polygons.as_ref().map_or(Value::Null, |polygons| Value::Blob(blob(polygons)));
        insert.execute(rusqlite::params_from_iter([shape].into_iter().chain(feature.values.clone()))).unwrap();
    }
    drop(insert);
    transaction.commit().unwrap();
}

/// The same layer as GeoJSON.
pub(crate) fn geojson(columns: &[&str], features: &[Feature]) -> String {
    let feature = |feature: &Feature| {
        let properties: serde_json::Map<String, serde_json::Value> = columns
            .iter()
            .zip(&feature.values)
            .map(|(column, value)| {
                let value = match value {
                    Value::Integer(n) => (*n).into(),
                    Value::Real(n) => (*n).into(),
                    Value::Text(text) => text.as_str().into(),
                    Value::Null | Value::Blob(_) => serde_json::Value::Null,
                };
                ((*column).to_owned(), value)
            })
            .collect();
        let geometry = feature.polygons.as_ref().map(|polygons| match polygons.as_slice() {
            [one] => serde_json::json!({"type": "Polygon", "coordinates": one}),
            several => serde_json::json!({"type": "MultiPolygon", "coordinates": several}),
        });
        serde_json::json!({"type": "Feature", "properties": properties, "geometry": geometry})
    };
    let features: Vec<serde_json::Value> = features.iter().map(feature).collect();
    serde_json::json!({"type": "FeatureCollection", "features": features}).to_string()
}
