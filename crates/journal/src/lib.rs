#![doc = include_str!("../README.md")]

mod ask;
mod error;
mod exported;
mod folder;
mod journal;
mod key;
mod location;
mod memory;
mod open;
mod receipt;
mod store;
mod transfer;
mod tree;
mod verify;

pub use error::{Fault, ImportError, JournalError};
pub use exported::{Exported, NotContinued};
pub use journal::{Access, Appended, Journal};
pub use key::SignedCheckpoint;
pub use location::Location;
pub use receipt::{
    ConsistencyProof, RECEIPT_FORMAT, Receipt, Verified, VerifyError, verify_consistency, verify_receipt,
};
pub use store::postgres::Listener;
pub use transfer::{EXPORT_FORMAT, ExportSummary, ImportSummary, origin_of_export};
pub use verify::VerifyReport;
