//! Whether this worker's place in its group should be taken anew.
//!
//! With the protocol of KIP-848 a member hears of its partitions in the answers to its heartbeats. In a long
//! run of faults two of four members of librdkafka 2.12.1 stayed in the group for minutes, silent and without
//! a partition, while the broker kept eight for them; why is not known, and it takes more than one lost
//! answer. A new membership, whose first answer holds all, ends that. The sign is that it has held nothing for a
//! while, which is also that of a worker that stands by, and does it no harm. A heartbeat without an answer is
//! none: a slow broker loses those of all members at once, and they would all leave.

use std::time::Duration;

use tokio::time::Instant;

/// How long a member may hold nothing, the first time; each time twice as long as before.
const FIRST_PATIENCE: Duration = Duration::from_secs(20);
const LONGEST_PATIENCE: Duration = Duration::from_secs(600);

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

    /// Whether to join again now. `holds_any`: whether a partition is this worker's.
    pub(crate) fn is_in_doubt(&mut self, now: Instant, holds_any: bool) -> bool {
        if holds_any {
            (self.idle_since, self.patience) = (now, FIRST_PATIENCE);
            return false;
        }
        if now.saturating_duration_since(self.idle_since) < self.patience {
            return false;
        }
        self.idle_since = now;
        self.patience = (self.patience * 2).min(LONGEST_PATIENCE);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_doubts_its_place_after_idle_time() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut membership = Membership::new(begun);
        assert!(!membership.is_in_doubt(at(10), false));
        assert!(membership.is_in_doubt(at(20), false));
        assert!(!membership.is_in_doubt(at(50), false), "now it waits twice as long");
        assert!(membership.is_in_doubt(at(60), false));
        assert!(!membership.is_in_doubt(at(61), true));
        assert!(membership.is_in_doubt(at(81), false), "patience begins anew");
    }
}
