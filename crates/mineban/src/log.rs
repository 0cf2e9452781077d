//! The log of a running site: a line for each thing that happened, on the error output.
//!
//! Only our own crates are heard: what a library says might quote what a caller sent.

use std::io;

use clap::ValueEnum;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Log {
    /// Lines for people
    Text,
    /// A JSON object a line
    Json,
    /// None
    None,
}

/// The crates whose words go into the log.
const HEARD: [&str; 8] = ["mineban", "site", "desk", "people", "database", "journal", "intake", "land"];

impl Log {
    /// Begins the log; once for each process.
    pub(crate) fn begin(self) {
        let heard = || Targets::new().with_targets(HEARD.map(|name| (name, Level::INFO)));
        // A second beginning changes nothing.
        let _ = match self {
            Self::None => return,
            Self::Text => {
                registry().with(heard()).with(layer().with_writer(io::stderr).with_ansi(false).compact()).try_init()
            }
            Self::Json => {
                let lines = layer().json().flatten_event(true).with_span_list(false).with_writer(io::stderr);
                registry().with(heard()).with(lines).try_init()
            }
        };
        // What a panic says may quote anything, so only its place is told.
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "a defect: please report it");
        }));
    }
}
