//! Exactly once on a real Kafka: what a `read_committed` reader sees when workers are killed, frozen,
//! refused by a topic, or run beside each other. Random faults under load are in `tests/chaos`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::collections::BTreeMap;
use std::time::Duration;

use harness::client::{Stored, committed, create_topic, eventually, read, set_topic, visible, write};
use harness::stories::{records, story};
use harness::worker::{KEEP, Route, Worker};
use harness::{broker, unique};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::producer::{BaseProducer, Producer as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

fn wait_for_commits(route: &Route, partitions: i32, records: usize) {
    eventually(&format!("{records} records are committed"), || {
        committed(broker(), &route.group, &route.input, partitions).values().sum::<i64>()
            == i64::try_from(records).unwrap()
    });
}

/// Waits until some, and not all, of the output is there.
fn has_begun(route: &Route, partitions: i32) {
    eventually("it is in the middle of work", || {
        committed(broker(), &route.group, &route.input, partitions).values().sum::<i64>() > 200
    });
}

const SLOWLY: &[&str] = &["limits.in_flight_records=200", "limits.partition_records=100", "limits.workers=1"];

fn start(route: &Route, more: &[&str]) -> Worker {
    route.start(&[SLOWLY, more].concat())
}

/// A transaction over the offsets of all partitions that is not decided, of a member that has gone.
fn undecided(route: &Route, partitions: i32) -> BaseProducer {
    let client = |more: &[(&str, &str)]| {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", broker());
        for (key, value) in more {
            config.set(*key, *value);
        }
        config
    };
    let member: BaseConsumer = client(&[
        ("group.id", &route.group),
        ("enable.auto.commit", "false"),
        ("partition.assignment.strategy", "cooperative-sticky"),
    ])
    .create()
    .unwrap();
    member.subscribe(&[&route.input]).unwrap();
    eventually("it is a member", || {
        drop(member.poll(Duration::from_millis(100)));
        member.assignment().unwrap().count() > 0
    });
    let name = unique("undecided");
    let producer: BaseProducer =
        client(&[("transactional.id", &name), ("transaction.timeout.ms", "600000")]).create().unwrap();
    let long = Duration::from_secs(30);
    producer.init_transactions(long).unwrap();
    producer.begin_transaction().unwrap();
    let mut offsets = TopicPartitionList::new();
    for partition in 0..partitions {
        offsets.add_partition_offset(&route.input, partition, Offset::Offset(1)).unwrap();
    }
    producer.send_offsets_to_transaction(&offsets, &member.group_metadata().unwrap(), long).unwrap();
    producer
}

#[test]
fn offsets_that_a_transaction_keeps_back_are_waited_for_whoever_comes_meanwhile() {
    const COUNT: usize = 400;
    let route = Route::create("undecided", 4);
    write(broker(), &route.input, &records(0..COUNT, 4));
    let mut before = start(&route, &[]);
    wait_for_commits(&route, 4, COUNT);
    before.stop();
    let producer = undecided(&route, 4);
    // The assignment changes while the first of them waits.
    let mut first = start(&route, &["kafka.call_timeout=1s"]);
    let kept_back = |worker: &Worker| worker.told("committed offsets are not known yet").len();
    eventually("the first waits", || kept_back(&first) > 0);
    let mut second = start(&route, &[]);
    second.waits_to_tell("subscribed");
    write(broker(), &route.input, &records(COUNT..COUNT + 100, 4));
    let so_far = kept_back(&first);
    eventually("the first still waits", || kept_back(&first) > so_far + 2);
    producer.abort_transaction(Duration::from_secs(30)).unwrap();
    wait_for_commits(&route, 4, COUNT + 100);
    first.stop();
    second.stop();
    route.assert_each_once(broker(), COUNT + 100);
}

#[test]
fn a_named_worker_that_is_killed_again_and_again_answers_each_record_once() {
    const COUNT: usize = 6000;
    let route = Route::create("killed", 4);
    write(broker(), &route.input, &records(0..COUNT, 4));
    for _ in 0..4 {
        let worker = start(&route, &["kafka.instance_id=desk-1"]);
        let before: i64 = committed(broker(), &route.group, &route.input, 4).values().sum();
        eventually("it commits", || {
            committed(broker(), &route.group, &route.input, 4).values().sum::<i64>() > before
        });
        // Dropped, it is killed.
        drop(worker);
    }
    let mut last = start(&route, &["kafka.instance_id=desk-1"]);
    wait_for_commits(&route, 4, COUNT);
    last.stop();
    route.assert_each_once(broker(), COUNT);
}

#[test]
fn the_work_of_a_killed_worker_without_a_name_goes_to_another_once_its_transaction_has_expired() {
    const COUNT: usize = 4000;
    let route = Route::create("orphan", 4);
    write(broker(), &route.input, &records(0..COUNT, 4));
    let short = ["kafka.transaction_timeout=6s", "delivery.drain_deadline=2s"];
    let first = start(&route, &short);
    has_begun(&route, 4);
    drop(first);
    let mut second = start(&route, &short);
    wait_for_commits(&route, 4, COUNT);
    second.stop();
    route.assert_each_once(broker(), COUNT);
}

#[test]
fn a_worker_that_was_frozen_publishes_nothing_from_before_its_sleep() {
    const COUNT: usize = 6000;
    let route = Route::create("zombie", 4);
    write(broker(), &route.input, &records(0..COUNT, 4));
    let short = ["kafka.transaction_timeout=6s", "delivery.drain_deadline=2s"];
    let mut frozen = start(&route, &short);
    has_begun(&route, 4);
    frozen.signal("-STOP");
    let mut other = start(&route, &short);
    wait_for_commits(&route, 4, COUNT);
    frozen.signal("-CONT");
    // It is fenced and ends, or notices that it was thrown out and joins again.
    write(broker(), &route.input, &records(COUNT..COUNT + 400, 4));
    wait_for_commits(&route, 4, COUNT + 400);
    eventually("it has ended, or is a member again", || {
        frozen.ended().is_some()
            || frozen.log().iter().any(|line| line["message"] == "partitions lost, work in flight discarded")
    });
    other.stop();
    if frozen.ended().is_none() {
        frozen.stop();
    }
    route.assert_each_once(broker(), COUNT + 400);
}

#[test]
fn partitions_that_come_and_go_in_good_order_are_answered_once_under_each_protocol() {
    const COUNT: usize = 4000;
    let protocols: [&[&str]; 3] = [
        &[],
        &["kafka.properties.partition.assignment.strategy=range"],
        &["kafka.protocol=consumer", "kafka.instance_id="],
    ];
    for protocol in protocols {
        let route = Route::create("moving", 6);
        write(broker(), &route.input, &records(0..COUNT, 6));
        let mut first = start(&route, protocol);
        has_begun(&route, 6);
        let mut second = start(&route, protocol);
        second.waits_for_partitions(3);
        let mut third = start(&route, protocol);
        third.waits_for_partitions(2);
        first.stop();
        wait_for_commits(&route, 6, COUNT);
        second.stop();
        third.stop();
        route.assert_each_once(broker(), COUNT);
    }
}

#[test]
fn a_topic_that_takes_less_while_it_runs_makes_dead_letters_of_what_is_too_large_and_of_nothing_else() {
    let route = Route::create("narrowed", 2);
    let mut worker = route.start(&["kafka.instance_id=desk-1"]);
    worker.waits_for_partitions(2);
    write(broker(), &route.input, &[story_of(0, 2)]);
    assert_eq!(read(broker(), &route.output, 1).len(), 1);
    set_topic(broker(), &route.output, "max.message.bytes", "9000");
    // One in twenty gives an output beyond 9,000 bytes.
    let fed: Vec<Stored> = (1..401)
        .map(|number| {
            let mut stored = story_of(number, 2);
            if number % 20 == 0 {
                let text = String::from_utf8(stored.value.take().unwrap()).unwrap();
                stored.value =
                    Some(text.replace("More Oslo", &format!("{}\nMore Oslo", long_paragraph())).into_bytes());
            }
            stored
        })
        .collect();
    write(broker(), &route.input, &fed);
    wait_for_commits(&route, 2, 401);
    let letters = read(broker(), &route.dead, 20);
    assert!(letters.iter().all(|letter| letter.header("copydesk.error.code") == Some(b"output_too_large")));
    let largest = fed.iter().map(|stored| stored.value.as_ref().unwrap().len()).max().unwrap();
    assert!(largest > 9000);
    assert!(worker.metric("copydesk_aborted_transactions_total{cause=\"refused\"}") >= 1.0);
    worker.stop();
    route.assert_each_once(broker(), 401);
    assert_eq!(visible(broker(), &route.dead), 20);
}

fn story_of(number: usize, partitions: i32) -> Stored {
    let mut stored = harness::stories::record(number, partitions);
    stored.value = Some(story(number).into_bytes());
    stored.key = Some(format!("story-{number}").into_bytes());
    stored
}

/// Words that do not compress well.
fn long_paragraph() -> String {
    (0..1500).map(|word: u64| format!("{:x} ", word.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect()
}

#[test]
fn a_compacted_topic_refuses_what_has_no_key_and_takes_the_rest() {
    let mut route = Route::create("compacted", 1);
    route.output = unique("compacted.late");
    create_topic(broker(), &route.output, 1, KEEP);
    let mut worker = route.start(&["kafka.instance_id=desk-1"]);
    worker.waits_for_partitions(1);
    write(broker(), &route.input, &[story_of(0, 1)]);
    assert_eq!(read(broker(), &route.output, 1).len(), 1);
    // From now on the broker refuses whole batches for one record without a key.
    set_topic(broker(), &route.output, "cleanup.policy", "compact");
    let mut fed: Vec<Stored> = (1..101).map(|number| story_of(number, 1)).collect();
    fed[30].key = None;
    fed[70].key = None;
    write(broker(), &route.input, &fed);
    wait_for_commits(&route, 1, 101);
    let letters = read(broker(), &route.dead, 2);
    let codes: Vec<_> = letters.iter().map(|letter| letter.header("copydesk.error.code").unwrap()).collect();
    assert_eq!(codes, [b"output_refused", b"output_refused"]);
    worker.stop();
    route.assert_each_once(broker(), 101);
}

#[test]
fn six_bad_records_among_two_thousand_are_explained_and_hold_nobody_up() {
    const GOOD: usize = 2000;
    let mut route = Route::create("six", 4);
    route.output = unique("six.narrow");
    create_topic(broker(), &route.output, 4, &[KEEP, &[("max.message.bytes", "60000")]].concat());
    let mut fed: Vec<Stored> = (0..GOOD).map(|number| story_of(number, 4)).collect();
    let noise: Vec<u8> =
        (0..2048_u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let bad: [Vec<u8>; 6] = [
        [b"Bad \xff\xfe bytes in the head\n2024.03.05 08:15\n", story(1).as_bytes()].concat(),
        b"One line and nothing else".to_vec(),
        Vec::new(),
        noise,
        b"{\"title\": \"Cut off\", \"text\": \"The line went dead at".to_vec(),
        format!("Long\n2024.03.05 08:15\n{}", long_paragraph().repeat(4)).into_bytes(),
    ];
    for (number, value) in bad.iter().enumerate() {
        let mut stored = story_of(GOOD + number, 4);
        stored.value = Some(value.clone());
        fed.insert(300 * (number + 1), stored);
    }
    write(broker(), &route.input, &fed);
    let mut worker = route.start(&[]);
    wait_for_commits(&route, 4, GOOD + 6);
    worker.stop();
    route.assert_each_once(broker(), GOOD + 6);
    let mut codes: BTreeMap<usize, String> = BTreeMap::new();
    for letter in read(broker(), &route.dead, visible(broker(), &route.dead)) {
        let number: usize = std::str::from_utf8(letter.header("number").unwrap()).unwrap().parse().unwrap();
        assert_eq!(letter.value.as_ref(), Some(&bad[number - GOOD]), "the original bytes");
        let code = letter.header("copydesk.error.code").unwrap();
        codes.insert(number - GOOD, String::from_utf8(code.to_vec()).unwrap());
    }
    // The first two can be read: they come as records, with what is odd about them flagged.
    let expected = [(2, "empty_value"), (3, "binary_value"), (4, "bad_json"), (5, "output_too_large")];
    assert_eq!(codes, expected.map(|(number, code)| (number, code.to_owned())).into());
}

#[test]
fn what_is_not_committed_is_not_seen_and_what_is_seen_is_committed() {
    let route = Route::create("atom", 2);
    write(broker(), &route.input, &records(0..3000, 2));
    let worker = start(&route, &["kafka.instance_id=desk-1"]);
    has_begun(&route, 2);
    drop(worker);
    // The successor of the same name takes back what was open, and does nothing else: its input is gone.
    let mut successor = route.start(&["kafka.instance_id=desk-1", "limits.workers=1"]);
    successor.waits_to_tell("producer is ready for transactions");
    successor.stop();
    let next = committed(broker(), &route.group, &route.input, 2).values().sum::<i64>();
    let seen = visible(broker(), &route.output) + visible(broker(), &route.dead);
    assert_eq!(i64::try_from(seen).unwrap(), next);
}
