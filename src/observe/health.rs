//! Whether the worker lives and is ready, and if not, why.
//!
//! - It lives while its poll loop goes round, and while every partition that has records in flight
//!   moves on. While the broker does not answer, partitions cannot move and a restart would not help:
//!   they are not held against it then; readiness is.
//! - It is ready once the group has given it an assignment (which may be empty: a spare worker) and
//!   both the consumer and the producer say that the broker answers, until it starts to stop.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Clock;
use crate::pipeline::observer::Observer;
use crate::pipeline::seam::PartitionId;

/// The parts that must reach the broker before the worker is ready, as
/// [`Observer::broker_state`] names them.
pub const PARTS: [&str; 2] = ["consumer", "producer"];
/// How many reasons an answer holds: a worker may have thousands of partitions.
const REASONS: usize = 20;

/// The answer to a probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whether all is well.
    pub ok: bool,
    /// Why not: empty if all is well; at most 20.
    pub reasons: Vec<Reason>,
}

/// One reason why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What is not as it should be: `poll_loop`, `partition`, `assignment`, `consumer`, `producer`,
    /// `publisher`, `call` (one to the broker that does not return), `stopping`.
    pub check: &'static str,
    /// What was found, and what was expected.
    pub found: String,
}

impl Answer {
    fn of(mut reasons: Vec<Reason>) -> Self {
        reasons.truncate(REASONS);
        Self { ok: reasons.is_empty(), reasons }
    }
}

/// The state that probes are answered from. Pure: times are handed in.
#[derive(Debug)]
struct State {
    polled_at: Duration,
    /// Whether the group has given an assignment that it has not taken back by force.
    member: bool,
    stopping: bool,
    /// Of the assigned partitions only.
    partitions: FxHashMap<PartitionId, Progress>,
    /// What each part last said of the broker.
    parts: BTreeMap<&'static str, Result<(), String>>,
}

#[derive(Debug, Clone, Copy)]
struct Progress {
    records: usize,
    /// When it last moved, or got work after it had none.
    moved_at: Duration,
}

impl State {
    fn new(now: Duration) -> Self {
        Self {
            polled_at: now,
            member: false,
            stopping: false,
            partitions: FxHashMap::default(),
            parts: BTreeMap::new(),
        }
    }

    fn assigned(&mut self, partition: &PartitionId, assigned: bool, now: Duration) {
        if assigned {
            self.member = true;
            self.partitions.insert(partition.clone(), Progress { records: 0, moved_at: now });
        } else {
            self.partitions.remove(partition);
        }
    }

    fn rebalanced(&mut self, kind: &str) {
        match kind {
            "assign" => self.member = true,
            "lost" => self.member = false,
            _ => {}
        }
    }

    fn in_flight(&mut self, partition: &PartitionId, records: usize, now: Duration) {
        if let Some(progress) = self.partitions.get_mut(partition) {
            if progress.records == 0 {
                progress.moved_at = now;
            }
            progress.records = records;
        }
    }

    fn progressed(&mut self, partition: &PartitionId, now: Duration) {
        if let Some(progress) = self.partitions.get_mut(partition) {
            progress.moved_at = now;
        }
    }

    fn part(&mut self, part: &'static str, healthy: Result<(), &str>, now: Duration) {
        let was_healthy = self.broker_answers();
        self.parts.insert(part, healthy.map_err(str::to_owned));
        if !was_healthy && self.broker_answers() {
            // The time without a broker is not the partitions' fault.
            for progress in self.partitions.values_mut() {
                progress.moved_at = now;
            }
        }
    }

    fn broker_answers(&self) -> bool {
        self.parts.values().all(Result::is_ok)
    }

    fn live(&self, stall_after: Duration, now: Duration) -> Answer {
        let mut reasons = Vec::new();
        let stood = now.saturating_sub(self.polled_at);
        if stood > stall_after {
            reasons.push(Reason {
                check: "poll_loop",
                found: format!(
                    "the poll loop last went round {} ago, {}",
                    whole(stood),
                    expected(stall_after)
                ),
            });
        }
        if self.broker_answers() {
            let mut stalled: Vec<(&PartitionId, &Progress)> = self
                .partitions
                .iter()
                .filter(|(_, progress)| {
                    progress.records > 0 && now.saturating_sub(progress.moved_at) > stall_after
                })
                .collect();
            stalled.sort_by_key(|(partition, _)| *partition);
            reasons.extend(stalled.into_iter().map(|(partition, progress)| Reason {
                check: "partition",
                found: format!(
                    "{partition} has {} records in flight and last moved {} ago, {}",
                    progress.records,
                    whole(now.saturating_sub(progress.moved_at)),
                    expected(stall_after)
                ),
            }));
        }
        Answer::of(reasons)
    }

