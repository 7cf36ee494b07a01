//! The publisher: what the pipeline produced becomes visible in whole units, or not at all.
//!
//! It holds every record until the transaction that it is part of is committed, so that an aborted one
//! can be done again from memory. It does no input or output of its own: orders come in through
//! [`Publisher::order`], and each [`Publisher::step`] makes at most one call to the [`Producer`] that may
//! block. So the model in `tests/pipeline_model.rs` can let anything happen between two calls.
//!
//! What holds at every moment:
//!
//! - **One atom.** Records, dead letters and offsets of a unit are in one transaction.
//! - **Only ours.** A transaction that holds a record of a partition that is not ours any more is aborted.
//!   The membership is asked for first, then the partitions are looked at, then the offsets are offered:
//!   whatever changes in between is refused by the broker.
//! - **No doubt.** When it is not known whether a commit went through, nothing is sent again by this
//!   process: the same commit is tried again, and if that cannot be, the worker ends and the next one
//!   reads on from what is committed.
//! - **No loop.** A refused batch is sent again one record at a time, and each round of that finds a guilty
//!   record or leaves fewer suspects.

mod producer;
mod queue;
mod troubles;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

pub use producer::{Failure, Fault, Handed, Producer, Refusal, Report};

pub use crate::settings::RefusedLetter;

use self::queue::{Queue, State};
use self::troubles::{Backoff, Trouble};
use super::observer::Observer;
use super::seam::{Destination, Epoch, NextOffset, Outgoing, PartitionId, Seal, SinkEvent};

/// Records handed to the producer in one step.
const HANDFUL: usize = 64;
/// How long a step waits for reports.
const REPORTS: Duration = Duration::from_millis(2);

/// What the publisher does in the cases that are a matter of taste.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// `dead_letter.on_refusal`
    pub refused_letter: RefusedLetter,
    /// `delivery.record_attempts`: how often a record may fail by itself, for causes that may pass, until
    /// it becomes a dead letter.
    pub record_attempts: u32,
}

/// Code of a record that failed as often as `delivery.record_attempts` allows.
pub const OUTPUT_FAILED: &str = "output_failed";

/// An order from the pipeline.
#[derive(Debug)]
pub enum Order {
    /// Publish a record.
    Produce(Outgoing),
    /// Make what was ordered so far durable.
    Seal(Seal),
}

/// When the next step is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// At once.
    Now,
    /// After the next order, or change of the assignment.
    Order,
    /// After about so long: something failed that may pass.
    Pause(Duration),
    /// Never: the worker has to end, with this cause.
    End(Fault),
}

/// Where the publisher stands.
#[derive(Debug)]
enum Phase<M> {
    /// Nothing was assigned yet, or the producer is not ready.
    New,
    /// No transaction is open.
    Idle,
    /// Records go into the open transaction.
    Open,
    /// All records of the unit are in, and this is who we were before we look at the partitions.
    Vouched(M),
    /// The offsets are in.
    Offered {
        /// How often a commit was tried with no answer: it may have gone through.
        doubts: u32,
    },
    /// The transaction has to be taken back.
    Spoilt(Trouble),
    /// The topics have to be looked at.
    Review,
    /// The producer has to be made anew.
    Renew,
}

/// The publisher. See the module.
pub struct Publisher<M> {
    queue: Queue,
    phase: Phase<M>,
    /// Something was assigned: there may be a predecessor's transaction to abort.
    was_assigned: bool,
    /// Sent and not reported.
    outstanding: usize,
    /// What is outstanding is a suspect, alone.
    alone: bool,
    /// Whose records the transaction holds.
    touched: Vec<(PartitionId, Epoch)>,
    backoff: Backoff,
    policy: Policy,
    events: VecDeque<SinkEvent>,
    reports: Vec<Report>,
    observer: Arc<dyn Observer>,
}

impl<M> Publisher<M> {
    /// A publisher that holds nothing.
    #[must_use]
    pub fn new(policy: Policy, observer: Arc<dyn Observer>) -> Self {
        Self {
            queue: Queue::default(),
            phase: Phase::New,
            was_assigned: false,
            outstanding: 0,
            alone: false,
            touched: Vec::new(),
            backoff: Backoff::default(),
            policy,
            events: VecDeque::new(),
            reports: Vec::new(),
            observer,
        }
    }

    /// Takes an order. What is held is bounded by what the pipeline has in flight.
    pub fn order(&mut self, order: Order) {
        match order {
            Order::Produce(record) => self.queue.push(record),
            Order::Seal(seal) => self.queue.seal(seal),
        }
    }

