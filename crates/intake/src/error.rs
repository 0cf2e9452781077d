//! Why a whole file could not be read.

use std::path::PathBuf;

/// Why a whole file was refused: what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// Nothing is at that path.
    #[error("{}: no such file; check the path and its spelling", path.display())]
    Missing {
        /// The path that was given.
        path: PathBuf,
    },
    /// A folder was given where a file is read.
    #[error("{}: this is a folder, not a file; name one file in it", path.display())]
    Folder {
        /// The path that was given.
        path: PathBuf,
    },
    /// The system did not let the file be read.
    #[error("{}: could not be read ({source}); check the rights on the file and the disk", path.display())]
    Io {
        /// The path that was given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing in it.
    #[error("{file}: the file is empty; export it again")]
    Empty {
        /// Name of the file.
        file: String,
    },
    /// More bytes than allowed.
    #[error("{file}: {bytes} bytes are more than the {limit} allowed; split the file by year or by province")]
    TooLarge {
        /// Name of the file.
        file: String,
        /// Bytes found.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// One line, record or feature is longer than allowed.
    #[error(
        "{file}, line {line}: one record is longer than the {limit} bytes allowed; the file has lost its line \
         breaks or a quote is never closed: export it again as CSV with one record a line"
    )]
    RecordTooLong {
        /// Name of the file.
        file: String,
        /// Line where the record begins, from 1.
        line: u64,
        /// Bytes allowed.
        limit: usize,
    },
    /// One cell is longer than allowed.
    #[error("{file}, row {row}, column {column}: the cell is longer than the {limit} bytes allowed; shorten it")]
    CellTooLong {
        /// Name of the file.
        file: String,
        /// Row, from 1.
        row: u64,
        /// Column, from 1.
        column: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// More rows than allowed.
    #[error("{file}: there are more than the {limit} rows allowed; split the file by year or by province")]
    TooManyRows {
        /// Name of the file.
        file: String,
        /// Rows allowed.
        limit: u64,
    },
    /// More columns than allowed.
    #[error("{file}: there are more than the {limit} columns allowed; keep only those that are needed")]
    TooManyColumns {
        /// Name of the file.
        file: String,
        /// Columns allowed.
        limit: usize,
    },
    /// The contents are not a table of any kind.
    #[error("{file}: the file holds no table ({what}); {remedy}")]
    NotATable {
        /// Name of the file.
        file: String,
        /// What it seems to be.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A workbook that does not open.
    #[error(
        "{file}: the workbook is damaged or cut short ({reason}); open it in a spreadsheet program and save it again"
    )]
    BrokenWorkbook {
        /// Name of the file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// The mapping names a sheet that is not there.
    #[error("{file}: there is no sheet \"{sheet}\"; the sheets are {sheets}")]
    NoSuchSheet {
        /// Name of the file.
        file: String,
        /// The sheet asked for.
        sheet: String,
        /// The sheets there are.
        sheets: String,
    },
    /// A quote opens and the file ends before it closes.
    #[error(
        "{file}, line {line}: a quote opens here and is never closed, so all that follows would be one cell; \
         close the quote, or double it if it belongs to the text"
    )]
    UnclosedQuote {
        /// Name of the file.
        file: String,
        /// Line where the record begins, from 1.
        line: u64,
    },
    /// JSON that ends too early.
    #[error(
        "{file}: the JSON ends too early, at byte {byte} (line {line}), after {features} whole features; \
         the copy was cut short: export or copy it again"
    )]
    TruncatedJson {
        /// Name of the file.
        file: String,
        /// Byte, from 0.
        byte: usize,
        /// Line, from 1.
        line: u64,
        /// Features read before.
        features: usize,
    },
    /// JSON that cannot be followed.
    #[error("{file}: not valid JSON at byte {byte} (line {line}): {reason}; repair it there or export it again")]
    BadJson {
        /// Name of the file.
        file: String,
        /// Byte, from 0.
        byte: usize,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// JSON, but not GeoJSON.
    #[error("{file}: this is JSON but not GeoJSON ({what}); export it as GeoJSON, or as CSV")]
    NotGeoJson {
        /// Name of the file.
        file: String,
        /// What was found.
        what: String,
    },
    /// A coordinate system that cannot be used.
    #[error(
        "{file}: its coordinate system cannot be used ({reason}); name the right one in a mapping, as \
         crs = \"EPSG:32618\", or export the file in longitude and latitude (EPSG:4326)"
    )]
    CrsUnusable {
        /// Name of the file.
        file: String,
        /// Why.
        reason: String,
    },
    /// Coordinates that are no degrees, and nothing that says what they are.
    #[error(
        "{file}: coordinates such as {x}, {y} are no degrees, and the file does not say their coordinate system. \
         {likely} Write the right one in a mapping, for instance:\ncrs = \"EPSG:{example}\""
    )]
    CrsNeeded {
        /// Name of the file.
        file: String,
        /// The first coordinate of a place.
        x: f64,
        /// The second.
        y: f64,
        /// A sentence on the systems that are likely.
        likely: String,
        /// A code for the example.
        example: u32,
    },
    /// An archive that cannot be unpacked.
    #[error("{file}: the archive cannot be unpacked ({reason}); pack it again as ZIP or gzip, or give the file inside")]
    BrokenArchive {
        /// Name of the file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// An archive with too many files in it.
    #[error("{file}: there are more than the {limit} files allowed inside; pack only those that are needed")]
    TooManyEntries {
        /// Name of the file.
        file: String,
        /// Files allowed.
        limit: usize,
    },
    /// An archive that unpacks to too much.
    #[error(
        "{file}: it unpacks to more than is allowed ({bytes} bytes read so far; {limit}); it may be made to fill \
         the memory. If it is not, unpack it yourself and give the files inside one by one"
    )]
    UnpacksTooLarge {
        /// Name of the file.
        file: String,
        /// Bytes unpacked when it was stopped.
        bytes: u64,
        /// Which bound was met.
        limit: String,
    },
    /// Nothing in an archive or a folder can be read.
    #[error("{file}: nothing inside can be read as a table or a map layer; inside are {found}")]
    NothingInside {
        /// Name of the file.
        file: String,
        /// Names of what is inside.
        found: String,
    },
    /// Several layers, and none asked for.
    #[error(
        "{file}: it holds several layers, and more than one could be meant: {layers}. Name one in a mapping, as \
         layer = \"{example}\""
    )]
    SeveralLayers {
        /// Name of the file.
        file: String,
        /// Names of the layers.
        layers: String,
        /// One of them.
        example: String,
    },
    /// The layer asked for is not there.
    #[error("{file}: there is no layer \"{layer}\"; the layers are {layers}")]
    NoSuchLayer {
        /// Name of the file.
        file: String,
        /// The layer asked for.
        layer: String,
        /// The layers there are.
        layers: String,
    },
    /// A file of a known format that is damaged.
    #[error("{file}: the {format} is damaged or cut short ({reason}); copy or export it again")]
    Damaged {
        /// Name of the file.
        file: String,
        /// What it is.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A shapefile without the file that holds its table.
    #[error("{file}: {missing} is missing; a shapefile is several files of one name: keep them in one folder or ZIP")]
    PartMissing {
        /// Name of the file.
        file: String,
        /// The file that is missing.
        missing: String,
    },
    /// XML that defines its own entities.
    #[error(
        "{file}: the XML brings a document type of its own (DOCTYPE), which can be made to fill the memory; remove \
         it, or export the file again"
    )]
    DocumentType {
        /// Name of the file.
        file: String,
    },
    /// XML of a kind that holds no records.
    #[error("{file}: this is XML but neither KML nor maXML (it begins with <{root}>); export it as GeoJSON or CSV")]
    OtherXml {
        /// Name of the file.
        file: String,
        /// Its first element.
        root: String,
    },
    /// More corners than allowed.
    #[error("{file}: its shapes have more than the {limit} corners allowed in all; split the file by province")]
    TooManyVertices {
        /// Name of the file.
        file: String,
        /// Corners allowed.
        limit: usize,
    },
    /// The columns do not say what the rows are.
    #[error(
        "{file}: the columns do not say what the rows tell. Found: {found}. Understood: {understood}. Write a \
         mapping with a kind and the fields of the columns that matter, as in:\nkind = \"KIND\"\n[columns]\n\
         \"{example}\" = \"FIELD\"\nKinds: victim, land_release, event, hazardous_area, district. Fields: {fields}"
    )]
    Unrecognised {
        /// Name of the file.
        file: String,
        /// Headers found.
        found: String,
        /// Headers understood, with their fields.
        understood: String,
        /// A header to show in the example.
        example: String,
        /// The names of all fields.
        fields: String,
    },
    /// Shapes without any column beside them.
    #[error(
        "{file}: its shapes have no columns, so nothing says what they are. If they are boundaries, write a mapping \
         with this line; else add columns and export it again:\nkind = \"district\""
    )]
    NoColumns {
        /// Name of the file.
        file: String,
    },
    /// Columns on which figures rest hold something else than their names say.
    #[error(
        "{file}: {said}. Nothing was read. Correct the names in the file, or say in a mapping what the columns \
         are:\n[columns]\n{lines}\n(\"ignore\" leaves a column out; its own name as a field takes it as it is named)"
    )]
    HeaderContentsDisagree {
        /// Name of the file.
        file: String,
        /// For each column: its name, what that says, examples, and what the values look like.
        said: String,
        /// Lines for the mapping.
        lines: String,
    },
    /// The mapping does not fit the file.
    #[error("{file}: the mapping names a column \"{column}\" that is not in the file; its columns are {found}")]
    MappedColumnMissing {
        /// Name of the file.
        file: String,
        /// Header in the mapping.
        column: String,
        /// Headers found.
        found: String,
    },
    /// The mapping itself is wrong.
    #[error("mapping: {0}")]
    Mapping(#[from] MappingError),
}