    fn ready(&self) -> Answer {
        let mut reasons = Vec::new();
        if self.stopping {
            reasons.push(Reason { check: "stopping", found: "the worker was told to stop".into() });
        }
        if !self.member && self.partitions.is_empty() {
            reasons
                .push(Reason { check: "assignment", found: "the group has given no assignment yet".into() });
        }
        for part in PARTS {
            match self.parts.get(part) {
                Some(Ok(())) => {}
                Some(Err(cause)) => reasons.push(Reason { check: part, found: cause.clone() }),
                None => {
                    reasons.push(Reason { check: part, found: "it has not reached the broker yet".into() });
                }
            }
        }
        // Other parts speak up only when something is wrong.
        for (part, state) in self.parts.iter().filter(|(part, _)| !PARTS.contains(*part)) {
            if let Err(cause) = state {
                reasons.push(Reason { check: part, found: cause.clone() });
            }
        }
        Answer::of(reasons)
    }
}

fn expected(stall_after: Duration) -> String {
    format!("expected within {} (`admin.stall_after`)", humantime::format_duration(stall_after))
}

/// Without the digits that nobody reads.
fn whole(time: Duration) -> humantime::FormattedDuration {
    humantime::format_duration(Duration::from_secs(time.as_secs()))
}

/// The health of one worker.
pub struct Health {
    stall_after: Duration,
    clock: Clock,
    /// Held for a few map operations at most, never across an await.
    state: Mutex<State>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("stall_after", &self.stall_after).field("state", &self.state).finish()
    }
}

