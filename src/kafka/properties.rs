//! librdkafka's properties, from the settings.
//!
//! Three layers: our defaults, then `kafka.properties`, then what the guarantees stand on. The last
//! cannot be overridden: [`super::faults`] refuses an attempt before a client is made.

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::standing::DEBUG_CONTEXT;
use crate::settings::{GroupProtocol, Settings};

/// How `limits.memory` is shared out, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// Fetched and not yet polled: librdkafka's `queued.max.messages.kbytes`.
    pub fetched: usize,
    /// Produced and not yet delivered: the sink is full beyond it.
    pub produced: usize,
    /// Produced and not yet delivered, in records.
    pub produced_records: usize,
}

impl Shares {
    /// A quarter of `memory` to each side of librdkafka; the other half is the work in flight's.
    #[must_use]
    pub fn of(memory: usize) -> Self {
        const RECORD: usize = 16 * 1024;
        let quarter = (memory / 4).max(1024 * 1024);
        Self { fetched: quarter, produced: quarter, produced_records: (memory / RECORD).clamp(256, 16_384) }
    }
}

/// What a topic takes, as far as the producer has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicLimits {
    /// `max.message.bytes`: the largest batch, which may be one record.
    pub max_message_bytes: usize,
    /// Whether it is compacted: then a record without a key is refused, and its whole batch with it.
    pub compacted: bool,
}

impl Default for TopicLimits {
    /// A topic that nobody configured.
    fn default() -> Self {
        Self { max_message_bytes: 1_048_588, compacted: false }
    }
}

/// What a batch of one record holds besides key, value and headers (batch header, lengths, deltas).
pub const BATCH_OVERHEAD: usize = 128;

/// What a witness's `client.id` ends in.
const WITNESS: &str = "-witness";

/// Properties of the consumer.
#[must_use]
pub fn consumer(settings: &Settings) -> ClientConfig {
    let kafka = &settings.kafka;
    let shares = Shares::of(settings.limits.memory);
    let mut config = shared(settings);
    // A partition's share of one fetch: small, so that many partitions do not make for a large answer.
    let partition_fetch = (shares.fetched / 16).clamp(64 * 1024, 256 * 1024);
    let defaults = [
        ("auto.offset.reset", "earliest".to_owned()),
        // The default of one second halves the throughput whenever the queue was full.
        ("fetch.queue.backoff.ms", "10".to_owned()),
        ("queued.max.messages.kbytes", (shares.fetched / 1024).to_string()),
        ("fetch.message.max.bytes", partition_fetch.to_string()),
        ("fetch.max.bytes", shares.fetched.clamp(1024 * 1024, 50 * 1024 * 1024).to_string()),
        // New topics of a pattern and new partitions are found this fast.
        ("topic.metadata.refresh.interval.ms", "30000".to_owned()),
        ("statistics.interval.ms", "5000".to_owned()),
    ];
    for (key, value) in defaults {
        config.set(key, value);
    }
    if kafka.protocol == GroupProtocol::Classic {
        config.set("partition.assignment.strategy", "cooperative-sticky");
        config.set("heartbeat.interval.ms", (millis(kafka.session_timeout) / 3).clamp(100, 1000).to_string());
    }
    override_with(&mut config, settings);

    config.set("group.id", &kafka.group_id);
    config.set("enable.auto.commit", "false");
    config.set("enable.auto.offset.store", "false");
    config.set("isolation.level", "read_committed");
    config.set("max.poll.interval.ms", millis(kafka.max_poll_interval).to_string());
    match kafka.protocol {
        GroupProtocol::Classic => {
            config.set("group.protocol", "classic");
            config.set("session.timeout.ms", millis(kafka.session_timeout).to_string());
            // Its log alone tells that a member id was given up.
            let debug = config.get("debug").filter(|contexts| !contexts.is_empty());
            let debug = debug.map_or(DEBUG_CONTEXT.to_owned(), |more| format!("{more},{DEBUG_CONTEXT}"));
            config.set("debug", debug);
            // Otherwise it is as low as the worker's own log.
            config.set_log_level(RDKafkaLogLevel::Debug);
            if let Some(instance_id) = &kafka.instance_id {
                config.set("group.instance.id", instance_id);
            }
        }
        // The broker sets the session here, and a static member that was killed could not come back
        // before its session has ended.
        GroupProtocol::Consumer => {
            config.set("group.protocol", "consumer");
        }
    }
    config
}

/// Properties of the producer, for topics of which the narrowest has these `limits`; with a transactional
/// id for exactly once.
#[must_use]
pub fn producer(
    settings: &Settings,
    limits: TopicLimits,
    largest_message: usize,
    transactional_id: Option<&str>,
) -> ClientConfig {
    let shares = Shares::of(settings.limits.memory);
    let mut config = shared(settings);
    // The sink refuses by each topic's own limit; the client's is the widest of them.
    let message_max = largest_message.clamp(1000, 1_000_000_000);
    // A broker refuses a batch as a whole, so a batch must never outgrow what the topic takes.
    let batch_size = limits.max_message_bytes.saturating_sub(BATCH_OVERHEAD).clamp(1, 1_000_000);
    // The sink counts records and bytes itself and is full first: librdkafka must never be.
    let queue_kbytes = (shares.produced * 2 + message_max) / 1024 + 1;
    let defaults = [
        ("partitioner", "murmur2_random".to_owned()),
        ("compression.type", "lz4".to_owned()),
        ("linger.ms", "5".to_owned()),
        ("batch.size", batch_size.to_string()),
        ("message.max.bytes", message_max.to_string()),
        ("queue.buffering.max.messages", (shares.produced_records * 2).to_string()),
        ("queue.buffering.max.kbytes", queue_kbytes.min(2_097_151).to_string()),
        ("topic.metadata.refresh.interval.ms", "30000".to_owned()),
        ("statistics.interval.ms", "5000".to_owned()),
    ];
    for (key, value) in defaults {
        config.set(key, value);
    }
    if transactional_id.is_none() {
        // A broker that is away is waited for; how long, the oldest record's age tells. In a transaction a
        // record has as long as that.
        config.set("message.timeout.ms", "0");
    }
    override_with(&mut config, settings);
    config.set("enable.idempotence", "true");
    config.set("acks", "all");
    if let Some(transactional_id) = transactional_id {
        config.set("transactional.id", transactional_id);
        config.set("transaction.timeout.ms", millis(settings.kafka.transaction_timeout).to_string());
    }
    config
}

