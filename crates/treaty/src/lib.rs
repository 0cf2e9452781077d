#![doc = include_str!("../README.md")]
//!
//! # Map: Article to module
//!
//! | Article | module |
//! | --- | --- |
//! | 4, stockpile destruction | [`article4`] |
//! | 5, mined areas | [`article5`] |
//! | 7, transparency | [`article7`] |
//! | 17, entry into force | [`article17`] |
//! | 20, withdrawal | [`article20`] |
//! | all duties of a State | [`owed`] |
//! | who stands where | [`status`] |
//! | General Assembly resolutions | [`resolution`] |
//! | what the public may be told in counts of people | [`disclosure`] |

pub mod act;
pub mod article17;
pub mod article20;
pub mod article4;
pub mod article5;
pub mod article7;
pub mod because;
pub mod date;
pub mod disclosure;
pub mod owed;
pub mod quantity;
mod refusal;
pub mod register;
pub mod resolution;
pub mod state;
mod state_file;
pub mod status;

#[cfg(test)]
mod testing;
