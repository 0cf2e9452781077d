#![doc = include_str!("../README.md")]

mod account;
mod addresses;
mod administration;
mod app;
mod areas;
mod asked;
mod chart;
mod cookies;
mod door;
mod error;
mod fan;
mod forecast;
mod forms;
mod fresh;
mod gate;
mod home;
mod invited;
mod lodging;
mod map;
mod page;
mod rates;
mod report;
mod report_sections;
mod resolution;
mod rights;
pub mod routes;
mod secret;
mod sent;
mod settings;
mod shelf;
mod states;
mod who;

use std::future::Future;
use std::net::SocketAddr;

pub use addresses::routes;
pub use app::App;
pub use forecast::picture as forecast_picture;
pub use fresh::router;
pub use rates::Rate;
pub use settings::Settings;
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
    let live = app.live();
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let served = async { axum::serve(listener, service).with_graceful_shutdown(stop).await };
    tokio::select! {
        served = served => served,
        never = live.follow() => match never {},
    }
}
