//! The state machine of the pipeline: what is taken, published, sealed, paused and dropped.
//!
//! It does no input or output of its own: no thread, no runtime, no clock. Events and the time come
//! in as arguments, [`Order`]s come out of [`Machine::next_order`], and [`Machine::publish`] offers
//! to the sink what is due. What holds at every moment:
//!
//! - **Frontier.** Records of a partition are produced in the order of their offsets, and a seal
//!   names an offset only if everything before it was produced: as an output or as a dead letter.
//! - **Epoch.** A completion or a record of an assignment that is over changes nothing.
//! - **Limits.** [`Machine::room`] is 0 at the overall limits; memory of dropped work counts until
//!   the pool has let go of it.
//! - **Progress.** Whatever is held waits for the pool, the sink or a timer, never for the source,
//!   with one exception: after a stale seal the news of a lost partition may stand behind records
//!   that there is no room for. Until a seal succeeds again these are set aside, and their partitions
//!   paused, so that the news gets through.
//!
//! Whether a seal is one transaction is the sink's affair: this machine produces each record once, and
//! what an aborted transaction takes back the [publisher](super::publisher) sends again.

mod assignment;
mod drain;
mod limits;
mod publication;
mod report;
mod sealing;
mod set_aside;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};

pub use self::drain::RevocationId;
pub use self::limits::{Limits, Sealing};
pub use self::report::Counts;

use self::assignment::{Assignment, Freed, Phase, State, charge_of};
use self::drain::Revocation;
use self::sealing::PendingSeal;
use self::set_aside::SetAside;
use super::observer::Observer;
use super::seam::{Destination, Epoch, Incoming, Outgoing, PartitionId};
use crate::article::Rejection;
use crate::publish::{Finished, dead_letter};

/// Names a piece of work. A ticket of an assignment that is over fits nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    place: usize,
    epoch: Epoch,
    number: u64,
}

/// A record for the pool.
#[derive(Debug)]
pub struct Work {
    /// Comes back with the [`Completion`].
    pub ticket: Ticket,
    /// The record.
    pub incoming: Arc<Incoming>,
    /// False once nobody waits for it any more.
    pub wanted: Arc<AtomicBool>,
}

/// How work ended.
#[derive(Debug)]
pub enum Outcome {
    /// With an output.
    Finished(Finished),
    /// It becomes a dead letter.
    Rejected(Rejection),
    /// It was not started, since nobody waits for it any more.
    Skipped,
}

/// Work that is done. Each [`Work`] is answered by exactly one.
#[derive(Debug)]
pub struct Completion {
    /// The work's.
    pub ticket: Ticket,
    /// The work's.
    pub incoming: Arc<Incoming>,
    /// How it ended.
    pub outcome: Outcome,
}

/// What the driver has to do.
#[derive(Debug)]
pub enum Order {
    /// Give this to the pool.
    Submit(Work),
    /// Tell the source to stop fetching a partition.
    Pause(PartitionId),
    /// Tell the source to fetch it again.
    Resume(PartitionId),
    /// A revocation is drained: let the source go on.
    Reply(RevocationId),
}

/// The state machine. See the module.
pub struct Machine {
    limits: Limits,
    sealing: Sealing,
    /// How long a revocation may wait for its seal.
    drain_deadline: Duration,
    observer: Arc<dyn Observer>,
    /// Every assignment that still holds something, by place; places are used again.
    assignments: Vec<Option<Assignment>>,
    free: Vec<usize>,
    /// The assignments that consume.
    current: FxHashMap<PartitionId, usize>,
    /// Taken away while paused. The source may have carried out that pause after it had assigned the
    /// partition anew, so the next assignment begins with a resume.
    left_paused: FxHashSet<PartitionId>,
    /// Records that came while there was no room, after a stale seal.
    set_aside: SetAside,
    /// Places of assignments whose next record is complete.
    publishable: VecDeque<usize>,
    /// Dead letters in the place of refused outputs: they go first, since a seal waits for them.
    answers: VecDeque<Outgoing>,
    orders: VecDeque<Order>,
    /// Revocations that wait for a seal; the source sends one at a time.
    revocations: Vec<Revocation>,
    next_revocation: u64,
    /// Until the sink has room again.
    sink_full: bool,
    /// At most one seal is on its way.
    pending_seal: Option<PendingSeal>,
    next_seal: u64,
    /// When the last seal was asked for.
    last_seal: Duration,
    /// No seal before this moment: a stale one is not repeated in a hurry.
    seal_not_before: Duration,
    /// Produced since the last seal.
    unsealed: Freed,
    /// Over all assignments, and what the pool still holds of dropped ones.
    records: usize,
    bytes: usize,
    ready: usize,
    produced: usize,
    counts: Counts,
}

