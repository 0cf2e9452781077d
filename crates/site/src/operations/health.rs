//! `/healthz`: is the program alive? `/readyz`: can it answer as it should, and if not, why not?
//!
//! Reasons are fixed words: no path, no name, no figure. Details for the operator are in the log and in the metrics.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::rights::{subject::Program, verb::See};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::app::App;
use crate::asked::json_text;
use crate::routes::Granted;

/// What was found is good for this long, so that nobody makes the disk work by asking.
const FRESH: Duration = Duration::from_secs(1);

/// A check that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Below this the next act might not fit, and the site says that it is not ready, in bytes.
const LEAST_FREE: u64 = 16 * 1024 * 1024;

/// The answer to `/readyz`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Readiness {
    ready: bool,
    checks: Vec<Check>,
}

/// One thing looked at.
#[derive(Clone, Debug, Serialize)]
struct Check {
    #[serde(rename = "check")]
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl Check {
    fn of(name: &'static str, found: Result<(), &'static str>) -> Self {
        Self { name, ok: found.is_ok(), reason: found.err() }
    }
}

/// What was found last, and when.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    at: Instant,
    /// Acts in the journal, where it could be read.
    pub(crate) acts: Option<u64>,
    /// Acts that the register lacks.
    pub(crate) behind: Option<u64>,
    /// Since when the register has been known to lack none; `None` before it was first found so.
    pub(crate) level_at: Option<Instant>,
    /// Bytes free where the data lie, where the system tells.
    pub(crate) disk_free: Option<u64>,
    checks: Vec<Check>,
}

/// The last findings.
#[derive(Default)]
pub(crate) struct Checks(Mutex<Option<Found>>);

impl Checks {
    /// Looks, unless somebody has just looked; whoever asks meanwhile waits for that.
    pub(crate) async fn look(&self, app: &App) -> Found {
        let mut last = self.0.lock().await;
        if let Some(found) = last.as_ref().filter(|found| found.at.elapsed() < FRESH) {
            return found.clone();
        }
        let level_before = last.as_ref().and_then(|found| found.level_at);
        let (journal, acts) = look_at_journal(app).await;
        let behind = acts.map(|acts| acts.saturating_sub(app.size()));
        let folder = app.folder().to_owned();
        let disk = timeout(PATIENCE, tokio::task::spawn_blocking(move || look_at_disk(&folder))).await;
        let (disk, disk_free) = match disk {
            Ok(Ok(found)) => found,
            Ok(Err(_)) => (Err("not-writable"), None),
            Err(_) => (Err("slow"), None),
        };
        let objects = look_at_objects(app).await;
        let register = match (app.size(), behind) {
            (0, _) => Err("empty"),
            (_, Some(1..)) => Err("behind"),
            _ => Ok(()),
        };
        let level_at = if behind == Some(0) { Some(Instant::now()) } else { level_before };
        let checks = vec![
            Check::of("journal", journal),
            Check::of("register", register),
            Check::of("disk", disk),
            Check::of("objects", objects),
        ];
        let found = Found { at: Instant::now(), acts, behind, level_at, disk_free, checks };
        last.insert(found).clone()
    }
}

async fn look_at_journal(app: &App) -> (Result<(), &'static str>, Option<u64>) {
    let Some(journal) = app.store.journal.as_ref() else { return (Err("none"), None) };
    match timeout(PATIENCE, journal.newest_size()).await {
        Ok(Ok(acts)) => (Ok(()), Some(acts)),
        Ok(Err(error)) => {
            tracing::error!(%error, "the journal cannot be read");
            (Err("unreadable"), None)
        }
        Err(_) => (Err("slow"), None),
    }
}

async fn look_at_objects(app: &App) -> Result<(), &'static str> {
    match timeout(PATIENCE, app.objects().answers()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(problem)) => {
            tracing::error!(%problem, "the object store cannot be used");
            Err("unreachable")
        }
        Err(_) => {
            tracing::error!(store = %app.objects(), "the object store does not answer");
            Err("unreachable")
        }
    }
}

/// Writes a page, sees it reach the disk, and takes it away again.
fn look_at_disk(folder: &Path) -> (Result<(), &'static str>, Option<u64>) {
    let free = free_space(folder);
    if free.is_some_and(|free| free < LEAST_FREE) {
        return (Err("full"), free);
    }
    let trial = Trial(folder.join(format!(".trial-{}", std::process::id())));
    let written = fs::File::create(&trial.0).and_then(|mut file| {
        file.write_all(&[0; 4096])?;
        file.sync_all()
    });
    let reason = written.map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "full",
        io::ErrorKind::ReadOnlyFilesystem => "read-only",
        _ => "not-writable",
    });
    (reason, free)
}

/// A file that is gone with the value.
struct Trial(PathBuf);

impl Drop for Trial {
    fn drop(&mut self) {
        // Where it was never made, there is nothing to take away.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let told = rustix::fs::statvfs(folder).ok()?;
    Some(told.f_bavail.saturating_mul(told.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

/// `/healthz`: whoever gets this answer talks to a living program. Nothing is looked at.
pub(crate) async fn alive(_: Granted<See, Program>) -> Response {
    told(StatusCode::OK, &serde_json::json!({ "alive": true }))
}

/// `/readyz`
pub(crate) async fn ready(_: Granted<See, Program>, State(app): State<App>) -> Response {
    let stopping = app.operations.is_stopping();
    let mut checks = vec![Check::of("running", if stopping { Err("stopping") } else { Ok(()) })];
    checks.extend(app.operations.checks.look(&app).await.checks);
    let ready = checks.iter().all(|check| check.ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    told(status, &Readiness { ready, checks })
}

fn told(status: StatusCode, what: &impl Serialize) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, json_text(what)).into_response()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_can_be_written_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (found, free) = look_at_disk(folder.path());
        assert_eq!(found, Ok(()));
        assert!(free.is_none_or(|free| free >= LEAST_FREE));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_not_writable() {
        let folder = tempfile::tempdir().unwrap();
        let (found, _) = look_at_disk(&folder.path().join("gone"));
        assert_eq!(found, Err("not-writable"));
    }
}
