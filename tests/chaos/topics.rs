//! The three topics of a run, straight at the brokers: made, changed, asked.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::admin::TopicReplication;
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::metadata::MetadataPartition;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::harness::{PATIENCE, unique};

/// What the topics take at first: any record, and any output or dead letter of it.
const ROOM: u32 = 16_000_000;
/// What the output topic takes while it is lowered: less than the output of an enormous article.
pub(crate) const LOWERED: u32 = 60_000;

/// Topics with an admin's hand on them.
pub(crate) struct Topics {
    pub(crate) brokers: String,
    pub(crate) group: String,
    pub(crate) input: String,
    pub(crate) output: String,
    pub(crate) dead: String,
    runtime: Runtime,
    nodes: i32,
}

impl Topics {
    /// Makes them on a cluster of so many nodes.
    pub(crate) fn create(brokers: &str, nodes: i32) -> Self {
        let topics = Self {
            brokers: brokers.to_owned(),
            group: unique("chaos"),
            input: unique("chaos.in"),
            output: unique("chaos.out"),
            dead: unique("chaos.dead"),
            runtime: tokio::runtime::Builder::new_current_thread().enable_time().build().expect("runtime"),
            nodes,
        };
        for (name, partitions) in [(&topics.input, 12), (&topics.output, 12), (&topics.dead, 3)] {
            topics.insist("create a topic", || {
                let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(nodes));
                let settings = topics.settings(ROOM);
                for (key, value) in &settings {
                    topic = topic.set(key, value);
                }
                let made = topics.runtime.block_on(topics.admin().create_topics([&topic], &options()));
                made.is_ok_and(|results| results.iter().all(Result::is_ok))
            });
            topics.insist("find leaders", || topics.partitions(name) == Some(partitions));
        }
        topics
    }

    /// A client that has forgotten nobody: one that lives on while brokers come and go may have forgotten
    /// all of them (<https://github.com/confluentinc/librdkafka/issues/5301>).
    fn admin(&self) -> AdminClient<DefaultClientContext> {
        config(&self.brokers).create().expect("admin")
    }

    /// All of them: a change of one replaces the others with their defaults.
    fn settings(&self, max_message_bytes: u32) -> BTreeMap<&'static str, String> {
        // Records keep the timestamps of their time, and would be deleted at once.
        let mut settings = BTreeMap::from([("retention.ms", "-1".to_owned())]);
        settings.insert("max.message.bytes", max_message_bytes.to_string());
        if self.nodes > 1 {
            settings.insert("min.insync.replicas", "2".to_owned());
        }
        settings
    }

    /// Sets `max.message.bytes` of the output topic.
    pub(crate) fn lower_output(&self) {
        self.limit_output(LOWERED);
    }

    /// Takes the limit back.
    pub(crate) fn raise_output(&self) {
        self.limit_output(ROOM);
    }

    fn limit_output(&self, bytes: u32) {
        self.insist("set max.message.bytes", || {
            let settings = self.settings(bytes);
            let entries = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let change = AlterConfig { specifier: ResourceSpecifier::Topic(&self.output), entries };
            let changed = self.runtime.block_on(self.admin().alter_configs([&change], &options()));
            changed.is_ok_and(|results| results.iter().all(Result::is_ok))
        });
    }

    /// Adds one partition.
    pub(crate) fn add_partition(&self, topic: &str) {
        let mut wanted = None;
        self.insist("add a partition", || {
            let Some(now) = self.partitions(topic) else { return false };
            let goal = *wanted.get_or_insert(now + 1);
            // An answer may be lost: what counts is that it is there.
            if now < goal {
                let more = NewPartitions::new(topic, usize::try_from(goal).expect("a count"));
                drop(self.runtime.block_on(self.admin().create_partitions([&more], &options())));
            }
            self.partitions(topic) == Some(goal)
        });
    }

    /// How many partitions it has; `None` while not all have a leader.
    pub(crate) fn partitions(&self, topic: &str) -> Option<i32> {
        let metadata = self.admin().inner().fetch_metadata(Some(topic), Duration::from_secs(5)).ok()?;
        let found = metadata.topics().first()?.partitions();
        let led = !found.is_empty() && found.iter().all(|partition| partition.leader() >= 0);
        led.then(|| i32::try_from(found.len()).expect("a count"))
    }

    /// The node that coordinates the group: it leads the partition of the offsets' topic that the group's
    /// name falls into, by Java's hash of strings.
    pub(crate) fn coordinator(&self) -> Option<i32> {
        let metadata = self.admin().inner().fetch_metadata(Some("__consumer_offsets"), PATIENCE).ok()?;
        let partitions = metadata.topics().first()?.partitions();
        let hash =
            self.group.bytes().fold(0_i32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        let own = (hash & i32::MAX) % i32::try_from(partitions.len().max(1)).expect("a count");
        partitions.iter().find(|partition| partition.id() == own).map(MetadataPartition::leader)
    }

    /// Records that were written and not yet committed by the group; `None` if that cannot be told now.
    pub(crate) fn lag(&self) -> Option<i64> {
        // Offsets in an open transaction are not asked for: it would have to end first.
        let consumer: BaseConsumer = config(&self.brokers)
            .set("group.id", &self.group)
            .set("isolation.level", "read_uncommitted")
            .create()
            .expect("consumer");
        let count = self.partitions(&self.input)?;
        let mut list = TopicPartitionList::new();
        list.add_partition_range(&self.input, 0, count - 1);
        let committed = consumer.committed_offsets(list, Duration::from_secs(10)).ok()?;
        let mut lag = 0;
        for element in committed.elements() {
            // A coordinator that still loads knows nothing yet.
            element.error().ok()?;
            let (low, high) =
                consumer.fetch_watermarks(&self.input, element.partition(), Duration::from_secs(10)).ok()?;
            lag += match element.offset() {
                Offset::Offset(offset) => high - offset,
                _ => high - low,
            };
        }
        Some(lag)
    }

    /// Again and again until it is done: a node may be away.
    fn insist(&self, what: &str, mut done: impl FnMut() -> bool) {
        // A node that was killed a dozen times, on a machine that builds meanwhile, takes its time.
        let deadline = Instant::now() + PATIENCE * 4;
        while !done() {
            assert!(Instant::now() < deadline, "cannot {what} at {}", self.brokers);
            std::thread::park_timeout(Duration::from_millis(100));
        }
    }
}

pub(crate) fn config(brokers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers);
    // A broker that is away is nothing to tell.
    config.set("log_level", "0");
    config
}

fn options() -> AdminOptions {
    AdminOptions::new()
        .operation_timeout(Some(Duration::from_secs(20)))
        .request_timeout(Some(Duration::from_secs(20)))
}
