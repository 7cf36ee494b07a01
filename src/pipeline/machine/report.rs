//! What the machine says about itself.

use super::assignment::Phase;
use super::{Limits, Machine};
use crate::pipeline::observer::Queue;

/// What has happened since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records taken from the source.
    pub received: u64,
    /// Outputs sealed.
    pub outputs: u64,
    /// Tombstones passed on and sealed.
    pub tombstones: u64,
    /// Dead letters sealed.
    pub dead_letters: u64,
    /// Records dropped since their partition went to another owner, who reads them again.
    pub dropped: u64,
    /// Records of an epoch that was over when they came.
    pub ignored: u64,
    /// Seals that became durable.
    pub seals: u64,
}

impl Machine {
    /// What has happened since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Records and bytes in flight.
    #[must_use]
    pub fn in_flight(&self) -> (usize, usize) {
        (self.records, self.bytes)
    }

    /// The limits it keeps.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether nothing is assigned and nothing waits to be published or sealed.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.current.is_empty()
            && self.revocations.is_empty()
            && self.answers.is_empty()
            && self.pending_seal.is_none()
    }

    /// Tells the observer how full everything is.
    pub fn report(&self) {
        let Limits { records, bytes, .. } = self.limits;
        self.observer.in_flight(self.records, self.bytes, records, bytes);
        self.observer.queue_depth(Queue::Publish, self.ready, records);
        self.observer.queue_depth(Queue::Delivery, self.produced, records);
        for held in self.assignments.iter().flatten().filter(|held| held.phase == Phase::Consuming) {
            let oldest = held.slots.front().map(|slot| slot.arrived);
            self.observer.partition_in_flight(&held.partition, held.slots.len(), oldest);
        }
    }
}
