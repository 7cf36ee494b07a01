//! The driver: connects source, pool, sink and clock to the state machine.
//!
//! One tokio task owns the [`Machine`]. It takes what has come in batches, lets the machine decide,
//! and carries out its orders; nothing in it blocks, and every channel it reads is bounded.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::sync::{mpsc, oneshot};

use super::clock::Clock;
use super::machine::{Completion, Counts, Limits, Machine, Order, RevocationId, Sealing};
use super::observer::{Observer, Queue};
use super::pool::{Pool, PoolFull, default_workers};
use super::seam::{Sink, SinkEvent, SourceControl, SourceEvent};
use super::stages::Stages;
use crate::settings::Settings;

/// The most events taken in one go, so that no side waits long for the others.
const BATCH: usize = 256;

/// How often gauges are reported.
const REPORT_EVERY: Duration = Duration::from_millis(250);

/// Records that wait for each worker of the pool, from which on the driver lets events gather: waking up
/// for each one would cost more than all that it does for it.
const PLENTY: usize = 32;
/// How long events may gather: far less than the workers need for what waits.
const GATHER: Duration = Duration::from_millis(1);

/// The pipeline's four connections to a broker.
#[derive(Debug)]
pub struct Ends<C, K> {
    /// From the source; bounded.
    pub source_events: mpsc::Receiver<SourceEvent>,
    /// To the source.
    pub control: C,
    /// From the sink; bounded.
    pub sink_events: mpsc::Receiver<SinkEvent>,
    /// To the sink.
    pub sink: K,
}

/// How the pipeline runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// What may be in flight.
    pub limits: Limits,
    /// When it is sealed.
    pub sealing: Sealing,
    /// How long a revocation, or the end, may wait.
    pub drain_deadline: Duration,
    /// Threads of the pool.
    pub workers: usize,
    /// Counted steps that one record may cost.
    pub steps: u64,
}

impl Options {
    /// As the settings say; one worker a core where they leave it open.
    #[must_use]
    pub fn from_settings(settings: &Settings) -> Self {
        Self {
            limits: Limits::cut_from(&settings.limits),
            sealing: Sealing {
                interval: settings.delivery.commit_interval,
                records: settings.delivery.batch_records,
                bytes: settings.delivery.batch_bytes,
            },
            drain_deadline: settings.delivery.drain_deadline,
            workers: settings.limits.workers.unwrap_or_else(default_workers),
            steps: settings.limits.steps,
        }
    }
}

/// How a run ended, in good order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// What was done.
    pub counts: Counts,
    /// Whether everything complete was published and committed before the deadline.
    pub drained: bool,
}

/// Why a run ended by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The source is not coming back.
    #[error("the source failed: {0}")]
    Source(String),
    /// The sink is not coming back.
    #[error("the sink failed: {0}")]
    Sink(String),
    /// The operating system gave no thread.
    #[error("expected {workers} threads for the stages: {cause}")]
    Threads {
        /// How many were asked for.
        workers: usize,
        /// What it said.
        cause: String,
    },
    /// The pool was handed more than its limit, or has ended.
    #[error("the pool of stages did not take a record within the limits")]
    Pool,
}

