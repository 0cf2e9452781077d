//! Field files in an S3-compatible store that several nodes share: what is delivered at one is there at every other, also
//! after the store was away; a backup takes them along, into whichever store is named.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::fmt::Write as _;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use whole_program::{Bucket, Cluster, Ran, Room, Site};

/// Three areas, of which the last depends on the delivery.
fn hazards(last_m2: u32) -> String {
    let square = |west: f64| format!("\"POLYGON(({west} 10,{0} 10,{0} 10.01,{west} 10.01,{west} 10))\"", west + 0.01);
    let mut text = "hazard id,name,hazard type,year found,area m2,wkt\n".to_owned();
    for (id, area_m2) in [("EX-1", 1_000_000), ("EX-2", 1_000_000), ("EX-3", last_m2)] {
        let west = f64::from(id.bytes().last().unwrap() - b'0') / 10.0;
        writeln!(text, "{id},,SHA,2018,{area_m2},{}", square(west)).unwrap();
    }
    text
}

/// Nodes that share a database, a key and a bucket.
struct Nodes {
    room: Room,
    store: String,
    objects: String,
    bucket: Bucket,
    _cluster: Cluster,
}

impl Nodes {
    /// `None`, said by the bucket, where there is no S3 server.
    fn new() -> Option<Self> {
        let bucket = Bucket::start()?;
        let (cluster, room) = (Cluster::start(), Room::new());
        let store = cluster.database();
        let report = room.draft_nor(2025);
        room.fine(&["lodge", &report, "--data", "a", "--store", &store]);
        fs::create_dir(room.path("b")).unwrap();
        for key in ["journal.key", "journal.vkey"] {
            fs::copy(room.path("a").join(key), room.path("b").join(key)).unwrap();
        }
        Some(Self { room, store, objects: bucket.address("fields"), bucket, _cluster: cluster })
    }

    fn command(&self, node: &str, arguments: &[&str]) -> std::process::Command {
        let mut command = self.room.command(arguments);
        command.args(["--data", node, "--store", &self.store, "--objects", &self.objects]);
        command.envs(self.bucket.variables());
        command
    }

    fn run(&self, node: &str, arguments: &[&str]) -> Ran {
        Ran::from(self.command(node, arguments).output().unwrap())
    }

    fn serve(&self, node: &str) -> Site {
        Site::start_as(self.command(node, &["serve", "--port", "0", "--perimeters"]))
    }

    fn deliver(&self, node: &str, text: &str) -> Ran {
        self.room.write("hazards.csv", text);
        let ran = self.run(node, &["intake", "hazards.csv", "--state", "NOR", "--source", "imsma", "--keep"]);
        ran.stood();
        ran
    }
}

/// The hash of the file that a node's page of areas rests on; nothing where none is kept.
fn shown(site: &Site) -> Option<String> {
    let answer = site.get("/areas/NOR.json");
    let view: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    Some(view["files"][0]["sha256"].as_str()?.to_owned())
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_mins(1), "not so after a minute: {what}");
        sleep(Duration::from_millis(100));
    }
}

/// What `/readyz` says of the object store.
fn readiness(site: &Site) -> (u16, serde_json::Value) {
    let answer = site.get("/readyz");
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let check = told["checks"].as_array().unwrap().iter().find(|check| check["check"] == "objects");
    (answer.status, check.expect("it tells of the object store").clone())
}

