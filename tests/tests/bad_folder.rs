//! Full disks, closed folders, damaged and busy journals, readers that go away.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use whole_program::{Disk, Room, Site, changed_byte, copy_folder};

fn disk(room: &Room, size: &str) -> Option<Disk> {
    Disk::at(&room.path("disk"), size)
}

#[test]
fn on_a_full_disk_nothing_is_recorded_and_the_command_succeeds_once_there_is_space() {
    let room = Room::new();
    room.found();
    room.draft_nor(2025);
    let before = room.export("data").unwrap();
    let Some(disk) = disk(&room, "1600k") else { return };
    copy_folder(&room.path("data"), &disk.path().join("data"));
    let filler = disk.path().join("filler");
    // Fills the rest of the disk, to the last byte.
    let fill = || {
        let mut file = OpenOptions::new().create(true).append(true).open(&filler).unwrap();
        assert!(std::io::copy(&mut std::io::repeat(0), &mut file).is_err(), "the disk is full");
    };
    fill();
    let lodge = ["lodge", "nor-2025.json", "--data", "disk/data"];
    let ran = room.run(&lodge);
    ran.refused(&["disk", "full"]);
    assert!(!room.path("nor-2025.receipt.json").exists(), "no receipt for what is not recorded");
    fill();
    room.run(&["draft", "NOR", "2023", "--out", "disk/draft.json"]).refused(&["disk/draft.json", "full"]);
    room.run(&["lodge", "nor-2025.json", "--data", "disk/new"]).refused(&["disk"]);
    fs::remove_file(&filler).unwrap();
    assert_eq!(room.export("disk/data").unwrap(), before);
    assert_eq!(room.json(&lodge)["already"], false);
    room.fine(&["journal", "verify", "--data", "disk/data"]);
    assert_eq!(
        fs::read_dir(disk.path()).unwrap().flatten().filter(|entry| entry.path().is_file()).count(),
        0,
        "leftovers"
    );
}

#[test]
fn a_disk_that_fills_up_while_a_journal_is_made_leaves_one_that_is_completed_later() {
    let room = Room::new();
    room.draft_nor(2025);
    for size in ["16k", "64k", "128k", "400k", "800k"] {
        let Some(disk) = disk(&room, size) else { return };
        let lodge = ["lodge", "nor-2025.json", "--data", "disk/data"];
        room.run(&lodge).refused(&["disk"]);
        let grown = Command::new("mount").args(["-o", "remount,size=8m"]).arg(disk.path()).status().unwrap();
        assert!(grown.success());
        assert_eq!(room.json(&lodge)["already"], false, "{size}");
        room.fine(&["journal", "verify", "--data", "disk/data"]);
        drop(disk);
        fs::remove_dir(room.path("disk")).unwrap();
    }
}

#[test]
fn an_output_that_takes_no_byte_is_named() {
    if !Path::new("/dev/full").exists() {
        println!("skipped: this system has no /dev/full");
        return;
    }
    let room = Room::new();
    room.found();
    let before = room.export("data");
    room.run(&["draft", "NOR", "2025", "--out", "/dev/full"]).refused(&["/dev/full", "full"]);
    room.run(&["journal", "export", "/dev/full", "--data", "data"]).refused(&["not whole"]);
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    for command in [&["status"][..], &["status", "--json"], &["journal", "export", "--data", "data"]] {
        let ran: whole_program::Ran = room.command(command).stdout(full()).output().unwrap().into();
        ran.refused(&["written"]);
    }
    assert_eq!(room.export("data"), before);
}

