//! A broker and its workers, and how each step of a schedule changes them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use copydesk::pipeline::machine::{Completion, Limits, Machine, Order, Outcome, Sealing, Work};
use copydesk::pipeline::memory::{Broker, GroupEvent, Manner, Outbox, Polled};
use copydesk::pipeline::observer::Unobserved;
use copydesk::pipeline::publisher::{Next, Policy};
use copydesk::pipeline::seam::{Destination, SinkEvent};

use super::Setup;
use super::answers::{Appended, RECORD_ATTEMPTS, TOPIC_LIMIT, outcome};
use super::checks::Checks;
use super::schedule::{Happening, Nature, PARTITIONS, Step};
use super::worker::{Checked, Draining, Queued, Taken, Worker};

const LIMITS: Limits = Limits { records: 12, bytes: 12_000, partition_records: 5, partition_bytes: 6_000 };
const SEALING: Sealing = Sealing { interval: Duration::from_millis(10), records: 6, bytes: 8_000 };
const DRAIN_DEADLINE: Duration = Duration::from_millis(200);
const SINK_CAPACITY: usize = 4;
const SOURCE_CAPACITY: usize = 6;
const MOST_WORKERS: usize = 3;

pub(super) struct World {
    setup: Setup,
    broker: Broker,
    workers: Vec<Worker>,
    /// How many were started.
    started: usize,
    now: Duration,
    checks: Checks,
    /// Nobody is replaced any more, and nobody taken off the list.
    closing: bool,
}

impl World {
    pub(super) fn new(setup: Setup) -> Self {
        let broker = Broker::new(PARTITIONS, setup.seed);
        broker.set_protocol(setup.protocol);
        broker.tell_limits(setup.tells_limits);
        broker.refuse_outputs_over(TOPIC_LIMIT);
        let mut world = Self {
            setup,
            broker,
            workers: Vec::new(),
            started: 0,
            now: Duration::ZERO,
            checks: Checks::new(setup),
            closing: false,
        };
        world.join();
        world
    }

    fn join(&mut self) {
        let taken: BTreeSet<&str> = self.workers.iter().map(|worker| worker.name.as_str()).collect();
        let free = (0..).map(|place| format!("desk-{place}")).find(|name| !taken.contains(name.as_str()));
        let name = if self.setup.named { free.unwrap() } else { format!("random-{}", self.started) };
        self.start(name);
    }

    fn start(&mut self, name: String) {
        self.started += 1;
        let id = self.broker.join();
        let manner = Manner {
            capacity: SINK_CAPACITY,
            guarantee: self.setup.guarantee,
            name: name.clone(),
            policy: Policy { refused_letter: self.setup.refused_letter, record_attempts: RECORD_ATTEMPTS },
        };
        let outbox = Outbox::new(&self.broker, id, manner, Arc::new(Unobserved));
        self.workers.push(Worker {
            id,
            name,
            machine: Machine::new(LIMITS, SEALING, DRAIN_DEADLINE, Arc::new(Unobserved)),
            sink: Checked { outbox, taken: BTreeMap::new(), refused: BTreeSet::new() },
            queued: VecDeque::new(),
            work: Vec::new(),
            draining: None,
            losses: 0,
            given_up: Arc::new(Mutex::new(None)),
        });
    }

    pub(super) fn step(&mut self, step: &Step) {
        let count = self.workers.len();
        match step.clone() {
            Step::Append { partition, count, gap, nature } => self.append(partition, count, gap, nature),
            Step::Poll { worker } => self.poll(worker % count),
            Step::Take { worker, count: records } => self.take(worker % count, records),
            Step::Complete { worker, which } => self.complete(worker % count, which),
            Step::Publish { worker } => self.publish(worker % count),
            Step::Deliver { worker, count: steps } => {
                let id = self.workers[worker % count].id;
                for _ in 0..steps {
                    let Some(index) = self.workers.iter().position(|worker| worker.id == id) else { break };
                    self.deliver(index);
                }
            }
            Step::Wait { milliseconds } => self.now += Duration::from_millis(milliseconds),
            Step::Heartbeat { worker } => self.broker.heartbeat(self.workers[worker % count].id),
            Step::Join if count < MOST_WORKERS => self.join(),
            Step::Leave { worker } if count > 1 => self.broker.leave(self.workers[worker % count].id),
            Step::Twin { worker } if count < MOST_WORKERS => {
                let name = self.workers[worker % count].name.clone();
                self.start(name);
            }
            Step::Join | Step::Leave { .. } | Step::Twin { .. } => {}
            Step::Expel { worker } => self.broker.expel(self.workers[worker % count].id),
            Step::GiveUp { worker } => {
                let source = &mut self.workers[worker % count];
                if let Some(Draining { revoked, .. }) = source.draining.clone() {
                    self.broker.drained(source.id, &revoked);
                    source.lose_draining(&revoked);
                }
            }
            Step::Crash { worker, arrives } => {
                let index = worker % count;
                if arrives {
                    self.workers[index].sink.outbox.producer().arrive();
                }
                self.is_dead(index);
            }
            Step::Mishap { worker, call, mishap } => {
                self.workers[worker % count].sink.outbox.producer().fail_next(call, mishap);
            }
            Step::Expire { which } => {
                let open = self.broker.open_transactions();
                if let Some(name) = open.get(which % open.len().max(1)) {
                    self.broker.expire_transaction(name);
                }
            }
            Step::Interrupt { worker, calls, happening } => self.interrupt(worker % count, calls, happening),
            Step::Block { destination, blocked } => self.broker.block(destination, blocked),
            Step::LimitLetters { bytes } => self.broker.refuse_letters_over(bytes),
        }
        self.checks.commits(&self.broker);
    }

