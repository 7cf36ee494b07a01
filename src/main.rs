//! The command line of copydesk.

mod cli;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser};
use copydesk::article::SCHEMA;
use copydesk::kafka::replay::OrderError;
use copydesk::settings::Faults;
use copydesk::worker;

use cli::args::{Cli, Command};
use cli::exit;

fn main() -> ExitCode {
    let outcome = run(&Cli::parse());
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let misused = error.is::<Faults>() || error.is::<OrderError>();
            let code = if misused { exit::USAGE } else { exit::FAILED };
            // Nothing is left to do when standard error is gone as well.
            writeln!(std::io::stderr(), "copydesk: {error:#}").ok();
            ExitCode::from(code)
        }
    }
}

fn run(cli: &Cli) -> Result<u8> {
    match &cli.command {
        Command::Run(args) => cli::run::run(&cli::settings::load(args)?.settings),
        Command::Demo(args) => cli::demo::run(args),
        Command::Enrich(args) => {
            let settings = cli::settings::load(&args.settings)?.settings;
            let enricher = worker::enricher(&settings)?;
            cli::enrich::run(args, &settings, &enricher)
        }
        Command::Replay(args) => cli::replay::run(args, &cli::settings::load(&args.settings)?.settings),
        Command::Tag(args) => {
            cli::tag::run(args, &worker::tagger(&cli::settings::load(&args.settings)?.settings)?)
        }
        Command::Config(command) => cli::settings::run(command),
        Command::Schema => {
            std::io::stdout().lock().write_all(SCHEMA.as_bytes())?;
            Ok(exit::OK)
        }
        Command::Completions { shell } => {
            let mut command = Cli::command();
            clap_complete::generate(*shell, &mut command, "copydesk", &mut std::io::stdout());
            Ok(exit::OK)
        }
    }
}
