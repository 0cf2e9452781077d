//! The sweep of every day that `mineban serve` does by itself.

use std::time::Duration;

use desk::Timestamp;
use desk::people::{People, sweeping};
use tokio::task::JoinHandle;

use crate::cli::Given;
use crate::output;

/// Between two looks at whether a new day has begun.
const PAUSE: Duration = Duration::from_mins(10);

/// Starts the worker, until it is aborted. Of several nodes, one sweeps on each day.
pub(crate) fn start(given: &Given, people: People) -> JoinHandle<()> {
    let place = given.place.clone();
    // Unlike those of other nodes, and of an earlier start of this one.
    let worker = format!("{}-{}", std::process::id(), given.now.as_nanosecond());
    tokio::spawn(async move {
        loop {
            match sweeping::sweep_due(&people, &place, &worker, Timestamp::now()).await {
                Ok(Some(swept)) => {
                    let erased: u64 = swept.iter().map(|swept| swept.count).sum();
                    tracing::info!(erased, "what was kept about people long enough is erased");
                }
                Ok(None) => {}
                // A database that is away for a while is no reason to stop: the day's job waits.
                Err(error) => output::complain(&format!("the sweep waits: {error}")),
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
}
