//! The metrics: one table, one registry, and handles ready for the hot path.

mod process;
mod series;
mod table;

use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use series::{ByTopic, Partitions, TopicLabel, gauge};
pub use table::{Kind, Row, TABLE, reference};

use super::Clock;
use super::sampler::RejectionLog;
use crate::article::{Rejection, StageName};
use crate::pipeline::observer::{Observer, Queue};
use crate::pipeline::seam::{Destination, PartitionId};

/// What `/metrics` shows. Every word from the pipeline costs a few atomic operations, and at most one
/// look-up by topic, partition or code.
pub struct Metrics {
    registry: Registry,
    clock: Clock,
    families: Families,
    /// Handles by input topic.
    topics_in: ByTopic<TopicIn>,
    /// Labels of the answers, by input topic.
    topics_out: ByTopic<TopicOut>,
    partitions: Partitions,
    /// As [`STAGES`].
    stages: [Histogram; 2],
    queues: [(Gauge, Gauge); 5],
    in_flight_records: Gauge,
    in_flight_records_limit: Gauge,
    in_flight_bytes: Gauge,
    in_flight_bytes_limit: Gauge,
    rejections_not_logged: Counter,
    end_to_end: Histogram,
    fenced: Counter,
    letters_truncated: Counter,
    polls: Counter,
    rejection_log: RejectionLog,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("partitions", &self.partitions).finish_non_exhaustive()
    }
}

/// Families whose series come up as they are seen.
#[derive(Debug)]
struct Families {
    records_in: Family<TopicLabel, Counter>,
    records_in_bytes: Family<TopicLabel, Counter>,
    records_out: Family<TopicLabel, Counter>,
    dead_letters: Family<TopicLabel, Counter>,
    tombstones: Family<TopicLabel, Counter>,
    rejections: Family<RejectionLabel, Counter>,
    commits: Family<OutcomeLabel, Counter>,
    commit_duration: Family<OutcomeLabel, Histogram, fn() -> Histogram>,
    aborted: Family<CauseLabel, Counter>,
    rebalances: Family<KindLabel, Counter>,
    broker_healthy: Family<PartLabel, Gauge>,
}

#[derive(Debug)]
struct TopicIn {
    records: Counter,
    bytes: Counter,
}

