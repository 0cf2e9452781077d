//! `mineban lodge` and `mineban verify`: a report is lodged once, and anyone can tell whether a copy is the one lodged.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use whole_program::{Room, act_ids, changed_byte};

/// Norway's report for 2025, lodged: report, receipt and lodged report lie in the room.
fn lodged() -> (Room, String) {
    let room = Room::new();
    let report = room.draft_nor(2025);
    room.fine(&["lodge", &report, "--data", "data"]);
    let key = room.read_text("data/journal.vkey").trim().to_owned();
    (room, key)
}

const RECEIPT: &str = "nor-2025.receipt.json";
const LODGED: &str = "nor-2025.lodged.json";

#[test]
fn a_lodged_report_is_verified_without_any_journal() {
    let (room, key) = lodged();
    let away = Room::new();
    away.write("receipt.json", room.read(RECEIPT));
    away.write("report.json", room.read(LODGED));
    let mut verify = away.command(&["verify", "receipt.json", "report.json", "--key", &key, "--json"]);
    let ran: whole_program::Ran = verify.env("MINEBAN_DATA", "nowhere/at/all").output().unwrap().into();
    ran.stood();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = ran.json();
    assert_eq!(told["verified"], true);
    assert_eq!((&told["key_was_given"], &told["report_was_given"]), (&true.into(), &true.into()));
    assert_eq!(told["key"], key);
    assert!(away.everything().len() == 2, "verifying writes nothing");
}

#[test]
fn verifying_without_key_or_report_says_what_was_not_proved() {
    let (room, key) = lodged();
    let said = room.fine(&["verify", RECEIPT]).stdout;
    assert!(said.contains(&key), "the key to compare is shown: {said}");
    assert_ne!(said, room.fine(&["verify", RECEIPT, LODGED, "--key", &key]).stdout);
}

#[test]
fn lodging_the_same_report_again_is_lodging_it_once() {
    let (room, _) = lodged();
    let before = room.export("data").unwrap();
    let (first, receipt) = (room.json(&["lodge", "nor-2025.json", "--data", "data"]), room.read(RECEIPT));
    let again = room.json(&["lodge", "nor-2025.json", "--data", "data"]);
    assert_eq!(first["already"], true);
    assert_eq!(first, again);
    assert_eq!(again["act"], "report/NOR/annual/2025/1");
    assert_eq!(room.read(RECEIPT), receipt);
    assert_eq!(room.export("data").unwrap(), before, "the journal is as it was");
    // The lodged copy, which carries the day of submission, is the same report too.
    let copy = room.json(&["lodge", LODGED, "--data", "data", "--receipt", "r.json", "--lodged", "l.json"]);
    assert_eq!(copy["already"], true);
    assert_eq!(room.read("l.json"), room.read(LODGED));
}

#[test]
fn another_report_under_the_same_version_is_refused_and_as_the_next_version_lodged() {
    let (room, _) = lodged();
    let before = room.export("data");
    room.fine(&["draft", "NOR", "2025", "--not-applicable", "b", "--out", "changed.json"]);
    let refused = room.run(&["lodge", "changed.json", "--data", "data"]);
    refused.refused(&["mineban check"]);
    assert!(refused.stdout.contains("version"), "{refused:?}");
    assert_eq!(room.export("data"), before);
    room.fine(&["draft", "NOR", "2025", "--not-applicable", "b", "--out", "next.json", "--data", "data"]);
    let next = room.json(&["lodge", "next.json", "--data", "data"]);
    assert_eq!((&next["version"], &next["already"]), (&2.into(), &false.into()));
}

#[test]
fn a_receipt_with_one_character_changed_is_refused() {
    let (room, key) = lodged();
    let receipt = room.read(RECEIPT);
    for step in 0..60 {
        let at = step * (receipt.len() - 1) / 59;
        room.write("changed.json", changed_byte(&receipt, at));
        let ran = room.run(&["verify", "changed.json", LODGED, "--key", &key]);
        assert_eq!(ran.code, Some(1), "byte {at} was changed and not noticed: {ran:?}");
        ran.refused(&[]);
        // Without the key, too: the receipt must be whole in itself, but for the key that it names.
        let without = room.run(&["verify", "changed.json", LODGED]);
        assert_eq!(without.code, Some(1), "byte {at} was changed and not noticed without the key: {without:?}");
    }
    room.write("changed.json", &receipt[..receipt.len() - 1]);
    room.run(&["verify", "changed.json", LODGED, "--key", &key]).refused(&[]);
}

#[test]
fn a_report_with_one_byte_changed_is_refused() {
    let (room, key) = lodged();
    let report = room.read(LODGED);
    for step in 0..20 {
        let at = step * (report.len() - 1) / 19;
        room.write("changed.json", changed_byte(&report, at));
        let ran = room.run(&["verify", RECEIPT, "changed.json", "--key", &key]);
        assert_eq!(ran.code, Some(1), "byte {at} was changed and not noticed");
        ran.refused(&[]);
    }
    // The draft lacks the day of submission: it is not the report as lodged.
    room.run(&["verify", RECEIPT, "nor-2025.json", "--key", &key]).refused(&[]);
}

#[test]
fn a_receipt_of_another_journal_is_refused() {
    let (room, _) = lodged();
    let (_, other) = lodged();
    let ran = room.run(&["verify", RECEIPT, LODGED, "--key", &other]);
    assert_eq!(ran.code, Some(1));
    ran.refused(&["key"]);
    let ran = room.run(&["verify", RECEIPT, LODGED, "--key", "no key at all"]);
    assert_eq!(ran.code, Some(1));
    ran.refused(&["key"]);
}

#[test]
fn a_receipt_stays_true_when_the_journal_grows() {
    let (room, key) = lodged();
    let receipt = room.read(RECEIPT);
    let next = room.draft_nor(2024);
    room.fine(&["lodge", &next, "--data", "data"]);
    room.fine(&["verify", RECEIPT, LODGED, "--key", &key]);
    assert_eq!(room.read(RECEIPT), receipt);
    let acts = act_ids(&room.export("data").unwrap());
    assert_eq!(acts.last().unwrap(), "report/NOR/annual/2024/1");
}

#[test]
fn an_invented_state_takes_the_same_road_and_is_counted_nowhere() {
    let room = Room::new();
    room.fine(&["demo", "--no-serve", "--folder", "show"]);
    let counts = |arguments: &[&str]| {
        let world = room.json(&[&["status", "--as-of", "2026-11-23"], arguments].concat());
        ["states", "deposited", "in_force", "neither"].map(|key| world[key].clone())
    };
    assert_eq!(counts(&["--data", "show/data"]), counts(&[]));
    let state = room.json(&["status", "XXA", "--data", "show/data"]);
    assert_eq!((&state["invented"], &state["standing"]), (&true.into(), &"bound".into()));
    room.run(&["status", "XXA"]).refused(&["XXA"]);
    let key = room.read_text("show/data/journal.vkey").trim().to_owned();
    room.fine(&["verify", "show/examplia.receipt.json", "show/examplia.lodged.json", "--key", &key]);
    let again = room.json(&["lodge", "show/examplia.json", "--data", "show/data"]);
    assert_eq!(again["already"], true);
}
