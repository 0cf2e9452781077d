//! `mineban demo`: one command that shows the whole road.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::path::Path;
use std::process::Command;

use whole_program::{Ran, Room, Site, binary};

#[test]
fn the_demonstration_types_each_step_and_ends_with_a_verified_receipt() {
    let room = Room::new();
    let said = room.fine(&["demo", "--no-serve", "--folder", "show"]).stdout;
    let typed: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(typed.iter().all(|command| command.starts_with("mineban ")), "{typed:#?}");
    let verb = |command: &&str| command.split(' ').nth(1).unwrap().to_owned();
    let verbs: Vec<String> = typed.iter().map(verb).collect();
    let road =
        ["status", "status", "intake", "intake", "balance", "forecast", "map", "draft", "check", "lodge", "verify"];
    assert_eq!(verbs, [&road[..], &["journal"]].concat());
    assert!(said.contains("Verified: act report/XXA/annual/"), "{said}");
    assert!(said.lines().last().unwrap().contains("is whole"), "{said}");
    assert!(said.contains("does not exist"), "it says that the State is invented");
    room.fine(&["journal", "verify", "--data", "show/data"]);
}

#[test]
fn what_the_demonstration_types_can_be_typed_again() {
    let room = Room::new();
    let said = room.fine(&["demo", "--no-serve", "--folder", "show"]).stdout;
    for command in said.lines().filter_map(|line| line.strip_prefix("$ mineban ")) {
        // No word of the demonstration's in a plain folder holds a blank; the key is quoted for its plus signs.
        let words: Vec<String> = command.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = room.run(&words);
        ran.stood();
        assert!(ran.stderr.is_empty(), "{command}: {ran:?}");
    }
}

#[test]
fn the_demonstration_takes_a_fresh_folder_and_no_other() {
    let room = Room::new();
    room.fine(&["demo", "--no-serve"]);
    room.fine(&["demo", "--no-serve"]);
    assert!(room.path("mineban-demo-1/data").is_dir() && room.path("mineban-demo-2/data").is_dir());
    let before = room.everything();
    room.run(&["demo", "--no-serve", "--folder", "mineban-demo-1"]).refused(&["mineban-demo-1"]);
    assert_eq!(room.everything(), before);
    assert!(!room.path("mineban-data").exists(), "the default folder is left alone");
}

#[test]
fn the_demonstration_speaks_the_language_asked_for() {
    let room = Room::new();
    let english = room.fine(&["demo", "--no-serve", "--folder", "en"]).stdout;
    let french = room.fine(&["demo", "--no-serve", "--folder", "fr", "--lang", "fr"]).stdout;
    let plain = |text: &str| text.lines().filter(|line| !line.starts_with("$ ")).map(str::to_owned).collect::<Vec<_>>();
    let (english, french) = (plain(&english), plain(&french));
    assert_ne!(english.first(), french.first());
    let sentence = "This State does not exist";
    assert!(english.iter().any(|line| line.starts_with(sentence)));
    assert!(!french.iter().any(|line| line.starts_with(sentence)), "the steps are said in English");
}

#[test]
fn the_demonstration_ends_in_a_site_that_shows_the_report() {
    let room = Room::new();
    let site = Site::start(&room, &["demo", "--folder", "show"]);
    assert_eq!(site.get("/").status, 200);
    let state = site.get("/states/XXA");
    assert_eq!(state.status, 200);
    assert!(state.text().contains("invented"), "the page says that the State is invented");
    let list = site.get("/states/XXA.json").json();
    let report = list["reports"].as_array().unwrap().iter().find(|report| report["version"] == 1).unwrap().clone();
    let year = report["calendar_year"].as_i64().unwrap();
    let page = site.get(&format!("/reports/XXA/{year}"));
    assert_eq!(page.status, 200);
    // Eight casualties, two of them killed: the public gets an edition without the small figures.
    let public = site.get(&format!("/reports/XXA/{year}/file")).json();
    assert_eq!(public["sections"]["victims"]["content"]["killed"], "hidden");
    let receipt: serde_json::Value = serde_json::from_str(&room.read_text("show/examplia.receipt.json")).unwrap();
    assert_eq!(public["public_edition"]["lodged_report_sha256"], receipt["report_sha256"]);
    let areas = site.get("/areas/XXA.json").json();
    assert_eq!((areas["areas"].as_u64(), areas["sight"].as_str()), (Some(5), Some("perimeters")));
    assert!(site.stop().success());
}

#[test]
fn the_commands_of_the_readme_work_as_they_stand() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let Ok(readme) = std::fs::read_to_string(readme) else {
        println!("skipped: there is no README");
        return;
    };
    // What is typed as root on a server of its own needs one.
    let (before, server) = readme.split_once("## On a server\n").expect("the README says how to install");
    let after = server.split_once("\n## ").expect("another section follows").1;
    let readme = [before, after].concat();
    let room = Room::new();
    std::fs::create_dir(room.path("bin")).unwrap();
    std::fs::copy(binary(), room.path("bin/mineban")).unwrap();
    let path = format!("{}:{}", room.path("bin").display(), std::env::var("PATH").unwrap());
    let blocks = readme.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    // The site does not end by itself; it has its own tests.
    let commands = blocks.flat_map(str::lines).filter(|line| line.starts_with("mineban ") && !line.contains(" serve"));
    let mut ran = 0;
    for command in commands {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(room.path("")).env("PATH", &path);
        let done: Ran = shell.env_remove("MINEBAN_DATA").env_remove("MINEBAN_LANG").output().unwrap().into();
        done.stood();
        let findings = command.starts_with("mineban check");
        assert!(done.code == Some(0) || findings && done.code == Some(1), "{command}: {done:?}");
        ran += 1;
    }
    assert!(ran >= 4, "only {ran} commands are shown");
    assert!(room.path("mineban-data/journal.sqlite").exists());
}
