//! `mineban status` and `mineban resolution`: who stands where, what is owed, and why.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use serde_json::Value;
use whole_program::{LANGUAGES, Room};

fn duty<'a>(view: &'a Value, article: &str) -> &'a Value {
    let duties = view["obligations"].as_array().unwrap();
    duties.iter().find(|duty| duty["article"] == article).unwrap_or_else(|| panic!("no duty under {article}: {view}"))
}

#[test]
fn at_the_adoption_of_resolution_75_52_the_convention_bound_164_states() {
    let world = Room::new().json(&["status", "--as-of", "2020-12-07"]);
    assert_eq!(world["as_of"], "2020-12-07");
    assert_eq!(world["in_force"], 164);
    assert_eq!(world["deposited"], 164);
    assert_eq!(world["signed_not_bound"], serde_json::json!(["MHL"]));
    let bound = world["by_state"].as_array().unwrap().iter().filter(|line| line["standing"] == "bound");
    assert_eq!(bound.count(), 164, "the list counts as the figure does");
}

#[test]
fn on_the_first_day_of_the_convention_it_bound_45_states() {
    let room = Room::new();
    assert_eq!(room.json(&["status", "--as-of", "1999-03-01"])["in_force"], 45);
    assert_eq!(room.json(&["status", "--as-of", "1999-02-28"])["in_force"], 0);
}

#[test]
fn a_deposit_known_to_the_year_is_named_and_not_counted() {
    let world = Room::new().json(&["status", "--as-of", "2026-03-01"]);
    assert_eq!(world["in_force"], 161);
    let open = world["date_not_known"].as_array().unwrap();
    let lebanon = open.iter().find(|open| open["state"] == "LBN").unwrap();
    assert_eq!(lebanon["known_to"], "year");
}

#[test]
fn each_duty_of_a_state_says_article_due_date_state_and_why() {
    let colombia = Room::new().json(&["status", "COL", "--as-of", "2020-12-07"]);
    assert_eq!(colombia["entry_into_force"], "2001-03-01");
    let duties = colombia["obligations"].as_array().unwrap();
    assert!(duties.len() >= 4);
    for duty in duties {
        assert!(duty["article"].is_string() && duty["state"].is_string(), "{duty}");
        assert!(duty["due"].is_string() || duty["state"] == "unknown", "{duty}");
        let because = duty["because"].as_array().unwrap();
        assert!(!because.is_empty() && because.iter().all(|step| !step["says"].as_str().unwrap().is_empty()), "{duty}");
        assert!(because.iter().any(|step| step["acts"].is_array()), "a duty rests on an act: {duty}");
    }
    assert_eq!(duty(&colombia, "4")["due"], "2005-03-01");
}

#[test]
fn an_initial_report_is_due_180_days_after_entry_into_force() {
    let room = Room::new();
    for (state, due) in [("GNQ", "1999-08-28"), ("TUV", "2012-08-28"), ("OMN", "2015-07-31")] {
        assert_eq!(duty(&room.json(&["status", state]), "7(1)")["due"], due, "{state}");
    }
}

#[test]
fn the_convention_enters_into_force_on_the_first_day_of_the_sixth_month() {
    let room = Room::new();
    for (state, day) in [("KHM", "2000-01-01"), ("UKR", "2006-06-01"), ("FIN", "2012-07-01")] {
        assert_eq!(room.json(&["status", state])["entry_into_force"], day, "{state}");
    }
}

#[test]
fn a_withdrawal_takes_effect_on_its_day_and_not_before() {
    let room = Room::new();
    let on = |day: &str| room.json(&["status", "FIN", "--as-of", day])["standing"].clone();
    assert_eq!(on("2025-07-09"), "bound");
    assert_eq!(on("2026-01-09"), "withdrawing");
    assert_eq!(on("2026-01-10"), "withdrawn");
}

#[test]
fn a_claimed_suspension_is_listed_and_changes_nothing() {
    let ukraine = Room::new().json(&["status", "UKR", "--as-of", "2026-11-23"]);
    assert_eq!(ukraine["standing"], "bound");
    let claims = ukraine["claims"].as_array().unwrap();
    assert_eq!(claims.len(), 1);
    assert!(claims[0]["claim"].as_str().unwrap().contains("suspension"));
    assert!(claims[0]["act"].is_string());
}

#[test]
fn each_of_the_six_languages_says_it_in_its_own_words() {
    let room = Room::new();
    for command in [&["status", "COL"][..], &["status"], &["deadlines"], &["resolution", "75/52"]] {
        let mut said = Vec::new();
        for (lang, _) in LANGUAGES {
            let text = room.fine(&[command, &["--as-of", "2020-12-07", "--lang", lang]].concat()).stdout;
            let keys = text.split_whitespace().filter(|word| {
                ["because-", "state-", "standing-", "duty-", "count-"].iter().any(|key| word.starts_with(key))
            });
            assert_eq!(keys.count(), 0, "words are missing in {lang}: {text}");
            assert!(!said.contains(&text), "{command:?} says the same in {lang} as in another language");
            said.push(text);
        }
    }
}

#[test]
fn json_has_the_same_figures_in_every_language() {
    let room = Room::new();
    let counts = |lang: &str| {
        let world = room.json(&["status", "--as-of", "2020-12-07", "--lang", lang]);
        ["deposited", "in_force", "staying", "neither", "states"].map(|key| world[key].clone())
    };
    for (lang, _) in LANGUAGES {
        assert_eq!(counts(lang), counts("en"), "{lang}");
    }
}

#[test]
fn every_statement_of_resolution_75_52_holds_or_is_left_open_and_says_why() {
    let asked = Room::new().json(&["resolution", "75/52"]);
    let statements = asked["statements"].as_array().unwrap();
    assert_eq!(statements.len(), 61);
    for statement in statements {
        assert_ne!(statement["verdict"], "does not hold", "{statement}");
        assert!(!statement["because"].as_array().unwrap().is_empty(), "no reason: {statement}");
    }
    let counted = ["holds", "does_not_hold", "cannot_be_told"].map(|key| asked[key].as_u64().unwrap());
    assert_eq!(counted.iter().sum::<u64>(), 61);
    assert_eq!(counted[1], 0);
}

#[test]
fn a_resolution_that_is_not_kept_is_refused_with_those_that_are() {
    let ran = Room::new().run(&["resolution", "99/1"]);
    assert_eq!(ran.code, Some(1));
    ran.refused(&["99/1", "75/52"]);
}
