//! Backups: made while the journal grows, checked, and put back as the same history or not at all.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use whole_program::{Cluster, Room, Site, act_ids, changed_byte};

/// A field file, kept in the data folder.
fn keep_field_file(room: &Room) {
    room.write(
        "hazards.csv",
        "id,state,status,lon,lat,area_m2,date_found\nH1,NOR,confirmed,10.1,60.1,1200,2020-01-01\n",
    );
    let kept = ["intake", "hazards.csv", "--state", "NOR", "--source", "imsma", "--keep", "--data", "data"];
    room.run(&kept).stood();
    assert!(room.path("data/field").exists(), "the field file was not kept");
}

#[test]
fn a_backup_goes_to_another_machine_and_the_journal_goes_on_there() {
    let room = Room::new();
    room.found();
    keep_field_file(&room);
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "data"]);
    let made = room.json(&["backup", "create", "saved", "--data", "data"]);
    assert!(site.stop().success());
    let source = room.export("data").unwrap();
    assert_eq!(made["acts"], act_ids(&source).len());
    assert!(
        !room.everything().keys().any(|path| path.starts_with(room.path("saved")) && path.ends_with("journal.key"))
    );
    room.fine(&["backup", "verify", "saved"]);
    room.run(&["backup", "create", "saved", "--data", "data"]).refused(&["saved", "there already"]);
    // Without the key nothing is put back, and with another one neither.
    room.run(&["backup", "restore", "saved", "--data", "new"]).refused(&["--key", "--new-key"]);
    room.fine(&["lodge", "nor-2024.json", "--data", "stranger", "--receipt", "s.receipt", "--lodged", "s.lodged"]);
    room.run(&["backup", "restore", "saved", "--data", "new", "--key", "stranger/journal.key"]).refused(&["key"]);
    let receipt = "nor-2024.receipt.json";
    let restore = ["backup", "restore", "saved", "--data", "new", "--key", "data/journal.key", "--checkpoint", receipt];
    let done = room.json(&restore);
    assert_eq!(
        (&done["acts"], &done["already_there"], &done["proven_from"]),
        (&made["acts"], &0.into(), &made["acts"])
    );
    assert!(room.export("new").unwrap() == source);
    let field = |folder: &str| -> Vec<_> {
        let files = room.everything().into_iter().filter(|(path, _)| path.starts_with(room.path(folder).join("field")));
        files.map(|(path, bytes)| (path.strip_prefix(room.path(folder)).unwrap().to_owned(), bytes)).collect()
    };
    assert_eq!(field("new"), field("data"));
    assert_eq!(field("new").len() as u64, done["field_files"].as_u64().unwrap());
    // A second time changes nothing; and receipts of the old machine are those of the new one.
    assert_eq!(room.json(&restore)["already_there"], made["acts"]);
    let key = room.read_text("new/journal.vkey");
    room.fine(&["verify", receipt, "nor-2024.lodged.json", "--key", key.trim()]);
    let report = room.draft_nor(2025);
    assert_eq!(room.json(&["lodge", &report, "--data", "new"])["already"], false);
    room.fine(&["journal", "verify", "--data", "new"]);
}

#[test]
fn a_backup_of_a_folder_goes_into_a_database_and_back() {
    let cluster = Cluster::start();
    let store = cluster.database();
    let room = Room::new();
    room.found();
    room.fine(&["backup", "create", "saved", "--data", "data"]);
    room.fine(&["backup", "restore", "saved", "--data", "node", "--store", &store, "--key", "data/journal.key"]);
    let export = room.fine(&["journal", "export", "--data", "node", "--store", &store]).stdout;
    assert!(export == room.export("data").unwrap());
    let report = room.draft_nor(2025);
    room.fine(&["lodge", &report, "--data", "node", "--store", &store]);
    room.fine(&["backup", "create", "later", "--data", "node", "--store", &store]);
    room.fine(&["backup", "restore", "later", "--data", "back", "--key", "node/journal.key"]);
    let later = room.fine(&["journal", "export", "--data", "node", "--store", &store]).stdout;
    assert!(room.export("back").unwrap() == later);
    // The folder that the first backup came from is brought up to the later one: it is the same history.
    let done = room.json(&["backup", "restore", "later", "--data", "data"]);
    assert_eq!(done["acts"].as_u64().unwrap(), done["already_there"].as_u64().unwrap() + 1);
}

