//! What the pipeline itself costs a record: state machine, pool, channels and driver, with stages
//! that do next to nothing. Each bench asserts that every record was answered.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench that meets the unexpected should stop at once"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use copydesk::article::Rejection;
use copydesk::budget::Budget;
use copydesk::pipeline::clock::RealClock;
use copydesk::pipeline::machine::{Completion, Machine, Order, Outcome};
use copydesk::pipeline::observer::Unobserved;
use copydesk::pipeline::seam::{
    Epoch, Full, Incoming, Outgoing, PartitionId, Position, Seal, SealId, Sink, SinkEvent, SourceControl,
    SourceEvent,
};
use copydesk::pipeline::{Ends, Limits, Options, Sealing, Stages, run};
use copydesk::publish::Finished;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokio::sync::{mpsc, oneshot};

const RECORDS: usize = 20_000;
const PARTITIONS: usize = 6;
const LIMITS: Limits =
    Limits { records: 10_000, bytes: 256 << 20, partition_records: 4_000, partition_bytes: 128 << 20 };
const SEALING: Sealing = Sealing { interval: Duration::from_millis(100), records: 4_000, bytes: 64 << 20 };

struct PassThrough;

impl Stages for PassThrough {
    type Normalized = Bytes;

    fn normalize(&self, incoming: &Incoming, budget: &mut Budget) -> Result<Bytes, Rejection> {
        drop(budget.spend(1));
        Ok(incoming.value.clone().unwrap_or_default())
    }

    fn tag(&self, incoming: &Incoming, value: Bytes, _budget: &mut Budget) -> Result<Finished, Rejection> {
        Ok(finished(incoming, value))
    }
}

fn finished(incoming: &Incoming, value: Bytes) -> Finished {
    Finished { key: incoming.key.clone(), value: Some(value), headers: Vec::new() }
}

fn partitions() -> Vec<PartitionId> {
    let topic: Arc<str> = Arc::from("raw");
    (0..PARTITIONS)
        .map(|number| PartitionId::new(Arc::clone(&topic), i32::try_from(number).unwrap()))
        .collect()
}

fn records(partitions: &[PartitionId]) -> Vec<Incoming> {
    let value = Bytes::from(vec![b'x'; 3000]);
    (0..RECORDS)
        .map(|index| Incoming {
            position: Position {
                partition: partitions.get(index % PARTITIONS).unwrap().clone(),
                epoch: Epoch(1),
                offset: i64::try_from(index / PARTITIONS).unwrap(),
            },
            timestamp_ms: Some(0),
            key: None,
            value: Some(value.clone()),
            headers: Vec::new(),
        })
        .collect()
}

/// Takes everything, and seals at once.
struct Swallow {
    produced: usize,
    seals: Vec<SealId>,
}

impl Sink for Swallow {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        self.produced += 1;
        black_box(record);
        Ok(())
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        self.seals.push(seal.id);
        Ok(())
    }
}

/// The machine alone: each batch of 64 records is completed in reverse.
fn drive_machine(arriving: Vec<Incoming>) -> usize {
    let mut machine = Machine::new(LIMITS, SEALING, Duration::from_secs(1), Arc::new(Unobserved));
    let mut sink = Swallow { produced: 0, seals: Vec::new() };
    machine.assigned(Epoch(1), partitions());
    let mut work = Vec::new();
    let mut arriving = arriving.into_iter().peekable();
    let now = Duration::from_secs(1);
    while arriving.peek().is_some() {
        for incoming in arriving.by_ref().take(64) {
            machine.record(incoming, now);
        }
        while let Some(order) = machine.next_order() {
            if let Order::Submit(submitted) = order {
                work.push(submitted);
            }
        }
        while let Some(done) = work.pop() {
            let value = done.incoming.value.clone().unwrap_or_default();
            let outcome = Outcome::Finished(finished(&done.incoming, value));
            machine.completed(Completion { ticket: done.ticket, incoming: done.incoming, outcome });
        }
        machine.publish(&mut sink, now);
        for id in std::mem::take(&mut sink.seals) {
            machine.sealed(id, &[], now, 0);
        }
    }
    sink.produced
}

struct NoControl {
    /// Held by the feeding task until the worker leaves.
    leave: std::sync::Mutex<Option<oneshot::Sender<()>>>,
}

impl SourceControl for NoControl {
    fn pause(&self, _: &PartitionId) {}
    fn resume(&self, _: &PartitionId) {}
    fn leave(&self) {
        drop(self.leave.lock().unwrap().take());
    }
}

/// Takes everything; seals are answered through the channel, as a broker would.
struct SealingSink {
    events: mpsc::Sender<SinkEvent>,
    produced: usize,
    /// Dropped when everything was produced.
    all_produced: Option<oneshot::Sender<()>>,
}

impl Sink for SealingSink {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        black_box(record);
        self.produced += 1;
        if self.produced == RECORDS {
            self.all_produced = None;
        }
        Ok(())
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        // One seal at a time is on its way: there is room.
        self.events.try_send(SinkEvent::Sealed { id: seal.id, lost: Vec::new() }).unwrap();
        Ok(())
    }
}

/// The whole pipeline, fed as fast as it takes records.
async fn drive_pipeline(arriving: Vec<Incoming>, workers: usize) -> u64 {
    let (to_pipeline, source_events) = mpsc::channel(1024);
    let (to_machine, sink_events) = mpsc::channel(16);
    let (leave, left) = oneshot::channel();
    let (all_produced, finished) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let assigned = SourceEvent::Assigned { epoch: Epoch(1), partitions: partitions() };
        to_pipeline.send(assigned).await.unwrap();
        for incoming in arriving {
            to_pipeline.send(SourceEvent::Record(incoming)).await.unwrap();
        }
        drop(left.await);
        let (drained, reply) = oneshot::channel();
        to_pipeline.send(SourceEvent::Revoking { partitions: partitions(), drained }).await.unwrap();
        reply.await.unwrap();
    });
    let ends = Ends {
        source_events,
        control: NoControl { leave: std::sync::Mutex::new(Some(leave)) },
        sink_events,
        sink: SealingSink { events: to_machine, produced: 0, all_produced: Some(all_produced) },
    };
    let options = Options {
        limits: LIMITS,
        sealing: SEALING,
        drain_deadline: Duration::from_secs(10),
        workers,
        steps: 1000,
    };
    let shutdown = async move { drop(finished.await) };
    let clock = Arc::new(RealClock::start());
    let summary =
        run(Arc::new(PassThrough), ends, options, Arc::new(Unobserved), clock, shutdown).await.unwrap();
    summary.counts.outputs
}

fn overhead(criterion: &mut Criterion) {
    let arriving = records(&partitions());
    let mut group = criterion.benchmark_group("pipeline");
    group.throughput(Throughput::Elements(RECORDS as u64)).sample_size(10);
    group.bench_function("machine", |bencher| {
        bencher.iter_batched(
            || arriving.clone(),
            |records| assert_eq!(drive_machine(records), RECORDS),
            criterion::BatchSize::LargeInput,
        );
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for (workers, spans) in [(1, false), (2, false), (2, true)] {
        if spans {
            // Last, since it stays: every span is made and followed, nothing is written.
            let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG);
            tracing::subscriber::set_global_default(subscriber.with_writer(std::io::sink).finish()).unwrap();
        }
        let name = format!("run with {workers} workers, spans {}", if spans { "on" } else { "off" });
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || arriving.clone(),
                |records| {
                    assert_eq!(runtime.block_on(drive_pipeline(records, workers)), RECORDS as u64);
                },
                criterion::BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, overhead);
criterion_main!(benches);
