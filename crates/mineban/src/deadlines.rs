//! `mineban deadlines`: what falls due, when, for whom.

use std::fmt::Write as _;

use clap::Args;
use desk::deadlines::{DeadlineLine, deadlines};
use desk::status::duty_key;
use desk::store::Store;
use desk::{DeskError, Value, Words};

use crate::cli::{AsOf, Done, Given};
use crate::output;

/// `deadlines`
#[derive(Debug, Args)]
pub(crate) struct Deadlines {
    #[command(flatten)]
    as_of: AsOf,
}

impl Deadlines {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let store = Store::read(&given.place).await?;
        let on = self.as_of.as_of.unwrap_or(given.today());
        let view = deadlines(&store.register, given.words, on);
        if given.json {
            output::print_json(&view)?;
            return Ok(Done::Fine);
        }
        let words = given.words;
        let mut text = words.with("as-of", &[("date", Value::from(on))]);
        text.push('\n');
        for (heading, lines) in [("state-overdue", &view.overdue), ("state-due-within-a-year", &view.due_within_a_year)]
        {
            let _ = writeln!(text, "\n{}: {}", words.text(heading), words.count(lines.len()));
            let rows: Vec<Vec<String>> = lines.iter().map(|line| row(line, words)).collect();
            output::table(&rows, &mut text);
        }
        let _ = writeln!(text, "\n{}", words.with("duties-unknown", &[("count", Value::from(view.unknown))]));
        output::print(&text)?;
        Ok(Done::Fine)
    }
}

fn row(line: &DeadlineLine, words: &Words) -> Vec<String> {
    let duty = &line.obligation;
    let year = duty.calendar_year.map(|year| format!(" {year}")).unwrap_or_default();
    vec![
        format!("{} {}", line.state_code, line.name),
        format!("{}{year} [{}]", words.text(duty_key(&duty.article)), duty.article),
        duty.due.map_or_else(|| words.text("date-not-known"), |due| due.to_string()),
    ]
}