#[test]
fn a_receipt_that_cannot_be_written_is_not_said_to_have_changed_nothing() {
    let room = Room::new();
    room.found();
    let report = room.draft_nor(2025);
    let ran = room.run(&["lodge", &report, "--data", "data", "--receipt", "no/such/folder/receipt.json"]);
    ran.refused(&["no/such/folder/receipt.json"]);
    let recorded = room.export("data").unwrap().contains("report/NOR/annual/2025/1");
    assert!(
        !recorded || !ran.stderr.contains("nothing else was changed"),
        "the report is lodged, and the sentence says that nothing was changed: {ran:?}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let room = Room::new();
    room.found();
    room.draft_nor(2025);
    room.run(&["lodge", "nor-2025.json", "--data", "/proc/mineban"]).refused(&["/proc/mineban"]);
    room.run(&["status", "--data", "nowhere"]).refused(&["nowhere"]);
    room.run(&["journal", "verify", "--data", "nowhere"]).refused(&["nowhere"]);
    room.run(&["status", "--data", "nor-2025.json"]).refused(&["nor-2025.json", "not a folder"]);
    room.run(&["lodge", "nor-2025.json", "--data", "nor-2025.json"]).refused(&["nor-2025.json", "not a folder"]);
    let Some(disk) = disk(&room, "4m") else { return };
    copy_folder(&room.path("data"), &disk.path().join("data"));
    disk.make_read_only();
    room.run(&["lodge", "nor-2025.json", "--data", "disk/data"]).refused(&["disk/data"]);
    room.run(&["lodge", "nor-2025.json", "--data", "disk/new"]).refused(&["disk/new"]);
    room.run(&["draft", "NOR", "2025", "--out", "disk/out.json"]).refused(&["disk/out.json"]);
}

#[test]
fn a_journal_on_a_read_only_medium_can_be_asked() {
    let room = Room::new();
    room.found();
    let Some(disk) = disk(&room, "4m") else { return };
    copy_folder(&room.path("data"), &disk.path().join("data"));
    disk.make_read_only();
    room.fine(&["status", "NOR", "--data", "disk/data"]);
    room.fine(&["journal", "verify", "--data", "disk/data"]);
}

#[test]
fn a_journal_that_was_cut_off_or_replaced_is_refused_by_every_command() {
    let room = Room::new();
    room.found();
    let report = room.draft_nor(2025);
    let database = room.read("data/journal.sqlite");
    let cases =
        [database[..database.len() / 2].to_vec(), database[..100].to_vec(), Vec::new(), b"not a database".to_vec()];
    for (case, bytes) in cases.iter().enumerate() {
        let folder = format!("damaged-{case}");
        copy_folder(&room.path("data"), &room.path(&folder));
        room.write(&format!("{folder}/journal.sqlite"), bytes);
        let commands: [&[&str]; 5] = [
            &["status"],
            &["journal", "verify"],
            &["journal", "export"],
            &["lodge", &report],
            &["serve", "--port", "0"],
        ];
        for command in commands {
            room.run(&[command, &["--data", &folder]].concat()).refused(&[&folder, "copy"]);
        }
        // What is left of a damaged file may be worth saving; an empty one is no loss.
        let left = room.read(&format!("{folder}/journal.sqlite"));
        assert!(bytes.is_empty() || left == *bytes, "case {case}: the damaged file was changed");
        assert!(!room.path("nor-2025.receipt.json").exists());
    }
}

#[test]
fn a_flipped_byte_in_the_database_is_noticed_or_touches_nothing() {
    let room = Room::new();
    room.found();
    let (before, database) = (room.export("data").unwrap(), room.read("data/journal.sqlite"));
    copy_folder(&room.path("data"), &room.path("copy"));
    let mut noticed = 0;
    for step in 0..40 {
        let at = 16 + step * (database.len() - 17) / 39;
        room.write("copy/journal.sqlite", changed_byte(&database, at));
        let ran = room.run(&["journal", "verify", "--data", "copy"]);
        ran.stood();
        if ran.code == Some(1) {
            ran.refused(&["copy"]);
            noticed += 1;
        } else {
            assert!(room.export("copy").unwrap() == before, "byte {at} changed an act and nobody noticed");
        }
        for passing in ["copy/journal.sqlite-wal", "copy/journal.sqlite-shm"] {
            let _ = fs::remove_file(room.path(passing));
        }
    }
    println!("{noticed} of 40 flipped bytes were noticed; the others lay in unused space");
    assert!(noticed >= 25);
}

#[test]
fn while_one_process_writes_another_is_told_who_and_may_still_read() {
    let room = Room::new();
    room.found();
    room.draft_nor(2025);
    room.fine(&["journal", "export", "all.jsonl", "--data", "data"]);
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "data"]);
    let by = format!("process {} (mineban serve)", site.process());
    for command in [&["lodge", "nor-2025.json"][..], &["journal", "import", "all.jsonl"], &["serve", "--port", "0"]] {
        room.run(&[command, &["--data", "data"]].concat()).refused(&[&by, "data"]);
    }
    room.fine(&["status", "--data", "data"]);
    room.fine(&["journal", "verify", "--data", "data"]);
    room.fine(&["deadlines", "--data", "data"]);
    assert!(site.stop().success(), "told to stop, it ends well");
    assert_eq!(room.json(&["lodge", "nor-2025.json", "--data", "data"])["already"], false);
}

#[test]
fn a_port_in_use_is_named_with_the_way_out() {
    let room = Room::new();
    room.found();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    room.run(&["serve", "--port", &port, "--data", "data"]).refused(&[&port, "--port"]);
    room.run(&["serve", "--port", &port, "--data", "new"]).refused(&[&port, "--port"]);
    assert!(!room.path("new").exists(), "no journal is made for a site that cannot be served");
}

#[test]
fn a_reader_that_goes_away_after_the_first_line_is_no_error() {
    let room = Room::new();
    room.found();
    let commands: [&[&str]; 4] =
        [&["status", "--json"], &["resolution", "75/52"], &["deadlines"], &["journal", "export", "--data", "data"]];
    for command in commands {
        let mut child = room.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        drop(lines);
        let ran: whole_program::Ran = child.wait_with_output().unwrap().into();
        ran.stood();
        // An export that was not read to its end is not whole, and says so; all else has nothing to complain of.
        if command[0] != "journal" {
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{command:?}");
        }
    }
}
