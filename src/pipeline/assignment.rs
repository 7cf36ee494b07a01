//! Which partitions are ours, and since which epoch: shared by source and publisher.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::seam::{Epoch, NextOffset, PartitionId};

/// A partition that is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    epoch: Epoch,
    /// The next offset as it was last committed under this epoch.
    sealed: Option<i64>,
}

/// The current assignment.
#[derive(Debug, Default)]
pub struct Assignment {
    held: Mutex<BTreeMap<PartitionId, Held>>,
    epochs: AtomicU64,
    expected: AtomicBool,
}

impl Assignment {
    /// Takes partitions in, under a new epoch.
    pub fn add(&self, partitions: &[PartitionId]) -> Epoch {
        let epoch = Epoch(self.epochs.fetch_add(1, Ordering::Relaxed) + 1);
        let mut held = self.lock();
        for partition in partitions {
            held.insert(partition.clone(), Held { epoch, sealed: None });
        }
        epoch
    }

    /// Partitions are ours and will be taken in. It may be for a predecessor's transaction that this waits, which
    /// only the producer can end: so it is to be made ready already.
    pub fn expect(&self) {
        self.expected.store(true, Ordering::Relaxed);
    }

    /// Whether anything was ever ours, or is about to be taken in.
    #[must_use]
    pub fn was_assigned(&self) -> bool {
        self.expected.load(Ordering::Relaxed) || self.epochs.load(Ordering::Relaxed) > 0
    }

    /// Ends the epoch of these partitions.
    pub fn remove(&self, partitions: &[PartitionId]) {
        let mut held = self.lock();
        for partition in partitions {
            held.remove(partition);
        }
    }

    /// Every partition that is ours.
    #[must_use]
    pub fn partitions(&self) -> Vec<PartitionId> {
        self.lock().keys().cloned().collect()
    }

    /// Whether no partition is ours.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Whether a partition is still ours, under this epoch.
    #[must_use]
    pub fn holds(&self, partition: &PartitionId, epoch: Epoch) -> bool {
        self.lock().get(partition).is_some_and(|held| held.epoch == epoch)
    }

    /// Of these offsets the ones that are still ours to commit.
    #[must_use]
    pub fn current(&self, offsets: Vec<NextOffset>) -> Vec<NextOffset> {
        let held = self.lock();
        offsets
            .into_iter()
            .filter(|offset| held.get(&offset.partition).is_some_and(|held| held.epoch == offset.epoch))
            .collect()
    }

    /// Remembers what was committed.
    pub fn sealed(&self, offsets: &[NextOffset]) {
        let mut held = self.lock();
        for offset in offsets {
            if let Some(held) = held.get_mut(&offset.partition)
                && held.epoch == offset.epoch
            {
                held.sealed = Some(offset.next);
            }
        }
    }

    /// The next offset of a partition as it was last committed under its present epoch.
    #[must_use]
    pub fn last_sealed(&self, partition: &PartitionId) -> Option<i64> {
        self.lock().get(partition).and_then(|held| held.sealed)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PartitionId, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(number: i32, epoch: Epoch, next: i64) -> NextOffset {
        NextOffset { partition: PartitionId::new("raw", number), epoch, next }
    }

    #[test]
    fn what_is_expected_counts_as_assigned_and_is_not_held() {
        let assignment = Assignment::default();
        assert!(!assignment.was_assigned());
        assignment.expect();
        assert!(assignment.was_assigned() && assignment.is_empty());
    }

    #[test]
    fn epochs_rise_and_old_ones_do_not_count() {
        let assignment = Assignment::default();
        let (zero, one) = (PartitionId::new("raw", 0), PartitionId::new("raw", 1));
        let first = assignment.add(&[zero.clone(), one.clone()]);
        assignment.remove(std::slice::from_ref(&one));
        let second = assignment.add(std::slice::from_ref(&one));
        assert!(second > first);
        let kept = assignment.current(vec![next(0, first, 5), next(1, first, 6), next(1, second, 7)]);
        assert_eq!(kept, [next(0, first, 5), next(1, second, 7)]);
        assignment.sealed(&[next(0, first, 5), next(1, first, 6)]);
        assert_eq!(assignment.last_sealed(&zero), Some(5));
        assert_eq!(assignment.last_sealed(&one), None);
    }
}
