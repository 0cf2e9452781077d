#![doc = include_str!("../README.md")]

mod app;
mod asked;
mod chart;
mod error;
mod home;
mod map;
mod page;
mod report;
mod report_sections;
mod resolution;
mod states;

use std::future::Future;

pub use app::{App, router};
use tokio::net::TcpListener;

/// Serves the site on a listener until `stop` completes; requests under way are answered first.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    journal: desk::Journal,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(App::new(journal))).with_graceful_shutdown(stop).await
}
