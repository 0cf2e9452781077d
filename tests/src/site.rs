//! The site, asked over HTTP/1.1 as a browser asks it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::program::Room;

/// A running site. It is stopped with the value.
pub struct Site {
    child: Child,
    address: String,
}

/// What the site answered.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body, as it came over the line (compressed, if so asked).
    pub body: Vec<u8>,
}

impl Site {
    /// Starts a command that ends in serving, and waits until it says where.
    #[must_use]
    pub fn start(room: &Room, arguments: &[&str]) -> Self {
        Self::start_as(room.command(arguments))
    }

    /// Starts a command that was prepared in some way of its own, and waits until it says where it serves.
    #[must_use]
    pub fn start_as(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the site starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is read")).lines();
        let address = lines.find_map(|line| {
            let line = line.expect("its output is UTF-8");
            Some(line.split_once("http://")?.1.split('/').next()?.to_owned())
        });
        // What comes later is read and dropped, so that the site never waits for a reader.
        std::thread::spawn(move || lines.count());
        Self { child, address: address.expect("the site says where it is") }
    }

    /// Host and port.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The process's number.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Asks for an address.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    /// Asks for an address, with headers.
    #[must_use]
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        Answer::ask(&self.address, "GET", path, headers, "")
    }

    /// Asks for an address, with headers; nothing where the site is gone or goes away.
    #[must_use]
    pub fn try_get_with(&self, path: &str, headers: &[(&str, &str)]) -> Option<Answer> {
        let mut line = TcpStream::connect(&self.address).ok()?;
        line.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        line.write_all((request + "\r\n").as_bytes()).ok()?;
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).ok()?;
        answer.windows(4).any(|four| four == b"\r\n\r\n").then(|| Answer::parse(&answer))
    }

    /// Kills it at once: nothing can be tidied up.
    pub fn kill(mut self) {
        self.child.kill().expect("the site can be killed");
        self.child.wait().expect("the site ends");
    }

    /// Asks it to end, as `kill` does, and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        self.terminate();
        self.child.wait().expect("the site ends")
    }

    fn terminate(&self) {
        // A site that has ended already needs no signal.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).stderr(Stdio::null()).status();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Answer {
    /// Asks whoever listens at `address`.
    #[must_use]
    pub fn ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let mut line = TcpStream::connect(address).expect("somebody takes calls there");
        line.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        if !body.is_empty() {
            request.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        line.write_all((request + "\r\n" + body).as_bytes()).expect("the request is sent");
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).expect("the answer comes");
        Self::parse(&answer)
    }

    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has headers");
        let head = std::str::from_utf8(&bytes[..end]).expect("headers are text");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let body = &bytes[end + 4..];
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { whole(body) } else { body.to_vec() };
        Self { status: status.expect("an answer has a status"), headers, body }
    }

    /// A header, all of its lines joined.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let lines = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        lines.collect::<Vec<_>>().join(", ")
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }
}

/// A body that came in chunks.
fn whole(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length =
            std::str::from_utf8(&rest[..end]).ok().and_then(|text| usize::from_str_radix(text.trim(), 16).ok());
        let length = length.expect("a chunk says its length");
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
        if length == 0 {
            break;
        }
    }
    body
}
