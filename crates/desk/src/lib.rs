#![doc = include_str!("../README.md")]

pub mod areas;
pub mod backup;
pub mod balance;
pub mod boxes;
pub mod check;
pub mod deadlines;
pub mod demo;
pub mod draft;
pub mod edition;
pub mod error;
pub mod field;
pub mod files;
pub mod findings_file;
pub mod forecast;
pub mod founding;
pub mod ground;
pub mod kept;
pub mod live;
pub mod lodge;
pub mod map;
pub mod objects;
pub mod overlay;
pub mod people;
pub mod report;
pub mod report_file;
pub mod resolution;
pub mod revised;
pub mod rights;
pub mod status;
pub mod store;
pub mod transfer;
pub mod verify;
pub mod words;

pub use database::Address;
pub use error::DeskError;
pub use words::{Lang, Words};

// What callers hand in and get back, so that the command line and the site need no other room.
pub use intake::{ColumnUnderstood, Intake, Severity as FieldSeverity, explain};
pub use journal::Journal;
pub use land::generalise;
pub use land::tiles::TileId;
pub use land::{PlaceRows, YearRow};
pub use treaty::article7::ReportKind;
pub use treaty::article7::checks::Severity;
pub use treaty::article7::lettering::Lettering;
pub use treaty::article7::report as report_form;
pub use treaty::because::Value;
pub use treaty::date::{Date, PartialDate, Timestamp, utc_date};
pub use treaty::disclosure;
pub use treaty::quantity::Figure;
pub use treaty::state::Iso3;
pub use treaty::status::Standing;
