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
    /// Coordinates in a system that is not longitude and latitude on WGS84.
    #[error("{file}: its coordinates are in {crs}, not in longitude and latitude on WGS84; export it as EPSG:4326")]
    OtherCrs {
        /// Name of the file.
        file: String,
        /// The system named in the file.
        crs: String,
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
    /// The columns do not say what the rows are.
    #[error(
        "{file}: the columns do not say what the rows tell. Found: {found}. Understood: {understood}. Write a \
         mapping, for instance:\nkind = \"victim\"\n[columns]\n\"{example}\" = \"year\"\nKinds: victim, \
         land_release, event, hazardous_area, district. Fields: {fields}"
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

/// What is wrong with a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Not TOML, or a member that is not known or of the wrong type.
    #[error("{0}; a mapping has kind, delimiter, encoding, sheet, row_header, [columns] and [values.<field>]")]
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
    /// Row 0.
    #[error("row_header counts from 1, as a spreadsheet does")]
    RowHeader,
}
