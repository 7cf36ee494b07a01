//! The broker: the input's partitions, the output topics, the group with its committed offsets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use super::faults::Refusals;
use super::group::{Group, Protocol};
use super::member::{MemberId, Polled};
use super::topics::{Delivered, Topics};
use super::transactions::Coordinator;
use super::whims::Whims;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::seam::{Destination, Epoch, Incoming, PartitionId, Position};

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
    input: BTreeMap<PartitionId, Vec<Incoming>>,
    next_offsets: BTreeMap<PartitionId, i64>,
    pub(super) committed: BTreeMap<PartitionId, i64>,
    pub(super) topics: Topics,
    pub(super) transactions: Coordinator,
    pub(super) refusals: Refusals,
    pub(super) whims: Whims,
}

impl Broker {
    /// An input topic `raw` with `partitions`, and output topics with as many. `seed` decides in which
    /// order a poll visits partitions, and batches arrive.
    #[must_use]
    pub fn new(partitions: usize, seed: u64) -> Self {
        let topic: Arc<str> = Arc::from("raw");
        let names: Vec<PartitionId> = (0..partitions)
            .filter_map(|number| Some(PartitionId::new(Arc::clone(&topic), i32::try_from(number).ok()?)))
            .collect();
        let state = State {
            group: Group::new(names.clone()),
            input: names.into_iter().map(|name| (name, Vec::new())).collect(),
            next_offsets: BTreeMap::new(),
            committed: BTreeMap::new(),
            topics: Topics::new(partitions),
            transactions: Coordinator::default(),
            refusals: Refusals::default(),
            whims: Whims::new(seed),
        };
        Self { state: Arc::new(Mutex::new(state)), changed: Arc::new(Notify::new()) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // A test that panicked elsewhere should show its own message, not this mutex's.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the group rebalances from now on.
    pub fn set_protocol(&self, protocol: Protocol) {
        self.state().group.protocol = protocol;
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
        let next = state.next_offsets.entry(partition.clone()).or_insert(0);
        let offset = *next;
        *next += 1;
        let position = Position { partition: partition.clone(), epoch: Epoch(0), offset };
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

    /// Outputs with a larger value are refused from now on. Producers know it once they have looked.
    pub fn refuse_outputs_over(&self, bytes: usize) {
        self.state().refusals.limit(Destination::Output, bytes);
    }

    /// Dead letters that are larger, headers included, are refused from now on.
    pub fn refuse_letters_over(&self, bytes: usize) {
        self.state().refusals.limit(Destination::DeadLetter, bytes);
    }

    /// Whether producers that look for limits find them.
    pub fn tell_limits(&self, tells: bool) {
        self.state().refusals.tells_limits = tells;
    }

    /// The output of this input record will be refused.
    pub fn refuse_output_of(&self, partition: &PartitionId, offset: i64) {
        self.state().refusals.refuse(Destination::Output, (partition.clone(), offset));
    }

    /// The dead letter of this input record will be refused.
    pub fn refuse_letter_of(&self, partition: &PartitionId, offset: i64) {
        self.state().refusals.refuse(Destination::DeadLetter, (partition.clone(), offset));
    }

    /// Every dead letter is taken again.
    pub fn take_all_letters(&self) {
        self.state().refusals.lift_letters();
    }

    /// The output of this input record fails so often before it goes well.
    pub fn fail_output_of(&self, partition: &PartitionId, offset: i64, times: u32) {
        self.state().refusals.fail((partition.clone(), offset), times);
    }

    /// A topic takes nothing for now, or takes records again.
    pub fn block(&self, destination: Destination, blocked: bool) {
        self.state().refusals.block(destination, blocked);
    }

    /// What a `read_committed` reader has seen, in order, but for the first `skipped`.
    #[must_use]
    pub fn delivered(&self, skipped: usize) -> Vec<Delivered> {
        self.state().topics.readable().iter().skip(skipped).cloned().collect()
    }

    /// How many records a `read_committed` reader has seen.
    #[must_use]
    pub fn delivered_count(&self) -> usize {
        self.state().topics.readable().len()
    }

    /// What was committed, in the order of that, but for the first `skipped`. A reader may not have come to
    /// it yet, since another transaction is open before it.
    #[must_use]
    pub fn settled(&self, skipped: usize) -> Vec<Delivered> {
        self.state().topics.committed().iter().skip(skipped).cloned().collect()
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

    /// The names under which a transaction is open.
    #[must_use]
    pub fn open_transactions(&self) -> Vec<String> {
        self.state().transactions.open_names()
    }

    /// The transaction that is open under a name took too long: it is aborted. False: there is none.
    pub fn expire_transaction(&self, name: &str) -> bool {
        let mut state = self.state();
        let State { transactions, topics, .. } = &mut *state;
        let expired = transactions.expire(name, topics);
        drop(state);
        self.changed.notify_waiters();
        expired
    }
}

/// The group.
impl Broker {
    fn change<T>(&self, change: impl FnOnce(&mut Group) -> T) -> T {
        let mut state = self.state();
        let result = change(&mut state.group);
        state.group.rebalance();
        drop(state);
        self.changed.notify_waiters();
        result
    }

    /// A new member.
    #[must_use]
    pub fn join(&self) -> MemberId {
        self.change(Group::join)
    }

    /// A member wants to go: its partitions are revoked, and when they are drained it is gone.
    pub fn leave(&self, member: MemberId) {
        self.change(|group| {
            if let Some(leaving) = group.members.get_mut(&member) {
                leaving.leaving = true;
            }
        });
    }

    /// A member is dead: its partitions go to others at once. What it has open stays open.
    pub fn crash(&self, member: MemberId) {
        self.change(|group| group.crash(member));
    }

    /// A member was away for too long: it has lost its partitions. It takes them for its own until it
    /// polls, and joins again then.
    pub fn expel(&self, member: MemberId) {
        self.change(|group| group.expel(member));
    }

    /// Whether a member was expelled and has not heard of it yet.
    #[must_use]
    pub fn is_expelled(&self, member: MemberId) -> bool {
        self.state().group.members.get(&member).is_some_and(|member| member.expelled)
    }

    /// A member has drained what [`GroupEvent::Revoking`](super::GroupEvent::Revoking) named, or has given
    /// up on that.
    pub fn drained(&self, member: MemberId, partitions: &[(PartitionId, Epoch)]) {
        self.change(|group| {
            for (partition, epoch) in partitions {
                let Some(draining) = group.members.get_mut(&member) else { return };
                if draining.give_up(partition, *epoch) {
                    group.give_back(member, partition);
                }
            }
        });
    }

    /// A member's client hears of the group's generation in the background.
    pub fn heartbeat(&self, member: MemberId) {
        self.state().group.heartbeat(member);
    }

    /// What a member takes for its own.
    #[must_use]
    pub fn assignment(&self, member: MemberId) -> Arc<Assignment> {
        let state = self.state();
        state.group.members.get(&member).map(|member| Arc::clone(&member.assignment)).unwrap_or_default()
    }

    /// Stops, or starts again, fetching a partition for a member.
    pub fn set_paused(&self, member: MemberId, partition: &PartitionId, paused: bool) {
        if let Some(member) = self.state().group.members.get_mut(&member) {
            if paused {
                member.paused.insert(partition.clone());
            } else {
                member.paused.remove(partition);
            }
        }
        self.changed.notify_waiters();
    }

    /// What there is for a member: first changes of its assignment, then up to `max` records.
    #[must_use]
    pub fn poll(&self, member: MemberId, max: usize) -> Polled {
        let mut state = self.state();
        state.group.heartbeat(member);
        let Some(polling) = state.group.members.get_mut(&member) else { return Polled::Ended };
        if let Some(news) = polling.news.pop_front() {
            let event = polling.hear(news);
            drop(state);
            // Who was expelled joins again; who was told to go may be gone.
            self.change(|group| group.heartbeat(member));
            return Polled::Group(event);
        }
        if polling.leaving && polling.fetch.is_empty() {
            state.group.members.remove(&member);
            return Polled::Ended;
        }
        let records = fetch(&mut state, member, max);
        if records.is_empty() { Polled::Nothing } else { Polled::Records(records) }
    }
}

/// Records for a member, from its partitions in an order of the seed's.
fn fetch(state: &mut State, member: MemberId, max: usize) -> Vec<Incoming> {
    let State { group, input, transactions, committed, whims, .. } = state;
    let Some(polling) = group.members.get_mut(&member) else { return Vec::new() };
    let mut records = Vec::new();
    let first = whims.below(polling.fetch.len());
    let order: Vec<PartitionId> =
        polling.fetch.keys().cycle().skip(first).take(polling.fetch.len()).cloned().collect();
    for partition in order {
        let (Some(fetch), Some(log)) = (polling.fetch.get_mut(&partition), input.get(&partition)) else {
            continue;
        };
        if fetch.next.is_none() && !transactions.is_pending(&partition) {
            fetch.next = Some(committed.get(&partition).copied().unwrap_or(0));
        }
        let Some(next) = &mut fetch.next else { continue };
        if fetch.revoking || polling.paused.contains(&partition) {
            continue;
        }
        let begin = log.partition_point(|record| record.position.offset < *next);
        for record in log.iter().skip(begin).take(max.saturating_sub(records.len())) {
            let position = Position { epoch: fetch.epoch, ..record.position.clone() };
            *next = position.offset + 1;
            records.push(Incoming { position, ..record.clone() });
        }
    }
    records
}