#[test]
fn a_restore_that_would_fork_the_history_is_refused_and_changes_nothing() {
    let room = Room::new();
    room.found();
    room.fine(&["backup", "create", "saved", "--data", "data"]);
    room.fine(&["backup", "restore", "saved", "--data", "twin", "--key", "data/journal.key"]);
    // The two go different ways: each lodges what the other has not.
    let report = room.draft_nor(2025);
    room.fine(&["lodge", &report, "--data", "data"]);
    let other = room.draft_nor(2023);
    room.fine(&["lodge", &other, "--data", "twin"]);
    let (ours, theirs) = (room.export("data").unwrap(), room.export("twin").unwrap());
    room.fine(&["backup", "create", "twin-saved", "--data", "twin"]);
    room.run(&["backup", "restore", "twin-saved", "--data", "data"]).refused(&["fork"]);
    // Older than what is here, or than what a receipt proves was there.
    room.run(&["backup", "restore", "saved", "--data", "data"]).refused(&["nothing to put back"]);
    let fresh = ["--data", "fresh", "--key", "data/journal.key", "--checkpoint", "nor-2025.receipt.json"];
    room.run(&[&["backup", "restore", "saved"], &fresh[..]].concat()).refused(&["fork", "had been signed"]);
    room.run(&[&["backup", "restore", "twin-saved"], &fresh[..]].concat())
        .refused(&["fork", "not those that were signed"]);
    assert!(!room.path("fresh").exists(), "nothing is made by a restore that is refused");
    assert!(room.export("data").unwrap() == ours && room.export("twin").unwrap() == theirs);
    room.fine(&["backup", "create", "data-saved", "--data", "data"]);
    room.fine(&[&["backup", "restore", "data-saved"], &fresh[..]].concat());
}

#[test]
fn a_backup_that_was_touched_is_refused_by_the_file_that_was() {
    let room = Room::new();
    room.found();
    keep_field_file(&room);
    room.fine(&["backup", "create", "saved", "--data", "data"]);
    let files: Vec<_> =
        room.everything().into_iter().filter(|(path, _)| path.starts_with(room.path("saved"))).collect();
    assert!(files.len() >= 4, "{files:?}");
    for (path, bytes) in &files {
        for at in [0, bytes.len() / 3, bytes.len() - 2] {
            fs::write(path, changed_byte(bytes, at)).unwrap();
            room.run(&["backup", "verify", "saved"]).refused(&["saved"]);
            room.run(&["backup", "restore", "saved", "--data", "new", "--new-key"]).refused(&["saved"]);
        }
        fs::write(path, bytes).unwrap();
        fs::rename(path, path.with_extension("away")).unwrap();
        room.run(&["backup", "verify", "saved"]).refused(&["saved"]);
        fs::rename(path.with_extension("away"), path).unwrap();
    }
    room.write("saved/stray", "stray");
    room.run(&["backup", "verify", "saved"]).refused(&["stray"]);
    fs::remove_file(room.path("saved/stray")).unwrap();
    room.fine(&["backup", "verify", "saved"]);
    assert!(!room.path("new").exists());
}

#[test]
fn a_backup_made_while_acts_are_lodged_is_of_one_moment() {
    let cluster = Cluster::start();
    let store = cluster.database();
    let room = Room::new();
    let first = room.draft_nor(2025);
    room.fine(&["lodge", &first, "--data", "node", "--store", &store]);
    let done = AtomicBool::new(false);
    let sizes = std::thread::scope(|scope| {
        let lodging = scope.spawn(|| {
            for year in 2008..2024 {
                let file = room.draft_nor(year);
                room.fine(&["lodge", &file, "--data", "node", "--store", &store]);
            }
            done.store(true, Ordering::Relaxed);
        });
        let mut sizes = Vec::new();
        while !done.load(Ordering::Relaxed) {
            let name = format!("saved-{}", sizes.len());
            let made = room.json(&["backup", "create", &name, "--data", "node", "--store", &store]);
            room.fine(&["backup", "verify", &name]);
            sizes.push(made["acts"].as_u64().unwrap());
        }
        lodging.join().unwrap();
        sizes
    });
    println!("{} backups while acts were lodged, of {:?} acts: each whole", sizes.len(), sizes);
    assert!(sizes.windows(2).all(|two| two[0] <= two[1]) && sizes.len() > 1);
}
