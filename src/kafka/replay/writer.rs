//! Writes letters and progress in one transaction.
//!
//! Errors come in three kinds, which librdkafka tells apart: the same call again, the transaction again
//! from its beginning, or the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, PurgeConfig, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};
use tokio::time::Instant;

use super::Order;
use super::attempts::{Attempts, CALL};
use super::error::ReplayError;
use super::letter::Outbound;
use crate::kafka::failures::refusal;
use crate::kafka::properties;
use crate::kafka::report::Reporter;
use crate::kafka::startup;
use crate::settings::Settings;

/// Header of a letter that was sent again: the name of the replay that did it.
const REPLAY_NAME: &str = "copydesk.replay.name";

/// The client's own limit, at its highest: what a topic takes, compressed, its broker knows.
const LARGEST_MESSAGE: usize = 1_000_000_000;

/// How long to wait for room in librdkafka's queue between two looks.
const QUEUE_POLL: Duration = Duration::from_millis(5);

/// Context of the producer.
pub(super) struct Context {
    reporter: Arc<Reporter>,
    outcomes: Sender<Outcome>,
}

/// What became of one letter of an attempt, which has a number: what is left of an attempt that was
/// aborted may still come while the next one is under way, and must not count for it.
type Outcome = (usize, Result<(), KafkaError>);

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.reporter.log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.reporter.error(&error, reason);
    }
}

impl ProducerContext for Context {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, attempt: usize) {
        let outcome = result.as_ref().map(drop).map_err(|(error, _)| error.clone());
        // The writer is gone only when the producer goes, too.
        self.outcomes.send((attempt, outcome)).ok();
    }
}

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Letters and progress are durable.
    Committed,
    /// Aborted: the broker does not take one of the letters, however often.
    Refused {
        /// In the broker's words.
        cause: String,
    },
}

/// Why an attempt at a transaction came to nothing.
enum Fault {
    /// A letter is at fault.
    Refused(String),
    /// Abort, and all of it again.
    Abort(String),
    /// No going on.
    End(ReplayError),
}

impl From<ReplayError> for Fault {
    fn from(error: ReplayError) -> Self {
        Self::End(error)
    }
}

/// The transactional producer.
pub(super) struct Writer<'r> {
    /// Polls on a thread of its own, so that no call here waits for itself.
    producer: ThreadedProducer<Context>,
    outcomes: Receiver<Outcome>,
    /// Attempts at a transaction so far.
    attempts: usize,
    topic: String,
    name: String,
    /// The client has given every letter an outcome by then.
    delivery_deadline: Duration,
    stop: &'r AtomicBool,
}

impl<'r> Writer<'r> {
    /// Makes the producer for `inputs` and takes its transactional id over: what a predecessor left open
    /// is aborted, and the predecessor, should it live, is fenced.
    ///
    /// # Errors
    /// When librdkafka refuses the properties or the broker the id.
    pub(super) fn connect(
        settings: &Settings,
        order: &Order,
        inputs: &BTreeMap<String, i32>,
        reporter: Arc<Reporter>,
        stop: &'r AtomicBool,
    ) -> Result<Self, ReplayError> {
        let topics: Vec<&str> = inputs.keys().map(String::as_str).collect();
        let mut pause = |wait| {
            std::thread::park_timeout(wait);
            true
        };
        let limits = startup::describe(settings, &topics, &mut pause);
        let narrowest =
            limits.into_values().min_by_key(|limits| limits.max_message_bytes).unwrap_or_default();
        let timeout = settings.kafka.transaction_timeout;
        let id = order.transactional_id(settings);
        let mut config = properties::producer(settings, narrowest, LARGEST_MESSAGE, Some(&id));
        config.set("message.timeout.ms", timeout.as_millis().to_string());
        config.set("statistics.interval.ms", "0");
        // One outcome for each letter of a batch: the batch is the bound.
        let (sender, outcomes) = crossbeam_channel::unbounded();
        let producer = config.create_with_context(Context { reporter, outcomes: sender })?;
        let delivery_deadline = timeout + CALL;
        let writer = Self {
            producer,
            outcomes,
            attempts: 0,
            topic: order.from.clone(),
            name: order.name.clone(),
            delivery_deadline,
            stop,
        };
        match writer.call("begin to write", |producer| producer.init_transactions(CALL)) {
            Ok(()) => Ok(writer),
            Err(Fault::End(error)) => Err(error),
            Err(Fault::Abort(cause) | Fault::Refused(cause)) => {
                Err(ReplayError::Failed { what: "begin to write", cause })
            }
        }
    }

    /// Commits `letters` and `progress` (next offsets by partition of the dead-letter topic) together,
    /// again and again until it works or cannot.
    ///
    /// # Errors
    /// When it cannot. Whether a commit took place that got no answer, the next replay learns.
    pub(super) fn commit(
        &mut self,
        letters: &[Outbound],
        progress: &BTreeMap<i32, i64>,
        group: &ConsumerGroupMetadata,
    ) -> Result<Answer, ReplayError> {
        let mut attempts = Attempts::new("commit letters", self.stop);
        loop {
            let fault = match self.attempt(letters, progress, group) {
                Ok(()) => return Ok(Answer::Committed),
                Err(fault) => fault,
            };
            match fault {
                Fault::Refused(cause) => {
                    self.abort()?;
                    return Ok(Answer::Refused { cause });
                }
                Fault::Abort(cause) => {
                    self.abort()?;
                    attempts.wait(&cause)?;
                }
                Fault::End(error) => {
                    // Readers of the input wait for what is left open.
                    self.take_back();
                    if let Err(left_open) = self.producer.abort_transaction(CALL) {
                        tracing::debug!(error = %left_open, "the last transaction is left to its timeout");
                    }
                    return Err(error);
                }
            }
        }
    }