impl Machine {
    /// A machine that was assigned nothing yet.
    #[must_use]
    pub fn new(
        limits: Limits,
        sealing: Sealing,
        drain_deadline: Duration,
        observer: Arc<dyn Observer>,
    ) -> Self {
        Self {
            limits,
            sealing,
            drain_deadline,
            observer,
            assignments: Vec::new(),
            free: Vec::new(),
            current: FxHashMap::default(),
            left_paused: FxHashSet::default(),
            set_aside: SetAside::default(),
            publishable: VecDeque::new(),
            answers: VecDeque::new(),
            orders: VecDeque::new(),
            revocations: Vec::new(),
            next_revocation: 0,
            sink_full: false,
            pending_seal: None,
            next_seal: 0,
            last_seal: Duration::ZERO,
            seal_not_before: Duration::ZERO,
            unsealed: Freed::default(),
            records: 0,
            bytes: 0,
            ready: 0,
            produced: 0,
            counts: Counts::default(),
        }
    }

    /// How many more records may be taken from the source now.
    #[must_use]
    pub fn room(&self) -> usize {
        if self.bytes >= self.limits.bytes {
            return 0;
        }
        self.limits.records.saturating_sub(self.records)
    }

    /// Partitions were assigned.
    pub fn assigned(&mut self, epoch: Epoch, partitions: Vec<PartitionId>) {
        for partition in partitions {
            // A source that assigns again without waiting for a drain reads again from what is
            // committed: what was in flight is the new epoch's to do.
            self.lose(&partition);
            self.observer.assigned(&partition, true);
            if self.left_paused.remove(&partition) {
                self.orders.push_back(Order::Resume(partition.clone()));
            }
            let assignment = Assignment::new(partition.clone(), epoch);
            let place = self.settle(assignment);
            self.current.insert(partition, place);
        }
        self.observer.rebalanced("assign");
    }

    fn settle(&mut self, assignment: Assignment) -> usize {
        while let Some(place) = self.free.pop() {
            if let Some(empty) = self.assignments.get_mut(place) {
                *empty = Some(assignment);
                return place;
            }
        }
        self.assignments.push(Some(assignment));
        self.assignments.len() - 1
    }

    /// A record came. One of another epoch than its partition's, or whose offset does not rise, is
    /// dropped: it is not ours to answer.
    pub fn record(&mut self, incoming: Incoming, now: Duration) {
        if self.room() == 0 || !self.set_aside.is_empty() {
            self.set_record_aside(incoming);
            return;
        }
        self.take(incoming, now);
    }

    fn take(&mut self, incoming: Incoming, now: Duration) {
        let Some((place, assignment)) = current(&self.current, &mut self.assignments, &incoming) else {
            self.counts.ignored += 1;
            return;
        };
        let weight = incoming.weight();
        let charge = limits::charge(weight);
        let arrived = Arc::new(incoming);
        let Some(number) = assignment.push(Arc::clone(&arrived), charge, now) else {
            self.counts.ignored += 1;
            return;
        };
        self.records += 1;
        self.bytes += charge;
        self.counts.received += 1;
        self.observer.record_in(&assignment.partition, weight);
        let ticket = Ticket { place, epoch: assignment.epoch, number };
        let wanted = Arc::clone(&assignment.wanted);
        if assignment.is_full(&self.limits) {
            self.pause(place);
        }
        self.orders.push_back(Order::Submit(Work { ticket, incoming: arrived, wanted }));
    }

