//! What may be held at once, and how often it is sealed.

use std::time::Duration;

use crate::settings;

/// Limits on records between arrival and seal.
///
/// The overall limits hold strictly: at the limit nothing more is taken from the source, so they
/// are passed by the last record's bytes at most, and by what outputs weigh beyond twice their input,
/// which is held in reserve for each. At a partition's limit that partition is paused; what
/// was on its way already is still taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Records in flight, over all partitions.
    pub records: usize,
    /// Bytes in flight, over all partitions.
    pub bytes: usize,
    /// Records in flight of one partition.
    pub partition_records: usize,
    /// Bytes in flight of one partition.
    pub partition_bytes: usize,
}

impl Limits {
    /// The pipeline's share of the settings: half of `limits.memory`, and of that a quarter at most
    /// for one partition, so that a slow one leaves room for the others.
    #[must_use]
    pub fn cut_from(settings: &settings::Limits) -> Self {
        let bytes = (settings.memory / 2).max(1);
        Self {
            records: settings.in_flight_records.max(1),
            bytes,
            partition_records: settings.partition_records.max(1),
            partition_bytes: (bytes / 4).max(1),
        }
    }
}

/// When what was produced is sealed: whichever comes first, and never when there is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealing {
    /// Time between two seals.
    pub interval: Duration,
    /// Records of one seal.
    pub records: usize,
    /// Bytes of one seal.
    pub bytes: usize,
}

impl Sealing {
    /// One seal each `interval`, or 4,000 records, or 16 MiB.
    #[must_use]
    pub fn each(interval: Duration) -> Self {
        Self { interval, records: 4000, bytes: 16 << 20 }
    }
}

/// What a record is charged for on arrival: its own weight, and twice that in reserve for its output.
pub(super) fn charge(weight: usize) -> usize {
    weight.saturating_mul(3)
}
