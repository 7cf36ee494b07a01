//! The sink: produces without ever blocking, and has seals committed once their deliveries are in.
//!
//! [`KafkaSink`] hands records to librdkafka on the pipeline's own thread, where it only copies and
//! queues. Deliveries come back on the sink's thread, to [`Deliveries`].

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};

use super::deliveries::{Context, Deliveries, InFlight, refusal};
use super::properties::{BATCH_OVERHEAD, TopicLimits};
use crate::pipeline::seam::{Destination, Full, Outgoing, Seal, Sink};

/// Code of an output that its topic has no room for.
pub const OUTPUT_TOO_LARGE: &str = "output_too_large";
/// Code of an output that its topic refuses for another reason.
pub const OUTPUT_REFUSED: &str = "output_refused";

pub(crate) type Producer = BaseProducer<Context>;

/// A topic that the sink writes to.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) limits: TopicLimits,
    /// Its number of partitions, kept up to date by the statistics.
    pub(crate) partitions: AtomicI32,
}

/// What the sink's thread found out before anything could be produced.
pub(crate) struct Ready {
    pub(crate) producer: Producer,
    pub(crate) topics: Arc<Topics>,
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
}

/// The Kafka sink.
pub struct KafkaSink {
    ready: Arc<OnceLock<Ready>>,
    deliveries: Arc<Deliveries>,
}

impl KafkaSink {
    pub(crate) fn new(ready: Arc<OnceLock<Ready>>, deliveries: Arc<Deliveries>) -> Self {
        Self { ready, deliveries }
    }
}

impl Drop for KafkaSink {
    fn drop(&mut self) {
        self.deliveries.closed.store(true, Ordering::Release);
    }
}

impl Sink for KafkaSink {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        let Some(ready) = self.ready.get() else {
            self.deliveries.lock().wants_room = true;
            return Err(Full(record));
        };
        let topic = ready.topics.of(record.destination);
        let bytes = weight(&record);
        let batch = {
            let mut state = self.deliveries.lock();
            if !state.ledger.has_room(bytes) {
                state.wants_room = true;
                return Err(Full(record));
            }
            state.ledger.admit(&record.position, bytes)
        };
        if let Some((code, message)) = unfit(&record, bytes, topic) {
            self.deliveries.refused(record, batch, bytes, code, message);
            return Ok(());
        }
        let sent =
            InFlight { position: record.position.clone(), destination: record.destination, batch, bytes };
        let message = BaseRecord {
            topic: &topic.name,
            partition: partition(&record, topic),
            payload: record.value.as_deref(),
            key: record.key.as_deref(),
            timestamp: record.timestamp_ms,
            headers: headers(&record),
            delivery_opaque: Box::new(sent),
        };
        let Err((error, returned)) = ready.producer.send(message) else { return Ok(()) };
        let InFlight { position, batch, bytes, .. } = *returned.delivery_opaque;
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::QueueFull) => {
                let mut state = self.deliveries.lock();
                state.ledger.withdraw(&position, batch, bytes);
                state.wants_room = true;
                Err(Full(record))
            }
            Some(code) if refusal(code).is_some() => {
                let message = format!("topic `{}` cannot take the record: {error}", topic.name);
                self.deliveries.refused(
                    record,
                    batch,
                    bytes,
                    refusal(code).unwrap_or(OUTPUT_REFUSED),
                    message,
                );
                Ok(())
            }
            _ => {
                let cause = match ready.producer.client().fatal_error() {
                    Some((_, cause)) => cause,
                    None => error.to_string(),
                };
                self.deliveries.fail(format!("cannot produce to topic `{}`: {cause}", topic.name));
                Err(Full(record))
            }
        }
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        let mut state = self.deliveries.lock();
        match state.ledger.seal(seal) {
            Ok(()) => {
                self.deliveries.after(&mut state);
                Ok(())
            }
            Err(full) => {
                state.wants_room = true;
                Err(full)
            }
        }
    }
}

/// Bytes that a record needs in a batch, not compressed.
fn weight(record: &Outgoing) -> usize {
    /// Lengths of a header's name and value, at most.
    const HEADER: usize = 10;
    let headers: usize = record
        .headers
        .iter()
        .map(|(name, value)| HEADER + name.len() + value.as_ref().map_or(0, Bytes::len))
        .sum();
    BATCH_OVERHEAD
        + headers
        + record.key.as_ref().map_or(0, Bytes::len)
        + record.value.as_ref().map_or(0, Bytes::len)
}

/// Why a topic would refuse a record, as far as that can be known before it is sent. The size counts
/// uncompressed, so that the answer depends on the record alone.
fn unfit(record: &Outgoing, bytes: usize, topic: &Topic) -> Option<(&'static str, String)> {
    let limit = topic.limits.max_message_bytes;
    if bytes > limit {
        let message = format!(
            "the record needs {bytes} bytes, topic `{}` takes {limit} (max.message.bytes)",
            topic.name
        );
        return Some((OUTPUT_TOO_LARGE, message));
    }
    if topic.limits.compacted && record.key.is_none() {
        let message = format!("the record has no key, and topic `{}` is compacted", topic.name);
        return Some((OUTPUT_REFUSED, message));
    }
    None
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

/// Serves deliveries until the pipeline lets go of the sink.
pub(crate) fn serve(ready: &Ready, deliveries: &Deliveries) {
    const POLL: Duration = Duration::from_millis(100);
    while !deliveries.closed.load(Ordering::Acquire) {
        ready.producer.poll(POLL);
        deliveries.tick();
    }
}

#[cfg(test)]
mod tests {
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

    fn topic(max_message_bytes: usize, compacted: bool) -> Topic {
        Topic {
            name: "enriched".to_owned(),
            limits: TopicLimits { max_message_bytes, compacted },
            partitions: AtomicI32::new(4),
        }
    }

    #[test]
    fn a_null_key_keeps_to_its_input_partition() {
        let topic = topic(1_000_000, false);
        assert_eq!(partition(&record(None, 1), &topic), Some(3));
        assert_eq!(partition(&record(Some("k"), 1), &topic), None);
        let mut dead = record(None, 1);
        dead.destination = Destination::DeadLetter;
        assert_eq!(partition(&dead, &topic), None);
    }

    #[test]
    fn what_a_topic_would_refuse_is_known_before() {
        let small = record(Some("k"), 100);
        assert!(unfit(&small, weight(&small), &topic(1000, false)).is_none());
        let large = record(Some("k"), 1000);
        let (code, message) = unfit(&large, weight(&large), &topic(1000, false)).unwrap();
        assert_eq!(code, OUTPUT_TOO_LARGE);
        assert!(message.contains("`enriched` takes 1000"), "{message}");
        let keyless = record(None, 1);
        let (code, message) = unfit(&keyless, weight(&keyless), &topic(1000, true)).unwrap();
        assert_eq!(code, OUTPUT_REFUSED);
        assert!(message.contains("compacted"), "{message}");
    }

    #[test]
    fn headers_keep_order_and_nulls() {
        let headers = headers(&record(None, 1)).unwrap();
        assert_eq!(headers.get(0), Header { key: "a", value: Some(b"b" as &[u8]) });
        assert_eq!(headers.get(1), Header { key: "c", value: None });
    }
}
