//! The account of a run, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::checker::Verdict;
use super::faults::Stage;

/// Lines of the workers' complaints that are shown.
const COMPLAINTS: usize = 25;

/// What was run.
pub(crate) struct Head<'r> {
    pub(crate) name: &'r str,
    pub(crate) seed: u64,
    pub(crate) protocol: &'r str,
    pub(crate) promised: &'r str,
    pub(crate) workers: usize,
    pub(crate) nodes: u32,
    pub(crate) faults_for: Duration,
    pub(crate) written: u64,
    /// Records that nobody had committed when patience ended.
    pub(crate) lag: i64,
}

/// The table.
pub(crate) fn table(head: &Head<'_>, stage: &Stage, verdict: &Verdict) -> String {
    let mut table = String::new();
    let mut row = |name: &str, value: &dyn std::fmt::Display| {
        writeln!(table, "{value:>12}  {name}").expect("a string takes all");
    };
    row(
        &format!("run, of {} node(s), protocol {}, {}", head.nodes, head.protocol, head.promised),
        &head.name,
    );
    row("seed", &head.seed);
    row("workers", &head.workers);
    row("seconds of faults", &head.faults_for.as_secs());
    for (fault, count) in &stage.done {
        row(&format!("fault: {}", fault.name()), count);
    }
    row("records written", &head.written);
    row("records in the input", &verdict.records);
    row("of these, the writer's repeats", &verdict.repeats);
    row("outputs", &verdict.outputs);
    row("tombstones", &verdict.tombstones);
    for (code, count) in &verdict.dead_letters {
        row(&format!("dead letters: {code}"), count);
    }
    for (exit, count) in &stage.crew.exits {
        row(&format!("workers {exit}"), count);
    }
    row("workers hung after SIGTERM", &stage.crew.hung);
    for (complaint, count) in most(&stage.crew.complaints) {
        row(&format!("log: {complaint}"), count);
    }
    row("not committed at the end", &head.lag);
    row("lost", &verdict.lost);
    row("twice", &verdict.twice);
    row("out of order", &verdict.disorder);
    row("altered", &verdict.altered);
    row("dead letters not deserved", &verdict.undeserved);
    for told in &verdict.told {
        row(told, &"");
    }
    table
}

fn most(complaints: &BTreeMap<String, u64>) -> Vec<(String, &u64)> {
    let mut sorted: Vec<_> = complaints
        .iter()
        .map(|(complaint, count)| (complaint.chars().take(140).collect::<String>(), count))
        .collect();
    sorted.sort_by(|left, right| right.1.cmp(left.1).then_with(|| left.0.cmp(&right.0)));
    sorted.truncate(COMPLAINTS);
    sorted
}
