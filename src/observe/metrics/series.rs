//! The labels of series, and handles to series that come and go with topics and partitions.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use rustc_hash::FxHashMap;

use super::table::{ASSIGNED, PARTITION_AGE, PARTITION_IN_FLIGHT, PARTITION_LAG, PARTITION_PAUSED, PAUSED};
use crate::pipeline::seam::PartitionId;

/// `{topic="…"}`
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct TopicLabel {
    pub(super) topic: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PartitionLabel {
    topic: Arc<str>,
    partition: i32,
}

/// A gauge of fractions.
type Seconds = Gauge<f64, AtomicU64>;

pub(super) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Handles by topic, made once each. Topics are as many as the settings name or their regex matches;
/// their series stay when a topic goes, since counters must not fall.
#[derive(Debug)]
pub(super) struct ByTopic<H> {
    handles: RwLock<FxHashMap<Arc<str>, H>>,
    make: fn(&super::Families, TopicLabel) -> H,
}

impl<H> ByTopic<H> {
    pub(super) fn new(make: fn(&super::Families, TopicLabel) -> H) -> Self {
        Self { handles: RwLock::default(), make }
    }

    /// Calls `f` with the handles of `topic`.
    pub(super) fn with(&self, families: &super::Families, topic: &str, f: impl FnOnce(&H)) {
        if let Some(handles) = read(&self.handles).get(topic) {
            f(handles);
            return;
        }
        let topic: Arc<str> = Arc::from(topic);
        let handles = (self.make)(families, TopicLabel { topic: Arc::clone(&topic) });
        f(write(&self.handles).entry(topic).or_insert(handles));
    }
}

/// What is known of one assigned partition.
#[derive(Debug)]
struct Series {
    lag: Gauge,
    in_flight: Gauge,
    age: Seconds,
    paused: Gauge,
    /// When its oldest record in flight came: nanoseconds of the worker's clock and one more; 0: none.
    oldest: AtomicU64,
}

/// The series of the assigned partitions. They are made when a partition is assigned, and removed
/// when it is gone; word of a partition that is not assigned is dropped, so that nothing lingers.
#[derive(Debug)]
pub(super) struct Partitions {
    series: RwLock<FxHashMap<PartitionId, Series>>,
    lag: Family<PartitionLabel, Gauge>,
    in_flight: Family<PartitionLabel, Gauge>,
    age: Family<PartitionLabel, Seconds>,
    paused: Family<PartitionLabel, Gauge>,
    assigned_count: Gauge,
    paused_count: Gauge,
}

impl Partitions {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let partitions = Self {
            series: RwLock::default(),
            lag: Family::default(),
            in_flight: Family::default(),
            age: Family::default(),
            paused: Family::default(),
            assigned_count: Gauge::default(),
            paused_count: Gauge::default(),
        };
        ASSIGNED.register(registry, partitions.assigned_count.clone());
        PAUSED.register(registry, partitions.paused_count.clone());
        PARTITION_LAG.register(registry, partitions.lag.clone());
        PARTITION_AGE.register(registry, partitions.age.clone());
        PARTITION_IN_FLIGHT.register(registry, partitions.in_flight.clone());
        PARTITION_PAUSED.register(registry, partitions.paused.clone());
        partitions
    }

    pub(super) fn assigned(&self, partition: &PartitionId, assigned: bool) {
        let label = PartitionLabel { topic: Arc::clone(&partition.topic), partition: partition.number };
        let mut series = write(&self.series);
        if assigned {
            series.entry(partition.clone()).or_insert_with(|| Series {
                lag: self.lag.get_or_create_owned(&label),
                in_flight: self.in_flight.get_or_create_owned(&label),
                age: self.age.get_or_create_owned(&label),
                paused: self.paused.get_or_create_owned(&label),
                oldest: AtomicU64::new(0),
            });
        } else {
            series.remove(partition);
            self.lag.remove(&label);
            self.in_flight.remove(&label);
            self.age.remove(&label);
            self.paused.remove(&label);
        }
        self.assigned_count.set(gauge(series.len()));
        self.count_paused(&series);
    }

    pub(super) fn lag(&self, partition: &PartitionId, records: i64) {
        if let Some(series) = read(&self.series).get(partition) {
            series.lag.set(records);
        }
    }

    pub(super) fn in_flight(&self, partition: &PartitionId, records: usize, oldest: Option<Duration>) {
        if let Some(series) = read(&self.series).get(partition) {
            series.in_flight.set(gauge(records));
            series.oldest.store(oldest.map_or(0, |came| nanos(came) + 1), Ordering::Relaxed);
        }
    }

    pub(super) fn paused(&self, partition: &PartitionId, paused: bool) {
        let all = read(&self.series);
        if let Some(series) = all.get(partition) {
            series.paused.set(i64::from(paused));
            self.count_paused(&all);
        }
    }

    fn count_paused(&self, series: &FxHashMap<PartitionId, Series>) {
        let paused = series.values().filter(|series| series.paused.get() == 1).count();
        self.paused_count.set(gauge(paused));
    }

    /// Brings the ages to `now`.
    pub(super) fn age(&self, now: Duration) {
        for series in read(&self.series).values() {
            let age = match series.oldest.load(Ordering::Relaxed) {
                0 => Duration::ZERO,
                came => now.saturating_sub(Duration::from_nanos(came - 1)),
            };
            series.age.set(age.as_secs_f64());
        }
    }
}

/// A count as a gauge has it.
pub(super) fn gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Nanoseconds, some 580 years at most.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX - 1)
}