    /// The pool is done with a record.
    pub fn completed(&mut self, completion: Completion) {
        let Completion { ticket, incoming, outcome } = completion;
        let owner = owner(&mut self.assignments, ticket);
        let Some(assignment) = owner else {
            self.release_dropped(&incoming);
            return;
        };
        let Some(slot) = assignment.working(ticket.number) else {
            self.release_dropped(&incoming);
            return;
        };
        let outgoing = match outcome {
            Outcome::Finished(finished) => output(&incoming, finished),
            Outcome::Rejected(rejection) => {
                self.observer.rejected(&incoming.position.partition, incoming.position.offset, &rejection);
                dead_letter(&incoming, &rejection)
            }
            Outcome::Skipped => {
                // It is wanted after all.
                let wanted = Arc::clone(&assignment.wanted);
                self.orders.push_back(Order::Submit(Work { ticket, incoming, wanted }));
                return;
            }
        };
        let before = slot.charge;
        let after = incoming.weight() + outgoing_weight(&outgoing);
        slot.charge = after;
        slot.state = State::Ready(outgoing);
        assignment.recharge(before, after);
        self.bytes = self.bytes - before + after;
        self.ready += 1;
        if !assignment.listed && assignment.publishable().is_some() {
            assignment.listed = true;
            self.publishable.push_back(ticket.place);
        }
    }

    /// The pool has let go of a record that was dropped meanwhile.
    fn release_dropped(&mut self, incoming: &Incoming) {
        self.counts.dropped += 1;
        self.records = self.records.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(charge_of(incoming));
    }

    /// The next thing to do.
    pub fn next_order(&mut self) -> Option<Order> {
        self.orders.pop_front()
    }

    /// When [`publish`](Self::publish) should be called even if nothing happens: a seal or a
    /// deadline is due.
    #[must_use]
    pub fn next_wake(&self) -> Option<Duration> {
        let seal = (self.produced > 0 && self.pending_seal.is_none() && !self.sink_full)
            .then(|| (self.last_seal + self.sealing.interval).max(self.seal_not_before));
        let deadline = self.revocations.iter().map(|revocation| revocation.since + self.drain_deadline).min();
        seal.into_iter().chain(deadline).min()
    }

    /// Pauses a partition if it is not paused yet.
    fn pause(&mut self, place: usize) {
        let Some(assignment) = self.assignments.get_mut(place).and_then(Option::as_mut) else { return };
        if std::mem::replace(&mut assignment.paused, true) {
            return;
        }
        self.observer.paused(&assignment.partition, true);
        self.orders.push_back(Order::Pause(assignment.partition.clone()));
    }

    /// Resumes a paused partition that has come down to half its limits.
    fn resume_if_roomy(&mut self, place: usize) {
        if !self.set_aside.is_empty() {
            return;
        }
        let Some(assignment) = self.assignments.get_mut(place).and_then(Option::as_mut) else { return };
        if assignment.paused
            && assignment.phase == Phase::Consuming
            && assignment.has_room_again(&self.limits)
        {
            assignment.paused = false;
            self.observer.paused(&assignment.partition, false);
            self.orders.push_back(Order::Resume(assignment.partition.clone()));
        }
    }

    fn forget(&mut self, freed: Freed) {
        self.records -= freed.records;
        self.bytes -= freed.bytes;
        self.ready -= freed.ready;
        self.produced -= freed.produced;
        self.counts.dropped += freed.records as u64;
    }

    /// Takes an assignment that holds nothing any more off the list.
    fn remove(&mut self, place: usize) {
        if let Some(left) = self.assignments.get_mut(place)
            && left.take().is_some()
        {
            self.free.push(place);
        }
    }
}

/// The assignment of a record's partition, if the record belongs to its epoch.
fn current<'a>(
    current: &FxHashMap<PartitionId, usize>,
    assignments: &'a mut [Option<Assignment>],
    incoming: &Incoming,
) -> Option<(usize, &'a mut Assignment)> {
    let place = *current.get(&incoming.position.partition)?;
    let assignment = assignments.get_mut(place)?.as_mut()?;
    (assignment.epoch == incoming.position.epoch).then_some((place, assignment))
}

/// The assignment that a ticket was given by, if it is not over.
fn owner(assignments: &mut [Option<Assignment>], ticket: Ticket) -> Option<&mut Assignment> {
    assignments.get_mut(ticket.place)?.as_mut().filter(|assignment| assignment.epoch == ticket.epoch)
}

fn output(incoming: &Incoming, finished: Finished) -> Outgoing {
    Outgoing {
        position: incoming.position.clone(),
        destination: Destination::Output,
        timestamp_ms: incoming.timestamp_ms,
        key: finished.key,
        value: finished.value,
        headers: finished.headers,
    }
}

fn outgoing_weight(outgoing: &Outgoing) -> usize {
    let headers: usize = outgoing
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.as_ref().map_or(0, bytes::Bytes::len))
        .sum();
    headers + outgoing.value.as_ref().map_or(0, bytes::Bytes::len)
}

#[cfg(test)]
mod tests;
