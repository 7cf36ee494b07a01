//! Single schedules, written out. Random ones against a broker are in `tests/pipeline_model.rs`.

use bytes::Bytes;

use super::*;
use crate::pipeline::observer::Unobserved;
use crate::pipeline::seam::{Full, NextOffset, Position, Seal, SealId, Sink};

const LIMITS: Limits = Limits { records: 10, bytes: 1 << 20, partition_records: 4, partition_bytes: 1 << 18 };
const SEALING: Sealing = Sealing { interval: Duration::from_millis(100), records: 3, bytes: 1 << 16 };
const DRAIN_DEADLINE: Duration = Duration::from_secs(1);

/// What was asked of the sink, in words.
#[derive(Default)]
struct Recorder {
    said: Vec<String>,
    full: bool,
}

impl Sink for Recorder {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        if self.full {
            return Err(Full(record));
        }
        let to = if record.destination == Destination::Output { "out" } else { "dead" };
        self.said.push(format!("{to} {}@{}", record.position.partition.number, record.position.offset));
        Ok(())
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        if self.full {
            return Err(Full(seal));
        }
        let offsets: Vec<String> =
            seal.offsets.iter().map(|next| format!("{}@{}", next.partition.number, next.next)).collect();
        self.said.push(format!("seal {} to {}", seal.id.0, offsets.join(" ")));
        Ok(())
    }
}

struct Bench {
    machine: Machine,
    sink: Recorder,
    work: Vec<Work>,
    orders: Vec<String>,
    now: Duration,
}

impl Bench {
    fn new(limits: Limits) -> Self {
        Self {
            machine: Machine::new(limits, SEALING, DRAIN_DEADLINE, Arc::new(Unobserved)),
            sink: Recorder::default(),
            work: Vec::new(),
            orders: Vec::new(),
            // Past the first interval: a seal is due as soon as there is something.
            now: Duration::from_secs(1),
        }
    }

    fn assign(&mut self, epoch: u64, partitions: &[i32]) {
        self.machine.assigned(Epoch(epoch), partitions.iter().map(|number| raw(*number)).collect());
    }

    fn record(&mut self, epoch: u64, partition: i32, offset: i64, bytes: usize) {
        let position = Position { partition: raw(partition), epoch: Epoch(epoch), offset };
        let value = Some(Bytes::from(vec![b'x'; bytes]));
        let incoming = Incoming { position, timestamp_ms: None, key: None, value, headers: Vec::new() };
        self.machine.record(incoming, self.now);
        self.obey();
    }

    fn complete(&mut self, partition: i32, offset: i64) {
        let index = self
            .work
            .iter()
            .position(|work| {
                let position = &work.incoming.position;
                (position.partition.number, position.offset) == (partition, offset)
            })
            .unwrap();
        let Work { ticket, incoming, .. } = self.work.remove(index);
        let finished = Finished { key: None, value: Some(Bytes::new()), headers: Vec::new() };
        self.machine.completed(Completion { ticket, incoming, outcome: Outcome::Finished(finished) });
        self.turn();
    }

    fn turn(&mut self) {
        self.machine.tick(self.now);
        self.machine.publish(&mut self.sink, self.now);
        self.obey();
    }

    fn obey(&mut self) {
        while let Some(order) = self.machine.next_order() {
            match order {
                Order::Submit(work) => self.work.push(work),
                Order::Pause(partition) => self.orders.push(format!("pause {}", partition.number)),
                Order::Resume(partition) => self.orders.push(format!("resume {}", partition.number)),
                Order::Reply(id) => self.orders.push(format!("reply {}", id.0)),
            }
        }
    }

    fn sealed(&mut self, id: u64) {
        self.machine.sealed(SealId(id), &[], self.now, 0);
        self.turn();
    }

    fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sink.said)
    }

    fn ordered(&mut self) -> Vec<String> {
        std::mem::take(&mut self.orders)
    }
}

fn raw(number: i32) -> PartitionId {
    PartitionId::new("raw", number)
}

const NOTHING: [&str; 0] = [];

#[test]
fn publication_waits_for_the_frontier_and_offsets_may_have_gaps() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0]);
    for offset in [5, 6, 9] {
        bench.record(1, 0, offset, 1);
    }
    bench.complete(0, 9);
    bench.complete(0, 6);
    assert_eq!(bench.said(), NOTHING);
    bench.complete(0, 5);
    assert_eq!(bench.said(), ["out 0@5", "out 0@6", "out 0@9", "seal 0 to 0@10"]);
    bench.sealed(0);
    assert_eq!(bench.machine.in_flight(), (0, 0));
    bench.now += SEALING.interval * 2;
    bench.turn();
    assert_eq!(bench.said(), NOTHING, "nothing to seal, no seal");
}

