//! Publication: what is complete and in order goes to the sink, and what the sink refuses becomes a
//! dead letter.

use std::time::Duration;

use super::Machine;
use super::assignment::State;
use crate::article::{Rejection, StageName};
use crate::pipeline::seam::{Destination, Full, Outgoing, Sink};
use crate::publish::dead_letter;

impl Machine {
    /// There is room in the sink again.
    pub fn room_in_sink(&mut self) {
        self.sink_full = false;
    }

    /// The sink refused an output for good: a dead letter takes its place, and the seal that covers
    /// it waits for that.
    pub fn refused(&mut self, refused: &Outgoing, code: &'static str, message: &str) {
        let position = &refused.position;
        let slot = self
            .assignments
            .iter_mut()
            .flatten()
            .filter(|held| held.epoch == position.epoch && held.partition == position.partition)
            .find_map(|held| held.produced_at(position.offset));
        let Some(slot) = slot else {
            tracing::warn!(
                partition = %position.partition, offset = position.offset, code,
                "a refused record is not held any more"
            );
            return;
        };
        let rejection = Rejection::new(StageName::Publish, code, message);
        self.observer.rejected(&position.partition, position.offset, &rejection);
        slot.state = State::Produced {
            destination: Destination::DeadLetter,
            tombstone: slot.incoming.value.is_none(),
        };
        self.answers.push_back(dead_letter(&slot.incoming, &rejection));
    }

    /// Offers to the sink what is complete and in order, and a seal if one is due. Call it after
    /// events and at [`next_wake`](Self::next_wake).
    pub fn publish(&mut self, sink: &mut impl Sink, now: Duration) {
        if self.sink_full || !self.publish_answers(sink) || !self.offer_pending_seal(sink) {
            return;
        }
        while let Some(&place) = self.publishable.front() {
            if !self.publish_assignment(place, sink, now) {
                return;
            }
            self.publishable.pop_front();
        }
        if self.seal_is_due(now) {
            self.ask_for_seal(sink, now);
        }
    }

    /// False: the sink is full.
    fn publish_answers(&mut self, sink: &mut impl Sink) -> bool {
        while let Some(answer) = self.answers.pop_front() {
            if let Err(Full(answer)) = sink.produce(answer) {
                self.answers.push_front(answer);
                self.sink_full = true;
                return false;
            }
        }
        true
    }

    /// False: the sink is full.
    fn publish_assignment(&mut self, place: usize, sink: &mut impl Sink, now: Duration) -> bool {
        while let Some(assignment) = self.assignments.get_mut(place).and_then(Option::as_mut) {
            let Some(slot) = assignment.publishable() else {
                assignment.listed = false;
                break;
            };
            let before = std::mem::replace(&mut slot.state, State::Working);
            let State::Ready(outgoing) = before else {
                slot.state = before;
                break;
            };
            let handed_over =
                State::Produced { destination: outgoing.destination, tombstone: outgoing.value.is_none() };
            if let Err(Full(outgoing)) = sink.produce(outgoing) {
                slot.state = State::Ready(outgoing);
                self.sink_full = true;
                return false;
            }
            slot.state = handed_over;
            self.unsealed.bytes += slot.charge;
            self.unsealed.records += 1;
            assignment.produced += 1;
            self.ready -= 1;
            self.produced += 1;
            self.observer.progressed(&assignment.partition);
            if self.seal_is_large(now) && !self.ask_for_seal(sink, now) {
                return false;
            }
        }
        true
    }
}
