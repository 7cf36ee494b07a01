//! The CPU pool: threads that work on both stages of any record.
//!
//! Two queues, one a stage. A free thread takes from the later queue first, so that a record that was
//! begun is finished before another is begun, and from the earlier one otherwise: no thread is idle
//! while any stage has work. The later queue never holds more than one record a thread.
//!
//! A record's span (`record`, with topic, partition, offset and id; children `normalize` and `tag`)
//! is at info level, on by default: it costs some 2 µs while nothing is written in it, and a few nanoseconds
//! where `log.level` leaves it out.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded, select_biased};
use tokio::sync::mpsc;
use tracing::Span;

use super::clock::Clock;
use super::machine::{Completion, Outcome, Work};
use super::observer::{Observer, Queue};
use super::stages::Stages;
use crate::article::{Rejection, StageName};
use crate::budget::Budget;

/// The pool. Dropping it ends its threads once each has finished the stage it is in.
#[derive(Debug)]
pub struct Pool {
    work: Sender<Work>,
    /// Just to look at how full it is.
    waiting_for_tag: Arc<dyn Depth>,
    /// Raised on drop: what waits is not worked on any more.
    stopped: Arc<AtomicBool>,
    workers: usize,
}

trait Depth: Send + Sync + std::fmt::Debug {
    fn depth(&self) -> usize;
}

impl<T: Send> Depth for Receiver<T> {
    fn depth(&self) -> usize {
        self.len()
    }
}

/// The pool has as much work as it was made for.
#[derive(Debug)]
pub struct PoolFull(pub Work);

/// Between the stages.
struct Normalized<N> {
    work: Work,
    article: N,
    budget: Budget,
    span: Span,
}

struct Worker<S: Stages> {
    stages: Arc<S>,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    steps: u64,
    work: Receiver<Work>,
    to_tag: Sender<Normalized<S::Normalized>>,
    tag: Receiver<Normalized<S::Normalized>>,
    done: mpsc::Sender<Completion>,
    stopped: Arc<AtomicBool>,
}

