//! Reads the dead-letter topic, from the progress under a name to where the topic ended at the start.
//!
//! The consumer joins no group: it is assigned all partitions, and its group id only names whose
//! committed offsets are the progress.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::{Offset, TopicPartitionList};
use tokio::time::Instant;

use super::Order;
use super::attempts::{Attempts, CALL, patience};
use super::error::ReplayError;
use super::letter::Letter;
use crate::kafka::properties;
use crate::kafka::report::Reporter;
use crate::settings::{GroupProtocol, Settings};

/// How long librdkafka may block for news: a signal is noticed after that.
const POLL: Duration = Duration::from_millis(100);

/// Context of the consumer.
pub(super) struct Context {
    pub(super) reporter: Arc<Reporter>,
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.reporter.log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.reporter.error(&error, reason);
    }
}

impl ConsumerContext for Context {}

pub(super) type Consumer = BaseConsumer<Context>;

/// Makes the consumer; nothing is asked of a broker yet.
///
/// # Errors
/// When librdkafka refuses the properties.
pub(super) fn connect(
    settings: &Settings,
    order: &Order,
    reporter: Arc<Reporter>,
) -> Result<Consumer, ReplayError> {
    let mut own = settings.clone();
    own.kafka.group_id = order.group_id(settings);
    // Both are of members, and this is none: with an id of a member, offsets would be refused.
    own.kafka.instance_id = None;
    own.kafka.protocol = GroupProtocol::Classic;
    let mut config = properties::consumer(&own);
    // Where reading begins is known. An offset that is gone meanwhile must not lead to another place.
    config.set("auto.offset.reset", "error");
    config.set("enable.partition.eof", "true");
    config.set("statistics.interval.ms", "0");
    Ok(config.create_with_context(Context { reporter })?)
}

/// The dead letters that are left to read.
pub(super) struct Reader<'r> {
    consumer: Consumer,
    topic: String,
    stop: &'r AtomicBool,
    /// Where each partition that is not read to its end ends.
    ends: BTreeMap<i32, i64>,
    /// Next offsets that nobody has taken yet.
    progress: BTreeMap<i32, i64>,
    offsets_left: i64,
    begins_anew: bool,
    /// Since when nothing came.
    idle_since: Instant,
}

impl<'r> Reader<'r> {
    /// Finds out where each of the `partitions` begins and ends, and starts to read.
    ///
    /// # Errors
    /// When a broker does not tell, or the progress is ahead of the topic.
    pub(super) fn begin(
        consumer: Consumer,
        order: &Order,
        partitions: i32,
        stop: &'r AtomicBool,
    ) -> Result<Self, ReplayError> {
        let topic = order.from.as_str();
        let progress = committed(&consumer, topic, partitions, stop)?;
        let mut assignment = TopicPartitionList::new();
        let mut ends = BTreeMap::new();
        let mut offsets_left = 0;
        for partition in 0..partitions {
            let (beginning, end) = again("ask where the topic ends", stop, || {
                consumer.fetch_watermarks(topic, partition, CALL)
            })?;
            let kept = progress.get(&partition).copied();
            let next = kept.unwrap_or(0).max(beginning);
            if next > end {
                let (name, topic) = (order.name.clone(), topic.to_owned());
                return Err(ReplayError::Ahead { name, topic, partition, progress: next, end });
            }
            if next < end {
                assignment.add_partition_offset(topic, partition, Offset::Offset(next))?;
                ends.insert(partition, end);
                offsets_left += end - next;
            }
        }
        consumer.assign(&assignment)?;
        Ok(Self {
            consumer,
            topic: topic.to_owned(),
            stop,
            ends,
            progress: BTreeMap::new(),
            offsets_left,
            begins_anew: progress.is_empty(),
            idle_since: Instant::now(),
        })
    }

    /// Whether everything is read.
    pub(super) fn is_done(&self) -> bool {
        self.ends.is_empty()
    }

    /// Offsets between the beginning and the end; some may hold no letter.
    pub(super) fn offsets_left(&self) -> i64 {
        self.offsets_left
    }

    /// Whether no progress was kept under the name.
    pub(super) fn begins_anew(&self) -> bool {
        self.begins_anew
    }

    /// Next offsets since this was last asked.
    pub(super) fn take_progress(&mut self) -> BTreeMap<i32, i64> {
        std::mem::take(&mut self.progress)
    }

    /// What offsets in a transaction have to be sent with.
    pub(super) fn group(&self) -> Result<ConsumerGroupMetadata, ReplayError> {
        self.consumer.group_metadata().ok_or_else(|| ReplayError::Failed {
            what: "keep progress",
            cause: "the consumer has no group".to_owned(),
        })
    }

