//! Letters: made when they are sent, in the reader's language, with a link that works.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::path::Path;

use database::Address;
use desk::people::{NewPerson, People, Post, letters};
use desk::{Lang, Timestamp};
use people::{JobFilter, JobState, Letter, Purpose};

const SITE: &str = "https://mineban.example/";

fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

async fn open(folder: &Path) -> People {
    People::open(&Address::File(folder.join("people.sqlite"))).await.unwrap()
}

fn somebody(language: &str) -> NewPerson {
    let email = format!("ada-{language}@example.org");
    NewPerson { name: "Ada Quist".to_owned(), email, language: language.to_owned(), ..NewPerson::default() }
}

/// The texts of the letters in the folder, decoded as mail programs do.
fn letters_in(folder: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    files.map(|file| decoded(&std::fs::read_to_string(file.unwrap().path()).unwrap())).collect()
}

fn decoded(letter: &str) -> String {
    use base64::Engine as _;
    let (head, body) = letter.split_once("\r\n\r\n").unwrap();
    if head.contains("base64") {
        let bytes = base64::engine::general_purpose::STANDARD.decode(body.replace("\r\n", "")).unwrap();
        return String::from_utf8(bytes).unwrap();
    }
    if !head.contains("quoted-printable") {
        return body.to_owned();
    }
    let body = body.replace("=\r\n", "");
    let (mut bytes, mut at) = (Vec::new(), 0);
    while at < body.len() {
        if body.as_bytes()[at] == b'=' {
            bytes.push(u8::from_str_radix(&body[at + 1..at + 3], 16).unwrap());
            at += 3;
        } else {
            bytes.push(body.as_bytes()[at]);
            at += 1;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn an_invitation_is_written_in_the_readers_language_and_its_link_opens() {
    let folder = tempfile::tempdir().unwrap();
    let people = open(folder.path()).await;
    for lang in Lang::ALL {
        let mail = folder.path().join(lang.code());
        let post = Post::new(None, "mineban@example.org", &mail).unwrap();
        let person = people.invite(None, &somebody(lang.code()), noon()).await.unwrap().person;
        people.mail_link(&person, Purpose::Invitation, noon()).await.unwrap();
        let sent = letters::send_due(&people, &post, SITE, "w", noon).await.unwrap();
        assert_eq!((sent.sent, sent.failed), (1, 0));
        let text = letters_in(&mail).remove(0);
        let line = text.lines().map(str::trim).find(|line| line.contains("://mineban.example/invitations/")).unwrap();
        // Alone on its line, and nothing before or behind it that would become part of it.
        let token = line.strip_prefix("https://mineban.example/invitations/").unwrap();
        assert_eq!(people.invitation(token, noon()).await.unwrap().person, person, "{}", lang.code());
        assert!(!text.contains("letter-"), "no words for it in {}: {text}", lang.code());
    }
}

#[tokio::test]
async fn no_link_lies_in_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    let people = open(folder.path()).await;
    let invitation = people.invite(None, &somebody("en"), noon()).await.unwrap();
    people.mail_link(&invitation.person, Purpose::Invitation, noon()).await.unwrap();
    let jobs = people.jobs(&JobFilter::default()).await.unwrap();
    let text = format!("{} {}", jobs[0].key, jobs[0].body);
    assert!(!text.contains("ada") && !text.contains(invitation.token.reveal()), "{text}");
}

#[tokio::test]
async fn a_letter_that_cannot_be_sent_is_tried_again_later() {
    let folder = tempfile::tempdir().unwrap();
    let people = open(folder.path()).await;
    let person = people.invite(None, &somebody("en"), noon()).await.unwrap().person;
    people.mail_link(&person, Purpose::Invitation, noon()).await.unwrap();
    // Nobody listens there.
    let post = Post::new(Some("smtp://127.0.0.1:9"), "mineban@example.org", Path::new("unused")).unwrap();
    let sent = letters::send_due(&people, &post, SITE, "w", noon).await.unwrap();
    assert_eq!((sent.sent, sent.failed), (0, 1));
    let jobs = people.jobs(&JobFilter::default()).await.unwrap();
    assert_eq!(jobs[0].state, JobState::Waiting);
    let error = jobs[0].error.clone().unwrap();
    assert!(error.contains("mail server") && !error.contains("ada"), "{error}");
    let mail = folder.path().join("mail");
    let post = Post::new(None, "mineban@example.org", &mail).unwrap();
    assert_eq!(letters::send_due(&people, &post, SITE, "w", noon).await.unwrap().sent, 0, "not due yet");
    let later = noon() + std::time::Duration::from_secs(30);
    assert_eq!(letters::send_due(&people, &post, SITE, "w", || later).await.unwrap().sent, 1);
    assert_eq!(letters_in(&mail).len(), 1);
}

#[tokio::test]
async fn whoever_is_gone_or_in_already_gets_no_letter() {
    let folder = tempfile::tempdir().unwrap();
    let people = open(folder.path()).await;
    let mail = folder.path().join("mail");
    let post = Post::new(None, "mineban@example.org", &mail).unwrap();
    let accepted = people.invite(None, &somebody("en"), noon()).await.unwrap();
    people.mail_link(&accepted.person, Purpose::Invitation, noon()).await.unwrap();
    people.accept(accepted.token.reveal(), "four wet boots hum", noon()).await.unwrap();
    let disabled = people.invite(None, &somebody("fr"), noon()).await.unwrap().person;
    people.mail_link(&disabled, Purpose::Invitation, noon()).await.unwrap();
    people.disable(None, &disabled, noon()).await.unwrap();
    let sent = letters::send_due(&people, &post, SITE, "w", noon).await.unwrap();
    assert_eq!((sent.sent, sent.dropped, sent.failed), (0, 2, 0));
    assert!(letters_in(&mail).is_empty());
}

#[test]
fn a_letter_does_not_show_its_reader_in_logs() {
    let letter = Letter {
        id: "job".to_owned(),
        name: "Ada Quist".to_owned(),
        to: "ada@example.org".to_owned(),
        subject: String::new(),
        text: String::new(),
    };
    assert!(!format!("{letter:?}").contains("Ada"));
}