#[derive(Debug)]
struct TopicOut {
    label: TopicLabel,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabel {
    stage: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueLabel {
    queue: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RejectionLabel {
    stage: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CauseLabel {
    cause: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabel {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PartLabel {
    part: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabel {
    version: &'static str,
    target: String,
}

/// What the pipeline times: decoding is part of the one, putting into the envelope of the other.
const STAGES: [StageName; 2] = [StageName::Normalize, StageName::Tag];
const QUEUES: [Queue; 5] = [Queue::Source, Queue::Normalize, Queue::Tag, Queue::Publish, Queue::Delivery];

/// From 10 µs: a stage takes tens of microseconds for an ordinary story.
fn stage_histogram() -> Histogram {
    Histogram::new([
        0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05,
        0.1, 0.5, 1.0, 5.0,
    ])
}

/// From 1 ms to the time-outs of the broker.
fn commit_histogram() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0])
}

/// From 5 ms to a day: a worker that catches up sees old records.
fn end_to_end_histogram() -> Histogram {
    Histogram::new([
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0, 86_400.0,
    ])
}

impl Families {
    fn register(registry: &mut Registry) -> Self {
        let families = Self {
            records_in: Family::default(),
            records_in_bytes: Family::default(),
            records_out: Family::default(),
            dead_letters: Family::default(),
            tombstones: Family::default(),
            rejections: Family::default(),
            commits: Family::default(),
            commit_duration: Family::new_with_constructor(commit_histogram),
            aborted: Family::default(),
            rebalances: Family::default(),
            broker_healthy: Family::default(),
        };
        table::RECORDS_IN.register(registry, families.records_in.clone());
        table::RECORDS_IN_BYTES.register(registry, families.records_in_bytes.clone());
        table::RECORDS_OUT.register(registry, families.records_out.clone());
        table::DEAD_LETTERS.register(registry, families.dead_letters.clone());
        table::TOMBSTONES.register(registry, families.tombstones.clone());
        table::REJECTIONS.register(registry, families.rejections.clone());
        table::COMMITS.register(registry, families.commits.clone());
        table::COMMIT_DURATION.register(registry, families.commit_duration.clone());
        table::ABORTED.register(registry, families.aborted.clone());
        table::REBALANCES.register(registry, families.rebalances.clone());
        table::BROKER_HEALTHY.register(registry, families.broker_healthy.clone());
        families
    }
}

/// A default metric, registered under `row`.
fn registered<M: Default + Clone + prometheus_client::registry::Metric>(
    registry: &mut Registry,
    row: &Row,
) -> M {
    let metric = M::default();
    row.register(registry, metric.clone());
    metric
}

impl Metrics {
    /// Metrics of a worker that starts now; `rejected_per_second` as in `log.rejected_per_second`.
    #[must_use]
    pub fn new(rejected_per_second: u32, clock: Clock) -> Self {
        let mut registry = Registry::default();
        let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
        let build = Info::new(BuildLabel { version: env!("CARGO_PKG_VERSION"), target });
        table::BUILD.register(&mut registry, build);
        let stage_duration: Family<StageLabel, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(stage_histogram);
        table::STAGE_DURATION.register(&mut registry, stage_duration.clone());
        let depth: Family<QueueLabel, Gauge> = registered(&mut registry, &table::QUEUE_DEPTH);
        let capacity: Family<QueueLabel, Gauge> = registered(&mut registry, &table::QUEUE_CAPACITY);
        let end_to_end = end_to_end_histogram();
        table::END_TO_END.register(&mut registry, end_to_end.clone());
        let families = Families::register(&mut registry);
        let partitions = Partitions::register(&mut registry);
        registry.register_collector(Box::new(process::Process));
        Self {
            stages: STAGES
                .map(|stage| stage_duration.get_or_create_owned(&StageLabel { stage: stage.as_str() })),
            queues: QUEUES.map(|queue| {
                let label = QueueLabel { queue: queue.as_str() };
                (depth.get_or_create_owned(&label), capacity.get_or_create_owned(&label))
            }),
            in_flight_records: registered(&mut registry, &table::IN_FLIGHT_RECORDS),
            in_flight_records_limit: registered(&mut registry, &table::IN_FLIGHT_RECORDS_LIMIT),
            in_flight_bytes: registered(&mut registry, &table::IN_FLIGHT_BYTES),
            in_flight_bytes_limit: registered(&mut registry, &table::IN_FLIGHT_BYTES_LIMIT),
            rejections_not_logged: registered(&mut registry, &table::REJECTIONS_NOT_LOGGED),
            fenced: registered(&mut registry, &table::FENCED),
            letters_truncated: registered(&mut registry, &table::LETTERS_TRUNCATED),
            polls: registered(&mut registry, &table::POLLS),
            end_to_end,
            topics_in: ByTopic::new(|families, label| TopicIn {
                records: families.records_in.get_or_create_owned(&label),
                bytes: families.records_in_bytes.get_or_create_owned(&label),
            }),
            topics_out: ByTopic::new(|_, label| TopicOut { label }),
            partitions,
            families,
            rejection_log: RejectionLog::new(rejected_per_second),
            registry,
            clock,
        }
    }

    /// All metrics as they stand, in the OpenMetrics text format.
    ///
    /// # Errors
    /// None in practice: a `String` takes everything.
    pub fn exposition(&self) -> Result<String, fmt::Error> {
        let now = (self.clock)();
        self.partitions.age(now);
        self.rejection_log.tell_withheld(now);
        let mut text = String::with_capacity(16 << 10);
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Observer for Metrics {
    fn record_in(&self, partition: &PartitionId, bytes: usize) {
        self.topics_in.with(&self.families, &partition.topic, |topic| {
            topic.records.inc();
            topic.bytes.inc_by(bytes as u64);
        });
    }

    fn record_out(&self, partition: &PartitionId, destination: Destination, tombstone: bool) {
        self.topics_out.with(&self.families, &partition.topic, |topic| {
            let delivered = match destination {
                Destination::Output => &self.families.records_out,
                Destination::DeadLetter => &self.families.dead_letters,
            };
            delivered.get_or_create(&topic.label).inc();
            if tombstone {
                self.families.tombstones.get_or_create(&topic.label).inc();
            }
        });
    }

    /// Counts the rejection, and logs it unless there are too many: one place, so that the two cannot
    /// disagree.
    fn rejected(&self, partition: &PartitionId, offset: i64, rejection: &Rejection) {
        let label = RejectionLabel { stage: rejection.stage.as_str(), code: rejection.code };
        self.families.rejections.get_or_create(&label).inc();
        if !self.rejection_log.tell(partition, offset, rejection, (self.clock)()) {
            self.rejections_not_logged.inc();
        }
    }

    fn stage_took(&self, stage: StageName, took: Duration) {
        let [normalize, tag] = &self.stages;
        let histogram = match stage {
            StageName::Decode | StageName::Normalize => normalize,
            StageName::Tag | StageName::Publish => tag,
        };
        histogram.observe(took.as_secs_f64());
    }

    fn queue_depth(&self, queue: Queue, depth: usize, capacity: usize) {
        let [source, normalize, tag, publish, delivery] = &self.queues;
        let (depth_gauge, capacity_gauge) = match queue {
            Queue::Source => source,
            Queue::Normalize => normalize,
            Queue::Tag => tag,
            Queue::Publish => publish,
            Queue::Delivery => delivery,
        };
        depth_gauge.set(gauge(depth));
        capacity_gauge.set(gauge(capacity));
    }

    fn in_flight(&self, records: usize, bytes: usize, max_records: usize, max_bytes: usize) {
        self.in_flight_records.set(gauge(records));
        self.in_flight_bytes.set(gauge(bytes));
        self.in_flight_records_limit.set(gauge(max_records));
        self.in_flight_bytes_limit.set(gauge(max_bytes));
    }

    fn partition_in_flight(&self, partition: &PartitionId, records: usize, oldest: Option<Duration>) {
        self.partitions.in_flight(partition, records, oldest);
    }

    fn lag(&self, partition: &PartitionId, records: i64) {
        self.partitions.lag(partition, records);
    }

    fn paused(&self, partition: &PartitionId, paused: bool) {
        self.partitions.paused(partition, paused);
    }

    fn assigned(&self, partition: &PartitionId, assigned: bool) {
        self.partitions.assigned(partition, assigned);
    }

    fn rebalanced(&self, kind: &'static str) {
        self.families.rebalances.get_or_create(&KindLabel { kind }).inc();
    }

    fn committed(&self, outcome: &'static str, took: Duration) {
        let label = OutcomeLabel { outcome };
        self.families.commits.get_or_create(&label).inc();
        self.families.commit_duration.get_or_create(&label).observe(took.as_secs_f64());
    }

    fn end_to_end(&self, took: Duration) {
        self.end_to_end.observe(took.as_secs_f64());
    }

    fn polled(&self) {
        self.polls.inc();
        if self.rejection_log.withholds() {
            self.rejection_log.tell_withheld((self.clock)());
        }
    }

    fn aborted(&self, cause: &'static str) {
        self.families.aborted.get_or_create(&CauseLabel { cause }).inc();
    }

    fn fenced(&self) {
        self.fenced.inc();
    }

    fn letter_truncated(&self) {
        self.letters_truncated.inc();
    }

    fn broker_state(&self, part: &'static str, healthy: Result<(), &str>) {
        self.families.broker_healthy.get_or_create(&PartLabel { part }).set(i64::from(healthy.is_ok()));
    }
}

#[cfg(test)]
mod tests;
