//! Which layer is meant and what its columns tell, found on a sample of its rows.

use crate::areas::geopackage::{GeoPackage, Layer};
use crate::areas::known::{Entered, general_row};
use crate::areas::outline::Drawing;
use crate::areas::told::fields_of;
use crate::columns::{self, Plan};
use crate::error::IntakeError;
use crate::intake::ColumnUnderstood;
use crate::log::Log;
use crate::options::Options;
use crate::record::RecordKind;
use crate::table::Table;
use crate::{Shape, finding, source, wkb};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

/// A layer, understood.
pub(crate) struct Chosen {
    pub(crate) layer: Layer,
    /// First and last number of its rows, if they have numbers.
    pub(crate) numbers: Option<(i64, i64)>,
    pub(crate) columns: Vec<ColumnUnderstood>,
    /// The names of the columns that are read, in the order of the plan.
    pub(crate) names: Vec<String>,
    /// The fields of a balance only.
    pub(crate) plan: Plan,
}

/// A row of a query, whose columns begin after the row's number and geometry.
pub(crate) struct Stepped<'r>(pub(crate) &'r Row<'r>);

impl Entered for Stepped<'_> {
    fn value(&self, column: usize) -> ValueRef<'_> {
        self.0.get_ref(column + 2).unwrap_or(ValueRef::Null)
    }
}

/// Rows in a sample, and how many lie side by side: each run of them costs one search.
const SAMPLE: i64 = 5_000;
const RUN: i64 = 50;

/// The one layer of areas or districts.
pub(crate) fn layer(package: &GeoPackage, options: &Options<'_>, log: &mut Log) -> Result<Chosen, IntakeError> {
    let connection = package.open()?;
    let mut layers = package.layers(&connection)?;
    let named = layers.iter().map(|layer| finding::shorten(&layer.name)).collect::<Vec<_>>().join(", ");
    match (layers.pop(), layers.is_empty()) {
        (None, _) => Err(IntakeError::NotATable {
            file: package.file.clone(),
            what: "it has no layer with geometry".to_owned(),
            remedy: "export the areas as polygons".to_owned(),
        }),
        (Some(layer), true) => understood(package, &connection, layer, options, log),
        (Some(_), false) => Err(IntakeError::NotATable {
            file: package.file.clone(),
            what: format!("not one but several: its layers are {named}"),
            remedy: "export the layer that is meant by itself".to_owned(),
        }),
    }
}

fn understood(
    package: &GeoPackage,
    connection: &Connection,
    layer: Layer,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<Chosen, IntakeError> {
    if layer.columns.len() > options.limits.max_columns {
        return Err(IntakeError::TooManyColumns { file: package.file.clone(), limit: options.limits.max_columns });
    }
    if !layer.system.is_degrees() {
        return Err(source::not_a_table(&package.file, "not in longitude and latitude", "read it as any other file"));
    }
    // A table may have no numbers though its description says so; then it is read from its first row to its last.
    let numbers = layer.numbers(connection).map_err(|error| package.damaged(&error))?;
    let mut table = Table { headers: layer.columns.clone(), features: true, ..Table::default() };
    sample(connection, &layer, numbers, &mut table).map_err(|error| package.damaged(&error))?;
    let (columns, mut plan) = columns::understand(&package.file, &table, options, log)?;
    if !matches!(plan.kind, RecordKind::HazardousArea | RecordKind::LandRelease | RecordKind::District) {
        return Err(IntakeError::NotATable {
            file: package.file.clone(),
            what: format!("its rows are of the kind {}, not areas", plan.kind.key()),
            remedy: "give hazardous areas, land releases or districts".to_owned(),
        });
    }
    let mut names = Vec::new();
    plan.uses.retain(|field, _| fields_of(plan.kind).contains(field));
    let mut uses: Vec<_> = plan.uses.values_mut().collect();
    uses.sort_by_key(|used| used.index);
    for used in uses {
        names.extend(layer.columns.get(used.index).cloned());
        used.index = names.len() - 1;
    }
    Ok(Chosen { layer, numbers, columns, names, plan })
}

/// Fills a table with rows from all over the layer.
fn sample(
    connection: &Connection,
    layer: &Layer,
    numbers: Option<(i64, i64)>,
    table: &mut Table,
) -> rusqlite::Result<()> {
    let Some((first, last)) = numbers.filter(|_| layer.key.is_some()) else {
        let query = format!("{} LIMIT {SAMPLE}", layer.query(&layer.columns, false));
        return add_rows(&mut connection.prepare(&query)?, [], layer.srs_id, table);
    };
    if layer.has_at_most(connection, SAMPLE)? {
        return add_rows(
            &mut connection.prepare(&layer.query(&layer.columns, true))?,
            [first, last],
            layer.srs_id,
            table,
        );
    }
    let mut statement = connection.prepare(&format!("{} LIMIT {RUN}", layer.query(&layer.columns, true)))?;
    let runs = SAMPLE / RUN;
    let step = (i128::from(last) - i128::from(first)) / i128::from(runs) + 1;
    for run in 0..runs {
        let start = i64::try_from(i128::from(first) + step * i128::from(run)).unwrap_or(last);
        let end = i64::try_from(i128::from(start) + step - 1).unwrap_or(last).min(last);
        add_rows(&mut statement, [start, end], layer.srs_id, table)?;
    }
    Ok(())
}

fn add_rows(
    statement: &mut rusqlite::Statement<'_>,
    between: impl rusqlite::Params,
    srs_id: i64,
    table: &mut Table,
) -> rusqlite::Result<()> {
    let columns = table.headers.len();
    let mut drawing = Drawing::new(usize::MAX);
    let mut rows = statement.query(between)?;
    while let Some(row) = rows.next()? {
        let mut general = general_row(table.rows.len() as u64 + 1, &Stepped(row), columns, false);
        drawing.clear();
        if let ValueRef::Blob(blob) = row.get_ref(1)?
            && wkb::read_geopackage(blob, srs_id, &mut drawing).is_ok()
        {
            // Whether rows have points or shapes helps to tell what they are.
            general.geometry.point = drawing.point_given();
            general.geometry.shape = drawing.outline().map(|_| Shape::default());
        }
        table.rows.push(general);
    }
    Ok(())
}
