//! The producer: batches on their way, and both guarantees.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::broker::{Broker, State};
use super::faults::{Call, Limits, Mishap, Mishaps};
use super::member::MemberId;
use super::transactions::Claim;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::publisher::{Failure, Fault, Handed, Producer, Refusal, Report};
use crate::pipeline::seam::{Epoch, NextOffset, Outgoing, PartitionId};

/// Records of one batch.
const BATCH: usize = 3;
/// Records on their way at most.
const ROOM: usize = 8;

/// What a producer promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarantee {
    /// Everything up to a commit becomes visible with it.
    ExactlyOnce,
    /// Each record is visible at once, and what is aborted stays.
    AtLeastOnce,
}

/// Who a member is in its group, as far as it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    member: MemberId,
    generation: u64,
}

#[derive(Debug)]
struct Batch {
    /// Topic and partition.
    place: (bool, usize),
    records: Vec<(u64, Outgoing)>,
}

/// Something else that happens while the publisher is at work, after so many calls.
type Interruption = (u32, Box<dyn FnOnce() + Send>);

/// A member's producer.
pub struct MemoryProducer {
    broker: Broker,
    member: MemberId,
    assignment: Arc<Assignment>,
    guarantee: Guarantee,
    name: String,
    epoch: u64,
    limits: Limits,
    /// In the order of sending.
    batches: VecDeque<Batch>,
    /// A delivery failed: the transaction can only be aborted.
    spoilt: bool,
    offered: Vec<NextOffset>,
    /// A commit was carried out, and the answer got lost.
    unanswered: Option<Vec<NextOffset>>,
    mishaps: Mishaps,
    interruption: Mutex<Option<Interruption>>,
}

impl MemoryProducer {
    /// The producer of a member; `name` is what a transactional id is.
    #[must_use]
    pub fn new(broker: Broker, member: MemberId, guarantee: Guarantee, name: String) -> Self {
        let assignment = broker.assignment(member);
        Self {
            broker,
            member,
            assignment,
            guarantee,
            name,
            epoch: 0,
            limits: Limits::NONE,
            batches: VecDeque::new(),
            spoilt: false,
            offered: Vec::new(),
            unanswered: None,
            mishaps: Mishaps::default(),
            interruption: Mutex::new(None),
        }
    }

    /// The next such call goes wrong.
    pub fn fail_next(&mut self, call: Call, mishap: Mishap) {
        self.mishaps.add(call, mishap);
    }

    /// No call goes wrong any more by order.
    pub fn forget_mishaps(&mut self) {
        self.mishaps.clear();
    }

    /// After so many more calls, looks at partitions among them, something else happens in between.
    pub fn interrupt(&mut self, calls: u32, happening: Box<dyn FnOnce() + Send>) {
        self.interruption = Mutex::new(Some((calls, happening)));
    }

    /// What is on its way arrives, though nobody waits for the reports.
    pub fn arrive(&mut self) {
        while !self.batches.is_empty() {
            self.deliver(0);
        }
    }

    fn is_transactional(&self) -> bool {
        self.guarantee == Guarantee::ExactlyOnce
    }

