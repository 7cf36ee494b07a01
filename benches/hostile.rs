//! Hostile and broken values on their whole way from bytes to a record: time, memory and work of each kind at
//! 5 MB, and how the time grows with the size. The time is the processor's, where the system tells it: what else
//! runs on the machine does not bend the exponents.
//!
//! `cargo bench --bench hostile -- nested` measures the kinds with that in their names.
//!
//! On 26 November 2026, on a shared machine of two cores, of the 175 kinds that took a tenth of a second or more half
//! had an exponent below 1.04 and nine in ten one below 1.23; most of those above came below 1.15 when they were
//! measured alone. Above it stayed `authors`, `wide lists within the depth` and `p without end`, where the larger size
//! passes a limit that the smaller does not or memory grows beyond the caches, and `Â only`; no one function takes
//! more than a sixth of the time of any of them. The slowest, `capitals that grow`, took 8.1 s, its exponent 0.94; the
//! most memory, 609 MB, went into `line ends of all sorts`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench stops at the unexpected, and prints"
)]

#[path = "../tests/hostile/kinds/mod.rs"]
mod kinds;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use copydesk::article::RawArticle;
use copydesk::budget::Budget;
use copydesk::decode::DecodeLimits;
use copydesk::enrich::{Enricher, to_json};
use copydesk::normalize::Normalizer;
use copydesk::tag::Tagger;
use kinds::Kind;
use tokio::time::Instant;

/// The size at which the kinds are compared, and how often it is halved to see the growth.
const SIZE: usize = 5_000_000;
const HALVINGS: u32 = 2;
/// A run that takes less is repeated; the best of them counts.
const SURE: Duration = Duration::from_millis(400);
const REPEATS: usize = 3;

/// What became of a value.
struct Answer {
    /// The flags of a record, or the code of a rejection.
    outcome: String,
    bytes: usize,
    steps: u64,
}

fn answer(enricher: &Enricher, raw: &RawArticle) -> Answer {
    let mut budget = Budget::default();
    let answer = enricher
        .enrich(black_box(raw), &mut budget)
        .and_then(|record| Ok((to_json(&record)?.len(), format!("record {:?}", record.flags))));
    let (bytes, outcome) = answer.unwrap_or_else(|rejection| {
        assert!(!rejection.message.is_empty());
        (0, rejection.code.to_owned())
    });
    Answer { outcome, bytes, steps: budget.spent() }
}

/// How long this thread has been on a processor; since `start`, where the system does not tell. Linux tells.
fn spent(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The best time of some runs, and the answer.
fn measured(enricher: &Enricher, raw: &RawArticle) -> (Duration, Answer) {
    let mut best: Option<(Duration, Answer)> = None;
    let start = Instant::now();
    for _ in 0..REPEATS {
        let began = spent(start);
        let answer = answer(enricher, raw);
        let took = spent(start).saturating_sub(began);
        if best.as_ref().is_none_or(|(least, _)| took < *least) {
            best = Some((took, answer));
        }
        if took > SURE {
            break;
        }
    }
    best.expect("at least one run")
}

/// The exponent of the line through sizes and times, logarithms of both.
fn exponent(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (size, time) = (mean(|point| point.0), mean(|point| point.1));
    let covariance: f64 = points.iter().map(|(x, y)| (x - size) * (y - time)).sum();
    covariance / points.iter().map(|(x, _)| (x - size).powi(2)).sum::<f64>()
}

/// Forgets the most memory that the process has held. Linux only; elsewhere none is printed.
fn forget_peak() {
    let forgotten = std::fs::write("/proc/self/clear_refs", "5");
    drop(forgotten);
}

/// The most memory that the process has held since, in megabytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()? / 1024)
}

fn measure(enricher: &Enricher, kind: Kind) {
    let mut points = Vec::new();
    let mut last = None;
    for halving in (0..=HALVINGS).rev() {
        let raw = kind.raw(SIZE >> halving);
        forget_peak();
        let (took, answer) = measured(enricher, &raw);
        points.push((f64::from(2_u32.pow(HALVINGS - halving)).ln(), took.as_secs_f64().ln()));
        last = Some((took, answer, raw.value.len(), peak()));
    }
    let (took, answer, length, peak) = last.expect("at least one size");
    println!(
        "{:<48} {:>8.1} ms  exponent {:>5.2}  {:>5} MB  {:>9} steps  {:>8} -> {:>9} bytes  {}",
        kind.name,
        took.as_secs_f64() * 1000.0,
        exponent(&points),
        peak.map_or_else(|| "?".to_owned(), |peak| peak.to_string()),
        answer.steps,
        length,
        answer.bytes,
        answer.outcome,
    );
}

fn main() {
    let enricher = Enricher::new(
        DecodeLimits::default(),
        Normalizer::default(),
        Some(Arc::new(Tagger::embedded().expect("the tables are built in"))),
    );
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let is_bench = arguments.iter().any(|argument| argument == "--bench");
    let wanted = |kind: &Kind| named.is_empty() || named.iter().any(|name| kind.name.contains(name.as_str()));
    for kind in kinds::all().filter(wanted) {
        if is_bench {
            measure(&enricher, kind);
        } else {
            // As a test: that it runs at all.
            answer(&enricher, &kind.raw(4_096));
        }
    }
}
