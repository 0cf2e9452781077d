//! `/administration/jobs`: the work in the background.

use axum::extract::State;
use axum::http::StatusCode;
use desk::rights::subject::Job as JobSubject;
use desk::rights::verb::{Administer, List};
use maud::html;
use people::{JobFilter, JobId, JobState};

use super::minute;
use crate::app::App;
use crate::asked::Asked;
use crate::door::{after, ours, people};
use crate::forms::{Answered, Proof, answer, button};
use crate::page::table;
use crate::routes::Granted;
use crate::sent::Sent;

const HEADS: [&str; 5] = ["job-kind", "job-state", "job-tries", "job-due", "job-error"];

pub(crate) async fn list(granted: Granted<List, JobSubject>, State(app): State<App>, asked: Asked) -> Answered {
    let people = people(&app, &asked)?;
    let (jobs, counts) = (people.jobs(&JobFilter::default()).await, people.count_jobs().await);
    let (Ok(jobs), Ok(counts)) = (jobs, counts) else { return Err(ours(&asked)) };
    let (words, proof) = (asked.words, Proof::of(granted.who()));
    let state = |state: JobState| words.text(&format!("job-{}", state.key()));
    let body = html! {
        h1 { (words.text("jobs-title")) }
        dl.figures { @for (of, count) in counts { div { dt { (state(of)) } dd { (words.count(count)) } } } }
        @if jobs.is_empty() { p { (words.text("jobs-none")) } } @else {
            (table(words, &HEADS, &html! { @for job in &jobs { tr {
                    th scope="row" { code { (job.kind) } }
                    td {
                        (state(job.state)) " "
                        @if matches!(job.state, JobState::Failed | JobState::Waiting) {
                            (button(&asked, "/administration/jobs", &proof, "job-again", &[("job", &job.id.0)]))
                        }
                    }
                    td.figure data-label=(words.text("job-tries")) { (words.count(job.tries)) }
                    td data-label=(words.text("job-due")) { (minute(job.due)) }
                    td { @if let Some(error) = &job.error { (error) } }
                } } }))
        }
    };
    Ok(answer(&app, &asked, StatusCode::OK, &words.text("jobs-title"), &proof, &body))
}

pub(crate) async fn retry(
    granted: Granted<Administer, JobSubject>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    let people = people(&app, &asked)?;
    let done = people.retry_job(&JobId(sent.field("job").to_owned()), granted.who().now).await;
    after(&asked, "/administration/jobs", &done)
}
