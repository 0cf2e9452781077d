//! `mineban status`: who stands where.

use std::fmt::Write as _;

use clap::Args;
use desk::status::{StateView, WorldView, duty_key, state_view, world_view};
use desk::store::{self, Store};
use desk::{Date, DeskError, Value, Words};

use crate::cli::{AsOf, Done, Given};
use crate::output;

/// `status [STATE]`
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// A State's ISO code, as in COL; without it, the world
    state: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Status {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let store = Store::read(&given.place).await?;
        let (register, words) = (&store.register, given.words);
        let on = self.as_of.as_of.unwrap_or(given.today());
        if let Some(code) = &self.state {
            let state = store::state(register, code)?;
            let Some(file) = register.state(state) else { return Ok(Done::Fine) };
            let view = state_view(register, file, words, on);
            if given.json { output::print_json(&view)? } else { output::print(&state_text(&view, words))? }
        } else {
            let view = world_view(register, words, on);
            if given.json { output::print_json(&view)? } else { output::print(&world_text(&view, words))? }
        }
        Ok(Done::Fine)
    }
}

fn date(on: Date, words: &Words) -> String {
    words.date(on.into())
}

fn world_text(view: &WorldView, words: &Words) -> String {
    let world = &view.world;
    let number = |count: usize| words.count(count);
    let mut text = words.with("as-of", &[("date", Value::from(world.as_of))]);
    text.push('\n');
    let rows = [
        ("count-deposited", number(world.deposited)),
        ("count-in-force", number(world.in_force)),
        ("count-staying", number(world.staying)),
        ("count-signed-not-bound", number(world.signed_not_bound.len())),
        ("standing-withdrawn", number(world.withdrawn)),
        ("count-neither", number(world.neither)),
        ("count-states", number(world.states)),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(key, count)| vec![words.text(key), count]).collect();
    output::table(&rows, &mut text);
    if !world.signed_not_bound.is_empty() && world.signed_not_bound.len() <= 12 {
        let names: Vec<String> = world.signed_not_bound.iter().map(|state| words.state(*state)).collect();
        let _ = writeln!(text, "{}: {}", words.text("count-signed-not-bound"), names.join("; "));
    }
    for open in &world.date_not_known {
        let values = [("state", Value::State(open.state)), ("date", Value::Date(open.deposited_on))];
        let _ = writeln!(text, "{}", words.with("deposit-day-not-known", &values));
    }
    text
}

fn state_text(view: &StateView, words: &Words) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} ({})", view.name, view.state);
    if view.invented {
        let _ = writeln!(text, "{}", words.text("state-is-invented"));
    }
    let _ = writeln!(text, "{}", words.with("as-of", &[("date", Value::from(view.as_of))]));
    let _ = writeln!(text, "{}", words.text(view.standing.key()));
    output::because(&view.entry_into_force_because, "  ", &mut text);
    if let Some(withdrawal) = &view.withdrawal {
        output::because(&withdrawal.because, "  ", &mut text);
    }
    for claim in &view.claims {
        let values = [("claim", Value::Text(claim.claim.clone())), ("date", Value::Date(claim.on))];
        let _ = writeln!(text, "{}", words.with("claim-recorded", &values));
    }
    if !view.obligations.is_empty() {
        let _ = writeln!(text, "\n{}", words.text("heading-owed"));
    }
    for duty in &view.obligations {
        let what = words.text(duty_key(&duty.article));
        let year = duty.calendar_year.map(|year| format!(" {year}")).unwrap_or_default();
        let due = duty.due.map_or_else(|| words.text("date-not-known"), |due| date(due, words));
        let state = words.text(duty.state.key());
        let _ = writeln!(text, "- {what}{year} [{}]: {due}. {state}", duty.article);
        let first = view.entry_into_force_because.len();
        output::because(duty.because.get(first..).unwrap_or_default(), "    ", &mut text);
    }
    text
}
