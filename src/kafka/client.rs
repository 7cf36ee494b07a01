//! The producing client: hands records to librdkafka and keeps account of what it says about them.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext, PurgeConfig};
use tokio::time::Instant;

use super::consumer::Statistics;
use super::properties::{BATCH_OVERHEAD, Shares, TopicLimits};
use super::report::Reporter;
use crate::pipeline::publisher::{Failure, Fault, Handed, Refusal, Report};
use crate::pipeline::seam::{Destination, Outgoing};

/// Code of an output that its topic has no room for.
pub const OUTPUT_TOO_LARGE: &str = "output_too_large";
/// Code of an output that its topic refuses for another reason.
pub const OUTPUT_REFUSED: &str = "output_refused";

/// How long librdkafka may block while something is in flight: `poll` takes all of the time it is given.
const SHORT: Duration = Duration::from_millis(1);

/// A topic that the publisher writes to.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) name: String,
    max_message_bytes: AtomicUsize,
    compacted: AtomicBool,
    /// Its number of partitions, kept up to date by the statistics.
    pub(crate) partitions: AtomicI32,
}

impl Topic {
    pub(crate) fn new(name: &str, limits: TopicLimits, partitions: i32) -> Self {
        let topic = Self {
            name: name.to_owned(),
            max_message_bytes: AtomicUsize::new(0),
            compacted: AtomicBool::new(false),
            partitions: AtomicI32::new(partitions),
        };
        topic.set_limits(limits);
        topic
    }

