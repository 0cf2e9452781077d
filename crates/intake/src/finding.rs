//! What was noticed in a file: each finding says what, where and what to do.

use serde::{Serialize, Serializer};
use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know; nothing to do.
    Info,
    /// Look at it: the figures may be wrong.
    Warning,
    /// Something was not taken from the file.
    Error,
}

/// Something noticed while reading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What was noticed.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// Name of the file.
    pub file: Option<String>,
    /// Line of a text file or row of a sheet, as an editor or a spreadsheet numbers it, from 1; number of a
    /// GeoJSON feature, from 1. `None` when the finding is about a column or the whole file.
    pub row: Option<u64>,
    /// Header of the column as written.
    pub field: Option<String>,
    /// The value as entered, cut to 80 characters.
    pub value: Option<String>,
    /// Where on the map, `[lon, lat]` in degrees: the fault itself where it has a place, else the record.
    pub place: Option<[f64; 2]>,
    /// How many rows this line stands for: 1 when it is listed by itself; the last example listed of its
    /// kind and column also stands for all those that are not listed. The sum over findings is the total.
    pub count: u64,
}

impl Finding {
    pub(crate) fn new(kind: FindingKind) -> Self {
        let severity = kind.severity();
        Self { kind, severity, file: None, row: None, field: None, value: None, place: None, count: 1 }
    }

    pub(crate) fn at(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    pub(crate) fn column(mut self, header: &str) -> Self {
        self.field = Some(header.to_owned());
        self
    }

    pub(crate) fn value(mut self, value: &str) -> Self {
        self.value = Some(shorten(value));
        self
    }

    /// To a ten-millionth of a degree, a centimetre: more digits would be noise.
    pub(crate) fn place(mut self, place: [f64; 2]) -> Self {
        self.place = Some(place.map(seventh));
        self
    }

    pub(crate) fn times(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}

impl FindingKind {
    /// The place that the sentence names, `[lon, lat]`.
    pub(crate) fn place(&self) -> Option<[f64; 2]> {
        let args = self.args();
        let find = |name: &str| args.iter().find(|(key, _)| *key == name).and_then(|(_, value)| value.parse().ok());
        Some([find("lon")?, find("lat")?])
    }
}

/// Degrees to their seventh decimal.
pub(crate) fn seventh(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

/// At most 80 characters.
pub(crate) fn shorten(value: &str) -> String {
    match value.char_indices().nth(80) {
        None => value.to_owned(),
        Some(_) => value.chars().take(79).chain(['…']).collect(),
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = [
            self.file.clone(),
            self.row.map(|row| format!("row {row}")),
            self.field.as_ref().map(|field| format!("column \"{field}\"")),
            self.value.as_ref().map(|value| format!("value \"{value}\"")),
        ];
        let place: Vec<String> = place.into_iter().flatten().collect();
        if !place.is_empty() {
            write!(f, "{}: ", place.join(", "))?;
        }
        write!(f, "{}", self.kind)?;
        if self.count > 1 && self.row.is_some() {
            write!(f, " (and {} more rows like it)", self.count - 1)?;
        }
        Ok(())
    }
}

impl Serialize for FindingKind {
    /// As `{"key": "...", "args": {...}, "text": "..."}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let args: std::collections::BTreeMap<_, _> = self.args().into_iter().collect();
        let mut out = serializer.serialize_struct("FindingKind", 3)?;
        out.serialize_field("key", self.key())?;
        out.serialize_field("args", &args)?;
        out.serialize_field("text", &self.to_string())?;
        out.end()
    }
}

/// One line of the table below: variant, arguments, key, severity, English sentence.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident { $($arg:ident: $ty:ty),* } $key:literal $severity:ident $text:literal; )*) => {
        /// What was noticed. [`FindingKind::key`] and [`FindingKind::args`] are for looking up a translated sentence.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        #[allow(missing_docs)] // the arguments are named by the sentence
        pub enum FindingKind { $( $(#[$doc])* $name { $($arg: $ty),* }, )* }

        impl FindingKind {
            /// A stable name, in kebab-case.
            #[must_use]
            pub fn key(&self) -> &'static str {
                match self { $( Self::$name { .. } => $key, )* }
            }

            /// The arguments of the sentence.
            #[must_use]
            pub fn args(&self) -> Vec<(&'static str, String)> {
                match self { $( Self::$name { $($arg),* } => vec![$( (stringify!($arg), $arg.to_string()) ),*], )* }
            }

            /// How much this kind of finding matters.
            #[must_use]
            pub fn severity(&self) -> Severity {
                match self { $( Self::$name { .. } => Severity::$severity, )* }
            }

            /// All keys, for checking that each has its sentence.
            #[must_use]
            pub fn all_keys() -> &'static [&'static str] {
                &[$( $key ),*]
            }
        }

        impl fmt::Display for FindingKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $( Self::$name { $($arg),* } => write!(f, $text), )* }
            }
        }
    };
}