    fn append(&mut self, partition: usize, count: usize, gap: bool, nature: Nature) {
        let partition = &self.broker.partitions()[partition];
        if gap {
            self.broker.skip(partition, 3);
        }
        for _ in 0..count {
            let is_tombstone = matches!(nature, Nature::Tombstone);
            let value = (!is_tombstone).then(|| Bytes::from(vec![b'x'; count * 40]));
            let offset = self.broker.append(partition, None, value.clone(), Some(0));
            let refused = matches!(nature, Nature::Refused);
            if refused {
                self.broker.refuse_output_of(partition, offset);
            }
            let failures = if let Nature::Failing(times) = nature { times } else { 0 };
            self.broker.fail_output_of(partition, offset, failures);
            self.checks.appended(partition, offset, Appended { value, refused, failures });
        }
    }

    fn interrupt(&mut self, index: usize, calls: u32, happening: Happening) {
        let worker = &mut self.workers[index];
        let (broker, id, name) = (self.broker.clone(), worker.id, worker.name.clone());
        let happens: Box<dyn FnOnce() + Send> = match happening {
            Happening::GiveUp => {
                let Some(Draining { revoked, .. }) = worker.draining.clone() else { return };
                let given_up = Arc::clone(&worker.given_up);
                Box::new(move || {
                    broker.drained(id, &revoked);
                    broker.heartbeat(id);
                    *given_up.lock().unwrap() = Some(revoked);
                })
            }
            Happening::Expel => Box::new(move || broker.expel(id)),
            Happening::Heartbeat => Box::new(move || broker.heartbeat(id)),
            Happening::Expire => Box::new(move || {
                broker.expire_transaction(&name);
            }),
        };
        worker.sink.outbox.producer().interrupt(calls, happens);
    }

    /// A worker is dead, and whoever runs them starts another if none is left.
    fn is_dead(&mut self, index: usize) {
        let dead = self.workers.remove(index);
        self.broker.crash(dead.id);
        if self.workers.is_empty() {
            self.join();
        }
    }

    fn poll(&mut self, index: usize) {
        let worker = &mut self.workers[index];
        if worker.draining.is_some() && self.broker.is_expelled(worker.id) {
            // All is lost, these too: the news says so.
            worker.draining = None;
        }
        if worker.draining.is_some() {
            return;
        }
        // A source that is full goes on polling, for the news of the group.
        match self.broker.poll(worker.id, SOURCE_CAPACITY.saturating_sub(worker.queued.len())) {
            Polled::Group(event) => {
                if let GroupEvent::Revoking(revoked) = &event {
                    worker.draining = Some(Draining { revoked: revoked.clone(), known_as: None });
                }
                worker.queued.push_back(Queued::Group(event));
            }
            Polled::Records(records) => {
                self.checks.polled(worker.id, &records);
                worker.queued.extend(records.into_iter().map(Queued::Record));
            }
            Polled::Nothing => {}
            Polled::Ended => {
                if self.workers.len() > 1 && !self.closing {
                    let mut gone = self.workers.remove(index);
                    gone.sink.outbox.close();
                }
            }
        }
    }

