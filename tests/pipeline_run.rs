//! The whole pipeline on real threads: toy stages, the broker in memory, several members.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use copydesk::article::{Rejection, StageName};
use copydesk::budget::Budget;
use copydesk::pipeline::clock::RealClock;
use copydesk::pipeline::memory::{Broker, Connection, MemberId, connect};
use copydesk::pipeline::observer::{Observer, Unobserved};
use copydesk::pipeline::seam::{Destination, Incoming, PartitionId};
use copydesk::pipeline::{Limits, Options, Sealing, Stages, Stopped, Summary, run};
use copydesk::publish::Finished;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Generous: a test that waits for it has failed.
const DEADLINE: Duration = Duration::from_secs(60);

/// Upper case, then brackets. Values that begin with `panic`, `dear`, `bad` or `slow` are what they
/// say.
#[derive(Default)]
struct Toy {
    /// Slow records wait for it.
    open: Arc<AtomicBool>,
}

impl Stages for Toy {
    type Normalized = String;

    fn normalize(&self, incoming: &Incoming, budget: &mut Budget) -> Result<String, Rejection> {
        let value = incoming.value.as_deref().unwrap_or_default();
        let text = std::str::from_utf8(value)
            .map_err(|error| Rejection::new(StageName::Decode, "not_utf8", error.to_string()))?;
        assert!(!text.starts_with("panic"), "toy panic at offset {}", incoming.position.offset);
        let steps = if text.starts_with("dear") { 1_000_000 } else { text.len() };
        budget.spend(steps).map_err(|over| Rejection::over_budget(StageName::Normalize, &over))?;
        while text.starts_with("slow") && !self.open.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        Ok(text.to_uppercase())
    }

    fn tag(
        &self,
        incoming: &Incoming,
        normalized: String,
        _budget: &mut Budget,
    ) -> Result<Finished, Rejection> {
        if normalized.starts_with("BAD") {
            return Err(Rejection::new(StageName::Tag, "bad", "expected a good record, found a bad one"));
        }
        let value = Some(Bytes::from(format!("[{normalized}]")));
        Ok(Finished { key: incoming.key.clone(), value, headers: incoming.headers.clone() })
    }
}

fn options(workers: usize) -> Options {
    Options {
        limits: Limits { records: 64, bytes: 1 << 20, partition_records: 16, partition_bytes: 1 << 18 },
        sealing: Sealing { interval: Duration::from_millis(5), records: 50, bytes: 1 << 18 },
        drain_deadline: Duration::from_secs(20),
        workers,
        steps: 10_000,
    }
}

struct Running {
    member: MemberId,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<Summary, Stopped>>,
}

impl Running {
    fn start(broker: &Broker, toy: Toy, options: Options, observer: Arc<dyn Observer>) -> Self {
        let (member, ends) = connect(broker, Connection::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            // A sender that is gone is a reason to stop, too.
            drop(stopped.await);
        };
        let clock = Arc::new(RealClock::start());
        let task = tokio::spawn(run(Arc::new(toy), ends, options, observer, clock, shutdown));
        Self { member, stop: Some(stop), task }
    }

