//! The site, as a browser, a cache and an attacker see it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use whole_program::{LANGUAGES, Room, Site};

/// Every page, with its sibling in JSON.
const PAGES: [(&str, &str); 6] = [
    ("/", "/index.json"),
    ("/states", "/states.json"),
    ("/states/COL", "/states/COL.json"),
    ("/states/UKR", "/states/UKR.json"),
    ("/reports/NOR/2025", "/reports/NOR/2025.json"),
    ("/resolutions/75-52", "/resolutions/75-52.json"),
];

/// A site over a journal with Norway's report for 2025.
fn site() -> (Room, Site) {
    let room = Room::new();
    let report = room.draft_nor(2025);
    room.fine(&["lodge", &report, "--data", "data"]);
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "data"]);
    (room, site)
}

#[test]
fn every_page_answers_in_six_languages_and_its_json_is_json() {
    let (_room, site) = site();
    for (page, json) in PAGES {
        let mut pages = Vec::new();
        for (lang, direction) in LANGUAGES {
            let answer = site.get(&format!("{page}?lang={lang}"));
            assert_eq!(answer.status, 200, "{page} {lang}");
            assert!(answer.header("content-type").starts_with("text/html"), "{page} {lang}");
            let text = answer.text();
            assert!(text.contains(&format!("<html lang=\"{lang}\" dir=\"{direction}\">")), "{page} {lang}");
            assert!(text.contains(&format!("{json}?lang={lang}")), "{page} {lang} does not lead to its JSON");
            assert!(!text.to_lowercase().contains("<script"), "{page} {lang} needs no script");
            assert!(!pages.contains(&text.to_owned()), "{page} in {lang} is as in another language");
            pages.push(text.to_owned());
            let sibling = site.get(&format!("{json}?lang={lang}"));
            assert_eq!(sibling.status, 200, "{json}");
            assert!(sibling.header("content-type").starts_with("application/json"), "{json}");
            assert!(sibling.json().is_object() || sibling.json().is_array(), "{json}");
        }
        // A browser's wish is heard, and an address that names the language outweighs it.
        let by_header = site.get_with(page, &[("Accept-Language", "ar-EG,ar;q=0.9,en;q=0.5")]);
        assert!(by_header.text().contains("<html lang=\"ar\" dir=\"rtl\">"), "{page}");
        let named = site.get_with(&format!("{page}?lang=zh"), &[("Accept-Language", "ar")]);
        assert!(named.text().contains("<html lang=\"zh\" dir=\"ltr\">"), "{page}");
    }
    assert!(site.stop().success(), "told to stop, it ends well");
}

#[test]
fn the_site_says_what_the_command_line_says() {
    let (room, site) = site();
    for (path, command) in [
        ("/index.json?as_of=2020-12-07", &["status", "--as-of", "2020-12-07"][..]),
        ("/states/COL.json?as_of=2020-12-07", &["status", "COL", "--as-of", "2020-12-07"]),
        ("/resolutions/75-52.json", &["resolution", "75/52"]),
    ] {
        assert_eq!(site.get(path).json(), room.json(&[command, &["--data", "data"]].concat()), "{path}");
    }
    assert_eq!(site.get("/index.json?as_of=2020-12-07").json()["in_force"], 164);
}

#[test]
fn the_site_gives_out_the_report_the_receipt_and_the_key_byte_for_byte() {
    let (room, site) = site();
    assert_eq!(site.get("/reports/NOR/2025/file").body, room.read("nor-2025.lodged.json"));
    room.write("from-site.receipt.json", site.get("/reports/NOR/2025/receipt").body);
    room.write("from-site.json", site.get("/reports/NOR/2025/file").body);
    let key = site.get("/journal.vkey").text().trim().to_owned();
    assert_eq!(key, room.read_text("data/journal.vkey").trim());
    room.fine(&["verify", "from-site.receipt.json", "from-site.json", "--key", &key]);
}

#[test]
fn what_is_not_there_is_404_and_what_is_no_date_is_400() {
    let (_room, site) = site();
    for path in
        ["/nowhere", "/states/ZZZ", "/states/ZZZ.json", "/reports/NOR/1990", "/reports/NOR/soon", "/resolutions/99-1"]
    {
        let answer = site.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("<h1>"), "{path} says nothing");
    }
    for date in ["yesterday", "2020-13-01", "2020-02-30", "1", "99999-01-01", "-1", "%00", "2020-12-07T00:00:00Z"] {
        assert_eq!(site.get(&format!("/?as_of={date}")).status, 400, "{date}");
    }
    assert_eq!(site.get("/?as_of=").status, 200, "a form sent without a date asks for today");
    assert_eq!(site.get("/?lang=tlh").status, 200, "an unknown language is answered in a known one");
    for (lang, direction) in LANGUAGES {
        let answer = site.get(&format!("/states/ZZZ?lang={lang}"));
        assert!(answer.text().contains(&format!("<html lang=\"{lang}\" dir=\"{direction}\">")), "{lang}");
    }
}

