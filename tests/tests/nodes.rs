//! Three nodes over one PostgreSQL: written through all at once, one cut off, one killed, the database killed and brought
//! back. Every act that was acknowledged is there once, in one order, on every node, and no reader goes back in time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use whole_program::{Cluster, Passing, Proxy, Room, Site, act_ids};

/// States that owe annual reports, and the years of them.
const STATES: [&str; 6] = ["NOR", "FRA", "DEU", "ESP", "ITA", "AUT"];
const YEARS: [i16; 6] = [2019, 2020, 2021, 2022, 2023, 2024];
const NODES: usize = 3;

/// A node: its folder, its line to the database, and its address of it.
struct Node {
    folder: String,
    proxy: Proxy,
    store: String,
}

/// A room with three nodes that share a key, over a journal with the founding acts.
fn nodes(cluster: &Cluster) -> (Room, Vec<Node>) {
    let room = Room::new();
    let direct = cluster.database();
    let nodes: Vec<Node> = (0..NODES)
        .map(|number| {
            let proxy = Proxy::to(cluster.port());
            let store = proxy.address(&direct);
            Node { folder: format!("node-{number}"), proxy, store }
        })
        .collect();
    let report = room.draft_nor(2025);
    room.fine(&["lodge", &report, "--data", "node-0", "--store", &nodes[0].store]);
    for node in &nodes[1..] {
        fs::create_dir(room.path(&node.folder)).unwrap();
        for key in ["journal.key", "journal.vkey"] {
            fs::copy(room.path("node-0").join(key), room.path(&node.folder).join(key)).unwrap();
        }
    }
    (room, nodes)
}

fn serve(room: &Room, node: &Node) -> Site {
    Site::start(room, &["serve", "--port", "0", "--data", &node.folder, "--store", &node.store])
}

/// The number of acts that an answer was made of.
fn acts_of(mark: &str) -> u64 {
    mark.split('-').next().and_then(|size| size.parse().ok()).unwrap_or_else(|| panic!("no mark: {mark:?}"))
}

/// Report files that can be lodged, by the name of the act.
fn reports(room: &Room) -> Vec<(String, String)> {
    let pattern = room.read_text("nor-2025.json");
    let mut files = Vec::new();
    for year in YEARS {
        for state in STATES {
            let file = format!("{state}-{year}.json");
            let text = pattern.replace("\"NOR\"", &format!("\"{state}\"")).replace("2025", &year.to_string());
            room.write(&file, text);
            files.push((format!("report/{state}/annual/{year}/1"), file));
        }
    }
    files
}

/// What writers did.
#[derive(Default)]
struct Written {
    /// Each act acknowledged, and its position as the receipt tells it.
    acknowledged: Mutex<BTreeMap<String, u64>>,
    tries: AtomicUsize,
    already: AtomicUsize,
}

/// Lodges a report through one node after another until one acknowledges it.
fn lodge(room: &Room, nodes: &[Node], first: usize, act: &str, file: &str, written: &Written) {
    for turn in 0..60 {
        let node = &nodes[(first + turn) % NODES];
        written.tries.fetch_add(1, Ordering::Relaxed);
        let (receipt, lodged) = (format!("{file}.receipt"), format!("{file}.lodged"));
        let ran = room.run(&[
            "lodge",
            file,
            "--data",
            &node.folder,
            "--store",
            &node.store,
            "--json",
            "--receipt",
            &receipt,
            "--lodged",
            &lodged,
        ]);
        ran.stood();
        if ran.code == Some(0) {
            let answer = ran.json();
            assert_eq!(answer["act"], act);
            if answer["already"] == true {
                written.already.fetch_add(1, Ordering::Relaxed);
            }
            let receipt: serde_json::Value = serde_json::from_str(&room.read_text(&receipt)).unwrap();
            written.acknowledged.lock().unwrap().insert(act.to_owned(), receipt["index"].as_u64().unwrap());
            return;
        }
        let known =
            ["does not answer", "went away before it answered", "busy"].iter().any(|sign| ran.stderr.contains(sign));
        assert!(known, "{act}: {ran:?}");
        sleep(Duration::from_millis(200));
    }
    panic!("{act} was never acknowledged");
}

