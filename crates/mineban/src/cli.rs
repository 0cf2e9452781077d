//! What can be typed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use desk::objects::Objects;
use desk::store::{DEFAULT_FOLDER, Place};
use desk::{Address, Date, DeskError, Lang, PartialDate, Timestamp, Words, utc_date};

use crate::{
    backup, balance, check, deadlines, demo, draft, forecast, health, intake, journal, lodge, map, privacy, resolution,
    rights, serve, status, user, verify,
};

/// The open system of record for carrying out the Anti-Personnel Mine Ban Convention.
///
/// Exit codes: 0 fine, 1 findings or a refusal, 2 wrong usage.
#[derive(Debug, Parser)]
#[command(name = "mineban", version, after_help = "Example: mineban status COL --as-of 2020-12-07")]
pub(crate) struct Cli {
    /// Folder of the journal [default: mineban-data; without a journal there, the founding facts are read]
    #[arg(long, global = true, value_name = "FOLDER", env = "MINEBAN_DATA")]
    data: Option<PathBuf>,
    /// PostgreSQL database of the journal, for several nodes, as in `postgres://user@host:5432/mineban`; the folder then
    /// holds the keys of this node, and the field files where no --objects names a store that all share
    #[arg(long, global = true, value_name = "ADDRESS", env = "MINEBAN_STORE", hide_env_values = true)]
    // A text of any form, for whatever cannot be read is repeated in the complaint, and a password with it.
    pub(crate) store: Option<String>,
    /// S3-compatible store of the field files, for several nodes, as in `s3://bucket/folder`; its endpoint, region and key
    /// are set by `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` [default: the folder]
    #[arg(long, global = true, value_name = "ADDRESS", env = "MINEBAN_OBJECTS", hide_env_values = true)]
    pub(crate) objects: Option<String>,
    /// Language of what is said: ar, en, es, fr, ru or zh
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = lang, default_value = "en", env = "MINEBAN_LANG")]
    lang: Lang,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole road on an invented State: field files, draft, check, lodge, verify; then serve the site
    #[command(after_help = "Example: mineban demo")]
    Demo(demo::Demo),
    /// Serve the site
    #[command(after_help = "Example: mineban serve --port 8080")]
    Serve(serve::Serve),
    /// Ask a running site whether it is ready, and if not, why not
    #[command(after_help = "Example: mineban health --site 127.0.0.1:8080")]
    Health(health::Health),
    /// Who stands where: the world, or one State with what it owes and why
    #[command(after_help = "Example: mineban status --as-of 2020-12-07 --json\n         mineban status COL")]
    Status(status::Status),
    /// What falls due, when, for whom
    #[command(after_help = "Example: mineban deadlines --as-of 2026-11-23")]
    Deadlines(deadlines::Deadlines),
    /// Read field files and say what was understood
    #[command(
        after_help = "Example: mineban intake victims.csv --explain\n         mineban intake opfer.csv --mapping opfer.toml --explain"
    )]
    Intake(intake::Intake),
    /// Draw the land balance of field files, by year and district
    #[command(after_help = "Example: mineban balance hazards.geojson releases.geojson --districts districts.geojson")]
    Balance(balance::Balance),
    /// Write a map file of what remains on a date, or of the records of a field file
    #[command(
        after_help = "Example: mineban map hazards.geojson releases.geojson --as-of 2025-12-31 --out remaining.gpkg\n         mineban map events.csv --records --out events.kml"
    )]
    Map(map::Map),
    /// Forecast when the ground will be clear, from the yearly rates of field files
    #[command(
        after_help = "Example: mineban forecast hazards.geojson releases.geojson --deadline 2031-03-01 --picture fan.svg"
    )]
    Forecast(forecast::Forecast),
    /// Draft an Article 7 report from field files
    #[command(after_help = "Example: mineban draft COL 2013 clearance.csv victims.csv --out COL-2013.json")]
    Draft(draft::Draft),
    /// Check a report: does it add up, and can it be lodged?
    #[command(after_help = "Example: mineban check COL-2013.json")]
    Check(check::Check),
    /// Lodge a report and get the receipt
    #[command(after_help = "Example: mineban lodge COL-2013.json --receipt COL-2013.receipt.json")]
    Lodge(lodge::Lodge),
    /// Verify a receipt, and the report it stands for, without a journal
    #[command(
        after_help = "Example: mineban verify COL-2013.receipt.json COL-2013.lodged.json --key \"$(cat mineban-data/journal.vkey)\""
    )]
    Verify(verify::Verify),
    /// Ask a General Assembly resolution's statements of the register
    #[command(after_help = "Example: mineban resolution 75/52")]
    Resolution(resolution::Resolution),
    /// Print the table of rights: who may do what
    #[command(after_help = "Example: mineban rights --json")]
    Rights(rights::Rights),
    /// Save everything that is kept, check what was saved, put it back
    #[command(subcommand, after_help = "Example: mineban backup create backup-2026-11-23")]
    Backup(backup::Backup),
    /// Export, import or verify a whole journal
    #[command(subcommand, after_help = "Example: mineban journal export journal.jsonl")]
    Journal(journal::Journal),
    /// Who may sign in: enter people, hand out their links, give and end roles; and the audit trail
    #[command(
        subcommand,
        after_help = "Example: mineban user add --administrator --name \"Ada Quist\" --email ada@example.org"
    )]
    User(user::User),
    /// What is kept about people: sweep what is too old, export and erase one person
    #[command(subcommand, after_help = "Example: mineban privacy sweep")]
    Privacy(privacy::Privacy),
}

