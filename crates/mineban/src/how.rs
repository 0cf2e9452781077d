//! How field files are read: the same words for every command that reads any.

use std::path::PathBuf;

use clap::Args;
use desk::field::{How, Reading};
use desk::{Date, Iso3};

/// What the files themselves may not say.
#[derive(Debug, Args)]
pub(crate) struct HowToRead {
    /// What the columns mean, where their names do not tell (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Coordinate system of the files, where they do not name it, as in EPSG:32618
    #[arg(long, value_name = "SYSTEM")]
    crs: Option<String>,
    /// The layer, sheet or file inside to read, of files that hold several
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
}

impl HowToRead {
    /// A reading of these files.
    pub(crate) fn reading<'a>(
        &'a self,
        files: &'a [PathBuf],
        state: Option<Iso3>,
        today: Date,
        progress: &'a dyn Fn(u64, u64),
    ) -> Reading<'a> {
        let how = How { mapping: self.mapping.as_deref(), crs: self.crs.as_deref(), layer: self.layer.as_deref() };
        Reading { files, how, state, today, progress: Some(progress) }
    }
}
