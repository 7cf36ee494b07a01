//! Logs, metrics and health: what an operator sees of the worker.
//!
//! [`Watch`] hears everything from the pipeline and the broker's side, through [`Observer`], and hands
//! it to [`Metrics`] and [`Health`]; [`admin::serve`] shows both over HTTP.

pub mod admin;
pub mod health;
pub mod log;
pub mod metrics;
mod sampler;

use std::sync::Arc;
use std::time::Duration;

pub use health::{Answer, Health, Reason};
pub use metrics::Metrics;

use crate::article::{Rejection, StageName};
use crate::pipeline::observer::{Observer, Queue};
use crate::pipeline::seam::{Destination, PartitionId};
use crate::settings::Settings;

/// The worker's clock: the time since some moment that stays the same while the worker runs. The
/// same clock that the pipeline takes the age of records from.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Metrics and health of one worker, fed together.
#[derive(Debug)]
pub struct Watch {
    /// What `/metrics` shows, and the log of rejected records.
    pub metrics: Metrics,
    /// What `/livez` and `/readyz` answer.
    pub health: Health,
}

impl Watch {
    /// A watch over a worker that starts now.
    #[must_use]
    pub fn new(settings: &Settings, clock: &Clock) -> Self {
        Self {
            metrics: Metrics::new(settings.log.rejected_per_second, Arc::clone(clock)),
            health: Health::new(settings.admin.stall_after, Arc::clone(clock)),
        }
    }
}

impl Observer for Watch {
    fn record_in(&self, partition: &PartitionId, bytes: usize) {
        self.metrics.record_in(partition, bytes);
    }

    fn record_out(&self, partition: &PartitionId, destination: Destination, tombstone: bool) {
        self.metrics.record_out(partition, destination, tombstone);
    }

    fn rejected(&self, partition: &PartitionId, offset: i64, rejection: &Rejection) {
        self.metrics.rejected(partition, offset, rejection);
    }

    fn stage_took(&self, stage: StageName, took: Duration) {
        self.metrics.stage_took(stage, took);
    }

    fn queue_depth(&self, queue: Queue, depth: usize, capacity: usize) {
        self.metrics.queue_depth(queue, depth, capacity);
    }

    fn in_flight(&self, records: usize, bytes: usize, max_records: usize, max_bytes: usize) {
        self.metrics.in_flight(records, bytes, max_records, max_bytes);
    }

    fn partition_in_flight(&self, partition: &PartitionId, records: usize, oldest: Option<Duration>) {
        self.metrics.partition_in_flight(partition, records, oldest);
        self.health.partition_in_flight(partition, records, oldest);
    }

    fn lag(&self, partition: &PartitionId, records: i64) {
        self.metrics.lag(partition, records);
    }

    fn paused(&self, partition: &PartitionId, paused: bool) {
        self.metrics.paused(partition, paused);
    }

    fn assigned(&self, partition: &PartitionId, assigned: bool) {
        self.metrics.assigned(partition, assigned);
        self.health.assigned(partition, assigned);
    }

    fn rebalanced(&self, kind: &'static str) {
        self.metrics.rebalanced(kind);
        self.health.rebalanced(kind);
    }

    fn committed(&self, outcome: &'static str, took: Duration) {
        self.metrics.committed(outcome, took);
    }

    fn end_to_end(&self, took: Duration) {
        self.metrics.end_to_end(took);
    }

    fn polled(&self) {
        self.metrics.polled();
        self.health.polled();
    }

    fn progressed(&self, partition: &PartitionId) {
        self.health.progressed(partition);
    }

    fn aborted(&self, cause: &'static str) {
        self.metrics.aborted(cause);
    }

    fn fenced(&self) {
        self.metrics.fenced();
    }

    fn letter_truncated(&self) {
        self.metrics.letter_truncated();
    }

    fn broker_state(&self, part: &'static str, healthy: Result<(), &str>) {
        self.metrics.broker_state(part, healthy);
        self.health.broker_state(part, healthy);
    }
}
