//! The `mineban` command line: one module per command, each thin; the work is done at the desk.

mod backup;
mod balance;
mod check;
mod cli;
mod deadlines;
mod demo;
mod draft;
mod forecast;
mod health;
mod how;
mod identity;
mod intake;
mod journal;
mod letters;
mod lodge;
mod log;
mod map;
mod output;
mod privacy;
mod resolution;
mod rights;
mod running;
mod serve;
mod status;
mod sweeping;
mod user;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!("this machine does not let the program start its threads: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(done) => done.into(),
        Err(error) => {
            output::complain(&error.to_string());
            if error.asks_for_a_mapping() {
                output::complain("a mapping is a text file of yours (TOML); give it with --mapping FILE");
            }
            ExitCode::FAILURE
        }
    }
}
