//! A member of the group, as its own client sees it: what it holds, where it reads, what it was told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::pipeline::assignment::Assignment;
use crate::pipeline::seam::{Epoch, Incoming, PartitionId};

/// A member of the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub u64);

/// A change of a member's assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupEvent {
    /// Partitions came.
    Assigned(Epoch, Vec<PartitionId>),
    /// Partitions have to go: answer with [`Broker::drained`](super::Broker::drained).
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

/// What the group has to tell a member.
#[derive(Debug, Clone)]
pub(super) enum News {
    Assigned(Vec<PartitionId>),
    Revoking(Vec<PartitionId>),
    Expelled,
}

/// Where a member reads a partition.
#[derive(Debug)]
pub(super) struct Fetch {
    pub(super) epoch: Epoch,
    /// Unknown while offsets of the partition are undecided.
    pub(super) next: Option<i64>,
    pub(super) revoking: bool,
}

#[derive(Debug, Default)]
pub(super) struct Member {
    /// What is its own as far as it knows: shared with its producer.
    pub(super) assignment: Arc<Assignment>,
    pub(super) news: VecDeque<News>,
    pub(super) fetch: BTreeMap<PartitionId, Fetch>,
    pub(super) paused: BTreeSet<PartitionId>,
    pub(super) leaving: bool,
    /// The group has given it up, and it has not heard of that yet.
    pub(super) expelled: bool,
    /// The group's generation as far as it knows.
    pub(super) generation: u64,
}

impl Member {
    /// Takes in what it is told.
    pub(super) fn hear(&mut self, news: News) -> GroupEvent {
        match news {
            News::Assigned(partitions) => {
                let epoch = self.assignment.add(&partitions);
                for partition in &partitions {
                    self.paused.remove(partition);
                    self.fetch.insert(partition.clone(), Fetch { epoch, next: None, revoking: false });
                }
                GroupEvent::Assigned(epoch, partitions)
            }
            News::Revoking(partitions) => {
                let mut revoked = Vec::new();
                for partition in partitions {
                    if let Some(fetch) = self.fetch.get_mut(&partition) {
                        fetch.revoking = true;
                        revoked.push((partition, fetch.epoch));
                    }
                }
                GroupEvent::Revoking(revoked)
            }
            News::Expelled => {
                let lost = self.assignment.partitions();
                self.assignment.remove(&lost);
                self.fetch.clear();
                self.expelled = false;
                GroupEvent::Lost(lost)
            }
        }
    }

    /// Gives a partition up, if it is its own under this epoch.
    pub(super) fn give_up(&mut self, partition: &PartitionId, epoch: Epoch) -> bool {
        if self.fetch.get(partition).is_none_or(|fetch| fetch.epoch != epoch) {
            return false;
        }
        self.fetch.remove(partition);
        // First the client's view, then the group: no offer starts after the partition is another's.
        self.assignment.remove(std::slice::from_ref(partition));
        true
    }
}
