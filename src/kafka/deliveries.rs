//! The sink's account: what the producer has, what the broker said, what the pipeline has to know.
//!
//! Deliveries come back on the sink's thread; they are accounted for in the [`Ledger`], and a seal
//! whose deliveries are complete goes to the committer.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use crossbeam_channel::Sender;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Headers as _, Message as _};
use rdkafka::producer::ProducerContext;
use tokio::sync::mpsc;

use super::consumer::Statistics;
use super::ledger::{BatchId, Ledger};
use super::report::Reporter;
use super::sink::{OUTPUT_REFUSED, OUTPUT_TOO_LARGE, Topics};
use crate::pipeline::assignment::Assignment;
use crate::pipeline::observer::{Observer, Queue};
use crate::pipeline::seam::{Destination, Outgoing, PartitionId, Position, Seal, SinkEvent};

/// What sink, delivery callbacks, committer and source share.
pub(crate) struct Deliveries {
    state: Mutex<State>,
    events: mpsc::Sender<SinkEvent>,
    /// Seals that are due. Has room for every seal that is not answered, so it is never full.
    due: Sender<Seal>,
    assignment: Arc<Assignment>,
    observer: Arc<dyn Observer>,
    max_records: usize,
    ready: AtomicBool,
    failed: AtomicBool,
    /// The pipeline is done with the sink.
    pub(crate) closed: AtomicBool,
}

pub(crate) struct State {
    pub(crate) ledger: Ledger,
    /// Whether somebody was turned away and waits for room.
    pub(crate) wants_room: bool,
    /// Events that the channel had no room for; as bounded as the ledger.
    outbox: VecDeque<SinkEvent>,
}

