//! What is printed, and how.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use desk::DeskError;
use desk::words::Reason;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

/// Work shorter than this shows no progress bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Prints a text. A reader that has gone away (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), DeskError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => {
            Err(DeskError::Write { path: "the output".into(), source })
        }
        _ => Ok(()),
    }
}

/// Prints JSON, indented, with a line feed at the end.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), DeskError> {
    let json = serde_json::to_string_pretty(value)
        .map_err(|error| DeskError::Write { path: "the output".into(), source: error.into() })?;
    print(&(json + "\n"))
}

/// Prints a complaint where complaints go.
pub(crate) fn complain(text: &str) {
    // With nowhere left to complain to, the exit code still tells.
    let _ = writeln!(io::stderr(), "mineban: {text}");
}

/// A derivation, a step a line, indented.
pub(crate) fn because(reasons: &[Reason], indent: &str, text: &mut String) {
    for reason in reasons {
        let article = reason.article.as_ref().map(|article| format!("[{article}] ")).unwrap_or_default();
        // Writing to a text cannot fail, here and below.
        let _ = writeln!(text, "{indent}{article}{}", reason.says);
    }
}

/// Rows as columns that align: the first column to the left, the others to the right.
pub(crate) fn table(rows: &[Vec<String>], text: &mut String) {
    let width = |cell: &str| cell.chars().count();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, wide)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(wide.saturating_sub(width(cell)));
            if column == 0 {
                let _ = write!(line, "{cell}{pad}");
            } else {
                let _ = write!(line, "  {pad}{cell}");
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// A progress bar on the error output that shows itself only when the work takes longer than a second.
pub(crate) struct Progress {
    begun: Instant,
    bar: RefCell<Option<ProgressBar>>,
    bytes: bool,
}

impl Progress {
    /// Of bytes.
    pub(crate) fn of_bytes() -> Self {
        Self { begun: Instant::now(), bar: RefCell::new(None), bytes: true }
    }

    /// Of things counted, without a known end.
    pub(crate) fn of_things() -> Self {
        Self { begun: Instant::now(), bar: RefCell::new(None), bytes: false }
    }

    /// How far the work is; `total` 0 when it is not known.
    pub(crate) fn at(&self, done: u64, total: u64) {
        if self.begun.elapsed() < PATIENCE {
            return;
        }
        let mut bar = self.bar.borrow_mut();
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let template = if self.bytes { "{bar:40} {bytes}/{total_bytes} {eta}" } else { "{spinner} {human_pos}" };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        });
        if total > 0 {
            bar.set_length(total);
        }
        bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.borrow().as_ref() {
            bar.finish_and_clear();
        }
    }
}
