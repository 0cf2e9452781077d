//! The table of rights, as the command line and the site print it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use whole_program::{LANGUAGES, Room, Site};

#[test]
fn the_table_of_rights_is_printed_whole_and_is_the_same_everywhere() {
    let room = Room::new();
    let printed = room.fine(&["rights"]).stdout;
    assert!(printed.contains("verb,subject,tier,role,whose,second_factor") && printed.contains("# Who may do what."));
    let table = room.json(&["rights"]);
    let rows = table.as_array().unwrap();
    assert!(rows.len() > 200, "{}", rows.len());
    let lodges = |row: &&serde_json::Value| row["verb"] == "lodge" && row["role"] == "national-approver";
    let lodging: Vec<_> = rows.iter().filter(lodges).collect();
    assert!(!lodging.is_empty() && lodging.iter().all(|row| row["whose"] == "own" && row["second_factor"] == true));
    room.found();
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "data"]);
    assert_eq!(site.get("/rights.json").json(), table);
    for (lang, direction) in LANGUAGES {
        let page = site.get(&format!("/rights?lang={lang}"));
        assert!(page.text().contains(&format!("<html lang=\"{lang}\" dir=\"{direction}\">")), "{lang}");
        for sort in [">verb-", ">subject-", ">tier-", ">role-", ">whose-"] {
            assert!(!page.text().contains(sort), "{lang} shows a key: {sort}");
        }
    }
}

#[test]
fn the_program_itself_asks_for_a_password_and_says_nothing_to_strangers() {
    let room = Room::new();
    room.found();
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "data"]);
    assert!(site.get("/").text().contains("/sign-in?lang=en"));
    let door = site.get("/sign-in?lang=en");
    assert!(door.text().contains("type=\"password\"") && door.header("cache-control").contains("no-store"));
    assert!(door.header("set-cookie").contains("mineban-form=") && door.header("set-cookie").contains("HttpOnly"));
    for path in ["/administration/people", "/administration/trail", "/administration/jobs"] {
        let (hidden, nowhere) = (site.get(path), site.get("/nowhere"));
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.text().replace(path, "/nowhere"), nowhere.text());
    }
    let away = site.get("/account");
    assert_eq!((away.status, away.header("location").as_str()), (303, "/sign-in?lang=en&next=%2Faccount"));
    assert_eq!(site.get("/work/NOR/lodge").status, 303);
    room.run(&["serve", "--perimeters", "nobody"]).refused(&["state-alone", "public"]);
    room.run(&["serve", "--site", "mineban.example"]).refused(&["https://mineban.example"]);
}
