//! Seals: when one is due, what it covers, and what its answer changes.

use std::time::Duration;

use super::assignment::{Phase, Slot, State};
use super::{Freed, Machine};
use crate::pipeline::seam::{Destination, Epoch, Full, NextOffset, PartitionId, Seal, SealId, Sink};

/// A seal on its way.
#[derive(Debug)]
pub(super) struct PendingSeal {
    id: SealId,
    /// While the sink has no room for it.
    unsent: Option<Seal>,
    /// What it covers: place, epoch, and how many slots at the front.
    covers: Vec<(usize, Epoch, usize)>,
    asked_at: Duration,
}

impl PendingSeal {
    /// Takes back an offset that is not ours to commit any more, if the sink does not have it yet.
    pub(super) fn withdraw(&mut self, partition: &PartitionId, epoch: Epoch) {
        if let Some(seal) = &mut self.unsent {
            seal.offsets.retain(|next| next.partition != *partition || next.epoch != epoch);
        }
    }
}

impl Machine {
    /// A seal is durable: what it covers is answered for good and gives its memory back. What it covers
    /// of `lost` partitions is their next owner's to answer.
    pub fn sealed(&mut self, id: SealId, lost: &[NextOffset], now: Duration, unix_ms: i64) {
        let Some(pending) = self.take_pending(id) else { return };
        self.set_aside.expects_news = false;
        self.observer.committed("ok", now.saturating_sub(pending.asked_at));
        for (place, epoch, count) in pending.covers {
            let is_lost = lost.iter().any(|next| next.epoch == epoch && self.is_at(place, &next.partition));
            self.pop(place, epoch, count, (!is_lost).then_some(unix_ms));
            self.resume_if_roomy(place);
            self.finish_if_empty(place);
        }
        self.counts.seals += 1;
    }

    /// The offsets of a seal were refused. The next seal names again what is still ours; what is not
    /// will be read again by its owner.
    pub fn stale(&mut self, id: SealId, now: Duration) {
        let Some(pending) = self.take_pending(id) else { return };
        self.set_aside.expects_news = true;
        self.observer.committed("stale", now.saturating_sub(pending.asked_at));
        self.seal_not_before = now + self.sealing.interval;
        for (place, epoch, count) in pending.covers {
            let phase = self.assignments.get(place).and_then(Option::as_ref).map(|held| held.phase);
            if phase == Some(Phase::Gone) {
                self.pop(place, epoch, count, None);
                self.finish_if_empty(place);
            }
        }
    }

    fn is_at(&self, place: usize, partition: &PartitionId) -> bool {
        let held = self.assignments.get(place).and_then(Option::as_ref);
        held.is_some_and(|held| held.partition == *partition)
    }

    fn take_pending(&mut self, id: SealId) -> Option<PendingSeal> {
        let pending = self.pending_seal.take_if(|pending| pending.id == id);
        if pending.is_none() {
            tracing::warn!(seal = id.0, "an answer to a seal that is not on its way");
        }
        pending
    }

    fn pop(&mut self, place: usize, epoch: Epoch, count: usize, sealed_at_unix_ms: Option<i64>) {
        let Some(assignment) = self.assignments.get_mut(place).and_then(Option::as_mut) else { return };
        if assignment.epoch != epoch {
            return;
        }
        for _ in 0..count {
            let Some(slot) = assignment.pop_sealed() else { break };
            self.records -= 1;
            self.bytes -= slot.charge;
            self.produced -= 1;
            match sealed_at_unix_ms {
                Some(unix_ms) if assignment.phase != Phase::Gone => {
                    count_sealed(&mut self.counts, &slot);
                    report_sealed(&*self.observer, &slot, unix_ms);
                }
                _ => self.counts.dropped += 1,
            }
        }
    }

    pub(super) fn seal_is_large(&self, now: Duration) -> bool {
        let large =
            self.unsealed.records >= self.sealing.records || self.unsealed.bytes >= self.sealing.bytes;
        large && self.pending_seal.is_none() && now >= self.seal_not_before
    }

    pub(super) fn seal_is_due(&self, now: Duration) -> bool {
        if self.produced == 0 || self.pending_seal.is_some() || now < self.seal_not_before {
            return false;
        }
        // A source waits for a revocation: no reason to make it wait for the interval.
        !self.revocations.is_empty()
            || now >= self.last_seal + self.sealing.interval
            || self.seal_is_large(now)
    }

    /// False: the sink is full.
    pub(super) fn ask_for_seal(&mut self, sink: &mut impl Sink, now: Duration) -> bool {
        let id = SealId(self.next_seal);
        self.next_seal += 1;
        let mut covers = Vec::new();
        let mut offsets = Vec::new();
        for (place, assignment) in self.assignments.iter().enumerate() {
            let Some(held) = assignment else { continue };
            let Some(next) = held.next_offset() else { continue };
            covers.push((place, held.epoch, held.produced));
            if held.phase != Phase::Gone {
                offsets.push(NextOffset { partition: held.partition.clone(), epoch: held.epoch, next });
            }
        }
        self.last_seal = now;
        self.unsealed = Freed::default();
        let unsent = Some(Seal { id, offsets });
        self.pending_seal = Some(PendingSeal { id, unsent, covers, asked_at: now });
        self.offer_pending_seal(sink)
    }

    /// False: the sink is full.
    pub(super) fn offer_pending_seal(&mut self, sink: &mut impl Sink) -> bool {
        let Some(pending) = &mut self.pending_seal else { return true };
        let Some(seal) = pending.unsent.take() else { return true };
        if let Err(Full(seal)) = sink.seal(seal) {
            pending.unsent = Some(seal);
            self.sink_full = true;
            return false;
        }
        true
    }
}

fn count_sealed(counts: &mut super::Counts, slot: &Slot) {
    match slot.state {
        State::Produced { destination: Destination::DeadLetter, .. } => counts.dead_letters += 1,
        State::Produced { tombstone: true, .. } => counts.tombstones += 1,
        _ => counts.outputs += 1,
    }
}

fn report_sealed(observer: &dyn crate::pipeline::observer::Observer, slot: &Slot, unix_ms: i64) {
    let State::Produced { destination, tombstone } = slot.state else { return };
    let incoming = &slot.incoming;
    observer.record_out(&incoming.position.partition, destination, tombstone);
    if let Some(stamped) = incoming.timestamp_ms {
        let took = u64::try_from(unix_ms.saturating_sub(stamped)).unwrap_or(0);
        observer.end_to_end(Duration::from_millis(took));
    }
}
