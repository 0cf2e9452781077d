//! `mineban demo`: the whole road on an invented State, each step as the command a person would type.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use clap::{Args, Parser as _};
use desk::demo::{CODE, enter, write_field_files};
use desk::objects::Objects;
use desk::rights::Tier;
use desk::store::Place;
use desk::{DeskError, Lang, Value};

use crate::cli::{Cli, Done, Given, run};
use crate::identity::Identity;
use crate::letters::Mail;
use crate::output;
use crate::running::Running;
use crate::serve::Serve;

/// `demo`
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// A fresh folder for it [default: a new one, mineban-demo-N, here]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Port of the site; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Stop after the receipt is verified
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let folder = self.fresh_folder()?;
        let words = given.words;
        let say = |key: &str, file: &Path| {
            output::print(&(words.with(key, &[("folder", Value::Text(file.display().to_string()))]) + "\n"))
        };
        say("demo-begins", &folder)?;
        let data = folder.join("data");
        enter(&Place::Named(data.clone()), given.now).await?;
        let field = write_field_files(&folder)?;
        say("demo-field-files-written", &folder)?;

        let text = |path: &Path| path.display().to_string();
        let file = |name: &str| text(&folder.join(name));
        let year = (given.today().year() - 1).min(2025).to_string();
        let (draft, receipt, lodged) =
            (file("examplia.json"), file("examplia.receipt.json"), file("examplia.lodged.json"));
        let (hazards, releases, casualties) = (text(&field.hazards), text(&field.releases), text(&field.casualties));
        let remaining = file("examplia-remaining.gpkg");
        let end_of_year = format!("{year}-12-31");
        let steps: [&[&str]; 10] = [
            &["status"],
            &["status", CODE],
            &["intake", &casualties, "--explain"],
            &["intake", &hazards, &releases, "--state", CODE, "--source", "demo", "--keep"],
            &["balance", &hazards, &releases],
            &["forecast", &hazards, &releases, "--state", CODE],
            &["map", &hazards, &releases, "--as-of", &end_of_year, "--out", &remaining, "--replace"],
            &[
                "draft",
                CODE,
                &year,
                &hazards,
                &releases,
                &casualties,
                "--not-applicable",
                "b,d,e,h",
                "--unchanged-since",
                "a=2018,f=2024,i=2024",
                "--out",
                &draft,
            ],
            &["check", &draft],
            &["lodge", &draft, "--receipt", &receipt, "--lodged", &lodged],
        ];
        for step in steps {
            Self::step(step, &data, words.lang()).await?;
        }
        let key = data.join("journal.vkey");
        let key = std::fs::read_to_string(&key).map_err(|source| DeskError::Read { path: key, source })?;
        Self::step(&["verify", &receipt, &lodged, "--key", key.trim()], &data, words.lang()).await?;
        Self::step(&["journal", "verify"], &data, words.lang()).await?;
        if self.no_serve {
            return Ok(Done::Fine);
        }
        let port = self.port.to_string();
        output::print(&format!("\n$ mineban serve --perimeters --port {port} --data {}\n", data.display()))?;
        let place = Place::Named(data);
        let objects = Objects::of_place(&place);
        let given = Given { place, objects, words: given.words, json: false, now: given.now };
        let serve = Serve {
            port: self.port,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            perimeters: Tier::Public,
            trusted_proxies: Vec::new(),
            site: None,
            running: Running::quiet(),
            breached_passwords: None,
            mail: Mail::default(),
            identity: Identity::default(),
        };
        serve.run(&given).await
    }

    /// Prints a command and runs it, as if it had been typed.
    async fn step(arguments: &[&str], data: &Path, lang: Lang) -> Result<(), DeskError> {
        let data = data.display().to_string();
        let mut typed: Vec<&str> = ["mineban"].into_iter().chain(arguments.iter().copied()).collect();
        typed.extend(["--data", &data]);
        if lang != Lang::default() {
            typed.extend(["--lang", lang.code()]);
        }
        let shown: Vec<String> = typed.iter().map(|argument| quoted(argument)).collect();
        output::print(&format!("\n$ {}\n", shown.join(" ")))?;
        let mut cli = Cli::try_parse_from(&typed).map_err(|error| DeskError::Demo(error.to_string()))?;
        // An invented State has no place in a database that is in use, whatever the setting says.
        cli.store = None;
        cli.objects = None;
        // Findings are part of the show.
        Box::pin(run(cli)).await?;
        Ok(())
    }

    fn fresh_folder(&self) -> Result<PathBuf, DeskError> {
        let made = |folder: PathBuf| {
            std::fs::create_dir(&folder)
                .map(|()| folder.clone())
                .map_err(|source| DeskError::Write { path: folder, source })
        };
        if let Some(folder) = &self.folder {
            return made(folder.clone());
        }
        let free =
            (1..10_000).map(|number| PathBuf::from(format!("mineban-demo-{number}"))).find(|folder| !folder.exists());
        made(free.unwrap_or_else(|| PathBuf::from("mineban-demo")))
    }
}

fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:".contains(c);
    if argument.chars().all(plain) { argument.to_owned() } else { format!("'{argument}'") }
}
