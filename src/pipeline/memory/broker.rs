//! What the broker holds: the input's partitions, the two output topics, committed offsets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use super::group::Group;
use crate::pipeline::seam::{Destination, Incoming, NextOffset, Outgoing, PartitionId};

/// A record of an output topic.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// As it was produced.
    pub record: Outgoing,
    /// The output partition.
    pub partition: usize,
}

/// The broker. Clones share it.
#[derive(Debug, Clone)]
pub struct Broker {
    state: Arc<Mutex<State>>,
    /// Something to poll may have come.
    pub(super) changed: Arc<Notify>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) group: Group,
    /// By partition; epochs are filled in when fetched.
    pub(super) input: BTreeMap<PartitionId, Vec<Incoming>>,
    next_offsets: BTreeMap<PartitionId, i64>,
    pub(super) committed: BTreeMap<PartitionId, i64>,
    output_partitions: usize,
    delivered: Vec<Delivered>,
    max_output_bytes: usize,
    refused: BTreeSet<(PartitionId, i64)>,
}

impl Broker {
    /// An input topic `raw` with `partitions`, and an output topic with as many. `seed` decides in
    /// which order a poll visits partitions.
    #[must_use]
    pub fn new(partitions: usize, seed: u64) -> Self {
        let topic: Arc<str> = Arc::from("raw");
        let names: Vec<PartitionId> = (0..partitions)
            .filter_map(|number| Some(PartitionId::new(Arc::clone(&topic), i32::try_from(number).ok()?)))
            .collect();
        let state = State {
            group: Group::new(names.clone(), seed),
            input: names.iter().map(|name| (name.clone(), Vec::new())).collect(),
            next_offsets: BTreeMap::new(),
            committed: BTreeMap::new(),
            output_partitions: partitions.max(1),
            delivered: Vec::new(),
            max_output_bytes: usize::MAX,
            refused: BTreeSet::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), changed: Arc::new(Notify::new()) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // A test that panicked elsewhere should show its own message, not this mutex's.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The input's partitions.
    #[must_use]
    pub fn partitions(&self) -> Vec<PartitionId> {
        self.state().input.keys().cloned().collect()
    }

    /// Appends a record to an input partition; gives its offset.
    pub fn append(
        &self,
        partition: &PartitionId,
        key: Option<Bytes>,
        value: Option<Bytes>,
        timestamp_ms: Option<i64>,
    ) -> i64 {
        let mut state = self.state();
        let epoch = crate::pipeline::seam::Epoch(0);
        let next = state.next_offsets.entry(partition.clone()).or_insert(0);
        let offset = *next;
        *next += 1;
        let position = crate::pipeline::seam::Position { partition: partition.clone(), epoch, offset };
        let record = Incoming { position, timestamp_ms, key, value, headers: Vec::new() };
        state.input.entry(partition.clone()).or_default().push(record);
        drop(state);
        self.changed.notify_waiters();
        offset
    }

    /// Leaves a gap of offsets, as compaction and transaction markers do.
    pub fn skip(&self, partition: &PartitionId, offsets: i64) {
        *self.state().next_offsets.entry(partition.clone()).or_insert(0) += offsets;
    }

    /// Outputs with a larger value are refused from now on.
    pub fn refuse_outputs_over(&self, bytes: usize) {
        self.state().max_output_bytes = bytes;
    }

    /// The output of this input record will be refused.
    pub fn refuse_output_of(&self, partition: &PartitionId, offset: i64) {
        self.state().refused.insert((partition.clone(), offset));
    }

    /// Takes a produced record, or gives it back with the code and the cause.
    pub(super) fn deliver(&self, record: Outgoing) -> Result<(), (Outgoing, &'static str, String)> {
        let mut state = self.state();
        if record.destination == Destination::Output {
            let size = record.value.as_ref().map_or(0, Bytes::len);
            if size > state.max_output_bytes {
                let message = format!("expected at most {} bytes, found {size}", state.max_output_bytes);
                return Err((record, "output_too_large", message));
            }
            if state.refused.contains(&(record.position.partition.clone(), record.position.offset)) {
                return Err((record, "output_refused", "the topic's policy refused it".to_owned()));
            }
        }
        let partition = place(&record, state.output_partitions);
        state.delivered.push(Delivered { record, partition });
        Ok(())
    }

    /// What was delivered, in order, but for the first `skipped`.
    #[must_use]
    pub fn delivered(&self, skipped: usize) -> Vec<Delivered> {
        self.state().delivered.iter().skip(skipped).cloned().collect()
    }

    /// How many records were delivered.
    #[must_use]
    pub fn delivered_count(&self) -> usize {
        self.state().delivered.len()
    }

    /// The next offset to read of a partition, as committed.
    #[must_use]
    pub fn committed(&self, partition: &PartitionId) -> i64 {
        self.state().committed.get(partition).copied().unwrap_or(0)
    }

    /// The offsets of an input partition, in order.
    #[must_use]
    pub fn offsets(&self, partition: &PartitionId) -> Vec<i64> {
        let state = self.state();
        state.input.get(partition).into_iter().flatten().map(|record| record.position.offset).collect()
    }

    /// Whether every input record is committed.
    #[must_use]
    pub fn all_committed(&self) -> bool {
        let state = self.state();
        state.input.iter().all(|(partition, records)| {
            let committed = state.committed.get(partition).copied().unwrap_or(0);
            records.last().is_none_or(|last| last.position.offset < committed)
        })
    }

    /// Commits offsets of a member; false if one of them is not its to commit, and then none is.
    pub(super) fn commit(&self, member: super::MemberId, offsets: &[NextOffset]) -> bool {
        let mut state = self.state();
        if !offsets.iter().all(|offset| state.group.owns(member, &offset.partition, offset.epoch)) {
            return false;
        }
        for offset in offsets {
            state.committed.insert(offset.partition.clone(), offset.next);
        }
        true
    }
}

/// A keyless output goes to the input's partition modulo the output's count, a keyed one to its
/// key's.
fn place(record: &Outgoing, partitions: usize) -> usize {
    match &record.key {
        None => usize::try_from(record.position.partition.number).unwrap_or(0) % partitions,
        Some(key) => {
            key.iter().fold(0_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(*byte)))
                % partitions
        }
    }
}