/// Runs the pipeline until `shutdown` resolves and everything is drained (or the drain deadline has
/// passed), or until an end fails.
///
/// # Errors
/// [`Stopped`] says which end failed and why. What was not committed will be read again.
pub async fn run<S, C, K>(
    stages: Arc<S>,
    ends: Ends<C, K>,
    options: Options,
    observer: Arc<dyn Observer>,
    clock: Arc<dyn Clock>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<Summary, Stopped>
where
    S: Stages,
    C: SourceControl,
    K: Sink,
{
    let Options { limits, sealing, drain_deadline, workers, steps } = options;
    let (pool, mut completions) = Pool::start(&stages, workers, limits.records, steps, &clock, &observer)
        .map_err(|error| Stopped::Threads { workers, cause: error.to_string() })?;
    let Ends { mut source_events, control, mut sink_events, sink } = ends;
    let mut driver = Driver {
        machine: Machine::new(limits, sealing, drain_deadline, Arc::clone(&observer)),
        pool,
        control,
        sink,
        replies: FxHashMap::default(),
        observer,
        clock,
        next_report: Duration::ZERO,
        leave_until: None,
    };
    let mut done: Vec<Completion> = Vec::with_capacity(BATCH);
    let mut delivered: Vec<SinkEvent> = Vec::with_capacity(BATCH);
    let mut source_ended = false;
    tokio::pin!(shutdown);
    loop {
        let wake = driver.turn(source_events.len(), source_events.max_capacity())?;
        if let Some(deadline) = driver.leave_until {
            let drained = source_ended && driver.machine.is_drained();
            if drained || driver.clock.now() >= deadline {
                return Ok(driver.end(drained));
            }
        } else if source_ended {
            return Err(Stopped::Source("it ended without being asked to".to_owned()));
        }
        if driver.pool.waiting() >= PLENTY * workers {
            tokio::time::sleep(GATHER).await;
            // All that gathered, so that none of the ends waits for another below.
            while let Ok(event) = sink_events.try_recv() {
                driver.sink_event(event)?;
            }
            while let Ok(completion) = completions.try_recv() {
                driver.machine.completed(completion);
            }
        }
        let wants_events = driver.machine.wants_events() && !source_ended;
        tokio::select! {
            biased;
            () = &mut shutdown, if driver.leave_until.is_none() => {
                driver.control.leave();
                driver.leave_until = Some(driver.clock.now() + drain_deadline);
            }
            taken = sink_events.recv_many(&mut delivered, BATCH) => {
                if taken == 0 {
                    return Err(Stopped::Sink("it ended without being asked to".to_owned()));
                }
                for event in delivered.drain(..) {
                    driver.sink_event(event)?;
                }
            }
            taken = completions.recv_many(&mut done, BATCH) => {
                if taken == 0 {
                    return Err(Stopped::Pool);
                }
                for completion in done.drain(..) {
                    driver.machine.completed(completion);
                }
            }
            event = source_events.recv(), if wants_events => match event {
                None => source_ended = true,
                Some(first) => {
                    driver.source_event(first)?;
                    for _ in 1..BATCH {
                        if !driver.machine.wants_events() {
                            break;
                        }
                        let Ok(event) = source_events.try_recv() else { break };
                        driver.source_event(event)?;
                    }
                }
            },
            () = tokio::time::sleep(wake) => {}
        }
    }
}

struct Driver<C, K> {
    machine: Machine,
    pool: Pool,
    control: C,
    sink: K,
    /// Of revocations that drain; the source sends one at a time.
    replies: FxHashMap<RevocationId, oneshot::Sender<()>>,
    observer: Arc<dyn Observer>,
    clock: Arc<dyn Clock>,
    next_report: Duration,
    /// Set once the worker is leaving.
    leave_until: Option<Duration>,
}

impl<C: SourceControl, K: Sink> Driver<C, K> {
    /// Publishes what is due and carries out all orders; gives how long nothing is due.
    fn turn(&mut self, queued: usize, queue_capacity: usize) -> Result<Duration, Stopped> {
        let now = self.clock.now();
        self.machine.tick(now);
        self.machine.publish(&mut self.sink, now);
        while let Some(order) = self.machine.next_order() {
            self.carry_out(order)?;
        }
        if now >= self.next_report {
            self.next_report = now + REPORT_EVERY;
            self.machine.report();
            self.pool.report(&*self.observer);
            self.observer.queue_depth(Queue::Source, queued, queue_capacity);
        }
        let due = self.machine.next_wake().into_iter().chain(self.leave_until).min();
        let wake = due.unwrap_or(self.next_report).min(self.next_report);
        Ok(wake.saturating_sub(now).max(Duration::from_millis(1)))
    }

    fn carry_out(&mut self, order: Order) -> Result<(), Stopped> {
        match order {
            Order::Submit(work) => self.pool.submit(work).map_err(|PoolFull(_)| Stopped::Pool)?,
            Order::Pause(partition) => self.control.pause(&partition),
            Order::Resume(partition) => self.control.resume(&partition),
            Order::Reply(revocation) => {
                let waiting = self.replies.remove(&revocation);
                if waiting.is_some_and(|drained| drained.send(()).is_err()) {
                    tracing::debug!("the source did not wait for the end of the drain");
                }
            }
        }
        Ok(())
    }

    fn source_event(&mut self, event: SourceEvent) -> Result<(), Stopped> {
        let now = self.clock.now();
        match event {
            SourceEvent::Record(incoming) => self.machine.record(incoming, now),
            SourceEvent::Assigned { epoch, partitions } => {
                // The source tells the log of rebalances: it knows the names, and whether they went well.
                tracing::debug!(epoch = epoch.0, partitions = partitions.len(), "assigned");
                self.machine.assigned(epoch, partitions);
            }
            SourceEvent::Revoking { partitions, drained } => {
                tracing::debug!(partitions = partitions.len(), "revoking");
                let id = self.machine.revoking(&partitions, now);
                self.replies.insert(id, drained);
            }
            SourceEvent::Lost { partitions } => {
                tracing::debug!(partitions = partitions.len(), "lost");
                self.machine.lost(&partitions);
            }
            SourceEvent::Failed { message } => return Err(Stopped::Source(message)),
        }
        Ok(())
    }

    fn sink_event(&mut self, event: SinkEvent) -> Result<(), Stopped> {
        match event {
            SinkEvent::Room => self.machine.room_in_sink(),
            SinkEvent::Refused { record, code, message } => self.machine.refused(&record, code, &message),
            SinkEvent::Sealed { id, lost } => {
                self.machine.sealed(id, &lost, self.clock.now(), self.clock.unix_ms());
            }
            SinkEvent::Stale { id } => self.machine.stale(id, self.clock.now()),
            SinkEvent::Failed { message } => return Err(Stopped::Sink(message)),
        }
        Ok(())
    }

    fn end(self, drained: bool) -> Summary {
        self.machine.report();
        if !drained {
            tracing::warn!("the drain deadline passed at the end: what is not committed will be read again");
        }
        Summary { counts: self.machine.counts(), drained }
    }
}
