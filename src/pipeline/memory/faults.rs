//! What the topics refuse, and calls that go wrong on order.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use crate::pipeline::publisher::{Failure, Fault, Refusal};
use crate::pipeline::seam::{Destination, Outgoing, PartitionId};

/// A call of the producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// `init`
    Init,
    /// `begin`
    Begin,
    /// `send`
    Send,
    /// `membership`
    Membership,
    /// `offer`
    Offer,
    /// `commit`
    Commit,
    /// `abort`
    Abort,
    /// `review`
    Review,
    /// `renew`
    Renew,
}

/// How a call goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mishap {
    /// It is not carried out.
    Before(Fault),
    /// It is carried out, and fails all the same: the answer was lost.
    After(Fault),
}

/// The largest record that each topic takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    output: usize,
    dead_letter: usize,
}

impl Limits {
    pub(super) const NONE: Self = Self { output: usize::MAX, dead_letter: usize::MAX };

    /// Why a record is too large, if it is. An output is measured by its value, a dead letter with its headers.
    pub(super) fn refusal(&self, record: &Outgoing) -> Option<Refusal> {
        let value = record.value.as_ref().map_or(0, Bytes::len);
        let (size, limit) = match record.destination {
            Destination::Output => (value, self.output),
            Destination::DeadLetter => (value + headers(record), self.dead_letter),
        };
        let excess = size.checked_sub(limit).filter(|excess| *excess > 0)?;
        let message = format!("expected at most {limit} bytes, found {size}");
        Some(Refusal { code: "output_too_large", message, excess: Some(excess) })
    }
}

fn headers(record: &Outgoing) -> usize {
    let lengths =
        record.headers.iter().map(|(name, value)| name.len() + value.as_ref().map_or(0, Bytes::len));
    lengths.sum()
}

type Place = (PartitionId, i64);

/// What the topics refuse at present.
#[derive(Debug)]
pub(super) struct Refusals {
    pub(super) limits: Limits,
    /// Whether producers are told of limits when they ask.
    pub(super) tells_limits: bool,
    /// By input record: outputs, and dead letters.
    outputs: BTreeSet<Place>,
    letters: BTreeSet<Place>,
    /// How often a record still fails for a cause that passes.
    transient: BTreeMap<Place, u32>,
    outputs_blocked: bool,
    letters_blocked: bool,
}

impl Default for Refusals {
    fn default() -> Self {
        Self {
            limits: Limits::NONE,
            tells_limits: true,
            outputs: BTreeSet::new(),
            letters: BTreeSet::new(),
            transient: BTreeMap::new(),
            outputs_blocked: false,
            letters_blocked: false,
        }
    }
}

impl Refusals {
    pub(super) fn limit(&mut self, destination: Destination, bytes: usize) {
        match destination {
            Destination::Output => self.limits.output = bytes,
            Destination::DeadLetter => self.limits.dead_letter = bytes,
        }
    }

    pub(super) fn refuse(&mut self, destination: Destination, place: Place) {
        match destination {
            Destination::Output => self.outputs.insert(place),
            Destination::DeadLetter => self.letters.insert(place),
        };
    }

    pub(super) fn fail(&mut self, place: Place, times: u32) {
        self.transient.insert(place, times);
    }

    pub(super) fn block(&mut self, destination: Destination, blocked: bool) {
        match destination {
            Destination::Output => self.outputs_blocked = blocked,
            Destination::DeadLetter => self.letters_blocked = blocked,
        }
    }

    /// Takes everything that it took at first.
    pub(super) fn lift_letters(&mut self) {
        self.limits.dead_letter = usize::MAX;
        self.letters.clear();
        self.letters_blocked = false;
    }

    /// Why a batch is not taken, if it is not: one bad record is enough.
    pub(super) fn failure<'a>(&mut self, batch: impl Iterator<Item = &'a Outgoing>) -> Option<Failure> {
        batch.filter_map(|record| self.failure_of(record)).next()
    }

    fn failure_of(&mut self, record: &Outgoing) -> Option<Failure> {
        let place = (record.position.partition.clone(), record.position.offset);
        let (refused, blocked) = match record.destination {
            Destination::Output => (&self.outputs, self.outputs_blocked),
            Destination::DeadLetter => (&self.letters, self.letters_blocked),
        };
        if blocked {
            return Some(Failure::Blocked("no permission to write".to_owned()));
        }
        if let Some(refusal) = self.limits.refusal(record) {
            return Some(Failure::Refused(refusal));
        }
        if refused.contains(&place) {
            let message = "the topic's policy refused it".to_owned();
            return Some(Failure::Refused(Refusal { code: "output_refused", message, excess: None }));
        }
        // The answer to a record that failed too often is another record.
        if record.destination == Destination::Output
            && let Some(left) = self.transient.get_mut(&place).filter(|left| **left > 0)
        {
            *left -= 1;
            return Some(Failure::Failed("not enough replicas".to_owned()));
        }
        None
    }
}

/// Calls that will go wrong.
#[derive(Debug, Default)]
pub(super) struct Mishaps(BTreeMap<Call, Mishap>);

impl Mishaps {
    pub(super) fn add(&mut self, call: Call, mishap: Mishap) {
        self.0.insert(call, mishap);
    }

    pub(super) fn take(&mut self, call: Call) -> Option<Mishap> {
        self.0.remove(&call)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
