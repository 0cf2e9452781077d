use intake::Options;
use tempfile::TempDir;
use treaty::date::Date;
use whole_program::Bucket;

use super::*;

/// A store of objects, three nodes' ways to it, and where its objects lie as files.
struct Store {
    kind: &'static str,
    nodes: [Objects; 3],
    files: PathBuf,
    folder: TempDir,
    _bucket: Option<Bucket>,
}

/// A folder; and a bucket of a real S3 server, where one can be had.
fn stores() -> Vec<Store> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("field");
    let nodes = [(); 3].map(|()| Objects::folder(&root));
    let mut stores = vec![Store { kind: "folder", nodes, files: root, folder, _bucket: None }];
    if let Some(bucket) = Bucket::start() {
        let folder = tempfile::tempdir().unwrap();
        let variables = bucket.variables();
        let known = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let nodes =
            ["a", "b", "c"].map(|node| Objects::s3(&bucket.address("node"), folder.path().join(node), known).unwrap());
        stores.push(Store { kind: "bucket", nodes, files: bucket.file("node"), folder, _bucket: Some(bucket) });
    }
    stores
}

impl Store {
    async fn deliver(&self, node: usize, name: &str, text: &str, at: &str) -> Result<Option<Delivery>, DeskError> {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        let read = intake::read(&path, &Options::new(Date::constant(2026, 1, 1))).unwrap();
        keep(&self.nodes[node], examplia(), &imsma(), &[(path, &read)], at.parse().unwrap()).await
    }

    async fn deliveries(&self, node: usize) -> Vec<Delivery> {
        deliveries(&self.nodes[node], examplia(), &imsma()).await.unwrap()
    }

