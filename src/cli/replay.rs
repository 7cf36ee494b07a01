//! `copydesk replay`: dead letters back to the input topic.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use copydesk::kafka::replay::{self, Counts, Order, Outcome, Summary};
use copydesk::observe;
use copydesk::settings::Settings;

use super::args::ReplayArgs;
use super::enrich::is_broken_pipe;
use super::exit;
use super::run::{runtime, stop_signal};

/// Runs the command; the exit code.
pub(crate) fn run(args: &ReplayArgs, settings: &Settings) -> Result<u8> {
    let order = Order::new(settings, &args.from, &args.name, args.max_rounds)?
        .of_codes(args.codes.iter().cloned())
        .since(args.since)
        .dry_run(args.dry_run);
    observe::log::init(&settings.log)?;
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = runtime()?;
    let signal = {
        let _signals_need_it = runtime.enter();
        stop_signal()?
    };
    let told = Arc::clone(&stop);
    runtime.spawn(async move {
        let signal = signal.await;
        tracing::info!(signal, "replay ends after the transaction under way");
        told.store(true, Ordering::Release);
    });
    let mut out = BufWriter::new(io::stdout());
    let mut written = Ok(());
    let ended = replay::run(settings, &order, &stop, &mut |planned| {
        written = writeln!(out, "{planned}");
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    runtime.shutdown_background();
    let summary = match ended {
        Ok(summary) => summary,
        Err(error) => {
            // As with the worker, standard error is the log's.
            tracing::error!(error = %error, "replay failed: what was committed stays, start it again to go on");
            return Ok(exit::FAILED);
        }
    };
    let written = written.and_then(|()| out.write_all(report(args, &summary).as_bytes()));
    match written.and_then(|()| out.flush()).map_err(anyhow::Error::from) {
        Err(error) if !is_broken_pipe(&error) => Err(error),
        _ if summary.counts.total(Outcome::Refused) > 0 => Ok(exit::SOME_REJECTED),
        _ => Ok(exit::OK),
    }
}

/// What a person wants to know: a table by code, what was refused, where it stands.
fn report(args: &ReplayArgs, summary: &Summary) -> String {
    let mut report = table(&summary.counts);
    for refusal in &summary.refusals {
        writeln!(report, "{refusal}").ok();
    }
    let totals = summary.counts.totals();
    let (sent, read) = (summary.counts.total(Outcome::Sent), totals.values().sum::<u64>());
    let would = if args.dry_run { "would be sent" } else { "sent" };
    let letters = if read == 1 { "letter" } else { "letters" };
    writeln!(report, "{sent} of {read} {letters} of `{}` {would}, name `{}`", args.from, args.name).ok();
    if summary.begins_anew {
        writeln!(report, "no progress was kept under this name: it began at the beginning").ok();
    }
    if summary.stopped {
        writeln!(report, "stopped before the end: start again to go on").ok();
    }
    report
}

/// How wide a count may get before it pushes its row out.
const COUNT: usize = 8;

/// One row a code and one column an outcome, of those that occur.
fn table(counts: &Counts) -> String {
    let totals = counts.totals();
    let mut outcomes: BTreeSet<Outcome> = totals.keys().copied().collect();
    outcomes.insert(Outcome::Sent);
    let rows: Vec<_> = counts.rows().chain([("total", &totals)]).collect();
    let width = rows.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
    let mut table = format!("{:width$}", "code");
    for outcome in &outcomes {
        write!(table, "  {:>COUNT$}", outcome.as_str()).ok();
    }
    table.push('\n');
    for (code, row) in rows {
        write!(table, "{code:width$}").ok();
        for outcome in &outcomes {
            let column = COUNT.max(outcome.as_str().len());
            write!(table, "  {:>column$}", row.get(outcome).copied().unwrap_or(0)).ok();
        }
        table.push('\n');
    }
    table
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{Cli, Command};

    fn args(more: &[&str]) -> ReplayArgs {
        let typed = ["copydesk", "replay", "--from", "dead"];
        let cli = Cli::try_parse_from(typed.iter().chain(more)).unwrap();
        let Command::Replay(args) = cli.command else { panic!("not a replay") };
        args
    }

    #[test]
    fn nothing_to_do_is_said() {
        let report = report(&args(&[]), &Summary { begins_anew: true, ..Summary::default() });
        assert_eq!(
            report,
            "code       sent\ntotal         0\n0 of 0 letters of `dead` sent, name `default`\n\
             no progress was kept under this name: it began at the beginning\n"
        );
    }

    #[test]
    fn a_report_says_where_it_stands() {
        let summary = Summary { stopped: true, ..Summary::default() };
        let report = report(&args(&["--dry-run", "--name", "n"]), &summary);
        assert!(report.ends_with(
            "0 of 0 letters of `dead` would be sent, name `n`\nstopped before the end: start again to go on\n"
        ));
    }

    #[test]
    fn defaults_and_times_are_read() {
        let typed = args(&["--code", "a", "--code", "b", "--since", "2023-01-08"]);
        assert_eq!((typed.name.as_str(), typed.max_rounds), ("default", 3));
        assert_eq!(
            (typed.codes.as_slice(), typed.since),
            (&["a".to_owned(), "b".to_owned()][..], Some(1_673_136_000_000))
        );
        for wrong in [["--since", "soon"], ["--max-rounds", "0"]] {
            let cli = ["copydesk", "replay", "--from", "dead"].iter().chain(&wrong);
            assert_eq!(Cli::try_parse_from(cli).unwrap_err().exit_code(), 2);
        }
    }
}