impl Pool {
    /// A pool of `workers` threads that holds up to `capacity` records; each record may spend `steps`.
    ///
    /// The receiver gets one completion for each accepted work.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn start<S: Stages>(
        stages: &Arc<S>,
        workers: usize,
        capacity: usize,
        steps: u64,
        clock: &Arc<dyn Clock>,
        observer: &Arc<dyn Observer>,
    ) -> std::io::Result<(Self, mpsc::Receiver<Completion>)> {
        let threads = workers.max(1);
        let (submit, work) = bounded(capacity.max(1));
        let (to_tag, tag) = bounded(threads);
        let (done, completions) = mpsc::channel(capacity.max(1));
        let stopped = Arc::new(AtomicBool::new(false));
        for number in 0..threads {
            let worker = Worker {
                stages: Arc::clone(stages),
                clock: Arc::clone(clock),
                observer: Arc::clone(observer),
                steps,
                work: work.clone(),
                to_tag: to_tag.clone(),
                tag: tag.clone(),
                done: done.clone(),
                stopped: Arc::clone(&stopped),
            };
            thread::Builder::new().name(format!("stage-{number}")).spawn(move || worker.run())?;
        }
        let pool = Self { work: submit, waiting_for_tag: Arc::new(tag), stopped, workers: threads };
        Ok((pool, completions))
    }

    /// Takes a record; never blocks.
    ///
    /// # Errors
    /// [`PoolFull`] gives it back: more than the pool's capacity was handed in.
    pub fn submit(&self, work: Work) -> Result<(), PoolFull> {
        self.work.try_send(work).map_err(|refused| match refused {
            TrySendError::Full(work) | TrySendError::Disconnected(work) => PoolFull(work),
        })
    }

    /// Records that wait for the first stage.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.work.len()
    }

    /// Tells how full the queues are.
    pub fn report(&self, observer: &dyn Observer) {
        observer.queue_depth(Queue::Normalize, self.work.len(), self.work.capacity().unwrap_or(0));
        observer.queue_depth(Queue::Tag, self.waiting_for_tag.depth(), self.workers);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

// === impl Worker ===

impl<S: Stages> Worker<S> {
    fn run(self) {
        loop {
            if let Ok(normalized) = self.tag.try_recv() {
                self.tag(normalized);
                continue;
            }
            match self.work.try_recv() {
                Ok(work) => {
                    self.normalize(work);
                    continue;
                }
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) => {}
            }
            select_biased! {
                recv(self.tag) -> normalized => if let Ok(normalized) = normalized { self.tag(normalized) },
                recv(self.work) -> work => match work {
                    Ok(work) => self.normalize(work),
                    Err(_) => return,
                },
            }
        }
    }

    fn normalize(&self, work: Work) {
        if !work.wanted.load(Ordering::Relaxed) || self.stopped.load(Ordering::Relaxed) {
            self.finish(work, Outcome::Skipped);
            return;
        }
        let span = record_span(&work);
        let mut budget = Budget::new(self.steps);
        let result = {
            let _in_stage = tracing::info_span!(parent: &span, "normalize").entered();
            self.guard(StageName::Normalize, || self.stages.normalize(&work.incoming, &mut budget))
        };
        match result {
            Err(rejection) => self.finish(work, Outcome::Rejected(rejection)),
            Ok(article) => {
                if !span.is_disabled()
                    && let Some(id) = self.stages.id(&article)
                {
                    span.record("id", id);
                }
                let normalized = Normalized { work, article, budget, span };
                match self.to_tag.try_send(normalized) {
                    Ok(()) => {}
                    // Each thread empties the later queue before it adds to it, so this is not met;
                    // and if it were, the work would still be done.
                    Err(TrySendError::Full(back) | TrySendError::Disconnected(back)) => self.tag(back),
                }
            }
        }
    }

    fn tag(&self, normalized: Normalized<S::Normalized>) {
        let Normalized { work, article, mut budget, span } = normalized;
        if !work.wanted.load(Ordering::Relaxed) {
            self.finish(work, Outcome::Skipped);
            return;
        }
        let result = {
            let _in_stage = tracing::info_span!(parent: &span, "tag").entered();
            self.guard(StageName::Tag, || self.stages.tag(&work.incoming, article, &mut budget))
        };
        match result {
            Ok(finished) => self.finish(work, Outcome::Finished(finished)),
            Err(rejection) => self.finish(work, Outcome::Rejected(rejection)),
        }
    }

    /// Runs a stage; a panic in it rejects the record and nothing else.
    fn guard<T>(
        &self,
        stage: StageName,
        work: impl FnOnce() -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let began = self.clock.now();
        // Nothing that a stage may leave half-done is looked at again: its budget, its article and
        // its output are dropped with the record.
        let result = catch_unwind(AssertUnwindSafe(work));
        self.observer.stage_took(stage, self.clock.now().saturating_sub(began));
        result.unwrap_or_else(|payload| Err(Rejection::panicked(stage, panic_message(&*payload))))
    }

    fn finish(&self, work: Work, outcome: Outcome) {
        let Work { ticket, incoming, .. } = work;
        // Fails only when the pipeline has ended: nobody waits for it then.
        drop(self.done.blocking_send(Completion { ticket, incoming, outcome }));
    }
}