    /// The next letter; `None`: nothing came for a moment.
    ///
    /// # Errors
    /// When nothing came for too long, or cannot come.
    pub(super) fn poll(&mut self) -> Result<Option<Letter>, ReplayError> {
        let polled = match self.consumer.poll(POLL) {
            Some(Ok(message)) => Ok(Some(letter(&message))),
            Some(Err(error)) => Err(error),
            None => Ok(None),
        };
        match polled {
            Ok(Some(letter)) => {
                self.idle_since = Instant::now();
                return Ok(self.take(letter));
            }
            Ok(None) => {}
            Err(KafkaError::PartitionEOF(partition)) => {
                self.idle_since = Instant::now();
                self.finish(partition);
            }
            Err(error) => self.check(&error)?,
        }
        let waited = self.idle_since.elapsed();
        if waited >= patience(self.stop) {
            let cause = self.consumer.context().reporter.cause_or(&"nothing came");
            return Err(ReplayError::GaveUp { what: "read dead letters", waited, cause });
        }
        Ok(None)
    }

    /// Takes a letter in; none if its partition is read to its end: what came later is the next replay's.
    fn take(&mut self, letter: Letter) -> Option<Letter> {
        let end = *self.ends.get(&letter.partition)?;
        if letter.offset < end {
            self.progress.insert(letter.partition, letter.offset + 1);
        }
        // Behind the last letter only the marks of transactions may follow.
        if letter.offset + 1 >= end {
            self.finish(letter.partition);
        }
        (letter.offset < end).then_some(letter)
    }

    fn finish(&mut self, partition: i32) {
        let Some(end) = self.ends.remove(&partition) else { return };
        self.progress.insert(partition, end);
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.topic, partition);
        // If that fails, what comes is dropped here.
        if let Err(error) = self.consumer.pause(&list) {
            tracing::debug!(%error, partition, "a partition that is read to its end cannot be paused");
        }
    }

    /// Fails for what does not pass by itself.
    fn check(&self, error: &KafkaError) -> Result<(), ReplayError> {
        use RDKafkaErrorCode as E;
        let cause = match error.rdkafka_error_code() {
            Some(E::AutoOffsetReset | E::OffsetOutOfRange) => {
                "letters were removed from the topic while it was read; start again".to_owned()
            }
            Some(E::TopicAuthorizationFailed | E::GroupAuthorizationFailed | E::Fatal) => {
                self.consumer.context().reporter.cause_or(error)
            }
            _ => {
                tracing::debug!(%error, "reading goes on");
                return Ok(());
            }
        };
        Err(ReplayError::Failed { what: "read dead letters", cause })
    }
}

/// Calls until it works, with patience.
fn again<T>(
    what: &'static str,
    stop: &AtomicBool,
    call: impl Fn() -> KafkaResult<T>,
) -> Result<T, ReplayError> {
    let mut attempts = Attempts::new(what, stop);
    loop {
        match call() {
            Ok(answer) => return Ok(answer),
            Err(error) => attempts.wait(&error.to_string())?,
        }
    }
}

/// The progress of each partition that has some. While offsets are pending in an open transaction the
/// broker does not tell, and the call times out.
fn committed(
    consumer: &Consumer,
    topic: &str,
    partitions: i32,
    stop: &AtomicBool,
) -> Result<BTreeMap<i32, i64>, ReplayError> {
    let answer = again("ask for the progress", stop, || {
        let mut list = TopicPartitionList::new();
        list.add_partition_range(topic, 0, partitions - 1);
        let answer = consumer.committed_offsets(list, CALL)?;
        for element in answer.elements() {
            element.error()?;
        }
        Ok(answer)
    })?;
    let offset = |offset| if let Offset::Offset(offset) = offset { Some(offset) } else { None };
    let elements = answer.elements();
    Ok(elements.iter().filter_map(|found| Some((found.partition(), offset(found.offset())?))).collect())
}

fn letter(message: &BorrowedMessage<'_>) -> Letter {
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        let own =
            headers.iter().map(|header| (header.key.to_owned(), header.value.map(Bytes::copy_from_slice)));
        own.collect()
    });
    Letter {
        partition: message.partition(),
        offset: message.offset(),
        timestamp_ms: message.timestamp().to_millis(),
        key: message.key().map(Bytes::copy_from_slice),
        value: message.payload().map(Bytes::copy_from_slice),
        headers,
    }
}
