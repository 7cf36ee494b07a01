//! The output and the dead-letter topic: logs that hold records of open transactions, and what a
//! `read_committed` reader sees of them.

use std::collections::{BTreeMap, VecDeque};

use super::member::MemberId;
use super::transactions::TransactionId;
use crate::pipeline::seam::{Destination, Outgoing};

/// A record of an output topic.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// As it was produced.
    pub record: Outgoing,
    /// The output partition.
    pub partition: usize,
    /// Who produced it.
    pub member: MemberId,
}

/// What has become of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Undecided(TransactionId),
    Committed,
    Aborted,
}

#[derive(Debug)]
struct Entry {
    delivered: Delivered,
    fate: Fate,
}

#[derive(Debug)]
pub(super) struct Topics {
    partitions: usize,
    /// By topic (true: dead letters) and partition: from the first record that no reader has passed.
    logs: BTreeMap<(bool, usize), VecDeque<Entry>>,
    /// In the order in which they were committed.
    committed: Vec<Delivered>,
    /// In the order in which they could be read.
    readable: Vec<Delivered>,
}

impl Topics {
    pub(super) fn new(partitions: usize) -> Self {
        let partitions = partitions.max(1);
        Self { partitions, logs: BTreeMap::new(), committed: Vec::new(), readable: Vec::new() }
    }

    /// Where a record goes, by topic and partition.
    pub(super) fn place(&self, record: &Outgoing) -> (bool, usize) {
        let partition = match &record.key {
            None => usize::try_from(record.position.partition.number).unwrap_or(0),
            Some(key) => {
                key.iter().fold(0_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(*byte)))
            }
        };
        (record.destination == Destination::DeadLetter, partition.checked_rem(self.partitions).unwrap_or(0))
    }

    /// Appends a record: to an open transaction, or for all to see.
    pub(super) fn append(&mut self, record: Outgoing, member: MemberId, transaction: Option<TransactionId>) {
        let place = self.place(&record);
        let delivered = Delivered { record, partition: place.1, member };
        let fate = match transaction {
            Some(open) => Fate::Undecided(open),
            None => {
                self.committed.push(delivered.clone());
                Fate::Committed
            }
        };
        self.logs.entry(place).or_default().push_back(Entry { delivered, fate });
        self.read();
    }

    /// A transaction is decided.
    pub(super) fn decide(&mut self, transaction: TransactionId, commits: bool) {
        let decided = if commits { Fate::Committed } else { Fate::Aborted };
        for entry in self.logs.values_mut().flatten() {
            if entry.fate == Fate::Undecided(transaction) {
                entry.fate = decided;
                if commits {
                    self.committed.push(entry.delivered.clone());
                }
            }
        }
        self.read();
    }

    /// Readers go on to the first record that is not decided.
    fn read(&mut self) {
        for log in self.logs.values_mut() {
            while let Some(entry) = log.pop_front_if(|entry| !matches!(entry.fate, Fate::Undecided(_))) {
                if entry.fate == Fate::Committed {
                    self.readable.push(entry.delivered);
                }
            }
        }
    }

    pub(super) fn readable(&self) -> &[Delivered] {
        &self.readable
    }

    pub(super) fn committed(&self) -> &[Delivered] {
        &self.committed
    }
}
