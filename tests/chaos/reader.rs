//! Reads a topic to its end, as a `read_committed` reader sees it, one record at a time.

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::metadata::MetadataPartition;
use rdkafka::{Offset, TopicPartitionList};
use tokio::time::Instant;

use super::topics::config;
use crate::harness::client::Stored;

/// How long the broker may take to end transactions that nobody ends, and to answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// Hands every record of `topic` to `each`. Nobody may be writing any more.
pub(crate) fn read_all(brokers: &str, topic: &str, mut each: impl FnMut(&Stored)) {
    let reader = |isolation: &str| -> BaseConsumer {
        config(brokers)
            .set("group.id", "checker-without-commits")
            .set("enable.auto.commit", "false")
            .set("isolation.level", isolation)
            .set("enable.partition.eof", "true")
            .set("queued.max.messages.kbytes", "32768")
            .create()
            .expect("consumer")
    };
    let (consumer, plain) = (reader("read_committed"), reader("read_uncommitted"));
    let metadata = plain.fetch_metadata(Some(topic), PATIENCE).expect("metadata");
    let partitions: Vec<_> = metadata.topics()[0].partitions().iter().map(MetadataPartition::id).collect();
    // What a transaction holds back would be missed: first all of them have to end.
    let deadline = Instant::now() + PATIENCE;
    for partition in &partitions {
        let end = |consumer: &BaseConsumer| {
            consumer.fetch_watermarks(topic, *partition, PATIENCE).expect("watermarks").1
        };
        let stored = end(&plain);
        while end(&consumer) < stored {
            assert!(Instant::now() < deadline, "a transaction hangs on {topic} [{partition}]");
            std::thread::park_timeout(Duration::from_millis(100));
        }
    }
    let mut list = TopicPartitionList::new();
    for partition in &partitions {
        list.add_partition_offset(topic, *partition, Offset::Beginning).expect("list");
    }
    consumer.assign(&list).expect("assign");
    let mut ended = BTreeSet::new();
    let mut last = Instant::now();
    while ended.len() < partitions.len() {
        assert!(last.elapsed() < PATIENCE, "{topic} cannot be read to its end: {ended:?} ended");
        match consumer.poll(Duration::from_millis(200)) {
            None => continue,
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                ended.insert(partition);
            }
            Some(Err(error)) => panic!("{topic}: {error}"),
            Some(Ok(message)) => each(&Stored {
                partition: message.partition(),
                offset: message.offset(),
                timestamp: message.timestamp().to_millis(),
                key: message.key().map(<[u8]>::to_vec),
                value: message.payload().map(<[u8]>::to_vec),
                headers: message.headers().map_or_else(Vec::new, |headers| {
                    let own = |header: rdkafka::message::Header<'_, &[u8]>| {
                        (header.key.to_owned(), header.value.map(<[u8]>::to_vec))
                    };
                    headers.iter().map(own).collect()
                }),
            }),
        }
        last = Instant::now();
    }
}
