//! What fuzzing once found, fed to the same parsers in every run of the tests; and the seeds it starts from.

use super::{TARGETS, Target};
use std::path::PathBuf;

/// The files of a target in a folder of `fuzz`, by name.
fn cases(folder: &str, target: &str) -> Vec<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(folder).join(target);
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn feed(folder: &str, (name, parse): (&str, Target)) -> usize {
    let cases = cases(folder, name);
    for path in &cases {
        // Shown when the test fails, so that the case can be found.
        println!("{}", path.display());
        parse(&std::fs::read(path).unwrap());
    }
    cases.len()
}

#[test]
fn no_parser_stops_at_what_fuzzing_once_found() {
    for target in TARGETS {
        feed("regressions", target);
    }
}

#[test]
fn every_parser_has_seeds_and_takes_them() {
    for target in TARGETS {
        assert!(feed("corpus", target) > 0, "{} has no seed in fuzz/corpus", target.0);
    }
}
