//! The letters that `mineban serve` sends: by a mail server, or into the folder `mail` beside the journal.

use std::time::Duration;

use clap::Args;
use desk::people::{People, Post, letters, mail_folder};
use desk::{DeskError, Timestamp};
use tokio::task::JoinHandle;

use crate::cli::Given;
use crate::output;

/// Between two looks at the queue.
const PAUSE: Duration = Duration::from_secs(5);

/// Where letters come from and go to.
#[derive(Debug, Args)]
pub(crate) struct Mail {
    /// Mail server, as in `smtps://user:password@mail.example.org` or `smtp://mail.example.org:587?tls=required`; without
    /// one, letters go into the folder `mail` beside the journal
    #[arg(long, value_name = "ADDRESS", env = "MINEBAN_SMTP", hide_env_values = true)]
    pub(crate) smtp: Option<String>,
    /// Sender of letters
    #[arg(long, value_name = "ADDRESS", env = "MINEBAN_MAIL_FROM", default_value = "mineban@localhost")]
    pub(crate) mail_from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self { smtp: None, mail_from: "mineban@localhost".to_owned() }
    }
}

impl Mail {
    /// Starts the worker that sends letters, until it is aborted. `site` is the address that their links lead to.
    pub(crate) fn start(&self, given: &Given, people: People, site: &str) -> Result<JoinHandle<()>, DeskError> {
        let post = Post::new(self.smtp.as_deref(), &self.mail_from, &mail_folder(&given.place))?;
        let site = site.to_owned();
        // Unlike those of other nodes, and of an earlier start of this one.
        let worker = format!("{}-{}", std::process::id(), given.now.as_nanosecond());
        Ok(tokio::spawn(async move {
            loop {
                // A database that is away for a while is no reason to stop: the letters wait.
                if let Err(error) = letters::send_due(&people, &post, &site, &worker, Timestamp::now).await {
                    output::complain(&format!("letters wait: {error}"));
                }
                tokio::time::sleep(PAUSE).await;
            }
        }))
    }
}
