//! Forms: what each carries, its fields, and where it leads.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use crate::app::App;
use crate::asked::Asked;
use crate::cookies::{self, Cookie};
use crate::page::work;
use crate::secret;
use crate::sent::PROOF;
use crate::who::Who;

/// What shows that a form is from a page of ours; a new one is also set as a cookie.
pub(crate) struct Proof {
    value: String,
    fresh: bool,
}

impl Proof {
    /// That of the session or of the form's cookie; without either, a new one.
    pub(crate) fn of(who: &Who) -> Self {
        match who.proof() {
            Some(known) => Self { value: known.to_owned(), fresh: false },
            // A machine without random numbers makes forms that are refused.
            None => Self { value: secret::fresh().unwrap_or_default(), fresh: true },
        }
    }

    /// The hidden fields of a form.
    pub(crate) fn fields(&self) -> Markup {
        html! { input type="hidden" name=(PROOF) value=(self.value); }
    }
}

/// A form that is sent to an address.
pub(crate) fn form(asked: &Asked, action: &str, proof: &Proof, button: &str, fields: &Markup) -> Markup {
    html! {
        form.work method="post" action=(asked.link(action)) {
            (proof.fields())
            (fields)
            button type="submit" { (asked.words.text(button)) }
        }
    }
}

/// A form that is one button, with what it is about in hidden fields.
pub(crate) fn button(asked: &Asked, action: &str, proof: &Proof, label: &str, hidden: &[(&str, &str)]) -> Markup {
    html! {
        form.inline method="post" action=(asked.link(action)) {
            (proof.fields())
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            button.quiet type="submit" { (asked.words.text(label)) }
        }
    }
}

/// A field with its label.
pub(crate) fn field(label: &str, name: &str, kind: &str, value: &str, autocomplete: &str) -> Markup {
    html! {
        p.field {
            label for=(name) { (label) }
            input id=(name) name=(name) type=(kind) value=(value) autocomplete=(autocomplete)
                required maxlength="256" dir=[(kind != "text").then_some("ltr")];
        }
    }
}

/// An answer, or the one that stands in its way: a handler gives either.
pub(crate) type Answered = Result<Response, Response>;

/// Marks an answer that carries a proof: compressed beside words that somebody else chose, its length could tell it.
#[derive(Clone, Copy)]
pub(crate) struct CarriesProof;

/// A page with a form.
pub(crate) fn answer(
    app: &App,
    asked: &Asked,
    status: StatusCode,
    title: &str,
    proof: &Proof,
    body: &Markup,
) -> Response {
    let mut answer = (status, work(asked, title, body)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if proof.fresh {
        cookies::set(headers, Cookie::Form, &proof.value, app.settings.behind_tls);
    }
    answer.extensions_mut().insert(CarriesProof);
    answer
}

/// On to another page of this site, asked for by GET.
pub(crate) fn go(asked: &Asked, path: &str) -> Response {
    let mut answer = Redirect::to(&asked.link(path)).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

/// Where to go on after signing in: a path of this site, or nowhere.
pub(crate) fn local(next: &str) -> Option<&str> {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/-._".contains(letter);
    let leads_here =
        path.starts_with('/') && !path.starts_with("//") && !path.contains("..") && path.chars().all(plain);
    (leads_here && path.len() < 200).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        for next in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "",
            "/a/../b",
            "/%2fevil",
            "/\tx",
            " /x",
        ] {
            assert_eq!(local(next), None, "{next}");
        }
        assert_eq!(local("/work/COL/lodge?x=1"), Some("/work/COL/lodge"));
    }
}
