//! The built program, run as a person runs it: typed words in, an exit code and two texts out.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The program: the one that `MINEBAN_BIN` names, else one built now beside the running test, once for each process.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os("MINEBAN_BIN").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    // The running test is TARGET/PROFILE/deps/NAME.
    let test = std::env::current_exe().expect("a running test knows its own file");
    let profile = test.ancestors().nth(2).expect("a test lies in TARGET/PROFILE/deps");
    let target = profile.parent().expect("a test lies in TARGET/PROFILE/deps");
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--package", "mineban", "--target-dir"]).arg(target);
    match profile.file_name().and_then(|name| name.to_str()) {
        None | Some("debug") => {}
        Some(other) => {
            build.args(["--profile", other]);
        }
    }
    // What a test runner says of the test would tell some build scripts that everything has changed: they would be built
    // anew for each side, in turns.
    let of_the_test =
        |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|sort| name.starts_with(sort));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_the_test)) {
        build.env_remove(name);
    }
    let done = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo runs");
    assert!(done.success(), "`cargo build --package mineban` failed");
    profile.join(format!("mineban{}", std::env::consts::EXE_SUFFIX))
}

/// What a command did.
pub struct Ran {
    /// The exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

/// Short, for what it printed may be long.
impl fmt::Debug for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printed: String = self.stdout.chars().take(600).collect();
        write!(f, "exit code {:?}, complaint {:?}, printed {printed:?}", self.code, self.stderr)
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("the output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("the complaints are UTF-8"),
        }
    }
}

impl Ran {
    /// The JSON that it printed.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// That it did not fall over: no panic, no backtrace, not killed.
    pub fn stood(&self) {
        assert!(matches!(self.code, Some(0..=2)), "exit code: {self:?}");
        for sign in ["panicked", "RUST_BACKTRACE", "stack backtrace", "unwrap()"] {
            assert!(!self.stderr.contains(sign), "fell over: {self:?}");
        }
    }

    /// That it refused, in one sentence that holds each of these words.
    pub fn refused(&self, words: &[&str]) {
        self.stood();
        assert!(matches!(self.code, Some(1 | 2)), "not refused: {self:?}");
        let begun = self.stderr.starts_with("mineban: ") || self.stderr.starts_with("error: ");
        assert!(begun && self.stderr.len() > 30, "no sentence: {self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "\"{word}\" is not said: {self:?}");
        }
    }
}

/// What a command did within bounds.
#[derive(Debug)]
pub struct Bounded {
    /// The exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// What it complained.
    pub complaint: String,
    /// How long it took.
    pub took: Duration,
    /// The most resident memory that it was seen to have, in kB.
    pub peak_kb: u64,
}

/// A fresh folder in which commands are run; it goes away with the value.
pub struct Room(TempDir);

impl Default for Room {
    fn default() -> Self {
        Self::new()
    }
}

impl Room {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// The room's folder, or something in it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.0.path().to_owned() } else { self.0.path().join(name) }
    }

    /// Puts a file there.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("a file in the room is written");
    }

    /// What a file there holds.
    #[must_use]
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// What a text file there holds.
    #[must_use]
    pub fn read_text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("the file is UTF-8")
    }

    /// A command, not run yet, free of the caller's settings.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MINEBAN_")) {
            command.env_remove(name);
        }
        // Only a test of its own watches the log, and waits for a load balancer to turn elsewhere.
        command.env("MINEBAN_LOG", "none").env("MINEBAN_DRAIN", "0").env_remove("RUST_BACKTRACE");
        command
    }

    /// Runs a command.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().expect("the program starts").into()
    }

    /// Runs a command under a limit of 2 GB of address space, for a minute at most. What it prints is dropped.
    #[must_use]
    pub fn bounded(&self, arguments: &[&str]) -> Bounded {
        let begun = Instant::now();
        let mut child = Command::new("sh")
            .args(["-c", "ulimit -v 2000000; exec \"$0\" \"$@\""])
            .arg(binary())
            .args(arguments)
            .current_dir(self.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let mut peak_kb = 0;
        let code = loop {
            if let Some(status) = child.try_wait().expect("the program is waited for") {
                break status.code();
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "{arguments:?} does not end");
            let about = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            let high =
                about.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse().ok());
            peak_kb = peak_kb.max(high.unwrap_or(0));
            std::thread::sleep(Duration::from_millis(2));
        };
        let took = begun.elapsed();
        let mut complaint = String::new();
        let mut said = child.stderr.take().expect("the complaints are read");
        said.read_to_string(&mut complaint).expect("the complaints are UTF-8");
        Bounded { code, complaint, took, peak_kb }
    }

    /// Runs a command that must end well.
    pub fn fine(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        ran.stood();
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        ran
    }

    /// The JSON of a command that must end well.
    #[must_use]
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.fine(&[arguments, &["--json"]].concat()).json()
    }

    /// Drafts Norway's annual report for a year, without field files, into `nor-YEAR.json`.
    pub fn draft_nor(&self, year: i16) -> String {
        let file = format!("nor-{year}.json");
        self.fine(&["draft", "NOR", &year.to_string(), "--out", &file]);
        file
    }

    /// A journal in the folder `data`: the founding acts and Norway's report for 2024.
    pub fn found(&self) {
        let report = self.draft_nor(2024);
        self.fine(&["lodge", &report, "--data", "data"]);
    }

    /// The journal's export; `None` where there is no folder of that name.
    #[must_use]
    pub fn export(&self, data: &str) -> Option<String> {
        self.path(data).exists().then(|| self.fine(&["journal", "export", "--data", data]).stdout)
    }

    /// Everything in the room but what comes and goes with the database's connections: each file's bytes by its path.
    #[must_use]
    pub fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        gather(self.0.path(), &mut found);
        found
    }
}

fn gather(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder is read").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let passing = ["lock", "journal.sqlite-wal", "journal.sqlite-shm"].iter().any(|passing| name == *passing);
        if path.is_dir() {
            gather(&path, found);
        } else if !passing {
            found.insert(path.clone(), fs::read(&path).expect("the file is read"));
        }
    }
}

/// The names of the acts in an export, in their order.
#[must_use]
pub fn act_ids(export: &str) -> Vec<String> {
    let line = |line: &str| serde_json::from_str::<Value>(line).expect("an export is lines of JSON");
    export.lines().map(line).filter_map(|line| Some(line.get("id")?.as_str()?.to_owned())).collect()
}

/// Copies a folder of files.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("the copy's folder is made");
    for entry in fs::read_dir(from).expect("the folder is read").flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).expect("the file is copied");
    }
}

/// The bytes with one of them changed.
#[must_use]
pub fn changed_byte(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    // A letter, a digit or a mark becomes its neighbour, so that a text stays a text.
    changed[at] ^= 1;
    changed
}

/// A ZIP archive of files with these names.
#[must_use]
pub fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a file in the archive");
        archive.write_all(bytes).expect("bytes go into memory");
    }
    archive.finish().expect("an archive in memory").into_inner()
}
