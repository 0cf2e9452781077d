//! The R-tree extension (annex F.3; triggers as worded since 1.4, which mend those of 1.3): without it a map of many areas is slow to open.

use rusqlite::{Connection, params};

use super::{Table, quoted};
use crate::layer::Layer;
use crate::write::Error;

const REGISTER: &str = "
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
";

/// Programs that change the features later keep the index right by these triggers; their functions come with those
/// programs. As the specification words them: `{i}` the key, `{c}` the geometry, `{t}` the table, `{r}` the tree.
const TRIGGERS: [(&str, &str); 7] = [
    (
        "insert",
        "AFTER INSERT ON {t} WHEN (new.{c} NOT NULL AND NOT ST_IsEmpty(NEW.{c})) BEGIN \
         INSERT OR REPLACE INTO {r} VALUES \
         (NEW.{i}, ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), ST_MinY(NEW.{c}), ST_MaxY(NEW.{c})); END",
    ),
    (
        "update2",
        "AFTER UPDATE OF {c} ON {t} WHEN OLD.{i} = NEW.{i} AND (NEW.{c} ISNULL OR ST_IsEmpty(NEW.{c})) BEGIN \
         DELETE FROM {r} WHERE id = OLD.{i}; END",
    ),
    (
        "update4",
        "AFTER UPDATE ON {t} WHEN OLD.{i} != NEW.{i} AND (NEW.{c} ISNULL OR ST_IsEmpty(NEW.{c})) BEGIN \
         DELETE FROM {r} WHERE id IN (OLD.{i}, NEW.{i}); END",
    ),
    (
        "update5",
        "AFTER UPDATE ON {t} WHEN OLD.{i} != NEW.{i} AND (NEW.{c} NOTNULL AND NOT ST_IsEmpty(NEW.{c})) BEGIN \
         DELETE FROM {r} WHERE id = OLD.{i}; INSERT OR REPLACE INTO {r} VALUES \
         (NEW.{i}, ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), ST_MinY(NEW.{c}), ST_MaxY(NEW.{c})); END",
    ),
    (
        "update6",
        "AFTER UPDATE OF {c} ON {t} WHEN OLD.{i} = NEW.{i} AND (NEW.{c} NOTNULL AND NOT ST_IsEmpty(NEW.{c})) \
         AND (OLD.{c} NOTNULL AND NOT ST_IsEmpty(OLD.{c})) BEGIN UPDATE {r} SET \
         minx = ST_MinX(NEW.{c}), maxx = ST_MaxX(NEW.{c}), miny = ST_MinY(NEW.{c}), maxy = ST_MaxY(NEW.{c}) \
         WHERE id = NEW.{i}; END",
    ),
    (
        "update7",
        "AFTER UPDATE OF {c} ON {t} WHEN OLD.{i} = NEW.{i} AND (NEW.{c} NOTNULL AND NOT ST_IsEmpty(NEW.{c})) \
         AND (OLD.{c} ISNULL OR ST_IsEmpty(OLD.{c})) BEGIN INSERT INTO {r} VALUES \
         (NEW.{i}, ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), ST_MinY(NEW.{c}), ST_MaxY(NEW.{c})); END",
    ),
    ("delete", "AFTER DELETE ON {t} WHEN OLD.{c} NOT NULL BEGIN DELETE FROM {r} WHERE id = OLD.{i}; END"),
];

/// Builds the index over the features, which stand in the table in the order of the layer.
pub(super) fn create(layer: &Layer, table: &Table, database: &Connection) -> Result<(), Error> {
    let tree = format!("rtree_{}_{}", table.name, table.geometry);
    database.execute_batch(REGISTER)?;
    database.execute(
        "INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        params![table.name, table.geometry],
    )?;
    database
        .execute_batch(&format!("CREATE VIRTUAL TABLE {} USING rtree(id, minx, maxx, miny, maxy)", quoted(&tree)))?;
    let mut insert = database.prepare(&format!("INSERT INTO {} VALUES (?, ?, ?, ?, ?)", quoted(&tree)))?;
    for (key, feature) in (1_i64..).zip(layer.features()) {
        if let Some([west, south, east, north]) = feature.geometry.as_ref().and_then(crate::Geometry::bounds) {
            insert.execute(params![key, west, east, south, north])?;
        }
    }
    for (name, words) in TRIGGERS {
        let words = words
            .replace("{i}", &quoted(&table.key))
            .replace("{c}", &quoted(&table.geometry))
            .replace("{t}", &quoted(&table.name))
            .replace("{r}", &quoted(&tree));
        database.execute_batch(&format!("CREATE TRIGGER {} {words}", quoted(&format!("{tree}_{name}"))))?;
    }
    Ok(())
}
