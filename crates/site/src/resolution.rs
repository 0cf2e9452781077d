//! `/resolutions/{symbol}`: does each statement hold?

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::Value;
use desk::resolution::{ResolutionView, resolution};
use desk::rights::{subject::RegisterFacts, verb::See};
use maud::{Markup, html};

use crate::app::App;
use crate::asked::{Asked, form};
use crate::error::Problem;
use crate::page::{as_of_form, because, page};
use crate::routes::Granted;

pub(crate) async fn one(
    _: Granted<See, RegisterFacts>,
    State(app): State<App>,
    Path(name): Path<String>,
    asked: Asked,
) -> Response {
    let (symbol, json) = form(&name);
    // A resolution is read as of its own day, unless another was asked for.
    let as_of = asked.dated.then_some(asked.on);
    let view = match resolution(&app.store.register, asked.words, symbol, as_of) {
        Ok(view) => view,
        Err(error) => return Problem::from_desk(asked.words, &error).into_response(),
    };
    if json {
        return asked.json(&app, &view);
    }
    let asked = Asked { on: view.as_of, ..asked };
    asked.page(&app, || page(&asked, &view.symbol, &format!("/resolutions/{symbol}.json"), &body(&asked, &view)))
}

fn body(asked: &Asked, view: &ResolutionView) -> Markup {
    let words = asked.words;
    let sentence = [
        ("symbol", Value::from(view.symbol.as_str())),
        ("date", Value::from(view.as_of)),
        ("total", Value::from(view.statements.len())),
        ("holds", Value::from(view.holds)),
        ("fails", Value::from(view.does_not_hold)),
        ("open", Value::from(view.cannot_be_told)),
    ];
    html! {
        h1 { (words.with("resolution-sentence", &sentence)) }
        p.lead { (words.with("resolution-adopted-on", &[("date", Value::from(view.adopted_on))])) }
        (as_of_form(asked))
        div.wide {
            table.stack {
                thead {
                    tr {
                        th scope="col" { (words.text("column-statement")) }
                        th scope="col" { (words.text("column-verdict")) }
                        th scope="col" { (words.text("page-why")) }
                    }
                }
                tbody {
                    @for statement in &view.statements {
                        tr {
                            // The resolution is quoted as adopted in English.
                            td { q lang="en" dir="ltr" { (statement.text) } br; span.article lang="en" dir="ltr" { (statement.paragraph) } }
                            td { span class=(format!("state {}", statement.verdict.key())) { (words.text(statement.verdict.key())) } }
                            td { (because(&statement.because, words)) }
                        }
                    }
                }
            }
        }
    }
}
