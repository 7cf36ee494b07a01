//! What Kafka alone costs: workers that consume and produce unchanged, with the worker's own client
//! settings. They run in a process of their own, as the worker does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use copydesk::article::Rejection;
use copydesk::budget::Budget;
use copydesk::kafka::{self, properties};
use copydesk::pipeline::clock::RealClock;
use copydesk::pipeline::observer::Unobserved;
use copydesk::pipeline::seam::Incoming;
use copydesk::pipeline::{self, Ends, Options, Stages};
use copydesk::publish::Finished;
use copydesk::settings::{self, Settings, Sources};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message as _;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{Offset, TopicPartitionList};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;

/// Runs until SIGTERM. `form` is `raw` (librdkafka alone) or `pipeline` (the pipeline with stages that
/// do nothing); `sets` are settings as for `copydesk run --set`.
///
/// # Errors
/// When it cannot go on.
pub(super) fn run(form: &str, sets: Vec<String>) -> anyhow::Result<()> {
    let settings = settings::load(&Sources { sets, ..Sources::default() })?.settings;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match form {
        "raw" => raw(&settings, &runtime),
        "pipeline" => runtime.block_on(through_pipeline(&settings)),
        _ => bail!("expected raw or pipeline, found {form}"),
    }
}

/// Consumes, produces, and commits what was delivered once in a commit interval.
fn raw(settings: &Settings, runtime: &tokio::runtime::Runtime) -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    runtime.spawn(async move {
        terminated().await.ok();
        stopping.store(true, Ordering::Relaxed);
    });
    let mut properties = properties::consumer(settings);
    // Its rebalance needs nothing of ours.
    properties.set("partition.assignment.strategy", "range");
    let consumer: BaseConsumer = properties.create()?;
    let limits = properties::TopicLimits::default();
    let producer: BaseProducer =
        properties::producer(settings, limits, limits.max_message_bytes, None).create()?;
    let topic = settings.input.topics.first().context("no input topic")?;
    consumer.subscribe(&[topic])?;
    let mut next: BTreeMap<i32, i64> = BTreeMap::new();
    let mut committed = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        if let Some(message) = consumer.poll(Duration::from_millis(20)) {
            let message = message?;
            let mut record = BaseRecord::<[u8], [u8]> {
                topic: &settings.output.topic,
                partition: None,
                payload: message.payload(),
                key: message.key(),
                timestamp: message.timestamp().to_millis(),
                headers: message.headers().map(rdkafka::message::BorrowedHeaders::detach),
                delivery_opaque: (),
            };
            while let Err((error, back)) = producer.send(record) {
                let KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) = error else {
                    return Err(error).context("cannot produce");
                };
                record = back;
                producer.poll(Duration::from_millis(1));
            }
            next.insert(message.partition(), message.offset() + 1);
        }
        if !next.is_empty() && committed.elapsed() >= settings.delivery.commit_interval {
            // `flush` looks for the end only ten times a second.
            while producer.in_flight_count() > 0 {
                producer.poll(Duration::from_millis(1));
            }
            let mut offsets = TopicPartitionList::new();
            for (partition, offset) in std::mem::take(&mut next) {
                offsets.add_partition_offset(topic, partition, Offset::Offset(offset))?;
            }
            consumer.commit(&offsets, CommitMode::Async)?;
            committed = Instant::now();
        }
    }
    producer.flush(PATIENCE)?;
    Ok(())
}

struct Unchanged;

impl Stages for Unchanged {
    type Normalized = ();

    fn normalize(&self, _: &Incoming, _: &mut Budget) -> Result<(), Rejection> {
        Ok(())
    }

    fn tag(&self, incoming: &Incoming, (): (), _: &mut Budget) -> Result<Finished, Rejection> {
        let value: Option<Bytes> = incoming.value.clone();
        Ok(Finished { key: incoming.key.clone(), value, headers: incoming.headers.clone() })
    }
}

async fn through_pipeline(settings: &Settings) -> anyhow::Result<()> {
    let connected = kafka::connect(settings, Arc::new(Unobserved))?;
    let ends = Ends {
        source_events: connected.source_events,
        control: connected.control,
        sink_events: connected.sink_events,
        sink: connected.sink,
    };
    let shutdown = async {
        // Without signals it runs until it is killed.
        terminated().await.ok();
    };
    let options = Options::from_settings(settings);
    let clock = Arc::new(RealClock::start());
    pipeline::run(Arc::new(Unchanged), ends, options, Arc::new(Unobserved), clock, shutdown).await?;
    let threads = connected.threads;
    let late = tokio::task::spawn_blocking(move || threads.join(Duration::from_secs(5))).await?;
    anyhow::ensure!(late.is_empty(), "threads have not ended in time: {late:?}");
    Ok(())
}

async fn terminated() -> anyhow::Result<()> {
    signal(SignalKind::terminate())?.recv().await;
    Ok(())
}
