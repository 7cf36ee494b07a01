//! The writer: idempotent, straight at the brokers, at a steady rate, whatever happens meanwhile.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};
use rdkafka::{ClientConfig, ClientContext, Statistics};
use tokio::time::Instant;

use super::articles;
use super::topics::{Topics, config};

/// What writer and test share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    acknowledged: AtomicU64,
    failed: AtomicU64,
    /// Handed over and not acknowledged.
    outstanding: Mutex<BTreeSet<usize>>,
}

impl Shared {
    fn outstanding(&self) -> std::sync::MutexGuard<'_, BTreeSet<usize>> {
        self.outstanding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Acknowledgements {
    shared: Arc<Shared>,
    /// Statistics in a row that list no broker.
    without_brokers: AtomicU32,
    /// Another producer has taken its place: what it could not send is not lost.
    replaced: AtomicBool,
}

impl ClientContext for Acknowledgements {
    fn stats(&self, statistics: Statistics) {
        let known = |source: &str| matches!(source, "configured" | "learned");
        if statistics.brokers.values().any(|broker| known(&broker.source)) {
            self.without_brokers.store(0, Ordering::Relaxed);
        } else {
            self.without_brokers.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl ProducerContext for Acknowledgements {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, number: Box<usize>) {
        if result.is_ok() {
            let first = self.shared.outstanding().remove(&number);
            self.shared.acknowledged.fetch_add(u64::from(first), Ordering::Relaxed);
        } else if !self.replaced.load(Ordering::Relaxed) {
            self.shared.failed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A writer at work.
pub(crate) struct Load {
    shared: Arc<Shared>,
    writer: JoinHandle<()>,
}

impl Load {
    /// Begins to write `rate` records a second.
    ///
    /// They have no timestamps of their own. A broker forgets an idempotent producer whose last record is
    /// older than a day by its timestamp (`producer.id.expiration.ms`), at the latest when it is started
    /// again: then it takes what is sent again for new, or what is new for a repeat. So with the old
    /// timestamps of articles the writer, and a worker without transactions, could repeat or lose records.
    pub(crate) fn start(topics: &Topics, seed: u64, rate: u32) -> Self {
        let shared = Arc::new(Shared::default());
        // A broker that is away is waited for as long as it takes: what is not known to have been written
        // is sent again. The broker knows it by its sequence, if it still knows the producer: after a
        // kill it may not, and the checker counts what came again.
        let mut settings = config(&topics.brokers);
        settings
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", "0")
            .set("linger.ms", "5")
            .set("compression.type", "lz4")
            .set("partitioner", "murmur2_random")
            .set("message.max.bytes", "2000000")
            .set("queue.buffering.max.kbytes", "65536")
            .set("reconnect.backoff.max.ms", "1000")
            .set("topic.metadata.refresh.interval.ms", "2000")
            .set("statistics.interval.ms", "1000");
        let writer = Writer {
            producer: producer(&settings, &shared),
            settings,
            topic: topics.input.clone(),
            seed,
            shared: Arc::clone(&shared),
            again: VecDeque::new(),
        };
        let writer = std::thread::spawn(move || writer.write(rate));
        Self { shared, writer }
    }

    /// Records that a broker has acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.shared.acknowledged.load(Ordering::Relaxed)
    }

    /// Stops, and waits until every record is acknowledged. How many that are.
    pub(crate) fn end(self) -> u64 {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.writer.join().expect("the writer");
        assert_eq!(self.shared.failed.load(Ordering::Relaxed), 0, "records that were not written");
        self.shared.acknowledged.load(Ordering::Relaxed)
    }
}

fn producer(settings: &ClientConfig, shared: &Arc<Shared>) -> BaseProducer<Acknowledgements> {
    let context = Acknowledgements {
        shared: Arc::clone(shared),
        without_brokers: AtomicU32::new(0),
        replaced: AtomicBool::new(false),
    };
    BaseProducer::from_config_and_context(settings, context).expect("producer")
}

struct Writer {
    producer: BaseProducer<Acknowledgements>,
    settings: ClientConfig,
    topic: String,
    seed: u64,
    shared: Arc<Shared>,
    /// To be written once more.
    again: VecDeque<usize>,
}

impl Writer {
    fn write(mut self, rate: u32) {
        let began = Instant::now();
        let mut number = 0_usize;
        while !self.shared.stop.load(Ordering::Relaxed) {
            let due = began + Duration::from_secs_f64(number as f64 / f64::from(rate));
            let early = due.saturating_duration_since(Instant::now());
            self.producer.poll(early.min(Duration::from_millis(50)));
            if !self.write_again() || !early.is_zero() {
                continue;
            }
            if self.send(number) {
                number += 1;
            } else {
                // The queue is full. What was missed meanwhile is made up for once it drains.
                self.producer.poll(Duration::from_millis(50));
            }
        }
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let left = self.shared.outstanding().len();
            if left == 0 {
                return;
            }
            assert!(Instant::now() < deadline, "{left} records are not acknowledged");
            self.producer.poll(Duration::from_millis(50));
            self.write_again();
        }
    }

    /// A client that has forgotten all its brokers never asks again (librdkafka issue 5301): another one
    /// writes what was not acknowledged, though some of it may have been written. Whether nothing is left
    /// to be written again.
    fn write_again(&mut self) -> bool {
        let fatal = self.producer.client().fatal_error();
        assert!(fatal.is_none(), "the writer cannot go on: {fatal:?}");
        if self.producer.context().without_brokers.load(Ordering::Relaxed) >= 2 {
            println!("           the writer knows no broker any more and begins anew");
            self.producer.context().replaced.store(true, Ordering::Relaxed);
            self.producer = producer(&self.settings, &self.shared);
            self.again = self.shared.outstanding().iter().copied().collect();
        }
        while let Some(number) = self.again.front().copied() {
            if !self.send(number) {
                return false;
            }
            self.again.pop_front();
        }
        true
    }

    /// False: there is no room for it yet.
    fn send(&self, number: usize) -> bool {
        let record = articles::record(self.seed, number);
        let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: value.as_deref() })
        });
        let message = BaseRecord::<[u8], [u8], Box<usize>> {
            topic: &self.topic,
            partition: None,
            payload: record.value.as_deref(),
            key: record.key.as_deref(),
            timestamp: record.timestamp,
            headers: Some(headers),
            delivery_opaque: Box::new(number),
        };
        self.shared.outstanding().insert(number);
        let sent = self.producer.send(message).is_ok();
        if !sent && !self.again.contains(&number) {
            self.shared.outstanding().remove(&number);
        }
        sent
    }
}
