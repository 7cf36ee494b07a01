//! Kafka, behind the seam of the pipeline.
//!
//! Three threads, named `kafka-source`, `kafka-sink` and `kafka-commit`:
//!
//! ```text
//! broker ──► librdkafka's queue ──► source ──64──► pipeline ──► sink ──► librdkafka's queue ──► broker
//!            limits.memory / 4        ▲                          │        limits.memory / 4
//!                                     │ assignment, epochs       │ deliveries complete
//!                                     └──────── committer ◄──64──┘
//! ```
//!
//! Nothing here reads or changes the content of a record. The observer hears from here what only this
//! side knows: polls, lag, the brokers' state, the depth of the delivery queue, and commits that failed.

mod backoff;
mod committer;
mod consumer;
mod control;
mod deliveries;
#[cfg(test)]
mod fixture;
mod guarantees;
mod ledger;
pub mod mock;
pub mod properties;
mod report;
mod sink;
mod source;
mod startup;
mod topics;

use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::Sender;
use tokio::sync::mpsc;
use tokio::time::Instant;

pub use control::KafkaControl;
pub use guarantees::{Fault, faults, reads};
pub use sink::{KafkaSink, OUTPUT_REFUSED, OUTPUT_TOO_LARGE};
pub use source::EVENT_CAPACITY;

use self::committer::Committer;
use self::deliveries::Deliveries;
use self::ledger::Ledger;
use self::properties::Shares;
use self::report::Reporter;
use self::source::Source;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::observer::Observer;
use crate::pipeline::seam::{SinkEvent, SourceEvent};
use crate::settings::Settings;

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

/// The threads of one connection. Keep it until the end: without it nothing is committed any more.
#[must_use]
pub struct Threads {
    handles: Vec<(&'static str, JoinHandle<()>)>,
    /// Closes when dropped: the committer stops.
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
    // More than the ledger can hold of seals and refusals, so that telling hardly ever has to wait.
    const SINK_EVENTS: usize = 1024;
    let shares = Shares::of(settings.limits.memory);
    let brokers = &settings.kafka.brokers;
    tracing::debug!(brokers = %brokers.join(","), group = %settings.kafka.group_id, "connecting to kafka");
    let (event_sender, source_events) = mpsc::channel(EVENT_CAPACITY);
    let (sink_sender, sink_events) = mpsc::channel(SINK_EVENTS);
    // At most one pause and one resume of each partition for a turn of the poll loop, and a leave.
    let (command_sender, commands) = crossbeam_channel::unbounded();
    let (due_sender, due) = crossbeam_channel::bounded(ledger::MAX_SEALS);
    let (stop, stopped) = crossbeam_channel::bounded(0);

    let assignment = Arc::new(Assignment::default());
    let deliveries = Arc::new(Deliveries::new(
        Ledger::new(shares.produced_records, shares.produced),
        shares.produced_records,
        sink_sender,
        due_sender,
        Arc::clone(&assignment),
        Arc::clone(&observer),
    ));
    let reporter = Arc::new(Reporter::new("consumer", brokers, Arc::clone(&observer)));
    let context = consumer::Context::new(reporter, Arc::clone(&assignment));
    let consumer = properties::consumer(settings).create_with_context(context)?;
    let source = Source::new(
        settings,
        consumer,
        Arc::clone(&observer),
        event_sender,
        commands,
        Arc::clone(&assignment),
        Arc::clone(&deliveries),
    );
    let committer = Committer {
        consumer: Arc::downgrade(source.consumer()),
        due,
        stop: stopped,
        assignment,
        deliveries: Arc::clone(&deliveries),
        observer: Arc::clone(&observer),
        brokers: brokers.join(","),
    };
    let ready = Arc::new(OnceLock::new());
    let sink = KafkaSink::new(Arc::clone(&ready), Arc::clone(&deliveries));
    let reporter = Arc::new(Reporter::new("producer", brokers, observer));
    let settings = settings.clone();
    let serve_sink = move || match startup::prepare(&settings, &reporter, &deliveries, describes) {
        Ok(Some(prepared)) => {
            let prepared = ready.get_or_init(|| prepared);
            deliveries.set_ready();
            sink::serve(prepared, &deliveries);
        }
        Ok(None) => {}
        Err(message) => deliveries.fail(message),
    };
    let handles = vec![
        ("kafka-source", spawn("kafka-source", move || source.run())?),
        ("kafka-sink", spawn("kafka-sink", serve_sink)?),
        ("kafka-commit", spawn("kafka-commit", move || committer.run())?),
    ];
    let control = KafkaControl::new(command_sender);
    Ok(Connected { source_events, control, sink, sink_events, threads: Threads { handles, stop } })
}

fn spawn(name: &'static str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, ConnectError> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(work).map_err(|source| ConnectError::Thread { name, source })
}