impl IntakeError {
    /// Whether a mapping is the way out, for a caller who knows how one is given.
    #[must_use]
    pub fn asks_for_a_mapping(&self) -> bool {
        matches!(
            self,
            Self::CrsUnusable { .. }
                | Self::CrsNeeded { .. }
                | Self::SeveralLayers { .. }
                | Self::Unrecognised { .. }
                | Self::NoColumns { .. }
                | Self::HeaderContentsDisagree { .. }
        )
    }
}

/// What is wrong with a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Not TOML, or a member that is not known or of the wrong type.
    #[error(
        "{0}; a mapping has kind, delimiter, encoding, sheet, layer, crs, datum_shift, row_header, [columns] and [values.<field>]"
    )]
    Toml(String),
    /// A kind that is not known.
    #[error("the kind \"{kind}\" is not known; use victim, land_release, event, hazardous_area or district")]
    Kind {
        /// As written.
        kind: String,
    },
    /// A field that is not known.
    #[error("column \"{column}\" is mapped to \"{field}\", which is no field; the fields are {fields}")]
    Field {
        /// Header as written.
        column: String,
        /// Field as written.
        field: String,
        /// The names of all fields.
        fields: String,
    },
    /// Values for a field that has no fixed values.
    #[error("[values.{field}] is not known; values can be given for {fields}")]
    ValuesField {
        /// Field as written.
        field: String,
        /// The fields that have values.
        fields: String,
    },
    /// A value that is not one of the field's values.
    #[error("[values.{field}] turns \"{from}\" into \"{into}\", which is no value of that field; they are {values}")]
    Value {
        /// Field.
        field: String,
        /// Value in the file.
        from: String,
        /// Value as mapped.
        into: String,
        /// The field's values.
        values: String,
    },
    /// A delimiter that is not one ASCII character.
    #[error("the delimiter \"{delimiter}\" is not one plain character; use for instance \",\", \";\" or \"\\t\"")]
    Delimiter {
        /// As written.
        delimiter: String,
    },
    /// An encoding that is not known.
    #[error("the encoding \"{encoding}\" is not known; use a name such as utf-8, windows-1252 or windows-1256")]
    Encoding {
        /// As written.
        encoding: String,
    },
    /// A coordinate system that cannot be used.
    #[error("the coordinate system \"{crs}\" cannot be used: {reason}; write a code such as crs = \"EPSG:32618\"")]
    Crs {
        /// As written.
        crs: String,
        /// Why.
        reason: String,
    },
    /// A datum shift that is neither none nor numbers.
    #[error("datum_shift is \"none\" or three or seven numbers with commas between them, not \"{shift}\"")]
    DatumShift {
        /// As written.
        shift: String,
    },
    /// Row 0.
    #[error("row_header counts from 1, as a spreadsheet does")]
    RowHeader,
}
