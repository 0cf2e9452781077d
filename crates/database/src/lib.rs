#![doc = include_str!("../README.md")]

mod address;
#[cfg(feature = "testing")]
pub mod cluster;
mod error;
mod migrate;
mod open;

pub use address::Address;
pub use error::DatabaseError;
pub use migrate::Migration;
pub use open::{Database, Kind, Transaction};