/// Where the consumer begins with a partition of which nothing was ever committed.
pub(crate) fn offset_reset(settings: &Settings) -> String {
    consumer(settings).get("auto.offset.reset").unwrap_or("earliest").to_owned()
}

/// Properties of a client that joins no group and only looks whether brokers answer.
#[must_use]
pub(crate) fn witness(settings: &Settings) -> ClientConfig {
    let mut config = shared(settings);
    override_with(&mut config, settings);
    let name = config.get("client.id").unwrap_or_default().to_owned() + WITNESS;
    config.set("client.id", name);
    config.set("statistics.interval.ms", "0");
    config
}

fn shared(settings: &Settings) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("client.id", "copydesk");
    config.set("reconnect.backoff.max.ms", "2000");
    config.set("bootstrap.servers", settings.kafka.brokers.join(","));
    config
}

fn override_with(config: &mut ClientConfig, settings: &Settings) {
    for (key, property) in &settings.kafka.properties {
        config.set(key, &property.value);
    }
    config.set("bootstrap.servers", settings.kafka.brokers.join(","));
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::fixture;
    use crate::settings::PropertyValue;

    #[test]
    fn memory_is_shared_out() {
        let shares = Shares::of(64 * 1024 * 1024);
        assert_eq!(shares.fetched, 16 * 1024 * 1024);
        assert_eq!(shares.produced, 16 * 1024 * 1024);
        assert_eq!(shares.produced_records, 4096);
        let settings = fixture::settings();
        assert_eq!(consumer(&settings).get("queued.max.messages.kbytes"), Some("16384"));
        assert_eq!(consumer(&settings).get("fetch.message.max.bytes"), Some("262144"));
    }

    #[test]
    fn the_guarantees_stand_last() {
        let mut settings = fixture::settings();
        for (key, value) in [
            ("acks", "1"),
            ("enable.auto.commit", "true"),
            ("linger.ms", "50"),
            ("auto.offset.reset", "latest"),
        ] {
            let value = PropertyValue { value: value.to_owned(), secret: false };
            settings.kafka.properties.insert(key.to_owned(), value);
        }
        let producer = producer(&settings, TopicLimits::default(), 1_000_000, None);
        assert_eq!(producer.get("acks"), Some("all"));
        assert_eq!(producer.get("linger.ms"), Some("50"));
        let consumer = consumer(&settings);
        assert_eq!(consumer.get("enable.auto.commit"), Some("false"));
        assert_eq!(consumer.get("auto.offset.reset"), Some("latest"));
    }

    #[test]
    fn an_instance_id_goes_with_the_classic_protocol_only() {
        let mut settings = fixture::settings();
        settings.kafka.instance_id = Some("desk-1".to_owned());
        let classic = consumer(&settings);
        assert_eq!(classic.get("group.instance.id"), Some("desk-1"));
        assert_eq!(classic.get("partition.assignment.strategy"), Some("cooperative-sticky"));
        assert_eq!(classic.get("debug"), Some("cgrp"));
        assert!(matches!(classic.log_level, RDKafkaLogLevel::Debug));
        let value = PropertyValue { value: "topic".to_owned(), secret: false };
        settings.kafka.properties.insert("debug".to_owned(), value);
        assert_eq!(consumer(&settings).get("debug"), Some("topic,cgrp"));
        settings.kafka.properties.clear();
        settings.kafka.protocol = GroupProtocol::Consumer;
        let next = consumer(&settings);
        assert_eq!(next.get("group.instance.id"), None);
        assert_eq!(next.get("session.timeout.ms"), None);
        assert_eq!(next.get("partition.assignment.strategy"), None);
    }

    #[test]
    fn librdkafka_takes_every_property() {
        let mut settings = fixture::settings();
        for protocol in [GroupProtocol::Classic, GroupProtocol::Consumer] {
            settings.kafka.protocol = protocol;
            consumer(&settings).create_native_config().expect("consumer");
            consumer(&settings).create::<rdkafka::consumer::BaseConsumer>().expect("consumer client");
        }
        let limits = TopicLimits { max_message_bytes: 2000, compacted: false };
        producer(&settings, limits, 1_048_588, Some("desk.1"))
            .create::<rdkafka::producer::BaseProducer>()
            .expect("producer");
    }

    #[test]
    fn a_batch_stays_under_the_narrowest_topic() {
        let limits = TopicLimits { max_message_bytes: 100_000, compacted: false };
        let config = producer(&fixture::settings(), limits, 1_048_588, None);
        assert_eq!(config.get("batch.size"), Some("99872"));
        assert_eq!(config.get("message.max.bytes"), Some("1048588"));
    }
}
