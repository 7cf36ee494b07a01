//! The transaction coordinator: producers by name and epoch, and what they have open.

use std::collections::BTreeMap;

use super::member::MemberId;
use super::topics::Topics;
use crate::pipeline::publisher::Fault;
use crate::pipeline::seam::{Outgoing, PartitionId};

/// Names a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TransactionId(u64);

/// Who asks: a name, and the epoch that its `init` was given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim<'a> {
    pub(super) name: &'a str,
    pub(super) epoch: u64,
}

#[derive(Debug, Default)]
struct Registered {
    epoch: u64,
    /// Older epochs were ended by a successor; younger ones that are over, by a time-out.
    fenced_below: u64,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    id: TransactionId,
    /// Become those of the group with the commit.
    offsets: BTreeMap<PartitionId, i64>,
}

#[derive(Debug, Default)]
pub(super) struct Coordinator {
    producers: BTreeMap<String, Registered>,
    next: u64,
}

impl Coordinator {
    /// A producer comes under a name: what is open there is aborted. Gives its epoch.
    pub(super) fn init(&mut self, name: &str, topics: &mut Topics) -> u64 {
        let registered = self.producers.entry(name.to_owned()).or_default();
        registered.epoch += 1;
        registered.fenced_below = registered.epoch;
        if let Some(open) = registered.open.take() {
            topics.decide(open.id, false);
        }
        registered.epoch
    }

    /// What a name has open took too long. False: it has nothing open.
    pub(super) fn expire(&mut self, name: &str, topics: &mut Topics) -> bool {
        let Some(registered) = self.producers.get_mut(name) else { return false };
        let Some(open) = registered.open.take() else { return false };
        topics.decide(open.id, false);
        registered.epoch += 1;
        true
    }

    /// Names that have a transaction open.
    pub(super) fn open_names(&self) -> Vec<String> {
        let open = self.producers.iter().filter(|(_, registered)| registered.open.is_some());
        open.map(|(name, _)| name.clone()).collect()
    }

    /// Whether a producer is the one that its name stands for.
    pub(super) fn check(&self, claim: Claim<'_>) -> Result<(), Fault> {
        let Some(registered) = self.producers.get(claim.name) else {
            return Err(Fault::Fatal(format!("no producer {} is known", claim.name)));
        };
        if claim.epoch == registered.epoch {
            Ok(())
        } else if claim.epoch < registered.fenced_below {
            Err(Fault::Fenced(format!("{} has a successor", claim.name)))
        } else {
            Err(Fault::Expired(format!("the transaction of {} took too long", claim.name)))
        }
    }

    fn open(&mut self, claim: Claim<'_>) -> Result<&mut Open, Fault> {
        self.check(claim)?;
        let registered = self.producers.entry(claim.name.to_owned()).or_default();
        let id = TransactionId(self.next);
        let open = registered.open.get_or_insert_with(|| {
            self.next += 1;
            Open { id, offsets: BTreeMap::new() }
        });
        Ok(open)
    }

    /// Appends a record to the transaction, which is opened by the first one.
    pub(super) fn append(
        &mut self,
        claim: Claim<'_>,
        member: MemberId,
        record: Outgoing,
        topics: &mut Topics,
    ) -> Result<(), Fault> {
        let id = self.open(claim)?.id;
        topics.append(record, member, Some(id));
        Ok(())
    }

    pub(super) fn add_offsets(
        &mut self,
        claim: Claim<'_>,
        offsets: impl Iterator<Item = (PartitionId, i64)>,
    ) -> Result<(), Fault> {
        self.open(claim)?.offsets.extend(offsets);
        Ok(())
    }

    /// Ends the transaction, if one is open; gives the offsets that are committed with it.
    pub(super) fn end(
        &mut self,
        claim: Claim<'_>,
        commits: bool,
        topics: &mut Topics,
    ) -> Result<BTreeMap<PartitionId, i64>, Fault> {
        self.check(claim)?;
        let open = self.producers.get_mut(claim.name).and_then(|registered| registered.open.take());
        let Some(open) = open else { return Ok(BTreeMap::new()) };
        topics.decide(open.id, commits);
        Ok(if commits { open.offsets } else { BTreeMap::new() })
    }

    /// Whether it is undecided where a partition goes on.
    pub(super) fn is_pending(&self, partition: &PartitionId) -> bool {
        let mut open = self.producers.values().filter_map(|registered| registered.open.as_ref());
        open.any(|open| open.offsets.contains_key(partition))
    }
}
