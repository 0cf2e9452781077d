//! What those who run the site need: whether it is alive and ready, its figures, a line in the log for each request, and
//! an end without a request cut off.
//!
//! **The rule for logs and figures:** nothing that a caller sends is written down. A line or a label names the *template*
//! of the route (`/states/{state}`), never the address asked for, its query, a header, a body, or where the call came from.

mod health;
mod metrics;
mod running;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use health::{alive, ready};
pub(crate) use metrics::Metrics;
pub use metrics::{MetricsListener, MetricsToken, TokenTooShort};
pub use running::{Ended, Limits, Stop, run};
pub(crate) use watch::{catch_panics, watch, without_route};

/// What is known of the running site; one for each process.
pub(crate) struct Operations {
    pub(crate) metrics: Metrics,
    checks: health::Checks,
    stopping: AtomicBool,
}

impl Operations {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { metrics: Metrics::new(), checks: health::Checks::default(), stopping: AtomicBool::new(false) })
    }

    /// From now on the site says that it is not ready, and closes each connection with its answer.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}
