//! Who asks: from the session's cookie or a program's token, and from which address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::header;
use axum::http::request::Parts;
use desk::{Date, Timestamp, utc_date};
use people::{Actor, PeopleError, Session, Through};

use crate::app::App;
use crate::cookies::{self, Cookie};
use crate::secret::Hidden;

/// Who asks, and when.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) actor: Actor,
    /// The session, where somebody signed in with a browser.
    pub(crate) session: Option<Session>,
    /// The opaque id of the token, where a program asks. It sends no cookies, so nobody else's page can make it send a form.
    pub(crate) token: Option<String>,
    /// What forms carry before there is a session.
    form: Option<Hidden>,
    /// Between the password and the second factor.
    pub(crate) pending: Option<Hidden>,
    /// Between setting out to an identity provider and coming back.
    pub(crate) journey: Option<Hidden>,
    pub(crate) address: IpAddr,
    pub(crate) now: Timestamp,
    pub(crate) today: Date,
}

impl Who {
    /// Who asks. A cookie or a token that opens nothing is as none.
    pub(crate) async fn of(app: &App, parts: &Parts) -> Result<Self, PeopleError> {
        let now = Timestamp::now();
        let cookie = |cookie| cookies::of(parts, cookie, app.settings.behind_tls);
        let mut who = Self {
            actor: Actor::public(),
            session: None,
            token: None,
            form: cookie(Cookie::Form).map(Hidden),
            pending: cookie(Cookie::Pending).map(Hidden),
            journey: cookie(Cookie::Journey).map(Hidden),
            address: address(app, parts),
            now,
            today: utc_date(now),
        };
        let Some(people) = &app.people else { return Ok(who) };
        if let Some(bearer) = bearer(parts) {
            if let Some((token, actor)) = people.token(bearer, now).await? {
                (who.token, who.actor) = (Some(token), actor);
            }
            return Ok(who);
        }
        if let Some(token) = cookie(Cookie::Session)
            && let Some(session) = people.session(&token, now).await?
        {
            who.actor = session.actor.clone();
            who.session = Some(session);
        }
        Ok(who)
    }

    /// Whether the answer may depend on who asks.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.actor.person.is_some()
    }

    /// What a form must carry to show that it is from a page of ours: the session's proof, or that of the form's cookie.
    pub(crate) fn proof(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.csrf.reveal()).or(self.form.as_ref().map(Hidden::reveal))
    }

    /// Which way somebody came, for the audit trail.
    pub(crate) fn through(&self) -> Through {
        match (&self.session, &self.token) {
            (Some(session), _) => Through::Session(session.id.clone()),
            (None, Some(token)) => Through::Token(token.clone()),
            (None, None) => Through::Site,
        }
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let line = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = line.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
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
