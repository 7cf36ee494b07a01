//! A worker with a name is killed, again and again, and started at once, as a supervisor would.

use std::io::Write;
use std::time::Duration;

use tokio::time::Instant;

use super::account::Account;
use super::feed::Feed;
use super::scene::{Scene, kill};
use super::{Line, times_of};
use crate::bench::broker::random;

/// A commit that was on its way when the worker died may still arrive; no process starts so fast.
const ON_ITS_WAY: Duration = Duration::from_millis(50);

/// Kills it so often.
///
/// # Errors
/// When it does not come back.
pub(super) fn measure(
    scene: &Scene,
    kills: usize,
    rate: u32,
    out: &mut impl Write,
) -> anyhow::Result<Vec<Line>> {
    let route = scene.route()?;
    let log = scene.log();
    let feed = Feed::start(scene, &route, rate)?;
    let mut worker = scene.worker(&route, Some("desk-1"))?;
    let mut times = Vec::new();
    for round in 1..=kills {
        let before = route.committed()?;
        route.wait_committed("it is at work", || worker.check(&log), |now| now != &before)?;
        // Somewhere between two commits.
        std::thread::park_timeout(Duration::from_millis(random() % 400));
        kill(worker)?;
        let began = Instant::now();
        worker = scene.worker(&route, Some("desk-1"))?;
        let mut before = route.committed()?;
        route.wait_committed(
            "it commits again",
            || worker.check(&log),
            |now| {
                let moved = now != &before;
                before.clone_from(now);
                moved && began.elapsed() > ON_ITS_WAY
            },
        )?;
        times.push(began.elapsed());
        if round.is_multiple_of(10) {
            writeln!(out, "kills: {round} of {kills}")?;
            out.flush()?;
        }
    }
    let records = feed.end()?;
    route.finish(records, worker, &log)?;
    let mut lines = vec![("kills: kill -9 of a named worker".to_owned(), kills.to_string())];
    lines.extend(times_of("kills: from the restart to the first commit", &times));
    lines.extend(Account::of(scene, &route, records)?.lines("kills"));
    Ok(lines)
}