/// A reader who goes from node to node and remembers what it has seen. How often it was answered, and told to wait.
fn read(sites: &Mutex<Vec<Option<Arc<Site>>>>, done: &AtomicBool) -> (u64, u64) {
    let (mut seen, mut answered, mut told_to_wait) = (String::new(), 0, 0);
    let mut turn = 0;
    while !done.load(Ordering::Relaxed) {
        turn += 1;
        let site = sites.lock().unwrap()[turn % NODES].clone();
        let Some(site) = site else { continue };
        let cookie = format!("acts={seen}");
        let headers = if seen.is_empty() { vec![] } else { vec![("Cookie", cookie.as_str())] };
        let Some(answer) = site.try_get_with("/index.json", &headers) else { continue };
        if answer.status == 503 {
            assert!(!answer.header("retry-after").is_empty(), "a reader who is to wait is told how long");
            told_to_wait += 1;
            continue;
        }
        assert_eq!(answer.status, 200);
        let mark = answer.header("mineban-acts");
        assert!(seen.is_empty() || acts_of(&mark) >= acts_of(&seen), "a reader who saw {seen} was shown {mark}");
        seen = mark;
        answered += 1;
        sleep(Duration::from_millis(20));
    }
    (answered, told_to_wait)
}

#[test]
fn three_nodes_lose_nothing_and_double_nothing_whatever_is_cut_or_killed() {
    let begun = Instant::now();
    let cluster = Cluster::start();
    let (room, nodes) = nodes(&cluster);
    let reports = reports(&room);
    let written = Written::default();
    let sites = Mutex::new(nodes.iter().map(|node| Some(Arc::new(serve(&room, node)))).collect::<Vec<_>>());
    let (done, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let so_far = |share: usize| {
        while written.acknowledged.lock().unwrap().len() < reports.len() * share / 100 {
            sleep(Duration::from_millis(10));
        }
    };
    let readers = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2).map(|_| scope.spawn(|| read(&sites, &done))).collect();
        let writers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some((act, file)) = reports.get(at) else { return };
                        lodge(&room, &nodes, at, act, file, &written);
                    }
                })
            })
            .collect();
        so_far(20);
        nodes[2].proxy.pass(Passing::Nothing);
        so_far(30);
        let killed = sites.lock().unwrap()[1].take();
        // SIGKILL, once no reader holds on to it.
        killed
            .and_then(|site| {
                while Arc::strong_count(&site) > 1 {
                    sleep(Duration::from_millis(5));
                }
                Arc::into_inner(site)
            })
            .unwrap()
            .kill();
        so_far(42);
        cluster.kill();
        sleep(Duration::from_millis(700));
        cluster.run();
        nodes[2].proxy.pass(Passing::All);
        sites.lock().unwrap()[1] = Some(Arc::new(serve(&room, &nodes[1])));
        for writer in writers {
            writer.join().unwrap();
        }
        // Long enough that each reader has asked every node again.
        sleep(Duration::from_millis(500));
        done.store(true, Ordering::Relaxed);
        readers.into_iter().map(|reader| reader.join().unwrap()).collect::<Vec<_>>()
    });
    let acknowledged = written.acknowledged.into_inner().unwrap();
    assert_eq!(acknowledged.len(), reports.len());
    let sites: Vec<_> = sites.into_inner().unwrap().into_iter().flatten().collect();
    let exports: Vec<String> = nodes
        .iter()
        .map(|node| room.fine(&["journal", "export", "--data", &node.folder, "--store", &node.store]).stdout)
        .collect();
    assert!(exports.windows(2).all(|two| two[0] == two[1]), "two nodes tell two histories");
    let acts = act_ids(&exports[0]);
    for (act, index) in &acknowledged {
        let places: Vec<usize> = (0..acts.len()).filter(|at| acts[*at] == *act).collect();
        assert_eq!(places, [usize::try_from(*index).unwrap()], "{act} was acknowledged at {index}");
    }
    for site in &sites {
        let begun = Instant::now();
        while acts_of(&site.get("/index.json").header("mineban-acts")) < acts.len() as u64 {
            assert!(begun.elapsed() < Duration::from_secs(20), "a node does not catch up");
            sleep(Duration::from_millis(50));
        }
        assert_eq!(site.get("/reports/AUT/2024.json").json()["act"], "report/AUT/annual/2024/1");
    }
    for node in &nodes {
        room.fine(&["journal", "verify", "--data", &node.folder, "--store", &node.store]);
    }
    let (answers, waits) = readers.iter().fold((0, 0), |(answers, waits), (a, w)| (answers + a, waits + w));
    println!(
        "acts written {} in {} tries ({} repeats were there already): lost 0, doubled 0; {answers} answers read, {waits} told \
         to wait, none older than the one before; {:.1} s",
        acknowledged.len(),
        written.tries.into_inner(),
        written.already.into_inner(),
        begun.elapsed().as_secs_f64()
    );
    assert!(answers > 20);
}

