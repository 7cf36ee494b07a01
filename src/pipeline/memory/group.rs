//! The consumer group: who owns which partition, in which generation, and how that changes.
//!
//! A partition that has to move is first revoked from its owner; only once that has drained is it
//! assigned anew. Cooperatively just what moves is revoked, eagerly everything.

use std::collections::{BTreeMap, BTreeSet};

use super::member::{Member, MemberId, News};
use crate::pipeline::seam::PartitionId;

/// How a group rebalances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// Partitions that stay are not touched.
    #[default]
    Cooperative,
    /// Everybody gives everything back first.
    Eager,
}

#[derive(Debug)]
struct Owner {
    member: MemberId,
    revoking: bool,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) protocol: Protocol,
    partitions: Vec<PartitionId>,
    pub(super) members: BTreeMap<MemberId, Member>,
    owners: BTreeMap<PartitionId, Owner>,
    generation: u64,
    next_member: u64,
}

impl Group {
    pub(super) fn new(partitions: Vec<PartitionId>) -> Self {
        Self {
            protocol: Protocol::default(),
            partitions,
            members: BTreeMap::new(),
            owners: BTreeMap::new(),
            generation: 0,
            next_member: 1,
        }
    }

    pub(super) fn join(&mut self) -> MemberId {
        let id = MemberId(self.next_member);
        self.next_member += 1;
        self.members.insert(id, Member::default());
        id
    }

    /// A member is out; its own client does not know it yet.
    pub(super) fn expel(&mut self, id: MemberId) {
        self.release(id);
        if let Some(member) = self.members.get_mut(&id) {
            member.news.clear();
            member.news.push_back(News::Expelled);
            member.expelled = true;
        }
    }

    pub(super) fn crash(&mut self, id: MemberId) {
        self.release(id);
        self.members.remove(&id);
    }

    fn release(&mut self, id: MemberId) {
        self.owners.retain(|_, owner| owner.member != id);
    }

    /// The owner gives a partition back.
    pub(super) fn give_back(&mut self, id: MemberId, partition: &PartitionId) {
        if self.owners.get(partition).is_some_and(|owner| owner.member == id) {
            self.owners.remove(partition);
        }
    }

    /// A member's client hears of the present generation.
    pub(super) fn heartbeat(&mut self, id: MemberId) {
        let generation = self.generation;
        if let Some(member) = self.members.get_mut(&id)
            && !member.expelled
        {
            member.generation = generation;
        }
    }

    /// Whether offsets of a member are taken.
    pub(super) fn takes_offsets_of(&self, id: MemberId, generation: u64) -> Result<(), String> {
        match self.members.get(&id) {
            Some(member) if !member.expelled && generation == self.generation => Ok(()),
            Some(member) if !member.expelled => {
                Err(format!("illegal generation {generation}, it is {}", self.generation))
            }
            _ => Err(format!("unknown member {}", id.0)),
        }
    }

    /// Revokes what has to move and assigns what is free.
    pub(super) fn rebalance(&mut self) {
        let staying: Vec<MemberId> = self
            .members
            .iter()
            .filter(|(_, member)| !member.leaving && !member.expelled)
            .map(|(id, _)| *id)
            .collect();
        let targets: Vec<(PartitionId, Option<MemberId>)> = self
            .partitions
            .iter()
            .enumerate()
            .map(|(index, partition)| {
                let target = index.checked_rem(staying.len()).and_then(|index| staying.get(index));
                (partition.clone(), target.copied())
            })
            .collect();
        let moved = match self.protocol {
            Protocol::Cooperative => self.move_some(targets),
            Protocol::Eager => self.move_all(targets),
        };
        if moved {
            self.generation += 1;
        }
        // Who leaves and owns nothing any more is gone.
        let owners: BTreeSet<MemberId> = self.owners.values().map(|owner| owner.member).collect();
        self.members.retain(|id, member| !member.leaving || owners.contains(id) || !member.news.is_empty());
    }

    fn move_some(&mut self, targets: Vec<(PartitionId, Option<MemberId>)>) -> bool {
        let mut revoking: BTreeMap<MemberId, Vec<PartitionId>> = BTreeMap::new();
        let mut assigned: BTreeMap<MemberId, Vec<PartitionId>> = BTreeMap::new();
        for (partition, target) in targets {
            match (self.owners.get_mut(&partition), target) {
                (Some(owner), target) if Some(owner.member) == target || owner.revoking => {}
                (Some(owner), _) => {
                    owner.revoking = true;
                    revoking.entry(owner.member).or_default().push(partition);
                }
                (None, Some(member)) => assigned.entry(member).or_default().push(partition),
                (None, None) => {}
            }
        }
        let moved = !revoking.is_empty() || !assigned.is_empty();
        for (member, partitions) in revoking {
            self.tell(member, News::Revoking(partitions));
        }
        self.assign(assigned);
        moved
    }

    fn move_all(&mut self, targets: Vec<(PartitionId, Option<MemberId>)>) -> bool {
        let owner_of = |partition| self.owners.get(partition).map(|owner: &Owner| owner.member);
        if targets.iter().all(|(partition, target)| owner_of(partition) == *target)
            && self.owners.values().all(|owner| !owner.revoking)
        {
            return false;
        }
        if self.owners.is_empty() {
            let mut assigned: BTreeMap<MemberId, Vec<PartitionId>> = BTreeMap::new();
            for (partition, target) in targets {
                if let Some(member) = target {
                    assigned.entry(member).or_default().push(partition);
                }
            }
            let moved = !assigned.is_empty();
            self.assign(assigned);
            return moved;
        }
        let mut revoking: BTreeMap<MemberId, Vec<PartitionId>> = BTreeMap::new();
        for (partition, owner) in &mut self.owners {
            if !std::mem::replace(&mut owner.revoking, true) {
                revoking.entry(owner.member).or_default().push(partition.clone());
            }
        }
        // The generation goes on when everybody has given back: until then offsets are taken under it.
        for (member, partitions) in revoking {
            self.tell(member, News::Revoking(partitions));
        }
        false
    }

    fn assign(&mut self, assigned: BTreeMap<MemberId, Vec<PartitionId>>) {
        for (member, partitions) in assigned {
            for partition in &partitions {
                self.owners.insert(partition.clone(), Owner { member, revoking: false });
            }
            self.tell(member, News::Assigned(partitions));
        }
    }

    fn tell(&mut self, id: MemberId, news: News) {
        if let Some(member) = self.members.get_mut(&id) {
            member.news.push_back(news);
        }
    }
}
