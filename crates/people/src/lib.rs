#![doc = include_str!("../README.md")]

mod actor;
mod role;

pub use actor::{Actor, Holding, PersonId, Scope};
pub use role::Role;
