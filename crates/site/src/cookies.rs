//! The cookies of this site. Behind TLS their names begin with `__Host-`, so that no neighbour can set them.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session. It comes along when somebody follows a link from a letter; forms carry their own proof.
    Session,
    /// Between the password and the second factor.
    Pending,
    /// The proof of forms before there is a session.
    Form,
    /// Between setting out to an identity provider and coming back from there: from another site, so not `Strict`.
    Journey,
}

impl Cookie {
    fn name(self, behind_tls: bool) -> String {
        let name = match self {
            Self::Session => "mineban-session",
            Self::Pending => "mineban-pending",
            Self::Form => "mineban-form",
            Self::Journey => "mineban-journey",
        };
        if behind_tls { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// How long the browser keeps it, in seconds; `None` until it is closed.
    fn max_age(self) -> Option<u32> {
        match self {
            Self::Session => None,
            Self::Pending | Self::Journey => Some(600),
            Self::Form => Some(7_200),
        }
    }
}

/// The value of a cookie that came with a request.
pub(crate) fn of(parts: &Parts, cookie: Cookie, behind_tls: bool) -> Option<String> {
    let name = cookie.name(behind_tls);
    let lines = parts.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).find(|value| !value.is_empty())
}

/// Sets a cookie; an empty value removes it.
pub(crate) fn set(headers: &mut HeaderMap, cookie: Cookie, value: &str, behind_tls: bool) {
    let same_site = if matches!(cookie, Cookie::Session | Cookie::Journey) { "Lax" } else { "Strict" };
    let secure = if behind_tls { "; Secure" } else { "" };
    let age = if value.is_empty() { Some(0) } else { cookie.max_age() };
    let age = age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let line = format!("{}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{age}", cookie.name(behind_tls));
    // Values are random words of ours; one that fits no header is not set, and the form then says that it expired.
    if let Ok(line) = HeaderValue::from_str(&line) {
        headers.append(header::SET_COOKIE, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    #[test]
    fn behind_tls_a_cookie_belongs_to_this_host_alone() {
        let mut headers = HeaderMap::new();
        set(&mut headers, Cookie::Session, "abc", true);
        assert_eq!(headers["set-cookie"], "__Host-mineban-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        let (parts, ()) =
            Request::get("/").header("cookie", "x=1; __Host-mineban-session=abc").body(()).unwrap().into_parts();
        assert_eq!(of(&parts, Cookie::Session, true).as_deref(), Some("abc"));
        assert_eq!(of(&parts, Cookie::Session, false), None);
    }
}
