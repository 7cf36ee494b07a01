//! Topics, records in and records out, with no code of the worker.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, Headers as _, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use tokio::time::Instant;

use super::PATIENCE;

/// A record, as it stands in a topic.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    pub partition: i32,
    pub offset: i64,
    pub timestamp: Option<i64>,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Stored {
    /// A record for partition `partition` with this value and nothing else.
    pub fn new(partition: i32, value: impl Into<Vec<u8>>) -> Self {
        Self { partition, value: Some(value.into()), ..Self::default() }
    }

    /// The value of the last header of this name.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let found = self.headers.iter().rfind(|(found, _)| found == name);
        found.and_then(|(_, value)| value.as_deref())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.value.as_deref().unwrap_or_default()).into_owned()
    }
}

fn config(brokers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers);
    config
}

/// Creates a topic with some of its settings, and waits until it can be used.
pub fn create_topic(brokers: &str, name: &str, partitions: i32, settings: &[(&str, &str)]) {
    let admin: AdminClient<DefaultClientContext> = config(brokers).create().expect("admin");
    let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
    for (key, value) in settings {
        topic = topic.set(key, value);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("runtime");
    let options = AdminOptions::new().operation_timeout(Some(Duration::from_secs(30)));
    let results = runtime.block_on(admin.create_topics([&topic], &options)).expect("create topic");
    results.into_iter().for_each(|result| drop(result.expect("create topic")));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let metadata = admin.inner().fetch_metadata(Some(name), Duration::from_secs(5)).expect("metadata");
        let ready = metadata.topics().iter().any(|topic| {
            topic.error().is_none()
                && topic.partitions().len() == usize::try_from(partitions).unwrap()
                && topic.partitions().iter().all(|partition| partition.leader() >= 0)
        });
        if ready {
            return;
        }
        assert!(Instant::now() < deadline, "topic {name} is not ready");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Changes one setting of a topic.
pub fn set_topic(brokers: &str, topic: &str, key: &str, value: &str) {
    let admin: AdminClient<DefaultClientContext> = config(brokers).create().expect("admin");
    let change = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(key, value);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("runtime");
    let options = AdminOptions::new().request_timeout(Some(Duration::from_secs(30)));
    let results = runtime.block_on(admin.alter_configs([&change], &options)).expect("alter topic");
    results.into_iter().for_each(|result| drop(result.expect("alter topic")));
}

/// Writes records, each to its own partition, in their order.
pub fn write(brokers: &str, topic: &str, records: &[Stored]) {
    let producer: BaseProducer = config(brokers)
        .set("linger.ms", "5")
        .set("enable.idempotence", "true")
        .set("message.max.bytes", "20000000")
        .create()
        .expect("producer");
    for record in records {
        loop {
            let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
                headers.insert(Header { key, value: value.as_deref() })
            });
            let message = BaseRecord::<[u8], [u8]> {
                topic,
                partition: Some(record.partition),
                payload: record.value.as_deref(),
                key: record.key.as_deref(),
                timestamp: record.timestamp,
                headers: Some(headers),
                delivery_opaque: (),
            };
            if producer.send(message).is_ok() {
                break;
            }
            producer.poll(Duration::from_millis(10));
        }
    }
    producer.flush(PATIENCE).expect("flush");
}

/// Reads a topic from its beginning until `enough` says so of what was read; asks whenever there is
/// nothing more to read for now.
pub fn read_until(brokers: &str, topic: &str, enough: impl Fn(&[Stored]) -> bool) -> Vec<Stored> {
    let consumer: BaseConsumer = config(brokers)
        .set("group.id", "reader-without-commits")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("fetch.wait.max.ms", "50")
        .create()
        .expect("consumer");
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).expect("metadata");
    let mut list = TopicPartitionList::new();
    for partition in metadata.topics()[0].partitions() {
        list.add_partition_offset(topic, partition.id(), Offset::Beginning).expect("list");
    }
    consumer.assign(&list).expect("assign");
    let mut read = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < deadline, "only {} records in {topic}: {:?}", read.len(), read.last());
        let Some(message) = consumer.poll(Duration::from_millis(100)) else {
            if enough(&read) {
                return read;
            }
            continue;
        };
        let message = message.expect("message");
        read.push(Stored {
            partition: message.partition(),
            offset: message.offset(),
            timestamp: message.timestamp().to_millis(),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: message.headers().map_or_else(Vec::new, |headers| {
                headers
                    .iter()
                    .map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec)))
                    .collect()
            }),
        });
    }
}

/// Reads exactly `count` records from the beginning of a topic.
pub fn read(brokers: &str, topic: &str, count: usize) -> Vec<Stored> {
    read_until(brokers, topic, |read| read.len() >= count)
}

/// How many records of a topic a `read_committed` reader sees: markers and aborted ones have offsets, too.
pub fn visible(brokers: &str, topic: &str) -> usize {
    let consumer: BaseConsumer = config(brokers)
        .set("group.id", "counter-without-commits")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("enable.partition.eof", "true")
        .set("fetch.wait.max.ms", "50")
        .create()
        .expect("consumer");
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).expect("metadata");
    let mut list = TopicPartitionList::new();
    for partition in metadata.topics()[0].partitions() {
        list.add_partition_offset(topic, partition.id(), Offset::Beginning).expect("list");
    }
    consumer.assign(&list).expect("assign");
    let mut ended = std::collections::BTreeSet::new();
    let mut count = 0;
    let deadline = Instant::now() + PATIENCE;
    while ended.len() < list.count() {
        assert!(Instant::now() < deadline, "{topic} does not end: {ended:?} after {count} records");
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(_)) => count += 1,
            Some(Err(KafkaError::PartitionEOF(partition))) => drop(ended.insert(partition)),
            Some(Err(error)) => panic!("{topic}: {error}"),
            None => {}
        }
    }
    count
}

/// The committed offset of each partition of a topic that has one.
pub fn committed(brokers: &str, group: &str, topic: &str, partitions: i32) -> BTreeMap<i32, i64> {
    // A reader that insists on stable offsets waits for a transaction that holds some.
    let consumer: BaseConsumer = config(brokers)
        .set("group.id", group)
        .set("isolation.level", "read_uncommitted")
        .create()
        .expect("consumer");
    let mut list = TopicPartitionList::new();
    list.add_partition_range(topic, 0, partitions - 1);
    let deadline = Instant::now() + PATIENCE;
    // The first group of a new broker has to wait for its coordinator.
    let answer = loop {
        match consumer.committed_offsets(list.clone(), PATIENCE) {
            Ok(answer) => break answer,
            Err(error) => assert!(Instant::now() < deadline, "committed offsets: {error}"),
        }
        std::thread::park_timeout(Duration::from_millis(50));
    };
    let offset = |raw: Offset| match raw {
        Offset::Offset(offset) => Some(offset),
        _ => None,
    };
    answer
        .elements()
        .iter()
        .filter_map(|element| offset(element.offset()).map(|offset| (element.partition(), offset)))
        .collect()
}

/// Waits until a condition holds.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