    async fn stop(mut self) -> Summary {
        drop(self.stop.take());
        tokio::time::timeout(DEADLINE, self.task).await.expect("ends in time").unwrap().unwrap()
    }
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let waited = tokio::time::timeout(DEADLINE, async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    assert!(waited.await.is_ok(), "{what} did not come to pass");
}

fn append(broker: &Broker, partition: &PartitionId, value: &str) -> i64 {
    broker.append(partition, None, Some(Bytes::copy_from_slice(value.as_bytes())), Some(1))
}

/// Output or dead letter of each input record, and the order of each partition.
fn answers(broker: &Broker) -> BTreeMap<(i32, i64), (Destination, Vec<u8>)> {
    let mut answers = BTreeMap::new();
    let mut last = BTreeMap::new();
    for delivered in broker.delivered(0) {
        let record = delivered.record;
        let place = (record.position.partition.number, record.position.offset);
        if record.destination == Destination::Output {
            let before = last.insert(place.0, place.1);
            assert!(before.is_none_or(|before| before < place.1), "{place:?} after {before:?}");
        }
        let value = record.value.unwrap().to_vec();
        assert!(answers.insert(place, (record.destination, value)).is_none(), "{place:?} comes twice");
    }
    answers
}

fn fill(broker: &Broker, each: usize) {
    for index in 0..each {
        for partition in broker.partitions() {
            let kind = match (index + usize::try_from(partition.number).unwrap()) % 23 {
                5 => "bad",
                11 => "panic",
                17 => "dear",
                _ => "good",
            };
            append(broker, &partition, &format!("{kind} record {index} of {partition}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bytes_do_not_depend_on_the_number_of_workers() {
    let mut seen = Vec::new();
    for workers in [1, 2, 5] {
        let broker = Broker::new(4, 7);
        fill(&broker, 150);
        let running = Running::start(&broker, Toy::default(), options(workers), Arc::new(Unobserved));
        until("all is committed", || broker.all_committed()).await;
        let summary = running.stop().await;
        assert!(summary.drained);
        assert_eq!(summary.counts.received, 600);
        let answers = answers(&broker);
        assert_eq!(answers.len(), 600, "every record is answered");
        let letters = answers.values().filter(|(to, _)| *to == Destination::DeadLetter).count();
        assert_eq!(summary.counts.dead_letters, letters as u64);
        assert_eq!(summary.counts.outputs, 600 - letters as u64);
        assert!(letters > 60, "{letters} of the bad ones");
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_rejects_its_record_and_no_other() {
    let broker = Broker::new(1, 1);
    broker.refuse_outputs_over(200);
    let partition = &broker.partitions()[0];
    append(&broker, partition, "good");
    append(&broker, partition, "panic now");
    append(&broker, partition, "dear me");
    append(&broker, partition, "bad");
    append(&broker, partition, &format!("long {}", "x".repeat(200)));
    broker.append(partition, None, Some(Bytes::from_static(&[0xff, 0xfe])), Some(1));
    append(&broker, partition, "good again");
    let running = Running::start(&broker, Toy::default(), options(2), Arc::new(Unobserved));
    until("all is committed", || broker.all_committed()).await;
    running.stop().await;

    let mut found: Vec<(i64, String, String, String)> = Vec::new();
    for record in broker.delivered(0).into_iter().map(|delivered| delivered.record) {
        let header = |name: &str| {
            let value = record.headers.iter().rfind(|(found, _)| found == name);
            value.map_or_else(String::new, |(_, value)| {
                String::from_utf8(value.as_ref().unwrap().to_vec()).unwrap()
            })
        };
        let row = (
            record.position.offset,
            header("copydesk.error.stage"),
            header("copydesk.error.code"),
            header("copydesk.error.message"),
        );
        found.push(row);
    }
    found.sort();
    let expected = [
        (0, "", "", ""),
        (1, "normalize", "stage_panicked", "the stage panicked: toy panic at offset 1"),
        (
            2,
            "normalize",
            "budget_exceeded",
            "expected at most 10000 steps of work, needed more; `limits.steps` sets the limit",
        ),
        (3, "tag", "bad", "expected a good record, found a bad one"),
        (4, "publish", "output_too_large", "expected at most 200 bytes, found 207"),
        (5, "decode", "not_utf8", "invalid utf-8 sequence of 1 bytes from index 0"),
        (6, "", "", ""),
    ]
    .map(|(offset, stage, code, message)| (offset, stage.to_owned(), code.to_owned(), message.to_owned()));
    assert_eq!(found, expected);
}

#[derive(Default)]
struct PausesSeen {
    partitions: Mutex<BTreeSet<i32>>,
}

impl Observer for PausesSeen {
    fn paused(&self, partition: &PartitionId, paused: bool) {
        if paused {
            self.partitions.lock().unwrap().insert(partition.number);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_record_holds_its_own_partition_only_and_only_that_is_paused() {
    let broker = Broker::new(3, 3);
    let partitions = broker.partitions();
    append(&broker, &partitions[0], "slow record");
    for index in 0..100 {
        append(&broker, &partitions[0], &format!("behind it {index}"));
    }
    let toy = Toy::default();
    let open = Arc::clone(&toy.open);
    let pauses = Arc::new(PausesSeen::default());
    let roomy = Options {
        limits: Limits { records: 4096, bytes: 64 << 20, partition_records: 16, partition_bytes: 8 << 20 },
        ..options(2)
    };
    let running = Running::start(&broker, toy, roomy, Arc::clone(&pauses) as Arc<dyn Observer>);
    until("the slow partition is paused", || !pauses.partitions.lock().unwrap().is_empty()).await;
    for index in 0..300 {
        for partition in &partitions[1..] {
            append(&broker, partition, &format!("quick {index}"));
            // One at a time, so that these stay below their own limit.
            if index % 8 == 7 {
                let done = index + 1;
                until("the others flow", || broker.committed(partition) >= done).await;
            }
        }
    }
    until("the others are done", || {
        partitions[1..].iter().all(|partition| broker.committed(partition) >= 300)
    })
    .await;
    assert_eq!(broker.committed(&partitions[0]), 0, "nothing passes the slow record");
    assert_eq!(*pauses.partitions.lock().unwrap(), BTreeSet::from([0]));
    open.store(true, Ordering::SeqCst);
    until("all is committed", || broker.all_committed()).await;
    running.stop().await;
    assert_eq!(answers(&broker).len(), 701);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_come_and_go_while_records_flow() {
    let broker = Broker::new(6, 11);
    fill(&broker, 100);
    let first = Running::start(&broker, Toy::default(), options(2), Arc::new(Unobserved));
    until("it flows", || broker.delivered_count() > 50).await;
    let second = Running::start(&broker, Toy::default(), options(1), Arc::new(Unobserved));
    fill(&broker, 100);
    until("half is done", || broker.delivered_count() > 600).await;
    let third = Running::start(&broker, Toy::default(), options(3), Arc::new(Unobserved));
    fill(&broker, 100);
    let gone = first.stop().await;
    assert!(gone.drained);
    fill(&broker, 50);
    until("all is committed", || broker.all_committed()).await;
    let (second, third) = (second.stop().await, third.stop().await);
    assert_eq!(answers(&broker).len(), 6 * 350, "each exactly once");
    let answered: u64 = [gone, second, third]
        .iter()
        .map(|summary| summary.counts.outputs + summary.counts.dead_letters)
        .sum();
    assert_eq!(answered, 6 * 350);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_member_left_is_done_by_the_next() {
    let broker = Broker::new(4, 5);
    fill(&broker, 200);
    let first = Running::start(&broker, Toy::default(), options(2), Arc::new(Unobserved));
    until("it flows", || broker.delivered_count() > 100).await;
    first.task.abort();
    broker.crash(first.member);
    let second = Running::start(&broker, Toy::default(), options(2), Arc::new(Unobserved));
    until("it flows again", || broker.delivered_count() > 400).await;
    broker.expel(second.member);
    until("all is committed", || broker.all_committed()).await;
    second.stop().await;
    let answered: BTreeSet<(i32, i64)> = broker
        .delivered(0)
        .iter()
        .map(|delivered| (delivered.record.position.partition.number, delivered.record.position.offset))
        .collect();
    assert_eq!(answered.len(), 800, "nothing is lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_ends_by_itself_stops_the_run_with_its_cause() {
    let broker = Broker::new(1, 1);
    let running = Running::start(&broker, Toy::default(), options(1), Arc::new(Unobserved));
    broker.crash(running.member);
    let stopped = tokio::time::timeout(DEADLINE, running.task).await.expect("ends in time").unwrap();
    assert_eq!(stopped, Err(Stopped::Source("it ended without being asked to".to_owned())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_does_not_wait_for_a_record_that_is_stuck() {
    let broker = Broker::new(1, 1);
    let partition = &broker.partitions()[0];
    append(&broker, partition, "good");
    append(&broker, partition, "slow");
    append(&broker, partition, "good");
    let toy = Toy::default();
    let open = Arc::clone(&toy.open);
    let running = Running::start(&broker, toy, options(2), Arc::new(Unobserved));
    until("the first is committed", || broker.committed(partition) == 1).await;
    let summary = running.stop().await;
    open.store(true, Ordering::SeqCst);
    assert!(summary.drained);
    assert_eq!((summary.counts.outputs, broker.committed(partition)), (1, 1), "the rest is the next one's");
}
