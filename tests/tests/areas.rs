//! Areas of an invented State: brought in, compared, kept, forecast, mapped, and shown as far as the reader may see.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use whole_program::{LANGUAGES, Room, Site};

fn square(west: f64, south: f64) -> String {
    let (east, north) = (west + 0.01, south + 0.01);
    format!("\"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))\"")
}

/// Three hazards of which two overlap; one name would run as a formula in a spreadsheet. All invented.
fn hazards() -> String {
    format!(
        "hazard id,name,hazard type,year found,area m2,wkt\nEX-1,=cmd|'/c calc'!A0,SHA,2018,950000,{}\nEX-2,<b>Low field</b>,CHA,2019,950000,{}\n\
         EX-3,Mill,CHA,2021,950000,{}\n",
        square(-30.0, 12.0),
        square(-29.995, 12.0),
        square(-29.9, 12.1),
    )
}

/// The same and six more, small ones, in one cell with the first two: what a reader of cells is shown.
fn many_hazards() -> String {
    (0..6).fold(hazards(), |file, number| {
        let (west, south) = (-29.98 + 0.002 * f64::from(number), 12.03);
        let (east, north) = (west + 0.001, south + 0.001);
        let outline = format!("POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))");
        file + &format!("EX-1{number},Field {number},CHA,2020,{},\"{outline}\"\n", 12_031 + number)
    })
}

fn releases() -> String {
    format!(
        "release id,year,release type,cleared m2,ap mines,wkt\nR-1,2022,cleared,950000,3,{}\nR-2,2023,cleared,950000,0,{}\nR-3,2024,cleared,950000,1,{}\n",
        square(-30.0, 12.0),
        square(-29.995, 12.005),
        square(-29.0, 13.0),
    )
}

fn room() -> Room {
    let room = Room::new();
    room.fine(&["demo", "--no-serve", "--folder", "show"]);
    room.write("hazards.csv", hazards());
    room.write("releases.csv", releases());
    room
}

const KEEP: [&str; 10] =
    ["intake", "hazards.csv", "releases.csv", "--state", "XXA", "--source", "demo", "--keep", "--data", "show/data"];

#[test]
fn findings_are_written_for_those_who_mend_the_source_and_run_nowhere() {
    let room = room();
    for ending in ["csv", "geojson", "html"] {
        let out = format!("findings.{ending}");
        let ran = room.run(&["intake", "hazards.csv", "releases.csv", "--findings", &out, "--lang", "ar"]);
        assert_eq!(ran.code, Some(1), "there is something to look at: {ran:?}");
    }
    let table = room.read_text("findings.csv");
    for key in ["overlaps-area", "released-outside-hazard"] {
        assert!(table.contains(key), "{key} is not in: {table}");
    }
    assert!(table.lines().all(|line| line.split(',').all(|cell| !cell.starts_with(['=', '@']))), "{table}");
    let map: serde_json::Value = serde_json::from_str(&room.read_text("findings.geojson")).unwrap();
    assert!(map["features"].as_array().unwrap().iter().any(|feature| feature["geometry"]["type"] == "Point"));
    let page = room.read_text("findings.html");
    assert!(page.contains("dir=\"rtl\"") && page.contains("<svg") && !page.contains("<script"), "{page}");
    assert!(!page.contains("<b>Low field"), "names are text, not markup");
    room.run(&["intake", "hazards.csv", "--findings", "findings.pdf"]).refused(&["findings.pdf", ".csv"]);
}

#[test]
fn a_file_brought_in_again_is_held_against_the_last_one() {
    let room = room();
    assert!(room.run(&KEEP).stdout.contains("demo"));
    let again = room.run(&KEEP).stdout;
    assert!(again.contains("kept before"), "{again}");
    // A withdrawn area, a new one, and a past year's figure changed.
    let lines: Vec<String> = hazards().lines().map(str::to_owned).collect();
    let changed = format!(
        "{}\n{}\n{}\nEX-4,New,CHA,2025,100,{}\n",
        lines[0],
        lines[1].replace("950000", "940000"),
        lines[3],
        square(-29.5, 12.5)
    );
    room.write("hazards.csv", changed);
    let now = room.run(&[&KEEP[..], &["--json"]].concat()).json();
    let revised = &now[0]["revised"];
    let count = |list: &str| revised[list].as_array().unwrap().len();
    assert_eq!((count("added"), count("changed"), count("withdrawn")), (1, 1, 1), "{revised}");
    assert!(count("to_explain") > 0, "last year's report rests on the past: {revised}");
    // Without keeping anything, against a file.
    room.write("before.csv", hazards());
    let said = room.run(&["intake", "hazards.csv", "--compare", "before.csv"]);
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.contains("added 1") && said.stdout.contains("withdrawn 1"), "{said:?}");
    room.run(&["intake", "hazards.csv", "--compare", "releases.csv"]).refused(&["releases.csv", "kind"]);
}