    fn attempt(
        &mut self,
        letters: &[Outbound],
        progress: &BTreeMap<i32, i64>,
        group: &ConsumerGroupMetadata,
    ) -> Result<(), Fault> {
        self.attempts += 1;
        self.call("begin a transaction", ThreadedProducer::begin_transaction)?;
        let deadline = Instant::now() + self.delivery_deadline;
        for letter in letters {
            self.produce(letter, deadline)?;
        }
        // The client takes 100 ms to commit while something is in flight, so first it is waited for. After one
        // failure nothing more goes out, and the rest would get no outcome before its timeout.
        let mut undelivered = letters.len();
        while undelivered > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.outcomes.recv_timeout(left) {
                Ok((attempt, _)) if attempt != self.attempts => {}
                Ok((_, Ok(()))) => undelivered -= 1,
                Ok((_, Err(error))) => return Err(self.undelivered(&error)),
                Err(_) => return Err(Fault::Abort("letters are not confirmed".to_owned())),
            }
        }
        let mut offsets = TopicPartitionList::new();
        for (partition, next) in progress {
            let added = offsets.add_partition_offset(&self.topic, *partition, Offset::Offset(*next));
            added.map_err(|error| Fault::End(error.into()))?;
        }
        self.call("keep progress", |producer| producer.send_offsets_to_transaction(&offsets, group, CALL))?;
        self.call("commit a transaction", |producer| producer.commit_transaction(CALL))
    }

    fn produce(&self, outbound: &Outbound, deadline: Instant) -> Result<(), Fault> {
        let letter = &outbound.letter;
        let headers = OwnedHeaders::new_with_capacity(letter.headers.len() + 1);
        let headers = letter.headers.iter().fold(headers, |headers, (name, value)| {
            headers.insert(Header { key: name, value: value.as_deref() })
        });
        let mut message = BaseRecord::<[u8], [u8], usize> {
            topic: &outbound.destination.topic,
            partition: outbound.destination.partition,
            payload: letter.value.as_deref(),
            key: letter.key.as_deref(),
            timestamp: letter.input_time_ms(),
            headers: Some(headers.insert(Header { key: REPLAY_NAME, value: Some(&self.name) })),
            delivery_opaque: self.attempts,
        };
        loop {
            let (error, returned) = match self.producer.send(message) {
                Ok(()) => return Ok(()),
                Err(refused) => refused,
            };
            let full = error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull);
            if !full || Instant::now() >= deadline {
                return Err(self.undelivered(&error));
            }
            message = returned;
            std::thread::park_timeout(QUEUE_POLL);
        }
    }

    /// What it means that a letter was not delivered.
    fn undelivered(&self, error: &KafkaError) -> Fault {
        use RDKafkaErrorCode as E;
        let code = error.rdkafka_error_code();
        if let Some(end) = self.fatal() {
            return Fault::End(end);
        }
        match code {
            Some(code) if refusal(code).is_some() => Fault::Refused(error.to_string()),
            Some(E::TopicAuthorizationFailed | E::ClusterAuthorizationFailed) => {
                Fault::End(ReplayError::Failed { what: "write to an input topic", cause: error.to_string() })
            }
            _ => Fault::Abort(error.to_string()),
        }
    }

    /// After a failed delivery librdkafka keeps the other letters until their own time-out, and the broker
    /// would give the transaction up before that: they are taken back first.
    fn take_back(&self) {
        self.producer.purge(PurgeConfig::default().queue().inflight());
        let deadline = Instant::now() + CALL;
        while self.producer.in_flight_count() > 0 && Instant::now() < deadline {
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }

    fn abort(&self) -> Result<(), ReplayError> {
        self.take_back();
        match self.call("abort a transaction", |producer| producer.abort_transaction(CALL)) {
            Ok(()) => Ok(()),
            Err(Fault::End(error)) => Err(error),
            Err(Fault::Abort(cause) | Fault::Refused(cause)) => {
                Err(ReplayError::Failed { what: "abort a transaction", cause })
            }
        }
    }

    /// Makes a transactional call, again while librdkafka says that this may help.
    fn call(
        &self,
        what: &'static str,
        call: impl Fn(&ThreadedProducer<Context>) -> KafkaResult<()>,
    ) -> Result<(), Fault> {
        let mut attempts = Attempts::new(what, self.stop);
        loop {
            let Err(error) = call(&self.producer) else { return Ok(()) };
            if let Some(end) = self.fatal() {
                return Err(Fault::End(end));
            }
            match &error {
                KafkaError::Transaction(told) if told.txn_requires_abort() => {
                    return Err(Fault::Abort(error.to_string()));
                }
                KafkaError::Transaction(told) if told.is_retriable() => {}
                // Letters are still in flight: the same call goes on with them.
                KafkaError::Flush(_) => {}
                KafkaError::Transaction(told) => {
                    return Err(Fault::End(ReplayError::Failed { what, cause: told.string() }));
                }
                _ => return Err(Fault::End(ReplayError::Failed { what, cause: error.to_string() })),
            }
            attempts.wait(&error.to_string())?;
        }
    }

    /// Why this producer can do nothing more, if so.
    fn fatal(&self) -> Option<ReplayError> {
        use RDKafkaErrorCode as E;
        let (code, cause) = self.producer.client().fatal_error()?;
        Some(match code {
            E::Fenced | E::ProducerFenced | E::InvalidProducerEpoch => {
                ReplayError::Fenced { topic: self.topic.clone(), name: self.name.clone(), cause }
            }
            _ => ReplayError::Failed { what: "write", cause },
        })
    }
}
