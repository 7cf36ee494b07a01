//! Of two workers without names one dies and does not come back: until the other has its partitions.

use std::io::Write;

use tokio::time::Instant;

use super::account::Account;
use super::feed::Feed;
use super::scene::{Scene, kill};
use super::{Line, seconds, times_of};

/// Loses one of two so often.
///
/// # Errors
/// When the other does not take over.
pub(super) fn measure(
    scene: &Scene,
    rounds: usize,
    rate: u32,
    out: &mut impl Write,
) -> anyhow::Result<Vec<Line>> {
    let route = scene.route()?;
    let log = scene.log();
    let feed = Feed::start(scene, &route, rate)?;
    let mut staying = scene.worker(&route, None)?;
    let mut times = Vec::new();
    for round in 1..=rounds {
        let leaving = scene.worker(&route, None)?;
        route.wait_members(2)?;
        kill(leaving)?;
        let began = Instant::now();
        // Every partition gets records all the time. Those of the dead worker stand still.
        let before = route.committed()?;
        route.wait_committed(
            "all partitions move",
            || staying.check(&log),
            |now| now.iter().zip(&before).all(|(now, before)| now > before),
        )?;
        times.push(began.elapsed());
        writeln!(out, "loss: round {round} of {rounds}: {}", seconds(began.elapsed()))?;
        out.flush()?;
    }
    let records = feed.end()?;
    route.finish(records, staying, &log)?;
    let mut lines = vec![("loss: kill -9 of one of two".to_owned(), rounds.to_string())];
    lines.extend(times_of("loss: until the other commits on all partitions", &times));
    lines.extend(Account::of(scene, &route, records)?.lines("loss"));
    Ok(lines)
}