#[test]
fn a_seal_comes_with_the_interval_or_with_enough_records_and_one_at_a_time() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0, 1]);
    for offset in 0..4 {
        bench.record(1, 0, offset, 1);
        bench.record(1, 1, offset, 1);
    }
    bench.complete(0, 0);
    assert_eq!(bench.said(), ["out 0@0", "seal 0 to 0@1"]);
    for offset in 1..4 {
        bench.complete(0, offset);
    }
    assert_eq!(bench.said(), ["out 0@1", "out 0@2", "out 0@3"], "the first is still on its way");
    bench.sealed(0);
    assert_eq!(bench.said(), ["seal 1 to 0@4"], "three records are enough");
    bench.sealed(1);
    bench.complete(1, 0);
    assert_eq!(bench.said(), ["out 1@0"], "one is not");
    assert_eq!(bench.machine.next_wake(), Some(bench.now + SEALING.interval));
    bench.now += SEALING.interval;
    bench.turn();
    assert_eq!(bench.said(), ["seal 2 to 1@1"]);
}

#[test]
fn a_revoke_publishes_what_is_complete_drops_the_rest_and_replies_after_the_seal() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0, 1]);
    bench.sink.full = true;
    for offset in 0..4 {
        bench.record(1, 0, offset, 1);
    }
    for offset in [0, 1, 3] {
        bench.complete(0, offset);
    }
    bench.machine.revoking(&[raw(0), raw(1)], bench.now);
    bench.turn();
    assert_eq!(bench.ordered(), ["pause 0"], "no reply yet");
    bench.sink.full = false;
    bench.machine.room_in_sink();
    bench.turn();
    assert_eq!(bench.said(), ["out 0@0", "out 0@1", "seal 0 to 0@2"], "2 is not complete, so 3 is not due");
    assert!(!bench.work[0].wanted.load(std::sync::atomic::Ordering::Relaxed), "the pool may skip it");
    bench.sealed(0);
    assert_eq!(bench.ordered(), ["reply 0"]);
    assert!(bench.machine.is_drained());
    assert_eq!(bench.machine.in_flight().0, 1, "the pool still holds one");
    bench.complete(0, 2);
    assert_eq!(bench.machine.in_flight(), (0, 0));
    assert_eq!(bench.said(), NOTHING, "it came too late");
}

#[test]
fn a_drain_that_takes_too_long_is_given_up_and_commits_nothing_more() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0]);
    bench.sink.full = true;
    bench.record(1, 0, 0, 1);
    bench.complete(0, 0);
    bench.machine.revoking(&[raw(0)], bench.now);
    bench.now += DRAIN_DEADLINE - Duration::from_millis(1);
    bench.turn();
    assert_eq!(bench.ordered(), NOTHING);
    assert_eq!(bench.machine.next_wake(), Some(bench.now + Duration::from_millis(1)));
    bench.now += Duration::from_millis(1);
    bench.turn();
    assert_eq!(bench.ordered(), ["reply 0"]);
    bench.sink.full = false;
    bench.machine.room_in_sink();
    bench.turn();
    assert_eq!(bench.said(), NOTHING);
    assert_eq!(bench.machine.in_flight(), (0, 0));
}

#[test]
fn what_belongs_to_an_old_epoch_changes_nothing() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0]);
    bench.record(1, 0, 7, 1);
    bench.machine.lost(&[raw(0)]);
    bench.assign(2, &[0]);
    bench.record(1, 0, 8, 1);
    assert_eq!(bench.work.len(), 1, "a record of the old epoch is not taken");
    bench.complete(0, 7);
    assert_eq!(bench.said(), NOTHING);
    bench.record(2, 0, 7, 1);
    bench.record(2, 0, 7, 1);
    assert_eq!(bench.work.len(), 1, "nor one whose offset does not rise");
    bench.complete(0, 7);
    assert_eq!(bench.said(), ["out 0@7", "seal 0 to 0@8"]);
    assert_eq!(bench.machine.counts().ignored, 2);
}

