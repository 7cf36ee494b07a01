//! Kafka, behind the seam of the pipeline.
//!
//! Three threads, named `kafka-source`, `kafka-publish` and `kafka-watch`:
//!
//! ```text
//! broker ──► librdkafka's queue ──► source ──64──► pipeline ──► publisher ──► librdkafka's queue ──► broker
//!            limits.memory / 4        │                            ▲            limits.memory / 4
//!                                     └──── assignment, epochs ────┘
//! ```
//!
//! Nothing here reads or changes the content of a record. The observer hears from here what only this
//! side knows: polls, lag, the brokers' state, transactions taken back, and calls that do not return.

mod at_least_once;
mod backoff;
mod client;
mod consumer;
mod control;
mod destinations;
mod exactly_once;
mod failures;
#[cfg(test)]
mod fixture;
mod guarantees;
mod limits;
mod membership;
pub mod mock;
mod outlet;
pub mod properties;
mod publish;
pub mod replay;
mod report;
mod resume;
mod severed;
mod source;
mod standing;
mod startup;
mod topics;
mod watchdog;
mod witness;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::Sender;
use tokio::sync::mpsc;
use tokio::time::Instant;

pub use control::KafkaControl;
pub use failures::{OUTPUT_REFUSED, OUTPUT_TOO_LARGE};
pub use guarantees::{Fault, faults, reads};

pub use publish::KafkaSink;
pub use source::EVENT_CAPACITY;

use self::at_least_once::AtLeastOnce;
use self::exactly_once::ExactlyOnce;
use self::outlet::{Outlet, transactional_id};
use self::publish::{Service, Status};
use self::report::Reporter;
use self::source::Source;
use self::watchdog::Watchdog;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::observer::Observer;
use crate::pipeline::publisher::Policy;
use crate::pipeline::seam::{SinkEvent, SourceEvent};
use crate::settings::{Guarantee, Settings};

/// Why no connection was begun. A broker that is away is no such reason: it is waited for.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// librdkafka refuses the properties.
    #[error("librdkafka refuses the settings: {0}")]
    Client(#[from] rdkafka::error::KafkaError),
    /// The system gives no thread.
    #[error("cannot start thread `{name}`: {source}")]
    Thread {
        /// Its name.
        name: &'static str,
        /// Why.
        source: std::io::Error,
    },
}

/// Both ends of the seam, and the threads behind them.
pub struct Connected {
    /// What the source tells.
    pub source_events: mpsc::Receiver<SourceEvent>,
    /// Orders to the source.
    pub control: KafkaControl,
    /// Takes records and seals.
    pub sink: KafkaSink,
    /// What the sink tells.
    pub sink_events: mpsc::Receiver<SinkEvent>,
    /// To be joined after `control` has left and `sink` was dropped.
    pub threads: Threads,
}

