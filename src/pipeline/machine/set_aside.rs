//! Records without room, and when they may come all the same.
//!
//! At the overall limits nothing is taken from the source: the channel fills, and the source holds.
//! That is the cheap way to wait, as long as what is in flight can be sealed. When a partition was
//! lost, it cannot: its seals are stale until the machine hears of the loss, and the news stands
//! behind records in the channel. So after a stale seal events are taken without room; records go
//! aside, each pauses its partition, and soon the news is at the front.

use std::collections::VecDeque;
use std::time::Duration;

use super::Machine;
use crate::pipeline::seam::Incoming;

/// Records that were set aside, oldest first.
#[derive(Debug, Default)]
pub(super) struct SetAside {
    records: VecDeque<Incoming>,
    /// A seal was stale, and none has succeeded since.
    pub(super) expects_news: bool,
}

impl SetAside {
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

impl Machine {
    /// Whether the driver should take the next event of the source.
    ///
    /// What is set aside is bounded by what the source had on its way when it was told to pause: its
    /// channel, and the batch in its hands. A lower limit here could leave the news behind it.
    #[must_use]
    pub fn wants_events(&self) -> bool {
        self.set_aside.expects_news || (self.set_aside.records.is_empty() && self.room() > 0)
    }

    /// How many records are set aside.
    #[must_use]
    pub fn set_aside_count(&self) -> usize {
        self.set_aside.records.len()
    }

    pub(super) fn set_record_aside(&mut self, incoming: Incoming) {
        let place = self.current.get(&incoming.position.partition).copied();
        let assignment = place.and_then(|place| self.assignments.get(place)?.as_ref());
        if assignment.is_none_or(|assignment| assignment.epoch != incoming.position.epoch) {
            self.counts.ignored += 1;
            return;
        }
        self.set_aside.records.push_back(incoming);
        if let Some(place) = place {
            self.pause(place);
        }
    }

    /// Takes what was set aside, as far as there is room again.
    pub(super) fn take_what_was_set_aside(&mut self, now: Duration) {
        if self.set_aside.is_empty() {
            return;
        }
        while self.room() > 0 {
            let Some(incoming) = self.set_aside.records.pop_front() else { break };
            self.take(incoming, now);
        }
        if self.set_aside.is_empty() {
            for place in 0..self.assignments.len() {
                self.resume_if_roomy(place);
            }
        }
    }
}
