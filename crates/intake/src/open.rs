//! One part becomes a table, by what it is.

use crate::container::{Data, Part};
use crate::error::IntakeError;
use crate::formats::{flatgeobuf, geopackage, kml, maxml, parquet, shapefile, xml};
use crate::intake::{EncodingUsed, Format};
use crate::log::Log;
use crate::options::Options;
use crate::source::{self, Kind};
use crate::table::Table;
use crate::{delimited, geojson, workbook};

/// A table and how it was found in its file.
pub(crate) struct Found {
    pub(crate) table: Table,
    pub(crate) format: Format,
    pub(crate) encoding: Option<EncodingUsed>,
    pub(crate) delimiter: Option<char>,
    pub(crate) sheet: Option<String>,
    pub(crate) layer: Option<String>,
}

impl Found {
    fn new(table: Table, format: Format) -> Self {
        Self { table, format, encoding: None, delimiter: None, sheet: None, layer: None }
    }
}

/// Reads a part. `file` is the name that messages use.
pub(crate) fn part(file: &str, part: Part, options: &Options<'_>, log: &mut Log) -> Result<Found, IntakeError> {
    match part.data {
        Data::OnDisk(path) => database(file, &geopackage::open(file, &path, options)?, options, log),
        Data::Shapefile(files) => {
            let (table, encoding) = shapefile::read(file, files, options, log)?;
            Ok(Found { encoding: Some(encoding), ..Found::new(table, Format::Shapefile) })
        }
        Data::Bytes(kind, bytes) => of_kind(file, kind, bytes, options, log),
    }
}

fn of_kind(file: &str, kind: Kind, bytes: Vec<u8>, options: &Options<'_>, log: &mut Log) -> Result<Found, IntakeError> {
    match kind {
        Kind::Database => database(file, &geopackage::open_bytes(file, &bytes, options)?, options, log),
        Kind::Parquet => Ok(Found::new(parquet::read(file, bytes, options, log)?, Format::GeoParquet)),
        Kind::FlatGeobuf => Ok(Found::new(flatgeobuf::read(file, &bytes, options, log)?, Format::FlatGeobuf)),
        Kind::Workbook => {
            let sheet = workbook::read(file, &bytes, options, log)?;
            let mut table = Table::from_rows(sheet.rows, options.mapping.as_ref(), true, log);
            crate::forms::join_sheets(file, &sheet.name, &mut table, &bytes, options, log);
            Ok(Found { sheet: Some(sheet.name), ..Found::new(table, sheet.format) })
        }
        Kind::Xml => {
            let (text, encoding) = source::decode(bytes.clone(), xml::declared(&bytes).as_deref(), log);
            let (table, format, layer) = match xml::root(file, &text, options)?.as_str() {
                "kml" => (kml::read(file, &text, options, log)?, Format::Kml, None),
                root => {
                    let (table, layer) = maxml::read(file, root, &text, options, log)?;
                    (table, Format::Maxml, Some(layer))
                }
            };
            Ok(Found { encoding: Some(encoding), layer, ..Found::new(table, format) })
        }
        Kind::Json | Kind::Text => text(file, kind, bytes, options, log),
        Kind::Shapefile => {
            Err(IntakeError::PartMissing { file: file.to_owned(), missing: "the .dbf with its table".to_owned() })
        }
        Kind::Zip | Kind::Gzip => {
            let reason = "archives lie in one another more than once".to_owned();
            Err(IntakeError::BrokenArchive { file: file.to_owned(), reason })
        }
    }
}

fn database(
    file: &str,
    connection: &rusqlite::Connection,
    options: &Options<'_>,
    log: &mut Log,
) -> Result<Found, IntakeError> {
    let (table, layer) = geopackage::read(file, connection, options, log)?;
    Ok(Found { layer: Some(layer), ..Found::new(table, Format::GeoPackage) })
}

fn text(file: &str, kind: Kind, bytes: Vec<u8>, options: &Options<'_>, log: &mut Log) -> Result<Found, IntakeError> {
    if kind == Kind::Text {
        source::check_lines(file, &bytes, options)?;
    }
    let wanted = options.mapping.as_ref().and_then(|mapping| mapping.encoding.as_deref());
    let (text, encoding) = source::decode(bytes, wanted, log);
    if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
        return Err(IntakeError::Empty { file: file.to_owned() });
    }
    let encoding = Some(encoding);
    if kind == Kind::Json {
        let (table, format, layer) = geojson::read(file, &text, options, log)?;
        return Ok(Found { encoding, layer, ..Found::new(table, format) });
    }
    let (rows, delimiter) = delimited::read(file, text.trim_start_matches('\u{feff}'), options)?;
    let table = Table::from_rows(rows, options.mapping.as_ref(), false, log);
    Ok(Found { encoding, delimiter: Some(delimiter), ..Found::new(table, Format::Delimited) })
}
