#![doc = include_str!("../README.md")]

mod addresses;
mod app;
mod areas;
mod asked;
mod chart;
mod cookies;
mod error;
mod fan;
mod forecast;
mod fresh;
mod gate;
mod home;
mod map;
pub mod operations;
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

pub use addresses::routes;
pub use app::App;
pub use forecast::picture as forecast_picture;
pub use fresh::router;
pub use operations::run as serve;
pub use rates::Rate;
pub use settings::Settings;
