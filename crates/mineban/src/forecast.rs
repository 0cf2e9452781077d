//! `mineban forecast`: when will the ground be clear?

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use desk::forecast::{Asked, ForecastView, deadline_of, forecast};
use desk::store::Store;
use desk::{Date, DeskError, Iso3, Value, Words, files};

use crate::cli::{Done, Given, date};
use crate::how::HowToRead;
use crate::output::{self, Progress};

/// `forecast FILE…`
#[derive(Debug, Args)]
pub(crate) struct Forecast {
    /// Files of hazardous areas and of land releases
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    how: HowToRead,
    /// The State whose records they are, as in COL: its deadline is then taken from the register
    #[arg(long, value_name = "STATE")]
    state: Option<Iso3>,
    /// By when the ground must be clear, as in 2031-03-01 [default: the State's deadline]
    #[arg(long, value_name = "DATE", value_parser = date)]
    deadline: Option<Date>,
    /// Expect that ground goes on being found as in past years
    #[arg(long)]
    with_finds: bool,
    /// Write the picture here (SVG): what remains by year, the forecast, the deadline
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

impl Forecast {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let today = given.today();
        let deadline = match (self.deadline, self.state) {
            (Some(deadline), _) => Some(deadline),
            (None, Some(state)) => deadline_of(&Store::read(&given.place).await?.register, state, today),
            (None, None) => None,
        };
        let Some(deadline) = deadline else {
            return Err(DeskError::Nothing(
                "the deadline is not known; give it with --deadline, as in 2031-03-01, or the State with --state if the register knows it",
            ));
        };
        let progress = Progress::of_bytes();
        let at = |done, total| progress.at(done, total);
        let reading = self.how.reading(&self.files, self.state, today, &at);
        let balance = desk::balance::balance(&reading, None, given.words)?.balance;
        drop(progress);
        let asked = Asked { today, deadline, with_finds: self.with_finds };
        let view = forecast(&balance, &asked, given.words)?;
        if given.json {
            output::print_json(&view)?;
        } else {
            output::print(&text(&view, given.words))?;
        }
        if let Some(path) = &self.picture {
            files::write(path, site::forecast_picture(&view, given.words).as_bytes())?;
            if !given.json {
                let file = [("file", Value::Text(path.display().to_string()))];
                output::print(&(given.words.with("forecast-picture-written", &file) + "\n"))?;
            }
        }
        Ok(Done::Fine)
    }
}

fn text(view: &ForecastView, words: &Words) -> String {
    let mut text = view.says.join("\n") + "\n\n";
    let mut table = vec![
        ["year", "opening", "found", "cancelled", "reduced", "cleared", "closing"]
            .map(|head| words.text(&format!("balance-{head}")))
            .to_vec(),
    ];
    for row in &view.past {
        let areas = [row.opening, row.found, row.cancelled, row.reduced, row.cleared, row.closing];
        let areas = areas.into_iter().map(|area| words.area(area));
        table.push([row.year.to_string()].into_iter().chain(areas).collect());
    }
    output::table(&table, &mut text);
    let mut fan = vec![vec![
        words.text("balance-year"),
        "5 %".into(),
        "25 %".into(),
        "50 %".into(),
        "75 %".into(),
        "95 %".into(),
    ]];
    for row in &view.forecast.fan {
        let of = &row.remaining_m2;
        let areas = [of.p5, of.p25, of.p50, of.p75, of.p95].map(|area| words.area(area.round()));
        fan.push([row.year.to_string()].into_iter().chain(areas).collect());
    }
    let _ = writeln!(text, "\n{}", words.text("forecast-picture"));
    output::table(&fan, &mut text);
    let _ = writeln!(text, "\n{}", words.text("forecast-assumptions"));
    for granted in &view.takes_for_granted {
        let _ = writeln!(text, "- {granted}");
    }
    text
}
