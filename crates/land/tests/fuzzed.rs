//! What fuzzing once found, fed to the same functions in every run of the tests; and the seeds it starts from.
#![allow(unreachable_pub, clippy::unwrap_used)]

#[path = "../../../fuzz/src/ground.rs"]
mod ground;

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
fn balances_close_and_tiles_decode_on_what_fuzzing_once_found() {
    feed("regressions", "balance", ground::balance);
    feed("regressions", "tiles", ground::tiles);
}

#[test]
fn balances_close_and_tiles_decode_on_every_seed() {
    assert!(feed("corpus", "balance", ground::balance) > 0);
    assert!(feed("corpus", "tiles", ground::tiles) > 0);
}
