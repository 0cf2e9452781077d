#![doc = include_str!("../README.md")]

mod areas;
mod cells;
pub mod checks;
mod columns;
mod container;
mod coordinates;
mod crs;
mod date;
mod delimited;
mod disagree;
mod error;
mod explain;
mod features;
mod finding;
pub mod findings_file;
mod fit;
mod formats;
mod forms;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod geojson;
mod geometry;
mod intake;
mod json;
mod kind;
mod languages;
mod layers;
mod log;
mod looks;
mod mapping;
mod mgrs;
mod normal;
mod number;
mod open;
mod options;
mod places;
mod placing;
mod points;
mod read;
mod record;
mod release;
pub mod revision;
mod shape;
mod shapes;
mod source;
mod style;
mod table;
mod take;
mod text;
mod texts;
mod vocabulary;
mod wkb;
mod wkt;
mod words;
mod workbook;

pub use areas::{AreaRecord, AreaSink, Bulk, Outline, Part, Told, areas, is_fast};
pub use crs::DatumShift;
pub use error::{IntakeError, MappingError};
pub use explain::explain;
pub use finding::{Finding, FindingKind, Severity};
pub use intake::{ColumnUnderstood, EncodingUsed, Entered, Format, How, Intake, SetAside};
pub use mapping::Mapping;
pub use options::{AreaTolerance, Limits, Options};
pub use read::read;
pub use record::{
    Age, AreaKind, Code, District, Event, EventKind, HazardousArea, LandRelease, Outcome, PersonStatus, RawRow,
    RecordKind, Records, ReleaseKind, Sex, Victim,
};
pub use shape::{BoundingBox, Position, Shape};
pub use vocabulary::Field;
