//! Partitions that are taken away: in good order (drained) or lost.

use std::time::Duration;

use super::assignment::Phase;
use super::{Machine, Order};
use crate::pipeline::seam::PartitionId;

/// Names a revocation, so that its reply finds back to the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevocationId(pub u64);

/// A revocation that waits for the seal of what it drains.
#[derive(Debug)]
pub(super) struct Revocation {
    id: RevocationId,
    /// Places of the assignments that drain.
    left: Vec<usize>,
    /// When the source asked.
    pub(super) since: Duration,
}

impl Machine {
    /// Partitions are about to be taken away: what is complete up to the frontier is published and
    /// sealed, the rest is dropped for its next owner, then [`Order::Reply`] is given.
    pub fn revoking(&mut self, partitions: &[PartitionId], now: Duration) -> RevocationId {
        let id = RevocationId(self.next_revocation);
        self.next_revocation += 1;
        let mut left = Vec::new();
        for partition in partitions {
            let Some(place) = self.current.remove(partition) else { continue };
            let Some(assignment) = self.assignments.get_mut(place).and_then(Option::as_mut) else { continue };
            self.observer.assigned(partition, false);
            if std::mem::take(&mut assignment.paused) {
                self.observer.paused(partition, false);
                self.left_paused.insert(partition.clone());
            }
            assignment.phase = Phase::Draining;
            let freed = assignment.cut_at_frontier();
            let empty = assignment.slots.is_empty();
            self.forget(freed);
            if empty {
                self.remove(place);
            } else {
                left.push(place);
            }
        }
        self.observer.rebalanced("revoke");
        if left.is_empty() {
            self.orders.push_back(Order::Reply(id));
        } else {
            self.revocations.push(Revocation { id, left, since: now });
        }
        id
    }

    /// Partitions are gone already: nothing more of theirs is published or committed.
    pub fn lost(&mut self, partitions: &[PartitionId]) {
        for partition in partitions {
            self.lose(partition);
        }
        self.observer.rebalanced("lost");
    }

    pub(super) fn lose(&mut self, partition: &PartitionId) {
        if self.current.remove(partition).is_some() {
            self.observer.assigned(partition, false);
        }
        for place in 0..self.assignments.len() {
            let held = self.assignments.get(place).and_then(Option::as_ref);
            if held.is_some_and(|held| held.partition == *partition && held.phase != Phase::Gone) {
                self.abandon(place);
            }
        }
    }

    /// Drops what was not produced; the rest stays until a seal is answered, in case it is refused.
    fn abandon(&mut self, place: usize) {
        let Some(assignment) = self.assignments.get_mut(place).and_then(Option::as_mut) else { return };
        if std::mem::take(&mut assignment.paused) {
            self.observer.paused(&assignment.partition, false);
            self.left_paused.insert(assignment.partition.clone());
        }
        assignment.phase = Phase::Gone;
        let freed = assignment.cut_unproduced();
        let empty = assignment.slots.is_empty();
        if let Some(pending) = &mut self.pending_seal {
            pending.withdraw(&assignment.partition, assignment.epoch);
        }
        self.forget(freed);
        self.reply_without(place);
        if empty {
            self.remove(place);
        }
    }

    /// Lets time pass; call it with every turn, before [`publish`](Self::publish). Gives up revocations that have waited longer than the drain deadline: the source goes on, and
    /// the next owner does the records again. Call it with every turn.
    pub fn tick(&mut self, now: Duration) {
        let deadline = self.drain_deadline;
        while let Some(late) = self.revocations.iter().find(|waiting| now >= waiting.since + deadline) {
            let places = late.left.clone();
            tracing::warn!(
                partitions = places.len(), waited = ?now.saturating_sub(late.since),
                "the drain deadline passed: records that are not committed will be read again"
            );
            for place in places {
                self.abandon(place);
                self.reply_without(place);
            }
        }
        self.take_what_was_set_aside(now);
    }

    /// After its slots were sealed: a draining assignment that is empty is drained, one that is gone
    /// is forgotten.
    pub(super) fn finish_if_empty(&mut self, place: usize) {
        let held = self.assignments.get(place).and_then(Option::as_ref);
        if held.is_some_and(|held| held.phase != Phase::Consuming && held.slots.is_empty()) {
            self.reply_without(place);
            self.remove(place);
        }
    }

    /// Takes `place` off the revocation that waits for it, and replies if that was its last.
    fn reply_without(&mut self, place: usize) {
        for revocation in &mut self.revocations {
            revocation.left.retain(|waited_for| *waited_for != place);
        }
        let orders = &mut self.orders;
        self.revocations.retain(|revocation| {
            if revocation.left.is_empty() {
                orders.push_back(Order::Reply(revocation.id));
            }
            !revocation.left.is_empty()
        });
    }
}
