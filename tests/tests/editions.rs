//! What the public gets of a report on people, from every door of the site at once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::collections::BTreeSet;

use whole_program::{LANGUAGES, Room, Site};

/// Every address that leads on from some pages, as anybody finds them.
fn crawl(site: &Site, starts: &[String]) -> Vec<(String, String)> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut ahead: Vec<String> = starts.to_vec();
    let mut found = Vec::new();
    while let Some(path) = ahead.pop() {
        let concerns = path.contains("XXA") || path.starts_with("/privacy") || path.starts_with("/states.json");
        if !concerns || !seen.insert(path.clone()) {
            continue;
        }
        let answer = site.get(&path);
        let headers = answer.headers.iter().fold(String::new(), |all, (name, value)| all + name + ": " + value + "\n");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        for link in text.split("href=\"").skip(1) {
            ahead.push(link.split('"').next().unwrap().replace("&amp;", "&"));
        }
        found.push((path, headers + &text));
    }
    found
}

#[test]
fn no_door_of_the_site_tells_what_the_public_edition_hides() {
    let room = Room::new();
    room.fine(&["demo", "--no-serve", "--folder", "show"]);
    let lodged: serde_json::Value = serde_json::from_str(&room.read_text("show/examplia.lodged.json")).unwrap();
    let people = &lodged["sections"]["victims"]["content"];
    let (state, year) = (lodged["state"].as_str().unwrap(), lodged["calendar_year"].as_i64().unwrap());
    let casualties = lodged["drawn_from"].as_array().unwrap().iter().find(|file| file["records"] == "victim").unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let secrets = [text(&lodged["salt"]), text(&casualties["sha256"]), text(&casualties["file"])];

    let site = Site::start(&room, &["serve", "--port", "0", "--data", "show/data"]);
    let report = format!("/reports/{state}/{year}");
    let mut starts: Vec<String> = ["", ".json", "/file", "/receipt", "?kind=annual&version=1", ".json?lettering=guide"]
        .iter()
        .map(|door| format!("{report}{door}"))
        .collect();
    starts.extend(LANGUAGES.map(|(lang, _)| format!("{report}?lang={lang}")));
    starts.extend([format!("/states/{state}"), format!("/states/{state}.json"), "/privacy.json".to_owned()]);
    let answers = crawl(&site, &starts);
    assert!(answers.len() > 20, "only {} answers", answers.len());
    for (path, answer) in &answers {
        for secret in &secrets {
            assert!(!answer.contains(secret.as_str()), "{path} tells {secret}");
        }
    }
    // Of the eight, two were killed and six injured; three were boys.
    let shown = site.get(&format!("{report}.json")).json();
    let shown = &shown["report"]["sections"]["victims"]["content"];
    let file = site.get(&format!("{report}/file")).json();
    assert_eq!(shown, &file["sections"]["victims"]["content"], "page and file say the same");
    let mut hidden = 0;
    for (name, count) in people.as_object().unwrap() {
        if (1..5).contains(&count.as_i64().unwrap()) {
            assert_eq!(shown[name], "hidden", "{name}");
        }
        hidden += usize::from(shown[name] == "hidden");
    }
    assert!(hidden < people.as_object().unwrap().len(), "not everything is hidden");
    // By subtraction from the total, in each breakdown: more than one figure is hidden wherever one is.
    for parts in [
        &["killed", "injured", "outcome_unknown"][..],
        &["women", "men", "girls", "boys", "unknown"],
        &["civilians", "security_forces", "deminers", "status_unknown"],
    ] {
        let missing = parts.iter().filter(|name| shown[**name] == "hidden").count();
        assert!(missing != 1 || shown["total"] == "hidden", "{parts:?} can be worked out: {shown}");
    }
    // A language's answer is not another's, and none is the full one's.
    let tag = site.get(&report).header("etag");
    assert!(tag.contains("public"), "{tag}");
    assert!(site.stop().success());
}

#[test]
fn a_public_edition_is_not_taken_for_a_report() {
    let room = Room::new();
    room.fine(&["demo", "--no-serve", "--folder", "show"]);
    let lodged: serde_json::Value = serde_json::from_str(&room.read_text("show/examplia.lodged.json")).unwrap();
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "show/data"]);
    let file = site.get(&format!("/reports/XXA/{}/file", lodged["calendar_year"]));
    assert!(file.header("content-disposition").contains(".public.json"));
    room.write("public.json", file.body);
    assert!(site.stop().success());
    room.run(&["check", "public.json"]).refused(&["public.json", "public edition"]);
    room.run(&["lodge", "public.json", "--data", "show/data"]).refused(&["public.json", "public edition"]);
    let out = room.run(&["verify", "show/examplia.receipt.json", "public.json"]);
    assert_ne!(out.code, Some(0), "it is another file than the one that was lodged");
}
