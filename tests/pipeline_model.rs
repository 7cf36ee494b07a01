//! The state machine against the broker in memory, under random schedules: arrivals, completions in
//! any order, rebalances, lost assignments, refusals, crashes, a sink that is full, a source that
//! gives up waiting.
//!
//! The checks share no code with the machine: what is produced is compared, one by one, with what
//! the machine was given, and commits with what the broker was handed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use copydesk::article::{Rejection, StageName};
use copydesk::pipeline::machine::{Completion, Limits, Machine, Order, Outcome, RevocationId, Sealing, Work};
use copydesk::pipeline::memory::{Broker, GroupEvent, MemberId, Outbox, Polled};
use copydesk::pipeline::observer::Unobserved;
use copydesk::pipeline::seam::{
    Destination, Epoch, Full, Incoming, Outgoing, PartitionId, Position, Seal, Sink, SinkEvent,
};
use copydesk::publish::Finished;
use proptest::prelude::*;

const PARTITIONS: usize = 4;
const LIMITS: Limits = Limits { records: 12, bytes: 12_000, partition_records: 5, partition_bytes: 6_000 };
const SEALING: Sealing = Sealing { interval: Duration::from_millis(10), records: 6, bytes: 8_000 };
const DRAIN_DEADLINE: Duration = Duration::from_millis(200);
/// Outputs over this are refused.
const TOPIC_LIMIT: usize = 100;
const SINK_CAPACITY: usize = 4;
const SOURCE_CAPACITY: usize = 6;

/// What happens to a record, by its place: the checks know it as well.
fn outcome(position: &Position) -> Outcome {
    let mark = position.offset * 7 + i64::from(position.partition.number);
    if mark % 11 == 0 {
        return Outcome::Rejected(Rejection::new(StageName::Normalize, "toy", "rejected"));
    }
    let mut value = answer(position);
    if mark % 13 == 0 {
        value.resize(TOPIC_LIMIT + 1, b'.');
    }
    let key = (mark % 3 == 0).then(|| Bytes::from(format!("key-{}", mark % 5)));
    Outcome::Finished(Finished { key, value: Some(Bytes::from(value)), headers: Vec::new() })
}

fn answer(position: &Position) -> Vec<u8> {
    format!("{}@{}", position.partition, position.offset).into_bytes()
}

fn is_dead_letter(position: &Position) -> bool {
    let mark = position.offset * 7 + i64::from(position.partition.number);
    mark % 11 == 0 || mark % 13 == 0
}

#[derive(Debug, Clone)]
enum Step {
    Append { partition: usize, count: usize, gap: bool },
    Poll { worker: usize },
    Take { worker: usize, count: usize },
    Complete { worker: usize, which: usize },
    Publish { worker: usize },
    Deliver { worker: usize, count: usize },
    Wait { milliseconds: u64 },
    Join,
    Leave { worker: usize },
    Expel { worker: usize },
    GiveUp { worker: usize },
    Crash { worker: usize },
}

fn calm_step() -> impl Strategy<Value = Step> {
    let worker = 0..3_usize;
    prop_oneof![
        4 => (0..PARTITIONS, 1..6_usize, any::<bool>())
            .prop_map(|(partition, count, gap)| Step::Append { partition, count, gap }),
        4 => worker.clone().prop_map(|worker| Step::Poll { worker }),
        6 => (worker.clone(), 1..8_usize).prop_map(|(worker, count)| Step::Take { worker, count }),
        12 => (worker.clone(), 0..12_usize).prop_map(|(worker, which)| Step::Complete { worker, which }),
        6 => worker.clone().prop_map(|worker| Step::Publish { worker }),
        6 => (worker.clone(), 1..6_usize).prop_map(|(worker, count)| Step::Deliver { worker, count }),
        4 => (1..15_u64).prop_map(|milliseconds| Step::Wait { milliseconds }),
        2 => Just(Step::Join),
        1 => worker.prop_map(|worker| Step::Leave { worker }),
    ]
}

fn stormy_step() -> impl Strategy<Value = Step> {
    let worker = 0..3_usize;
    prop_oneof![
        40 => calm_step(),
        2 => worker.clone().prop_map(|worker| Step::Expel { worker }),
        2 => worker.clone().prop_map(|worker| Step::Crash { worker }),
        2 => worker.prop_map(|worker| Step::GiveUp { worker }),
        1 => (50..250_u64).prop_map(|milliseconds| Step::Wait { milliseconds }),
    ]
}

#[derive(Debug, Default)]
struct Taken {
    offsets: Vec<i64>,
    produced: usize,
    over: bool,
}

/// Stands between machine and sink and checks each order.
struct Checked {
    outbox: Outbox,
    taken: BTreeMap<(PartitionId, Epoch), Taken>,
    refused: BTreeSet<Position>,
}

