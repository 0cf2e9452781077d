//! Wall time, processor time and memory of this process, as Linux tells them.

use std::time::Instant;

use serde_json::{Value, json};

/// Measures from now on.
#[derive(Debug)]
pub struct Usage {
    started: Instant,
    cpu_s: f64,
}

impl Usage {
    /// Starts to measure.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), cpu_s: cpu_seconds().unwrap_or(f64::NAN) }
    }

    /// Wall and processor seconds since the start.
    #[must_use]
    pub fn so_far(&self) -> (f64, f64) {
        (self.started.elapsed().as_secs_f64(), cpu_seconds().unwrap_or(f64::NAN) - self.cpu_s)
    }

    /// `wall_s`, `cpu_s` and `peak_mb` (the most memory that the process ever held), for the report.
    #[must_use]
    pub fn report(&self) -> Value {
        let (wall, cpu) = self.so_far();
        json!({ "wall_s": wall, "cpu_s": cpu, "peak_mb": peak_mb() })
    }
}

/// Processor seconds of all threads of this process, ended ones too.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold blanks; fields 14 and 15 of proc(5) are user and system time in 1/100 s.
    let after_name = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// `VmHWM` of proc(5) in MB of a million bytes; `None` where there is no `/proc`.
#[must_use]
pub fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}
