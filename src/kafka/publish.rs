//! The publisher's thread, and the sink that hands it the pipeline's orders.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, TrySendError};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::backoff::jitter;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::observer::Observer;
use crate::pipeline::publisher::{Fault, Next, Order, Policy, Producer, Publisher};
use crate::pipeline::seam::{Full, Outgoing, Seal, Sink, SinkEvent};

/// How long the thread waits for an order before it looks round.
const IDLE: Duration = Duration::from_millis(50);

/// What sink, publisher and source know of each other.
#[derive(Debug, Default)]
pub(crate) struct Status {
    /// Topics are there, and so is the producer.
    pub(crate) ready: AtomicBool,
    /// Nothing will be published any more.
    pub(crate) failed: AtomicBool,
    /// The pipeline is done with the sink.
    pub(crate) closed: AtomicBool,
    /// The pipeline was turned away and waits for room.
    wants_room: AtomicBool,
}

/// The Kafka sink: a bounded queue of orders to the publisher.
pub struct KafkaSink {
    orders: Sender<Order>,
    status: Arc<Status>,
}

impl KafkaSink {
    pub(crate) fn new(orders: Sender<Order>, status: Arc<Status>) -> Self {
        Self { orders, status }
    }

    fn send(&self, order: Order) -> Result<(), Order> {
        match self.orders.try_send(order) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => {
                self.status.wants_room.store(true, Ordering::Release);
                Err(order)
            }
        }
    }
}

impl Drop for KafkaSink {
    fn drop(&mut self) {
        self.status.closed.store(true, Ordering::Release);
    }
}

impl Sink for KafkaSink {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        match self.send(Order::Produce(record)) {
            Err(Order::Produce(record)) => Err(Full(record)),
            _ => Ok(()),
        }
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        match self.send(Order::Seal(seal)) {
            Err(Order::Seal(seal)) => Err(Full(seal)),
            _ => Ok(()),
        }
    }
}

/// The thread.
pub(crate) struct Service {
    pub(crate) orders: Receiver<Order>,
    pub(crate) events: mpsc::Sender<SinkEvent>,
    pub(crate) status: Arc<Status>,
    pub(crate) assignment: Arc<Assignment>,
    pub(crate) policy: Policy,
    pub(crate) observer: Arc<dyn Observer>,
}

impl Service {
    /// Publishes until the pipeline lets go of the sink, or there is no going on.
    pub(crate) fn run<P: Producer>(self, mut producer: P) {
        let mut publisher = Publisher::new(self.policy, Arc::clone(&self.observer));
        let mut paused_until: Option<Instant> = None;
        let mut reports = Vec::new();
        while self.take_orders(&mut publisher) {
            if self.status.wants_room.swap(false, Ordering::AcqRel) && !self.tell(SinkEvent::Room) {
                break;
            }
            if self.assignment.was_assigned() {
                publisher.assigned();
            }
            if let Some(until) = paused_until {
                let left = until.saturating_duration_since(Instant::now());
                if !left.is_zero() {
                    // Serves what librdkafka has to say meanwhile; no report of ours is due.
                    producer.reports(Duration::ZERO, &mut reports);
                    reports.clear();
                    std::thread::park_timeout(left.min(IDLE));
                    continue;
                }
                paused_until = None;
            }
            let next = publisher.step(&mut producer);
            while let Some(event) = publisher.next_event() {
                if !self.tell(event) {
                    break;
                }
            }
            match next {
                Next::Now => {}
                Next::Order => {
                    producer.reports(Duration::ZERO, &mut reports);
                    reports.clear();
                    match self.orders.recv_timeout(IDLE) {
                        Ok(order) => publisher.order(order),
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => break,
                    }
                }
                Next::Pause(step) => paused_until = Some(Instant::now() + jitter(step)),
                Next::End(fault) => {
                    self.fail(words(&fault));
                    return;
                }
            }
        }
        // What is not sealed is the next worker's to do, at once and not after a time-out.
        if publisher.is_open()
            && let Err(fault) = producer.abort()
        {
            tracing::info!(cause = %fault, "the last transaction is left to its time-out");
        }
    }

    /// False: the pipeline has let go of the sink.
    fn take_orders<M>(&self, publisher: &mut Publisher<M>) -> bool {
        loop {
            match self.orders.try_recv() {
                Ok(order) => publisher.order(order),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// False: nobody listens any more. The pipeline always takes what the sink says, so this does not
    /// wait for long.
    fn tell(&self, event: SinkEvent) -> bool {
        self.events.blocking_send(event).is_ok()
    }

    /// The sink cannot go on.
    pub(crate) fn fail(&self, message: String) {
        self.status.failed.store(true, Ordering::Release);
        tracing::debug!(cause = %message, "the sink failed");
        self.tell(SinkEvent::Failed { message });
    }
}

/// The end, said plainly.
fn words(fault: &Fault) -> String {
    match fault {
        Fault::Fenced(cause) => {
            format!(
                "another worker with the same kafka.instance_id has taken over, this one is fenced: {cause}"
            )
        }
        fault => fault.to_string(),
    }
}
