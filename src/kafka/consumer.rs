//! The consumer's context: what librdkafka calls back with, on the thread that polls.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::ClientContext;
use rdkafka::TopicPartitionList;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::util::Timeout;
use serde::Deserialize;
use tokio::time::Instant;

use super::report::Reporter;
use super::severed::Severed;
use super::standing::Standing;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::seam::PartitionId;
use crate::settings::GroupProtocol;

/// The consumer as the source and the publisher share it.
pub(crate) type Consumer = BaseConsumer<Context>;

/// librdkafka asks for a change of the assignment and waits until it is made.
#[derive(Debug)]
pub(crate) enum Change {
    /// Take these in.
    Assign(TopicPartitionList),
    /// Give these up.
    Revoke(TopicPartitionList),
}

/// Context of the consumer.
pub(crate) struct Context {
    pub(crate) reporter: Arc<Reporter>,
    assignment: Arc<Assignment>,
    /// Asked for and not yet made. librdkafka asks for one at a time; a close may add one.
    changes: Mutex<VecDeque<Change>>,
    /// Set before the consumer is dropped: then nobody is left to answer a change but the hook itself.
    pub(crate) closing: AtomicBool,
    pub(crate) severed: Severed,
    pub(crate) standing: Standing,
}

impl Context {
    pub(crate) fn new(reporter: Arc<Reporter>, assignment: Arc<Assignment>, protocol: GroupProtocol) -> Self {
        Self {
            reporter,
            assignment,
            changes: Mutex::new(VecDeque::new()),
            closing: AtomicBool::new(false),
            severed: Severed::default(),
            standing: Standing::new(protocol),
        }
    }

    /// The next change that librdkafka waits for.
    pub(crate) fn next_change(&self) -> Option<Change> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.standing.read(facility, line);
        self.reporter.log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.reporter.error(&error, reason);
    }

    fn stats_raw(&self, statistics: &[u8]) {
        let statistics: Statistics = match serde_json::from_slice(statistics) {
            Ok(statistics) => statistics,
            Err(error) => {
                tracing::debug!(%error, "statistics cannot be read");
                return;
            }
        };
        if statistics.any_broker_up() {
            self.reporter.healthy();
        }
        self.severed.learn(&statistics, Instant::now());
        for (partition, end, committed) in statistics.ends() {
            if let Some(next) = self.assignment.last_sealed(&partition).or(committed) {
                self.reporter.observer().lag(&partition, (end - next).max(0));
            }
        }
    }
}

impl ConsumerContext for Context {
    /// Only notes what is asked for: librdkafka waits until the source has made the change, and until
    /// then the poll loop goes on.
    fn rebalance(&self, consumer: &BaseConsumer<Self>, error: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let change = if error == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            Change::Assign(list.clone())
        } else {
            Change::Revoke(list.clone())
        };
        if self.closing.load(Ordering::Acquire) {
            make(consumer, &change);
            return;
        }
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).push_back(change);
    }

    fn main_queue_min_poll_interval(&self) -> Timeout {
        Timeout::After(std::time::Duration::from_millis(100))
    }
}

/// Makes a change that librdkafka asked for. Errors are benign: the next rebalance is already on its way.
pub(crate) fn make(consumer: &Consumer, change: &Change) {
    let cooperative = matches!(consumer.rebalance_protocol(), RebalanceProtocol::Cooperative);
    let result: KafkaResult<()> = match (change, cooperative) {
        (Change::Assign(list), true) => consumer.incremental_assign(list),
        (Change::Assign(list), false) => consumer.assign(list),
        (Change::Revoke(list), true) => consumer.incremental_unassign(list),
        (Change::Revoke(_), false) => consumer.unassign(),
    };
    if let Err(error) = result {
        tracing::info!(%error, "a change of the assignment was overtaken by the next");
    }
}

/// What we read of librdkafka's statistics (its STATISTICS.md).
#[derive(Debug, Deserialize)]
pub(crate) struct Statistics {
    #[serde(default)]
    brokers: BTreeMap<String, BrokerStatistics>,
    #[serde(default)]
    topics: BTreeMap<String, TopicStatistics>,
}