impl Health {
    /// The health of a worker that starts now: it has `stall_after` for its first round.
    #[must_use]
    pub fn new(stall_after: Duration, clock: Clock) -> Self {
        let state = Mutex::new(State::new(clock()));
        Self { stall_after, clock, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer of `/livez`.
    #[must_use]
    pub fn live(&self) -> Answer {
        let now = (self.clock)();
        self.state().live(self.stall_after, now)
    }

    /// The answer of `/readyz`.
    #[must_use]
    pub fn ready(&self) -> Answer {
        self.state().ready()
    }

    /// The worker begins to stop: it is not ready from here on.
    pub fn stopping(&self) {
        self.state().stopping = true;
    }
}

impl Observer for Health {
    fn partition_in_flight(&self, partition: &PartitionId, records: usize, _oldest: Option<Duration>) {
        let now = (self.clock)();
        self.state().in_flight(partition, records, now);
    }

    fn assigned(&self, partition: &PartitionId, assigned: bool) {
        let now = (self.clock)();
        self.state().assigned(partition, assigned, now);
    }

    fn rebalanced(&self, kind: &'static str) {
        self.state().rebalanced(kind);
    }

    fn polled(&self) {
        let now = (self.clock)();
        self.state().polled_at = now;
    }

    fn progressed(&self, partition: &PartitionId) {
        let now = (self.clock)();
        self.state().progressed(partition, now);
    }

    fn broker_state(&self, part: &'static str, healthy: Result<(), &str>) {
        let now = (self.clock)();
        self.state().part(part, healthy, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALL: Duration = Duration::from_secs(60);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn partition(number: i32) -> PartitionId {
        PartitionId::new("raw", number)
    }

    /// A worker at second 0 with partitions 0 and 1 and a broker that answers.
    fn working() -> State {
        let mut state = State::new(at(0));
        state.part("consumer", Ok(()), at(0));
        state.part("producer", Ok(()), at(0));
        state.rebalanced("assign");
        state.assigned(&partition(0), true, at(0));
        state.assigned(&partition(1), true, at(0));
        state
    }

    fn found(answer: &Answer) -> Vec<&str> {
        assert_eq!(answer.ok, answer.reasons.is_empty());
        answer.reasons.iter().map(|reason| reason.found.as_str()).collect()
    }

    #[test]
    fn a_poll_loop_that_stands_still_is_not_alive() {
        let mut state = working();
        assert!(state.live(STALL, at(60)).ok);
        let expected = ["the poll loop last went round 1m 1s ago, expected within 1m (`admin.stall_after`)"];
        assert_eq!(found(&state.live(STALL, at(61))), expected);
        state.polled_at = at(61);
        assert!(state.live(STALL, at(61)).ok);
    }

    #[test]
    fn a_partition_with_work_must_move() {
        let mut state = working();
        state.in_flight(&partition(1), 3, at(10));
        state.in_flight(&partition(1), 5, at(50));
        state.polled_at = at(71);
        let expected = [
            "raw-1 has 5 records in flight and last moved 1m 1s ago, expected within 1m (`admin.stall_after`)",
        ];
        assert_eq!(found(&state.live(STALL, at(71))), expected);
        state.progressed(&partition(1), at(71));
        assert!(state.live(STALL, at(71)).ok);
    }

    #[test]
    fn a_partition_without_work_or_that_is_gone_need_not_move() {
        let mut state = working();
        state.in_flight(&partition(0), 3, at(0));
        state.in_flight(&partition(0), 0, at(1));
        state.in_flight(&partition(1), 3, at(0));
        state.assigned(&partition(1), false, at(1));
        state.in_flight(&partition(1), 9, at(2));
        state.polled_at = at(500);
        assert!(state.live(STALL, at(500)).ok);
        // Work after a long rest starts the watch anew.
        state.in_flight(&partition(0), 1, at(500));
        assert!(state.live(STALL, at(501)).ok);
    }

    #[test]
    fn a_broker_that_is_away_costs_readiness_not_life() {
        let mut state = working();
        state.in_flight(&partition(0), 3, at(0));
        state.part("producer", Err("localhost:9092: connection refused"), at(5));
        state.polled_at = at(300);
        assert!(state.live(STALL, at(300)).ok);
        assert_eq!(found(&state.ready()), ["localhost:9092: connection refused"]);
        state.part("producer", Ok(()), at(300));
        assert!(
            state.ready().ok && state.live(STALL, at(360)).ok,
            "the watch starts when the broker is back"
        );
        state.polled_at = at(361);
        assert_eq!(state.live(STALL, at(361)).reasons[0].check, "partition");
    }

    #[test]
    fn ready_takes_an_assignment_and_both_parts() {
        let mut state = State::new(at(0));
        let checks =
            |state: &State| state.ready().reasons.iter().map(|reason| reason.check).collect::<Vec<_>>();
        assert_eq!(checks(&state), ["assignment", "consumer", "producer"]);
        state.part("consumer", Ok(()), at(1));
        state.part("producer", Ok(()), at(1));
        assert_eq!(checks(&state), ["assignment"]);
        state.rebalanced("assign");
        assert!(state.ready().ok, "an empty assignment is one: a spare worker is ready");
        state.rebalanced("revoke");
        assert!(state.ready().ok, "some partitions went, in good order");
        state.assigned(&partition(0), true, at(2));
        state.rebalanced("lost");
        assert!(state.ready().ok, "one is left");
        state.assigned(&partition(0), false, at(3));
        state.rebalanced("assign");
        state.rebalanced("lost");
        assert_eq!(checks(&state), ["assignment"]);
    }

    #[test]
    fn an_answer_is_bounded_and_sorted() {
        let mut state = working();
        for number in (0..100).rev() {
            state.assigned(&partition(number), true, at(0));
            state.in_flight(&partition(number), 1, at(0));
        }
        state.polled_at = at(100);
        let answer = state.live(STALL, at(100));
        assert_eq!(answer.reasons.len(), REASONS);
        assert!(answer.reasons[0].found.starts_with("raw-0 "));
    }

    #[test]
    fn a_worker_that_stops_is_not_ready() {
        let health = Health::new(STALL, std::sync::Arc::new(|| Duration::ZERO));
        health.rebalanced("assign");
        health.broker_state("consumer", Ok(()));
        health.broker_state("producer", Ok(()));
        assert!(health.ready().ok);
        health.stopping();
        assert_eq!(health.ready().reasons[0].check, "stopping");
        assert!(health.live().ok);
    }
}
