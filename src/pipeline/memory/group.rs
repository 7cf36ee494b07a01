//! The consumer group: who owns which partition, and how that changes, cooperatively.
//!
//! A partition that has to move is first revoked from its owner; only once that has drained is it
//! assigned anew, under a larger epoch.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::broker::{Broker, State};
use crate::pipeline::seam::{Epoch, Incoming, PartitionId, Position};

/// A member of the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub u64);

/// A change of a member's assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupEvent {
    /// Partitions came.
    Assigned(Epoch, Vec<PartitionId>),
    /// Partitions have to go: answer with [`Broker::drained`].
    Revoking(Vec<(PartitionId, Epoch)>),
    /// Partitions are gone.
    Lost(Vec<PartitionId>),
}

/// What a poll gives.
#[derive(Debug)]
pub enum Polled {
    /// A change of the assignment.
    Group(GroupEvent),
    /// Records, in the order of each partition's offsets.
    Records(Vec<Incoming>),
    /// Nothing now.
    Nothing,
    /// The member has left, or crashed.
    Ended,
}

#[derive(Debug)]
struct Owner {
    member: MemberId,
    epoch: Epoch,
    revoking: bool,
}

#[derive(Debug, Default)]
struct Member {
    events: VecDeque<GroupEvent>,
    /// The next offset to fetch, of what it owns.
    fetch: BTreeMap<PartitionId, i64>,
    paused: BTreeSet<PartitionId>,
    leaving: bool,
}

#[derive(Debug)]
pub(super) struct Group {
    partitions: Vec<PartitionId>,
    members: BTreeMap<MemberId, Member>,
    owners: BTreeMap<PartitionId, Owner>,
    next_epoch: u64,
    next_member: u64,
    random: u64,
}

impl Group {
    pub(super) fn new(partitions: Vec<PartitionId>, seed: u64) -> Self {
        Self {
            partitions,
            members: BTreeMap::new(),
            owners: BTreeMap::new(),
            next_epoch: 1,
            next_member: 1,
            random: seed | 1,
        }
    }

    pub(super) fn owns(&self, member: MemberId, partition: &PartitionId, epoch: Epoch) -> bool {
        self.owners.get(partition).is_some_and(|owner| owner.member == member && owner.epoch == epoch)
    }

    /// xorshift64
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    /// Revokes what has to move and assigns what is free.
    fn rebalance(&mut self, committed: &BTreeMap<PartitionId, i64>) {
        let staying: Vec<MemberId> =
            self.members.iter().filter(|(_, member)| !member.leaving).map(|(id, _)| *id).collect();
        let mut revoking: BTreeMap<MemberId, Vec<(PartitionId, Epoch)>> = BTreeMap::new();
        let mut assigned: BTreeMap<MemberId, Vec<PartitionId>> = BTreeMap::new();
        for (index, partition) in self.partitions.iter().enumerate() {
            let target = staying.get(index.checked_rem(staying.len()).unwrap_or(0)).copied();
            match self.owners.get_mut(partition) {
                Some(owner) if Some(owner.member) == target || owner.revoking => {}
                Some(owner) => {
                    owner.revoking = true;
                    revoking.entry(owner.member).or_default().push((partition.clone(), owner.epoch));
                }
                None => {
                    if let Some(member) = target {
                        assigned.entry(member).or_default().push(partition.clone());
                    }
                }
            }
        }
        for (member, partitions) in revoking {
            self.tell(member, GroupEvent::Revoking(partitions));
        }
        for (member, partitions) in assigned {
            let epoch = Epoch(self.next_epoch);
            self.next_epoch += 1;
            for partition in &partitions {
                self.owners.insert(partition.clone(), Owner { member, epoch, revoking: false });
                if let Some(member) = self.members.get_mut(&member) {
                    member.fetch.insert(partition.clone(), committed.get(partition).copied().unwrap_or(0));
                    member.paused.remove(partition);
                }
            }
            self.tell(member, GroupEvent::Assigned(epoch, partitions));
        }
        // Who leaves and owns nothing any more is gone.
        let owners: BTreeSet<MemberId> = self.owners.values().map(|owner| owner.member).collect();
        self.members.retain(|id, member| !member.leaving || owners.contains(id) || !member.events.is_empty());
    }