#[derive(Debug, Deserialize)]
struct BrokerStatistics {
    state: String,
    /// The bootstrap entry has -1.
    nodeid: i32,
    #[serde(default)]
    source: Origin,
}

/// How a client came to know a broker.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Origin {
    Configured,
    Learned,
    /// No broker at all: a coordinator that may be any of them, or librdkafka's own queue.
    #[default]
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct TopicStatistics {
    partitions: BTreeMap<String, PartitionStatistics>,
}

#[derive(Debug, Deserialize)]
struct PartitionStatistics {
    partition: i32,
    /// Last stable offset; negative if unknown.
    ls_offset: i64,
    hi_offset: i64,
    lo_offset: i64,
    committed_offset: i64,
}

impl Statistics {
    /// Whether one broker of the cluster is connected.
    pub(crate) fn any_broker_up(&self) -> bool {
        self.brokers.values().any(|broker| broker.nodeid >= 0 && broker.state == "UP")
    }

    /// Whether there is a broker, reached or not, that the client may turn to.
    pub(crate) fn knows_a_broker(&self) -> bool {
        self.brokers.values().any(|broker| broker.source != Origin::Other)
    }

    /// How many partitions a topic has.
    pub(crate) fn partition_count(&self, topic: &str) -> Option<i32> {
        let partitions = &self.topics.get(topic)?.partitions;
        // "-1" collects records without a partition yet.
        i32::try_from(partitions.values().filter(|partition| partition.partition >= 0).count()).ok()
    }

    /// Partitions that are fetched, with their end and the committed offset, or, if nothing was ever
    /// committed, their beginning.
    fn ends(&self) -> impl Iterator<Item = (PartitionId, i64, Option<i64>)> {
        self.topics.iter().flat_map(|(topic, statistics)| {
            statistics.partitions.values().filter_map(move |partition| {
                let end = if partition.ls_offset >= 0 { partition.ls_offset } else { partition.hi_offset };
                if partition.partition < 0 || end < 0 {
                    return None;
                }
                let next =
                    [partition.committed_offset, partition.lo_offset].into_iter().find(|offset| *offset >= 0);
                Some((PartitionId::new(topic.as_str(), partition.partition), end, next))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATISTICS: &str = r#"{"name":"rdkafka#consumer-1","brokers":{
        "b:9092/bootstrap":{"name":"b","nodeid":-1,"state":"UP"},
        "b:9092/1":{"name":"b","nodeid":1,"state":"UP"}},
      "topics":{"raw":{"topic":"raw","partitions":{
        "0":{"partition":0,"ls_offset":90,"hi_offset":100,"lo_offset":5,"committed_offset":70},
        "1":{"partition":1,"ls_offset":-1001,"hi_offset":10,"lo_offset":4,"committed_offset":-1001},
        "2":{"partition":2,"ls_offset":-1001,"hi_offset":-1001,"lo_offset":-1001,"committed_offset":-1001},
        "-1":{"partition":-1,"ls_offset":-1001,"hi_offset":-1001,"lo_offset":-1001,"committed_offset":-1001}}}}}"#;

    #[test]
    fn statistics_give_ends_health_and_partition_counts() {
        let statistics: Statistics = serde_json::from_str(STATISTICS).unwrap();
        assert!(statistics.any_broker_up());
        assert_eq!(statistics.partition_count("raw"), Some(3));
        let ends: Vec<_> = statistics.ends().collect();
        assert_eq!(
            ends,
            [(PartitionId::new("raw", 0), 90, Some(70)), (PartitionId::new("raw", 1), 10, Some(4)),]
        );
    }

    #[test]
    fn a_bootstrap_connection_alone_is_no_cluster() {
        let bootstrap = r#"{"brokers":{"b:9092/bootstrap":{"nodeid":-1,"state":"UP"},"b:9092/1":{"nodeid":1,"state":"DOWN"}}}"#;
        let statistics: Statistics = serde_json::from_str(bootstrap).unwrap();
        assert!(!statistics.any_broker_up());
    }
}
