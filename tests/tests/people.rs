//! People from the command line: the first administrator, links, roles, the trail, and what is kept about somebody.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use serde_json::Value;
use whole_program::Room;

const ADA: [&str; 7] = ["user", "add", "--administrator", "--name", "Ada Quist", "--email", "ada@example.org"];

#[test]
fn the_first_administrator_gets_a_link_and_no_password() {
    let room = Room::new();
    let added = room.fine(&ADA).stdout;
    assert!(added.contains("http://127.0.0.1:8080/invitations/"), "{added}");
    let listed = room.json(&["user", "list"]);
    let ada = &listed[0];
    assert_eq!((&ada["password"], &ada["second_factor"]), (&Value::Bool(false), &Value::Bool(false)));
    assert_eq!(ada["holdings"][0]["role"], "administrator");
    room.run(&ADA).refused(&["ada@example.org", "already"]);
    room.run(&["user", "disable", "ada@example.org"]).refused(&["last administrator"]);
    room.run(&["user", "invite", "nobody@example.org"]).refused(&["nobody@example.org", "user list"]);
}

#[cfg(unix)]
#[test]
fn the_tables_of_people_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = Room::new();
    room.fine(&ADA);
    let rights = std::fs::metadata(room.path("mineban-data/people.sqlite")).unwrap().permissions().mode();
    assert_eq!(rights & 0o777, 0o600);
}

#[test]
fn a_role_is_given_for_a_state_and_ended() {
    let room = Room::new();
    room.fine(&ADA);
    let role = ["user", "role", "ada@example.org", "national-approver"];
    room.run(&role).refused(&["national-approver", "State"]);
    room.run(&["user", "role", "ada@example.org", "king"]).refused(&["national-approver"]);
    let with = |more: &[&'static str]| [&role[..], more].concat();
    room.fine(&with(&["--state", "COL", "--from", "2026-01-01", "--to", "2027-12-31"]));
    let listed = room.fine(&["user", "list"]).stdout;
    assert!(listed.contains("national-approver:COL to 2027-12-31"), "{listed}");
    room.fine(&with(&["--state", "COL", "--end", "2026-06-30"]));
    assert!(room.fine(&["user", "list"]).stdout.contains("national-approver:COL to 2026-06-30"));
    room.run(&with(&["--state", "PER", "--end", "2026-06-30"])).refused(&["hold no such role"]);
}

#[test]
fn what_is_kept_about_somebody_is_given_and_erased_and_the_trail_stays_whole() {
    let room = Room::new();
    room.fine(&ADA);
    room.fine(&["user", "add", "--name", "Bo Nyström", "--email", "bo@example.org", "--role", "national-author:NOR"]);
    let all = room.json(&["privacy", "export", "bo@example.org"]);
    assert_eq!(all["person"]["name"], "Bo Nyström");
    assert_eq!(all["links"][0]["purpose"], "invitation");
    let id = all["person"]["id"].as_str().unwrap().to_owned();
    room.run(&["privacy", "erase", "bo@example.org"]).refused(&["--yes"]);
    room.fine(&["privacy", "erase", "bo@example.org", "--yes"]);
    assert_eq!(room.json(&["user", "list"]).as_array().unwrap().len(), 1);
    // Not in the tables, and not in their file either.
    let bytes = room.read("mineban-data/people.sqlite");
    for gone in ["bo@example.org", "Nyström"] {
        assert!(!bytes.windows(gone.len()).any(|part| part == gone.as_bytes()), "{gone} is still in the file");
    }
    let trail = room.json(&["user", "trail", "--subject", &format!("person/{id}")]);
    let verbs: Vec<_> = trail.as_array().unwrap().iter().map(|entry| entry["verb"].as_str().unwrap()).collect();
    assert_eq!(verbs, ["erase", "export", "hold national-author:NOR", "invite"]);
    room.run(&["privacy", "erase", "ada@example.org", "--yes"]).refused(&["last administrator"]);
}

#[test]
fn a_sweep_changes_nothing_until_it_is_told_to() {
    let room = Room::new();
    room.fine(&ADA);
    let swept = room.json(&["privacy", "sweep"]);
    let kinds: Vec<_> = swept.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"session") && kinds.contains(&"mail"), "{kinds:?}");
    assert!(swept.as_array().unwrap().iter().all(|row| row["count"] == 0), "{swept}");
    assert!(room.fine(&["privacy", "sweep"]).stdout.contains("--erase"));
    room.fine(&["privacy", "sweep", "--erase"]);
    assert_eq!(room.json(&["user", "list"]).as_array().unwrap().len(), 1);
}
