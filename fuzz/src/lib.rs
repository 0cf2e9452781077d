//! What the fuzz targets do that is not a parser of `intake`; the tests of `land`, `journal` and `desk` share these files.

pub mod ground;
pub mod papers;
pub mod report;
