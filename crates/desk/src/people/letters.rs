//! Letters: what stands in them, and the worker that sends them.
//!
//! A letter waits as a job that names its kind and the person's opaque id. Text and link are made when it is sent: no
//! link that opens an account lies in a queue.

use std::time::Duration;

use jiff::Timestamp;
use people::{Job, Letter, People, PeopleError, PersonId, Post, Purpose};
use serde::{Deserialize, Serialize};
use treaty::because::Value;

use crate::error::DeskError;
use crate::words::{Lang, Words};

/// How long one letter may take before another worker takes it.
const HOLD: Duration = Duration::from_mins(2);

/// What a worker did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Letters sent.
    pub sent: u64,
    /// Letters that will be tried again.
    pub failed: u64,
    /// Letters to people who are not here any more.
    pub dropped: u64,
}

#[derive(Deserialize)]
struct Body {
    mail: String,
    person: PersonId,
}

/// Sends every letter that is due. `site` is the site's address for people, `worker` a name of this worker's own, and `clock`
/// is asked for each letter anew: a post that is slow must not make the claim on the next one look old.
///
/// # Errors
/// The tables cannot be read. A letter that cannot be sent is no error: it is tried again later.
pub async fn send_due(
    people: &People,
    post: &Post,
    site: &str,
    worker: &str,
    clock: impl Fn() -> Timestamp,
) -> Result<Sent, DeskError> {
    let mut done = Sent::default();
    while let Some(job) = people.claim_job("mail", worker, HOLD, clock()).await? {
        let now = clock();
        let sent = match letter(people, &job, site, now).await {
            Ok(Some(letter)) => post.send(&letter, now).await.map(|()| true).map_err(|error| error.to_string()),
            Ok(None) => Ok(false),
            Err(error) => Err(error.to_string()),
        };
        match sent {
            Ok(sent) => {
                people.finish_job(&job.id, worker, clock()).await?;
                if sent { done.sent += 1 } else { done.dropped += 1 }
            }
            Err(error) => {
                people.fail_job(&job, worker, &error, clock()).await?;
                done.failed += 1;
            }
        }
    }
    Ok(done)
}

/// The letter of a job; none when its reader is gone or needs it no more.
async fn letter(people: &People, job: &Job, site: &str, now: Timestamp) -> Result<Option<Letter>, DeskError> {
    let unreadable = || PeopleError::Unreadable { what: "a letter", value: job.id.0.clone() };
    let body: Body = serde_json::from_value(job.body.clone()).map_err(|_| unreadable())?;
    let purpose = Purpose::of_key(&body.mail).ok_or_else(unreadable)?;
    let person = match people.person(&body.person).await {
        Ok(person) if person.disabled_at.is_none() => person,
        Ok(_) | Err(PeopleError::NoSuchPerson(_)) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    if purpose == Purpose::Invitation && person.password {
        return Ok(None);
    }
    let link = people.link_to_mail(&body.person, purpose, now).await?;
    let words = Words::of(Lang::of_code(&person.language).unwrap_or_default());
    let link_address = address(site, purpose, link.token.reveal());
    let values = [
        ("name", Value::Text(person.name.clone())),
        ("link", Value::Text(link_address.clone())),
        ("until", Value::Text(link.expires.strftime("%Y-%m-%d %H:%M UTC").to_string())),
        ("site", Value::Text(site.to_owned())),
    ];
    let (subject, text) = match purpose {
        Purpose::Invitation => ("letter-invitation-subject", "letter-invitation"),
        Purpose::PasswordReset => ("letter-new-password-subject", "letter-new-password"),
    };
    Ok(Some(Letter {
        id: job.id.0.clone(),
        name: person.name,
        to: person.email,
        subject: words.with(subject, &values),
        text: bare(&words.with(text, &values), &link_address),
    }))
}

/// A text whose link stands bare: the marks of isolation that Arabic has around values would become part of it.
#[must_use]
pub fn bare(text: &str, link: &str) -> String {
    text.replace(&format!("\u{2068}{link}\u{2069}"), link)
}

/// The address that a link has on the site.
#[must_use]
pub fn address(site: &str, purpose: Purpose, token: &str) -> String {
    let site = site.trim_end_matches('/');
    match purpose {
        Purpose::Invitation => format!("{site}/invitations/{token}"),
        Purpose::PasswordReset => format!("{site}/password/{token}"),
    }
}
