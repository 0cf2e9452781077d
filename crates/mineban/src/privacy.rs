//! `mineban privacy`: what is kept about people, and for how long.

use std::path::PathBuf;

use clap::Subcommand;
use desk::people::{self, Swept, personal_data};
use desk::{DeskError, Value};

use crate::cli::{Done, Given};
use crate::output;

/// `privacy sweep|export|erase`
#[derive(Debug, Subcommand)]
pub(crate) enum Privacy {
    /// Say what is kept for longer than its rule allows, and erase it with --erase
    #[command(after_help = "Example: mineban privacy sweep --erase   (once a day, by a timer)")]
    Sweep {
        /// Erase it; without this, nothing is changed
        #[arg(long)]
        erase: bool,
    },
    /// Write everything that is kept about one person, as JSON
    #[command(after_help = "Example: mineban privacy export ada@example.org ada.json")]
    Export {
        /// Address or id
        person: String,
        /// Where to; without it, to the output
        file: Option<PathBuf>,
    },
    /// Erase one person; the audit trail keeps their opaque id, which then leads to nobody
    #[command(after_help = "Example: mineban privacy erase ada@example.org --yes")]
    Erase {
        /// Address or id
        person: String,
        /// Do it: it cannot be undone
        #[arg(long, required = true)]
        yes: bool,
    },
}

impl Privacy {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let people = people::open(&given.place, None).await?;
        let done = match self {
            Self::Sweep { erase } => {
                let swept = personal_data::sweep(&people, &given.place, *erase, given.now).await?;
                show(given, &swept, *erase)
            }
            Self::Export { person, file } => {
                let all = personal_data::export(&people, person, given.now).await?;
                match file {
                    None => output::print_json(&all),
                    Some(path) => {
                        let text = format!("{all:#}\n");
                        std::fs::write(path, text).map_err(|source| DeskError::Write { path: path.clone(), source })
                    }
                }
            }
            Self::Erase { person, .. } => {
                let id = personal_data::erase(&people, person, given.now).await?;
                output::print(&(given.words.with("person-erased", &[("id", Value::Text(id))]) + "\n"))
            }
        };
        people.close().await;
        done.map(|()| Done::Fine)
    }
}

fn show(given: &Given, swept: &[Swept], erased: bool) -> Result<(), DeskError> {
    if given.json {
        return output::print_json(&swept);
    }
    let mut text = String::new();
    let row = |swept: &Swept| vec![swept.kind.clone(), swept.count.to_string(), format!("{} d", swept.kept_for_days)];
    output::table(&swept.iter().map(row).collect::<Vec<_>>(), &mut text);
    let key = if erased { "sweep-erased" } else { "sweep-would-erase" };
    let count: u64 = swept.iter().map(|swept| swept.count).sum();
    text.push_str(&given.words.with(key, &[("count", Value::from(count))]));
    output::print(&(text + "\n"))
}
