//! The source: one thread that polls, owns the assignment, and never blocks on the pipeline.
//!
//! librdkafka is polled at least ten times a second whatever the pipeline does. If the channel to the
//! pipeline stays full, fetching is held back on all partitions, and records that librdkafka handed out
//! meanwhile wait in a short outbox. A revoke is a message with a reply: librdkafka waits for our
//! answer while this loop goes on, so commits and other partitions do, too.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context as TaskContext, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer as _;
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::consumer::{Change, Consumer};
use super::control::Command;
use super::membership::Membership;
use super::properties;
use super::publish::Status;
use super::resume::Resume;
use super::severed;
use super::topics::{self, Wanted};
use super::watchdog::Watchdog;
use super::witness::Witness;
use crate::article::Headers;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::observer::Observer;
use crate::pipeline::seam::{Incoming, PartitionId, Position, SourceEvent};
use crate::settings::{GroupProtocol, Settings};

mod rebalance;
mod rejoin;

use rebalance::Draining;
use rejoin::Place;

/// Records on their way from the source to the pipeline.
pub const EVENT_CAPACITY: usize = 64;

/// How long librdkafka may block for news.
const POLL: Duration = Duration::from_millis(100);
/// The same while something else is waited for, too.
const SHORT_POLL: Duration = Duration::from_millis(5);
/// How long the pipeline may leave the channel full before fetching is held back.
const PATIENCE: Duration = Duration::from_millis(100);

/// What the source shares with the other threads.
pub(crate) struct Shared {
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) assignment: Arc<Assignment>,
    pub(crate) status: Arc<Status>,
    pub(crate) watchdog: Arc<Watchdog>,
}

/// The source's thread.
pub(crate) struct Source {
    consumer: Arc<Consumer>,
    observer: Arc<dyn Observer>,
    events: mpsc::Sender<SourceEvent>,
    commands: Receiver<Command>,
    assignment: Arc<Assignment>,
    status: Arc<Status>,
    watchdog: Arc<Watchdog>,
    wanted: Wanted,
    drain_deadline: Duration,
    /// Events that the channel had no room for, oldest first. Records come in only until fetching is
    /// held back, so it stays short.
    outbox: VecDeque<SourceEvent>,
    /// Since when the outbox has something.
    blocked_since: Option<Instant>,
    /// Whether fetching is held back because of the outbox.
    held_back: bool,
    /// What the pipeline paused.
    paused: BTreeSet<PartitionId>,
    /// Our partitions, without the lock of `assignment`, and with their topics' names to share.
    held: BTreeMap<i32, Vec<Position>>,
    draining: Option<Draining>,
    /// Partitions that come in, and where to go on with them is not known yet.
    resuming: Option<Resume>,
    /// `kafka.call_timeout`
    call_timeout: Duration,
    /// Where to begin with a partition of which nothing was ever committed.
    offset_reset: String,
    /// When leaving must be over.
    leave_by: Option<Instant>,
    place: Place,
    witness: Witness,
}

impl Source {
    pub(crate) fn new(
        settings: &Settings,
        consumer: Consumer,
        events: mpsc::Sender<SourceEvent>,
        commands: Receiver<Command>,
        shared: Shared,
    ) -> Self {
        let Shared { observer, assignment, status, watchdog } = shared;
        Self {
            consumer: Arc::new(consumer),
            observer,
            events,
            commands,
            assignment,
            status,
            watchdog,
            wanted: Wanted::input(settings),
            drain_deadline: settings.delivery.drain_deadline,
            outbox: VecDeque::new(),
            blocked_since: None,
            held_back: false,
            paused: BTreeSet::new(),
            held: BTreeMap::new(),
            draining: None,
            resuming: None,
            call_timeout: settings.kafka.call_timeout,
            offset_reset: properties::offset_reset(settings),
            leave_by: None,
            place: Place::new(
                (settings.kafka.protocol == GroupProtocol::Consumer).then(|| Membership::new(Instant::now())),
            ),
            witness: Witness::new(properties::witness(settings)),
        }
    }

    /// The consumer, for the publisher, which must not keep it alive.
    pub(crate) fn consumer(&self) -> &Arc<Consumer> {
        &self.consumer
    }

    /// Runs until told to leave, or until there is no going on.
    pub(crate) fn run(mut self) {
        if let Err(message) = self.serve() {
            tracing::debug!(cause = %message, "the source failed");
            self.outbox.push_back(SourceEvent::Failed { message });
        }
        self.close();
    }

