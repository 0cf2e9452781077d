//! What whoever runs the site decides.

use std::net::IpAddr;

use desk::rights::Tier;

/// How the site is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// In which tier the outlines of areas stand here. The table of rights says who sees that tier.
    pub perimeters: Tier,
    /// Whether readers reach the site by TLS, from a proxy before it. Cookies are then sent by TLS only.
    pub behind_tls: bool,
    /// The proxies whose word on a reader's address counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// The site's own address in letters and invitations, without a slash at the end: `https://mineban.example`.
    pub address: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            perimeters: Tier::StateAlone,
            behind_tls: false,
            trusted_proxies: Vec::new(),
            address: "http://127.0.0.1:8080".to_owned(),
        }
    }
}
