#![doc = include_str!("../README.md")]

mod areas;
mod cells;
mod columns;
mod container;
mod coordinates;
mod crs;
mod date;
mod delimited;
mod error;
mod explain;
mod features;
mod finding;
mod fit;
mod formats;
mod forms;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod geojson;
mod geometry;
mod intake;
mod json;
mod kind;
mod layers;
mod log;
mod mapping;
mod mgrs;
mod number;
mod open;
mod options;
mod places;
mod placing;
mod points;
mod read;
mod record;
mod release;
mod shape;
mod shapes;
mod source;
mod style;
mod table;
mod take;
mod text;
mod texts;
mod vocabulary;
mod wkt;
mod words;
mod workbook;

pub use areas::{Area, AreaSink, Areas, areas};
pub use crs::DatumShift;
pub use error::{IntakeError, MappingError};
pub use explain::explain;
pub use finding::{Finding, FindingKind, Severity};
pub use intake::{ColumnUnderstood, EncodingUsed, Entered, Format, How, Intake, SetAside};
pub use mapping::Mapping;
pub use options::{Limits, Options};
pub use read::read;
pub use record::{
    Age, AreaKind, Code, District, Event, EventKind, HazardousArea, LandRelease, Outcome, PersonStatus, RawRow,
    RecordKind, Records, ReleaseKind, Sex, Victim,
};
pub use shape::{BoundingBox, Position, Shape};
pub use vocabulary::Field;