#[test]
fn only_the_full_partition_is_paused_and_it_comes_back_at_half() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0, 1]);
    bench.record(1, 1, 0, 1);
    for offset in 0..4 {
        bench.record(1, 0, offset, 1);
    }
    assert_eq!(bench.ordered(), ["pause 0"]);
    bench.complete(0, 0);
    bench.sealed(0);
    assert_eq!(bench.ordered(), NOTHING, "three of four are more than half");
    bench.complete(0, 1);
    bench.now += SEALING.interval;
    bench.turn();
    bench.sealed(1);
    assert_eq!(bench.ordered(), ["resume 0"]);
}

#[test]
fn bytes_pause_a_partition_and_close_the_intake() {
    let mut bench = Bench::new(Limits { bytes: 12_000, partition_bytes: 6_000, ..LIMITS });
    bench.assign(1, &[0, 1]);
    bench.record(1, 0, 0, 2_000);
    assert_eq!(bench.ordered(), ["pause 0"], "charged for its output as well");
    assert!(bench.machine.wants_events());
    bench.record(1, 1, 0, 2_000);
    assert_eq!(bench.ordered(), ["pause 1"]);
    assert!(!bench.machine.wants_events());
    bench.complete(0, 0);
    assert!(bench.machine.wants_events(), "the output was smaller than its reserve");
}

#[test]
fn a_refused_output_becomes_a_dead_letter() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0]);
    bench.record(1, 0, 0, 1);
    bench.complete(0, 0);
    assert_eq!(bench.said(), ["out 0@0", "seal 0 to 0@1"]);
    let refused = Outgoing {
        position: Position { partition: raw(0), epoch: Epoch(1), offset: 0 },
        destination: Destination::Output,
        timestamp_ms: None,
        key: None,
        value: None,
        headers: Vec::new(),
    };
    bench.machine.refused(&refused, "output_too_large", "expected less");
    bench.turn();
    assert_eq!(bench.said(), ["dead 0@0"]);
    bench.sealed(0);
    assert_eq!(bench.machine.counts().dead_letters, 1);
}

#[test]
fn what_a_seal_left_out_is_not_counted_as_answered() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0]);
    bench.assign(2, &[1]);
    bench.record(1, 0, 0, 1);
    bench.record(2, 1, 0, 1);
    bench.sink.full = true;
    bench.complete(0, 0);
    bench.complete(1, 0);
    bench.sink.full = false;
    bench.machine.room_in_sink();
    bench.turn();
    assert_eq!(bench.said(), ["out 0@0", "out 1@0", "seal 0 to 0@1 1@1"]);
    let lost = [NextOffset { partition: raw(1), epoch: Epoch(2), next: 1 }];
    bench.machine.sealed(SealId(0), &lost, bench.now, 0);
    assert_eq!((bench.machine.counts().outputs, bench.machine.counts().dropped), (1, 1));
    assert_eq!(bench.machine.in_flight(), (0, 0));
}

#[test]
fn a_stale_seal_is_asked_for_again_after_an_interval() {
    let mut bench = Bench::new(LIMITS);
    bench.assign(1, &[0]);
    bench.record(1, 0, 0, 1);
    bench.complete(0, 0);
    bench.said();
    bench.now += SEALING.interval * 3;
    bench.machine.stale(SealId(0), bench.now);
    bench.turn();
    assert_eq!(bench.said(), NOTHING, "not in a hurry");
    bench.now += SEALING.interval;
    bench.turn();
    assert_eq!(bench.said(), ["seal 1 to 0@1"]);
}

#[test]
fn after_a_stale_seal_records_without_room_are_set_aside_and_come_in_their_order() {
    let mut bench = Bench::new(Limits { records: 2, ..LIMITS });
    bench.assign(1, &[0, 1]);
    bench.record(1, 0, 0, 1);
    bench.record(1, 0, 1, 1);
    assert!(!bench.machine.wants_events(), "full, and all is well: the source waits");
    bench.complete(0, 0);
    bench.complete(0, 1);
    bench.machine.stale(SealId(0), bench.now);
    assert!(bench.machine.wants_events(), "news of a loss may be on its way");
    bench.record(1, 0, 2, 1);
    assert_eq!((bench.machine.set_aside_count(), bench.machine.in_flight().0), (1, 2));
    assert_eq!(bench.ordered(), ["pause 0"]);
    bench.now += SEALING.interval;
    bench.turn();
    bench.machine.sealed(SealId(1), &[], bench.now, 0);
    bench.record(1, 0, 3, 1);
    bench.said();
    bench.turn();
    assert_eq!(bench.ordered(), ["resume 0"]);
    bench.complete(0, 2);
    bench.complete(0, 3);
    assert_eq!(bench.said(), ["out 0@2", "out 0@3"]);
    assert_eq!(bench.machine.counts().ignored, 0);
}
