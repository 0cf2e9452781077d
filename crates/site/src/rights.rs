//! `/rights`: who may do what?

use axum::extract::State;
use axum::response::Response;
use desk::rights::{Permission, permissions, subject::Program, verb::See};
use maud::{Markup, html};

use crate::app::App;
use crate::asked::Asked;
use crate::page::page;
use crate::routes::Granted;

pub(crate) async fn html(_: Granted<See, Program>, State(app): State<App>, asked: Asked) -> Response {
    asked.page(&app, || page(&asked, &asked.words.text("rights-title"), "/rights.json", &body(&asked)))
}

pub(crate) async fn json(_: Granted<See, Program>, State(app): State<App>, asked: Asked) -> Response {
    asked.json(&app, &permissions())
}

/// One line of the page: what the table has in one row, its verbs and roles together.
struct Line {
    first: Permission,
    verbs: Vec<&'static str>,
    roles: Vec<&'static str>,
}

fn body(asked: &Asked) -> Markup {
    let words = asked.words;
    let word = |sort: &str, key: &str| words.text(&format!("{sort}-{key}"));
    let list = |sort: &str, keys: &[&str]| keys.iter().map(|key| word(sort, key)).collect::<Vec<_>>().join(" · ");
    html! {
        h1 { (words.text("rights-sentence")) }
        p.lead { (words.text("rights-rule")) }
        div.wide {
            table.stack {
                thead {
                    tr {
                        @for key in ["rights-subject", "rights-tier", "rights-verb", "rights-role", "rights-whose", "rights-second-factor"] {
                            th scope="col" { (words.text(key)) }
                        }
                    }
                }
                tbody {
                    @for line in lines() {
                        tr {
                            th scope="row" { (word("subject", line.first.subject.key())) }
                            td data-label=(words.text("rights-tier")) { @if let Some(tier) = line.first.tier { (word("tier", tier.key())) } @else { "–" } }
                            td data-label=(words.text("rights-verb")) { (list("verb", &line.verbs)) }
                            td data-label=(words.text("rights-role")) { (list("role", &line.roles)) }
                            td data-label=(words.text("rights-whose")) { @if line.first.whose.key() == "-" { "–" } @else { (word("whose", line.first.whose.key())) } }
                            td data-label=(words.text("rights-second-factor")) { (words.text(if line.first.second_factor { "word-yes" } else { "word-no" })) }
                        }
                    }
                }
            }
        }
    }
}

/// The permissions, those that differ in verb or role only put together, in the order of subjects.
fn lines() -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let same = |a: &Permission, b: &Permission| {
        (a.subject, a.tier, a.whose, a.second_factor) == (b.subject, b.tier, b.whose, b.second_factor)
    };
    let mut rows = permissions().to_vec();
    rows.sort_by_key(|row| (row.subject, row.tier, row.whose.key()));
    // First the verbs of each role, then the roles that have the same verbs.
    let mut of_roles: Vec<Line> = Vec::new();
    for row in rows {
        match of_roles.iter_mut().find(|line| same(&line.first, &row) && line.first.role == row.role) {
            Some(line) => line.verbs.push(row.verb.key()),
            None => of_roles.push(Line { first: row, verbs: vec![row.verb.key()], roles: vec![row.role.key()] }),
        }
    }
    for of_role in of_roles {
        match lines.iter_mut().find(|line| same(&line.first, &of_role.first) && line.verbs == of_role.verbs) {
            Some(line) => line.roles.extend(of_role.roles),
            None => lines.push(of_role),
        }
    }
    lines
}
