//! One worker: its machine, its way out with a check on every order, what is on its way to it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use copydesk::pipeline::machine::{Machine, RevocationId, Work};
use copydesk::pipeline::memory::{GroupEvent, MemberId, Outbox};
use copydesk::pipeline::seam::{
    Destination, Epoch, Full, Incoming, Outgoing, PartitionId, Position, Seal, Sink,
};

use super::answers::answer;

/// What a machine was given of one assignment.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) offsets: Vec<i64>,
    pub(super) produced: usize,
    pub(super) over: bool,
}

/// Stands between machine and sink and checks each order.
pub(super) struct Checked {
    pub(super) outbox: Outbox,
    pub(super) taken: BTreeMap<(PartitionId, Epoch), Taken>,
    pub(super) refused: BTreeSet<Position>,
}

impl Checked {
    /// The machine has heard that these partitions are not its own any more.
    pub(super) fn is_over(&mut self, partitions: &[PartitionId]) {
        for ((partition, _), log) in &mut self.taken {
            log.over |= partitions.contains(partition);
        }
    }
}

impl Sink for Checked {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        let position = record.position.clone();
        let answers_refusal = self.refused.contains(&position);
        let taken = self.taken.get(&(position.partition.clone(), position.epoch)).unwrap();
        if answers_refusal {
            assert_eq!(record.destination, Destination::DeadLetter);
        } else {
            assert!(!taken.over, "{position:?} is published after its epoch");
            assert_eq!(position.offset, taken.offsets[taken.produced], "published in order, none left out");
        }
        if let (Destination::Output, Some(value)) = (record.destination, &record.value) {
            assert!(value.starts_with(&answer(&position)), "the answer of another");
        }
        self.outbox.produce(record)?;
        if answers_refusal {
            self.refused.remove(&position);
        } else {
            self.taken.get_mut(&(position.partition, position.epoch)).unwrap().produced += 1;
        }
        Ok(())
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        let mut seen = BTreeSet::new();
        for next in &seal.offsets {
            assert!(seen.insert(next.partition.clone()), "one offset a partition");
            let taken = &self.taken[&(next.partition.clone(), next.epoch)];
            assert!(!taken.over, "{next:?} is committed after its epoch");
            assert!(
                taken.offsets[..taken.produced].contains(&(next.next - 1)),
                "{next:?} passes the frontier"
            );
        }
        self.outbox.seal(seal)
    }
}

pub(super) enum Queued {
    Record(Incoming),
    Group(GroupEvent),
}

/// What a source waits for a drain of.
pub(super) type Revoked = Vec<(PartitionId, Epoch)>;

#[derive(Debug, Clone)]
pub(super) struct Draining {
    pub(super) revoked: Revoked,
    /// The machine's name for it, once the machine has taken the news.
    pub(super) known_as: Option<RevocationId>,
}

pub(super) struct Worker {
    pub(super) id: MemberId,
    pub(super) name: String,
    pub(super) machine: Machine,
    pub(super) sink: Checked,
    pub(super) queued: VecDeque<Queued>,
    pub(super) work: Vec<Work>,
    /// The source waits for these.
    pub(super) draining: Option<Draining>,
    /// How often it heard that partitions are lost: what is set aside of them may still be there.
    pub(super) losses: usize,
    /// In the middle of a step of the publisher the source has given up waiting for these.
    pub(super) given_up: Arc<Mutex<Option<Revoked>>>,
}

impl Worker {
    /// The source has told the group that it gives these up; the pipeline is told after that.
    pub(super) fn lose_draining(&mut self, revoked: &Revoked) {
        if let Some(draining) = self.draining.take_if(|draining| draining.revoked == *revoked) {
            let lost = draining.revoked.into_iter().map(|(partition, _)| partition).collect();
            self.queued.push_back(Queued::Group(GroupEvent::Lost(lost)));
        }
    }
}
