//! Killed without warning at any moment, the program leaves all or nothing, and the same command completes it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use whole_program::{Room, act_ids, copy_folder};

const MOMENTS: u32 = 50;
/// So many of the moments lie at the very start, before anything can have happened.
const AT_ONCE: u32 = 4;

/// How long a command takes when nobody disturbs it: the longest of three runs.
fn duration(mut run: impl FnMut()) -> Duration {
    let took = |()| {
        let begun = Instant::now();
        run();
        begun.elapsed()
    };
    [(); 3].map(took).into_iter().max().unwrap()
}

/// Runs a command and kills it after a while; whether it was killed, rather than done before.
fn killed_after(room: &Room, arguments: &[&str], delay: Duration) -> bool {
    let mut child =
        room.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    sleep(delay);
    // SIGKILL: nothing can be tidied up.
    child.kill().expect("the program can be killed");
    child.wait().expect("the program ends").code().is_none()
}

fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    (0..MOMENTS).map(move |moment| whole * moment.saturating_sub(AT_ONCE) / (MOMENTS - AT_ONCE - 1))
}

fn enough(killed: usize) {
    println!("{killed} of {MOMENTS} runs were killed before they were done");
    assert!(killed >= 20, "only {killed} runs were killed in time: the moments are chosen wrongly");
}

#[test]
fn a_lodging_killed_at_any_moment_is_done_or_not_and_is_completed_by_repeating_it() {
    const ACT: &str = "report/NOR/annual/2025/1";
    let room = Room::new();
    room.found();
    room.draft_nor(2025);
    let before = act_ids(&room.export("data").unwrap());
    let fresh = || {
        let _ = fs::remove_dir_all(room.path("copy"));
        copy_folder(&room.path("data"), &room.path("copy"));
    };
    let lodge = ["lodge", "nor-2025.json", "--data", "copy"];
    let whole = duration(|| {
        fresh();
        room.fine(&lodge);
    });
    let (mut killed, mut done) = (0, 0);
    for delay in moments(whole) {
        fresh();
        killed += usize::from(killed_after(&room, &lodge, delay));
        room.fine(&["journal", "verify", "--data", "copy"]);
        let acts = act_ids(&room.export("copy").unwrap());
        assert_eq!(acts[..before.len()], before, "killed after {delay:?}");
        assert!(acts[before.len()..].is_empty() || acts[before.len()..] == [ACT], "killed after {delay:?}: {acts:?}");
        let there = acts.len() > before.len();
        done += usize::from(there);
        assert_eq!(room.json(&lodge)["already"], there, "killed after {delay:?}");
        let acts = act_ids(&room.export("copy").unwrap());
        assert_eq!(acts.iter().filter(|act| *act == ACT).count(), 1, "killed after {delay:?}");
        let key = room.read_text("copy/journal.vkey");
        room.fine(&["verify", "nor-2025.receipt.json", "nor-2025.lodged.json", "--key", key.trim()]);
    }
    println!("{done} of {MOMENTS} had lodged the report");
    enough(killed);
}

#[test]
fn the_first_lodging_killed_while_it_makes_the_journal_is_completed_by_repeating_it() {
    let room = Room::new();
    room.draft_nor(2025);
    let lodge = ["lodge", "nor-2025.json", "--data", "copy"];
    let fresh = || drop(fs::remove_dir_all(room.path("copy")));
    let whole = duration(|| {
        fresh();
        room.fine(&lodge);
    });
    let mut killed = 0;
    for delay in moments(whole) {
        fresh();
        killed += usize::from(killed_after(&room, &lodge, delay));
        whole_or_unfinished(&room, delay);
        room.fine(&lodge);
        room.fine(&["journal", "verify", "--data", "copy"]);
        let acts = act_ids(&room.export("copy").unwrap());
        assert_eq!(acts.iter().filter(|act| act.starts_with("report/")).count(), 1, "killed after {delay:?}");
        assert!(acts.iter().filter(|act| act.starts_with("founding/")).count() > 1000, "killed after {delay:?}");
    }
    enough(killed);
}