#[test]
fn what_is_delivered_at_one_node_is_shown_by_every_other_also_after_the_store_was_away() {
    let Some(nodes) = Nodes::new() else { return };
    let site = nodes.serve("b");
    assert_eq!((site.get("/areas/NOR").status, shown(&site)), (200, None));
    assert_eq!(readiness(&site), (200, serde_json::json!({ "check": "objects", "ok": true })));
    let kept = nodes.deliver("a", &hazards(1_000_000));
    assert!(kept.stdout.contains("s3://fields/fields at http://127.0.0.1:"), "{kept:?}");
    wait_until("node b shows what node a was given", || shown(&site).is_some());
    let first = shown(&site).unwrap();
    assert!(!nodes.room.path("a/field").exists(), "nothing of it is in the folder of a node");

    nodes.bucket.kill();
    wait_until("it says that the store is away", || readiness(&site).0 == 503);
    assert_eq!(readiness(&site).1, serde_json::json!({ "check": "objects", "ok": false, "reason": "unreachable" }));
    // Pages go on: those that need no field files, and the areas that were read before.
    assert_eq!((site.get("/states/NOR").status, shown(&site)), (200, Some(first.clone())));
    let unknown = site.get("/areas/FRA");
    assert_eq!((unknown.status, unknown.header("retry-after").as_str()), (503, "10"));
    let refused = nodes.deliver("a", &hazards(900_000));
    refused.refused(&["the object store s3://fields/fields at http://127.0.0.1:", "does not answer"]);
    assert!(!refused.stderr.contains("secret") && !refused.stderr.contains("KEYOFTESTS"), "{refused:?}");

    nodes.bucket.run();
    wait_until("it is ready again", || readiness(&site).0 == 200);
    assert_eq!(shown(&site).as_ref(), Some(&first), "what was refused is not half there");
    nodes.deliver("a", &hazards(900_000));
    // The same again, through the other node: nothing is doubled.
    nodes.deliver("b", &hazards(900_000));
    wait_until("node b shows the newer delivery", || shown(&site).is_some_and(|now| now != first));
    let deliveries = fs::read_dir(nodes.bucket.file("fields/NOR/imsma/deliveries")).unwrap().count();
    assert_eq!(deliveries, 2);
    assert!(site.stop().success());
    // A node that was not there, and starts without the store, says so and serves what it can.
    nodes.bucket.kill();
    let site = nodes.serve("a");
    assert_eq!((site.get("/states/NOR").status, readiness(&site).0), (200, 503));
    nodes.bucket.run();
    wait_until("and then it has all", || shown(&site).is_some_and(|now| now != first));
}

#[test]
fn an_object_that_was_changed_in_the_store_is_told_by_its_name_and_shown_by_no_page() {
    let Some(nodes) = Nodes::new() else { return };
    nodes.deliver("a", &hazards(1_000_000));
    let folder = fs::read_dir(nodes.bucket.file("fields/objects")).unwrap().next().unwrap().unwrap();
    let (name, file) = (folder.file_name().into_string().unwrap(), folder.path().join("hazards.csv"));
    fs::write(&file, hazards(2_000_000)).unwrap();
    let mut command = nodes.command("b", &["serve", "--port", "0", "--log", "text"]);
    let log = fs::File::create(nodes.room.path("log")).unwrap();
    let site = Site::start_as({
        command.stderr(log);
        command
    });
    assert_eq!(site.get("/areas/NOR").status, 503);
    assert_eq!(site.get("/states/NOR").status, 200);
    let log = nodes.room.read_text("log");
    assert!(log.contains(&format!("objects/{name}/hazards.csv")) && log.contains("not what was put there"), "{log}");
    let saved = nodes.run("a", &["backup", "create", "saved"]);
    saved.refused(&[&name, "not what was put there"]);
    assert!(!nodes.room.path("saved").exists(), "a backup of what is damaged would be taken for whole");
}

#[test]
fn a_backup_takes_field_files_from_a_folder_to_a_bucket_and_back() {
    let Some(bucket) = Bucket::start() else { return };
    let room = Room::new();
    room.found();
    room.write("hazards.csv", hazards(1_000_000));

    let kept = ["intake", "hazards.csv", "--state", "NOR", "--source", "imsma", "--keep", "--data", "data"];
    room.run(&kept).stood();
    let with_bucket = |arguments: &[&str]| {
        let mut command = room.command(arguments);
        let ran =
            Ran::from(command.args(["--objects", &bucket.address("")]).envs(bucket.variables()).output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran
    };
    let field = |folder: &str| -> Vec<_> {
        let files = room.everything().into_iter().filter(|(path, _)| path.starts_with(room.path(folder).join("field")));
        files.map(|(path, bytes)| (path.strip_prefix(room.path(folder)).unwrap().to_owned(), bytes)).collect()
    };
    room.fine(&["backup", "create", "saved", "--data", "data"]);
    let restore = ["backup", "restore", "saved", "--data", "new", "--key", "data/journal.key", "--json"];
    assert_eq!(with_bucket(&restore).json()["field_files"], field("data").len());
    assert_eq!(with_bucket(&restore).json()["field_files"], 0, "a second time changes nothing");
    assert!(!room.path("new/field").exists());
    with_bucket(&["backup", "create", "again", "--data", "new"]);
    room.fine(&["backup", "verify", "again"]);
    room.fine(&["backup", "restore", "again", "--data", "back", "--key", "data/journal.key"]);
    assert_eq!(field("back"), field("data"));
    assert!(field("data").len() >= 2);
}