fn record_span(work: &Work) -> Span {
    let position = &work.incoming.position;
    tracing::info_span!(
        parent: None,
        "record",
        topic = &*position.partition.topic,
        partition = position.partition.number,
        offset = position.offset,
        id = tracing::field::Empty,
    )
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// One a core, if the settings say nothing.
#[must_use]
pub fn default_workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use crossbeam_channel::unbounded;

    use super::*;
    use crate::pipeline::clock::TestClock;
    use crate::pipeline::machine::{Limits, Machine, Order, Sealing};
    use crate::pipeline::observer::Unobserved;
    use crate::pipeline::seam::{Epoch, Incoming, PartitionId, Position};
    use crate::publish::Finished;

    /// Tagging record 0 and normalizing record 1 wait for each other.
    struct Meeting {
        tagging: (Sender<()>, Receiver<()>),
        normalizing: (Sender<()>, Receiver<()>),
    }

    impl Meeting {
        fn meet(here: &Sender<()>, there: &Receiver<()>, stage: StageName) -> Result<(), Rejection> {
            here.send(()).unwrap();
            let met = there.recv_timeout(Duration::from_secs(20));
            met.map_err(|error| Rejection::new(stage, "alone", error.to_string()))
        }
    }

    impl Stages for Meeting {
        type Normalized = ();

        fn normalize(&self, incoming: &Incoming, _: &mut Budget) -> Result<(), Rejection> {
            if incoming.position.offset == 1 {
                Self::meet(&self.normalizing.0, &self.tagging.1, StageName::Normalize)?;
            }
            Ok(())
        }

        fn tag(&self, incoming: &Incoming, (): (), _: &mut Budget) -> Result<Finished, Rejection> {
            if incoming.position.offset == 0 {
                Self::meet(&self.tagging.0, &self.normalizing.1, StageName::Tag)?;
            }
            Ok(Finished { key: None, value: Some(Bytes::new()), headers: Vec::new() })
        }
    }

    fn work(offsets: std::ops::Range<i64>) -> (Machine, Vec<Work>) {
        let limits =
            Limits { records: 100, bytes: 1 << 20, partition_records: 100, partition_bytes: 1 << 20 };
        let sealing = Sealing::each(Duration::from_millis(100));
        let mut machine = Machine::new(limits, sealing, Duration::from_secs(1), Arc::new(Unobserved));
        let partition = PartitionId::new("raw", 0);
        machine.assigned(Epoch(1), vec![partition.clone()]);
        for offset in offsets {
            let position = Position { partition: partition.clone(), epoch: Epoch(1), offset };
            let incoming =
                Incoming { position, timestamp_ms: None, key: None, value: None, headers: Vec::new() };
            machine.record(incoming, Duration::ZERO);
        }
        let mut submitted = Vec::new();
        while let Some(order) = machine.next_order() {
            if let Order::Submit(work) = order {
                submitted.push(work);
            }
        }
        (machine, submitted)
    }

    fn meeting_pool(workers: usize, capacity: usize) -> (Pool, mpsc::Receiver<Completion>) {
        let stages = Arc::new(Meeting { tagging: unbounded(), normalizing: unbounded() });
        let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
        let observer: Arc<dyn Observer> = Arc::new(Unobserved);
        Pool::start(&stages, workers, capacity, 1000, &clock, &observer).unwrap()
    }

    #[test]
    fn both_stages_work_at_the_same_time_on_different_records() {
        let (pool, mut completions) = meeting_pool(2, 10);
        for submitted in work(0..2).1 {
            pool.submit(submitted).unwrap();
        }
        for _ in 0..2 {
            let outcome = completions.blocking_recv().unwrap().outcome;
            assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
        }
    }

    #[test]
    fn work_that_nobody_waits_for_is_not_started() {
        let (pool, mut completions) = meeting_pool(1, 10);
        let (mut machine, submitted) = work(1..2);
        machine.lost(&[PartitionId::new("raw", 0)]);
        for unwanted in submitted {
            pool.submit(unwanted).unwrap();
        }
        assert!(matches!(completions.blocking_recv().unwrap().outcome, Outcome::Skipped));
    }

    #[test]
    fn a_full_pool_gives_the_work_back() {
        let (pool, _completions) = meeting_pool(1, 1);
        // One is on the thread, waiting for a tagging that never comes; one waits; one is too many.
        let returned = work(1..4).1.into_iter().filter_map(|submitted| pool.submit(submitted).err()).count();
        assert!(returned >= 1, "{returned}");
    }
}