#[test]
fn a_page_that_was_seen_before_is_not_sent_again() {
    let (_room, site) = site();
    for (page, json) in PAGES {
        for path in [page, json] {
            let first = site.get(path);
            let tag = first.header("etag");
            assert!(!tag.is_empty(), "{path}");
            let again = site.get_with(path, &[("If-None-Match", &tag)]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
            assert_eq!(again.header("etag"), tag);
            let french = [("If-None-Match", tag.as_str()), ("Accept-Language", "fr")];
            assert_eq!(site.get_with(path, &french).status, 200, "{path}: the same address in another language");
            let other = format!("{path}?lang=fr");
            assert_eq!(site.get_with(&other, &[("If-None-Match", &tag)]).status, 200, "{path}: another language");
            let dated = format!("{path}?as_of=2010-01-01");
            assert_eq!(site.get_with(&dated, &[("If-None-Match", &tag)]).status, 200, "{path}: another day");
        }
    }
}

#[test]
fn every_answer_carries_the_headers_that_keep_strangers_out() {
    let (_room, site) = site();
    for path in ["/", "/index.json", "/style.css", "/journal.vkey", "/nowhere", "/?as_of=x", "/reports/NOR/2025/file"] {
        let answer = site.get(path);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
}

#[test]
fn a_cache_is_told_that_the_language_of_the_browser_matters() {
    let (_room, site) = site();
    for (page, json) in PAGES {
        for path in [page, json] {
            let vary = site.get(path).header("vary").to_lowercase();
            assert!(vary.contains("accept-language"), "{path}: Vary is \"{vary}\", and the answer may be shared");
            assert!(vary.contains("accept-encoding"), "{path}: Vary is \"{vary}\"");
        }
    }
}

#[test]
fn every_page_is_below_100_kilobytes_compressed() {
    let (_room, site) = site();
    for (page, _) in PAGES {
        for (lang, _) in LANGUAGES {
            let path = format!("{page}?lang={lang}");
            let answer = site.get_with(&path, &[("Accept-Encoding", "gzip")]);
            assert_eq!(answer.header("content-encoding"), "gzip", "{path}");
            assert!(answer.body.starts_with(&[0x1f, 0x8b]), "{path}");
            assert!(answer.body.len() < 100_000, "{path}: {} bytes", answer.body.len());
        }
    }
    assert!(site.get_with("/style.css", &[("Accept-Encoding", "gzip")]).body.len() < 20_000);
}

#[test]
fn hostile_words_in_an_address_come_back_harmless() {
    let (_room, site) = site();
    let hostile = ["%3Cscript%3Ealert(1)%3C/script%3E", "%22%3E%3Cscript%3E", "%27onload=%22x", "%26%3Cb%3E"];
    for word in hostile {
        for path in [
            format!("/states/{word}"),
            format!("/states/{word}.json"),
            format!("/reports/{word}/2025"),
            format!("/reports/NOR/{word}"),
            format!("/resolutions/{word}"),
            format!("/{word}"),
            format!("/?as_of={word}"),
            format!("/?lang={word}"),
            format!("/states?standing={word}"),
            format!("/states?standing={word}&as_of=2020-12-07"),
            format!("/reports/NOR/2025?lettering={word}"),
        ] {
            let answer = site.get(&path);
            assert!(matches!(answer.status, 200 | 400 | 404), "{path}: {}", answer.status);
            let text = answer.text();
            for sign in ["<script", "\"><", "<b>", "'onload=\"x"] {
                // What the page itself has is no answer to the word: a closed attribute before a tag is common.
                let own = sign == "\"><" && !text.contains("\"><script");
                assert!(own || !text.contains(sign), "{path} comes back with {sign}: {text}");
            }
        }
    }
    // Bytes that no browser sends; some are refused before any page is asked.
    for path in ["/states/<script>", "/?as_of=\"><script>", "/%ff%fe", "/..%2f..%2fetc%2fpasswd", "//evil.example/"] {
        let answer = site.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!String::from_utf8_lossy(&answer.body).contains("<script>"), "{path}");
    }
    assert_eq!(site.get("/").status, 200, "the site goes on");
}

#[test]
fn a_link_inside_the_site_leads_somewhere() {
    let (_room, site) = site();
    let mut seen = std::collections::BTreeSet::new();
    for (page, _) in PAGES {
        let answer = site.get(page);
        for link in answer.text().split("href=\"").skip(1) {
            let link = link.split('"').next().unwrap().replace("&amp;", "&");
            if link.starts_with('/') && seen.insert(link.clone()) {
                assert_eq!(site.get(&link).status, 200, "{page} leads to {link}");
            }
        }
    }
    assert!(seen.len() > 200, "only {} links", seen.len());
}
