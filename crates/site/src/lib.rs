#![doc = include_str!("../README.md")]

mod app;
mod areas;
mod asked;
mod chart;
mod error;
mod fan;
mod forecast;
mod home;
mod map;
mod page;
mod privacy;
mod report;
mod report_sections;
mod resolution;
mod shelf;
mod states;

use std::future::Future;

pub use app::{App, router};
pub use forecast::picture as forecast_picture;
use tokio::net::TcpListener;

/// Serves the site on a listener until `stop` completes; requests under way are answered first.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(app)).with_graceful_shutdown(stop).await
}
