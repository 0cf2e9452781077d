//! Shared helpers of the whole-program tests: the built program in a room of its own, the real field files, and the site.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a helper that cannot do its part fails the test, and says so; often the doing is all that is wanted"
)]

mod bucket;
mod disk;
mod field;
mod postgres;
mod program;
mod site;
mod told;

pub use bucket::Bucket;
pub use disk::Disk;
pub use field::field_data;
pub use postgres::{Cluster, Passing, Proxy};
pub use program::{Bounded, Ran, Room, act_ids, binary, changed_byte, copy_folder, zipped};
pub use site::{Answer, Site};
pub use told::{Feature, Told, metres, same_ground};

/// The six languages of the United Nations, with the direction in which each is written.
pub const LANGUAGES: [(&str, &str); 6] =
    [("ar", "rtl"), ("zh", "ltr"), ("en", "ltr"), ("fr", "ltr"), ("ru", "ltr"), ("es", "ltr")];
