//! `mineban serve`: the site.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use desk::rights::Tier;
use desk::{DeskError, Value, people, store};
use site::Settings;
use tokio::net::TcpListener;

use crate::cli::{Done, Given};
use crate::identity::Identity;
use crate::letters::Mail;
use crate::output;
use crate::running::{Running, stopped, told_again};
use crate::sweeping;

/// `serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Port; 0 takes a free one
    #[arg(long, short, default_value_t = 8080, env = "MINEBAN_PORT")]
    pub(crate) port: u16,
    /// Address to listen on; 0.0.0.0 for every one of this machine
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), env = "MINEBAN_ADDRESS")]
    pub(crate) address: IpAddr,
    /// Tier in which the outlines of areas and single findings stand here: public, states-parties,
    /// state-and-secretariat or state-alone; `mineban rights` says who sees each. Whoever does not see them gets counts
    /// in cells [alone, without a tier: public]
    #[arg(long, value_name = "TIER", value_parser = tier, num_args = 0..=1, default_value = "state-alone", default_missing_value = "public", env = "MINEBAN_PERIMETERS")]
    pub(crate) perimeters: Tier,
    /// A proxy whose word on a reader's address (X-Forwarded-For) counts; can be given more than once
    #[arg(long = "trusted-proxy", value_name = "ADDRESS", env = "MINEBAN_TRUSTED_PROXIES", value_delimiter = ',')]
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// The site's own address, as readers write it, scheme and host. With https, cookies are sent by TLS only
    #[arg(long, value_name = "URL", env = "MINEBAN_SITE", value_parser = own_address)]
    pub(crate) site: Option<String>,
    #[command(flatten)]
    pub(crate) running: Running,
    /// A list of breached passwords that nobody may use, in the format of Have I Been Pwned: a line SHA-1:COUNT for
    /// each, in order of the hash
    #[arg(long, value_name = "FILE", env = "MINEBAN_BREACHED_PASSWORDS")]
    pub(crate) breached_passwords: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) mail: Mail,
    #[command(flatten)]
    pub(crate) identity: Identity,
}

impl Serve {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        self.running.log.begin();
        let address = SocketAddr::new(self.address, self.port);
        let wrong = |source| DeskError::Listen { address: address.to_string(), source };
        let metrics = self.running.metrics().await?;
        let listener = TcpListener::bind(address).await.map_err(wrong)?;
        let bound = listener.local_addr().map_err(wrong)?;
        let journal = store::write(&given.place).await?;
        let url = format!("http://{bound}/");
        let people = people::open(&given.place, self.breached_passwords.as_deref()).await?;
        let settings = self.settings(bound);
        let identity = self.identity.settings(&settings.address)?;
        let letters = self.mail.start(given, people.clone(), &settings.address)?;
        let sweeping = sweeping::start(given, people.clone());
        tracing::info!(version = env!("CARGO_PKG_VERSION"), acts = journal.size(), "serving");
        if let Some(metrics) = metrics.as_ref().and_then(|metrics| metrics.listener.local_addr().ok()) {
            tracing::info!(address = %metrics, "metrics are given out");
        }
        output::print(&(given.words.with("site-is-at", &[("address", Value::Text(url))]) + "\n"))?;
        let app = site::App::new(journal, given.place.clone(), settings);
        let app = app.with_people(people.clone()).with_objects(given.objects.clone());
        let app = identity.into_iter().fold(app, site::App::with_identity_provider);
        // Where nobody waits for it (no systemd), nobody is told.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        let served = site::serve(listener, app, self.running.limits(), metrics, stopped(), told_again());
        let served = served.await.map_err(wrong);
        // A letter that is under way is sent again by the next worker; its name stays the same.
        letters.abort();
        sweeping.abort();
        people.close().await;
        served?;
        Ok(Done::Fine)
    }
}

impl Serve {
    fn settings(&self, bound: SocketAddr) -> Settings {
        let address = self.site.clone().unwrap_or_else(|| format!("http://{bound}"));
        Settings {
            perimeters: self.perimeters,
            behind_tls: address.starts_with("https://"),
            trusted_proxies: self.trusted_proxies.clone(),
            address,
        }
    }
}

fn tier(text: &str) -> Result<Tier, String> {
    Tier::of_key(text).ok_or_else(|| format!("write one of {}", Tier::ALL.map(Tier::key).join(", ")))
}

fn own_address(text: &str) -> Result<String, String> {
    let bare = text.trim_end_matches('/');
    let host = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://"));
    let plain = |host: &str| {
        !host.is_empty() && host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter))
    };
    if host.is_some_and(plain) {
        Ok(bare.to_owned())
    } else {
        Err("write scheme and host, as in https://mineban.example".to_owned())
    }
}
