//! The frame of every page.

use desk::words::Reason;
use desk::{Lang, Value, Words};
use maud::{DOCTYPE, Markup, html};

use crate::asked::Asked;

/// A page: its title, the address of its JSON, and its body.
pub(crate) fn page(asked: &Asked, title: &str, json: &str, body: &Markup) -> Markup {
    let words = asked.words;
    frame(
        words,
        title,
        &html! {
            (header(asked))
            main id="main" {
                (body)
                p.also { a href=(asked.link(json)) { (words.text("page-as-json")) } }
            }
            (footer(asked))
        },
    )
}

/// A page without navigation, for problems.
pub(crate) fn bare(words: &Words, title: &str, body: &Markup) -> Markup {
    frame(words, title, &html! { main id="main" { (body) } })
}

/// A page for work: with navigation, but nothing to take away as JSON.
pub(crate) fn work(asked: &Asked, title: &str, body: &Markup) -> Markup {
    frame(asked.words, title, &html! { (header(asked)) main id="main" { (body) } (footer(asked)) })
}

fn frame(words: &Words, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(words.lang().code()) dir=(words.lang().direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · mineban" }
                link rel="stylesheet" href="/style.css";
            }
            body { (body) }
        }
    }
}

fn header(asked: &Asked) -> Markup {
    let words = asked.words;
    let links = [("/", "nav-home"), ("/states", "nav-states"), ("/resolutions/75-52", "nav-resolution")];
    html! {
        a.skip href="#main" { (words.text("nav-skip")) }
        header {
            div.bar {
                a.name href=(asked.link("/")) { "mineban" }
                nav aria-label=(words.text("nav-label")) {
                    @for (path, key) in links {
                        a href=(asked.link(path)) aria-current=[(asked.path == path).then_some("page")] { (words.text(key)) }
                    }
                }
                @if asked.has_accounts { nav.account aria-label=(words.text("account-title")) { (account(asked)) } }
                nav.languages aria-label=(words.text("nav-languages")) {
                    @for lang in Lang::ALL {
                        a href=(asked.link_in(&asked.path, lang)) lang=(lang.code()) hreflang=(lang.code())
                            aria-current=[(lang == words.lang()).then_some("true")] { (lang.own_name()) }
                    }
                }
            }
        }
    }
}

/// The way in, or to one's own account.
fn account(asked: &Asked) -> Markup {
    let words = asked.words;
    let session = asked.who.as_ref().and_then(|who| who.session.as_ref());
    let link = |path: &str, label: &str| {
        html! { a href=(asked.link(path)) aria-current=[(asked.path == path).then_some("page")] { (label) } }
    };
    match session {
        Some(session) => link("/account", &session.name),
        None => link("/sign-in", &words.text("sign-in-title")),
    }
}

fn footer(asked: &Asked) -> Markup {
    let words = asked.words;
    html! {
        footer {
            p { (words.text("footer-not-safety")) }
            p { (words.text("footer-boundaries")) }
            p { (words.text("footer-sources")) " " a href="/journal.vkey" { (words.text("footer-key")) } " · "
                a href=(asked.link("/rights")) { (words.text("nav-rights")) } }
            p { a href=(asked.link("/privacy")) { (words.text("footer-privacy")) } }
        }
    }
}

/// The form that asks for another date; it goes with any page.
pub(crate) fn as_of_form(asked: &Asked) -> Markup {
    let words = asked.words;
    html! {
        form.as-of method="get" action=(asked.path) {
            input type="hidden" name="lang" value=(words.lang().code());
            label for="as_of" { (words.text("as-of-label")) }
            input type="date" id="as_of" name="as_of" min="1997-12-03" value=(asked.on);
            button type="submit" { (words.text("as-of-button")) }
        }
    }
}

/// A list as a table, whose rows stand one below the other on a narrow screen. `heads` are keys of the words.
pub(crate) fn table(words: &Words, heads: &[&str], rows: &Markup) -> Markup {
    html! {
        div.wide {
            table.stack {
                thead { tr { @for key in heads { th scope="col" { (words.text(key)) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// A derivation, one click away.
pub(crate) fn because(reasons: &[Reason], words: &Words) -> Markup {
    html! {
        @if !reasons.is_empty() {
            details.because {
                summary { (words.text("page-why")) }
                ol {
                    @for reason in reasons {
                        li {
                            @if let Some(article) = &reason.article {
                                span.article { (words.with("article-number", &[("article", Value::from(article.as_str()))])) } " "
                            }
                            (reason.says)
                            @for act in &reason.acts { " " code.act { (act) } }
                        }
                    }
                }
            }
        }
    }
}