impl Sink for Checked {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        let position = record.position.clone();
        let answers_refusal = self.refused.contains(&position);
        let taken = self.taken.get(&(position.partition.clone(), position.epoch)).unwrap();
        if answers_refusal {
            assert_eq!(record.destination, Destination::DeadLetter);
        } else {
            assert!(!taken.over, "{position:?} is published after its epoch");
            assert_eq!(position.offset, taken.offsets[taken.produced], "published in order, none left out");
        }
        if record.destination == Destination::Output {
            assert!(record.value.as_ref().unwrap().starts_with(&answer(&position)), "the answer of another");
        }
        self.outbox.produce(record)?;
        if answers_refusal {
            self.refused.remove(&position);
        } else {
            self.taken.get_mut(&(position.partition, position.epoch)).unwrap().produced += 1;
        }
        Ok(())
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        let mut seen = BTreeSet::new();
        for next in &seal.offsets {
            assert!(seen.insert(next.partition.clone()), "one offset a partition");
            let taken = &self.taken[&(next.partition.clone(), next.epoch)];
            assert!(!taken.over, "{next:?} is committed after its epoch");
            assert!(
                taken.offsets[..taken.produced].contains(&(next.next - 1)),
                "{next:?} passes the frontier"
            );
        }
        self.outbox.seal(seal)
    }
}

struct Worker {
    id: MemberId,
    machine: Machine,
    sink: Checked,
    queued: VecDeque<Queued>,
    work: Vec<Work>,
    /// The source waits for these.
    draining: Option<(RevocationId, Vec<(PartitionId, Epoch)>)>,
}

enum Queued {
    Record(Incoming),
    Group(GroupEvent),
}

struct World {
    broker: Broker,
    workers: Vec<Worker>,
    now: Duration,
    looked_at: usize,
    answered: BTreeMap<(PartitionId, i64), usize>,
    committed: BTreeMap<PartitionId, i64>,
}

impl World {
    fn new(seed: u64) -> Self {
        let broker = Broker::new(PARTITIONS, seed);
        broker.refuse_outputs_over(TOPIC_LIMIT);
        let mut world = Self {
            broker,
            workers: Vec::new(),
            now: Duration::ZERO,
            looked_at: 0,
            answered: BTreeMap::new(),
            committed: BTreeMap::new(),
        };
        world.join();
        world
    }

    fn join(&mut self) {
        let id = self.broker.join();
        self.workers.push(Worker {
            id,
            machine: Machine::new(LIMITS, SEALING, DRAIN_DEADLINE, Arc::new(Unobserved)),
            sink: Checked {
                outbox: Outbox::new(self.broker.clone(), id, SINK_CAPACITY),
                taken: BTreeMap::new(),
                refused: BTreeSet::new(),
            },
            queued: VecDeque::new(),
            work: Vec::new(),
            draining: None,
        });
    }

    fn step(&mut self, step: &Step) {
        let count = self.workers.len();
        match *step {
            Step::Append { partition, count, gap } => {
                let partition = &self.broker.partitions()[partition];
                if gap {
                    self.broker.skip(partition, 3);
                }
                for _ in 0..count {
                    self.broker.append(partition, None, Some(Bytes::from(vec![b'x'; count * 40])), Some(0));
                }
            }
            Step::Poll { worker } => self.poll(worker % count),
            Step::Take { worker, count: records } => self.take(worker % count, records),
            Step::Complete { worker, which } => self.complete(worker % count, which),
            Step::Publish { worker } => self.publish(worker % count),
            Step::Deliver { worker, count: orders } => {
                for _ in 0..orders {
                    self.deliver(worker % count);
                }
            }
            Step::Wait { milliseconds } => self.now += Duration::from_millis(milliseconds),
            Step::Join if count < 3 => self.join(),
            Step::Join => {}
            Step::Leave { worker } if count > 1 => self.broker.leave(self.workers[worker % count].id),
            Step::Leave { .. } => {}
            Step::Expel { worker } => {
                let expelled = &mut self.workers[worker % count];
                self.broker.expel(expelled.id);
            }
            Step::GiveUp { worker } => {
                let source = &mut self.workers[worker % count];
                if let Some((_, partitions)) = source.draining.take() {
                    self.broker.drained(source.id, &partitions);
                }
            }
            Step::Crash { worker } => {
                let crashed = self.workers.remove(worker % count);
                self.broker.crash(crashed.id);
                if self.workers.is_empty() {
                    self.join();
                }
            }
        }
    }

