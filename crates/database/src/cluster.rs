//! A real PostgreSQL for tests: its own cluster in a temporary folder, on a socket there, gone when dropped.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::Connection as _;
use tempfile::TempDir;

use crate::address::Address;

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    server: Child,
    made: AtomicU32,
}

/// Debian's folder, and whatever is on the path.
fn program(name: &str) -> PathBuf {
    let debian = Path::new("/usr/lib/postgresql/15/bin").join(name);
    if debian.exists() { debian } else { PathBuf::from(name) }
}

/// PostgreSQL refuses to run as root; then it runs as nobody.
fn command(name: &str) -> Command {
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| {
        use std::os::unix::fs::MetadataExt as _;
        me.uid() == 0
    });
    if !root {
        return Command::new(program(name));
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=QUIT"]).arg(program(name));
    command
}

impl Cluster {
    /// Makes and starts a cluster. Takes about two seconds.
    ///
    /// # Errors
    /// PostgreSQL 15 is not installed (Debian: `apt-get install postgresql-15`), or does not start.
    pub fn start() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("mineban-postgres-").tempdir()?;
        // Whoever the server runs as must get in and write.
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777))?;
        let data = folder.path().join("data");
        let mut made = command("initdb");
        made.arg("-D").arg(&data).args(["-U", "mineban", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        let made = made.current_dir(folder.path()).output()?;
        if !made.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&made.stderr).into_owned()));
        }
        let log = std::fs::File::create(folder.path().join("log"))?;
        let mut server = command("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(folder.path());
        server.args(["-h", "", "-c", "fsync=off", "-c", "max_connections=100"]).current_dir(folder.path());
        let server = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let cluster = Self { folder, server, made: AtomicU32::new(0) };
        cluster.wait()
    }

    fn wait(self) -> io::Result<Self> {
        for _ in 0..200 {
            let asked =
                Command::new(program("pg_isready")).arg("-h").arg(self.folder.path()).stdout(Stdio::null()).status();
            if asked?.success() {
                return Ok(self);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.path().join("log"))?;
        Err(io::Error::other(format!("PostgreSQL does not start: {log}")))
    }

    fn url(&self, database: &str) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://mineban@{socket}/{database}")
    }

    /// A new, empty database.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn database(&self) -> Result<Address, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let name = format!("test{}", self.made.fetch_add(1, Ordering::Relaxed));
        let mut connection = sqlx::AnyConnection::connect(&self.url("postgres")).await?;
        // The name is made here, of a word and a number.
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
        connection.close().await?;
        Ok(Address::Postgres(self.url(&name)))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // At once, but so that it takes its shared memory with it.
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}