#[test]
fn a_mapping_is_kept_for_its_source_and_used_from_then_on() {
    let room = room();
    room.write("odd.csv", "Kennung,Art,Fundjahr,Flaeche\nA,SHA,2020,100\n");
    room.write("odd.toml", "kind = \"hazardous_area\"\n[columns]\n\"Kennung\" = \"id\"\n\"Art\" = \"area_kind\"\n\"Fundjahr\" = \"year\"\n\"Flaeche\" = \"area_m2\"\n");
    let of_source = ["--state", "XXA", "--source", "north-office", "--data", "show/data"];
    let bare = [&["intake", "odd.csv"][..], &of_source].concat();
    room.run(&bare).refused(&["odd.csv"]);
    let first = room.run(&[&["intake", "odd.csv", "--mapping", "odd.toml", "--keep"][..], &of_source].concat());
    assert_eq!(first.code, Some(0), "{first:?}");
    let taken = room.run(&[&bare[..], &["--json"]].concat()).json();
    assert_eq!(taken[0]["rows_taken"], 1);
    room.run(&["intake", "odd.csv", "--source", "North Office", "--state", "XXA"]).refused(&["small letters"]);
}

#[test]
fn a_map_file_never_takes_the_place_of_another_unasked() {
    let room = room();
    let map = ["map", "hazards.csv", "releases.csv", "--as-of", "2022-12-31", "--out", "left.gpkg"];
    let first = room.run(&map);
    assert!(first.stdout.contains("2 features"), "{first:?}");
    let before = room.read("left.gpkg");
    room.run(&map).refused(&["left.gpkg", "exists"]);
    assert_eq!(room.read("left.gpkg"), before);
    room.run(&[&map[..], &["--replace"]].concat()).stood();
    room.run(&["map", "hazards.csv", "--out", "left.doc"]).refused(&["left.doc", ".gpkg"]);
}

#[test]
fn a_forecast_says_what_it_takes_for_granted_and_refuses_to_guess() {
    let room = room();
    let forecast = ["forecast", "hazards.csv", "releases.csv", "--deadline", "2030-06-30", "--picture", "fan.svg"];
    let ran = room.run(&forecast);
    ran.stood();
    for said in ["takes for granted", "2022–2024", "nine futures"] {
        assert!(ran.stdout.contains(said), "{said}: {ran:?}");
    }
    assert!(room.read_text("fan.svg").starts_with("<svg"));
    room.run(&["forecast", "hazards.csv", "releases.csv"]).refused(&["--deadline"]);
    room.run(&["forecast", "hazards.csv", "--deadline", "2030-06-30"]).refused(&["past years"]);
}