    fn serve(&mut self) -> Result<(), String> {
        let all_there = self.wait_for_topics();
        if self.consumer.context().severed.is_so() {
            return Err(self.severed());
        }
        if !all_there {
            return Ok(());
        }
        self.subscribe()?;
        tracing::info!(topics = ?self.wanted, brokers = %self.consumer.context().reporter.brokers(), "subscribed");
        while !self.has_left() {
            self.observer.polled();
            if self.consumer.context().severed.is_so() {
                return Err(self.severed());
            }
            self.take_commands();
            if !self.flush() {
                continue;
            }
            self.answer_changes()?;
            self.mind_membership()?;
            self.mind_connection()?;
            match self.consumer.clone().poll(self.poll_timeout()) {
                Some(Ok(message)) => self.take(&message),
                Some(Err(error)) => self.check(&error)?,
                None => {}
            }
        }
        Ok(())
    }

    fn subscribe(&mut self) -> Result<(), String> {
        self.place.begin();
        let names: Vec<&str> = self.wanted.names().collect();
        self.consumer.subscribe(&names).map_err(|error| self.message("cannot subscribe", &error))
    }

    fn mind_connection(&mut self) -> Result<(), String> {
        let severed = &self.consumer.context().severed;
        self.witness
            .mind(severed, &self.wanted, Instant::now())
            .map_err(|error| format!("cannot start thread `kafka-witness`: {error}"))
    }

    /// Waits for the broker, the input topics and the sink, and says what is missing. False: leave.
    fn wait_for_topics(&mut self) -> bool {
        let consumer = Arc::clone(&self.consumer);
        let reporter = Arc::clone(&consumer.context().reporter);
        let commands = self.commands.clone();
        let mut left = false;
        let mut pause = |wait: Duration| {
            let deadline = Instant::now() + wait;
            loop {
                self.observer.polled();
                if consumer.context().severed.is_so() {
                    return false;
                }
                let left_over = deadline.saturating_duration_since(Instant::now());
                match commands.recv_timeout(left_over.min(POLL)) {
                    Ok(Command::Leave) | Err(RecvTimeoutError::Disconnected) => {
                        left = true;
                        return false;
                    }
                    Ok(_) => {}
                    Err(RecvTimeoutError::Timeout) if left_over.is_zero() => return true,
                    Err(RecvTimeoutError::Timeout) => {}
                }
            }
        };
        let client = self.consumer.client();
        let serve = || {
            // Nothing is subscribed: this only serves logs and errors, which name the cause.
            drop(self.consumer.poll(Duration::ZERO));
        };
        if topics::wait(client, &self.wanted, &reporter, &serve, &mut pause).is_none() {
            return false;
        }
        while !self.status.ready.load(Ordering::Acquire) {
            serve();
            if self.status.failed.load(Ordering::Acquire) || !pause(Duration::from_millis(10)) {
                return false;
            }
        }
        !left
    }

    fn take_commands(&mut self) {
        while let Ok(command) = self.commands.try_recv() {
            self.obey(command);
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Pause(partition) => {
                if self.paused.insert(partition.clone()) && !self.held_back {
                    self.fetch(&[partition], false);
                }
            }
            Command::Resume(partition) => {
                self.paused.remove(&partition);
                if !self.held_back {
                    self.fetch(&[partition], true);
                }
            }
            Command::Leave => self.leave(),
        }
    }

    fn leave(&mut self) {
        if self.leave_by.is_some() {
            return;
        }
        // Some time beyond the drain's own deadline, for librdkafka to ask for the revoke.
        self.leave_by = Some(Instant::now() + self.drain_deadline + Duration::from_secs(2));
        tracing::debug!("leaving the group");
        self.consumer.unsubscribe();
    }

    /// Whether everything is given back, or must be taken for given back.
    fn has_left(&self) -> bool {
        let Some(deadline) = self.leave_by else { return self.events.is_closed() };
        (self.assignment.is_empty() && self.is_steady()) || Instant::now() >= deadline
    }

    /// Starts or stops fetching of partitions that are ours.
    fn fetch(&self, partitions: &[PartitionId], on: bool) {
        let ours = self.assignment.partitions();
        let list = list(partitions.iter().filter(|partition| ours.contains(partition)));
        if list.count() == 0 {
            return;
        }
        let result = if on { self.consumer.resume(&list) } else { self.consumer.pause(&list) };
        if let Err(error) = result {
            tracing::warn!(%error, on, "fetching could not be changed");
        }
    }