#[test]
fn a_journal_interrupted_before_its_first_act_does_not_answer_that_there_are_no_states() {
    let room = Room::new();
    room.found();
    // What a lodging leaves that was killed between making the journal and its founding acts.
    let header = room.export("data").unwrap().lines().next().unwrap().to_owned() + "\n";
    room.write("header.jsonl", header);
    room.run(&["journal", "import", "header.jsonl", "--data", "copy"]).refused(&["cut off"]);
    let world = room.run(&["status", "--as-of", "2020-12-07", "--data", "copy", "--json"]);
    world.stood();
    assert!(world.code != Some(0) || world.json()["states"] != 0, "a world without States, and not a word: {world:?}");
}

#[test]
fn a_rollback_that_a_killed_process_left_to_do_is_not_taken_for_missing_rights() {
    let room = Room::new();
    room.found();
    let before = room.export("data").unwrap();
    let _ = fs::remove_file(room.path("data/journal.sqlite-wal"));
    let _ = fs::remove_file(room.path("data/journal.sqlite-shm"));
    // What SQLite leaves when it is killed while it switches a new journal over to write-ahead logging: the header of a
    // rollback journal, with no pages in it yet.
    let pages = u32::try_from(room.read("data/journal.sqlite").len() / 4096).unwrap();
    let mut hot = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    hot.extend([0_u32, 1, pages, 512, 4096].iter().flat_map(|field| field.to_be_bytes()));
    hot.resize(512, 0);
    room.write("data/journal.sqlite-journal", hot);
    let read = room.run(&["journal", "verify", "--data", "data"]);
    read.stood();
    assert!(!read.stderr.contains("rights"), "nothing is wrong with the rights on the folder: {read:?}");
    // Whoever writes does the rollback; then all is as it was.
    let report = room.draft_nor(2024);
    assert_eq!(room.json(&["lodge", &report, "--data", "data"])["already"], true);
    assert!(room.export("data").unwrap() == before);
}

/// Either there is a journal and it is whole, or the folder is known for one that was never finished, or is not there.
fn whole_or_unfinished(room: &Room, delay: Duration) {
    let ran = room.run(&["journal", "verify", "--data", "copy"]);
    if ran.code == Some(0) {
        return;
    }
    ran.refused(&["copy"]);
    let known = ["never finished", "no journal"].iter().any(|sign| ran.stderr.contains(sign));
    assert!(known, "killed after {delay:?}: {ran:?}");
}

#[test]
fn an_import_killed_at_any_moment_goes_on_and_gives_the_same_export() {
    let room = Room::new();
    room.found();
    room.fine(&["journal", "export", "source.jsonl", "--data", "data"]);
    let source = room.read_text("source.jsonl");
    let import = ["journal", "import", "source.jsonl", "--data", "copy"];
    let fresh = || drop(fs::remove_dir_all(room.path("copy")));
    let whole = duration(|| {
        fresh();
        room.fine(&import);
    });
    let (mut killed, mut halfway) = (0, 0);
    for delay in moments(whole) {
        fresh();
        killed += usize::from(killed_after(&room, &import, delay));
        whole_or_unfinished(&room, delay);
        let told = room.json(&import);
        let (new, old) = (told["acts"].as_u64().unwrap(), told["already_there"].as_u64().unwrap());
        halfway += usize::from(new > 0 && old > 0);
        assert_eq!(new + old, act_ids(&source).len() as u64, "killed after {delay:?}");
        assert!(room.export("copy").unwrap() == source, "killed after {delay:?}: the export differs");
        room.fine(&["journal", "verify", "--data", "copy"]);
    }
    println!("{halfway} of {MOMENTS} were killed with some acts in");
    enough(killed);
}
