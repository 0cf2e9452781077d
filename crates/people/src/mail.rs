//! Letters: by SMTP, or into a folder where no mail server is set.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

/// How long a mail server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A letter to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// What makes it the same as another one: the name of its job.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({})", self.id)
    }
}

/// Why a letter was not sent. Names no person.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The sender is no address.
    #[error("the sender's address \"{0}\" cannot be used: write it as in Mine Ban <mineban@example.org>")]
    Sender(String),
    /// The mail server's address cannot be read.
    #[error("the mail server's address cannot be used ({0}): write it as in smtps://user:password@mail.example.org")]
    Server(String),
    /// The letter cannot be written.
    #[error("the letter cannot be written: {0}")]
    Letter(String),
    /// The mail server did not take it.
    #[error("the mail server did not take the letter: {0}")]
    NotTaken(String),
    /// The folder cannot be written.
    #[error("{} cannot be written: {source}", .path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// Where letters go.
pub struct Post {
    from: Mailbox,
    way: Way,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.way {
            Way::Smtp(_) => f.write_str("Post(SMTP)"),
            Way::Folder(path) => write!(f, "Post({})", path.display()),
        }
    }
}

impl Post {
    /// By the server of an address such as `smtps://user:password@mail.example.org` or
    /// `smtp://mail.example.org:587?tls=required`; without one, into a folder.
    ///
    /// # Errors
    /// The server's or the sender's address cannot be used.
    pub fn new(smtp: Option<&str>, from: &str, folder: &Path) -> Result<Self, MailError> {
        let from = from.parse().map_err(|_| MailError::Sender(from.to_owned()))?;
        let way = match smtp {
            None => Way::Folder(folder.to_owned()),
            Some(address) => {
                // What is wrong may be the password, so the address is not repeated.
                let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(address);
                let server = server.map_err(|_| MailError::Server("it is no address".to_owned()))?;
                Way::Smtp(server.timeout(Some(PATIENCE)).build())
            }
        };
        Ok(Self { from, way })
    }

    /// Sends a letter. Sent twice, it has the same name: mail programs show it once.
    ///
    /// # Errors
    /// The server did not take it, or the folder cannot be written.
    pub async fn send(&self, letter: &Letter, now: Timestamp) -> Result<(), MailError> {
        let unfit = |error: &dyn std::fmt::Display| MailError::Letter(error.to_string());
        let address = letter.to.parse().map_err(|_| MailError::Letter("its address is none".to_owned()))?;
        let domain = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(letter.name.clone()), address))
            .subject(&letter.subject)
            .message_id(Some(format!("<{}@{domain}>", letter.id)))
            .date(SystemTime::from(now))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|error| unfit(&error))?;
        match &self.way {
            Way::Smtp(server) => match server.send(message).await {
                Ok(_) => Ok(()),
                // What a server answers may hold the address that it refused.
                Err(error) => Err(MailError::NotTaken(error.to_string().replace(&letter.to, "the address"))),
            },
            Way::Folder(folder) => write(folder, &letter.id, &message.formatted(), now),
        }
    }
}

/// Writes a letter for its owner's eyes only, whole or not at all.
fn write(folder: &Path, id: &str, bytes: &[u8], now: Timestamp) -> Result<(), MailError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| MailError::Folder { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let name: String = id.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let path = folder.join(format!("{}-{name}.eml", now.strftime("%Y%m%dT%H%M%SZ")));
    let unfinished = path.with_extension("unfinished");
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&unfinished).map_err(failed(&unfinished))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed(&unfinished))?;
    std::fs::rename(&unfinished, &path).map_err(failed(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            id: "job1".to_owned(),
            name: "Ада Квист".to_owned(),
            to: "ada@example.org".to_owned(),
            subject: "Приглашение".to_owned(),
            text: "Добро пожаловать.\nhttps://example.org/invitations/abc\n".to_owned(),
        }
    }

    #[tokio::test]
    async fn without_a_mail_server_letters_go_into_a_folder_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let mail = folder.path().join("mail");
        let post = Post::new(None, "Mine Ban <mineban@example.org>", &mail).unwrap();
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        post.send(&letter(), now).await.unwrap();
        post.send(&letter(), now).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(&mail).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files, [mail.join("20261123T120000Z-job1.eml")]);
        let text = std::fs::read_to_string(&files[0]).unwrap();
        assert!(text.contains("Message-ID: <job1@example.org>") && text.contains("<ada@example.org>"), "{text}");
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_wrong_with_a_mail_server_is_said_without_its_password() {
        let folder = Path::new("mail");
        let error = Post::new(Some("smtqs://ada:secret@mail"), "mineban@example.org", folder).unwrap_err().to_string();
        assert!(!error.contains("secret") && error.contains("smtps://"), "{error}");
        assert!(Post::new(None, "no address", folder).is_err());
        assert!(!format!("{:?}", letter()).contains("ada"));
    }

    /// A server that speaks just enough of RFC 5321 to be handed a letter.
    async fn server(answer_to_rcpt: &'static str) -> (std::net::SocketAddr, tokio::task::JoinHandle<String>) {
        use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let (mut lines, mut heard, mut data) = (BufReader::new(read).lines(), String::new(), false);
            write.write_all(b"220 here\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                heard.push_str(&line);
                heard.push('\n');
                let answer = match line.as_str() {
                    "." => {
                        data = false;
                        "250 taken\r\n"
                    }
                    _ if data => continue,
                    "DATA" => {
                        data = true;
                        "354 go on\r\n"
                    }
                    "QUIT" => "221 bye\r\n",
                    line if line.starts_with("RCPT") => answer_to_rcpt,
                    _ => "250 fine\r\n",
                };
                write.write_all(answer.as_bytes()).await.unwrap();
            }
            heard
        });
        (address, heard)
    }

    #[tokio::test]
    async fn a_letter_is_handed_to_the_mail_server() {
        let (address, heard) = server("250 fine\r\n").await;
        let post = Post::new(Some(&format!("smtp://{address}")), "mineban@example.org", Path::new("mail")).unwrap();
        post.send(&letter(), "2026-11-23T12:00:00Z".parse().unwrap()).await.unwrap();
        drop(post);
        let heard = heard.await.unwrap();
        assert!(
            heard.contains("RCPT TO:<ada@example.org>") && heard.contains("Message-ID: <job1@example.org>"),
            "{heard}"
        );
    }

    #[tokio::test]
    async fn what_a_mail_server_refuses_is_said_without_the_address() {
        let (address, _heard) = server("550 no mailbox ada@example.org here\r\n").await;
        let post = Post::new(Some(&format!("smtp://{address}")), "mineban@example.org", Path::new("mail")).unwrap();
        let error = post.send(&letter(), "2026-11-23T12:00:00Z".parse().unwrap()).await.unwrap_err().to_string();
        assert!(error.contains("550") || error.contains("no mailbox"), "{error}");
        assert!(!error.contains("ada@example.org"), "{error}");
    }
}