    fn tell(&mut self, member: MemberId, event: GroupEvent) {
        if let Some(told) = self.members.get_mut(&member) {
            told.events.push_back(event);
        }
    }

    fn release(&mut self, member: MemberId) -> Vec<PartitionId> {
        let released: Vec<PartitionId> = self
            .owners
            .iter()
            .filter(|(_, owner)| owner.member == member)
            .map(|(partition, _)| partition.clone())
            .collect();
        for partition in &released {
            self.owners.remove(partition);
        }
        released
    }
}

impl Broker {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let result = change(&mut state);
        let State { group, committed, .. } = &mut *state;
        group.rebalance(committed);
        drop(state);
        self.changed.notify_waiters();
        result
    }

    /// A new member.
    #[must_use]
    pub fn join(&self) -> MemberId {
        self.change(|state| {
            let id = MemberId(state.group.next_member);
            state.group.next_member += 1;
            state.group.members.insert(id, Member::default());
            id
        })
    }

    /// A member wants to go: its partitions are revoked, and when they are drained it is gone.
    pub fn leave(&self, member: MemberId) {
        self.change(|state| {
            if let Some(leaving) = state.group.members.get_mut(&member) {
                leaving.leaving = true;
            }
        });
    }

    /// A member is dead: its partitions go to others at once.
    pub fn crash(&self, member: MemberId) {
        self.change(|state| {
            state.group.members.remove(&member);
            state.group.release(member);
        });
    }

    /// A member was away for too long: it has lost its partitions, is told so, and joins again.
    pub fn expel(&self, member: MemberId) {
        self.change(|state| {
            let mut lost = state.group.release(member);
            if let Some(expelled) = state.group.members.get_mut(&member) {
                for event in expelled.events.drain(..) {
                    if let GroupEvent::Lost(earlier) = event {
                        lost.extend(
                            earlier
                                .into_iter()
                                .filter(|partition| !lost.contains(partition))
                                .collect::<Vec<_>>(),
                        );
                    }
                }
                expelled.fetch.clear();
                expelled.events.push_back(GroupEvent::Lost(lost));
            }
        });
    }

    /// A member has drained what [`GroupEvent::Revoking`] named.
    pub fn drained(&self, member: MemberId, partitions: &[(PartitionId, Epoch)]) {
        self.change(|state| {
            for (partition, epoch) in partitions {
                if state.group.owns(member, partition, *epoch) {
                    state.group.owners.remove(partition);
                    if let Some(member) = state.group.members.get_mut(&member) {
                        member.fetch.remove(partition);
                    }
                }
            }
        });
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
        let State { group, input, .. } = &mut *state;
        let start = group.random();
        let Some(polling) = group.members.get_mut(&member) else { return Polled::Ended };
        if let Some(event) = polling.events.pop_front() {
            return Polled::Group(event);
        }
        if polling.leaving && polling.fetch.is_empty() {
            group.members.remove(&member);
            return Polled::Ended;
        }
        let mut records = Vec::new();
        let count = polling.fetch.len().max(1);
        let first = usize::try_from(start % count as u64).unwrap_or(0);
        let order: Vec<PartitionId> =
            polling.fetch.keys().cycle().skip(first).take(polling.fetch.len()).cloned().collect();
        for partition in order {
            let Some(owner) = group.owners.get(&partition).filter(|owner| owner.member == member) else {
                continue;
            };
            let (Some(next), Some(log)) = (polling.fetch.get_mut(&partition), input.get(&partition)) else {
                continue;
            };
            if owner.revoking || polling.paused.contains(&partition) {
                continue;
            }
            let begin = log.partition_point(|record| record.position.offset < *next);
            for record in log.iter().skip(begin).take(max.saturating_sub(records.len())) {
                let position = Position { epoch: owner.epoch, ..record.position.clone() };
                *next = position.offset + 1;
                records.push(Incoming { position, ..record.clone() });
            }
        }
        if records.is_empty() {
            return Polled::Nothing;
        }
        Polled::Records(records)
    }
}