    fn poll(&mut self, index: usize) {
        let worker = &mut self.workers[index];
        if worker.draining.is_some() || worker.queued.len() >= SOURCE_CAPACITY {
            return;
        }
        if matches!(worker.queued.back(), Some(Queued::Group(GroupEvent::Revoking(_)))) {
            return;
        }
        match self.broker.poll(worker.id, SOURCE_CAPACITY - worker.queued.len()) {
            Polled::Group(event) => worker.queued.push_back(Queued::Group(event)),
            Polled::Records(records) => worker.queued.extend(records.into_iter().map(Queued::Record)),
            Polled::Nothing => {}
            Polled::Ended => {
                if self.workers.len() > 1 {
                    self.workers.remove(index);
                }
            }
        }
    }

    fn take(&mut self, index: usize, count: usize) {
        for _ in 0..count {
            let now = self.now;
            let Some(worker) = self.workers.get_mut(index) else { return };
            if !worker.machine.wants_events() {
                break;
            }
            let Some(event) = worker.queued.pop_front() else { break };
            let taken = &mut worker.sink.taken;
            match event {
                Queued::Record(incoming) => {
                    let position = incoming.position.clone();
                    let log = taken.get_mut(&(position.partition, position.epoch)).unwrap();
                    if !log.over {
                        log.offsets.push(position.offset);
                    }
                    worker.machine.record(incoming, now);
                }
                Queued::Group(GroupEvent::Assigned(epoch, partitions)) => {
                    for ((partition, _), log) in taken.iter_mut() {
                        log.over |= partitions.contains(partition);
                    }
                    for partition in &partitions {
                        taken.insert((partition.clone(), epoch), Taken::default());
                    }
                    worker.machine.assigned(epoch, partitions);
                }
                Queued::Group(GroupEvent::Lost(partitions)) => {
                    for ((partition, _), log) in taken.iter_mut() {
                        log.over |= partitions.contains(partition);
                    }
                    worker.machine.lost(&partitions);
                }
                Queued::Group(GroupEvent::Revoking(revoked)) => {
                    let partitions: Vec<_> = revoked.iter().map(|(partition, _)| partition.clone()).collect();
                    let id = worker.machine.revoking(&partitions, now);
                    worker.draining = Some((id, revoked));
                }
            }
            self.obey(index);
        }
    }

    fn complete(&mut self, index: usize, which: usize) {
        let worker = &mut self.workers[index];
        if worker.work.is_empty() {
            return;
        }
        let Work { ticket, incoming, wanted } = worker.work.swap_remove(which % worker.work.len());
        let skipped = !wanted.load(std::sync::atomic::Ordering::Relaxed) && which.is_multiple_of(2);
        let outcome = if skipped { Outcome::Skipped } else { outcome(&incoming.position) };
        worker.machine.completed(Completion { ticket, incoming, outcome });
        self.obey(index);
    }

    fn publish(&mut self, index: usize) {
        let worker = &mut self.workers[index];
        worker.machine.tick(self.now);
        self.obey(index);
        let worker = &mut self.workers[index];
        worker.machine.publish(&mut worker.sink, self.now);
        self.obey(index);
    }

    fn obey(&mut self, index: usize) {
        let worker = &mut self.workers[index];
        while let Some(order) = worker.machine.next_order() {
            match order {
                Order::Submit(work) => worker.work.push(work),
                Order::Pause(partition) => self.broker.set_paused(worker.id, &partition, true),
                Order::Resume(partition) => self.broker.set_paused(worker.id, &partition, false),
                Order::Reply(id) => {
                    if let Some((_, revoked)) = worker.draining.take_if(|(waiting, _)| *waiting == id) {
                        for key in &revoked {
                            worker.sink.taken.get_mut(key).unwrap().over = true;
                        }
                        self.broker.drained(worker.id, &revoked);
                    }
                }
            }
        }
        let (records, bytes) = worker.machine.in_flight();
        assert!(records <= LIMITS.records, "{records} records in flight");
        assert!(
            worker.machine.set_aside_count() <= 2 * SOURCE_CAPACITY,
            "more set aside than was on its way"
        );
        assert!(worker.work.len() <= LIMITS.records, "more work than the limit");
        // The last record may pass the limit, by what it is charged for.
        assert!(bytes <= LIMITS.bytes + 3 * (256 + 6 * 40), "{bytes} bytes in flight");
    }

    fn deliver(&mut self, index: usize) {
        let worker = &mut self.workers[index];
        for event in worker.sink.outbox.step().unwrap_or_default() {
            match event {
                SinkEvent::Room => worker.machine.room_in_sink(),
                SinkEvent::Refused { record, code, message } => {
                    worker.sink.refused.insert(record.position.clone());
                    worker.machine.refused(&record, code, &message);
                }
                SinkEvent::Sealed { id, lost } => worker.machine.sealed(id, &lost, self.now, 0),
                SinkEvent::Stale { id } => worker.machine.stale(id, self.now),
                SinkEvent::Failed { message } => panic!("{message}"),
            }
        }
        self.obey(index);
        self.check_commits();
    }

