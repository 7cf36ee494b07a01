//! One partition under one epoch: its records in order, and how far each has come.
//!
//! ```text
//!   slots:  [ produced, waits for its seal | ready | working | ready | working … ]
//!             ^ first                        ^ produced: the publication frontier
//! ```

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::limits::{Limits, charge};
use crate::pipeline::seam::{Destination, Epoch, Incoming, Outgoing, PartitionId};

/// Where an assignment stands. It only ever moves downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Takes records.
    Consuming,
    /// Revoked: holds just what was complete up to the frontier, until that is sealed.
    Draining,
    /// Lost: holds just what was produced, since the sink may still refuse some of it and wants a
    /// dead letter then; publishes nothing else and commits nothing.
    Gone,
}

/// How far a record has come.
#[derive(Debug)]
pub(super) enum State {
    /// On the pool.
    Working,
    /// Complete, waits for the frontier or the sink.
    Ready(Outgoing),
    /// Handed to the sink.
    Produced { destination: Destination, tombstone: bool },
}

#[derive(Debug)]
pub(super) struct Slot {
    /// Kept until the seal: a refused output becomes a dead letter with the original bytes.
    pub(super) incoming: Arc<Incoming>,
    /// What it counts for among the bytes in flight.
    pub(super) charge: usize,
    /// When it came, by the worker's clock.
    pub(super) arrived: Duration,
    pub(super) state: State,
}

/// What dropped slots give back at once. Those still on the pool give back theirs when it is done
/// with them: until then their memory is held.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Freed {
    pub(super) records: usize,
    pub(super) bytes: usize,
    pub(super) produced: usize,
    pub(super) ready: usize,
}

#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) partition: PartitionId,
    pub(super) epoch: Epoch,
    pub(super) phase: Phase,
    /// In the order of offsets, which may have gaps.
    pub(super) slots: VecDeque<Slot>,
    /// The number of the first slot: numbers count the records of this assignment, without gaps.
    first: u64,
    /// How many slots at the front are [`State::Produced`].
    pub(super) produced: usize,
    /// Sum of the slots' charges.
    bytes: usize,
    pub(super) paused: bool,
    /// Whether the machine's list of publishable assignments holds it.
    pub(super) listed: bool,
    last_offset: Option<i64>,
    /// Lowered when work is dropped, so that the pool does not start it.
    pub(super) wanted: Arc<AtomicBool>,
}

impl Assignment {
    pub(super) fn new(partition: PartitionId, epoch: Epoch) -> Self {
        Self {
            partition,
            epoch,
            phase: Phase::Consuming,
            slots: VecDeque::new(),
            first: 0,
            produced: 0,
            bytes: 0,
            paused: false,
            listed: false,
            last_offset: None,
            wanted: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Takes a record; gives its number, or `None` if its offset does not rise.
    pub(super) fn push(&mut self, incoming: Arc<Incoming>, charged: usize, now: Duration) -> Option<u64> {
        let offset = incoming.position.offset;
        if self.last_offset.is_some_and(|last| offset <= last) {
            return None;
        }
        self.last_offset = Some(offset);
        let number = self.first + self.slots.len() as u64;
        self.bytes += charged;
        self.slots.push_back(Slot { incoming, charge: charged, arrived: now, state: State::Working });
        Some(number)
    }

    /// The slot of a number, if it is still on the pool.
    pub(super) fn working(&mut self, number: u64) -> Option<&mut Slot> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.slots.get_mut(index).filter(|slot| matches!(slot.state, State::Working))
    }

    /// The next to be published, if it is complete.
    pub(super) fn publishable(&mut self) -> Option<&mut Slot> {
        self.slots.get_mut(self.produced).filter(|slot| matches!(slot.state, State::Ready(_)))
    }

    /// A produced slot by its offset.
    pub(super) fn produced_at(&mut self, offset: i64) -> Option<&mut Slot> {
        let index = self.slots.partition_point(|slot| slot.incoming.position.offset < offset);
        let slot = self.slots.get_mut(index).filter(|slot| slot.incoming.position.offset == offset)?;
        matches!(slot.state, State::Produced { .. }).then_some(slot)
    }

    /// Where the partition goes on once everything produced is sealed.
    pub(super) fn next_offset(&self) -> Option<i64> {
        let last = self.slots.get(self.produced.checked_sub(1)?)?;
        Some(last.incoming.position.offset.saturating_add(1))
    }

    /// Corrects a slot's charge once its output is known; gives the change.
    pub(super) fn recharge(&mut self, before: usize, after: usize) {
        self.bytes = self.bytes - before + after;
    }

    /// Takes a sealed slot off the front.
    pub(super) fn pop_sealed(&mut self) -> Option<Slot> {
        self.produced = self.produced.checked_sub(1)?;
        let slot = self.slots.pop_front()?;
        self.first += 1;
        self.bytes -= slot.charge;
        Some(slot)
    }

    /// Drops everything from the first record that is not complete.
    pub(super) fn cut_at_frontier(&mut self) -> Freed {
        let ready =
            self.slots.range(self.produced..).take_while(|slot| matches!(slot.state, State::Ready(_)));
        let kept = self.produced + ready.count();
        self.cut(kept)
    }

    /// Drops everything that was not produced.
    pub(super) fn cut_unproduced(&mut self) -> Freed {
        self.cut(self.produced)
    }

    fn cut(&mut self, kept: usize) -> Freed {
        self.wanted.store(false, Ordering::Relaxed);
        let mut freed = Freed::default();
        for slot in self.slots.drain(kept..) {
            self.bytes -= slot.charge;
            if matches!(slot.state, State::Working) {
                continue;
            }
            freed.records += 1;
            freed.bytes += slot.charge;
            freed.ready += 1;
        }
        freed
    }

    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        self.slots.len() >= limits.partition_records || self.bytes >= limits.partition_bytes
    }

    /// Half the limit: a partition does not flap between paused and not.
    pub(super) fn has_room_again(&self, limits: &Limits) -> bool {
        self.slots.len() <= limits.partition_records / 2 && self.bytes <= limits.partition_bytes / 2
    }
}

/// What the record counts for on arrival.
pub(super) fn charge_of(incoming: &Incoming) -> usize {
    charge(incoming.weight())
}
