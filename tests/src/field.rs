//! The real field files, which stand beside the workspace and are not part of it.

use std::path::{Path, PathBuf};

/// A real field file or folder, or nothing where the field data is absent: then the test says so and passes over it.
///
/// It is looked for in the folder that `MINEBAN_SHARED` names, else in `shared/data` beside the workspace.
#[must_use]
pub fn field_data(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("MINEBAN_SHARED").map_or_else(beside, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: field data absent ({})", path.display());
    None
}