    /// Nothing is committed before it is answered.
    fn check_commits(&mut self) {
        for delivered in self.broker.delivered(self.looked_at) {
            self.looked_at += 1;
            let Position { partition, offset, .. } = delivered.record.position;
            *self.answered.entry((partition, offset)).or_default() += 1;
        }
        for partition in self.broker.partitions() {
            let next = self.broker.committed(&partition);
            let before = self.committed.insert(partition.clone(), next).unwrap_or(0);
            assert!(next >= before, "{partition} goes back from {before} to {next}");
            for offset in self.broker.offsets(&partition) {
                if offset >= before && offset < next {
                    assert!(
                        self.answered.contains_key(&(partition.clone(), offset)),
                        "{partition} is committed up to {next}, {offset} is not answered"
                    );
                }
            }
        }
    }

    /// Everybody does what there is to do, until all is committed.
    fn run_to_the_end(&mut self) {
        // The schedule may have sent everybody home.
        self.join();
        for _ in 0..600 {
            if self.broker.all_committed() {
                return;
            }
            self.round();
        }
        panic!("no progress any more");
    }

    fn round(&mut self) {
        for index in (0..self.workers.len()).rev() {
            self.poll(index);
        }
        for index in 0..self.workers.len() {
            self.take(index, 8);
            for which in 0..4 {
                self.complete(index, which);
            }
            self.publish(index);
            for _ in 0..8 {
                self.deliver(index);
            }
        }
        self.now += SEALING.interval / 2;
    }

    fn check_end(&mut self, exactly_once: bool) {
        self.check_commits();
        for partition in self.broker.partitions() {
            for offset in self.broker.offsets(&partition) {
                let times = self.answered.get(&(partition.clone(), offset)).copied().unwrap_or(0);
                assert!(times >= 1, "{partition} offset {offset} is lost");
                assert!(!exactly_once || times == 1, "{partition} offset {offset} is answered {times} times");
            }
        }
        let mut seen = BTreeSet::new();
        let mut last: BTreeMap<(usize, PartitionId), i64> = BTreeMap::new();
        for delivered in self.broker.delivered(0) {
            let position = &delivered.record.position;
            let is_dead = delivered.record.destination == Destination::DeadLetter;
            assert_eq!(is_dead, is_dead_letter(position), "{position:?} went to the wrong topic");
            // What a crash makes come again is not new.
            if is_dead || !seen.insert((position.partition.clone(), position.offset)) {
                continue;
            }
            let before = last.insert((delivered.partition, position.partition.clone()), position.offset);
            assert!(before.is_none_or(|before| before < position.offset), "{position:?} after {before:?}");
        }
    }

    /// All go home: nothing is left in any machine.
    fn check_nothing_is_left(&mut self) {
        for worker in &self.workers {
            self.broker.leave(worker.id);
        }
        for _ in 0..200 {
            self.round();
        }
        let left = &self.workers[0];
        assert!(left.machine.is_drained(), "still has something assigned, or to seal");
        assert_eq!(left.machine.in_flight(), (0, 0), "memory that nobody gives back");
    }
}

fn play(seed: u64, steps: &[Step], exactly_once: bool) {
    let mut world = World::new(seed);
    for step in steps {
        world.step(step);
    }
    world.run_to_the_end();
    world.check_end(exactly_once);
    world.check_nothing_is_left();
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 4000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(2500))]

    #[test]
    fn members_that_come_and_go_answer_each_record_once_and_in_order(
        seed in any::<u64>(),
        steps in proptest::collection::vec(calm_step(), 0..150),
    ) {
        // A drain that waits longer than its deadline may lead to a second answer: here none does.
        let steps: Vec<Step> = steps
            .into_iter()
            .map(|step| match step {
                Step::Wait { milliseconds } => Step::Wait { milliseconds: milliseconds.min(1) },
                other => other,
            })
            .collect();
        play(seed, &steps, true);
    }

    #[test]
    fn crashes_and_lost_partitions_lose_nothing_and_keep_the_order(
        seed in any::<u64>(),
        steps in proptest::collection::vec(stormy_step(), 0..200),
    ) {
        play(seed, &steps, false);
    }
}

#[test]
fn news_of_a_loss_gets_through_where_there_is_no_room_for_records() {
    use Step::{Append, Expel, Join, Poll, Take};
    let steps = [
        Append { partition: 0, count: 5, gap: false },
        Append { partition: 0, count: 4, gap: false },
        Append { partition: 1, count: 3, gap: false },
        Poll { worker: 0 },
        Take { worker: 0, count: 1 },
        Poll { worker: 0 },
        Take { worker: 0, count: 6 },
        Poll { worker: 0 },
        Join,
        Expel { worker: 0 },
        Append { partition: 0, count: 1, gap: false },
    ];
    play(0, &steps, false);
}
