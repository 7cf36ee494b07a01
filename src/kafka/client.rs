//! The producing client: hands records to librdkafka and keeps account of what it says about them.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Message as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext, PurgeConfig};
use tokio::time::Instant;

use super::consumer::Statistics;
use super::destinations::{Topics, headers, partition, weight};
use super::failures::{failure, refusal};
use super::properties::Shares;
use super::report::Reporter;
use super::severed::{self, Severed};
use crate::pipeline::publisher::{Failure, Fault, Handed, Refusal, Report};
use crate::pipeline::seam::Outgoing;

/// How long the thread sleeps between two looks while something is in flight. `poll` itself is never given
/// any time: it takes all of what it is given, and spins through the last millisecond of it.
const SHORT: Duration = Duration::from_millis(1);

/// What a record in flight is remembered by.
pub(crate) struct InFlight {
    sequence: u64,
    bytes: usize,
}

/// The client's context: called back on the thread that polls.
pub(crate) struct Context {
    reporter: Arc<Reporter>,
    /// `None` for the client that only asks for topics.
    topics: Option<Arc<Topics>>,
    /// Reports that were not taken yet, and what they give back. Not more than is in flight.
    reported: Mutex<Reported>,
    severed: Severed,
}

#[derive(Default)]
struct Reported {
    reports: Vec<Report>,
    records: usize,
    bytes: usize,
}

impl Context {
    fn take(&self, into: &mut Vec<Report>) -> (usize, usize) {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        into.append(&mut reported.reports);
        (std::mem::take(&mut reported.records), std::mem::take(&mut reported.bytes))
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.reporter.log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.reporter.error(&error, reason);
    }

    fn stats_raw(&self, statistics: &[u8]) {
        let Ok(statistics) = serde_json::from_slice::<Statistics>(statistics) else { return };
        if statistics.any_broker_up() {
            self.reporter.healthy();
        }
        self.severed.learn(&statistics, Instant::now());
        let Some(topics) = &self.topics else { return };
        for topic in [&topics.output, &topics.dead_letter] {
            // Partitions are only ever added.
            if let Some(count) = statistics.partition_count(&topic.name) {
                topic.partitions.fetch_max(count, Ordering::Relaxed);
            }
        }
    }
}

impl ProducerContext for Context {
    type DeliveryOpaque = Box<InFlight>;

    fn delivery(&self, result: &DeliveryResult<'_>, sent: Box<InFlight>) {
        let outcome = match result {
            Ok(_) => {
                self.reporter.healthy();
                Ok(())
            }
            Err((error, message)) => {
                if error.rdkafka_error_code() == Some(RDKafkaErrorCode::MessageTimedOut) {
                    self.severed.record_timed_out();
                }
                Err(failure(error, message.topic()))
            }
        };
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        reported.records += 1;
        reported.bytes += sent.bytes;
        reported.reports.push(Report { sequence: sent.sequence, outcome });
    }
}

/// A producing client.
pub(crate) struct Client {
    producer: BaseProducer<Context>,
    shares: Shares,
    /// With librdkafka.
    records: usize,
    bytes: usize,
}

impl Client {
    pub(crate) fn new(
        config: &ClientConfig,
        shares: Shares,
        reporter: &Arc<Reporter>,
        topics: Option<Arc<Topics>>,
    ) -> Result<Self, KafkaError> {
        let context = Context {
            reporter: Arc::clone(reporter),
            topics,
            reported: Mutex::default(),
            severed: Severed::default(),
        };
        Ok(Self { producer: config.create_with_context(context)?, shares, records: 0, bytes: 0 })
    }

    pub(crate) fn producer(&self) -> &BaseProducer<Context> {
        &self.producer
    }

    /// Whether it is cut off for good, and has to be made anew.
    pub(crate) fn is_severed(&self) -> bool {
        self.producer.context().severed.is_so()
    }

    /// Serves log lines, errors and statistics.
    pub(crate) fn serve(&self) {
        self.producer.poll(Duration::ZERO);
    }

    /// The cause of a fatal error, if there was one.
    pub(crate) fn fatal_cause(&self) -> Option<(RDKafkaErrorCode, String)> {
        self.producer.client().fatal_error()
    }

