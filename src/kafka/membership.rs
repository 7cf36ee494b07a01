//! Whether this worker's place in its group should be taken anew.
//!
//! With the protocol of KIP-848 a member hears of its partitions in the answers to its heartbeats. In a long
//! run of faults two of four members of librdkafka 2.12.1 stayed in the group for minutes, silent and without
//! a partition, while the broker kept eight for them; why is not known, and it takes more than one lost
//! answer. A new membership, whose first answer holds all, ends that. Two signs lead to it: a heartbeat that
//! was not answered in time, and a membership that has held nothing for a while, which is also that of a
//! worker that stands by, and does it no harm.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How long a member may hold nothing, the first time; each time twice as long as before.
const FIRST_PATIENCE: Duration = Duration::from_secs(20);
const LONGEST_PATIENCE: Duration = Duration::from_secs(600);
/// What librdkafka says of a heartbeat whose answer did not come.
const LOST_HEARTBEAT: (&str, &str) = ("REQTMOUT", "Timed out ConsumerGroupHeartbeatRequest");

/// Hears of lost heartbeats, on whatever thread librdkafka logs.
#[derive(Debug, Default)]
pub(crate) struct LostHeartbeat(AtomicBool);

impl LostHeartbeat {
    /// A line of librdkafka's log.
    pub(crate) fn hear(&self, facility: &str, line: &str) {
        if facility == LOST_HEARTBEAT.0 && line.contains(LOST_HEARTBEAT.1) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// When to join again.
#[derive(Debug)]
pub(crate) struct Membership {
    idle_since: Instant,
    patience: Duration,
}

impl Membership {
    pub(crate) fn new(now: Instant) -> Self {
        Self { idle_since: now, patience: FIRST_PATIENCE }
    }

    /// The group is joined, or joined again: with the patience that there is by now.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.idle_since = now;
    }

    /// Why to join again now, if there is a reason. `holds_any`: whether a partition is this worker's.
    pub(crate) fn doubt(
        &mut self,
        now: Instant,
        holds_any: bool,
        lost: &LostHeartbeat,
    ) -> Option<&'static str> {
        if lost.take() {
            self.idle_since = now;
            return Some("a heartbeat was not answered in time");
        }
        if holds_any {
            (self.idle_since, self.patience) = (now, FIRST_PATIENCE);
            return None;
        }
        if now.saturating_duration_since(self.idle_since) < self.patience {
            return None;
        }
        self.idle_since = now;
        self.patience = (self.patience * 2).min(LONGEST_PATIENCE);
        Some("no partition was assigned for a while")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_doubts_its_place_after_a_lost_heartbeat_and_after_idle_time() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let lost = LostHeartbeat::default();
        let mut membership = Membership::new(begun);
        assert_eq!(membership.doubt(at(10), false, &lost), None);
        assert!(membership.doubt(at(20), false, &lost).is_some());
        assert_eq!(membership.doubt(at(50), false, &lost), None, "now it waits twice as long");
        assert!(membership.doubt(at(60), false, &lost).is_some());
        assert_eq!(membership.doubt(at(61), true, &lost), None);
        assert!(membership.doubt(at(81), false, &lost).is_some(), "patience begins anew");
        lost.hear("REQTMOUT", "GroupCoordinator/1: Timed out FetchRequest in flight");
        assert_eq!(membership.doubt(at(82), true, &lost), None);
        lost.hear(
            "REQTMOUT",
            "GroupCoordinator/1: Timed out ConsumerGroupHeartbeatRequest in flight (after 1000ms)",
        );
        assert!(membership.doubt(at(83), true, &lost).is_some());
        assert_eq!(membership.doubt(at(84), true, &lost), None);
    }
}