    /// Sends what waits. False: the pipeline had no room, and there is patience left.
    fn flush(&mut self) -> bool {
        while let Some(event) = self.outbox.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(event)) => {
                    self.outbox.push_front(event);
                    break;
                }
                // The pipeline is gone; `has_left` ends the loop.
                Err(mpsc::error::TrySendError::Closed(_)) => {
                    self.outbox.clear();
                    return false;
                }
            }
        }
        if self.outbox.is_empty() {
            self.blocked_since = None;
            if self.held_back {
                self.held_back = false;
                let resumed: Vec<_> = self
                    .assignment
                    .partitions()
                    .into_iter()
                    .filter(|held| !self.paused.contains(held))
                    .collect();
                self.fetch(&resumed, true);
            }
            return true;
        }
        let since = *self.blocked_since.get_or_insert_with(Instant::now);
        if self.held_back {
            return true;
        }
        if self.draining.is_none() && since.elapsed() < PATIENCE {
            wait_for_room(&self.events, SHORT_POLL);
            return false;
        }
        self.held_back = true;
        self.fetch(&self.assignment.partitions(), false);
        true
    }

    fn poll_timeout(&self) -> Duration {
        let waiting =
            self.place.rejoining || !self.is_steady() || !self.outbox.is_empty() || !self.paused.is_empty();
        if waiting || self.leave_by.is_some() { SHORT_POLL } else { POLL }
    }

    fn take(&mut self, message: &BorrowedMessage<'_>) {
        self.consumer.context().reporter.healthy();
        let number = message.partition();
        let found = self.held.get(&number).and_then(|held| {
            held.iter().find(|position| position.partition.topic.as_ref() == message.topic())
        });
        // Of a partition that is no longer ours, or about to go: its next owner reads it.
        let Some(held) = found else { return };
        let record = Incoming {
            position: Position { offset: message.offset(), ..held.clone() },
            timestamp_ms: message.timestamp().to_millis(),
            key: message.key().map(Bytes::copy_from_slice),
            value: message.payload().map(Bytes::copy_from_slice),
            headers: headers(message),
        };
        self.send(SourceEvent::Record(record));
    }

    /// Sends an event, after those that already wait.
    fn send(&mut self, event: SourceEvent) {
        if !self.outbox.is_empty() {
            self.outbox.push_back(event);
            return;
        }
        match self.events.try_send(event) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(event)) => self.outbox.push_back(event),
            Err(mpsc::error::TrySendError::Closed(_)) => {}
        }
    }

    fn check(&mut self, error: &KafkaError) -> Result<(), String> {
        match error {
            KafkaError::MessageConsumptionFatal(_) => Err(self.message("the consumer cannot go on", error)),
            // Logged, with its cause, by the error callback; librdkafka tries again by itself.
            _ => Ok(()),
        }
    }

    fn severed(&self) -> String {
        format!(
            "the consumer cannot go on (brokers {}): {}",
            self.consumer.context().reporter.brokers(),
            severed::CAUSE
        )
    }

    fn message(&self, what: &str, error: &KafkaError) -> String {
        let reporter = &self.consumer.context().reporter;
        let cause = match self.consumer.client().fatal_error() {
            Some((_, cause)) => cause,
            None => reporter.cause_or(error),
        };
        format!("{what} (brokers {}, topics {:?}): {cause}", reporter.brokers(), self.wanted)
    }

    /// Leaves the group. What librdkafka still asks for is answered at once: nobody is left to drain it.
    fn close(mut self) {
        let rest = self.assignment.partitions();
        if !rest.is_empty() {
            self.assignment.remove(&rest);
            self.outbox.push_back(SourceEvent::Lost { partitions: rest });
        }
        let context = Arc::clone(self.consumer.context());
        context.closing.store(true, Ordering::Release);
        if let Some(draining) = self.draining.take() {
            self.make(&draining.change);
        }
        if let Some(resume) = self.resuming.take() {
            self.make(&Change::Assign(resume.at_the_end()));
        }
        while let Some(change) = context.next_change() {
            self.make(&change);
        }
        let Self { consumer, events, mut outbox, .. } = self;
        drop(consumer);
        tracing::debug!("the source has ended");
        let deadline = Instant::now() + Duration::from_secs(1);
        while let Some(event) = outbox.pop_front() {
            if let Err(mpsc::error::TrySendError::Full(event)) = events.try_send(event) {
                if Instant::now() >= deadline {
                    break;
                }
                outbox.push_front(event);
                wait_for_room(&events, SHORT_POLL);
            }
        }
    }
}

fn headers(message: &BorrowedMessage<'_>) -> Headers {
    let Some(headers) = message.headers() else { return Headers::new() };
    headers.iter().map(|header| (header.key.to_owned(), header.value.map(Bytes::copy_from_slice))).collect()
}

fn list<'a>(partitions: impl Iterator<Item = &'a PartitionId>) -> TopicPartitionList {
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        list.add_partition(&partition.topic, partition.number);
    }
    list
}

/// Parks the thread until the channel has room, at most for `longest`.
fn wait_for_room(events: &mpsc::Sender<SourceEvent>, longest: Duration) {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut room = pin!(events.reserve());
    if room.as_mut().poll(&mut TaskContext::from_waker(&waker)).is_pending() {
        std::thread::park_timeout(longest);
    }
}
