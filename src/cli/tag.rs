//! `copydesk tag`: entities of one text a line.

use std::io::{self, BufRead, BufWriter, Write};

use anyhow::{Context, Result};
use copydesk::budget::DEFAULT_STEPS;
use copydesk::tag::{Tagger, line};

use super::args::TagArgs;
use super::enrich::{is_broken_pipe, jobs};
use super::{candidates, exit, ordered};

fn answer(tagger: &Tagger, line: &str, explain: bool) -> String {
    if !explain {
        return line::answer(tagger, line, DEFAULT_STEPS);
    }
    match line::explained(tagger, line, DEFAULT_STEPS) {
        Ok(mentions) => candidates::page(&mentions),
        Err(error) => format!("not explained: {error}\n"),
    }
}

/// Runs the command; the exit code. What is wrong with a line stands in the answer to it.
pub(crate) fn run(args: &TagArgs, tagger: &Tagger) -> Result<u8> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
    let lines = io::stdin().lock().split(b'\n').map(|line| line.context("standard input cannot be read"));
    let outcome = ordered::run(
        jobs(args.jobs),
        lines.filter(|line| line.as_ref().map_or(true, |line| !line.trim_ascii().is_empty())),
        Vec::len,
        |text| match std::str::from_utf8(&text) {
            Ok(text) => answer(tagger, text, args.explain),
            Err(error) => {
                let error = format!("expected UTF-8, found: {error}");
                serde_json::json!({ "id": null, "entities": [], "error": error }).to_string()
            }
        },
        |line: String| {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n").map_err(Into::into)
        },
    );
    match outcome.and_then(|()| out.flush().map_err(Into::into)) {
        Err(error) if is_broken_pipe(&error) => Ok(exit::OK),
        Err(error) => Err(error),
        Ok(()) => Ok(exit::OK),
    }
}