/// The threads of one connection. Keep it until the end: without it no call is watched any more.
#[must_use]
pub struct Threads {
    handles: Vec<(&'static str, JoinHandle<()>)>,
    /// Closes when dropped: the watchdog stops.
    stop: Sender<()>,
}

impl Threads {
    /// Waits for the threads to end, at most for `longest`. Gives the names of those that have not: they
    /// end with the process.
    ///
    /// The source ends after [`crate::pipeline::seam::SourceControl::leave`], or when its receiver is
    /// dropped; the sink when [`KafkaSink`] is dropped. Blocks: call it from no async task.
    #[must_use]
    pub fn join(self, longest: Duration) -> Vec<&'static str> {
        let Self { mut handles, stop } = self;
        drop(stop);
        let deadline = Instant::now() + longest;
        loop {
            handles.retain(|(_, handle)| !handle.is_finished());
            if handles.is_empty() || Instant::now() >= deadline {
                return handles.into_iter().map(|(name, _)| name).collect();
            }
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

/// Begins to connect, and returns at once: the first events tell when partitions are assigned, the
/// observer's `broker_state` whether the broker answers. Brokers and topics that are missing are waited
/// for.
///
/// # Errors
/// When librdkafka refuses the settings ([`faults`] tells all reasons), or a thread cannot be started.
pub fn connect(settings: &Settings, observer: Arc<dyn Observer>) -> Result<Connected, ConnectError> {
    connect_to(settings, observer, true)
}

/// `describes`: whether the brokers tell the limits of topics; the mock never answers that question.
fn connect_to(
    settings: &Settings,
    observer: Arc<dyn Observer>,
    describes: bool,
) -> Result<Connected, ConnectError> {
    const SINK_EVENTS: usize = 1024;
    /// Orders on their way to the publisher. What it holds is bounded by the pipeline's own limits.
    const ORDERS: usize = 1024;
    let brokers = &settings.kafka.brokers;
    tracing::debug!(brokers = %brokers.join(","), group = %settings.kafka.group_id, "connecting to kafka");
    let (event_sender, source_events) = mpsc::channel(EVENT_CAPACITY);
    let (sink_sender, sink_events) = mpsc::channel(SINK_EVENTS);
    // At most one pause and one resume of each partition for a turn of the poll loop, and a leave.
    let (command_sender, commands) = crossbeam_channel::unbounded();
    let (order_sender, orders) = crossbeam_channel::bounded(ORDERS);
    let (stop, stopped) = crossbeam_channel::bounded(0);

    let assignment = Arc::new(Assignment::default());
    let status = Arc::new(Status::default());
    let watchdog = Arc::new(Watchdog::new(settings.kafka.call_timeout, Arc::clone(&observer)));
    let reporter = Arc::new(Reporter::new("consumer", brokers, Arc::clone(&observer)));
    let context = consumer::Context::new(reporter, Arc::clone(&assignment), settings.kafka.protocol);
    let consumer = properties::consumer(settings).create_with_context(context)?;
    let shared = source::Shared {
        observer: Arc::clone(&observer),
        assignment: Arc::clone(&assignment),
        status: Arc::clone(&status),
        watchdog: Arc::clone(&watchdog),
    };
    let source = Source::new(settings, consumer, event_sender, commands, shared);
    let publication = Publication {
        settings: settings.clone(),
        reporter: Arc::new(Reporter::new("producer", brokers, Arc::clone(&observer))),
        consumer: Arc::downgrade(source.consumer()),
        watchdog: Arc::clone(&watchdog),
        describes,
    };
    let events = sink_sender.clone();
    let service = Service {
        orders,
        events: sink_sender,
        status: Arc::clone(&status),
        assignment,
        policy: Policy {
            refused_letter: settings.dead_letter.on_refusal,
            record_attempts: settings.delivery.record_attempts,
        },
        observer,
    };
    let give_up = move |message| {
        if events.blocking_send(SinkEvent::Failed { message }).is_err() {
            tracing::debug!("nobody waits for the call any more");
        }
    };
    let handles = vec![
        ("kafka-source", spawn("kafka-source", move || source.run())?),
        ("kafka-publish", spawn("kafka-publish", move || publication.run(service))?),
        ("kafka-watch", spawn("kafka-watch", move || watchdog.run(&stopped, give_up))?),
    ];
    let control = KafkaControl::new(command_sender);
    let sink = KafkaSink::new(order_sender, status);
    Ok(Connected { source_events, control, sink, sink_events, threads: Threads { handles, stop } })
}

/// What the publisher's thread begins with.
struct Publication {
    settings: Settings,
    reporter: Arc<Reporter>,
    consumer: Weak<consumer::Consumer>,
    watchdog: Arc<Watchdog>,
    describes: bool,
}

impl Publication {
    /// Waits for the topics, makes the producer, and publishes.
    fn run(self, service: Service) {
        let Self { settings, reporter, consumer, watchdog, describes } = self;
        let topics = match startup::prepare(&settings, &reporter, &service.status.closed, describes) {
            Ok(Some(topics)) => topics,
            Ok(None) => return,
            Err(message) => return service.fail(message),
        };
        let guarantee = settings.delivery.guarantee;
        let exactly_once = guarantee == Guarantee::ExactlyOnce;
        let transactional_id = exactly_once
            .then(|| transactional_id(&settings, RandomState::new().hash_one(std::process::id())));
        let assignment = Arc::clone(&service.assignment);
        let outlet = Outlet::new(&settings, topics, reporter, assignment, describes, transactional_id);
        let client = match outlet.client() {
            Ok(client) => client,
            Err(fault) => return service.fail(fault.to_string()),
        };
        service.status.ready.store(true, Ordering::Release);
        match guarantee {
            Guarantee::ExactlyOnce => {
                let timeout = settings.kafka.transaction_timeout;
                service.run(ExactlyOnce::new(outlet, client, consumer, watchdog, timeout));
            }
            Guarantee::AtLeastOnce => service.run(AtLeastOnce::new(outlet, client, consumer, watchdog)),
        }
    }
}

fn spawn(name: &'static str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, ConnectError> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(work).map_err(|source| ConnectError::Thread { name, source })
}
