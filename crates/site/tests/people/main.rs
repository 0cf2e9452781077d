//! People at the site: the walk over every address and every permission, the crawler, the headers, the way in, lodging.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used)] // a failure in a helper is a failure of the test

mod accounts;
mod browser;
mod crawl;
mod editions;
mod headers;
mod house;
mod identity;
mod lodging;
mod oracle;
mod walk;
