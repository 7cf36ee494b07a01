//! The seam between the pipeline and a broker.
//!
//! The pipeline gets [`SourceEvent`]s and [`SinkEvent`]s from bounded channels and gives orders to a
//! [`SourceControl`] and a [`Sink`]. Kafka stands behind it in [`crate::kafka`]; a broker in memory
//! that rebalances stands behind it in tests. No call here blocks: what is full hands the order back.
//!
//! Invariants of a source:
//! - Every assignment of a partition carries an [`Epoch`] larger than any before it. Records carry
//!   the epoch under which they were fetched. Within one partition and epoch, offsets rise.
//! - [`SourceEvent::Revoking`] blocks the broker's rebalance until its reply is sent or dropped, or
//!   the source's drain deadline has passed; after that the partition's epoch is over.
//!
//! Invariants of a sink:
//! - Records of one source partition are delivered in the order of [`Sink::produce`].
//! - [`Seal`] makes everything produced before it, and its offsets, durable: in one transaction, or,
//!   at least once, by waiting for the deliveries and committing the offsets after. Nothing is
//!   committed but through a seal. Each seal is answered by exactly one [`SinkEvent::Sealed`] or
//!   [`SinkEvent::Stale`], or the sink fails as a whole.
//! - What was produced and is not sealed is the sink's to repeat; the pipeline produces it once.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::article::Headers;

/// One assignment of a partition to this worker. Rises with every assignment, over all partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// A partition of an input topic. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionId {
    /// Topic.
    pub topic: Arc<str>,
    /// Number.
    pub number: i32,
}

impl PartitionId {
    /// Partition `number` of `topic`.
    #[must_use]
    pub fn new(topic: impl Into<Arc<str>>, number: i32) -> Self {
        Self { topic: topic.into(), number }
    }
}

impl fmt::Display for PartitionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.number)
    }
}

/// Where a record stood in the input: what an output, a completion or a refusal refers back to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Its partition.
    pub partition: PartitionId,
    /// The epoch under which it was fetched.
    pub epoch: Epoch,
    /// Its offset.
    pub offset: i64,
}

/// A record as it came from the input.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Where it stood.
    pub position: Position,
    /// Its timestamp, milliseconds since 1970 UTC.
    pub timestamp_ms: Option<i64>,
    /// Its key.
    pub key: Option<Bytes>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// Its headers, in order.
    pub headers: Headers,
}

impl Incoming {
    /// Bytes that it holds in memory, with a flat charge for what surrounds them.
    #[must_use]
    pub fn weight(&self) -> usize {
        const OVERHEAD: usize = 256;
        let headers: usize =
            self.headers.iter().map(|(name, value)| name.len() + value.as_ref().map_or(0, Bytes::len)).sum();
        OVERHEAD
            + headers
            + self.key.as_ref().map_or(0, Bytes::len)
            + self.value.as_ref().map_or(0, Bytes::len)
    }
}

/// What a source tells the pipeline.
#[derive(Debug)]
pub enum SourceEvent {
    /// Partitions were added to the assignment (with an eager protocol: the whole assignment).
    Assigned {
        /// Their epoch.
        epoch: Epoch,
        /// Which.
        partitions: Vec<PartitionId>,
    },
    /// A record.
    Record(Incoming),
    /// Partitions are about to be taken away, in good order: publish what is complete up to the
    /// contiguous frontier, seal it, drop the rest, then reply (dropping the sender is a reply too).
    Revoking {
        /// Which.
        partitions: Vec<PartitionId>,
        /// Tells the source to go on.
        drained: oneshot::Sender<()>,
    },
    /// Partitions are gone already: discard everything of theirs, publish nothing more.
    Lost {
        /// Which.
        partitions: Vec<PartitionId>,
    },
    /// The source is not coming back; the worker should stop with this cause.
    Failed {
        /// Broker, topic and cause in words.
        message: String,
    },
}

/// Orders to a source. All return at once; a source that has ended ignores them.
pub trait SourceControl: Send {
    /// Stop fetching a partition, keep it assigned. Records already on their way may still come; they
    /// are bounded. An order for a partition that is not assigned is ignored.
    fn pause(&self, partition: &PartitionId);
    /// Fetch it again; may come for a partition that was not paused.
    fn resume(&self, partition: &PartitionId);
    /// Give all partitions back (which asks the pipeline to drain them) and leave the group.
    fn leave(&self);
}

/// Where an outgoing record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    /// The output topic.
    Output,
    /// The dead-letter topic.
    DeadLetter,
}

/// A record ready to be produced.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The input record that it answers.
    pub position: Position,
    /// Where it goes.
    pub destination: Destination,
    /// Timestamp, milliseconds since 1970 UTC: the input's.
    pub timestamp_ms: Option<i64>,
    /// Key. `None` with [`Destination::Output`]: to the input's partition modulo the output's count.
    pub key: Option<Bytes>,
    /// Value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// Headers, in order.
    pub headers: Headers,
}

/// The next offset to read of a partition: everything before it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextOffset {
    /// Which partition.
    pub partition: PartitionId,
    /// Under which epoch it was worked on.
    pub epoch: Epoch,
    /// The next offset to read.
    pub next: i64,
}

/// Names a seal; rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealId(pub u64);

/// Asks that what was produced so far, and these offsets, become durable.
#[derive(Debug, Clone)]
pub struct Seal {
    /// Its name.
    pub id: SealId,
    /// Contiguous frontiers, at most one a partition. Empty if all that was produced belongs to lost
    /// partitions: then just the deliveries are waited for.
    pub offsets: Vec<NextOffset>,
}

/// An order that the sink could not take now, handed back whole.
#[derive(Debug)]
pub struct Full<T>(pub T);

/// Orders to a sink. No call blocks.
pub trait Sink: Send {
    /// Takes a record for production.
    ///
    /// # Errors
    /// [`Full`] gives it back: offer it again after [`SinkEvent::Room`].
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>>;

    /// Takes a seal.
    ///
    /// # Errors
    /// [`Full`] gives it back: offer it again after [`SinkEvent::Room`].
    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>>;
}

/// What a sink tells the pipeline.
#[derive(Debug)]
pub enum SinkEvent {
    /// After a [`Full`]: there is room again.
    Room,
    /// An output can never be produced as it is (too large for the topic, refused by its policy). The
    /// pipeline answers with a dead letter in its place; the seal that covers it waits for that. A dead
    /// letter is never handed back: what becomes of one that is refused is the sink's own policy.
    Refused {
        /// The record, as it was handed over.
        record: Box<Outgoing>,
        /// A stable code: `output_too_large`, `output_refused`.
        code: &'static str,
        /// The cause in words, with topic and limit.
        message: String,
    },
    /// A seal is durable.
    Sealed {
        /// Which.
        id: SealId,
        /// Of its offsets those that were left out, since their partitions have gone to another owner,
        /// who reads what they cover again. Their epochs are over for good.
        lost: Vec<NextOffset>,
    },
    /// All offsets of a seal were left out for that reason. Benign.
    Stale {
        /// Which.
        id: SealId,
    },
    /// The sink is not coming back; the worker should stop with this cause.
    Failed {
        /// Broker, topic and cause in words.
        message: String,
    },
}
