//! What was produced and is not yet durable: which seal waits for which delivery.
//!
//! Records between two seals form a batch. A seal is due once its batch and every batch before it
//! have no delivery outstanding. A refused record stays outstanding until the record that stands in
//! for it (same position) is delivered, or its partition is taken away.

use std::collections::{BTreeMap, VecDeque};

use crate::pipeline::seam::{Full, PartitionId, Position, Seal};

/// The records between two seals; rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BatchId(u64);

/// Seals that may wait at once: the pipeline seals every `commit_interval`, so this is many seconds.
pub(crate) const MAX_SEALS: usize = 64;

#[derive(Debug)]
struct Batch {
    /// Deliveries outstanding, refused records that nothing stands in for yet among them.
    outstanding: usize,
    /// The seal that closed the batch; only the newest batch has none.
    seal: Option<Seal>,
}

/// The account of one sink.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// Number of the oldest batch in `batches`.
    first: u64,
    /// Oldest first; never empty but for a moment: the last one is open. At most [`MAX_SEALS`] + 1.
    batches: VecDeque<Batch>,
    /// Refused positions and the batch that waits for a stand-in. At most `max_records`.
    refused: BTreeMap<Position, BatchId>,
    /// Seals that were taken and not answered yet, whether they wait for deliveries or for the commit.
    unanswered: usize,
    /// Records and bytes with the producer.
    records: usize,
    bytes: usize,
    max_records: usize,
    max_bytes: usize,
}

impl Ledger {
    pub(crate) fn new(max_records: usize, max_bytes: usize) -> Self {
        let mut batches = VecDeque::with_capacity(MAX_SEALS + 1);
        batches.push_back(Batch { outstanding: 0, seal: None });
        Self {
            first: 0,
            batches,
            refused: BTreeMap::new(),
            unanswered: 0,
            records: 0,
            bytes: 0,
            max_records,
            max_bytes,
        }
    }

    /// Records with the producer.
    pub(crate) fn records(&self) -> usize {
        self.records
    }

