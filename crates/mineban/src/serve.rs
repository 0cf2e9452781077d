//! `mineban serve`: the site.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use desk::areas::Sight;
use desk::{DeskError, Value, people, store};
use tokio::net::TcpListener;

use crate::cli::{Done, Given};
use crate::letters::Mail;
use crate::output;

/// `serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Port; 0 takes a free one
    #[arg(long, short, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Address to listen on; 0.0.0.0 for every one of this machine
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) address: IpAddr,
    /// Show the outlines of areas and each finding to whoever reaches the site; without it, counts in cells of a
    /// twentieth of a degree
    #[arg(long)]
    pub(crate) perimeters: bool,
    /// A list of breached passwords that nobody may use, in the format of Have I Been Pwned: a line SHA-1:COUNT for
    /// each, in order of the hash
    #[arg(long, value_name = "FILE", env = "MINEBAN_BREACHED_PASSWORDS")]
    pub(crate) breached_passwords: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) mail: Mail,
}

impl Serve {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let address = SocketAddr::new(self.address, self.port);
        let wrong = |source| DeskError::Listen { address: address.to_string(), source };
        let listener = TcpListener::bind(address).await.map_err(wrong)?;
        let bound = listener.local_addr().map_err(wrong)?;
        let journal = store::write(&given.place).await?;
        let url = format!("http://{bound}/");
        let people = people::open(&given.place, self.breached_passwords.as_deref()).await?;
        let letters = self.mail.start(given, people.clone(), &url)?;
        output::print(&(given.words.with("site-is-at", &[("address", Value::Text(url))]) + "\n"))?;
        let sight = if self.perimeters { Sight::Perimeters } else { Sight::Generalised };
        let app = site::App::new(journal, given.place.clone(), sight);
        let served = site::serve(listener, app, stopped()).await.map_err(wrong);
        // A letter that is under way is sent again by the next worker; its name stays the same.
        letters.abort();
        people.close().await;
        served?;
        Ok(Done::Fine)
    }
}

/// Waits for Ctrl-C, or to be told to stop.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            // Without that signal, Ctrl-C still stops the program.
            let _ = interrupt.await;
            return;
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
