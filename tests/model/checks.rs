//! What must hold, seen from outside: by what was appended, and by what a reader finds.

use std::collections::{BTreeMap, BTreeSet};

use copydesk::pipeline::memory::{Broker, Delivered, Guarantee, MemberId};
use copydesk::pipeline::seam::{Destination, Epoch, Incoming, PartitionId, Position};
use copydesk::publish::TRUNCATED;

use super::Setup;
use super::answers::{Appended, Expected, answer};

type Assignment = (MemberId, Epoch);

pub(super) struct Checks {
    setup: Setup,
    appended: BTreeMap<PartitionId, BTreeMap<i64, Appended>>,
    settled: usize,
    /// How often each record was answered.
    answered: BTreeMap<PartitionId, BTreeMap<i64, usize>>,
    committed: BTreeMap<PartitionId, i64>,
    /// Under which assignment each record was committed.
    committed_under: BTreeMap<(PartitionId, i64), Assignment>,
    /// Who read a partition last, of those that began to.
    reads: BTreeMap<PartitionId, Assignment>,
    has_read: BTreeSet<(PartitionId, Assignment)>,
}

impl Checks {
    pub(super) fn new(setup: Setup) -> Self {
        Self {
            setup,
            appended: BTreeMap::new(),
            settled: 0,
            answered: BTreeMap::new(),
            committed: BTreeMap::new(),
            committed_under: BTreeMap::new(),
            reads: BTreeMap::new(),
            has_read: BTreeSet::new(),
        }
    }

    fn is_exactly_once(&self) -> bool {
        self.setup.guarantee == Guarantee::ExactlyOnce
    }

    pub(super) fn appended(&mut self, partition: &PartitionId, offset: i64, record: Appended) {
        self.appended.entry(partition.clone()).or_default().insert(offset, record);
    }

    /// A member was given records to work on.
    pub(super) fn polled(&mut self, member: MemberId, records: &[Incoming]) {
        for record in records {
            let Position { partition, epoch, .. } = &record.position;
            let assignment = (member, *epoch);
            if self.has_read.insert((partition.clone(), assignment)) {
                self.reads.insert(partition.clone(), assignment);
            }
        }
    }

    /// At every moment: nothing is committed that is not answered; and exactly once, what is answered is
    /// what is committed, by whoever has the partition.
    pub(super) fn commits(&mut self, broker: &Broker) {
        for Delivered { record, member, .. } in broker.settled(self.settled) {
            self.settled += 1;
            let Position { partition, epoch, offset } = record.position;
            if self.is_exactly_once() {
                let reads = &self.reads[&partition];
                assert_eq!(
                    *reads,
                    (member, epoch),
                    "{partition} offset {offset} became visible after its epoch, when another read it"
                );
            }
            *self.answered.entry(partition).or_default().entry(offset).or_default() += 1;
        }
        for (partition, records) in &self.appended {
            let next = broker.committed(partition);
            let before = self.committed.insert(partition.clone(), next).unwrap_or(0);
            assert!(next >= before, "{partition} goes back from {before} to {next}");
            let answered = self.answered.get(partition);
            let times =
                |offset: &i64| answered.and_then(|answered| answered.get(offset)).copied().unwrap_or(0);
            for offset in records.range(before..next).map(|(offset, _)| *offset) {
                self.committed_under.insert((partition.clone(), offset), self.reads[partition]);
            }
            for offset in records.keys() {
                let found = times(offset);
                if self.is_exactly_once() {
                    assert_eq!(
                        found,
                        usize::from(*offset < next),
                        "{partition} is committed up to {next}, offset {offset} is answered {found} times"
                    );
                } else {
                    assert!(
                        found >= usize::from(*offset < next),
                        "{partition} is committed up to {next}, {offset} is not answered"
                    );
                }
            }
        }
    }

    /// When all is done.
    pub(super) fn end(&mut self, broker: &Broker) {
        self.commits(broker);
        let read = broker.delivered(0);
        assert_eq!(read.len(), self.settled, "readers are held back");
        let mut times: BTreeMap<(PartitionId, i64), usize> = BTreeMap::new();
        for delivered in &read {
            self.is_as_expected(delivered);
            let Position { partition, offset, .. } = delivered.record.position.clone();
            *times.entry((partition, offset)).or_default() += 1;
        }
        for (partition, records) in &self.appended {
            for offset in records.keys() {
                let found = times.get(&(partition.clone(), *offset)).copied().unwrap_or(0);
                assert!(found >= 1, "{partition} offset {offset} is lost");
                let once = self.is_exactly_once() || self.setup.calm;
                assert!(!once || found == 1, "{partition} offset {offset} is answered {found} times");
            }
        }
        let outputs = read.iter().filter(|delivered| delivered.record.destination == Destination::Output);
        if self.is_exactly_once() || self.setup.calm {
            Self::first_ones_rise(outputs);
        } else {
            self.last_ones_rise(outputs);
        }
    }

    fn is_as_expected(&self, Delivered { record, .. }: &Delivered) {
        let Position { partition, offset, .. } = &record.position;
        let appended = &self.appended[partition][offset];
        let found = match (record.destination, &record.value) {
            (Destination::DeadLetter, _) => Expected::DeadLetter,
            (Destination::Output, Some(_)) => Expected::Output,
            (Destination::Output, None) => Expected::Tombstone,
        };
        let expected = appended.expected(partition, *offset);
        assert!(
            found == expected || expected == Expected::OutputOrDeadLetter,
            "{partition} offset {offset}: expected {expected:?}, found {found:?}"
        );
        match found {
            Expected::Output => assert_eq!(record.value.as_deref(), Some(&answer(&record.position)[..])),
            Expected::DeadLetter if record.headers.iter().any(|(name, _)| name == TRUNCATED) => {
                let (whole, cut) = (appended.value.as_ref().unwrap(), record.value.as_ref().unwrap());
                assert!(whole.starts_with(cut) && cut.len() < whole.len());
            }
            Expected::DeadLetter => assert_eq!(record.value, appended.value),
            _ => {}
        }
    }

    /// The offsets of an input partition rise within an output partition, but for repeats.
    fn first_ones_rise<'a>(outputs: impl Iterator<Item = &'a Delivered>) {
        let mut seen = BTreeSet::new();
        let mut last: BTreeMap<(usize, PartitionId), i64> = BTreeMap::new();
        for Delivered { record, partition: to, .. } in outputs {
            let Position { partition, offset, .. } = &record.position;
            if !seen.insert((partition.clone(), *offset)) {
                continue;
            }
            let before = last.insert((*to, partition.clone()), *offset);
            assert!(before.is_none_or(|before| before < *offset), "{partition}@{offset} after {before:?}");
        }
    }

    /// A refused batch leaves a gap at least once, and later ones may be visible by then. What is done again
    /// is done in order: so of the records that an assignment committed, the last of each rise.
    fn last_ones_rise<'a>(&self, outputs: impl DoubleEndedIterator<Item = &'a Delivered>) {
        let mut seen = BTreeSet::new();
        let mut next: BTreeMap<(Assignment, usize, PartitionId), i64> = BTreeMap::new();
        for Delivered { record, partition: to, member } in outputs.rev() {
            let Position { partition, offset, epoch } = &record.position;
            let (place, assignment) = ((partition.clone(), *offset), (*member, *epoch));
            if self.committed_under.get(&place) != Some(&assignment) || !seen.insert(place) {
                continue;
            }
            let after = next.insert((assignment, *to, partition.clone()), *offset);
            assert!(after.is_none_or(|after| after > *offset), "{partition}@{offset} before {after:?}");
        }
    }
}
