//! What can be typed. Defaults of the worker are settings, not arguments.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use copydesk::article::Format;

use super::{exit, moment};

/// Turns raw news into clean, tagged records, as a Kafka stream.
#[derive(Debug, Parser)]
#[command(name = "copydesk", version, about, after_help = exit::HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the worker: raw articles from a topic in, enriched records out.
    #[command(after_help = "Example:
  copydesk run --config copydesk.toml --set kafka.brokers=kafka-1:9092,kafka-2:9092

SIGTERM or Ctrl-C drains what is in flight, commits, leaves the group and exits with 0.")]
    Run(SettingsArgs),
    /// Run the real worker on a broker inside this process, fed with sample articles, and show what
    /// comes out. At least once: that broker ignores transactions.
    #[command(after_help = "Example:
  copydesk demo
  copydesk demo --keep-running    # then look at http://127.0.0.1:9464/metrics")]
    Demo(DemoArgs),
    /// Enrich files (or standard input) without Kafka: one record a line, in the order of the files.
    #[command(after_help = "Examples:
  copydesk enrich article.txt page.html
  copydesk enrich --format jsonl --jobs 2 dump.jsonl > records.jsonl
  curl -s https://paper.example/story | copydesk enrich --format html --pretty
  copydesk enrich --explain page.html

A raw article that is rejected gives an object with `error` on its line, and exit code 3 at the end.")]
    Enrich(EnrichArgs),
    /// Send dead letters back to the input topic they came from, each once, up to the end as of now.
    #[command(after_help = "Examples:
  copydesk replay --from articles.dead-letter --dry-run
  copydesk replay --from articles.dead-letter --code budget_exceeded --since 2026-11-20 --name steps

Progress is kept under the name, also over what the filters leave out; another --name begins anew. Ctrl-C
and SIGTERM end it after the transaction under way. A letter that the input topic refuses is left out and
told, and the exit code is 3.")]
    Replay(ReplayArgs),
    /// Tag texts: one {"id","text"[,"date"]} a line in, one {"id","entities"} a line out, same order.
    #[command(after_help = "Example:
  echo '{\"id\":1,\"text\":\"Serbia asked NATO on Sunday.\",\"date\":\"2023-01-08\"}' | copydesk tag

  copydesk tag --explain < texts.jsonl

start and end are code points of that same text, end exclusive. A bad line gives \"entities\": [] and
\"error\" in its place; the exit code stays 0.")]
    Tag(TagArgs),
    /// Check or show the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the JSON Schema of the record.
    #[command(after_help = "Example:
  copydesk schema > copydesk.article.schema.json")]
    Schema,
    /// Print completions for a shell.
    #[command(after_help = "Example:
  copydesk completions bash > /etc/bash_completion.d/copydesk")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Validate the settings and say what is wrong with them, all in one go.
    #[command(after_help = "Example:
  copydesk config check --config copydesk.toml")]
    Check(SettingsArgs),
    /// Show the effective settings and where each came from; secrets are masked.
    #[command(after_help = "Example:
  COPYDESK_KAFKA__BROKERS=kafka:9092 copydesk config show")]
    Show(SettingsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// A TOML file of settings; it goes over the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// One setting (`output.topic=news.clean`); it goes over file and environment. May come often.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) sets: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Stay up with the admin port after the summary, until Ctrl-C.
    #[arg(long)]
    pub(crate) keep_running: bool,
    /// Feed each sample so often.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) rounds: usize,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EnrichArgs {
    /// How to read the files. auto: each by its content, `.jsonl` and `.ndjson` line by line.
    #[arg(long, value_enum, default_value_t = InputFormat::Auto)]
    pub(crate) format: InputFormat,
    /// Threads; all cores if not given.
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// The moment to read the dates against (`2023-01-08` or `2023-01-08T10:33:00Z`).
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
    /// Indent the records.
    #[arg(long)]
    pub(crate) pretty: bool,
    /// Show records to a person instead: what was read, from where, what was cut and why.
    #[arg(long, conflicts_with = "pretty")]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Files; standard input if none is given, `-` for it among others.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The topic of dead letters.
    #[arg(long, value_name = "TOPIC")]
    pub(crate) from: String,
    /// Only letters whose last code is this. May come often.
    #[arg(long = "code", value_name = "CODE")]
    pub(crate) codes: Vec<String>,
    /// Only letters whose timestamp, the article's, is this or later (`2026-11-20`, in UTC, or
    /// `2026-11-20T06:00:00Z`).
    #[arg(long, value_name = "TIME", value_parser = moment::start)]
    pub(crate) since: Option<i64>,
    /// Whose progress to go on from, and to keep.
    #[arg(long, default_value = "default", value_name = "NAME")]
    pub(crate) name: String,
    /// Leave out letters that were rejected so often.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_rounds: u32,
    /// Send nothing, keep no progress, print what would be sent.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TagArgs {
    /// Threads; all cores if not given.
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Show to a person instead what each mention may stand for, and what speaks for and against it.
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputFormat {
    /// By content and name.
    Auto,
    /// One raw article a line.
    Jsonl,
    /// One raw article of this format.
    One(Format),
}

impl ValueEnum for InputFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Auto,
            Self::One(Format::Text),
            Self::One(Format::Html),
            Self::One(Format::Json),
            Self::Jsonl,
            Self::One(Format::Ninjs),
            Self::One(Format::JsonLd),
            Self::One(Format::NewsMlG2),
            Self::One(Format::Nitf),
            Self::One(Format::Rss),
            Self::One(Format::Atom),
            Self::One(Format::Warc),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Auto => Some(PossibleValue::new("auto").help("By content and name")),
            Self::Jsonl => {
                Some(PossibleValue::new("jsonl").help("One raw article a line, each a JSON object"))
            }
            Self::One(format) => format.to_possible_value(),
        }
    }
}