#[test]
fn what_one_process_lodges_another_serves_without_restart() {
    let cluster = Cluster::start();
    let (room, nodes) = nodes(&cluster);
    let site = serve(&room, &nodes[1]);
    assert_eq!(site.get("/reports/NOR/2024").status, 404);
    let tag = site.get("/index.json").header("etag");
    let report = room.draft_nor(2024);
    room.fine(&["lodge", &report, "--data", "node-0", "--store", &nodes[0].store]);
    let begun = Instant::now();
    while site.get("/reports/NOR/2024").status == 404 {
        assert!(begun.elapsed() < Duration::from_secs(20), "the node does not follow");
        sleep(Duration::from_millis(20));
    }
    assert_eq!(site.get_with("/index.json", &[("If-None-Match", &tag)]).status, 200, "the answer has changed");
    assert!(site.stop().success(), "told to stop, it ends well");
}

#[test]
fn a_node_that_is_behind_catches_up_or_says_so_and_never_shows_less() {
    let cluster = Cluster::start();
    let (room, nodes) = nodes(&cluster);
    let (ahead, behind) = (serve(&room, &nodes[0]), serve(&room, &nodes[1]));
    // Cut off, it knows nothing of what is lodged, and serves on those who have not seen it.
    nodes[1].proxy.pass(Passing::Nothing);
    let report = room.draft_nor(2024);
    room.fine(&["lodge", &report, "--data", "node-0", "--store", &nodes[0].store]);
    let begun = Instant::now();
    while ahead.get("/reports/NOR/2024").status == 404 {
        assert!(begun.elapsed() < Duration::from_secs(20), "the node does not follow");
        sleep(Duration::from_millis(20));
    }
    let first = ahead.get("/");
    let mark = first.header("mineban-acts");
    assert!(first.header("set-cookie").contains(&format!("acts={mark};")), "{}", first.header("set-cookie"));
    assert!(first.header("cache-control").contains("private"), "a cookie is one reader's own");
    assert_eq!(behind.get("/").status, 200, "who has seen nothing newer is served");
    for headers in [[("Cookie", format!("lang=en; acts={mark}"))], [("mineban-acts", mark.clone())]] {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let told = behind.get_with("/states/NOR", &headers);
        assert_eq!((told.status, told.header("retry-after").is_empty()), (503, false));
        assert_eq!(told.header("x-request-id").len(), 16, "it has a line in the log as any answer");
        assert!(told.text().contains("<h1>") && told.header("content-security-policy").contains("default-src 'none'"));
    }
    assert_eq!(behind.get_with("/style.css", &[("Cookie", &format!("acts={mark}"))]).status, 200);
    // Numbers that are no number, or another journal's, mean nothing.
    for odd in ["acts=", "acts=99999", "acts=99999-00000000", "acts=x-y", "acts=-1"] {
        assert_eq!(behind.get_with("/", &[("Cookie", odd)]).status, 200, "{odd}");
    }
    nodes[1].proxy.pass(Passing::All);
    let begun = Instant::now();
    let caught_up = loop {
        let answer = behind.get_with("/reports/NOR/2024", &[("Cookie", &format!("acts={mark}"))]);
        if answer.status != 503 {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "the node does not catch up");
    };
    assert_eq!(caught_up.status, 200);
    assert!(caught_up.header("set-cookie").is_empty(), "who knows needs not be told");
    assert!(acts_of(&caught_up.header("mineban-acts")) >= acts_of(&mark));
}

#[test]
fn a_password_in_the_address_is_never_said() {
    let room = Room::new();
    for store in [
        "postgres://clerk:hunter2@127.0.0.1:1/mineban",
        "postgres://clerk:hunter2@127.0.0.1:port/mineban",
        "mysql://clerk:hunter2@db",
    ] {
        let ran = room.run(&["status", "--data", "node", "--store", store]);
        ran.refused(&[]);
        assert!(!ran.stderr.contains("hunter2"), "{ran:?}");
        let mut by_setting = room.command(&["serve", "--port", "0", "--data", "node"]);
        let ran: whole_program::Ran = by_setting.env("MINEBAN_STORE", store).output().unwrap().into();
        ran.stood();
        assert!(matches!(ran.code, Some(1 | 2)) && !ran.stderr.contains("hunter2"), "{ran:?}");
    }
}
