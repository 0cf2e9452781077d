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
pub mod operations;
mod page;
mod report;
mod report_sections;
mod resolution;
mod shelf;
mod states;

pub use app::{App, router};
pub use forecast::picture as forecast_picture;
pub use operations::run as serve;
