//! Topics of the bench: made, filled, watched.

use std::time::Duration;

use anyhow::{Context, bail};
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::OwnedHeaders;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use tokio::time::Instant;

/// Partitions of every topic.
pub(crate) const PARTITIONS: i32 = 8;
/// How long the broker may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

fn config(broker: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker);
    config
}

/// Makes topics, and waits until they can be used.
///
/// # Errors
/// When the broker refuses one, or does not answer.
pub(crate) fn create(broker: &str, names: &[&str]) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = config(broker).create()?;
    let topics: Vec<_> =
        names.iter().map(|name| NewTopic::new(name, PARTITIONS, TopicReplication::Fixed(1))).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    for result in runtime.block_on(admin.create_topics(&topics, &options))? {
        result.map_err(|(topic, code)| anyhow::anyhow!("cannot create topic {topic}: {code}"))?;
    }
    let deadline = Instant::now() + PATIENCE;
    for name in names {
        loop {
            let metadata = admin.inner().fetch_metadata(Some(name), PATIENCE)?;
            let leads = |topic: &rdkafka::metadata::MetadataTopic| {
                topic.partitions().iter().filter(|partition| partition.leader() >= 0).count()
            };
            if metadata.topics().iter().map(leads).sum::<usize>() == usize::try_from(PARTITIONS)? {
                break;
            }
            anyhow::ensure!(Instant::now() < deadline, "topic {name} is not ready");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
    Ok(())
}

/// Removes topics that are no longer needed, so that the broker's disk and memory are free again.
pub(super) fn remove(broker: &str, names: &[&str]) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = config(broker).create()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    for result in runtime.block_on(admin.delete_topics(names, &options))? {
        result.map_err(|(topic, code)| anyhow::anyhow!("cannot remove topic {topic}: {code}"))?;
    }
    Ok(())
}

/// Writes articles into a topic.
pub(crate) struct Writer {
    producer: BaseProducer,
    topic: String,
}

impl Writer {
    /// A writer with lz4, whose batches wait for `linger_ms`.
    ///
    /// # Errors
    /// When librdkafka refuses.
    pub(crate) fn new(broker: &str, topic: &str, linger_ms: u32) -> anyhow::Result<Self> {
        let producer = config(broker)
            .set("compression.type", "lz4")
            .set("partitioner", "murmur2_random")
            .set("enable.idempotence", "true")
            .set("linger.ms", linger_ms.to_string())
            .create()?;
        Ok(Self { producer, topic: topic.to_owned() })
    }

    /// Writes one article under a key of its own; waits while the queue is full.
    ///
    /// # Errors
    /// When it cannot be produced.
    pub(crate) fn write(&self, number: usize, value: &str, headers: &OwnedHeaders) -> anyhow::Result<()> {
        let key = format!("https://wire.example.org/{number}");
        let mut record = BaseRecord::to(&self.topic).key(&key).payload(value).headers(headers.clone());
        loop {
            match self.producer.send(record) {
                Ok(()) => {
                    self.producer.poll(Duration::ZERO);
                    return Ok(());
                }
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    self.producer.poll(Duration::from_millis(1));
                }
                Err((error, _)) => return Err(error).context("cannot produce"),
            }
        }
    }

    /// Waits until all is delivered.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn flush(&self) -> anyhow::Result<()> {
        self.producer.flush(PATIENCE).context("cannot deliver")
    }
}

/// A consumer that reads a topic from its beginning, without a group.
///
/// # Errors
/// When librdkafka refuses.
pub(super) fn reader(broker: &str, topic: &str) -> anyhow::Result<BaseConsumer> {
    let consumer: BaseConsumer = config(broker)
        .set("group.id", "bench-reader-without-commits")
        .set("enable.auto.commit", "false")
        .create()?;
    let mut list = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        list.add_partition_offset(topic, partition, Offset::Beginning)?;
    }
    consumer.assign(&list)?;
    Ok(consumer)
}

/// How many offsets a topic has given out: its records, and the marks of transactions.
///
/// # Errors
/// When the broker does not answer.
pub(super) fn count(consumer: &BaseConsumer, topic: &str) -> anyhow::Result<u64> {
    let mut total = 0;
    for partition in 0..PARTITIONS {
        let (_, end) = consumer.fetch_watermarks(topic, partition, PATIENCE)?;
        total += u64::try_from(end)?;
    }
    Ok(total)
}

/// How many records of a topic a reader sees that reads to its end.
///
/// # Errors
/// When the broker does not answer.
pub(super) fn visible(broker: &str, topic: &str) -> anyhow::Result<u64> {
    let consumer: BaseConsumer = config(broker)
        .set("group.id", "bench-counter-without-commits")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .create()?;
    let mut list = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        list.add_partition_offset(topic, partition, Offset::Beginning)?;
    }
    consumer.assign(&list)?;
    let (mut ended, mut seen) = (0, 0);
    let deadline = Instant::now() + PATIENCE;
    while ended < PARTITIONS {
        anyhow::ensure!(Instant::now() < deadline, "{topic} was not read to its end within {PATIENCE:?}");
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(_)) => seen += 1,
            Some(Err(KafkaError::PartitionEOF(_))) => ended += 1,
            Some(Err(error)) => return Err(error).context("cannot read"),
            None => {}
        }
    }
    Ok(seen)
}

/// The value of the first record of a topic, as soon as there is one; `check` is asked meanwhile.
///
/// # Errors
/// When none comes, or `check` fails.
pub(super) fn first(
    consumer: &BaseConsumer,
    mut check: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Vec<u8>> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        check()?;
        if let Some(message) = consumer.poll(Duration::from_millis(20)) {
            use rdkafka::Message as _;
            return Ok(message?.payload().unwrap_or_default().to_vec());
        }
    }
    bail!("no record came within {PATIENCE:?}")
}
