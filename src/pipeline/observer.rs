//! What the pipeline and the broker's side report about themselves, without knowing who counts it.
//!
//! `observe::metrics` implements it; every method does nothing by default, so that a test may watch
//! just what it wants. All are called from hot paths: they must be cheap and never block.

use std::time::Duration;

use super::seam::{Destination, PartitionId};
use crate::article::{Rejection, StageName};

/// A bounded queue of the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// From the source to the pipeline.
    Source,
    /// Waiting for normalization.
    Normalize,
    /// Waiting for tagging.
    Tag,
    /// Complete, waiting for the frontier or the sink.
    Publish,
    /// Produced, waiting for the broker's word.
    Delivery,
}

impl Queue {
    /// The name as it stands in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Normalize => "normalize",
            Self::Tag => "tag",
            Self::Publish => "publish",
            Self::Delivery => "delivery",
        }
    }
}

/// Gets word of everything that a metric or the health of the worker is made of.
pub trait Observer: Send + Sync {
    /// A record came in.
    fn record_in(&self, _partition: &PartitionId, _bytes: usize) {}
    /// The answer to a record (or tombstone) of this partition was delivered and sealed.
    fn record_out(&self, _partition: &PartitionId, _destination: Destination, _tombstone: bool) {}
    /// A record was rejected: it becomes a dead letter.
    fn rejected(&self, _partition: &PartitionId, _offset: i64, _rejection: &Rejection) {}
    /// A stage ended for one record.
    fn stage_took(&self, _stage: StageName, _took: Duration) {}
    /// How full a queue is.
    fn queue_depth(&self, _queue: Queue, _depth: usize, _capacity: usize) {}
    /// Records and bytes between arrival and seal, and their limits.
    fn in_flight(&self, _records: usize, _bytes: usize, _max_records: usize, _max_bytes: usize) {}
    /// A partition's own state: records in flight, and when the oldest unsealed one came (worker
    /// clock); `None` when it has none.
    fn partition_in_flight(&self, _partition: &PartitionId, _records: usize, _oldest: Option<Duration>) {}
    /// How many records the partition's end is ahead of what was sealed.
    fn lag(&self, _partition: &PartitionId, _records: i64) {}
    /// A partition was paused or resumed.
    fn paused(&self, _partition: &PartitionId, _paused: bool) {}
    /// A partition was assigned (`true`) or is gone.
    fn assigned(&self, _partition: &PartitionId, _assigned: bool) {}
    /// A rebalance ended: `assign`, `revoke` or `lost`.
    fn rebalanced(&self, _kind: &'static str) {}
    /// A seal was made durable (`ok`), or was `stale`.
    fn committed(&self, _outcome: &'static str, _took: Duration) {}
    /// From the record's Kafka timestamp to its seal.
    fn end_to_end(&self, _took: Duration) {}
    /// The source's poll loop went round.
    fn polled(&self) {}
    /// The pipeline moved a partition's frontier.
    fn progressed(&self, _partition: &PartitionId) {}
    /// A transaction was aborted, to be published again: `partition_lost`, `refused`, `blocked`, `failed`,
    /// `expired`.
    fn aborted(&self, _cause: &'static str) {}
    /// Another worker of the same name has taken over.
    fn fenced(&self) {}
    /// A dead letter was cut to what its topic takes.
    fn letter_truncated(&self) {}
    /// Whether the broker answers, as far as the source or the sink can tell, with the cause if not.
    /// What goes wrong while publishing is told of the part `publisher`.
    fn broker_state(&self, _part: &'static str, _healthy: Result<(), &str>) {}
}

/// An observer that watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}
