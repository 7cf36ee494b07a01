//! The broker falls silent while there is plenty to read: what the worker holds meanwhile.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use tokio::time::Instant;

use super::account::Account;
use super::feed::fill;
use super::scene::Scene;
use super::{Line, seconds};

/// Stories that wait: more than all queues hold together.
const BACKLOG: usize = 100_000;
/// Records of the backlog that are done before the broker falls silent.
const UNDER_WAY: i64 = 10_000;
const SAMPLE: Duration = Duration::from_secs(5);
/// The queues are full soon; from then on memory must be flat.
const FULL: Duration = Duration::from_secs(20);

/// Freezes the broker for so long.
///
/// # Errors
/// When the worker does not come to the end of what waits.
pub(super) fn measure(scene: &Scene, pause: Duration, out: &mut impl Write) -> anyhow::Result<Vec<Line>> {
    let route = scene.route()?;
    let log = scene.log();
    fill(scene, &route, BACKLOG)?;
    let mut worker = scene.worker(&route, Some("desk-1"))?;
    route.wait_committed(
        "it is at work",
        || worker.check(&log),
        |now| now.iter().sum::<i64>() > UNDER_WAY,
    )?;
    let node = scene.cluster.nodes.first().context("no node")?;
    let failed = |failure| anyhow::anyhow!("{failure}");
    node.signal("-STOP").map_err(failed)?;
    let began = Instant::now();
    let (mut samples, mut restarts) = (Vec::new(), 0);
    while began.elapsed() < pause {
        let due = Instant::now() + SAMPLE;
        while Instant::now() < due {
            std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
        }
        if worker.check(&log).is_err() {
            // As a supervisor would.
            restarts += 1;
            worker = scene.worker(&route, Some("desk-1"))?;
            samples.clear();
            continue;
        }
        let rss = worker.usage()?.rss;
        if began.elapsed() >= FULL {
            samples.push(rss);
        }
        writeln!(out, "stall: {:>4} s, {} resident", began.elapsed().as_secs(), mebibytes(rss))?;
        out.flush()?;
    }
    node.signal("-CONT").map_err(failed)?;
    let goes_on = Instant::now();
    let all = i64::try_from(BACKLOG)?;
    route.wait_committed("all is committed", || worker.check(&log), |now| now.iter().sum::<i64>() == all)?;
    let rest = goes_on.elapsed();
    worker.stop()?;
    let line = |name: &str, value: String| (format!("stall: {name}"), value);
    let mut lines = vec![
        line("the broker was silent", seconds(pause)),
        line("the worker ended by itself", restarts.to_string()),
        line("until the rest was done", seconds(rest)),
    ];
    let samples = &samples;
    for (name, sample) in [
        ("first", samples.first()),
        ("min", samples.iter().min()),
        ("max", samples.iter().max()),
        ("last", samples.last()),
    ] {
        let value = sample.map_or_else(|| "none".to_owned(), |rss| mebibytes(*rss));
        lines.push(line(&format!("resident, queues full: {name}"), value));
    }
    lines.extend(Account::of(scene, &route, BACKLOG)?.lines("stall"));
    Ok(lines)
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / (1024.0 * 1024.0))
}
