//! What one transaction carries.

use std::collections::BTreeMap;

use super::letter::{Decision, Letter, Outbound};
use super::summary::Counts;
use crate::kafka::properties::Shares;
use crate::settings::Settings;

/// How much one transaction carries at most; one letter always fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Letters read, those that are skipped included.
    records: usize,
    /// Bytes of the letters that are sent.
    bytes: usize,
}

impl Limits {
    /// `delivery.batch_records` and `delivery.batch_bytes`, within the producer's share of `limits.memory`.
    pub(super) fn of(settings: &Settings) -> Self {
        let shares = Shares::of(settings.limits.memory);
        Self {
            records: settings.delivery.batch_records.min(shares.produced_records),
            bytes: settings.delivery.batch_bytes.min(shares.produced),
        }
    }
}

/// Letters that go together, and where the next batch begins.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// In the order of their offsets, for each partition.
    pub(super) letters: Vec<Outbound>,
    /// Those that stay, by code.
    pub(super) skipped: Counts,
    /// The next offset of each partition that was read.
    pub(super) progress: BTreeMap<i32, i64>,
    records: usize,
    bytes: usize,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.records == 0
    }

    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        self.records >= limits.records || self.bytes >= limits.bytes
    }

    pub(super) fn take(&mut self, letter: Letter, decision: Decision) {
        let Decision { code, destination } = decision;
        self.records += 1;
        match destination {
            Ok(destination) => {
                self.bytes += letter.weight();
                self.letters.push(Outbound { letter, code, destination });
            }
            Err(outcome) => self.skipped.add(&code, outcome),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::kafka::replay::letter::Destination;
    use crate::kafka::replay::summary::Outcome;

    fn taken(letters: usize, bytes: usize, destination: &Result<Destination, Outcome>) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..letters {
            let letter = Letter { value: Some(Bytes::from(vec![0; bytes])), ..Letter::default() };
            batch.take(letter, Decision { code: "c".to_owned(), destination: destination.clone() });
        }
        batch
    }

    #[test]
    fn a_batch_is_full_by_records_or_by_bytes_that_are_sent() {
        let limits = Limits { records: 3, bytes: 1000 };
        let sent = Ok(Destination { topic: "raw".to_owned(), partition: None });
        assert!(!taken(2, 10, &sent).is_full(&limits));
        assert!(taken(3, 0, &sent).is_full(&limits));
        assert!(taken(1, 900, &sent).is_full(&limits));
        let skipped = Err(Outcome::OtherCode);
        assert!(!taken(2, 5000, &skipped).is_full(&limits), "what is skipped is not held");
        assert!(taken(3, 0, &skipped).is_full(&limits), "but progress is kept now and then");
    }
}