impl Deliveries {
    pub(crate) fn new(
        ledger: Ledger,
        max_records: usize,
        events: mpsc::Sender<SinkEvent>,
        due: Sender<Seal>,
        assignment: Arc<Assignment>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        Self {
            state: Mutex::new(State { ledger, wants_room: false, outbox: VecDeque::new() }),
            events,
            due,
            assignment,
            observer,
            max_records,
            ready: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// The producer is there.
    pub(crate) fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
        self.after(&mut self.lock());
    }

    /// The sink cannot go on.
    pub(crate) fn fail(&self, message: String) {
        if !self.failed.swap(true, Ordering::AcqRel) {
            tracing::debug!(cause = %message, "the sink failed");
            self.tell(SinkEvent::Failed { message });
        }
    }

    /// Partitions are gone.
    pub(crate) fn forget(&self, partitions: &[PartitionId]) {
        let mut state = self.lock();
        state.ledger.forget(partitions);
        self.after(&mut state);
    }

    /// An event for the pipeline, after those that wait.
    pub(crate) fn tell(&self, event: SinkEvent) {
        let mut state = self.lock();
        state.outbox.push_back(event);
        self.after(&mut state);
    }

    /// A seal has ended, one way or the other.
    pub(crate) fn answer(&self, event: SinkEvent) {
        let mut state = self.lock();
        state.ledger.answered();
        state.outbox.push_back(event);
        self.after(&mut state);
    }

    /// Once in a while: what could not be told before, and figures.
    pub(crate) fn tick(&self) {
        let mut state = self.lock();
        self.after(&mut state);
        self.observer.queue_depth(Queue::Delivery, state.ledger.records(), self.max_records);
    }

    fn delivered(&self, batch: BatchId, bytes: usize) {
        let mut state = self.lock();
        state.ledger.delivered(batch, bytes);
        self.after(&mut state);
    }

    pub(crate) fn refused(
        &self,
        record: Outgoing,
        batch: BatchId,
        bytes: usize,
        code: &'static str,
        message: String,
    ) {
        let mut state = self.lock();
        if !self.assignment.holds(&record.position.partition, record.position.epoch) {
            // Its next owner meets the same refusal; nobody here would answer it.
            state.ledger.delivered(batch, bytes);
            self.after(&mut state);
            return;
        }
        state.ledger.refused(record.position.clone(), batch, bytes);
        state.outbox.push_back(SinkEvent::Refused { record: Box::new(record), code, message });
        self.after(&mut state);
    }

    /// What a change of the ledger may have made possible.
    pub(crate) fn after(&self, state: &mut State) {
        while let Some(seal) = state.ledger.next_due() {
            if let Err(error) = self.due.try_send(seal) {
                tracing::debug!(%error, "the committer has ended, the seal is dropped");
            }
        }
        if state.wants_room && self.is_ready() && state.ledger.has_much_room() {
            state.wants_room = false;
            state.outbox.push_back(SinkEvent::Room);
        }
        while let Some(event) = state.outbox.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(event)) => {
                    state.outbox.push_front(event);
                    break;
                }
                Err(mpsc::error::TrySendError::Closed(_)) => state.outbox.clear(),
            }
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a record in flight is remembered by.
pub(crate) struct InFlight {
    pub(crate) position: Position,
    pub(crate) destination: Destination,
    pub(crate) batch: BatchId,
    pub(crate) bytes: usize,
}

/// The producer's context.
pub(crate) struct Context {
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) deliveries: Arc<Deliveries>,
    /// `None` for the client that only asks for topics.
    pub(crate) topics: Option<Arc<Topics>>,
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.reporter.log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.reporter.error(&error, reason);
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::Fatal) {
            let brokers = self.reporter.brokers();
            self.deliveries.fail(format!("the producer cannot go on (brokers {brokers}): {reason}"));
        }
    }

    fn stats_raw(&self, statistics: &[u8]) {
        let Ok(statistics) = serde_json::from_slice::<Statistics>(statistics) else { return };
        if statistics.any_broker_up() {
            self.reporter.healthy();
        }
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
        let (error, message) = match result {
            Ok(_) => {
                self.reporter.healthy();
                self.deliveries.delivered(sent.batch, sent.bytes);
                return;
            }
            Err((error, message)) => (error, message),
        };
        let code = error.rdkafka_error_code();
        if self.deliveries.closed.load(Ordering::Acquire) {
            return;
        }
        let cause = format!("topic `{}` refused the record: {error}", message.topic());
        match code.and_then(refusal) {
            Some(code) => {
                let record = Outgoing {
                    position: sent.position,
                    destination: sent.destination,
                    timestamp_ms: message.timestamp().to_millis(),
                    key: message.key().map(Bytes::copy_from_slice),
                    value: message.payload().map(Bytes::copy_from_slice),
                    headers: message.headers().map_or_else(Vec::new, |headers| {
                        let own = |header: Header<'_, &[u8]>| {
                            (header.key.to_owned(), header.value.map(Bytes::copy_from_slice))
                        };
                        headers.iter().map(own).collect()
                    }),
                };
                self.deliveries.refused(record, sent.batch, sent.bytes, code, cause);
            }
            None => self.deliveries.fail(format!("{cause} (brokers {})", self.reporter.brokers())),
        }
    }
}

/// The code of a refusal that is the record's own fault; `None`: no record would get through.
pub(crate) fn refusal(code: RDKafkaErrorCode) -> Option<&'static str> {
    use RDKafkaErrorCode as E;
    match code {
        E::MessageSizeTooLarge => Some(OUTPUT_TOO_LARGE),
        E::InvalidMessage
        | E::InvalidMessageSize
        | E::InvalidRecord
        | E::InvalidTimestamp
        | E::PolicyViolation => Some(OUTPUT_REFUSED),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_records_own_faults_are_refusals() {
        assert_eq!(refusal(RDKafkaErrorCode::MessageSizeTooLarge), Some(OUTPUT_TOO_LARGE));
        assert_eq!(refusal(RDKafkaErrorCode::InvalidRecord), Some(OUTPUT_REFUSED));
        assert_eq!(refusal(RDKafkaErrorCode::TopicAuthorizationFailed), None);
        assert_eq!(refusal(RDKafkaErrorCode::UnknownTopicOrPartition), None);
    }
}