    /// Partitions were assigned for the first time: only now may a predecessor be fenced, since a worker
    /// that the group refuses has no business with it.
    pub fn assigned(&mut self) {
        self.was_assigned = true;
    }

    /// What the pipeline has to know.
    pub fn next_event(&mut self) -> Option<SinkEvent> {
        self.events.pop_front()
    }

    /// How many records are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.queue.len()
    }

    /// Whether a transaction is open, or may be.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::New | Phase::Idle | Phase::Review)
    }

    /// Does the next thing that there is to do.
    pub fn step<P: Producer<Membership = M>>(&mut self, producer: &mut P) -> Next {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::New => self.init(producer),
            Phase::Idle => self.begin(producer),
            Phase::Open => self.fill(producer),
            Phase::Vouched(membership) => self.offer(producer, &membership),
            Phase::Offered { doubts } => self.commit(producer, doubts),
            Phase::Spoilt(trouble) => self.abort(producer, trouble),
            Phase::Review => self.review(producer),
            Phase::Renew => self.renew(producer),
        }
    }

    fn init<P: Producer<Membership = M>>(&mut self, producer: &mut P) -> Next {
        self.phase = Phase::New;
        if !self.was_assigned {
            return Next::Order;
        }
        match producer.init() {
            Ok(()) => {
                self.phase = Phase::Idle;
                self.recovered();
                Next::Now
            }
            Err(fault @ (Fault::Fenced(_) | Fault::Fatal(_) | Fault::Expired(_))) => self.end(fault),
            Err(Fault::Retry(cause) | Fault::Abort(cause)) => self.pause(&cause),
        }
    }

    fn begin<P: Producer<Membership = M>>(&mut self, producer: &mut P) -> Next {
        self.queue.drop_where(|position| !producer.holds(&position.partition, position.epoch));
        let has_records = self.queue.has_live_records();
        if !has_records {
            let Some(seal) = self.queue.closing_seal() else {
                self.queue.forget_dropped();
                return Next::Order;
            };
            if !seal.offsets.iter().any(|next| producer.holds(&next.partition, next.epoch)) {
                self.answer(&[]);
                return Next::Now;
            }
        }
        self.touched.clear();
        match producer.begin() {
            Ok(()) => {
                self.phase = Phase::Open;
                Next::Now
            }
            Err(fault) => self.failed(fault),
        }
    }

    /// Sends records and takes reports until the unit is complete.
    fn fill<P: Producer<Membership = M>>(&mut self, producer: &mut P) -> Next {
        self.phase = Phase::Open;
        if self.has_lost(producer) {
            return self.spoil(Trouble::Lost);
        }
        let mut sent = 0;
        while sent < HANDFUL {
            match self.send_next(producer) {
                Ok(true) => sent += 1,
                Ok(false) => break,
                Err(fault) => return self.failed(fault),
            }
        }
        if !matches!(self.phase, Phase::Open) {
            return Next::Now;
        }
        if self.outstanding > 0 {
            // With more to send there is no time to wait.
            let wait = if sent == HANDFUL { Duration::ZERO } else { REPORTS };
            let mut reports = std::mem::take(&mut self.reports);
            producer.reports(wait, &mut reports);
            let trouble = self.take_reports(&reports);
            reports.clear();
            self.reports = reports;
            if let Some(trouble) = trouble {
                return self.spoil(trouble);
            }
        }
        if self.outstanding > 0 || sent > 0 {
            return Next::Now;
        }
        if self.queue.is_unanswered() {
            return Next::Order;
        }
        if self.queue.next_waiting().is_some() {
            return Next::Now;
        }
        if self.queue.closing_seal().is_none() {
            return Next::Order;
        }
        match producer.membership() {
            Ok(membership) => {
                self.phase = Phase::Vouched(membership);
                Next::Now
            }
            Err(fault) => self.failed(fault),
        }
    }

    /// Sends the next record; false if none can be sent now.
    fn send_next<P: Producer<Membership = M>>(&mut self, producer: &mut P) -> Result<bool, Fault> {
        if self.alone && self.outstanding > 0 {
            return Ok(false);
        }
        let Some((_, held)) = self.queue.next_waiting() else { return Ok(false) };
        if held.record.destination == Destination::DeadLetter {
            let position = held.record.position.clone();
            if self.queue.waits_for_letter(&position) {
                return Ok(false);
            }
        }
        let Some((sequence, held)) = self.queue.next_waiting() else { return Ok(false) };
        if !producer.holds(&held.record.position.partition, held.record.position.epoch) {
            held.state = State::Dropped;
            return Ok(true);
        }
        if held.suspect && self.outstanding > 0 {
            return Ok(false);
        }
        if let Some(refusal) = producer.unfit(&held.record) {
            let Some(trouble) = self.refused(sequence, refusal) else { return Ok(true) };
            self.phase = Phase::Spoilt(trouble);
            return Ok(false);
        }
        let alone = held.suspect;
        if producer.send(sequence, &held.record)? == Handed::Full {
            return Ok(false);
        }
        held.state = State::Sent;
        let position = &held.record.position;
        let known = |(partition, epoch): &(PartitionId, Epoch)| {
            *epoch == position.epoch && *partition == position.partition
        };
        if !self.touched.iter().any(known) {
            self.touched.push((position.partition.clone(), position.epoch));
        }
        self.alone = alone;
        self.outstanding += 1;
        Ok(true)
    }

    /// Whether the transaction holds something that is not ours any more.
    fn has_lost<P: Producer<Membership = M>>(&self, producer: &P) -> bool {
        self.touched.iter().any(|(partition, epoch)| !producer.holds(partition, *epoch))
    }

    fn offer<P: Producer<Membership = M>>(&mut self, producer: &mut P, membership: &M) -> Next {
        if self.has_lost(producer) {
            return self.spoil(Trouble::Lost);
        }
        let Some(seal) = self.queue.closing_seal() else { return Next::Now };
        let ours: Vec<NextOffset> =
            seal.offsets.iter().filter(|next| producer.holds(&next.partition, next.epoch)).cloned().collect();
        let covered = |(partition, epoch): &(PartitionId, Epoch)| {
            ours.iter().any(|next| next.epoch == *epoch && next.partition == *partition)
        };
        if !self.touched.iter().all(covered) {
            // The pipeline has given a partition up, and the source is about to: not ours to publish.
            return self.spoil(Trouble::Fault("a partition is about to go".to_owned()));
        }
        match producer.offer(membership, &ours) {
            Ok(()) => {
                self.phase = Phase::Offered { doubts: 0 };
                Next::Now
            }
            Err(Fault::Retry(cause)) => self.spoil(Trouble::Fault(cause)),
            Err(fault) => self.failed(fault),
        }
    }

    fn commit<P: Producer<Membership = M>>(&mut self, producer: &mut P, doubts: u32) -> Next {
        match producer.commit() {
            Ok(committed) => {
                self.recovered();
                self.answer(&committed);
                Next::Now
            }
            Err(Fault::Retry(cause)) => {
                self.phase = Phase::Offered { doubts: doubts.saturating_add(1) };
                self.pause(&cause)
            }
            Err(Fault::Abort(cause)) if doubts == 0 => self.spoil(Trouble::Fault(cause)),
            Err(Fault::Abort(cause) | Fault::Expired(cause)) => self
                .end(Fault::Fatal(format!("it is not known whether the last commit went through: {cause}"))),
            Err(fault) => self.end(fault),
        }
    }

    fn review<P: Producer<Membership = M>>(&mut self, producer: &mut P) -> Next {
        match producer.review() {
            Ok(()) => Next::Now,
            Err(Fault::Retry(cause) | Fault::Abort(cause)) => {
                self.phase = Phase::Review;
                self.pause(&cause)
            }
            Err(Fault::Expired(_)) => {
                self.phase = Phase::Renew;
                Next::Now
            }
            Err(fault) => self.end(fault),
        }
    }

    fn renew<P: Producer<Membership = M>>(&mut self, producer: &mut P) -> Next {
        match producer.renew() {
            Ok(()) => {
                self.sent_is_gone();
                Next::Now
            }
            Err(Fault::Retry(cause) | Fault::Abort(cause) | Fault::Expired(cause)) => {
                self.phase = Phase::Renew;
                self.pause(&cause)
            }
            Err(fault) => self.end(fault),
        }
    }

    /// Nothing of what was sent counts any more.
    fn sent_is_gone(&mut self) {
        self.queue.rewind();
        self.touched.clear();
        self.outstanding = 0;
        self.alone = false;
    }

    /// The unit is done with.
    fn answer(&mut self, committed: &[NextOffset]) {
        self.touched.clear();
        let Some(seal) = self.queue.pop_unit() else { return };
        let is_committed = |next: &NextOffset| committed.contains(next);
        let event = if committed.is_empty() && !seal.offsets.is_empty() {
            SinkEvent::Stale { id: seal.id }
        } else {
            let lost = seal.offsets.into_iter().filter(|next| !is_committed(next)).collect();
            SinkEvent::Sealed { id: seal.id, lost }
        };
        self.events.push_back(event);
    }
}

#[cfg(test)]
mod tests;
