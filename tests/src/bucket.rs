//! A real S3 server for tests: crates.io's s3s-fs, which checks signatures and keeps objects as files.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const VERSION: &str = "0.14.1";
const NAME: &str = "fields";
const KEY: &str = "KEYOFTESTS";
const SECRET: &str = "the-secret-of-the-tests";

/// A running server with one bucket. It is stopped and removed with the value.
#[derive(Debug)]
pub struct Bucket {
    folder: TempDir,
    port: u16,
    server: Mutex<Option<Child>>,
}

/// The server's program, built on first use; `None`, said plainly, where it cannot be.
///
/// Tests run side by side, each in a process of its own: the first builds while the others wait, and the folder has its
/// name only once it is whole.
fn program() -> Option<PathBuf> {
    // The running test is TARGET/PROFILE/deps/NAME.
    let test = std::env::current_exe().expect("a running test knows its own file");
    let all = test.ancestors().nth(3).expect("a test lies in TARGET/PROFILE/deps").join("tmp");
    fs::create_dir_all(&all).expect("a folder for what tests share");
    let turn = File::create(all.join("s3s-fs.lock")).expect("a lock");
    turn.lock().expect("a turn");
    let folder = all.join(format!("s3s-fs-{VERSION}"));
    let program = folder.join("bin/s3s-fs");
    if program.exists() {
        return Some(program);
    }
    let begun = tempfile::tempdir_in(&all).expect("a folder");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["install", "s3s-fs", "--version", VERSION, "--features", "binary", "--locked", "--debug", "--quiet"]);
    cargo.arg("--root").arg(begun.path()).arg("--target-dir").arg(begun.path().join("target"));
    // What was set for the build of these tests is not for it.
    let built = cargo.env_remove("RUSTFLAGS").current_dir(begun.path()).status();
    if !built.is_ok_and(|status| status.success()) {
        eprintln!("NOT TESTED: the S3 server s3s-fs {VERSION} cannot be built here");
        return None;
    }
    fs::remove_dir_all(begun.path().join("target")).expect("what it was built from is removed");
    fs::rename(begun.keep(), &folder).expect("the program gets its place");
    Some(program)
}

impl Bucket {
    /// Starts a server; `None` where there is none.
    pub fn start() -> Option<Self> {
        let program = program()?;
        let folder = tempfile::Builder::new().prefix("mineban-s3-").tempdir().expect("a folder");
        fs::create_dir(folder.path().join(NAME)).expect("a bucket");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("a free port").port();
        drop(free);
        let bucket = Self { folder, port, server: Mutex::new(None) };
        bucket.run_as(&program);
        Some(bucket)
    }

    /// Starts the server again after [`Bucket::kill`], at the same address.
    pub fn run(&self) {
        self.run_as(&program().expect("it was built before"));
    }

    fn run_as(&self, program: &Path) {
        let mut server = Command::new("setpriv");
        // It ends with the test, however that ends.
        server.arg("--pdeathsig=KILL").arg(program).args(["--host", "127.0.0.1", "--port", &self.port.to_string()]);
        server.args(["--access-key", KEY, "--secret-key", SECRET]).arg(self.folder.path());
        let server = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        *self.server.lock().expect("no test panicked here") = Some(server.expect("the server starts"));
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the S3 server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the server at once. Its objects stay.
    pub fn kill(&self) {
        if let Some(mut server) = self.server.lock().expect("no test panicked here").take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    /// The port of this machine that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a folder in the bucket.
    pub fn address(&self, folder: &str) -> String {
        format!("s3://{NAME}/{folder}")
    }

    /// What a program must know to get in.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        Self::variables_at(self.port)
    }

    /// The same, by a line to it on another port.
    pub fn variables_at(port: u16) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
        ]
    }

    /// The file that an object lies in, or the folder that holds some.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(NAME).join(name)
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.kill();
    }
}
