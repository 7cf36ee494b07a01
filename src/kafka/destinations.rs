//! The two topics that are written to: what they take, and where in them a record goes.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};

use rdkafka::message::{Header, OwnedHeaders};

use super::failures::{OUTPUT_REFUSED, OUTPUT_TOO_LARGE};
use super::properties::{BATCH_OVERHEAD, TopicLimits};
use crate::pipeline::publisher::Refusal;
use crate::pipeline::seam::{Destination, Outgoing};

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
    pub(crate) fn of(&self, destination: Destination) -> &Topic {
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

/// Bytes that a record needs in a batch, not compressed.
pub(crate) fn weight(record: &Outgoing) -> usize {
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
pub(crate) fn partition(record: &Outgoing, topic: &Topic) -> Option<i32> {
    if record.key.is_some() || record.destination != Destination::Output {
        return None;
    }
    let count = topic.partitions.load(Ordering::Relaxed);
    (count > 0).then(|| record.position.partition.number.rem_euclid(count))
}

pub(crate) fn headers(record: &Outgoing) -> Option<OwnedHeaders> {
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
}