/// The folder, in the data folder, with copies of what lies in an object store; it may be emptied.
const COPIES: &str = "field-copies";

/// What every command gets.
pub(crate) struct Given {
    pub(crate) place: Place,
    pub(crate) objects: Objects,
    pub(crate) words: &'static Words,
    pub(crate) json: bool,
    pub(crate) now: Timestamp,
}

impl Given {
    /// Today, in UTC.
    pub(crate) fn today(&self) -> Date {
        utc_date(self.now)
    }
}

/// The date as of which something is asked.
#[derive(Debug, Args)]
pub(crate) struct AsOf {
    /// As of this date, as in 2020-12-07 [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<Date>,
}

fn lang(text: &str) -> Result<Lang, String> {
    Lang::of_code(text).ok_or_else(|| format!("write one of {}", Lang::ALL.map(Lang::code).join(", ")))
}

pub(crate) fn date(text: &str) -> Result<Date, String> {
    match text.parse::<PartialDate>() {
        Ok(PartialDate::Day(date)) => Ok(date),
        _ => Err("write year, month and day, as in 2020-12-07".to_owned()),
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// Nothing to remark.
    Fine,
    /// Done, with findings.
    Findings,
}

impl From<Done> for ExitCode {
    fn from(done: Done) -> Self {
        match done {
            Done::Fine => Self::SUCCESS,
            Done::Findings => Self::FAILURE,
        }
    }
}

/// Runs what was typed.
pub(crate) async fn run(cli: Cli) -> Result<Done, DeskError> {
    let place = match (cli.store, cli.data) {
        (Some(store), folder) => {
            let folder = folder.unwrap_or_else(|| DEFAULT_FOLDER.into());
            Place::Shared { folder, store: Address::Postgres(store) }
        }
        (None, folder) => folder.map_or(Place::Default, Place::Named),
    };
    let objects = match cli.objects.filter(|address| !address.is_empty()) {
        Some(address) => Objects::s3(&address, place.folder().join(COPIES), |name| std::env::var(name).ok())?,
        None => Objects::of_place(&place),
    };
    let given = Given { place, objects, words: Words::of(cli.lang), json: cli.json, now: Timestamp::now() };
    match cli.command {
        Command::Demo(demo) => demo.run(&given).await,
        Command::Serve(serve) => serve.run(&given).await,
        Command::Health(health) => health.run(),
        Command::Status(status) => status.run(&given).await,
        Command::Deadlines(deadlines) => deadlines.run(&given).await,
        Command::Intake(intake) => intake.run(&given).await,
        Command::Balance(balance) => balance.run(&given),
        Command::Map(map) => map.run(&given),
        Command::Forecast(forecast) => forecast.run(&given).await,
        Command::Draft(draft) => draft.run(&given).await,
        Command::Check(check) => check.run(&given).await,
        Command::Lodge(lodge) => lodge.run(&given).await,
        Command::Verify(verify) => verify.run(&given),
        Command::Resolution(resolution) => resolution.run(&given).await,
        Command::Rights(rights) => rights.run(&given),
        Command::Backup(backup) => backup.run(&given).await,
        Command::Journal(journal) => journal.run(&given).await,
        Command::User(user) => user.run(&given).await,
        Command::Privacy(privacy) => privacy.run(&given).await,
    }
}
