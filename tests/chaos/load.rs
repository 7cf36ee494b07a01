//! The writer: idempotent, straight at the brokers, at a steady rate, whatever happens meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};
use tokio::time::Instant;

use super::articles;
use super::topics::{Topics, config};
use crate::harness::client::Stored;

/// What writer and test share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    acknowledged: AtomicU64,
    failed: AtomicU64,
}

struct Acknowledgements(Arc<Shared>);

impl ClientContext for Acknowledgements {}

impl ProducerContext for Acknowledgements {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        let count = if result.is_ok() { &self.0.acknowledged } else { &self.0.failed };
        count.fetch_add(1, Ordering::Relaxed);
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
            .set("topic.metadata.refresh.interval.ms", "2000");
        let producer =
            BaseProducer::from_config_and_context(&settings, Acknowledgements(Arc::clone(&shared)))
                .expect("producer");
        let (own, topic) = (Arc::clone(&shared), topics.input.clone());
        let record = move |number| articles::record(seed, number);
        let writer = std::thread::spawn(move || write(&producer, &topic, rate, record, &own));
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

fn write(
    producer: &BaseProducer<Acknowledgements>,
    topic: &str,
    rate: u32,
    record: impl Fn(usize) -> Stored,
    shared: &Shared,
) {
    let began = Instant::now();
    let mut number = 0_usize;
    while !shared.stop.load(Ordering::Relaxed) {
        let due = began + Duration::from_secs_f64(number as f64 / f64::from(rate));
        let early = due.saturating_duration_since(Instant::now());
        producer.poll(early.min(Duration::from_millis(50)));
        if !early.is_zero() {
            continue;
        }
        if send(producer, topic, &record(number)) {
            number += 1;
        } else {
            // The queue is full. What was missed meanwhile is made up for once it drains.
            producer.poll(Duration::from_millis(50));
        }
        let fatal = producer.client().fatal_error();
        assert!(fatal.is_none(), "the writer cannot go on: {fatal:?}");
    }
    let deadline = Instant::now() + Duration::from_secs(120);
    while producer.in_flight_count() > 0 {
        assert!(Instant::now() < deadline, "{} records are not acknowledged", producer.in_flight_count());
        producer.poll(Duration::from_millis(50));
    }
}

fn send(producer: &BaseProducer<Acknowledgements>, topic: &str, record: &Stored) -> bool {
    let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header { key, value: value.as_deref() })
    });
    let message = BaseRecord::<[u8], [u8]> {
        topic,
        partition: None,
        payload: record.value.as_deref(),
        key: record.key.as_deref(),
        timestamp: record.timestamp,
        headers: Some(headers),
        delivery_opaque: (),
    };
    producer.send(message).is_ok()
}
