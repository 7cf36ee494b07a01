//! Chaos: workers, brokers and the network between them fail at random, under load, and afterwards every
//! record is accounted for.
//!
//! `make test` runs it for about a minute with a fixed seed, `make chaos` for as long as it is told to:
//! `COPYDESK_CHAOS_MINUTES`, `COPYDESK_CHAOS_SEED`, `COPYDESK_CHAOS_WORKERS`; with
//! `COPYDESK_CHAOS_GUARANTEE=at_least_once` workers promise that, and are held to no more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that meets the unexpected should stop at once, and tells what it did"
)]

#[path = "../harness/mod.rs"]
mod harness;

mod articles;
mod checker;
mod checker_tests;
mod crew;
mod faults;
mod lines;
mod load;
mod plan;
mod reader;
mod report;
mod run;
mod topics;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use checker::Guarantee;
use plan::Fault;
use run::Run;

/// Chosen once: what it does is known to be of every kind.
const SEED: u64 = 20_261_124;

/// One run has the machine for itself.
static ALONE: Mutex<()> = Mutex::new(());

#[expect(clippy::disallowed_methods, reason = "this environment is the tests', not the worker's")]
fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    let value = std::env::var(format!("COPYDESK_CHAOS_{name}")).ok().filter(|value| !value.is_empty())?;
    Some(value.parse().unwrap_or_else(|_| panic!("COPYDESK_CHAOS_{name}: cannot read {value:?}")))
}

/// Seconds of faults: so many in a test, a share of the minutes that were asked for else.
fn faults_for(seconds: u64, share: u32) -> Duration {
    let asked = setting::<u32>("MINUTES").map(|minutes| Duration::from_secs(60) * minutes * share / 3);
    asked.unwrap_or(Duration::from_secs(seconds))
}

fn go(name: &'static str, nodes: u32, faults_for: Duration, kinds: &[Fault]) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let seed: u64 = setting("SEED").unwrap_or(SEED);
    let guarantee = match setting::<String>("GUARANTEE").as_deref() {
        Some("at_least_once") => Guarantee::AtLeastOnce,
        None | Some("exactly_once") => Guarantee::ExactlyOnce,
        Some(other) => panic!("COPYDESK_CHAOS_GUARANTEE: exactly_once or at_least_once, found {other}"),
    };
    // An unoptimised worker shares two cores with its brokers.
    let rate = setting("RATE").unwrap_or(if cfg!(debug_assertions) { 250 } else { 500 });
    // Both protocols have their turn with any seed, on one node or on three.
    let classic = seed.is_multiple_of(2) == (nodes == 1);
    let run = Run {
        name,
        seed,
        nodes,
        workers: setting("WORKERS").unwrap_or(3),
        protocol: if classic { "classic" } else { "consumer" },
        guarantee,
        rate,
        faults_for,
    };
    run.go(kinds);
}

#[test]
fn one_node() {
    go("one_node", 1, faults_for(60, 2), &Fault::ALL);
}

#[test]
fn three_nodes() {
    let short = [
        Fault::WorkerKilled,
        Fault::WorkerTerminated,
        Fault::NodeKilled,
        Fault::NodeRestarted,
        Fault::LineCut,
        Fault::LineStalled,
    ];
    let long = setting::<u32>("MINUTES").is_some();
    go("three_nodes", 3, faults_for(30, 1), if long { &Fault::ALL } else { &short });
}