#[test]
fn perimeters_leave_the_site_only_when_they_are_to_be_shown() {
    let room = room();
    room.write("hazards.csv", many_hazards());
    room.run(&KEEP).stood();
    let paths = ["/areas/XXA?as_of=2021-12-31", "/areas/XXA.json?as_of=2021-12-31"];
    // Zoom 14, where outlines are drawn, over the first two areas; and the whole world.
    let tiles = ["/areas/XXA/tiles/14/6826/7641.mvt?as_of=2021-12-31", "/areas/XXA/tiles/0/0/0.mvt?as_of=2021-12-31"];
    let secrets = ["EX-1", "Mill", "-29.995", "small_areas", "hazard id", "hazards.csv"];
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "show/data"]);
    for path in paths.iter().chain(&tiles) {
        let answer = site.get(path);
        assert!(matches!(answer.status, 200 | 204), "{path}: {}", answer.status);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        for secret in secrets {
            assert!(!text.contains(secret), "{path} tells {secret}");
        }
    }
    assert_eq!(site.get(paths[1]).json()["sight"], "generalised");
    let world = site.get(tiles[1]);
    assert!(String::from_utf8_lossy(&world.body).contains("cells"), "the areas are counted");
    assert!(site.stop().success());

    let site = Site::start(&room, &["serve", "--port", "0", "--perimeters", "--data", "show/data"]);
    let view = site.get(paths[1]);
    assert!(view.header("cache-control").starts_with("private"), "no cache between may hold it");
    assert!(view.json()["findings"].as_array().unwrap().iter().any(|finding| finding["key"] == "overlaps-area"));
    let outlines = site.get(tiles[0]);
    assert_eq!(outlines.header("content-type"), "application/vnd.mapbox-vector-tile");
    assert!(String::from_utf8_lossy(&outlines.body).contains("EX-"), "the areas have their identifiers");
    assert!(outlines.header("cache-control").starts_with("private"));
    // The date is a parameter of the tile: before anything was found there is nothing.
    assert_eq!(site.get("/areas/XXA/tiles/0/0/0.mvt?as_of=2010-01-01").status, 204);
    assert_eq!(site.get("/areas/XXA/tiles/3/9/9.mvt").status, 404, "no such tile");
    assert_eq!(site.get("/areas/XXA/tiles/0/0/x.mvt").status, 404);
    assert!(site.stop().success());
}

/// Every number in a JSON value, with the name it stands under.
fn numbers(value: &serde_json::Value, name: &str, found: &mut Vec<(String, f64)>) {
    match value {
        serde_json::Value::Number(number) => found.push((name.to_owned(), number.as_f64().unwrap())),
        serde_json::Value::Array(items) => items.iter().for_each(|item| numbers(item, name, found)),
        serde_json::Value::Object(fields) => fields.iter().for_each(|(name, field)| numbers(field, name, found)),
        _ => {}
    }
}

#[test]
fn whoever_walks_the_dates_finds_the_ends_of_years_and_steps_that_no_area_fills() {
    let room = room();
    room.write("hazards.csv", many_hazards());
    room.run(&KEEP).stood();
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "show/data"]);
    let mut told = std::collections::BTreeMap::new();
    for year in 2017..=2026 {
        for day in ["01-01", "03-31", "07-15", "12-30", "12-31"] {
            let view = site.get(&format!("/areas/XXA.json?as_of={year}-{day}")).json();
            let end = view["as_of"].as_str().unwrap().to_owned();
            assert!(end.ends_with("-12-31"), "{year}-{day} is answered for {end}");
            let step = view["rounded_down_to"]["area_m2"].as_f64().unwrap();
            assert!(step >= 950_000.0 * 3.0 + 12_031.0, "{step} is less than the five largest");
            let mut found = Vec::new();
            numbers(&view, "", &mut found);
            for (name, number) in found {
                let whole = |step: f64| number.rem_euclid(step).abs() < 1e-9;
                match name.as_str() {
                    "as_mapped_m2" | "as_recorded_m2" | "remaining_m2" | "area_m2" => {
                        assert!(whole(step), "{name}: {number}");
                    }
                    "areas" | "at_least" | "count" | "rows_taken" | "rows_set_aside" | "without_outline" | "number" => {
                        assert!(whole(5.0), "{name}: {number}");
                    }
                    "at_most" => assert!(whole(1.0) && (number % 5.0 - 4.0).abs() < 1e-9, "{name}: {number}"),
                    "lon" | "lat" | "degrees" | "year" | "first_year" | "bounds" => {}
                    other => panic!("{other} is told, and no rule says how"),
                }
            }
            // Every day is answered as the end of its year is, whichever way one comes to it.
            let before = told.insert(end.clone(), view.clone());
            assert!(before.is_none_or(|before| before == view), "{year}-{day} tells more than {end}");
        }
    }
    let page = site.get("/areas/XXA?as_of=2022-06-30");
    let slider = page.text().split("data-dates=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(slider.matches("-12-31").count() == slider.matches('-').count() / 2, "only ends of years: {slider}");
    assert!(site.stop().success());
}

