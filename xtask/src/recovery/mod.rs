//! Measures how fast work goes on after something died, and what a worker holds while its broker is silent.
//!
//! The time to the first commit is the time from the start of the process until the group's committed
//! offsets move: they move in the transaction that makes its records visible.

mod account;
mod feed;
mod kills;
mod loss;
mod scene;
mod stall;

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use self::scene::Scene;

const HELP: &str = "\
usage: xtask recovery [kills] [loss] [stall] [--kills N] [--rounds N] [--minutes N] [--rate N] [--set KEY=VALUE]...

  kills          a worker with an instance id is killed (kill -9) and started again at once
  loss           of two workers without instance ids, one is killed and does not come back
  stall          the broker is frozen (SIGSTOP) while the worker's queues are full
                 (none named: all three)
  --kills N      how often (100)
  --rounds N     of the loss (5)
  --minutes N    of the stall (10)
  --rate N       records a second while workers are killed (300)
  --set KEY=VALUE  a setting for all workers

example: make recovery ARGS=\"kills --kills 20\"
";

struct Options {
    parts: Vec<String>,
    kills: usize,
    rounds: usize,
    minutes: u64,
    rate: u32,
    sets: Vec<String>,
}

impl Options {
    /// `None`: only help is wanted.
    fn read(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Option<Self>> {
        let mut options =
            Self { parts: Vec::new(), kills: 100, rounds: 5, minutes: 10, rate: 300, sets: Vec::new() };
        while let Some(argument) = arguments.next() {
            if argument == "--help" {
                return Ok(None);
            }
            if ["kills", "loss", "stall"].contains(&argument.as_str()) {
                options.parts.push(argument);
                continue;
            }
            let value = arguments.next().with_context(|| format!("expected a value after {argument}"))?;
            let number = || value.parse::<u32>().with_context(|| format!("{argument}: expected a number"));
            match argument.as_str() {
                "--kills" => options.kills = number()?.try_into()?,
                "--rounds" => options.rounds = number()?.try_into()?,
                "--minutes" => options.minutes = number()?.into(),
                "--rate" => options.rate = number()?,
                "--set" => options.sets.push(value),
                _ => bail!("found {argument}\n{HELP}"),
            }
        }
        ensure!(
            options.kills > 0 && options.rounds > 0 && options.minutes > 0 && options.rate > 0,
            "expected 1 or more"
        );
        Ok(Some(options))
    }

    fn has(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|named| named == part)
    }
}

/// Runs the parts that were asked for.
///
/// # Errors
/// When something cannot be measured.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let Some(options) = Options::read(arguments)? else {
        out.write_all(HELP.as_bytes())?;
        return Ok(());
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no root")?;
    let own = std::env::current_exe()?;
    let target = own.parent().and_then(Path::parent).context("no target folder")?;
    let scene = Scene::start(root, target, own.with_file_name("copydesk"), options.sets.clone())?;
    let mut table = Vec::new();
    if options.has("kills") {
        table.extend(kills::measure(&scene, options.kills, options.rate, &mut out)?);
    }
    if options.has("loss") {
        table.extend(loss::measure(&scene, options.rounds, options.rate, &mut out)?);
    }
    if options.has("stall") {
        table.extend(stall::measure(&scene, Duration::from_secs(60 * options.minutes), &mut out)?);
    }
    writeln!(out)?;
    for (name, value) in table {
        writeln!(out, "{name:58} {value:>14}")?;
    }
    Ok(())
}

/// A line of the table.
type Line = (String, String);

/// Seconds with two digits.
fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}

/// The middle and the longest of some times, as lines of the table.
fn times_of(what: &str, times: &[Duration]) -> Vec<Line> {
    let Some((middle, longest)) = middle_and_longest(times) else { return Vec::new() };
    vec![(format!("{what}, p50"), seconds(middle)), (format!("{what}, max"), seconds(longest))]
}

/// The middle and the longest of some times.
fn middle_and_longest(times: &[Duration]) -> Option<(Duration, Duration)> {
    let mut sorted = times.to_vec();
    sorted.sort();
    Some((*sorted.get(sorted.len() / 2)?, *sorted.last()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_longest() {
        let times = [3, 9, 1].map(Duration::from_secs);
        assert_eq!(middle_and_longest(&times), Some((Duration::from_secs(3), Duration::from_secs(9))));
        assert_eq!(middle_and_longest(&[]), None);
    }
}
