//! The running site against its own description: schemathesis sends it thousands of requests that nobody thought of.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::path::PathBuf;
use std::process::Command;

use whole_program::{Room, Site};

/// Pinned: another version has other ideas.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// The tool, in a venv beside the build, made once. `Err` says why it cannot be had.
fn schemathesis() -> Result<PathBuf, String> {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("schemathesis-4.32.5");
    let tool = place.join("bin/schemathesis");
    let works = || Command::new(&tool).arg("--version").output().is_ok_and(|ran| ran.status.success());
    if works() {
        return Ok(tool);
    }
    let ran = |program: &str, arguments: &[&str]| match Command::new(program).args(arguments).output() {
        Ok(ran) if ran.status.success() => Ok(()),
        Ok(ran) => Err(format!("{program}: {}", String::from_utf8_lossy(&ran.stderr).trim())),
        Err(error) => Err(format!("{program}: {error}")),
    };
    let folder = place.to_str().expect("a plain path");
    ran("python3", &["-m", "venv", "--clear", folder])?;
    let pip = place.join("bin/pip");
    ran(pip.to_str().expect("a plain path"), &["install", "-q", "--disable-pip-version-check", SCHEMATHESIS])?;
    if works() { Ok(tool) } else { Err("it was installed and does not run".to_owned()) }
}

#[test]
fn schemathesis_finds_no_failure() {
    let tool = match schemathesis() {
        Ok(tool) => tool,
        Err(why) => {
            println!("NOT RUN: schemathesis cannot be installed here: {why}");
            return;
        }
    };
    let room = Room::new();
    let report = room.draft_nor(2025);
    room.fine(&["lodge", &report, "--data", "data"]);
    let site = Site::start(&room, &["serve", "--port", "0", "--data", "data"]);
    let url = format!("http://{}", site.address());
    let mut run = Command::new(tool);
    run.args([
        "run",
        &format!("{url}/openapi.json"),
        "--url",
        &url,
        "--checks",
        "all",
        "--phases",
        "examples,coverage,fuzzing",
    ]);
    // The same requests in every run; what it learns from one run must not change the next.
    run.args(["--max-examples", "20", "--seed", "19970918", "--generation-database", "none", "--workers", "2"]);
    // Limits by address are tested where they stand; here the answer 429 would hide the others.
    run.args(["--continue-on-failure", "--no-color", "--suppress-health-check", "all"]);
    let ran = run.current_dir(room.path(".")).output().expect("schemathesis runs");
    let told = String::from_utf8_lossy(&ran.stdout);
    let summary: Vec<&str> = told.lines().rev().take(40).collect();
    println!("{}", summary.into_iter().rev().collect::<Vec<_>>().join("\n"));
    assert!(ran.status.success(), "schemathesis found failures:\n{told}\n{}", String::from_utf8_lossy(&ran.stderr));
    assert!(told.contains("passed"), "nothing was tested:\n{told}");
    assert_eq!(site.get("/healthz").status, 200, "the site goes on");
}