#[test]
fn the_page_of_areas_works_without_its_map() {
    let room = room();
    room.write("hazards.csv", many_hazards());
    room.run(&KEEP).stood();
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "show/data"]);
    for (lang, direction) in LANGUAGES {
        let page = site.get(&format!("/areas/XXA?lang={lang}"));
        assert_eq!(page.status, 200);
        let text = page.text();
        assert!(text.contains(&format!("<html lang=\"{lang}\" dir=\"{direction}\">")), "{lang}");
        assert!(
            text.contains("class=\"cell\"") && text.contains("type=\"date\""),
            "{lang}: a picture and a date, unscripted"
        );
        assert!(text.matches("<script").count() == 2 && !text.contains("<script>"), "{lang}: nothing inline");
    }
    let page = site.get("/areas/XXA");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    for file in [
        "/map/areas.js",
        "/map/maplibre-gl-5.24.1.js",
        "/map/maplibre-gl-worker-5.24.1.js",
        "/map/maplibre-gl-5.24.1.css",
    ] {
        assert_eq!(site.get(file).status, 200, "{file}");
        assert!(page.text().contains(file), "{file} is not asked for");
    }
    // A new delivery shows at once, and what was seen before is not sent again until then.
    let tag = page.header("etag");
    assert_eq!(site.get_with("/areas/XXA", &[("If-None-Match", &tag)]).status, 304);
    let more = format!("{}EX-9,Late,SHA,2024,1,{}\n", many_hazards(), square(-29.7, 12.7));
    room.write("hazards.csv", more);
    room.run(&KEEP).stood();
    let fresh = site.get_with("/areas/XXA", &[("If-None-Match", &tag)]);
    assert_eq!(fresh.status, 200);
    assert!(fresh.text().contains("At least 5 areas"), "{}", fresh.text().lines().take(30).collect::<String>());
    let none = site.get("/areas/COL");
    assert_eq!(none.status, 200);
    assert!(
        none.text().contains("--keep") && none.text().contains("no sign of safety"),
        "it says what would fill the page"
    );
    assert_eq!(site.get("/areas/ZZZ").status, 404);
    assert!(site.stop().success());
}

/// How many pixels of a page are of the colour of confirmed ground on the map, seen through a real browser.
fn confirmed_ground(site: &Site, path: &str, room: &Room) -> usize {
    let picture = room.path("page.png");
    let mut browser = std::process::Command::new("chromium");
    // A software renderer: test machines have no graphics card.
    browser.args(["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]);
    browser.args(["--disable-quic", "--no-first-run", "--hide-scrollbars", "--window-size=1280,1000"]);
    browser.args(["--disable-background-networking", "--disable-component-update", "--virtual-time-budget=20000"]);
    // A page with an opener policy gets a process of its own, which the virtual clock does not follow: the picture would
    // be taken before the map is drawn. The policy itself is tested with the other headers.
    browser.arg("--disable-features=CrossOriginOpenerPolicy");
    browser.arg(format!("--user-data-dir={}", room.path("browser").display()));
    browser.arg(format!("--screenshot={}", picture.display()));
    let done = browser
        .arg(format!("http://{}{path}", site.address()))
        .output()
        .expect("Chromium is there: ./test installs it");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let log = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!log.contains("Content Security Policy"), "{log}");
    let file = std::io::BufReader::new(std::fs::File::open(&picture).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let near = |pixel: &[u8]| pixel.iter().zip([210_u8, 163, 137]).all(|(have, want)| have.abs_diff(want) < 8);
    pixels.chunks_exact(frame.color_type.samples()).filter(|pixel| near(&pixel[..3])).count()
}

#[test]
fn the_map_is_drawn_in_a_browser_for_the_date_asked_about() {
    let room = room();
    room.run(&KEEP).stood();
    let site = Site::start(&room, &["serve", "--port", "0", "--perimeters", "--data", "show/data"]);
    // On a busy machine the picture may be taken before the map's worker has drawn.
    let drawn = || confirmed_ground(&site, "/areas/XXA?lang=en&as_of=2021-12-31", &room) > 100;
    assert!((0..6).any(|_| drawn()), "confirmed ground is on the map");
    assert_eq!(confirmed_ground(&site, "/areas/XXA?lang=en&as_of=2017-12-31", &room), 0, "nothing was found by then");
    assert!(site.stop().success());
}
