//! `mineban health`: is the site ready? For container health checks and scripts; no other program is needed.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use clap::Args;
use desk::DeskError;

use crate::cli::Done;
use crate::output;

/// How long the site may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// `health`
#[derive(Debug, Args)]
pub(crate) struct Health {
    /// Address and port of the site
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", env = "MINEBAN_HEALTH")]
    site: SocketAddr,
}

impl Health {
    pub(crate) fn run(&self) -> Result<Done, DeskError> {
        let wrong = |source| DeskError::NoAnswer { address: self.site.to_string(), source };
        let (status, body) = self.ask().map_err(wrong)?;
        output::print(&format!("{}\n", body.trim_end()))?;
        Ok(if status == 200 { Done::Fine } else { Done::Findings })
    }

    /// Status and body of `/readyz`.
    fn ask(&self) -> std::io::Result<(u16, String)> {
        let mut line = TcpStream::connect_timeout(&self.site, PATIENCE)?;
        line.set_read_timeout(Some(PATIENCE))?;
        line.write_all(format!("GET /readyz HTTP/1.0\r\nHost: {}\r\n\r\n", self.site).as_bytes())?;
        let mut answer = String::new();
        // What answers there need not be ours.
        line.take(64 * 1024).read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        status.zip(body).ok_or_else(|| std::io::Error::other("what answers there is no site"))
    }
}
