//! A real PostgreSQL for tests: a cluster of its own in a temporary folder, and a line to it that can be cut.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A running cluster. It is stopped and removed with the value.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    port: u16,
    server: Mutex<Option<Child>>,
    databases: AtomicU32,
}

/// One of the server's programs, from Debian's folder or the path.
fn program(name: &str) -> PathBuf {
    let newest = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = newest.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists()).max();
    found.unwrap_or_else(|| name.into())
}

/// The server refuses to run as root; it runs as nobody then. It ends with the test, however that ends.
fn unprivileged(name: &str) -> Command {
    let mut command = Command::new("setpriv");
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    command.arg("--pdeathsig=QUIT").arg(program(name)).stdin(Stdio::null());
    command
}

impl Default for Cluster {
    fn default() -> Self {
        Self::start()
    }
}

impl Cluster {
    /// Makes and starts a cluster, which takes a second or two.
    pub fn start() -> Self {
        Self::start_in(&std::env::temp_dir())
    }

    /// The same in a folder, on a disk of its own say.
    pub fn start_in(place: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("mineban-postgres-").tempdir_in(place).expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("whoever the server is gets in");
        let mut made = unprivileged("initdb");
        made.arg("-D").arg(folder.path().join("data")).current_dir(folder.path());
        made.args(["-U", "mineban", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--data-checksums"]);
        let made = made.output().expect("PostgreSQL is installed (./test installs it)");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("a free port").port();
        drop(free);
        let cluster = Self { folder, port, server: Mutex::new(None), databases: AtomicU32::new(0) };
        cluster.run();
        cluster
    }

    /// Starts the server, after [`Cluster::kill`] too, and waits until it answers.
    pub fn run(&self) {
        let log = fs::File::options().create(true).append(true).open(self.folder.path().join("log")).expect("a log");
        let mut server = unprivileged("postgres");
        server.arg("-D").arg(self.data()).arg("-k").arg(self.folder.path()).args(["-h", "127.0.0.1", "-p"]);
        server.arg(self.port.to_string()).args([
            "-c",
            "max_connections=200",
            "-c",
            "shared_buffers=16MB",
            "-c",
            "max_wal_size=32MB",
            "-c",
            "min_wal_size=32MB",
        ]);
        let server = server.current_dir(self.folder.path()).stdout(Stdio::null()).stderr(log).spawn();
        *self.server.lock().expect("no test panicked here") = Some(server.expect("the server starts"));
        let begun = Instant::now();
        while self.psql("postgres", "SELECT 1").is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends the server at once and without tidying up: it recovers when it is run again.
    pub fn kill(&self) {
        if let Some(mut server) = self.server.lock().expect("no test panicked here").take() {
            // SIGQUIT: its children go with it, and nothing is written any more.
            let _ = Command::new("kill").args(["-QUIT", &server.id().to_string()]).status();
            let _ = server.wait();
        }
    }

    /// The folder of the data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the server noted.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The port of this machine that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database and returns its address.
    pub fn database(&self) -> String {
        let name = format!("room{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}")).expect("a database is made");
        self.address(&name)
    }

    /// The address of a database.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://mineban@127.0.0.1:{}/{database}", self.port)
    }

    /// Sends a statement as the owner of the database, and returns what it prints.
    ///
    /// # Errors
    /// The complaint.
    pub fn psql(&self, database: &str, statement: &str) -> Result<String, String> {
        let database = database.rsplit('/').next().unwrap_or(database);
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "mineban", "-d", database, "-p"]);
        psql.arg(self.port.to_string()).arg("-h").arg(self.folder.path()).arg("-c").arg(statement);
        let done = psql.output().expect("psql is installed (./test installs it)");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a [`Proxy`] does with what goes through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// Hands it on.
    All,
    /// Takes it and hands nothing on, in either direction, and says nothing: a cable pulled out.
    Nothing,
    /// Hands on what the client sends and closes the line before the answer to its next commit, or its next PUT.
    NoAnswerToCommit,
}

/// A line to a server that can be cut, slowed and mended. Connections go through it one by one.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    passing: AtomicU8,
    /// Milliseconds that every piece of an answer is held back.
    delay: AtomicU64,
    cut: AtomicU32,
}

impl State {
    fn passing(&self) -> Passing {
        match self.passing.load(Ordering::SeqCst) {
            0 => Passing::All,
            1 => Passing::Nothing,
            _ => Passing::NoAnswerToCommit,
        }
    }
}

impl Proxy {
    /// A line to a port of this machine.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let here = listener.local_addr().expect("a free port").port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || {
                    if let Ok(server) = TcpStream::connect(("127.0.0.1", port)) {
                        carry(&client, &server, &state);
                    }
                });
            }
        });
        Self { port: here, state }
    }

    /// The port of this line.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database, through this line.
    pub fn address(&self, direct: &str) -> String {
        let database = direct.rsplit('/').next().unwrap_or_default();
        format!("postgres://mineban@127.0.0.1:{}/{database}", self.port)
    }

    /// From now on.
    pub fn pass(&self, passing: Passing) {
        self.state.passing.store(passing as u8, Ordering::SeqCst);
    }

    /// Holds every piece of an answer back for so long.
    pub fn delay(&self, delay: Duration) {
        self.state.delay.store(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// How many commits were left without an answer.
    pub fn commits_unanswered(&self) -> u32 {
        self.state.cut.load(Ordering::SeqCst)
    }
}

/// The simple query with which a transaction is ended: the letter, the length, the word and a zero.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

fn carry(client: &TcpStream, server: &TcpStream, state: &Arc<State>) {
    let lost = Arc::new(AtomicU8::new(0));
    let there = (client.try_clone(), server.try_clone());
    let (Ok(client_too), Ok(server_too)) = there else { return };
    let (shared, seen) = (Arc::clone(state), Arc::clone(&lost));
    std::thread::spawn(move || {
        pump(&client_too, &server_too, &shared, |piece| {
            let commit = piece.windows(COMMIT.len()).any(|window| window == COMMIT) || piece.starts_with(b"PUT ");
            if commit && shared.passing() == Passing::NoAnswerToCommit {
                seen.store(1, Ordering::SeqCst);
                shared.cut.fetch_add(1, Ordering::SeqCst);
            }
            true
        });
    });
    pump(server, client, state, |_| {
        std::thread::sleep(Duration::from_millis(state.delay.load(Ordering::SeqCst)));
        lost.load(Ordering::SeqCst) == 0
    });
}

/// Carries bytes one way until an end closes, or `goes_on` says no: then both ends are closed.
fn pump(mut from: &TcpStream, mut to: &TcpStream, state: &State, mut goes_on: impl FnMut(&[u8]) -> bool) {
    let mut piece = [0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        while state.passing() == Passing::Nothing {
            std::thread::sleep(Duration::from_millis(20));
        }
        if !goes_on(&piece[..length]) || to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    for end in [from, to] {
        let _ = end.shutdown(Shutdown::Both);
    }
}
