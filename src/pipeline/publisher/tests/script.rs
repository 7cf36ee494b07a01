//! A producer that does as it is told, and says what was asked of it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use crate::pipeline::publisher::{Failure, Fault, Handed, Producer, Refusal, Report};
use crate::pipeline::seam::{Destination, Epoch, NextOffset, Outgoing, PartitionId};

pub(super) fn raw(number: i32) -> PartitionId {
    PartitionId::new("raw", number)
}

/// Whether it is a dead letter, partition, offset.
type Place = (bool, i32, i64);

#[derive(Default)]
pub(super) struct Script {
    /// All calls, in words.
    pub(super) said: Vec<String>,
    /// Calls that will fail, by their words.
    faults: VecDeque<(String, Fault)>,
    /// Refused whenever they arrive, with all that travels with them.
    pub(super) refused: BTreeSet<Place>,
    /// Refused the first time only.
    refused_once: BTreeSet<Place>,
    pub(super) failing: BTreeSet<Place>,
    pub(super) blocked: bool,
    /// Known not to fit.
    pub(super) unfit: BTreeSet<Place>,
    on_the_way: Vec<(u64, Place)>,
    lost: RefCell<BTreeSet<i32>>,
    generation: Cell<u64>,
    /// After so many calls and looks this partition goes.
    pub(super) goes_after: Option<(u32, i32)>,
    calls: Cell<u32>,
    /// It went when its offsets were in already: they count.
    pub(super) gone_after_offer: bool,
    offered: Vec<NextOffset>,
}

impl Script {
    pub(super) fn fail(&mut self, call: &str, fault: Fault) {
        self.faults.push_back((call.to_owned(), fault));
    }

    pub(super) fn refuse(&mut self, partition: i32, offset: i64) {
        self.refused.insert((false, partition, offset));
    }

    pub(super) fn refuse_letter(&mut self, partition: i32, offset: i64) {
        self.refused.insert((true, partition, offset));
    }

    pub(super) fn refuse_batch_once(&mut self, partition: i32, offset: i64) {
        self.refused_once.insert((false, partition, offset));
    }

    pub(super) fn lose(&mut self, partition: i32) {
        self.lost.borrow_mut().insert(partition);
        self.generation.set(self.generation.get() + 1);
    }

    /// After this call or look a partition may go. First it is not ours any more, then the generation goes on.
    fn count(&self) {
        if let Some((calls, partition)) = self.goes_after
            && self.calls.replace(self.calls.get() + 1) == calls
        {
            self.lost.borrow_mut().insert(partition);
            self.generation.set(self.generation.get() + 1);
        }
    }

    fn say(&mut self, call: &str) -> Result<(), Fault> {
        self.said.push(call.to_owned());
        let due = self.faults.iter().position(|(named, _)| *named == call);
        match due.and_then(|index| self.faults.remove(index)) {
            Some((_, fault)) => Err(fault),
            None => Ok(()),
        }
    }

    fn failure(&mut self) -> Option<Failure> {
        if self.blocked {
            return Some(Failure::Blocked("no permission".to_owned()));
        }
        let places: Vec<Place> = self.on_the_way.iter().map(|(_, place)| *place).collect();
        let is_refused = places.iter().any(|place| self.refused.contains(place));
        let is_refused_once = places.iter().any(|place| self.refused_once.remove(place));
        if is_refused || is_refused_once {
            let message = "the topic's policy".to_owned();
            return Some(Failure::Refused(Refusal { code: "output_refused", message, excess: None }));
        }
        let fails = places.iter().any(|place| self.failing.contains(place));
        fails.then(|| Failure::Failed("not enough replicas".to_owned()))
    }
}

fn place(record: &Outgoing) -> Place {
    let is_letter = record.destination == Destination::DeadLetter;
    (is_letter, record.position.partition.number, record.position.offset)
}

impl Producer for Script {
    type Membership = u64;

    fn init(&mut self) -> Result<(), Fault> {
        self.generation.set(1);
        self.say("init")
    }

    fn begin(&mut self) -> Result<(), Fault> {
        self.offered.clear();
        let begun = self.say("begin");
        self.count();
        begun
    }

    fn unfit(&self, record: &Outgoing) -> Option<Refusal> {
        // A letter that was cut fits.
        let is_unfit = self.unfit.contains(&place(record)) && record.headers.is_empty();
        let message = "too large".to_owned();
        is_unfit.then_some(Refusal { code: "output_too_large", message, excess: Some(10) })
    }

    fn send(&mut self, sequence: u64, record: &Outgoing) -> Result<Handed, Fault> {
        let to = match record.destination {
            Destination::Output => "out",
            Destination::DeadLetter if record.headers.is_empty() => "dead",
            Destination::DeadLetter => "cut",
        };
        let (_, partition, offset) = place(record);
        self.say(&format!("{to} {partition}@{offset}"))?;
        self.on_the_way.push((sequence, place(record)));
        self.count();
        Ok(Handed::Over)
    }

    fn reports(&mut self, _: Duration, reports: &mut Vec<Report>) {
        let failure = self.failure();
        for (sequence, _) in self.on_the_way.drain(..) {
            let outcome = failure.clone().map_or(Ok(()), Err);
            reports.push(Report { sequence, outcome });
        }
        self.count();
    }

    fn holds(&self, partition: &PartitionId, _: Epoch) -> bool {
        let held = !self.lost.borrow().contains(&partition.number);
        self.count();
        held
    }

    fn membership(&mut self) -> Result<u64, Fault> {
        let generation = self.generation.get();
        self.say(&format!("member {generation}"))?;
        self.count();
        Ok(generation)
    }

    fn offer(&mut self, membership: &u64, offsets: &[NextOffset]) -> Result<(), Fault> {
        let named: Vec<String> =
            offsets.iter().map(|next| format!("{}@{}", next.partition.number, next.next)).collect();
        self.say(&format!("offer {}", named.join(" ")))?;
        if *membership != self.generation.get() {
            return Err(Fault::Abort("illegal generation".to_owned()));
        }
        let lost = self.lost.borrow();
        assert!(
            offsets.iter().all(|next| !lost.contains(&next.partition.number)),
            "offsets of a partition that is gone are taken"
        );
        drop(lost);
        self.offered = offsets.to_vec();
        self.count();
        let lost = self.lost.borrow();
        self.gone_after_offer = self.offered.iter().any(|next| lost.contains(&next.partition.number));
        Ok(())
    }

    fn commit(&mut self) -> Result<Vec<NextOffset>, Fault> {
        assert!(self.on_the_way.is_empty(), "records are still on their way");
        self.say("commit")?;
        let before = self.calls.get();
        self.count();
        let goes_now = self.goes_after.is_some_and(|(calls, _)| calls == before);
        self.gone_after_offer |= goes_now;
        Ok(self.offered.clone())
    }

    fn abort(&mut self) -> Result<(), Fault> {
        self.on_the_way.clear();
        self.say("abort")
    }

    fn review(&mut self) -> Result<(), Fault> {
        self.say("review")
    }

    fn renew(&mut self) -> Result<(), Fault> {
        self.on_the_way.clear();
        self.say("renew")
    }
}
