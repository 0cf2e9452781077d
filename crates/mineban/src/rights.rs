//! `mineban rights`: who may do what.

use clap::Args;
use desk::DeskError;
use desk::rights::{matrix, permissions};

use crate::cli::{Done, Given};
use crate::output;

/// `rights`
#[derive(Debug, Args)]
pub(crate) struct Rights {}

impl Rights {
    #[allow(clippy::unused_self, reason = "every command runs in the same way")]
    pub(crate) fn run(&self, given: &Given) -> Result<Done, DeskError> {
        if given.json {
            output::print_json(&permissions())?;
        } else {
            output::print(matrix::TEXT)?;
        }
        Ok(Done::Fine)
    }
}
