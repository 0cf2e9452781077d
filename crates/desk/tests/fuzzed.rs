//! What fuzzing once found, fed to the same functions in every run of the tests; and the seeds it starts from.
#![allow(unreachable_pub, clippy::unwrap_used)]

#[path = "../../../fuzz/src/report.rs"]
mod report;

use std::path::PathBuf;

fn feed(folder: &str, name: &str, target: fn(&[u8])) -> usize {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(folder).join(name);
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            // Shown when the test fails, so that the case can be found.
            println!("{}", path.display());
            target(&std::fs::read(path).unwrap());
        })
        .count()
}

#[test]
fn report_files_that_fuzzing_once_found_are_read_or_refused() {
    feed("regressions", "report_file", report::report_file);
}

#[test]
fn every_seed_is_read_or_refused() {
    assert!(feed("corpus", "report_file", report::report_file) > 0);
}
