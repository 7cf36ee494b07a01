//! Reads the settings for a command, and `copydesk config`.

use std::io::Write;

use anyhow::Result;
use copydesk::kafka;
use copydesk::settings::{self, Faults, Loaded, Sources};

use super::args::{ConfigCommand, SettingsArgs};
use super::exit;

/// The settings of all sources, the faults that only Kafka's client knows among them.
pub(crate) fn load(args: &SettingsArgs) -> Result<Loaded, Faults> {
    let sources = Sources {
        file: args.config.clone(),
        environment: std::env::vars().collect(),
        sets: args.sets.clone(),
    };
    settings::load_with(&sources, |settings| {
        kafka::faults(settings).into_iter().map(|fault| (fault.key, fault.message)).collect()
    })
}

/// Runs `copydesk config`; the exit code.
pub(crate) fn run(command: &ConfigCommand) -> Result<u8> {
    let (args, render): (_, fn(&Loaded) -> String) = match command {
        ConfigCommand::Check(args) => (args, settings::check),
        ConfigCommand::Show(args) => (args, settings::show),
    };
    let loaded = load(args)?;
    let mut out = std::io::stdout().lock();
    out.write_all(render(&loaded).as_bytes())?;
    Ok(exit::OK)
}
