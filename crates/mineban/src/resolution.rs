//! `mineban resolution`: a resolution's statements, asked of the register.

use std::fmt::Write as _;

use clap::Args;
use desk::resolution::resolution;
use desk::store::Store;
use desk::{DeskError, Value};

use crate::cli::{AsOf, Done, Given};
use crate::output;

/// `resolution SYMBOL`
#[derive(Debug, Args)]
pub(crate) struct Resolution {
    /// The resolution, as in 75/52
    symbol: String,
    #[command(flatten)]
    as_of: AsOf,
}

impl Resolution {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let store = Store::read(&given.place).await?;
        let words = given.words;
        let view = resolution(&store.register, words, &self.symbol, self.as_of.as_of)?;
        if given.json {
            output::print_json(&view)?;
        } else {
            let values = [
                ("symbol", Value::from(view.symbol.as_str())),
                ("date", Value::from(view.as_of)),
                ("total", Value::from(view.statements.len())),
                ("holds", Value::from(view.holds)),
                ("fails", Value::from(view.does_not_hold)),
                ("open", Value::from(view.cannot_be_told)),
            ];
            let mut text = words.with("resolution-sentence", &values);
            text.push('\n');
            for statement in &view.statements {
                let verdict = words.text(statement.verdict.key());
                let _ = writeln!(text, "\n{verdict}: {} ({})", statement.text, statement.paragraph);
                output::because(&statement.because, "    ", &mut text);
            }
            output::print(&text)?;
        }
        Ok(if view.does_not_hold > 0 { Done::Findings } else { Done::Fine })
    }
}