kinds! {
    // The file.
    EncodingAssumed { encoding: String } "encoding-assumed" Info
        "The file is not UTF-8; it was read as {encoding}. If letters look wrong, name the encoding in a mapping.";
    MixedEncoding { lines: u64, encoding: String } "mixed-encoding" Warning
        "{lines} lines are not UTF-8 while the others are; they were read as {encoding}. Save the file again as UTF-8.";
    UnreadableBytes { encoding: String } "unreadable-bytes" Warning
        "Some bytes mean nothing in {encoding} and were shown as �. Name the right encoding in a mapping.";
    SheetChosen { sheet: String, others: String } "sheet-chosen" Info
        "Sheet \"{sheet}\" was read; not read: {others}. Name another in a mapping.";
    HeaderNotFirst { header_row: u64 } "header-not-first" Info
        "The column names were found in row {header_row}; what stands above was not read.";
    NoRows {} "no-rows" Warning
        "The file has column names but no rows. Check the export.";
    BlankRows { n: u64 } "blank-rows" Info
        "{n} rows are blank and were passed over.";
    IdenticalRows { n: u64 } "identical-rows" Info
        "{n} rows are identical to an earlier row; all kept. Several victims of one accident are so and rightly; a release entered twice would count twice.";
    TrailingText {} "trailing-text" Warning
        "Something follows the end of the JSON and was not read. Check that the file was not joined to another.";
    Wgs84Named { crs: String } "wgs84-named" Info
        "The file names its coordinates {crs}, which is longitude and latitude on WGS84.";
    LayerChosen { layer: String, others: String } "layer-chosen" Info
        "Layer \"{layer}\" was read, the only one whose columns are known; not read: {others}. Name another in a mapping.";
    PartsNotRead { names: String } "parts-not-read" Info
        "These were inside and were not read: {names}.";
    CrsUsed { crs: String } "crs-used" Info
        "Coordinates were read in {crs} and turned into longitude and latitude on WGS84; those entered are kept beside.";
    CrsAssumed {} "crs-assumed" Info
        "The file does not say its coordinate system; it was read as longitude and latitude on WGS84, which all its coordinates fit.";
    CrsOverridden { said: String, file_crs: String } "crs-overridden" Warning
        "The file says {file_crs}; it was read in {said}, as asked.";
    DatumShiftAssumed { crs: String, metres: u64 } "datum-shift-assumed" Warning
        "The file does not say how the datum of {crs} lies to WGS84; the registry's parameters moved places by {metres} m. If they were made without a shift, write datum_shift = \"none\" in a mapping.";
    DatumShiftUnknown { crs: String } "datum-shift-unknown" Warning
        "Nothing tells how the datum of {crs} lies to WGS84; none was assumed, so places may be off by some hundred metres. Write datum_shift in a mapping.";
    DatumGridMissing { crs: String } "datum-grid-missing" Warning
        "The registry shifts {crs} by a grid that is not at hand; a mean shift or none was used, so places may be off by ten metres, in some countries by two hundred. Convert the file with a program that has the grid.";
    RowsJoined { rows: u64, records: u64 } "rows-joined" Info
        "{rows} rows, each with one corner of an area, were joined to {records} areas, in the order of their numbers.";
    BearingsUsed { n: u64 } "bearings-used" Warning
        "{n} corners were computed from a bearing and a distance, the bearing taken from true north. If it was read from a compass, the areas are turned by the declination there.";
    RepeatsJoined { rows: u64, table: String, of: String } "repeats-joined" Info
        "{rows} rows of \"{table}\" repeat within the rows of \"{of}\"; each was read with the columns of the row that it belongs to.";
    ElementsNotRead { n: u64, names: String } "elements-not-read" Warning
        "{n} elements of the XML were not understood and not read: {names}. Check that nothing needed is among them.";
    // Columns.
    HeaderContentsDisagree { field: String, n: u64, total: u64, looks: String } "header-contents-disagree" Error
        "The name says {field}, but {n} of {total} values do not fit and look like {looks}; the column was not used. Correct the name, or say what it is in a mapping.";
    MappedContentsDisagree { field: String, n: u64, total: u64 } "mapped-contents-disagree" Warning
        "The mapping says {field}, but {n} of {total} values do not fit; the column was used as the mapping says. Check the mapping.";
    OtherCalendar { calendar: String, n: u64, total: u64 } "other-calendar" Error
        "{n} of {total} years are of the {calendar} calendar and were not taken. Convert them to the Gregorian calendar before the import.";
    FieldTwice { field: String, used: String } "field-twice" Warning
        "This column and \"{used}\" both tell {field}; \"{used}\" was used. Choose in a mapping.";
    NameUndecided { fields: String } "name-undecided" Warning
        "The name could mean {fields} and the values do not decide; the column was not used. Choose in a mapping.";
    UnitConverted { unit: String, factor: f64 } "unit-converted" Info
        "Figures in {unit} were multiplied by {factor} to give square metres.";
    ThousandsSeparators { separator: String } "thousands-separators" Info
        "Numbers are written with {separator} between thousands; they were read without it.";
    DecimalComma {} "decimal-comma" Info
        "Numbers are written with a decimal comma.";
    NumberStyleMixed {} "number-style-mixed" Warning
        "Some numbers use a decimal comma and some a decimal point; each was read by its own form. Check the figures.";
    NumberAmbiguous { reading: String } "number-ambiguous" Warning
        "Whether the mark in the number divides thousands or decimals cannot be told from the column; it was read as {reading}. Check one figure.";
    NumbersAsText { n: u64 } "numbers-as-text" Info
        "{n} numbers are stored as text in the sheet; they were read as numbers.";
    DateOrderAmbiguous {} "date-order-ambiguous" Warning
        "Day and month cannot be told apart in any date of this column; they were read as day, month, year. Check one date.";
    DateOrderMixed {} "date-order-mixed" Warning
        "Some dates are day, month, year and others month, day, year; those that could be both were read as day first. Check them.";
    LeadingZeroLost { length: u64 } "leading-zero-lost" Info
        "Codes have lost their leading zero; the code of {length} digits is kept beside the one entered.";
    CodesAssumed { meaning: String } "codes-assumed" Warning
        "Bare numbers were read as {meaning}. If they mean something else, give the values in a mapping.";
    // Rows.
    RowTooLong { cells: u64, columns: u64 } "row-too-long" Error
        "The row has {cells} cells for {columns} columns, so they may have slipped. Put text that holds the delimiter in quotes.";
    RowTooShort { cells: u64, columns: u64 } "row-too-short" Warning
        "The row has {cells} cells for {columns} columns; the missing ones were taken as empty. Check that the row is whole.";
    TotalRow {} "total-row" Warning
        "This row is a total of other rows; counted with them it would count twice. Remove it, or leave it out.";
    NotANumber {} "not-a-number" Warning
        "This is no number; the figure was not taken. Correct it in the source.";
    NegativeFigure {} "negative-figure" Error
        "An area or a count cannot be negative. Correct the figure in the source.";
    NotWhole {} "not-whole" Warning
        "Things counted come in whole numbers; the figure was not taken. Correct it in the source.";
    ImplausibleArea { m2: f64 } "implausible-area" Warning
        "{m2} m² is larger than most countries. Check the unit.";
    TotalDiffers { stated: f64, sum: f64 } "total-differs" Warning
        "The total is stated as {stated}, but its parts sum to {sum}. Both are kept; correct one in the source.";
    AssumedCleared {} "assumed-cleared" Warning
        "The column does not say how the area was released; with items destroyed beside it, it was taken as cleared. Say so in a mapping.";
    ReleaseKindUnknown {} "release-kind-unknown" Error
        "The row gives an area but not whether it was cancelled, reduced or cleared. Fill that in, or map the value.";
    ValueUnknown { field: String } "value-unknown" Warning
        "The value is not one known for {field}; it was taken as unknown. Map it if it has a meaning.";
    ValueAmbiguous { field: String } "value-ambiguous" Warning
        "The value can mean two things for {field} and the column does not decide; it was taken as unknown. Map it.";
    AgeBandStraddles {} "age-band-straddles" Warning
        "The age band holds people under and over 18; the age class was taken as unknown.";
    YearOutOfRange { first: i16, last: i16 } "year-out-of-range" Warning
        "The year is not between {first} and {last}; the row was kept without a year. Correct it in the source.";
    MonthOutOfRange {} "month-out-of-range" Warning
        "This is no month; the row was kept without a month. Correct it in the source.";
    NotADate {} "not-a-date" Warning
        "This is no date that exists; the row was kept without it. Correct it in the source.";
    FutureDate { today: String } "future-date" Warning
        "The date is after {today}; the row was kept without it. Correct it in the source.";
    YearDisagrees { year: i16, date_year: i16 } "year-disagrees" Warning
        "The year says {year} and the date {date_year}; the date was used. Correct one in the source.";
    ReleasedBeforeFound { found: String, released: String } "released-before-found" Warning
        "The record says it ended on {released} but began on {found}. Correct one date in the source.";
    ReleasedMoreThanArea { released: f64, area: f64 } "released-more-than-area" Warning
        "{released} m² are given as released, but the whole area is given as {area} m². Correct one in the source.";
    ItemsWithoutArea { items: u64 } "items-without-area" Warning
        "{items} items were found but no area is given. Enter the area that was searched, or say that it was a spot task.";
    AreaWithoutItems {} "area-without-items" Info
        "The area was cleared and no item was found. If so, it need not have been cleared: look at the survey before it.";
    NothingReleased {} "nothing-released" Warning
        "The row gives neither an area nor an item. Fill in what was done, or remove the row.";
    StatedAreaDiffers { stated: f64, mapped: f64, percent: f64 } "stated-area-differs" Warning
        "The area is stated as {stated} m², but the shape measures {mapped} m², {percent} % apart. Correct the figure or the shape.";
    // Identity.
    DuplicateId { first_row: u64 } "duplicate-id" Warning
        "The identifier was used before, in row {first_row}. Give each record its own, or remove the second.";
    IdWrittenTwoWays { other: String, first_row: u64 } "id-written-two-ways" Warning
        "The identifier differs from \"{other}\" in row {first_row} only by blanks, case or characters that cannot be seen. Write it in one way.";
    DuplicateName { first_row: u64 } "duplicate-name" Warning
        "Another district, in row {first_row}, has the same name; a record that names it cannot be placed by the name alone. Use codes.";
    NameWrittenTwoWays { other: String } "name-written-two-ways" Info
        "The name is also written \"{other}\"; the two do not join to one place. Write it in one way.";
    DuplicatePolygon { first_row: u64 } "duplicate-polygon" Warning
        "The shape is the same as in row {first_row}; its area would count twice. Remove one, or correct its shape.";
    // Shapes.
    TooFewVertices { n: u64, lon: f64, lat: f64 } "too-few-vertices" Error
        "A ring at {lon}, {lat} has {n} different corners; it needs three, and was not used. Add the missing corners.";
    SelfIntersection { lon: f64, lat: f64 } "self-intersection" Warning
        "The shape's edge crosses or touches itself at {lon}, {lat}. Put the corners in their order along the edge.";
    PartsOverlap { lon: f64, lat: f64 } "parts-overlap" Warning
        "Two parts of the shape overlap at {lon}, {lat}; the ground between them would count twice. Join them, or correct one.";
    HoleOutside { lon: f64, lat: f64 } "hole-outside" Warning
        "A hole of the shape lies outside it or crosses its edge, at {lon}, {lat}. Correct the hole.";
    RingTwice { lon: f64, lat: f64 } "ring-twice" Warning
        "The shape has the same ring twice, at {lon}, {lat}. Remove one.";
    RepeatedVertex { n: u64, lon: f64, lat: f64 } "repeated-vertex" Info
        "{n} corners repeat the one before, first at {lon}, {lat}. Remove the repeated ones.";
    LongEdge { km: f64, lon: f64, lat: f64 } "long-edge" Warning
        "Two neighbouring corners lie {km} km apart, from {lon}, {lat}. Check that none is missing or wrong.";
    Spike { lon: f64, lat: f64 } "spike" Warning
        "The edge runs out to {lon}, {lat} and back along itself. Remove that corner, or correct it.";
    ZeroArea { lon: f64, lat: f64 } "zero-area" Warning
        "The shape at {lon}, {lat} encloses no ground: its corners lie on one line. Correct them.";
    ShapeTooTangled { vertices: u64 } "shape-too-tangled" Info
        "The shape has {vertices} corners and so many edges near one another that not all were compared. Check it in a map program.";
    // Places.
    OutsideDistrict { stated: String, found: String } "outside-district" Warning
        "The record names {stated}, but lies in {found}. Correct the name or the place.";
    DistrictNotKnown { stated: String } "district-not-known" Info
        "No district given is called {stated}, so its place was not checked. Write the name as the list of districts does.";
    LostDecimalPoint { lon: f64, lat: f64 } "lost-decimal-point" Warning
        "A decimal point looks lost: longitude {lon}, latitude {lat} is among the others. Nothing was corrected; correct it in the source.";
    WholeFileSign { n: u64, total: u64 } "whole-file-sign" Error
        "{n} of {total} points lie in the country only with the other sign of longitude or latitude. Kept as entered; correct the sign.";
    NotAPosition {} "not-a-position" Warning
        "This is no coordinate; the record was kept without a position. Correct it in the source.";
    ProjectedMetres { x: f64, y: f64 } "projected-metres" Error
        "{x}, {y} looks like projected metres, not degrees; the record was kept without a position. Export in longitude and latitude (EPSG:4326).";
    ImpossibleCoordinate { lon: f64, lat: f64 } "impossible-coordinate" Error
        "Longitude {lon}, latitude {lat} is nowhere on Earth; the record was kept without a position. Correct it in the source.";
    ZeroZero {} "zero-zero" Warning
        "Longitude 0, latitude 0 stands for a missing value; the record was kept without a position.";
    LatLonSwapped { lon: f64, lat: f64 } "lat-lon-swapped" Warning
        "Latitude and longitude look swapped: longitude {lon}, latitude {lat} is among the others. Kept as entered; correct it in the source.";
    LostMinusSign { lon: f64, lat: f64 } "lost-minus-sign" Warning
        "A minus sign looks lost: longitude {lon}, latitude {lat} is among the others. Kept as entered; correct it in the source.";
    ExtraMinusSign { lon: f64, lat: f64 } "extra-minus-sign" Warning
        "A minus sign looks added: longitude {lon}, latitude {lat} is among the others. Kept as entered; correct it in the source.";
    WholeFileSwapped { n: u64, total: u64 } "whole-file-swapped" Error
        "{n} of {total} points lie in the country only when latitude and longitude are exchanged. Kept as entered; exchange the two columns.";
    OutsideCountry { lon: f64, lat: f64 } "outside-country" Warning
        "Longitude {lon}, latitude {lat} is outside the country's box. Kept as entered; check it.";
    ManyOnOnePoint { n: u64, lon: f64, lat: f64 } "many-on-one-point" Info
        "{n} records lie on the one point {lon}, {lat}: often the middle of a district where the place was not known.";
    PositionsDisagree { km: u64 } "positions-disagree" Warning
        "Two positions are given for the record and lie {km} km apart; the first was used. Correct one in the source.";
    PlaceOutsideCrs { x: f64, y: f64, crs: String } "place-outside-crs" Error
        "{x}, {y} is no place in {crs}; the record was kept without it. Check the coordinate system.";
    GeometryMissing {} "geometry-missing" Info
        "The feature has no geometry; the record was kept for its attributes.";
    GeometryNotUsed { reason: String } "geometry-not-used" Warning
        "The geometry was not used: {reason}. The record was kept for its attributes. Correct it in the source.";
    FeatureUnusable { reason: String } "feature-unusable" Error
        "The feature could not be read: {reason}. Repair it and export again.";
    RingLeftOpen {} "ring-left-open" Warning
        "A ring does not end where it begins; it was closed.";
    PolygonDropped { reason: String } "polygon-dropped" Error
        "A polygon or ring was not used: {reason}. Correct it in the source.";
    CornerNumbers { what: String } "corner-numbers" Warning
        "The numbers of the area's corners {what}; its shape may be wrong. Check it in the source.";
    SeveralPoints { n: u64 } "several-points" Warning
        "The feature has {n} points; the first was taken as its position.";
    // Text.
    WronglyDecoded { encoding: String, likely: String } "wrongly-decoded" Warning
        "The text was once read as {encoding} though it was UTF-8; it likely reads \"{likely}\". Left as entered; correct it in the source.";
    UnreadableCharacter {} "unreadable-character" Warning
        "A letter was lost (� or ? in a word). Left as entered; correct it in the source.";
    DamagedName { likely: String } "damaged-name" Warning
        "The name looks damaged; it is likely \"{likely}\". Left as entered; correct it in the source.";
    OddCase {} "odd-case" Warning
        "One small letter stands inside a word in capitals; the name may be damaged. Left as entered; check it.";
    ZeroWidthBetweenWords { n: u64 } "zero-width-between-words" Info
        "{n} texts hold blanks without width, as some scripts write between words; names are compared without them.";
    ZeroWidth {} "zero-width" Info
        "The text holds characters that cannot be seen, so it does not equal the same text without them.";
    MixedScripts {} "mixed-scripts" Warning
        "Letters of two alphabets stand in one word, so it does not equal the word it looks like. Type it again.";
    // Files laid over one another.
    OverlapsArea { other: String, m2: f64 } "overlaps-area" Warning
        "{m2} m² of this area lie in another one too ({other}); in the balance they count once. Correct one of the two, or join them.";
    ReleasedOutsideHazard { m2: f64 } "released-outside-hazard" Warning
        "{m2} m² were released where no hazardous area is recorded. Record the area, or correct the outline.";
    ReleasedBeforeItWasFound { m2: f64 } "released-before-it-was-found" Warning
        "{m2} m² were released in a year before the ground was found hazardous. Correct one of the dates.";
    // A file read before and now.
    PastYearChanged { year: i16, figure: String, before: String, now: String } "past-year-changed" Warning
        "{year} is past and was reported on: {figure} was {before} and is now {now}. Explain the change, and correct what was reported.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_there_once() {
        let mut keys = FindingKind::all_keys().to_vec();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), FindingKind::all_keys().len());
        assert!(keys.iter().all(|key| key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
    }

    #[test]
    fn a_finding_says_where_what_and_what_to_do() {
        let finding = Finding::new(FindingKind::NegativeFigure {}).at(7).column("area").value("-3");
        let text = "row 7, column \"area\", value \"-3\": An area or a count cannot be negative. Correct the figure in the source.";
        assert_eq!(finding.to_string(), text);
    }
}