    /// Hands a record over, if there is room: one always has, else a large one would wait for ever.
    pub(crate) fn send(
        &mut self,
        topics: &Topics,
        sequence: u64,
        record: &Outgoing,
    ) -> Result<Handed, KafkaError> {
        let topic = topics.of(record.destination);
        let bytes = weight(record);
        let full = self.records >= self.shares.produced_records
            || self.bytes.saturating_add(bytes) > self.shares.produced;
        if self.records > 0 && full {
            return Ok(Handed::Full);
        }
        let message = BaseRecord {
            topic: &topic.name,
            partition: partition(record, topic),
            payload: record.value.as_deref(),
            key: record.key.as_deref(),
            timestamp: record.timestamp_ms,
            headers: headers(record),
            delivery_opaque: Box::new(InFlight { sequence, bytes }),
        };
        match self.producer.send(message) {
            Ok(()) => {
                self.records += 1;
                self.bytes += bytes;
                Ok(Handed::Over)
            }
            Err((error, _)) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull) => {
                Ok(Handed::Full)
            }
            Err((error, returned)) => {
                // It never left, but how it ended is told as if it had.
                let Some(code) = error.rdkafka_error_code().and_then(refusal) else { return Err(error) };
                let message = format!("topic `{}` cannot take the record: {error}", topic.name);
                let outcome = Err(Failure::Refused(Refusal { code, message, excess: None }));
                let InFlight { sequence, .. } = *returned.delivery_opaque;
                let mut reported =
                    self.producer.context().reported.lock().unwrap_or_else(PoisonError::into_inner);
                reported.reports.push(Report { sequence, outcome });
                Ok(Handed::Over)
            }
        }
    }

    /// Waits for reports, at most for `longest`, and adds them.
    pub(crate) fn reports(&mut self, longest: Duration, reports: &mut Vec<Report>) {
        if self.is_severed() && self.records > 0 {
            // Nobody will ever answer for them.
            self.producer.purge(PurgeConfig::default().queue().inflight());
        }
        let deadline = Instant::now() + longest;
        loop {
            self.drain(reports);
            if !reports.is_empty() || Instant::now() >= deadline {
                return;
            }
            std::thread::park_timeout(SHORT);
        }
    }

    /// Takes the reports that are there. Each poll serves one event, which may hold many.
    fn drain(&mut self, reports: &mut Vec<Report>) {
        loop {
            let before = reports.len();
            self.producer.poll(Duration::ZERO);
            self.take(reports);
            if reports.len() == before {
                return;
            }
        }
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        let (records, bytes) = self.producer.context().take(reports);
        self.records = self.records.saturating_sub(records);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// Takes back what was not sent yet, and with `all` what is on its way as well; then waits until
    /// nothing is in flight. False: not within `longest`.
    pub(crate) fn purge(&mut self, all: bool, longest: Duration) -> bool {
        let queued = PurgeConfig::default().queue();
        self.producer.purge(if all { queued.inflight() } else { queued });
        let deadline = Instant::now() + longest;
        let mut swallowed = Vec::new();
        loop {
            self.drain(&mut swallowed);
            swallowed.clear();
            if self.producer.in_flight_count() == 0 && self.records == 0 {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            std::thread::park_timeout(SHORT);
        }
    }

    /// An error in words, with its cause where librdkafka has told one.
    pub(crate) fn words(&self, call: &str, error: &KafkaError) -> String {
        let reporter = &self.producer.context().reporter;
        let cause = match self.fatal_cause() {
            Some((_, cause)) => format!("{error}: {cause}"),
            None if self.is_severed() => format!("{error}: {}", severed::CAUSE),
            None => error.to_string(),
        };
        format!("{call} failed (brokers {}): {cause}", reporter.brokers())
    }

    /// What a fatal error means, if there was one.
    pub(crate) fn fatal_fault(&self, call: &str, error: &KafkaError) -> Option<Fault> {
        let (code, _) = self.fatal_cause()?;
        let words = self.words(call, error);
        let fenced = matches!(
            code,
            RDKafkaErrorCode::Fenced
                | RDKafkaErrorCode::ProducerFenced
                | RDKafkaErrorCode::InvalidProducerEpoch
        );
        Some(if fenced { Fault::Fenced(words) } else { Fault::Fatal(words) })
    }
}
