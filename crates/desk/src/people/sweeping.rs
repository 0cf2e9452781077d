//! The sweep of every day: what was kept about people long enough is erased, once for all nodes.

use std::time::Duration;

use jiff::Timestamp;
use people::{NewJob, People, Swept};
use serde_json::json;
use treaty::date::utc_date;

use super::personal_data;
use crate::error::DeskError;
use crate::store::Place;

/// The kind of its jobs.
const KIND: &str = "sweep";
/// How long one may take before another worker takes it.
const HOLD: Duration = Duration::from_mins(10);

/// Sweeps, if nobody did so today (UTC): the day is a job with a key of its own, and one worker gets it. What was erased;
/// `None` where another had the job, or has done it. Letters lie in a folder that each node has for itself, and sweeps itself.
///
/// # Errors
/// The queue or the folder cannot be read or written. A sweep that fails is no error: it is tried again later, and its job says why.
pub async fn sweep_due(
    people: &People,
    place: &Place,
    worker: &str,
    now: Timestamp,
) -> Result<Option<Vec<Swept>>, DeskError> {
    let today = NewJob { kind: KIND.to_owned(), key: format!("sweep/{}", utc_date(now)), body: json!({}), due: now };
    people.add_job(&today, now).await?;
    let mut swept = None;
    while let Some(job) = people.claim_job(KIND, worker, HOLD, now).await? {
        match people.sweep(true, now).await {
            Ok(found) => {
                people.finish_job(&job.id, worker, now).await?;
                swept = Some(found);
            }
            Err(error) => {
                people.fail_job(&job, worker, &error.to_string(), now).await?;
            }
        }
    }
    // A folder is no other node's business.
    personal_data::sweep_mail(place, true, now)?;
    Ok(swept)
}
