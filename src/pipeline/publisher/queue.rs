//! What is held until it is committed: records in the order in which they came, and the seals between
//! them. Everything up to the first seal is one unit, and one transaction.
//!
//! ```text
//!   records:  [ delivered | sent | refused | sent | waiting … ][ waiting … ]
//!               ^ first                       cursor ^   seal ^
//! ```

use std::collections::{BTreeMap, VecDeque};

use crate::pipeline::seam::{Outgoing, Position, Seal};

/// How far a record has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// To be sent.
    Waiting,
    /// Its report is to come.
    Sent,
    /// In the open transaction.
    Delivered,
    /// Waits for the dead letter that stands in for it.
    Refused,
    /// Its partition is not ours any more: its next owner answers it.
    Dropped,
}

#[derive(Debug)]
pub(super) struct Held {
    pub(super) record: Outgoing,
    pub(super) state: State,
    /// Was in a batch that was refused: sent alone from now on, so that the guilty one is known.
    pub(super) suspect: bool,
    /// How often it failed for a cause that may pass.
    pub(super) failures: u32,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    records: VecDeque<Held>,
    /// Sequence number of the first record.
    first: u64,
    /// Sequence number of the next record to look at.
    cursor: u64,
    /// Seals, each with the sequence number after its last record.
    seals: VecDeque<(Seal, u64)>,
    /// Refused records that wait for their stand-in, by position.
    unanswered: BTreeMap<Position, u64>,
}

impl Queue {
    /// Takes a record: in the place of the refused one that it answers, else at the end.
    pub(super) fn push(&mut self, record: Outgoing) {
        if let Some(sequence) = self.unanswered.remove(&record.position) {
            self.replace(sequence, record);
            return;
        }
        self.records.push_back(Held { record, state: State::Waiting, suspect: false, failures: 0 });
    }

    /// Puts a record in the place of another, to be sent.
    pub(super) fn replace(&mut self, sequence: u64, record: Outgoing) {
        if let Some(held) = self.get_mut(sequence) {
            *held = Held { record, state: State::Waiting, suspect: false, failures: 0 };
            self.cursor = self.cursor.min(sequence);
        }
    }

    pub(super) fn seal(&mut self, seal: Seal) {
        let end = self.end();
        self.seals.push_back((seal, end));
    }

    /// The seal that closes the present unit, if it has come.
    pub(super) fn closing_seal(&self) -> Option<&Seal> {
        self.seals.front().map(|(seal, _)| seal)
    }

    fn end(&self) -> u64 {
        self.first + self.records.len() as u64
    }

    fn unit_end(&self) -> u64 {
        self.seals.front().map_or_else(|| self.end(), |(_, end)| *end)
    }

    pub(super) fn get_mut(&mut self, sequence: u64) -> Option<&mut Held> {
        let index = usize::try_from(sequence.checked_sub(self.first)?).ok()?;
        self.records.get_mut(index)
    }

    /// The next record of the unit to be sent. Stays the same until its state changes.
    pub(super) fn next_waiting(&mut self) -> Option<(u64, &mut Held)> {
        let end = self.unit_end();
        while self.cursor < end {
            let sequence = self.cursor;
            if self.get_mut(sequence).is_some_and(|held| held.state == State::Waiting) {
                return self.get_mut(sequence).map(|held| (sequence, held));
            }
            self.cursor += 1;
        }
        None
    }

    /// The record is refused, and what answers it will come as a record of the same position.
    pub(super) fn refuse(&mut self, sequence: u64) {
        let Some(held) = self.get_mut(sequence) else { return };
        held.state = State::Refused;
        let position = held.record.position.clone();
        self.unanswered.insert(position, sequence);
    }

    /// Whether an earlier record of the same partition is refused, and its dead letter has not come yet: a
    /// later dead letter has to wait for it, as they go to the same place.
    pub(super) fn waits_for_letter(&self, position: &Position) -> bool {
        let before = self.unanswered.range(..position).next_back();
        before.is_some_and(|(earlier, _)| {
            earlier.partition == position.partition && earlier.epoch == position.epoch
        })
    }

    /// Whether a refused record still waits for its stand-in.
    pub(super) fn is_unanswered(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// Forgets the records of partitions that are gone.
    pub(super) fn drop_where(&mut self, gone: impl Fn(&Position) -> bool) {
        for held in &mut self.records {
            if held.state != State::Dropped && gone(&held.record.position) {
                held.state = State::Dropped;
                // Its bytes are of no use any more; its place is, for the seal.
                held.record.value = None;
                held.record.headers = Vec::new();
            }
        }
        self.unanswered.retain(|position, _| !gone(position));
    }

    /// Where nothing is held but what was dropped, and no seal covers it: a letter that came after the seal
    /// of the record that it stands in for may have nobody to ask for it any more.
    pub(super) fn forget_dropped(&mut self) {
        if self.seals.is_empty() && self.records.iter().all(|held| held.state == State::Dropped) {
            self.first = self.end();
            self.cursor = self.first;
            self.records.clear();
        }
    }

    /// Whether the unit has a record that was not dropped.
    pub(super) fn has_live_records(&self) -> bool {
        let count = usize::try_from(self.unit_end() - self.first).unwrap_or(usize::MAX);
        self.records.iter().take(count).any(|held| held.state != State::Dropped)
    }

    /// The transaction is gone: what was sent has to be sent again, from the beginning.
    pub(super) fn rewind(&mut self) {
        for held in &mut self.records {
            if matches!(held.state, State::Sent | State::Delivered) {
                held.state = State::Waiting;
            }
        }
        self.cursor = self.first;
    }

    /// Takes the unit and its seal off the queue.
    pub(super) fn pop_unit(&mut self) -> Option<Seal> {
        let (seal, end) = self.seals.pop_front()?;
        let count = usize::try_from(end - self.first).unwrap_or(usize::MAX).min(self.records.len());
        self.records.drain(..count);
        self.first = end;
        self.cursor = self.cursor.max(end);
        Some(seal)
    }

    /// How many records are held.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }
}