    fn take(&mut self, index: usize, count: usize) {
        for _ in 0..count {
            let now = self.now;
            let worker = &mut self.workers[index];
            if !worker.machine.wants_events() {
                break;
            }
            let Some(event) = worker.queued.pop_front() else { break };
            let sink = &mut worker.sink;
            match event {
                Queued::Record(incoming) => {
                    let position = incoming.position.clone();
                    let log = sink.taken.get_mut(&(position.partition, position.epoch)).unwrap();
                    if !log.over {
                        log.offsets.push(position.offset);
                    }
                    worker.machine.record(incoming, now);
                }
                Queued::Group(GroupEvent::Assigned(epoch, partitions)) => {
                    sink.is_over(&partitions);
                    for partition in &partitions {
                        sink.taken.insert((partition.clone(), epoch), Taken::default());
                    }
                    worker.machine.assigned(epoch, partitions);
                }
                Queued::Group(GroupEvent::Lost(partitions)) => {
                    sink.is_over(&partitions);
                    worker.losses += 1;
                    worker.machine.lost(&partitions);
                }
                Queued::Group(GroupEvent::Revoking(revoked)) => {
                    let partitions: Vec<_> = revoked.iter().map(|(partition, _)| partition.clone()).collect();
                    let id = worker.machine.revoking(&partitions, now);
                    if let Some(draining) =
                        worker.draining.as_mut().filter(|waiting| waiting.revoked == revoked)
                    {
                        draining.known_as = Some(id);
                    }
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
        let outcome = if skipped { Outcome::Skipped } else { outcome(&incoming) };
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
                    let answered = worker.draining.take_if(|draining| draining.known_as == Some(id));
                    if let Some(Draining { revoked, .. }) = answered {
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
            worker.machine.set_aside_count() <= 2 * SOURCE_CAPACITY * (1 + worker.losses),
            "more set aside than was on its way"
        );
        assert!(worker.work.len() <= LIMITS.records, "more work than the limit");
        // The last record may pass the limit, by what it is charged for.
        assert!(bytes <= LIMITS.bytes + 3 * (256 + 6 * 40), "{bytes} bytes in flight");
    }

    fn deliver(&mut self, index: usize) {
        let worker = &mut self.workers[index];
        let (next, events) = worker.sink.outbox.step();
        let given_up = worker.given_up.lock().unwrap().take();
        if let Some(revoked) = given_up {
            worker.lose_draining(&revoked);
        }
        for event in events {
            match event {
                SinkEvent::Room => worker.machine.room_in_sink(),
                SinkEvent::Refused { record, code, message } => {
                    worker.sink.refused.insert(record.position.clone());
                    worker.machine.refused(&record, code, &message);
                }
                SinkEvent::Sealed { id, lost } => worker.machine.sealed(id, &lost, self.now, 0),
                SinkEvent::Stale { id } => worker.machine.stale(id, self.now),
                SinkEvent::Failed { message } => {
                    assert!(!message.contains("on their way"), "{message}");
                }
            }
        }
        self.obey(index);
        self.checks.commits(&self.broker);
        if matches!(next, Next::End(_)) {
            assert!(!self.setup.calm, "{next:?}");
            self.is_dead(index);
        }
    }

    /// Whatever went wrong goes right again, and everybody does what there is to do, until all is committed.
    pub(super) fn run_to_the_end(&mut self) {
        // The schedule may have sent everybody home.
        self.join();
        for destination in [Destination::Output, Destination::DeadLetter] {
            self.broker.block(destination, false);
        }
        self.broker.take_all_letters();
        for round in 0..600 {
            if self.broker.all_committed() && self.broker.open_transactions().is_empty() {
                return;
            }
            self.round();
            if round % 10 == 9 {
                self.expire(round % 50 == 49);
            }
        }
        panic!("no progress any more");
    }

    /// Transactions of the dead take too long, and now and then those of the living.
    fn expire(&self, all: bool) {
        for name in self.broker.open_transactions() {
            if all || self.workers.iter().all(|worker| worker.name != name) {
                self.broker.expire_transaction(&name);
            }
        }
    }

    fn round(&mut self) {
        for index in (0..self.workers.len()).rev() {
            self.broker.heartbeat(self.workers[index].id);
            self.poll(index);
        }
        let ids: Vec<_> = self.workers.iter().map(|worker| worker.id).collect();
        for id in ids {
            for turn in 0..16 {
                let Some(index) = self.workers.iter().position(|worker| worker.id == id) else { break };
                match turn {
                    0 => {
                        self.take(index, 8);
                        for which in 0..4 {
                            self.complete(index, which);
                        }
                        self.publish(index);
                    }
                    _ => self.deliver(index),
                }
            }
        }
        self.now += SEALING.interval / 2;
    }

    pub(super) fn check_end(&mut self) {
        self.checks.end(&self.broker);
    }

    /// All go home: nothing is left in any machine, nor in any publisher.
    pub(super) fn check_nothing_is_left(&mut self) {
        self.closing = true;
        for worker in &self.workers {
            self.broker.leave(worker.id);
        }
        for _ in 0..200 {
            self.round();
        }
        for left in &self.workers {
            assert!(left.machine.is_drained(), "still has something assigned, or to seal");
            assert_eq!(left.machine.in_flight(), (0, 0), "memory that nobody gives back");
            assert_eq!(left.sink.outbox.held(), 0, "records that nobody will ask for");
        }
        assert_eq!(self.broker.open_transactions(), Vec::<String>::new());
    }
}