    /// The kinds that count now, with the bytes that a node reads.
    async fn current(&self, node: usize) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for held in current_of(&self.nodes[node], examplia(), &imsma()).await.unwrap() {
            let held = held.at_hand(&self.nodes[node]).await.unwrap();
            found.push((held.current.file.records.clone(), fs::read_to_string(held.path).unwrap()));
        }
        found
    }

    /// The files of the store whose names hold this.
    fn files(&self, part: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.files.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if path.to_string_lossy().contains(part) {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn imsma() -> Source {
    "imsma".parse().unwrap()
}

fn examplia() -> Iso3 {
    "XXA".parse().unwrap()
}

const HAZARDS: &str = "hazard id,hazard type,year found,area m2\nA,SHA,2020,100\n";
const RELEASES: &str = "release id,year,cleared m2\nR,2021,50\n";

fn pair(kind: &str, text: &str) -> (String, String) {
    (kind.to_owned(), text.to_owned())
}

#[tokio::test]
async fn the_last_delivery_of_a_kind_counts_at_every_node_and_earlier_bytes_stay() {
    for store in stores() {
        store.deliver(0, "h.csv", HAZARDS, "2026-01-01T00:00:00Z").await.unwrap().unwrap();
        store.deliver(1, "r.csv", RELEASES, "2026-01-02T00:00:00Z").await.unwrap().unwrap();
        let first = [pair("land_release", RELEASES), pair("hazardous_area", HAZARDS)];
        assert_eq!(
            (store.current(0).await, store.current(1).await),
            (first.to_vec(), first.to_vec()),
            "{}",
            store.kind
        );

        let more = HAZARDS.to_owned() + "B,CHA,2022,30\n";
        store.deliver(0, "h.csv", &more, "2026-02-01T00:00:00Z").await.unwrap().unwrap();
        let now = [pair("hazardous_area", &more), pair("land_release", RELEASES)];
        assert_eq!((store.current(0).await, store.current(1).await), (now.to_vec(), now.to_vec()), "{}", store.kind);
        let before = Key::file(&sha256(HAZARDS.as_bytes()), "h.csv").unwrap();
        assert_eq!(store.nodes[1].read(&before).await.unwrap(), HAZARDS.as_bytes(), "a lodged report may rest on it");
        assert_eq!(current(&store.nodes[1], examplia()).await.unwrap().len(), 2);
        assert!(current(&store.nodes[1], "NOR".parse().unwrap()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_same_delivery_twice_is_kept_once() {
    for store in stores() {
        assert!(store.deliver(0, "h.csv", HAZARDS, "2026-01-01T00:00:00Z").await.unwrap().is_some());
        assert!(store.deliver(1, "h.csv", HAZARDS, "2026-01-02T00:00:00Z").await.unwrap().is_none());
        assert_eq!(store.deliveries(0).await.len(), 1, "{}", store.kind);
        assert_eq!(store.files("objects").len(), 1, "{}", store.kind);
    }
}

#[tokio::test]
async fn two_nodes_that_deliver_at_one_moment_lose_nothing_and_agree_on_the_order() {
    for store in stores() {
        let at = "2026-01-01T00:00:00.123Z";
        let (one, other) =
            tokio::join!(store.deliver(0, "h.csv", HAZARDS, at), store.deliver(1, "r.csv", RELEASES, at));
        assert!(one.unwrap().is_some() && other.unwrap().is_some());
        let both = store.deliveries(0).await;
        assert_eq!((both.len(), store.deliveries(1).await), (2, both), "{}", store.kind);
        // And the same thing at both, as much at once as can be: it counts once.
        let more = HAZARDS.to_owned() + "C,CHA,2023,5\n";
        let (one, other) = tokio::join!(
            store.deliver(0, "more.csv", &more, "2026-01-02T00:00:00Z"),
            store.deliver(1, "more.csv", &more, "2026-01-02T00:00:00.5Z")
        );
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(store.deliveries(1).await.len(), 3, "{}", store.kind);
    }
}

#[tokio::test]
async fn what_is_delivered_later_counts_later_even_where_the_clock_is_behind() {
    for store in stores() {
        store.deliver(0, "h.csv", HAZARDS, "2026-06-01T00:00:00Z").await.unwrap().unwrap();
        let more = HAZARDS.to_owned() + "B,CHA,2022,30\n";
        let kept = store.deliver(1, "h.csv", &more, "2026-01-01T00:00:00Z").await.unwrap().unwrap();
        assert_eq!(kept.kept_at.to_string(), "2026-01-01T00:00:00Z", "what the clock said is kept as it said");
        assert_eq!(store.current(0).await, [pair("hazardous_area", &more)], "{}", store.kind);
    }
}

#[tokio::test]
async fn the_newest_mapping_counts_and_those_before_it_stay() {
    for store in stores() {
        let [one, other, _] = &store.nodes;
        assert_eq!(mapping(one, examplia(), &imsma()).await.unwrap(), None);
        for (node, toml, at) in [(one, "a = 1\n", "2026-01-02T00:00:00Z"), (other, "a = 2\n", "2026-01-01T00:00:00Z")] {
            keep_mapping(node, examplia(), &imsma(), toml, at.parse().unwrap()).await.unwrap();
            keep_mapping(node, examplia(), &imsma(), toml, at.parse().unwrap()).await.unwrap();
        }
        let newest = mapping(one, examplia(), &imsma()).await.unwrap().unwrap();
        assert_eq!(fs::read_to_string(newest).unwrap(), "a = 2\n", "{}", store.kind);
        assert_eq!(store.files("mappings").len(), 2, "{}", store.kind);
        store.deliver(0, "h.csv", HAZARDS, "2026-01-03T00:00:00Z").await.unwrap().unwrap();
        let held = current(other, examplia()).await.unwrap().remove(0).at_hand(other).await.unwrap();
        assert_eq!(fs::read_to_string(held.mapping.unwrap()).unwrap(), "a = 2\n", "{}", store.kind);
    }
}

#[tokio::test]
async fn a_damaged_object_is_refused_by_its_name() {
    for store in stores() {
        store.deliver(0, "h.csv", HAZARDS, "2026-01-01T00:00:00Z").await.unwrap().unwrap();
        let file = store.files("objects").remove(0);
        fs::write(&file, HAZARDS.replace("100", "900")).unwrap();
        let held = current_of(&store.nodes[1], examplia(), &imsma()).await.unwrap().remove(0);
        let name = format!("objects/{}/h.csv", held.file.sha256);
        let error = held.at_hand(&store.nodes[1]).await.unwrap_err().to_string();
        assert!(error.contains(&name) && error.contains("not what was put there"), "{}: {error}", store.kind);
        // Delivered again, it is not taken for whole.
        let error = store.deliver(1, "h.csv", HAZARDS, "2026-01-02T00:00:00Z").await.unwrap_err().to_string();
        assert!(error.contains(&name), "{}: {error}", store.kind);
        fs::remove_file(&file).unwrap();
        let held = current_of(&store.nodes[1], examplia(), &imsma()).await.unwrap().remove(0);
        let error = held.at_hand(&store.nodes[1]).await.unwrap_err().to_string();
        assert!(error.contains(&name) && error.contains("is not in"), "{}: {error}", store.kind);

        let delivery = store.files("deliveries").remove(0);
        let bytes = fs::read_to_string(&delivery).unwrap();
        fs::write(&delivery, bytes.replace("\"rows_read\":1", "\"rows_read\":2")).unwrap();
        let error = deliveries(&store.nodes[2], examplia(), &imsma()).await.unwrap_err().to_string();
        assert!(error.contains("deliveries/2026"), "{}: {error}", store.kind);
    }
}

#[tokio::test]
async fn a_file_keeps_its_name_whatever_is_in_it() {
    for store in stores() {
        for name in ["Поля №1 (100%+).csv", "a b&c=d#e?f.csv", "منطقة.csv", "%2e%2e.csv"] {
            let text = format!("{HAZARDS}{},SHA,2021,7\n", name.len());
            store.deliver(0, name, &text, "2026-01-01T00:00:00Z").await.unwrap().unwrap();
            let current = current_of(&store.nodes[1], examplia(), &imsma()).await.unwrap();
            assert_eq!(current[0].file.file, name, "{}", store.kind);
            let held = current[0].clone().at_hand(&store.nodes[1]).await.unwrap();
            assert_eq!(fs::read_to_string(&held.path).unwrap(), text, "{}", store.kind);
            assert_eq!(held.path.file_name().unwrap().to_str().unwrap(), name);
            let listed = store.nodes[1].names(crate::objects::FILES).await.unwrap();
            assert!(listed.iter().any(|key| key.path().ends_with(name)), "{}: {listed:?}", store.kind);
        }
    }
}

/// As the versions before wrote it.
fn earlier(store: &Store) -> PathBuf {
    let source = store.files.join("XXA/imsma");
    fs::create_dir_all(&source).unwrap();
    let mut lines = String::new();
    for (name, text, records, at) in [
        ("h.csv", HAZARDS, "hazardous_area", "2026-01-02T00:00:00Z"),
        ("r.csv", RELEASES, "land_release", "2026-01-01T00:00:00Z"),
    ] {
        let hash = sha256(text.as_bytes());
        let folder = store.files.join("objects").join(&hash);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), text).unwrap();
        let file = format!(
            "{{\"file\":\"{name}\",\"sha256\":\"{hash}\",\"records\":\"{records}\",\"rows_read\":1,\"rows_taken\":1}}"
        );
        lines += &["{\"kept_at\":\"", at, "\",\"files\":[", &file, "]}\n"].concat();
    }
    fs::write(source.join("deliveries.jsonl"), lines + "{\"kept_at\":\"2026-").unwrap();
    fs::write(source.join("mapping.before-1.toml"), "a = 1\n").unwrap();
    fs::write(source.join("mapping.toml"), "a = 2\n").unwrap();
    source.join("deliveries.jsonl")
}

#[tokio::test]
async fn lists_of_earlier_days_go_on_counting_and_a_line_cut_off_by_a_crash_was_never_a_delivery() {
    let store = stores().remove(0);
    let list = earlier(&store);
    let before = fs::read(&list).unwrap();
    assert_eq!(store.current(0).await, [pair("land_release", RELEASES), pair("hazardous_area", HAZARDS)]);
    let newest = mapping(&store.nodes[0], examplia(), &imsma()).await.unwrap().unwrap();
    assert_eq!(fs::read_to_string(newest).unwrap(), "a = 2\n");
    // The same again is still the same, and what comes now comes after.
    assert!(store.deliver(0, "r.csv", RELEASES, "2026-03-01T00:00:00Z").await.unwrap().is_none());
    let more = RELEASES.to_owned() + "S,2022,10\n";
    store.deliver(0, "r.csv", &more, "2026-03-01T00:00:00Z").await.unwrap().unwrap();
    assert_eq!(store.current(0).await, [pair("land_release", &more), pair("hazardous_area", HAZARDS)]);
    assert_eq!(store.deliveries(0).await.len(), 3);
    assert_eq!(fs::read(&list).unwrap(), before, "it is not written any more");
}

#[tokio::test]
async fn lists_of_earlier_days_are_moved_to_a_bucket_as_objects() {
    let mut stores = stores();
    let Some(bucket) = stores.pop().filter(|store| store.kind == "bucket") else { return };
    let store = stores.remove(0);
    earlier(&store);
    for key in store.nodes[0].names("").await.unwrap() {
        bucket.nodes[0].put(&key, &store.nodes[0].read(&key).await.unwrap()).await.unwrap();
    }
    assert_eq!(bucket.current(1).await, store.current(0).await);
    assert_eq!(bucket.deliveries(1).await, store.deliveries(0).await);
    assert_eq!(bucket.files("mappings").len(), 2);
}

#[tokio::test]
async fn a_damaged_list_names_its_line() {
    let store = stores().remove(0);
    fs::write(earlier(&store), "{}\n").unwrap();
    let error = deliveries(&store.nodes[0], examplia(), &imsma()).await.unwrap_err().to_string();
    assert!(error.contains("line 1"), "{error}");
}

#[test]
fn a_source_names_a_folder_and_nothing_else() {
    for bad in ["", "..", "a/b", "North", "-x", "a b"] {
        assert!(bad.parse::<Source>().is_err(), "{bad}");
    }
    assert_eq!("north-office_2".parse::<Source>().unwrap().to_string(), "north-office_2");
}
