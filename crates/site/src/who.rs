//! Who asks: from the session's cookie or a program's token, and from which address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use desk::{Date, Timestamp, utc_date};
use people::Actor;

use crate::app::App;

/// Who asks, and when.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) actor: Actor,
    /// Whether a program asks, with a token: it sends no cookies, so nobody else's page can make it send a form.
    pub(crate) is_program: bool,
    pub(crate) address: IpAddr,
    pub(crate) now: Timestamp,
    pub(crate) today: Date,
}

impl Who {
    pub(crate) async fn of(app: &App, parts: &Parts) -> Self {
        let now = Timestamp::now();
        Self { actor: Actor::public(), is_program: false, address: address(app, parts), now, today: utc_date(now) }
    }

    /// What a form of this session carries.
    pub(crate) fn proof(&self) -> Option<&str> {
        None
    }

    /// Whether the answer may depend on who asks.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.actor.person.is_some()
    }
}

/// The address of whoever asks. What a proxy says counts only when the proxy is one that this site was told to trust.
fn address(app: &App, parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let trusted = |address: &IpAddr| app.settings.trusted_proxies.contains(address);
    if !trusted(&peer) {
        return peer;
    }
    let lines = parts.headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let said: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    // Each proxy adds at the end whom it heard: what the trusted ones added is read from there, the rest is hearsay.
    for hop in said.iter().rev() {
        match hop.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if trusted(&address) => {}
            Ok(address) => return address,
            Err(_) => return peer,
        }
    }
    peer
}