    /// What it takes, as far as is known.
    pub(crate) fn limits(&self) -> TopicLimits {
        TopicLimits {
            max_message_bytes: self.max_message_bytes.load(Ordering::Relaxed),
            compacted: self.compacted.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn set_limits(&self, limits: TopicLimits) {
        self.max_message_bytes.store(limits.max_message_bytes, Ordering::Relaxed);
        self.compacted.store(limits.compacted, Ordering::Relaxed);
    }
}

/// Where records go.
#[derive(Debug)]
pub(crate) struct Topics {
    pub(crate) output: Topic,
    pub(crate) dead_letter: Topic,
}

impl Topics {
    fn of(&self, destination: Destination) -> &Topic {
        match destination {
            Destination::Output => &self.output,
            Destination::DeadLetter => &self.dead_letter,
        }
    }

    /// The narrower of the two, which batches must keep to, and the most that either takes.
    pub(crate) fn narrowest_and_largest(&self) -> (TopicLimits, usize) {
        let (output, dead_letter) = (self.output.limits(), self.dead_letter.limits());
        let narrowest =
            if output.max_message_bytes <= dead_letter.max_message_bytes { output } else { dead_letter };
        (narrowest, output.max_message_bytes.max(dead_letter.max_message_bytes))
    }

    /// Why the record's topic would refuse it, as far as that can be known before it is sent. The size
    /// counts uncompressed, so that the answer depends on the record alone.
    pub(crate) fn unfit(&self, record: &Outgoing) -> Option<Refusal> {
        let topic = self.of(record.destination);
        let (bytes, limits) = (weight(record), topic.limits());
        if bytes > limits.max_message_bytes {
            let limit = limits.max_message_bytes;
            let message = format!(
                "the record needs {bytes} bytes, topic `{}` takes {limit} (max.message.bytes)",
                topic.name
            );
            return Some(Refusal { code: OUTPUT_TOO_LARGE, message, excess: Some(bytes - limit) });
        }
        if limits.compacted && record.key.is_none() {
            let message = format!("the record has no key, and topic `{}` is compacted", topic.name);
            return Some(Refusal { code: OUTPUT_REFUSED, message, excess: None });
        }
        None
    }
}

/// What a record in flight is remembered by.
pub(crate) struct InFlight {
    sequence: u64,
    bytes: usize,
}

/// The client's context: called back on the thread that polls.
pub(crate) struct Context {
    reporter: Arc<Reporter>,
    /// `None` for the client that only asks for topics.
    topics: Option<Arc<Topics>>,
    /// Reports that were not taken yet, and what they give back. Not more than is in flight.
    reported: Mutex<Reported>,
}

#[derive(Default)]
struct Reported {
    reports: Vec<Report>,
    records: usize,
    bytes: usize,
}

impl Context {
    fn take(&self, into: &mut Vec<Report>) -> (usize, usize) {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        into.append(&mut reported.reports);
        (std::mem::take(&mut reported.records), std::mem::take(&mut reported.bytes))
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.reporter.log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.reporter.error(&error, reason);
    }

    fn stats_raw(&self, statistics: &[u8]) {
        let Ok(statistics) = serde_json::from_slice::<Statistics>(statistics) else { return };
        if statistics.any_broker_up() {
            self.reporter.healthy();
        }
        let Some(topics) = &self.topics else { return };
        for topic in [&topics.output, &topics.dead_letter] {
            // Partitions are only ever added.
            if let Some(count) = statistics.partition_count(&topic.name) {
                topic.partitions.fetch_max(count, Ordering::Relaxed);
            }
        }
    }
}

impl ProducerContext for Context {
    type DeliveryOpaque = Box<InFlight>;

    fn delivery(&self, result: &DeliveryResult<'_>, sent: Box<InFlight>) {
        let outcome = match result {
            Ok(_) => {
                self.reporter.healthy();
                Ok(())
            }
            Err((error, message)) => Err(failure(error, message.topic())),
        };
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        reported.records += 1;
        reported.bytes += sent.bytes;
        reported.reports.push(Report { sequence: sent.sequence, outcome });
    }
}

/// A producing client.
pub(crate) struct Client {
    producer: BaseProducer<Context>,
    shares: Shares,
    /// With librdkafka.
    records: usize,
    bytes: usize,
}

impl Client {
    pub(crate) fn new(
        config: &ClientConfig,
        shares: Shares,
        reporter: &Arc<Reporter>,
        topics: Option<Arc<Topics>>,
    ) -> Result<Self, KafkaError> {
        let context = Context { reporter: Arc::clone(reporter), topics, reported: Mutex::default() };
        Ok(Self { producer: config.create_with_context(context)?, shares, records: 0, bytes: 0 })
    }

    pub(crate) fn producer(&self) -> &BaseProducer<Context> {
        &self.producer
    }

    /// Serves log lines, errors and statistics.
    pub(crate) fn serve(&self) {
        self.producer.poll(Duration::ZERO);
    }

    /// The cause of a fatal error, if there was one.
    pub(crate) fn fatal_cause(&self) -> Option<(RDKafkaErrorCode, String)> {
        self.producer.client().fatal_error()
    }

    /// Hands a record over, if there is room: one always has, else a large one would wait for ever.
    pub(crate) fn send(
        &mut self,
        topics: &Topics,
        sequence: u64,
        record: &Outgoing,
    ) -> Result<Handed, KafkaError> {
        let topic = topics.of(record.destination);
        let bytes = weight(record);
        let full = self.records >= self.shares.produced_records
            || self.bytes.saturating_add(bytes) > self.shares.produced;
        if self.records > 0 && full {
            return Ok(Handed::Full);
        }
        let message = BaseRecord {
            topic: &topic.name,
            partition: partition(record, topic),
            payload: record.value.as_deref(),
            key: record.key.as_deref(),
            timestamp: record.timestamp_ms,
            headers: headers(record),
            delivery_opaque: Box::new(InFlight { sequence, bytes }),
        };
        match self.producer.send(message) {
            Ok(()) => {
                self.records += 1;
                self.bytes += bytes;
                Ok(Handed::Over)
            }
            Err((error, _)) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull) => {
                Ok(Handed::Full)
            }
            Err((error, returned)) => {
                // It never left, but how it ended is told as if it had.
                let Some(code) = error.rdkafka_error_code().and_then(refusal) else { return Err(error) };
                let message = format!("topic `{}` cannot take the record: {error}", topic.name);
                let outcome = Err(Failure::Refused(Refusal { code, message, excess: None }));
                let InFlight { sequence, .. } = *returned.delivery_opaque;
                let mut reported =
                    self.producer.context().reported.lock().unwrap_or_else(PoisonError::into_inner);
                reported.reports.push(Report { sequence, outcome });
                Ok(Handed::Over)
            }
        }
    }

    /// Waits for reports, at most for `longest`, and adds them.
    pub(crate) fn reports(&mut self, longest: Duration, reports: &mut Vec<Report>) {
        let deadline = Instant::now() + longest;
        loop {
            self.producer.poll(if longest.is_zero() { Duration::ZERO } else { SHORT });
            self.take(reports);
            if !reports.is_empty() || Instant::now() >= deadline {
                return;
            }
        }
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        let (records, bytes) = self.producer.context().take(reports);
        self.records = self.records.saturating_sub(records);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// Takes back what was not sent yet, and with `all` what is on its way as well; then waits until
    /// nothing is in flight. False: not within `longest`.
    pub(crate) fn purge(&mut self, all: bool, longest: Duration) -> bool {
        let queued = PurgeConfig::default().queue();
        self.producer.purge(if all { queued.inflight() } else { queued });
        let deadline = Instant::now() + longest;
        let mut swallowed = Vec::new();
        loop {
            self.producer.poll(SHORT);
            self.take(&mut swallowed);
            swallowed.clear();
            if self.producer.in_flight_count() == 0 && self.records == 0 {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
        }
    }

    /// An error in words, with its cause where librdkafka has told one.
    pub(crate) fn words(&self, call: &str, error: &KafkaError) -> String {
        let reporter = &self.producer.context().reporter;
        let cause = match self.fatal_cause() {
            Some((_, cause)) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        format!("{call} failed (brokers {}): {cause}", reporter.brokers())
    }

    /// What a fatal error means, if there was one.
    pub(crate) fn fatal_fault(&self, call: &str, error: &KafkaError) -> Option<Fault> {
        let (code, _) = self.fatal_cause()?;
        let words = self.words(call, error);
        let fenced = matches!(
            code,
            RDKafkaErrorCode::Fenced
                | RDKafkaErrorCode::ProducerFenced
                | RDKafkaErrorCode::InvalidProducerEpoch
        );
        Some(if fenced { Fault::Fenced(words) } else { Fault::Fatal(words) })
    }
}

/// Bytes that a record needs in a batch, not compressed.
fn weight(record: &Outgoing) -> usize {
    /// Lengths of a header's name and value, at most.
    const HEADER: usize = 10;
    let headers: usize = record
        .headers
        .iter()
        .map(|(name, value)| HEADER + name.len() + value.as_ref().map_or(0, bytes::Bytes::len))
        .sum();
    BATCH_OVERHEAD
        + headers
        + record.key.as_ref().map_or(0, bytes::Bytes::len)
        + record.value.as_ref().map_or(0, bytes::Bytes::len)
}

/// A null key keeps to its input partition, so that order survives; other keys are the partitioner's.
fn partition(record: &Outgoing, topic: &Topic) -> Option<i32> {
    if record.key.is_some() || record.destination != Destination::Output {
        return None;
    }
    let count = topic.partitions.load(Ordering::Relaxed);
    (count > 0).then(|| record.position.partition.number.rem_euclid(count))
}

fn headers(record: &Outgoing) -> Option<OwnedHeaders> {
    if record.headers.is_empty() {
        return None;
    }
    let empty = OwnedHeaders::new_with_capacity(record.headers.len());
    Some(
        record.headers.iter().fold(empty, |headers, (name, value)| {
            headers.insert(Header { key: name, value: value.as_deref() })
        }),
    )
}

/// The code of a refusal that may be the record's own fault.
pub(crate) fn refusal(code: RDKafkaErrorCode) -> Option<&'static str> {
    use RDKafkaErrorCode as E;
    match code {
        E::MessageSizeTooLarge | E::MessageBatchTooLarge => Some(OUTPUT_TOO_LARGE),
        E::InvalidMessage
        | E::InvalidMessageSize
        | E::InvalidRecord
        | E::InvalidTimestamp
        | E::PolicyViolation => Some(OUTPUT_REFUSED),
        _ => None,
    }
}

/// Why a record was not delivered.
fn failure(error: &KafkaError, topic: &str) -> Failure {
    use RDKafkaErrorCode as E;
    let words = format!("topic `{topic}` refused the record: {error}");
    let Some(code) = error.rdkafka_error_code() else { return Failure::Failed(words) };
    if let Some(code) = refusal(code) {
        return Failure::Refused(Refusal { code, message: words, excess: None });
    }
    match code {
        E::TopicAuthorizationFailed
        | E::ClusterAuthorizationFailed
        | E::UnknownTopicOrPartition
        | E::UnknownTopic
        | E::UnknownPartition
        | E::InvalidTopic => Failure::Blocked(words),
        // It went down with others, or never got through: that says nothing about the record.
        E::PurgeQueue
        | E::PurgeInflight
        | E::InvalidDifferentRecord
        | E::Fatal
        | E::Fenced
        | E::ProducerFenced
        | E::InvalidProducerEpoch
        | E::InvalidProducerIdMapping
        | E::UnknownProducerId
        | E::InvalidTransactionalState
        | E::OutOfOrderSequenceNumber
        | E::State
        | E::MessageTimedOut
        | E::TimedOutQueue
        | E::OperationTimedOut
        | E::RequestTimedOut
        | E::BrokerTransportFailure
        | E::AllBrokersDown
        | E::NetworkException
        | E::NotLeaderForPartition
        | E::LeaderNotAvailable
        | E::BrokerNotAvailable
        | E::NotEnoughReplicas
        | E::NotEnoughReplicasAfterAppend
        | E::KafkaStorageError
        | E::BrokerDestroy => Failure::Withdrawn(words),
        _ => Failure::Failed(words),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rdkafka::message::Headers as _;

    use super::*;
    use crate::pipeline::seam::{Epoch, PartitionId, Position};

    fn record(key: Option<&'static str>, value: usize) -> Outgoing {
        Outgoing {
            position: Position { partition: PartitionId::new("raw", 7), epoch: Epoch(1), offset: 3 },
            destination: Destination::Output,
            timestamp_ms: None,
            key: key.map(|key| Bytes::from_static(key.as_bytes())),
            value: Some(Bytes::from(vec![b'a'; value])),
            headers: vec![("a".to_owned(), Some(Bytes::from_static(b"b"))), ("c".to_owned(), None)],
        }
    }

    fn topics(max_message_bytes: usize, compacted: bool) -> Topics {
        let topic = |name| Topic::new(name, TopicLimits { max_message_bytes, compacted }, 4);
        Topics { output: topic("enriched"), dead_letter: topic("dead") }
    }

    #[test]
    fn a_null_key_keeps_to_its_input_partition() {
        let topics = topics(1_000_000, false);
        assert_eq!(partition(&record(None, 1), &topics.output), Some(3));
        assert_eq!(partition(&record(Some("k"), 1), &topics.output), None);
        let mut dead = record(None, 1);
        dead.destination = Destination::DeadLetter;
        assert_eq!(partition(&dead, &topics.dead_letter), None);
    }

    #[test]
    fn what_a_topic_would_refuse_is_known_before() {
        assert_eq!(topics(1000, false).unfit(&record(Some("k"), 100)), None);
        let large = record(Some("k"), 1000);
        let refusal = topics(1000, false).unfit(&large).unwrap();
        assert_eq!((refusal.code, refusal.excess), (OUTPUT_TOO_LARGE, Some(weight(&large) - 1000)));
        assert!(refusal.message.contains("`enriched` takes 1000"), "{}", refusal.message);
        let refusal = topics(1000, true).unfit(&record(None, 1)).unwrap();
        assert_eq!((refusal.code, refusal.excess), (OUTPUT_REFUSED, None));
        assert!(refusal.message.contains("compacted"), "{}", refusal.message);
    }

    #[test]
    fn batches_keep_to_the_narrower_topic() {
        let topics = topics(1000, false);
        topics.dead_letter.set_limits(TopicLimits { max_message_bytes: 5000, compacted: false });
        let (narrowest, largest) = topics.narrowest_and_largest();
        assert_eq!((narrowest.max_message_bytes, largest), (1000, 5000));
    }

    #[test]
    fn headers_keep_order_and_nulls() {
        let headers = headers(&record(None, 1)).unwrap();
        assert_eq!(headers.get(0), Header { key: "a", value: Some(b"b" as &[u8]) });
        assert_eq!(headers.get(1), Header { key: "c", value: None });
    }

    #[test]
    fn failures_are_told_apart_by_whose_fault_they_are() {
        let failure = |code| failure(&KafkaError::MessageProduction(code), "t");
        assert!(matches!(failure(RDKafkaErrorCode::MessageSizeTooLarge), Failure::Refused(_)));
        assert!(matches!(failure(RDKafkaErrorCode::InvalidTimestamp), Failure::Refused(_)));
        assert!(matches!(failure(RDKafkaErrorCode::TopicAuthorizationFailed), Failure::Blocked(_)));
        assert!(matches!(failure(RDKafkaErrorCode::PurgeQueue), Failure::Withdrawn(_)));
        assert!(matches!(failure(RDKafkaErrorCode::MessageTimedOut), Failure::Withdrawn(_)));
        assert!(matches!(failure(RDKafkaErrorCode::Unknown), Failure::Failed(_)));
    }
}
