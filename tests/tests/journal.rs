//! `mineban journal`: out, in again, and checked.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use whole_program::{Room, act_ids};

fn room_with_export() -> (Room, String) {
    let room = Room::new();
    room.found();
    room.fine(&["journal", "export", "source.jsonl", "--data", "data"]);
    let source = room.read_text("source.jsonl");
    (room, source)
}

#[test]
fn an_export_imported_into_a_fresh_folder_is_exported_again_byte_for_byte() {
    let (room, source) = room_with_export();
    let told = room.json(&["journal", "import", "source.jsonl", "--data", "copy"]);
    assert_eq!((&told["reports"], &told["already_there"]), (&1.into(), &0.into()));
    assert!(room.export("copy").unwrap() == source, "the export of the copy differs");
    let again = room.json(&["journal", "import", "source.jsonl", "--data", "copy"]);
    assert_eq!((&again["acts"], &again["already_there"]), (&0.into(), &told["acts"]));
    assert!(room.export("data").unwrap() == source, "an export to the output is the export to a file");
    assert_ne!(room.read("data/journal.key"), room.read("copy/journal.key"), "a copy signs with a key of its own");
}

#[test]
fn a_changed_line_is_refused_by_its_number() {
    let (room, source) = room_with_export();
    let lines: Vec<&str> = source.lines().collect();
    let last = lines.len();
    let at = 700;
    // Spelled otherwise, cut short, doubled, left out, and the report file's bytes changed.
    let spelled = lines[at - 1].replacen('{', "{ ", 1);
    let blob = lines.iter().position(|line| line.starts_with("{\"blob\"")).unwrap();
    let other_bytes = lines[blob].replacen("\"base64\":\"ewo", "\"base64\":\"ewp", 1);
    assert_ne!(other_bytes, lines[blob]);
    let listed = lines.iter().position(|line| line.contains("founding/state/AFG\"")).unwrap();
    let joined = lines.iter().position(|line| line.contains("founding/instrument/AFG\"")).unwrap();
    let with = |line: usize, text: &str| {
        let mut changed = lines.clone();
        changed[line - 1] = text;
        changed.join("\n") + "\n"
    };
    let without = |line: usize| {
        let mut changed = lines.clone();
        changed.remove(line - 1);
        changed.join("\n") + "\n"
    };
    let cases = [
        ("spelled", with(at, &spelled), at),
        ("cut", with(at, &lines[at - 1][..40]), at),
        ("doubled", with(at, lines[at - 2]), at),
        ("bytes", with(blob + 1, &other_bytes), blob + 1),
        ("unlisted", without(listed + 1), joined),
        ("short", source[..source.len() - 10].to_owned(), last),
        ("not JSON", with(at, "gibberish"), at),
    ];
    for (what, changed, line) in cases {
        room.write("changed.jsonl", changed);
        let folder = format!("copy-{}", what.replace(' ', "-"));
        let ran = room.run(&["journal", "import", "changed.jsonl", "--data", &folder]);
        ran.refused(&[&format!("line {line}:")]);
        // What came before stays and is whole; where it is what the unchanged file says, that goes on from there.
        room.fine(&["journal", "verify", "--data", &folder]);
        if what == "unlisted" {
            continue;
        }
        room.fine(&["journal", "import", "source.jsonl", "--data", &folder]);
        assert!(room.export(&folder).unwrap() == source, "{what}: the export differs after the repeat");
    }
}

#[test]
fn a_file_that_went_another_way_is_refused_and_changes_nothing() {
    let (room, source) = room_with_export();
    let lines: Vec<&str> = source.lines().collect();
    let line = lines.iter().position(|line| line.contains("founding/instrument/COL\"")).unwrap();
    let other = source.replacen(lines[line], &lines[line].replacen("2000-09-06", "2000-09-07", 1), 1);
    assert_ne!(other, source);
    room.write("other.jsonl", other);
    let ran = room.run(&["journal", "import", "other.jsonl", "--data", "data"]);
    ran.refused(&[&format!("line {}:", line + 1), "founding/instrument/COL"]);
    assert!(room.export("data").unwrap() == source);
}

#[test]
fn verifying_a_journal_counts_what_it_holds() {
    let (room, source) = room_with_export();
    let told = room.json(&["journal", "verify", "--data", "data"]);
    assert_eq!(told["acts"], act_ids(&source).len());
    assert_eq!(told["reports"], 1);
    assert!(told["checkpoints"].as_u64().unwrap() >= 2);
    assert!(source.contains(told["origin"].as_str().unwrap()));
    let said = room.fine(&["journal", "verify", "--data", "data"]).stdout;
    assert!(said.contains(told["root"].as_str().unwrap()), "{said}");
}

#[test]
fn a_founding_journal_is_the_same_wherever_it_is_made() {
    let founding = |export: &str| -> String {
        export.lines().filter(|line| line.contains("\"id\":\"founding/")).collect::<Vec<_>>().join("\n")
    };
    let (one, other) = (room_with_export().1, room_with_export().1);
    assert!(act_ids(&one).len() > 1300);
    assert!(founding(&one) == founding(&other), "two founding journals differ");
    assert_eq!(
        act_ids(&one).len() - founding(&one).lines().count(),
        1,
        "only the lodged report is not of the founding"
    );
    assert_eq!(one.lines().next(), other.lines().next());
}

#[test]
fn what_is_asked_of_a_founding_journal_is_what_is_asked_of_no_journal() {
    let (room, _) = room_with_export();
    for question in [&["status"][..], &["status", "COL"], &["resolution", "75/52"], &["deadlines"]] {
        let on = [question, &["--as-of", "2020-12-07", "--json"]].concat();
        assert_eq!(room.fine(&on).stdout, room.fine(&[&on[..], &["--data", "data"]].concat()).stdout, "{question:?}");
    }
    assert!(!room.path("mineban-data").exists(), "asking makes no journal");
}
