//! What THREATS.md, SECURITY.md and the runbook point to is there, and nothing of the checklist is left out.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const PAPERS: [&str; 3] = ["THREATS.md", "SECURITY.md", "docs/runbook.md"];

/// The sections of OWASP ASVS 5.0.0 that have requirements of level 1 or 2, each with the last of them; they are numbered
/// from 1 without a gap.
const SECTIONS: &str = "V1.1:2 V1.2:9 V1.3:11 V1.4:3 V1.5:2 V2.1:3 V2.2:3 V2.3:4 V2.4:1 V3.2:2 V3.3:4 V3.4:6 V3.5:5 V3.7:2 \
    V4.1:3 V4.2:1 V4.3:2 V4.4:4 V5.1:1 V5.2:3 V5.3:2 V5.4:3 V6.1:3 V6.2:12 V6.3:4 V6.4:4 V6.5:5 V6.6:3 V6.8:4 V7.1:3 V7.2:4 \
    V7.3:2 V7.4:5 V7.5:2 V7.6:2 V8.1:2 V8.2:3 V8.3:1 V8.4:1 V9.1:3 V9.2:4 V10.1:2 V10.2:2 V10.3:4 V10.4:11 V10.5:5 V10.6:2 \
    V10.7:3 V11.1:2 V11.2:3 V11.3:3 V11.4:4 V11.5:1 V11.6:1 V12.1:3 V12.2:2 V12.3:4 V13.1:1 V13.2:5 V13.3:2 V13.4:5 V14.1:2 \
    V14.2:4 V14.3:3 V15.1:3 V15.2:3 V15.3:7 V16.1:1 V16.2:5 V16.3:4 V16.4:3 V16.5:3 V17.1:1 V17.2:4 V17.3:2";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What stands between two backticks and begins with a folder of ours.
fn pointers(text: &str) -> impl Iterator<Item = &str> {
    const FOLDERS: [&str; 8] = ["crates/", "tests/", "deploy/", "docs/", "facts/", "fuzz/", "bench/", "locales/"];
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)) && !word.contains(' '))
}

/// Whether a file has something of that name.
fn has(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[test]
fn every_file_test_and_function_that_the_papers_point_to_exists() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for paper in PAPERS {
        let text = read(paper);
        for pointer in pointers(&text) {
            count += 1;
            let (path, name) = pointer.split_once("::").map_or((pointer, None), |(path, name)| (path, Some(name)));
            let file = root().join(path);
            if !file.exists() {
                wrong.push(format!("{paper}: {path} is not there"));
            } else if let Some(name) = name {
                let text = fs::read_to_string(&file).unwrap();
                // A test or function is meant by its definition, not by a mention.
                let defined = ["fn ", "struct ", "enum ", "const ", "static ", "trait ", "mod "];
                let is_rust = file.extension().is_some_and(|ending| ending == "rs");
                let there = if is_rust {
                    defined.iter().any(|kind| has(&text, &format!("{kind}{name}")))
                } else {
                    has(&text, name)
                };
                if !there {
                    wrong.push(format!("{paper}: {path} has no {name}"));
                }
            }
        }
    }
    println!("{count} pointers");
    assert!(count > 60, "only {count} pointers were found: the papers or this test changed their form");
    assert!(wrong.is_empty(), "{} of {count} pointers lead nowhere:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_line_of_asvs_level_two_is_answered_once_and_what_is_met_points_to_something() {
    let text = read("SECURITY.md");
    let mut answers: BTreeMap<String, u32> = BTreeMap::new();
    let mut told: BTreeMap<String, u32> = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| V")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [ids, _, answer, how] = cells.as_slice() else { panic!("not four cells: {line}") };
        assert!(["met", "partly", "not met", "not here", "operator"].contains(answer), "{line}");
        let points = pointers(how).count() > 0 || how.contains('`');
        assert!(*answer != "met" || points, "met, but it points to nothing: {line}");
        assert!(!how.is_empty(), "it does not say how or why: {line}");
        for id in ids.split_whitespace() {
            *answers.entry(id.to_owned()).or_default() += 1;
            *told.entry((*answer).to_owned()).or_default() += 1;
        }
    }
    let wanted: Vec<String> = SECTIONS
        .split_whitespace()
        .flat_map(|section| {
            let (section, last) = section.split_once(':').unwrap();
            (1..=last.parse::<u32>().unwrap()).map(move |number| format!("{section}.{number}"))
        })
        .collect();
    assert_eq!(wanted.len(), 253, "the standard has 253 requirements of levels 1 and 2");
    let missing: Vec<&String> = wanted.iter().filter(|id| !answers.contains_key(*id)).collect();
    assert!(missing.is_empty(), "not answered: {missing:?}");
    let strange: Vec<_> = answers.iter().filter(|(id, count)| **count != 1 || !wanted.contains(id)).collect();
    assert!(strange.is_empty(), "answered twice, or no requirement: {strange:?}");
    println!("{told:?}");
    for (answer, count) in told {
        assert!(text.contains(&format!("{count} {answer}")), "the paper does not say: {count} {answer}");
    }
}

#[test]
fn each_published_vulnerability_of_indico_is_answered() {
    let text = read("THREATS.md");
    let published = ["2025-53640", "2025-59034", "2026-28352", "2026-25738", "2026-25739", "2025-59035", "2026-33046"];
    for name in published {
        let line = text.lines().find(|line| line.starts_with('|') && line.contains(name));
        let line = line.unwrap_or_else(|| panic!("CVE-{name} is not answered"));
        assert!(pointers(line).count() > 0, "CVE-{name} is answered without a pointer: {line}");
    }
    assert!(text.contains("pen redirect"));
}