    /// Whether a record of `bytes` has room. One record always has: else a large one would wait for ever.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        let waiting = self.records + self.refused.len();
        waiting == 0 || (waiting < self.max_records && self.bytes.saturating_add(bytes) <= self.max_bytes)
    }

    /// Whether there is so much room again that it pays to wake the pipeline for it.
    pub(crate) fn has_much_room(&self) -> bool {
        let waiting = self.records + self.refused.len();
        waiting <= self.max_records - self.max_records / 8
            && self.bytes <= self.max_bytes - self.max_bytes / 8
            && self.unanswered < MAX_SEALS
    }

    /// A record goes to the producer: to the open batch, or, standing in for a refused one, to its batch.
    pub(crate) fn admit(&mut self, position: &Position, bytes: usize) -> BatchId {
        self.records += 1;
        self.bytes += bytes;
        if !self.refused.is_empty()
            && let Some(batch) = self.refused.remove(position)
        {
            return batch;
        }
        let open = BatchId(self.first + self.batches.len() as u64 - 1);
        self.add(open);
        open
    }

    /// The producer did not take the record after all; it will be offered again.
    pub(crate) fn withdraw(&mut self, position: &Position, batch: BatchId, bytes: usize) {
        self.release(bytes);
        let open = BatchId(self.first + self.batches.len() as u64 - 1);
        if batch == open {
            self.settle(batch);
        } else {
            self.refused.insert(position.clone(), batch);
        }
    }

    /// The broker has the record.
    pub(crate) fn delivered(&mut self, batch: BatchId, bytes: usize) {
        self.release(bytes);
        self.settle(batch);
    }

    /// The record can never be produced: its batch waits for a stand-in.
    pub(crate) fn refused(&mut self, position: Position, batch: BatchId, bytes: usize) {
        self.release(bytes);
        if self.refused.insert(position, batch).is_some() {
            // Two records of one position: one stand-in answers both.
            self.settle(batch);
        }
    }

    /// Closes the open batch.
    pub(crate) fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        if self.unanswered >= MAX_SEALS {
            return Err(Full(seal));
        }
        self.unanswered += 1;
        if let Some(open) = self.batches.back_mut() {
            open.seal = Some(seal);
        }
        self.batches.push_back(Batch { outstanding: 0, seal: None });
        Ok(())
    }

    /// The pipeline knows how a seal ended.
    pub(crate) fn answered(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
    }

    /// Partitions are gone: nobody will stand in for their refused records, and their offsets count no more.
    pub(crate) fn forget(&mut self, partitions: &[PartitionId]) {
        let gone: Vec<Position> = self
            .refused
            .keys()
            .filter(|position| partitions.contains(&position.partition))
            .cloned()
            .collect();
        for position in gone {
            if let Some(batch) = self.refused.remove(&position) {
                self.settle(batch);
            }
        }
    }

    /// The next seal that everything before it is delivered for.
    pub(crate) fn next_due(&mut self) -> Option<Seal> {
        let front = self.batches.front()?;
        if front.outstanding > 0 || front.seal.is_none() {
            return None;
        }
        let batch = self.batches.pop_front()?;
        self.first += 1;
        batch.seal
    }

    fn add(&mut self, batch: BatchId) {
        if let Some(batch) = self.batch(batch) {
            batch.outstanding += 1;
        }
    }

    fn settle(&mut self, batch: BatchId) {
        if let Some(batch) = self.batch(batch) {
            batch.outstanding = batch.outstanding.saturating_sub(1);
        }
    }

    fn release(&mut self, bytes: usize) {
        self.records = self.records.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    fn batch(&mut self, batch: BatchId) -> Option<&mut Batch> {
        let index = usize::try_from(batch.0.checked_sub(self.first)?).ok()?;
        self.batches.get_mut(index)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pipeline::seam::{Epoch, SealId};

    fn position(number: i32, offset: i64) -> Position {
        Position { partition: PartitionId::new("raw", number), epoch: Epoch(1), offset }
    }

    fn seal(id: u64) -> Seal {
        Seal { id: SealId(id), offsets: Vec::new() }
    }

    fn due(ledger: &mut Ledger) -> Vec<u64> {
        let due: Vec<u64> = std::iter::from_fn(|| ledger.next_due()).map(|seal| seal.id.0).collect();
        due.iter().for_each(|_| ledger.answered());
        due
    }

    #[test]
    fn an_empty_seal_is_due_at_once() {
        let mut ledger = Ledger::new(10, 1000);
        ledger.seal(seal(1)).unwrap();
        assert_eq!(due(&mut ledger), [1]);
    }

    #[test]
    fn a_seal_waits_for_its_own_deliveries_and_those_before() {
        let mut ledger = Ledger::new(10, 1000);
        let first = ledger.admit(&position(0, 1), 10);
        ledger.seal(seal(1)).unwrap();
        let second = ledger.admit(&position(1, 1), 10);
        ledger.seal(seal(2)).unwrap();
        let third = ledger.admit(&position(1, 2), 10);
        ledger.delivered(second, 10);
        ledger.delivered(third, 10);
        assert_eq!(due(&mut ledger), [] as [u64; 0]);
        ledger.delivered(first, 10);
        assert_eq!(due(&mut ledger), [1, 2]);
    }

    #[test]
    fn a_refused_record_holds_its_seal_until_its_stand_in_is_delivered() {
        let mut ledger = Ledger::new(10, 1000);
        let batch = ledger.admit(&position(0, 1), 10);
        ledger.seal(seal(1)).unwrap();
        ledger.refused(position(0, 1), batch, 10);
        assert_eq!(due(&mut ledger), [] as [u64; 0]);
        let other = ledger.admit(&position(0, 2), 10);
        assert_ne!(other, batch);
        ledger.delivered(other, 10);
        let stand_in = ledger.admit(&position(0, 1), 10);
        assert_eq!(stand_in, batch);
        assert_eq!(due(&mut ledger), [] as [u64; 0]);
        ledger.delivered(stand_in, 10);
        assert_eq!(due(&mut ledger), [1]);
    }

    #[test]
    fn a_refused_record_of_a_partition_that_is_gone_holds_nothing() {
        let mut ledger = Ledger::new(10, 1000);
        let batch = ledger.admit(&position(0, 1), 10);
        ledger.refused(position(0, 1), batch, 10);
        ledger.seal(seal(1)).unwrap();
        ledger.forget(&[PartitionId::new("raw", 1)]);
        assert_eq!(due(&mut ledger), [] as [u64; 0]);
        ledger.forget(&[PartitionId::new("raw", 0)]);
        assert_eq!(due(&mut ledger), [1]);
    }

    #[test]
    fn limits_hold_and_one_record_always_has_room() {
        let mut ledger = Ledger::new(2, 100);
        assert!(ledger.has_room(1_000_000));
        let batch = ledger.admit(&position(0, 1), 90);
        assert!(!ledger.has_room(11));
        assert!(ledger.has_room(10));
        ledger.admit(&position(0, 2), 10);
        assert!(!ledger.has_room(0));
        ledger.withdraw(&position(0, 2), batch, 10);
        assert!(ledger.has_room(10));
    }

    #[test]
    fn seals_are_limited() {
        let mut ledger = Ledger::new(2, 100);
        let batch = ledger.admit(&position(0, 1), 1);
        let mut taken = 0;
        while ledger.seal(seal(taken)).is_ok() {
            taken += 1;
        }
        assert_eq!(taken, MAX_SEALS as u64);
        ledger.delivered(batch, 1);
        while ledger.next_due().is_some() {}
        assert!(ledger.seal(seal(taken)).is_err(), "what is due and not committed still counts");
        ledger.answered();
        assert!(ledger.seal(seal(taken)).is_ok());
    }

    proptest! {
        /// Whatever the order of deliveries, refusals and stand-ins: seals fall due in order, none
        /// before what it covers, and at the end all of them.
        #[test]
        fn seals_fall_due_in_order_and_never_early(
            steps in prop::collection::vec((0u8..4, any::<prop::sample::Index>()), 1..200)
        ) {
            let mut ledger = Ledger::new(1000, 100_000);
            let mut flying: Vec<(BatchId, i64)> = Vec::new();
            let mut refused: Vec<i64> = Vec::new();
            let mut covered: Vec<i64> = Vec::new();
            let mut open: Vec<i64> = Vec::new();
            let mut unsettled: std::collections::BTreeSet<i64> = Default::default();
            let mut seals: Vec<Vec<i64>> = Vec::new();
            let mut fallen = 0usize;
            let mut offset = 0;
            for (step, index) in steps {
                match step {
                    0 => {
                        offset += 1;
                        flying.push((ledger.admit(&position(0, offset), 1), offset));
                        open.push(offset);
                        unsettled.insert(offset);
                    }
                    1 if !flying.is_empty() => {
                        let (batch, offset) = flying.swap_remove(index.index(flying.len()));
                        ledger.delivered(batch, 1);
                        unsettled.remove(&offset);
                    }
                    2 if !flying.is_empty() => {
                        let (batch, offset) = flying.swap_remove(index.index(flying.len()));
                        ledger.refused(position(0, offset), batch, 1);
                        refused.push(offset);
                    }
                    3 if ledger.seal(seal(seals.len() as u64)).is_ok() => {
                        covered.append(&mut open);
                        seals.push(covered.clone());
                    }
                    _ => {
                        if let Some(offset) = refused.pop() {
                            flying.push((ledger.admit(&position(0, offset), 1), offset));
                        }
                    }
                }
                while let Some(seal) = ledger.next_due() {
                    ledger.answered();
                    prop_assert_eq!(seal.id.0, fallen as u64);
                    prop_assert!(seals[fallen].iter().all(|offset| !unsettled.contains(offset)));
                    fallen += 1;
                }
            }
            for offset in refused {
                flying.push((ledger.admit(&position(0, offset), 1), offset));
            }
            for (batch, _) in flying {
                ledger.delivered(batch, 1);
            }
            fallen += due(&mut ledger).len();
            prop_assert_eq!(fallen, seals.len());
            prop_assert_eq!(ledger.records(), 0);
        }
    }
}
