//! How the site runs: its log, its metrics, its limits, and how it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use desk::DeskError;
use site::operations::{Limits, MetricsListener, MetricsToken, Stop};
use tokio::net::TcpListener;

use crate::log::Log;

/// How it runs.
#[derive(Debug, Args)]
pub(crate) struct Running {
    /// The form of the log, on the error output; never what a caller sent
    #[arg(long, value_enum, default_value_t = Log::Text, env = "MINEBAN_LOG")]
    pub(crate) log: Log,
    /// Address and port of the metrics for Prometheus, as in 127.0.0.1:9464 [default: none]
    #[arg(long, value_name = "ADDRESS:PORT", env = "MINEBAN_METRICS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// File with the token that opens the metrics; needed when their address can be reached from other machines
    #[arg(long, value_name = "FILE", env = "MINEBAN_METRICS_TOKEN_FILE")]
    pub(crate) metrics_token_file: Option<PathBuf>,
    /// Seconds to say "not ready" after SIGTERM before no more connections are taken
    #[arg(long, value_name = "SECONDS", default_value_t = 2, env = "MINEBAN_DRAIN")]
    pub(crate) drain: u64,
    /// Seconds that the requests under way may take when the site stops
    #[arg(long, value_name = "SECONDS", default_value_t = 20, env = "MINEBAN_FINISH")]
    pub(crate) finish: u64,
    /// Connections at a time; more wait their turn
    #[arg(long, value_name = "COUNT", default_value_t = 4096, env = "MINEBAN_CONNECTIONS",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) connections: u32,
}

impl Running {
    /// For the demonstration: one reader, who wants to read what was typed.
    pub(crate) fn quiet() -> Self {
        Self { log: Log::None, metrics: None, metrics_token_file: None, drain: 0, finish: 20, connections: 4096 }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            drain: Duration::from_secs(self.drain),
            finish: Duration::from_secs(self.finish),
            connections: self.connections as usize,
            ..Limits::default()
        }
    }

    /// Listens for whoever collects the metrics. An address that other machines reach needs a token.
    pub(crate) async fn metrics(&self) -> Result<Option<MetricsListener>, DeskError> {
        let Some(address) = self.metrics else { return Ok(None) };
        let token = match &self.metrics_token_file {
            None if address.ip().is_loopback() => None,
            None => {
                return Err(DeskError::Setting(format!(
                    "metrics on {address} could be read from other machines; name a file with a token \
                     (--metrics-token-file), or listen on 127.0.0.1"
                )));
            }
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|source| DeskError::Read { path: path.clone(), source })?;
                let wrong = |error| DeskError::Setting(format!("{}: {error}", path.display()));
                Some(MetricsToken::new(&text).map_err(wrong)?)
            }
        };
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| DeskError::Listen { address: address.to_string(), source })?;
        Ok(Some(MetricsListener { listener, token }))
    }
}

/// Waits for Ctrl-C, or to be told to stop.
pub(crate) async fn stopped() -> Stop {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let stop = {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            // Without that signal, Ctrl-C still stops the program.
            let _ = interrupt.await;
            return Stop::Now;
        };
        tokio::select! { _ = interrupt => Stop::Now, _ = terminate.recv() => Stop::Drain }
    };
    #[cfg(not(unix))]
    let stop = {
        let _ = interrupt.await;
        Stop::Now
    };
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    stop
}

/// Waits to be told once more: whoever says so twice wants no waiting.
pub(crate) async fn told_again() {
    // What is left to wait for is the same; only the second word counts.
    let _ = stopped().await;
}
