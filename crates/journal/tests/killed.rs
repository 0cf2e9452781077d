//! Killed without warning while it appends, a journal keeps every act that it acknowledged, once, in one order.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use journal::{Access, Journal, Location};
use treaty::act::{Act, ActId, Deed};
use whole_program::Cluster;

const ORIGIN: &str = "mineban.example/journal";
const KILLS: u32 = 100;
/// So many kills, and a fresh journal is begun: what is tested is the killing, and not a long journal.
const KILLS_OF_A_JOURNAL: u32 = 25;

fn act(name: &str, number: u64) -> Act {
    // Long enough that a transaction is several pages.
    let plan = format!("plan {number} {}", "of invented text ".repeat(usize::try_from(number % 200).unwrap()));
    let deed = Deed::ActionPlanAdopted { plan, meeting: "4RC".into(), from_year: 2020, to_year: 2024 };
    Act {
        id: ActId(format!("{name}/{number}")),
        effective_on: "2019-11-29".parse().unwrap(),
        recorded_at: "2026-11-23T08:00:00Z".parse().unwrap(),
        source: "invented".into(),
        note: None,
        deed,
    }
}

fn location(folder: &Path, address: Option<&str>) -> Location {
    address.map_or_else(|| Location::folder(folder), |address| Location::postgres(folder, address).unwrap())
}

/// Appends without end, and says which act is acknowledged where. It is started by the tests below, which kill it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "is run by the tests beside it, in a process of its own"]
async fn appends_until_it_is_killed() {
    let Ok(given) = std::env::var("MINEBAN_APPENDS") else { return };
    let given: Vec<&str> = given.split('\n').collect();
    let [folder, address, name, from] = given[..] else { panic!("four words are given") };
    let location = location(Path::new(folder), Some(address).filter(|address| !address.is_empty()));
    let mut journal = Journal::open(location, Access::Write).await.unwrap();
    let mut number: u64 = from.parse().unwrap();
    loop {
        let acts: Vec<Act> = (number..number + 1 + number % 3).map(|number| act(name, number)).collect();
        let answers = journal.append(&acts, &[]).await.unwrap();
        let mut told = String::new();
        for (act, answer) in acts.iter().zip(answers) {
            told += &format!("\nacknowledged {} {} {}\n", act.id, answer.index, answer.already);
        }
        std::io::stdout().write_all(told.as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
        number += acts.len() as u64;
    }
}

/// What was acknowledged: each act's position.
#[derive(Default)]
struct Told {
    positions: HashMap<String, u64>,
    already: u64,
    /// The next number of each process.
    next: HashMap<String, u64>,
}

struct Appender {
    name: String,
    process: Child,
    reader: JoinHandle<()>,
}

impl Appender {
    fn start(folder: &Path, address: Option<&str>, name: &str, told: &Arc<Mutex<Told>>) -> Self {
        let from = told.lock().unwrap().next.get(name).copied().unwrap_or(0);
        let given = [folder.to_str().unwrap(), address.unwrap_or(""), name, &from.to_string()].join("\n");
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["appends_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
            .env("MINEBAN_APPENDS", given)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (told, of) = (Arc::clone(told), name.to_owned());
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let words: Vec<&str> = line.split(' ').collect();
                // A line that was cut off is no acknowledgement.
                let ["acknowledged", id, index, already @ ("true" | "false")] = words[..] else { continue };
                let mut told = told.lock().unwrap();
                let index: u64 = index.parse().unwrap();
                let before = told.positions.insert(id.to_owned(), index);
                assert!(before.is_none_or(|before| before == index), "{id} moved");
                told.already += u64::from(already == "true");
                let number: u64 = id.rsplit('/').next().unwrap().parse().unwrap();
                told.next.insert(of.clone(), number + 1);
            }
        });
        Self { name: name.to_owned(), process, reader }
    }

    /// SIGKILL: nothing can be tidied up.
    fn kill(mut self) -> String {
        self.process.kill().unwrap();
        let ended = self.process.wait().unwrap();
        assert!(ended.code().is_none(), "it ended by itself before it was killed: {ended}");
        self.reader.join().unwrap();
        self.name
    }
}

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Kills one of several appending processes at random moments and starts it again. Acts acknowledged, and repeats that
/// were there already.
async fn killed_at_random(cluster: Option<&Cluster>, processes: u64, chance: &mut Chance) -> (u64, u64) {
    let (mut acts, mut already) = (0, 0);
    for _ in 0..KILLS / KILLS_OF_A_JOURNAL {
        let folder = tempfile::tempdir().unwrap();
        let address = cluster.map(Cluster::database);
        let address = address.as_deref();
        Journal::create(location(folder.path(), address), ORIGIN).await.unwrap().close().await;
        let told = Arc::new(Mutex::new(Told::default()));
        let start = |name: &str| Appender::start(folder.path(), address, name, &told);
        let mut running: Vec<Appender> = (0..processes).map(|number| start(&format!("process-{number}"))).collect();
        for _ in 0..KILLS_OF_A_JOURNAL {
            let one = running.remove(usize::try_from(chance.below(processes)).unwrap());
            // Some are killed while they start, most while they append.
            let known = told.lock().unwrap().positions.len();
            for _ in 0..200 {
                if told.lock().unwrap().positions.len() > known {
                    break;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_micros(chance.below(60_000)));
            let name = one.kill();
            running.push(start(&name));
        }
        for one in running {
            drop(one.kill());
        }
        let (kept, repeated) = check(&location(folder.path(), address), &told.lock().unwrap()).await;
        acts += kept;
        already += repeated;
    }
    (acts, already)
}

/// Every act that was acknowledged is there once, at its place, and the journal verifies.
async fn check(location: &Location, told: &Told) -> (u64, u64) {
    let journal = Journal::open(location.clone(), Access::Write).await.unwrap();
    let verified = journal.verify().await.unwrap();
    assert_eq!(verified.acts, journal.size());
    let mut seen: HashMap<&str, u64> = HashMap::new();
    let acts = journal.acts();
    for (position, act) in (0_u64..).zip(acts.iter()) {
        assert!(seen.insert(&act.id.0, position).is_none(), "{} is there twice", act.id);
    }
    for (id, position) in &told.positions {
        assert_eq!(seen.get(id.as_str()), Some(position), "{id} was acknowledged and is not there");
    }
    // Of each process: without a gap, and at most the acts of one append that were not acknowledged.
    assert!(journal.size() >= told.positions.len() as u64);
    journal.close().await;
    (told.positions.len() as u64, told.already)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_kills_of_a_process_that_appends_to_a_folder_lose_nothing() {
    let (acts, already) = killed_at_random(None, 1, &mut Chance(75)).await;
    println!(
        "SQLite: {KILLS} kills, {acts} acts acknowledged, {already} repeats were there already: lost 0, doubled 0"
    );
    assert!(acts > u64::from(KILLS), "too little was appended to speak of load");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_kills_among_three_processes_that_append_to_a_database_lose_nothing() {
    let cluster = Cluster::start();
    let (acts, already) = killed_at_random(Some(&cluster), 3, &mut Chance(52)).await;
    println!(
        "PostgreSQL: {KILLS} kills, {acts} acts acknowledged, {already} repeats were there already: lost 0, doubled 0"
    );
    assert!(acts > u64::from(KILLS), "too little was appended to speak of load");
}