    fn claim(&self) -> Claim<'_> {
        Claim { name: &self.name, epoch: self.epoch }
    }

    /// Lets happen what was due before the next call.
    fn let_happen(&self) {
        let mut interruption = self.interruption.lock().unwrap_or_else(PoisonError::into_inner);
        match interruption.as_mut() {
            Some((0, _)) => {}
            Some((calls, _)) => {
                *calls -= 1;
                return;
            }
            None => return,
        }
        let due = interruption.take();
        drop(interruption);
        if let Some((_, happening)) = due {
            happening();
        }
    }

    /// Makes a call, but for what was ordered to go wrong.
    fn call<T>(
        &mut self,
        call: Call,
        carry_out: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.let_happen();
        match self.mishaps.take(call) {
            Some(Mishap::Before(fault)) => {
                self.spoilt |= matches!(fault, Fault::Abort(_));
                Err(fault)
            }
            Some(Mishap::After(fault)) => carry_out(self).and(Err(fault)),
            None => carry_out(self),
        }
    }

    fn look_at_limits(&mut self) {
        let state = self.broker.state();
        if state.refusals.tells_limits {
            self.limits = state.refusals.limits;
        }
    }

    fn start(&mut self) {
        self.batches.clear();
        self.spoilt = false;
        self.unanswered = None;
        if self.is_transactional() {
            let mut state = self.broker.state();
            let State { transactions, topics, .. } = &mut *state;
            self.epoch = transactions.init(&self.name, topics);
        }
        self.look_at_limits();
        self.broker.changed.notify_waiters();
    }

    /// The batch at this index arrives, or is refused as a whole.
    fn deliver(&mut self, index: usize) -> Vec<Report> {
        let Some(batch) = self.batches.remove(index) else { return Vec::new() };
        let mut state = self.broker.state();
        let State { transactions, topics, refusals, .. } = &mut *state;
        let fenced = if self.is_transactional() { transactions.check(self.claim()).err() } else { None };
        let failure = match fenced {
            Some(fault) => Some(Failure::Withdrawn(fault.to_string())),
            None => refusals.failure(batch.records.iter().map(|(_, record)| record)),
        };
        let mut reports = Vec::with_capacity(batch.records.len());
        for (sequence, record) in batch.records {
            let outcome = match &failure {
                Some(failure) => Err(failure.clone()),
                None if self.is_transactional() => transactions
                    .append(self.claim(), self.member, record, topics)
                    .map_err(|fault| Failure::Withdrawn(fault.to_string())),
                None => {
                    topics.append(record, self.member, None);
                    Ok(())
                }
            };
            reports.push(Report { sequence, outcome });
        }
        self.spoilt |= failure.is_some();
        reports
    }

    /// Which batch arrives next: the first of some partition, since the order within one is kept.
    fn next_arrival(&self) -> usize {
        let chosen = self.broker.state().whims.below(self.batches.len());
        let place = self.batches.get(chosen).map(|batch| batch.place);
        self.batches.iter().position(|batch| Some(batch.place) == place).unwrap_or(0)
    }

    fn commit_in_transaction(&mut self) -> Result<Vec<NextOffset>, Fault> {
        let mut state = self.broker.state();
        let State { transactions, topics, committed, .. } = &mut *state;
        let claim = Claim { name: &self.name, epoch: self.epoch };
        transactions.check(claim)?;
        if let Some(offsets) = self.unanswered.take() {
            return Ok(offsets);
        }
        if self.spoilt {
            return Err(Fault::Abort("the transaction has to be aborted".to_owned()));
        }
        if !self.batches.is_empty() {
            return Err(Fault::Fatal("records are still on their way".to_owned()));
        }
        committed.extend(transactions.end(claim, true, topics)?);
        Ok(mem::take(&mut self.offered))
    }

    fn commit_offsets(&mut self) -> Result<Vec<NextOffset>, Fault> {
        let offsets = self.assignment.current(mem::take(&mut self.offered));
        if offsets.is_empty() {
            return Ok(offsets);
        }
        let mut state = self.broker.state();
        // The client commits as whoever it is by now: what is not its own any more was left out.
        let generation = state.group.members.get(&self.member).map_or(0, |member| member.generation);
        if let Err(cause) = state.group.takes_offsets_of(self.member, generation) {
            self.offered = offsets;
            return Err(Fault::Retry(cause));
        }
        state.committed.extend(offsets.iter().map(|offset| (offset.partition.clone(), offset.next)));
        Ok(offsets)
    }
}

impl Producer for MemoryProducer {
    type Membership = Membership;

    fn init(&mut self) -> Result<(), Fault> {
        self.call(Call::Init, |producer| {
            producer.start();
            Ok(())
        })
    }

    fn begin(&mut self) -> Result<(), Fault> {
        self.call(Call::Begin, |producer| {
            producer.offered.clear();
            producer.unanswered = None;
            Ok(())
        })
    }

    fn unfit(&self, record: &Outgoing) -> Option<Refusal> {
        self.limits.refusal(record)
    }

    fn send(&mut self, sequence: u64, record: &Outgoing) -> Result<Handed, Fault> {
        self.call(Call::Send, |producer| {
            if producer.spoilt && producer.is_transactional() {
                return Err(Fault::Abort("the transaction has to be aborted".to_owned()));
            }
            if producer.batches.iter().map(|batch| batch.records.len()).sum::<usize>() >= ROOM {
                return Ok(Handed::Full);
            }
            let place = producer.broker.state().topics.place(record);
            let last = producer.batches.iter_mut().rfind(|batch| batch.place == place);
            match last.filter(|batch| batch.records.len() < BATCH) {
                Some(batch) => batch.records.push((sequence, record.clone())),
                None => {
                    producer.batches.push_back(Batch { place, records: vec![(sequence, record.clone())] });
                }
            }
            Ok(Handed::Over)
        })
    }

    fn reports(&mut self, _: Duration, reports: &mut Vec<Report>) {
        self.let_happen();
        let next = self.next_arrival();
        reports.extend(self.deliver(next));
    }

    fn holds(&self, partition: &PartitionId, epoch: Epoch) -> bool {
        self.let_happen();
        self.assignment.holds(partition, epoch)
    }

    fn membership(&mut self) -> Result<Membership, Fault> {
        self.call(Call::Membership, |producer| {
            let state = producer.broker.state();
            let known = state.group.members.get(&producer.member);
            let known = known.ok_or_else(|| Fault::Abort("no member of the group".to_owned()))?;
            Ok(Membership { member: producer.member, generation: known.generation })
        })
    }

    fn offer(&mut self, membership: &Membership, offsets: &[NextOffset]) -> Result<(), Fault> {
        let membership = *membership;
        self.call(Call::Offer, |producer| {
            if producer.is_transactional() {
                let mut state = producer.broker.state();
                let State { transactions, group, .. } = &mut *state;
                let claim = Claim { name: &producer.name, epoch: producer.epoch };
                transactions.check(claim)?;
                if let Err(cause) = group.takes_offsets_of(membership.member, membership.generation) {
                    producer.spoilt = true;
                    return Err(Fault::Abort(cause));
                }
                let named = offsets.iter().map(|offset| (offset.partition.clone(), offset.next));
                transactions.add_offsets(claim, named)?;
            }
            producer.offered = offsets.to_vec();
            Ok(())
        })
    }

    fn commit(&mut self) -> Result<Vec<NextOffset>, Fault> {
        self.let_happen();
        let mishap = self.mishaps.take(Call::Commit);
        if let Some(Mishap::Before(fault)) = mishap {
            return Err(fault);
        }
        let committed =
            if self.is_transactional() { self.commit_in_transaction()? } else { self.commit_offsets()? };
        self.broker.changed.notify_waiters();
        if let Some(Mishap::After(fault)) = mishap {
            self.offered.clone_from(&committed);
            self.unanswered = self.is_transactional().then_some(committed);
            return Err(fault);
        }
        Ok(committed)
    }

    fn abort(&mut self) -> Result<(), Fault> {
        self.call(Call::Abort, |producer| {
            if producer.is_transactional() {
                producer.batches.clear();
                let mut state = producer.broker.state();
                let State { transactions, topics, .. } = &mut *state;
                let claim = Claim { name: &producer.name, epoch: producer.epoch };
                transactions.end(claim, false, topics)?;
            } else {
                // Some arrive before the purge reaches them.
                let kept = producer.broker.state().whims.below(producer.batches.len() + 1);
                for _ in 0..kept {
                    producer.deliver(0);
                }
                producer.batches.clear();
            }
            producer.spoilt = false;
            producer.broker.changed.notify_waiters();
            Ok(())
        })
    }

    fn review(&mut self) -> Result<(), Fault> {
        self.call(Call::Review, |producer| {
            producer.look_at_limits();
            Ok(())
        })
    }

    fn renew(&mut self) -> Result<(), Fault> {
        self.call(Call::Renew, |producer| {
            producer.start();
            Ok(())
        })
    }
}
